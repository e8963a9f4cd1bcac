use kassa_tests::sim::{Forgery, Retry};

use super::*;

fn called(number: u32, hook: &Hook) -> Value {
    with(number, "/CallbackUrl", json!(hook.url))
}

#[tokio::test]
async fn the_result_goes_where_the_request_says() {
    let (hook, other) = (Hook::start().await, Hook::start().await);
    let sim = simulator().await;
    accepted(&sim, &called(1, &hook)).await;
    let call = hook.wait(1).await.remove(0);
    let entry = sim.ledger().entries().remove(0);
    assert_eq!((call.path(), call.header("content-type")), ("/hook?token=abc", Some("application/json")));
    assert_eq!((&call.body["InvoiceId"], &call.body["StatusCode"]), (&json!(id(1)), &json!(2)));
    assert_eq!((&call.body["StatusName"], &call.body["Receipt"]["Sum"]), (&json!("CONFIRMED"), &json!(5555.55)));
    let device = &call.body["Receipt"]["Device"];
    assert_eq!((&device["FDN"], &device["FPD"]), (&json!("5"), &json!(entry.fiscal_sign.unwrap().to_string())));

    sim.faults().push(Fault::DocumentedError(Documented::OperationFailed("Нет бумаги".to_owned())));
    accepted(&sim, &called(2, &other)).await;
    let call = other.wait(1).await.remove(0);
    assert_eq!((&call.body["StatusCode"], &call.body["StatusName"]), (&json!(3), &json!("KKT_ERROR")));
    assert_eq!((&call.body["StatusMessage"], &call.body["Receipt"]), (&json!("Нет бумаги"), &Value::Null));
    assert_eq!(hook.calls().len(), 1);
}

#[tokio::test]
async fn without_a_proper_address_nobody_is_told() {
    let sim = simulator().await;
    for body in [receipt(1), without(2, "/CallbackUrl"), with(3, "/CallbackUrl", json!("ftp://127.0.0.1/"))] {
        accepted(&sim, &body).await;
    }
    tokio::time::sleep(ms(80)).await;
    assert_eq!((sim.ledger().count(), sim.deliveries().len()), (3, 0));
}

#[tokio::test]
async fn a_repeat_is_told_again_only_if_set() {
    let hook = Hook::start().await;
    for callback_on_repeat in [false, true] {
        let sim = start(Options { callback_on_repeat, ..options() }).await;
        let before = hook.calls().len();
        accepted(&sim, &called(1, &hook)).await;
        hook.wait(before + 1).await;
        accepted(&sim, &called(1, &hook)).await;
        tokio::time::sleep(ms(60)).await;
        assert_eq!(hook.calls().len() - before, 1 + usize::from(callback_on_repeat));
        assert_eq!(sim.ledger().count(), 1);
    }
}

#[tokio::test]
async fn callbacks_come_twice_late_or_never() {
    let hook = Hook::start().await;
    let sim = simulator().await;
    for (number, fault) in [(1, Fault::CallbackTwice), (2, Fault::CallbackLate(ms(200))), (3, Fault::CallbackNever)] {
        sim.faults().push(fault);
        accepted(&sim, &called(number, &hook)).await;
        tokio::time::sleep(ms(60)).await;
    }
    let calls = hook.wait(3).await;
    let ids: Vec<_> = calls.iter().map(|call| call.body["InvoiceId"].as_str().unwrap()).collect();
    assert_eq!(ids, [id(1), id(1), id(2)]);
    tokio::time::sleep(ms(50)).await;
    assert_eq!((hook.calls().len(), sim.ledger().count()), (3, 3));
}

#[tokio::test]
async fn a_callback_can_overtake_the_answer() {
    let hook = Hook::start().await;
    let sim = simulator().await;
    sim.faults().push(Fault::CallbackBeforeAnswer);
    accepted(&sim, &called(1, &hook)).await;
    assert_eq!((hook.calls().len(), sim.ledger().count()), (1, 1));
}

#[tokio::test]
async fn forged_callbacks_tell_of_what_is_not_in_the_book() {
    let hook = Hook::start().await;
    let sim = simulator().await;
    for (number, forgery) in [(1, Forgery::WrongSecret), (2, Forgery::UnknownId), (3, Forgery::WrongAmounts)] {
        sim.faults().push(Fault::CallbackForged(forgery));
        accepted(&sim, &called(number, &hook)).await;
        let calls = hook.wait(2 * number as usize).await;
        let [forged, truth] = &calls[calls.len() - 2..] else { panic!() };
        assert_eq!((&truth.body["InvoiceId"], truth.path()), (&json!(id(number)), "/hook?token=abc"));
        assert_eq!(
            (&forged.body["StatusName"], &forged.body["Receipt"]["Device"]["FDN"]),
            (&json!("CONFIRMED"), &json!("990001"))
        );
        assert_eq!(forged.path() != truth.path(), forgery == Forgery::WrongSecret);
        assert_eq!(forged.body["InvoiceId"] != truth.body["InvoiceId"], forgery == Forgery::UnknownId);
        assert_eq!(forged.body["Receipt"]["Sum"] != 5555.55, forgery == Forgery::WrongAmounts);
    }
    assert_eq!(sim.ledger().count(), 3);
}

#[tokio::test]
async fn one_attempt_unless_set_otherwise() {
    let hook = Hook::start().await;
    hook.answer_next([500, 500]);
    let sim = simulator().await;
    accepted(&sim, &called(1, &hook)).await;
    hook.wait(1).await;
    tokio::time::sleep(ms(60)).await;
    assert_eq!(hook.calls().len(), 1);
    let patient = start(Options { retry: Retry { attempts: 2, first_pause: ms(5) }, ..options() }).await;
    accepted(&patient, &called(1, &hook)).await;
    assert_eq!(hook.wait(3).await.len(), 3);
}
