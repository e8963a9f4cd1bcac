//! Several dispatchers on one journal, as processes of one machine are.

use tokio::time::sleep;

use super::*;
use crate::testing::{BLIND_RINGS, registration, ring};

/// One of the processes: its own handle on the file, and its own idea of what is being worked on.
fn process(bench: &Bench, folder: &tempfile::TempDir, accounts: impl IntoIterator<Item = Account>) -> Dispatcher {
    let ms = Duration::from_millis;
    let pace = Pace { first_delay: ms(50), max_delay: ms(200), attempts: 3, patience: Duration::from_secs(20) };
    let journal = SqliteJournal::open(folder.path().join("j")).unwrap();
    let builder = Dispatcher::builder().accounts(accounts).journal(journal).transport(bench.net.clone());
    builder.clock(bench.clock.clone()).pace(pace).build().unwrap()
}

async fn eventually(what: &str, mut is: impl AsyncFnMut() -> bool) {
    for _ in 0..200 {
        if is().await {
            return;
        }
        sleep(Duration::from_millis(25)).await;
    }
    panic!("{what} does not come about");
}

#[tokio::test]
async fn a_live_attempt_elsewhere_is_in_progress() {
    let (bench, folder) = (Bench::new(), tempfile::tempdir().unwrap());
    bench.net.script("a", [Say(&IN_PROGRESS, false)]);
    let accounts = || [account("a", &BLIND_RINGS), account("b", &KEYED)];
    let (one, other) = (process(&bench, &folder, accounts()), process(&bench, &folder, accounts()));
    let working = tokio::spawn({
        let one = one.clone();
        async move { one.submit("k", sale()).await }
    });
    eventually("a pending submission", async || {
        other.status("k").await.is_ok_and(|standing| short(&standing) == "pending a")
    })
    .await;
    assert_eq!(other.submit("k", sale()).await.unwrap_err(), SubmitError::InProgress);
    let conflict = other.register("k", receipt("80.00")).await.unwrap_err();
    assert!(matches!(conflict, SubmitError::Conflict { .. }));
    assert!(other.resume().await.unwrap().is_empty(), "somebody works on it");
    assert_eq!(bench.net.calls(), ["a POST k"]);
    // A callback may come to any of them.
    let answer = other.callback("a", ring("a", "k", &registration(1, "70.50"))).await.unwrap();
    assert_eq!(answer.status(), 202);
    let outcome = working.await.unwrap().unwrap();
    assert_eq!(short(&outcome), "registered a");
    assert_eq!(other.submit("k", sale()).await.unwrap(), outcome);
    assert_eq!(bench.net.calls(), ["a POST k"]);
}

#[tokio::test]
async fn what_a_process_leaves_the_next_one_takes() {
    let (bench, folder) = (Bench::new(), tempfile::tempdir().unwrap());
    bench.net.script("a", [ServeAndLose, Lose, Lose]);
    let one = process(&bench, &folder, [account("a", &KEYED)]);
    assert_eq!(short(&one.submit("k", sale()).await.unwrap()), "in_doubt a outcome_unknown");
    // It has given the entry back, and is alive.
    let other = process(&bench, &folder, [account("a", &KEYED)]);
    assert_eq!(short(&other.resume().await.unwrap().remove(0).1), "registered a");
    assert_eq!(short(&one.status("k").await.unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);
}

#[tokio::test]
async fn many_processes_that_submit_the_same_register_once() {
    let (bench, folder) = (Bench::new(), tempfile::tempdir().unwrap());
    let all: Vec<_> = (0..4).map(|_| process(&bench, &folder, [account("a", &BLIND)])).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40 {
        for dispatcher in &all {
            let dispatcher = dispatcher.clone();
            tasks.spawn(async move {
                let key = format!("k{n}");
                loop {
                    match dispatcher.submit(&key, sale()).await {
                        Ok(standing) => return short(&standing),
                        Err(SubmitError::InProgress) => sleep(Duration::from_millis(5)).await,
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    }
    while let Some(told) = tasks.join_next().await {
        assert_eq!(told.unwrap(), "registered a");
    }
    assert_eq!(bench.net.ledger().len(), 40);
}
