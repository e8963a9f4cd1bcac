//! Schemas to shapes.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{EnumDef, EnumValue, Example, Prop, Schema, SchemaKind, TypeDef, TypeId, TypeKind, Variant};
use crate::diag::{Code, Diagnostics};
use crate::names::{Names, field_name, type_name};
use crate::tree::{Entry, Node, Span};

/// What a schema of this version of the generator may have; anything else is refused rather than ignored.
const KEYS: &[&str] = &[
    "type",
    "format",
    "description",
    "title",
    "enum",
    "nullable",
    "properties",
    "required",
    "items",
    "oneOf",
    "anyOf",
    "additionalProperties",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "example",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
];

/// How many references may lead to one another.
const MAX_REFERENCES: usize = 32;

/// What generated types name beside the types of a document.
const NAMED_BESIDE: &[&str] = &[
    "BTreeMap",
    "Box",
    "DateTime",
    "Deserialize",
    "Maybe",
    "Number",
    "NumberOrString",
    "Option",
    "Result",
    "Self_",
    "Serialize",
    "String",
    "Vec",
];

/// Lowers the schemas of one document.
pub(super) struct Lowering<'n> {
    root: Node<'n>,
    /// Named types, filled in as they are met.
    types: Vec<Option<TypeDef>>,
    by_reference: HashMap<String, TypeId>,
    names: Names,
    /// References that are known to lead in a circle.
    circular: HashSet<Span>,
    /// The examples met, by their place: what is referred to twice is met twice.
    examples: BTreeMap<Span, Example>,
}

impl<'n> Lowering<'n> {
    pub(super) fn new(root: Node<'n>) -> Self {
        // A type of a document may not hide what generated code names beside it.
        let mut names = Names::default();
        for name in NAMED_BESIDE {
            names.take(name);
        }
        Self {
            root,
            types: Vec::new(),
            by_reference: HashMap::new(),
            names,
            circular: HashSet::new(),
            examples: BTreeMap::new(),
        }
    }

    /// The types and the examples met, in order.
    pub(super) fn finish(self) -> (Vec<TypeDef>, Vec<Example>) {
        let types = self.types.into_iter().map(|ty| ty.expect("every type that was begun was finished"));
        (types.collect(), self.examples.into_values().collect())
    }

    /// Keeps the `example` and the `examples` that stand beside or within a schema.
    pub(super) fn examples(&mut self, node: Node<'n>, schema: &Schema, diags: &mut Diagnostics) {
        let mut values: Vec<Node<'_>> = node.get("example").into_iter().collect();
        for entry in node.entries_of("examples") {
            let target = self.follow(entry.value, diags);
            values.extend(target.and_then(|(target, _)| target.get("value")));
        }
        for value in values {
            self.examples.insert(value.span(), Example { value: value.spot(), schema: schema.clone() });
        }
    }

    /// Lowers every schema under `components`, so that the types are in the order of the document.
    pub(super) fn components(&mut self, diags: &mut Diagnostics) {
        let components = self.root.get("components");
        for entry in components.into_iter().flat_map(|components| components.entries_of("schemas")) {
            self.named(&format!("#/components/schemas/{}", entry.key), entry.key, entry.value, diags);
        }
    }

    /// Follows `$ref`, as often as it takes; `None` after a diagnostic.
    pub(super) fn follow(&mut self, node: Node<'n>, diags: &mut Diagnostics) -> Option<(Node<'n>, Option<String>)> {
        let mut node = node;
        let mut reference = None;
        let mut way = Vec::new();
        for _ in 0..MAX_REFERENCES {
            way.push(node.span());
            let Some(target) = node.get("$ref") else { return Some((node, reference)) };
            let text = target.expect_text("a reference", diags)?;
            let found = text.strip_prefix("#/").and_then(|pointer| {
                pointer
                    .split('/')
                    .try_fold(self.root, |node, part| node.get(&part.replace("~1", "/").replace("~0", "~")))
            });
            let Some(found) = found else {
                let names = text.rsplit_once('/').and_then(|(parent, _)| {
                    let parent = parent.strip_prefix("#/")?;
                    parent.split('/').try_fold(self.root, |node, part| node.get(part))
                });
                let known = names.into_iter().flat_map(Node::entries).map(|entry| entry.key);
                let last = text.rsplit('/').next().unwrap_or(text);
                let message = format!("nothing is at `{text}`");
                diags.unknown(Code::S005, target.span(), message, last, known);
                return None;
            };
            reference = Some(text.to_owned());
            node = found;
        }
        // A circle is one mistake, wherever it is entered.
        if way.iter().all(|span| !self.circular.contains(span)) {
            let circle = (0..way.len()).find(|n| way[n + 1..].contains(&way[*n])).map_or(way[0], |n| way[n]);
            diags.error(Code::S005, circle, "a reference that leads back to itself");
        }
        self.circular.extend(way);
        None
    }

