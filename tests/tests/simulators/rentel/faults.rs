use super::*;

#[tokio::test]
async fn the_documented_refusal_comes_on_demand() {
    let sim = simulator().await;
    let message = "Неизвестная ошибка при передаче чека в систему".to_owned();
    sim.faults().push(Fault::DocumentedError(Documented::Refused { code: 1, message: message.clone() }));
    let answer = post(&sim, &receipt(1)).await.unwrap();
    let expected = json!({"Status": "Failed", "Data": {"Error": {"Code": 1, "Message": message}}});
    assert_eq!((answer.status, answer.json()), (400, expected));
    tokio::time::sleep(ms(50)).await;
    assert_eq!(sim.ledger().count(), 0);
    accepted(&sim, &receipt(1)).await;
}

#[tokio::test]
async fn lost_answers_hide_a_receipt() {
    let sim = simulator().await;
    for (number, fault) in
        [(1, Fault::CommitThenError500), (2, Fault::CommitThenClose), (3, Fault::CommitThenHang(ms(20)))]
    {
        sim.faults().push(fault);
        let answer = post(&sim, &receipt(number)).await;
        assert_eq!(answer.map(|answer| answer.status), (number == 1).then_some(500));
        accepted(&sim, &receipt(number)).await;
    }
    for fault in [Fault::CloseBeforeCommit, Fault::Html, Fault::HtmlOk] {
        sim.faults().push(fault);
        post(&sim, &receipt(4)).await;
    }
    for fault in [Fault::HalfBody, Fault::Oversized(1_000), Fault::SlowDrip(ms(1))] {
        sim.faults().push(fault);
        assert_eq!(post(&sim, &receipt(1)).await.unwrap().status, 200);
    }
    tokio::time::sleep(ms(60)).await;
    assert_eq!((sim.ledger().count(), sim.faults().waiting()), (3, 0));
}

#[tokio::test]
async fn a_register_can_be_slow() {
    let sim = simulator().await;
    sim.faults().push(Fault::StaySlow(ms(3000)));
    accepted(&sim, &receipt(1)).await;
    let began = std::time::Instant::now();
    tokio::time::sleep(ms(60)).await;
    assert_eq!(sim.ledger().count(), 0);
    while sim.ledger().count() == 0 {
        assert!(began.elapsed() < ms(30_000), "it never comes");
        tokio::time::sleep(ms(20)).await;
    }
    assert!(began.elapsed() > ms(2500), "{:?}", began.elapsed());
}

#[tokio::test]
#[should_panic(expected = "has no LateVisibility")]
async fn there_is_nothing_to_look_at() {
    simulator().await.faults().push(Fault::LateVisibility(ms(1)));
}
