//! The journal beside SQLite alone: the same steps of the same receipts, with the same sync and the same batches.
//!
//! What is the same: the pragmas, three tables with the journal's indexes and its columns of any size, the bytes of every
//! step, four transactions on the way of a receipt, and as many receipts to a transaction as are in flight. SQLite alone gets
//! everything ready made, knows the number of each row, prepares each statement once, and writes without asking: no state,
//! no lease, no key that another entry may have. It runs in one thread, which is what waits for a disk anyway.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use kassa::journal::{
    Accepted, AttemptRecord, EntryId, Fate, Journal, NewAttempt, NewEntry, NewExchange, Pin, Record, Sent, StoredReply,
    StoredRequest,
};
use kassa::kassa_core::{Reply, Verdict};
use kassa::uniform::Submission;
use kassa::{Outcome, SqliteJournal, State};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::loopback::Side;
use crate::receipt;
use crate::server;

/// How much of its way a receipt goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is accepted: one transaction.
    Accepted,
    /// It is accepted, pinned, sent and registered: four of them.
    Registered,
}

impl Way {
    /// What it is, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted (1 transaction)",
            Self::Registered => "all the way (4 transactions)",
        }
    }
}

/// Both journals, each in a file of its own.
#[derive(Debug)]
pub struct Journals {
    ours: Arc<SqliteJournal>,
    raw: Connection,
    steps: Steps,
    next: u64,
}

/// What is kept of a receipt, step by step.
#[derive(Debug, Clone)]
struct Steps {
    hash: String,
    submission: String,
    request: StoredRequest,
    outcome: Outcome,
    outcome_text: String,
    reply: StoredReply,
    at: Timestamp,
}

impl Steps {
    fn new() -> Self {
        let (key, submission) = (receipt::KEY, Submission::RegisterReceipt(receipt::ten_items()));
        let provider = receipt::provider("checkonline", "http://127.0.0.1");
        let request = provider.encode(key, &submission).expect("the provider takes the receipt");
        let reply = Reply::new(server::answer_to(key));
        let Verdict::Done(registration) = provider.decode(key, &submission, &reply) else {
            panic!("the answer registers the receipt");
        };
        let outcome = Outcome::Registered { account: "account".to_owned(), registration, differences: Vec::new() };
        Self {
            hash: "5b1c".repeat(16),
            submission: serde_json::to_string(&submission).expect("a submission can be written"),
            request: StoredRequest::of(&request),
            outcome_text: serde_json::to_string(&outcome).expect("an outcome can be written"),
            outcome,
            reply: StoredReply::of(&reply),
            at: Timestamp::now(),
        }
    }
}

impl Journals {
    /// Both, in `folder`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let ours = SqliteJournal::open(folder.join("ours.sqlite")).expect("the journal opens");
        let raw = Connection::open(folder.join("raw.sqlite")).expect("a file can be made");
        raw.execute_batch(TABLES).expect("tables can be made");
        Self { ours: Arc::new(ours), raw, steps: Steps::new(), next: 0 }
    }

    /// Journals `count` receipts, `at_once` of them in flight.
    pub async fn keep(&mut self, side: Side, way: Way, at_once: usize, count: u64) {
        let (first, last) = (self.next, self.next + count);
        match side {
            Side::Ours => {
                let next = Arc::new(AtomicU64::new(first));
                let lanes: Vec<_> = (0..at_once)
                    .map(|_| tokio::spawn(ours(self.ours.clone(), self.steps.clone(), way, next.clone(), last)))
                    .collect();
                for lane in lanes {
                    lane.await.expect("every receipt is kept");
                }
            }
            Side::ByHand => raw(&mut self.raw, &self.steps, way, at_once, first, last).expect("every receipt is kept"),
        }
        self.next = last;
    }
}

async fn ours(journal: Arc<SqliteJournal>, steps: Steps, way: Way, next: Arc<AtomicU64>, last: u64) {
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= last {
            return;
        }
        let (key, at) = (receipt::key(n), steps.at);
        let (hash, submission) = (steps.hash.clone(), steps.submission.clone());
        let new =
            NewEntry { id: EntryId::of(key.as_str()), hash, submission, warnings: Vec::new(), deadline: None, at };
        let accepted = journal.accept(new).await.expect("the journal is well");
        let Accepted::New(_, lease) = accepted else { panic!("{key} is new") };
        if way == Way::Accepted {
            continue;
        }
        let new = NewAttempt { account: "account".to_owned(), provider_key: key, request: steps.request.clone(), at };
        let pin = journal.pin(&lease, new).await.expect("the journal is well");
        assert_eq!(pin, Pin::Pinned(1));
        journal.sent(&lease, 1, at).await.expect("the journal is well");
        let attempt = AttemptRecord {
            n: 1,
            fate: Some(Fate::Registered),
            new_key: false,
            reply: Some(steps.reply.clone()),
            reason: None,
            provider_id: None,
            accepted: false,
        };
        let exchange = NewExchange {
            attempt: 1,
            sent: Sent::Request,
            began_at: at,
            ended_at: at,
            answer: Ok(steps.reply.clone()),
            class: None,
            code: None,
        };
        let record = Record {
            state: State::Registered,
            outcome: Some(steps.outcome.clone()),
            attempt: Some(attempt),
            exchanges: vec![exchange],
            callback: None,
            resolution: None,
            seen: 0,
            at,
        };
        journal.record(&lease, record).await.expect("the journal is well");
    }
}

