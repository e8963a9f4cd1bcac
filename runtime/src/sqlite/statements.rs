//! What each command of the journal does to the tables.

use jiff::Timestamp;
use rusqlite::types::{FromSql, Type};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::leases::release;
use super::schema::error;
use super::{callbacks, exchanges};
use crate::journal::{
    Accepted, Attempt, Backlog, Effect, Entry, EntryId, Fate, JournalError, Lease, NewAttempt, NewEntry, NewExchange,
    Pin, Record, Resolution, State, StoredReply, StoredRequest, Tenure,
};

/// [`crate::Journal::accept`].
pub(super) fn accept(connection: &Connection, own: i64, new: NewEntry) -> Result<Accepted, JournalError> {
    let warnings = (!new.warnings.is_empty()).then(|| written(&new.warnings)).transpose()?;
    let added = connection
        .prepare_cached(
            "INSERT INTO entries (tenant, key, hash, submission, state, accepted_at, changed_at, warnings, lease_owner,
                 lease_fence, deadline)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, 1, ?9) ON CONFLICT (tenant, key) DO NOTHING",
        )
        .and_then(|mut insert| {
            let state = State::Accepted.name();
            let at = new.at.as_millisecond();
            let own = own.to_string();
            let deadline = new.deadline.map(Timestamp::as_millisecond);
            let NewEntry { id, hash, submission, .. } = &new;
            insert.execute(params![id.tenant, id.key, hash, submission, state, at, warnings, own, deadline])
        })
        .map_err(error)?;
    if added == 0 {
        let known = find(connection, &new.id)?;
        return known.map(Accepted::Known).ok_or_else(|| JournalError::Missing(new.id.key.clone()));
    }
    let lease = Lease { id: new.id.clone(), fence: 1 };
    let NewEntry { id, hash, submission, warnings, deadline, at } = new;
    // As it would be read: to the millisecond.
    let kept = |at: Timestamp| Timestamp::from_millisecond(at.as_millisecond());
    let at = kept(at).map_err(|_| JournalError::Missing(id.key.clone()))?;
    let deadline = deadline.map(kept).transpose().map_err(|_| JournalError::Missing(id.key.clone()))?;
    let entry = Entry {
        id,
        hash,
        submission,
        warnings,
        state: State::Accepted,
        outcome: None,
        attempts: Vec::new(),
        deadline,
        accepted_at: at,
        changed_at: at,
    };
    Ok(Accepted::New(entry, lease))
}

/// [`crate::Journal::find`].
pub(super) fn find(connection: &Connection, id: &EntryId) -> Result<Option<Entry>, JournalError> {
    let found = connection
        .prepare_cached(
            "SELECT id, hash, submission, state, outcome, accepted_at, changed_at, warnings, deadline FROM entries
             WHERE tenant = ?1 AND key = ?2",
        )
        .and_then(|mut select| {
            select
                .query_row(params![id.tenant, id.key], |row| {
                    let entry = Entry {
                        id: id.clone(),
                        hash: row.get(1)?,
                        submission: row.get(2)?,
                        warnings: json(row, 7)?.unwrap_or_default(),
                        state: named(row, 3, State::by_name)?,
                        outcome: json(row, 4)?,
                        attempts: Vec::new(),
                        deadline: perhaps(row, 8)?,
                        accepted_at: moment(row, 5)?,
                        changed_at: moment(row, 6)?,
                    };
                    Ok((row.get::<_, i64>(0)?, entry))
                })
                .optional()
        })
        .map_err(error)?;
    let Some((row, mut entry)) = found else { return Ok(None) };
    entry.attempts = attempts(connection, row).map_err(error)?;
    Ok(Some(entry))
}

