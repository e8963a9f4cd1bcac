//! Requests over loopback and journaled receipts, one side at a time.

use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kassa_benches::loopback::{Connections, Loopback, Side};
use kassa_benches::raw::{Journals, Way};
use tokio::runtime::Runtime;

const SIDES: [(&str, Side); 2] = [("ours", Side::Ours), ("by hand", Side::ByHand)];
const IN_FLIGHT: [usize; 3] = [1, 16, 256];

fn requests(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime can be made");
    for connections in Connections::ALL {
        let mut group = criterion.benchmark_group(connections.name());
        for at_once in IN_FLIGHT {
            let both = Loopback::in_memory(connections);
            group.throughput(Throughput::Elements(at_once as u64));
            for (who, side) in SIDES {
                group.bench_function(format!("{at_once} in flight, {who}"), |bencher| {
                    bencher.iter_custom(|rounds| {
                        let began = Instant::now();
                        runtime.block_on(both.send(side, at_once, rounds * at_once as u64));
                        began.elapsed()
                    });
                });
            }
        }
    }
}

fn journal(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder can be made");
    let mut both = Journals::new(folder.path());
    for way in [Way::Accepted, Way::Registered] {
        let mut group = criterion.benchmark_group(way.name());
        group.sample_size(10);
        for at_once in IN_FLIGHT {
            group.throughput(Throughput::Elements(at_once as u64));
            for (who, side) in SIDES {
                group.bench_function(format!("{at_once} in flight, {who}"), |bencher| {
                    bencher.iter_custom(|rounds| {
                        let began = Instant::now();
                        runtime.block_on(both.keep(side, way, at_once, rounds * at_once as u64));
                        began.elapsed()
                    });
                });
            }
        }
    }
}

criterion_group!(benches, requests, journal);
criterion_main!(benches);
