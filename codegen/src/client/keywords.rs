//! What the keys of a schema have to be, and whether they leave a value.

use super::pattern::{Unfit, translate};
use super::rules::Rules;
use super::view::Reader;
use crate::diag::Code;
use crate::tree::{NodeId, Value, number};

/// What may stand under a key.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    Number,
    /// A number that counts something.
    Count,
    Text,
    Flag,
    /// A flag in 3.0, a number in 3.1; tools write both in both.
    Bound,
    List,
    Map,
    /// A schema: a map, or true or false.
    Schema,
    Anything,
}

fn due(key: &str) -> Due {
    match key {
        "minimum" | "maximum" | "multipleOf" => Due::Number,
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => Due::Count,
        "exclusiveMinimum" | "exclusiveMaximum" => Due::Bound,
        "format" | "pattern" => Due::Text,
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" => Due::Flag,
        "enum" | "required" | "allOf" | "oneOf" | "anyOf" | "prefixItems" => Due::List,
        "properties" | "patternProperties" | "discriminator" => Due::Map,
        "items" | "additionalProperties" => Due::Schema,
        _ => Due::Anything,
    }
}

impl Due {
    fn is(self, value: Value<'_>) -> bool {
        match self {
            Self::Number => matches!(value, Value::Number(_)),
            Self::Count => matches!(value, Value::Number(text) if number::is_whole(text) && !text.starts_with('-')),
            Self::Text => matches!(value, Value::Text(_)),
            Self::Flag => matches!(value, Value::Bool(_)),
            Self::Bound => matches!(value, Value::Bool(_) | Value::Number(_)),
            Self::List => matches!(value, Value::List(_)),
            Self::Map => matches!(value, Value::Map(_)),
            Self::Schema => matches!(value, Value::Map(_) | Value::Bool(_)),
            Self::Anything => true,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Count => "a whole number that is not negative",
            Self::Text => "a text",
            Self::Flag => "true or false",
            Self::Bound => "a number, or true or false",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Schema => "a schema",
            Self::Anything => "anything",
        }
    }
}

impl Reader<'_> {
    /// Tells of what stands under a key and cannot; whether it can. Nothing at all says nothing.
    pub(super) fn fits(&mut self, schema: NodeId, key: &str, value: NodeId) -> bool {
        let (due, tree) = (due(key), self.tree);
        if due.is(tree.value(value)) {
            if let ("pattern", Some(text)) = (key, tree.as_text(value))
                && let Err(Unfit::Broken(reason)) = translate(text)
            {
                let message =
                    format!("the pattern `{text}` is no regular expression, {reason}: what sends it is left out");
                self.wrong(schema, Code::S008, value, message);
            }
            return true;
        }
        let (words, found) = (due.words(), tree.kind(value));
        if matches!(tree.value(value), Value::Null) {
            self.notes.warn(Code::S003, tree.offset(value), format!("`{key}` has no value: left out"));
        } else {
            let message = format!("`{key}` has to be {words}, and this is {found}: what sends it is left out");
            self.wrong(schema, Code::S003, value, message);
        }
        false
    }

    /// Tells of bounds between which nothing is.
    pub(super) fn leaves_something(&mut self, schema: NodeId, rules: &Rules) {
        let above = |a: &Option<String>, b: &Option<String>, equal: bool| {
            let order = a.as_ref().zip(b.as_ref()).map(|(a, b)| number::compare(a, b));
            order.is_some_and(|order| order.is_gt() || equal && order.is_eq())
        };
        let none = |what: &str, least: (&str, &str), most: (&str, &str)| {
            format!("no {what} is {} {} and {} {}: no value can be sent", least.0, least.1, most.0, most.1)
        };
        let numbers = [
            (("at least", &rules.minimum), ("at most", &rules.maximum), false),
            (("more than", &rules.above), ("at most", &rules.maximum), true),
            (("at least", &rules.minimum), ("less than", &rules.below), true),
            (("more than", &rules.above), ("less than", &rules.below), true),
        ];
        let numbers = numbers.into_iter().filter(|(least, most, equal)| above(least.1, most.1, *equal)).map(
            |((least, a), (most, b), _)| {
                let text = |bound: &Option<String>| bound.clone().unwrap_or_default();
                none("number", (least, &text(a)), (most, &text(b)))
            },
        );
        let counts = [
            ("length", rules.min_length, rules.max_length),
            ("count of items", rules.min_items, rules.max_items),
            ("count of entries", rules.min_entries, rules.max_entries),
        ];
        let counts = counts.into_iter().filter_map(|(what, least, most)| {
            let (least, most) = least.zip(most).filter(|(least, most)| least > most)?;
            Some(none(what, ("at least", &least.to_string()), ("at most", &most.to_string())))
        });
        if let Some(message) = numbers.chain(counts).next() {
            self.wrong(schema, Code::S008, schema, message);
        }
    }
}
