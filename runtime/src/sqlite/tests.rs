use super::*;
use crate::journal::{Attempt, AttemptRecord, Fate, Sent, StoredReply, StoredRequest};
use crate::outcome::Reason;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_768_000_000 + seconds).unwrap()
}

fn new(key: &str, hash: &str) -> NewEntry {
    let submission = r#"{"cash_in":{"amount":"1.00"}}"#.to_owned();
    NewEntry { id: EntryId::of(key), hash: hash.to_owned(), submission, warnings: vec![], deadline: None, at: at(0) }
}

fn attempt(provider_key: &str) -> NewAttempt {
    let request = StoredRequest {
        method: "POST".to_owned(),
        uri: "https://example.org/".to_owned(),
        headers: b"accept: x\n".to_vec(),
        body: vec![0, 159, 255].into(),
    };
    NewAttempt { account: "a".to_owned(), provider_key: provider_key.to_owned(), request, at: at(1) }
}

fn rejection() -> Reason {
    Reason { class: "invalid".into(), code: Some("7".into()), message: None, about: "x".into(), next_step: "y".into() }
}

fn ends(state: State, n: u32) -> Record {
    let outcome = match state {
        State::Rejected => Some(crate::Outcome::Rejected { account: "a".to_owned(), reason: rejection() }),
        _ => None,
    };
    let fate = (state == State::Rejected).then_some(Fate::Rejected);
    let reply = Some(StoredReply { status: 400, body: vec![1, 2].into() });
    Record {
        state,
        outcome,
        attempt: Some(AttemptRecord {
            n,
            fate,
            new_key: true,
            reply,
            reason: Some(rejection()),
            provider_id: None,
            accepted: false,
        }),
        exchanges: vec![],
        callback: None,
        resolution: None,
        seen: 0,
        at: at(3),
    }
}

/// The right to work on an entry.
async fn lease(journal: &SqliteJournal, key: &str) -> Lease {
    match journal.claim(&EntryId::of(key)).await.unwrap() {
        Claim::Granted(_, lease) => lease,
        Claim::Held(_) => panic!("{key} is held"),
    }
}

async fn state(journal: &SqliteJournal, key: &str) -> State {
    journal.find(&EntryId::of(key)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn an_entry_goes_its_way_and_survives_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let id = EntryId::of("k");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        assert!(journal.find(&id).await.unwrap().is_none());
        let Accepted::New(_, lease) = journal.accept(new("k", "h")).await.unwrap() else { panic!() };
        let Accepted::Known(known) = journal.accept(new("k", "other")).await.unwrap() else { panic!() };
        assert_eq!((known.hash.as_str(), known.state), ("h", State::Accepted));
        assert_eq!(journal.pin(&lease, attempt("k")).await.unwrap(), Pin::Pinned(1));
        journal.sent(&lease, 1, at(2)).await.unwrap();
        journal.record(&lease, ends(State::Pinned, 1)).await.unwrap();
        assert_eq!(journal.pin(&lease, attempt("k-2")).await.unwrap(), Pin::Pinned(2));
        journal.sent(&lease, 2, at(2)).await.unwrap();
        assert_eq!(journal.unfinished().await.unwrap(), std::slice::from_ref(&id));
        assert_eq!(journal.record(&lease, ends(State::Rejected, 2)).await.unwrap(), Tenure::Over);
        assert!(journal.unfinished().await.unwrap().is_empty());
    }
    let journal = SqliteJournal::open(&path).unwrap();
    let entry = journal.find(&id).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.outcome), (State::Rejected, ends(State::Rejected, 2).outcome));
    assert_eq!((entry.accepted_at, entry.changed_at), (at(0), at(3)));
    let [first, second] = <[Attempt; 2]>::try_from(entry.attempts).unwrap();
    assert_eq!((first.provider_key.as_str(), first.fate, first.sends), ("k", None, 1));
    assert_eq!((second.provider_key.as_str(), second.fate, second.sends), ("k-2", Some(Fate::Rejected), 1));
    assert_eq!(second.request, attempt("k-2").request);
    assert_eq!((second.first_sent_at, second.new_key), (Some(at(2)), true));
    assert_eq!((second.reply, second.reason), (ends(State::Rejected, 2).attempt.unwrap().reply, Some(rejection())));
    assert_eq!(journal.counts().await.unwrap(), [(State::Rejected, 1)]);
}

