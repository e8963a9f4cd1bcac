mod callbacks;
mod commands;
mod contract;
mod faults;
mod receipts;

use kassa_tests::sim::itkassa::{Options, Register, Session, Settings, start};
use kassa_tests::sim::{Documented, Fault, Simulator};
use serde_json::{Value, json};

use crate::hook::Hook;
use crate::raw::{Heard, ms, send};

const SECRET: &str = "KgZDeanhd0wkRseleZvWhkPSR7d3Fggak";
const REGISTER: &str = "89189775-e4fc-70d0-5e2c-182e4121308e";
const SECOND: &str = "9366f6f6-cba1-7826-5d9f-59c176822a6c";
const ORGANIZATION: &str = "a6ca9ac2-8c7d-4071-b9ce-4e0aefbbba6c";

fn register(id: &str, session: Session) -> Register {
    Register {
        id: id.to_owned(),
        title: "АТОЛ".to_owned(),
        fs_number: "9999078900006849".to_owned(),
        session,
        session_number: 19,
        online: true,
    }
}

fn options() -> Options {
    Options::new(SECRET, [register(REGISTER, Session::Opened), register(SECOND, Session::Opened)])
}

async fn simulator() -> Simulator {
    start(options()).await
}

/// A UUID for a number.
fn key(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn document(number: u32, command: Value) -> Value {
    json!({"creItemId": REGISTER, "idempKey": key(number), "commands": [command]})
}

/// The document's template, filled in.
fn sale() -> Value {
    json!({
        "type": "sale", "isPrintable": false, "sno": "sno_ysn_dmr", "tagCashierName": "Кассир Талалихин В.В.",
        "tagCashierINN": "123456789047", "tagClientContact": "cl@mail.ru",
        "lines": [
            {"title": "Картошка", "price": "30.00", "quantity": "1.5", "total": "45.00", "tax": "vat_10",
             "ppr": "goods", "psr": "full_settle"},
            {"title": "Доставка", "price": "500.52", "quantity": "1", "total": "500.52", "tax": "vat_none",
             "ppr": "service", "psr": "full_settle"},
        ],
        "amountCash": 45, "amountElectronic": 500.52,
    })
}

fn correction() -> Value {
    json!({
        "type": "correction", "docNumber": "7", "docDescription": "Opisanie", "docDate": "2019-11-22",
        "correctionType": "bySelf", "paymentSign": "incoming", "amountVat20": "100.50", "amountVatNone": "1",
        "isPrintable": true, "sno": "sno_ysn_dmr", "tagCashierINN": "123456789047", "tagCashierName": "Кассир",
    })
}

fn head(method: &str, path: &str) -> String {
    format!(
        "{method} /open/api/v1/{path} HTTP/1.1\r\nX-Api-Key: {SECRET}\r\nContent-Type: application/json;charset=UTF-8"
    )
}

async fn post(sim: &Simulator, body: &Value) -> Option<Heard> {
    send(&sim.base_url(), &head("POST", "print-documents"), &body.to_string(), None).await
}

/// Puts it into the queue and gives the object of the answer.
async fn queued(sim: &Simulator, body: &Value) -> Value {
    let answer = post(sim, body).await.unwrap();
    assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(0)), "{}", answer.text());
    answer.json()["object"].clone()
}

async fn get(sim: &Simulator, path: &str) -> Heard {
    send(&sim.base_url(), &head("GET", path), "", None).await.unwrap()
}

async fn by_key(sim: &Simulator, number: u32) -> Heard {
    get(sim, &format!("print-documents/{}/idempotent", key(number))).await
}

/// The object once it has left the queue.
async fn done(sim: &Simulator, id: &Value) -> Value {
    let path = format!("print-documents/{}", id.as_str().unwrap());
    for _ in 0..200 {
        let now = get(sim, &path).await.json()["object"].clone();
        if !now["resultItem"].is_null() {
            assert!(now["queueItem"].is_null());
            return now;
        }
        tokio::time::sleep(ms(5)).await;
    }
    panic!("{id} stays in the queue");
}

async fn run(sim: &Simulator, body: &Value) -> Value {
    let id = queued(sim, body).await["id"].clone();
    done(sim, &id).await
}

/// Refused before the queue, for the sake of that field.
async fn refused(sim: &Simulator, body: &Value, field: &str) {
    let answer = post(sim, body).await.unwrap();
    let json = answer.json();
    assert!(answer.status == 200 && json["code"].as_i64().unwrap() != 0, "{field}: {}", answer.text());
    assert_eq!(json["result"], "critical_error");
    let reason = json["result_description"].as_str().unwrap();
    assert!(reason.contains(field), "{field}: {reason}");
}
