//! The file: how it is opened, what it has to be, and its tables.

use std::cell::Cell;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::owners::{self, Owners};
use crate::journal::JournalError;

/// The newest schema version that is known (`PRAGMA user_version`).
pub(super) const VERSION: i64 = 8;

/// Tells a file of Kassa's from any other SQLite file (`PRAGMA application_id`): "Kass".
const APPLICATION_ID: i64 = 0x4b61_7373;

/// The first version that knows its owners. Earlier ones kept the file to themselves.
const OWNED: i64 = 6;

/// After how long a file that somebody else has locked is tried again.
const AGAIN: Duration = Duration::from_millis(20);

/// How long other processes may keep a command waiting: each of theirs takes a sync of the disk.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// How many statements stay prepared: more than there are.
const STATEMENTS: usize = 64;

/// The steps from each version to the next.
pub(super) const STEPS: [&str; 8] = [
    "
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        key TEXT NOT NULL,
        hash TEXT NOT NULL,
        submission TEXT NOT NULL,
        state TEXT NOT NULL,
        account TEXT,
        attempt INTEGER NOT NULL DEFAULT 0,
        outcome TEXT,
        lease_owner TEXT,
        lease_fence INTEGER,
        accepted_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        UNIQUE (tenant, key)
    ) STRICT;
    CREATE INDEX entries_unfinished ON entries (id) WHERE state NOT IN ('registered', 'rejected', 'not_sent');
    CREATE TABLE attempts (
        entry INTEGER NOT NULL REFERENCES entries (id),
        n INTEGER NOT NULL,
        account TEXT NOT NULL,
        provider_key TEXT NOT NULL,
        method TEXT NOT NULL,
        uri TEXT NOT NULL,
        headers BLOB NOT NULL,
        body BLOB NOT NULL,
        sends INTEGER NOT NULL DEFAULT 0,
        pinned_at INTEGER NOT NULL,
        first_sent_at INTEGER,
        sent_at INTEGER,
        fate TEXT,
        new_key INTEGER NOT NULL DEFAULT 0,
        status INTEGER,
        response BLOB,
        answered_at INTEGER,
        class TEXT,
        code TEXT,
        reason TEXT,
        PRIMARY KEY (entry, n)
    ) STRICT;
    CREATE INDEX attempts_provider_key ON attempts (provider_key);
    ",
    "
    CREATE TABLE callbacks (
        entry INTEGER NOT NULL REFERENCES entries (id),
        n INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        callback TEXT NOT NULL,
        verified INTEGER NOT NULL,
        body BLOB NOT NULL,
        times INTEGER NOT NULL DEFAULT 1,
        came_at INTEGER NOT NULL,
        came_last_at INTEGER NOT NULL,
        effect TEXT,
        about TEXT,
        PRIMARY KEY (entry, n),
        FOREIGN KEY (entry, attempt) REFERENCES attempts (entry, n)
    ) STRICT;
    CREATE INDEX callbacks_waiting ON callbacks (entry) WHERE effect IS NULL AND verified = 1;
    ",
    "ALTER TABLE entries ADD COLUMN warnings TEXT",
    "ALTER TABLE attempts ADD COLUMN provider_id TEXT",
    // Which of the earlier ones were taken is not known any more: of those that may be, none is believed to be missing.
    "
    ALTER TABLE attempts ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
    UPDATE attempts SET accepted = 1
    WHERE fate IS NULL AND entry IN (SELECT id FROM entries WHERE state IN ('pending', 'in_doubt'));
    ",
    "CREATE TABLE owners (id INTEGER PRIMARY KEY AUTOINCREMENT, process INTEGER NOT NULL) STRICT",
    "
    CREATE TABLE resolutions (
        entry INTEGER PRIMARY KEY REFERENCES entries (id),
        by_whom TEXT NOT NULL,
        evidence TEXT NOT NULL,
        was TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    ",
    // Of what was exchanged before, the last answer to each attempt is known, and stays with the attempt.
    "
    CREATE TABLE exchanges (
        entry INTEGER NOT NULL REFERENCES entries (id),
        n INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        sent TEXT NOT NULL,
        method TEXT,
        uri TEXT,
        headers BLOB,
        body BLOB,
        began_at INTEGER NOT NULL,
        ended_at INTEGER NOT NULL,
        status INTEGER,
        response BLOB,
        failure TEXT,
        class TEXT,
        code TEXT,
        times INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (entry, n),
        FOREIGN KEY (entry, attempt) REFERENCES attempts (entry, n)
    ) STRICT;
    ALTER TABLE entries ADD COLUMN deadline INTEGER;
    CREATE INDEX entries_ended ON entries (changed_at)
        WHERE state IN ('registered', 'rejected', 'not_sent') AND submission <> '';
    ",
];

