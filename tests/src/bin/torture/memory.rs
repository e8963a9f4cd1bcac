//! What the providers do not forget when their process dies: their books, what they took in, and their certificates.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use kassa_tests::sim::{Asked, Entry, Pki, Simulator, Taken};

/// Files of the folder, beside the ledgers.
const TAKEN: &str = "taken";
const CERTIFICATES: &str = "certificates";

/// What was taken in, by all of them.
pub(crate) struct Memory {
    certificates: PathBuf,
    before: Vec<(String, Taken)>,
    file: Mutex<File>,
    /// The account that is being reminded of what it took in.
    reminding: Mutex<Option<&'static str>>,
}

impl Memory {
    pub(crate) fn open(folder: &Path) -> Result<Memory> {
        Ok(Memory {
            certificates: folder.join(CERTIFICATES),
            before: lines(folder, TAKEN)?.iter().map(|line| serde_json::from_str(line)).collect::<Result<_, _>>()?,
            file: Mutex::new(appended(folder, TAKEN)?),
            reminding: Mutex::default(),
        })
    }

    /// Keeps a request, unless it is one that is taken in again.
    pub(crate) fn keep(&self, account: &str, asked: &Asked<'_>) {
        if self.is_reminding(account) {
            return;
        }
        let mut line = serde_json::to_string(&(account, asked.taken())).expect("a request can be written");
        line.push('\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).expect("a list can be written");
    }

    /// Lets a provider take in again what an earlier life of it took in, in that order.
    pub(crate) fn remind(&self, account: &'static str, simulator: &Simulator) {
        let reminding = |account| *self.reminding.lock().unwrap_or_else(PoisonError::into_inner) = account;
        reminding(Some(account));
        let own = self.before.iter().filter(|(by, _)| by == account);
        own.for_each(|(_, taken)| simulator.take_in_again(taken));
        reminding(None);
    }

    pub(crate) fn is_reminding(&self, account: &str) -> bool {
        self.reminding.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|reminded| reminded == account)
    }

    /// The certificates of an earlier life.
    pub(crate) fn pki(&self) -> Result<Option<Pki>> {
        Ok(match fs::read_to_string(&self.certificates) {
            Ok(text) => Some(serde_json::from_str(&text)?),
            Err(_) => None,
        })
    }

    pub(crate) fn keep_pki(&self, pki: &Pki) -> Result<()> {
        Ok(fs::write(&self.certificates, serde_json::to_string(pki)?)?)
    }
}

/// What an account has in its book.
pub(crate) fn ledger(folder: &Path, account: &str) -> Result<Vec<Entry>> {
    Ok(lines(folder, account)?.iter().map(|line| serde_json::from_str(line)).collect::<Result<_, _>>()?)
}

/// The whole lines of a file. One that its writer did not finish was seen by nobody, and is cut off: another follows.
fn lines(folder: &Path, name: &str) -> Result<Vec<String>> {
    let path = folder.join(name);
    let Ok(mut text) = fs::read_to_string(&path) else { return Ok(Vec::new()) };
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    if whole < text.len() {
        text.truncate(whole);
        fs::write(&path, &text)?;
    }
    Ok(text.lines().map(str::to_owned).collect())
}

/// A file that is written on, behind what is whole in it.
pub(crate) fn appended(folder: &Path, name: &str) -> Result<File> {
    lines(folder, name)?;
    let path = folder.join(name);
    OpenOptions::new().create(true).append(true).open(&path).with_context(|| path.display().to_string())
}
