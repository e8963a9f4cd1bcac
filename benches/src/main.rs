//! `cargo ratios`: everything that is measured, as one table of ratios.

#![allow(clippy::float_arithmetic, reason = "times and ratios are no money")]

mod table;

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use allocation_counter::measure;
use kassa_benches::codec::Codec;
use kassa_benches::loopback::{Connections, Loopback, Side};
use kassa_benches::raw::{Journals, Way};
use kassa_benches::turns::{Costs, ratio, take};
use kassa_benches::{lookup, pending};
use table::{Row, time};
use tokio::runtime::Runtime;

/// How many turns each of the two takes.
const TURNS: usize = 11;

/// How many requests are in flight.
const IN_FLIGHT: [usize; 3] = [1, 16, 256];

/// How many submissions wait.
const PENDING: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let folder = tempfile::tempdir_in(std::env::current_exe()?.parent().unwrap_or(Path::new(".")))?;
    let runtime = Runtime::new()?;
    if let [what, side] = &*arguments
        && what == "pending"
    {
        // A process of its own for each: what another has left in its memory is not counted.
        let side = if side == "ours" { Side::Ours } else { Side::ByHand };
        println!("{}", runtime.block_on(pending::grown_by(side, PENDING, folder.path())));
        return Ok(());
    }
    table::print("One receipt of ten items", &["ours", "by hand", "speed", "allocations"], &codecs());
    table::print(
        "Requests over loopback, journal in memory: the dispatcher beside reqwest alone",
        &["ours", "by hand", "speed", "by processor time"],
        &loopback(&runtime, |connections, _| Loopback::in_memory(connections), &Connections::ALL),
    );
    let in_file = |connections, n: usize| Loopback::in_file(connections, &folder.path().join(format!("{n}.sqlite")));
    table::print(
        "The same with a journal in a file, four syncs a receipt, beside reqwest alone, which keeps nothing",
        &["ours", "by hand", "speed", "by processor time"],
        &loopback(&runtime, in_file, &[Connections::FreshTls]),
    );
    table::print(
        "Journaled receipts beside SQLite alone, same sync and batch",
        &["ours", "by hand", "speed", "by processor time"],
        &journals(&runtime, folder.path()),
    );
    table::print("Memory of a submission, 100 000 of which wait", &["ours", "by hand", "times"], &[waiting()?]);
    Ok(())
}

/// Encoding and decoding, with what each allocates.
fn codecs() -> Vec<Row> {
    let mut rows = Vec::new();
    for codec in Codec::all() {
        for (name, act) in [("encode", Codec::encode as fn(&Codec, Side)), ("decode", Codec::decode)] {
            let costs = take(TURNS, 2_000, |side, count| (0..count).for_each(|_| act(&codec, side)));
            let allocations = |side| measure(|| act(&codec, side)).count_total;
            let counted = format!("{} : {}", allocations(Side::Ours), allocations(Side::ByHand));
            rows.push(speed(format!("{name}, {}", codec.title()), &costs, counted));
        }
    }
    let costs = take(TURNS, 100_000, |side, count| (0..count).for_each(|_| lookup::all(side)));
    let allocations = |side| measure(|| lookup::all(side)).count_total;
    let counted = format!("{} : {}", allocations(Side::Ours), allocations(Side::ByHand));
    rows.push(speed("look all values of a table up, there and back".to_owned(), &costs, counted));
    rows
}

fn loopback(runtime: &Runtime, both: impl Fn(Connections, usize) -> Loopback, connections: &[Connections]) -> Vec<Row> {
    let mut rows = Vec::new();
    for connections in connections {
        for at_once in IN_FLIGHT {
            let both = both(*connections, at_once);
            // Long enough for the time of processors to tell, short enough for the turns to meet the same machine.
            let count = 512;
            let costs = take(TURNS, count, |side, count| runtime.block_on(both.send(side, at_once, count)));
            rows.push(processors(format!("{}, {at_once} in flight", connections.name()), &costs));
        }
    }
    rows
}

fn journals(runtime: &Runtime, folder: &Path) -> Vec<Row> {
    let mut both = Journals::new(folder);
    let mut rows = Vec::new();
    for way in [Way::Accepted, Way::Registered] {
        for at_once in IN_FLIGHT {
            let count = (at_once as u64 * 4).max(64);
            let costs = take(TURNS, count, |side, count| runtime.block_on(both.keep(side, way, at_once, count)));
            rows.push(processors(format!("{}, {at_once} in flight", way.name()), &costs));
        }
    }
    rows
}

fn waiting() -> Result<Row, Box<dyn Error>> {
    let grown_by = |side: &str| -> Result<usize, Box<dyn Error>> {
        let output = Command::new(std::env::current_exe()?).args(["pending", side]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().parse::<usize>()? / PENDING)
    };
    let (ours, by_hand) = (grown_by("ours")?, grown_by("by-hand")?);
    let times = ratio(Duration::from_nanos(ours as u64), Duration::from_nanos(by_hand as u64));
    Ok(vec!["pending".to_owned(), format!("{ours} B"), format!("{by_hand} B"), format!("{times:.2}")])
}

fn speed(name: String, costs: &Costs, more: String) -> Row {
    vec![name, time(costs.ours.wall), time(costs.by_hand.wall), format!("{:.2}", costs.speed()), more]
}

fn processors(name: String, costs: &Costs) -> Row {
    speed(name, costs, format!("{:.2}", costs.cpu()))
}
