//! Structs of the parts of multipart bodies.

use super::{Types, doc, field_doc};
use crate::client::model::{Part, TypeDef};
use crate::client::render::writer::{Writer, literal};

/// Writes the parts of a body.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef, parts: &[Part]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub struct {} {{", ty.rust));
    for part in parts {
        field_doc(w, &part.field);
        let name = match (part.file, part.list) {
            (true, true) => "Vec<File>".to_owned(),
            (true, false) if part.field.required => "File".to_owned(),
            (true, false) => "Option<File>".to_owned(),
            (false, _) => types.of_field(&part.field, part.field.required),
        };
        w.field(&part.field.rust, &name);
    }
    w.close("}");
    w.line("");
    w.open(&format!("impl {} {{", ty.rust));
    w.line("/// The parts of the body.");
    w.open("pub fn to_parts(&self) -> Multipart {");
    w.line("let mut parts = Multipart::default();");
    for part in parts {
        let (wire, rust) = (literal(&part.field.wire), &part.field.rust);
        let media_type =
            part.media_type.as_deref().map_or("None".to_owned(), |text| format!("Some({})", literal(text)));
        let (from, body) = match (part.file, part.list) {
            (true, true) => {
                (format!("for file in &self.{rust} {{"), format!("parts.file({wire}, file, {media_type});"))
            }
            (true, false) if part.field.required => {
                (String::new(), format!("parts.file({wire}, &self.{rust}, {media_type});"))
            }
            (true, false) => {
                (format!("if let Some(file) = &self.{rust} {{"), format!("parts.file({wire}, file, {media_type});"))
            }
            (false, _) => (String::new(), format!("parts.field({wire}, {media_type}, &self.{rust});")),
        };
        if from.is_empty() {
            w.line(&body);
        } else {
            w.open(&from);
            w.line(&body);
            w.close("}");
        }
    }
    w.line("parts");
    w.close("}");
    w.close("}");
}
