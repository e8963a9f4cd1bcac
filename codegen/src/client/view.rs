//! Schemas as written, brought to one form: 3.0 and 3.1, with `allOf` and references merged.

use std::collections::{HashMap, HashSet};

use super::flags::Flags;
use super::notes::Notes;
use super::rules::Rules;
use crate::diag::Code;
use crate::tree::{NodeId, Pointers, Tree, Value, number};

/// A set of types.
pub(crate) mod types {
    pub(crate) const BOOL: u8 = 1;
    pub(crate) const INT: u8 = 2;
    pub(crate) const NUMBER: u8 = 4;
    pub(crate) const TEXT: u8 = 8;
    pub(crate) const LIST: u8 = 16;
    pub(crate) const OBJECT: u8 = 32;

    /// A set as the document names it.
    pub(crate) fn words(set: u8) -> String {
        let names = ["boolean", "integer", "number", "string", "array", "object"];
        let names: Vec<&str> = (0..).zip(names).filter(|(n, _)| set & (1 << n) != 0).map(|(_, name)| name).collect();
        names.join(" or ")
    }
}

/// What `additionalProperties` says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum More {
    Unsaid,
    Any,
    None,
    /// Each of these holds.
    Of(Vec<NodeId>),
}

/// Alternatives: `oneOf` or `anyOf`.
#[derive(Debug, Clone)]
pub(crate) struct Group<'t> {
    pub(crate) of: &'t [NodeId],
    /// The schema that it stands in.
    pub(crate) owner: NodeId,
}

/// A schema.
#[derive(Debug, Clone)]
pub(crate) struct View<'t> {
    pub(crate) node: NodeId,
    pub(crate) title: Option<&'t str>,
    pub(crate) doc: Option<&'t str>,
    /// The types that it allows; 0 if it does not say.
    pub(crate) types: u8,
    pub(crate) nullable: bool,
    /// It allows nothing but null.
    pub(crate) only_null: bool,
    pub(crate) format: Option<&'t str>,
    pub(crate) values: Option<Vec<NodeId>>,
    pub(crate) props: Vec<(&'t str, Vec<NodeId>)>,
    pub(crate) required: Vec<&'t str>,
    pub(crate) more: More,
    /// What items are; each of these holds.
    pub(crate) items: Vec<NodeId>,
    /// What items are by their places.
    pub(crate) prefix: Vec<Vec<NodeId>>,
    /// The schemas of the names of entries.
    pub(crate) names: Vec<NodeId>,
    /// Schemas of items, and how many of each there have to be.
    pub(crate) contains: Vec<(NodeId, u64, Option<u64>)>,
    pub(crate) groups: Vec<Group<'t>>,
    pub(crate) discriminator: Option<NodeId>,
    pub(crate) rules: Rules,
    pub(crate) encoded: bool,
    /// What cannot be typed.
    pub(crate) untyped: Option<&'static str>,
    /// Where a part of it leads nowhere.
    pub(crate) broken: Option<u32>,
    /// Its parts contradict one another: no value is all of them.
    pub(crate) clash: bool,
    /// The schemas that were merged into it.
    pub(crate) parts: Vec<NodeId>,
}

/// Keys that say nothing about which values are allowed.
const ABOUT: &[&str] = &[
    "$comment",
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "summary",
    "title",
    "writeOnly",
    "xml",
    "discriminator",
];

/// Whether a schema says nothing about which values are allowed, apart from `but`.
pub(crate) fn says_only(tree: &Tree, node: NodeId, but: &[&str]) -> bool {
    let about = |key: &str| but.contains(&key) || ABOUT.contains(&key) || key.starts_with("x-");
    tree.entries(node).iter().all(|(key, _)| about(key))
}

/// Reads schemas.
pub(crate) struct Reader<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) pointers: Pointers,
    pub(crate) notes: Notes,
    /// Whether keys beside `$ref` count (3.1).
    pub(crate) siblings: bool,
    /// Schemas of which no value can be sent that is right, and where a note says why.
    pub(crate) wrong: HashMap<NodeId, u32>,
    /// What was found out of schemas that refer to others.
    pub(super) flags: HashMap<NodeId, Flags>,
    /// The schemas that lead to the one that is read.
    way: Vec<NodeId>,
    /// The schemas that were merged.
    parts: Vec<NodeId>,
}

/// How many schemas may be merged into one: so few lines cannot grow without bound.
const MAX_MERGED: usize = 4000;
/// How long a chain of `allOf` and references may be.
const MAX_WAY: usize = 100;

impl<'t> Reader<'t> {
    pub(crate) fn new(tree: &'t Tree, notes: Notes, siblings: bool) -> Self {
        let (way, parts) = (Vec::new(), Vec::new());
        let (wrong, flags) = (HashMap::new(), HashMap::new());
        Self { tree, pointers: Pointers::default(), notes, siblings, wrong, flags, way, parts }
    }

    /// Tells what is wrong with a schema: what sends one is left out.
    pub(super) fn wrong(&mut self, schema: NodeId, code: Code, at: NodeId, message: impl std::fmt::Display) {
        let offset = self.tree.offset(at);
        self.wrong.entry(schema).or_insert(offset);
        self.notes.warn(code, offset, message);
    }

