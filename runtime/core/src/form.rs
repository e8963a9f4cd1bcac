//! Dates and times in the forms that documents ask for: `yyyy` or `yy`, `mm`, `dd`, `HH`, `MM`, `SS`, an `f` for each
//! digit of a second, and `+zz:zz` for the offset from UTC; everything else stands for itself.

use jiff::Timestamp;
use jiff::civil::{self, Date};

use crate::moment::parse_offset;
use crate::{Misfit, Moment, Offset};

/// A piece of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Fraction(usize),
    Offset,
    Other(char),
}

fn pieces(form: &str) -> impl Iterator<Item = Piece> {
    const PARTS: [(&str, Piece); 8] = [
        ("yyyy", Piece::Year),
        ("yy", Piece::ShortYear),
        ("mm", Piece::Month),
        ("dd", Piece::Day),
        ("HH", Piece::Hour),
        ("MM", Piece::Minute),
        ("SS", Piece::Second),
        ("+zz:zz", Piece::Offset),
    ];
    let mut rest = form;
    std::iter::from_fn(move || {
        let next = rest.chars().next()?;
        if let Some((part, piece)) = PARTS.iter().find(|(part, _)| rest.starts_with(part)) {
            rest = &rest[part.len()..];
            return Some(*piece);
        }
        if next == 'f' {
            let after = rest.trim_start_matches('f');
            let digits = rest.len() - after.len();
            rest = after;
            return Some(Piece::Fraction(digits));
        }
        rest = &rest[next.len_utf8()..];
        Some(Piece::Other(next))
    })
}

/// Writes a day.
///
/// # Errors
/// When a year of two digits would be of another century.
pub fn day_to_text(day: Date, form: &str) -> Result<String, Misfit> {
    write(day.to_datetime(civil::Time::midnight()), None, form)
}

/// The inverse of [`day_to_text`]; a year of two digits is of this century.
///
/// # Errors
/// When `text` is not of this form, or no day.
pub fn day_from_text(text: &str, form: &str) -> Result<Date, Misfit> {
    read(text, form).map(|(local, _)| local.date())
}

/// Writes a date and time. Where the form states no offset, it is by a clock that is `zone` ahead of UTC; where nobody
/// knows an offset that the form states, `zone` is taken for it.
///
/// # Errors
/// When an offset is due that nobody states, or digits of a second would be lost.
pub fn moment_to_text(moment: Moment, form: &str, zone: Option<Offset>) -> Result<String, Misfit> {
    let moment = in_zone(moment, zone)?;
    write(moment.local, moment.offset, form)
}

/// The inverse of [`moment_to_text`].
///
/// # Errors
/// When `text` is not of this form, or no date and time.
pub fn moment_from_text(text: &str, form: &str, zone: Option<Offset>) -> Result<Moment, Misfit> {
    read(text, form).map(|(local, offset)| Moment { local, offset: offset.or(zone) })
}

/// Seconds since 1970; of a clock without an offset, `zone` is taken for it.
///
/// # Errors
/// When nobody states an offset, or digits of a second would be lost.
pub fn moment_to_seconds(moment: Moment, zone: Option<Offset>) -> Result<i64, Misfit> {
    let offset = moment.offset.or(zone).ok_or_else(no_offset)?;
    let at = offset.to_timestamp(moment.local).map_err(|_| Misfit::new("is out of range"))?;
    if at.subsec_nanosecond() != 0 {
        return Err(Misfit::new(format!("is {moment}, and only whole seconds can be sent")));
    }
    Ok(at.as_second())
}

/// The inverse of [`moment_to_seconds`], by a clock that is `zone` ahead of UTC.
///
/// # Errors
/// When it is out of range.
pub fn moment_from_seconds(seconds: i64, zone: Option<Offset>) -> Result<Moment, Misfit> {
    let offset = zone.unwrap_or(Offset::UTC);
    let at =
        Timestamp::from_second(seconds).map_err(|_| Misfit::new(format!("is {seconds}, which is out of range")))?;
    Ok(Moment { local: offset.to_datetime(at), offset: Some(offset) })
}

fn no_offset() -> Misfit {
    Misfit::new("has no offset from UTC, and one has to be sent")
}

fn in_zone(moment: Moment, zone: Option<Offset>) -> Result<Moment, Misfit> {
    match (moment.offset, zone) {
        (Some(offset), Some(zone)) if offset != zone => {
            let at = offset.to_timestamp(moment.local).map_err(|_| Misfit::new("is out of range"))?;
            Ok(Moment { local: zone.to_datetime(at), offset: Some(zone) })
        }
        (offset, zone) => Ok(Moment { local: moment.local, offset: offset.or(zone) }),
    }
}

