//! Enums over alternatives.

use super::checks::{checks, closure, own_rules};
use super::{Types, doc, enumeration};
use crate::client::model::{TypeDef, TypeKind, Use, Variant};
use crate::client::render::writer::{Writer, literal};

/// Writes a union.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef, tag: Option<&str>, variants: &[Variant]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub enum {} {{", ty.rust));
    for variant in variants {
        let name = types.full(&variant.of);
        let name = if variant.boxed { format!("Box<{name}>") } else { name };
        match variant.tags.as_slice() {
            [] => w.doc(&format!("`{}`", types.name(&variant.of))),
            tags => w.doc(&format!(
                "`{}`: {}",
                tag.unwrap_or_default().replace('`', "'"),
                tags.iter().map(|tag| format!("`{}`", tag.replace('`', "'"))).collect::<Vec<_>>().join(", ")
            )),
        }
        w.line(&format!("{}({name}),", variant.rust));
    }
    if tag.is_some() {
        w.line("/// A kind that the document does not have.");
        w.line("Other(Json),");
    }
    w.close("}");
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.open("match self {");
    for variant in variants {
        let tags = tag.map(|tag| {
            let tags: Vec<String> = variant.tags.iter().map(|tag| literal(tag)).collect();
            format!(".with_tag({}, &[{}])", literal(tag), tags.join(", "))
        });
        w.line(&format!("Self::{}(of) => of.to_json(){},", variant.rust, tags.unwrap_or_default()));
    }
    if tag.is_some() {
        w.line("Self::Other(json) => json.clone(),");
    }
    w.close("}");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    match tag {
        Some(tag) => {
            w.open(&format!("match json.tag({}) {{", literal(tag)));
            for variant in variants {
                let tags: Vec<String> = variant.tags.iter().map(|tag| format!("Some({})", literal(tag))).collect();
                w.value(&tags.join(" | "), &format!("Wire::from_json(json).map(Self::{})", variant.rust));
            }
            w.line("_ => json.other_kind().map(Self::Other),");
            w.close("}");
        }
        None => {
            w.line("let mut choice = Choice::new(json);");
            for variant in variants {
                let known = known_literals(types, &variant.of);
                w.line(&format!("choice{}.offer(Self::{}, &[{known}]);", marked(variant), variant.rust));
            }
            w.line("choice.finish()");
        }
    }
    w.close("}");
    if ty.offered {
        write_documented(w, types, tag, variants);
    }
    if ty.constrained && ty.sent {
        w.line("");
        w.open("fn check(at: &mut Check<'_>) {");
        own_rules(w, types, ty);
        match tag {
            Some(tag) => check_tagged(w, types, tag, variants),
            None => check_any(w, types, variants),
        }
        w.close("}");
    }
    w.close("}");
}

fn check_tagged(w: &mut Writer, types: Types<'_>, tag: &str, variants: &[Variant]) {
    for variant in variants {
        let tags: Vec<String> = variant.tags.iter().map(|tag| literal(tag)).collect();
        let rules = checks(types, &variant.of);
        if !rules.is_empty() {
            w.open(&format!("if at.is_tagged({}, &[{}]) {{", literal(tag), tags.join(", ")));
            rules.iter().for_each(|rule| w.line(&format!("{rule};")));
            w.close("}");
        }
    }
}

fn check_any(w: &mut Writer, types: Types<'_>, variants: &[Variant]) {
    let rules: Vec<Vec<String>> = variants.iter().map(|variant| checks(types, &variant.of)).collect();
    if rules.iter().all(Vec::is_empty) {
        return;
    }
    w.line("let mut any = at.any::<Self>();");
    for (variant, rules) in variants.iter().zip(rules) {
        let (marked, name) = (marked(variant), types.name(&variant.of));
        let head = format!("any{marked}.offer::<{name}>(&[{}], ", known_literals(types, &variant.of));
        match rules.as_slice() {
            [] => w.line(&format!("{head}|_| {{}});")),
            rules => closure(w, &head, rules),
        }
    }
    w.line("any.finish();");
}

/// Writes whether the document allows a value, of a union that is one of several shapes itself.
fn write_documented(w: &mut Writer, types: Types<'_>, tag: Option<&str>, variants: &[Variant]) {
    if tag.is_some() {
        return enumeration::documented(w);
    }
    let (open, closed): (Vec<_>, Vec<_>) = variants.iter().partition(|variant| types.is_open(&variant.of));
    if open.is_empty() {
        return;
    }
    w.line("");
    w.open("fn is_documented(&self) -> bool {");
    w.open("match self {");
    for variant in open {
        w.line(&format!("Self::{}(of) => of.is_documented(),", variant.rust));
    }
    if !closed.is_empty() {
        w.line("_ => true,");
    }
    w.close("}");
    w.close("}");
}

/// The calls that say which values the fields of an alternative have.
fn marked(variant: &Variant) -> String {
    let call = |(name, values): &(String, Vec<String>)| {
        let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
        format!(".marked({}, &[{}])", literal(name), values.join(", "))
    };
    variant.marks.iter().map(call).collect()
}

/// The fields that a shape has a name for, as they stand in code.
fn known_literals(types: Types<'_>, of: &Use) -> String {
    let known: Vec<String> = known(types, of, 0).iter().map(|name| literal(name)).collect();
    known.join(", ")
}

/// The fields that a shape has a name for.
fn known(types: Types<'_>, of: &Use, depth: usize) -> Vec<String> {
    match types.behind(of).map(|ty| &ty.kind) {
        Some(TypeKind::Struct { fields, .. }) => fields.iter().map(|field| field.wire.clone()).collect(),
        Some(TypeKind::Union { variants, .. }) if depth < 4 => {
            let mut all: Vec<String> =
                variants.iter().flat_map(|variant| known(types, &variant.of, depth + 1)).collect();
            all.sort();
            all.dedup();
            all
        }
        _ => Vec::new(),
    }
}
