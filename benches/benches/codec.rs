//! Encoding, decoding and a table, one at a time.

use criterion::{Criterion, criterion_group, criterion_main};
use kassa_benches::codec::Codec;
use kassa_benches::lookup;
use kassa_benches::loopback::Side;

const SIDES: [(&str, Side); 2] = [("ours", Side::Ours), ("by hand", Side::ByHand)];

fn codecs(criterion: &mut Criterion) {
    for (name, act) in [("encode", Codec::encode as fn(&Codec, Side)), ("decode", Codec::decode)] {
        let mut group = criterion.benchmark_group(name);
        for codec in Codec::all() {
            for (who, side) in SIDES {
                group.bench_function(format!("{}, {who}", codec.title()), |bencher| bencher.iter(|| act(&codec, side)));
            }
        }
    }
}

fn table(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("table");
    for (who, side) in SIDES {
        group.bench_function(who, |bencher| bencher.iter(|| lookup::all(side)));
    }
}

criterion_group!(benches, codecs, table);
criterion_main!(benches);
