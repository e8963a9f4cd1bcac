//! How much room a receipt takes: a fiscal drive holds 32768 bytes of a document (FACTS F).

use kassa_providers::uniform::{Item, Submission};

use super::Findings;
use super::rules::{DOCUMENT_FULL, DOCUMENT_NEARLY_FULL};

/// What a fiscal drive holds of one document.
const LARGEST: usize = 32_768;

/// Above this, what the register adds may be too much.
const NEARLY: usize = LARGEST / 4 * 3;

/// Every field has a tag and a length before it, two bytes each.
const HEADER: usize = 4;

/// What the register itself puts into a document, at least: its numbers, the drive's, date, shift, sums and sign.
const DOCUMENT: usize = 250;

/// The bytes that a text takes in the document. In CP866 a character is a byte. The INN of the seller is among what the
/// register adds, and what is only printed is not in the document.
pub(super) fn text(field: &str, text: &str) -> usize {
    let is_sent = !matches!(field, "seller_inn" | "additional_info");
    if is_sent { HEADER + text.chars().count() } else { 0 }
}

/// Warns where a document, whose texts take so many bytes, fills up, and refuses what cannot fit.
pub(super) fn check(submission: &Submission, texts: usize, findings: &mut Findings) {
    let items = match submission {
        Submission::RegisterReceipt(receipt) => &receipt.items,
        Submission::RegisterCorrection(correction) => &correction.items,
        _ => return,
    };
    let size = DOCUMENT + texts + items.iter().map(item).sum::<usize>();
    if size > LARGEST {
        let reason = format!("take about {size} bytes of a fiscal document, which holds {LARGEST}; divide the receipt");
        DOCUMENT_FULL.broken(findings, "items", reason);
    } else if size > NEARLY {
        let reason = format!("take about {size} of the {LARGEST} bytes that a fiscal document holds");
        DOCUMENT_NEARLY_FULL.broken(findings, "items", reason);
    }
}

/// The fields of a line that are numbers: their headers, a byte for each code, and for amounts no more than they need.
fn item(item: &Item) -> usize {
    let codes = 3 + usize::from(item.measure.is_some()) + usize::from(item.agent.is_some());
    let parts = [item.agent.is_some(), item.supplier.is_some(), item.marking.is_some()];
    let total = item.total_or_product().unwrap_or(item.price);
    // The quantity has its decimal point in a byte of its own.
    let amounts = [item.price.units(), total.units(), item.quantity.units()].map(bytes);
    HEADER
        + codes * (HEADER + 1)
        + parts.into_iter().filter(|part| *part).count() * HEADER
        + amounts.len() * HEADER
        + amounts.into_iter().sum::<usize>()
        + 1
}

/// The bytes of a whole number without leading zeros.
fn bytes(number: i64) -> usize {
    (usize::BITS as usize - usize::try_from(number).unwrap_or(0).leading_zeros() as usize).div_ceil(8)
}
