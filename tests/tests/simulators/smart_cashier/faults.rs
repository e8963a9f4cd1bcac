use super::*;

#[tokio::test]
async fn an_operation_that_failed_stays_failed() {
    let sim = simulator().await;
    let failed = Documented::OperationFailed("Открыта крышка.".to_owned());
    sim.faults().push(Fault::DocumentedError(failed));
    assert_eq!(form(&sim, &receipt("a")).await.unwrap().status, 200);
    let end = settled(&sim, "a").await;
    assert_eq!((&end["status"], &end["errorMessage"]), (&json!(3), &json!("Открыта крышка.")));
    assert_eq!((&end["handlerCashboxId"], &end["processingDateTimeUtc"]), (&json!(CASHBOX), &Value::Null));
    assert_eq!(form(&sim, &receipt("a")).await.unwrap().status, 200);
    tokio::time::sleep(ms(50)).await;
    assert_eq!(settled(&sim, "a").await, end);
    assert_eq!(sim.ledger().count(), 0);
    form(&sim, &receipt("b")).await.unwrap();
    assert_eq!(settled(&sim, "b").await["status"], 2);
}

#[tokio::test]
async fn lost_answers_hide_a_registration() {
    let sim = simulator().await;
    let hang = Fault::CommitThenHang(ms(60));
    for (id, fault) in [("500", Fault::CommitThenError500), ("close", Fault::CommitThenClose), ("hang", hang)] {
        sim.faults().push(fault);
        let started = Instant::now();
        let answer = form(&sim, &receipt(id)).await;
        match id {
            "500" => assert_eq!(answer.unwrap().status, 500),
            _ => assert_eq!(answer, None),
        }
        assert!(id != "hang" || started.elapsed() >= ms(60));
        assert_eq!(settled(&sim, id).await["status"], 2, "{id}");
        assert_eq!(form(&sim, &receipt(id)).await.unwrap().status, 200);
    }
    assert_eq!((sim.ledger().count(), sim.faults().waiting()), (3, 0));
}

#[tokio::test]
async fn a_repeat_can_lose_its_answer_too() {
    let sim = simulator().await;
    sim.faults().push(Fault::CommitThenError500);
    sim.faults().push(Fault::CommitThenError500);
    for expected in [500, 500, 200] {
        assert_eq!(form(&sim, &receipt("a")).await.unwrap().status, expected);
    }
    tokio::time::sleep(ms(50)).await;
    assert_eq!(sim.ledger().by_key("a").len(), 1);
}

#[tokio::test]
async fn what_never_reached_the_vendor_is_not_registered() {
    let sim = simulator().await;
    let answer = Fault::AnswerHttp { status: 429, body: "slow down".to_owned(), content_type: "text/plain".to_owned() };
    let documented = |status| Fault::DocumentedError(Documented::Http(status));
    for (fault, expected) in [
        (answer, Some(429)),
        (Fault::Html, Some(502)),
        (Fault::HtmlOk, Some(200)),
        (Fault::CloseBeforeCommit, None),
        (documented(400), Some(400)),
        (documented(401), Some(401)),
        (documented(403), Some(403)),
        (documented(500), Some(500)),
    ] {
        let html = matches!(fault, Fault::Html | Fault::HtmlOk);
        sim.faults().push(fault);
        let answer = form(&sim, &receipt("a")).await;
        assert_eq!(answer.as_ref().map(|answer| answer.status), expected);
        if html {
            let answer = answer.unwrap();
            assert_eq!(answer.header("content-type"), Some("text/html"));
            assert!(answer.text().starts_with("<!DOCTYPE html>"));
        }
        assert_eq!(status(&sim, "a").await.status, 404);
    }
    assert_eq!((sim.ledger().count(), sim.requests().len()), (0, 16));
}