/// As the journal's, without what a receipt on a straight way leaves empty.
const TABLES: &str = "
    PRAGMA journal_mode = wal;
    PRAGMA synchronous = full;
    PRAGMA foreign_keys = on;
    PRAGMA secure_delete = on;
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, submission TEXT NOT NULL,
        state TEXT NOT NULL, account TEXT, attempt INTEGER NOT NULL DEFAULT 0, outcome TEXT, lease_owner TEXT,
        lease_fence INTEGER, accepted_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, UNIQUE (tenant, key)
    ) STRICT;
    CREATE INDEX entries_unfinished ON entries (id) WHERE state NOT IN ('registered', 'rejected', 'not_sent');
    CREATE TABLE attempts (
        entry INTEGER NOT NULL REFERENCES entries (id), n INTEGER NOT NULL, account TEXT NOT NULL,
        provider_key TEXT NOT NULL, method TEXT NOT NULL, uri TEXT NOT NULL, headers BLOB NOT NULL, body BLOB NOT NULL,
        sends INTEGER NOT NULL DEFAULT 0, pinned_at INTEGER NOT NULL, first_sent_at INTEGER, sent_at INTEGER, fate TEXT,
        status INTEGER, response BLOB, answered_at INTEGER, PRIMARY KEY (entry, n)
    ) STRICT;
    CREATE INDEX attempts_provider_key ON attempts (provider_key);
    CREATE TABLE exchanges (
        entry INTEGER NOT NULL REFERENCES entries (id), n INTEGER NOT NULL, attempt INTEGER NOT NULL, sent TEXT NOT NULL,
        began_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, status INTEGER, response BLOB,
        times INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (entry, n),
        FOREIGN KEY (entry, attempt) REFERENCES attempts (entry, n)
    ) STRICT;
";

fn raw(
    connection: &mut Connection,
    steps: &Steps,
    way: Way,
    at_once: usize,
    first: u64,
    last: u64,
) -> rusqlite::Result<()> {
    let mut from = first;
    while from < last {
        let to = last.min(from + at_once as u64);
        let rows = i64::try_from(from).unwrap_or_default() + 1..=i64::try_from(to).unwrap_or_default();
        let row_of = |n: u64| i64::try_from(n).unwrap_or_default() + 1;
        let at = steps.at.as_millisecond();
        in_one(connection, |all| {
            let mut insert = all.prepare_cached(
                "INSERT INTO entries (id, tenant, key, hash, submission, state, accepted_at, changed_at, lease_owner,
                     lease_fence)
                 VALUES (?1, '', ?2, ?3, ?4, 'accepted', ?5, ?5, '1', 1)",
            )?;
            (from..to).try_for_each(|n| {
                insert.execute(params![row_of(n), receipt::key(n), steps.hash, steps.submission, at]).map(drop)
            })
        })?;
        if way == Way::Registered {
            in_one(connection, |all| pin(all, steps, from, to, at))?;
            in_one(connection, |all| {
                let mut entry =
                    all.prepare_cached("UPDATE entries SET state = 'sent', changed_at = ?2 WHERE id = ?1")?;
                let mut attempt = all.prepare_cached(
                    "UPDATE attempts SET sends = 1, first_sent_at = ?2, sent_at = ?2 WHERE entry = ?1 AND n = 1",
                )?;
                rows.clone().try_for_each(|row| {
                    entry.execute(params![row, at])?;
                    attempt.execute(params![row, at]).map(drop)
                })
            })?;
            in_one(connection, |all| {
                let mut entry = all.prepare_cached(
                    "UPDATE entries SET state = 'registered', outcome = ?2, changed_at = ?3, lease_owner = NULL
                     WHERE id = ?1",
                )?;
                let mut attempt = all.prepare_cached(
                    "UPDATE attempts SET fate = 'registered', status = ?2, response = ?3, answered_at = ?4
                     WHERE entry = ?1 AND n = 1",
                )?;
                let mut exchange = all.prepare_cached(
                    "INSERT INTO exchanges (entry, n, attempt, sent, began_at, ended_at, status, response)
                     VALUES (?1, 1, 1, 'request', ?2, ?2, ?3, ?4)",
                )?;
                rows.clone().try_for_each(|row| {
                    let (status, body) = (steps.reply.status, steps.reply.body.as_ref());
                    entry.execute(params![row, steps.outcome_text, at])?;
                    attempt.execute(params![row, status, body, at])?;
                    exchange.execute(params![row, at, status, body]).map(drop)
                })
            })?;
        }
        from = to;
    }
    Ok(())
}

fn pin(all: &Transaction<'_>, steps: &Steps, from: u64, to: u64, at: i64) -> rusqlite::Result<()> {
    let mut entry = all.prepare_cached(
        "UPDATE entries SET state = 'pinned', account = 'account', attempt = 1, changed_at = ?2 WHERE id = ?1",
    )?;
    let mut attempt = all.prepare_cached(
        "INSERT INTO attempts (entry, n, account, provider_key, method, uri, headers, body, pinned_at)
         VALUES (?1, 1, 'account', ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let request = &steps.request;
    (from..to).try_for_each(|n| {
        let row = i64::try_from(n).unwrap_or_default() + 1;
        entry.execute(params![row, at])?;
        let (key, body) = (receipt::key(n), request.body.as_ref());
        attempt.execute(params![row, key, request.method, request.uri, request.headers, body, at]).map(drop)
    })
}

fn in_one(
    connection: &mut Connection,
    write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    write(&transaction)?;
    transaction.commit()
}
