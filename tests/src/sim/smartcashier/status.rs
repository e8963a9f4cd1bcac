//! The answer of `checkStatus`, with the fields of the document's examples in their order.

use std::time::Instant;

use super::super::json::quote;
use super::super::{Entry, Ledger, moscow};
use super::{Accepted, End};

const FN_NUMBER: &str = "9999078900012345";
const REGISTRATION_NUMBER: &str = "0000000244012345";

/// The document's directory of statuses.
const QUEUED: u8 = 1;
const PROCESSED: u8 = 2;
const NOT_PROCESSED: u8 = 3;

pub(super) fn describe(operation: &Accepted, ledger: &Ledger, shift_number: u32) -> String {
    let (mut status, mut cashbox, mut processed, mut fiscal, mut error) = (QUEUED, null(), null(), null(), null());
    match &operation.end {
        End::Registered(ticket) => {
            if let Some(entry) = ledger.registered(*ticket) {
                status = PROCESSED;
                cashbox = quote(&operation.cashbox);
                processed = quote(&moscow::dotnet(entry.at));
                fiscal = fiscal_params(&entry, shift_number);
            }
        }
        End::Failed { from, message } => {
            if *from <= Instant::now() {
                status = NOT_PROCESSED;
                cashbox = quote(&operation.cashbox);
                error = quote(message);
            }
        }
    }
    format!(
        "{{\"status\":{status},\"creationDateTimeUtc\":\"{}\",\"handlerCashboxId\":{cashbox},\
         \"processingDateTimeUtc\":{processed},\"fiscalParams\":{fiscal},\"errorMessage\":{error}}}",
        moscow::dotnet(operation.created),
    )
}

/// A cash document is not fiscal and has none.
fn fiscal_params(entry: &Entry, shift_number: u32) -> String {
    let (Some(document), Some(sign), Some(receipt)) = (entry.fd_number, entry.fiscal_sign, entry.receipt_number) else {
        return null();
    };
    format!(
        "{{\"fiscalDocumentNumber\":{document},\"fiscalDocumentSign\":\"{sign:010}\",\
         \"fiscalDocumentDateTimeUtc\":\"{}\",\"fiscalReceiptNumber\":{receipt},\
         \"shiftNumber\":{shift_number},\"fnNumber\":\"{FN_NUMBER}\",\
         \"registrationNumber\":\"{REGISTRATION_NUMBER}\",\"fnsUrl\":\"www.nalog.ru\",\
         \"notPrinted\":{}}}",
        moscow::dotnet(entry.at),
        entry.not_printed,
    )
}

fn null() -> String {
    "null".to_owned()
}
