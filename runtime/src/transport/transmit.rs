//! One request and its reply, from which our own credentials are taken out.

use std::time::Duration;

use kassa_core::call::noted_secrets;
use kassa_core::{Reply, Request};

use super::{SendError, Transport};
use crate::account::Account;
use crate::clock::Clock;
use crate::dispatcher::retry_after;

/// Sends a request; the reply, and the pause that it asks for.
pub(crate) async fn transmit(
    transport: &dyn Transport,
    clock: &dyn Clock,
    account: &Account,
    request: Request,
) -> Result<(Reply, Option<Duration>), SendError> {
    let secrets = secrets(&request);
    let reply = without(transport.send(account, request).await?, &secrets);
    let pause = retry_after(reply.headers(), clock.now());
    Ok((reply, pause))
}

/// The credentials of a request: the values of its sensitive headers, of each the last word (`Bearer …`), and what is
/// noted to stand in it.
fn secrets(request: &Request) -> Vec<Vec<u8>> {
    let values = request.headers().values().filter(|value| value.is_sensitive()).map(|value| value.as_bytes());
    let noted = noted_secrets(request).map(|secret| secret.expose().as_bytes().to_vec());
    values
        .map(|value| value.rsplit(|byte| *byte == b' ').next().unwrap_or(value).to_vec())
        .chain(noted)
        .filter(|secret| !secret.is_empty())
        .collect()
}

/// A reply as it may be kept and shown: a provider that repeats our credentials does not get them into a journal.
fn without(reply: Reply, secrets: &[Vec<u8>]) -> Reply {
    let (parts, body) = reply.into_parts();
    let holds = |body: &[u8], secret: &[u8]| body.windows(secret.len()).any(|window| window == secret);
    if !secrets.iter().any(|secret| holds(&body, secret)) {
        return Reply::from_parts(parts, body);
    }
    let mut clean = Vec::with_capacity(body.len());
    let mut rest = &body[..];
    while let Some(byte) = rest.first() {
        match secrets.iter().find(|secret| rest.starts_with(secret)) {
            Some(secret) => {
                clean.extend_from_slice(b"<secret>");
                rest = &rest[secret.len()..];
            }
            None => {
                clean.push(*byte);
                rest = &rest[1..];
            }
        }
    }
    Reply::from_parts(parts, clean.into())
}
