use super::*;

#[tokio::test]
async fn a_repeat_gets_the_same_bytes_from_the_cache() {
    let sim = simulator().await;
    let first = post(&sim, &receipt("a")).await.unwrap();
    tokio::time::sleep(ms(1100)).await;
    let repeat = post(&sim, &receipt("a")).await.unwrap();
    assert_eq!((repeat.status, &repeat.body), (200, &first.body));
    assert_eq!((first.header("x-from-cache"), repeat.header("X-From-Cache")), (None, Some("1")));
    assert_eq!(sim.conflicts(), 0);

    let other = changed("a", "/Lines/0/Description", json!("Другое"));
    assert_eq!(post(&sim, &other).await.unwrap().body, first.body);
    assert_eq!((sim.conflicts(), sim.ledger().count()), (1, 1));

    // Group and client are part of the key.
    assert_eq!(error(&sim, &changed("a", "/Clientid", json!("shop"))).await, 0);
    assert_eq!(error(&sim, &with("a", "", "Group", json!("g"))).await, 0);
    assert_eq!(error(&sim, &without("a", "", "Clientid")).await, 0);
    let scopes: Vec<_> = sim.ledger().by_key("a").into_iter().map(|entry| entry.scope).collect();
    assert_eq!(scopes, ["/", "/shop", "g/"]);
}

