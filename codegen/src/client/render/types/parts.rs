//! Structs of the parts of multipart bodies.

use super::{Types, doc, field_doc};
use crate::client::model::{Part, TypeDef, TypeKind};
use crate::client::render::writer::{Writer, literal};

/// Whether a type has parts that need not be in memory.
pub(in crate::client::render) fn has_files(ty: &TypeDef) -> bool {
    matches!(&ty.kind, TypeKind::Parts(parts) if parts.iter().any(|part| part.file))
}

/// Writes the parts of a body.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef, parts: &[Part]) {
    let files = has_files(ty);
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub struct {}{} {{", ty.rust, if files { "<F = Bytes>" } else { "" }));
    for part in parts {
        field_doc(w, &part.field);
        let name = match (part.file, part.list) {
            (true, true) => "Vec<File<F>>".to_owned(),
            (true, false) if part.field.required => "File<F>".to_owned(),
            (true, false) => "Option<File<F>>".to_owned(),
            (false, _) => types.of_field(&part.field, part.field.required),
        };
        w.field(&part.field.rust, &name);
    }
    w.close("}");
    w.line("");
    let of = &ty.rust;
    w.open(&if files { format!("impl<F: Into<stream::Body>> {of}<F> {{") } else { format!("impl {of} {{") });
    w.line("/// The parts of the body.");
    w.open(&format!("pub fn into_parts(self) -> Multipart{} {{", if files { "<F>" } else { "" }));
    w.line("let mut parts = Multipart::default();");
    for part in parts {
        let (wire, rust) = (literal(&part.field.wire), &part.field.rust);
        let media_type =
            part.media_type.as_deref().map_or("None".to_owned(), |text| format!("Some({})", literal(text)));
        let from = match (part.file, part.list) {
            (true, true) => format!("for file in self.{rust} {{"),
            (true, false) if part.field.required => {
                w.line(&format!("parts.file({wire}, self.{rust}, {media_type});"));
                continue;
            }
            (true, false) => format!("if let Some(file) = self.{rust} {{"),
            (false, _) => {
                w.line(&format!("parts.field({wire}, {media_type}, &self.{rust});"));
                continue;
            }
        };
        w.open(&from);
        w.line(&format!("parts.file({wire}, file, {media_type});"));
        w.close("}");
    }
    w.line("parts");
    w.close("}");
    w.close("}");
}
