//! Points of time as registers and providers state them.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::fmt::temporal::DateTimeParser;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Misfit;

pub use jiff::tz::Offset;

/// The number of days since 1970-01-01, for reckoning with dates.
#[must_use]
pub fn days(date: civil::Date) -> i32 {
    date.since(civil::Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days())
}

/// A date and time by the clock of a register (tag 1012), with its offset from UTC where the provider tells it.
///
/// FFD keeps local time without a zone, and so do some providers: an offset that nobody stated is not invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// What the clock showed.
    pub local: civil::DateTime,
    /// How far the clock is ahead of UTC, if that was stated.
    pub offset: Option<Offset>,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local)?;
        match self.offset {
            None => Ok(()),
            Some(offset) => {
                let minutes = offset.seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

impl FromStr for Moment {
    type Err = Misfit;

    /// Reads ISO 8601 with `T` or a space, up to nine digits of a second, and `Z`, an offset, or neither.
    fn from_str(text: &str) -> Result<Self, Misfit> {
        static PARSER: DateTimeParser = DateTimeParser::new();
        let misfit = || Misfit::new(format!("{text:?} is not a date and time"));
        let local = PARSER.parse_datetime(text).or_else(|_| {
            // A civil date-time is not read from a text that ends in `Z`.
            PARSER.parse_datetime(text.trim_end_matches(['Z', 'z']))
        });
        let local = local.map_err(|_| misfit())?;
        let time = text.get(10..).unwrap_or_default();
        let offset = match time.rfind(['+', '-']) {
            _ if time.ends_with(['Z', 'z']) => Some(Offset::UTC),
            Some(at) => Some(parse_offset(&time[at..]).ok_or_else(misfit)?),
            None => None,
        };
        Ok(Self { local, offset })
    }
}

/// Reads `+03:00`, `-0330`, `+03`.
pub(crate) fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|m| !m.is_empty()).map_or(Ok(0), str::parse).ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A date and time of a provider's document, kept as it was written: a clock that a provider prints oddly must not make
/// the answer unreadable. [`DateTime::moment`] reads it; one that is parsed can be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateTime(String);

impl DateTime {
    /// Keeps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has no characters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What it states; a text without an offset is taken to be `otherwise`.
    ///
    /// # Errors
    /// When the text is no date and time.
    pub fn moment(&self, otherwise: Option<Offset>) -> Result<Moment, Misfit> {
        let moment: Moment = self.0.parse()?;
        Ok(Moment { offset: moment.offset.or(otherwise), ..moment })
    }
}

impl FromStr for DateTime {
    type Err = Misfit;

    /// Keeps a text that states a date and a time, as `2031-05-01T09:00:00Z` does.
    fn from_str(text: &str) -> Result<Self, Misfit> {
        // A date alone would be read as its midnight.
        if !text.contains(':') {
            return Err(Misfit::new(format!("{text:?} is not a date and time")));
        }
        text.parse::<Moment>().map(|_| Self::new(text))
    }
}

impl From<Moment> for DateTime {
    fn from(moment: Moment) -> Self {
        Self(moment.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_documents_print() {
        for (text, shown) in [
            ("2019-05-01T17:33:11.6287936+03:00", "2019-05-01T17:33:11.6287936+03:00"),
            ("2019-01-29T14:55:50.000Z", "2019-01-29T14:55:50+00:00"),
            ("1970-01-01 00:00:00", "1970-01-01T00:00:00"),
            ("2019-10-23T18:51:59-0330", "2019-10-23T18:51:59-03:30"),
            ("2020-02-27T12:43:57", "2020-02-27T12:43:57"),
        ] {
            assert_eq!(text.parse::<Moment>().unwrap().to_string(), shown, "{text}");
        }
        for text in ["", "2019-13-01T00:00:00", "вчера", "2019-05-01T17:33:11+99:99"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_parsed_states_a_date_and_a_time() {
        let text = "2031-05-01T09:00:00.250+03:00";
        assert_eq!(text.parse::<DateTime>().unwrap().as_str(), text);
        for text in ["", "2031-05-01", "09:00", "2031-02-30T09:00:00Z", "soon: now"] {
            let error = text.parse::<DateTime>().unwrap_err().to_string();
            assert_eq!(error, format!("{text:?} is not a date and time"));
        }
    }

    #[test]
    fn a_missing_offset_is_what_the_caller_says() {
        let moment = DateTime::new("2019-05-01T17:33:11").moment(Some(Offset::UTC)).unwrap();
        assert_eq!(moment.offset, Some(Offset::UTC));
    }
}
