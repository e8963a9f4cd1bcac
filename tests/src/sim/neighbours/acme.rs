//! Acme: a drawer that takes cash from whoever has the token.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::header::AUTHORIZATION;

use super::super::Simulator;
use super::super::faults::{Target, Turn};
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::json::Tree;
use super::super::ledger::{Entry, Ledger, Operation};
use super::super::{Fault, Faults};
use super::denied;

/// Starts the simulator; `token` opens it.
pub async fn start(token: &str) -> Simulator {
    let token = token.to_owned();
    super::start(|ledger, faults| Acme { token, ledger, faults, deposits: Mutex::default() }).await
}

struct Acme {
    token: String,
    ledger: Ledger,
    faults: Faults,
    /// Number of the deposit, by id: a repeat gets the same.
    deposits: Mutex<HashMap<String, usize>>,
}

impl Vendor for Acme {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn = self.faults.turn(Target::Submit);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request, &mut turn).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Acme {
    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Answer> {
        let expected = format!("Bearer {}", self.token);
        if request.headers.get(AUTHORIZATION).is_none_or(|given| given.as_bytes() != expected.as_bytes()) {
            return Err(denied(401, "wrong token"));
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/deposits") => self.deposit(request, turn),
            _ => Err(denied(404, "no such address")),
        }
    }

    fn deposit(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Answer> {
        let body = Tree::parse(&request.body).map_err(|why| denied(400, &why))?;
        let Tree::Object(fields) = &body else { return Err(denied(400, "the body is no object")) };
        let (Some(Tree::Text(id)), Some(amount), 2) =
            (fields.get("id"), fields.get("amount").and_then(Tree::integer), fields.len())
        else {
            return Err(denied(400, "the body has an id and an amount in kopecks"));
        };
        turn.meet(Fault::fits_accepted);
        let mut deposits = self.deposits.lock().unwrap_or_else(PoisonError::into_inner);
        let next = deposits.len() + 1;
        let number = *deposits.entry(id.clone()).or_insert_with(|| {
            let mut entry = Entry::draft(id, Operation::CashIn, &String::from_utf8_lossy(&request.body));
            entry.total_kopecks = amount;
            self.ledger.schedule(entry, Duration::ZERO);
            next
        });
        Ok(Answer::json(200, format!("{{\"error\":0,\"number\":{number}}}")))
    }
}
