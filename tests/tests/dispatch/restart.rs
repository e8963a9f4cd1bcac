//! What a new process makes of the journal of one that has ended: nothing is lost, and nothing is sent that need not be.

use std::thread::sleep;
use std::time::Instant;

use kassa::journal::{EntryId, NewEntry};
use kassa::uniform::Submission;
use kassa::{Account, Journal, Outcome, Pace, SqliteJournal, State, SubmitError};
use kassa_tests::sim::Fault;
use tokio::runtime::Runtime;

use crate::bench::{Bench, Desk, LONG, asks, fast, ms, short, submits};
use crate::receipts::{cash, goods, priced};

/// A process that has a receipt, on a runtime of its own, so that it can end with nobody there to tidy up.
struct Process {
    runtime: Runtime,
    desk: Desk,
}

impl Process {
    fn start(desk: Desk) -> Self {
        Self { runtime: Runtime::new().expect("a runtime can be started"), desk }
    }

    /// Takes the receipt, and works on it.
    fn register(&self, key: &'static str) {
        let dispatcher = self.desk.dispatcher.clone();
        self.runtime.spawn(async move { dispatcher.register(key, goods()).await });
    }

    /// Ends it at once, whatever it was doing.
    fn kill(self) {
        drop(self.desk);
        self.runtime.shutdown_background();
    }
}

/// Waits until something can be seen.
fn wait_for(what: &str, seen: impl Fn() -> bool) {
    let began = Instant::now();
    while !seen() {
        assert!(began.elapsed() < LONG, "waited in vain for {what}");
        sleep(ms(5));
    }
}

/// The runtime of the simulators, which goes on.
fn world() -> (Runtime, Bench) {
    let runtime = Runtime::new().expect("a runtime can be started");
    let bench = runtime.block_on(Bench::start());
    (runtime, bench)
}

/// The one outcome of `resume`.
async fn resumed(desk: &Desk) -> Outcome {
    let mut outcomes = desk.resume().await.expect("the journal is well");
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes.remove(0).1.outcome
}

#[test]
fn ends_while_it_is_pending() {
    let (runtime, bench) = world();
    bench.sc.faults().push(Fault::StaySlow(ms(1_500)));
    let process = Process::start(bench.desk([bench.sc(), bench.co()]));
    process.register("order-1");
    wait_for("a question", || asks(&bench.sc).len() > 1);
    process.kill();
    assert_eq!(bench.documents(), 0);

    let desk = bench.desk([bench.sc(), bench.co()]);
    runtime.block_on(async {
        assert_eq!(desk.entry("order-1").await.state, State::Pending);
        let outcome = resumed(&desk).await;
        assert_eq!(short(&outcome), "registered sc");
        bench.check(&desk, "order-1", &outcome).await;
        assert!(desk.resume().await.unwrap().is_empty());
    });
    assert_eq!((submits(&bench.sc).len(), bench.co.requests().len(), bench.documents()), (1, 0, 1));
}

#[test]
fn ends_while_it_waits_for_the_answer() {
    let (runtime, bench) = world();
    bench.co.faults().push(Fault::StaySlow(ms(1_500)));
    let process = Process::start(bench.desk([bench.co(), bench.sc()]));
    process.register("order-1");
    wait_for("the request", || submits(&bench.co).len() == 1);
    process.kill();

    let desk = bench.desk([bench.co(), bench.sc()]);
    runtime.block_on(async {
        assert_eq!(desk.entry("order-1").await.state, State::Sent);
        let outcome = resumed(&desk).await;
        assert_eq!(short(&outcome), "registered co");
        bench.check(&desk, "order-1", &outcome).await;
        assert_eq!(desk.entry("order-1").await.attempts.len(), 1);
    });
    let sent = submits(&bench.co);
    assert!(sent.len() > 1 && sent.iter().all(|seen| seen.body == sent[0].body));
    assert_eq!((bench.sc.requests().len(), bench.documents()), (0, 1));
}

