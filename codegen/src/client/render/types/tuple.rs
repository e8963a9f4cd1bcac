//! Lists whose items have types by their places.

use super::checks::{checks, closure, own_rules};
use super::{Types, doc};
use crate::client::model::{Field, TypeDef, Use};
use crate::client::render::writer::Writer;

/// Writes a tuple.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef, items: &[Field], more: Option<&Use>) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    let rest = more.map(|of| format!("pub Vec<{}>", types.full(of)));
    if items.iter().all(|item| item.doc.is_empty()) {
        let mut names: Vec<String> =
            items.iter().map(|item| format!("pub {}", types.of_field(item, item.required))).collect();
        names.extend(rest);
        w.list(&format!("pub struct {}(", ty.rust), &names, ");");
    } else {
        w.open(&format!("pub struct {}(", ty.rust));
        for item in items {
            w.doc(&item.doc);
            w.line(&format!("pub {},", types.of_field(item, item.required)));
        }
        if let Some(rest) = rest {
            w.line("/// Further items.");
            w.line(&format!("{rest},"));
        }
        w.close(");");
    }
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.line("let mut json = Places::default();");
    for item in items {
        w.line(&format!("json.put{}(&self.{});", types.ending(item, item.required), item.rust));
    }
    if more.is_some() {
        w.line(&format!("json.put_more(&self.{});", items.len()));
    }
    w.line("json.into()");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.line("let mut json = Items::of(json)?;");
    let mut reads: Vec<String> =
        items.iter().map(|item| format!("json.take{}()?", types.ending(item, item.required))).collect();
    reads.extend(more.map(|_| "json.rest()?".to_owned()));
    w.list("Ok(Self(", &reads, "))");
    w.close("}");
    if ty.constrained && ty.sent {
        w.line("");
        w.open("fn check(at: &mut Check<'_>) {");
        own_rules(w, types, ty);
        for item in items {
            closure(w, &format!("at.item({}, ", item.rust), &checks(types, &item.of));
        }
        if let Some(more) = more {
            closure(w, &format!("at.items_from({}, ", items.len()), &checks(types, more));
        }
        w.close("}");
    }
    w.close("}");
}
