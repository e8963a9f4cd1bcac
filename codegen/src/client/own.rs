//! What a schema says itself, key by key.

use super::entries::more;
use super::rules::Pattern;
use super::view::{Group, Reader, View, types};
use crate::diag::Code;
use crate::tree::{NodeId, Value, number};

/// The types that there are.
const TYPES: &str = "`string`, `number`, `integer`, `boolean`, `array` and `object`";
/// Larger counts allow everything that can be.
const MAX_COUNT: u64 = 1_000_000_000_000_000;

impl<'t> Reader<'t> {
    /// What a schema says itself.
    pub(super) fn own(&mut self, node: NodeId) -> View<'t> {
        let tree = self.tree;
        let mut view = View::any(node);
        match tree.value(node) {
            Value::Bool(false) => view.untyped = Some("nothing is allowed here"),
            Value::Bool(true) | Value::Map(_) => {}
            Value::Null => {
                self.notes.warn(Code::S003, tree.offset(node), "a schema is due here, and there is none: any value")
            }
            _ => {
                let found = tree.kind(node);
                let message = format!("a schema has to be a map, and this is {found}: any value");
                self.wrong(node, Code::S003, node, message);
            }
        }
        // In 3.0, what stands beside a reference is not looked at.
        let alone = !self.siblings && tree.text(node, "$ref").is_some();
        let text = |value| tree.as_text(value);
        let number = |value| match tree.value(value) {
            Value::Number(text) => Some(number::plain(text)),
            _ => None,
        };
        let count = |value| match tree.value(value) {
            Value::Number(text) => number::plain(text).parse::<u64>().ok().filter(|n| *n < MAX_COUNT),
            _ => None,
        };
        let yes = |value| matches!(tree.value(value), Value::Bool(true));
        let mut exclusive = (false, false);
        for (key, value) in tree.entries(node).iter() {
            if !alone && !self.fits(node, key, value) {
                continue;
            }
            match key {
                "title" => view.title = text(value),
                "description" => view.doc = text(value),
                "type" => self.types(value, &mut view),
                "nullable" => view.nullable |= yes(value),
                "format" => view.format = text(value),
                "enum" => {
                    let (nulls, values): (Vec<NodeId>, Vec<NodeId>) =
                        tree.items(value).iter().partition(|item| matches!(tree.value(**item), Value::Null));
                    view.nullable |= !nulls.is_empty();
                    view.only_null = values.is_empty() && !nulls.is_empty();
                    view.values = Some(values).filter(|values| !values.is_empty());
                }
                "const" => match tree.value(value) {
                    Value::Null => view.only_null = true,
                    _ => view.values = Some(vec![value]),
                },
                "properties" => view.props = tree.entries(value).iter().map(|(key, of)| (key, vec![of])).collect(),
                "required" => view.required = tree.items(value).iter().filter_map(|item| text(*item)).collect(),
                "additionalProperties" => view.more = more(tree, value),
                "unevaluatedProperties" if tree.get(node, "additionalProperties").is_none() => {
                    view.more = more(tree, value);
                }
                "items" => view.items = vec![value],
                "unevaluatedItems" if tree.get(node, "items").is_none() => view.items = vec![value],
                "prefixItems" => view.prefix = tree.items(value).iter().map(|node| vec![*node]).collect(),
                "oneOf" | "anyOf" => view.groups.push(Group { of: tree.items(value), owner: node }),
                "discriminator" => view.discriminator = Some(value),
                "contentEncoding" => view.encoded = text(value) == Some("base64"),
                "contentMediaType" if view.format.is_none() => view.format = Some("binary"),
                "minLength" => view.rules.min_length = count(value),
                "maxLength" => view.rules.max_length = count(value),
                "pattern" => view.rules.patterns.extend(text(value).map(Pattern::from)),
                "minimum" => view.rules.minimum = number(value),
                "maximum" => view.rules.maximum = number(value),
                "exclusiveMinimum" => {
                    view.rules.above = number(value);
                    exclusive.0 = yes(value);
                }
                "exclusiveMaximum" => {
                    view.rules.below = number(value);
                    exclusive.1 = yes(value);
                }
                "multipleOf" => view.rules.multiples_of.extend(number(value)),
                "minItems" => view.rules.min_items = count(value),
                "maxItems" => view.rules.max_items = count(value),
                "minProperties" => view.rules.min_entries = count(value),
                "maxProperties" => view.rules.max_entries = count(value),
                "uniqueItems" => view.rules.unique = yes(value),
                "dependentRequired" => {
                    let names = |of| tree.items(of).iter().filter_map(|name| text(*name)).map(str::to_owned).collect();
                    view.rules.dependent =
                        tree.entries(value).iter().map(|(name, of)| (name.to_owned(), names(of))).collect();
                }
                "propertyNames" => view.names = vec![value],
                "contains" => {
                    let min = tree.get(node, "minContains").and_then(count).unwrap_or(1);
                    view.contains = vec![(value, min, tree.get(node, "maxContains").and_then(count))];
                }
                "not" => self.notes.remark(tree.offset(value), "what `not` forbids is not checked"),
                "if" => {
                    let message = "conditions are not checked; the fields of `then` and `else` are optional ones";
                    self.notes.remark(tree.offset(value), message);
                }
                "dependentSchemas" => {
                    let message = "dependent schemas are not checked; their fields are optional ones";
                    self.notes.remark(tree.offset(value), message);
                }
                "$dynamicRef" => {
                    self.notes.remark(tree.offset(value), "a reference that depends on where it is used: any value");
                }
                _ => {}
            }
        }
        if let Some(patterned) = tree.get(node, "patternProperties") {
            self.patterned(patterned, &mut view);
        }
        if !self.siblings && !alone && view.types & types::LIST != 0 && view.items.is_empty() {
            self.notes.warn(
                Code::S007,
                tree.offset(node),
                "in 3.0 a list has `items`, and this one has none: any value",
            );
        }
        // 3.0 says by a flag what 3.1 says by the number.
        if exclusive.0 {
            view.rules.above = view.rules.minimum.take();
        }
        if exclusive.1 {
            view.rules.below = view.rules.maximum.take();
        }
        view
    }

    fn types(&mut self, value: NodeId, view: &mut View<'t>) {
        let one = [value];
        let list = match self.tree.value(value) {
            Value::List(items) => items,
            _ => &one,
        };
        let mut null = false;
        for item in list {
            match self.tree.as_text(*item) {
                Some("null") => null = true,
                Some("boolean") => view.types |= types::BOOL,
                Some("integer") => view.types |= types::INT,
                Some("number") => view.types |= types::NUMBER,
                Some("string") => view.types |= types::TEXT,
                Some("array") => view.types |= types::LIST,
                Some("object") => view.types |= types::OBJECT,
                Some("file") => {
                    view.types |= types::TEXT;
                    view.format.get_or_insert("binary");
                }
                Some(other) => {
                    self.wrong(
                        view.node,
                        Code::S005,
                        *item,
                        format!("there is no type `{other}`, only {TYPES}: any value"),
                    );
                }
                None if matches!(self.tree.value(*item), Value::Null) => null = true,
                None => {
                    let found = self.tree.kind(*item);
                    let message = format!("a type has to be a text, and this is {found}: any value");
                    self.wrong(view.node, Code::S003, *item, message);
                }
            }
        }
        view.nullable |= null;
        view.only_null = null && view.types == 0;
    }
}
