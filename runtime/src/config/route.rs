//! The section `routes`.

use kassa_providers::uniform::Operation;

use super::account::Accounts;
use super::reader::{Fields, Reader};
use super::tree::Node;
use crate::diagnostic::{Diagnostic, Span};
use crate::nearest::hint;
use crate::route::{Choice, Match, Route};

type Names<'n> = Option<&'n [(String, Span)]>;

pub(super) fn read_routes(reader: &mut Reader<'_>, node: &Node, accounts: Names<'_>) -> Option<Vec<Route>> {
    let nodes = reader.list(node, "routes")?;
    let mut routes: Vec<Route> = Vec::new();
    let mut whole = true;
    for node in nodes {
        let Some(route) = read_route(reader, node, accounts) else {
            whole = false;
            continue;
        };
        if routes.iter().any(|other| other.name == route.name) {
            reader.refuse::<()>(
                node.span,
                format!("the route `{}` is there twice", route.name),
                "give it another name",
            );
        }
        if let Some(other) = routes.iter().find(|other| other.matches == Match::default()) {
            let message =
                format!("the route `{}` is never reached: `{}` before it takes everything", route.name, other.name);
            reader
                .report(Diagnostic::warning(node.span, message).help("the first route that fits decides; move it up"));
        }
        routes.push(route);
    }
    whole.then_some(routes)
}

fn read_route(reader: &mut Reader<'_>, node: &Node, accounts: Names<'_>) -> Option<Route> {
    let fields = Fields::new(reader, node, "a route", &["name", "match", "accounts", "weights"])?;
    let name = fields.require(reader, "name", "name: NAME").and_then(|node| reader.text(node));
    let matches = fields.take("match").map_or(Some(Match::default()), |node| read_match(reader, node));
    let choice = match (fields.take("accounts"), fields.take("weights")) {
        (Some(node), None) => read_order(reader, node, accounts),
        (None, Some(node)) => read_weights(reader, node, accounts),
        (Some(order), Some(node)) => {
            read_order(reader, order, accounts);
            read_weights(reader, node, accounts);
            reader.refuse(node.span, "a route has either `accounts` or `weights`", "remove one of them")
        }
        (None, None) => {
            let help = "add accounts: [NAME, …], tried in order, or weights: { NAME: 3, … }";
            reader.refuse(node.span, "a route has to name its accounts", help)
        }
    };
    Some(Route { name: name?, matches: matches?, choice: choice? })
}

fn read_match(reader: &mut Reader<'_>, node: &Node) -> Option<Match> {
    let fields = Fields::new(reader, node, "`match`", &["seller_inn", "operations", "amount_from", "amount_to"])?;
    let mut whole = true;
    let mut matches = Match::default();
    if let Some(node) = fields.take("seller_inn") {
        let nodes = reader.list(node, "INNs").unwrap_or_default();
        matches.seller_inn = nodes.iter().filter_map(|node| reader.inn(node)).collect();
        whole &= !nodes.is_empty() && matches.seller_inn.len() == nodes.len();
    }
    if let Some(node) = fields.take("operations") {
        let nodes = reader.list(node, "operations").unwrap_or_default();
        matches.operations = nodes.iter().filter_map(|node| read_operation(reader, node)).collect();
        whole &= !nodes.is_empty() && matches.operations.len() == nodes.len();
    }
    for (key, amount) in [("amount_from", &mut matches.amount_from), ("amount_to", &mut matches.amount_to)] {
        if let Some(node) = fields.take(key) {
            *amount = reader.money(node);
            whole &= amount.is_some();
        }
    }
    if let (Some(from), Some(to)) = (matches.amount_from, matches.amount_to)
        && from > to
    {
        let message = format!("no amount is both at least {from} and at most {to}");
        return reader.refuse(
            fields.take("amount_from").map_or(node.span, |node| node.span),
            message,
            "exchange the two",
        );
    }
    whole.then_some(matches)
}

fn read_operation(reader: &mut Reader<'_>, node: &Node) -> Option<Operation> {
    let name = reader.text(node)?;
    // A question goes to an account by name, or to the one that has the submission.
    let routed = Operation::SUBMITTED.iter().copied();
    let names: Vec<_> = routed.clone().map(Operation::name).collect();
    let found = routed.into_iter().find(|operation| operation.name() == name);
    if found.is_none() {
        reader.report(
            Diagnostic::error(node.span, format!("`{name}` is no operation that is routed"))
                .label(hint(&name, names.iter().copied()))
                .help(format!("the operations are {}", names.join(", "))),
        );
    }
    found
}

fn read_order(reader: &mut Reader<'_>, node: &Node, accounts: Names<'_>) -> Option<Choice> {
    let nodes = reader.list(node, "accounts")?;
    let mut names: Vec<String> = Vec::new();
    for node in nodes {
        let name = reader.text(node).filter(|name| is_account(reader, node.span, name, accounts));
        match name {
            Some(name) if names.contains(&name) => {
                reader.refuse::<()>(node.span, format!("the account `{name}` is there twice"), "remove one of them");
            }
            Some(name) => names.push(name),
            None => {}
        }
    }
    (names.len() == nodes.len()).then_some(Choice::InOrder(names))
}

fn read_weights(reader: &mut Reader<'_>, node: &Node, accounts: Names<'_>) -> Option<Choice> {
    let entries = reader.map(node, "`weights`")?;
    if entries.is_empty() {
        return reader.refuse(node.span, "`weights` names no account", "write weights: { NAME: 3, … }");
    }
    let mut weights = Vec::new();
    for entry in entries {
        let known = is_account(reader, entry.span, &entry.key, accounts);
        let Some(text) = reader.text(&entry.value) else { continue };
        match text.parse::<u32>() {
            Ok(weight) if weight > 0 && known => weights.push((entry.key.clone(), weight)),
            Ok(weight) if weight > 0 => {}
            _ => {
                let help = "write a whole number from 1; leave an account out that shall get nothing";
                reader.refuse::<()>(entry.value.span, format!("{text:?} is not a weight"), help);
            }
        }
    }
    (weights.len() == entries.len()).then_some(Choice::Weighted(weights))
}

fn is_account(reader: &mut Reader<'_>, span: Span, name: &str, accounts: Names<'_>) -> bool {
    // Without a readable section `accounts` nothing is known, and that is reported there.
    let Some(accounts) = accounts else { return true };
    let known = accounts.iter().any(|(known, _)| known == name);
    if !known {
        let label = hint(name, accounts.iter().map(|(known, _)| known.as_str()));
        let names: Vec<_> = accounts.iter().map(|(known, _)| known.as_str()).collect();
        let help = format!("the accounts are {}", names.join(", "));
        reader.report(Diagnostic::error(span, format!("there is no account `{name}`")).label(label).help(help));
    }
    known
}

/// Warns of accounts that no route names: nothing will ever be registered there.
pub(super) fn warn_of_unused(reader: &mut Reader<'_>, accounts: &Accounts, routes: &[Route]) {
    for (name, span) in &accounts.names {
        if !routes.iter().any(|route| route.choice.accounts().any(|used| used == name)) {
            let message = format!("no route uses the account `{name}`");
            reader.report(Diagnostic::warning(*span, message).help("name it in a route, or remove it"));
        }
    }
}
