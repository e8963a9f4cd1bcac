//! A mapping as it is written: names are texts with positions, nothing is looked up yet.

mod read;

pub use read::read;

use crate::source::Span;

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A `mapping.yaml`.
#[derive(Debug)]
pub struct Mapping {
    /// Its name for people.
    pub title: String,
    /// The document it captures.
    pub document: String,
    /// How doubt ends.
    pub doubt: Doubt,
    /// Settings of an account.
    pub settings: Vec<Setting>,
    /// Which setting feeds which security scheme.
    pub security: Vec<(Word, Word)>,
    /// What statuses mean, whichever operation they answer.
    pub statuses: Vec<Status>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Error tables.
    pub errors: Vec<ErrorTable>,
    /// Operations.
    pub operations: Vec<OperationMap>,
    /// Where the operations stand.
    pub operations_span: Span,
}

/// How doubt ends (F6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Repeat with the same key; remembered for so many days.
    Keyed(Option<i64>),
    /// Ask by key; visible after so many seconds.
    Locatable(i64),
    /// An operator decides.
    Blind,
}

/// A setting of an account.
#[derive(Debug)]
pub struct Setting {
    /// Its name.
    pub name: Word,
    /// What it may be.
    pub kind: SettingKind,
    /// Whether it may be left out.
    pub optional: bool,
    /// What it is when left out.
    pub default: Option<String>,
    /// What it decides.
    pub about: String,
}

/// What a setting may be.
#[derive(Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// Any text.
    Text,
    /// A secret.
    Secret,
    /// True or false.
    Bool,
    /// An offset from UTC.
    Offset,
    /// One of these.
    OneOf(Vec<String>),
}

/// What a status means.
#[derive(Debug)]
pub struct Status {
    /// The status.
    pub code: u16,
    /// What follows.
    pub then: Then,
    /// Where it stands.
    pub span: Span,
}

/// A table between an enumeration and the provider's codes.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: Word,
    /// The enumeration.
    pub uniform: Word,
    /// The provider's enum; without one the codes are whole numbers.
    pub provider: Option<Word>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Codes that no uniform value has, with what they mean.
    pub other_codes: Vec<(Word, String)>,
}

/// A row of a [`Table`].
#[derive(Debug)]
pub struct Row {
    /// The uniform value.
    pub value: Word,
    /// What it becomes.
    pub cell: Cell,
}

/// What a uniform value becomes.
#[derive(Debug)]
pub enum Cell {
    /// A code.
    Code {
        /// The code.
        code: Word,
        /// The value that the code reads back as, when that is another one.
        reads_as: Option<Word>,
    },
    /// Nothing, for a reason.
    Unsupported(String),
    /// What a setting decides; refused until it does.
    Decided {
        /// The setting.
        setting: Word,
        /// The code for each choice that gives one.
        when: Vec<(Word, Word)>,
    },
}

/// A table of the provider's error codes.
#[derive(Debug)]
pub struct ErrorTable {
    /// Its name.
    pub name: Word,
    /// What stands before a code when it is shown.
    pub prefix: String,
    /// The property whose `x-error-codes` it has to cover: `Schema.property`.
    pub codes: Option<Word>,
    /// Its rows.
    pub rows: Vec<ErrorRow>,
}

/// A row of an [`ErrorTable`].
#[derive(Debug)]
pub struct ErrorRow {
    /// The code.
    pub code: Word,
    /// The class.
    pub class: Word,
    /// A later attempt needs a new key.
    pub new_key: bool,
    /// What it means.
    pub about: String,
}

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
}

/// A mapped operation.
#[derive(Debug)]
pub struct Mapped {
    /// The provider's operation.
    pub call: Word,
    /// Parameters in the path, the query and headers.
    pub params: Vec<Set>,
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
    /// The value that is true then; `otherwise` for what the model takes an absent value to be.
    pub is: Word,
    /// Why.
    pub reason: String,
}

/// What an answer means.
#[derive(Debug)]
pub struct Reply {
    /// The statuses.
    pub statuses: Vec<u16>,
    /// Where they stand.
    pub span: Span,
    /// How the body is read.
    pub read: Option<(Span, Vec<Read>)>,
    /// Rules, the first that fits decides.
    pub outcome: Vec<Rule>,
}

/// A field of an answer and what becomes of it.
#[derive(Debug)]
pub struct Read {
    /// The provider's name of the field.
    pub name: Word,
    /// What becomes of it.
    pub verb: ReadVerb,
}

/// What becomes of a field of an answer.
#[derive(Debug)]
pub enum ReadVerb {
    /// It is given to the result.
    Give(Give),
    /// It has to be the key.
    ExpectKey(Span),
    /// Rules look at it.
    Match(Span),
    /// Nothing, for a reason.
    Ignore,
    /// Its own fields are read.
    Fields(Vec<Read>),
}

/// A field of the result and how it is converted.
#[derive(Debug)]
pub struct Give {
    /// The path in the result.
    pub path: Word,
    /// The table.
    pub table: Option<Word>,
    /// The unit.
    pub unit: Option<Word>,
    /// The offset of a time that states none.
    pub offset: Option<OffsetFrom>,
    /// Year, month, day, hour, minute and second of a time that is in parts.
    pub parts: Vec<Word>,
}

/// Where an offset comes from.
#[derive(Debug)]
pub enum OffsetFrom {
    /// From the mapping.
    Fixed(Word),
    /// From the account.
    Setting(Word),
}

/// A rule of an outcome.
#[derive(Debug)]
pub struct Rule {
    /// What has to be true: paths and tests.
    pub when: Vec<(Word, Test)>,
    /// What follows.
    pub then: Then,
    /// Where it stands.
    pub span: Span,
}

/// A test of a field.
#[derive(Debug)]
pub enum Test {
    /// It is one of these.
    Is(Vec<Word>),
    /// It is there, and not null.
    Present(Span),
    /// It is not there, or null.
    Absent(Span),
    /// It is a number other than 0.
    Nonzero(Span),
}

/// What follows from an answer.
#[derive(Debug)]
pub enum Then {
    /// It is registered.
    Registered(Span),
    /// It was accepted, and is not decided yet.
    Pending(Span),
    /// An error table tells.
    Error {
        /// The table.
        table: Word,
        /// The field with the code.
        code: Word,
        /// The field with the provider's words.
        message: Option<Word>,
    },
    /// It is of this class.
    Class {
        /// The class.
        class: Word,
        /// A later attempt needs a new key.
        new_key: bool,
        /// The field with the provider's words.
        message: Option<Word>,
        /// What it means.
        about: String,
    },
}
