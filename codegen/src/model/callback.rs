//! What becomes of a callback, resolved.

use super::{ReadPlan, ReadVerb, ReplyPlan, SetPlan, WirePath};
use crate::spec::{Place, TypeId};
use crate::tree::Span;

/// What becomes of a callback of the document.
#[derive(Debug)]
pub struct CallbackPlan {
    /// Its index in the API.
    pub callback: usize,
    /// Its name as written.
    pub span: Span,
    /// What becomes of it.
    pub kind: CallbackKind,
}

/// What becomes of a callback of the document.
#[derive(Debug)]
pub enum CallbackKind {
    /// It is not listened to.
    Unsupported(String),
    /// It is.
    Mapped(Box<MappedCallbackPlan>),
}

/// A callback that is listened to, resolved.
#[derive(Debug)]
pub struct MappedCallbackPlan {
    /// What it is held against.
    pub proofs: Vec<ProofPlan>,
    /// Why it is held against nothing: the provider gives no means to tell it from a forged one.
    pub unverified: Option<String>,
    /// Errors tell of some that are therefore missing.
    pub broken_proofs: bool,
    /// Parameters that are not looked at: index in the callback, and the name as written.
    pub ignore: Vec<(usize, Span)>,
    /// How its body is read, and what it proves; without responses.
    pub told: ReplyPlan,
    /// What the provider takes for "received"; none after a diagnostic.
    pub answer: Option<AnswerPlan>,
}

/// A parameter that has to be what a setting says.
#[derive(Debug)]
pub struct ProofPlan {
    /// Where it stands.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// Its index in the callback; none of a query parameter that stands in our address alone.
    pub param: Option<usize>,
    /// The setting.
    pub setting: usize,
    /// The name as written.
    pub span: Span,
}

/// An answer to a callback, resolved.
#[derive(Debug)]
pub struct AnswerPlan {
    /// Its index among the responses of the callback.
    pub response: usize,
    /// Its body: type and fields, and where it stands.
    pub body: Option<(TypeId, Vec<SetPlan>, Span)>,
    /// An error tells why there is no body.
    pub broken_body: bool,
    /// Where it stands.
    pub span: Span,
}

impl MappedCallbackPlan {
    /// Where its body has the key: the way through its objects, and the place of the line.
    #[must_use]
    pub fn keys(&self) -> Vec<(WirePath, Span)> {
        fn walk(ty: TypeId, reads: &[ReadPlan], so_far: &[(TypeId, usize)], found: &mut Vec<(WirePath, Span)>) {
            for read in reads {
                let path = [so_far, &[(ty, read.prop)]].concat();
                match &read.verb {
                    ReadVerb::FindKey(span) => found.push((WirePath(path), *span)),
                    ReadVerb::Fields(ty, reads) => walk(*ty, reads, &path, found),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        if let Some((ty, reads, _)) = &self.told.read {
            walk(*ty, reads, &[], &mut found);
        }
        found
    }
}
