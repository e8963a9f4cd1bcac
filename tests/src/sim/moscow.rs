//! The register's clock: Moscow time, a fixed +03:00 since 2014, so no time zone database is needed.

use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, Zoned};

/// The wall clock of the register at that moment.
pub(super) fn wall_clock(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::fixed(offset(3)))
}

/// `2019-05-01T17:29:59.6282936+03:00`: an offset although the fields are named `…Utc`, and seven digits (SC7).
pub(super) fn dotnet(at: Timestamp) -> String {
    let local = wall_clock(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}+03:00",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        local.subsec_nanosecond() / 100,
    )
}

/// `20200227T1243`, as the field `t` of a receipt's QR code has it.
pub(super) fn qr(at: Timestamp) -> String {
    let local = wall_clock(at);
    format!("{:04}{:02}{:02}T{:02}{:02}", local.year(), local.month(), local.day(), local.hour(), local.minute(),)
}

/// `2020-02-27 12:43:07`, as a register without a zone says it (IK4).
pub(super) fn local(at: Timestamp) -> String {
    wall_clock(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_seven_digits_and_the_offset() {
        let at: Timestamp = "2019-05-01T14:29:59.062829399Z".parse().unwrap();
        assert_eq!(dotnet(at), "2019-05-01T17:29:59.0628293+03:00");
    }

    #[test]
    fn the_day_turns_at_moscow_midnight() {
        let at: Timestamp = "2025-12-31T21:05:00Z".parse().unwrap();
        assert_eq!(qr(at), "20260101T0005");
    }
}
