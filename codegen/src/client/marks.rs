//! What tells alternatives apart where no discriminator does, known only once all types are: a field that each has to
//! have, with values of its own.

use std::collections::HashSet;

use super::model::{Field, Shape, TypeDef, TypeKind, Use, Variant};

/// How many values a field may have and still be taken for the name of a kind.
const MAX_VALUES: usize = 16;

/// How deep unions of unions are followed.
const MAX_NESTED: usize = 2;

/// How long a chain of aliases is followed.
const MAX_ALIASES: usize = 64;

/// A field, and the values that it may have: texts, or JSON of others.
#[derive(Clone)]
struct Mark {
    name: String,
    values: Vec<String>,
    texts: bool,
}

/// Gives unions without a discriminator the tag that their alternatives agree on, or else marks those that have one.
pub(crate) fn settle(types: &mut [TypeDef]) {
    for n in 0..types.len() {
        leave_open(types, n);
        adopt_tags(types, n);
        let TypeKind::Union { tag: None, variants } = &types[n].kind else { continue };
        let marks: Vec<Vec<Mark>> = variants.iter().map(|variant| marks(types, &variant.of)).collect();
        let nullable = variants.iter().any(|variant| variant.of.nullable);
        let agreed = if nullable { None } else { agreed(&marks) };
        let known: Vec<Vec<String>> = variants.iter().map(|variant| fields(types, &variant.of)).collect();
        let TypeKind::Union { tag, variants } = &mut types[n].kind else { continue };
        match agreed {
            Some(name) => {
                for (variant, marks) in variants.iter_mut().zip(marks) {
                    variant.tags =
                        marks.into_iter().find(|mark| mark.name == name).map(|m| m.values).unwrap_or_default();
                }
                *tag = Some(name);
            }
            None => {
                for (at, (variant, marks)) in variants.iter_mut().zip(marks).enumerate() {
                    let shared = |mark: &Mark| {
                        known.iter().enumerate().any(|(other, known)| other != at && known.contains(&mark.name))
                    };
                    variant.mark = marks.into_iter().find(shared).map(Mark::into_json);
                }
            }
        }
    }
}

/// Leaves a text out beside an open enumeration, which keeps every text; it may have been unknown when it was referred to.
fn leave_open(types: &mut [TypeDef], n: usize) {
    let TypeKind::Union { tag: None, variants } = &types[n].kind else { return };
    let is_open = |of: &Use| matches!(behind(types, of).map(|ty| &ty.kind), Some(TypeKind::Enum { texts: true, .. }));
    if variants.iter().any(|variant| is_open(&variant.of))
        && let TypeKind::Union { variants, .. } = &mut types[n].kind
    {
        variants.retain(|variant| variant.of.shape != Shape::Text);
        if let [only] = variants.as_slice() {
            types[n].kind = TypeKind::Alias { of: only.of.clone(), own: false };
        }
    }
}

/// Gives an alternative that is told apart by the same tag itself the values of its own alternatives.
fn adopt_tags(types: &mut [TypeDef], n: usize) {
    let TypeKind::Union { tag: Some(tag), variants } = &types[n].kind else { return };
    let mut seen: HashSet<String> = variants.iter().flat_map(|variant| variant.tags.iter().cloned()).collect();
    let mut adopted: Vec<Vec<String>> = Vec::new();
    for variant in variants {
        let mut tags = inner_tags(types, &variant.of, tag, MAX_NESTED);
        tags.retain(|tag| seen.insert(tag.clone()));
        adopted.push(tags);
    }
    if let TypeKind::Union { variants, .. } = &mut types[n].kind {
        variants.iter_mut().zip(adopted).for_each(|(variant, tags)| variant.tags.extend(tags));
    }
}

fn inner_tags(types: &[TypeDef], of: &Use, tag: &str, depth: usize) -> Vec<String> {
    match behind(types, of).map(|ty| &ty.kind) {
        Some(TypeKind::Union { tag: Some(inner), variants }) if inner == tag && depth > 0 => {
            let within = |variant: &Variant| {
                let mut tags = variant.tags.clone();
                tags.extend(inner_tags(types, &variant.of, tag, depth - 1));
                tags
            };
            variants.iter().flat_map(within).collect()
        }
        _ => Vec::new(),
    }
}

impl Mark {
    fn into_json(self) -> (String, Vec<String>) {
        let json = |text: String| serde_json::to_string(&text).unwrap_or_default();
        (self.name, if self.texts { self.values.into_iter().map(json).collect() } else { self.values })
    }
}

/// The first field that each alternative has to have with a text of its own. One text alone: it is written whatever the
/// field says, as a discriminator is.
fn agreed(marks: &[Vec<Mark>]) -> Option<String> {
    let tells = |name: &&String| {
        let mut seen = HashSet::new();
        let mut tag = |mark: &Mark| mark.texts && mark.values.len() == 1 && seen.insert(mark.values[0].clone());
        marks.iter().all(|marks| marks.iter().any(|mark| mark.name == **name && tag(mark)))
    };
    marks.first()?.iter().map(|mark| &mark.name).find(tells).cloned()
}

/// The fields by which an object says what it is.
fn marks(types: &[TypeDef], of: &Use) -> Vec<Mark> {
    let mark = |field: &Field| {
        let TypeKind::Enum { values, texts } = &behind(types, &field.of)?.kind else { return None };
        let right = field.required && !field.read_only && !field.write_only && values.len() <= MAX_VALUES;
        let values = values.iter().map(|value| value.wire.clone()).collect();
        right.then(|| Mark { name: field.wire.clone(), values, texts: *texts })
    };
    match behind(types, of).map(|ty| &ty.kind) {
        Some(TypeKind::Struct { fields, .. }) => fields.iter().filter_map(mark).collect(),
        _ => Vec::new(),
    }
}

fn fields(types: &[TypeDef], of: &Use) -> Vec<String> {
    match behind(types, of).map(|ty| &ty.kind) {
        Some(TypeKind::Struct { fields, .. }) => fields.iter().map(|field| field.wire.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The type behind aliases.
fn behind<'t>(types: &'t [TypeDef], of: &Use) -> Option<&'t TypeDef> {
    let Shape::Named(id) = of.shape else { return None };
    let mut ty = &types[id.0];
    for _ in 0..MAX_ALIASES {
        match &ty.kind {
            TypeKind::Alias { of: Use { shape: Shape::Named(id), .. }, own: false } => ty = &types[id.0],
            _ => return Some(ty),
        }
    }
    None
}
