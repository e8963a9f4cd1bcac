//! All rounds, several at a time: most of a round is waiting.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::progress::Progress;
use crate::round::{self, Outcome, Report};
use crate::table::Tally;

/// How many receipts a round has.
const ROUND: u32 = 420;

/// What is asked for.
pub(crate) struct Order {
    pub(crate) seed: u64,
    pub(crate) receipts: u32,
    /// After this time no round is begun any more.
    pub(crate) time: Option<Duration>,
    pub(crate) at_once: usize,
}

/// Runs them until all receipts are through, the time is over, or something is wrong.
pub(crate) fn run(order: &Order) -> Result<(Tally, Vec<Report>)> {
    let since = Instant::now();
    let next = Mutex::new((0_u64, 0_u32));
    let ended = AtomicBool::new(false);
    let take = || {
        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
        let late = order.time.is_some_and(|time| since.elapsed() >= time);
        if late || next.1 >= order.receipts || ended.load(Ordering::SeqCst) {
            return None;
        }
        let (number, first) = *next;
        let receipts = (order.receipts - first).min(ROUND);
        *next = (number + 1, first + receipts);
        Some((number, first, receipts))
    };
    let results = Mutex::new(Vec::<Result<Outcome>>::new());
    thread::scope(|scope| {
        let (steps, stepped) = channel();
        for _ in 0..order.at_once.max(1) {
            let (steps, take, results, ended) = (steps.clone(), &take, &results, &ended);
            scope.spawn(move || {
                while let Some((number, first, receipts)) = take() {
                    let result = round::run(order.seed, number, first, receipts, &steps);
                    if result.as_ref().map_or(true, |outcome| !outcome.reports.is_empty()) {
                        ended.store(true, Ordering::SeqCst);
                    }
                    results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
                }
            });
        }
        drop(steps);
        let (mut progress, mut done, mut kills) = (Progress::new(order.receipts), 0, 0);
        loop {
            match stepped.recv_timeout(Duration::from_millis(200)) {
                Ok((fresh, killed)) => {
                    done += u64::from(fresh);
                    kills += u64::from(killed);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            progress.show(done, kills);
        }
        progress.end();
    });
    let (mut tally, mut reports) = (Tally::default(), Vec::new());
    let mut failed = None;
    for result in results.into_inner().unwrap_or_else(PoisonError::into_inner) {
        match result {
            Ok(outcome) => {
                tally.add(outcome.tally);
                reports.extend(outcome.reports);
            }
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if reports.is_empty() => Err(error),
        _ => Ok((tally, reports)),
    }
}