#[tokio::test]
async fn a_move_that_may_not_be_changes_nothing() {
    let journal = SqliteJournal::in_memory().unwrap();
    let id = EntryId::of("k");
    let refused = |from, to| JournalError::Move { key: "k".to_owned(), from, to };
    assert_eq!(journal.claim(&id).await.unwrap_err(), JournalError::Missing("k".to_owned()));
    let nobodys = Lease { id, fence: 1 };
    assert_eq!(journal.pin(&nobodys, attempt("k")).await.unwrap_err(), JournalError::Missing("k".to_owned()));
    let Accepted::New(_, lease) = journal.accept(new("k", "h")).await.unwrap() else { panic!() };
    assert_eq!(journal.sent(&lease, 1, at(1)).await.unwrap_err(), refused(State::Accepted, State::Sent));
    journal.pin(&lease, attempt("k")).await.unwrap();
    // The whole command is taken back, though its first statement went well.
    assert_eq!(journal.sent(&lease, 7, at(1)).await.unwrap_err(), JournalError::Missing("k, attempt 7".to_owned()));
    assert_eq!(state(&journal, "k").await, State::Pinned);
    journal.sent(&lease, 1, at(1)).await.unwrap();
    assert_eq!(journal.sent(&lease, 1, at(1)).await.unwrap_err(), refused(State::Sent, State::Sent));
    assert_eq!(journal.pin(&lease, attempt("k")).await.unwrap_err(), refused(State::Sent, State::Pinned));
    journal.record(&lease, ends(State::InDoubt, 1)).await.unwrap();
    assert_eq!(journal.pin(&lease, attempt("k")).await.unwrap_err(), refused(State::InDoubt, State::Pinned));
    assert_eq!(
        journal.record(&lease, ends(State::NotSent, 1)).await.unwrap_err(),
        refused(State::InDoubt, State::NotSent)
    );
    // A repeat leaves the doubt known.
    journal.sent(&lease, 1, at(1)).await.unwrap();
    assert_eq!(state(&journal, "k").await, State::InDoubt);
    journal.record(&lease, ends(State::Rejected, 1)).await.unwrap();
    journal.record(&lease, ends(State::Rejected, 1)).await.unwrap();
    let other = Record { outcome: None, ..ends(State::Rejected, 1) };
    let Claim::Granted(_, lease) = journal.claim(&lease.id).await.unwrap() else { panic!() };
    assert_eq!(journal.record(&lease, other).await.unwrap_err(), refused(State::Rejected, State::Rejected));
}

#[tokio::test]
async fn no_two_entries_have_one_provider_key() {
    let journal = SqliteJournal::in_memory().unwrap();
    for key in ["k", "k-2"] {
        journal.accept(new(key, "h")).await.unwrap();
    }
    assert_eq!(journal.pin(&lease(&journal, "k").await, attempt("k-2")).await.unwrap(), Pin::Pinned(1));
    assert_eq!(journal.pin(&lease(&journal, "k-2").await, attempt("k-2")).await.unwrap(), Pin::KeyTaken);
    assert_eq!(state(&journal, "k-2").await, State::Accepted);
    // The entry itself may use it again, at another account.
    assert_eq!(journal.pin(&lease(&journal, "k").await, attempt("k-2")).await.unwrap(), Pin::Pinned(2));
}

