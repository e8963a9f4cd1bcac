//! Money and quantity, digit for digit, in every unit and both ways (F2).

use std::path::Path;

use kassa_core::codec::{Inexact, from_decimal, from_scaled, to_decimal, to_number, to_scaled};
use kassa_core::{Fixed, Misfit, Money, Number, Quantity};
use kassa_providers::uniform::{CashMovement, Item, Receipt, Submission};
use proptest::prelude::*;

use crate::accounts::{Account, SECRET, account};
use crate::exact_json::Exact;
use crate::receipts::{PLAIN, receipt};
use crate::strategies::config;

/// A decimal text as a whole number of 10^-`scale`, reckoned by digits alone; `None` when it is finer.
fn units(text: &str, scale: usize) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept = fraction.trim_end_matches('0');
    assert!(!whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()), "{text}");
    let filled = (kept.len() <= scale).then(|| format!("{whole}{kept:0<scale$}"))?;
    Some(sign * filled.parse::<i128>().unwrap())
}

/// Every number, those at the ends and the small ones more often.
fn numbers() -> impl Strategy<Value = i64> {
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, 5, 10, 99, 100, 9_999_999_999, i64::MAX - 1, i64::MAX];
    prop_oneof![proptest::sample::select(ends.to_vec()), -10_000..=10_000_i64, any::<i64>()]
}

/// One unit, both ways: what fits comes back, and what does not is refused.
fn scaled<const SCALE: u32>(value: i64, places: u32) -> Result<(), TestCaseError> {
    let fixed = Fixed::<SCALE>::from_units(value);
    let exact = i128::from(value) * 10_i128.pow(places);
    let unit = 10_i128.pow(SCALE);
    let fits = exact % unit == 0 && i64::try_from(exact / unit).is_ok();
    match to_scaled(fixed, places, Inexact::Refuse) {
        Ok(written) => {
            prop_assert!(fits, "{fixed} in {places} places is {written}");
            prop_assert_eq!(i128::from(written), exact / unit);
            prop_assert_eq!(from_scaled::<SCALE>(written, places), Ok(fixed));
        }
        Err(misfit) => prop_assert!(!fits, "{fixed} in {places} places: {misfit}"),
    }
    // Rounding is half away from zero, and never more than half a unit off.
    if let Ok(rounded) = to_scaled(fixed, places, Inexact::RoundHalfUp) {
        let off = (i128::from(rounded) * unit - exact).abs();
        prop_assert!(off * 2 <= unit, "{fixed} in {places} places is {rounded}");
        if off * 2 == unit {
            prop_assert!(i128::from(rounded).abs() * unit > exact.abs(), "{fixed} in {places} places is {rounded}");
        }
    }
    // The other way round.
    if let Ok(read) = from_scaled::<SCALE>(value, places) {
        prop_assert_eq!(to_scaled(read, places, Inexact::Refuse), Ok(value));
    }
    Ok(())
}

