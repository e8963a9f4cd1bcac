//! The register's own book: what was really registered, whatever the client was told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::document::{Entry, Operation};
use super::witness::Witness;

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
    /// Of an earlier life, and not handed in again yet.
    restored: Vec<Entry>,
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
                restored: Vec::new(),
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

    /// Begins with what an earlier life of the register has in its book, with its numbers. The listener is not told of it
    /// again. For a book that has nothing yet.
    pub fn restore(&self, entries: Vec<Entry>) {
        let mut book = self.settled_book();
        let last = entries.iter().filter_map(|entry| entry.fd_number).max();
        book.next_document = last.map_or(book.next_document, |last| last + 1);
        book.next_receipt = entries.last().and_then(|entry| entry.receipt_number).map_or(1, |last| last + 1);
        book.restored = entries;
    }

    /// Registers a document after the delay. The book gives it its numbers and its time. One that an earlier life has
    /// registered is handed in again by whoever takes in again what that life had taken in; it stays as it is.
    pub(super) fn schedule(&self, mut entry: Entry, delay: Duration) -> Ticket {
        let mut book = self.settled_book();
        let ticket = Ticket(book.next_ticket);
        book.next_ticket += 1;
        let same = |known: &Entry| (&known.key, &known.scope, &known.raw) == (&entry.key, &entry.scope, &entry.raw);
        if let Some(at) = book.restored.iter().position(same) {
            let known = book.restored.remove(at);
            book.registered.push((ticket, known));
            return ticket;
        }
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
    fn what_an_earlier_life_registered_keeps_its_numbers() {
        let earlier = Ledger::new(7);
        earlier.schedule(receipt("a"), Duration::ZERO);
        earlier.schedule(receipt("b"), Duration::ZERO);
        let known = earlier.entries();
        let ledger = Ledger::new(7);
        ledger.restore(known.clone());
        let again = ledger.schedule(receipt("b"), Duration::from_secs(60));
        let fresh = ledger.schedule(receipt("c"), Duration::ZERO);
        assert_eq!(ledger.registered(again).as_ref(), known.last());
        assert_eq!(ledger.registered(fresh).unwrap().fd_number, Some(9));
    }

    #[test]
    fn signs_have_nine_or_ten_digits() {
        for document in 1..1_000 {
            let digits = fiscal_sign(document).to_string().len();
            assert_eq!(digits, if document % 2 == 1 { 9 } else { 10 });
        }
    }
}
