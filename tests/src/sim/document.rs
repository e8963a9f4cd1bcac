//! What a register registers: documents, in the terms of the FFD.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A receipt (кассовый чек), a fiscal document.
    Receipt,
    /// Cash put into the drawer (внесение), a non-fiscal document.
    CashIn,
    /// Cash taken out of the drawer (изъятие), a non-fiscal document.
    CashOut,
    /// A correction receipt (чек коррекции), a fiscal document.
    Correction,
    /// A shift's opening (открытие смены), a fiscal document.
    ShiftOpen,
    /// A shift's closing (закрытие смены), a fiscal document.
    ShiftClose,
    /// A report that closes nothing (X-отчёт), a non-fiscal document.
    XReport,
    /// Text or a QR code on paper, a non-fiscal document.
    Slip,
}

impl Operation {
    /// `receipt`, `cash_in`, `cash_out`, …
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Receipt => "receipt",
            Operation::CashIn => "cash_in",
            Operation::CashOut => "cash_out",
            Operation::Correction => "correction",
            Operation::ShiftOpen => "shift_open",
            Operation::ShiftClose => "shift_close",
            Operation::XReport => "x_report",
            Operation::Slip => "slip",
        }
    }

    /// Whether the fiscal drive numbers it (1040) and signs it (1077).
    pub(super) fn is_fiscal(self) -> bool {
        !matches!(self, Operation::CashIn | Operation::CashOut | Operation::XReport | Operation::Slip)
    }

    /// Whether it counts among the receipts of the shift (1042).
    pub(super) fn is_receipt(self) -> bool {
        matches!(self, Operation::Receipt | Operation::Correction)
    }
}

/// One document in the book. Tags are those of the FFD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The client's key for the request.
    pub key: String,
    /// What else the vendor makes part of the key, as `group/client`; empty where the key stands alone.
    pub scope: String,
    /// What was registered.
    pub operation: Operation,
    /// Operation sign (признак расчёта, 1054): 1 income, 2 income return, 3 expense, 4 expense return. None for cash.
    pub kind: Option<u8>,
    /// Taxation system (СНО, 1055) as its FFD bit 1..32. None where the register's default applies.
    pub taxation: Option<u8>,
    /// Total (1020) in kopecks; for cash in or out the amount.
    pub total_kopecks: i64,
    /// Paid in cash (1031), in kopecks.
    pub cash_kopecks: i64,
    /// Paid electronically (1081), in kopecks.
    pub cashless_kopecks: i64,
    /// Paid in advance (1215), in kopecks.
    #[serde(default)]
    pub prepaid_kopecks: i64,
    /// To be paid later (1216), in kopecks.
    #[serde(default)]
    pub credit_kopecks: i64,
    /// Paid with something else (1217), in kopecks.
    #[serde(default)]
    pub counter_kopecks: i64,
    /// Items (1059).
    pub lines: Vec<LedgerLine>,
    /// The buyer's e-mail (1008), if one came.
    pub email: Option<String>,
    /// The buyer's phone (1008) as it came.
    pub phone: Option<String>,
    /// Settlement place (1187), if one came.
    pub place: Option<String>,
    /// Agent bits of the whole document (1057).
    pub agent: Option<u8>,
    /// The register that did the work: a cashbox id or a factory number.
    pub device: String,
    /// Whether paper was asked for. None where the vendor does not ask.
    pub print: Option<bool>,
    /// Closed in the fiscal drive, but the paper did not come out.
    pub not_printed: bool,
    /// Fiscal document number (1040). None for a non-fiscal document.
    pub fd_number: Option<u32>,
    /// Fiscal sign (ФПД, 1077). None for a non-fiscal document.
    pub fiscal_sign: Option<u32>,
    /// Receipt number within the shift (1042). None for a document that is not a receipt.
    pub receipt_number: Option<u32>,
    /// What else came, by FFD tag and as it came; phones are separated by a space, sums are in kopecks.
    #[serde(default)]
    pub tags: BTreeMap<u16, String>,
    /// When it was registered.
    pub at: Timestamp,
    /// The request body as it came.
    pub raw: String,
}

impl Entry {
    /// A document that the book has not numbered yet.
    pub(super) fn draft(key: &str, operation: Operation, raw: &str) -> Entry {
        Entry {
            key: key.to_owned(),
            scope: String::new(),
            operation,
            kind: None,
            taxation: None,
            total_kopecks: 0,
            cash_kopecks: 0,
            cashless_kopecks: 0,
            prepaid_kopecks: 0,
            credit_kopecks: 0,
            counter_kopecks: 0,
            lines: Vec::new(),
            email: None,
            phone: None,
            place: None,
            agent: None,
            device: String::new(),
            print: None,
            not_printed: false,
            fd_number: None,
            fiscal_sign: None,
            receipt_number: None,
            tags: BTreeMap::new(),
            at: Timestamp::UNIX_EPOCH,
            raw: raw.to_owned(),
        }
    }
}

/// One item (предмет расчёта, 1059).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// Name (1030).
    pub name: String,
    /// Quantity (1023) in millionths.
    pub quantity_micros: i64,
    /// Unit price (1079) in kopecks.
    pub price_kopecks: i64,
    /// Line total (1043) in kopecks.
    pub total_kopecks: i64,
    /// The vendor's own code of the VAT rate (1199), as text.
    pub vat: String,
    /// What that code means to this vendor, in the words of the document.
    pub vat_meaning: String,
    /// Payment mode (1214), if one came.
    pub payment_mode: Option<u8>,
    /// Item subject (1212), if one came.
    pub subject: Option<u8>,
    /// Agent bits of the item (1222), if they came.
    pub agent: Option<u8>,
    /// Supplier INN (1226), if one came.
    pub supplier_inn: Option<String>,
    /// What else came, by FFD tag and as it came.
    #[serde(default)]
    pub tags: BTreeMap<u16, String>,
}