#[tokio::test]
async fn commands_at_the_same_time_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let journal = std::sync::Arc::new(SqliteJournal::open(folder.path().join("j")).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..300 {
        let journal = journal.clone();
        tasks.spawn(async move {
            let id = EntryId::of(format!("k{n}"));
            let nobodys = Lease { id: id.clone(), fence: 1 };
            assert!(journal.sent(&nobodys, 1, at(0)).await.is_err());
            let Accepted::New(_, lease) = journal.accept(new(&id.key, "h")).await.unwrap() else { panic!() };
            journal.pin(&lease, attempt(&id.key)).await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(journal.counts().await.unwrap(), [(State::Pinned, 300)]);
    assert_eq!(journal.unfinished().await.unwrap().len(), 300);
}

#[tokio::test]
async fn a_command_that_panics_takes_nothing_along() {
    let journal = SqliteJournal::in_memory().unwrap();
    journal.accept(new("k", "h")).await.unwrap();
    let failed: Result<(), _> = journal.writer.change(|_| panic!("on purpose")).await;
    assert!(matches!(failed, Err(JournalError::Unavailable(_))));
    assert_eq!(state(&journal, "k").await, State::Accepted);
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_everybody_in_the_batch() {
    let journal = SqliteJournal::in_memory().unwrap();
    // A deferred foreign key is looked at by the commit alone.
    let broken = journal.writer.change(|connection| {
        connection
            .execute_batch(
                "PRAGMA defer_foreign_keys = on;
                 INSERT INTO attempts (entry, n, account, provider_key, method, uri, headers, body, pinned_at)
                 VALUES (99, 1, 'a', 'k', 'POST', '/', x'', x'', 0)",
            )
            .map_err(schema::error)
    });
    assert!(matches!(broken.await, Err(JournalError::Unavailable(_))));
    journal.accept(new("k", "h")).await.unwrap();
}

#[tokio::test]
async fn a_question_that_ends_the_transaction_takes_everybody_along() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("j")).unwrap();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    // While this one is run, the others gather in one batch.
    let first = journal.writer.read(move |_| {
        let _ = wait.recv();
        Ok(())
    });
    // As SQLite does by itself when it cannot read.
    let broken = journal.writer.read(|connection| -> Result<(), JournalError> {
        connection.execute_batch("ROLLBACK").map_err(schema::error)?;
        Err(JournalError::Unavailable("on purpose".to_owned()))
    });
    let gathered = async { tokio::join!(broken, journal.accept(new("k", "h"))) };
    let opened = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        go.send(()).unwrap();
    };
    let (_, (broken, accepted), ()) = tokio::join!(first, gathered, opened);
    assert!(broken.is_err());
    let kept = journal.find(&EntryId::of("k")).await.unwrap();
    assert_eq!(kept.is_some(), accepted.is_ok(), "{accepted:?}");
    assert!(accepted.is_err(), "they were in one batch");
    journal.accept(new("k", "h")).await.unwrap();
}

#[tokio::test]
async fn what_a_full_disk_does_not_keep_is_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let journal = Arc::new(SqliteJournal::open(&path).unwrap());
    let limit =
        |pages: u32| journal.writer.alone(move |connection| connection.pragma_update(None, "max_page_count", pages));
    journal.accept(new("first", "h")).await.unwrap();
    limit(1).await.unwrap(); // Which SQLite takes for what there is already.
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..200 {
        let journal = journal.clone();
        let large = NewEntry { submission: "x".repeat(1000), ..new(&format!("k{n}"), "h") };
        tasks.spawn(async move { (n, journal.accept(large).await) });
    }
    let told = tasks.join_all().await;
    let full = told.iter().filter(|(_, told)| told.is_err()).count();
    assert!(full > 100, "{full}");
    for (_, told) in &told {
        if let Err(error) = told {
            assert_eq!(error.to_string(), "the journal cannot be read or written: database or disk is full");
        }
    }
    // What was there, and what was said to be accepted, is there; nothing else is. And it can be read.
    limit(u32::MAX - 1).await.unwrap();
    drop(journal);
    let journal = SqliteJournal::open(&path).unwrap();
    for (n, told) in &told {
        let kept = journal.find(&EntryId::of(format!("k{n}"))).await.unwrap();
        assert_eq!(kept.is_some(), told.is_ok(), "k{n}");
    }
    assert_eq!(state(&journal, "first").await, State::Accepted);
    journal.accept(new("last", "h")).await.unwrap();
}