/// JSON numbers and decimal texts, both ways.
fn written<const SCALE: u32>(value: i64, places: u32) -> Result<(), TestCaseError> {
    let fixed = Fixed::<SCALE>::from_units(value);
    let number: Result<Number, Misfit> = to_number(fixed, places, Inexact::Refuse);
    let text = to_decimal(fixed, places, Inexact::Refuse);
    prop_assert_eq!(number.is_ok(), text.is_ok());
    for text in [number.map(|number| number.as_str().to_owned()), text].into_iter().flatten() {
        let scale = usize::try_from(SCALE).unwrap();
        prop_assert_eq!(units(&text, scale), Some(i128::from(value)), "{}", text);
        prop_assert_eq!(from_decimal::<SCALE>(&text), Ok(fixed));
        let places = usize::try_from(places).unwrap();
        prop_assert!(text.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= places), "{text}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(2048))]

    #[test]
    fn every_unit_is_exact(value in numbers()) {
        for places in 0..=6 {
            scaled::<2>(value, places)?;
            scaled::<6>(value, places)?;
            written::<2>(value, places)?;
            written::<6>(value, places)?;
        }
    }

    #[test]
    fn json_of_the_model_is_exact(value in numbers()) {
        let (money, quantity) = (Money::from_units(value), Quantity::from_units(value));
        let text = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(units(text.trim_matches('"'), 2), Some(i128::from(value)));
        prop_assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), money);
        // As a bare number too.
        prop_assert_eq!(serde_json::from_str::<Money>(text.trim_matches('"')).unwrap(), money);
        let text = serde_json::to_string(&quantity).unwrap();
        prop_assert_eq!(units(text.trim_matches('"'), 6), Some(i128::from(value)));
        prop_assert_eq!(serde_json::from_str::<Quantity>(&text).unwrap(), quantity);
        prop_assert_eq!(serde_json::from_str::<Quantity>(text.trim_matches('"')).unwrap(), quantity);
    }

    /// A decimal text is read digit for digit, or refused when it is finer or out of range.
    #[test]
    fn decimal_text_is_read_or_refused(text in "-?(0|[1-9][0-9]{0,19})(\\.[0-9]{1,8})?") {
        let expected = units(&text, 2).and_then(|units| i64::try_from(units).ok()).map(Money::from_units);
        prop_assert_eq!(text.parse::<Money>().ok(), expected);
        prop_assert_eq!(serde_json::from_str::<Money>(&text).ok(), expected);
        let expected = units(&text, 6).and_then(|units| i64::try_from(units).ok()).map(Quantity::from_units);
        prop_assert_eq!(text.parse::<Quantity>().ok(), expected);
    }

    /// An exponent moves the point and does nothing else.
    #[test]
    fn exponents_move_the_point(digits in -999_999_i64..=999_999, exponent in -8..=6_i32) {
        let text = format!("{digits}e{exponent}");
        let places = exponent + 2;
        let expected = if places >= 0 {
            digits.checked_mul(10_i64.pow(places.unsigned_abs()))
        } else {
            let unit = 10_i64.pow(places.unsigned_abs());
            (digits % unit == 0).then(|| digits / unit)
        };
        prop_assert_eq!(serde_json::from_str::<Money>(&text).ok().map(Money::units), expected, "{}", text);
    }

    /// What a provider sends of an amount, whatever it is.
    #[test]
    fn amounts_are_sent_exactly(kopecks in numbers()) {
        let movement = CashMovement { seller_inn: None, amount: Money::from_units(kopecks), cashier: None, print: None };
        let account = smart_cashier();
        let body = sent(&account, &Submission::CashIn(movement));
        prop_assert_eq!(units(body.leaf("/amount"), 2), Some(i128::from(kopecks)));
    }

    /// What a provider sends of a price and a quantity that it can carry.
    #[test]
    fn lines_are_sent_exactly(kopecks in 0..=9_999_999_999_i64, thousandths in 1..=i64::MAX / 1000) {
        let price = Money::from_units(kopecks);
        let sale = one_line(|item| {
            item.price = price;
            item.quantity = Quantity::from_units(thousandths * 1000);
        });
        let body = sent(&check_online(), &sale);
        prop_assert_eq!(body.leaf("/Lines/0/Price"), kopecks.to_string());
        prop_assert_eq!(body.leaf("/Lines/0/Qty"), thousandths.to_string());
        let Submission::RegisterReceipt(mut sale) = one_line(|item| item.price = price) else { unreachable!() };
        sale.payments.cashless = sale.total().unwrap();
        let body = sent(&smart_cashier(), &Submission::RegisterReceipt(sale));
        prop_assert_eq!(units(body.leaf("/positions/0/price"), 2), Some(i128::from(kopecks)));
        prop_assert_eq!(units(body.leaf("/totalSum"), 2), Some(i128::from(kopecks) * 2));
        prop_assert_eq!(units(body.leaf("/cashlessPaymentSum"), 2), Some(i128::from(kopecks) * 2));
    }

    /// A line total is price × quantity, rounded half up (FACTS F), for every pair.
    #[test]
    fn line_totals_are_exact(kopecks in 0..=9_999_999_999_i64, millionths in 1..=i64::MAX) {
        let product = i128::from(kopecks) * i128::from(millionths);
        let rounded = (product * 2 + 1_000_000) / 2_000_000;
        let total = Money::from_units(kopecks).times(Quantity::from_units(millionths));
        prop_assert_eq!(total.map(|total| i128::from(total.units())), i64::try_from(rounded).ok().map(i128::from));
    }
}

fn smart_cashier() -> Account {
    account("smartcashier", &[("token", SECRET), ("cashbox_id", "register")])
}

fn check_online() -> Account {
    account("checkonline", &[("taxid_dialect", "native")])
}

#[track_caller]
fn sent(account: &Account, submission: &Submission) -> Exact {
    let request = account.provider.encode("k", submission).unwrap();
    Exact::read(std::str::from_utf8(request.body()).unwrap())
}

fn one_line(change: impl FnOnce(&mut Item)) -> Submission {
    let Submission::RegisterReceipt(mut sale) = receipt(PLAIN) else { unreachable!() };
    change(&mut sale.items[0]);
    Submission::RegisterReceipt(sale)
}

/// Amounts that binary floating point gets wrong, from the merchant's JSON to the wire.
#[test]
fn amounts_that_floating_point_gets_wrong() {
    for (price, quantity, sent_price, total) in [
        ("0.1", 3, "0.1", "0.3"),
        ("0.10", 3, "0.1", "0.3"),
        ("0.7", 3, "0.7", "2.1"),
        ("1.10", 3, "1.1", "3.3"),
        ("4.35", 100, "4.35", "435"),
        ("1.005e2", 1, "100.5", "100.5"),
        ("8.2", 3, "8.2", "24.6"),
        ("33333333.33", 3, "33333333.33", "99999999.99"),
        ("99999999.99", 1, "99999999.99", "99999999.99"),
        ("0.07", 100, "0.07", "7"),
        ("1e3", 1, "1000", "1000"),
    ] {
        let json = PLAIN
            .replace("\"quantity\": 2", &format!("\"quantity\": {quantity}"))
            .replace("30.50", price)
            .replace("\"cashless\": 61", &format!("\"cashless\": {total}"));
        let body = sent(&smart_cashier(), &receipt(&json));
        let leaves = ["/positions/0/price", "/cashlessPaymentSum", "/totalSum"].map(|pointer| body.leaf(pointer));
        assert_eq!(leaves, [sent_price, total, total]);
        // In kopecks as well.
        let kopecks = units(total, 2).unwrap().to_string();
        assert_eq!(sent(&check_online(), &receipt(&json)).leaf("/NonCash/0"), kopecks);
    }
    // Tenths that add up: 0.1 + 0.2 is 0.3.
    let line = |price: &str| {
        format!(
            r#"{{ "name": "x", "quantity": 1, "price": {price}, "vat": "none", "subject": "goods", "mode": "full_payment" }}"#
        )
    };
    let json = format!(
        r#"{{ "kind": "income", "taxation": "general", "items": [{}, {}], "payments": {{ "cash": 0.3 }} }}"#,
        line("0.1"),
        line("0.2")
    );
    let body = sent(&smart_cashier(), &receipt(&json));
    assert_eq!((body.leaf("/totalSum"), body.leaf("/cashPaymentSum")), ("0.3", "0.3"));
}

