//! Random lives of one submission, held against a small reference machine: the providers, and what they know. A life that
//! fails is made smaller until nothing can be left out.

mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use jiff::Timestamp;
use kassa_core::{Date, ProviderInfo};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tokio::sync::Notify;

use super::crash::Dying;
use super::*;
use crate::journal::State;
use crate::testing::{BLIND_RINGS, KEYED_RINGS, registration, ring};
use world::{Act, Answer, MARGIN, World};

/// What the providers of the accounts `a`, `b` and `c` are drawn from. Who can be located has most to go wrong.
const INFOS: [&ProviderInfo; 9] =
    [&KEYED, &KEYED_ASKS, &LOCATABLE, &LOCATABLE, &LOCATABLE, &NEVER_SURE, &BLIND, &BLIND_RINGS, &KEYED_RINGS];
const NAMES: [&str; 3] = ["a", "b", "c"];

/// What happens next in the life of the submission.
#[derive(Debug, Clone)]
enum Event {
    /// It is submitted, by the process of this number.
    Submit(usize),
    /// Somebody asks for its status.
    Status(usize),
    /// A process goes on with what is left.
    Resume(usize),
    /// The process dies in the middle of going on, at this step of its journal.
    DieResuming(u32),
    /// The same while it is submitted.
    DieSubmitting(u32),
    /// So many seconds pass.
    Pass(u64),
    /// The clock on the wall is set, by so many seconds.
    Jump(i64),
    /// The providers do what they have taken, or throw it away.
    Process(bool),
    /// The provider of the last attempt calls back with the truth.
    Ring,
    /// A callback without proof.
    Forge(usize),
    /// An operator who has looked ends what is held.
    Rule,
}

#[derive(Debug, Clone)]
struct Life {
    accounts: Vec<Part>,
    events: Vec<Event>,
}

/// The part that a provider plays.
#[derive(Debug, Clone)]
struct Part {
    info: usize,
    /// After how much of the promised time it shows what it has, in percent.
    shows: u32,
    /// Whether it may lose from sight what it has said to have.
    hides: bool,
    acts: Vec<Act>,
}

fn act() -> impl Strategy<Value = Act> {
    let answer = || prop::sample::select(vec![Answer::Whole, Answer::Lost, Answer::Vague]);
    let class = || prop::sample::select(vec![&INVALID, &AUTH_CONFIG, &OVERLOADED, &DEVICE_BLOCKED]);
    prop_oneof![
        1 => Just(Act::Refuse),
        2 => Just(Act::Lose),
        1 => class().prop_map(Act::Door),
        3 => answer().prop_map(Act::Serve),
        4 => (answer(), any::<bool>()).prop_map(|(answer, comes)| Act::Queue { answer, comes }),
        2 => (class(), answer()).prop_map(|(class, answer)| Act::Reject(class, answer)),
        1 => Just(Act::Puzzle),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    // No further back than a provider remembers longer than it promises: nobody can know otherwise that time has passed.
    let back = -MARGIN.as_secs().cast_signed();
    prop_oneof![
        3 => (0..2_usize).prop_map(Event::Submit),
        2 => (0..2_usize).prop_map(Event::Status),
        3 => (0..2_usize).prop_map(Event::Resume),
        2 => (1..24_u32).prop_map(Event::DieResuming),
        2 => (1..24_u32).prop_map(Event::DieSubmitting),
        2 => prop::sample::select(vec![1, 60, 400, 4_000, 90_000]).prop_map(Event::Pass),
        1 => prop::sample::select(vec![back, 600, 90_000]).prop_map(Event::Jump),
        2 => any::<bool>().prop_map(Event::Process),
        2 => Just(Event::Ring),
        1 => (0..3_usize).prop_map(Event::Forge),
        1 => Just(Event::Rule),
    ]
}

fn life() -> impl Strategy<Value = Life> {
    let part = (0..INFOS.len(), 0..=100_u32, any::<bool>(), vec(act(), 0..6));
    let part = part.prop_map(|(info, shows, hides, acts)| Part { info, shows, hides, acts });
    (vec(part, 1..=3), vec(event(), 1..10)).prop_map(|(accounts, events)| Life { accounts, events })
}

/// A clock on the wall: it goes with the time that passes, until somebody sets it.
#[derive(Debug, Clone)]
struct Wall {
    began: Instant,
    set_by: Arc<AtomicI64>,
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        let noon: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
        let shown = noon + self.began.elapsed();
        shown + jiff::SignedDuration::from_secs(self.set_by.load(Ordering::SeqCst))
    }

    // Which rates are in force is not what is tried here.
    fn today(&self) -> Date {
        "2026-01-15".parse().unwrap()
    }
}

struct Stage {
    accounts: Vec<Part>,
    world: World,
    wall: Wall,
    journal: Arc<SqliteJournal>,
    /// The outcome that was told as the end, which stays.
    told: Option<Outcome>,
}

impl Stage {
    fn new(life: &Life) -> Self {
        let world = World::default();
        for (name, part) in NAMES.iter().zip(&life.accounts) {
            let sight = (VISIBLE_AFTER * part.shows / 100, part.hides);
            world.script(name, sight, part.acts.iter().copied());
        }
        Self {
            accounts: life.accounts.clone(),
            world,
            wall: Wall { began: Instant::now(), set_by: Arc::default() },
            journal: Arc::new(SqliteJournal::in_memory().unwrap()),
            told: None,
        }
    }

