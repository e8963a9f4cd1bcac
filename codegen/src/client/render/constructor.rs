//! Functions that make a value of what has to be there.

use super::writer::Writer;

/// A field as a constructor sees it.
pub(super) struct Member {
    pub(super) rust: String,
    pub(super) ty: String,
    /// What it is when nobody gives it; `None` of one that has to be given.
    pub(super) absent: Option<&'static str>,
}

impl Member {
    /// A field that may be left out if its type has a value for that.
    pub(super) fn optional(rust: &str, ty: String) -> Self {
        let absent = if ty.starts_with("Maybe<") { "Maybe::Absent" } else { "None" };
        Self { rust: rust.to_owned(), ty, absent: Some(absent) }
    }

    /// A field that has to be given.
    pub(super) fn required(rust: &str, ty: String) -> Self {
        Self { rust: rust.to_owned(), ty, absent: None }
    }
}

/// Nobody reads a call with more arguments than these.
const MOST: usize = 8;
/// Fewer fields than these are as soon written out.
const WORTH: usize = 2;

/// Writes `new`, for a type of which some fields have to be there and several need not: others are written out, or have
/// a default.
pub(super) fn write(w: &mut Writer, rust: &str, generic: bool, members: &[Member]) {
    let (given, absent): (Vec<&Member>, Vec<&Member>) = members.iter().partition(|member| member.absent.is_none());
    if given.is_empty() || given.len() > MOST || absent.len() < WORTH {
        return;
    }
    w.line("");
    w.open(&if generic { format!("impl<F> {rust}<F> {{") } else { format!("impl {rust} {{") });
    w.line("/// With what has to be there, and nothing else.");
    let parameters: Vec<String> = given.iter().map(|member| format!("{}: {}", member.rust, member.ty)).collect();
    w.signature("pub fn new(", &parameters, ") -> Self {");
    let fields: Vec<String> = members
        .iter()
        .map(|member| member.absent.map_or_else(|| member.rust.clone(), |value| format!("{}: {value}", member.rust)))
        .collect();
    w.list("Self {", &fields, "}");
    w.close("}");
    w.close("}");
}
