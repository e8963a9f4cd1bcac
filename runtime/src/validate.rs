//! The rules of the uniform model that tie several fields together (FACTS F): found before anything is accepted.
//!
//! The limits of single fields come from the uniform spec ([`Submission::check`]): lengths, patterns, ranges, the
//! number of lines. Here is what a spec cannot say. A rule is one function; a rule that the sources give differently, or
//! that some registers do not keep, warns and stops nothing.

mod corrections;
mod dates;
mod inn;
mod items;
mod parties;
mod slips;
mod sums;
#[cfg(test)]
mod tests;
mod text;

use kassa_core::{Date, Violation};
use kassa_providers::uniform::{CashMovement, Correction, Receipt, ShiftAction, Slip, Submission};

pub use inn::inn_is_sound;

/// What is wrong with a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The rules it breaks: nothing is accepted.
    pub errors: Vec<Violation>,
    /// What looks wrong, and stops nothing.
    pub warnings: Vec<Violation>,
}

impl Findings {
    fn error(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.errors.push(Violation::new(field, reason));
    }

    fn warn(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.warnings.push(Violation::new(field, reason));
    }
}

/// Checks `submission` on the day it is made. The validity of rates goes by its own date, if it states one.
#[must_use]
pub fn validate(submission: &Submission, today: Date) -> Findings {
    let mut findings = Findings { errors: submission.check(), warnings: Vec::new() };
    match submission {
        Submission::RegisterReceipt(receipt) => check_receipt(receipt, today, &mut findings),
        Submission::RegisterCorrection(correction) => check_correction(correction, today, &mut findings),
        Submission::CashIn(movement) | Submission::CashOut(movement) => check_movement(movement, &mut findings),
        Submission::OpenShift(action) | Submission::CloseShift(action) | Submission::XReport(action) => {
            check_shift(action, &mut findings);
        }
        Submission::PrintSlip(slip) => check_slip(slip, &mut findings),
    }
    findings
}

fn check_receipt(receipt: &Receipt, today: Date, findings: &mut Findings) {
    items::check_count(receipt, findings);
    for (index, item) in receipt.items.iter().enumerate() {
        let at = format!("items[{index}]");
        sums::check_line(item, &at, findings);
        items::check_name(item, &at, findings);
        items::check_marking(item, &at, findings);
        items::check_fraction(item, &at, findings);
        parties::check_agent(item, &at, findings);
        parties::check_supplier(item, &at, findings);
    }
    sums::check_total(receipt, findings);
    sums::check_payments(receipt, findings);
    items::check_credit_payment(receipt, findings);
    dates::check_values(receipt, receipt.date.unwrap_or(today), today, findings);
    dates::check_mixture(receipt, findings);
    parties::check_contact(receipt, findings);
    parties::check_user_property(receipt, findings);
    inn::check_receipt(receipt, findings);
    text::check_receipt(receipt, findings);
}

fn check_correction(correction: &Correction, today: Date, findings: &mut Findings) {
    for (index, item) in correction.items.iter().enumerate() {
        let at = format!("items[{index}]");
        sums::check_line(item, &at, findings);
        items::check_name(item, &at, findings);
        items::check_marking(item, &at, findings);
        items::check_fraction(item, &at, findings);
        parties::check_agent(item, &at, findings);
        parties::check_supplier(item, &at, findings);
    }
    corrections::check_basis(&correction.correction, today, findings);
    corrections::check_shape(correction, findings);
    inn::check_correction(correction, findings);
    text::check_correction(correction, findings);
}

fn check_shift(action: &ShiftAction, findings: &mut Findings) {
    inn::check_shift(action, findings);
    text::check_shift(action, findings);
}

fn check_slip(slip: &Slip, findings: &mut Findings) {
    inn::check_slip(slip, findings);
    slips::check_lines(slip, findings);
    text::check_slip(slip, findings);
}

fn check_movement(movement: &CashMovement, findings: &mut Findings) {
    inn::check_movement(movement, findings);
    text::check_movement(movement, findings);
}
