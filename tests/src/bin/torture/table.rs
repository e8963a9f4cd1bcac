//! What happened how often.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::kind::Kind;
use crate::point::Point;
use crate::what::What;

/// The counts of all rounds.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// The receipts that were on their way when the dispatcher was killed.
    pub(crate) on_the_way: BTreeMap<(Point, Kind), u64>,
    /// Those of them at whose own step it was.
    pub(crate) struck: BTreeMap<(Point, Kind), u64>,
    /// By provider and outcome.
    pub(crate) outcomes: BTreeMap<(String, &'static str), u64>,
    pub(crate) submitted: BTreeMap<What, u64>,
    pub(crate) lives: u64,
    pub(crate) kills: u64,
    pub(crate) documents: u64,
    pub(crate) receipts: u64,
    /// Lives that others lived beside.
    pub(crate) rivals: u64,
    /// What one was working on when it was killed, and the other went on with.
    pub(crate) taken_over: u64,
    /// Submissions that were answered as being worked on.
    pub(crate) busy: u64,
    /// How often the providers were killed and came back.
    pub(crate) restarts: u64,
    /// Lives on a disk that was nearly full; what was not accepted there, and what was and is not kept.
    pub(crate) full: u64,
    pub(crate) refused: u64,
    pub(crate) unkept: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        fn join<K: Ord>(own: &mut BTreeMap<K, u64>, other: BTreeMap<K, u64>) {
            other.into_iter().for_each(|(cell, count)| *own.entry(cell).or_default() += count);
        }
        join(&mut self.on_the_way, other.on_the_way);
        join(&mut self.struck, other.struck);
        join(&mut self.outcomes, other.outcomes);
        join(&mut self.submitted, other.submitted);
        self.lives += other.lives;
        self.kills += other.kills;
        self.documents += other.documents;
        self.receipts += other.receipts;
        self.rivals += other.rivals;
        self.taken_over += other.taken_over;
        self.busy += other.busy;
        self.restarts += other.restarts;
        self.full += other.full;
        self.refused += other.refused;
        self.unkept += other.unkept;
    }

    pub(crate) fn print(&self) {
        println!("\nreceipts on their way when somebody was killed, by the step and by what went wrong with them:");
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
        let submitted = self.submitted.iter().map(|(what, count)| format!("{count} {}", what.names().1));
        println!("\n{} submitted: {}", self.receipts, submitted.collect::<Vec<_>>().join(", "));
        println!(
            "{} lives, {} times somebody was killed at a step; {} documents",
            self.lives, self.kills, self.documents
        );
        println!(
            "{} lives with a rival beside them, which went on with {} of the dead; {} answers: in progress",
            self.rivals, self.taken_over, self.busy
        );
        println!("{} times the providers died and came back", self.restarts);
        println!(
            "{} lives on a full disk: {} answers: not accepted, {}: not kept",
            self.full, self.refused, self.unkept
        );
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
