//! From schemas to types.

mod about;
mod default;
mod enumeration;
mod home;
mod list;
mod object;
mod reserved;
mod rules;
mod scalar;

use std::collections::{HashMap, HashSet, VecDeque};

pub(super) use self::about::doc_of;
pub(super) use self::home::operation_name;
pub(super) use self::object::add_undeclared;
use self::reserved::RESERVED;
pub(super) use self::scalar::{infer, is_within};
use self::scalar::{int_shape, is_plain, number_shape, text_shape};
use super::media::join_texts;
use super::model::{Place, Shape, TypeDef, TypeId, TypeKind, Use};
use super::name::{Names, reference_name, type_name};
use super::pattern::Fitting;
use super::rules::{Rules, joined};
use super::view::{Reader, View, says_only, types};
use crate::diag::Code;
use crate::tree::NodeId;

/// What a schema becomes.
pub(super) enum Lowered {
    Shape(Shape),
    /// A shape with constraints, or null, of its own.
    Use(Use),
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
    /// Types that are not called as the document calls them, and why.
    renamed: Vec<(TypeId, String)>,
    /// Schemas that are being lowered in place.
    open: HashSet<NodeId>,
    /// The patterns that were met.
    fitting: Fitting,
    /// The schemas of each property that is being joined.
    properties: Vec<Vec<NodeId>>,
    /// The first alternatives of the sets that are being joined with what stands beside them.
    pub(super) joining: Vec<NodeId>,
    /// How many fields were written out again where schemas are joined.
    copied: usize,
    /// How many bytes of texts are to be written.
    written: usize,
    /// The security schemes that can be used, and where each shows what.
    pub(super) schemes: HashMap<String, Option<(Place, String)>>,
    /// What operations are called: each by its node and its path, since several paths may refer to one item.
    pub(super) called: HashMap<(NodeId, &'t str), String>,
    /// The ids of operations, and where each stands first.
    pub(super) ids: HashMap<&'t str, u32>,
    /// Where something is wrong with the operation that is read, so that it cannot be sent right.
    pub(super) unsound: Option<u32>,
    /// How many operations are left out for what is wrong with them.
    pub(super) left_out: usize,
}

/// How many fields may be written out again: few lines may join the same large schema many times.
const MAX_COPIED: usize = 1_000_000;
/// How many bytes of texts may be written: references may say a long one again and again.
const MAX_WRITTEN: usize = 500_000_000;

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
            renamed: Vec::new(),
            open: HashSet::new(),
            fitting: Fitting::default(),
            properties: Vec::new(),
            joining: Vec::new(),
            copied: 0,
            written: 0,
            schemes: HashMap::new(),
            called: HashMap::new(),
            ids: HashMap::new(),
            unsound: None,
            left_out: 0,
        }
    }

    /// Names every schema under `components` and every operation, in the order of the document, so that no name depends on
    /// what uses it; and lowers the schemas.
    pub(crate) fn components(&mut self, root: NodeId) {
        let tree = self.reader.tree;
        if let Some(components) = tree.get(root, "components") {
            self.find_heirs(components);
            for (name, node) in tree.entries_of(components, "schemas").iter() {
                let wanted = type_name(name, "Type");
                let rust = self.names.take(&wanted);
                let why = renamed(name, &wanted, &rust);
                let id = self.begin(rust, node);
                self.renamed.extend(why.map(|why| (id, why)));
            }
        }
        self.name_operations(root);
        self.drain();
        for (id, why) in std::mem::take(&mut self.renamed) {
            let doc = &mut self.types[id.0].doc;
            *doc = join_texts(Some(doc.as_str()), Some(&why));
        }
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
            rules: None,
            offset: self.reader.tree.offset(node),
            sent: false,
            received: false,
            constrained: false,
            offered: false,
            broken: None,
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
            let of = self.in_place(node, &name);
            let view_doc = tree.text(node, "description").unwrap_or_default().to_owned();
            let ty = &mut self.types[id.0];
            ty.nullable = of.nullable;
            ty.doc = view_doc;
            ty.kind = TypeKind::Alias { of: Use { nullable: false, ..of }, own: false };
            return;
        }
        let view = self.reader.view(node);
        let doc = self.about(&view);
        let nullable = view.nullable || view.only_null || self.allows_null(&view.groups);
        let broken = view.broken;
        let rules = self.rules(&view);
        let lowered = self.define(view, &name);
        let ty = &mut self.types[id.0];
        ty.doc = doc;
        ty.nullable |= nullable;
        ty.broken = ty.broken.or(broken);
        let alias = |shape, rules| TypeKind::Alias { of: Use { shape, nullable: false, rules }, own: false };
        ty.kind = match lowered {
            Lowered::Type(kind) => {
                ty.rules = rules_of_type(&kind, rules);
                kind
            }
            Lowered::Shape(shape) => alias(shape, rules),
            Lowered::Use(of) => {
                ty.nullable |= of.nullable;
                alias(of.shape, joined(rules, of.rules))
            }
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

    /// The shape of a schema where it is used. `hint` names it, if it needs a name and no reference gave it one.
    pub(crate) fn lower(&mut self, node: NodeId, hint: &str) -> Use {
        match self.by_node.get(&node) {
            Some(id) => Use::new(Shape::Named(*id)),
            None => self.in_place(node, hint),
        }
    }

    fn in_place(&mut self, node: NodeId, hint: &str) -> Use {
        let tree = self.reader.tree;
        if let Some(known) = self.in_place.get(&node) {
            return known.clone();
        }
        if tree.get(node, "$ref").is_some_and(|reference| tree.as_text(reference).is_some())
            && (!self.reader.siblings || says_only(tree, node, &["$ref"]))
        {
            let nullable = tree.flag(node, "nullable");
            let at = tree.get(node, "$ref").map_or_else(|| tree.offset(node), |of| tree.offset(of));
            return match self.reader.target(node) {
                Some(Ok(target)) => Use { nullable, ..self.named(node, target, hint) },
                _ => Use::broken(at),
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
        let mut used = self.place(view, hint);
        self.open.remove(&node);
        // A reference from within has named it meanwhile.
        if let Some(id) = self.by_node.get(&node) {
            if used.shape == Shape::Named(TypeId(self.types.len() - 1)) && id.0 + 1 < self.types.len() {
                self.types.pop();
            }
            used = Use::new(Shape::Named(*id));
        }
        self.in_place.insert(node, used.clone());
        used
    }

    /// The shape of a merged schema where it is used.
    pub(super) fn place(&mut self, view: View<'t>, hint: &str) -> Use {
        if let Some(at) = view.broken {
            return Use::broken(at);
        }
        let nullable = view.nullable || view.only_null || self.allows_null(&view.groups);
        let rules = self.rules(&view);
        let doc = self.about(&view);
        let node = view.node;
        let name = match &view {
            view if is_plain(view) => String::new(),
            _ => hint.to_owned(),
        };
        match self.define(view, &name) {
            Lowered::Shape(shape) => Use { shape, nullable, rules },
            Lowered::Use(of) => {
                Use { nullable: nullable || of.nullable, rules: joined(rules, of.rules), shape: of.shape }
            }
            Lowered::Type(kind) => {
                let rust = self.names.take(&type_name(hint, "Type"));
                let rules = rules_of_type(&kind, rules);
                let id = self.add(rust, kind, node);
                self.types[id.0].doc = doc;
                self.types[id.0].rules = rules;
                Use { shape: Shape::Named(id), nullable, rules: None }
            }
        }
    }

    /// The type of what a reference leads to.
    fn named(&mut self, node: NodeId, target: NodeId, hint: &str) -> Use {
        let reference = self.reader.tree.text(node, "$ref").unwrap_or_default();
        let home = self.home(node, reference).or_else(|| reference_name(reference));
        let wanted = home.unwrap_or_else(|| hint.to_owned());
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

    /// Whether so many more bytes of texts may be written; a document that goes beyond is refused.
    pub(in crate::client) fn may_write(&mut self, bytes: usize, offset: u32) -> bool {
        self.written = self.written.saturating_add(bytes + 100);
        let may = self.written <= MAX_WRITTEN;
        if !may && !self.reader.notes.refused() {
            let message = "what this document repeats by references would fill more than 500 MB: say it once";
            self.reader.notes.refuse(Code::S006, offset, message);
        }
        may
    }

    /// What a merged schema becomes.
    pub(super) fn define(&mut self, mut view: View<'t>, name: &str) -> Lowered {
        if view.untyped.is_some() {
            return Lowered::Shape(Shape::Any);
        }
        if let Some(values) = view.values.take()
            && !self.is_misplaced(&values, &view)
        {
            return self.enumeration(&values, &view);
        }
        if let Some(union) = self.union(&mut view, name) {
            return union;
        }
        let inferred = infer(&view);
        match inferred {
            0 => Lowered::Shape(Shape::Any),
            types::BOOL => Lowered::Shape(Shape::Bool),
            types::INT => Lowered::Shape(int_shape(&view)),
            types::NUMBER => Lowered::Shape(number_shape(&view)),
            types::TEXT => Lowered::Shape(text_shape(&view)),
            types::LIST => self.list(&view, name),
            types::OBJECT => self.object(view, name),
            several if several == types::INT | types::NUMBER => Lowered::Shape(number_shape(&view)),
            several => self.several(several, &view, name),
        }
    }
}

/// Why a schema or an operation is not called as the document calls it.
pub(super) fn renamed(name: &str, wanted: &str, rust: &str) -> Option<String> {
    let taker = match RESERVED.contains(&wanted) {
        true => "`kassa-core` or Rust itself has",
        false => "another type or operation has",
    };
    let name = name.replace('`', "'");
    (wanted != rust).then(|| format!("`{name}` in the document, and not called `{wanted}` here, a name that {taker}."))
}

/// The constraints of a named type, without those that no value of it can break.
fn rules_of_type(kind: &TypeKind, rules: Option<Box<Rules>>) -> Option<Box<Rules>> {
    let mut rules = rules?;
    match kind {
        // Its values say what is allowed, and others are sent on purpose.
        TypeKind::Enum { .. } => return None,
        TypeKind::Tuple { items, more } => {
            let full = items.iter().filter(|item| item.required).count() as u64;
            rules.min_items = rules.min_items.filter(|min| *min > full);
            rules.max_items = rules.max_items.filter(|max| more.is_some() || *max < items.len() as u64);
        }
        _ => {}
    }
    Some(rules).filter(|rules| **rules != Rules::default())
}
