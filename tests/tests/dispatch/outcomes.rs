//! What becomes of submissions when nothing fails: who registers them, what is told, and who is passed over.

use std::collections::BTreeMap;

use kassa::uniform::{Operation, Receipt, Submission};
use kassa::{Account, Choice, Match, Outcome, Route, SubmitError};
use kassa_tests::sim::checkonline::TaxidDialect;
use kassa_tests::sim::{self, Fault, checkonline};

use crate::bench::{Bench, CASHBOX, asks, fast, passed_over, registration, short, smart_cashier_options, submits};
use crate::receipts::{at_22, by_weight, cash, changed, goods, of_seller, priced, returned};

#[tokio::test]
async fn registered_by_the_answer() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.co(), bench.sc()]);
    let outcome = desk.register("order-1", goods()).await.unwrap();
    assert_eq!(short(&outcome), "registered co");
    bench.check(&desk, "order-1", &outcome).await;
    assert_eq!((submits(&bench.co).len(), bench.requests()), (1, 1));
    let document = &bench.co.ledger().entries()[0];
    assert_eq!((document.kind, document.taxation, document.scope.as_str()), (Some(1), Some(1), "/"));
    assert_eq!((document.total_kopecks, document.cash_kopecks, document.cashless_kopecks), (7_050, 2_050, 5_000));
    assert_eq!((document.email.as_deref(), document.phone.as_deref()), (Some("buyer@example.org"), None));
    let [line] = &*document.lines else { panic!("{document:?}") };
    assert_eq!((line.name.as_str(), line.quantity_micros, line.price_kopecks), ("Чай чёрный", 2_000_000, 3_525));
    assert_eq!((line.vat_meaning.as_str(), line.payment_mode, line.subject), ("10 %", Some(4), Some(1)));
    let Outcome::Registered { differences, .. } = &outcome.outcome else { panic!() };
    assert!(differences.is_empty(), "{differences:?}");
}

#[tokio::test]
async fn registered_after_asking() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let outcome = desk.register("order/1?&", goods()).await.unwrap();
    assert_eq!(short(&outcome), "registered sc");
    bench.check(&desk, "order/1?&", &outcome).await;
    assert_eq!((submits(&bench.sc).len(), bench.co.requests().len()), (1, 0));
    let asked = asks(&bench.sc);
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|seen| seen.path == "/v1.0/operations/checkStatus?operationId=order%2F1%3F%26"));
    let document = &bench.sc.ledger().entries()[0];
    assert_eq!((document.kind, document.taxation, document.device.as_str()), (Some(1), Some(1), CASHBOX));
    assert_eq!((document.total_kopecks, document.cash_kopecks, document.cashless_kopecks), (7_050, 2_050, 5_000));
    assert_eq!((document.email.as_deref(), document.print), (Some("buyer@example.org"), Some(true)));
    assert_eq!(document.lines[0].vat_meaning, "10 %");
}

#[tokio::test]
async fn signs_keep_their_leading_zero_out_and_their_value_in() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc()]);
    // One of two documents in a row has a sign of nine digits.
    for key in ["a", "b"] {
        let outcome = desk.register(key, goods()).await.unwrap();
        bench.check(&desk, key, &outcome).await;
    }
    let digits: Vec<_> =
        bench.sc.ledger().entries().iter().map(|entry| entry.fiscal_sign.unwrap().to_string().len()).collect();
    assert_eq!(digits, [10, 9]);
}

#[tokio::test]
async fn each_dialect_prints_the_tax_that_is_meant() {
    for (dialect, name) in [(TaxidDialect::Ferma17, "ferma_1_7"), (TaxidDialect::Native, "native")] {
        let bench = Bench::with(smart_cashier_options(), checkonline::Options::new(dialect)).await;
        let desk = bench.desk([bench.co_in(name)]);
        for (vat, meaning) in [("none", "none"), ("vat0", "0 %"), ("vat10_110", "10/110")] {
            let outcome = desk.register(vat, changed(&[("vat10", vat)])).await.unwrap();
            bench.check(&desk, vat, &outcome).await;
            assert_eq!(bench.co.ledger().by_key(vat)[0].lines[0].vat_meaning, meaning, "{name}");
        }
    }
}

#[tokio::test]
async fn cash_goes_in_and_out() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.co(), bench.sc()]);
    let outcome = desk.cash_in("in", cash("500.05")).await.unwrap();
    assert_eq!(short(&outcome), "registered sc");
    bench.check(&desk, "in", &outcome).await;
    let outcome = desk.cash_out("out", cash("100")).await.unwrap();
    assert_eq!(short(&outcome), "registered sc");
    bench.check(&desk, "out", &outcome).await;
    let moved: Vec<_> = bench
        .sc
        .ledger()
        .entries()
        .iter()
        .map(|entry| (entry.operation, entry.total_kopecks, entry.fd_number))
        .collect();
    assert_eq!(moved, [(sim::Operation::CashIn, 50_005, None), (sim::Operation::CashOut, 10_000, None)]);
    assert!(bench.co.requests().is_empty());
}

