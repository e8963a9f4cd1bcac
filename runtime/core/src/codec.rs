//! The unit conversions of the mapping language, each with its inverse.
//!
//! A conversion that cannot be made exactly is a [`Misfit`], unless the mapping says [`Inexact::RoundHalfUp`] (M011).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::civil;

pub use crate::form::{
    day_from_text, day_to_text, moment_from_seconds, moment_from_text, moment_to_seconds, moment_to_text,
};
use crate::{Contact, Fixed, Misfit, Moment, Money, Number, NumberOrString, Offset, Refusal};

/// What a conversion does with digits that its unit cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inexact {
    /// The value is refused.
    Refuse,
    /// The value is rounded, halves away from zero.
    RoundHalfUp,
}

/// Fits `value` into whole numbers of 10^-`places`.
///
/// # Errors
/// When digits would be lost and may not be.
pub fn to_scaled<const SCALE: u32>(value: Fixed<SCALE>, places: u32, inexact: Inexact) -> Result<i64, Misfit> {
    let Some(dropped) = SCALE.checked_sub(places) else {
        let factor = 10_i64.pow(places - SCALE);
        return value.units().checked_mul(factor).ok_or_else(|| Misfit::new("is out of range"));
    };
    let unit = 10_i64.pow(dropped);
    match (value.units() % unit, inexact) {
        (0, _) => Ok(value.units() / unit),
        (_, Inexact::RoundHalfUp) => {
            let half = unit / 2 * value.units().signum();
            value.units().checked_add(half).map(|units| units / unit).ok_or_else(|| Misfit::new("is out of range"))
        }
        (_, Inexact::Refuse) if places == 0 => {
            Err(Misfit::new(format!("is {value}, and only whole numbers can be sent")))
        }
        (_, Inexact::Refuse) => {
            Err(Misfit::new(format!("is {value}, and only {places} digits after the point can be sent")))
        }
    }
}

/// True or false from 1 or 0.
///
/// # Errors
/// When it is another number.
pub fn flag(value: i64) -> Result<bool, Misfit> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Misfit::new(format!("is {other}, and neither 0 nor 1"))),
    }
}

/// The inverse of [`to_scaled`].
///
/// # Errors
/// When the value is out of range.
pub fn from_scaled<const SCALE: u32>(value: i64, places: u32) -> Result<Fixed<SCALE>, Misfit> {
    let out_of_range = || Misfit::new(format!("is {value}, which is out of range"));
    let units = match SCALE.checked_sub(places) {
        Some(more) => value.checked_mul(10_i64.pow(more)).ok_or_else(out_of_range)?,
        None => {
            let unit = 10_i64.pow(places - SCALE);
            if value % unit != 0 {
                return Err(Misfit::new(format!("is {value}, finer than can be read")));
            }
            value / unit
        }
    };
    Ok(Fixed::from_units(units))
}

/// Fits `value` into a JSON number with at most `places` digits after the point.
///
/// # Errors
/// When digits would be lost and may not be.
pub fn to_number<const SCALE: u32>(value: Fixed<SCALE>, places: u32, inexact: Inexact) -> Result<Number, Misfit> {
    let fitted: Fixed<SCALE> = from_scaled(to_scaled(value, places, inexact)?, places)?;
    Ok(fitted.into())
}

/// The inverse of [`to_number`]; also reads decimal text.
///
/// # Errors
/// When `text` is not such a number.
pub fn from_decimal<const SCALE: u32>(text: &str) -> Result<Fixed<SCALE>, Misfit> {
    text.parse().map_err(|error| Misfit::new(format!("{text:?} {error}")))
}

/// Fits `value` into decimal text with at most `places` digits after the point.
///
/// # Errors
/// When digits would be lost and may not be.
pub fn to_decimal<const SCALE: u32>(value: Fixed<SCALE>, places: u32, inexact: Inexact) -> Result<String, Misfit> {
    let fitted: Fixed<SCALE> = from_scaled(to_scaled(value, places, inexact)?, places)?;
    Ok(fitted.to_decimal(places.min(2)))
}

/// [`to_number`], where a text could stand too.
///
/// # Errors
/// When digits would be lost and may not be.
pub fn to_either_number<const SCALE: u32>(
    value: Fixed<SCALE>,
    places: u32,
    inexact: Inexact,
) -> Result<NumberOrString, Misfit> {
    to_number(value, places, inexact).map(NumberOrString::Number)
}

/// [`to_decimal`], where a number could stand too.
///
/// # Errors
/// When digits would be lost and may not be.
pub fn to_either_text<const SCALE: u32>(
    value: Fixed<SCALE>,
    places: u32,
    inexact: Inexact,
) -> Result<NumberOrString, Misfit> {
    to_decimal(value, places, inexact).map(NumberOrString::String)
}

