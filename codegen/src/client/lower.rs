//! From schemas to types.

use std::collections::{HashMap, HashSet, VecDeque};

use super::model::{EnumValue, Field, Rules, Shape, TypeDef, TypeId, TypeKind, Use};
use super::name::{Names, escaped, field_name, type_name, value_name};
use super::view::{More, Reader, View, says_only, shown, types};
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value};

/// Names that generated code uses beside those of the document.
const RESERVED: &[&str] = &[
    "Access",
    "BTreeMap",
    "Base64",
    "BaseUrl",
    "Basic",
    "Box",
    "Broken",
    "BuildError",
    "Bytes",
    "CallError",
    "Check",
    "Choice",
    "Client",
    "Clone",
    "Content",
    "Credentials",
    "Date",
    "DateTime",
    "Debug",
    "Default",
    "Draft",
    "Drop",
    "Eq",
    "Err",
    "Event",
    "Events",
    "Fields",
    "File",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Into",
    "IntoIterator",
    "Iterator",
    "Json",
    "Maybe",
    "Method",
    "Multipart",
    "None",
    "Number",
    "Object",
    "Ok",
    "Operation",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Reply",
    "Request",
    "Result",
    "Rules",
    "Scheme",
    "Secret",
    "Self_",
    "Send",
    "Sized",
    "Some",
    "String",
    "Style",
    "Sync",
    "ToOwned",
    "ToString",
    "Transport",
    "TryFrom",
    "TryInto",
    "Unreadable",
    "Uuid",
    "Vec",
    "Wire",
    "Written",
];

/// What a schema becomes.
pub(super) enum Lowered {
    Shape(Shape),
    Type(TypeKind),
}

/// Lowers the schemas of a document.
pub(crate) struct Lowering<'t> {
    pub(crate) reader: Reader<'t>,
    pub(crate) types: Vec<TypeDef>,
    pub(crate) names: Names,
    by_node: HashMap<NodeId, TypeId>,
    /// Schemas that were lowered in place.
    in_place: HashMap<NodeId, Use>,
    /// Types that are named and not lowered yet.
    due: VecDeque<(TypeId, NodeId)>,
    /// Schemas with a discriminator and no alternatives, and the schemas that say to be one.
    pub(super) heirs: HashMap<NodeId, Vec<(String, NodeId)>>,
    /// Schemas that are being lowered in place.
    open: HashSet<NodeId>,
    /// How many fields were written out again where schemas are joined.
    copied: usize,
}

/// How many fields may be written out again: few lines may join the same large schema many times.
const MAX_COPIED: usize = 1_000_000;

impl<'t> Lowering<'t> {
    pub(crate) fn new(reader: Reader<'t>) -> Self {
        Self {
            reader,
            types: Vec::new(),
            names: Names::without(RESERVED),
            by_node: HashMap::new(),
            in_place: HashMap::new(),
            due: VecDeque::new(),
            heirs: HashMap::new(),
            open: HashSet::new(),
            copied: 0,
        }
    }

    /// Names every schema under `components`, in the order of the document, so that no name depends on what uses it.
    pub(crate) fn components(&mut self, root: NodeId) {
        let tree = self.reader.tree;
        let Some(components) = tree.get(root, "components") else { return };
        self.find_heirs(components);
        for (name, node) in tree.entries_of(components, "schemas").iter() {
            let rust = self.names.take(&type_name(name, "Type"));
            self.begin(rust, node);
        }
        self.drain();
    }

    /// Lowers what was named.
    pub(crate) fn drain(&mut self) {
        while let Some((id, node)) = self.due.pop_front() {
            self.fill(id, node);
        }
    }

    fn begin(&mut self, rust: String, node: NodeId) -> TypeId {
        let id = self.add(rust, TypeKind::Pending, node);
        self.by_node.insert(node, id);
        self.due.push_back((id, node));
        id
    }

