//! Whose the pairs of a query, of cookies and of a form are, when they are read: those of an object that is exploded have
//! no name in common.

use std::collections::BTreeSet;

use super::super::model::{Encoding, Field, Param, Place, Shape, TypeId, TypeKind, Use};
use super::types::Types;
use super::writer::{call, literal};

/// How a parameter is read, beside the others of the operation.
pub(super) fn style_of(types: Types<'_>, param: &Param, all: &[Param]) -> String {
    let is_exploded = |param: &Param| {
        matches!(param.place, Place::Query | Place::Cookie)
            && param.style == "FormExplode"
            && Fields::of(types, &param.field.of).may_be_object()
    };
    if !is_exploded(param) {
        return format!("Style::{}", param.style);
    }
    let beside = |other: &&Param| other.place == param.place && other.field.wire != param.field.wire;
    exploded(types, &param.field, all.iter().filter(beside).map(|other| (&other.field, is_exploded(other))))
}

/// How the fields of a form are read, of those that are not as usual: a list.
pub(super) fn styles(types: Types<'_>, of: &Use, encodings: &[Encoding]) -> String {
    let mut fields = Fields::of(types, of).named;
    let mut known = BTreeSet::new();
    fields.retain(|field| known.insert(field.wire.as_str()));
    let said = |field: &Field| encodings.iter().find(|one| one.name == field.wire).and_then(|one| one.style);
    let style = |field: &&Field| {
        let style = match said(field) {
            Some("FormExplode") => {
                let beside = fields.iter().filter(|other| other.wire != field.wire);
                exploded(types, field, beside.map(|other| (*other, said(other) == Some("FormExplode"))))
            }
            Some(style) => format!("Style::{style}"),
            // Its brackets would else be taken for those of a place in an object.
            None if field.wire.contains('[') => "Style::FormExplode".to_owned(),
            None => return None,
        };
        Some(format!("({}, {style})", literal(&field.wire)))
    };
    call("&[", &fields.iter().filter_map(style).collect::<Vec<_>>(), "]")
}

/// The style of an object that is exploded: the names of its fields; or if it does not name all, those of its neighbours,
/// which may be exploded too. A name of both is the neighbour's.
fn exploded<'a>(types: Types<'a>, field: &Field, beside: impl Iterator<Item = (&'a Field, bool)>) -> String {
    let own = Fields::of(types, &field.of);
    let (mut direct, mut inner) = (Vec::new(), Vec::new());
    for (other, is_exploded) in beside {
        direct.push(other.wire.as_str());
        if is_exploded {
            inner.extend(Fields::of(types, &other.of).named.iter().map(|field| field.wire.as_str()));
        }
    }
    let own_names = own.named.iter().map(|field| field.wire.as_str()).filter(|name| !direct.contains(name));
    let own_names: Vec<&str> = own_names.collect();
    let (style, names) = if own.open {
        inner.retain(|name| !own_names.contains(name));
        ("Rest", direct.into_iter().chain(inner).collect())
    } else {
        ("Own", own_names)
    };
    let mut known = BTreeSet::new();
    let names: Vec<String> = names.into_iter().filter(|name| known.insert(*name)).map(literal).collect();
    format!("Style::{style}(&[{}])", names.join(", "))
}

/// The fields that a value may have.
#[derive(Default)]
struct Fields<'a> {
    named: Vec<&'a Field>,
    /// Whether it may have others.
    open: bool,
    seen: BTreeSet<TypeId>,
}

impl<'a> Fields<'a> {
    fn of(types: Types<'a>, of: &'a Use) -> Self {
        let mut fields = Self::default();
        fields.add(types, of);
        fields
    }

    fn may_be_object(&self) -> bool {
        self.open || !self.named.is_empty()
    }

    fn add(&mut self, types: Types<'a>, of: &'a Use) {
        let id = match of.shape {
            Shape::Any | Shape::Object | Shape::Map(_) | Shape::Broken(_) => return self.open = true,
            Shape::Named(id) if self.seen.insert(id) => id,
            _ => return,
        };
        match &types.0[id.0].kind {
            TypeKind::Struct { fields, more } => {
                self.named.extend(fields);
                self.open |= more.is_some();
            }
            TypeKind::Union { variants, .. } => variants.iter().for_each(|variant| self.add(types, &variant.of)),
            TypeKind::Alias { of, .. } => self.add(types, of),
            TypeKind::Pending | TypeKind::Tuple { .. } | TypeKind::Enum { .. } | TypeKind::Parts { .. } => {}
        }
    }
}
