//! Bravo: a drawer behind basic auth, the id of an application in the query, and a signature over what changes something.
//! Success is told in the body alone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::header::AUTHORIZATION;
use ring::hmac;

use super::super::document::{Entry, Operation};
use super::super::faults::{Target, Turn};
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::ledger::Ledger;
use super::super::{Fault, Faults, Simulator};
use super::{Body, denied};

/// `Basic` of the user `user:p@ss wörd`, written out by hand.
const AUTHORIZED: &str = "Basic dXNlcjpwQHNzIHfDtnJk";

/// Starts the simulator: user `user`, password `p@ss wörd`, the application `one&two`, and this signing key.
pub async fn start(signing_key: &str) -> Simulator {
    let key = hmac::Key::new(hmac::HMAC_SHA256, signing_key.as_bytes());
    super::start(|ledger, faults| Bravo { key, ledger, faults, drawer: Mutex::default() }).await
}

struct Bravo {
    key: hmac::Key,
    ledger: Ledger,
    faults: Faults,
    drawer: Mutex<Drawer>,
}

#[derive(Default)]
struct Drawer {
    /// What came of a movement, by its id.
    movements: HashMap<String, String>,
    kopecks: i64,
}

impl Vendor for Bravo {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn =
            self.faults.turn(if request.method == "GET" { Target::Status } else { Target::Submit }, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request, &mut turn).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Bravo {
    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Answer> {
        if request.headers.get(AUTHORIZATION).is_none_or(|given| given.as_bytes() != AUTHORIZED.as_bytes()) {
            return Err(denied(401, "wrong user"));
        }
        if request.query.as_deref() != Some("app=one%26two") {
            return Err(denied(401, &format!("wrong application: {:?}", request.query)));
        }
        let signature = request.headers.get("x-signature").map(|value| value.as_bytes());
        let mut drawer = self.drawer.lock().unwrap_or_else(PoisonError::into_inner);
        match (request.method.as_str(), request.path.strip_prefix("/api/movements")) {
            ("POST", Some("")) => {
                let signature = signature.and_then(unhex).ok_or_else(|| denied(401, "no signature in hex"))?;
                hmac::verify(&self.key, &request.body, &signature).map_err(|_| denied(401, "wrong signature"))?;
                let answer = self.move_cash(request, &mut drawer)?;
                turn.meet(Fault::fits_accepted);
                Ok(Answer::json(200, answer))
            }
            ("GET", Some(path)) if signature.is_none() => {
                let id = path.strip_prefix('/').unwrap_or_default();
                let unknown = "{\"ok\":false,\"error\":{\"code\":2,\"text\":\"never heard of it\"}}";
                Ok(Answer::json(200, drawer.movements.get(id).map_or(unknown, String::as_str)))
            }
            ("GET", Some(_)) => Err(denied(400, "nothing is signed here")),
            _ => Err(denied(404, "no such address")),
        }
    }

    fn move_cash(&self, request: &Request, drawer: &mut Drawer) -> Result<String, Answer> {
        let body = Body::read(request)?;
        let (id, way, amount) = (body.text("id")?, body.text("way")?, body.text("amount")?);
        // Where it may be told is taken, and nobody is told.
        body.has(if body.0.contains_key("report") { 4 } else { 3 })?;
        let kopecks = match amount.split_once('.') {
            Some((roubles, kopecks)) if kopecks.len() == 2 => format!("{roubles}{kopecks}").parse::<i64>().ok(),
            _ => None,
        };
        let kopecks = kopecks.ok_or_else(|| denied(400, "an amount is written 70.50"))?;
        let (operation, change) = match way {
            "in" => (Operation::CashIn, kopecks),
            "out" => (Operation::CashOut, -kopecks),
            _ => return Err(denied(400, "a way is in or out")),
        };
        if let Some(answer) = drawer.movements.get(id) {
            return Ok(answer.clone());
        }
        let answer = if drawer.kopecks + change < 0 {
            "{\"ok\":false,\"error\":{\"code\":1,\"text\":\"only so much is left\"}}".to_owned()
        } else {
            drawer.kopecks += change;
            let mut entry = Entry::draft(id, operation, &String::from_utf8_lossy(&request.body));
            entry.total_kopecks = kopecks;
            self.ledger.schedule(entry, Duration::ZERO);
            format!("{{\"ok\":true,\"document\":{}}}", drawer.movements.len() + 1)
        };
        drawer.movements.insert(id.to_owned(), answer.clone());
        Ok(answer)
    }
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    if !text.len().is_multiple_of(2) || text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
