//! A journal that is looked over, written out and made smaller.

use super::*;
use crate::testing::{KEYED_RINGS, registration, ring};

/// A journal in a file with one that is registered, one that is held and one that is rejected.
async fn filled() -> (Bench, tempfile::TempDir, Dispatcher, Arc<SqliteJournal>) {
    let (bench, folder) = (Bench::new(), tempfile::tempdir().unwrap());
    let journal = Arc::new(SqliteJournal::open(folder.path().join("j")).unwrap());
    let accounts = [account("a", &BLIND), account("b", &KEYED_RINGS)];
    let dispatcher = bench.dispatcher_with(accounts, journal.clone());
    bench.net.script("a", [Serve, Lose, Say(&INVALID, false)]);
    for (key, outcome) in [("k", "registered a"), ("l", "in_doubt a outcome_unknown"), ("m", "rejected a invalid")] {
        assert_eq!(short(&dispatcher.submit(key, sale()).await.unwrap()), outcome);
    }
    (bench, folder, dispatcher, journal)
}

fn lines(folder: &tempfile::TempDir, content: bool) -> Vec<serde_json::Value> {
    let mut lines = Vec::new();
    let written = SqliteJournal::export(folder.path().join("j"), content, |entry| -> Result<(), JournalError> {
        lines.push(serde_json::to_value(entry).unwrap());
        Ok(())
    });
    written.unwrap();
    lines
}

#[tokio::test(start_paused = true)]
async fn a_sound_journal_is_found_so_and_what_is_wrong_is_named() {
    let (_bench, folder, _dispatcher, _journal) = filled().await;
    let path = folder.path().join("j");
    let found = SqliteJournal::verify(&path).unwrap();
    assert!(found.problems.is_empty(), "{found:?}");
    let counts: Vec<_> = found.entries.iter().map(|(state, count)| (state.as_str(), *count)).collect();
    assert_eq!(counts, [("held", 1), ("registered", 1), ("rejected", 1)]);

    let raw = rusqlite::Connection::open(&path).unwrap();
    for (wrong, mend, problem) in [
        (
            "UPDATE entries SET state = 'rejected' WHERE key = 'k'",
            "UPDATE entries SET state = 'registered' WHERE key = 'k'",
            "`k`: it is rejected, and its outcome is registered",
        ),
        (
            "UPDATE entries SET submission = replace(submission, '70.50', '70.51') WHERE key = 'k'",
            "UPDATE entries SET submission = replace(submission, '70.51', '70.50') WHERE key = 'k'",
            "`k`: what is submitted is not what was hashed",
        ),
        (
            "UPDATE attempts SET fate = 'registered' WHERE provider_key = 'm'",
            "UPDATE attempts SET fate = 'rejected' WHERE provider_key = 'm'",
            "`m`: it is rejected, and 1 of its attempts are registered",
        ),
        (
            "UPDATE attempts SET sends = 0 WHERE provider_key = 'l'",
            "UPDATE attempts SET sends = 1 WHERE provider_key = 'l'",
            "`l`: it is held, and nothing was sent",
        ),
        (
            "UPDATE attempts SET provider_key = 'k' WHERE provider_key = 'm'",
            "UPDATE attempts SET provider_key = 'm' WHERE provider_key = 'k' AND entry = 3",
            "several entries have the provider key `k`",
        ),
        (
            "UPDATE entries SET outcome = '{' WHERE key = 'm'",
            "UPDATE entries SET outcome = (SELECT outcome FROM entries WHERE key = 'k') WHERE key = 'm'",
            "`m`: the journal is damaged",
        ),
    ] {
        raw.execute_batch(wrong).unwrap();
        let problems = SqliteJournal::verify(&path).unwrap().problems;
        assert!(problems.iter().any(|found| found.starts_with(problem)), "{wrong}: {problems:?}");
        raw.execute_batch(mend).unwrap();
    }
    let none = SqliteJournal::verify(folder.path().join("none")).unwrap_err();
    assert!(matches!(none, JournalError::Unavailable(_)), "{none}");
}

