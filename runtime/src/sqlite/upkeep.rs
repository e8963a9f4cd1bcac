//! What is done to a journal beside its work: looking it over, and making it smaller.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;
use tokio::sync::oneshot;

use super::SqliteJournal;
use super::schema::{self, error};
use super::statements::find;
use super::{callbacks, exchanges};
use crate::content::Content;
use crate::journal::{Entry, EntryId, Fate, Journal, JournalError, State};
use crate::outcome::Outcome;

/// What a journal was found to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many entries are in each state; states without entries are left out.
    pub entries: BTreeMap<String, u64>,
    /// What is wrong with it, each thing with the key that it concerns.
    pub problems: Vec<String>,
}

/// What [`SqliteJournal::compact`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Of how many entries the content was taken away.
    pub purged: u64,
    /// How long the file was.
    pub bytes_before: u64,
    /// How long it is.
    pub bytes_after: u64,
}

impl SqliteJournal {
    /// Looks over the journal at `path`, and changes nothing: SQLite's own checks, that everything in it can be read, and
    /// that states, outcomes and attempts agree. Blocks for as long as that takes.
    ///
    /// # Errors
    /// When it cannot be opened, as with [`SqliteJournal::open`]. What is wrong inside is told as a problem.
    pub fn verify(path: impl AsRef<Path>) -> Result<Verified, JournalError> {
        let connection = schema::open_to_read(path.as_ref())?;
        let mut verified = Verified { entries: BTreeMap::new(), problems: checked(&connection)? };
        for id in ids(&connection)? {
            let told = callbacks::of_entry(&connection, &id).map(|_| ());
            for unread in [exchanges::of_entry(&connection, &id).map(|_| ()), told] {
                verified.problems.extend(unread.err().map(|error| format!("`{}`: {error}", id.key)));
            }
            match find(&connection, &id) {
                Ok(Some(entry)) => {
                    *verified.entries.entry(entry.state.name().to_owned()).or_default() += 1;
                    verified.problems.extend(disagreements(&entry).map(|problem| format!("`{}`: {problem}", id.key)));
                }
                Ok(None) => {}
                Err(error) => verified.problems.push(format!("`{}`: {error}", id.key)),
            }
        }
        Ok(verified)
    }

    /// Takes the content of entries that ended before `before`, as [`Journal::purge`] does, and gives the room back to the
    /// disk.
    ///
    /// # Errors
    /// When the journal cannot be written, or another process reads it for so long that what was taken away cannot be
    /// overwritten.
    pub async fn compact(&self, before: Timestamp) -> Result<Compacted, JournalError> {
        let length = |path: &Path| path.metadata().map(|file| file.len()).unwrap_or_default();
        let bytes_before = length(&self.path);
        let purged = self.purge(before).await?;
        self.writer.alone(|connection| connection.execute_batch("VACUUM")).await?;
        // Until then the pages as they were are in the file, and whoever reads them keeps it from being written.
        let (told, busy) = oneshot::channel();
        let checkpoint = move |connection: &Connection| -> rusqlite::Result<()> {
            let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))?;
            // Nobody may wait any more.
            let _ = told.send(busy);
            Ok(())
        };
        self.writer.alone(checkpoint).await?;
        if busy.await.unwrap_or(true) {
            let reading = "the content is taken away, and its bytes are in the file while another process reads it: \
                           compact it again later";
            return Err(JournalError::Unavailable(reading.to_owned()));
        }
        Ok(Compacted { purged, bytes_before, bytes_after: length(&self.path) })
    }
}

/// What SQLite itself finds wrong.
fn checked(connection: &Connection) -> Result<Vec<String>, JournalError> {
    let lines = |sql: &str, column: usize| -> rusqlite::Result<Vec<String>> {
        connection.prepare(sql)?.query_map([], |row| row.get::<_, String>(column))?.collect()
    };
    let mut problems = lines("PRAGMA integrity_check", 0).map_err(error)?;
    problems.retain(|line| line != "ok");
    let loose = lines("PRAGMA foreign_key_check", 0).map_err(error)?;
    problems.extend(loose.into_iter().map(|table| format!("a row of `{table}` belongs to nothing")));
    let shared =
        lines("SELECT provider_key FROM attempts GROUP BY provider_key HAVING count(DISTINCT entry) > 1 ORDER BY 1", 0);
    problems
        .extend(shared.map_err(error)?.into_iter().map(|key| format!("several entries have the provider key `{key}`")));
    Ok(problems)
}

