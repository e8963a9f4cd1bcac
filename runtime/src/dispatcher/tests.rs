mod callbacks;
mod crash;
mod deadline;
mod leases;
mod limits;
mod model;
mod resolve;
mod upkeep;

use std::time::Duration;

use kassa_providers::uniform::error_class::{
    AUTH_CONFIG, DEVICE_BLOCKED, IN_PROGRESS, INVALID, INVESTIGATE, NOT_FOUND, OUTCOME_UNKNOWN, OVERLOADED,
};
use tokio::time::Instant;

use super::*;
use crate::error::SetupError;
use crate::route::{Choice, Match};
use crate::sqlite::SqliteJournal;
use crate::testing::{
    Act, BLIND, DRAWER, KEYED, KEYED_ASKS, LOCATABLE, NEVER_SURE, Net, RETENTION, SetClock, TOKEN, VISIBLE_AFTER,
    account, receipt, refusing_account, sale,
};

use Act::{Lose, Process, Refuse, Say, Serve, ServeAndLose, ServeAndSay, Throttle};

/// A network, a journal and a clock, which outlive the dispatchers that are made of them.
struct Bench {
    net: Net,
    clock: SetClock,
    journal: Arc<SqliteJournal>,
}

impl Bench {
    fn new() -> Self {
        let journal = Arc::new(SqliteJournal::in_memory().unwrap());
        Self { net: Net::default(), clock: SetClock::new(), journal }
    }

    fn pace() -> Pace {
        let seconds = Duration::from_secs;
        Pace { first_delay: seconds(1), max_delay: seconds(8), attempts: 3, patience: seconds(60) }
    }

    fn dispatcher(&self, accounts: impl IntoIterator<Item = Account>) -> Dispatcher {
        self.dispatcher_with(accounts, self.journal.clone())
    }

    fn dispatcher_with(
        &self,
        accounts: impl IntoIterator<Item = Account>,
        journal: impl Journal + 'static,
    ) -> Dispatcher {
        Dispatcher::builder()
            .accounts(accounts)
            .journal(journal)
            .transport(self.net.clone())
            .clock(self.clock.clone())
            .pace(Self::pace())
            .build()
            .unwrap()
    }

    async fn entry(&self, key: &str) -> Entry {
        self.entry_of(key).await.unwrap()
    }

    async fn entry_of(&self, key: &str) -> Option<Entry> {
        self.journal.find(&EntryId::of(key)).await.unwrap()
    }
}

