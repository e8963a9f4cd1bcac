//! `prism` from npm: a process that mocks one document after another.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::tools::Tools;

/// How long a server may take to stand, on a machine that does something else too.
const PATIENCE: Duration = Duration::from_secs(90);

/// A mock server. It refuses a request that its document does not allow, and does not give an answer that is none.
#[derive(Debug)]
pub struct Mock {
    child: Child,
    log: PathBuf,
    /// How much of the log was read.
    read: usize,
}

impl Mock {
    /// Starts the process, which mocks nothing yet.
    #[must_use]
    pub fn start(tools: &Tools) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let log = tools.log(&format!("mock-{}", STARTED.fetch_add(1, Ordering::Relaxed)));
        let script = crate::workspace().join("tests/third-party/mock.js");
        Self { child: tools.script(&script, &log), log, read: 0 }
    }

    /// Mocks a document in place of the one before, and gives the address.
    ///
    /// # Errors
    /// When it does not come to stand: what it said.
    pub fn stand(&mut self, document: &Path) -> Result<String, String> {
        let asked = self.child.stdin.as_mut().map(|input| writeln!(input, "{}", document.display()));
        if !matches!(asked, Some(Ok(()))) {
            return Err("the mock has ended".to_owned());
        }
        let begun = Instant::now();
        loop {
            let log = std::fs::read(&self.log).unwrap_or_default();
            let said = String::from_utf8_lossy(log.get(self.read..).unwrap_or_default());
            // A line that may not be written to its end yet says nothing.
            let said = said.rsplit_once('\n').map_or("", |(lines, _)| lines);
            for line in said.lines() {
                self.read = log.len();
                if let Some((_, address)) = line.split_once("listening on ") {
                    return Ok(address.trim().to_owned());
                }
                if let Some(why) = line.strip_prefix("failed: ") {
                    return Err(format!("the mock does not stand: {why}"));
                }
            }
            if !matches!(self.child.try_wait(), Ok(None)) || begun.elapsed() > PATIENCE {
                return Err(format!("the mock does not stand: {}", String::from_utf8_lossy(&log).trim()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.log);
    }
}
