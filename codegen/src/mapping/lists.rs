//! Lists of answers, and the pages that a list comes in, as they are written.

use super::{Read, Word};
use crate::tree::Span;

/// A list of an answer that becomes a list of the result.
#[derive(Debug)]
pub struct EachRead {
    /// The list of the result.
    pub list: Word,
    /// What becomes of the fields of each element.
    pub fields: Vec<Read>,
}

/// How a list is asked for page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    /// What tells one page from another.
    pub by: PageBy,
    /// How many elements a page is asked to have, and where that stands.
    pub size: Option<(i64, Span)>,
    /// What is counted from.
    pub from: i64,
    /// Where it stands.
    pub span: Span,
}

/// What tells one page from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageBy {
    /// How many elements come before it.
    Offset,
    /// Its number.
    Number,
    /// What the answer before it said.
    Cursor,
}
