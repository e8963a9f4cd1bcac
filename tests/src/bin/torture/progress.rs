//! How far it is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const WIDTH: u64 = 30;
const EVERY: Duration = Duration::from_secs(5);

/// What is shown of the progress.
pub(crate) struct Progress {
    of: u64,
    since: Instant,
    shown: Option<Instant>,
    bar: bool,
}

impl Progress {
    pub(crate) fn new(of: u32) -> Progress {
        Progress { of: u64::from(of), since: Instant::now(), shown: None, bar: std::io::stdout().is_terminal() }
    }

    pub(crate) fn show(&mut self, done: u64, kills: u64) {
        let pause = if self.bar { Duration::from_millis(100) } else { EVERY };
        if self.shown.is_some_and(|shown| shown.elapsed() < pause) {
            return;
        }
        self.shown = Some(Instant::now());
        let seconds = self.since.elapsed().as_secs();
        let text = format!("{done}/{} receipts, killed {kills} times, {}:{:02}", self.of, seconds / 60, seconds % 60);
        if self.bar {
            let full = usize::try_from(WIDTH * done.min(self.of) / self.of.max(1)).unwrap_or(0);
            let empty = usize::try_from(WIDTH).unwrap_or(0) - full;
            print!("\r[{}{}] {text}  ", "#".repeat(full), " ".repeat(empty));
            // Only for people.
            let _ = std::io::stdout().flush();
        } else {
            println!("{text}");
        }
    }

    pub(crate) fn end(&self) {
        if self.bar {
            println!();
        }
    }
}