#[tokio::test]
async fn settled_refusals_are_cached_and_others_are_not() {
    let sim = simulator().await;
    let bad = changed("a", "/NonCash", json!([1]));
    let first = post(&sim, &bad).await.unwrap();
    assert_eq!(first.json()["Response"]["Error"], 69);
    assert!(first.json()["Response"]["ErrorMessages"].is_string());
    let mended = post(&sim, &receipt("a")).await.unwrap();
    assert_eq!((&mended.body, mended.header("x-from-cache")), (&first.body, Some("1")));
    assert_eq!(sim.conflicts(), 1);

    for (code, cached) in [
        (51, true),
        (52, true),
        (55, true),
        (73, true),
        (94, true),
        (142, true),
        (208, true),
        (241, true),
        (246, true),
        (22, false),
        (70, false),
        (240, false),
        (247, false),
        (254, false),
    ] {
        let id = format!("injected{code}");
        sim.faults().push(Fault::DocumentedError(Documented::Device(code)));
        assert_eq!(error(&sim, &receipt(&id)).await, -i64::from(code));
        let second = error(&sim, &receipt(&id)).await;
        assert_eq!(second, if cached { -i64::from(code) } else { 0 }, "{code}");
        assert_eq!(sim.ledger().by_key(&id).len(), usize::from(!cached), "{code}");
    }
    let listed = start(Options { messages_as_list: true, ..Options::new(TaxidDialect::Ferma17) }).await;
    let answer = post(&listed, &bad).await.unwrap().json();
    assert_eq!(answer["Response"]["ErrorMessages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn service_errors_are_not_kept_and_may_hide_a_cached_answer() {
    let sim = simulator().await;
    for code in [5, 6, 18, 19] {
        sim.faults().push(Fault::DocumentedError(Documented::Service(code)));
        assert_eq!(error(&sim, &receipt("a")).await, i64::from(code));
    }
    assert_eq!(sim.ledger().count(), 0);
    let first = post(&sim, &receipt("a")).await.unwrap();
    sim.faults().push(Fault::DocumentedError(Documented::Service(5)));
    assert_eq!(error(&sim, &receipt("a")).await, 5);
    assert_eq!(post(&sim, &receipt("a")).await.unwrap().body, first.body);
    assert_eq!(sim.ledger().count(), 1);
}

#[tokio::test]
async fn a_repeat_during_processing_is_told_to_wait() {
    let sim = simulator().await;
    sim.faults().push(Fault::StaySlow(ms(600)));
    let body = receipt("a");
    let second = async {
        tokio::time::sleep(ms(100)).await;
        (error(&sim, &body).await, sim.ledger().count())
    };
    let started = Instant::now();
    let (first, second) = tokio::join!(post(&sim, &body), second);
    assert!(started.elapsed() >= ms(600));
    assert_eq!(second, (24, 0));
    let repeat = post(&sim, &body).await.unwrap();
    assert_eq!(repeat.body, first.unwrap().body);
    assert_eq!(sim.ledger().count(), 1);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_stop_the_register() {
    let sim = simulator().await;
    sim.faults().push(Fault::StaySlow(ms(600)));
    let body = receipt("a");
    let left = tokio::time::timeout(ms(100), post(&sim, &body)).await;
    assert!(left.is_err());
    assert_eq!(error(&sim, &body).await, 24);
    tokio::time::sleep(ms(600)).await;
    assert_eq!(sim.ledger().count(), 1);
    let repeat = post(&sim, &body).await.unwrap();
    assert_eq!((repeat.status, repeat.header("x-from-cache")), (200, Some("1")));
    assert_eq!(sim.ledger().count(), 1);
}

#[tokio::test]
async fn lost_answers_hide_a_registration() {
    let sim = simulator().await;
    let hang = Fault::CommitThenHang(ms(60));
    for (id, fault) in [("500", Fault::CommitThenError500), ("close", Fault::CommitThenClose), ("hang", hang)] {
        sim.faults().push(fault);
        let answer = post(&sim, &receipt(id)).await;
        match id {
            "500" => assert_eq!(answer.unwrap().status, 500),
            _ => assert_eq!(answer, None),
        }
        assert_eq!(sim.ledger().by_key(id).len(), 1);
        let repeat = post(&sim, &receipt(id)).await.unwrap();
        assert_eq!((repeat.status, repeat.header("x-from-cache")), (200, Some("1")));
        assert_eq!(sim.ledger().by_key(id).len(), 1);
    }
}

#[tokio::test]
async fn what_never_reached_the_service_is_not_registered() {
    let sim = simulator().await;
    let answer = Fault::AnswerHttp { status: 503, body: "{}".to_owned(), content_type: "application/json".to_owned() };
    for (fault, expected) in
        [(answer, Some(503)), (Fault::Html, Some(502)), (Fault::HtmlOk, Some(200)), (Fault::CloseBeforeCommit, None)]
    {
        sim.faults().push(fault);
        let answer = post(&sim, &receipt("a")).await;
        assert_eq!(answer.map(|answer| answer.status), expected);
    }
    assert_eq!((sim.ledger().count(), sim.requests().len()), (0, 4));
}

#[tokio::test]
async fn answers_arrive_broken_though_registered() {
    let sim = simulator().await;
    sim.faults().push(Fault::HalfBody);
    let half = post(&sim, &receipt("a")).await.unwrap();
    let whole = post(&sim, &receipt("a")).await.unwrap();
    assert!(half.status == 200 && !half.is_whole() && whole.is_whole());
    assert_eq!(half.header("content-length"), whole.header("content-length"));
    assert!(whole.body.starts_with(&half.body) && !half.body.is_empty());

    sim.faults().push(Fault::Oversized(2_000_000));
    let big = post(&sim, &receipt("b")).await.unwrap();
    assert_eq!((big.status, big.body.len()), (200, 2_000_000));

    sim.faults().push(Fault::SlowDrip(ms(4)));
    let started = Instant::now();
    let slow = post(&sim, &receipt("c")).await.unwrap();
    assert!(slow.is_whole() && started.elapsed() >= ms(100));
    assert_eq!(slow.json()["Requestid"], "c");
    assert_eq!(sim.ledger().count(), 3);
}

#[tokio::test]
async fn other_addresses_and_methods_do_not_exist() {
    let sim = simulator().await;
    let (cert, key) = (sim.client_cert_pem(), sim.client_key_pem());
    for (head, status) in
        [("POST /api/kkt/cloud/receipt HTTP/1.1", 404), ("GET /api/kkt/cloud/sync/receipt HTTP/1.1", 405)]
    {
        let tls = connector(&sim.ca_pem(), Some((&cert, &key)));
        let answer = send(&sim.base_url(), head, &receipt("a").to_string(), Some(tls)).await;
        assert_eq!(answer.unwrap().status, status);
    }
}
