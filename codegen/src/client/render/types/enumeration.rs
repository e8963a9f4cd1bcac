//! Enumerations.

use super::doc;
use crate::client::model::{EnumValue, TypeDef};
use crate::client::render::writer::{Writer, literal};

/// Writes an enumeration of texts.
pub(super) fn texts(w: &mut Writer, ty: &TypeDef, values: &[EnumValue]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq, Eq, Hash)]");
    w.open(&format!("pub enum {} {{", ty.rust));
    for value in values {
        value_doc(w, value);
        w.line(&format!("{},", value.rust));
    }
    w.line("/// A value that the document does not have.");
    w.line("Other(String),");
    w.close("}");
    w.line("");
    w.open(&format!("impl {} {{", ty.rust));
    w.line("/// The value as it goes over the wire.");
    w.open("pub fn as_str(&self) -> &str {");
    w.open("match self {");
    for value in values {
        w.line(&format!("Self::{} => {},", value.rust, literal(&value.wire)));
    }
    w.line("Self::Other(text) => text,");
    w.close("}");
    w.close("}");
    w.close("}");
    w.line("");
    w.open(&format!("impl From<String> for {} {{", ty.rust));
    w.open("fn from(text: String) -> Self {");
    w.open("match text.as_str() {");
    for value in values {
        w.line(&format!("{} => Self::{},", literal(&value.wire), value.rust));
    }
    w.line("_ => Self::Other(text),");
    w.close("}");
    w.close("}");
    w.close("}");
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.line("self.as_str().into()");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.line("String::from_json(json).map(Self::from)");
    w.close("}");
    if ty.offered {
        documented(w);
    }
    w.close("}");
}

/// Writes an enumeration of numbers, or of values of several types.
pub(super) fn values(w: &mut Writer, ty: &TypeDef, values: &[EnumValue]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub enum {} {{", ty.rust));
    for value in values {
        value_doc(w, value);
        w.line(&format!("{},", value.rust));
    }
    w.line("/// A value that the document does not have.");
    w.line("Other(Json),");
    w.close("}");
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.open("match self {");
    for value in values {
        w.line(&format!("Self::{} => Json::literal({}),", value.rust, literal(&value.wire)));
    }
    w.line("Self::Other(json) => json.clone(),");
    w.close("}");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.open("Ok(match json.plain().as_str() {");
    for value in values {
        w.line(&format!("{} => Self::{},", literal(&value.wire), value.rust));
    }
    w.line("_ => Self::Other(json),");
    w.close("})");
    w.close("}");
    if ty.offered {
        documented(w);
    }
    w.close("}");
}

/// Writes whether the document has the value.
pub(super) fn documented(w: &mut Writer) {
    w.line("");
    w.open("fn is_documented(&self) -> bool {");
    w.line("!matches!(self, Self::Other(_))");
    w.close("}");
}

fn value_doc(w: &mut Writer, value: &EnumValue) {
    let wire = value.wire.replace('`', "'");
    match value.doc.trim() {
        "" => w.doc(&format!("`{wire}`")),
        doc => w.doc(&format!("`{wire}`: {doc}")),
    }
}
