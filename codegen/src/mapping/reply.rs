//! What answers mean, as it is written.

use super::{EachRead, Word};
use crate::tree::Span;

/// What an answer means.
#[derive(Debug)]
pub struct Reply {
    /// The statuses.
    pub statuses: Vec<u16>,
    /// Where they stand.
    pub span: Span,
    /// How the body is read.
    pub read: Option<(Span, Vec<Read>)>,
    /// How a body that is a list is read.
    pub elements: Option<(Span, EachRead)>,
    /// Rules, the first that fits decides; none only where they could not be read.
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
    /// It is given to the result, as each of these.
    Give(Vec<Give>),
    /// It has to be the key.
    ExpectKey(Span),
    /// It has to be this.
    Expect(Word),
    /// It is compared with what was sent at this path of the body.
    Compare(Word),
    /// It is the key by which a callback names its submission.
    FindKey(Span),
    /// Rules look at it.
    Match(Span),
    /// Nothing, for a reason.
    Ignore,
    /// Its own fields are read.
    Fields(Vec<Read>),
    /// Each of its elements is read.
    Each(EachRead),
    /// Could not be read.
    Broken,
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
    /// The value of this name in a text such as `a=1&b=2`.
    pub query: Option<Word>,
    /// How a date or a time is written.
    pub format: Option<Word>,
    /// The offset of a time that states none.
    pub offset: Option<OffsetFrom>,
    /// An earlier time counts as none.
    pub none_before: Option<Word>,
    /// `zero`: a number that is 0 counts as none.
    pub omit: Option<Word>,
    /// A text such as `a=1&b=2` whose value of this name is 0 counts as none.
    pub none_if_zero: Option<Word>,
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
    /// It is a text that contains one of these.
    Contains(Vec<Word>),
    /// Could not be read.
    Broken,
}

/// What follows from an answer.
#[derive(Debug)]
pub enum Then {
    /// It is registered.
    Registered(Span),
    /// A query is answered.
    Answered(Span),
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
    /// Could not be read.
    Broken,
}
