//! One item (1059).

use std::collections::BTreeMap;

use super::super::checks;
use super::super::document::LedgerLine;
use super::super::fields::{self, Checked, Fields, small, wrong};
use super::super::json::Tree;

const ADVANCE: i64 = 3;
const VAT: [(&str, &str); 8] = [
    ("Vat10", "10 %"),
    ("Vat18", "18 %"),
    ("Vat20", "20 %"),
    ("Vat0", "0 %"),
    ("VatNo", "none"),
    // The comma between these two is lost in the document (RE1).
    ("CalculatedVat10110", "10/110"),
    ("CalculatedVat18118", "18/118"),
    ("CalculatedVat20120", "20/120"),
];
const MEASURES: [&str; 24] = [
    "PIECE",
    "GRAM",
    "KILOGRAM",
    "TON",
    "CENTIMETER",
    "DECIMETER",
    "METER",
    "SQUARE_CENTIMETER",
    "SQUARE_DECIMETER",
    "SQUARE_METER",
    "MILLILITER",
    "LITER",
    "CUBIC_METER",
    "KILOWATT_HOUR",
    "GIGACALORIE",
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "KILOBYTE",
    "MEGABYTE",
    "GIGABYTE",
    "TERABYTE",
    "OTHER",
];
/// The codes of tag 2108 in the same order.
const MEASURE_CODES: [u8; 24] =
    [0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255];
/// The kinds of codes with the tags inside tag 1163.
const MARKS: [(&str, u16); 16] = [
    ("UNKNOWN_PRODUCT_CODE", 1300),
    ("EAN8", 1301),
    ("EAN13", 1302),
    ("ITF14", 1303),
    ("GS1", 1304),
    ("GS1M", 1305),
    ("SHORT_MC", 1306),
    ("FUR", 1307),
    ("EGAIS20", 1308),
    ("EGAIS30", 1309),
    ("KTF1", 1320),
    ("KTF2", 1321),
    ("KTF3", 1322),
    ("KTF4", 1323),
    ("KTF5", 1324),
    ("KTF6", 1325),
];
/// The statuses of tag 2003.
const STATUSES: [(&str, u8); 5] = [
    ("PIECE_PRODUCT_INCOME", 1),
    ("MEASURED_PRODUCT_INCOME", 2),
    ("PIECE_PRODUCT_RETURN", 3),
    ("MEASURED_PRODUCT_RETURN", 4),
    ("PRODUCT_STATUS_NOT_CHANGED", 255),
];

pub(super) fn read(content: &Tree, subject_of_receipt: i64) -> Checked<LedgerLine> {
    let mut fields = Fields::of(content, "an item")?;
    let mut tags = BTreeMap::new();
    let mode = fields.code_if_any("PaymentMethod", 1..=7)?;
    let name = match fields.text_if_any("Label")? {
        Some(name) => name,
        None if mode == Some(ADVANCE) => String::new(),
        None => return wrong("Label is missing, and PaymentMethod is not 3"),
    };
    let price = fields.roubles("Price")?;
    let total = fields.roubles("Amount")?;
    let quantity = match fields.required("Quantity")? {
        Tree::Number(text) => checks::scaled(text, 6),
        _ => None,
    };
    let Some((quantity, true)) = quantity.filter(|(micros, _)| (1..=checks::MAX_MICROS).contains(micros)) else {
        return wrong("Quantity is not a number above zero with at most six decimals");
    };
    // Half a kopeck is lost in any rounding.
    let exact = i128::from(price) * i128::from(quantity);
    if (exact - i128::from(total) * 1_000_000).abs() > 500_000 {
        return wrong(format!("Amount is not Price times Quantity: {total} kopecks"));
    }
    let (vat, meaning) = VAT[fields.word("Vat", &VAT.map(|(code, _)| code))?];
    let subject = match fields.nullable("PaymentType") {
        Some(value) => fields::code(value, "PaymentType", 1..=4)?,
        None => subject_of_receipt,
    };
    let measure = fields.word_if_any("Measure", &MEASURES)?;
    if let Some(index) = measure {
        tags.insert(2108, MEASURE_CODES[index].to_string());
    }
    if let Some(data) = fields.nullable("MarkingCodeData") {
        mark(data, &mut tags)?;
    }
    fields.finish()?;
    // A part of a piece: the piece is one, and nothing else is measured.
    if tags.contains_key(&1291) && (quantity != 1_000_000 || measure.is_some_and(|index| index != 0)) {
        return wrong("Fractional goes with a Quantity of 1 and the Measure PIECE");
    }
    Ok(LedgerLine {
        name,
        quantity_micros: quantity,
        price_kopecks: price,
        total_kopecks: total,
        vat: vat.to_owned(),
        vat_meaning: meaning.to_owned(),
        payment_mode: mode.map(small),
        subject: Some(small(subject)),
        agent: None,
        supplier_inn: None,
        tags,
    })
}

fn mark(content: &Tree, tags: &mut BTreeMap<u16, String>) -> Checked<()> {
    let mut fields = Fields::of(content, "MarkingCodeData")?;
    let (_, tag) = MARKS[fields.word("Type", &MARKS.map(|(name, _)| name))?];
    tags.insert(tag, fields.text("Code")?);
    if let Some(index) = fields.word_if_any("PlannedStatus", &STATUSES.map(|(name, _)| name))? {
        tags.insert(2003, STATUSES[index].1.to_string());
    }
    if let Some(fraction) = fields.take("Fractional") {
        let mut fields = Fields::of(fraction, "Fractional")?;
        let numerator = fields.code("Numerator", 1..=i64::from(u32::MAX))?;
        let denominator = fields.code("Denominator", 1..=i64::from(u32::MAX))?;
        fields.finish()?;
        // The example's 1 of 1 breaks this rule (RE5).
        if numerator >= denominator {
            return wrong("Numerator is not less than Denominator");
        }
        tags.insert(1291, format!("{numerator}/{denominator}"));
    }
    fields.finish()
}
