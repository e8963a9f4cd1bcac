//! The spans on the way of a receipt. Whatever works on a submission, and whenever, does it in a span of the same name
//! and fields, so that logs of different processes and days can be joined.
//!
//! The key stands in them: it is the merchant's own number of an order, and what everybody looks for. Nothing of what is
//! submitted, sent or answered does (F10).

use tracing::Span;
use tracing::field::Empty;

use crate::account::Account;
use crate::journal::{Attempt, EntryId};

/// Some work on a submission: `submit`, `status`, `resume`, `callback` or `resolve`.
pub(super) fn submission(id: &EntryId, work: &'static str) -> Span {
    // At the level of the gravest event in it: whatever a filter lets through tells whose it is.
    tracing::error_span!(
        "submission",
        tenant = id.tenant,
        key = id.key,
        work,
        operation = Empty,
        account = Empty,
        outcome = Empty,
    )
}

/// One attempt of it.
pub(super) fn attempt(account: &Account, attempt: &Attempt) -> Span {
    tracing::info_span!(
        "attempt",
        account = account.name,
        provider = account.provider.info().name,
        attempt = attempt.n,
        provider_key = attempt.provider_key,
    )
}