    /// Adds a type of this name.
    pub(super) fn add(&mut self, rust: String, kind: TypeKind, node: NodeId) -> TypeId {
        self.types.push(TypeDef {
            rust,
            doc: String::new(),
            kind,
            nullable: false,
            offset: self.reader.tree.offset(node),
            sent: false,
            received: false,
            constrained: false,
            broken: false,
            module: None,
        });
        TypeId(self.types.len() - 1)
    }

    fn fill(&mut self, id: TypeId, node: NodeId) {
        let name = self.types[id.0].rust.clone();
        let tree = self.reader.tree;
        // A reference and nothing else is another name.
        let plain = tree.get(node, "$ref").is_some() && (!self.reader.siblings || says_only(tree, node, &["$ref"]));
        if plain || self.single(node).is_some() {
            let of = self.lower(node, &name);
            let view_doc = tree.text(node, "description").unwrap_or_default().to_owned();
            let ty = &mut self.types[id.0];
            ty.nullable = of.nullable;
            ty.doc = view_doc;
            ty.kind = TypeKind::Alias { of: Use { nullable: false, ..of }, own: false };
            return;
        }
        let view = self.reader.view(node);
        let doc = self.about(&view);
        let nullable = view.nullable || view.only_null;
        let broken = view.broken;
        let rules = self.rules(&view);
        let lowered = self.define(view, &name);
        let ty = &mut self.types[id.0];
        ty.doc = doc;
        ty.nullable |= nullable;
        ty.broken |= broken;
        ty.kind = match lowered {
            Lowered::Type(kind) => kind,
            Lowered::Shape(shape) => TypeKind::Alias { of: Use { shape, nullable: false, rules }, own: false },
        };
    }

    /// The only part of an `allOf`, `oneOf` or `anyOf` that stands for the whole schema.
    fn single(&self, node: NodeId) -> Option<NodeId> {
        let tree = self.reader.tree;
        for key in ["allOf", "oneOf", "anyOf"] {
            if let [only] = tree.items_of(node, key)
                && says_only(tree, node, &[key, "type"])
                && tree.get(node, "discriminator").is_none()
                && tree.get(*only, "$ref").is_some()
            {
                return Some(*only);
            }
        }
        None
    }

    /// The shape of a schema where it is used. `hint` names it, if it needs a name.
    pub(crate) fn lower(&mut self, node: NodeId, hint: &str) -> Use {
        let tree = self.reader.tree;
        if let Some(known) = self.in_place.get(&node) {
            return known.clone();
        }
        if tree.get(node, "$ref").is_some_and(|reference| tree.as_text(reference).is_some())
            && (!self.reader.siblings || says_only(tree, node, &["$ref"]))
        {
            let nullable = tree.flag(node, "nullable");
            return match self.reader.target(node) {
                Some(Ok(target)) => Use { nullable, ..self.named(node, target, hint) },
                _ => Use::broken(),
            };
        }
        if let Some(only) = self.single(node) {
            let of = self.lower(only, hint);
            return Use { nullable: of.nullable || tree.flag(node, "nullable"), ..of };
        }
        // Reached again from within: by an alias, or a reference into itself.
        if !self.open.insert(node) {
            return Use::new(Shape::Any);
        }
        let view = self.reader.view(node);
        let used = self.place(view, hint);
        self.open.remove(&node);
        self.in_place.insert(node, used.clone());
        used
    }

    /// The shape of a merged schema where it is used.
    pub(super) fn place(&mut self, view: View<'t>, hint: &str) -> Use {
        if view.broken {
            return Use::broken();
        }
        let nullable = view.nullable || view.only_null;
        let rules = self.rules(&view);
        let doc = self.about(&view);
        let node = view.node;
        let name = match &view {
            view if is_plain(view) => String::new(),
            _ => hint.to_owned(),
        };
        match self.define(view, &name) {
            Lowered::Shape(shape) => Use { shape, nullable, rules },
            Lowered::Type(kind) => {
                let rust = self.names.take(&type_name(hint, "Type"));
                let id = self.add(rust, kind, node);
                self.types[id.0].doc = doc;
                Use {
                    shape: Shape::Named(id),
                    nullable,
                    rules: rules.filter(|rules| rules.min_items.is_some() || rules.max_items.is_some()),
                }
            }
        }
    }

