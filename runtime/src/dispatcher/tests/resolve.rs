//! What only people can tell.

use kassa_providers::uniform::Registration;

use super::*;
use crate::dispatcher::Ruling;
use crate::error::ResolveError;
use crate::journal::{Effect, Fate, State};
use crate::testing::{BLIND_RINGS, registration, ring};

fn found(number: usize) -> Ruling {
    Ruling::Registered(serde_json::from_str::<Registration>(&registration(number, "70.50")).unwrap().into())
}

#[tokio::test(start_paused = true)]
async fn what_nothing_can_tell_is_held_until_somebody_does() {
    let bench = Bench::new();
    bench.net.script("a", [Lose, Lose]);
    let dispatcher = bench.dispatcher([account("a", &BLIND), account("b", &KEYED)]);
    for key in ["k", "l"] {
        assert_eq!(short(&dispatcher.submit(key, sale()).await.unwrap()), "in_doubt a outcome_unknown");
        assert_eq!(bench.entry(key).await.state, State::Held);
    }
    assert!(dispatcher.resume().await.unwrap().iter().all(|(_, standing)| short(standing).starts_with("in_doubt a")));
    let doubts = dispatcher.doubts().await.unwrap();
    let told: Vec<_> = doubts.iter().map(|doubt| (doubt.key.as_str(), doubt.state, doubt.account.as_str())).collect();
    assert_eq!(told, [("k", State::Held, "a"), ("l", State::Held, "a")]);
    let Some(Outcome::InDoubt { reason, .. }) = &doubts[0].outcome else { panic!() };
    assert!(reason.next_step.contains("kassa doubt resolve"), "{}", reason.next_step);

    let refused = async |key: &str, by: &str, evidence: &str| {
        dispatcher.resolve(key, Ruling::Rejected, by, evidence).await.unwrap_err()
    };
    assert_eq!(refused("k", "Ann", " ").await, ResolveError::NoEvidence);
    assert_eq!(refused("k", "", "nothing in the cabinet").await, ResolveError::NoEvidence);
    assert_eq!(refused("m", "Ann", "nothing in the cabinet").await, ResolveError::UnknownKey);

    let outcome = dispatcher.resolve("k", found(7), "Ann", "FD 7 in the cabinet").await.unwrap();
    assert_eq!(short(&outcome), "registered a");
    assert_eq!(dispatcher.submit("k", sale()).await.unwrap(), outcome);
    let entry = bench.entry("k").await;
    assert_eq!((entry.state, entry.attempts[0].fate), (State::Registered, Some(Fate::Registered)));
    let kept = dispatcher.resolution("k").await.unwrap().unwrap();
    assert_eq!((kept.by.as_str(), kept.evidence.as_str(), kept.was), ("Ann", "FD 7 in the cabinet", State::Held));

    let outcome = dispatcher.resolve("l", Ruling::Rejected, "Ann", "no such document").await.unwrap();
    assert_eq!(short(&outcome), "rejected a resolved");
    assert_eq!(refused("l", "Ann", "again").await, ResolveError::NotInDoubt(State::Rejected));
    assert!(dispatcher.doubts().await.unwrap().is_empty() && dispatcher.resume().await.unwrap().is_empty());
    assert_eq!(bench.net.calls(), ["a POST k", "a POST l"], "nobody else was asked");
    assert_eq!(dispatcher.resolution("m").await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_callback_ends_what_is_held_and_contradicts_what_somebody_says() {
    let bench = Bench::new();
    bench.net.script("a", [Lose, Lose, Lose]);
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS)]);
    let rings = async |key: &str| {
        dispatcher.callback("a", ring("a", key, &registration(1, "70.50"))).await.unwrap();
    };
    dispatcher.submit("k", sale()).await.unwrap();
    assert_eq!(bench.entry("k").await.state, State::Held);
    rings("k").await;
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "registered a");

    dispatcher.submit("l", sale()).await.unwrap();
    dispatcher.resolve("l", Ruling::Rejected, "Ann", "no such document").await.unwrap();
    rings("l").await;
    assert_eq!(short(&dispatcher.status("l").await.unwrap()), "rejected a resolved");
    assert_eq!(dispatcher.callbacks("l").await.unwrap()[0].effect, Some(Effect::Conflict));

    // One that is kept and not weighed yet is better evidence than what somebody says.
    dispatcher.submit("m", sale()).await.unwrap();
    let heard = crate::journal::NewCallback {
        attempt: 1,
        callback: "done".to_owned(),
        verified: true,
        body: ring("a", "m", &registration(2, "70.50")).into_body(),
        at: bench.clock.now(),
    };
    bench.journal.hear(&EntryId::of("m"), heard).await.unwrap();
    let refused = dispatcher.resolve("m", Ruling::Rejected, "Ann", "no such document").await.unwrap_err();
    assert_eq!(refused, ResolveError::NotInDoubt(State::Registered));
    assert_eq!(short(&dispatcher.status("m").await.unwrap()), "registered a");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_the_provider_has_forgotten_is_for_people() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndLose, Lose, Lose]);
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    assert_eq!(bench.entry("k").await.state, State::InDoubt);
    bench.clock.shift(i64::try_from(RETENTION.as_secs()).unwrap());
    let calls = bench.net.calls();
    assert_eq!(short(&dispatcher.resume().await.unwrap().remove(0).1), "in_doubt a outcome_unknown");
    assert_eq!(bench.net.calls(), calls);
    assert_eq!(bench.entry("k").await.state, State::Held);
    let outcome = dispatcher.resolve("k", found(1), "Ann", "FD 1").await.unwrap();
    assert_eq!(short(&outcome), "registered a");
}
