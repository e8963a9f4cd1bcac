//! Corrections: what they rest on, and the two shapes they have (FACTS A.7).

use kassa_core::Date;
use kassa_providers::uniform::{Correction, CorrectionBasis, CorrectionType, Payments, VatSums};

use super::Findings;
use super::rules::{CORRECTION_DATE, CORRECTION_DESCRIPTION, CORRECTION_KIND, CORRECTION_NUMBER, CORRECTION_SUMS};

/// A correction is of a day that has been, and an order of the tax authority has a number.
pub(super) fn check_basis(basis: &CorrectionBasis, today: Date, findings: &mut Findings) {
    if basis.date > today {
        let reason = format!("is {}, and today is {today}: nothing is corrected before it happens", basis.date);
        CORRECTION_DATE.broken(findings, "correction.date", reason);
    }
    if basis.r#type == CorrectionType::ByOrder && basis.number.is_none() {
        CORRECTION_NUMBER.broken(
            findings,
            "correction.number",
            "is missing; an order of the tax authority has a number",
        );
    }
}

/// With lines a correction is as a receipt (FFD 1.1 and 1.2). Without lines it has sums, and corrects income or expense
/// only (FFD 1.05).
pub(super) fn check_shape(correction: &Correction, findings: &mut Findings) {
    if !correction.items.is_empty() {
        return;
    }
    if correction.kind.returns().is_some() {
        let reason = format!("is {}; without lines, income or expense is corrected", correction.kind);
        CORRECTION_KIND.broken(findings, "kind", reason);
    }
    match &correction.vat_sums {
        None => {
            let reason = "are missing, and there are no lines: a correction has one or the other";
            CORRECTION_SUMS.broken(findings, "vat_sums", reason);
        }
        Some(sums) if *sums == VatSums::default() && correction.payments == Payments::default() => {
            CORRECTION_SUMS.broken(findings, "vat_sums", "are all 0, and so are the payments: nothing is corrected");
        }
        Some(_) => {}
    }
    if correction.correction.description.as_ref().is_none_or(|text| text.trim().is_empty()) {
        let reason = "is missing; a correction without lines says what it is about";
        CORRECTION_DESCRIPTION.broken(findings, "correction.description", reason);
    }
}
