//! A provider that is asked by its own id, which it tells when it takes a job.

use kassa::kassa_core::SettingValues;
use kassa::{Outcome, State};
use kassa_tests::sim::neighbours::clerk;

use crate::bench::Desk;

#[tokio::test]
async fn the_id_of_the_answer_is_kept_and_asked_with() {
    let simulator = clerk::start(false).await;
    let desk = Desk::at("clerk", &simulator, SettingValues::default());
    desk.cash_in("first", 100).await;
    let outcome = desk.cash_in("second", 200).await;
    let Outcome::Registered { registration, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(registration.document_number, Some(2));
    assert_eq!(desk.entry("second").await.attempts[0].provider_id.as_deref(), Some("job/2"));
    let asked: Vec<_> = simulator.requests().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    let expected = ["POST /jobs", "GET /jobs/job%2F1", "GET /jobs/job%2F1", "POST /jobs", "GET /jobs/job%2F2"];
    assert_eq!(asked[..5], expected);
}

#[tokio::test]
async fn without_an_id_nothing_is_asked_and_nobody_else_is() {
    let simulator = clerk::start(true).await;
    let desk = Desk::at("clerk", &simulator, SettingValues::default());
    let outcome = desk.cash_in("k", 100).await;
    assert!(matches!(outcome, Outcome::Pending { .. }), "{outcome:?}");
    let entry = desk.entry("k").await;
    assert_eq!((entry.state, entry.attempts[0].provider_id.as_deref()), (State::Pending, None));
    let again = desk.dispatcher.status("k").await.unwrap();
    assert!(matches!(again.outcome, Outcome::Pending { .. }), "{again:?}");
    assert_eq!(simulator.requests().len(), 1, "it is asked by its own id or not at all");
    assert_eq!(simulator.ledger().by_key("k").len(), 1);
}
