//! Structs.

use super::checks::{checks, closure, own_rules};
use super::{Types, defaults, doc, field_doc, required};
use crate::client::model::{Field, Shape, TypeDef, TypeKind, Use};
use crate::client::render::constructor::{self, Member};
use crate::client::render::writer::{Writer, literal};

/// Writes an object.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef, fields: &[Field], more: Option<&Use>) {
    doc(w, ty);
    let default = fields.iter().all(|field| !required(ty, field));
    w.line(if default { "#[derive(Debug, Clone, PartialEq, Default)]" } else { "#[derive(Debug, Clone, PartialEq)]" });
    if fields.is_empty() && more.is_none() {
        w.line(&format!("pub struct {} {{}}", ty.rust));
    } else {
        w.open(&format!("pub struct {} {{", ty.rust));
        for field in fields {
            field_doc(w, field);
            w.field(&field.rust, &types.of_field(field, required(ty, field)));
        }
        if let Some(more) = more {
            w.line("/// Fields that the document does not name.");
            w.field("more", &format!("BTreeMap<String, {}>", types.full(more)));
        }
        w.close("}");
    }
    if ty.sent {
        constructor::write(w, &ty.rust, false, &members(types, ty, fields, more.is_some()));
    }
    defaults::write(w, types, ty, fields);
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.line("let mut json = Object::new();");
    for field in fields.iter().filter(|field| !(field.read_only && ty.sent)) {
        let call = format!("json.put{}(", types.ending(field, required(ty, field)));
        w.list(&call, &[literal(&field.wire), format!("&self.{}", field.rust)], ");");
    }
    if more.is_some() {
        w.line("json.put_more(&self.more);");
    }
    w.line("json.into()");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.line("let mut json = Fields::of(json)?;");
    let read = |field: &Field| {
        format!("{}: json.take{}({})?", field.rust, types.ending(field, required(ty, field)), literal(&field.wire))
    };
    let mut reads: Vec<String> = fields.iter().map(read).collect();
    if more.is_some() {
        reads.push("more: json.rest()?".to_owned());
    }
    w.list("Ok(Self {", &reads, "})");
    w.close("}");
    if ty.offered {
        documented(w, types, ty, fields);
    }
    if ty.constrained && ty.sent {
        w.line("");
        w.open("fn check(at: &mut Check<'_>) {");
        own_rules(w, types, ty);
        for field in fields {
            if field.write_only && field.required && ty.received {
                w.line(&format!("at.required({});", literal(&field.wire)));
            }
            let rules = checks(types, &field.of);
            closure(w, &format!("at.field({}, ", literal(&field.wire)), &rules);
        }
        if let Some(more) = more {
            let named: Vec<String> = fields.iter().map(|field| literal(&field.wire)).collect();
            closure(w, &format!("at.values(&[{}], ", named.join(", ")), &checks(types, more));
        }
        w.close("}");
    }
    w.close("}");
}

/// Writes whether the document allows what stands in the fields: the values of enumerations, and texts of some form.
fn documented(w: &mut Writer, types: Types<'_>, ty: &TypeDef, fields: &[Field]) {
    let asked = |field: &&Field| types.is_listed(&field.of) && types.ending(field, required(ty, field)) != "_maybe";
    let calls: Vec<String> =
        fields.iter().filter(asked).map(|field| format!("self.{}.is_documented()", field.rust)).collect();
    let Some((first, rest)) = calls.split_first() else { return };
    w.line("");
    w.open("fn is_documented(&self) -> bool {");
    w.chain(first, &rest.iter().map(|call| format!(" && {call}")).collect::<Vec<_>>(), "");
    w.close("}");
}

fn members(types: Types<'_>, ty: &TypeDef, fields: &[Field], more: bool) -> Vec<Member> {
    let more = more.then(Member::more);
    fields.iter().map(|field| member(types, ty, field)).chain(more).collect()
}

/// A field as the constructor sees it.
pub(super) fn member(types: Types<'_>, ty: &TypeDef, field: &Field) -> Member {
    let due = required(ty, field);
    let of = types.of_field(field, due);
    match only_value(types, field).filter(|_| due) {
        Some(value) => Member::fixed(&field.rust, format!("{of}::{value}")),
        None if due => Member::required(&field.rust, of),
        None => Member::optional(&field.rust, of),
    }
}

/// The only value that the document has of a field.
fn only_value(types: Types<'_>, field: &Field) -> Option<String> {
    match &types.behind(&field.of)?.kind {
        TypeKind::Enum { values, .. } if !types.nullable(&field.of) => match values.as_slice() {
            [only] => Some(only.rust.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Writes a type that would hold itself if it were an alias.
pub(super) fn own(w: &mut Writer, types: Types<'_>, ty: &TypeDef, of: &Use) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    let boxed = matches!(of.shape, Shape::Named(_));
    let name = if boxed { format!("Box<{}>", types.full(of)) } else { types.full(of) };
    w.line(&format!("pub struct {}(pub {name});", ty.rust));
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.line("self.0.to_json()");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.line("Wire::from_json(json).map(Self)");
    w.close("}");
    if ty.offered {
        w.line("");
        w.open("fn is_documented(&self) -> bool {");
        w.line("self.0.is_documented()");
        w.close("}");
    }
    if ty.constrained && ty.sent {
        w.line("");
        w.open("fn check(at: &mut Check<'_>) {");
        own_rules(w, types, ty);
        checks(types, of).iter().for_each(|rule| w.line(&format!("{rule};")));
        w.close("}");
    }
    w.close("}");
}