#[test]
fn the_file_has_full_sync_and_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let (connection, _owners) = schema::open(&folder.path().join("j"), schema::BUSY).unwrap();
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((pragma("synchronous"), pragma("user_version"), pragma("foreign_keys")), (2, schema::VERSION, 1));
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

/// Handles that share a file are as processes that do: each has a lock of its own.
#[tokio::test]
async fn an_entry_is_moved_by_one_owner_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let (one, other) = (SqliteJournal::open(&path).unwrap(), SqliteJournal::open(&path).unwrap());
    let id = EntryId::of("k");
    let Accepted::New(_, first) = one.accept(new("k", "h")).await.unwrap() else { panic!() };
    assert!(matches!(other.accept(new("k", "h")).await.unwrap(), Accepted::Known(_)));
    assert!(matches!(other.claim(&id).await.unwrap(), Claim::Held(_)));
    // Not even with what the owner shows.
    assert_eq!(other.pin(&first, attempt("k")).await.unwrap_err(), JournalError::Fenced("k".to_owned()));
    one.pin(&first, attempt("k")).await.unwrap();
    assert_eq!(one.release(&first, 0).await.unwrap(), Tenure::Over);
    let second = lease(&other, "k").await;
    assert_eq!((second.fence, first.fence), (2, 1));
    assert!(matches!(one.claim(&id).await.unwrap(), Claim::Held(_)));
    for refused in [
        one.sent(&first, 1, at(2)).await,
        one.record(&first, ends(State::Rejected, 1)).await.map(drop),
        one.pin(&first, attempt("k")).await.map(drop),
    ] {
        assert_eq!(refused.unwrap_err(), JournalError::Fenced("k".to_owned()));
    }
    // It is over, whoever has it.
    assert_eq!(one.release(&first, 0).await.unwrap(), Tenure::Over);
    other.sent(&second, 1, at(2)).await.unwrap();
    // Whoever is gone holds nothing, and what it began is void.
    drop(other);
    let third = lease(&one, "k").await;
    assert_eq!(third.fence, 3);
    assert_eq!(state(&one, "k").await, State::Sent);
    // Whoever asks again voids what it had.
    let fourth = lease(&one, "k").await;
    assert_eq!(one.release(&third, 0).await.unwrap(), Tenure::Over);
    assert!(one.record(&third, ends(State::InDoubt, 1)).await.is_err());
    // A callback that nobody has looked at is left to whoever works on the entry, wherever it came.
    let another = SqliteJournal::open(&path).unwrap();
    another.hear(&id, callback(1, b"{}", at(3))).await.unwrap();
    assert_eq!(one.release(&fourth, 0).await.unwrap(), Tenure::Lasts);
    assert!(matches!(another.claim(&id).await.unwrap(), Claim::Held(_)));
    assert_eq!(one.release(&fourth, 1).await.unwrap(), Tenure::Over);
}

#[tokio::test]
async fn what_has_ended_is_let_go_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let (one, other) = (SqliteJournal::open(&path).unwrap(), SqliteJournal::open(&path).unwrap());
    for (key, seen, tenure) in [("k", 1, Tenure::Over), ("l", 0, Tenure::Lasts)] {
        let id = EntryId::of(key);
        one.accept(new(key, "h")).await.unwrap();
        let lease = lease(&one, key).await;
        one.pin(&lease, attempt(key)).await.unwrap();
        one.hear(&id, callback(1, b"{}", at(2))).await.unwrap();
        let record = Record { seen, ..ends(State::Rejected, 1) };
        assert_eq!(one.record(&lease, record).await.unwrap(), tenure);
        assert_eq!(matches!(other.claim(&id).await.unwrap(), Claim::Held(_)), tenure == Tenure::Lasts);
    }
}

