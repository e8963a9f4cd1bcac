//! Structs of the parts of multipart bodies.

use super::checks::{checks, closure};
use super::structure::member;
use super::{Types, doc, field_doc};
use crate::client::model::{More, Part, TypeDef, TypeKind};
use crate::client::render::constructor::{self, Member};
use crate::client::render::writer::{Writer, literal};

/// Whether a type has parts that need not be in memory.
pub(in crate::client::render) fn has_files(ty: &TypeDef) -> bool {
    let TypeKind::Parts { parts, more } = &ty.kind else { return false };
    parts.iter().any(|part| part.file) || more.as_ref().is_some_and(|more| more.file)
}

/// Writes the parts of a body.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef, parts: &[Part], more: Option<&More>) {
    let files = has_files(ty);
    let default = parts.iter().all(|part| !part.field.required);
    doc(w, ty);
    w.line(if default { "#[derive(Debug, Clone, PartialEq, Default)]" } else { "#[derive(Debug, Clone, PartialEq)]" });
    w.open(&format!("pub struct {}{} {{", ty.rust, if files { "<F = Bytes>" } else { "" }));
    for part in parts {
        field_doc(w, &part.field);
        w.field(&part.field.rust, &type_of(types, part));
    }
    if let Some(more) = more {
        w.line("/// Parts that the document does not name.");
        let of = file_type(more.file, more.list).unwrap_or_else(|| types.full(&more.of));
        w.field("more", &format!("BTreeMap<String, {of}>"));
    }
    w.close("}");
    let members = parts.iter().map(|part| member_of(types, ty, part)).chain(more.map(|_| Member::more()));
    constructor::write(w, &ty.rust, files, &members.collect::<Vec<_>>());
    w.line("");
    into_parts(w, types, ty, parts, more);
}

fn into_parts(w: &mut Writer, types: Types<'_>, ty: &TypeDef, parts: &[Part], more: Option<&More>) {
    let (rust, files) = (&ty.rust, has_files(ty));
    w.open(&if files { format!("impl<F: Into<stream::Body>> {rust}<F> {{") } else { format!("impl {rust} {{") });
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
                closure(w, &format!("parts.check({wire}, &self.{rust}, "), &checks(types, &part.field.of));
                w.line(&format!("parts.field({wire}, {media_type}, &self.{rust});"));
                continue;
            }
        };
        w.open(&from);
        w.line(&format!("parts.file({wire}, file, {media_type});"));
        w.close("}");
    }
    match more {
        Some(More { file: true, list: true, .. }) => w.line("parts.more_lists(self.more);"),
        Some(More { file: true, .. }) => w.line("parts.more_files(self.more);"),
        Some(more) => {
            closure(w, "parts.check_more(&self.more, ", &checks(types, &more.of));
            w.line("parts.more(&self.more);");
        }
        None => {}
    }
    w.line("parts");
    w.close("}");
    w.close("}");
}

/// The type of a part.
fn type_of(types: Types<'_>, part: &Part) -> String {
    match file_type(part.file, part.list) {
        Some(file) if part.list || part.field.required => file,
        Some(file) => format!("Option<{file}>"),
        None => types.of_field(&part.field, part.field.required),
    }
}

/// The type of a file, or of several; `None` of what is none.
fn file_type(file: bool, list: bool) -> Option<String> {
    file.then(|| if list { "Vec<File<F>>" } else { "File<F>" }.to_owned())
}

/// A part as the constructor sees it.
fn member_of(types: Types<'_>, ty: &TypeDef, part: &Part) -> Member {
    let (rust, of) = (&part.field.rust, type_of(types, part));
    match part.file {
        false => member(types, ty, &part.field),
        true if part.field.required => Member::required(rust, of),
        true => Member::optional(rust, of),
    }
}