/// The sum of money of several elements.
///
/// # Errors
/// The first error of an element, or that the sum is out of range.
pub fn sum(path: &str, values: impl IntoIterator<Item = Result<Money, Refusal>>) -> Result<Money, Refusal> {
    values.into_iter().try_fold(Money::ZERO, |sum, value| {
        sum.checked_add(value?).ok_or_else(|| Refusal::new(path, "is out of range"))
    })
}

/// The elements that have the same key together, in the order of the first of each.
pub fn groups<'v, T, K: PartialEq>(values: impl IntoIterator<Item = &'v T>, key: impl Fn(&T) -> K) -> Vec<Vec<&'v T>> {
    let mut groups: Vec<Vec<&'v T>> = Vec::new();
    for value in values {
        match groups.iter_mut().find(|group| key(group[0]) == key(value)) {
            Some(group) => group.push(value),
            None => groups.push(vec![value]),
        }
    }
    groups
}

/// The elements of a list between the first `before` and the last `after`.
#[must_use]
pub fn between<T>(list: &[T], before: usize, after: usize) -> &[T] {
    list.get(before..list.len().saturating_sub(after)).unwrap_or_default()
}

/// A key where only a UUID can be sent.
///
/// # Errors
/// When it is none.
pub fn uuid(key: &str) -> Result<String, Misfit> {
    let dashes = [8, 13, 18, 23];
    let uuid = key.len() == 36
        && key.bytes().enumerate().all(|(at, byte)| match byte {
            b'-' => dashes.contains(&at),
            _ => byte.is_ascii_hexdigit() && !dashes.contains(&at),
        });
    if uuid { Ok(key.to_owned()) } else { Err(Misfit::new(format!("is {key:?}, and only a UUID can be sent"))) }
}

/// The bytes of a text in hexadecimal.
#[must_use]
pub fn to_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The inverse of [`to_hex`].
///
/// # Errors
/// When `text` is not hexadecimal, or not of a text.
pub fn from_hex(text: &str) -> Result<String, Misfit> {
    let misfit = || Misfit::new(format!("{text:?} is no text in hexadecimal"));
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return Err(misfit());
    }
    let pairs = text.as_bytes().chunks_exact(2).map(|pair| {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
    });
    String::from_utf8(pairs.collect::<Option<_>>().ok_or_else(misfit)?).map_err(|_| misfit())
}

/// The bytes of a text in Base64.
#[must_use]
pub fn to_base64(text: &str) -> String {
    BASE64.encode(text)
}

/// The inverse of [`to_base64`].
///
/// # Errors
/// When `text` is not Base64, or not of a text.
pub fn from_base64(text: &str) -> Result<String, Misfit> {
    let misfit = || Misfit::new(format!("{text:?} is no text in Base64"));
    String::from_utf8(BASE64.decode(text).map_err(|_| misfit())?).map_err(|_| misfit())
}

/// The value of `name` in a text such as `a=1&b=2`; nothing is unescaped.
#[must_use]
pub fn query_value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let pairs = text.rsplit('?').next().unwrap_or(text).split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Reads a whole number that may be written as text, leading zeros included.
///
/// # Errors
/// When it is none.
pub fn digits_to_int(text: &str) -> Result<i64, Misfit> {
    let number: Fixed<0> = text.parse().map_err(|error| Misfit::new(format!("{text:?} {error}")))?;
    Ok(number.units())
}

/// A whole number as the provider's number-or-text.
#[must_use]
pub fn int_to_either(value: i64) -> NumberOrString {
    NumberOrString::Number(value.into())
}

/// The bit mask of `values`.
///
/// # Errors
/// When one of them has no code.
pub fn to_mask<T: Copy>(values: &BTreeSet<T>, code: impl Fn(T) -> Result<i64, Misfit>) -> Result<i64, Misfit> {
    values.iter().try_fold(0, |mask, value| Ok(mask | code(*value)?))
}

/// The values whose bits `mask` has.
///
/// # Errors
/// When a bit has no value.
pub fn from_mask<T: Ord>(mask: i64, value: impl Fn(i64) -> Result<T, Misfit>) -> Result<BTreeSet<T>, Misfit> {
    (0..i64::BITS - 1).map(|bit| 1 << bit).filter(|bit| mask & bit != 0).map(value).collect()
}

