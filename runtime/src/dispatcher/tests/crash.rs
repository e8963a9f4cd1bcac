//! The process dies at any step of the way, and again while it recovers; whatever the provider does meanwhile, nothing is
//! registered twice and nothing is said to be what it is not.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use kassa_core::ProviderInfo;
use kassa_providers::uniform::error_class::NOT_FOUND;
use tokio::sync::Notify;

use super::*;
use crate::journal::{
    Effect, KeptCallback, KeptExchange, NewAttempt, NewCallback, NewExchange, Pin, Record, Resolution, State, Tenure,
};

/// A journal whose process dies before or after one of its commands: the command never returns.
#[derive(Debug)]
pub(super) struct Dying {
    pub(super) journal: Arc<SqliteJournal>,
    pub(super) steps_left: AtomicU32,
    pub(super) died: Arc<Notify>,
}

impl Dying {
    /// Whether this is the step to die at: half of the steps come before a command, half after it.
    async fn step(&self) {
        if self.steps_left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.died.notify_one();
            std::future::pending().await
        }
    }
}

#[async_trait]
impl Journal for Dying {
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError> {
        self.step().await;
        let accepted = self.journal.accept(entry).await;
        self.step().await;
        accepted
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        self.journal.find(id).await
    }

    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError> {
        self.step().await;
        let claim = self.journal.claim(id).await;
        self.step().await;
        claim
    }

    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
        self.step().await;
        let tenure = self.journal.release(lease, seen).await;
        self.step().await;
        tenure
    }

    async fn pin(&self, lease: &Lease, attempt: NewAttempt) -> Result<Pin, JournalError> {
        self.step().await;
        let pin = self.journal.pin(lease, attempt).await;
        self.step().await;
        pin
    }

    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError> {
        self.step().await;
        let sent = self.journal.sent(lease, n, at).await;
        self.step().await;
        sent
    }

    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError> {
        self.step().await;
        let recorded = self.journal.record(lease, record).await;
        self.step().await;
        recorded
    }

    async fn exchanged(&self, lease: &Lease, exchanges: Vec<NewExchange>) -> Result<(), JournalError> {
        self.step().await;
        let kept = self.journal.exchanged(lease, exchanges).await;
        self.step().await;
        kept
    }

    async fn exchanges(&self, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError> {
        self.journal.exchanges(id).await
    }

    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
        self.journal.named(provider_key).await
    }

    async fn hear(&self, id: &EntryId, callback: NewCallback) -> Result<KeptCallback, JournalError> {
        self.step().await;
        let kept = self.journal.hear(id, callback).await;
        self.step().await;
        kept
    }

    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
        self.journal.callbacks(id).await
    }

    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
        self.step().await;
        let weighed = self.journal.weigh(id, n, effect, about).await;
        self.step().await;
        weighed
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

/// Numbers that look like chance and are the same in every run (SplitMix64).
struct Lots(u64);

impl Lots {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const ACTS: [Act; 14] = [
    Serve,
    ServeAndLose,
    ServeAndLose,
    Lose,
    Refuse,
    Throttle(5),
    Say(&INVALID, false),
    Say(&AUTH_CONFIG, false),
    Say(&OVERLOADED, true),
    Say(&DEVICE_BLOCKED, true),
    Say(&IN_PROGRESS, false),
    Say(&NOT_FOUND, false),
    ServeAndSay(&OUTCOME_UNKNOWN),
    ServeAndSay(&IN_PROGRESS),
];

/// What one run does, for the message of one that fails.
#[derive(Debug)]
struct Plan {
    infos: Vec<&'static ProviderInfo>,
    scripts: Vec<Vec<Act>>,
    deaths: Vec<u32>,
}

impl Plan {
    fn draw(lots: &mut Lots) -> Self {
        let accounts = 1 + lots.below(3);
        let infos = (0..accounts).map(|_| lots.of(&[&KEYED, &KEYED_ASKS, &LOCATABLE, &BLIND])).collect();
        let scripts = (0..accounts).map(|_| (0..lots.below(5)).map(|_| lots.of(&ACTS)).collect()).collect();
        let deaths = (0..lots.below(4)).map(|_| 1 + u32::try_from(lots.below(20)).unwrap()).collect();
        Self { infos, scripts, deaths }
    }
}

/// Runs a plan to its end and looks at what came of it; the outcome's name.
async fn run(plan: &Plan) -> &'static str {
    let bench = Bench::new();
    let names = ["a", "b", "c"];
    for (name, script) in names.iter().zip(&plan.scripts) {
        bench.net.script(name, script.iter().copied());
    }
    let accounts = || names.iter().zip(plan.infos.iter().copied()).map(|(name, info)| account(name, info));
    for steps in &plan.deaths {
        let died = Arc::new(Notify::new());
        let journal = Dying { journal: bench.journal.clone(), steps_left: AtomicU32::new(*steps), died: died.clone() };
        let dispatcher = bench.dispatcher_with(accounts(), journal);
        tokio::select! {
            outcome = dispatcher.submit("k", sale()) => { outcome.unwrap(); }
            () = died.notified() => {}
        }
        // Each life begins a little later; the journal outlives them all.
        bench.clock.shift(1);
    }
    let dispatcher = bench.dispatcher(accounts());
    let mut outcome = dispatcher.submit("k", sale()).await.unwrap().outcome;
    for _ in 0..6 {
        if let Some((_, resumed)) = dispatcher.resume().await.unwrap().pop() {
            outcome = resumed.outcome;
        }
    }
    let ledger = bench.net.ledger();
    assert!(ledger.len() <= 1, "registered twice: {ledger:?}");
    let holder = ledger.first().and_then(|entry| entry.split(' ').next());
    match &outcome {
        Outcome::Registered { account, .. } => assert_eq!(holder, Some(account.as_str())),
        Outcome::Rejected { .. } | Outcome::NotSent { .. } => assert_eq!(holder, None),
        Outcome::Pending { account, .. } | Outcome::InDoubt { account, .. } => {
            assert!(holder.is_none_or(|holder| holder == account), "{holder:?} has it");
        }
    }
    let entry = bench.entry("k").await;
    let state = if entry.state == State::Held { State::InDoubt } else { entry.state };
    assert_eq!(state.name(), outcome.name());
    assert_eq!(entry.outcome.as_ref(), Some(&outcome));
    outcome.name()
}

/// How many plans are drawn.
const PLANS: u64 = 600;

#[test]
fn whatever_dies_whenever_nothing_is_registered_twice() {
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..PLANS {
        let plan = Plan::draw(&mut Lots(seed));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(run(&plan))));
        *seen.entry(result.unwrap_or_else(|_| panic!("seed {seed}: {plan:?}"))).or_insert(0) += 1;
    }
    // Every outcome has come up; a test that no longer reaches one has gone blind.
    for name in ["registered", "pending", "rejected", "not_sent", "in_doubt"] {
        assert!(seen.get(name).is_some_and(|count| *count > 5), "{seen:?}");
    }
}