    /// The type of what a reference leads to.
    fn named(&mut self, node: NodeId, target: NodeId, hint: &str) -> Use {
        let reference = self.reader.tree.text(node, "$ref").unwrap_or_default();
        let wanted = reference_name(reference).unwrap_or_else(|| hint.to_owned());
        self.reference(target, &wanted)
    }

    /// The type of a schema that others refer to.
    pub(super) fn reference(&mut self, target: NodeId, wanted: &str) -> Use {
        if let Some(id) = self.by_node.get(&target) {
            return Use::new(Shape::Named(*id));
        }
        if let Some(known) = self.in_place.get(&target) {
            return known.clone();
        }
        let rust = self.names.take(wanted);
        Use::new(Shape::Named(self.begin(rust, target)))
    }

    /// Whether so many more fields may be written out again.
    pub(super) fn may_copy(&mut self, fields: usize, node: NodeId) -> bool {
        self.copied += fields;
        if self.copied > MAX_COPIED {
            let message = "what is joined here would be written out too often: any value";
            self.reader.notes.warn(Code::S006, self.reader.tree.offset(node), message);
        }
        self.copied <= MAX_COPIED
    }

    /// What a merged schema becomes.
    pub(super) fn define(&mut self, mut view: View<'t>, name: &str) -> Lowered {
        if view.untyped.is_some() {
            return Lowered::Shape(Shape::Any);
        }
        if let Some(values) = view.values.take() {
            return self.enumeration(&values, &view);
        }
        if let Some(union) = self.union(&mut view, name) {
            return union;
        }
        let inferred = infer(&view);
        match inferred {
            0 => Lowered::Shape(Shape::Any),
            types::BOOL => Lowered::Shape(Shape::Bool),
            types::INT => Lowered::Shape(Shape::Int(width(view.format))),
            types::NUMBER => Lowered::Shape(match view.format {
                Some("decimal" | "money" | "bigdecimal") => Shape::Number,
                _ => Shape::Float,
            }),
            types::TEXT => Lowered::Shape(text_shape(&view)),
            types::LIST => Lowered::Shape(self.list(&view, name)),
            types::OBJECT => self.object(view, name),
            several if several == types::INT | types::NUMBER => Lowered::Shape(Shape::Float),
            several => self.several(several, &view, name),
        }
    }

    fn list(&mut self, view: &View<'t>, name: &str) -> Shape {
        let item = match (view.items, view.prefix) {
            // Items of different shapes by their place: each as any value.
            (_, [_, ..]) => Use::new(Shape::Any),
            (Some(items), _) => self.lower(items, &format!("{name}Item")),
            (None, _) => Use::new(Shape::Any),
        };
        Shape::List(Box::new(item))
    }

    fn enumeration(&mut self, values: &[NodeId], view: &View<'t>) -> Lowered {
        let tree = self.reader.tree;
        let texts = values.iter().all(|value| matches!(tree.value(*value), Value::Text(_)));
        if values.iter().all(|value| matches!(tree.value(*value), Value::Bool(_))) {
            return Lowered::Shape(Shape::Bool);
        }
        if view.types != 0 && view.types & types::TEXT == 0 && texts {
            // Numbers in quotes: the type says what is sent, and the values only what is allowed.
            self.reader.notes.warn(Code::S008, tree.offset(values[0]), "a value of the enumeration is not of its type");
        }
        let scalar = |value: &NodeId| !matches!(tree.value(*value), Value::Map(_) | Value::List(_));
        if !values.iter().all(scalar) {
            return Lowered::Shape(Shape::Any);
        }
        let mut names = Names::without(&["Other"]);
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for value in values {
            let (label, wire) = match tree.value(*value) {
                Value::Text(text) if texts => (text.to_owned(), text.to_owned()),
                Value::Text(text) => (text.to_owned(), shown(tree, *value)),
                _ => (shown(tree, *value), shown(tree, *value)),
            };
            if seen.insert(wire.clone()) {
                all.push(EnumValue { rust: names.take(&value_name(&label)), wire });
            }
        }
        Lowered::Type(TypeKind::Enum { values: all, texts })
    }

