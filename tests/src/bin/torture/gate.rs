//! Where a request or a document waits at a provider until somebody is killed.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::kind::Kind;
use crate::order::Order;
use crate::point::Point;
use crate::wire::{Said, Trap, say};

/// How long somebody waits at a trap at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where they wait.
#[derive(Default)]
pub(crate) struct Gate {
    armed: Mutex<Option<(Trap, Instant, u64)>>,
    waiting: Mutex<u64>,
    opened: Condvar,
}

impl Gate {
    pub(crate) fn arm(&self, trap: Trap) {
        *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = Some((trap, Instant::now(), 0));
    }

    pub(crate) fn open(&self) {
        *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.opened.notify_all();
    }

    pub(crate) fn pass(&self, point: Point, order: Order) {
        {
            let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
            let Some((trap, since, passes)) = armed.as_mut() else { return };
            // The providers may die at either.
            let here = [point, Point::ProvidersDied].contains(&trap.point);
            if !here || !trap.takes(order.kind, *since) {
                return;
            }
            *passes += 1;
            if *passes < trap.nth {
                return;
            }
            *armed = None;
        }
        let opened = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let so_far = *opened;
        say(&Said::At(order.n));
        // Whatever comes of it, the provider goes on.
        let _ = self.opened.wait_timeout_while(opened, PATIENCE, |opened| *opened == so_far);
    }
}

impl Trap {
    /// Whether it is for a receipt of this kind now.
    pub(crate) fn takes(&self, kind: Kind, since: Instant) -> bool {
        let elapsed = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        kind == self.kind || elapsed >= self.relaxed
    }
}
