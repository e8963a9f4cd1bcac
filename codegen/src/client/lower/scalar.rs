//! Which type a schema means, and what has none of its own.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::client::model::Shape;
use crate::client::view::{More, View, types};

/// Whether a schema needs no name.
pub(super) fn is_plain(view: &View<'_>) -> bool {
    view.values.is_none()
        && view.groups.is_empty()
        && view.props.is_empty()
        && view.items.is_empty()
        && view.prefix.is_empty()
        && !matches!(view.more, More::Of(_) | More::None)
        && infer(view).count_ones() <= 1
}

/// The types that a schema means, where it does not say.
pub(in crate::client) fn infer(view: &View<'_>) -> u8 {
    let rules = &view.rules;
    if view.types != 0 {
        view.types
    } else if !view.props.is_empty() || view.more != More::Unsaid {
        types::OBJECT
    } else if !view.items.is_empty() || !view.prefix.is_empty() {
        types::LIST
    } else if !rules.patterns.is_empty() || rules.min_length.is_some() || rules.max_length.is_some() {
        types::TEXT
    } else {
        0
    }
}

/// A whole number: of the width that the format says, or that the bounds need.
pub(super) fn int_shape(view: &View<'_>) -> Shape {
    let bound = |bound: &Option<String>| bound.as_deref().and_then(|text| text.parse::<i128>().ok());
    let rules = &view.rules;
    let least = bound(&rules.minimum).max(bound(&rules.above));
    let most = bound(&rules.maximum).or(bound(&rules.below));
    Shape::Int(match view.format {
        Some("bigint" | "big-integer" | "biginteger" | "int128" | "uint128" | "int256" | "uint256") => {
            return Shape::Whole;
        }
        Some(format) => width(format).unwrap_or("i64"),
        None if most > Some(i128::from(i64::MAX)) && least >= Some(0) => "u64",
        None => "i64",
    })
}

/// The integer type that a format says.
pub(super) fn width(format: &str) -> Option<&'static str> {
    Some(match format {
        "int8" => "i8",
        "int16" | "short" => "i16",
        "int32" | "int" => "i32",
        "int64" | "long" => "i64",
        "uint8" => "u8",
        "uint16" => "u16",
        "uint32" | "uint" => "u32",
        "uint64" | "unsigned-int64" => "u64",
        _ => return None,
    })
}

/// Whether a whole number fits an integer type.
pub(in crate::client) fn is_within(digits: &str, width: &str) -> bool {
    match width {
        "i8" => digits.parse::<i8>().is_ok(),
        "i16" => digits.parse::<i16>().is_ok(),
        "i32" => digits.parse::<i32>().is_ok(),
        "u8" => digits.parse::<u8>().is_ok(),
        "u16" => digits.parse::<u16>().is_ok(),
        "u32" => digits.parse::<u32>().is_ok(),
        "u64" => digits.parse::<u64>().is_ok(),
        _ => digits.parse::<i64>().is_ok(),
    }
}

/// A number: exact, unless the format says that it is not.
pub(super) fn number_shape(view: &View<'_>) -> Shape {
    match view.format {
        Some("float" | "double") => Shape::Float,
        _ => Shape::Number,
    }
}

pub(super) fn text_shape(view: &View<'_>) -> Shape {
    match view.format {
        _ if view.encoded => Shape::Base64,
        Some("date") => Shape::Date,
        Some("date-time") => Shape::DateTime,
        Some("uuid" | "guid") => Shape::Uuid,
        Some("byte" | "base64") => Shape::Base64,
        Some("password") => Shape::Secret,
        _ => Shape::Text,
    }
}

/// Whether a text is of its format, of those that leave no doubt.
pub(super) fn is_of_format(text: &str, format: &str) -> bool {
    match format {
        "date" => is_date(text),
        "date-time" => text.split_once(['T', 't', ' ']).is_some_and(|(date, time)| is_date(date) && is_time(time)),
        "uuid" | "guid" => {
            let lengths = text.split('-').map(str::len);
            lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
        }
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        _ => true,
    }
}

/// A number of so many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    text.parse().ok().filter(|_| text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
}

/// `2020-02-29` (RFC 3339).
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').zip([4, 2, 2]).map_while(|(part, count)| digits(part, count));
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    text.len() == 10 && (1..=12).contains(&month) && (1..=days).contains(&day)
}

/// `10:00:00.5Z` or `10:00:00+03:00` (RFC 3339).
fn is_time(text: &str) -> bool {
    let (clock, zone) = text.split_at(text.find(['Z', 'z', '+', '-']).unwrap_or(text.len()));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let is_within = |text: &str, most: &[u32]| {
        let parts: Vec<Option<u32>> = text.split(':').map(|part| digits(part, 2)).collect();
        parts.len() == most.len() && parts.iter().zip(most).all(|(part, most)| part.is_some_and(|part| part <= *most))
    };
    is_within(clock, &[23, 59, 60])
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && (matches!(zone, "Z" | "z") || zone.get(1..).is_some_and(|zone| is_within(zone, &[23, 59])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_of_their_formats() {
        for (format, right, wrong) in [
            (
                "date",
                &["2020-02-29", "1999-12-31"][..],
                &["2021-02-29", "2020-13-01", "2020-1-01", "now", "2020-01-01-"][..],
            ),
            (
                "date-time",
                &["2020-02-29T10:00:00Z", "2020-02-29t23:59:60.25+03:00"],
                &[
                    "2020-02-29",
                    "2020-02-29T10:00Z",
                    "2020-02-29T10:00:00",
                    "2020-02-29T24:00:00Z",
                    "2020-02-29T10:00:00+3",
                ],
            ),
            ("uuid", &["67E55044-10b1-426f-9247-bb680e5fe0c8"], &["67e55044", "67e55044-10b1-426f-9247-bb680e5fe0cg"]),
            ("ipv4", &["127.0.0.1"], &["127.0.0.256", "::1"]),
            ("ipv6", &["::1"], &["127.0.0.1"]),
            ("of mine", &["", "a"], &[]),
        ] {
            right.iter().for_each(|text| assert!(is_of_format(text, format), "{format}: {text}"));
            wrong.iter().for_each(|text| assert!(!is_of_format(text, format), "{format}: {text}"));
        }
    }
}
