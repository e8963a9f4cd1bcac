//! Memory, with so many submissions that wait for their provider: each was sent, and is asked for once in a while.
//!
//! By hand, a task for each holds its key and its receipt and sleeps. Kassa holds what the journal holds as well: the
//! request byte for byte, to repeat it without reading a disk, and where the work on it stands. Both get their answers from
//! memory, since a connection that waits belongs to nobody here.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kassa::kassa_core::{Reply, Request};
use kassa::{Account, Dispatcher, Journal, Limits, Pace, SendError, SqliteJournal, State, Transport};
use tokio::time::sleep;

use crate::loopback::Side;
use crate::receipt;

/// Longer than anybody measures.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// Until it is looked again.
const MOMENT: Duration = Duration::from_millis(1);

/// How many are submitted at a time.
const AT_ONCE: usize = 256;

/// A provider that takes everything and decides nothing.
#[derive(Debug, Default)]
struct Undecided {
    taken: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Undecided {
    async fn send(&self, _: &Account, _: Request) -> Result<Reply, SendError> {
        self.taken.fetch_add(1, Ordering::Relaxed);
        Ok(Reply::new(Bytes::new()))
    }
}

/// Lets `count` submissions wait, and tells by how many bytes the process has grown.
pub async fn grown_by(side: Side, count: usize, folder: &Path) -> usize {
    let provider = receipt::provider("smartcashier", "https://provider.example");
    let limits = Limits { at_once: AT_ONCE, ..Limits::default() };
    let account = Account { limits, ..Account::new("account", provider) };
    let journal = Arc::new(SqliteJournal::open(folder.join("pending.sqlite")).expect("the journal opens"));
    let pace = Pace { first_delay: LONG / 4, max_delay: LONG / 4, patience: LONG, ..Pace::default() };
    let begun = Arc::new(AtomicUsize::new(0));
    let undecided = Undecided { taken: begun.clone() };
    let builder = Dispatcher::builder().account(account).journal(journal.clone()).transport(undecided);
    let dispatcher = builder.pace(pace).build().expect("a dispatcher can be made");
    let receipt = receipt::ten_items();
    let before = resident();
    for n in 0..count {
        let (key, receipt) = (receipt::key(n as u64), receipt.clone());
        match side {
            Side::Ours => {
                let dispatcher = dispatcher.clone();
                tokio::spawn(async move { dispatcher.register(&key, receipt).await });
            }
            Side::ByHand => {
                let begun = begun.clone();
                tokio::spawn(async move {
                    begun.fetch_add(1, Ordering::Relaxed);
                    sleep(LONG).await;
                    (key, receipt)
                });
            }
        }
        while n + 1 >= begun.load(Ordering::Relaxed) + AT_ONCE {
            sleep(MOMENT).await;
        }
    }
    while begun.load(Ordering::Relaxed) < count || side == Side::Ours && pending(&journal).await < count {
        sleep(MOMENT).await;
    }
    resident().saturating_sub(before)
}

/// How many pending entries the journal has.
async fn pending(journal: &SqliteJournal) -> usize {
    let counts = journal.counts().await.expect("the journal is well");
    let pending = counts.into_iter().find(|(state, _)| *state == State::Pending);
    pending.map_or(0, |(_, count)| usize::try_from(count).unwrap_or(usize::MAX))
}

/// The memory that the process has, SQLite's included.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kibibytes.unwrap_or_default() * 1024
}
