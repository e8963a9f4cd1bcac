//! The torture: the dispatcher is killed at every step of its work while the providers fail in every way, over and over
//! on the same journal, and in the end no receipt is lost and none is registered twice.
//!
//! This process draws everything from a seed and kills. The providers are a process of simulators with ledgers in files,
//! which is killed too, and comes back. The dispatcher is one process, or two that share the journal; it works behind a
//! journal and a transport that pass everything on and stop where it is to be killed. Its disk may be full.

mod accounts;
mod audit;
mod clock;
mod doors;
mod draw;
mod front;
mod gate;
mod kind;
mod life;
mod living;
mod memory;
mod mutations;
mod order;
mod point;
mod process;
mod progress;
mod records;
mod referee;
mod round;
mod rounds;
mod schedule;
mod snare;
mod table;
mod what;
mod wire;
mod world;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use round::Report;

/// How many violations are shown.
const SHOWN: usize = 5;

/// Kills the dispatcher at every step of its work while the providers fail, and holds the journal against the ledgers.
#[derive(Debug, Parser)]
#[command(name = "torture")]
struct Args {
    /// How many receipts.
    #[arg(long, default_value_t = 1_000)]
    receipts: u32,
    /// What everything is drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// After how many seconds no round is begun any more.
    #[arg(long)]
    seconds: Option<u64>,
    /// Builds the dispatcher with one mistake after the other, and fails unless each is caught.
    #[arg(long)]
    mutations: bool,
    /// How many rounds run at a time.
    #[arg(long, default_value_t = 3)]
    at_once: usize,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// Plays the providers.
    #[command(hide = true)]
    Providers,
    /// Lives once.
    #[command(hide = true)]
    Dispatcher,
}

fn main() -> ExitCode {
    if let Some(code) = mutations::compile() {
        return code;
    }
    let args = Args::parse();
    let result = match &args.role {
        Some(Role::Providers) => wire::hear().context("no plan").and_then(|plan| world::play(&plan)).map(|()| true),
        Some(Role::Dispatcher) => wire::hear().context("no plan").and_then(life::live).map(|()| true),
        None if args.mutations => mutations::check(&args),
        None => torture(&args),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) if args.role.is_some() => {
            wire::say(&wire::Said::Failed(format!("{error:#}")));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("torture: {error:#}\nseed {}", args.seed);
            // Nothing was proved.
            ExitCode::from(2)
        }
    }
}

/// Whether nothing was wrong.
fn torture(args: &Args) -> Result<bool> {
    let since = Instant::now();
    let Args { seed, receipts, seconds, at_once, .. } = *args;
    let order = rounds::Order { seed, receipts, time: seconds.map(Duration::from_secs), at_once };
    let (tally, reports) = rounds::run(&order)?;
    tally.print();
    println!("{} s", since.elapsed().as_secs());
    println!("seed {seed}: cargo run --release -p kassa-tests --bin torture -- --receipts {receipts} --seed {seed}");
    show(&reports);
    Ok(reports.is_empty())
}

fn show(reports: &[Report]) {
    if reports.is_empty() {
        println!("nothing is lost, and nothing is registered twice");
        return;
    }
    println!("\n{} violations", reports.len());
    for Report { violation, key, history } in reports.iter().take(SHOWN) {
        println!("\nVIOLATION: {}", violation.what);
        if let Some(order) = violation.order {
            let (what, fault) = (order.what.names().0, order.kind.names().0);
            println!("  key {key}, {what} #{}, route {}, fault: {fault}", order.n, order.route);
        }
        history.iter().for_each(|line| println!("  {line}"));
        println!("{}", violation.evidence);
    }
}