#[tokio::test]
async fn answers_arrive_broken() {
    let sim = simulator().await;
    sim.faults().push(Fault::HalfBody);
    let half = form(&sim, &receipt("a")).await.unwrap();
    assert_eq!((half.status, half.header("content-length"), half.body.len()), (200, Some("2"), 0));
    let whole = settled(&sim, "a").await;

    sim.faults().push_for_status(Fault::HalfBody);
    let half = status(&sim, "a").await;
    assert!(half.status == 200 && !half.is_whole() && !half.body.is_empty());
    assert!(whole.to_string().len() > half.body.len());

    sim.faults().push_for_status(Fault::Oversized(300_000));
    let big = status(&sim, "a").await;
    assert_eq!((big.status, big.body.len(), big.is_whole()), (200, 300_000, true));
    assert!(big.json().is_string());

    sim.faults().push_for_status(Fault::SlowDrip(ms(5)));
    let started = Instant::now();
    assert_eq!(status(&sim, "a").await.json(), whole);
    assert!(started.elapsed() >= ms(5) * (status(&sim, "a").await.body.len() / 16 - 1) as u32);

    sim.faults().push_for_status(Fault::CloseBeforeCommit);
    let head = format!("GET /v1.0/operations/checkStatus?operationId=a HTTP/1.1\r\nAuthorization: Bearer {TOKEN}");
    assert_eq!(send(&sim.base_url(), &head, "", None).await, None);
    sim.faults().push_for_status(Fault::DocumentedError(Documented::Http(404)));
    assert_eq!(status(&sim, "a").await.status, 404);
    assert_eq!(status(&sim, "a").await.status, 200);
    assert_eq!(sim.ledger().count(), 1);
}

#[tokio::test]
async fn operations_are_late_slow_or_without_paper() {
    let sim = simulator().await;
    sim.faults().push(Fault::NotPrinted);
    sim.faults().push(Fault::LateVisibility(ms(150)));
    sim.faults().push(Fault::StaySlow(ms(400)));
    let started = Instant::now();
    for id in ["paper", "late", "slow"] {
        assert_eq!(form(&sim, &receipt(id)).await.unwrap().status, 200);
    }
    assert_eq!(settled(&sim, "paper").await["fiscalParams"]["notPrinted"], true);
    assert!(sim.ledger().by_key("paper")[0].not_printed);

    tokio::time::sleep(ms(40)).await;
    assert_eq!(sim.ledger().by_key("late").len(), 1);
    let early = status(&sim, "late").await.status;
    if started.elapsed() < ms(150) {
        assert_eq!(early, 404);
    }
    tokio::time::sleep(ms(150)).await;
    assert_eq!(status(&sim, "late").await.json()["status"], 2);

    if started.elapsed() < ms(380) {
        assert_eq!(status(&sim, "slow").await.json()["status"], 1);
    }
    assert_eq!(settled(&sim, "slow").await["status"], 2);
    assert!(started.elapsed() >= ms(400));
}

#[tokio::test]
async fn a_fault_waits_for_a_request_that_it_fits() {
    let sim = simulator().await;
    sim.faults().push(Fault::CommitThenClose);
    let mut invalid = receipt("a");
    invalid["totalSum"] = json!(1);
    assert_eq!(form(&sim, &invalid).await.unwrap().status, 400);
    assert_eq!(sim.faults().waiting(), 1);
    assert_eq!(form(&sim, &receipt("a")).await, None);
    assert_eq!(sim.faults().waiting(), 0);
}

#[tokio::test]
async fn shutdown_closes_the_port_and_cuts_what_is_open() {
    let sim = simulator().await;
    sim.faults().push(Fault::CommitThenHang(ms(60_000)));
    let body = receipt("a");
    let stop = async {
        tokio::time::sleep(ms(50)).await;
        sim.shutdown().await;
    };
    let (answer, ()) = tokio::join!(form(&sim, &body), stop);
    assert_eq!(answer, None);
    let address = sim.base_url().replace("http://", "");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    assert_eq!(sim.ledger().count(), 1);
}