    fn object(&mut self, view: View<'t>, name: &str) -> Lowered {
        let more = match &view.more {
            More::Of(node) => Some(self.lower(*node, &format!("{name}Value"))),
            More::Any => Some(Use::new(Shape::Any)),
            More::Unsaid | More::None => None,
        };
        if view.props.is_empty() && view.more != More::None {
            return Lowered::Shape(match more {
                Some(of) if of.shape != Shape::Any => Shape::Map(Box::new(of)),
                _ => Shape::Object,
            });
        }
        if view.parts.len() > 1 && !self.may_copy(view.props.len(), view.node) {
            return Lowered::Shape(Shape::Any);
        }
        let fields = self.fields(&view, name);
        Lowered::Type(TypeKind::Struct { fields, more })
    }

    /// The fields of an object.
    pub(super) fn fields(&mut self, view: &View<'t>, name: &str) -> Vec<Field> {
        let reserved: &[&str] = if matches!(view.more, More::Any | More::Of(_)) { &["more"] } else { &[] };
        let mut names = Names::without(reserved);
        let required: HashSet<&str> = view.required.iter().copied().collect();
        let mut fields = Vec::with_capacity(view.props.len());
        for (wire, nodes) in &view.props {
            let hint = type_name(&format!("{name} {}", type_name(wire, "Field")), "Field");
            let (of, about) = self.property(nodes, &hint);
            fields.push(Field {
                wire: (*wire).to_owned(),
                rust: escaped(names.take(&field_name(wire, "field"))),
                doc: about.0,
                of,
                required: required.contains(wire),
                read_only: about.1,
                write_only: about.2,
                deprecated: about.3,
                boxed: false,
            });
        }
        fields
    }

    /// The shape of a property, about which several schemas may speak; and what it is, and whether it is read-only,
    /// write-only or deprecated.
    fn property(&mut self, nodes: &[NodeId], hint: &str) -> (Use, (String, bool, bool, bool)) {
        let tree = self.reader.tree;
        let about = |node: NodeId| {
            (
                doc_of(tree, node),
                tree.flag(node, "readOnly"),
                tree.flag(node, "writeOnly"),
                tree.flag(node, "deprecated"),
            )
        };
        let speaking: Vec<NodeId> = nodes.iter().copied().filter(|node| !says_only(tree, *node, &[])).collect();
        match speaking.as_slice() {
            [] => (Use::new(Shape::Any), about(nodes[0])),
            [only] => {
                self.default_fits(*only);
                (self.lower(*only, hint), about(*only))
            }
            [first, rest @ ..] => {
                let mut view = self.reader.view(*first);
                for node in rest {
                    let other = self.reader.view(*node);
                    self.reader.join(&mut view, other);
                }
                let doc = self.about(&view);
                let flags = (doc, view.read_only, view.write_only, view.deprecated);
                // The same again, in other words.
                if rest.iter().all(|node| same_target(&mut self.reader, *first, *node)) {
                    return (self.lower(*first, hint), flags);
                }
                (self.place(view, hint), flags)
            }
        }
    }