#[test]
fn owners_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let locks = || std::fs::read_dir(folder.path().join("j-owners")).unwrap().count();
    let (one, other) = (SqliteJournal::open(&path).unwrap(), SqliteJournal::open(&path).unwrap());
    assert_eq!(locks(), 2);
    drop(one);
    assert_eq!(locks(), 1);
    // One that was killed leaves its file, and no lock on it.
    std::fs::write(folder.path().join("j-owners/1"), "").unwrap();
    let third = SqliteJournal::open(&path).unwrap();
    assert_eq!(locks(), 2);
    drop((other, third));
    assert_eq!(locks(), 0);
}

#[test]
fn tables_are_not_changed_under_the_hands_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let one = SqliteJournal::open(&path).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    // As if `one` were a process of the version before.
    connection
        .execute_batch(
            "DROP TABLE exchanges; DROP INDEX entries_ended; ALTER TABLE entries DROP COLUMN deadline; PRAGMA user_version = 7;
             PRAGMA wal_checkpoint(TRUNCATE)",
        )
        .unwrap();
    assert_eq!(owners::alive(&connection, &path).unwrap(), Some(std::process::id()));
    let in_use = SqliteJournal::open(&path).unwrap_err();
    assert_eq!(in_use, JournalError::InUse(path.display().to_string()));
    let version = || connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(version(), 7);
    drop(one);
    assert_eq!(owners::alive(&connection, &path).unwrap(), None);
    drop(SqliteJournal::open(&path).unwrap());
    assert_eq!(version(), schema::VERSION);
    // A process of an earlier version has the file to itself.
    connection.execute_batch("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE").unwrap();
    assert_eq!(
        schema::open(&path, std::time::Duration::from_millis(50)).unwrap_err(),
        JournalError::InUse(path.display().to_string())
    );
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let _journal = SqliteJournal::open(&path).unwrap();
    for name in ["j", "j-wal", "j-shm"] {
        let mode = folder.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn many_may_make_a_journal_at_the_same_moment() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        std::thread::scope(|scope| {
            let opened: Vec<_> = (0..6).map(|_| scope.spawn(|| SqliteJournal::open(&path).map(drop))).collect();
            for opened in opened {
                opened.join().unwrap().unwrap();
            }
        });
    }
}

#[tokio::test]
async fn warnings_are_kept() {
    let journal = SqliteJournal::in_memory().unwrap();
    let warnings = vec![kassa_core::Violation::new("cp866", "place", "is odd")];
    journal.accept(NewEntry { warnings: warnings.clone(), ..new("k", "h") }).await.unwrap();
    // Those of the first time, whatever a later one finds.
    journal.accept(new("k", "h")).await.unwrap();
    assert_eq!(journal.find(&EntryId::of("k")).await.unwrap().unwrap().warnings, warnings);
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let error = SqliteJournal::open(&path).unwrap_err();
        assert_eq!(std::fs::read(&path).unwrap(), content, "{name}");
        error
    };
    assert!(matches!(
        refused("text", &b"not a database, and long enough to be looked at ".repeat(30)),
        JournalError::Damaged(_)
    ));

    let made = |sql: &str| {
        let path = folder.path().join("made");
        let _ = std::fs::remove_file(&path);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        std::fs::read(&path).unwrap()
    };
    let foreign = made("CREATE TABLE t (x)");
    assert!(matches!(refused("foreign", &foreign), JournalError::Damaged(_)));
    let newer = made("CREATE TABLE t (x); PRAGMA application_id = 1264677747; PRAGMA user_version = 99");
    assert_eq!(refused("newer", &newer), JournalError::Newer { found: 99, known: schema::VERSION });

    let mut torn = made("");
    assert!(torn.is_empty());
    drop(SqliteJournal::open(folder.path().join("torn")).unwrap());
    torn.extend(std::fs::read(folder.path().join("torn")).unwrap());
    torn[100..200].fill(0xee);
    assert!(matches!(refused("torn", &torn), JournalError::Damaged(_)));
    assert!(matches!(SqliteJournal::open(folder.path().join("no/such/folder")), Err(JournalError::Unavailable(_))));
}

