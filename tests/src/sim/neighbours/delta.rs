//! Delta: sales, returns and purchases at an address each, with codes that are words, payments in a list and the tax of
//! each rate. It keeps what it was sent, as it understands it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::document::{Entry, Operation};
use super::super::faults::{Target, Turn};
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::json::Tree;
use super::super::ledger::Ledger;
use super::super::{Fault, Faults, Simulator};
use super::{Body, denied};

/// Starts the simulator: who shows this value in this header may register for the shop `s-1`.
pub async fn start(header: &str, caller: &str) -> Simulator {
    let credentials = (header.to_owned(), caller.to_owned());
    super::start(|ledger, faults| Delta { credentials, ledger, faults, documents: Arc::default() }).await
}

struct Delta {
    credentials: (String, String),
    ledger: Ledger,
    faults: Faults,
    /// Number of the document, by the client's id.
    documents: Arc<Mutex<HashMap<String, usize>>>,
}

impl Vendor for Delta {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn = self.faults.turn(Target::Submit, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request, &mut turn).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Delta {
    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Answer> {
        let (header, caller) = &self.credentials;
        if request.headers.get(header).is_none_or(|value| value.as_bytes() != caller.as_bytes()) {
            return Err(denied(401, "who calls?"));
        }
        if request.query.as_deref() != Some("shop=s-1") {
            return Err(denied(400, "no such shop"));
        }
        let kind = match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/sell") => 1,
            ("POST", "/sell_refund") => 2,
            ("POST", "/buy") => 3,
            _ => return Err(denied(404, "no such address")),
        };
        let body = Body::read(request)?;
        let id = body.text("external_id")?;
        let total = match body.0.get("receipt") {
            Some(Tree::Object(receipt)) => receipt.get("total").and_then(Tree::kopecks),
            _ => None,
        };
        let total = total.ok_or_else(|| denied(400, "a receipt has a total in roubles"))?;
        turn.meet(Fault::fits_accepted);
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let next = documents.len() + 1;
        let number = *documents.entry(id.to_owned()).or_insert_with(|| {
            let mut entry = Entry::draft(id, Operation::Receipt, &String::from_utf8_lossy(&request.body));
            (entry.kind, entry.total_kopecks) = (Some(kind), total);
            self.ledger.schedule(entry, Duration::ZERO);
            next
        });
        let (roubles, kopecks) = (total / 100, total % 100);
        Ok(Answer::json(
            200,
            format!(
                "{{\"uuid\":\"u-{number}\",\"status\":\"done\",\"fiscal\":{{\"total\":{roubles}.{kopecks:02},\
                 \"sign\":\"3141592653\",\"number\":{number},\"shift\":7,\"at\":\"24.12.2030 18:05:09\"}}}}"
            ),
        ))
    }
}
