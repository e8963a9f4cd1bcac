//! What happened how often.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::kind::Kind;
use crate::point::Point;

/// The counts of all rounds.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// The receipts that were on their way when the dispatcher was killed.
    pub(crate) on_the_way: BTreeMap<(Point, Kind), u64>,
    /// Those of them at whose own step it was.
    pub(crate) struck: BTreeMap<(Point, Kind), u64>,
    /// By provider and outcome.
    pub(crate) outcomes: BTreeMap<(String, &'static str), u64>,
    pub(crate) lives: u64,
    pub(crate) kills: u64,
    pub(crate) documents: u64,
    pub(crate) receipts: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        let Tally { on_the_way, struck, outcomes, lives, kills, documents, receipts } = other;
        on_the_way.into_iter().for_each(|(cell, count)| *self.on_the_way.entry(cell).or_default() += count);
        struck.into_iter().for_each(|(cell, count)| *self.struck.entry(cell).or_default() += count);
        outcomes.into_iter().for_each(|(cell, count)| *self.outcomes.entry(cell).or_default() += count);
        self.lives += lives;
        self.kills += kills;
        self.documents += documents;
        self.receipts += receipts;
    }

    pub(crate) fn print(&self) {
        println!(
            "\nreceipts on their way when the dispatcher was killed, by the step and by what went wrong with them:"
        );
        print!("{}", grid(&self.on_the_way));
        println!("\nreceipts whose own step it was (at no step: none):");
        print!("{}", grid(&self.struck));
        let names = Kind::ALL.iter().map(|kind| kind.names()).map(|(long, short)| format!("{short}: {long}"));
        println!("\n{}", names.collect::<Vec<_>>().join(" · "));
        println!("\noutcomes:");
        let names = ["registered", "rejected", "not_sent", "pending", "in_doubt", "held"];
        let mut text = format!("{:<16}", "");
        names.iter().for_each(|name| _ = write!(text, "{name:>12}"));
        println!("{text}");
        let providers: std::collections::BTreeSet<_> = self.outcomes.keys().map(|(provider, _)| provider).collect();
        for provider in providers {
            let mut text = format!("{provider:<16}");
            for name in names {
                _ = write!(text, "{:>12}", self.outcomes.get(&(provider.clone(), name)).unwrap_or(&0));
            }
            println!("{text}");
        }
    }
}

fn grid(counts: &BTreeMap<(Point, Kind), u64>) -> String {
    let mut text = format!("{:<18}", "");
    Kind::ALL.iter().for_each(|kind| _ = write!(text, "{:>6}", kind.names().1));
    text.push_str("     all\n");
    for point in Point::ALL {
        _ = write!(text, "{:<18}", point.name());
        let mut all = 0;
        for kind in Kind::ALL {
            let count = counts.get(&(point, kind)).unwrap_or(&0);
            all += count;
            _ = write!(text, "{count:>6}");
        }
        _ = writeln!(text, "{all:>8}");
    }
    text
}
