//! What tells alternatives apart where no discriminator does, known only once all types are: fields with values of their
//! own.

use std::collections::{HashMap, HashSet};

use super::model::{Field, Shape, TypeDef, TypeKind, Use, Variant};

/// How many values a field may have and still be taken for the name of a kind.
const MAX_VALUES: usize = 16;

/// How deep unions of unions are followed.
const MAX_NESTED: usize = 2;

/// How long a chain of aliases is followed.
const MAX_ALIASES: usize = 64;

/// How many shapes one of several may be, and still be asked what they have in common.
const MAX_SHAPES: usize = 100;

/// How many fields tell an alternative from others.
const MAX_MARKS: usize = 4;

/// A field, and the values that it may have: texts, or JSON of others.
struct Mark<'t> {
    name: &'t str,
    values: Vec<&'t str>,
    texts: bool,
    required: bool,
}

/// What alternatives say of a field of one name.
#[derive(Default)]
struct Said<'m> {
    /// How many have it, with values of its own and in all.
    marked: usize,
    fields: usize,
    /// The values, and how many there are if each counts once an alternative.
    values: HashSet<&'m str>,
    counted: usize,
}

/// Gives unions without a discriminator the tag that their alternatives agree on, or else marks those that have one.
pub(crate) fn settle(types: &mut [TypeDef]) {
    for n in 0..types.len() {
        leave_open(types, n);
        adopt_tags(types, n);
        let TypeKind::Union { tag: None, variants } = &types[n].kind else { continue };
        let marks: Vec<Vec<Mark<'_>>> = variants.iter().map(|variant| marks(types, &variant.of)).collect();
        let nullable = variants.iter().any(|variant| variant.of.nullable);
        let agreed = if nullable { None } else { agreed(&marks) };
        match agreed.map(str::to_owned) {
            Some(name) => {
                let of = |marks: &Vec<Mark<'_>>| marks.iter().find(|mark| mark.name == name).map(Mark::texts);
                let tags: Vec<Vec<String>> = marks.iter().map(|marks| of(marks).unwrap_or_default()).collect();
                let TypeKind::Union { tag, variants } = &mut types[n].kind else { continue };
                variants.iter_mut().zip(tags).for_each(|(variant, tags)| variant.tags = tags);
                *tag = Some(name);
            }
            None => {
                let telling = telling(types, variants, &marks);
                let TypeKind::Union { variants, .. } = &mut types[n].kind else { continue };
                variants.iter_mut().zip(telling).for_each(|(variant, marks)| variant.marks = marks);
            }
        }
    }
}

/// The fields that tell each alternative from others: some other has it as well, and with other values; or it has to be
/// there.
fn telling(types: &[TypeDef], variants: &[Variant], marks: &[Vec<Mark<'_>>]) -> Vec<Vec<(String, Vec<String>)>> {
    let mut said: HashMap<&str, Said<'_>> = HashMap::new();
    for variant in variants {
        let structs = Structs::of(types, &variant.of).all.into_iter();
        let names: HashSet<&str> = structs.flatten().map(|field| field.wire.as_str()).collect();
        names.into_iter().for_each(|name| said.entry(name).or_default().fields += 1);
    }
    for mark in marks.iter().flatten() {
        let said = said.entry(mark.name).or_default();
        said.marked += 1;
        said.counted += mark.values.len();
        said.values.extend(mark.values.iter().copied());
    }
    let tells = |mark: &&Mark<'_>| {
        said.get(mark.name).is_some_and(|said| {
            let all = said.marked == said.fields;
            let apart = all && said.counted == said.values.len();
            let alike = all && said.values.len() == mark.values.len();
            said.fields > 1 && (apart || mark.required && !alike)
        })
    };
    let of = |marks: &Vec<Mark<'_>>| marks.iter().filter(tells).take(MAX_MARKS).map(Mark::as_json).collect();
    marks.iter().map(of).collect()
}

