//! A receipt for Smart Cashier, and what became of one.

use jiff::Timestamp;
use kassa::uniform::Receipt;
use serde::{Deserialize, Serialize};

use super::{Roubles, contact, vat10};
use crate::receipt::TEXT;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    operation_id: &'a str,
    receipt_type: u8,
    print_receipt: bool,
    taxation_system: u8,
    buyer_email: Option<String>,
    cash_payment_sum: Roubles,
    cashless_payment_sum: Roubles,
    total_sum: Roubles,
    positions: Vec<Position<'a>>,
    cashbox_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Position<'a> {
    name: &'a str,
    quantity: i64,
    price: Roubles,
    tax_type: u8,
}

/// The body that registers `receipt`.
#[must_use]
pub fn encode(key: &str, receipt: &Receipt) -> Vec<u8> {
    let positions = receipt.items.iter().map(|item| Position {
        name: &item.name,
        quantity: item.quantity.units() / 1_000_000,
        price: Roubles(item.price.units()),
        tax_type: vat10(item.vat, 2),
    });
    let request = Request {
        operation_id: key,
        receipt_type: 1,
        print_receipt: true,
        taxation_system: 1,
        buyer_email: contact(receipt),
        cash_payment_sum: Roubles(receipt.payments.cash.units()),
        cashless_payment_sum: Roubles(receipt.payments.cashless.units()),
        total_sum: Roubles(receipt.total().expect("the total is within bounds").units()),
        positions: positions.collect(),
        cashbox_id: TEXT,
    };
    serde_json::to_vec(&request).expect("a request can be written")
}

/// What Smart Cashier says of a receipt.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub status: u8,
    pub fiscal_params: Option<Fiscal>,
    pub error_message: Option<String>,
}

/// How it was registered.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "camelCase")]
pub struct Fiscal {
    pub fiscal_document_number: i64,
    pub fiscal_document_sign: String,
    pub fiscal_document_date_time_utc: Timestamp,
    pub fiscal_receipt_number: i64,
    pub shift_number: i64,
    pub fn_number: String,
    pub registration_number: String,
    pub fns_url: String,
    pub not_printed: bool,
}

/// What `body` says.
#[must_use]
pub fn decode(body: &[u8]) -> Answer {
    serde_json::from_slice(body).expect("the answer is the document's")
}