    /// Lowers a schema where it is used. `name` is what a type made for it is called.
    pub(super) fn schema(&mut self, node: Node<'n>, name: &str, diags: &mut Diagnostics) -> Schema {
        let Some((target, reference)) = self.follow(node, diags) else { return broken(node) };
        if let Some(reference) = reference {
            for entry in node.entries() {
                if !entry.key.starts_with("x-") && !matches!(entry.key, "$ref" | "description" | "title") {
                    let message = format!("what stands beside `$ref` is not read: `{}`", entry.key);
                    diags.error(Code::S006, entry.key_span, message);
                }
            }
            let last = reference.rsplit('/').next().unwrap_or(&reference).to_owned();
            let id = self.named(&reference, &last, target, diags);
            return Schema { doc: text(target, "description"), kind: SchemaKind::Named(id), ..json(node) };
        }
        if target.expect_map("a schema", diags).is_none() {
            return broken(node);
        }
        let sound = audit(target, diags);
        let kind = self.kind(target, name, diags);
        let error_codes = target.get("x-error-codes").map_or_else(Vec::new, |codes| {
            codes.entries().map(|entry| (entry.key.to_owned(), entry.key_span)).collect()
        });
        let nullable = target.get("nullable").and_then(Node::as_bool).unwrap_or(false) || null_alternative(target);
        let schema = Schema {
            broken: !sound || kind.is_none(),
            kind: kind.unwrap_or(SchemaKind::Json),
            nullable,
            doc: text(target, "description"),
            error_codes,
            span: target.head(),
        };
        self.examples(target, &schema, diags);
        schema
    }

    /// The shape that a schema has; `None` after a diagnostic.
    fn kind(&mut self, node: Node<'n>, name: &str, diags: &mut Diagnostics) -> Option<SchemaKind> {
        if node.get("enum").is_some() || node.get("properties").is_some() {
            return Some(SchemaKind::Named(self.make(name, node, diags)));
        }
        if let Some(alternatives) = node.get("oneOf").or_else(|| node.get("anyOf")) {
            return Some(self.alternatives(node, alternatives, name, diags));
        }
        let number = |key: &str| node.get(key).and_then(Node::as_int).and_then(|n| u64::try_from(n).ok());
        let Some(type_node) = node.get("type") else { return Some(SchemaKind::Json) };
        Some(match type_node.as_text() {
            Some("string") if text(node, "format") == "date-time" => SchemaKind::DateTime,
            Some("string") => SchemaKind::Text { min: number("minLength"), max: number("maxLength") },
            Some("integer") => SchemaKind::Integer,
            Some("number") => SchemaKind::Number,
            Some("boolean") => SchemaKind::Bool,
            Some("array") => match node.get("items") {
                Some(items) => SchemaKind::List(Box::new(self.schema(items, &format!("{name}Item"), diags))),
                None => {
                    diags.error(Code::S007, node.head(), "an array needs `items`");
                    return None;
                }
            },
            Some("object") => match node.get("additionalProperties") {
                Some(values) if values.as_bool().is_none() => {
                    SchemaKind::Map(Box::new(self.schema(values, &format!("{name}Value"), diags)))
                }
                _ => SchemaKind::Json,
            },
            _ => {
                let types = ["string", "integer", "number", "boolean", "array", "object"];
                let name = type_node.as_scalar().unwrap_or_default();
                diags.unknown_choice(Code::S003, type_node.span(), format!("no such type: `{name}`"), &name, &types);
                return None;
            }
        })
    }

    /// `oneOf` and `anyOf`: a number that may be a text, or an enum of shapes.
    fn alternatives(&mut self, node: Node<'n>, list: Node<'n>, name: &str, diags: &mut Diagnostics) -> SchemaKind {
        let kinds: Vec<&str> =
            list.items().map(|item| item.get("type").and_then(Node::as_text).unwrap_or("")).collect();
        let numbers = kinds.iter().filter(|kind| matches!(**kind, "integer" | "number")).count();
        let texts = kinds.iter().filter(|kind| **kind == "string").count();
        if numbers > 0 && texts > 0 && numbers + texts == kinds.len() {
            return SchemaKind::NumberOrString;
        }
        SchemaKind::Named(self.make(name, node, diags))
    }

