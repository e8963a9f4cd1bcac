//! Types that go over the wire as JSON.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD};
use bytes::Bytes;

use super::{Check, Json, Object, loose};
use crate::{DateTime, Maybe, Number, Secret, Unreadable};

/// A type of a document. What is written is in the order of the document, what is read may be in any.
pub trait Wire: Sized {
    /// The value as JSON.
    fn to_json(&self) -> Json;

    /// Reads the value.
    ///
    /// # Errors
    /// When `json` is not of this type: says where and why.
    fn from_json(json: Json) -> Result<Self, Unreadable>;

    /// Reads a value whose text stands alone, as the data of an event does: JSON, or else the text itself.
    ///
    /// # Errors
    /// As [`Wire::from_json`].
    fn from_text(text: &str) -> Result<Self, Unreadable> {
        Json::parse(text.as_bytes())
            .and_then(Self::from_json)
            .or_else(|error| Self::from_json(text.into()).map_err(|_| error))
    }

    /// Whether the document allows the value, and it is not only kept: as another value of an enumeration is, or a text
    /// that is not of its form.
    fn is_documented(&self) -> bool {
        true
    }

    /// Holds a value that is about to be sent against the constraints that the document states for the type.
    fn check(_: &mut Check<'_>) {}
}

impl Wire for Json {
    fn to_json(&self) -> Json {
        self.clone()
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        Ok(json)
    }
}

impl Wire for Object {
    fn to_json(&self) -> Json {
        Json::Object(self.clone())
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        match json {
            Json::Object(object) => Ok(object),
            other => Err(other.misfit("an object")),
        }
    }
}

impl Wire for bool {
    fn to_json(&self) -> Json {
        Json::Bool(*self)
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        match json {
            Json::Bool(value) => Ok(value),
            other => Err(other.misfit("true or false")),
        }
    }
}

impl Wire for String {
    fn to_json(&self) -> Json {
        Json::Text(self.clone())
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        match json {
            Json::Text(text) => Ok(text),
            other => loose::text(&other).ok_or_else(|| other.misfit("a text")),
        }
    }

    fn from_text(text: &str) -> Result<Self, Unreadable> {
        Ok(text.to_owned())
    }
}

impl Wire for Number {
    fn to_json(&self) -> Json {
        Json::Number(self.clone())
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        match json {
            Json::Number(number) => Ok(number),
            other => Err(other.misfit("a number")),
        }
    }
}

macro_rules! whole_number {
    ($($type:ty),*) => { $(
        impl Wire for $type {
            fn to_json(&self) -> Json {
                Json::Number(Number::of_digits(self.to_string()))
            }

            fn from_json(json: Json) -> Result<Self, Unreadable> {
                let number = Number::from_json(json)?;
                // By JSON Schema, 1.0 and 1e2 are whole numbers too.
                let whole = number.whole().and_then(|digits| digits.parse().ok());
                whole.ok_or_else(|| {
                    Unreadable::new("", format!("expected a whole number ({}), found {number}", stringify!($type)))
                })
            }
        }
    )* };
}

whole_number!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Wire for f64 {
    /// What JSON has no number for (`NaN`) is refused when the request is built.
    fn to_json(&self) -> Json {
        Json::Number(Number::of_digits(self.to_string()))
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        let number = Number::from_json(json)?;
        Some(number.to_f64()).filter(|n| n.is_finite()).ok_or_else(|| Unreadable::new("", "a number out of range"))
    }
}

impl Wire for DateTime {
    fn to_json(&self) -> Json {
        self.as_str().into()
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        String::from_json(json).map(Self::new)
    }

    fn is_documented(&self) -> bool {
        self.as_str().parse::<Self>().is_ok()
    }
}

/// Bytes that stand in a text in base64.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Base64(pub Bytes);

impl Wire for Secret {
    fn to_json(&self) -> Json {
        self.expose().into()
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        String::from_json(json).map(Self::new)
    }
}

impl Wire for Base64 {
    fn to_json(&self) -> Json {
        Json::Text(STANDARD.encode(&self.0))
    }

    /// Reads either alphabet, with padding or without.
    fn from_json(json: Json) -> Result<Self, Unreadable> {
        const LENIENT: GeneralPurposeConfig =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        const ENGINE: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
        let text: String = String::from_json(json)?
            .chars()
            .filter(|c| !c.is_ascii_whitespace())
            .map(|c| match c {
                '-' => '+',
                '_' => '/',
                c => c,
            })
            .collect();
        let bytes = ENGINE.decode(text).map_err(|_| Unreadable::new("", "expected base64"))?;
        Ok(Self(bytes.into()))
    }
}

impl<T: Into<Bytes>> From<T> for Base64 {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl<T: Wire> Wire for Option<T> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, Wire::to_json)
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        match json {
            Json::Null => Ok(None),
            json => loose::some(json, T::from_json),
        }
    }

    fn is_documented(&self) -> bool {
        self.as_ref().is_none_or(T::is_documented)
    }

    fn check(at: &mut Check<'_>) {
        at.value(T::check);
    }
}

impl<T: Wire> Wire for Maybe<T> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, Wire::to_json)
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        match json {
            Json::Null => Ok(Self::Null),
            json => Ok(loose::some(json, T::from_json)?.map_or(Self::Null, Self::Value)),
        }
    }
}

impl<T: Wire> Wire for Box<T> {
    fn to_json(&self) -> Json {
        self.as_ref().to_json()
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        T::from_json(json).map(Box::new)
    }

    fn is_documented(&self) -> bool {
        self.as_ref().is_documented()
    }

    fn check(at: &mut Check<'_>) {
        T::check(at);
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn to_json(&self) -> Json {
        Json::List(self.iter().map(Wire::to_json).collect())
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        let items = loose::items(json)?;
        let read = |(n, item)| loose::item(item).map_err(|error| error.within(&format!("[{n}]")));
        items.into_iter().enumerate().map(read).collect()
    }

    fn is_documented(&self) -> bool {
        self.iter().all(T::is_documented)
    }

    fn check(at: &mut Check<'_>) {
        at.each(T::check);
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn to_json(&self) -> Json {
        Json::Object(self.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        read_entries(Object::from_json(json)?.0)
    }

    fn is_documented(&self) -> bool {
        self.values().all(T::is_documented)
    }

    fn check(at: &mut Check<'_>) {
        at.values(&[], T::check);
    }
}

/// Reads the values of entries.
pub(super) fn read_entries<T: Wire>(entries: Vec<(String, Json)>) -> Result<BTreeMap<String, T>, Unreadable> {
    let read = |(key, value): (String, Json)| match loose::entry(value) {
        Ok(value) => Ok((key, value)),
        Err(error) => Err(error.within(&key)),
    };
    entries.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Wire>(text: &str) -> Result<T, Unreadable> {
        T::from_json(Json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn says_where_a_value_is_wrong() {
        let error = read::<BTreeMap<String, Vec<i32>>>(r#"{"a":[1,2.0,3000000000]}"#).unwrap_err();
        assert_eq!(error.to_string(), "a[2]: expected a whole number (i32), found 3000000000");
    }

    #[test]
    fn reads_base64_of_either_alphabet() {
        for text in ["\"+/8=\"", "\"-_8\"", "\"+/\\n8=\""] {
            assert_eq!(read::<Base64>(text).unwrap().0.as_ref(), [0xfb, 0xff], "{text}");
        }
        assert!(read::<Base64>("\"?\"").is_err());
    }
}
