use kassa_tests::sim::{Forgery, Retry};

use super::*;

async fn called(hook: &Hook) -> Simulator {
    start(Options { callback_url: Some(hook.url.clone()), ..options() }).await
}

#[tokio::test]
async fn the_registered_order_is_posted() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    post(&sim, &order("a")).await.unwrap();
    let call = hook.wait(1).await.remove(0);
    assert_eq!((call.path(), call.header("content-type")), ("/hook?token=abc", Some("application/json")));
    assert!(call.head.starts_with("POST "));
    assert_eq!(call.body, processed(&sim, "a").await);
    tokio::time::sleep(ms(30)).await;
    let deliveries = sim.deliveries();
    let [delivery] = deliveries.as_slice() else { panic!("{deliveries:?}") };
    assert_eq!((delivery.status, delivery.attempt, delivery.forged), (Some(200), 1, false));
}

#[tokio::test]
async fn callbacks_come_twice_late_or_never() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    for (fault, id) in
        [(Fault::CallbackTwice, "twice"), (Fault::CallbackLate(ms(200)), "late"), (Fault::CallbackNever, "never")]
    {
        sim.faults().push(fault);
        post(&sim, &order(id)).await.unwrap();
        processed(&sim, id).await;
    }
    let calls = hook.wait(3).await;
    let ids: Vec<_> = calls.iter().map(|call| call.body["orderId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["twice", "twice", "late"]);
    assert_eq!(calls[0].body, calls[1].body);
    tokio::time::sleep(ms(50)).await;
    assert_eq!((hook.calls().len(), sim.ledger().count()), (3, 3));
}

#[tokio::test]
async fn copies_come_at_the_same_moment() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Some(format!("http://{}/", listener.local_addr().unwrap()));
    let sim = start(Options { callback_url: url, ..options() }).await;
    sim.faults().push(Fault::CallbackAtOnce(3));
    post(&sim, &order("a")).await.unwrap();
    // None is answered, and all of them come.
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(tokio::time::timeout(ms(2_000), listener.accept()).await.unwrap().unwrap());
    }
    drop(open);
    tokio::time::sleep(ms(50)).await;
    assert_eq!((sim.deliveries().len(), sim.ledger().count()), (3, 1));
}

#[tokio::test]
async fn an_order_waits_for_the_cashier() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    sim.cashier_leaves();
    assert_eq!(post(&sim, &order("a")).await.unwrap().status, 200);
    tokio::time::sleep(ms(120)).await;
    let waiting = get(&sim, &format!("{GROUP}/a")).await.json();
    assert!(waiting["accepted"].is_null() && waiting["registrationInfo"].is_null());
    assert_eq!((hook.calls().len(), sim.ledger().count()), (0, 0));

    sim.cashier_returns();
    assert_eq!(hook.wait(1).await[0].body, processed(&sim, "a").await);
    post(&sim, &order("b")).await.unwrap();
    processed(&sim, "b").await;
    assert_eq!(sim.ledger().count(), 2);
}

#[tokio::test]
async fn a_callback_can_overtake_the_answer() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    sim.faults().push(Fault::CallbackBeforeAnswer);
    let answer = post(&sim, &order("a")).await.unwrap();
    let calls = hook.calls();
    assert_eq!((calls.len(), &calls[0].body["status"]), (1, &json!("processed")));
    assert_eq!(answer.json()["status"], Value::Null, "an old answer");
}

#[tokio::test]
async fn forged_callbacks_tell_of_what_is_not_in_the_book() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    for (id, forgery) in [("secret", Forgery::WrongSecret), ("id", Forgery::UnknownId), ("sums", Forgery::WrongAmounts)]
    {
        sim.faults().push(Fault::CallbackForged(forgery));
        post(&sim, &order(id)).await.unwrap();
        processed(&sim, id).await;
        tokio::time::sleep(ms(20)).await;
        let known = hook.wait(2).await.len();
        let [forged, truth] = &hook.calls()[known - 2..] else { panic!() };
        assert_eq!(truth.body, processed(&sim, id).await);
        assert_eq!(forged.body["status"], "processed");
        assert_eq!(forged.body["registrationInfo"]["fiscalDocNumber"], 990_001);
        assert_eq!(forged.path() != truth.path(), forgery == Forgery::WrongSecret);
        assert_eq!(forged.body["orderId"] != id, forgery == Forgery::UnknownId);
        let other_sums = forged.body["receipt"]["payment"] != json!({"ecash": 4500});
        assert_eq!(other_sums, forgery == Forgery::WrongAmounts);
    }
    let deliveries = sim.deliveries();
    assert_eq!(deliveries.iter().filter(|delivery| delivery.forged).count(), 3);
    assert!(sim.ledger().entries().iter().all(|entry| entry.fd_number != Some(990_001)));
}

#[tokio::test]
async fn one_attempt_unless_set_otherwise() {
    let hook = Hook::start().await;
    hook.answer_next([500, 500, 500]);
    let sim = called(&hook).await;
    post(&sim, &order("a")).await.unwrap();
    hook.wait(1).await;
    tokio::time::sleep(ms(100)).await;
    assert_eq!(hook.calls().len(), 1);

    let retry = Retry { attempts: 3, first_pause: ms(5) };
    let patient = start(Options { callback_url: Some(hook.url.clone()), retry, ..options() }).await;
    post(&patient, &order("b")).await.unwrap();
    assert_eq!(hook.wait(4).await.len(), 4, "500, 500, 200");
    tokio::time::sleep(ms(30)).await;
    let statuses: Vec<_> = patient.deliveries().iter().map(|delivery| delivery.status).collect();
    assert_eq!(statuses, [Some(500), Some(500), Some(200)]);
}

#[tokio::test]
async fn a_deaf_client_is_noted() {
    let url = Some("http://127.0.0.1:9/".to_owned());
    let sim = start(Options { callback_url: url, ..options() }).await;
    post(&sim, &order("a")).await.unwrap();
    processed(&sim, "a").await;
    tokio::time::sleep(ms(100)).await;
    assert_eq!(sim.deliveries()[0].status, None);
}