    /// Tells of a default that is not of its type.
    pub(super) fn default_fits(&mut self, node: NodeId) {
        let tree = self.reader.tree;
        if let (Some(default), false) = (tree.get(node, "default"), default_fits(tree, node)) {
            let (found, kind) = (tree.kind(default), tree.text(node, "type").unwrap_or_default());
            let message = format!("the default is {found}, and the type is {kind}: left out");
            self.reader.notes.warn(Code::S003, tree.offset(default), message);
        }
    }

    /// What a schema says about itself.
    pub(super) fn about(&mut self, view: &View<'t>) -> String {
        let mut doc = view.doc.or(view.title).unwrap_or_default().trim_end().to_owned();
        if let Some(untyped) = view.untyped {
            doc.push_str(&format!("\n\nAny JSON value: {untyped}."));
        }
        doc
    }

    /// The constraints that can be held.
    fn rules(&mut self, view: &View<'t>) -> Option<Box<Rules>> {
        let mut rules = view.rules.clone();
        if let Some(pattern) = &rules.pattern {
            let offset = self.reader.tree.get(view.node, "pattern").map_or(view.node, |node| node);
            match pattern_fits(pattern) {
                Ok(translated) => rules.pattern = Some(translated),
                Err(reason) => {
                    self.reader.notes.warn(Code::S008, self.reader.tree.offset(offset), reason);
                    rules.pattern = None;
                }
            }
        }
        // Every text is long enough.
        rules.min_length = rules.min_length.filter(|min| *min > 0);
        rules.min_items = rules.min_items.filter(|min| *min > 0);
        rules.minimum = rules.minimum.filter(|bound| bound.parse::<f64>().is_ok_and(f64::is_finite));
        rules.maximum = rules.maximum.filter(|bound| bound.parse::<f64>().is_ok_and(f64::is_finite));
        rules.multiple_of = rules.multiple_of.filter(|of| of.parse::<f64>().is_ok_and(|of| of > 0.0));
        (rules != Rules::default()).then(|| Box::new(rules))
    }
}

/// Whether a schema's default is of its type.
fn default_fits(tree: &Tree, node: NodeId) -> bool {
    let (Some(default), Some(kind)) = (tree.get(node, "default"), tree.text(node, "type")) else { return true };
    match (kind, tree.value(default)) {
        (_, Value::Null) => true,
        ("string", value) => matches!(value, Value::Text(_)),
        ("boolean", value) => matches!(value, Value::Bool(_)),
        ("integer", Value::Number(text)) => text.parse::<f64>().is_ok_and(|n| n.fract() == 0.0),
        ("number", value) => matches!(value, Value::Number(_)),
        ("array", value) => matches!(value, Value::List(_)),
        ("object", value) => matches!(value, Value::Map(_)),
        ("integer", _) => false,
        _ => true,
    }
}

