mod callbacks;
mod contract;
mod faults;
mod tables;

use kassa_tests::sim::rentel::{Options, start};
use kassa_tests::sim::{Documented, Fault, Simulator};
use serde_json::{Value, json};

use crate::hook::Hook;
use crate::raw::{Heard, ms, send};

const INN: &str = "0123456789";

fn options() -> Options {
    Options::new([INN.to_owned()])
}

async fn simulator() -> Simulator {
    start(options()).await
}

/// A UUID for a number.
fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// The examples of the document's schemas, with a fraction that is one (RE5) and without a correction.
fn receipt(number: u32) -> Value {
    json!({"Request": {
        "Inn": INN, "Type": "Income", "InvoiceId": id(number), "CallbackUrl": "no url",
        "CustomerReceipt": {
            "CheckMcMode": null, "TaxationSystem": "Common", "Email": "example@ya.ru", "Phone": "+79000000001",
            "AutomaticDeviceNumber": "46204", "BillAddress": null, "PaymentType": 1,
            "CustomUserProperty": {"Name": "CustomUserPropertyName", "Value": "CustomUserPropertyValue"},
            "PaymentAgentInfo": {
                "AgentType": "AGENT", "TransferAgentPhone": "+79091234567", "TransferAgentName": "ПАО Сбербанк",
                "TransferAgentAddress": "г. Москва, проспект Мира 7", "TransferAgentINN": "5047063977",
                "PaymentAgentOperation": "Оплата по лицевому счету", "PaymentAgentPhone": "+79000000008",
                "ReceiverPhone": "+79000000009", "SupplierInn": "1739815479",
                "SupplierName": "ООО «Фототехника»", "SupplierPhone": "+74959613422",
            },
            "CorrectionInfo": null,
        },
        "Items": [{
            "Label": "Оплата услуг по страхованию.", "Price": 5555.55, "Quantity": 1.0, "Amount": 5555.55,
            "Vat": "Vat20", "Measure": "PIECE", "PaymentMethod": 1, "PaymentType": 2,
            "MarkingCodeData": {
                "Type": "KTF1", "Code": "0003574EA75F63675258464D5939504837435A5057",
                "PlannedStatus": "PIECE_PRODUCT_RETURN", "Fractional": {"Numerator": 1, "Denominator": 2},
            },
        }],
        "PaymentItems": [{"PaymentType": 1, "Sum": 5555.55}],
    }})
}

fn with(number: u32, pointer: &str, value: Value) -> Value {
    let mut body = receipt(number);
    let (owner, field) = pointer.rsplit_once('/').unwrap();
    let owner = body.pointer_mut(&format!("/Request{owner}")).unwrap_or_else(|| panic!("{pointer}"));
    match field.parse::<usize>() {
        Ok(at) => owner[at] = value,
        Err(_) => owner[field] = value,
    }
    body
}

fn without(number: u32, pointer: &str) -> Value {
    let mut body = receipt(number);
    let (owner, field) = pointer.rsplit_once('/').unwrap();
    let owner = body.pointer_mut(&format!("/Request{owner}")).unwrap();
    owner.as_object_mut().unwrap().remove(field).unwrap();
    body
}

async fn post_text(sim: &Simulator, body: &str) -> Option<Heard> {
    let head = "POST /receipt HTTP/1.1\r\nContent-Type: application/json";
    send(&sim.base_url(), head, body, None).await
}

async fn post(sim: &Simulator, body: &Value) -> Option<Heard> {
    post_text(sim, &body.to_string()).await
}

async fn accepted(sim: &Simulator, body: &Value) {
    let answer = post(sim, body).await.unwrap();
    assert_eq!((answer.status, answer.json()), (200, json!({"Status": "Success", "Data": {}})), "{}", answer.text());
}

async fn refused(sim: &Simulator, body: &Value, field: &str) {
    let answer = post(sim, body).await.unwrap();
    let json = answer.json();
    assert_eq!((answer.status, &json["Status"]), (400, &json!("Failed")), "{field}: {}", answer.text());
    assert_ne!(json["Data"]["Error"]["Code"].as_i64().unwrap(), 0);
    let message = json["Data"]["Error"]["Message"].as_str().unwrap();
    assert!(message.contains(field), "{field}: {message}");
}
