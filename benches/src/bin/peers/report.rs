//! What was measured, as tables in Markdown.

use std::time::Duration;

use kassa_benches::turns::ratio;

use crate::corpus::Document;
use crate::process::{Cost, End};
use crate::tool::Tool;
use crate::{Outcome, Run};

/// How many of the worst, and of the largest, are shown.
const SHOWN: usize = 10;

/// How many documents each generates.
pub(crate) fn generated(outcomes: &[Outcome]) {
    println!("\n| of {} documents | generated | refused | panicked | not in time |", outcomes.len());
    println!("|---|--:|--:|--:|--:|");
    for tool in Tool::ALL {
        let count =
            |end| outcomes.iter().flat_map(|one| &one.runs).filter(|run| run.tool == tool && run.end == end).count();
        let ends = [End::Well, End::Refused, End::Panicked, End::Late].map(|end| count(end).to_string());
        println!("| {} | {} |", tool.name(), ends.join(" | "));
    }
}

/// The sums over the documents that are compared.
pub(crate) fn compared(common: &[&Outcome]) {
    struct Sums {
        tool: Tool,
        cpu: Duration,
        wall: Duration,
        median: u64,
        peak: u64,
        lines: u64,
    }
    let of = |tool: Tool| {
        let runs: Vec<&Run> = common.iter().filter_map(|outcome| outcome.of(tool)).collect();
        let mut peaks: Vec<u64> = runs.iter().map(|run| run.cost.peak).collect();
        peaks.sort_unstable();
        Sums {
            tool,
            cpu: runs.iter().map(|run| run.cost.cpu).sum(),
            wall: runs.iter().map(|run| run.cost.wall).sum(),
            median: peaks.get(peaks.len() / 2).copied().unwrap_or_default(),
            peak: peaks.last().copied().unwrap_or_default(),
            lines: runs.iter().map(|run| run.lines).sum(),
        }
    };
    let all: Vec<Sums> =
        Tool::ALL.into_iter().filter(|tool| tool.counts()).map(of).filter(|sums| sums.peak > 0).collect();
    let peers = || all.iter().filter(|sums| sums.tool != Tool::Kassa);
    let fastest = peers().map(|sums| sums.cpu).min().unwrap_or_default();
    let median = peers().map(|sums| sums.median).min().unwrap_or_default();
    let peak = peers().map(|sums| sums.peak).min().unwrap_or_default();
    println!(
        "\n| {} documents that all of these generate | processor time | to the best peer | wall | median peak | to the best peer | largest peak | to the best peer | lines |",
        common.len()
    );
    println!("|---|{}", "--:|".repeat(8));
    for sums in &all {
        println!(
            "| {} | {} | {:.2} | {} | {} | {} | {} | {} | {} |",
            sums.tool.name(),
            time(sums.cpu),
            ratio(sums.cpu, fastest),
            time(sums.wall),
            megabytes(sums.median),
            times(sums.median, median),
            megabytes(sums.peak),
            times(sums.peak, peak),
            sums.lines,
        );
    }
}

/// A document with what we took and what the fastest peer took.
struct Beside<'a> {
    document: &'a Document,
    ours: &'a Run,
    fastest: &'a Run,
}

impl Beside<'_> {
    fn print(&self) {
        println!(
            "| {} | {} | {} | {} | {} | {:.2} | {} | {} |",
            self.document.name,
            megabytes(self.document.bytes),
            time(self.ours.cost.cpu),
            time(self.fastest.cost.cpu),
            self.fastest.tool.name(),
            self.ratio(),
            megabytes(self.ours.cost.peak),
            megabytes(self.fastest.cost.peak),
        );
    }

    fn ratio(&self) -> f64 {
        ratio(self.ours.cost.cpu, self.fastest.cost.cpu)
    }
}

fn beside<'a>(common: &[&'a Outcome]) -> Vec<Beside<'a>> {
    let one = |outcome: &&'a Outcome| {
        let peers = Tool::ALL.into_iter().filter(|tool| tool.counts() && *tool != Tool::Kassa);
        let fastest = peers.filter_map(|tool| outcome.of(tool)).min_by_key(|run| run.cost.cpu)?;
        Some(Beside { document: &outcome.document, ours: outcome.of(Tool::Kassa)?, fastest })
    };
    common.iter().filter_map(one).collect()
}

fn print_beside(title: &str, documents: &[Beside<'_>]) {
    println!("\n| {title} | size | ours | fastest | which | ratio | our peak | its peak |");
    println!("|---|--:|--:|--:|---|--:|--:|--:|");
    documents.iter().take(SHOWN).for_each(Beside::print);
}

/// The documents for which we compare worst.
pub(crate) fn worst(common: &[&Outcome]) {
    let mut all = beside(common);
    all.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()));
    print_beside("where we compare worst, by processor time", &all);
}