/// Opens the file at `path`, or makes it, for a new owner. Everything that could refuse it is looked at before anything is
/// written.
pub(super) fn open(path: &Path, busy: Duration) -> Result<(Connection, Owners), JournalError> {
    let (began, locked) = (Instant::now(), Cell::new(false));
    loop {
        match open_once(path, busy, &locked) {
            // Whoever makes the log, or puts it in order after a crash, keeps others out, and SQLite does not wait for that.
            Err(JournalError::InUse(_)) if locked.take() && began.elapsed() < busy => sleep(AGAIN),
            result => return result,
        }
    }
}

fn open_once(path: &Path, busy: Duration, locked: &Cell<bool>) -> Result<(Connection, Owners), JournalError> {
    let in_use = |found: rusqlite::Error| match found.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            locked.set(true);
            JournalError::InUse(path.display().to_string())
        }
        _ => error(found),
    };
    if path.metadata().is_ok_and(|file| file.len() > 0) {
        // Whoever may not write leaves the write-ahead log alone as well.
        check(&connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, busy)?).map_err(in_use)??;
    }
    #[cfg(unix)]
    make(path);
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, busy)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = wal", [], |row| row.get(0)).map_err(in_use)?;
    if mode != "wal" {
        return Err(JournalError::Unavailable(format!("no write-ahead log is possible at {}", path.display())));
    }
    // FULL syncs the log at every commit: what was answered survives a power cut.
    connection.pragma_update(None, "synchronous", "full").map_err(error)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(error)?;
    // What is purged is overwritten: it is what buyers told in confidence.
    connection.pragma_update(None, "secure_delete", true).map_err(error)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(in_use)?;
    // Again: somebody may have made it or brought it forward meanwhile.
    let version = check(&transaction).map_err(in_use)??;
    if version < VERSION {
        // What is at work with the tables as they are may not find others under its hands.
        if version >= OWNED && owners::alive(&transaction, path)?.is_some() {
            return Err(JournalError::InUse(path.display().to_string()));
        }
        for step in STEPS.iter().skip(usize::try_from(version).unwrap_or(usize::MAX)) {
            transaction.execute_batch(step).map_err(error)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(error)?;
        transaction.pragma_update(None, "user_version", VERSION).map_err(error)?;
    }
    let owners = Owners::join(&transaction, path)?;
    transaction.commit().map_err(error)?;
    Ok((connection, owners))
}

/// Makes the file, if there is none, for its owner alone: buyers told what is in it. SQLite gives what it puts beside it the
/// same rights, and says better than this what stands in the way of making it.
#[cfg(unix)]
fn make(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt;
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

/// Opens a file of the newest version that is known, to read it.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, JournalError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, BUSY)?;
    match check(&connection).map_err(error)?? {
        VERSION => Ok(connection),
        version => Err(JournalError::Unavailable(format!(
            "it has schema version {version}; any command that works with it brings it to {VERSION}"
        ))),
    }
}

fn connect(path: &Path, flags: OpenFlags, busy: Duration) -> Result<Connection, JournalError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(error)?;
    connection.busy_timeout(busy).map_err(error)?;
    // All that the way of a receipt needs stays prepared, whatever it is run with: otherwise SQLite plans some of it anew
    // for each value, which takes longer than to run it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// The tables, in no file.
#[cfg(test)]
pub(super) fn in_memory() -> Result<Connection, JournalError> {
    let connection = Connection::open_in_memory().map_err(error)?;
    for step in STEPS {
        connection.execute_batch(step).map_err(error)?;
    }
    Ok(connection)
}

/// The schema version of the file, 0 for a new one; or why it is refused.
fn check(connection: &Connection) -> rusqlite::Result<Result<i64, JournalError>> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    if tables == 0 && application == 0 && version == 0 {
        return Ok(Ok(0));
    }
    if application != APPLICATION_ID {
        return Ok(Err(JournalError::Damaged("it is an SQLite file of another program".to_owned())));
    }
    if !(1..=VERSION).contains(&version) {
        return Ok(Err(JournalError::Newer { found: version, known: VERSION }));
    }
    Ok(Ok(version))
}

/// An error of SQLite in the words of the journal.
pub(super) fn error(error: rusqlite::Error) -> JournalError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => JournalError::Damaged(error.to_string()),
        _ => match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => JournalError::Damaged(error.to_string()),
            _ => JournalError::Unavailable(error.to_string()),
        },
    }
}
