//! What a correction refers to (1174).

use jiff::civil::Date;

use super::super::checks;
use super::super::document::Entry;
use super::super::fields::{Checked, Fields, wrong};
use super::super::json::Tree;

pub(super) fn read(content: &Tree, entry: &mut Entry) -> Checked<()> {
    let mut fields = Fields::of(content, "CorrectionInfo")?;
    let by_order = fields.word("Type", &["SELF", "INSTRUCTION"])?;
    entry.tags.insert(1173, by_order.to_string());
    entry.tags.insert(1177, fields.text("Description")?);
    // Optional in the schema, but there is no correction without tag 1178 (RE14).
    let date = fields.text("ReceiptDate")?;
    if !short_date(&date).is_some_and(checks::is_past) {
        return wrong("ReceiptDate is not a date dd.mm.yy up to today");
    }
    entry.tags.insert(1178, date);
    fields.tag(&mut entry.tags, "ReceiptId", 1179)?;
    fields.finish()?;
    if by_order == 1 && !entry.tags.contains_key(&1179) {
        return wrong("ReceiptId is missing, and Type is INSTRUCTION");
    }
    Ok(())
}

/// `19.01.22`, of this century (RE15).
fn short_date(text: &str) -> Option<Date> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if shape != "00.00.00" {
        return None;
    }
    let number = |from: usize| text[from..from + 2].parse::<i8>().ok();
    Date::new(2000 + i16::from(number(6)?), number(3)?, number(0)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_two_digits_of_the_year() {
        assert_eq!(short_date("19.01.22"), Date::new(2022, 1, 19).ok());
        for wrong in ["2022-01-19", "19.01.2022", "1.1.22", "31.02.22", "01.19.22", "19/01/22", ""] {
            assert_eq!(short_date(wrong), None, "{wrong}");
        }
    }
}