fn callback(attempt: u32, body: &'static [u8], at: Timestamp) -> NewCallback {
    NewCallback { attempt, callback: "done".to_owned(), verified: true, body: body.into(), at }
}

#[tokio::test]
async fn a_callback_is_found_by_the_key_and_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let id = EntryId::of("k");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        journal.accept(new("k", "h")).await.unwrap();
        assert_eq!(journal.named("k").await.unwrap(), None);
        let error = journal.hear(&id, callback(1, b"{}", at(2))).await.unwrap_err();
        assert_eq!(error, JournalError::Missing("k, attempt 1".to_owned()));
        journal.pin(&lease(&journal, "k").await, attempt("k-2")).await.unwrap();
        assert_eq!(journal.named("k-2").await.unwrap(), Some(id.clone()));
        let first = journal.hear(&id, callback(1, b"{}", at(2))).await.unwrap();
        assert_eq!((first.n, first.times, first.effect), (1, 1, None));
        let other = journal.hear(&id, callback(1, b"[]", at(3))).await.unwrap();
        assert_eq!((other.n, other.times), (2, 1));
        journal.weigh(&id, 1, Effect::Conflict, Some("another document".to_owned())).await.unwrap();
        // What was decided stays so.
        let again = journal.weigh(&id, 1, Effect::Moved, None).await.unwrap_err();
        assert_eq!(again, JournalError::Missing("k, callback 1".to_owned()));
        assert!(journal.weigh(&id, 7, Effect::Moved, None).await.is_err());
        journal.weigh(&id, 1, Effect::Conflict, Some("another document".to_owned())).await.unwrap();
    }
    let journal = SqliteJournal::open(&path).unwrap();
    let again = journal.hear(&id, callback(1, b"{}", at(9))).await.unwrap();
    let about = Some("another document".to_owned());
    assert_eq!((again.n, again.times, again.came_at), (1, 2, at(2)));
    assert_eq!((again.effect, &again.about), (Some(Effect::Conflict), &about));
    let kept = journal.callbacks(&id).await.unwrap();
    assert_eq!(kept.iter().map(|kept| (kept.n, kept.body.len())).collect::<Vec<_>>(), [(1, 2), (2, 2)]);
    assert_eq!((&kept[0], kept[1].effect), (&again, None));
    assert!(!format!("{again:?}").contains("{}"));
    // An unverified one is never counted with a verified one.
    let forged = NewCallback { verified: false, ..callback(1, b"{}", at(9)) };
    let kept = journal.hear(&id, forged).await.unwrap();
    assert_eq!((kept.n, kept.effect), (3, Some(Effect::Unverified)));
}

fn exchange(sent: Sent, answer: Result<&'static [u8], &str>, at: Timestamp) -> NewExchange {
    let answer = answer.map(|body| StoredReply { status: 200, body: body.into() }).map_err(str::to_owned);
    NewExchange { attempt: 1, sent, began_at: at, ended_at: at, answer, class: None, code: Some("7".to_owned()) }
}

