//! How much one call does.

use std::time::Duration;

use kassa_core::Doubt;
use tokio::time::Instant;

use super::Pace;
use crate::journal::State;

/// How much one call does for a submission that may be registered.
#[derive(Debug)]
pub(super) struct Effort {
    /// How long it waits.
    pub(super) patience: Duration,
    /// When the call has to be answered.
    until: Option<Instant>,
    /// How often it asks or repeats.
    pub(super) rounds: u32,
    /// Whether it begins without a pause.
    pub(super) at_once: bool,
    /// Whether it waits for as long as a provider needs to show what it has.
    to_the_end: bool,
    /// Whether it waits for a callback where nothing else can tell.
    pub(super) awaits: bool,
}

impl Effort {
    /// For a call that submits. An entry that was left open is asked for at once.
    pub(super) fn submit(patience: Duration, state: State) -> Self {
        let (at_once, until) = (state.may_be_registered(), None);
        Self { patience, until, rounds: u32::MAX, at_once, to_the_end: false, awaits: true }
    }

    /// The same for a call that has to be answered by then.
    pub(super) fn until(self, until: Option<Instant>) -> Self {
        Self { until, ..self }
    }

    /// For a call that goes on with what was left open.
    pub(super) fn resume(pace: &Pace) -> Self {
        Self { patience: pace.patience, until: None, rounds: u32::MAX, at_once: true, to_the_end: true, awaits: false }
    }

    /// For one question.
    pub(super) fn once() -> Self {
        Self { patience: Duration::ZERO, until: None, rounds: 1, at_once: true, to_the_end: false, awaits: false }
    }

    /// How long a doubt is waited for.
    pub(super) fn for_doubt(&self, doubt: Doubt, pace: &Pace) -> Duration {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        match doubt {
            // Until it had to show, and two questions more.
            Doubt::Locatable { visible_after: Some(visible_after) } if self.to_the_end => {
                self.patience.max(visible_after.saturating_add(pace.max_delay.saturating_mul(3)))
            }
            _ => left.map_or(self.patience, |left| left.min(self.patience)),
        }
    }
}
