//! The spans on the way of a receipt. Whatever works on a submission, and whenever, does it in a span of the same name
//! and fields, so that logs of different processes and days can be joined.
//!
//! The key stands in them: it is the merchant's own number of an order, and what everybody looks for. Nothing of what is
//! submitted, sent or answered does (F10).

use kassa_providers::uniform::Operation;
use tracing::Span;
use tracing::field::Empty;

use crate::account::Account;
use crate::journal::{Attempt, EntryId};

/// Some work on a submission: `submit`, `status`, `resume`, `callback` or `resolve`.
pub(super) fn submission(id: &EntryId, work: &'static str, operation: Option<Operation>) -> Span {
    let span = tracing::info_span!(
        "submission",
        tenant = id.tenant,
        key = id.key,
        work,
        operation = Empty,
        account = Empty,
        outcome = Empty,
    );
    if let Some(operation) = operation {
        span.record("operation", operation.name());
    }
    span
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
