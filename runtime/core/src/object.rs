//! Objects of documents: read from JSON objects alone, whatever spelling their keys have.
//!
//! Derived code takes a JSON list for an object too, its values in the order of the fields. A list where a document has
//! an object was not understood, and proves nothing; so a generated type reads itself through [`Object`].

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

/// A deserializer for one object, with other spellings of its keys: pairs of what may be written and what it is.
pub struct Object<D> {
    inner: D,
    aliases: &'static [(&'static str, &'static str)],
}

impl<D> Object<D> {
    /// An object read from `inner`.
    pub fn new(inner: D, aliases: &'static [(&'static str, &'static str)]) -> Self {
        Self { inner, aliases }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(OneSpelling { visitor, aliases: self.aliases })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Hands a visitor each key in its one spelling.
struct OneSpelling<V> {
    visitor: V,
    aliases: &'static [(&'static str, &'static str)],
}

impl<'de, V: Visitor<'de>> Visitor<'de> for OneSpelling<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        if self.aliases.is_empty() {
            return self.visitor.visit_map(map);
        }
        self.visitor.visit_map(Keys { map, aliases: self.aliases, seen: Vec::new() })
    }
}

/// The keys of an object, other spellings replaced. Of a key that comes in several, the first counts.
struct Keys<A> {
    map: A,
    aliases: &'static [(&'static str, &'static str)],
    seen: Vec<&'static str>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Keys<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            let known = self.aliases.iter().find(|(written, meant)| *written == key || *meant == key);
            let Some((_, meant)) = known else {
                return seed.deserialize(StrDeserializer::new(&key)).map(Some);
            };
            if !self.seen.contains(meant) {
                self.seen.push(meant);
                return seed.deserialize(StrDeserializer::new(meant)).map(Some);
            }
            self.map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Lets a type that derives with `#[serde(remote = "Self")]` read itself from JSON objects alone.
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    ($name:ident $(, $written:literal => $meant:literal)* $(,)?) => {
        impl $crate::rt::serde::Serialize for $name {
            fn serialize<S: $crate::rt::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, serializer)
            }
        }

        impl<'de> $crate::rt::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::rt::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $name::deserialize($crate::rt::Object::new(deserializer, &[$(($written, $meant)),*]))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(remote = "Self")]
    struct Answer {
        #[serde(rename = "Requestid", default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(remote = "Self")]
    struct Inner {
        n: i64,
    }

    crate::object!(Answer, "RequestId" => "Requestid", "RequestID" => "Requestid");
    crate::object!(Inner);

    #[test]
    fn a_list_is_no_object() {
        for text in ["[]", r#"["k",{"n":1}]"#, r#"{"inner":[1]}"#, "1", "null"] {
            assert!(serde_json::from_str::<Answer>(text).is_err(), "{text}");
        }
        let answer: Answer = serde_json::from_str(r#"{"Requestid":"k","inner":{"n":1},"more":[1]}"#).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"Requestid":"k","inner":{"n":1}}"#);
    }

    #[test]
    fn a_key_may_come_in_several_spellings() {
        let read = |text: &str| serde_json::from_str::<Answer>(text).unwrap().request_id.unwrap();
        assert_eq!(read(r#"{"RequestID":"a"}"#), "a");
        assert_eq!(read(r#"{"RequestId":"a","Requestid":"b","RequestID":"c"}"#), "a");
    }
}
