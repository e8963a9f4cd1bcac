//! What feeds the security schemes of a document, as it is written.

use super::{Set, Word};
use crate::tree::Span;

/// What feeds a security scheme.
#[derive(Debug)]
pub enum Feed {
    /// A setting.
    Setting(Word),
    /// Two settings, for basic auth.
    Basic {
        /// The user.
        user: Word,
        /// The password.
        password: Word,
    },
    /// A signature over the body.
    Sign(Sign),
    /// A token that a login call gives.
    Login(Box<Login>),
}

/// A signature over the bytes of the body.
#[derive(Debug)]
pub struct Sign {
    /// How it is made.
    pub algorithm: Algorithm,
    /// The setting with the key.
    pub key: Word,
    /// How it is written.
    pub encoding: Encoding,
}

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256; the key is a text.
    HmacSha256,
    /// RSA with SHA-256 (PKCS #1 v1.5); the key is in PEM.
    RsaSha256,
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hexadecimal digits.
    Hex,
    /// Base64 with padding.
    Base64,
}

/// A call that gives a token.
#[derive(Debug)]
pub struct Login {
    /// The provider's operation.
    pub call: Word,
    /// Parameters, with the section that they stand in.
    pub params: Vec<(Word, Set)>,
    /// The body.
    pub body: Option<(Span, Vec<Set>)>,
    /// Where the token stands in the answer.
    pub token: Word,
    /// How long it is good.
    pub expires: Option<Expires>,
    /// Where the provider's words stand when it gives none.
    pub message: Option<Word>,
    /// Statuses that say of a request that its token is not good any more.
    pub renew_on: Vec<(u16, Span)>,
    /// Where it stands.
    pub span: Span,
}

/// How long a token is good.
#[derive(Debug)]
pub enum Expires {
    /// For as many seconds as this field says.
    Seconds(Word),
    /// Until the time that this field says; the offset of one that states none.
    At(Word, Option<Word>),
    /// For so many seconds, as the document says.
    After(i64),
}

/// A header of which the document says nothing: its name and value are settings.
#[derive(Debug)]
pub struct OwnHeader {
    /// The setting with its name.
    pub header: Word,
    /// The setting with its value.
    pub value: Word,
    /// Where it stands.
    pub span: Span,
}