#[test]
fn quantities_are_exact() {
    for (quantity, thousandths) in [
        ("0.001", Some("1")),
        ("1.001", Some("1001")),
        ("2.675", Some("2675")),
        ("0.100000", Some("100")),
        ("281474976710.655", Some("281474976710655")),
        ("1e-3", Some("1")),
        ("0.0001", None),
        ("0.000001", None),
        ("1.000001", None),
        ("281474976.710655", None),
    ] {
        let parsed: Quantity = quantity.parse().unwrap();
        let sale = one_line(|item| item.quantity = parsed);
        match (thousandths, check_online().provider.encode("k", &sale)) {
            (Some(_), Ok(_)) => assert_eq!(Some(sent(&check_online(), &sale).leaf("/Lines/0/Qty")), thousandths),
            (None, Err(refusal)) => {
                // SC12 and its like: refused, with the quantity as it is, and never folded into the price.
                assert_eq!(refusal.field, "items[0].quantity");
                assert!(refusal.reason.contains(&parsed.to_string()), "{refusal}");
            }
            (expected, result) => panic!("{quantity}: {expected:?} {result:?}"),
        }
        // Smart Cashier takes whole pieces only.
        let refusal = smart_cashier().provider.encode("k", &sale).unwrap_err();
        assert!(
            matches!(refusal.field.as_str(), "items[0].quantity" | "payments.cash + payments.cashless"),
            "{refusal}"
        );
    }
}

#[test]
fn no_digit_of_a_receipt_is_lost_in_silence() {
    for (money, reason) in [
        ("0.001", "more than 2 digits after the point"),
        ("0.30000000000000004", "more than 2 digits after the point"),
        ("1e-3", "more than 2 digits after the point"),
        ("\"70.505\"", "more than 2 digits after the point"),
        ("92233720368547758.08", "out of range"),
        ("1e400", "out of range"),
        ("\"70,50\"", "not a decimal number"),
        ("\"\"", "not a decimal number"),
        ("\" 70\"", "not a decimal number"),
        ("true", "not a decimal number"),
        ("null", "not a decimal number"),
        ("[]", "not a decimal number"),
    ] {
        let json = PLAIN.replace("30.50", money);
        let error = serde_json::from_str::<Receipt>(&json).expect_err(money).to_string();
        assert!(error.contains(reason), "{money}: {error}");
    }
    let json = PLAIN.replace("\"quantity\": 2", "\"quantity\": 0.0000001");
    let error = serde_json::from_str::<Receipt>(&json).unwrap_err().to_string();
    assert!(error.contains("more than 6 digits after the point"), "{error}");
    // What is more digits and no more precision is fine.
    for money in ["30.5", "30.50", "30.5000", "3050e-2", "0.305e2", "\"30.50\""] {
        assert_eq!(receipt(&PLAIN.replace("30.50", money)), receipt(PLAIN), "{money}");
    }
}

/// Binary floating point occurs in no code that money passes through.
#[test]
fn there_is_no_floating_point() {
    fn scan(folder: &Path, found: &mut Vec<String>, files: &mut usize) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            // What the document of somebody else calls a number is one of Rust's; no money passes there.
            if path.ends_with("runtime/core/src/client") {
                continue;
            }
            if path.is_dir() {
                scan(&path, found, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                *files += 1;
                let mut text = std::fs::read_to_string(&path).unwrap();
                // A deserializer has to name every type of serde's model, to pass it on.
                if let Some((before, rest)) = text.split_once("forward_to_deserialize_any! {") {
                    text = [before, rest.split_once('}').unwrap().1].concat();
                }
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                if words.into_iter().any(|word| matches!(word, "f32" | "f64" | "as_f64" | "from_f64")) {
                    found.push(path.display().to_string());
                }
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut found, mut files) = (Vec::new(), 0);
    for folder in ["generated/src", "runtime/core/src", "runtime/src"] {
        scan(&root.join(folder), &mut found, &mut files);
    }
    assert!(files > 20, "{files} files");
    assert!(found.is_empty(), "{found:?}");
}