fn attempts(connection: &Connection, entry: i64) -> rusqlite::Result<Vec<Attempt>> {
    let mut select = connection.prepare_cached(
        "SELECT n, account, provider_key, method, uri, headers, body, sends, first_sent_at, fate, new_key, status,
                response, reason, provider_id, accepted
         FROM attempts WHERE entry = ?1 ORDER BY n",
    )?;
    let rows = select.query_map([entry], |row| {
        let status: Option<u16> = row.get(11)?;
        let body: Option<Vec<u8>> = row.get(12)?;
        Ok(Attempt {
            n: row.get(0)?,
            account: row.get(1)?,
            provider_key: row.get(2)?,
            request: StoredRequest {
                method: row.get(3)?,
                uri: row.get(4)?,
                headers: row.get(5)?,
                body: row.get::<_, Vec<u8>>(6)?.into(),
            },
            sends: row.get(7)?,
            first_sent_at: perhaps(row, 8)?,
            fate: if row.get_ref(9)?.data_type() == Type::Null { None } else { Some(named(row, 9, Fate::by_name)?) },
            new_key: row.get(10)?,
            reply: status.map(|status| StoredReply { status, body: body.unwrap_or_default().into() }),
            reason: json(row, 13)?,
            provider_id: row.get(14)?,
            accepted: row.get(15)?,
        })
    })?;
    rows.collect()
}

/// [`crate::Journal::pin`].
pub(super) fn pin(connection: &Connection, own: i64, lease: &Lease, new: &NewAttempt) -> Result<Pin, JournalError> {
    let entry = change(connection, own, lease, |state| match state {
        // What may be registered has first to be recorded as surely not.
        State::Accepted | State::Pinned => Ok(State::Pinned),
        _ => Err(State::Pinned),
    })?;
    let taken: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM attempts WHERE provider_key = ?1 AND entry <> ?2)")
        .and_then(|mut select| select.query_row(params![new.provider_key, entry], |row| row.get(0)))
        .map_err(error)?;
    if taken {
        return Ok(Pin::KeyTaken);
    }
    let n: u32 = connection
        .prepare_cached(
            "UPDATE entries SET state = ?2, account = ?3, attempt = attempt + 1, outcome = NULL,
                 changed_at = max(changed_at, ?4)
             WHERE id = ?1 RETURNING attempt",
        )
        .and_then(|mut update| {
            let params = params![entry, State::Pinned.name(), new.account, new.at.as_millisecond()];
            update.query_row(params, |row| row.get(0))
        })
        .map_err(error)?;
    let request = &new.request;
    connection
        .prepare_cached(
            "INSERT INTO attempts (entry, n, account, provider_key, method, uri, headers, body, pinned_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )
        .and_then(|mut insert| {
            insert.execute(params![
                entry,
                n,
                new.account,
                new.provider_key,
                request.method,
                request.uri,
                request.headers,
                request.body.as_ref(),
                new.at.as_millisecond()
            ])
        })
        .map_err(error)?;
    Ok(Pin::Pinned(n))
}

/// [`crate::Journal::sent`].
pub(super) fn sent(
    connection: &Connection,
    own: i64,
    lease: &Lease,
    n: u32,
    at: Timestamp,
) -> Result<(), JournalError> {
    let entry = change(connection, own, lease, |state| match state {
        // A repeat: that the entry may be registered must stay known.
        State::Pending | State::InDoubt | State::Held => Ok(state),
        _ => Ok(State::Sent),
    })?;
    connection
        .prepare_cached(
            "UPDATE entries SET state = CASE state WHEN 'pinned' THEN 'sent' ELSE state END,
                 changed_at = max(changed_at, ?2)
             WHERE id = ?1",
        )
        .and_then(|mut update| update.execute(params![entry, at.as_millisecond()]))
        .map_err(error)?;
    let touched = connection
        .prepare_cached(
            "UPDATE attempts SET sends = sends + 1, first_sent_at = coalesce(first_sent_at, ?3), sent_at = ?3, fate = NULL
             WHERE entry = ?1 AND n = ?2",
        )
        .and_then(|mut update| update.execute(params![entry, n, at.as_millisecond()]))
        .map_err(error)?;
    if touched == 1 { Ok(()) } else { Err(JournalError::Missing(format!("{}, attempt {n}", lease.id.key))) }
}

