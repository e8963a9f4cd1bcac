//! Objects of documents: read from JSON objects alone, and of a provider's with keys in any case.
//!
//! Derived code takes a JSON list for an object too, its values in the order of the fields. A list where a document has
//! an object was not understood, and proves nothing; so a generated type reads itself through [`Object`].

use std::cell::Cell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

/// A deserializer for one object.
pub struct Object<D> {
    inner: D,
    any_case: bool,
}

impl<D> Object<D> {
    /// An object with exactly the keys of its type: ours.
    pub fn exact(inner: D) -> Self {
        Self { inner, any_case: false }
    }

    /// An object of a provider. Documents spell a key in several ways and print it in others (CO3), so a key that is
    /// none of the type's is taken for the one that differs from it in case alone. A key may come twice if it says the
    /// same both times; one that says two things was not understood.
    pub fn any_case(inner: D) -> Self {
        Self { inner, any_case: true }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let fields = if self.any_case { fields } else { &[] };
        self.inner.deserialize_map(OneSpelling { visitor, fields })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

thread_local! {
    /// Whether objects are read straight through, and one with a key twice is not read at all.
    static STRAIGHT: Cell<bool> = const { Cell::new(false) };
}

/// Reads without keeping the text of each field, which takes a tenth of the time. An object in which a key comes twice is
/// an error then, and so is everything that is one otherwise: whoever gets one has to read again.
pub(crate) fn straight<T>(read: impl FnOnce() -> T) -> T {
    struct Restored(bool);
    impl Drop for Restored {
        fn drop(&mut self) {
            STRAIGHT.set(self.0);
        }
    }
    let _restored = Restored(STRAIGHT.replace(true));
    read()
}

/// Hands a visitor each key as the type spells it.
struct OneSpelling<V> {
    visitor: V,
    fields: &'static [&'static str],
}

impl<'de, V: Visitor<'de>> Visitor<'de> for OneSpelling<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        if self.fields.is_empty() {
            return self.visitor.visit_map(map);
        }
        if STRAIGHT.get() {
            return self.visitor.visit_map(StraightKeys { map, fields: self.fields, seen: Vec::new() });
        }
        self.visitor.visit_map(Keys { map, fields: self.fields, seen: Vec::new(), at: None })
    }
}

struct Keys<A> {
    map: A,
    fields: &'static [&'static str],
    /// The fields so far and what they say.
    seen: Vec<(&'static str, Box<RawValue>)>,
    /// The field whose value is next, if it is one of the type's.
    at: Option<&'static str>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Keys<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key_seed(Spelt(self.fields))? {
            self.at = key.as_ref().ok().copied();
            let meant = match key {
                Ok(meant) => meant,
                Err(other) => return seed.deserialize(StrDeserializer::new(&other)).map(Some),
            };
            let Some((_, first)) = self.seen.iter().find(|(seen, _)| *seen == meant) else {
                return seed.deserialize(StrDeserializer::new(meant)).map(Some);
            };
            if self.map.next_value::<Box<RawValue>>()?.get() != first.get() {
                return Err(Error::custom(format_args!("`{meant}` stands twice, and says two things")));
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        let Some(field) = self.at.take() else { return self.map.next_value_seed(seed) };
        let raw: Box<RawValue> = self.map.next_value()?;
        // From a reader, since the seed may not borrow from what is here for a moment only.
        let mut value = serde_json::Deserializer::from_reader(raw.get().as_bytes());
        let value = seed.deserialize(&mut value).map_err(|error| Error::custom(format_args!("{field}: {error}")))?;
        self.seen.push((field, raw));
        Ok(value)
    }
}

/// The keys of an object that is read straight through.
struct StraightKeys<A> {
    map: A,
    fields: &'static [&'static str],
    seen: Vec<&'static str>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for StraightKeys<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.map.next_key_seed(Spelt(self.fields))? {
            Some(Ok(meant)) if self.seen.contains(&meant) => Err(Error::custom(format_args!("`{meant}` stands twice"))),
            Some(Ok(meant)) => {
                self.seen.push(meant);
                seed.deserialize(StrDeserializer::new(meant)).map(Some)
            }
            Some(Err(other)) => seed.deserialize(StrDeserializer::new(&other)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a key as the type spells it; one that is none of its fields as it is.
struct Spelt(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Spelt {
    type Value = Result<&'static str, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Spelt {
    type Value = Result<&'static str, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let exact = self.0.iter().find(|field| **field == key);
        let meant = exact.or_else(|| self.0.iter().find(|field| field.eq_ignore_ascii_case(key)));
        Ok(meant.copied().ok_or_else(|| key.to_owned()))
    }
}

/// Lets a type that derives with `#[serde(remote = "Self")]` read itself from JSON objects alone: with `exact` keys, or
/// with keys in `any_case`.
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    ($keys:ident $name:ident) => {
        impl $crate::rt::serde::Serialize for $name {
            fn serialize<S: $crate::rt::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, serializer)
            }
        }

        impl<'de> $crate::rt::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::rt::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $name::deserialize($crate::rt::Object::$keys(deserializer))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde::{Deserialize, Serialize};

    use crate::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(remote = "Self")]
    struct Answer {
        #[serde(rename = "Requestid", default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
        #[serde(rename = "FCEError", default, skip_serializing_if = "Option::is_none")]
        upper: Option<i64>,
        #[serde(rename = "fceerror", default, skip_serializing_if = "Option::is_none")]
        lower: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(remote = "Self")]
    struct Inner {
        n: i64,
    }

    crate::object!(any_case Answer);
    crate::object!(exact Inner);

    #[test]
    fn a_list_is_no_object() {
        for text in ["[]", r#"["k",{"n":1}]"#, r#"{"inner":[1]}"#, "1", "null", r#"{"inner":{"N":1}}"#] {
            assert!(serde_json::from_str::<Answer>(text).is_err(), "{text}");
        }
        let answer: Answer = serde_json::from_str(r#"{"Requestid":"k","inner":{"n":1},"more":[1]}"#).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"Requestid":"k","inner":{"n":1}}"#);
    }

    #[test]
    fn a_key_may_come_in_any_case_and_twice() {
        let read = |text: &str| serde_json::from_str::<Answer>(text).unwrap();
        assert_eq!(read(r#"{"RequestID":"a"}"#).request_id.as_deref(), Some("a"));
        assert_eq!(read(r#"{"RequestId":"a","Requestid":"a","RequestID": "a"}"#).request_id.as_deref(), Some("a"));
        let error = serde_json::from_str::<Answer>(r#"{"RequestId":"a","Requestid":"b"}"#).unwrap_err();
        assert!(error.to_string().contains("`Requestid` stands twice, and says two things"), "{error}");
        let body = |text: &str| json::read::<Answer>(&Bytes::copy_from_slice(text.as_bytes()));
        assert_eq!(body(r#"{"RequestId":"a","Requestid":"a"}"#).unwrap().request_id.as_deref(), Some("a"));
        let error = body(r#"{"RequestId":"a","Requestid":"b"}"#).unwrap_err();
        assert!(error.reason.contains("`Requestid` stands twice, and says two things"), "{error:?}");
        let both = read(r#"{"FCEError":0,"fceerror":24}"#);
        assert_eq!((both.upper, both.lower), (Some(0), Some(24)));
    }
}