/// The account that may have it is not configured any more: nobody else is asked.
#[test]
fn ends_and_its_account_goes() {
    let (runtime, bench) = world();
    bench.co.faults().push(Fault::CommitThenHang(LONG));
    let process = Process::start(bench.desk([bench.co(), bench.sc()]));
    process.register("order-1");
    wait_for("the document", || bench.documents() == 1);
    process.kill();

    let desk = bench.desk([bench.sc()]);
    runtime.block_on(async {
        for _ in 0..2 {
            let outcome = resumed(&desk).await;
            assert_eq!(short(&outcome), "in_doubt co outcome_unknown");
            let Outcome::InDoubt { reason, .. } = outcome else { panic!() };
            assert_eq!(reason.about, "The process ended after the request was sent and before its answer was kept.");
        }
        let outcome = desk.register("order-1", goods()).await.unwrap();
        assert_eq!(short(&outcome), "in_doubt co outcome_unknown");
        bench.check(&desk, "order-1", &outcome).await;
    });
    assert_eq!((bench.sc.requests().len(), submits(&bench.co).len()), (0, 1));
    drop(desk);

    let desk = bench.desk([bench.sc(), bench.co()]);
    runtime.block_on(async {
        let outcome = resumed(&desk).await;
        assert_eq!(short(&outcome), "registered co");
        bench.check(&desk, "order-1", &outcome).await;
    });
}

/// Many at once, each at another point of its way.
#[test]
fn ends_with_many() {
    const KEYS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let (runtime, bench) = world();
    for (n, fault) in [Fault::CommitThenClose, Fault::StaySlow(ms(400)), Fault::CloseBeforeCommit, Fault::Html]
        .into_iter()
        .cycle()
        .take(12)
        .enumerate()
    {
        if n % 2 == 0 { bench.sc.faults().push(fault) } else { bench.co.faults().push(fault) }
    }
    let routes = || {
        let choice = kassa::Choice::Weighted(vec![("sc".to_owned(), 1), ("co".to_owned(), 1)]);
        [kassa::Route { name: "both".to_owned(), matches: kassa::Match::default(), choice }]
    };
    let accounts = || [bench.sc(), bench.co()];
    for requests in [4, 9, 14] {
        let process = Process::start(bench.desk_at(fast(), accounts(), routes()));
        KEYS.iter().for_each(|key| process.register(key));
        wait_for("requests", || bench.requests() >= requests);
        process.kill();
    }
    let desk = bench.desk_at(fast(), accounts(), routes());
    runtime.block_on(async {
        desk.resume().await.unwrap();
        for key in KEYS {
            let outcome = desk.register(key, goods()).await.unwrap();
            assert_eq!(outcome.name(), "registered", "{outcome:?}");
            bench.check(&desk, key, &outcome).await;
        }
        assert_eq!(desk.counts().await, [(State::Registered, 12)]);
    });
    assert_eq!(bench.documents(), 12);
}

/// What was accepted and never sent is sent, by resume or by the same submission.
#[tokio::test]
async fn ends_before_it_sends() {
    let bench = Bench::start().await;
    let submission = Submission::RegisterReceipt(goods());
    let accept = async |key: &str| {
        let journal = SqliteJournal::open(bench.journal_path()).unwrap();
        let submission = serde_json::to_string(&submission).unwrap();
        let at = jiff::Timestamp::now();
        let new =
            NewEntry { id: EntryId::of(key), hash: "0".repeat(64), submission, warnings: vec![], deadline: None, at };
        journal.accept(new).await.unwrap();
    };
    accept("order-1").await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let Outcome::Pending { account, about } = desk.status("order-1").await.unwrap().outcome else { panic!() };
    assert_eq!(
        (account.as_str(), about.as_str()),
        ("", "It is accepted, and nothing that could be registered has been sent yet; `resume` goes on with it.")
    );
    assert_eq!(bench.requests(), 0);
    let outcome = resumed(&desk).await;
    assert_eq!(short(&outcome), "registered sc");
    bench.check(&desk, "order-1", &outcome).await;
    assert_eq!(desk.resume().await.unwrap(), []);
}

