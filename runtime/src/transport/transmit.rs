//! One request and its reply, measured, and without our own credentials.

use std::time::Duration;

use kassa_core::call::noted_secrets;
use kassa_core::{Reply, Request};
use tokio::time::Instant;
use tracing::Instrument;

use super::{SendError, Transport};
use crate::account::Account;
use crate::clock::Clock;
use crate::dispatcher::retry_after;
use crate::measures::{self, Purpose};
use crate::redaction::Redaction;

/// Sends a request for some purpose; the reply, and the pause that it asks for.
pub(crate) async fn transmit(
    transport: &dyn Transport,
    clock: &dyn Clock,
    account: &Account,
    request: Request,
    purpose: Purpose,
) -> Result<(Reply, Option<Duration>), SendError> {
    let redaction = Redaction::of_secrets(account, secrets(&request));
    let span = tracing::info_span!(
        "exchange",
        purpose = purpose.name(),
        account = account.name,
        provider = account.provider.info().name,
        status = tracing::field::Empty,
        took_ms = tracing::field::Empty,
    );
    let under_way = measures::UnderWay::begin(account);
    let began = Instant::now();
    let sent = transport.send(account, request).instrument(span.clone()).await;
    drop(under_way);
    let took = began.elapsed();
    measures::exchanged(account, purpose, &sent, took);
    span.record("took_ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    let _entered = span.enter();
    match sent {
        Ok(reply) => {
            span.record("status", reply.status().as_u16());
            tracing::debug!(bytes = reply.body().len(), "answered");
            let reply = without(reply, &redaction);
            let pause = retry_after(reply.headers(), clock.now());
            Ok((reply, pause))
        }
        Err(error) => {
            tracing::info!(%error, "not answered");
            Err(error)
        }
    }
}

/// The credentials of a request: the values of its sensitive headers, of each the last word (`Bearer …`), and what is
/// noted to stand in it.
fn secrets(request: &Request) -> Vec<Vec<u8>> {
    let values = request.headers().values().filter(|value| value.is_sensitive()).map(|value| value.as_bytes());
    let noted = noted_secrets(request).map(|secret| secret.expose().as_bytes().to_vec());
    values.map(|value| value.rsplit(|byte| *byte == b' ').next().unwrap_or(value).to_vec()).chain(noted).collect()
}

/// A reply as it may be kept and shown: a provider that repeats our credentials does not get them into a journal.
fn without(reply: Reply, redaction: &Redaction) -> Reply {
    let (parts, body) = reply.into_parts();
    let body = redaction.clean(&body).map_or(body, Into::into);
    Reply::from_parts(parts, body)
}