fn write(local: civil::DateTime, offset: Option<Offset>, form: &str) -> Result<String, Misfit> {
    use std::fmt::Write as _;
    let mut text = String::new();
    let mut nanoseconds = local.subsec_nanosecond();
    for piece in pieces(form) {
        let written = match piece {
            Piece::Year => write!(text, "{:04}", local.year()),
            Piece::ShortYear => match local.year() {
                year @ 2000..=2099 => write!(text, "{:02}", year - 2000),
                year => return Err(Misfit::new(format!("is of {year}, and only years of this century can be sent"))),
            },
            Piece::Month => write!(text, "{:02}", local.month()),
            Piece::Day => write!(text, "{:02}", local.day()),
            Piece::Hour => write!(text, "{:02}", local.hour()),
            Piece::Minute => write!(text, "{:02}", local.minute()),
            Piece::Second => write!(text, "{:02}", local.second()),
            Piece::Fraction(digits) => {
                let all = format!("{nanoseconds:09}");
                let (kept, lost) = all.split_at_checked(digits).unwrap_or((&all, ""));
                nanoseconds = lost.parse().unwrap_or_default();
                write!(text, "{kept:0<digits$}")
            }
            Piece::Offset => {
                let minutes = offset.ok_or_else(no_offset)?.seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(text, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            Piece::Other(other) => {
                text.push(other);
                Ok(())
            }
        };
        written.map_err(|_| Misfit::new("cannot be written"))?;
    }
    // What the form does not state would be lost.
    if nanoseconds != 0 {
        return Err(Misfit::new(format!("is {local}, finer than can be sent")));
    }
    Ok(text)
}

fn read(text: &str, form: &str) -> Result<(civil::DateTime, Option<Offset>), Misfit> {
    let misfit = || Misfit::new(format!("{text:?} is not of the form {form}"));
    let (mut year, mut month, mut day) = (0_i16, 1_i8, 1_i8);
    let (mut hour, mut minute, mut second, mut nanosecond) = (0_i8, 0_i8, 0_i8, 0_i32);
    let (mut offset, mut rest) = (None, text);
    for piece in pieces(form) {
        let count = match piece {
            Piece::Year => 4,
            Piece::Fraction(digits) => digits,
            Piece::Offset => 6,
            Piece::Other(other) => other.len_utf8(),
            _ => 2,
        };
        let (part, after) = rest.split_at_checked(count).ok_or_else(misfit)?;
        rest = after;
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let number = || part.parse::<i8>().ok().filter(|_| digits).ok_or_else(misfit);
        match piece {
            Piece::Year => year = part.parse().ok().filter(|_| digits).ok_or_else(misfit)?,
            Piece::ShortYear => year = 2000 + i16::from(number()?),
            Piece::Month => month = number()?,
            Piece::Day => day = number()?,
            Piece::Hour => hour = number()?,
            Piece::Minute => minute = number()?,
            Piece::Second => second = number()?,
            Piece::Fraction(_) => {
                let nine: String = part.chars().chain("000000000".chars()).take(9).collect();
                nanosecond = nine.parse().ok().filter(|_| digits).ok_or_else(misfit)?;
            }
            Piece::Offset => offset = Some(parse_offset(part).ok_or_else(misfit)?),
            Piece::Other(other) if part.starts_with(other) => {}
            Piece::Other(_) => return Err(misfit()),
        }
    }
    let local = civil::DateTime::new(year, month, day, hour, minute, second, nanosecond).map_err(|_| misfit())?;
    if rest.is_empty() { Ok((local, offset)) } else { Err(misfit()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn days_go_there_and_back() {
        let day = Date::constant(2022, 1, 19);
        for (form, text) in [("dd.mm.yy", "19.01.22"), ("yyyy-mm-dd", "2022-01-19"), ("ddmmyyyy", "19012022")] {
            assert_eq!(day_to_text(day, form).unwrap(), text);
            assert_eq!(day_from_text(text, form), Ok(day));
        }
        assert!(day_to_text(Date::constant(1999, 1, 1), "dd.mm.yy").is_err());
        for text in ["19.01.2", "19.01.222", "19-01-22", "31.02.22", "+9.01.22", "ё9.01.22", ""] {
            assert!(day_from_text(text, "dd.mm.yy").is_err(), "{text}");
        }
    }

    #[test]
    fn moments_go_there_and_back() {
        const STRICT: &str = "yyyy-mm-ddTHH:MM:SS.ffff+zz:zz";
        let at = moment("2014-05-27T19:55:56.3274+03:00");
        assert_eq!(moment_to_text(at, STRICT, None).unwrap(), "2014-05-27T19:55:56.3274+03:00");
        assert_eq!(moment_from_text("2014-05-27T19:55:56.3274+03:00", STRICT, None), Ok(at));
        assert_eq!(
            moment_to_text(moment("2014-05-27T19:55:56+03:00"), STRICT, None).unwrap(),
            "2014-05-27T19:55:56.0000+03:00"
        );
        assert!(moment_to_text(moment("2014-05-27T19:55:56.12345+03:00"), STRICT, None).is_err());
        assert!(moment_to_text(moment("2014-05-27T19:55:56"), STRICT, None).is_err());
        let moscow = Offset::constant(3);
        assert_eq!(
            moment_to_text(moment("2014-05-27T19:55:56"), STRICT, Some(moscow)).unwrap(),
            "2014-05-27T19:55:56.0000+03:00"
        );
        assert_eq!(
            moment_to_text(moment("2014-05-27T16:55:56Z"), "dd.mm.yyyy HH:MM:SS", Some(moscow)).unwrap(),
            "27.05.2014 19:55:56"
        );
        assert_eq!(
            moment_from_text("27.05.2014 19:55:56", "dd.mm.yyyy HH:MM:SS", Some(moscow)).unwrap().offset,
            Some(moscow)
        );
    }

    #[test]
    fn seconds_go_there_and_back() {
        let at = moment("2014-05-27T19:55:56+03:00");
        assert_eq!(moment_to_seconds(at, None), Ok(1_401_209_756));
        assert_eq!(moment_from_seconds(1_401_209_756, Some(Offset::constant(3))), Ok(at));
        assert!(moment_to_seconds(moment("2014-05-27T19:55:56"), None).is_err());
    }
}