/// What a field says about itself: its own words, its default and its limits.
pub(super) fn doc_of(tree: &Tree, node: NodeId) -> String {
    let mut doc = tree.text(node, "description").or(tree.text(node, "title")).unwrap_or_default().trim_end().to_owned();
    let mut add = |text: String| {
        if !doc.is_empty() {
            doc.push_str("\n\n");
        }
        doc.push_str(&text);
    };
    if let Some(default) = tree.get(node, "default").filter(|_| default_fits(tree, node)) {
        let text = shown(tree, default);
        if text.len() <= 100 {
            add(format!("Default: `{text}`"));
        }
    }
    let limits = [
        ("minLength", "characters, at least"),
        ("maxLength", "characters, at most"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minItems", "items, at least"),
        ("maxItems", "items, at most"),
        ("multipleOf", "a multiple of"),
        ("pattern", "pattern"),
        ("format", "format"),
    ];
    let limits: Vec<String> = limits
        .iter()
        .filter_map(|(key, words)| {
            let text = shown(tree, tree.get(node, key)?);
            (text.len() <= 100).then(|| format!("{words} `{}`", text.trim_matches('"').replace('`', "'")))
        })
        .collect();
    if !limits.is_empty() {
        let text = limits.join("; ");
        let mut chars = text.chars();
        let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        add(format!("{first}{}.", chars.as_str()));
    }
    doc
}

/// Whether a schema needs no name.
fn is_plain(view: &View<'_>) -> bool {
    view.values.is_none()
        && view.groups.is_empty()
        && view.props.is_empty()
        && view.items.is_none()
        && !matches!(view.more, More::Of(_) | More::None)
        && infer(view).count_ones() <= 1
}

/// The types that a schema means, where it does not say.
pub(super) fn infer(view: &View<'_>) -> u8 {
    let rules = &view.rules;
    if view.types != 0 {
        view.types
    } else if !view.props.is_empty() || view.more != More::Unsaid {
        types::OBJECT
    } else if view.items.is_some() || !view.prefix.is_empty() {
        types::LIST
    } else if rules.pattern.is_some() || rules.min_length.is_some() || rules.max_length.is_some() {
        types::TEXT
    } else {
        0
    }
}

fn width(format: Option<&str>) -> &'static str {
    match format {
        Some("int8") => "i8",
        Some("int16" | "short") => "i16",
        Some("int32" | "int") => "i32",
        Some("uint8") => "u8",
        Some("uint16") => "u16",
        Some("uint32" | "uint") => "u32",
        Some("uint64" | "unsigned-int64") => "u64",
        _ => "i64",
    }
}

fn text_shape(view: &View<'_>) -> Shape {
    match view.format {
        _ if view.encoded => Shape::Base64,
        Some("date") => Shape::Date,
        Some("date-time") => Shape::DateTime,
        Some("uuid") => Shape::Uuid,
        Some("byte" | "base64") => Shape::Base64,
        _ => Shape::Text,
    }
}

/// Whether two schemas are references to the same one.
fn same_target(reader: &mut Reader<'_>, a: NodeId, b: NodeId) -> bool {
    match (reader.target(a), reader.target(b)) {
        (Some(Ok(a)), Some(Ok(b))) => a == b,
        _ => false,
    }
}

/// A name for what stands at a reference: without the words that every document has.
pub(super) fn reference_name(reference: &str) -> Option<String> {
    const COMMON: &[&str] = &[
        "components",
        "schemas",
        "schema",
        "properties",
        "paths",
        "content",
        "application/json",
        "items",
        "definitions",
        "$defs",
        "responses",
        "requestBody",
        "requestBodies",
        "parameters",
        "allOf",
        "oneOf",
        "anyOf",
        "",
    ];
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let words: Vec<String> = pointer.split('/').map(|word| word.replace("~1", "/").replace("~0", "~")).collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !COMMON.contains(word)).collect();
    let stem = file.rsplit('/').next().unwrap_or(file).split('.').next().unwrap_or_default();
    if words.is_empty() && !stem.is_empty() {
        words.push(stem);
    }
    let name = type_name(&words.join(" "), "");
    (!name.is_empty()).then_some(name)
}

/// The expression as it is checked, or why it is not.
fn pattern_fits(pattern: &str) -> Result<String, String> {
    // Longer ones are data, or meant to hurt.
    if pattern.len() > 2000 {
        return Err("the pattern is too long: it is not checked".to_owned());
    }
    let translated = pattern
        .replace("\\/", "/")
        .replace("\\Z", "$")
        .replace("(?<", "(?P<")
        .replace("(?P<=", "(?<=")
        .replace("(?P<!", "(?<!");
    // Parsed and not compiled: that would take as long as the pattern asks for.
    match regex_syntax::Parser::new().parse(&translated) {
        Ok(_) => Ok(translated),
        Err(_) if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| translated.contains(look)) => {
            Err("the pattern looks around, which takes unbounded time: it is not checked".to_owned())
        }
        Err(_) => {
            Err("the pattern is no regular expression that can be checked in linear time: it is not checked".to_owned())
        }
    }
}
