//! A journal, written out.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::schema;
use super::statements::{find, resolution};
use super::upkeep::ids;
use super::{SqliteJournal, callbacks, exchanges};
use crate::journal::{
    Attempt, Effect, Entry, Fate, JournalError, KeptCallback, KeptExchange, Resolution, Sent, State, StoredRequest,
};
use crate::outcome::{Outcome, Reason};

/// An entry as it is written out.
#[derive(Debug, Serialize)]
pub struct Exported {
    key: String,
    hash: String,
    state: State,
    accepted_at: Timestamp,
    changed_at: Timestamp,
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submission: Option<serde_json::Value>,
    attempts: Vec<ExportedAttempt>,
    exchanges: Vec<ExportedExchange>,
    callbacks: Vec<ExportedCallback>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<ExportedResolution>,
}

#[derive(Debug, Serialize)]
struct ExportedAttempt {
    account: String,
    provider_key: String,
    provider_id: Option<String>,
    sends: u32,
    first_sent_at: Option<Timestamp>,
    fate: Option<&'static str>,
    status: Option<u16>,
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<ExportedRequest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExportedRequest {
    method: String,
    uri: String,
    body: String,
}

#[derive(Debug, Serialize)]
struct ExportedExchange {
    attempt: u32,
    sent: &'static str,
    began_at: Timestamp,
    ended_at: Timestamp,
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    class: Option<String>,
    code: Option<String>,
    times: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<ExportedRequest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExportedCallback {
    callback: String,
    attempt: u32,
    verified: bool,
    times: u32,
    came_at: Timestamp,
    effect: Option<&'static str>,
    about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExportedResolution {
    by: String,
    evidence: String,
    at: Timestamp,
}

impl SqliteJournal {
    /// Writes every entry of the journal at `path` out, the oldest first; with what was submitted, sent and answered if
    /// `content` says so. Blocks for as long as that takes.
    ///
    /// # Errors
    /// When the journal cannot be read, or `write` fails.
    pub fn export<E: From<JournalError>>(
        path: impl AsRef<Path>,
        content: bool,
        mut write: impl FnMut(&Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        let connection = schema::open_to_read(path.as_ref())?;
        for id in ids(&connection)? {
            let Some(entry) = find(&connection, &id)? else { continue };
            let exchanges = exchanges::of_entry(&connection, &id)?;
            let callbacks = callbacks::of_entry(&connection, &id)?;
            let resolution = resolution(&connection, &id)?;
            write(&exported(entry, exchanges, callbacks, resolution, content))?;
        }
        Ok(())
    }
}

fn exported(
    entry: Entry,
    exchanges: Vec<KeptExchange>,
    callbacks: Vec<KeptCallback>,
    resolution: Option<Resolution>,
    content: bool,
) -> Exported {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let request = |kept: StoredRequest| ExportedRequest { method: kept.method, uri: kept.uri, body: text(&kept.body) };
    let attempt = |attempt: Attempt| ExportedAttempt {
        account: attempt.account,
        provider_key: attempt.provider_key,
        provider_id: attempt.provider_id,
        sends: attempt.sends,
        first_sent_at: attempt.first_sent_at,
        fate: attempt.fate.map(Fate::name),
        status: attempt.reply.as_ref().map(|reply| reply.status),
        reason: attempt.reason,
        request: content.then(|| request(attempt.request)),
        reply: attempt.reply.filter(|_| content).map(|reply| text(&reply.body)),
    };
    let exchange = |KeptExchange { exchange, times, .. }: KeptExchange| {
        let (reply, failure) = match exchange.answer {
            Ok(reply) => (Some(reply), None),
            Err(why) => (None, Some(why)),
        };
        let sent = exchange.sent.name();
        let question = match exchange.sent {
            Sent::Question(asked) if content => Some(request(asked)),
            Sent::Question(_) | Sent::Request => None,
        };
        ExportedExchange {
            attempt: exchange.attempt,
            sent,
            began_at: exchange.began_at,
            ended_at: exchange.ended_at,
            status: reply.as_ref().map(|reply| reply.status),
            failure,
            class: exchange.class,
            code: exchange.code,
            times,
            question,
            reply: reply.filter(|_| content).map(|reply| text(&reply.body)),
        }
    };
    let callback = |kept: KeptCallback| ExportedCallback {
        callback: kept.callback,
        attempt: kept.attempt,
        verified: kept.verified,
        times: kept.times,
        came_at: kept.came_at,
        effect: kept.effect.map(Effect::name),
        about: kept.about,
        body: content.then(|| text(&kept.body)),
    };
    Exported {
        submission: if content { serde_json::from_str(&entry.submission).ok() } else { None },
        key: entry.id.key,
        hash: entry.hash,
        state: entry.state,
        accepted_at: entry.accepted_at,
        changed_at: entry.changed_at,
        outcome: entry.outcome,
        attempts: entry.attempts.into_iter().map(attempt).collect(),
        exchanges: exchanges.into_iter().map(exchange).collect(),
        callbacks: callbacks.into_iter().map(callback).collect(),
        resolution: resolution.map(|kept| ExportedResolution { by: kept.by, evidence: kept.evidence, at: kept.at }),
    }
}