/// `registered a`, `rejected a invalid`, `not_sent`.
fn short(outcome: &Outcome) -> String {
    let class = match outcome {
        Outcome::Rejected { reason, .. } | Outcome::InDoubt { reason, .. } => Some(reason.class.as_str()),
        _ => None,
    };
    let parts = [Some(outcome.name()), outcome.account(), class];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[tokio::test(start_paused = true)]
async fn registers_once_and_gives_what_is_stored() {
    let bench = Bench::new();
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    let first = dispatcher.submit("k", sale()).await.unwrap();
    assert_eq!(short(&first), "registered a");
    assert_eq!(dispatcher.register("k", receipt("70.50")).await.unwrap(), first);
    assert_eq!(dispatcher.status("k").await.unwrap(), first);
    assert_eq!(bench.dispatcher([account("b", &KEYED)]).submit("k", sale()).await.unwrap(), first);
    assert_eq!(bench.net.calls(), ["a POST k"]);
    assert!(dispatcher.resume().await.unwrap().is_empty());
    let entry = bench.entry("k").await;
    assert_eq!(entry.attempts[0].reply.as_ref().unwrap().status, 200);
    let Outcome::Registered { differences, .. } = first.outcome else { panic!() };
    assert!(differences.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_registered_otherwise_than_sent_is_told() {
    let bench = Bench::new();
    let outcome = bench.dispatcher([account("a", &KEYED)]).register("k", receipt("80.00")).await.unwrap();
    let Outcome::Registered { differences, .. } = outcome.outcome else { panic!() };
    assert_eq!(differences, ["total: 70.50 is registered, 80.00 was sent"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_has_one_content() {
    let bench = Bench::new();
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    dispatcher.submit("k", sale()).await.unwrap();
    let Err(SubmitError::Conflict { stored_hash, given_hash }) = dispatcher.register("k", receipt("1.00")).await else {
        panic!()
    };
    assert_eq!(stored_hash, Content::of(sale()).unwrap().hash);
    assert_ne!(stored_hash, given_hash);
    assert_eq!(bench.net.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_invalid_is_not_accepted() {
    let bench = Bench::new();
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    let mut wrong = receipt("70.50");
    wrong.items.clear();
    let Err(SubmitError::Invalid(violations)) = dispatcher.register("k", wrong).await else { panic!() };
    assert!(violations.iter().any(|violation| violation.field == "items"), "{violations:?}");
    for key in ["", "a b", "ключ", &"k".repeat(65)] {
        assert_eq!(dispatcher.submit(key, sale()).await, Err(SubmitError::InvalidKey));
    }
    assert_eq!(dispatcher.status("k").await, Err(SubmitError::UnknownKey));
    assert!(bench.net.calls().is_empty() && bench.journal.counts().await.unwrap().is_empty());
    // The key is still free.
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
}

#[tokio::test(start_paused = true)]
async fn passes_over_who_refuses_or_cannot_be_reached() {
    let bench = Bench::new();
    bench.net.script("b", [Refuse]);
    let dispatcher = bench.dispatcher([refusing_account("a"), account("b", &KEYED), account("c", &BLIND)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered c");
    assert_eq!(bench.net.calls(), ["c POST k"]);

    bench.net.script("b", [Refuse]);
    let dispatcher = bench.dispatcher([refusing_account("a"), account("b", &KEYED)]);
    let outcome = dispatcher.submit("l", sale()).await.unwrap();
    let Outcome::NotSent { passed_over } = &outcome.outcome else { panic!("{outcome:?}") };
    let reasons: Vec<_> = passed_over.iter().map(|passed| format!("{}: {}", passed.account, passed.reason)).collect();
    assert_eq!(reasons, ["a: items[0].vat: has no code", "b: refused"]);
    // It is stored like any other outcome.
    assert_eq!(dispatcher.submit("l", sale()).await.unwrap(), outcome);
    assert_eq!(bench.net.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn says_why_no_route_fits() {
    let bench = Bench::new();
    let matches = Match { amount_from: Some("100".parse().unwrap()), ..Match::default() };
    let route = Route { name: "large".to_owned(), matches, choice: Choice::InOrder(vec!["a".to_owned()]) };
    let builder = Dispatcher::builder().account(account("a", &KEYED)).route(route).clock(bench.clock.clone());
    let dispatcher = builder.journal(bench.journal.clone()).transport(bench.net.clone()).build().unwrap();
    let Outcome::NotSent { passed_over } = dispatcher.submit("k", sale()).await.unwrap().outcome else { panic!() };
    assert_eq!(passed_over[0].reason, "route `large`: amount: is 70.50, and the route begins at 100.00");
}

#[tokio::test(start_paused = true)]
async fn a_rejection_goes_elsewhere_only_where_that_may_help() {
    for (class, outcome, calls) in
        [(&INVALID, "rejected a invalid", 1), (&AUTH_CONFIG, "registered b", 2), (&DEVICE_BLOCKED, "registered b", 2)]
    {
        let bench = Bench::new();
        bench.net.script("a", [Say(class, false)]);
        let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
        assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), outcome);
        assert_eq!(bench.net.calls().len(), calls);
    }
    let bench = Bench::new();
    bench.net.script("a", [Say(&AUTH_CONFIG, false)]);
    bench.net.script("b", [Refuse]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "rejected a auth_config");
}

#[tokio::test(start_paused = true)]
async fn what_a_pause_may_cure_is_sent_again_with_its_key() {
    let bench = Bench::new();
    bench.net.script("a", [Throttle(30), Say(&OVERLOADED, false)]);
    let dispatcher = bench.dispatcher([account("a", &BLIND), account("b", &KEYED)]);
    let began = Instant::now();
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.calls(), ["a POST k", "a POST k", "a POST k"]);
    // By the paused clock: the pause that was asked for, and one of our own.
    assert!(began.elapsed() >= Duration::from_secs(31), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_budget_for_repeats_ends_and_a_long_pause_is_not_waited_for() {
    let bench = Bench::new();
    bench.net.script("a", [Say(&OVERLOADED, false); 3]);
    bench.net.script("b", [Throttle(3600)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "rejected b overloaded");
    assert_eq!(bench.net.calls(), ["a POST k", "a POST k", "a POST k", "b POST k"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_rejected_before_the_line_went_dead_is_not_called_unsent() {
    let bench = Bench::new();
    bench.net.script("a", [Say(&OVERLOADED, false), Refuse]);
    let outcome = bench.dispatcher([account("a", &KEYED)]).submit("k", sale()).await.unwrap();
    assert_eq!(short(&outcome), "rejected a overloaded");
}

#[tokio::test(start_paused = true)]
async fn doubt_with_a_key_ends_by_repeating_it() {
    for act in [Lose, ServeAndLose, ServeAndSay(&OUTCOME_UNKNOWN), ServeAndSay(&IN_PROGRESS)] {
        for info in [&KEYED, &KEYED_ASKS] {
            let bench = Bench::new();
            bench.net.script("a", [act]);
            let dispatcher = bench.dispatcher([account("a", info), account("b", &KEYED)]);
            assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a", "{act:?}");
            assert_eq!(bench.net.ledger(), ["a k"], "{act:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn doubt_without_a_key_is_asked_about_or_stays() {
    let bench = Bench::new();
    bench.net.script("a", [Lose]);
    let dispatcher = bench.dispatcher([account("a", &BLIND), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "in_doubt a outcome_unknown");
    assert_eq!(bench.net.calls(), ["a POST k"]);

    let bench = Bench::new();
    bench.net.script("a", [ServeAndLose]);
    let dispatcher = bench.dispatcher([account("a", &LOCATABLE)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.calls(), ["a POST k", "a GET k"]);
}

#[tokio::test(start_paused = true)]
async fn not_found_is_believed_only_after_it_had_time_to_show() {
    let bench = Bench::new();
    bench.net.script("a", [Lose]);
    let dispatcher = bench.dispatcher([account("a", &LOCATABLE), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "in_doubt a outcome_unknown");
    assert!(!bench.net.calls().contains(&"b POST k".to_owned()));
    let began = Instant::now();
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "registered b");
    assert!(began.elapsed() >= VISIBLE_AFTER);
    assert_eq!(bench.net.ledger(), ["b k"]);

    // Where nobody knows how soon it shows, that it is not found proves nothing.
    let bench = Bench::new();
    bench.net.script("a", [Lose]);
    let dispatcher = bench.dispatcher([account("a", &NEVER_SURE), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "in_doubt a outcome_unknown");
    assert!(!bench.net.calls().contains(&"b POST k".to_owned()));
    let known = Account { visible_after: Some(VISIBLE_AFTER), ..account("a", &NEVER_SURE) };
    let dispatcher = bench.dispatcher([known, account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "registered b");

    // It is believed the second time in a row, whatever is said between.
    let bench = Bench::new();
    bench.net.script("a", [ServeAndLose]);
    bench.net.script("a", [Say(&NOT_FOUND, false), Say(&OVERLOADED, false), Say(&NOT_FOUND, false)]);
    let sure = Account { visible_after: Some(Duration::from_millis(1)), ..account("a", &NEVER_SURE) };
    let dispatcher = bench.dispatcher([sure, account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);

    // What shows late is found, and goes nowhere else.
    let bench = Bench::new();
    let late = Say(&NOT_FOUND, false);
    bench.net.script("a", [ServeAndLose, late, late, late]);
    let dispatcher = bench.dispatcher([account("a", &LOCATABLE), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);
}

/// The provider had taken it: a key that it may have forgotten would be registered again.
#[tokio::test(start_paused = true)]
async fn what_was_once_accepted_is_not_repeated_when_it_is_not_found_long_after() {
    let bench = Bench::new();
    bench.net.script("a", [Say(&IN_PROGRESS, false)]);
    bench.net.script("a", vec![Say(&OVERLOADED, false); 20]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "pending a");
    bench.net.clear("a");
    bench.clock.shift(30 * 24 * 3600);
    assert_eq!(short(&dispatcher.resume().await.unwrap().remove(0).1), "in_doubt a outcome_unknown");
    let calls = bench.net.calls();
    assert_eq!(calls.iter().filter(|call| call.contains("POST")).count(), 1, "{calls:?}");
}

/// No document says how long this one keeps a key.
#[tokio::test(start_paused = true)]
async fn a_key_of_unstated_retention_is_not_repeated_after_a_day() {
    for (shift, outcome, posts) in [(3600, "registered a", 2), (25 * 3600, "in_doubt a outcome_unknown", 1)] {
        let bench = Bench::new();
        bench.net.script("a", [Lose]);
        bench.net.script("a", vec![Say(&OVERLOADED, false); 20]);
        let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS), account("b", &KEYED)]);
        assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
        bench.net.clear("a");
        bench.clock.shift(shift);
        assert_eq!(short(&dispatcher.resume().await.unwrap().remove(0).1), outcome);
        let calls = bench.net.calls();
        assert_eq!(calls.iter().filter(|call| call.contains("POST")).count(), posts, "{calls:?}");
    }
}

/// What a question tells of a rejection, of several requests under one key, is not believed by one question either.
#[tokio::test(start_paused = true)]
async fn one_question_ends_nothing_that_was_sent_twice() {
    let bench = Bench::new();
    bench.net.script("a", [Lose, Say(&NOT_FOUND, false), Lose]);
    bench.net.script("a", vec![Say(&OVERLOADED, false); 20]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    assert!(bench.entry("k").await.attempts[0].sends > 1);
    let left = bench.net.calls().len();
    bench.net.clear("a");
    bench.net.script("a", [Say(&DEVICE_BLOCKED, true), Process]);
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "registered a");
    assert_eq!(bench.net.calls().len(), left + 2);
    assert_eq!(bench.net.ledger(), ["a k"]);
}

/// An order that waits for a cashier may be put away; that it is not found any more must not print it elsewhere.
#[tokio::test(start_paused = true)]
async fn what_was_once_accepted_is_not_taken_for_rejected_when_it_is_not_found() {
    for doubt in [None, Some(Lose), Some(Say(&INVESTIGATE, false))] {
        let bench = Bench::new();
        bench.net.script("a", [Say(&IN_PROGRESS, false)]);
        bench.net.script("a", doubt);
        bench.net.script("a", vec![Say(&NOT_FOUND, false); 500]);
        let dispatcher = bench.dispatcher([account("a", &LOCATABLE), account("b", &KEYED)]);
        dispatcher.submit("k", sale()).await.unwrap();
        // Another process, which knows no more than the journal does.
        let later = bench.dispatcher([account("a", &LOCATABLE), account("b", &KEYED)]);
        let outcome = later.resume().await.unwrap().remove(0).1.outcome;
        assert!(!outcome.is_final(), "{outcome:?}");
        assert!(!bench.net.calls().contains(&"b POST k".to_owned()));
        let entry = bench.entry("k").await;
        assert!(entry.attempts[0].accepted && entry.state.may_be_registered());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_said_at_the_door_ends_no_doubt() {
    for class in [&AUTH_CONFIG, &OVERLOADED, &INVALID, &DEVICE_BLOCKED] {
        for info in [&KEYED, &KEYED_ASKS, &LOCATABLE] {
            let bench = Bench::new();
            bench.net.script("a", [ServeAndLose]);
            bench.net.script("a", vec![Say(class, false); 60]);
            let dispatcher = bench.dispatcher([account("a", info), account("b", &KEYED)]);
            let outcome = dispatcher.submit("k", sale()).await.unwrap();
            assert_eq!(short(&outcome), "in_doubt a outcome_unknown", "{} {}", class.name, info.name);
            assert_eq!(bench.net.ledger(), ["a k"]);
            let calls = bench.net.calls();
            assert!(calls.iter().all(|call| call.starts_with("a ")), "{calls:?}");
            let repeats = calls.iter().filter(|call| *call == "a POST k").count();
            assert_eq!(repeats, if info.name == "keyed" { 3 } else { 1 });
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_said_of_the_key_ends_doubt() {
    for info in [&KEYED, &KEYED_ASKS] {
        let bench = Bench::new();
        bench.net.script("a", [Lose, Say(&DEVICE_BLOCKED, true), Say(&DEVICE_BLOCKED, true)]);
        let dispatcher = bench.dispatcher([account("a", info), account("b", &BLIND)]);
        assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered b");
        assert_eq!(bench.net.ledger(), ["b k"]);
    }
    let bench = Bench::new();
    bench.net.script("a", [Lose, Say(&INVALID, true)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "rejected a invalid");
}

/// A rejection that a question tells is asked for twice: between the two, an earlier request may have been processed.
#[tokio::test(start_paused = true)]
async fn a_question_is_not_believed_at_once() {
    let bench = Bench::new();
    bench.net.script("a", [Lose, Say(&DEVICE_BLOCKED, true), Process]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS), account("b", &BLIND)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);
}

/// What neither asking nor repeating can tell is left to people, now and when it is resumed.
#[tokio::test(start_paused = true)]
async fn what_is_for_people_is_left_to_them() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&INVESTIGATE)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &BLIND)]);
    for _ in 0..2 {
        assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a investigate");
    }
    assert_eq!(dispatcher.resume().await.unwrap().len(), 1);
    assert_eq!(bench.net.calls(), ["a POST k"]);
}

/// Cash that one drawer did not take must not end in another.
#[tokio::test(start_paused = true)]
async fn cash_stays_with_its_drawer() {
    let bench = Bench::new();
    bench.net.script("a", [Say(&DEVICE_BLOCKED, false)]);
    let dispatcher = bench.dispatcher([account("a", &DRAWER), account("b", &DRAWER)]);
    let movement: CashMovement = serde_json::from_str(r#"{"amount":"5"}"#).unwrap();
    assert_eq!(short(&dispatcher.cash_in("k", movement).await.unwrap()), "rejected a device_blocked");
    assert_eq!(bench.net.calls(), ["a POST k"]);
}

#[tokio::test(start_paused = true)]
async fn a_rejection_that_is_remembered_needs_another_key() {
    let bench = Bench::new();
    bench.net.script("a", [Say(&OVERLOADED, true), Say(&DEVICE_BLOCKED, true)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED), account("c", &BLIND)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered b");
    // The second account is with the same provider, which may remember keys for both.
    assert_eq!(bench.net.calls(), ["a POST k", "a POST k-2", "b POST k-3"]);
    let chain: Vec<_> = bench.entry("k").await.attempts.into_iter().map(|attempt| attempt.provider_key).collect();
    assert_eq!(chain, ["k", "k-2", "k-3"]);

    bench.net.script("a", [Say(&DEVICE_BLOCKED, true)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("c", &BLIND)]);
    assert_eq!(short(&dispatcher.submit("l", sale()).await.unwrap()), "registered c");
    assert_eq!(bench.net.calls()[3..], ["a POST l", "c POST l"]);
}

#[tokio::test(start_paused = true)]
async fn no_two_submissions_ever_have_one_provider_key() {
    let bench = Bench::new();
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    dispatcher.submit("k-2", sale()).await.unwrap();
    bench.net.script("a", [Say(&OVERLOADED, true)]);
    dispatcher.submit("k", sale()).await.unwrap();
    dispatcher.submit("k-3", sale()).await.unwrap();
    assert_eq!(bench.net.ledger(), ["a k-2", "a k-3", "a k-3-2"]);
}

#[tokio::test(start_paused = true)]
async fn pending_is_asked_for_until_patience_ends() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS), Say(&IN_PROGRESS, false), Say(&IN_PROGRESS, false)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.calls(), ["a POST k", "a GET k", "a GET k", "a GET k"]);

    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    bench.net.script("a", vec![Say(&IN_PROGRESS, false); 11]);
    let began = Instant::now();
    assert_eq!(short(&dispatcher.submit("l", sale()).await.unwrap()), "pending a");
    assert!(began.elapsed() <= Bench::pace().patience);
    assert_eq!(short(&dispatcher.status("l").await.unwrap()), "pending a");
    assert_eq!(dispatcher.resume().await.unwrap().len(), 1);
    assert_eq!(short(&dispatcher.status("l").await.unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k", "a l"]);
}

#[tokio::test(start_paused = true)]
async fn pending_without_questions_is_repeated_beyond_the_budget_for_doubt() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    bench.net.script("a", [Say(&IN_PROGRESS, false); 5]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.calls(), vec!["a POST k"; 7]);
    assert_eq!(bench.net.ledger(), ["a k"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_not_repeated_after_the_provider_may_have_forgotten_it() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndLose; 4]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    let calls = bench.net.calls().len();
    bench.clock.shift(RETENTION.as_secs().cast_signed());
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "in_doubt a outcome_unknown");
    assert_eq!(bench.net.calls().len(), calls);
    // A clock that is set back does not make the provider remember: which time was the right one, nobody knows.
    bench.clock.shift(-3 * RETENTION.as_secs().cast_signed());
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "in_doubt a outcome_unknown");
    assert_eq!(bench.net.calls().len(), calls);
    assert_eq!(bench.net.ledger(), ["a k"]);

    // One that is set back before does no harm: within the retention it is repeated.
    bench.clock.shift(2 * RETENTION.as_secs().cast_signed());
    bench.net.script("a", [ServeAndLose; 3]);
    assert_eq!(short(&dispatcher.submit("l", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    bench.clock.shift(-RETENTION.as_secs().cast_signed());
    assert_eq!(short(&dispatcher.resume().await.unwrap()[1].1), "registered a");
    assert_eq!(bench.net.ledger(), ["a k", "a l"]);
}

/// What is kept at an earlier time than the last does not make the entry younger than its first request.
#[tokio::test(start_paused = true)]
async fn a_key_is_repeated_after_something_was_kept_by_a_clock_that_was_set_back() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndLose; 3]);
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    bench.clock.shift(-10);
    bench.net.script("a", [Say(&IN_PROGRESS, false)]);
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "pending a");
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_else_is_asked_when_the_account_in_doubt_is_gone() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndLose; 4]);
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    let dispatcher = bench.dispatcher([account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.resume().await.unwrap()[0].1), "in_doubt a outcome_unknown");
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(bench.net.ledger(), ["a k"]);
}

#[tokio::test(start_paused = true)]
async fn two_at_the_same_time_send_once() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS), Say(&IN_PROGRESS, false)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS)]);
    let (first, second) = tokio::join!(dispatcher.submit("k", sale()), dispatcher.submit("k", sale()));
    // Which of them comes first is nobody's business.
    let (done, refused) = if first.is_ok() { (first, second) } else { (second, first) };
    assert_eq!(short(&done.unwrap()), "registered a");
    assert_eq!(refused, Err(SubmitError::InProgress));
    assert_eq!(bench.net.ledger(), ["a k"]);
}

#[tokio::test(start_paused = true)]
async fn the_work_goes_on_when_nobody_waits() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS), Say(&IN_PROGRESS, false)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS)]);
    tokio::select! {
        outcome = dispatcher.submit("k", sale()) => panic!("{outcome:?}"),
        () = async { while bench.net.calls().is_empty() { tokio::task::yield_now().await } } => {}
    }
    loop {
        match dispatcher.status("k").await.map(|standing| standing.outcome) {
            Err(SubmitError::InProgress) | Ok(Outcome::Pending { .. }) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            outcome => break assert_eq!(short(&outcome.unwrap()), "registered a"),
        }
    }
    assert_eq!(bench.net.calls().iter().filter(|call| *call == "a POST k").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_and_not_sent_is_sent_by_resume() {
    let bench = Bench::new();
    let content = Content::of(sale()).unwrap();
    for key in ["k", "l"] {
        let (id, at) = (EntryId::of(key), bench.clock.now());
        let new = NewEntry {
            id,
            hash: content.hash.clone(),
            submission: content.json.clone(),
            warnings: vec![],
            deadline: None,
            at,
        };
        bench.journal.accept(new).await.unwrap();
    }
    let dispatcher = bench.dispatcher([account("a", &BLIND)]);
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "pending");
    assert!(bench.net.calls().is_empty());
    let outcomes = dispatcher.resume().await.unwrap();
    assert_eq!(outcomes.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["k", "l"]);
    assert!(outcomes.iter().all(|(_, outcome)| short(outcome) == "registered a"));
}

#[tokio::test(start_paused = true)]
async fn no_secret_reaches_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::new();
    let journal = Arc::new(SqliteJournal::open(folder.path().join("j")).unwrap());
    bench.net.script("a", [ServeAndLose]);
    let dispatcher = bench.dispatcher_with([account("a", &KEYED_ASKS)], journal.clone());
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    let entry = journal.find(&EntryId::of("k")).await.unwrap().unwrap();
    assert!(!format!("{dispatcher:?} {entry:?}").contains(TOKEN));
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            bytes.extend(std::fs::read(file.path()).unwrap());
        }
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("provider.example") && !holds(TOKEN));
}

#[tokio::test(start_paused = true)]
async fn explaining_sends_and_keeps_nothing() {
    let bench = Bench::new();
    let dispatcher = bench.dispatcher([refusing_account("a"), account("b", &KEYED)]);
    let explanation = dispatcher.explain("k", &sale());
    assert_eq!(explanation.candidates.len(), 2);
    assert!(!explanation.to_string().contains(TOKEN));
    assert!(bench.net.calls().is_empty() && bench.journal.counts().await.unwrap().is_empty());
}

#[test]
fn a_dispatcher_is_checked_before_it_is_made() {
    let journal = || SqliteJournal::in_memory().unwrap();
    let error = |builder: DispatcherBuilder| builder.transport(Net::default()).build().unwrap_err();
    let builder = Dispatcher::builder;
    assert_eq!(error(builder().account(account("a", &KEYED))), SetupError::NoJournal);
    assert_eq!(error(builder().journal(journal())), SetupError::NoAccount);
    let twice = builder().journal(journal()).accounts([account("a", &KEYED), account("a", &BLIND)]);
    assert_eq!(error(twice), SetupError::DuplicateAccount("a".to_owned()));
    let stray = builder().journal(journal()).account(account("a", &KEYED)).route(Route::all("r", ["b"]));
    assert_eq!(error(stray), SetupError::UnknownAccount { route: "r".to_owned(), account: "b".to_owned() });
    let mut broken = account("a", &KEYED);
    broken.tls.roots = vec![b"x".to_vec()];
    assert!(matches!(
        builder().journal(journal()).account(broken).build(),
        Err(SetupError::Account { account, .. }) if account == "a"
    ));
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_and_answered_is_kept_one_by_one() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&OUTCOME_UNKNOWN), Lose, Lose, Serve]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    let kept: Vec<_> = bench.journal.exchanges(&EntryId::of("k")).await.unwrap();
    let told: Vec<_> = kept
        .iter()
        .map(|kept| {
            let crate::journal::NewExchange { sent, answer, class, .. } = &kept.exchange;
            let answer = answer.as_ref().map_or_else(String::clone, |reply| reply.status.to_string());
            format!("{} {}: {answer}, {}; {} times", kept.n, sent.name(), class.as_deref().unwrap_or("-"), kept.times)
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 request: 400, outcome_unknown; 1 times",
            "2 question: no whole answer: reset, -; 2 times",
            "3 question: 200, -; 1 times"
        ]
    );
}
