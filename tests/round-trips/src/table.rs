//! What became of the documents, as a table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::call::{Call, Outcome};
use crate::known::Known;
use crate::trip::Trip;

/// What is wrong that nobody knows of yet: a line each. An entry of the list that nothing needs is wrong too.
#[must_use]
pub fn problems(trips: &[Trip], known: &[Known]) -> Vec<String> {
    let mut all = Vec::new();
    for Trip { document, calls, failure, .. } in trips {
        let failure = failure.as_ref().map(|failure| Call::failed(failure));
        let calls: Vec<Call> = calls.iter().cloned().chain(failure).collect();
        let mut had = BTreeSet::new();
        for call in calls.iter().filter(|call| call.outcome != Outcome::Fine) {
            if !known.iter().any(|known| known.is(document, call))
                && had.insert((&call.operation, call.outcome, &call.words))
            {
                let answer = if call.answer.is_some() { format!(" for HTTP {}", call.status) } else { String::new() };
                let Call { operation, case, outcome, words, .. } = call;
                all.push(format!(
                    "{document}: {operation} ({case}{answer}) {}: {words}\n    {}",
                    outcome.name(),
                    shown(call)
                ));
            }
        }
        for entry in known.iter().filter(|entry| entry.is_idle(document, &calls)) {
            all.push(format!("{document}: known, and not so any more: {}", entry.reason()));
        }
    }
    all
}

/// What went out and came back, in a line.
fn shown(call: &Call) -> String {
    let text = format!("{} {} → {} {}", call.sent.replace('\n', ", "), call.body, call.status, call.reply);
    text.chars().take(600).collect()
}

/// The table.
#[must_use]
pub fn table(trips: &[Trip]) -> String {
    let mut out = String::from(
        "| document | operations | calls | accepted | refused | read | unread | unanswered | changed | unsent | lost |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut sums = [0; 10];
    for trip in trips {
        let count = |outcome| trip.calls.iter().filter(|call| call.outcome == outcome).count();
        let [fine, refused, unread] = [Outcome::Fine, Outcome::Refused, Outcome::Unread].map(count);
        let [unanswered, changed, unsent, lost] =
            [Outcome::Unanswered, Outcome::Changed, Outcome::Unsent, Outcome::Lost].map(count);
        let accepted = fine + unread + unanswered + changed;
        let row = [
            trip.operations,
            trip.calls.len(),
            accepted,
            refused,
            fine + changed,
            unread,
            unanswered,
            changed,
            unsent,
            lost,
        ];
        sums.iter_mut().zip(row).for_each(|(sum, n)| *sum += n);
        let cells = row.map(|n| n.to_string()).join(" | ");
        let failure = trip.failure.as_ref().map_or("", |_| " (failed)");
        let _ = writeln!(out, "| {}{failure} | {cells} |", trip.document);
    }
    let _ = writeln!(out, "| {} documents | {} |", trips.len(), sums.map(|n| n.to_string()).join(" | "));
    out
}
