//! Writes outcomes, for people or for programs.

use std::io::{self, Write};

use kassa::{Doubtful, Explanation, Outcome, Reason, Standing};
use serde::Serialize;
use serde_json::{Value, json};

use super::args::Format;
use super::{Failure, note};

/// Writes results to the standard output.
pub(super) struct Printer {
    format: Format,
}

impl Printer {
    pub(super) const fn new(format: Format) -> Self {
        Self { format }
    }

    pub(super) fn standing(&self, key: &str, standing: &Standing) {
        let Standing { outcome, warnings } = standing;
        print(&match self.format {
            Format::Text => describe(key, outcome),
            Format::Json => json!({ "key": key, "outcome": outcome, "warnings": warnings }).to_string(),
        });
    }

    pub(super) fn standings(&self, standings: &[(String, Standing)]) {
        if standings.is_empty() && self.format == Format::Text {
            print("nothing waits");
        }
        standings.iter().for_each(|(key, standing)| self.standing(key, standing));
    }

    /// What is in doubt.
    pub(super) fn doubts(&self, doubts: &[Doubtful]) {
        if doubts.is_empty() && self.format == Format::Text {
            print("nothing is in doubt");
        }
        for doubt in doubts {
            let Doubtful { key, operation, state, account, provider_key, provider_id, sent_at, outcome } = doubt;
            print(&match self.format {
                Format::Text => {
                    let mut lines = vec![format!("{key}: {operation}, {state} at {account}")];
                    lines.push(format!("  the provider knows it as {provider_key}"));
                    lines.extend(provider_id.as_ref().map(|id| format!("  its own id of it: {id}")));
                    lines.extend(sent_at.map(|at| format!("  sent first at {at}")));
                    match outcome {
                        Some(Outcome::InDoubt { reason, .. }) => lines.extend(explain(reason)),
                        Some(Outcome::Pending { about, .. }) => lines.push(format!("  {about}")),
                        _ => lines.push("  its first answer is waited for".to_owned()),
                    }
                    lines.join("\n")
                }
                Format::Json => json!({
                    "key": key, "operation": operation.name(), "state": state, "account": account,
                    "provider_key": provider_key, "provider_id": provider_id, "sent_at": sent_at, "outcome": outcome,
                })
                .to_string(),
            });
        }
    }

    /// The answer to a query.
    pub(super) fn answer(&self, answer: &impl Serialize) {
        let value = serde_json::to_value(answer).unwrap_or_default();
        print(&match self.format {
            Format::Text => outline(&value),
            Format::Json => value.to_string(),
        });
    }

    pub(super) fn explanation(&self, explanation: &Explanation) {
        print(&match self.format {
            Format::Text => explanation.to_string(),
            Format::Json => serde_json::to_string(explanation).unwrap_or_default(),
        });
    }

    /// People read the standard error output; programs also get an object.
    pub(super) fn failure(&self, failure: &Failure) {
        note(&failure.message);
        if self.format == Format::Json {
            let Failure { kind, message, violations, .. } = failure;
            print(&json!({ "error": { "kind": kind, "message": message, "violations": violations } }).to_string());
        }
    }
}

/// Writes a line; whoever closed the standard output does not want to know.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{}", text.trim_end());
}

/// An answer as lines: each list with a blank line between its objects, fields as `name: value`.
fn outline(value: &Value) -> String {
    fn walk(name: &str, value: &Value, lines: &mut Vec<String>) {
        match value {
            Value::Null => {}
            Value::Object(fields) => {
                let dot = if name.is_empty() { "" } else { "." };
                fields.iter().for_each(|(field, value)| walk(&format!("{name}{dot}{field}"), value, lines));
            }
            Value::Array(list) if list.iter().any(Value::is_object) => {
                lines.push(format!("{name}: {}", list.len()));
                for value in list {
                    let mut below = Vec::new();
                    walk("", value, &mut below);
                    lines.push(String::new());
                    lines.extend(below.iter().map(|line| format!("  {line}")));
                }
            }
            Value::Array(list) => list.iter().for_each(|value| walk(name, value, lines)),
            Value::String(text) => lines.push(format!("{name}: {text}")),
            other => lines.push(format!("{name}: {other}")),
        }
    }
    let mut lines = Vec::new();
    walk("", value, &mut lines);
    if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") }
}

fn describe(key: &str, outcome: &Outcome) -> String {
    let mut lines = Vec::new();
    match outcome {
        Outcome::Registered { account, registration, differences } => {
            lines.push(format!("{key}: registered by {account}"));
            if let Ok(Value::Object(fields)) = serde_json::to_value(registration) {
                lines.extend(fields.iter().filter_map(|(name, value)| {
                    let shown = match value {
                        Value::Null => return None,
                        Value::Array(list) if list.is_empty() => return None,
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    Some(format!("  {name}: {shown}"))
                }));
            }
            lines.extend(differences.iter().map(|difference| format!("  differs: {difference}")));
        }
        Outcome::Pending { account, about } => {
            let at = if account.is_empty() { String::new() } else { format!(" at {account}") };
            lines.push(format!("{key}: pending{at}"));
            lines.push(format!("  {about}"));
        }
        Outcome::Rejected { account, reason } => {
            lines.push(format!("{key}: rejected by {account}; surely not registered"));
            lines.extend(explain(reason));
        }
        Outcome::NotSent { passed_over } => {
            lines.push(format!("{key}: not sent"));
            if passed_over.is_empty() {
                lines.push("  no route fits".to_owned());
            }
            lines.extend(passed_over.iter().map(|passed| format!("  {}: {}", passed.account, passed.reason)));
            lines.push("  next: no byte left; submit it again under a new key, this one has ended".to_owned());
        }
        Outcome::InDoubt { account, reason } => {
            lines.push(format!("{key}: in doubt at {account}; it may or may not be registered"));
            lines.extend(explain(reason));
        }
    }
    lines.join("\n")
}

fn explain(reason: &Reason) -> Vec<String> {
    let code = reason.code.as_ref().map(|code| format!(", {code}")).unwrap_or_default();
    let mut lines = vec![format!("  {} ({}{code})", reason.about, reason.class)];
    lines.extend(reason.message.as_ref().map(|message| format!("  in its words: {message}")));
    lines.push(format!("  next: {}", reason.next_step));
    lines
}
