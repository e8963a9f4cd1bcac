use kassa_tests::sim::Operation;

use super::*;

#[tokio::test]
async fn a_sale_goes_through_the_queue() {
    let sim = start(Options { processing_time: ms(400), ..options() }).await;
    let answer = post(&sim, &document(1, sale())).await.unwrap();
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    let object = answer.json()["object"].clone();
    assert_eq!((&object["type"], &object["isFiscal"]), (&json!("sale"), &json!(true)));
    assert_eq!((&object["commands"], &object["creItemId"]), (&json!([sale()]), &json!(REGISTER)));
    assert_eq!(object["organizationId"], ORGANIZATION);
    for absent in ["sessionNumber", "checkNumber", "fsNumber", "checkDate", "checkUrl", "checkUrlOfd", "resultItem"] {
        assert_eq!(object[absent], Value::Null, "{absent}");
    }
    // The second one waits for the first.
    let second = queued(&sim, &document(2, sale())).await;
    assert_eq!(by_key(&sim, 1).await.json()["object"]["queueItem"]["status"], "printing");
    assert_eq!(by_key(&sim, 2).await.json()["object"]["queueItem"]["status"], "queued");
    assert_eq!(sim.ledger().count(), 0);

    tokio::time::sleep(ms(450)).await;
    assert_eq!(sim.ledger().count(), 1);
    let entry = sim.ledger().entries().remove(0);
    assert_eq!((entry.operation, entry.key.as_str(), entry.device.as_str()), (Operation::Receipt, &*key(1), REGISTER));
    assert_eq!((entry.kind, entry.taxation, entry.print), (Some(1), Some(4), Some(false)));
    assert_eq!((entry.total_kopecks, entry.cash_kopecks, entry.cashless_kopecks), (54_552, 4_500, 50_052));
    assert_eq!((entry.email.as_deref(), entry.tags[&1021].as_str()), (Some("cl@mail.ru"), "Кассир Талалихин В.В."));
    let line = &entry.lines[0];
    assert_eq!((line.quantity_micros, line.price_kopecks, line.total_kopecks), (1_500_000, 3_000, 4_500));
    assert_eq!((line.vat.as_str(), line.vat_meaning.as_str()), ("vat_10", "10 %"));
    assert_eq!((line.subject, line.payment_mode, entry.lines[1].subject), (Some(1), Some(4), Some(4)));

    let object = done(&sim, &object["id"]).await;
    assert_eq!((&object["sessionNumber"], &object["checkNumber"]), (&json!("19"), &json!("11")));
    assert_eq!(object["fsNumber"], "9999078900006849");
    let date = object["checkDate"].as_str().unwrap();
    assert!(date.len() == 19 && date.as_bytes()[10] == b' ', "{date}");
    let qr = object["checkUrl"].as_str().unwrap();
    let when = date.replace(['-', ':'], "").replace(' ', "T");
    let sign = entry.fiscal_sign.unwrap();
    assert_eq!(qr, format!("t={when}&s=545.52&fn=9999078900006849&i=11&fp={sign:010}&n=1"));
    assert!(qr.contains("&fp=0"), "document 11 has a sign of nine digits");
    assert_eq!(object.get("checkSign"), None);
    let result = &object["resultItem"];
    assert_eq!((&result["result"], &result["creErrorId"]), (&json!("success"), &json!("0")));
    assert_eq!(result["creErrorText"], "[ Sale ] no error");
    let commands = result["commands"].as_str().unwrap();
    assert!(commands.is_ascii() && serde_json::from_str::<Value>(commands).unwrap() == json!([sale()]));
    assert_eq!(result["printDocumentId"], object["id"]);
    assert!(object["updatedAt"].as_str().unwrap().ends_with("+00:00"));
    done(&sim, &second["id"]).await;
}

#[tokio::test]
async fn registers_work_at_the_same_time() {
    let sim = start(Options { processing_time: ms(300), ..options() }).await;
    let started = std::time::Instant::now();
    let mut second = document(2, sale());
    second["creItemId"] = json!(SECOND);
    let (first, second) = (queued(&sim, &document(1, sale())).await, queued(&sim, &second).await);
    done(&sim, &first["id"]).await;
    done(&sim, &second["id"]).await;
    assert!(started.elapsed() < ms(590));
}

