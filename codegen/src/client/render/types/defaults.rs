//! What fields fall back on.

use super::{Types, required};
use crate::client::lower::is_within;
use crate::client::model::{Field, Shape, TypeDef, TypeKind};
use crate::client::render::writer::{Writer, literal};
use crate::tree::number;

/// Writes for each optional field that has a default how it is read: the field itself stays absent.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef, fields: &[Field]) {
    let optional = |field: &&Field| !required(ty, field) && !field.boxed && !types.nullable(&field.of);
    let known: Vec<(&Field, (String, String))> = fields
        .iter()
        .filter(optional)
        .filter_map(|field| Some((field, fallback(types, field, field.default.as_deref()?)?)))
        .collect();
    if known.is_empty() || !ty.received {
        return;
    }
    w.line("");
    w.open(&format!("impl {} {{", ty.rust));
    for (n, (field, (name, rest))) in known.iter().enumerate() {
        if n > 0 {
            w.line("");
        }
        let bare = field.rust.trim_start_matches("r#");
        w.doc(&format!("`{}`, or its default.", field.wire.replace('`', "'")));
        w.open(&format!("pub fn {bare}_or_default(&self) -> {name} {{"));
        w.line(&format!("self.{}{rest}", field.rust));
        w.close("}");
    }
    w.close("}");
}

/// The type that a field is read as, and the calls that fall back on `default`; `None` if it is not of the type.
fn fallback(types: Types<'_>, field: &Field, default: &str) -> Option<(String, String)> {
    let name = types.name(&field.of);
    let copied = |value: &str| Some((name.clone(), format!(".unwrap_or({value})")));
    let text = || serde_json::from_str::<String>(default).ok();
    match types.shape(&field.of) {
        Shape::Bool => copied(default).filter(|_| matches!(default, "true" | "false")),
        Shape::Int(width) => copied(&number::plain(default)).filter(|_| is_within(&number::plain(default), width)),
        Shape::Float => {
            let value: f64 = default.parse().ok().filter(|value: &f64| value.is_finite())?;
            copied(&format!("{value:?}"))
        }
        Shape::Number | Shape::Whole if default.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            let literal = format!("{name}::literal({})", literal(default));
            Some((name, format!(".clone().unwrap_or_else(|| {literal})")))
        }
        Shape::Text => Some(("&str".to_owned(), format!(".as_deref().unwrap_or({})", literal(&text()?)))),
        Shape::Named(id) => {
            let TypeKind::Enum { values, texts } = &types.get(*id).kind else { return None };
            let wire = if *texts { text()? } else { default.to_owned() };
            let value = values.iter().find(|value| value.wire == wire || value.wire == number::plain(&wire))?;
            Some((format!("&{name}"), format!(".as_ref().unwrap_or(&{name}::{})", value.rust)))
        }
        _ => None,
    }
}
