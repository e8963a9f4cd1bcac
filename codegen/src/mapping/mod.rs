//! A mapping as it is written: names are texts with positions, nothing is looked up yet.

mod callback;
mod lists;
mod read;
mod reply;
mod request;
mod security;

pub use callback::{Answer, CallbackKind, CallbackMap, MappedCallback, Proof, Verify};
pub use lists::{EachRead, PageBy, Pages};
pub use read::read;
pub use reply::{Give, OffsetFrom, Read, ReadVerb, Reply, Rule, Test, Then};
pub use request::{
    Absent, Call, ConstKind, Implied, Is, ListRow, Mapped, Mixed, Omit, OperationKind, OperationMap, Require, Required,
    Set, Take, Unit, Verb, When, With,
};
pub use security::{Algorithm, Encoding, Expires, Feed, Login, OwnHeader, Sign};

use crate::tree::Span;

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
    /// Where it is said, or due.
    pub title_span: Span,
    /// The document it captures.
    pub document: String,
    /// How doubt ends.
    pub doubt: Doubt,
    /// Where that stands.
    pub doubt_span: Span,
    /// Settings of an account.
    pub settings: Vec<Setting>,
    /// What feeds which security scheme; where that could not be read, the words that stand there.
    pub security: Vec<(Word, Result<Feed, Vec<Word>>)>,
    /// A header of which the document says nothing.
    pub own_header: Option<OwnHeader>,
    /// Where these stand.
    pub security_span: Option<Span>,
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
    /// What of the document nothing speaks of, with the reason: an operation, a schema, a member of one, an example.
    pub ignore: Vec<(Word, String)>,
    /// What the provider sends by itself.
    pub callbacks: Vec<CallbackMap>,
    /// Where that stands.
    pub callbacks_span: Option<Span>,
    /// What is there and could not be read.
    pub unread: Unread,
}

/// Names of things that are there and could not be read: an error tells of each, so what names them is not told as
/// well.
#[derive(Debug, Default)]
pub struct Unread {
    /// Settings.
    pub settings: Vec<String>,
    /// Tables.
    pub tables: Vec<String>,
    /// Error tables.
    pub errors: Vec<String>,
    /// Whether some of the statuses could not be read.
    pub statuses: bool,
}

/// How doubt ends (F6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Repeat with the same key; remembered for so many days.
    Keyed(Option<i64>),
    /// Ask by key; visible after so many seconds, if the document says so.
    Locatable(Option<i64>),
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
    /// Where that could not be read, the words that stand there; the cell is then nothing.
    pub broken: Option<Vec<Word>>,
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

impl Row {
    /// The codes that it gives, whatever the settings are.
    pub fn codes(&self) -> impl Iterator<Item = &Word> {
        let (one, decided) = match &self.cell {
            Cell::Code { code, .. } => (Some(code), &[][..]),
            Cell::Decided { when, .. } => (None, &when[..]),
            Cell::Unsupported(_) => (None, &[][..]),
        };
        one.into_iter().chain(decided.iter().map(|(_, code)| code)).chain(self.broken.iter().flatten())
    }
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
    /// The class; none where it could not be read.
    pub class: Option<Word>,
    /// A later attempt needs a new key.
    pub new_key: bool,
    /// What it means.
    pub about: String,
}

/// The minutes ahead of UTC that an offset such as `+03:00` states.
#[must_use]
pub fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 15 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
