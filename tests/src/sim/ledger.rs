//! The register's own book: what was really registered, whatever the client was told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::witness::Witness;

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
    fn is_receipt(self) -> bool {
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

/// The book of one simulator. A clone is another handle to the same book.
///
/// A document may be scheduled for later; it is in the book from its moment on, whether or not anybody looked.
#[derive(Debug, Clone)]
pub struct Ledger {
    book: Arc<Mutex<Book>>,
}

/// A document that was handed to the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

#[derive(Debug)]
struct Book {
    registered: Vec<(Ticket, Entry)>,
    scheduled: Vec<Scheduled>,
    next_ticket: u64,
    next_document: u32,
    next_receipt: u32,
    witness: Witness<Entry>,
}

#[derive(Debug)]
struct Scheduled {
    due: Instant,
    ticket: Ticket,
    entry: Entry,
}

impl Ledger {
    /// An empty book whose first fiscal document will have that number.
    pub(super) fn new(first_document_number: u32) -> Ledger {
        Ledger {
            book: Arc::new(Mutex::new(Book {
                registered: Vec::new(),
                scheduled: Vec::new(),
                next_ticket: 0,
                next_document: first_document_number,
                next_receipt: 1,
                witness: Witness::default(),
            })),
        }
    }

    /// Everything registered by now, in the order of registration.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let book = self.settled_book();
        book.registered.iter().map(|(_, entry)| entry.clone()).collect()
    }

    /// How many documents are registered by now.
    #[must_use]
    pub fn count(&self) -> usize {
        self.settled_book().registered.len()
    }

    /// The documents with that key: more than one is a duplicate.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Vec<Entry> {
        let mut entries = self.entries();
        entries.retain(|entry| entry.key == key);
        entries
    }

    /// Calls `tell` with every document when the book takes it in, which is when somebody looks after its moment, and
    /// waits for it: before that nobody sees the document. For one listener, appointed before the first document.
    pub fn on_registration(&self, tell: impl Fn(&Entry) + Send + Sync + 'static) {
        self.settled_book().witness.appoint(tell);
    }

    /// Registers a document after the delay. The book gives it its numbers and its time.
    pub(super) fn schedule(&self, mut entry: Entry, delay: Duration) -> Ticket {
        let mut book = self.settled_book();
        let ticket = Ticket(book.next_ticket);
        book.next_ticket += 1;
        entry.at = Timestamp::now() + delay;
        book.scheduled.push(Scheduled { due: Instant::now() + delay, ticket, entry });
        ticket
    }

    /// Another moment for a document that is not in the book yet.
    pub(super) fn reschedule(&self, ticket: Ticket, delay: Duration) {
        let mut book = self.settled_book();
        if let Some(waiting) = book.scheduled.iter_mut().find(|scheduled| scheduled.ticket == ticket) {
            waiting.entry.at = Timestamp::now() + delay;
            waiting.due = Instant::now() + delay;
        }
    }

    /// The document of that ticket, once it is registered.
    pub(super) fn registered(&self, ticket: Ticket) -> Option<Entry> {
        let book = self.settled_book();
        let found = book.registered.iter().find(|(of, _)| *of == ticket);
        found.map(|(_, entry)| entry.clone())
    }

    fn settled_book(&self) -> MutexGuard<'_, Book> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.settle(Instant::now());
        book
    }
}

impl Book {
    /// Registers what is due, in the order of the moments.
    fn settle(&mut self, now: Instant) {
        let (mut due, later): (Vec<_>, Vec<_>) = self.scheduled.drain(..).partition(|scheduled| scheduled.due <= now);
        self.scheduled = later;
        due.sort_by_key(|scheduled| (scheduled.due, scheduled.ticket.0));
        for Scheduled { ticket, mut entry, .. } in due {
            if entry.operation.is_fiscal() {
                entry.fd_number = Some(self.next_document);
                entry.fiscal_sign = Some(fiscal_sign(self.next_document));
                self.next_document += 1;
            }
            match entry.operation {
                Operation::ShiftClose => self.next_receipt = 1,
                receipt if receipt.is_receipt() => {
                    entry.receipt_number = Some(self.next_receipt);
                    self.next_receipt += 1;
                }
                _ => {}
            }
            self.witness.tell(&entry);
            self.registered.push((ticket, entry));
        }
    }
}

/// A fiscal sign (1077): looks random, is a `u32`, and every odd document's sign has nine digits, so that code which
/// loses or invents the leading zero of the ten-digit form is found out.
fn fiscal_sign(document: u32) -> u32 {
    let mut mixed = u64::from(document).wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    let sign =
        if document % 2 == 1 { 100_000_000 + mixed % 900_000_000 } else { 1_000_000_000 + mixed % 3_294_967_296 };
    u32::try_from(sign).expect("both ranges end below 2^32")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(key: &str) -> Entry {
        Entry::draft(key, Operation::Receipt, "{}")
    }

    #[test]
    fn a_scheduled_document_appears_by_itself() {
        let ledger = Ledger::new(7);
        let ticket = ledger.schedule(receipt("a"), Duration::from_millis(30));
        assert_eq!(ledger.count(), 0);
        assert_eq!(ledger.registered(ticket), None);
        std::thread::sleep(Duration::from_millis(35));
        assert_eq!(ledger.count(), 1);
        assert_eq!(ledger.registered(ticket).unwrap().fd_number, Some(7));
    }

    #[test]
    fn numbers_follow_the_moment_of_registration() {
        let ledger = Ledger::new(1);
        ledger.schedule(receipt("late"), Duration::from_millis(20));
        ledger.schedule(receipt("early"), Duration::ZERO);
        std::thread::sleep(Duration::from_millis(25));
        let keys: Vec<_> = ledger.entries().into_iter().map(|entry| (entry.key, entry.fd_number)).collect();
        assert_eq!(keys, [("early".to_owned(), Some(1)), ("late".to_owned(), Some(2))]);
    }

    #[test]
    fn a_cash_document_is_not_fiscal() {
        let ledger = Ledger::new(1);
        ledger.schedule(Entry::draft("c", Operation::CashIn, "{}"), Duration::ZERO);
        ledger.schedule(receipt("r"), Duration::ZERO);
        let entries = ledger.entries();
        assert_eq!(entries[0].fd_number, None);
        assert_eq!(entries[0].fiscal_sign, None);
        assert_eq!(entries[1].fd_number, Some(1));
    }

    #[test]
    fn a_duplicate_shows() {
        let ledger = Ledger::new(1);
        ledger.schedule(receipt("a"), Duration::ZERO);
        ledger.schedule(receipt("a"), Duration::ZERO);
        assert_eq!(ledger.by_key("a").len(), 2);
    }

    #[test]
    fn signs_have_nine_or_ten_digits() {
        for document in 1..1_000 {
            let digits = fiscal_sign(document).to_string().len();
            assert_eq!(digits, if document % 2 == 1 { 9 } else { 10 });
        }
    }
}
