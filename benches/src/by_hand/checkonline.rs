//! A receipt for CheckOnline, and its answer.

use kassa::uniform::Receipt;
use serde::{Deserialize, Serialize};

use super::{contact, vat10};

/// Where receipts go.
pub const PATH: &str = "/api/kkt/cloud/sync/receipt";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Request<'a> {
    #[serde(rename = "Requestid")]
    request_id: &'a str,
    device: &'a str,
    document_type: u8,
    lines: Vec<Line<'a>>,
    non_cash: [i64; 3],
    cash: i64,
    tax_mode: u8,
    phone_or_email: Option<String>,
    full_response: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    qty: i64,
    price: i64,
    pay_attribute: u8,
    line_attribute: u8,
    #[serde(rename = "Taxid")]
    tax_id: u8,
    description: &'a str,
}

/// The body that registers `receipt`.
#[must_use]
pub fn encode(key: &str, receipt: &Receipt) -> Vec<u8> {
    let lines = receipt.items.iter().map(|item| Line {
        qty: item.quantity.units() / 1000,
        price: item.price.units(),
        pay_attribute: 4,
        line_attribute: 1,
        tax_id: vat10(item.vat, 2),
        description: &item.name,
    });
    let request = Request {
        request_id: key,
        device: "auto",
        document_type: 0,
        lines: lines.collect(),
        non_cash: [receipt.payments.cashless.units(), 0, 0],
        cash: receipt.payments.cash.units(),
        tax_mode: 1,
        phone_or_email: contact(receipt),
        full_response: false,
    };
    serde_json::to_vec(&request).expect("a request can be written")
}

/// What CheckOnline says of a receipt.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    #[serde(rename = "Requestid")]
    pub request_id: String,
    pub response: Response,
    pub fiscal_doc_number: i64,
    pub doc_number: i64,
    pub date: Moment,
    pub grand_total: i64,
    pub fiscal_sign: i64,
    pub document_type: u8,
    #[serde(rename = "QR")]
    pub qr: String,
    #[serde(rename = "FNSerialNumber")]
    pub fn_serial_number: String,
    pub device_serial_number: String,
    pub device_registration_number: String,
    #[serde(rename = "FCEError")]
    pub fce_error: i64,
}

/// What the register itself says.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    pub error: i64,
    pub error_messages: Option<Vec<String>>,
}

/// When.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "PascalCase")]
pub struct Moment {
    pub date: Day,
    pub time: Time,
}

/// On which day.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "PascalCase")]
pub struct Day {
    pub day: i8,
    pub month: i8,
    pub year: i16,
}

/// At what time.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "PascalCase")]
pub struct Time {
    pub hour: i8,
    pub minute: i8,
    pub second: i8,
}

/// What `body` says.
#[must_use]
pub fn decode(body: &[u8]) -> Answer {
    serde_json::from_slice(body).expect("the answer is the document's")
}
