//! What a provider does for an operation, as it is written.

use super::{OffsetFrom, Pages, Reply, Word};
use crate::tree::Span;

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

/// The operation of the provider that is called.
#[derive(Debug)]
pub enum Call {
    /// This one.
    Is(Word),
    /// What a field of the input decides.
    By {
        /// The field.
        path: Word,
        /// The operation for each of its values, or why there is none.
        when: Vec<(Word, Result<Word, String>)>,
    },
}

impl Call {
    /// The first operation that is named.
    #[must_use]
    pub fn first(&self) -> &Word {
        match self {
            Self::Is(word) => word,
            Self::By { path, when } => when.iter().find_map(|(_, call)| call.as_ref().ok()).unwrap_or(path),
        }
    }
}

/// A mapped operation.
#[derive(Debug)]
pub struct Mapped {
    /// The provider's operation.
    pub call: Call,
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
    /// How it is asked for page by page.
    pub pages: Option<Pages>,
    /// An error tells of these.
    pub broken_pages: bool,
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
    /// When it is set at all.
    pub when: When,
    /// Where its value comes from.
    pub verb: Verb,
}

/// What has to be true for a field to be sent: all of these.
pub type When = Vec<(Word, Is)>;

/// A test of what is sent, or of the input.
#[derive(Debug)]
pub enum Is {
    /// It is one of these.
    OneOf(Vec<Word>),
    /// It is stated.
    Present(Span),
    /// It is not stated.
    Absent(Span),
    /// It is not zero.
    Nonzero(Span),
}

/// An object that stands in a list if something is true.
#[derive(Debug)]
pub struct ListRow {
    /// What has to be true.
    pub when: When,
    /// What it is: `fields`, or `as` with fields.
    pub verb: Verb,
    /// Where it stands.
    pub span: Span,
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
        /// What is done when the items differ.
        mixed: Mixed,
    },
    /// Money of the items at hand, added up.
    Sum(Take),
    /// Always the same.
    Const(Word, ConstKind),
    /// From the account; an address may have a secret added when it is sent.
    Setting(Word, Absent, Option<With>),
    /// From its own fields.
    Fields(Vec<Set>),
    /// From its own fields, as this alternative of what may stand here.
    As(Word, Vec<Set>),
    /// Once for each element of a list: `fields`, `as` with fields, or `rows`.
    Each(Word, Box<Verb>),
    /// Once for each value that a field of the elements of a list has.
    Group {
        /// The list.
        list: Word,
        /// The field.
        by: Word,
        /// The fields of each object.
        sets: Vec<Set>,
    },
    /// These, in order.
    List(Vec<Verb>),
    /// Those of these whose time has come, in order.
    Rows(Vec<ListRow>),
    /// Never sent.
    Leave,
    /// Could not be read; the words that stand there.
    Broken(Vec<Word>),
}

/// A secret that is added to an address when it is sent, and at no other time.
#[derive(Debug)]
pub struct With {
    /// The query parameter that it becomes.
    pub query: Word,
    /// The setting that holds it.
    pub setting: Word,
}

/// What is done when the items differ in what is lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mixed {
    /// The field is left out.
    Omit,
    /// It is refused.
    Refuse,
    /// That of the first item is sent.
    First,
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
#[derive(Debug)]
pub struct Take {
    /// The path.
    pub path: Word,
    /// The table.
    pub table: Option<Word>,
    /// The unit.
    pub unit: Option<Unit>,
    /// How a date or a time is written.
    pub format: Option<Word>,
    /// The offset from UTC that a time is written in, where its format has none.
    pub zone: Option<OffsetFrom>,
    /// What is done with digits that would be lost: `refuse` or `round_half_up`.
    pub inexact: Option<Word>,
    /// What is done when the input has none.
    pub absent: Absent,
    /// Where that stands.
    pub absent_span: Option<Span>,
    /// What is left out although it is stated.
    pub omit: Option<(Omit, Span)>,
}

/// A unit, or the setting that decides it.
#[derive(Debug)]
pub enum Unit {
    /// This one.
    Is(Word),
    /// What a setting decides; refused until it does.
    Decided {
        /// The setting.
        setting: Word,
        /// The unit for each choice that gives one.
        when: Vec<(Word, Word)>,
    },
}

/// What is left out although it is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Omit {
    /// Money that is zero.
    Zero,
    /// A text without characters.
    Empty,
}

/// What is done when the input has no value.
#[derive(Debug)]
pub enum Absent {
    /// The field is left out.
    Omit,
    /// It is refused for a reason, if something is true.
    Refuse(String, Span, When),
    /// A setting is sent.
    Setting(Word),
}

/// Something that has to be true of the input.
#[derive(Debug)]
pub struct Require {
    /// What.
    pub what: Required,
    /// Why.
    pub reason: String,
}

/// What has to be true of the input.
#[derive(Debug)]
pub enum Required {
    /// These money fields come to that one.
    Sum(Vec<Word>, Word),
    /// The field is what the model takes an absent value to be.
    Otherwise(Word),
    /// An element with this field at one of these values is the only one of its list.
    Alone(Word, Vec<Word>),
    /// The account has this setting.
    Setting(Word),
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
