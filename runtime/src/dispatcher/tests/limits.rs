//! Failing accounts rest, and a dispatcher that is closed leaves nothing half done.

use super::*;
use crate::dispatcher::Limits;

fn limited(name: &str, info: &'static kassa_core::ProviderInfo, limits: Limits) -> Account {
    Account { limits, ..account(name, info) }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_fails_again_and_again_is_passed_over_until_it_answers() {
    let bench = Bench::new();
    let limits = Limits { failures: 3, rest: Duration::from_secs(100), ..Limits::default() };
    bench.net.script("a", [Refuse; 4]);
    let dispatcher = bench.dispatcher([limited("a", &KEYED, limits), account("b", &KEYED)]);
    for n in 0..5 {
        assert_eq!(short(&dispatcher.submit(&format!("k{n}"), sale()).await.unwrap()), "registered b");
    }
    // Only three of them have tried.
    tokio::time::sleep(Duration::from_secs(101)).await;
    assert_eq!(short(&dispatcher.submit("l", sale()).await.unwrap()), "registered b", "the one that tries it fails");
    assert_eq!(short(&dispatcher.submit("m", sale()).await.unwrap()), "registered b", "and the rest begins anew");
    tokio::time::sleep(Duration::from_secs(201)).await;
    assert_eq!(short(&dispatcher.submit("n", sale()).await.unwrap()), "registered a");
    assert_eq!(short(&dispatcher.submit("o", sale()).await.unwrap()), "registered a");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_rests_is_asked_about_what_it_has() {
    let bench = Bench::new();
    let limits = Limits { failures: 1, rest: Duration::from_secs(1000), ..Limits::default() };
    bench.net.script("a", [ServeAndLose]);
    let dispatcher = bench.dispatcher([limited("a", &KEYED, limits), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);
}

#[tokio::test(start_paused = true)]
async fn a_resting_account_alone_leaves_the_submission_unsent() {
    let bench = Bench::new();
    let limits = Limits { failures: 1, ..Limits::default() };
    bench.net.script("a", [Refuse]);
    let dispatcher = bench.dispatcher([limited("a", &KEYED, limits)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "not_sent");
    let Outcome::NotSent { passed_over } = dispatcher.submit("l", sale()).await.unwrap().outcome else { panic!() };
    assert_eq!(passed_over[0].reason, "left alone for 11 s more, after 1 failures in a row");
}

#[tokio::test]
async fn a_closed_dispatcher_takes_nothing_and_leaves_the_rest_to_the_next_one() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS), Say(&IN_PROGRESS, false)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_ASKS)]);
    let working = tokio::spawn({
        let dispatcher = dispatcher.clone();
        async move { dispatcher.submit("k", sale()).await }
    });
    while bench.entry_of("k").await.is_none_or(|entry| entry.outcome.is_none()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let began = Instant::now();
    assert_eq!(dispatcher.close(Duration::from_secs(30)).await, 0);
    assert!(began.elapsed() < Duration::from_secs(5), "no pause is waited out");
    assert_eq!(short(&working.await.unwrap().unwrap()), "pending a");
    assert_eq!(dispatcher.submit("l", sale()).await.unwrap_err(), SubmitError::Closing);
    assert!(bench.entry_of("l").await.is_none());
    assert!(dispatcher.resume().await.unwrap().is_empty());
    let next = bench.dispatcher([account("a", &KEYED_ASKS)]);
    assert_eq!(short(&next.resume().await.unwrap().remove(0).1), "registered a");
    assert_eq!(bench.net.ledger().len(), 1);
}

#[tokio::test]
async fn what_was_rejected_for_a_while_is_sent_by_the_next_one() {
    let bench = Bench::new();
    bench.net.script("a", [Throttle(20)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    let working = tokio::spawn({
        let dispatcher = dispatcher.clone();
        async move { dispatcher.submit("k", sale()).await }
    });
    while bench.entry_of("k").await.is_none_or(|entry| entry.attempts.iter().all(|attempt| attempt.fate.is_none())) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(dispatcher.close(Duration::from_secs(30)).await, 0);
    assert_eq!(short(&working.await.unwrap().unwrap()), "pending a");
    let next = bench.dispatcher([account("a", &KEYED)]);
    assert_eq!(short(&next.resume().await.unwrap().remove(0).1), "registered a");
}