pub(super) fn ids(connection: &Connection) -> Result<Vec<EntryId>, JournalError> {
    connection
        .prepare("SELECT tenant, key FROM entries ORDER BY id")
        .and_then(|mut select| {
            select.query_map([], |row| Ok(EntryId { tenant: row.get(0)?, key: row.get(1)? }))?.collect()
        })
        .map_err(error)
}

/// Where an entry does not agree with itself.
fn disagreements(entry: &Entry) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    if !entry.is_purged() {
        match Content::read(&entry.submission).and_then(Content::of) {
            Ok(content) if content.hash == entry.hash => {}
            Ok(_) => found.push("what is submitted is not what was hashed".to_owned()),
            Err(error) => found.push(format!("what is submitted cannot be read: {error}")),
        }
        let broken = entry.attempts.iter().filter_map(|attempt| attempt.request.restore().err());
        found.extend(broken.map(|error| error.to_string()));
    }
    let outcome = entry.outcome.as_ref().map(Outcome::name);
    let agrees = match entry.state {
        State::Accepted | State::Pinned | State::Sent => outcome.is_none(),
        State::Held => outcome == Some(State::InDoubt.name()),
        state => outcome == Some(state.name()),
    };
    if !agrees {
        found.push(format!("it is {}, and its outcome is {}", entry.state, outcome.unwrap_or("not there")));
    }
    let registered = entry.attempts.iter().filter(|attempt| attempt.fate == Some(Fate::Registered)).count();
    if registered != usize::from(entry.state == State::Registered) {
        found.push(format!("it is {}, and {registered} of its attempts are registered", entry.state));
    }
    if entry.state.may_be_registered() && entry.attempts.last().is_none_or(|attempt| attempt.sends == 0) {
        found.push(format!("it is {}, and nothing was sent", entry.state));
    }
    found.into_iter()
}

/// How many entries are purged in one transaction: nobody else's command waits for long.
const PURGED_AT_ONCE: u32 = 256;

/// Some of the entries that [`Journal::purge`] purges; none when that is done.
pub(super) fn ended(connection: &Connection, before: Timestamp) -> Result<Vec<i64>, JournalError> {
    connection
        .prepare_cached(
            "SELECT id FROM entries
             WHERE state IN ('registered', 'rejected', 'not_sent') AND submission <> '' AND changed_at < ?1
                 AND NOT EXISTS (
                     SELECT 1 FROM callbacks WHERE entry = entries.id AND effect IS NULL AND verified = 1)
             ORDER BY changed_at LIMIT ?2",
        )
        .and_then(|mut select| {
            select.query_map(params![before.as_millisecond(), PURGED_AT_ONCE], |row| row.get(0))?.collect()
        })
        .map_err(error)
}

/// Purges entries that have ended.
pub(super) fn purge(connection: &Connection, before: Timestamp) -> Result<u64, JournalError> {
    let ended = ended(connection, before)?;
    for sql in [
        "UPDATE attempts SET headers = x'', body = x'', response = CASE WHEN response IS NULL THEN NULL ELSE x'' END
         WHERE entry = ?1",
        "UPDATE exchanges SET headers = CASE WHEN headers IS NULL THEN NULL ELSE x'' END,
             body = CASE WHEN body IS NULL THEN NULL ELSE x'' END,
             response = CASE WHEN response IS NULL THEN NULL ELSE x'' END
         WHERE entry = ?1",
        "UPDATE callbacks SET body = x'' WHERE entry = ?1",
        // Of a courier's receipt the place is the buyer's address, and some registers say it again.
        "UPDATE entries SET submission = '', outcome = json_remove(outcome, '$.registered.registration.place')
         WHERE id = ?1",
    ] {
        let mut update = connection.prepare_cached(sql).map_err(error)?;
        for entry in &ended {
            update.execute([entry]).map_err(error)?;
        }
    }
    Ok(ended.len() as u64)
}
