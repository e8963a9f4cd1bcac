//! The rules of the uniform model that tie several fields together (FACTS F): found before anything is accepted.
//!
//! The limits of single fields come from the uniform spec ([`Submission::check`]): lengths, forms, ranges, the number of
//! lines. Here is what a spec cannot say. A rule is a row of [`RULES`] and one function; a rule that the sources give
//! differently, or that some registers do not keep, warns and stops nothing.

mod corrections;
mod dates;
mod inn;
mod items;
mod parties;
mod rules;
mod size;
mod slips;
mod sums;
#[cfg(test)]
mod tests;
mod text;

use kassa_core::Date;
pub use kassa_core::Findings;
use kassa_providers::uniform::{Correction, Item, Receipt, Submission};

pub use inn::inn_is_sound;
use rules::{CORRECTION_MIXTURE, RATE_MIXTURE};
pub use rules::{RULES, Rule, Severity};

/// Checks `submission` on the day it is made. The validity of rates goes by its own date, if it states one.
#[must_use]
pub fn validate(submission: &Submission, today: Date) -> Findings {
    let mut findings = submission.check();
    match submission {
        Submission::RegisterReceipt(receipt) => check_receipt(receipt, today, &mut findings),
        Submission::RegisterCorrection(correction) => check_correction(correction, today, &mut findings),
        Submission::PrintSlip(slip) => slips::check_lines(slip, &mut findings),
        Submission::CashIn(_)
        | Submission::CashOut(_)
        | Submission::OpenShift(_)
        | Submission::CloseShift(_)
        | Submission::XReport(_) => {}
    }
    let mut texts = 0;
    submission.texts(&mut |field, text| {
        inn::check(field, text, &mut findings);
        text::check(field, text, &mut findings);
        texts += size::text(field, text);
    });
    size::check(submission, texts, &mut findings);
    findings
}

fn check_receipt(receipt: &Receipt, today: Date, findings: &mut Findings) {
    check_items(&receipt.items, findings);
    sums::check_total(&receipt.items, receipt.total(), findings);
    sums::check_payments(receipt.total().filter(|_| !receipt.items.is_empty()), &receipt.payments, findings);
    dates::check_receipt(receipt, today, findings);
    dates::check_mixture(&receipt.items, &RATE_MIXTURE, findings);
    parties::check_contact(receipt.buyer.as_ref(), receipt.print, findings);
    parties::check_user_property(receipt.user_property.as_ref(), findings);
}

fn check_correction(correction: &Correction, today: Date, findings: &mut Findings) {
    check_items(&correction.items, findings);
    corrections::check_basis(&correction.correction, today, findings);
    corrections::check_shape(correction, findings);
    if !correction.items.is_empty() {
        sums::check_total(&correction.items, correction.total(), findings);
        sums::check_payments(correction.total(), &correction.payments, findings);
    }
    dates::check_correction(correction, today, findings);
    dates::check_mixture(&correction.items, &CORRECTION_MIXTURE, findings);
    parties::check_contact(correction.buyer.as_ref(), correction.print, findings);
    parties::check_user_property(correction.user_property.as_ref(), findings);
}

fn check_items(all: &[Item], findings: &mut Findings) {
    items::check_count(all, findings);
    for (index, item) in all.iter().enumerate() {
        let at = format!("items[{index}]");
        sums::check_line(item, &at, findings);
        items::check_name(item, &at, findings);
        items::check_marking(item, &at, findings);
        items::check_fraction(item, &at, findings);
        items::check_rate(item, &at, findings);
        parties::check_agent(item, &at, findings);
        parties::check_supplier(item, &at, findings);
    }
    items::check_credit_payment(all, findings);
}