/// Leaves a text out beside an open enumeration, which keeps every text; it may have been unknown when it was referred to.
fn leave_open(types: &mut [TypeDef], n: usize) {
    let TypeKind::Union { tag: None, variants } = &types[n].kind else { return };
    let is_open = |of: &Use| matches!(behind(types, of).map(|ty| &ty.kind), Some(TypeKind::Enum { texts: true, .. }));
    if variants.iter().any(|variant| is_open(&variant.of))
        && let TypeKind::Union { variants, .. } = &mut types[n].kind
    {
        variants.retain(|variant| variant.of.shape != Shape::Text || variant.of.rules.is_some());
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

impl Mark<'_> {
    fn texts(&self) -> Vec<String> {
        self.values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn as_json(&self) -> (String, Vec<String>) {
        let json =
            |text: &&str| if self.texts { serde_json::to_string(text).unwrap_or_default() } else { (*text).to_owned() };
        (self.name.to_owned(), self.values.iter().map(json).collect())
    }
}

/// The first field that each alternative has to have with a text of its own. One text alone: it is written whatever the
/// field says, as a discriminator is.
fn agreed<'t>(marks: &[Vec<Mark<'t>>]) -> Option<&'t str> {
    let mut texts: HashMap<&str, HashSet<&str>> = HashMap::new();
    for mark in marks.iter().flatten().filter(|mark| mark.texts && mark.required && mark.values.len() == 1) {
        texts.entry(mark.name).or_default().insert(mark.values[0]);
    }
    let tells = |name: &&str| texts.get(name).is_some_and(|texts| texts.len() == marks.len());
    marks.first()?.iter().map(|mark| mark.name).find(tells)
}

/// The fields by which an object says what it is. Of one of several shapes, those by which each of them does.
fn marks<'t>(types: &'t [TypeDef], of: &'t Use) -> Vec<Mark<'t>> {
    if let Some(TypeKind::Union { tag: Some(tag), variants }) = behind(types, of).map(|ty| &ty.kind) {
        let values = variants.iter().flat_map(|variant| &variant.tags).map(String::as_str).collect();
        return vec![Mark { name: tag, values, texts: true, required: true }];
    }
    let mark = |field: &'t Field| {
        let (values, texts) = values(types, &field.of)?;
        let right = !field.read_only && !field.write_only && !nullable(types, &field.of);
        right.then_some(Mark { name: &field.wire, values, texts, required: field.required })
    };
    let structs = Structs::of(types, of);
    let each = structs.all.into_iter().map(|fields| fields.iter().filter_map(mark).collect::<Vec<Mark<'_>>>());
    each.reduce(common).filter(|_| structs.whole).unwrap_or_default()
}

/// The marks that both of two shapes have, with the values of both.
fn common<'t>(mut one: Vec<Mark<'t>>, other: Vec<Mark<'t>>) -> Vec<Mark<'t>> {
    let mut others: HashMap<&str, Mark<'_>> = other.into_iter().map(|mark| (mark.name, mark)).collect();
    one.retain_mut(|mark| {
        let Some(other) = others.remove(mark.name).filter(|other| other.texts == mark.texts) else { return false };
        mark.required &= other.required;
        let had: HashSet<&str> = mark.values.iter().copied().collect();
        mark.values.extend(other.values.into_iter().filter(|value| !had.contains(value)));
        true
    });
    one
}

/// The structs that a shape may be, through alternatives within it.
struct Structs<'t> {
    all: Vec<&'t [Field]>,
    /// It can be nothing else.
    whole: bool,
}

impl<'t> Structs<'t> {
    fn of(types: &'t [TypeDef], of: &'t Use) -> Self {
        let mut found = Self { all: Vec::new(), whole: true };
        let mut seen = HashSet::new();
        let mut due = vec![of];
        while let Some(of) = due.pop() {
            let Some(ty) = behind(types, of) else {
                found.whole = false;
                continue;
            };
            // What is reached again adds nothing.
            if !seen.insert(std::ptr::from_ref(ty)) {
                continue;
            }
            match &ty.kind {
                TypeKind::Struct { fields, .. } => found.all.push(fields),
                TypeKind::Union { variants, .. } if seen.len() + due.len() + variants.len() <= MAX_SHAPES => {
                    due.extend(variants.iter().map(|variant| &variant.of).rev());
                }
                _ => found.whole = false,
            }
        }
        found
    }
}

/// The values that a shape lists, and whether they are texts; `None` of more than may be the names of kinds.
fn values<'t>(types: &'t [TypeDef], of: &'t Use) -> Option<(Vec<&'t str>, bool)> {
    let right = |count: usize| (1..=MAX_VALUES).contains(&count);
    let one_of = |of: &'t Use| {
        let values = of.rules.as_ref().map(|rules| &rules.one_of).filter(|values| right(values.len()))?;
        Some((values.iter().map(String::as_str).collect(), false))
    };
    match behind(types, of).map(|ty| &ty.kind) {
        Some(TypeKind::Enum { values, texts }) => {
            right(values.len()).then(|| (values.iter().map(|value| value.wire.as_str()).collect(), *texts))
        }
        Some(TypeKind::Alias { of, .. }) => one_of(of),
        _ => one_of(of),
    }
}

fn nullable(types: &[TypeDef], of: &Use) -> bool {
    of.nullable || behind(types, of).is_some_and(|ty| ty.nullable)
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
