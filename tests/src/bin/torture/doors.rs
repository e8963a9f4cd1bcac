//! The journal and the transport of a dispatcher that is to be killed: they pass everything on, and at the step that was
//! named they stop for good.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use async_trait::async_trait;
use jiff::Timestamp;
use kassa::journal::{
    Accepted, Claim, Effect, Entry, EntryId, KeptCallback, KeptExchange, Lease, NewAttempt, NewCallback, NewEntry,
    NewExchange, Pin, Record, Resolution, Tenure,
};
use kassa::kassa_core::{Reply, Request};
use kassa::{Account, HttpTransport, Journal, JournalError, SendError, SqliteJournal, State, Transport};

use crate::order::Order;
use crate::point::Point;
use crate::wire::{Said, Trap, say};

/// The step at which this process is killed.
#[derive(Debug)]
pub(crate) struct Snare {
    seed: u64,
    trap: Option<Trap>,
    since: Instant,
    passes: AtomicU64,
    sprung: AtomicBool,
    /// Whether what others left is gone on with, and nothing else is done.
    pub(crate) recovering: AtomicBool,
}

impl Snare {
    pub(crate) fn new(seed: u64, trap: Option<Trap>) -> Arc<Snare> {
        Arc::new(Snare {
            seed,
            trap,
            since: Instant::now(),
            passes: AtomicU64::new(0),
            sprung: AtomicBool::new(false),
            recovering: AtomicBool::new(false),
        })
    }

    /// Stops here for good if this is the step: whoever started this process kills it.
    pub(crate) fn pass(&self, point: Point, text: &[u8]) {
        self.pass_with(point, text, || None);
    }

    fn pass_with(&self, point: Point, text: &[u8], before: impl FnOnce() -> Option<TcpStream>) {
        let Some(trap) = &self.trap else { return };
        let recovers = trap.point.is_of_recovery() && self.recovering.load(Ordering::SeqCst);
        if trap.point != point && !recovers {
            return;
        }
        let Some(order) = Order::in_text(text, self.seed) else { return };
        if !trap.takes(order.kind, self.since)
            || self.passes.fetch_add(1, Ordering::SeqCst) + 1 < trap.nth
            || self.sprung.swap(true, Ordering::SeqCst)
        {
            return;
        }
        let _held = before();
        say(&Said::At(order.n));
        loop {
            thread::park();
        }
    }
}

/// The journal.
#[derive(Debug)]
pub(crate) struct Doored {
    pub(crate) journal: Arc<SqliteJournal>,
    pub(crate) snare: Arc<Snare>,
}

impl Doored {
    fn pass(&self, point: Point, id: &EntryId) {
        self.snare.pass(point, id.key.as_bytes());
    }
}

#[async_trait]
impl Journal for Doored {
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError> {
        let id = entry.id.clone();
        self.pass(Point::BeforeJournal, &id);
        let accepted = self.journal.accept(entry).await;
        self.pass(Point::Journaled, &id);
        accepted
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        self.journal.find(id).await
    }

    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError> {
        let claim = self.journal.claim(id).await;
        self.pass(Point::InRecovery, id);
        claim
    }

    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
        self.journal.release(lease, seen).await
    }

    async fn pin(&self, lease: &Lease, attempt: NewAttempt) -> Result<Pin, JournalError> {
        let pin = self.journal.pin(lease, attempt).await;
        self.pass(Point::InRecovery, &lease.id);
        pin
    }

    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError> {
        let sent = self.journal.sent(lease, n, at).await;
        self.pass(Point::InRecovery, &lease.id);
        sent
    }

    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError> {
        let tenure = self.journal.record(lease, record).await;
        self.pass(Point::ResultCommitted, &lease.id);
        tenure
    }

    async fn exchanged(&self, lease: &Lease, exchanges: Vec<NewExchange>) -> Result<(), JournalError> {
        let kept = self.journal.exchanged(lease, exchanges).await;
        self.pass(Point::InRecovery, &lease.id);
        kept
    }

    async fn exchanges(&self, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError> {
        self.journal.exchanges(id).await
    }

    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
        self.journal.named(provider_key).await
    }

    async fn hear(&self, id: &EntryId, callback: NewCallback) -> Result<KeptCallback, JournalError> {
        // Before it is kept, or after.
        let first = self.snare.since.elapsed().as_millis().is_multiple_of(2);
        if first {
            self.pass(Point::InCallback, id);
        }
        let kept = self.journal.hear(id, callback).await;
        self.pass(Point::InCallback, id);
        kept
    }

    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
        self.journal.callbacks(id).await
    }

    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
        self.pass(Point::InCallback, id);
        self.journal.weigh(id, n, effect, about).await
    }

    async fn resolution(&self, id: &EntryId) -> Result<Option<Resolution>, JournalError> {
        self.journal.resolution(id).await
    }

    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError> {
        self.journal.unfinished().await
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, JournalError> {
        self.journal.purge(before).await
    }

    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError> {
        self.journal.counts().await
    }
}

/// The transport.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) http: HttpTransport,
    pub(crate) snare: Arc<Snare>,
}

#[async_trait]
impl Transport for Wire {
    fn prepare(&self, account: &Account) -> Result<(), String> {
        self.http.prepare(account)
    }

    async fn send(&self, account: &Account, request: Request) -> Result<Reply, SendError> {
        let text = [request.uri().to_string().as_bytes(), request.body()].concat();
        // Who is killed between the connection and the first byte leaves a connection and no byte.
        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        self.snare.pass_with(Point::Connected, &text, || TcpStream::connect(authority).ok());
        let reply = self.http.send(account, request).await;
        if reply.is_ok() {
            self.snare.pass(Point::ResponseRead, &text);
        }
        reply
    }
}
