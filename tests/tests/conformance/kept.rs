//! Every documented example, read into the generated types and written again: the same JSON comes out.

use std::collections::BTreeSet;

use kassa_core::{Bytes, json};
use kassa_providers::{checkonline, itkassa, mobika, providers, rentel, smartcashier};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::exact_json::Exact;
use crate::examples;

/// Reads a text into a type, and writes it again.
type Again = fn(&str) -> String;

/// Each example and its type.
const EXAMPLES: &[(&str, &str, Again)] = &[
    ("checkonline", "complex.request.json", again::<checkonline::types::ReceiptRequest>),
    ("checkonline", "complex_qty_fixed.request.json", again::<checkonline::types::ReceiptRequest>),
    ("checkonline", "complex.response.json", again::<checkonline::types::ReceiptResponse>),
    ("itkassa", "callback_close_session.request.json", again::<itkassa::types::Document>),
    ("itkassa", "callback_settings.request.json", again::<itkassa::types::CallbackSettings>),
    ("itkassa", "cash_in.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "cash_out.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "close_session.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "correction.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "cre_items.response.json", again::<itkassa::types::CreItemsAnswer>),
    ("itkassa", "open_session.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "open_session_done.response.json", again::<itkassa::types::DocumentAnswer>),
    ("itkassa", "open_session_error.response.json", again::<itkassa::types::DocumentAnswer>),
    ("itkassa", "open_session_queued.response.json", again::<itkassa::types::DocumentAnswer>),
    ("itkassa", "sale_template.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "slip.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "x_report.request.json", again::<itkassa::types::PrintDocument>),
    ("itkassa", "x_report_done.response.json", again::<itkassa::types::DocumentAnswer>),
    ("mobika", "create_order.request.json", again::<mobika::types::NewOrder>),
    ("mobika", "error.response.json", again::<mobika::types::ErrorAnswer>),
    ("mobika", "get_order.response.json", again::<mobika::types::Order>),
    ("rentel", "correction_info.fragment.json", again::<rentel::types::CorrectionInfo>),
    ("rentel", "create_receipt_failed.response.json", again::<rentel::types::ResponseBody400>),
    ("rentel", "create_receipt_from_schema_examples.request.json", again::<rentel::types::CreateReceipt>),
    ("rentel", "create_receipt_success.response.json", again::<rentel::types::ResponseSuccess>),
    ("smartcashier", "check_status_failed.response.json", again::<smartcashier::types::OperationStatus>),
    ("smartcashier", "check_status_processed.response.json", again::<smartcashier::types::OperationStatus>),
    ("smartcashier", "check_status_queued.response.json", again::<smartcashier::types::OperationStatus>),
    ("smartcashier", "deposit_cash.request.json", again::<smartcashier::types::CashRequest>),
    ("smartcashier", "form_receipt.request.json", again::<smartcashier::types::FormReceiptRequest>),
    ("smartcashier", "withdraw_cash.request.json", again::<smartcashier::types::CashRequest>),
];

/// What does not come out as it went in, and why.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    ("itkassa", "sale_template.request.json", "IK1, IK18: descriptions stand in place of the numbers"),
    ("smartcashier", "check_status.request.json", "FACTS G: a whole HTTP request, which has no body"),
];

fn again<T: DeserializeOwned + Serialize>(text: &str) -> String {
    let typed: T = json::read(&Bytes::from(text.to_owned())).unwrap_or_else(|error| panic!("{error} in {text}"));
    serde_json::to_string(&typed).unwrap()
}

#[test]
fn every_documented_example_is_kept() {
    for (provider, name, again) in EXAMPLES {
        let text = examples::read(provider, name);
        let differences = Exact::read(&again(&text)).differences(&Exact::read(&text));
        let excepted = EXCEPTIONS.iter().any(|(theirs, file, _)| (theirs, file) == (provider, name));
        assert_eq!(!differences.is_empty(), excepted, "{provider} {name}: {differences:?}");
    }
}

#[test]
fn every_documented_example_is_tried() {
    let excepted = EXCEPTIONS.iter().map(|(provider, name, _)| (*provider, (*name).to_owned()));
    let tried: BTreeSet<_> = EXAMPLES.iter().map(|(provider, name, _)| (*provider, (*name).to_owned())).collect();
    let known: BTreeSet<_> = tried.into_iter().chain(excepted).collect();
    let documented: BTreeSet<_> = providers()
        .iter()
        .flat_map(|info| examples::names(info.name, ".json").into_iter().map(|name| (info.name, name)))
        .collect();
    assert_eq!(known, documented);
}
