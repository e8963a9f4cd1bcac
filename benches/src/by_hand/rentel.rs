//! A receipt for Rentel, and what it says when it takes one.

use kassa::uniform::Receipt;
use serde::{Deserialize, Serialize};

use super::{Roubles, contact, vat10};
use crate::receipt::{CALLBACKS, INN};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    request: Request<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Request<'a> {
    inn: &'a str,
    r#type: &'a str,
    invoice_id: &'a str,
    callback_url: &'a str,
    customer_receipt: Customer<'a>,
    items: Vec<Item<'a>>,
    payment_items: [Payment; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Customer<'a> {
    taxation_system: &'a str,
    email: Option<String>,
    bill_address: Option<&'a str>,
    payment_type: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item<'a> {
    label: &'a str,
    price: Roubles,
    quantity: i64,
    amount: Roubles,
    vat: &'a str,
    payment_method: u8,
    payment_type: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Payment {
    payment_type: u8,
    sum: Roubles,
}

/// The body that registers `receipt`.
#[must_use]
pub fn encode(key: &str, receipt: &Receipt) -> Vec<u8> {
    let items = receipt.items.iter().map(|item| Item {
        label: &item.name,
        price: Roubles(item.price.units()),
        quantity: item.quantity.units() / 1_000_000,
        amount: Roubles(item.total_or_product().expect("the total is within bounds").units()),
        vat: vat10(item.vat, "Vat10"),
        payment_method: 4,
        payment_type: 1,
    });
    let customer_receipt =
        Customer { taxation_system: "Common", email: contact(receipt), bill_address: None, payment_type: 1 };
    let payment_items = [
        Payment { payment_type: 0, sum: Roubles(receipt.payments.cash.units()) },
        Payment { payment_type: 1, sum: Roubles(receipt.payments.cashless.units()) },
    ];
    let request = Request {
        inn: INN,
        r#type: "Income",
        invoice_id: key,
        callback_url: CALLBACKS,
        customer_receipt,
        items: items.collect(),
        payment_items,
    };
    serde_json::to_vec(&Body { request }).expect("a request can be written")
}

/// What Rentel says when it takes a receipt.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub status: String,
}

/// What `body` says.
#[must_use]
pub fn decode(body: &[u8]) -> Answer {
    serde_json::from_slice(body).expect("the answer is the document's")
}
