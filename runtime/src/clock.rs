//! What time it is, for what has to be kept or compared with a calendar. Waiting goes by tokio's clock instead.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kassa_core::Date;

/// A clock.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now. It may go backwards without harm.
    fn now(&self) -> Timestamp;

    /// The day of a settlement that states none: rates are checked against it.
    fn today(&self) -> Date;
}

/// The machine's clock and a time zone.
#[derive(Debug, Clone)]
pub struct SystemClock {
    zone: TimeZone,
}

impl SystemClock {
    /// The machine's clock in the machine's time zone.
    #[must_use]
    pub fn new() -> Self {
        Self::in_zone(TimeZone::system())
    }

    /// The machine's clock, with days as `zone` counts them: where the registers are, if the machine is elsewhere.
    #[must_use]
    pub const fn in_zone(zone: TimeZone) -> Self {
        Self { zone }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn today(&self) -> Date {
        self.zone.to_datetime(self.now()).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::Offset;

    #[test]
    fn a_day_begins_where_the_registers_are() {
        let east = SystemClock::in_zone(TimeZone::fixed(Offset::constant(12)));
        let west = SystemClock::in_zone(TimeZone::fixed(Offset::constant(-12)));
        assert_ne!(east.today(), west.today());
    }
}