    /// The type of a referenced schema, made once.
    fn named(&mut self, reference: &str, name: &str, node: Node<'n>, diags: &mut Diagnostics) -> TypeId {
        if let Some(id) = self.by_reference.get(reference) {
            return *id;
        }
        let id = self.begin();
        self.by_reference.insert(reference.to_owned(), id);
        let Some((target, _)) = self.follow(node, diags) else {
            let rust = self.names.take(&type_name(name));
            self.fill(id, name, rust, node, TypeKind::Alias(broken(node)), true);
            return id;
        };
        let sound = audit(target, diags);
        self.define(id, name, target, sound, diags);
        self.examples(target, &Schema { kind: SchemaKind::Named(id), ..json(target) }, diags);
        id
    }

    /// A type for a schema that stands inline.
    fn make(&mut self, name: &str, node: Node<'n>, diags: &mut Diagnostics) -> TypeId {
        let id = self.begin();
        self.define(id, name, node, true, diags);
        id
    }

    fn begin(&mut self) -> TypeId {
        self.types.push(None);
        TypeId(self.types.len() - 1)
    }

    fn define(&mut self, id: TypeId, name: &str, node: Node<'n>, sound: bool, diags: &mut Diagnostics) {
        let rust = self.names.take(&type_name(name));
        let kind = if let Some(values) = node.get("enum") {
            enumeration(node, values, diags).map(TypeKind::Enum)
        } else if node.get("properties").is_some() {
            if let Some(ty) = node.get("type").filter(|ty| ty.as_text() != Some("object")) {
                let found = ty.as_scalar().unwrap_or_default();
                diags.error(
                    Code::S003,
                    ty.span(),
                    format!("what has `properties` is an object, and this is `{found}`"),
                );
            }
            Some(TypeKind::Object(self.props(node, &rust, diags)))
        } else if let Some(list) = node.get("oneOf").or_else(|| node.get("anyOf")) {
            self.alternatives_of(list, &rust, diags).map(TypeKind::OneOf)
        } else {
            let kind = self.kind(node, &rust, diags);
            kind.map(|kind| TypeKind::Alias(Schema { kind, ..json(node) }))
        };
        // The values of an enum that are no values have been told, and its codes are no longer known.
        let values = node.items_of("enum").len();
        let whole = match &kind {
            Some(TypeKind::Enum(def)) => def.values.len() == values,
            kind => kind.is_some(),
        };
        self.fill(id, name, rust, node, kind.unwrap_or_else(|| TypeKind::Alias(broken(node))), !(sound && whole));
    }

    fn fill(&mut self, id: TypeId, name: &str, rust: String, node: Node<'_>, kind: TypeKind, broken: bool) {
        self.types[id.0] = Some(TypeDef {
            name: name.to_owned(),
            rust,
            doc: text(node, "description"),
            kind,
            nullable: node.get("nullable").and_then(Node::as_bool).unwrap_or(false) || null_alternative(node),
            broken,
            span: node.key().unwrap_or_else(|| node.head()),
        });
    }

    fn alternatives_of(&mut self, list: Node<'n>, name: &str, diags: &mut Diagnostics) -> Option<Vec<Variant>> {
        let items = list.expect_list("`oneOf`", diags)?;
        let mut names = Names::default();
        Some(
            items
                .into_iter()
                .enumerate()
                .map(|(n, item)| {
                    let schema = self.schema(item, &format!("{name}{}", n + 1), diags);
                    let wanted = match &schema.kind {
                        SchemaKind::Text { .. } | SchemaKind::DateTime => "Text".to_owned(),
                        SchemaKind::Integer | SchemaKind::Number | SchemaKind::NumberOrString => "Number".to_owned(),
                        SchemaKind::Bool => "Bool".to_owned(),
                        SchemaKind::List(_) => "List".to_owned(),
                        SchemaKind::Map(_) => "Map".to_owned(),
                        SchemaKind::Json => "Json".to_owned(),
                        SchemaKind::Named(id) => {
                            self.types[id.0].as_ref().map_or_else(|| format!("Variant{}", n + 1), |ty| ty.rust.clone())
                        }
                    };
                    Variant { rust: names.take(&wanted), schema }
                })
                .collect(),
        )
    }