#[tokio::test]
async fn a_return_is_a_return() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let outcome = desk.register("a", returned()).await.unwrap();
    bench.check(&desk, "a", &outcome).await;
    assert_eq!(bench.sc.ledger().entries()[0].kind, Some(2));
    drop(desk);
    let desk = bench.desk([bench.co()]);
    let outcome = desk.register("b", returned()).await.unwrap();
    bench.check(&desk, "b", &outcome).await;
    assert_eq!(bench.co.ledger().entries()[0].kind, Some(2));
    assert_eq!(registration(&outcome).kind.unwrap().name(), "income_return");
}

#[tokio::test]
async fn what_one_cannot_carry_goes_to_the_next() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let agent = "\"mode\": \"full_payment\", \"agent\": { \"kinds\": [\"other_agent\"] }, \
                 \"supplier\": { \"inn\": \"7707083893\" }";
    let change = ("\"cash\": \"20.50\"", "\"cash\": \"100.00\"");
    let cases: [(&str, Receipt); 4] = [
        ("fraction", by_weight()),
        ("agent", changed(&[("\"mode\": \"full_payment\"", agent)])),
        ("change", changed(&[change])),
        ("advance", changed(&[("\"full_payment\"", "\"advance\"")])),
    ];
    for (key, receipt) in cases {
        let outcome = desk.register(key, receipt).await.unwrap();
        assert_eq!(short(&outcome), "registered co", "{key}");
        bench.check(&desk, key, &outcome).await;
    }
    assert!(bench.sc.requests().is_empty(), "what is refused before sending leaves no trace there");
    let weighed = &bench.co.ledger().by_key("fraction")[0];
    assert_eq!((weighed.lines[0].quantity_micros, weighed.total_kopecks), (1_234_000, 12_340));
    let ride = &bench.co.ledger().by_key("agent")[0];
    assert_eq!((ride.agent, ride.lines[0].agent), (Some(64), Some(64)));
    assert_eq!(ride.lines[0].supplier_inn.as_deref(), Some("7707083893"));
    assert_eq!(bench.co.ledger().by_key("change")[0].cash_kopecks, 10_000);
    assert_eq!(bench.co.ledger().by_key("advance")[0].lines[0].payment_mode, Some(3));

    drop(desk);
    let desk = bench.desk([bench.sc()]);
    let outcome = desk.register("fraction-2", by_weight()).await.unwrap();
    assert_eq!(passed_over(&outcome), ["sc: items[0].quantity: is 1.234, and only whole numbers can be sent"]);
    bench.check(&desk, "fraction-2", &outcome).await;
}

#[tokio::test]
async fn at_22_percent_nobody_takes_it() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let outcome = desk.register("a", at_22()).await.unwrap();
    let reasons = [
        "sc: items[0].vat: is vat22, which is ambiguous until the setting `general_rate_means` decides: \
         Which rate VAT codes 3 and 6 print; the document still says 18 % (SC2).",
        "co: items[0].vat: is vat22, which cannot be sent: the document predates 22 %",
    ];
    assert_eq!(passed_over(&outcome), reasons);
    bench.check(&desk, "a", &outcome).await;
    assert_eq!(desk.register("a", at_22()).await.unwrap(), outcome);
    assert_eq!((bench.requests(), bench.documents()), (0, 0));
}

#[tokio::test]
async fn nobody_offers_the_operation() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.co()]);
    let outcome = desk.cash_in("a", cash("1.00")).await.unwrap();
    assert_eq!(
        passed_over(&outcome),
        ["co: operation: CheckOnline for Ferma does not offer cash_in: the document has receipts only"]
    );
    bench.check(&desk, "a", &outcome).await;
    assert_eq!(bench.requests(), 0);
}

#[tokio::test]
async fn another_seller_is_passed_over() {
    let bench = Bench::start().await;
    let own = |account: Account, inn: &str| Account { seller_inn: Some(inn.to_owned()), ..account };
    let desk = bench.desk([own(bench.sc(), "7704211201"), own(bench.co(), "7707083893")]);
    let outcome = desk.register("a", of_seller("7707083893")).await.unwrap();
    assert_eq!(short(&outcome), "registered co");
    bench.check(&desk, "a", &outcome).await;
    let outcome = desk.register("b", of_seller("7709364346")).await.unwrap();
    let reasons = [
        "sc: seller_inn: is 7709364346, and the account is for 7704211201",
        "co: seller_inn: is 7709364346, and the account is for 7707083893",
    ];
    assert_eq!(passed_over(&outcome), reasons);
    bench.check(&desk, "b", &outcome).await;
    // Who states none is taken by the first.
    let outcome = desk.register("c", goods()).await.unwrap();
    assert_eq!(short(&outcome), "registered sc");
    assert_eq!((submits(&bench.sc).len(), submits(&bench.co).len()), (1, 1));
}

