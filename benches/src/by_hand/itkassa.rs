//! A receipt for IT Kassa, and what became of a job.

use jiff::civil::DateTime;
use kassa::uniform::Receipt;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Roubles, contact, vat10};
use crate::receipt::TEXT;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    cre_item_id: &'a str,
    idemp_key: &'a str,
    commands: [Command<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Command<'a> {
    r#type: &'a str,
    is_printable: bool,
    sno: &'a str,
    tag_client_contact: Option<String>,
    lines: Vec<Line<'a>>,
    amount_cash: Roubles,
    amount_electronic: Roubles,
}

#[derive(Serialize)]
struct Line<'a> {
    title: &'a str,
    price: String,
    quantity: String,
    total: String,
    tax: &'a str,
    ppr: &'a str,
    psr: &'a str,
}

/// The body that registers `receipt`.
#[must_use]
pub fn encode(key: &str, receipt: &Receipt) -> Vec<u8> {
    let lines = receipt.items.iter().map(|item| Line {
        title: &item.name,
        price: two_places(item.price.units()),
        quantity: two_places(item.quantity.units() / 10_000),
        total: two_places(item.total_or_product().expect("the total is within bounds").units()),
        tax: vat10(item.vat, "vat_10"),
        ppr: "goods",
        psr: "full_settle",
    });
    let command = Command {
        r#type: "sale",
        is_printable: true,
        sno: "sno_osn",
        tag_client_contact: contact(receipt),
        lines: lines.collect(),
        amount_cash: Roubles(receipt.payments.cash.units()),
        amount_electronic: Roubles(receipt.payments.cashless.units()),
    };
    let request = Request { cre_item_id: TEXT, idemp_key: key, commands: [command] };
    serde_json::to_vec(&request).expect("a request can be written")
}

/// Hundredths with two decimal places.
fn two_places(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// What IT Kassa says of a job.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
pub struct Answer {
    pub code: i64,
    pub object: Job,
}

/// A job.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "camelCase")]
pub struct Job {
    pub id: String,
    pub r#type: String,
    #[serde(deserialize_with = "number")]
    pub session_number: i64,
    #[serde(deserialize_with = "number")]
    pub check_number: i64,
    pub fs_number: String,
    pub check_date: DateTime,
    pub check_url: String,
    pub check_url_ofd: String,
    pub result_item: Option<Done>,
}

/// How it ended.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "camelCase")]
pub struct Done {
    #[serde(deserialize_with = "number")]
    pub cre_error_id: i64,
    pub cre_error_text: String,
    pub result: String,
}

/// Numbers come as texts.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = <&str>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// What `body` says.
#[must_use]
pub fn decode(body: &[u8]) -> Answer {
    serde_json::from_slice(body).expect("the answer is the document's")
}
