//! Functions that make a value of what has to be there.

use super::writer::Writer;

/// A field as a constructor sees it.
pub(super) struct Member {
    pub(super) rust: String,
    pub(super) ty: String,
    /// What it is when nobody gives it, as code; `None` of one that has to be given.
    pub(super) absent: Option<String>,
    /// Whether it has to be there and has one value only.
    fixed: bool,
}

impl Member {
    /// A field that may be left out if its type has a value for that.
    pub(super) fn optional(rust: &str, ty: String) -> Self {
        let absent = match ty.split('<').next() {
            Some("Maybe") => "Maybe::Absent",
            Some("Vec") => "Vec::new()",
            _ => "None",
        };
        Self { rust: rust.to_owned(), ty, absent: Some(absent.to_owned()), fixed: false }
    }

    /// A field that is never anything else.
    pub(super) fn fixed(rust: &str, value: String) -> Self {
        Self { rust: rust.to_owned(), ty: String::new(), absent: Some(value), fixed: true }
    }

    /// The fields that the document does not name.
    pub(super) fn more() -> Self {
        Self { rust: "more".to_owned(), ty: String::new(), absent: Some("BTreeMap::new()".to_owned()), fixed: false }
    }

    /// A field that has to be given.
    pub(super) fn required(rust: &str, ty: String) -> Self {
        Self { rust: rust.to_owned(), ty, absent: None, fixed: false }
    }
}

/// Nobody reads a call with more arguments than these.
const MOST: usize = 8;

/// Writes `new`, for a type of which some fields have to be there and others need not: without such it is as soon written
/// out, and without the first it has a default.
pub(super) fn write(w: &mut Writer, rust: &str, generic: bool, members: &[Member]) {
    let (given, absent): (Vec<&Member>, Vec<&Member>) = members.iter().partition(|member| member.absent.is_none());
    let default = given.is_empty() && !members.iter().any(|member| member.fixed);
    if default || given.len() > MOST || absent.is_empty() {
        return;
    }
    w.line("");
    w.open(&if generic { format!("impl<F> {rust}<F> {{") } else { format!("impl {rust} {{") });
    w.line("/// With what has to be there, and nothing else.");
    let parameters: Vec<String> = given.iter().map(|member| format!("{}: {}", argument(member), member.ty)).collect();
    w.signature("pub fn new(", &parameters, ") -> Self {");
    let fields: Vec<String> = members
        .iter()
        .map(|member| match (&member.absent, argument(member)) {
            (Some(value), _) => format!("{}: {value}", member.rust),
            (None, argument) if argument == member.rust => argument,
            (None, argument) => format!("{}: {argument}", member.rust),
        })
        .collect();
    w.list("Self {", &fields, "}");
    w.close("}");
    w.close("}");
}

/// What a field is called as an argument. In a script without case a type may have the name of a field, and an argument
/// of the name of a type stands for the type.
fn argument(member: &Member) -> String {
    let cased = member.rust.starts_with(|c: char| c.is_lowercase() || c == '_');
    if cased { member.rust.clone() } else { format!("{}_", member.rust) }
}
