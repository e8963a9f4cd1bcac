use kassa_tests::sim::{Forgery, Retry};

use super::*;

const CALLBACK_KEY: &str = "sdfsfsfsfsdfsfsdfsdffsdf";

async fn set(sim: &Simulator, settings: &Value) -> Value {
    send(&sim.base_url(), &head("POST", "organization/settings"), &settings.to_string(), None).await.unwrap().json()
}

fn settings(hook: &Hook) -> Option<Settings> {
    Some(Settings {
        callback_api_key: CALLBACK_KEY.to_owned(),
        error_email: Some("error@email.tt".to_owned()),
        test_url: None,
        print_result_url: hook.url.clone(),
    })
}

async fn called(hook: &Hook) -> Simulator {
    start(Options { settings: settings(hook), ..options() }).await
}

#[tokio::test]
async fn the_settings_say_where_results_go() {
    let hook = Hook::start().await;
    let sim = simulator().await;
    run(&sim, &document(1, sale())).await;
    let body = json!({"callbackApiKey": CALLBACK_KEY, "errorEmail": "error@email.tt",
        "testUrl": "https://callback.domain.tt/test.php", "printResultUrl": hook.url});
    assert_eq!(set(&sim, &body).await, json!({"code": 0}));
    let end = run(&sim, &document(2, sale())).await;
    let call = hook.wait(1).await.remove(0);
    assert_eq!((call.header("x-api-key"), call.header("x-organization-id")), (Some(CALLBACK_KEY), Some(ORGANIZATION)));
    assert_eq!(
        (call.header("content-type"), call.header("accept")),
        (Some("application/json"), Some("application/json"))
    );
    assert_eq!((&call.body["idempKey"], &call.body["id"]), (&json!(key(2)), &end["id"]));
    assert!(call.body["orderNumber"].is_u64());
    assert_eq!((&call.body["resultItem"], &call.body["checkUrl"]), (&end["resultItem"], &end["checkUrl"]));
    assert_eq!(hook.calls().len(), 1, "the first job came before the settings");

    for (field, value) in [
        ("callbackApiKey", json!("k".repeat(37))),
        ("callbackApiKey", json!("СЕКРЕТНЫЙ_КЛЮЧ")),
        ("callbackApiKey", json!("")),
        ("errorEmail", json!("x")),
        ("testUrl", json!("x")),
        ("printResultUrl", json!("callback.domain.tt/print-result.php")),
        ("url", json!("https://callback.domain.tt")),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let answer = set(&sim, &wrong).await;
        assert!(answer["result_description"].as_str().unwrap().contains(field), "{answer}");
    }
}

#[tokio::test]
async fn failures_are_reported_too() {
    let hook = Hook::start().await;
    for flat in [false, true] {
        let sim = start(Options { settings: settings(&hook), flat_errors: flat, ..options() }).await;
        let open = json!({"type": "openSession", "isPrintable": true});
        queued(&sim, &document(1, open)).await;
        let call = hook.wait(usize::from(flat) + 1).await.pop().unwrap();
        let result = if flat { &call.body } else { &call.body["resultItem"] };
        assert_eq!(result["result"], "critical_error");
    }
}

#[tokio::test]
async fn a_callback_is_repeated_until_200_with_growing_pauses() {
    let hook = Hook::start().await;
    hook.answer_next([500, 204, 302]);
    let retry = Retry { attempts: 5, first_pause: ms(40) };
    let sim = start(Options { settings: settings(&hook), retry, ..options() }).await;
    queued(&sim, &document(1, sale())).await;
    let calls = hook.wait(4).await;
    let pauses: Vec<_> = calls.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(pauses[0] >= ms(39) && pauses[1] >= ms(79) && pauses[2] >= ms(159), "{pauses:?}");
    assert!(calls.iter().all(|call| call.body == calls[0].body));
    tokio::time::sleep(ms(30)).await;
    let deliveries = sim.deliveries();
    let statuses: Vec<_> = deliveries.iter().map(|delivery| (delivery.attempt, delivery.status)).collect();
    assert_eq!(statuses, [(1, Some(500)), (2, Some(204)), (3, Some(302)), (4, Some(200))]);
    assert!(deliveries.iter().all(|delivery| delivery.letter_to.is_none()));
}

