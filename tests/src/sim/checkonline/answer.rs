//! The answers, with the fields of the document's example in their order.

use super::super::document::Entry;
use super::super::http::Answer;
use super::super::json::quote;
use super::super::moscow;
use super::codes;
use super::device::DEVICE;
use super::request::{Key, ServiceError};

const FN_NUMBER: &str = "9289000100444444";
const REGISTRATION_NUMBER: &str = "0001729222014444";

/// HTTP 500 with `FCEError`.
pub(super) fn service_error(error: &ServiceError) -> Answer {
    let ServiceError { code, description } = error;
    let body = format!(
        "{{\"fceerror\":{code},\"FCEError\":{code},\"ErrorDescription\":{},\"Fatal\":{},\"HTTPStatus\":500}}",
        quote(description),
        codes::is_fatal_for_service(*code),
    );
    Answer::json(500, body)
}

/// HTTP 200 with `Response.Error`; no document was formed, so its fields are absent.
pub(super) fn device_error(key: &Key, error: u32, reason: &str, as_list: bool) -> Answer {
    let text = match reason {
        "" => codes::device_error(error).to_owned(),
        reason => format!("{}: {reason}", codes::device_error(error)),
    };
    let messages = if as_list { format!("[{}]", quote(&text)) } else { quote(&text) };
    let body = format!(
        "{{{}\"Response\":{{\"Error\":{error},\"ErrorMessages\":{messages}}},\
         \"FCEError\":0,\"ErrorDescription\":null,\"Fatal\":{},\"HTTPStatus\":200}}",
        opening(key),
        codes::is_cached(error),
    );
    Answer::json(200, body)
}

/// HTTP 200 with the fiscal data, in the short form.
pub(super) fn success(key: &Key, entry: &Entry, document_type: i64) -> Answer {
    let local = moscow::wall_clock(entry.at);
    let document = entry.fd_number.expect("a registered receipt is numbered");
    let sign = entry.fiscal_sign.expect("a registered receipt is signed");
    let receipt = entry.receipt_number.expect("a registered receipt is numbered");
    let kind = entry.kind.expect("a receipt has an operation sign");
    let total = entry.total_kopecks;
    let qr = format!(
        "t={}&s={}.{:02}&fn={FN_NUMBER}&i={document}&fp={sign}&n={kind}",
        moscow::qr(entry.at),
        total / 100,
        total % 100,
    );
    let body = format!(
        "{{{}\"Response\":{{\"Error\":0,\"ErrorMessages\":null}},\
         \"FiscalDocNumber\":{document},\"DocNumber\":{receipt},\
         \"Date\":{{\"Date\":{{\"Day\":{},\"Month\":{},\"Year\":{}}},\
         \"Time\":{{\"Hour\":{},\"Minute\":{},\"Second\":{}}}}},\
         \"GrandTotal\":{total},\"FiscalSign\":{sign},\"DocumentType\":{document_type},\"QR\":{},\
         \"FNSerialNumber\":\"{FN_NUMBER}\",\"DeviceSerialNumber\":\"{DEVICE}\",\
         \"DeviceRegistrationNumber\":\"{REGISTRATION_NUMBER}\",\
         \"FCEError\":0,\"ErrorDescription\":null,\"Fatal\":false,\"HTTPStatus\":200}}",
        opening(key),
        local.day(),
        local.month(),
        local.year() % 100,
        local.hour(),
        local.minute(),
        local.second(),
        quote(&qr),
    );
    Answer::json(200, body)
}

/// The fields before `Response`. The first of two spellings of the error code comes here, the second after (CO4).
fn opening(key: &Key) -> String {
    let client = if key.client.is_empty() { "null".to_owned() } else { quote(&key.client) };
    format!(
        "\"fceerror\":0,\"Requestid\":{},\"Clientid\":{client},\
         \"Device\":{{\"Name\":\"{DEVICE}\",\"Address\":\"172.16.13.213:4444\"}},\
         \"Path\":\"/fr/api/v2/Complex\",",
        quote(&key.request),
    )
}
