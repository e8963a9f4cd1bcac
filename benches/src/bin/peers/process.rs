//! A process from its start to its end, and what the system says that it took.

use std::fs::File;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// What a process took, with those that it started.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// By the clock on the wall.
    pub(crate) wall: Duration,
    /// Of processors: its own code and what the system did for it.
    pub(crate) cpu: Duration,
    /// The memory of the largest of them at its largest, in bytes.
    pub(crate) peak: u64,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Well.
    Well,
    /// It said that it could not.
    Refused,
    /// It panicked, or was killed for what it did.
    Panicked,
    /// Its time was over.
    Late,
}

/// Runs `command` for at most `limit`. What it says of errors goes to `said`, all else nowhere.
pub(crate) fn run(command: &mut Command, limit: Duration, said: &Path) -> io::Result<(End, Cost)> {
    let errors = File::create(said)?;
    // A group of its own, so that what it has started can be ended with it.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors).process_group(0);
    let begun = Instant::now();
    let mut child = command.spawn()?;
    let group = format!("-{}", child.id());
    let (done, over) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let late = over.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
        if late {
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        }
        late
    });
    let used = child.wait4()?;
    let cost = cost(begun, &used);
    drop(done);
    let late = watch.join().unwrap_or_default();
    let panicked = || std::fs::read(said).is_ok_and(|text| contains(&text, b"panicked at"));
    let end = match used.status.code() {
        _ if late => End::Late,
        Some(0) => End::Well,
        // A tool may catch its panic and end as if it had refused.
        Some(_) if used.status.signal().is_none() && !panicked() => End::Refused,
        _ => End::Panicked,
    };
    Ok((end, cost))
}

/// What a child took that has been waited for.
pub(crate) fn cost(begun: Instant, used: &wait4::ResUse) -> Cost {
    let rusage = &used.rusage;
    Cost { wall: begun.elapsed(), cpu: rusage.utime + rusage.stime, peak: rusage.maxrss }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