    /// What a reference leads to, through others; `None` after a note. `kind` is where such things stand in `components`.
    pub(crate) fn follow(&mut self, node: NodeId, kind: &str) -> Option<NodeId> {
        let (tree, mut at) = (self.tree, node);
        let mut way = Vec::new();
        // An object may have a property of this name.
        while let Some((reference, text)) = tree.get(at, "$ref").and_then(|of| Some((of, tree.as_text(of)?))) {
            way.push(at);
            let reason = match self.pointers.target(tree, reference, text) {
                Err(reason) => reason,
                Ok(_) if other_kind(text, kind) => format!("`{kind}` are due here, and `{text}` is none: left out"),
                Ok(target) if way.contains(&target) => "this reference closes a circle: left out".to_owned(),
                Ok(_) if way.len() > MAX_WAY => format!("more than {MAX_WAY} references lead on to others: left out"),
                Ok(target) => {
                    at = target;
                    continue;
                }
            };
            self.notes.warn(Code::S005, tree.offset(at), reason);
            return None;
        }
        Some(at)
    }

    /// The next schema that a reference leads to.
    pub(crate) fn target(&mut self, node: NodeId) -> Option<Result<NodeId, ()>> {
        let reference = self.tree.get(node, "$ref")?;
        let text = self.tree.as_text(reference)?;
        let target = match self.pointers.target(self.tree, reference, text) {
            Ok(_) if other_kind(text, "schemas") => Err(format!("a schema is due here, and `{text}` is none")),
            target => target,
        };
        Some(target.map_err(|reason| self.notes.warn(Code::S005, self.tree.offset(reference), reason)))
    }

    /// A schema, with everything merged that it says by `allOf` or a reference.
    pub(crate) fn view(&mut self, node: NodeId) -> View<'t> {
        self.way.clear();
        self.parts.clear();
        let view = self.merged(node);
        if view.clash {
            self.wrong.entry(node).or_insert_with(|| self.tree.offset(node));
        }
        self.leaves_something(node, &view.rules);
        View { parts: std::mem::take(&mut self.parts), ..view }
    }

    fn merged(&mut self, node: NodeId) -> View<'t> {
        let mut view = self.own(node);
        if self.way.contains(&node) {
            // Told where it is referred to, with all other schemas that have no end.
            return view;
        }
        if self.way.len() >= MAX_WAY || self.parts.len() >= MAX_MERGED {
            let message = "too many schemas are joined here: what this one and the next say is left out";
            self.notes.warn(Code::S006, self.tree.offset(node), message);
            return view;
        }
        self.parts.push(node);
        self.way.push(node);
        match self.target(node) {
            None => {}
            Some(Err(())) => view.broken = self.tree.get(node, "$ref").map(|of| self.tree.offset(of)),
            Some(Ok(target)) => {
                let nullable = view.nullable;
                if !self.siblings {
                    let (doc, title) = (view.doc, view.title);
                    view = View { doc, title, ..View::any(node) };
                }
                let of = self.merged(target);
                view.nullable = nullable || of.nullable;
                self.join(&mut view, of);
            }
        }
        let all = self.tree.items_of(node, "allOf");
        if !all.is_empty() {
            let nullable = view.nullable;
            // Null is allowed if some part says so and none says anything else of what the value is.
            let (mut every, mut some) = (view.types == 0 && view.props.is_empty() || all.len() == 1, all.len() == 1);
            for part in all {
                let part = self.merged(*part);
                every &= part.nullable || part.types == 0 && part.props.is_empty();
                some |= part.nullable;
                self.append(&mut view, part);
            }
            view.settle();
            view.nullable = nullable || every && some;
        }
        // What holds on a condition may be there.
        let conditional = ["then", "else"].into_iter().filter_map(|key| self.tree.get(node, key));
        let dependent = self.tree.entries_of(node, "dependentSchemas").iter().map(|(_, schema)| schema);
        let optional: Vec<NodeId> = conditional.chain(dependent).collect();
        if !optional.is_empty() {
            let mut had: HashSet<&str> = view.props.iter().map(|(key, _)| *key).collect();
            for part in optional {
                let props = self.merged(part).props;
                view.props.extend(props.into_iter().filter(|(key, _)| had.insert(*key)));
            }
        }
        self.way.pop();
        view
    }
}

impl View<'_> {
    /// What the item at a place is.
    pub(crate) fn item(&self, place: usize) -> &[NodeId] {
        self.prefix.get(place).unwrap_or(&self.items)
    }

    /// A schema that allows everything.
    pub(crate) fn any(node: NodeId) -> Self {
        Self {
            node,
            title: None,
            doc: None,
            types: 0,
            nullable: false,
            only_null: false,
            format: None,
            values: None,
            props: Vec::new(),
            required: Vec::new(),
            more: More::Unsaid,
            items: Vec::new(),
            prefix: Vec::new(),
            names: Vec::new(),
            contains: Vec::new(),
            groups: Vec::new(),
            discriminator: None,
            rules: Rules::default(),
            encoded: false,
            untyped: None,
            broken: None,
            clash: false,
            parts: Vec::new(),
        }
    }
}

/// The kinds of what stands in `components`.
const KINDS: &[&str] = &[
    "callbacks",
    "examples",
    "headers",
    "links",
    "parameters",
    "pathItems",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
];

/// Whether a reference leads to something in `components` that is of another kind.
fn other_kind(reference: &str, kind: &str) -> bool {
    let place = reference.split_once("#/components/").and_then(|(_, rest)| rest.split_once('/'));
    place.is_some_and(|(found, name)| found != kind && KINDS.contains(&found) && !name.contains('/'))
}

/// A node as JSON.
pub(crate) fn shown(tree: &Tree, node: NodeId) -> String {
    match tree.value(node) {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => number::json(text),
        Value::Text(text) => serde_json::to_string(text).unwrap_or_default(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(|item| shown(tree, *item)).collect::<Vec<_>>().join(","))
        }
        Value::Map(entries) => {
            let entry =
                |(key, value)| format!("{}:{}", serde_json::to_string(key).unwrap_or_default(), shown(tree, value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
    }
}