/// [`crate::Journal::record`].
pub(super) fn record(
    connection: &Connection,
    own: i64,
    lease: &Lease,
    record: &Record,
) -> Result<Tenure, JournalError> {
    let id = &lease.id;
    let outcome = record.outcome.as_ref().map(written).transpose()?;
    let entry = match change(connection, own, lease, |_| Ok(record.state)) {
        Ok(entry) => entry,
        Err(_) if kept_already(connection, id, record.state, outcome.as_deref())? => {
            return let_go(connection, own, lease, record);
        }
        Err(error) => return Err(error),
    };
    exchanges::add(connection, entry, &record.exchanges)?;
    let at = record.at.as_millisecond();
    if let Some(callback) = record.callback {
        callbacks::weigh(connection, id, callback, Effect::Moved, None)?;
    }
    connection
        .prepare_cached("UPDATE entries SET state = ?2, outcome = ?3, changed_at = max(changed_at, ?4) WHERE id = ?1")
        .and_then(|mut update| update.execute(params![entry, record.state.name(), outcome, at]))
        .map_err(error)?;
    if let Some(Resolution { by, evidence, was, at }) = &record.resolution {
        connection
            .prepare_cached("INSERT INTO resolutions (entry, by_whom, evidence, was, at) VALUES (?1, ?2, ?3, ?4, ?5)")
            .and_then(|mut insert| insert.execute(params![entry, by, evidence, was.name(), at.as_millisecond()]))
            .map_err(error)?;
    }
    let Some(attempt) = &record.attempt else { return let_go(connection, own, lease, record) };
    let reason = attempt.reason.as_ref().map(written).transpose()?;
    let touched = connection
        .prepare_cached(
            "UPDATE attempts SET fate = ?3, new_key = ?4, status = coalesce(?5, status),
                    response = coalesce(?6, response), answered_at = ?7, class = ?8, code = ?9, reason = ?10,
                    provider_id = coalesce(?11, provider_id), accepted = max(accepted, ?12)
             WHERE entry = ?1 AND n = ?2",
        )
        .and_then(|mut update| {
            update.execute(params![
                entry,
                attempt.n,
                attempt.fate.map(Fate::name),
                attempt.new_key,
                attempt.reply.as_ref().map(|reply| reply.status),
                attempt.reply.as_ref().map(|reply| reply.body.as_ref()),
                at,
                attempt.reason.as_ref().map(|reason| reason.class.as_str()),
                attempt.reason.as_ref().and_then(|reason| reason.code.as_deref()),
                reason,
                attempt.provider_id,
                attempt.accepted
            ])
        })
        .map_err(error)?;
    if touched != 1 {
        return Err(JournalError::Missing(format!("{}, attempt {}", id.key, attempt.n)));
    }
    let_go(connection, own, lease, record)
}

/// [`crate::Journal::exchanged`].
pub(super) fn exchanged(
    connection: &Connection,
    own: i64,
    lease: &Lease,
    exchanged: &[NewExchange],
) -> Result<(), JournalError> {
    let (entry, _) = leased(connection, own, lease)?;
    exchanges::add(connection, entry, exchanged)
}

/// Gives the right to work on an entry back if it has ended.
fn let_go(connection: &Connection, own: i64, lease: &Lease, record: &Record) -> Result<Tenure, JournalError> {
    if record.state.is_final() { release(connection, own, lease, record.seen) } else { Ok(Tenure::Lasts) }
}

/// [`crate::Journal::resolution`].
pub(super) fn resolution(connection: &Connection, id: &EntryId) -> Result<Option<Resolution>, JournalError> {
    connection
        .prepare_cached(
            "SELECT by_whom, evidence, was, at FROM resolutions JOIN entries ON resolutions.entry = entries.id
             WHERE tenant = ?1 AND key = ?2",
        )
        .and_then(|mut select| {
            select
                .query_row(params![id.tenant, id.key], |row| {
                    Ok(Resolution {
                        by: row.get(0)?,
                        evidence: row.get(1)?,
                        was: named(row, 2, State::by_name)?,
                        at: moment(row, 3)?,
                    })
                })
                .optional()
        })
        .map_err(error)
}

/// Whether the entry has ended just so: a record that is kept again after its commit was not heard of.
fn kept_already(
    connection: &Connection,
    id: &EntryId,
    state: State,
    outcome: Option<&str>,
) -> Result<bool, JournalError> {
    if !state.is_final() {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM entries WHERE tenant = ?1 AND key = ?2 AND state = ?3 AND outcome IS ?4)",
        )
        .and_then(|mut select| select.query_row(params![id.tenant, id.key, state.name(), outcome], |row| row.get(0)))
        .map_err(error)
}

