//! What a provider sends by itself, as it is written.

use super::{Reply, Set, Word};
use crate::spec::Place;
use crate::tree::Span;

/// What becomes of a callback of the document.
#[derive(Debug)]
pub struct CallbackMap {
    /// Its name.
    pub name: Word,
    /// How it is mapped.
    pub kind: CallbackKind,
}

/// How a callback is mapped.
#[derive(Debug)]
pub enum CallbackKind {
    /// It is not listened to, for a reason.
    Unsupported(String),
    /// So.
    Mapped(Box<MappedCallback>),
    /// Could not be read.
    Broken,
}

/// A callback that is listened to.
#[derive(Debug)]
pub struct MappedCallback {
    /// What tells it from a forged one.
    pub verify: Verify,
    /// Where that stands.
    pub verify_span: Span,
    /// Parameters that are not looked at, for a reason.
    pub ignore: Vec<Word>,
    /// How its body is read, and what it proves; without statuses.
    pub told: Reply,
    /// What the provider takes for "received"; none where it could not be read.
    pub answer: Option<Answer>,
}

/// What tells a callback from a forged one.
#[derive(Debug)]
pub enum Verify {
    /// Nothing, for a reason.
    None(String),
    /// All of these.
    All(Vec<Proof>),
    /// Could not be read; the words that stand there.
    Broken(Vec<Word>),
}

/// A parameter that has to be what a setting says.
#[derive(Debug)]
pub struct Proof {
    /// Where it stands.
    pub place: Place,
    /// Its name.
    pub name: Word,
    /// The setting.
    pub setting: Word,
}

/// An answer to a callback.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Where that stands.
    pub span: Span,
    /// Its body.
    pub body: Option<(Span, Vec<Set>)>,
}