#[tokio::test]
async fn exchanges_are_kept_in_their_order_and_counted_where_they_are_the_same() {
    let journal = SqliteJournal::in_memory().unwrap();
    let id = EntryId::of("k");
    let Accepted::New(_, lease) = journal.accept(new("k", "h")).await.unwrap() else { panic!() };
    journal.pin(&lease, attempt("k")).await.unwrap();
    journal.sent(&lease, 1, at(2)).await.unwrap();
    let asks = || Sent::Question(attempt("k").request);
    let lost = exchange(Sent::Request, Err("lost"), at(1));
    let pending = exchange(asks(), Ok(b"wait"), at(2));
    let again = exchange(asks(), Ok(b"wait"), at(9));
    let record = Record { exchanges: vec![lost.clone()], ..ends(State::InDoubt, 1) };
    journal.record(&lease, record).await.unwrap();
    journal.exchanged(&lease, vec![pending.clone(), again]).await.unwrap();
    // The same words as an answer to something else are another exchange, and so is what was said before the last one.
    let elsewhere = Sent::Question(StoredRequest { uri: "https://example.org/b".to_owned(), ..attempt("k").request });
    for other in
        [exchange(Sent::Request, Ok(b"wait"), at(10)), pending.clone(), exchange(elsewhere, Ok(b"wait"), at(10))]
    {
        journal.exchanged(&lease, vec![other]).await.unwrap();
    }
    let kept = journal.exchanges(&id).await.unwrap();
    let told: Vec<_> = kept.iter().map(|kept| (kept.n, kept.exchange.sent.name(), kept.times)).collect();
    assert_eq!(
        told,
        [(1, "request", 1), (2, "question", 2), (3, "request", 1), (4, "question", 1), (5, "question", 1)]
    );
    assert_eq!((&kept[0].exchange, &kept[3].exchange), (&lost, &pending));
    assert_eq!((kept[1].exchange.began_at, kept[1].exchange.ended_at), (at(2), at(9)));
    assert_eq!(kept[1].exchange.sent, asks());
    // Who has lost the right to work on it keeps nothing.
    let newer = self::lease(&journal, "k").await;
    let stale = journal.exchanged(&lease, vec![lost]).await.unwrap_err();
    assert!(matches!(stale, JournalError::Fenced(_)), "{stale}");
    assert_eq!(journal.exchanges(&newer.id).await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_file_of_an_earlier_version_is_brought_forward() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(schema::STEPS[0]).unwrap();
        connection
            .execute_batch(
                "PRAGMA application_id = 1264677747; PRAGMA user_version = 1;
                 INSERT INTO entries (tenant, key, hash, submission, state, accepted_at, changed_at)
                 VALUES ('', 'k', 'h', '{}', 'accepted', 0, 0)",
            )
            .unwrap();
    }
    let journal = SqliteJournal::open(&path).unwrap();
    let id = EntryId::of("k");
    let entry = journal.find(&id).await.unwrap().unwrap();
    assert_eq!((entry.hash.as_str(), entry.warnings), ("h", vec![]));
    assert_eq!(journal.pin(&lease(&journal, "k").await, attempt("k")).await.unwrap(), Pin::Pinned(1));
    assert_eq!(journal.hear(&id, callback(1, b"{}", at(2))).await.unwrap().n, 1);
    drop(journal);
    assert_eq!(SqliteJournal::open(&path).unwrap().callbacks(&id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_journal_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    {
        let old = rusqlite::Connection::open(&path).unwrap();
        old.execute_batch(schema::STEPS[0]).unwrap();
        old.execute_batch(
            "PRAGMA application_id = 1264677747; PRAGMA user_version = 1;
             INSERT INTO entries (id, tenant, key, hash, submission, state, attempt, accepted_at, changed_at)
             VALUES (1, '', 'k', 'h', '{}', 'sent', 1, 0, 0);
             INSERT INTO attempts (entry, n, account, provider_key, method, uri, headers, body, sends, pinned_at)
             VALUES (1, 1, 'a', 'k', 'POST', 'https://example.org/', x'', x'', 1, 0);
             INSERT INTO entries (id, tenant, key, hash, submission, state, attempt, accepted_at, changed_at)
             VALUES (2, '', 'l', 'h', '{}', 'in_doubt', 1, 0, 0);
             INSERT INTO attempts (entry, n, account, provider_key, method, uri, headers, body, sends, pinned_at)
             VALUES (2, 1, 'a', 'l', 'POST', 'https://example.org/', x'', x'', 1, 0);",
        )
        .unwrap();
    }
    let journal = SqliteJournal::open(&path).unwrap();
    let id = EntryId::of("k");
    assert_eq!(journal.find(&id).await.unwrap().unwrap().attempts[0].provider_id, None);
    let shown = |provider_id: Option<&str>| Record {
        state: State::Pending,
        outcome: None,
        attempt: Some(AttemptRecord {
            n: 1,
            fate: None,
            new_key: false,
            reply: None,
            reason: None,
            provider_id: provider_id.map(str::to_owned),
            accepted: true,
        }),
        exchanges: vec![],
        callback: None,
        resolution: None,
        seen: 0,
        at: at(1),
    };
    assert!(!journal.find(&id).await.unwrap().unwrap().attempts[0].accepted);
    let claimed = lease(&journal, "k").await;
    journal.record(&claimed, shown(Some("doc-7"))).await.unwrap();
    // What an answer does not say stays as it was said before.
    journal.record(&claimed, shown(None)).await.unwrap();
    drop(journal);
    let journal = SqliteJournal::open(&path).unwrap();
    let entry = journal.find(&id).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.attempts[0].provider_id.as_deref()), (State::Pending, Some("doc-7")));
    assert!(entry.attempts[0].accepted);
    // Whether an earlier one was taken, an old file does not tell: it may have been.
    assert!(journal.find(&EntryId::of("l")).await.unwrap().unwrap().attempts[0].accepted);
}

