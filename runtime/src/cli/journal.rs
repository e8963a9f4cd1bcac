//! The journal itself: looked over, written out, made smaller.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use kassa::config::Config;
use kassa::{Clock, JournalError, SqliteJournal};

use super::args::Journal;
use super::exit::Exit;
use super::print::Printer;
use super::{Failure, existing, runtime};

pub(super) fn obey(config: &Config, command: &Journal, printer: &Printer) -> Result<Exit, Failure> {
    existing(config)?;
    match command {
        Journal::Verify => {
            let verified = SqliteJournal::verify(&config.journal)?;
            printer.answer(&verified);
            Ok(if verified.problems.is_empty() { Exit::Registered } else { Exit::Journal })
        }
        Journal::Export { content } => {
            let mut out = BufWriter::new(io::stdout().lock());
            let written = SqliteJournal::export(&config.journal, *content, |entry| -> Result<(), Unwritten> {
                serde_json::to_writer(&mut out, entry).map_err(io::Error::from)?;
                Ok(writeln!(out)?)
            });
            match written.and_then(|()| Ok(out.flush()?)) {
                Ok(()) => Ok(Exit::Registered),
                // Whoever closed the standard output does not want to know.
                Err(Unwritten::Out(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Registered),
                Err(Unwritten::Out(error)) => {
                    Err(Failure::new(Exit::Journal, "output", format!("error: cannot write it out: {error}")))
                }
                Err(Unwritten::Journal(error)) => Err(error.into()),
            }
        }
        Journal::Compact { older_than_days } => {
            let journal = SqliteJournal::open(&config.journal)?;
            let days = |days: u32| Duration::from_secs(u64::from(days) * 24 * 3600);
            let age = older_than_days.map(days).or(config.retention).ok_or_else(|| {
                let message = "error: say --older-than-days, or `retention: 400d` in the configuration";
                Failure::new(Exit::Usage, "days", message.to_owned())
            })?;
            let before = config
                .clock
                .now()
                .saturating_sub(age)
                .map_err(|error| Failure::new(Exit::Usage, "days", format!("error: {error}")))?;
            let compacted = runtime()?.block_on(journal.compact(before))?;
            printer.answer(&compacted);
            Ok(Exit::Registered)
        }
    }
}

enum Unwritten {
    Journal(JournalError),
    Out(io::Error),
}

impl From<JournalError> for Unwritten {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Out(error)
    }
}
