//! The parties of a settlement: buyer, agent, supplier, user.

use kassa_providers::uniform::{Agent, AgentKind, Buyer, Item, UserProperty};

use super::Findings;
use super::rules::{AGENT_FIELDS, CONTACT_FORM, CONTACT_MISSING, SUPPLIER_FIELDS, SUPPLIER_ROOM, USER_PROPERTY_ROOM};

/// The receipt reaches its buyer on paper or at an address.
pub(super) fn check_contact(buyer: Option<&Buyer>, print: Option<bool>, findings: &mut Findings) {
    let contact = buyer.and_then(|buyer| buyer.contact.as_ref());
    match contact {
        Some(contact) if contact.email().is_none() && contact.phone().is_none() => {
            let reason = "is neither an e-mail address nor a phone with its country (+ and 10 to 15 digits)";
            CONTACT_FORM.broken(findings, "buyer.contact", reason);
        }
        None if print == Some(false) => {
            CONTACT_MISSING.broken(
                findings,
                "buyer.contact",
                "is missing, and no paper comes out: the buyer gets no receipt",
            );
        }
        _ => {}
    }
}

/// What each kind of agent states beside its kind (tag 1223). Some services insist on it.
pub(super) fn check_agent(item: &Item, at: &str, findings: &mut Findings) {
    let Some(agent) = &item.agent else { return };
    for kind in &agent.kinds {
        let missing: Vec<_> =
            owed(agent, *kind).into_iter().filter(|(_, stated)| !stated).map(|(name, _)| name).collect();
        if !missing.is_empty() {
            AGENT_FIELDS.broken(
                findings,
                format!("{at}.agent"),
                format!("is a {kind} and does not state {}", missing.join(", ")),
            );
        }
    }
    let supplier = item.supplier.as_ref();
    let stated = [
        ("inn", supplier.is_some_and(|supplier| supplier.inn.is_some())),
        ("name", supplier.is_some_and(|supplier| supplier.name.is_some())),
        ("phones", supplier.is_some_and(|supplier| !supplier.phones.is_empty())),
    ];
    let missing: Vec<_> = stated.into_iter().filter(|(_, stated)| !stated).map(|(name, _)| name).collect();
    if !missing.is_empty() {
        let reason = format!("does not state {}; whoever sells through an agent is named", missing.join(", "));
        SUPPLIER_FIELDS.broken(findings, format!("{at}.supplier"), reason);
    }
}

/// The fields that an agent of `kind` owes, and whether they are stated.
fn owed(agent: &Agent, kind: AgentKind) -> Vec<(&'static str, bool)> {
    let operator = agent.transfer_operator.as_ref();
    match kind {
        AgentKind::BankPayingAgent | AgentKind::BankPayingSubagent => vec![
            ("operation", agent.operation.is_some()),
            ("phones", !agent.phones.is_empty()),
            ("transfer_operator.name", operator.is_some_and(|operator| operator.name.is_some())),
            ("transfer_operator.inn", operator.is_some_and(|operator| operator.inn.is_some())),
            ("transfer_operator.address", operator.is_some_and(|operator| operator.address.is_some())),
            ("transfer_operator.phones", operator.is_some_and(|operator| !operator.phones.is_empty())),
        ],
        AgentKind::PayingAgent | AgentKind::PayingSubagent => vec![
            ("phones", !agent.phones.is_empty()),
            ("receiving_operator_phones", !agent.receiving_operator_phones.is_empty()),
        ],
        _ => Vec::new(),
    }
}

/// Name and phones of a supplier share one field of 239 bytes (tag 1224), where each phone takes four more.
pub(super) fn check_supplier(item: &Item, at: &str, findings: &mut Findings) {
    let Some(supplier) = &item.supplier else { return };
    // In CP866 a character is a byte.
    let name = supplier.name.as_ref().map_or(0, |name| name.chars().count());
    let phones: usize = supplier.phones.iter().map(|phone| phone.chars().count() + 4).sum();
    // A name that is too long by itself breaks the limit of the spec.
    if !supplier.phones.is_empty() && name + phones > 239 {
        let reason = format!(
            "has a name and phones of {} bytes, four for each phone counted in; registers hold 239",
            name + phones
        );
        SUPPLIER_ROOM.broken(findings, format!("{at}.supplier"), reason);
    }
}

/// Name and value of the user's additional property share 235 characters (tag 1084).
pub(super) fn check_user_property(property: Option<&UserProperty>, findings: &mut Findings) {
    let Some(property) = property else { return };
    let length = property.name.chars().count() + property.value.chars().count();
    if length > 235 {
        USER_PROPERTY_ROOM.broken(
            findings,
            "user_property",
            format!("has a name and a value of {length} characters; registers hold 235"),
        );
    }
}