    fn props(&mut self, node: Node<'n>, owner: &str, diags: &mut Diagnostics) -> Vec<Prop> {
        let Some(entries) = node.get("properties").and_then(|props| props.expect_map("`properties`", diags)) else {
            return Vec::new();
        };
        let required: Vec<Node<'_>> = node.items_of("required").collect();
        for name in &required {
            let text = name.as_text().unwrap_or_default();
            if !entries.iter().any(|entry| entry.key == text) {
                let message = format!("`{text}` is required and is no property");
                diags.unknown(Code::S005, name.span(), message, text, entries.iter().map(|entry| entry.key));
            }
        }
        let mut names = Names::default();
        entries
            .into_iter()
            .map(|Entry { key, key_span, value }| Prop {
                wire: key.to_owned(),
                rust: names.take(&field_name(key)),
                schema: self.schema(value, &format!("{owner}{}", type_name(key)), diags),
                required: required.iter().any(|name| name.as_text() == Some(key)),
                span: key_span,
            })
            .collect()
    }
}

/// A schema of any JSON.
fn json(node: Node<'_>) -> Schema {
    Schema {
        kind: SchemaKind::Json,
        nullable: false,
        doc: String::new(),
        error_codes: Vec::new(),
        broken: false,
        span: node.head(),
    }
}

/// A schema for what could not be read.
pub(super) fn broken(node: Node<'_>) -> Schema {
    Schema { broken: true, ..json(node) }
}

/// Tells keywords that the generator does not take; whether there are none.
fn audit(node: Node<'_>, diags: &mut Diagnostics) -> bool {
    let mut sound = true;
    for entry in node.entries().filter(|e| !e.key.starts_with("x-") && !KEYS.contains(&e.key)) {
        let message = format!("this schema keyword is not taken: `{}`", entry.key);
        diags.unknown(Code::S006, entry.key_span, message, entry.key, KEYS.iter().copied());
        sound = false;
    }
    sound
}

/// In OpenAPI 3.0 an alternative can carry `nullable`, and makes the whole so.
fn null_alternative(node: Node<'_>) -> bool {
    let list = node.get("oneOf").or_else(|| node.get("anyOf"));
    list.is_some_and(|list| list.items().any(|item| item.get("nullable").and_then(Node::as_bool) == Some(true)))
}

/// The text under `key`, or none.
pub(super) fn text(node: Node<'_>, key: &str) -> String {
    node.get(key).and_then(Node::as_text).unwrap_or_default().trim().to_owned()
}

/// An enumeration; `x-enum-varnames` and `x-enum-descriptions` name its values.
fn enumeration(node: Node<'_>, values: Node<'_>, diags: &mut Diagnostics) -> Option<EnumDef> {
    let items = values.expect_list("`enum`", diags)?;
    let numeric = matches!(text(node, "type").as_str(), "integer" | "number");
    let names: Vec<Node<'_>> = node.items_of("x-enum-varnames").collect();
    let docs: Vec<Node<'_>> = node.items_of("x-enum-descriptions").collect();
    for (list, key) in [(&names, "x-enum-varnames"), (&docs, "x-enum-descriptions")] {
        if !list.is_empty() && list.len() != items.len() {
            let span = node.entry(key).map_or(node.span(), |entry| entry.key_span);
            diags
                .error(Code::S003, span, format!("`{key}` has {} entries for {} values", list.len(), items.len()))
                .secondary(values.span(), "the values");
        }
    }
    let mut taken = Names::default();
    taken.take("Unknown");
    let mut all: Vec<EnumValue> = Vec::new();
    for (n, item) in items.iter().enumerate() {
        let wire = item.as_scalar().filter(|_| item.as_int().is_some() == numeric);
        let Some(wire) = wire else {
            let want = if numeric { "whole numbers" } else { "texts" };
            diags.error(Code::S003, item.span(), format!("the values of this enum have to be {want}"));
            continue;
        };
        if let Some(first) = all.iter().find(|value| value.wire == wire) {
            let first = first.span;
            diags.error(Code::S004, item.span(), format!("`{wire}` is a value twice")).secondary(first, "first here");
            continue;
        }
        let name = names.get(n).and_then(|name| name.as_text()).map_or_else(|| type_name(&wire), type_name);
        let doc = docs.get(n).and_then(|doc| doc.as_text()).unwrap_or_default().to_owned();
        all.push(EnumValue { wire, rust: taken.take(&name), doc, span: item.span() });
    }
    Some(EnumDef { numeric, values: all })
}
