//! Random lives of one submission, held against what is known to everybody but the dispatcher: what the accounts have
//! registered. A schedule that fails is made smaller until nothing can be left out.

use std::sync::atomic::AtomicU32;

use kassa_core::ProviderInfo;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::sync::Notify;

use super::crash::Dying;
use super::*;
use crate::journal::State;
use crate::testing::{BLIND_RINGS, KEYED_RINGS, registration, ring};

/// The providers of the accounts `a`, `b` and `c`.
const INFOS: [&ProviderInfo; 7] = [&KEYED, &KEYED_ASKS, &LOCATABLE, &NEVER_SURE, &BLIND, &BLIND_RINGS, &KEYED_RINGS];
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
    /// The clock on the wall jumps by so many seconds.
    Jump(i64),
    /// The provider of the last attempt calls back with the truth.
    Ring,
    /// A callback without proof.
    Forge(usize),
    /// An operator who has looked ends what is held.
    Rule,
}

#[derive(Debug, Clone)]
struct Life {
    infos: Vec<usize>,
    scripts: Vec<Vec<Act>>,
    events: Vec<Event>,
}

fn act() -> impl Strategy<Value = Act> {
    prop::sample::select(super::crash::ACTS.to_vec())
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0..2_usize).prop_map(Event::Submit),
        2 => (0..2_usize).prop_map(Event::Status),
        3 => (0..2_usize).prop_map(Event::Resume),
        2 => (1..24_u32).prop_map(Event::DieResuming),
        2 => (1..24_u32).prop_map(Event::DieSubmitting),
        1 => prop::sample::select(vec![-90_000, -600, 600, 4_000, 90_000]).prop_map(Event::Jump),
        2 => Just(Event::Ring),
        1 => (0..3_usize).prop_map(Event::Forge),
        1 => Just(Event::Rule),
    ]
}

fn life() -> impl Strategy<Value = Life> {
    (1..=3_usize).prop_flat_map(|accounts| {
        (vec(0..INFOS.len(), accounts), vec(vec(act(), 0..6), accounts), vec(event(), 1..10))
            .prop_map(|(infos, scripts, events)| Life { infos, scripts, events })
    })
}

/// What is known to everybody but the dispatcher.
struct Truth<'b> {
    bench: &'b Bench,
    /// The outcome that was told as the end, which stays.
    told: Option<Outcome>,
}

impl Truth<'_> {
    fn holder(&self) -> Option<String> {
        self.bench.net.ledger().first().and_then(|entry| entry.split(' ').next().map(str::to_owned))
    }

    /// Holds what the journal says against it.
    async fn check(&mut self) -> Result<(), TestCaseError> {
        let ledger = self.bench.net.ledger();
        prop_assert!(ledger.len() <= 1, "registered twice: {:?}", ledger);
        let Some(entry) = self.bench.entry_of("k").await else {
            prop_assert!(ledger.is_empty(), "registered, and in no journal");
            return Ok(());
        };
        let holder = self.holder();
        match entry.state {
            State::Registered => {
                let account = entry.outcome.as_ref().and_then(Outcome::account);
                prop_assert_eq!(account, holder.as_deref());
            }
            State::Rejected | State::NotSent | State::Accepted | State::Pinned => prop_assert_eq!(holder, None),
            // Whoever may have it is the one that was sent to last.
            State::Sent | State::Pending | State::InDoubt | State::Held => {
                let last = entry.attempts.last().map(|attempt| attempt.account.as_str());
                prop_assert!(holder.is_none() || holder.as_deref() == last, "{:?} has it, {:?} is asked", holder, last);
            }
        }
        if let Some(told) = &self.told {
            prop_assert_eq!(entry.outcome.as_ref(), Some(told), "what has ended has changed");
        }
        self.told = entry.outcome.filter(|_| entry.state.is_final());
        Ok(())
    }
}

async fn live(life: &Life) -> Result<&'static str, TestCaseError> {
    let bench = Bench::new();
    for (name, script) in NAMES.iter().zip(&life.scripts) {
        bench.net.script(name, script.iter().copied());
    }
    let accounts = || NAMES.iter().zip(&life.infos).map(|(name, info)| account(name, INFOS[*info]));
    let processes = [bench.dispatcher(accounts()), bench.dispatcher(accounts())];
    let mut truth = Truth { bench: &bench, told: None };
    for event in &life.events {
        match event {
            Event::Submit(n) => drop(processes[*n].submit("k", sale()).await),
            Event::Status(n) => drop(processes[*n].status("k").await),
            Event::Resume(n) => drop(processes[*n].resume().await),
            Event::DieResuming(steps) | Event::DieSubmitting(steps) => {
                let died = Arc::new(Notify::new());
                let journal =
                    Dying { journal: bench.journal.clone(), steps_left: AtomicU32::new(*steps), died: died.clone() };
                let dispatcher = bench.dispatcher_with(accounts(), journal);
                let going = async {
                    match event {
                        Event::DieSubmitting(_) => drop(dispatcher.submit("k", sale()).await),
                        _ => drop(dispatcher.resume().await),
                    }
                };
                tokio::select! {
                    () = going => {}
                    () = died.notified() => {}
                }
            }
            Event::Jump(seconds) => bench.clock.shift(*seconds),
            Event::Ring => {
                if let Some((holder, key)) = bench.net.ledger().first().and_then(|entry| entry.split_once(' ')) {
                    // Of a provider that calls nobody back, it is refused.
                    drop(processes[0].callback(holder, ring(holder, key, &registration(1, "70.50"))).await);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Event::Forge(n) => {
                let name = NAMES[*n % life.infos.len()];
                let forged = ring("nobody", "k", &registration(9, "70.50"));
                drop(processes[0].callback(name, forged).await);
            }
            Event::Rule => {
                if bench.entry_of("k").await.is_some_and(|entry| entry.state == State::Held) {
                    let ruling = match truth.holder() {
                        Some(_) => crate::Ruling::Registered(
                            serde_json::from_str(&registration(1, "70.50")).expect("a registration"),
                        ),
                        None => crate::Ruling::Rejected,
                    };
                    drop(processes[0].resolve("k", ruling, "Ann", "the cabinet").await);
                }
            }
        }
        truth.check().await?;
    }
    for _ in 0..4 {
        drop(processes[0].resume().await);
        truth.check().await?;
    }
    Ok(bench.entry_of("k").await.map_or("none", |entry| entry.state.name()))
}

/// How many lives are lived.
const LIVES: u32 = 400;

#[test]
fn no_life_ends_otherwise_than_the_accounts_know() {
    let seen = std::cell::RefCell::new(std::collections::BTreeMap::new());
    let config = Config { cases: LIVES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config,
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let lived = runner.run(&life(), |life| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let state = runtime.block_on(live(&life))?;
        *seen.borrow_mut().entry(state).or_insert(0) += 1;
        Ok(())
    });
    lived.unwrap_or_else(|failed| panic!("{failed}"));
    // Every end has come up; a test that no longer reaches one has gone blind.
    for name in ["registered", "rejected", "not_sent", "in_doubt", "held"] {
        assert!(seen.borrow().contains_key(name), "{:?}", seen.borrow());
    }
}
