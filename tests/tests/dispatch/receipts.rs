//! Receipts that the tests submit, and what makes each of them special.

use kassa::uniform::{CashMovement, Receipt};

/// A sale that both providers take: 70.50, paid in cash and by card.
pub(crate) const GOODS: &str = r#"{
  "kind": "income",
  "taxation": "general",
  "items": [
    { "name": "Чай чёрный", "quantity": "2", "price": "35.25",
      "vat": "vat10", "subject": "goods", "mode": "full_payment" }
  ],
  "payments": { "cash": "20.50", "cashless": "50.00" },
  "buyer": { "contact": "buyer@example.org" }
}
"#;

/// [`GOODS`].
pub(crate) fn goods() -> Receipt {
    changed(&[])
}

/// The return of [`GOODS`].
pub(crate) fn returned() -> Receipt {
    changed(&[("\"income\"", "\"income_return\"")])
}

/// [`GOODS`] of one kilogram and a bit: 1.234 × 100.00 = 123.40.
pub(crate) fn by_weight() -> Receipt {
    changed(&[("\"quantity\": \"2\", \"price\": \"35.25\"", "\"quantity\": \"1.234\", \"price\": \"100.00\""), PAID])
}

const PAID: (&str, &str) = ("\"cash\": \"20.50\", \"cashless\": \"50.00\"", "\"cashless\": \"123.40\"");

/// [`GOODS`] at 22 %, of a day on which that was in force.
pub(crate) fn at_22() -> Receipt {
    changed(&[("vat10", "vat22"), ("\"kind\"", "\"date\": \"2026-02-01\", \"kind\"")])
}

/// [`GOODS`] at `price` a piece, two of them, paid by card.
pub(crate) fn priced(kopecks: i64) -> Receipt {
    let (price, total) = (roubles(kopecks), roubles(2 * kopecks));
    let paid = format!("\"cashless\": \"{total}\"");
    changed(&[("35.25", &price), (PAID.0, &paid)])
}

/// [`GOODS`] of a seller.
pub(crate) fn of_seller(inn: &str) -> Receipt {
    changed(&[("\"kind\"", &format!("\"seller_inn\": \"{inn}\", \"kind\""))])
}

/// [`GOODS`] with each of the texts replaced.
pub(crate) fn changed(replaced: &[(&str, &str)]) -> Receipt {
    serde_json::from_str(&text(replaced)).expect("a receipt of these tests reads")
}

/// The text of [`GOODS`] with each of the texts replaced.
pub(crate) fn text(replaced: &[(&str, &str)]) -> String {
    let mut text = GOODS.to_owned();
    for (from, to) in replaced {
        assert!(text.contains(from), "{from} is in {text}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// Cash into or out of the drawer.
pub(crate) fn cash(amount: &str) -> CashMovement {
    serde_json::from_str(&format!("{{\"amount\":\"{amount}\"}}")).expect("a cash movement reads")
}

fn roubles(kopecks: i64) -> String {
    format!("{}.{:02}", kopecks / 100, kopecks % 100)
}