/// [`crate::Journal::unfinished`].
pub(super) fn unfinished(connection: &Connection) -> Result<Vec<EntryId>, JournalError> {
    connection
        .prepare_cached(
            "SELECT id, tenant, key FROM entries WHERE state NOT IN ('registered', 'rejected', 'not_sent')
             UNION
             SELECT id, tenant, key FROM entries
             WHERE id IN (SELECT entry FROM callbacks WHERE effect IS NULL AND verified = 1)
             ORDER BY 1",
        )
        .and_then(|mut select| {
            select.query_map([], |row| Ok(EntryId { tenant: row.get(1)?, key: row.get(2)? }))?.collect()
        })
        .map_err(error)
}

/// [`crate::Journal::counts`].
pub(super) fn counts(connection: &Connection) -> Result<Vec<(State, u64)>, JournalError> {
    let mut counts: Vec<(State, u64)> = connection
        .prepare_cached("SELECT state, count(*) FROM entries GROUP BY state")
        .and_then(|mut select| {
            select
                .query_map([], |row| Ok((named(row, 0, State::by_name)?, row.get::<_, i64>(1)?.cast_unsigned())))?
                .collect()
        })
        .map_err(error)?;
    counts.sort_unstable();
    Ok(counts)
}

/// [`crate::Journal::backlog`]. The index of what has not ended makes it as cheap as there is little open.
pub(super) fn backlog(connection: &Connection) -> Result<Vec<Backlog>, JournalError> {
    connection
        .prepare_cached(
            "SELECT state, coalesce(account, ''), count(*), min(accepted_at), max(changed_at) FROM entries
             WHERE state NOT IN ('registered', 'rejected', 'not_sent') GROUP BY 1, 2 ORDER BY 1, 2",
        )
        .and_then(|mut select| {
            let read = |row: &Row<'_>| {
                Ok(Backlog {
                    state: named(row, 0, State::by_name)?,
                    account: row.get(1)?,
                    entries: row.get::<_, i64>(2)?.cast_unsigned(),
                    oldest: moment(row, 3)?,
                    latest: moment(row, 4)?,
                })
            };
            select.query_map([], read)?.collect()
        })
        .map_err(error)
}

/// The row of the entry, if the lease is in force and the state that `next` names may follow its own; `next` may refuse
/// one that the table of moves would allow.
fn change(
    connection: &Connection,
    own: i64,
    lease: &Lease,
    next: impl FnOnce(State) -> Result<State, State>,
) -> Result<i64, JournalError> {
    let (row, state) = leased(connection, own, lease)?;
    match next(state) {
        Ok(next) if state.may_become(next) => Ok(row),
        Ok(to) | Err(to) => Err(JournalError::Move { key: lease.id.key.clone(), from: state, to }),
    }
}

/// The row of the entry and its state, if the lease is in force.
fn leased(connection: &Connection, own: i64, lease: &Lease) -> Result<(i64, State), JournalError> {
    let Lease { id, fence } = lease;
    let (row, state, held) = connection
        .prepare_cached(
            "SELECT id, state, lease_owner IS ?3 AND lease_fence IS ?4 FROM entries WHERE tenant = ?1 AND key = ?2",
        )
        .and_then(|mut select| {
            let params = params![id.tenant, id.key, own.to_string(), fence.cast_signed()];
            let found = |row: &Row<'_>| Ok((row.get(0)?, named(row, 1, State::by_name)?, row.get(2)?));
            select.query_row(params, found).optional()
        })
        .map_err(error)?
        .ok_or_else(|| JournalError::Missing(id.key.clone()))?;
    if held { Ok((row, state)) } else { Err(JournalError::Fenced(id.key.clone())) }
}

fn written(value: &impl serde::Serialize) -> Result<String, JournalError> {
    let text = serde_json::to_string(value);
    text.map_err(|error| JournalError::Unavailable(format!("cannot be written as JSON: {error}")))
}

pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|error| broken(column, Type::Integer, error))
}

fn perhaps(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    if row.get_ref(column)?.data_type() == Type::Null { Ok(None) } else { moment(row, column).map(Some) }
}

pub(super) fn named<T>(row: &Row<'_>, column: usize, by_name: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    let name = String::column_result(row.get_ref(column)?)?;
    by_name(&name).ok_or_else(|| broken(column, Type::Text, format!("`{name}` is not known")))
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| broken(column, Type::Text, error))).transpose()
}

fn broken(column: usize, kind: Type, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, error.into())
}
