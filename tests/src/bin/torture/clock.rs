//! The clock of a dispatcher that something happens to.

use std::time::Instant;

use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};
use kassa::clock::Clock;
use kassa::kassa_core::Date;

use crate::draw::below;

/// A clock that jumps to and fro, every tenth of a second, by hours and now and then by weeks.
#[derive(Debug)]
pub(crate) struct Jumping {
    pub(crate) seed: u64,
    pub(crate) life: u64,
    pub(crate) since: Instant,
    /// Whether it does not jump.
    pub(crate) still: bool,
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        if self.still {
            return now;
        }
        let tick = u64::try_from(self.since.elapsed().as_millis() / 100).unwrap_or(0);
        let roll = below(80, self.seed, &[1, self.life, tick]);
        let hours = match roll {
            0 => 40 * 24,
            1 => -40 * 24,
            2..=16 => 1,
            17..=31 => -1,
            32..=39 => 25,
            40..=47 => -25,
            _ => 0,
        };
        now + SignedDuration::from_hours(hours)
    }

    fn today(&self) -> Date {
        TimeZone::fixed(offset(3)).to_datetime(self.now()).date()
    }
}