#[tokio::test]
async fn a_key_counts_in_a_row_only() {
    let sim = simulator().await;
    let first = queued(&sim, &document(1, sale())).await;
    assert_eq!(queued(&sim, &document(1, sale())).await["id"], first["id"]);
    assert_eq!(sim.conflicts(), 0);
    let mut other = document(1, sale());
    other["commands"][0]["sno"] = json!("sno_osn");
    assert_eq!(queued(&sim, &other).await["id"], first["id"]);
    assert_eq!(sim.conflicts(), 1);
    done(&sim, &first["id"]).await;
    assert_eq!(queued(&sim, &document(1, sale())).await["resultItem"]["result"], "success", "the result is told again");
    assert_eq!(sim.ledger().by_key(&key(1)).len(), 1);

    // Another job in between, and the key is forgotten (IK9).
    queued(&sim, &document(2, sale())).await;
    let again = queued(&sim, &document(1, sale())).await;
    assert_ne!(again["id"], first["id"]);
    done(&sim, &again["id"]).await;
    assert_eq!(sim.ledger().by_key(&key(1)).len(), 2, "a duplicate");
    assert_eq!(by_key(&sim, 1).await.json()["object"]["id"], again["id"], "the latest");

    // Without a key every job is new.
    let keyless = json!({"creItemId": REGISTER, "commands": [sale()]});
    assert_ne!(queued(&sim, &keyless).await["id"], queued(&sim, &keyless).await["id"]);
}

#[tokio::test]
async fn concurrent_repeats_register_once() {
    let sim = simulator().await;
    let body = document(1, sale());
    let all = tokio::join!(post(&sim, &body), post(&sim, &body), post(&sim, &body));
    let ids = [all.0, all.1, all.2].map(|answer| answer.unwrap().json()["object"]["id"].clone());
    assert!(ids.iter().all(|id| *id == ids[0]));
    done(&sim, &ids[0]).await;
    assert_eq!(sim.ledger().count(), 1);
}

#[tokio::test]
async fn unknown_documents_are_not_found() {
    let sim = simulator().await;
    for answer in [by_key(&sim, 1).await, get(&sim, "print-documents/x").await] {
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!(404)));
    }
}

#[tokio::test]
async fn registers_are_listed_with_their_shifts() {
    let mut off = register(SECOND, Session::Expired);
    off.online = false;
    let sim = start(Options::new(SECRET, [register(REGISTER, Session::Closed), off])).await;
    let list = get(&sim, "cre/items/").await.json();
    assert_eq!((&list["code"], list["list"].as_array().unwrap().len()), (&json!(0), 2));
    let node = list["list"][0]["nodeId"].as_str().unwrap();
    assert_eq!(list["related"]["node"][node]["id"], node);
    let state = |at: usize| list["list"][at]["state"].clone();
    assert_eq!((&state(0)["isOnline"], &state(0)["sessionState"]), (&json!(1), &json!("closed")));
    assert_eq!((&state(1)["isOnline"], &state(1)["sessionState"]), (&json!(0), &json!("expired")));
    assert_eq!((&state(1)["lastErrorId"], &state(1)["sessionNumber"]), (&json!("255"), &json!("19")));
    assert_eq!(list["list"][0]["defaultTax"], Value::Null);
    run(&sim, &document(1, sale())).await;
    let state = get(&sim, "cre/items/").await.json()["list"][0]["state"].clone();
    assert_eq!((&state["sessionState"], &state["sessionNumber"]), (&json!("opened"), &json!("20")));
}

#[tokio::test]
async fn strangers_and_strange_requests_are_turned_down() {
    let sim = simulator().await;
    let body = document(1, sale()).to_string();
    let json = "Content-Type: application/json;charset=UTF-8";
    let good = format!("X-Api-Key: {SECRET}");
    let path = "/open/api/v1/print-documents";
    for (head, status, code) in [
        (format!("POST {path} HTTP/1.1\r\n{json}"), 401, 401),
        (format!("POST {path} HTTP/1.1\r\n{json}\r\nX-Api-Key: x"), 401, 401),
        (format!("POST {path} HTTP/1.1\r\n{json}\r\nAuthorization: Bearer {SECRET}"), 401, 401),
        (format!("POST {path} HTTP/1.1\r\n{good}"), 200, 1),
        (format!("GET {path} HTTP/1.1\r\n{good}"), 405, 405),
        (format!("GET /open/api/v1/organization/settings HTTP/1.1\r\n{good}"), 405, 405),
        (format!("POST /open/api/v1/cre/items/ HTTP/1.1\r\n{good}\r\n{json}"), 405, 405),
        (format!("GET /open/api/v1/cre/items HTTP/1.1\r\n{good}"), 404, 404),
        (format!("POST /print-documents HTTP/1.1\r\n{good}\r\n{json}"), 404, 404),
        (format!("POST {path} HTTP/1.1\r\n{good}\r\n{json}"), 200, 0),
    ] {
        let answer = send(&sim.base_url(), &head, &body, None).await.unwrap();
        assert_eq!((answer.status, answer.json()["code"].as_i64()), (status, Some(code)), "{head}");
    }
    let mut seen = sim.requests();
    seen.iter_mut().for_each(|seen| seen.headers.retain(|(name, _)| name == "x-api-key"));
    assert!(!format!("{seen:?}").contains(SECRET), "no secret is kept");
}
