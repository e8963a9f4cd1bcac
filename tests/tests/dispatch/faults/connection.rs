//! What keeps a request from reaching a provider at all, and what only looks like it.

use kassa::kassa_core::Secret;
use kassa::{Account, Dispatcher, Identity, Outcome, Pace, SqliteJournal, Tls};
use kassa_tests::sim::checkonline::TaxidDialect;
use kassa_tests::sim::{Fault, checkonline};

use crate::bench::{Bench, Deserted, LONG, TOKEN, fast, identity, ms, passed_over, short, smart_cashier_options};
use crate::receipts::goods;

#[tokio::test]
async fn nobody_listens() {
    let bench = Bench::start().await;
    let nobody = Deserted::new();
    let gone_sc = bench.sc_at("sc-gone", &format!("http://{}", nobody.address()), TOKEN);
    let gone_co = Account { name: "co-gone".to_owned(), ..bench.co_at(&format!("https://{}", nobody.address())) };
    let desk = bench.desk([gone_sc.clone(), gone_co.clone(), bench.co()]);
    let outcome = desk.register("a", goods()).await.unwrap();
    assert_eq!(short(&outcome), "registered co");
    bench.check(&desk, "a", &outcome).await;
    drop(desk);

    let desk = bench.desk([gone_sc, gone_co]);
    let outcome = desk.register("b", goods()).await.unwrap();
    let reasons = passed_over(&outcome);
    assert!(reasons.len() == 2 && reasons.iter().all(|reason| reason.contains("tcp connect error")), "{reasons:?}");
    assert!(reasons[0].starts_with("sc-gone: ") && reasons[1].starts_with("co-gone: "), "{reasons:?}");
    bench.check(&desk, "b", &outcome).await;
    assert_eq!(desk.entry("b").await.attempts.len(), 2);
}

#[tokio::test]
async fn the_server_has_gone() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    assert_eq!(short(&desk.register("a", goods()).await.unwrap()), "registered sc");
    bench.sc.shutdown().await;
    assert_eq!(short(&desk.register("b", goods()).await.unwrap()), "registered co");
    // What was registered there before is known without asking.
    assert_eq!(short(&desk.register("a", goods()).await.unwrap()), "registered sc");
}

/// It goes while it has a receipt: nobody else is asked, however long it stays away.
#[tokio::test]
async fn the_server_goes_with_the_receipt() {
    let bench = Bench::start().await;
    let desk = bench.desk_at(Pace { patience: ms(300), ..fast() }, [bench.sc(), bench.co()], []);
    bench.sc.faults().push(Fault::StaySlow(LONG));
    let outcome = desk.register("a", goods()).await.unwrap();
    assert_eq!(short(&outcome), "pending sc");
    bench.sc.shutdown().await;
    for _ in 0..2 {
        assert_eq!(short(&desk.status("a").await.unwrap()), "pending sc");
    }
    let resumed = desk.resume().await.unwrap();
    assert_eq!(resumed.iter().map(|(_, outcome)| short(outcome)).collect::<Vec<_>>(), ["pending sc"]);
    assert_eq!(bench.co.requests().len(), 0);
}

async fn with_tls12(tls12_only: bool) -> Bench {
    let options = checkonline::Options { tls12_only, ..checkonline::Options::new(TaxidDialect::Ferma17) };
    Bench::with(smart_cashier_options(), options).await
}

fn with_identity(account: Account, identity: Option<Identity>) -> Account {
    Account { tls: Tls { identity, ..account.tls.clone() }, ..account }
}

/// With TLS 1.2 the handshake itself fails: no byte of the request has left.
#[tokio::test]
async fn without_the_right_certificate_the_handshake_fails() {
    let (bench, other) = (with_tls12(true).await, with_tls12(true).await);
    let accounts = [with_identity(bench.co(), None), with_identity(bench.co(), Some(identity(&other.co)))];
    for (key, account) in ["none", "wrong"].into_iter().zip(accounts) {
        let desk = bench.desk([account, bench.sc()]);
        let outcome = desk.register(key, goods()).await.unwrap();
        assert_eq!(short(&outcome), "registered sc", "{key}");
        bench.check(&desk, key, &outcome).await;
    }
    assert_eq!(bench.co.requests().len(), 0);
}

/// With TLS 1.3 the client learns of it only when it has begun to send: nobody can tell any more.
#[tokio::test]
async fn without_the_right_certificate_the_request_may_have_left() {
    let (bench, other) = (with_tls12(false).await, with_tls12(false).await);
    let accounts = [with_identity(bench.co(), None), with_identity(bench.co(), Some(identity(&other.co)))];
    for (key, account) in ["none", "wrong"].into_iter().zip(accounts) {
        let desk = bench.desk([account, bench.sc()]);
        let outcome = desk.register(key, goods()).await.unwrap();
        assert_eq!(short(&outcome), "in_doubt co outcome_unknown", "{key}");
        bench.check(&desk, key, &outcome).await;
        drop(desk);
        // With the right one the doubt ends.
        let desk = bench.desk([bench.co(), bench.sc()]);
        let outcome = desk.status(key).await.unwrap();
        assert_eq!(short(&outcome), "registered co", "{key}");
        bench.check(&desk, key, &outcome).await;
    }
    assert_eq!((bench.co.requests().len(), bench.sc.requests().len()), (2, 0));
}

/// A server that nobody vouches for is told nothing.
#[tokio::test]
async fn a_server_without_a_trusted_certificate() {
    let bench = Bench::start().await;
    let untrusted = bench.co();
    let untrusted = Account { tls: Tls { roots: Vec::new(), ..untrusted.tls.clone() }, ..untrusted };
    let desk = bench.desk([untrusted]);
    let outcome = desk.register("a", goods()).await.unwrap();
    let Outcome::NotSent { passed_over } = &outcome.outcome else { panic!("{outcome:?}") };
    assert!(passed_over[0].reason.contains("certificate"), "{passed_over:?}");
    assert_eq!((bench.co.requests().len(), bench.documents()), (0, 0));
}

/// Certificates that cannot be used are found before anything is sent.
#[tokio::test]
async fn certificates_that_are_none() {
    let bench = Bench::start().await;
    let sound = identity(&bench.co);
    let journal = || SqliteJournal::open(bench.folder.path().join("x.sqlite")).unwrap();
    for (identity, roots) in [
        (Identity { key: Secret::new("hunter2"), ..sound.clone() }, Vec::new()),
        (Identity { certificate: b"none".to_vec(), ..sound.clone() }, Vec::new()),
        (sound, vec![b"none".to_vec()]),
    ] {
        let account = Account { tls: Tls { identity: Some(identity), roots }, ..bench.co() };
        let built = Dispatcher::builder().account(account).journal(journal()).build();
        let error = built.unwrap_err().to_string();
        assert!(error.starts_with("account `co`: ") && !error.contains("hunter2"), "{error}");
    }
}
