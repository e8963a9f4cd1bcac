//! What is measured, as a recorder gets it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use kassa::dispatcher::Limits;
use kassa::kassa_core::Request;
use kassa::measures::MEASURES;
use kassa::{Account, Dispatcher, SqliteJournal};
use kassa_tests::sim::{Documented, Fault};

use crate::capture::{self, Series};
use crate::drive::key;
use crate::world::{World, brisk, read, receipt};

/// What the measure of this name was told of these labels; nothing if it never was.
#[track_caller]
fn told(of: &str, labels: &[(&str, &str)]) -> f64 {
    let has = |series: &&Series| series.name == of && labels.iter().all(|(name, value)| series.has(name, value));
    capture::measured().iter().filter(has).map(|series| series.value).fold(0.0, |all, one| all.max(one))
}

/// An account of its own name, since the recorder is one for all tests of this process.
fn named(account: Account, name: &str) -> Account {
    Account { name: name.to_owned(), ..account }
}

fn callback(uri: &str, body: &str) -> Request {
    let mut request = Request::new(body.to_owned().into());
    (*request.method_mut(), *request.uri_mut()) = (Method::POST, uri.parse().expect("an address"));
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_thing_is_measured_when_it_happens() {
    capture::begin();
    let world = World::start().await;
    let limits = Limits { failures: 2, rest: Duration::from_secs(3600), ..Limits::default() };
    let shop = Account { limits, ..named(world.account("shop"), "m-shop") };
    let goods = || read(&receipt("shop", false));
    let of = |labels: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
        [&[("account", "m-shop"), ("provider", "smartcashier")], labels].concat()
    };

    let desk = world.desk_at(brisk(), [shop.clone()]);
    let before = told("kassa_accepted_total", &[("operation", "register_receipt")]);
    assert_eq!(desk.register("m-1", goods()).await.unwrap().name(), "registered");
    assert!(told("kassa_accepted_total", &[("operation", "register_receipt")]) >= before + 1.0);
    assert_eq!(told("kassa_attempts_total", &of(&[("operation", "register_receipt")])), 1.0);
    assert_eq!(told("kassa_outcomes_total", &of(&[("outcome", "registered")])), 1.0);
    assert_eq!(told("kassa_outcomes_total", &of(&[("outcome", "pending")])), 1.0);
    assert_eq!(told("kassa_exchanges_total", &of(&[("purpose", "submit"), ("result", "2xx")])), 1.0);
    assert_eq!(told("kassa_request_duration_seconds", &of(&[("purpose", "submit")])), 1.0);
    assert!(told("kassa_exchanges_total", &of(&[("purpose", "question")])) >= 1.0);
    assert!(told("kassa_findings_total", &of(&[("class", "in_progress")])) >= 1.0);
    assert!(told("kassa_submission_duration_seconds", &[("outcome", "registered")]) >= 1.0);
    // The same again is neither accepted nor ended again; another receipt under its key is refused.
    desk.register("m-1", goods()).await.unwrap();
    assert_eq!(told("kassa_outcomes_total", &of(&[("outcome", "registered")])), 1.0);
    desk.register("m-1", read(&receipt("shop", true))).await.unwrap_err();
    assert!(told("kassa_refused_total", &[("why", "conflict")]) >= 1.0);

    // A lost answer, and another one: doubt, which the journal tells of, and a rest.
    let desk = world.desk([shop.clone()]);
    for n in 2..4 {
        world.shop.faults().push(Fault::CommitThenClose);
        assert_eq!(desk.register(&format!("m-{n}"), goods()).await.unwrap().name(), "in_doubt");
    }
    assert_eq!(told("kassa_exchanges_total", &of(&[("result", "lost")])), 2.0);
    assert_eq!(told("kassa_outcomes_total", &of(&[("outcome", "in_doubt")])), 2.0);
    assert_eq!(told("kassa_rests_total", &[("account", "m-shop")]), 1.0);
    assert_eq!(desk.register("m-4", goods()).await.unwrap().name(), "not_sent");
    assert_eq!(told("kassa_delays_total", &[("account", "m-shop"), ("why", "rest")]), 1.0);
    tokio::time::sleep(Duration::from_millis(20)).await;
    desk.observe().await.unwrap();
    let open = || {
        let all = capture::measured();
        let value = |name: &str| all.iter().find(|it| it.name == name && it.has("account", "m-shop")).unwrap().value;
        [value("kassa_in_doubt"), value("kassa_in_doubt_oldest_seconds"), value("kassa_account_resting")]
    };
    let [count, age, resting] = open();
    assert!(count == 2.0 && age >= 0.02 && resting == 1.0, "{count} {age} {resting}");
    // Another process on the same file tells the same, and that nothing rests there.
    let other = Arc::new(SqliteJournal::open(world.path("kassa.sqlite")).unwrap());
    let builder = Dispatcher::builder().account(shop.clone()).journal(other).pace(brisk());
    let other = builder.build().unwrap();
    other.observe().await.unwrap();
    let [count, later, resting] = open();
    assert!(count == 2.0 && later >= age && resting == 0.0, "{count} {later} {resting}");
    // What is resumed is settled, and nothing is open.
    drop(desk);
    assert_eq!(other.resume().await.unwrap().len(), 2);
    let [count, age, _] = open();
    assert_eq!((count, age), (0.0, 0.0));

    // A provider that asks for a pause.
    let courier = named(world.account("courier"), "m-courier");
    world.courier.faults().push(Fault::DocumentedError(Documented::Http(429)));
    let desk = world.desk([courier]);
    desk.register("m-5", read(&receipt("courier", false))).await.unwrap();
    desk.register("m-6", read(&receipt("courier", false))).await.unwrap();
    assert_eq!(told("kassa_pauses_total", &[("account", "m-courier")]), 1.0);
    assert_eq!(told("kassa_delays_total", &[("account", "m-courier"), ("why", "retry_after")]), 1.0);

    // Callbacks that are forged, stale, unread, and heard.
    let rental = named(world.account("rental"), "m-rental");
    let desk = world.desk([rental]);
    let standing = desk.register(&key(7, 1), read(&receipt("rental", false))).await.unwrap();
    assert_eq!(standing.name(), "pending", "{standing:?}");
    let token = percent_encoding::utf8_percent_encode(crate::canaries::RENTAL_BELL, percent_encoding::NON_ALPHANUMERIC);
    let right = format!("http://e.org/?token={token}");
    let failed = |key: &str| format!(r#"{{"InvoiceId":"{key}","StatusCode":3,"StatusName":"KKT_ERROR"}}"#);
    for (uri, body, result) in [
        ("http://e.org/?token=x", failed(&key(7, 1)), "forged"),
        (&right, failed(&key(7, 2)), "stale"),
        (&right, "{".to_owned(), "unread"),
        (&right, failed(&key(7, 1)), "accepted"),
    ] {
        desk.callback("m-rental", callback(uri, &body)).await.unwrap();
        assert_eq!(told("kassa_callbacks_total", &[("account", "m-rental"), ("result", result)]), 1.0, "{result}");
    }
    // What was heard is answered before it has moved the submission.
    let moved = || told("kassa_outcomes_total", &[("account", "m-rental"), ("outcome", "rejected")]);
    for _ in 0..1_000 {
        if moved() < 1.0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    assert_eq!(moved(), 1.0);
    assert!(told("kassa_callback_effects_total", &[("effect", "moved")]) >= 1.0);

    assert!(told("kassa_journal_duration_seconds", &[("command", "accept"), ("result", "ok")]) >= 1.0);
    assert!(told("kassa_journal_commit_commands", &[]) >= 1.0);

    every_one_is_told_as_the_table_says();
}

/// Nothing is told that the table lacks, or with other labels; and nothing stands in the table that is never told.
fn every_one_is_told_as_the_table_says() {
    let all = capture::measured();
    for series in &all {
        let measure = MEASURES.iter().find(|measure| measure.name == series.name);
        let measure = measure.unwrap_or_else(|| panic!("{} is not in the table", series.name));
        let labels: Vec<&str> = series.labels.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(labels, measure.labels, "{}", series.name);
    }
    let names: BTreeSet<&str> = all.iter().map(|series| series.name.as_str()).collect();
    let untold = MEASURES.iter().map(|measure| measure.name).filter(|name| !names.contains(name));
    // A disk that fails is not had here: `runtime/src/measures/record.rs` tests that.
    assert_eq!(untold.collect::<Vec<_>>(), ["kassa_journal_commits_failed_total"]);
}