#[tokio::test]
async fn a_doubt_ends_when_it_is_resumed() {
    let bench = Bench::start().await;
    for fault in [Fault::CommitThenClose, Fault::Html, Fault::HtmlOk, Fault::CloseBeforeCommit] {
        bench.co.faults().push(fault);
    }
    let desk = bench.desk([bench.co(), bench.sc()]);
    let outcome = desk.register("order-1", goods()).await.unwrap();
    assert_eq!(short(&outcome), "in_doubt co outcome_unknown");
    bench.check(&desk, "order-1", &outcome).await;
    drop(desk);
    let desk = bench.desk([bench.sc(), bench.co()]);
    let outcome = resumed(&desk).await;
    assert_eq!(short(&outcome), "registered co");
    bench.check(&desk, "order-1", &outcome).await;
    assert_eq!((submits(&bench.co).len(), bench.sc.requests().len(), bench.documents()), (5, 0, 1));
    assert!(desk.resume().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_same_again_is_told_and_not_sent() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let first = desk.register("order-1", goods()).await.unwrap();
    let rejected = {
        bench.sc.faults().push(Fault::DocumentedError(kassa_tests::sim::Documented::Http(400)));
        desk.register("order-2", goods()).await.unwrap()
    };
    assert_eq!((short(&first).as_str(), short(&rejected).as_str()), ("registered sc", "rejected sc invalid"));
    let before = bench.requests();
    drop(desk);
    // Another process, other accounts, other routes: what is stored is stored.
    let desk = bench.desk([bench.co()]);
    assert_eq!(desk.register("order-1", goods()).await.unwrap(), first);
    assert_eq!(desk.register("order-2", goods()).await.unwrap(), rejected);
    assert_eq!(desk.status("order-1").await.unwrap(), first);
    // However it is written: a line total that is price × quantity is the same as none.
    let mut stated = goods();
    stated.items[0].total = Some("70.50".parse().unwrap());
    assert_eq!(desk.register("order-1", stated).await.unwrap(), first);
    assert_eq!(bench.requests(), before);
}

#[tokio::test]
async fn another_content_is_a_conflict() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    desk.register("a", goods()).await.unwrap();
    desk.register("b", priced(100)).await.unwrap();
    let before = bench.requests();
    let conflict = |result| match result {
        Err(SubmitError::Conflict { stored_hash, given_hash }) => (stored_hash, given_hash),
        other => panic!("{other:?}"),
    };
    let (goods_hash, priced_hash) = conflict(desk.register("a", priced(100)).await);
    assert!([&goods_hash, &priced_hash].iter().all(|hash| hash.len() == 64) && goods_hash != priced_hash);
    assert_eq!(conflict(desk.register("b", goods()).await), (priced_hash.clone(), goods_hash.clone()));
    // Another operation is other content, too.
    let (stored, moved) = conflict(desk.cash_in("a", cash("70.50")).await);
    assert_eq!(stored, goods_hash);
    assert_eq!(conflict(desk.cash_out("a", cash("70.50")).await).0, goods_hash);
    assert_ne!(conflict(desk.cash_out("a", cash("70.50")).await).1, moved);
    let error = desk.register("a", priced(100)).await.unwrap_err().to_string();
    assert!(error.contains(&goods_hash) && error.contains(&priced_hash), "{error}");
    assert_eq!((bench.requests(), desk.entry("a").await.hash), (before, goods_hash));
}

