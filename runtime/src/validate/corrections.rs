//! Corrections: what they rest on, and the two shapes they have (FACTS A.7).

use kassa_core::Date;
use kassa_providers::uniform::{Correction, CorrectionBasis, CorrectionType};

use super::Findings;

/// A correction is of a day that has been, and an order of the tax authority has a number.
pub(super) fn check_basis(basis: &CorrectionBasis, today: Date, findings: &mut Findings) {
    if basis.date > today {
        let reason = format!("is {}, and today is {today}: nothing is corrected before it happens", basis.date);
        findings.error("correction.date", reason);
    }
    if basis.r#type == CorrectionType::ByOrder && basis.number.is_none() {
        findings.error("correction.number", "is missing; an order of the tax authority has a number");
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
        findings.error("kind", reason);
    }
    if correction.vat_sums.is_none() {
        findings.error("vat_sums", "are missing, and there are no lines: a correction has one or the other");
    }
}
