//! The names of uniform fields, from the uniform spec.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_yaml::Value;

use crate::examples::specs;

/// Every field of what is submitted: `items.agent.kinds`.
static FIELDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let submitted = ["Receipt", "Correction", "CashMovement", "ShiftAction", "Slip"];
    submitted.into_iter().flat_map(fields_of).collect()
});

/// Every field of a receipt.
static OF_RECEIPTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| fields_of("Receipt"));

fn fields_of(root: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(specs().join("uniform/types.yaml")).unwrap();
    let types: Value = serde_yaml::from_str(&text).unwrap();
    let mut fields = BTreeSet::new();
    collect(&types, root, "", &mut fields);
    fields
}

fn collect(types: &Value, name: &str, at: &str, out: &mut BTreeSet<String>) {
    let fields = types[name]["fields"].as_mapping().unwrap_or_else(|| panic!("{name} has fields"));
    for (field, about) in fields {
        let path = format!("{at}{}", field.as_str().unwrap());
        let inner = about.get("type").or(about.get("list")).and_then(Value::as_str);
        if let Some(inner) = inner.filter(|inner| types.get(inner).is_some()) {
            collect(types, inner, &format!("{path}."), out);
        }
        out.insert(path);
    }
}

/// The fields that a receipt states and that have none inside, without indices.
pub(crate) fn stated_in_receipts() -> BTreeSet<&'static str> {
    let inner = |field: &str| OF_RECEIPTS.iter().any(|other| other.starts_with(&format!("{field}.")));
    // What is reckoned is not stated.
    let stated = |field: &&str| !inner(field) && !matches!(*field, "total" | "items.vat_amount");
    OF_RECEIPTS.iter().map(String::as_str).filter(stated).collect()
}

/// A field without the indices of its lists: `items.quantity` for `items[2].quantity`.
pub(crate) fn without_indices(field: &str) -> String {
    let mut bare = String::new();
    let mut rest = field;
    while let Some((before, after)) = rest.split_once('[') {
        bare.push_str(before);
        rest = after.split_once(']').map_or("", |(_, after)| after);
    }
    bare + rest
}

/// Whether `field`, as a refusal or violation names it, is a field: `items[2].quantity`.
pub(crate) fn is_field(field: &str) -> bool {
    let indices = field.split('[').skip(1).map(|rest| rest.split_once(']').map_or("", |(index, _)| index));
    indices.into_iter().all(|index| index.parse::<usize>().is_ok()) && FIELDS.contains(&without_indices(field))
}

#[test]
fn fields_are_told_from_other_texts() {
    for field in [
        "kind",
        "total",
        "items",
        "items[0].quantity",
        "items[12].agent.transfer_operator.phones[3]",
        "amount",
        "correction.date",
        "lines[0].text",
    ] {
        assert!(is_field(field), "{field}");
    }
    for text in ["", "item", "items[x].quantity", "items[0", "items[0].Qty", "cashboxId", "items[0].quantity: 1"] {
        assert!(!is_field(text), "{text}");
    }
}