/// The largest documents.
pub(crate) fn largest(common: &[&Outcome]) {
    let mut all = beside(common);
    all.reverse();
    print_beside("the largest documents", &all);
}

/// What the compiler took.
pub(crate) fn checked(checked: &[(&Outcome, Vec<(Tool, Cost)>)]) {
    let of = |costs: &[(Tool, Cost)], tool| costs.iter().find(|(one, _)| *one == tool).map(|(_, cost)| *cost);
    println!("\n| what the compiler takes for the crates of {} documents | compiles |", checked.len());
    println!("|---|--:|");
    for tool in Tool::ALL {
        let compiles = checked.iter().filter(|(_, costs)| of(costs, tool).is_some()).count();
        println!("| {} | {compiles} |", tool.name());
    }
    println!(
        "\n| beside | crates that both compile | our processor time | its | ratio | our largest peak | its | ratio |"
    );
    println!("|---|{}", "--:|".repeat(7));
    let row = |name: &str, pairs: &[(Cost, Cost)]| {
        let cpu = |of: fn(&(Cost, Cost)) -> Cost| pairs.iter().map(|pair| of(pair).cpu).sum::<Duration>();
        let peak = |of: fn(&(Cost, Cost)) -> Cost| pairs.iter().map(|pair| of(pair).peak).max().unwrap_or_default();
        let (ours, its) = (cpu(|pair| pair.0), cpu(|pair| pair.1));
        let (our_peak, its_peak) = (peak(|pair| pair.0), peak(|pair| pair.1));
        println!(
            "| {name} | {} | {} | {} | {:.2} | {} | {} | {} |",
            pairs.len(),
            time(ours),
            time(its),
            ratio(ours, its),
            megabytes(our_peak),
            megabytes(its_peak),
            times(our_peak, its_peak)
        );
    };
    let peers = || Tool::ALL.into_iter().filter(|tool| *tool != Tool::Kassa);
    for tool in peers() {
        let both = |(_, costs): &(&Outcome, Vec<(Tool, Cost)>)| Some((of(costs, Tool::Kassa)?, of(costs, tool)?));
        row(tool.name(), &checked.iter().filter_map(both).collect::<Vec<_>>());
    }
    let best = |(_, costs): &(&Outcome, Vec<(Tool, Cost)>)| {
        Some((of(costs, Tool::Kassa)?, peers().filter_map(|tool| of(costs, tool)).min_by_key(|cost| cost.cpu)?))
    };
    row("the best for each", &checked.iter().filter_map(best).collect::<Vec<_>>());
    println!("\n| document | size | {} |", Tool::ALL.map(Tool::name).join(" | "));
    println!("|---|--:|{}", "--:|".repeat(Tool::ALL.len()));
    for (outcome, costs) in checked {
        let cell = |tool| {
            let lines = outcome.of(tool).map_or(0, |run| run.lines);
            let cost = of(costs, tool)?;
            Some(format!("{}, {}, {lines} lines", time(cost.cpu), megabytes(cost.peak)))
        };
        let cells = Tool::ALL.map(|tool| cell(tool).unwrap_or_else(|| "—".to_owned()));
        println!("| {} | {} | {} |", outcome.document.name, megabytes(outcome.document.bytes), cells.join(" | "));
    }
}

/// The figures of a run, between tabs: document, bytes, tool, end, wall and processor time in microseconds, peak in bytes,
/// lines.
pub(crate) fn figures(document: &Document, run: &Run) -> String {
    let end = format!("{:?}", run.end).to_lowercase();
    format!("{}\t{}\t{}\t{end}\t{}\t{}", document.name, document.bytes, run.tool.name(), plain(&run.cost), run.lines)
}

/// The same of a crate that was compiled.
pub(crate) fn figures_checked(document: &Document, tool: Tool, cost: Option<&Cost>) -> String {
    let end = if cost.is_some() { "checked" } else { "unchecked" };
    let cost = plain(&cost.copied().unwrap_or_default());
    format!("{}\t{}\t{}\t{end}\t{cost}\t", document.name, document.bytes, tool.name())
}

fn plain(cost: &Cost) -> String {
    format!("{}\t{}\t{}", cost.wall.as_micros(), cost.cpu.as_micros(), cost.peak)
}

fn time(time: Duration) -> String {
    match time.as_micros() {
        micros if micros < 1_000_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// A number of bytes in megabytes.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

fn times(one: u64, other: u64) -> String {
    format!("{:.2}", one as f64 / other.max(1) as f64)
}