/// The one value of `values`, where a provider takes a single one.
///
/// # Errors
/// When there are more.
pub fn only<T: Copy + Ord>(values: &BTreeSet<T>) -> Result<T, Misfit> {
    match (values.first(), values.len()) {
        (Some(value), 1) => Ok(*value),
        (_, count) => Err(Misfit::new(format!("has {count} values, and exactly one can be sent"))),
    }
}

/// The one text of `texts`, within the limits of a field.
///
/// # Errors
/// When there are more, or it is too short or too long.
pub fn only_text(texts: &[String], min: Option<u64>, max: Option<u64>) -> Result<String, Misfit> {
    match texts {
        [text] => limited(text, min, max),
        _ => Err(Misfit::new(format!("has {} values, and exactly one can be sent", texts.len()))),
    }
}

/// How a provider wants a phone written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneStyle {
    /// `+` and the digits.
    Plus,
    /// `7` and ten digits: Russian numbers alone.
    Seven,
    /// `+7` and ten digits: Russian numbers alone.
    PlusSeven,
}

impl PhoneStyle {
    fn write(self, phone: &str) -> Result<String, Misfit> {
        let digits = &phone[1..];
        let russian = digits.len() == 11 && digits.starts_with('7');
        match self {
            Self::Plus => Ok(phone.to_owned()),
            Self::Seven if russian => Ok(digits.to_owned()),
            Self::PlusSeven if russian => Ok(phone.to_owned()),
            Self::Seven => Err(Misfit::new("is a phone outside Russia, and only 7XXXXXXXXXX can be sent")),
            Self::PlusSeven => Err(Misfit::new("is a phone outside Russia, and only +7XXXXXXXXXX can be sent")),
        }
    }
}

/// Fits a contact into a field that takes either kind.
///
/// # Errors
/// When it is neither an e-mail address nor a phone, or a phone that cannot be written in `style`.
pub fn contact_to_either(contact: &Contact, style: PhoneStyle) -> Result<String, Misfit> {
    match (contact.email(), contact.phone()) {
        (Some(email), _) => Ok(email.to_owned()),
        (None, Some(phone)) => style.write(phone),
        (None, None) => Err(neither()),
    }
}

/// Fits a contact into a field for e-mail addresses; `None` for a phone, which has its own field.
///
/// # Errors
/// When it is neither an e-mail address nor a phone.
pub fn contact_to_email(contact: &Contact) -> Result<Option<String>, Misfit> {
    match (contact.email(), contact.phone()) {
        (Some(email), _) => Ok(Some(email.to_owned())),
        (None, Some(_)) => Ok(None),
        (None, None) => Err(neither()),
    }
}

/// Fits a contact into a field for phones; `None` for an e-mail address, which has its own field.
///
/// # Errors
/// When it is neither, or a phone that cannot be written in `style`.
pub fn contact_to_phone(contact: &Contact, style: PhoneStyle) -> Result<Option<String>, Misfit> {
    match (contact.email(), contact.phone()) {
        (Some(_), _) => Ok(None),
        (None, Some(phone)) => style.write(phone).map(Some),
        (None, None) => Err(neither()),
    }
}

fn neither() -> Misfit {
    Misfit::new("is neither an e-mail address nor a phone such as +79991234567")
}

/// Reads a contact.
///
/// # Errors
/// When it is empty or too long.
pub fn read_contact(text: &str) -> Result<Contact, Misfit> {
    text.parse().map_err(Misfit::new)
}

/// Puts a moment together from numbers; a year of two digits is of this century.
///
/// # Errors
/// When they are no date and time.
pub fn moment_from_parts(parts: [i64; 6], offset: Option<Offset>) -> Result<Moment, Misfit> {
    let misfit = || Misfit::new(format!("{parts:?} is no date and time"));
    let [year, rest @ ..] = parts;
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    let year = i16::try_from(year).map_err(|_| misfit())?;
    let mut small = [0_i8; 5];
    for (to, from) in small.iter_mut().zip(rest) {
        *to = i8::try_from(from).map_err(|_| misfit())?;
    }
    let [month, day, hour, minute, second] = small;
    let local = civil::DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| misfit())?;
    Ok(Moment { local, offset })
}

/// What all of `values` have in common.
///
/// # Errors
/// When two of them differ, one that is absent from one that is not included.
pub fn common<'v, T: PartialEq>(values: impl IntoIterator<Item = Option<&'v T>>) -> Result<Option<&'v T>, Misfit> {
    let mut values = values.into_iter();
    let first = values.next().flatten();
    if values.all(|value| value == first) { Ok(first) } else { Err(Misfit::new("differs between items")) }
}