#[tokio::test]
async fn weights_share_and_a_key_keeps_its_place() {
    let bench = Bench::start().await;
    let choice = Choice::Weighted(vec![("sc".to_owned(), 1), ("co".to_owned(), 3)]);
    let route = Route { name: "shared".to_owned(), matches: Match::default(), choice: choice.clone() };
    let desk = bench.desk_at(fast(), [bench.sc(), bench.co()], [route]);
    let mut shares = BTreeMap::<String, usize>::new();
    for n in 0..24 {
        let key = format!("k{n}");
        let outcome = desk.register(&key, goods()).await.unwrap();
        bench.check(&desk, &key, &outcome).await;
        assert_eq!(outcome.account(), Some(choice.order(&key)[0]), "{key}");
        *shares.entry(outcome.account().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!((bench.sc.ledger().count(), bench.co.ledger().count()), (shares["sc"], shares["co"]));
    assert!(shares["sc"] < shares["co"], "{shares:?}");
}

#[tokio::test]
async fn routes_go_by_operation_and_amount() {
    let bench = Bench::start().await;
    let route = |name: &str, account: &str, matches: Match| Route {
        name: name.to_owned(),
        matches,
        choice: Choice::InOrder(vec![account.to_owned()]),
    };
    let money = |text: &str| Some(text.parse().unwrap());
    let routes = [
        route("drawer", "sc", Match { operations: vec![Operation::CashIn], ..Match::default() }),
        route("small", "sc", Match { amount_to: money("70.50"), ..Match::default() }),
        route("large", "co", Match { amount_from: money("70.52"), amount_to: money("1000"), ..Match::default() }),
    ];
    let desk = bench.desk_at(fast(), [bench.sc(), bench.co()], routes);
    for (key, receipt, account) in [
        ("small", goods(), "registered sc"),
        ("large", priced(3_526), "registered co"),
        ("edge", priced(50_000), "registered co"),
    ] {
        let outcome = desk.register(key, receipt).await.unwrap();
        assert_eq!(short(&outcome), account, "{key}");
        bench.check(&desk, key, &outcome).await;
    }
    let outcome = desk.cash_in("drawer", cash("5000")).await.unwrap();
    assert_eq!(short(&outcome), "registered sc");
    let before = bench.requests();
    let outcome = desk.register("huge", priced(50_001)).await.unwrap();
    let reasons = [
        "sc: route `drawer`: operation: is register_receipt, and the route is for cash_in",
        "sc: route `small`: amount: is 1000.02, and the route ends at 70.50",
        "co: route `large`: amount: is 1000.02, and the route ends at 1000.00",
    ];
    assert_eq!(passed_over(&outcome), reasons);
    bench.check(&desk, "huge", &outcome).await;
    assert_eq!(bench.requests(), before);
}

#[tokio::test]
async fn paper_that_did_not_come_out_is_told() {
    let bench = Bench::start().await;
    bench.sc.faults().push(Fault::NotPrinted);
    let desk = bench.desk([bench.sc(), bench.co()]);
    let outcome = desk.register("a", goods()).await.unwrap();
    assert_eq!((short(&outcome).as_str(), registration(&outcome).not_printed), ("registered sc", Some(true)));
    bench.check(&desk, "a", &outcome).await;
    let outcome = desk.register("b", goods()).await.unwrap();
    assert_eq!(registration(&outcome).not_printed, Some(false));
}

#[tokio::test]
async fn what_was_registered_otherwise_is_told() {
    let bench = Bench::start().await;
    // Somebody without our journal has used the key before, for something else.
    let stranger = kassa::Dispatcher::builder()
        .account(bench.co())
        .journal(kassa::SqliteJournal::open(bench.folder.path().join("stranger.sqlite")).unwrap())
        .pace(fast())
        .build()
        .unwrap();
    let theirs = stranger.register("a", changed(&[("\"income\"", "\"expense\"")])).await.unwrap();
    let desk = bench.desk([bench.co(), bench.sc()]);
    let ours = desk.register("a", priced(100)).await.unwrap();
    let Outcome::Registered { differences, .. } = &ours.outcome else { panic!("{ours:?}") };
    assert_eq!(
        differences,
        &["total: 70.50 is registered, 2.00 was sent", "kind: expense is registered, income was sent"]
    );
    assert_eq!(registration(&ours), registration(&theirs), "it is told as it was registered");
    assert_eq!((bench.documents(), bench.co.conflicts(), bench.sc.requests().len()), (1, 1, 0));
}

#[tokio::test]
async fn what_breaks_the_rules_is_not_accepted() {
    let bench = Bench::start().await;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let old_rate = changed(&[("vat10", "vat20"), ("\"kind\"", "\"date\": \"2026-01-01\", \"kind\"")]);
    for (receipt, field) in [(old_rate, "items[0].vat"), (changed(&[("\"50.00\"", "\"49.99\"")]), "payments")] {
        let submission = Submission::RegisterReceipt(receipt);
        let Err(SubmitError::Invalid(violations)) = desk.submit("a", submission).await else { panic!() };
        assert_eq!(violations.iter().map(|violation| violation.field.as_str()).collect::<Vec<_>>(), [field]);
    }
    assert_eq!((desk.counts().await, bench.requests()), (vec![], 0));
    assert_eq!(short(&desk.register("a", goods()).await.unwrap()), "registered sc", "the key is still free");
}
