//! From objects to structs and maps.

use std::collections::HashSet;

use super::about::doc_of;
use super::default;
use super::rules::undeclared;
use super::{Lowered, Lowering};
use crate::client::flags::Flags;
use crate::client::model::{Field, Shape, TypeKind, Use};
use crate::client::name::{Names, escaped, field_name, type_name};
use crate::client::view::{More, Reader, View, says_only};
use crate::diag::Code;
use crate::tree::NodeId;

impl<'t> Lowering<'t> {
    /// A struct; of an object without names, a map.
    pub(super) fn object(&mut self, view: View<'t>, name: &str) -> Lowered {
        let more = match &view.more {
            More::Of(nodes) => Some(self.every(nodes, view.node, &format!("{name}Value"))),
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
        let mut fields = self.fields(&view, name);
        if more.is_none() {
            add_undeclared(&mut fields, &view);
        }
        Lowered::Type(TypeKind::Struct { fields, more })
    }

    /// The fields of an object.
    pub(in crate::client) fn fields(&mut self, view: &View<'t>, name: &str) -> Vec<Field> {
        let reserved: &[&str] = if matches!(view.more, More::Any | More::Of(_)) { &["more"] } else { &[] };
        let mut names = Names::without(reserved);
        let required: HashSet<&str> = view.required.iter().copied().collect();
        let mut fields = Vec::with_capacity(view.props.len());
        for (wire, nodes) in &view.props {
            let hint = type_name(&format!("{name} {}", type_name(wire, "Field")), "Field");
            let (of, about) = self.property(nodes, view.node, &hint);
            if !self.may_write(wire.len() + about.doc.len(), self.reader.tree.offset(view.node)) {
                break;
            }
            fields.push(Field {
                wire: (*wire).to_owned(),
                rust: escaped(names.take(&field_name(wire, "field"))),
                doc: about.doc,
                of,
                required: required.contains(wire),
                read_only: about.flags.read_only,
                write_only: about.flags.write_only,
                deprecated: about.flags.deprecated,
                boxed: false,
                default: about.flags.default.and_then(|default| default::plain(self.reader.tree, default)),
            });
        }
        fields
    }

    /// The shape of what is all of some schemas.
    pub(in crate::client) fn every(&mut self, nodes: &[NodeId], owner: NodeId, hint: &str) -> Use {
        match nodes {
            [] => Use::new(Shape::Any),
            [only] => self.lower(*only, hint),
            several => self.property(several, owner, hint).0,
        }
    }

    /// The shape of a property, about which several schemas may speak, and what else they say of it.
    fn property(&mut self, nodes: &[NodeId], owner: NodeId, hint: &str) -> (Use, About) {
        let tree = self.reader.tree;
        let flags = self.reader.flags_of(nodes);
        let about = |doc: String, default: Option<NodeId>| About { doc, flags: Flags { default, ..flags } };
        let speaking: Vec<NodeId> = nodes.iter().copied().filter(|node| !says_only(tree, *node, &[])).collect();
        match speaking.as_slice() {
            [] => {
                let default = self.default_of(nodes, None);
                (Use::new(Shape::Any), about(doc_of(tree, nodes[0], default), default))
            }
            [only] => {
                let default = match nodes {
                    [_] => self.default_of(nodes, None),
                    _ => {
                        let view = self.reader.view(*only);
                        self.default_of(nodes, Some(&view))
                    }
                };
                (self.lower(*only, hint), about(doc_of(tree, *only, default), default))
            }
            [first, rest @ ..] => {
                let mut view = self.reader.view(*first);
                for node in rest {
                    let other = self.reader.view(*node);
                    self.reader.append(&mut view, other);
                }
                view.settle();
                self.reader.leaves_something(owner, &view.rules);
                if view.clash {
                    self.reader.wrong.entry(owner).or_insert_with(|| tree.offset(owner));
                }
                let about = about(self.about(&view), self.default_of(nodes, Some(&view)));
                // The same again, in other words.
                if rest.iter().all(|node| same_target(&mut self.reader, *first, *node)) {
                    return (self.lower(*first, hint), about);
                }
                // Each may hold itself, and what they are together then holds itself as well.
                if self.properties.contains(&speaking) || self.properties.len() >= MAX_JOINED {
                    let message = "what is joined here holds itself: any value";
                    self.reader.notes.warn(Code::S006, tree.offset(owner), message);
                    return (Use::new(Shape::Any), about);
                }
                self.properties.push(speaking.clone());
                let used = self.place(view, hint);
                self.properties.pop();
                (used, about)
            }
        }
    }
}

/// What schemas say of a property beside its shape; a default only if it is right.
struct About {
    doc: String,
    flags: Flags,
}

/// Adds fields of any value for what has to be there. Documents name by mistake what nobody sends, so it is read without.
pub(in crate::client) fn add_undeclared(fields: &mut Vec<Field>, view: &View<'_>) {
    let mut names = Names::default();
    for field in &*fields {
        names.take(field.rust.trim_start_matches("r#"));
    }
    for wire in undeclared(view) {
        fields.push(Field {
            wire: wire.to_owned(),
            rust: escaped(names.take(&field_name(wire, "field"))),
            doc: "Has to be sent; the document says no more of it.".to_owned(),
            of: Use::new(Shape::Any),
            required: false,
            read_only: false,
            write_only: false,
            deprecated: false,
            boxed: false,
            default: None,
        });
    }
}

/// How many joined properties may stand within one another.
const MAX_JOINED: usize = 32;

/// Whether two schemas are references to the same one.
fn same_target(reader: &mut Reader<'_>, a: NodeId, b: NodeId) -> bool {
    match (reader.target(a), reader.target(b)) {
        (Some(Ok(a)), Some(Ok(b))) => a == b,
        _ => false,
    }
}