#[tokio::test]
async fn many_at_once_send_once() {
    let bench = Bench::start().await;
    bench.sc.faults().push(Fault::StaySlow(ms(300)));
    let desk = bench.desk([bench.sc(), bench.co()]);
    let (one, two, three) = tokio::join!(
        desk.register("order-1", goods()),
        desk.register("order-1", goods()),
        desk.register("order-1", goods()),
    );
    let (done, turned_away): (Vec<_>, Vec<_>) = [one, two, three].into_iter().partition(Result::is_ok);
    let [Ok(outcome)] = &*done else { panic!("{done:?}") };
    assert_eq!(short(outcome), "registered sc");
    assert_eq!(turned_away, [Err(SubmitError::InProgress), Err(SubmitError::InProgress)]);
    assert_eq!(desk.register("order-1", goods()).await.as_ref(), Ok(outcome));
    bench.check(&desk, "order-1", outcome).await;
    assert_eq!((submits(&bench.sc).len(), bench.co.requests().len(), bench.documents()), (1, 0, 1));
}

#[tokio::test]
async fn who_comes_while_it_is_worked_on_is_told_so() {
    let bench = Bench::start().await;
    bench.co.faults().push(Fault::StaySlow(ms(600)));
    let desk = bench.desk([bench.co(), bench.sc()]);
    let second = async {
        while bench.co.requests().is_empty() {
            tokio::time::sleep(ms(5)).await;
        }
        (
            desk.register("order-1", goods()).await,
            desk.register("order-1", priced(100)).await,
            desk.status("order-1").await,
        )
    };
    let (first, (same, other, status)) = tokio::join!(desk.register("order-1", goods()), second);
    assert_eq!((same, status), (Err(SubmitError::InProgress), Err(SubmitError::InProgress)));
    assert!(matches!(other, Err(SubmitError::Conflict { .. })), "{other:?}");
    assert_eq!(short(first.as_ref().unwrap()), "registered co");
    assert_eq!((submits(&bench.co).len(), bench.sc.requests().len(), bench.documents()), (1, 0, 1));
}

/// A caller that stops waiting stops nothing.
#[tokio::test]
async fn who_stops_waiting_stops_nothing() {
    let bench = Bench::start().await;
    bench.co.faults().push(Fault::StaySlow(ms(300)));
    let desk = bench.desk([bench.co(), bench.sc()]);
    let waited = tokio::time::timeout(ms(60), desk.register("order-1", goods())).await;
    assert!(waited.is_err(), "{waited:?}");
    let began = Instant::now();
    let outcome = loop {
        assert!(began.elapsed() < LONG);
        match desk.register("order-1", goods()).await {
            Ok(outcome) => break outcome,
            Err(error) => assert_eq!(error, SubmitError::InProgress),
        }
        tokio::time::sleep(ms(20)).await;
    };
    assert_eq!(short(&outcome), "registered co");
    bench.check(&desk, "order-1", &outcome).await;
    assert_eq!((submits(&bench.co).len(), bench.documents()), (1, 1));
}

/// What is left waits in the order in which it came, and is worked on whoever is missing.
#[tokio::test]
async fn resume_goes_on_with_everything() {
    let bench = Bench::start().await;
    let pace = Pace { patience: ms(0), ..fast() };
    let desk = bench.desk_at(pace, [bench.sc(), bench.co()], []);
    for key in ["z", "y", "x"] {
        bench.sc.faults().push(Fault::StaySlow(ms(500)));
        assert_eq!(short(&desk.register(key, goods()).await.unwrap()), "pending sc");
    }
    drop(desk);
    let renamed = Account { name: "sc".to_owned(), ..bench.sc() };
    let desk = bench.desk([renamed]);
    let outcomes = desk.resume().await.unwrap();
    assert_eq!(outcomes.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["z", "y", "x"]);
    for (key, outcome) in &outcomes {
        assert_eq!(short(outcome), "registered sc");
        bench.check(&desk, key, outcome).await;
    }
    assert_eq!((submits(&bench.sc).len(), bench.documents()), (3, 3));
}