#[tokio::test(start_paused = true)]
async fn what_is_written_out_has_contacts_only_when_asked_for() {
    let (_bench, folder, _dispatcher, _journal) = filled().await;
    let whole = lines(&folder, true);
    assert_eq!(whole.iter().map(|line| line["key"].as_str().unwrap()).collect::<Vec<_>>(), ["k", "l", "m"]);
    assert_eq!(whole[0]["attempts"][0]["status"], 200);
    assert!(whole[0]["attempts"][0]["request"]["body"].as_str().unwrap().contains("70.50"));
    assert!(whole[0]["submission"]["register_receipt"].is_object());
    assert_eq!((&whole[1]["state"], &whole[1]["attempts"][0]["sends"]), (&"held".into(), &1.into()));
    let bare = lines(&folder, false);
    assert!(bare[0]["outcome"]["registered"].is_object());
    for field in ["request", "reply"] {
        assert!(bare[0]["attempts"][0].get(field).is_none());
    }
    assert!(whole[0]["exchanges"][0]["reply"].as_str().unwrap().contains("fiscal_sign"));
    assert!(bare[0]["exchanges"][0].get("reply").is_none());
    assert_eq!(bare[1]["exchanges"][0]["failure"], "no whole answer: reset");
    assert!(bare[0].get("submission").is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_older_than_it_has_to_be_is_purged_by_the_way() {
    let bench = Bench::new();
    let day = Duration::from_secs(24 * 3600);
    let builder = Dispatcher::builder().account(account("a", &KEYED)).clock(bench.clock.clone()).retention(day);
    let dispatcher = builder.journal(bench.journal.clone()).transport(bench.net.clone()).build().unwrap();
    let stored = dispatcher.submit("k", sale()).await.unwrap();
    bench.clock.shift(24 * 3600 - 60);
    dispatcher.submit("l", sale()).await.unwrap();
    dispatcher.resume().await.unwrap();
    assert!(!bench.entry("k").await.is_purged());
    bench.clock.shift(120);
    dispatcher.resume().await.unwrap();
    assert!(bench.entry("k").await.is_purged() && !bench.entry("l").await.is_purged());
    assert_eq!(dispatcher.submit("k", sale()).await.unwrap(), stored);
}

#[tokio::test(start_paused = true)]
async fn what_ended_long_ago_loses_its_content_and_stays_known() {
    let (bench, folder, dispatcher, journal) = filled().await;
    let stored = dispatcher.status("k").await.unwrap();
    assert_eq!(journal.compact(bench.clock.now()).await.unwrap().purged, 0, "nothing is so old");
    bench.clock.shift(3600);
    let compacted = journal.compact(bench.clock.now()).await.unwrap();
    assert_eq!(compacted.purged, 2);
    assert!(SqliteJournal::verify(folder.path().join("j")).unwrap().problems.is_empty());
    let whole = lines(&folder, true);
    assert_eq!(whole[0]["attempts"][0]["request"]["body"], "");
    assert_eq!(whole[0]["exchanges"][0]["reply"], "");
    assert!(whole[0]["submission"].is_null());
    // What has not ended keeps what it needs.
    assert!(whole[1]["attempts"][0]["request"]["body"].as_str().unwrap().contains("70.50"));
    assert_eq!(dispatcher.submit("k", sale()).await.unwrap(), stored);
    assert_eq!(dispatcher.status("k").await.unwrap(), stored);
    let conflict = dispatcher.register("k", receipt("80.00")).await.unwrap_err();
    assert!(matches!(conflict, SubmitError::Conflict { .. }));
    assert_eq!(journal.compact(bench.clock.now()).await.unwrap().purged, 0);
    // A callback that comes so late is received, and teaches nothing.
    let answer = dispatcher.callback("b", ring("b", "k", &registration(9, "70.50"))).await.unwrap();
    assert_eq!(answer.status(), 202);
    assert!(dispatcher.callbacks("k").await.unwrap().is_empty());
}
