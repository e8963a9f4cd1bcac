//! Types that are written out more than once. A document has the same list of values, or the same object, at many places:
//! each keeps its name there, and all but the first are aliases, so that values go from one place to another and the code
//! stands once.

use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::hash::{Hash as _, Hasher as _};

use super::model::{Field, Shape, TypeDef, TypeId, TypeKind, Use, Variant};

/// Makes aliases of types that say what an earlier one says. The first `named` types have names by the document: those
/// stay apart, whatever they say, and no other is named after one of them, which may mean something else.
pub(crate) fn join(types: &mut [TypeDef], named: usize) {
    let mut twins = Twins(Vec::with_capacity(types.len()));
    let mut known: HashMap<u64, usize> = HashMap::new();
    // What a type holds comes before it, unless it is named.
    for n in 0..types.len() {
        let first = match (n >= named).then(|| known.entry(twins.hash(&types[n]))) {
            Some(Entry::Vacant(place)) => *place.insert(n),
            Some(Entry::Occupied(first)) if twins.alike(&types[*first.get()], &types[n]) => *first.get(),
            Some(Entry::Occupied(_)) | None => n,
        };
        twins.0.push(first);
        if first != n {
            types[n].kind = TypeKind::Alias { of: Use::new(Shape::Named(TypeId(first))), own: false };
        }
    }
}

/// For each type the first that is like it.
struct Twins(Vec<usize>);

impl Twins {
    fn first(&self, id: TypeId) -> usize {
        self.0.get(id.0).copied().unwrap_or(id.0)
    }

    /// What alike types have in common.
    fn hash(&self, ty: &TypeDef) -> u64 {
        let mut hasher = DefaultHasher::new();
        let mut use_of = |of: &Use| match &of.shape {
            Shape::Named(id) => self.first(*id).hash(&mut hasher),
            shape => std::mem::discriminant(shape).hash(&mut hasher),
        };
        ty.uses().into_iter().for_each(&mut use_of);
        match &ty.kind {
            TypeKind::Struct { fields, .. } => {
                fields.iter().for_each(|field| (&field.wire, &field.doc, field.required).hash(&mut hasher));
            }
            TypeKind::Enum { values, .. } => values.iter().for_each(|value| value.wire.hash(&mut hasher)),
            TypeKind::Union { variants, .. } => variants.iter().for_each(|variant| variant.rust.hash(&mut hasher)),
            TypeKind::Pending | TypeKind::Tuple { .. } | TypeKind::Alias { .. } | TypeKind::Parts { .. } => {}
        }
        hasher.finish()
    }

    fn alike(&self, a: &TypeDef, b: &TypeDef) -> bool {
        if (a.nullable, a.broken, &a.rules) != (b.nullable, b.broken, &b.rules) {
            return false;
        }
        match (&a.kind, &b.kind) {
            (TypeKind::Struct { fields: a, more: a_more }, TypeKind::Struct { fields: b, more: b_more }) => {
                let more = match (a_more, b_more) {
                    (Some(a), Some(b)) => self.same_use(a, b),
                    (a, b) => a.is_none() && b.is_none(),
                };
                more && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same_field(a, b))
            }
            (TypeKind::Enum { values: a, texts: a_texts }, TypeKind::Enum { values: b, texts: b_texts }) => {
                a_texts == b_texts && a == b
            }
            (TypeKind::Union { tag: a_tag, variants: a }, TypeKind::Union { tag: b_tag, variants: b }) => {
                let same = |(a, b): (&Variant, &Variant)| {
                    (&a.rust, &a.tags, &a.marks) == (&b.rust, &b.tags, &b.marks) && self.same_use(&a.of, &b.of)
                };
                a_tag == b_tag && a.len() == b.len() && a.iter().zip(b).all(same)
            }
            _ => false,
        }
    }

    fn same_field(&self, a: &Field, b: &Field) -> bool {
        // What is read or written only depends on where its type goes, and that may not be the same way for both.
        let both_ways = !(a.read_only || a.write_only || b.read_only || b.write_only);
        both_ways
            && a.default == b.default
            && (&a.wire, &a.rust, &a.doc, a.required, a.deprecated)
                == (&b.wire, &b.rust, &b.doc, b.required, b.deprecated)
            && self.same_use(&a.of, &b.of)
    }

    fn same_use(&self, a: &Use, b: &Use) -> bool {
        a.nullable == b.nullable && a.rules == b.rules && self.same_shape(&a.shape, &b.shape)
    }

    fn same_shape(&self, a: &Shape, b: &Shape) -> bool {
        match (a, b) {
            (Shape::Named(a), Shape::Named(b)) => self.first(*a) == self.first(*b),
            (Shape::List(a), Shape::List(b)) | (Shape::Map(a), Shape::Map(b)) => self.same_use(a, b),
            (a, b) => a == b,
        }
    }
}
