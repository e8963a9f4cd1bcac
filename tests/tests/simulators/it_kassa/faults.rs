use super::*;

fn critical(code: i64, registered: bool) -> Fault {
    let (phase, text) = ("Sale.CloseDocument".to_owned(), "Нет бумаги".to_owned());
    Fault::DocumentedError(Documented::CriticalError { code, phase, text, registered })
}

#[tokio::test]
async fn the_server_refuses_and_the_register_refuses() {
    let sim = simulator().await;
    let refused = Documented::Refused { code: 17, message: "Параметр".to_owned() };
    sim.faults().push(Fault::DocumentedError(refused.clone()));
    let answer = post(&sim, &document(1, sale())).await.unwrap();
    assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(17)));
    assert_eq!(answer.json()["result_description"], "Параметр");
    sim.faults().push_for_status(Fault::DocumentedError(refused));
    assert_eq!(get(&sim, "cre/items/").await.json()["code"], 17);
    assert_eq!(by_key(&sim, 1).await.status, 404);

    // The same error, before and after the document got into the drive.
    for (number, registered) in [(1, false), (2, true)] {
        sim.faults().push(critical(103, registered));
        let end = run(&sim, &document(number, sale())).await;
        let result = &end["resultItem"];
        assert_eq!((&result["result"], &result["creErrorId"]), (&json!("critical_error"), &json!("103")));
        assert_eq!(result["creErrorText"], "[ Sale.CloseDocument ] Нет бумаги");
        assert_eq!(end["checkNumber"], "0");
        assert_eq!(sim.ledger().by_key(&key(number)).len(), usize::from(registered));
    }
    // A failed key in a row is ignored too.
    let again = queued(&sim, &document(2, sale())).await;
    assert_eq!(again["resultItem"]["result"], "critical_error");
    run(&sim, &document(3, sale())).await;
    assert_eq!(sim.ledger().count(), 2);
}

#[tokio::test]
async fn a_register_can_be_out_of_reach() {
    let mut off = register(REGISTER, Session::Opened);
    off.online = false;
    let sim = start(Options::new(SECRET, [off])).await;
    let result = run(&sim, &document(1, sale())).await["resultItem"].clone();
    assert_eq!((&result["result"], &result["creErrorId"]), (&json!("critical_error"), &json!("255")));
    assert_eq!(sim.ledger().count(), 0);
}

#[tokio::test]
async fn older_errors_are_flat() {
    let sim = start(Options { flat_errors: true, ..options() }).await;
    let open = json!({"type": "openSession", "isPrintable": true});
    let id = queued(&sim, &document(1, open)).await["id"].clone();
    tokio::time::sleep(ms(60)).await;
    for answer in [by_key(&sim, 1).await, get(&sim, &format!("print-documents/{}", id.as_str().unwrap())).await] {
        let flat = answer.json();
        assert_eq!((flat.get("code"), flat.get("object")), (None, None));
        assert_eq!((&flat["lastErrorId"], &flat["result"]), (&json!(83), &json!("critical_error")));
        assert_eq!(flat["lastErrorMessage"], "[ OpenSession.Report ] Смена открыта, операция невозможна");
        assert_eq!(flat["result_description"], "the register has answered");
        assert_eq!((&flat["sessionNumber"], &flat["sessionState"]), (&json!("19"), &json!("opened")));
        assert_eq!((&flat["creItemId"], &flat["id"]), (&json!(REGISTER), &json!(key(1))));
        assert!(flat["updatedAt"].as_str().unwrap().ends_with('Z'));
    }
    // What succeeds is not.
    assert_eq!(run(&sim, &document(2, sale())).await["resultItem"]["result"], "success");
}

#[tokio::test]
async fn lost_answers_hide_a_job() {
    let sim = simulator().await;
    for (number, fault) in
        [(1, Fault::CommitThenError500), (2, Fault::CommitThenClose), (3, Fault::CommitThenHang(ms(20)))]
    {
        sim.faults().push(fault);
        let answer = post(&sim, &document(number, sale())).await;
        assert_eq!(answer.map(|answer| answer.status), (number == 1).then_some(500));
        let id = by_key(&sim, number).await.json()["object"]["id"].clone();
        done(&sim, &id).await;
    }
    for fault in [Fault::CloseBeforeCommit, Fault::Html, Fault::HtmlOk] {
        sim.faults().push(fault);
        post(&sim, &document(4, sale())).await;
        assert_eq!(by_key(&sim, 4).await.status, 404);
    }
    assert_eq!((sim.ledger().count(), sim.faults().waiting()), (3, 0));
}

#[tokio::test]
async fn jobs_are_late_or_slow() {
    let sim = simulator().await;
    let started = std::time::Instant::now();
    sim.faults().push(Fault::LateVisibility(ms(300)));
    sim.faults().push(Fault::StaySlow(ms(300)));
    let late = queued(&sim, &document(1, sale())).await["id"].clone();
    let slow = queued(&sim, &document(2, sale())).await["id"].clone();
    tokio::time::sleep(ms(60)).await;
    assert_eq!(sim.ledger().by_key(&key(1)).len(), 1);
    let early = (by_key(&sim, 1).await, get(&sim, &format!("print-documents/{}", late.as_str().unwrap())).await);
    if started.elapsed() < ms(290) {
        assert_eq!((early.0.status, early.1.status), (404, 404));
    }
    done(&sim, &slow).await;
    assert!(started.elapsed() >= ms(300));
    assert_eq!(by_key(&sim, 1).await.status, 200);
}

#[tokio::test]
async fn a_test_register_numbers_nothing() {
    let sim = start(Options { test_register: true, ..options() }).await;
    let end = run(&sim, &document(1, sale())).await;
    assert_eq!((&end["resultItem"]["result"], &end["checkNumber"]), (&json!("success"), &json!("0")));
    assert_eq!(end["checkUrl"], "t=19700101T000000&s=0.00&fn=&i=0&fp=0000000000&n=0");
}
