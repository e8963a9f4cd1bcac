//! Acme: a token from a login call, kept in memory, renewed before it ends and when the provider does not take it.

use std::time::Duration;

use kassa::kassa_core::SettingValues;
use kassa::uniform::Submission;
use kassa::{Outcome, State};
use kassa_tests::sim::Fault;
use kassa_tests::sim::neighbours::acme::{self, Options, Simulator};

use crate::bench::{Desk, cash, deposits};

const PASSWORD: &str = "hunter2-is-secret";

fn settings(password: &str) -> SettingValues {
    SettingValues::default().with("login", "shop").with("password", password)
}

async fn bench(lives: u32) -> (Simulator, Desk) {
    let credentials = ("shop".to_owned(), PASSWORD.to_owned());
    let acme = acme::start(Options { credentials, lives, login_takes: Duration::from_millis(50) }).await;
    let desk = Desk::at("acme", &acme, settings(PASSWORD));
    (acme, desk)
}

#[tokio::test]
async fn one_login_serves_all_who_work_with_the_account() {
    let (acme, desk) = bench(3600).await;
    let keys: Vec<String> = (0..8).map(|n| format!("k-{n}")).collect();
    let calls = keys.iter().map(|key| desk.dispatcher.cash_in(key, cash(100)));
    for outcome in futures(calls).await {
        assert_eq!(outcome.unwrap().name(), "registered");
    }
    assert_eq!((acme.logins(), acme.ledger().count()), (1, 8));
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once_and_the_submission_goes_through() {
    let (acme, desk) = bench(3600).await;
    assert_eq!(desk.cash_in("k-1", 100).await.name(), "registered");
    acme.revoke();
    let Outcome::Registered { registration, .. } = desk.cash_in("k-2", 200).await else { panic!() };
    assert_eq!(registration.document_number, Some(2));
    assert_eq!((acme.logins(), acme.ledger().by_key("k-2").len()), (2, 1));
    // Both sends are in the journal, as one attempt.
    let entry = desk.entry("k-2").await;
    assert_eq!((entry.attempts.len(), entry.attempts[0].sends), (1, 2));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    // It lives for a second, and is renewed after three quarters of it.
    let (acme, desk) = bench(1).await;
    assert_eq!(desk.cash_in("k-1", 100).await.name(), "registered");
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(desk.cash_in("k-2", 100).await.name(), "registered");
    assert_eq!(acme.logins(), 2);
    assert_eq!(deposits(&acme), 2, "no deposit was sent with a token that had ended");
}

#[tokio::test]
async fn tokens_that_are_never_good_end_the_matter() {
    let (acme, desk) = bench(0).await;
    let Outcome::Rejected { reason, .. } = desk.cash_in("k-1", 100).await else { panic!() };
    assert_eq!(reason.class, "auth_config");
    assert_eq!((acme.logins(), deposits(&acme), acme.ledger().count()), (2, 2, 0));
}

/// What may be registered is not made certain by a token: without the mapping's word, 401 is sent to nobody again.
#[tokio::test]
async fn a_lost_answer_stays_in_doubt_until_the_repeat_is_let_in() {
    let (acme, desk) = bench(3600).await;
    acme.faults().push(Fault::CommitThenClose);
    let Outcome::Registered { registration, .. } = desk.cash_in("k-1", 100).await else { panic!() };
    assert_eq!(registration.document_number, Some(1));
    assert_eq!((acme.ledger().count(), deposits(&acme), acme.logins()), (1, 2, 1));
}

#[tokio::test]
async fn who_cannot_log_in_sends_nothing() {
    let (acme, _) = bench(3600).await;
    let desk = Desk::at("acme", &acme, settings("wrong-and-secret"));
    let outcome = desk.cash_in("k-1", 100).await;
    let Outcome::NotSent { passed_over } = &outcome else { panic!("{outcome:?}") };
    let reason = &passed_over[0].reason;
    assert!(reason.contains("cannot log in") && reason.contains("is not the password of"), "{reason}");
    assert!(!reason.contains("wrong-and-secret"), "{reason}");
    assert_eq!((deposits(&acme), desk.entry("k-1").await.state), (0, State::NotSent));
}

#[tokio::test]
async fn one_failed_login_is_enough_for_all_who_waited_for_it() {
    let (acme, _) = bench(3600).await;
    let desk = Desk::at("acme", &acme, settings("wrong-and-secret"));
    let keys: Vec<String> = (0..8).map(|n| format!("k-{n}")).collect();
    for outcome in futures(keys.iter().map(|key| desk.dispatcher.cash_in(key, cash(100)))).await {
        assert_eq!(outcome.unwrap().name(), "not_sent");
    }
    assert!(acme.logins() < 8, "{} logins", acme.logins());
}

#[tokio::test]
async fn nothing_shows_or_keeps_password_and_token() {
    let (acme, desk) = bench(3600).await;
    let outcome = desk.cash_in("k-1", 100).await;
    let explanation = desk.dispatcher.explain("k-2", &Submission::CashIn(cash(1)));
    let shown =
        format!("{outcome:?} {:?} {explanation} {explanation:?} {:?}", desk.dispatcher, desk.entry("k-1").await);
    assert!(shown.contains("authorization: <secret>"), "{explanation}");
    let journal = std::fs::read_dir(desk.folder()).unwrap();
    let files = journal.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let kept: Vec<u8> = files.flat_map(|file| std::fs::read(file).unwrap()).collect();
    for secret in [PASSWORD.to_owned(), acme.tokens()[0].clone()] {
        assert!(!shown.contains(&secret), "{secret} is shown");
        assert!(!kept.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is kept");
    }
}

/// All of these at once.
async fn futures<F: Future>(all: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.into_iter().map(|one| Some(Box::pin(one))).collect();
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (one, done) in all.iter_mut().zip(&mut done) {
            if let Some(future) = one
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                (*one, *done) = (None, Some(output));
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}
