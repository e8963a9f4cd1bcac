use super::*;

#[tokio::test]
async fn every_documented_error_comes_on_demand() {
    let sim = start(Options { retry_after: 7, ..options() }).await;
    for status in [400, 401, 403, 404, 405, 429, 500] {
        sim.faults().push(Fault::DocumentedError(Documented::Http(status)));
        let answer = post(&sim, &order("a")).await.unwrap();
        assert!(answer.status == status && is_error(&answer), "{status}");
        assert_eq!(answer.header("retry-after"), (status == 429).then_some("7"));
        sim.faults().push_for_status(Fault::DocumentedError(Documented::Http(status)));
        assert_eq!(get(&sim, GROUP).await.status, status);
    }
    tokio::time::sleep(ms(60)).await;
    assert_eq!((sim.ledger().count(), sim.faults().waiting()), (0, 0));
}

#[tokio::test]
async fn lost_answers_hide_an_order() {
    let sim = simulator().await;
    let hang = Fault::CommitThenHang(ms(20));
    for (id, fault) in [("500", Fault::CommitThenError500), ("close", Fault::CommitThenClose), ("hang", hang)] {
        sim.faults().push(fault);
        let answer = post(&sim, &order(id)).await;
        assert_eq!(answer.map(|answer| answer.status), (id == "500").then_some(500));
        processed(&sim, id).await;
        assert_eq!(sim.ledger().by_key(id).len(), 1);
    }
    for fault in [Fault::CloseBeforeCommit, Fault::Html, Fault::HtmlOk] {
        sim.faults().push(fault);
        post(&sim, &order("lost")).await;
        assert_eq!(get(&sim, &format!("{GROUP}/lost")).await.status, 404);
    }
    assert_eq!((sim.ledger().count(), sim.faults().waiting()), (3, 0));
}

#[tokio::test]
async fn orders_are_late_or_slow() {
    let sim = simulator().await;
    sim.faults().push(Fault::LateVisibility(ms(300)));
    sim.faults().push(Fault::StaySlow(ms(300)));
    let started = std::time::Instant::now();
    for id in ["late", "slow"] {
        assert_eq!(post(&sim, &order(id)).await.unwrap().status, 200);
    }
    tokio::time::sleep(ms(80)).await;
    assert_eq!(sim.ledger().by_key("late").len(), 1);
    let (late, list) = (get(&sim, &format!("{GROUP}/late")).await, get(&sim, GROUP).await);
    let slow = get(&sim, &format!("{GROUP}/slow")).await.json();
    if started.elapsed() < ms(290) {
        assert_eq!((late.status, list.json().as_array().unwrap().len()), (404, 1));
        assert!(slow["accepted"].is_string() && slow["status"].is_null());
    }
    tokio::time::sleep(ms(250)).await;
    assert_eq!(processed(&sim, "late").await["status"], "processed");
    processed(&sim, "slow").await;
    assert!(started.elapsed() >= ms(300));
}

#[tokio::test]
#[should_panic(expected = "has no NotPrinted")]
async fn paper_is_not_its_business() {
    simulator().await.faults().push(Fault::NotPrinted);
}