/// Text within the limits of a field.
///
/// # Errors
/// When it is too short or too long.
pub fn limited(text: &str, min: Option<u64>, max: Option<u64>) -> Result<String, Misfit> {
    let length = text.chars().count() as u64;
    match (min, max) {
        (Some(min), _) if length < min => {
            Err(Misfit::new(format!("has {length} characters, and at least {min} have to be sent")))
        }
        (_, Some(max)) if length > max => {
            Err(Misfit::new(format!("has {length} characters, and only {max} can be sent")))
        }
        _ => Ok(text.to_owned()),
    }
}

/// [`moment_from_parts`] of parts that may be missing.
///
/// # Errors
/// When one is missing, or they are no date and time.
pub fn moment_of(parts: [Option<&i64>; 6], offset: Option<Offset>) -> Result<Moment, Misfit> {
    let mut stated = [0; 6];
    for (to, from) in stated.iter_mut().zip(parts) {
        *to = *from.ok_or_else(|| Misfit::new("lacks a part of the time"))?;
    }
    moment_from_parts(stated, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Money, Quantity};

    #[test]
    fn nothing_is_lost_unless_said_so() {
        let quantity: Quantity = "1.5".parse().unwrap();
        assert_eq!(to_scaled(quantity, 3, Inexact::Refuse), Ok(1500));
        assert_eq!(from_scaled(1500, 3), Ok(quantity));
        assert!(to_scaled(quantity, 0, Inexact::Refuse).is_err());
        assert_eq!(to_scaled(quantity, 0, Inexact::RoundHalfUp), Ok(2));
        assert_eq!(to_scaled(Quantity::from_units(-1_500_000), 0, Inexact::RoundHalfUp), Ok(-2));
        assert!(to_scaled(Quantity::from_units(1), 3, Inexact::Refuse).is_err());
        assert_eq!(to_scaled(Money::from_units(150), 3, Inexact::Refuse), Ok(1500));
        assert!(to_scaled(Money::from_units(i64::MAX), 3, Inexact::Refuse).is_err());
        assert_eq!(from_scaled::<2>(1500, 3), Ok(Money::from_units(150)));
        assert!(from_scaled::<2>(1501, 3).is_err());
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(to_number(Money::from_units(7050), 2, Inexact::Refuse).unwrap().as_str(), "70.5");
        assert_eq!(to_decimal(Money::from_units(7050), 2, Inexact::Refuse).unwrap(), "70.50");
        assert_eq!(from_decimal::<2>("70.50"), Ok(Money::from_units(7050)));
        assert_eq!(digits_to_int("0637894524"), Ok(637_894_524));
        assert!(digits_to_int("12a").is_err());
    }

    #[test]
    fn masks_go_there_and_back() {
        let values = BTreeSet::from([1_i64, 64]);
        assert_eq!(to_mask(&values, Ok), Ok(65));
        assert_eq!(from_mask(65, Ok), Ok(values.clone()));
        assert_eq!(from_mask::<i64>(0, Ok), Ok(BTreeSet::new()));
        assert!(only(&values).is_err());
    }

    #[test]
    fn contacts_go_where_they_belong() {
        let phone: Contact = "+79991234567".parse().unwrap();
        let email: Contact = "a@b.ru".parse().unwrap();
        let other: Contact = "none".parse().unwrap();
        assert_eq!(contact_to_email(&phone), Ok(None));
        assert_eq!(contact_to_phone(&phone, PhoneStyle::Seven), Ok(Some("79991234567".into())));
        assert_eq!(contact_to_either(&email, PhoneStyle::Plus), Ok("a@b.ru".into()));
        assert!(contact_to_email(&other).is_err());
        assert!(contact_to_either(&"+4915112345678".parse().unwrap(), PhoneStyle::Seven).is_err());
    }

    #[test]
    fn common_is_common_to_all() {
        let (a, b) = (1, 2);
        assert_eq!(common([Some(&a), Some(&a)]), Ok(Some(&1)));
        assert_eq!(common::<i32>([None, None]), Ok(None));
        assert_eq!(common::<i32>([]), Ok(None));
        assert!(common([Some(&a), Some(&b)]).is_err());
        assert!(common([Some(&a), None]).is_err());
        assert!(limited("аб", Some(1), Some(1)).is_err());
        assert!(limited("", Some(1), None).is_err());
        assert_eq!(limited("аб", Some(1), Some(2)), Ok("аб".into()));
    }

    #[test]
    fn parts_make_a_moment() {
        assert_eq!(moment_from_parts([20, 2, 27, 12, 43, 57], None).unwrap().to_string(), "2020-02-27T12:43:57");
        assert!(moment_from_parts([20, 13, 27, 12, 43, 57], None).is_err());
        assert!(moment_from_parts([20, 1, 1, 999, 0, 0], None).is_err());
    }
}
