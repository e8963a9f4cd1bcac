//! Who works with a journal file, and who of them is alive.
//!
//! Each handle is an owner, and holds the lock of a file of its own for as long as it lives. The system takes the lock
//! from a process that ends, however it ends, so that whoever can have it knows that the owner is gone. No clock and no
//! number of a process decides that.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use super::schema::error;
use crate::journal::JournalError;

/// The owners of a journal, one of which is ours.
#[derive(Debug)]
pub(super) struct Owners {
    /// The folder of the locks; `None` for a journal in no file, which has one owner.
    folder: Option<PathBuf>,
    own: i64,
    /// Held for as long as this lives.
    _lock: Option<File>,
}

impl Owners {
    /// The one owner of a journal in no file.
    #[cfg(test)]
    pub(super) const fn alone() -> Self {
        Self { folder: None, own: 1, _lock: None }
    }

    /// The owners of the journal at `path`, this handle being a new one. Those that are gone are forgotten. Has to be called
    /// in a transaction that nobody shares: between making a lock file and locking it, it would look like one of the dead.
    pub(super) fn join(connection: &Connection, path: &Path) -> Result<Self, JournalError> {
        let folder = folder(path);
        let failed = |error: io::Error| JournalError::Unavailable(format!("{}: {error}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(failed)?;
        for owner in known(connection)? {
            if !is_alive(&folder, owner).map_err(failed)? {
                forget(&folder, owner).map_err(failed)?;
                connection.execute("DELETE FROM owners WHERE id = ?1", [owner]).map_err(error)?;
            }
        }
        connection.execute("INSERT INTO owners (process) VALUES (?1)", [std::process::id()]).map_err(error)?;
        let own = connection.last_insert_rowid();
        let lock = OpenOptions::new().create_new(true).write(true).open(lock_of(&folder, own)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(Self { folder: Some(folder), own, _lock: Some(lock) })
    }

    /// Ours.
    pub(super) const fn own(&self) -> i64 {
        self.own
    }

    /// Whether `owner` may still be at work.
    pub(super) fn is_alive(&self, owner: i64) -> Result<bool, JournalError> {
        let Some(folder) = &self.folder else { return Ok(false) };
        is_alive(folder, owner).map_err(|error| JournalError::Unavailable(format!("{}: {error}", folder.display())))
    }
}

impl Drop for Owners {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // Whoever opens the journal next does it otherwise.
            let _ = forget(folder, self.own);
        }
    }
}

/// The process of some owner of the journal at `path` who is alive.
pub(super) fn alive(connection: &Connection, path: &Path) -> Result<Option<u32>, JournalError> {
    let folder = folder(path);
    for owner in known(connection)? {
        let alive = is_alive(&folder, owner);
        if alive.map_err(|error| JournalError::Unavailable(format!("{}: {error}", folder.display())))? {
            return connection
                .query_row("SELECT process FROM owners WHERE id = ?1", params![owner], |row| row.get(0))
                .optional()
                .map_err(error);
        }
    }
    Ok(None)
}

fn known(connection: &Connection) -> Result<Vec<i64>, JournalError> {
    connection
        .prepare("SELECT id FROM owners ORDER BY id")
        .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
        .map_err(error)
}

fn is_alive(folder: &Path, owner: i64) -> io::Result<bool> {
    let lock = match OpenOptions::new().write(true).open(lock_of(folder, owner)) {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match lock.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn forget(folder: &Path, owner: i64) -> io::Result<()> {
    match std::fs::remove_file(lock_of(folder, owner)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where the locks of the journal at `path` are: beside it, as SQLite's own files are.
fn folder(path: &Path) -> PathBuf {
    let mut folder = path.as_os_str().to_owned();
    folder.push("-owners");
    folder.into()
}

fn lock_of(folder: &Path, owner: i64) -> PathBuf {
    folder.join(owner.to_string())
}