#[tokio::test]
async fn a_letter_follows_the_last_attempt() {
    let hook = Hook::start().await;
    hook.answer_next([500; 3]);
    let retry = Retry { attempts: 3, first_pause: ms(5) };
    let sim = start(Options { settings: settings(&hook), retry, ..options() }).await;
    queued(&sim, &document(1, sale())).await;
    hook.wait(3).await;
    tokio::time::sleep(ms(60)).await;
    let letters: Vec<_> = sim.deliveries().into_iter().map(|delivery| delivery.letter_to).collect();
    assert_eq!(letters, [None, None, Some("error@email.tt".to_owned())]);
    assert_eq!(hook.calls().len(), 3);
}

#[tokio::test]
async fn callbacks_come_twice_late_or_never() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    for (number, fault) in [(1, Fault::CallbackTwice), (2, Fault::CallbackLate(ms(200))), (3, Fault::CallbackNever)] {
        sim.faults().push(fault);
        run(&sim, &document(number, sale())).await;
    }
    let calls = hook.wait(3).await;
    let keys: Vec<_> = calls.iter().map(|call| call.body["idempKey"].as_str().unwrap()).collect();
    assert_eq!(keys, [key(1), key(1), key(2)]);
    tokio::time::sleep(ms(50)).await;
    assert_eq!((hook.calls().len(), sim.ledger().count()), (3, 3));
}

#[tokio::test]
async fn a_callback_can_overtake_the_answer() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    sim.faults().push(Fault::CallbackBeforeAnswer);
    let object = queued(&sim, &document(1, sale())).await;
    let calls = hook.calls();
    assert_eq!((calls.len(), &calls[0].body["resultItem"]["result"]), (1, &json!("success")));
    assert_eq!(object["resultItem"], Value::Null, "an old answer");
}

#[tokio::test]
async fn forged_callbacks_tell_of_what_is_not_in_the_book() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    for (number, forgery) in [(1, Forgery::WrongSecret), (2, Forgery::UnknownId), (3, Forgery::WrongAmounts)] {
        sim.faults().push(Fault::CallbackForged(forgery));
        let end = run(&sim, &document(number, sale())).await;
        let calls = hook.wait(2 * number as usize).await;
        let [forged, truth] = &calls[calls.len() - 2..] else { panic!() };
        assert_eq!((&truth.body["id"], &truth.body["checkUrl"]), (&end["id"], &end["checkUrl"]));
        assert_eq!(truth.header("x-api-key"), Some(CALLBACK_KEY));
        assert_eq!(forged.header("x-api-key") != Some(CALLBACK_KEY), forgery == Forgery::WrongSecret);
        assert_eq!(
            (&forged.body["checkNumber"], &forged.body["resultItem"]["result"]),
            (&json!("990001"), &json!("success"))
        );
        let other_id = forged.body["id"] != end["id"] && forged.body["idempKey"] != json!(key(number));
        assert_eq!(other_id, forgery == Forgery::UnknownId);
        let other_sum = forged.body["checkUrl"].as_str().unwrap().contains("s=546.52");
        let other_payment = forged.body["commands"][0]["amountElectronic"] != json!(500.52);
        assert_eq!((other_sum, other_payment), (forgery == Forgery::WrongAmounts, forgery == Forgery::WrongAmounts));
    }
    assert_eq!((sim.ledger().count(), sim.deliveries().iter().filter(|delivery| delivery.forged).count()), (3, 3));
}

#[tokio::test]
async fn shutdown_calls_off_the_callbacks() {
    let hook = Hook::start().await;
    let sim = called(&hook).await;
    queued(&sim, &document(1, sale())).await;
    sim.shutdown().await;
    tokio::time::sleep(ms(80)).await;
    assert_eq!(hook.calls().len(), 0);
}
