//! What each command of the journal that is about callbacks does to the tables.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::schema::error;
use super::statements::{moment, named as by_name};
use crate::journal::{Effect, EntryId, JournalError, KeptCallback, NewCallback};

/// [`crate::Journal::named`].
pub(super) fn named(connection: &Connection, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
    // No two entries have one provider key.
    connection
        .prepare_cached(
            "SELECT tenant, key FROM entries JOIN attempts ON attempts.entry = entries.id
             WHERE provider_key = ?1 LIMIT 1",
        )
        .and_then(|mut select| {
            select.query_row([provider_key], |row| Ok(EntryId { tenant: row.get(0)?, key: row.get(1)? })).optional()
        })
        .map_err(error)
}

/// [`crate::Journal::hear`].
pub(super) fn hear(connection: &Connection, id: &EntryId, new: &NewCallback) -> Result<KeptCallback, JournalError> {
    let missing = || JournalError::Missing(format!("{}, attempt {}", id.key, new.attempt));
    let entry: i64 = connection
        .prepare_cached(
            "SELECT id FROM entries JOIN attempts ON attempts.entry = entries.id
             WHERE tenant = ?1 AND key = ?2 AND n = ?3 AND submission <> ''",
        )
        .and_then(|mut select| select.query_row(params![id.tenant, id.key, new.attempt], |row| row.get(0)).optional())
        .map_err(error)?
        .ok_or_else(missing)?;
    let at = new.at.as_millisecond();
    let known: Option<u32> = connection
        .prepare_cached(
            "UPDATE callbacks SET times = times + 1, came_last_at = ?6
             WHERE entry = ?1 AND attempt = ?2 AND callback = ?3 AND verified = ?4 AND body = ?5 RETURNING n",
        )
        .and_then(|mut update| {
            let params = params![entry, new.attempt, new.callback, new.verified, new.body.as_ref(), at];
            update.query_row(params, |row| row.get(0)).optional()
        })
        .map_err(error)?;
    let n = match known {
        Some(n) => n,
        None => connection
            .prepare_cached(
                "INSERT INTO callbacks (entry, n, attempt, callback, verified, body, came_at, came_last_at, effect)
                 SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?6, ?7 FROM callbacks WHERE entry = ?1
                 RETURNING n",
            )
            .and_then(|mut insert| {
                let effect = (!new.verified).then(|| Effect::Unverified.name());
                let params = params![entry, new.attempt, new.callback, new.verified, new.body.as_ref(), at, effect];
                insert.query_row(params, |row| row.get(0))
            })
            .map_err(error)?,
    };
    let kept = of_entry(connection, id)?.into_iter().find(|kept| kept.n == n);
    kept.ok_or_else(missing)
}

/// [`crate::Journal::callbacks`].
pub(super) fn of_entry(connection: &Connection, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
    connection
        .prepare_cached(
            "SELECT callbacks.n, callbacks.attempt, callback, verified, body, times, came_at, effect, about
             FROM callbacks JOIN entries ON callbacks.entry = entries.id
             WHERE tenant = ?1 AND key = ?2 ORDER BY callbacks.n",
        )
        .and_then(|mut select| select.query_map(params![id.tenant, id.key], kept)?.collect())
        .map_err(error)
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptCallback> {
    Ok(KeptCallback {
        n: row.get(0)?,
        attempt: row.get(1)?,
        callback: row.get(2)?,
        verified: row.get(3)?,
        body: row.get::<_, Vec<u8>>(4)?.into(),
        times: row.get(5)?,
        came_at: moment(row, 6)?,
        effect: if row.get_ref(7)?.data_type() == Type::Null { None } else { Some(by_name(row, 7, Effect::by_name)?) },
        about: row.get(8)?,
    })
}

/// [`crate::Journal::weigh`].
pub(super) fn weigh(
    connection: &Connection,
    id: &EntryId,
    n: u32,
    effect: Effect,
    about: Option<&str>,
) -> Result<(), JournalError> {
    let touched = connection
        .prepare_cached(
            "UPDATE callbacks SET effect = ?4, about = ?5
             WHERE n = ?3 AND coalesce(effect, ?4) = ?4 AND entry = (SELECT id FROM entries WHERE tenant = ?1 AND key = ?2)",
        )
        .and_then(|mut update| update.execute(params![id.tenant, id.key, n, effect.name(), about]))
        .map_err(error)?;
    if touched == 1 { Ok(()) } else { Err(JournalError::Missing(format!("{}, callback {n}", id.key))) }
}
