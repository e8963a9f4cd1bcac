//! Every rule: its id, how grave it is to break it, and who states it. `docs/validation.md` is made of this table.

use kassa_core::Findings;

/// How grave it is to break a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is accepted.
    Error,
    /// It is told with the outcome, and stops nothing.
    Warning,
}

/// A rule of the uniform model.
#[derive(Debug)]
pub struct Rule {
    /// Its id, as [`kassa_core::Violation::rule`] has it.
    pub id: &'static str,
    /// How grave it is to break it.
    pub severity: Severity,
    /// What it says.
    pub about: &'static str,
    /// Who states it: rows of the collected facts and public sources.
    pub source: &'static str,
}

impl Rule {
    /// Notes that `field` breaks it.
    pub(super) fn broken(&self, findings: &mut Findings, field: impl Into<String>, reason: impl Into<String>) {
        match self.severity {
            Severity::Error => findings.error(self.id, field, reason),
            Severity::Warning => findings.warn(self.id, field, reason),
        }
    }
}

macro_rules! rules {
    ($($name:ident: $severity:ident $id:literal, $source:literal, $about:literal;)*) => {
        $(pub(super) const $name: Rule =
            Rule { id: $id, severity: Severity::$severity, about: $about, source: $source };)*

        /// Every rule, beside the limits of single fields that the uniform spec states.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    LINE_RANGE: Error "line_range", "F: P1",
        "Price × quantity of a line without a stated total is at most 99 999 999.99.";
    LINE_TOTAL: Error "line_total", "F: IK, P1; the kopeck is inferred",
        "A stated line total is price × quantity, rounded half up, within a kopeck.";
    TOTAL_POSITIVE: Error "total_positive", "F: CO error 142, P1", "The total is more than 0.";
    TOTAL_RANGE: Error "total_range", "F: P1", "The total is at most 99 999 999.99.";
    PAYMENTS_COVER: Error "payments_cover", "F: CO error 69", "All payments together are at least the total.";
    ONLY_CASH_EXCEEDS: Error "only_cash_exceeds", "F: CO error 77",
        "Payments other than cash are at most the total; what cash exceeds it by is change.";
    PAYMENTS_RANGE: Error "payments_range", "A.0", "The payments can be added up.";
    NAME: Error "name", "F: CO, RE, P1, IK", "A line has a name, unless it is an advance (tag 1214, value 3).";
    NUMBERED_NAME: Error "numbered_name", "F: CO, P1",
        "Non-operating income (tag 1212, value 15) is named \"1\" to \"25\", other contributions (16) \"26\" to \"31\".";
    ITEM_COUNT: Warning "item_count", "F: P1", "There are at most 100 lines; more than 250 break a limit.";
    DOCUMENT_NEARLY_FULL: Warning "document_nearly_full", "F: P1",
        "What is stated takes at most three quarters of the 32768 bytes of a fiscal document, by an estimate.";
    DOCUMENT_FULL: Error "document_full", "F: P1",
        "What is stated takes at most the 32768 bytes of a fiscal document, by an estimate from below.";
    FRACTION: Error "fraction", "F: RE, P1, P12",
        "A part of a marked package is more than 0 and less than 1, of a quantity of 1, counted in pieces.";
    MARKING_SUBJECT: Warning "marking_subject", "F: P1",
        "The subject of a marked line (tag 1212, values 30 to 33) says whether it has its code.";
    CREDIT_PAYMENT_ALONE: Warning "credit_payment_alone", "F: P7",
        "The payment of a credit (tag 1214, value 7) is the only line; a provider that insists on it refuses.";
    PREPAYMENT_RATE: Warning "prepayment_rate", "F: inferred",
        "A calculated rate (расч.) goes with a prepayment (tag 1214, values 1 to 3), and a prepayment with no other taxed rate.";
    VALUE_DAYS: Error "value_days", "F: P2, P19, P4",
        "A rate is valid on the day of the settlement; returns and corrections of older ones may use what has ended.";
    TAXATION_DAYS: Warning "taxation_days", "F: P1",
        "A taxation system is valid on the day of the settlement: ЕНВД ended with 2020.";
    DAY_TO_COME: Error "day_to_come", "A.6", "A settlement is not of a day to come.";
    RATE_MIXTURE: Warning "rate_mixture", "A.6: P22", "Rates that were never valid on one day do not stand in one return.";
    CORRECTION_DATE: Error "correction_date", "F: P1, RE", "The day that a correction rests on (tag 1178) is not to come.";
    CORRECTION_NUMBER: Error "correction_number", "F: P1", "A correction by order has the number of the order (tag 1179).";
    CORRECTION_DESCRIPTION: Error "correction_description", "F: P1, RE, IK; A.7: FFD 1.05 only",
        "A correction without lines has a description (tag 1177).";
    CORRECTION_KIND: Error "correction_kind", "F: P1, IK", "A correction without lines (FFD 1.05) is of income or expense.";
    CORRECTION_SUMS: Error "correction_sums", "F: P1, IK", "A correction has lines, or sums by rate that are not all 0.";
    CORRECTION_MIXTURE: Error "correction_mixture", "A.6: P22",
        "Rates that were never valid on one day, such as 20 % and 22 %, do not stand in one correction.";
    SLIP_LINE: Error "slip_line", "B.4", "A line of a slip is one of text, QR code and blank paper, with what belongs to it.";
    CONTACT_FORM: Warning "contact_form", "F: P1, MB, CO, RE",
        "A contact is an e-mail address, or a phone of + and 10 to 15 digits.";
    CONTACT_MISSING: Warning "contact_missing", "F: IK, SC", "There is a contact if no paper comes out.";
    AGENT_FIELDS: Warning "agent_fields", "F: MB table 9, P18",
        "A bank paying agent states operation, phones and the transfer operator whole; a paying agent its phones and those of the receiving operator.";
    SUPPLIER_FIELDS: Warning "supplier_fields", "F: MB table 9, P18", "A line of an agent states INN, name and phones of its supplier.";
    SUPPLIER_ROOM: Warning "supplier_room", "F: P1, P18",
        "Name and phones of a supplier take at most 239 bytes, four for each phone counted in.";
    USER_PROPERTY_ROOM: Warning "user_property_room", "F: P1",
        "Name and value of the user's property take at most 235 characters together.";
    INN_DIGITS: Warning "inn_digits", "F: P1, P7", "The check digits of an INN are right.";
    CP866: Warning "cp866", "F: P7, P11, P6", "Texts have only characters that a fiscal drive can hold: those of CP866.";
}
