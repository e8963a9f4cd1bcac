mod callbacks;
mod contract;
mod faults;
mod tables;

use kassa_tests::sim::mobika::{Options, Simulator, start};
use kassa_tests::sim::{Documented, Fault};
use serde_json::{Value, json};

use crate::hook::Hook;
use crate::raw::{Heard, ms, send};

const GROUP: &str = "745a492b-96e0-42a6-84b2-62edfa312e5f";
const OTHER_GROUP: &str = "845a492b-96e0-42a6-84b2-62edfa312e5f";
const SECRET: &str = "s3cr3t";

fn options() -> Options {
    let auth_header = Some(("X-Token".to_owned(), SECRET.to_owned()));
    Options { auth_header, ..Options::new([GROUP.to_owned(), OTHER_GROUP.to_owned()]) }
}

async fn simulator() -> Simulator {
    start(options()).await
}

/// The document's example with a code of its own table for the VAT (M1).
fn order(id: &str) -> Value {
    json!({
        "groupId": GROUP, "orderId": id, "cashierId": "79991234567",
        "receipt": {
            "receiptType": 1, "taxSystem": 0, "payment": {"ecash": 4500},
            "products": [{"name": "Картошка", "quantity": 1500, "price": 3000, "taxType": 2}],
            "customerContact": "+70001234567",
        },
    })
}

async fn post(sim: &Simulator, body: &Value) -> Option<Heard> {
    let head = format!("POST /v1/orders HTTP/1.1\r\nX-Token: {SECRET}\r\nContent-Type: application/json");
    send(&sim.base_url(), &head, &body.to_string(), None).await
}

async fn get(sim: &Simulator, below: &str) -> Heard {
    let head = format!("GET /v1/orders/{below} HTTP/1.1\r\nX-Token: {SECRET}");
    send(&sim.base_url(), &head, "", None).await.unwrap()
}

async fn processed(sim: &Simulator, id: &str) -> Value {
    for _ in 0..200 {
        let now = get(sim, &format!("{GROUP}/{id}")).await.json();
        if now["status"] == "processed" {
            return now;
        }
        tokio::time::sleep(ms(5)).await;
    }
    panic!("{id} is not registered");
}

/// The document's error body.
fn is_error(answer: &Heard) -> bool {
    let body = answer.json();
    body["error"]["message"].is_string() && body["error"]["code"].is_i64()
}
