//! Where a dispatcher that is to be killed stops for good.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crate::order::Order;
use crate::point::Point;
use crate::wire::{Said, Trap, say};

/// The step at which this process is killed.
#[derive(Debug)]
pub(crate) struct Snare {
    pub(crate) seed: u64,
    trap: Option<Trap>,
    since: Instant,
    passes: AtomicU64,
    sprung: AtomicBool,
    /// Whether what others left is gone on with, and nothing else is done.
    pub(crate) recovering: AtomicBool,
    /// Whether the other one that lived beside this one is dead.
    pub(crate) alone: AtomicBool,
}

impl Snare {
    pub(crate) fn new(seed: u64, trap: Option<Trap>) -> Arc<Snare> {
        Arc::new(Snare {
            seed,
            trap,
            since: Instant::now(),
            passes: AtomicU64::new(0),
            sprung: AtomicBool::new(false),
            recovering: AtomicBool::new(false),
            alone: AtomicBool::new(false),
        })
    }

    /// Stops here for good if this is the step: whoever started this process kills it.
    pub(crate) fn pass(&self, point: Point, text: &[u8]) {
        self.pass_with(point, text, || None);
    }

    pub(crate) fn pass_with(&self, point: Point, text: &[u8], before: impl FnOnce() -> Option<TcpStream>) {
        let Some(trap) = &self.trap else { return };
        let recovers = trap.point.is_of_recovery() && self.recovering.load(Ordering::SeqCst);
        if trap.point != point && !recovers {
            return;
        }
        let Some(order) = Order::in_text(text, self.seed) else { return };
        if !trap.takes(order.kind, self.since)
            || self.passes.fetch_add(1, Ordering::SeqCst) + 1 < trap.nth
            || self.sprung.swap(true, Ordering::SeqCst)
        {
            return;
        }
        let _held = before();
        say(&Said::At(order.n));
        loop {
            thread::park();
        }
    }

    /// Whether a callback that comes now is caught before it is kept, and not after.
    pub(crate) fn is_early(&self) -> bool {
        self.since.elapsed().as_millis().is_multiple_of(2)
    }
}
