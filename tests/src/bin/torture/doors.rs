//! The journal and the transport of a dispatcher that is to be killed: they pass everything on, and at the step that was
//! named they stop for good.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use jiff::Timestamp;
use kassa::journal::{
    Accepted, Backlog, Claim, Effect, Entry, EntryId, KeptCallback, KeptExchange, Lease, NewAttempt, NewCallback,
    NewEntry, NewExchange, Pin, Record, Resolution, Tenure,
};
use kassa::kassa_core::{Reply, Request};
use kassa::{Account, HttpTransport, Journal, JournalError, SendError, SqliteJournal, State, Transport};

use crate::order::Order;
use crate::point::Point;
use crate::referee::Referee;
use crate::snare::Snare;
use crate::wire::{Said, say};

/// The journal.
#[derive(Debug)]
pub(crate) struct Doored {
    pub(crate) journal: Arc<SqliteJournal>,
    pub(crate) snare: Arc<Snare>,
    pub(crate) referee: Referee,
}

impl Doored {
    fn pass(&self, point: Point, id: &EntryId) {
        self.snare.pass(point, id.key.as_bytes());
    }

    /// What a command gave, behind the point at which the disk is full.
    fn kept<T>(&self, id: &EntryId, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if matches!(result, Err(JournalError::Unavailable(_))) {
            self.pass(Point::DiskFull, id);
        }
        result
    }

    fn number(&self, id: &EntryId) -> Option<u32> {
        Order::in_text(id.key.as_bytes(), self.snare.seed).map(|order| order.n)
    }

    fn given(&self, lease: &Lease) {
        if let Some(n) = self.number(&lease.id) {
            self.referee.given(n, lease.fence);
        }
    }

    /// Has to be called before the journal ends the lease: from then on another process may have the next one.
    fn ends(&self, lease: &Lease) {
        if let Some(n) = self.number(&lease.id) {
            self.referee.ends(n, lease.fence);
        }
    }
}

#[async_trait]
impl Journal for Doored {
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError> {
        let id = entry.id.clone();
        self.pass(Point::BeforeJournal, &id);
        let accepted = self.kept(&id, self.journal.accept(entry).await);
        if let Ok(Accepted::New(_, lease)) = &accepted {
            self.given(lease);
        }
        self.pass(Point::Journaled, &id);
        accepted
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        self.journal.find(id).await
    }

    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError> {
        let alone = self.snare.alone.load(Ordering::SeqCst);
        let claim = self.kept(id, self.journal.claim(id).await);
        if let Ok(Claim::Granted(_, lease)) = &claim {
            self.given(lease);
        }
        if let Some(n) = self.number(id).filter(|_| alone) {
            match &claim {
                Ok(Claim::Granted(..)) => say(&Said::TookOver(n)),
                Ok(Claim::Held(_)) => {
                    say(&Said::Wrong(n, "somebody who is dead keeps it from being worked on".to_owned()))
                }
                Err(_) => {}
            }
        }
        self.pass(Point::InRecovery, id);
        claim
    }

    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
        self.ends(lease);
        let tenure = self.kept(&lease.id, self.journal.release(lease, seen).await);
        if !matches!(tenure, Ok(Tenure::Over)) {
            self.given(lease);
        }
        tenure
    }

    async fn pin(&self, lease: &Lease, attempt: NewAttempt) -> Result<Pin, JournalError> {
        let pin = self.kept(&lease.id, self.journal.pin(lease, attempt).await);
        self.pass(Point::InRecovery, &lease.id);
        pin
    }

    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError> {
        let sent = self.kept(&lease.id, self.journal.sent(lease, n, at).await);
        self.pass(Point::InRecovery, &lease.id);
        sent
    }

    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError> {
        let is_final = record.state.is_final();
        if is_final {
            self.ends(lease);
        }
        let tenure = self.kept(&lease.id, self.journal.record(lease, record).await);
        if is_final && !matches!(tenure, Ok(Tenure::Over)) {
            self.given(lease);
        }
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
        if self.snare.is_early() {
            self.pass(Point::InCallback, id);
        }
        let kept = self.kept(id, self.journal.hear(id, callback).await);
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

    async fn backlog(&self) -> Result<Vec<Backlog>, JournalError> {
        self.journal.backlog().await
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
