//! The callback's body. The document has none; these are the fields of Ferma's status answer beside the `InvoiceId`:
//! `StatusCode` 2 is CONFIRMED, 3 is KKT_ERROR.

use std::time::Instant;

use jiff::Timestamp;

use super::super::faults::Forgery;
use super::super::json::quote;
use super::super::ledger::Ledger;
use super::super::{Entry, checks};
use super::{End, Invoice};

const REGISTRATION_NUMBER: &str = "0000000123000002";
const SERIAL_NUMBER: &str = "00106201961044";
const FN_NUMBER: &str = "9999078900005430";

/// What became of the receipt, once that is known.
pub(super) fn result(invoice: &Invoice, ledger: &Ledger) -> Option<String> {
    match &invoice.end {
        End::Registered(ticket) => Some(confirmed(invoice.id.as_deref(), &ledger.registered(*ticket)?)),
        End::Failed(message) if invoice.due <= Instant::now() => {
            let id = invoice.id.as_deref().map_or("null".to_owned(), quote);
            Some(format!(
                "{{\"InvoiceId\":{id},\"StatusCode\":3,\"StatusName\":\"KKT_ERROR\",\"StatusMessage\":{},\
                 \"ModifiedDateUtc\":\"{}\",\"Receipt\":null}}",
                quote(message),
                seconds(Timestamp::now()),
            ))
        }
        End::Failed(_) => None,
    }
}

/// What somebody else would send: a receipt that never was.
pub(super) fn forged(id: Option<&str>, entry: &Entry, forgery: Forgery) -> String {
    let mut entry = entry.clone();
    entry.fd_number = Some(990_001);
    entry.fiscal_sign = Some(1_990_000_001);
    entry.at = Timestamp::now();
    if forgery == Forgery::WrongAmounts {
        entry.total_kopecks += 100;
    }
    let other = checks::guid(u64::MAX / 4);
    confirmed(if forgery == Forgery::UnknownId { Some(&other) } else { id }, &entry)
}

fn confirmed(id: Option<&str>, entry: &Entry) -> String {
    format!(
        "{{\"InvoiceId\":{},\"StatusCode\":2,\"StatusName\":\"CONFIRMED\",\"StatusMessage\":\"registered\",\
         \"ModifiedDateUtc\":\"{at}\",\"Receipt\":{{\"ReceiptDateUtc\":\"{at}\",\"Sum\":{}.{:02},\
         \"ShiftNumber\":1,\"ReceiptNumber\":{},\"Device\":{{\"RNM\":\"{REGISTRATION_NUMBER}\",\
         \"ZN\":\"{SERIAL_NUMBER}\",\"FN\":\"{FN_NUMBER}\",\"FDN\":\"{}\",\"FPD\":\"{}\"}}}}}}",
        id.map_or("null".to_owned(), quote),
        entry.total_kopecks / 100,
        entry.total_kopecks % 100,
        entry.receipt_number.unwrap_or_default(),
        entry.fd_number.unwrap_or_default(),
        entry.fiscal_sign.unwrap_or_default(),
        at = seconds(entry.at),
    )
}

/// `2017-02-10T15:15:07`, in UTC as the names say.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
