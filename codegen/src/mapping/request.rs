//! What a provider does for an operation, as it is written.

use super::{Reply, Word};
use crate::source::Span;

/// What a provider does for a uniform operation.
#[derive(Debug)]
pub struct OperationMap {
    /// The uniform operation.
    pub name: Word,
    /// How it is mapped.
    pub kind: OperationKind,
}

/// How an operation is mapped.
#[derive(Debug)]
pub enum OperationKind {
    /// It is not, for a reason.
    Unsupported(String),
    /// Through an operation of the provider.
    Mapped(Box<Mapped>),
    /// Could not be read.
    Broken,
}

/// A mapped operation.
#[derive(Debug)]
pub struct Mapped {
    /// The provider's operation.
    pub call: Word,
    /// Parameters, with the section that they stand in: `path`, `query` or `header`.
    pub params: Vec<(Word, Set)>,
    /// The body.
    pub body: Option<(Span, Vec<Set>)>,
    /// What has to be true of the input.
    pub require: Vec<Require>,
    /// What the provider carries without saying it.
    pub implied: Vec<Implied>,
    /// What is refused when it is stated.
    pub refuse: Vec<(Word, String)>,
    /// What is left out.
    pub drop: Vec<(Word, String)>,
    /// What answers mean.
    pub replies: Vec<Reply>,
    /// Where that stands.
    pub reply_span: Span,
    /// Whether all of the answers could be read.
    pub replies_whole: bool,
    /// An error tells of a section that may be any of these.
    pub unknown_section: bool,
}

/// A field of the provider and what it is set to.
#[derive(Debug)]
pub struct Set {
    /// The provider's name of the field.
    pub name: Word,
    /// Where its value comes from.
    pub verb: Verb,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub enum Verb {
    /// From the input.
    Take(Take),
    /// From what all items have in common.
    Lift {
        /// Which field of the items.
        take: Take,
        /// The field is left out when the items differ; otherwise that is refused.
        omit_mixed: bool,
    },
    /// Always the same.
    Const(Word, ConstKind),
    /// From the account.
    Setting(Word, Absent),
    /// From its own fields.
    Fields(Vec<Set>),
    /// Once for each element of a list.
    Each(Word, Vec<Set>),
    /// These, in order.
    List(Vec<Verb>),
    /// Never sent.
    Leave,
    /// Could not be read; the words that stand there.
    Broken(Vec<Word>),
}

/// What kind of literal a constant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstKind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// True or false.
    Bool,
}

/// A field of the input and how it is converted.
#[derive(Debug, Clone)]
pub struct Take {
    /// The path.
    pub path: Word,
    /// The table.
    pub table: Option<Word>,
    /// The unit.
    pub unit: Option<Word>,
    /// What is done with digits that would be lost: `refuse` or `round_half_up`.
    pub inexact: Option<Word>,
    /// What is done when the input has none.
    pub absent: Absent,
    /// Where that stands.
    pub absent_span: Option<Span>,
    /// Zero is left out.
    pub omit_zero: Option<Span>,
}

/// What is done when the input has no value.
#[derive(Debug, Clone)]
pub enum Absent {
    /// The field is left out.
    Omit,
    /// It is refused, for a reason.
    Refuse(String, Span),
    /// A setting is sent.
    Setting(Word),
}

/// Something that has to be true of the input.
#[derive(Debug)]
pub struct Require {
    /// Money fields that are added up.
    pub sum: Vec<Word>,
    /// What they have to come to.
    pub equals: Word,
    /// Why.
    pub reason: String,
}

/// A field that the provider carries without saying it.
#[derive(Debug)]
pub struct Implied {
    /// The field.
    pub path: Word,
    /// The value that is true then; `otherwise` for what the model takes an absent value to be. None where it could
    /// not be read.
    pub is: Option<Word>,
    /// Why.
    pub reason: String,
}