/// The query and what is done without it tell the same.
#[tokio::test]
async fn what_is_open_is_summed_up() {
    let journal = SqliteJournal::in_memory().unwrap();
    for key in ["new", "pinned", "sent-1", "sent-2", "ended"] {
        journal.accept(new(key, "h")).await.unwrap();
        if key == "new" {
            continue;
        }
        let lease = lease(&journal, key).await;
        journal.pin(&lease, attempt(key)).await.unwrap();
        if key != "pinned" {
            journal.sent(&lease, 1, at(if key == "sent-2" { 9 } else { 2 })).await.unwrap();
        }
        if key == "ended" {
            journal.record(&lease, ends(State::Rejected, 1)).await.unwrap();
        }
    }
    let sum = |state, account: &str, entries, latest| Backlog {
        state,
        account: account.to_owned(),
        entries,
        oldest: at(0),
        latest: at(latest),
    };
    let mut told = journal.backlog().await.unwrap();
    told.sort_by_key(|sum| sum.state);
    let due = [sum(State::Accepted, "", 1, 0), sum(State::Pinned, "a", 1, 1), sum(State::Sent, "a", 2, 9)];
    assert_eq!(told, due);
    let mut open = Vec::new();
    for id in journal.unfinished().await.unwrap() {
        open.extend(journal.find(&id).await.unwrap());
    }
    assert_eq!(Backlog::of(open), due);
}

/// While somebody reads the pages as they were, what was purged is in the file, and that is said.
#[tokio::test]
async fn what_cannot_be_overwritten_yet_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("kassa.sqlite");
    let journal = SqliteJournal::open(&path).unwrap();
    journal.writer.alone(|connection| connection.busy_timeout(std::time::Duration::from_millis(50))).await.unwrap();
    journal.accept(new("k", "h")).await.unwrap();
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM entries").unwrap();
    let error = journal.compact(at(100)).await.unwrap_err();
    assert!(error.to_string().contains("compact it again later"), "{error}");
    reader.execute_batch("COMMIT").unwrap();
    journal.compact(at(100)).await.unwrap();
}
