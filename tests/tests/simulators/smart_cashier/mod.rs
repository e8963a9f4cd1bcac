mod again;
mod contract;
mod faults;
mod tables;

use std::time::Instant;

use kassa_tests::sim::smartcashier::{Options, start};
use kassa_tests::sim::{Documented, Fault, Operation, Simulator};
use serde_json::{Value, json};

use crate::raw::{Heard, ms, send};

const TOKEN: &str = "a.b.c";
const CASHBOX: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";

async fn simulator() -> Simulator {
    start(Options::new(TOKEN, [CASHBOX.to_owned()])).await
}

/// The document's example.
fn receipt(id: &str) -> Value {
    json!({
        "operationId": id, "receiptType": 1, "printReceipt": true, "taxationSystem": 2,
        "buyerEmail": "customer@example.com", "buyerPhoneNumber": "",
        "positions": [
            {"name": "Молоко коровье", "quantity": 3, "price": 70, "taxType": 3},
            {"name": "Хлеб ржаной", "quantity": 2, "price": 30, "taxType": 3},
        ],
        "cashPaymentSum": 200, "cashlessPaymentSum": 70, "totalSum": 270,
        "juridicalPersonId": "", "cashboxGroupId": "", "cashboxId": CASHBOX,
    })
}

async fn post(sim: &Simulator, method: &str, body: &str) -> Option<Heard> {
    let head = format!(
        "POST /v1.0/operations/{method} HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json"
    );
    send(&sim.base_url(), &head, body, None).await
}

async fn form(sim: &Simulator, body: &Value) -> Option<Heard> {
    post(sim, "formReceipt", &body.to_string()).await
}

async fn status(sim: &Simulator, id: &str) -> Heard {
    let head = format!("GET /v1.0/operations/checkStatus?operationId={id} HTTP/1.1\r\nAuthorization: Bearer {TOKEN}");
    send(&sim.base_url(), &head, "", None).await.unwrap()
}

async fn settled(sim: &Simulator, id: &str) -> Value {
    for _ in 0..200 {
        let now = status(sim, id).await.json();
        if now["status"] != 1 {
            return now;
        }
        tokio::time::sleep(ms(5)).await;
    }
    panic!("{id} stays in the queue");
}