    fn dispatcher(&self, journal: impl Journal + 'static) -> Dispatcher {
        let accounts = NAMES.iter().zip(&self.accounts).map(|(name, part)| account(name, INFOS[part.info]));
        let builder = Dispatcher::builder().accounts(accounts).journal(journal).pace(Bench::pace());
        builder.transport(self.world.clone()).clock(self.wall.clone()).build().unwrap()
    }

    async fn entry(&self) -> Option<Entry> {
        self.journal.find(&EntryId::of("k")).await.unwrap()
    }

    /// Holds what the journal says against what the providers know.
    async fn check(&mut self) -> Result<(), TestCaseError> {
        let (ledger, open) = (self.world.ledger(), self.world.may_register());
        prop_assert!(ledger.len() <= 1, "registered twice: {:?}", ledger);
        let Some(entry) = self.entry().await else {
            prop_assert!(ledger.is_empty() && open.is_empty(), "sent, and in no journal");
            return Ok(());
        };
        let holder = ledger.first().map(String::as_str);
        match entry.state {
            State::Registered => {
                prop_assert_eq!(entry.outcome.as_ref().and_then(Outcome::account), holder);
                prop_assert!(open.is_empty(), "registered by {:?}, and may be by {:?}", holder, open);
            }
            State::Rejected | State::NotSent | State::Accepted | State::Pinned => {
                prop_assert!(holder.is_none() && open.is_empty(), "{:?}: {:?}, {:?}", entry.state, holder, open);
            }
            // Whoever may have it is the one that was sent to last.
            State::Sent | State::Pending | State::InDoubt | State::Held => {
                let last = entry.attempts.last().map(|attempt| attempt.account.as_str());
                let others = ledger.iter().chain(&open).any(|account| Some(account.as_str()) != last);
                prop_assert!(!others, "{:?} and {:?} may have it, {:?} is asked", holder, open, last);
            }
        }
        if let Some(told) = &self.told {
            prop_assert_eq!(entry.outcome.as_ref(), Some(told), "what has ended has changed");
        }
        self.told = entry.outcome.filter(|_| entry.state.is_final());
        Ok(())
    }

    async fn die(&self, steps: u32, submitting: bool) {
        let died = Arc::new(Notify::new());
        let (journal, steps_left) = (self.journal.clone(), AtomicU32::new(steps));
        let dispatcher = self.dispatcher(Dying { journal, steps_left, died: died.clone() });
        let going = async {
            if submitting {
                drop(dispatcher.submit("k", sale()).await);
            } else {
                drop(dispatcher.resume().await);
            }
        };
        tokio::select! {
            () = going => {}
            () = died.notified() => {}
        }
    }

    /// The ruling of somebody who has seen what the provider has, once that is decided.
    async fn rule(&self, dispatcher: &Dispatcher) {
        let held = self.entry().await.is_some_and(|entry| entry.state == State::Held);
        if held && self.world.may_register().is_empty() {
            let ruling = match self.world.registered() {
                Some(_) => Ruling::Registered(serde_json::from_str(&registration(1, "70.50")).unwrap()),
                None => Ruling::Rejected,
            };
            dispatcher.resolve("k", ruling, "Ann", "the cabinet").await.unwrap();
        }
    }
}

async fn live(life: &Life) -> Result<&'static str, TestCaseError> {
    let mut stage = Stage::new(life);
    let processes = [stage.dispatcher(stage.journal.clone()), stage.dispatcher(stage.journal.clone())];
    for event in &life.events {
        match *event {
            Event::Submit(n) => drop(processes[n].submit("k", sale()).await),
            Event::Status(n) => drop(processes[n].status("k").await),
            Event::Resume(n) => drop(processes[n].resume().await),
            Event::DieResuming(steps) => stage.die(steps, false).await,
            Event::DieSubmitting(steps) => stage.die(steps, true).await,
            Event::Pass(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            Event::Jump(seconds) => drop(stage.wall.set_by.fetch_add(seconds, Ordering::SeqCst)),
            Event::Process(comes) => stage.world.process(comes),
            Event::Ring => {
                if let Some((holder, key)) = stage.world.registered() {
                    // Of a provider that calls nobody back, it is refused.
                    drop(processes[0].callback(&holder, ring(&holder, &key, &registration(1, "70.50"))).await);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Event::Forge(n) => {
                let name = NAMES[n % life.accounts.len()];
                drop(processes[0].callback(name, ring("nobody", "k", &registration(9, "70.50"))).await);
            }
            Event::Rule => stage.rule(&processes[0]).await,
        }
        stage.check().await?;
    }
    for _ in 0..4 {
        drop(processes[0].resume().await);
        stage.check().await?;
    }
    // Whatever was still on its way arrives.
    stage.world.process(true);
    stage.check().await?;
    Ok(stage.entry().await.map_or("none", |entry| entry.state.name()))
}

/// How many lives are lived.
const LIVES: u32 = 500;

#[test]
fn no_life_ends_otherwise_than_the_providers_know() {
    let seen = RefCell::new(BTreeMap::new());
    let config = Config { cases: LIVES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let lived = runner.run(&life(), |life| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let state = runtime.block_on(live(&life))?;
        *seen.borrow_mut().entry(state).or_insert(0) += 1;
        Ok(())
    });
    lived.unwrap_or_else(|failed| panic!("{failed}"));
    // Every end has come up; a test that no longer reaches one has gone blind.
    for name in ["registered", "rejected", "not_sent", "pending", "in_doubt", "held"] {
        assert!(seen.borrow().contains_key(name), "{:?}", seen.borrow());
    }
}
