//! Echo: one agent for a whole receipt, codes that are numbers, bits and numbers of bits, and days as people write them.

use std::time::Duration;

use super::super::document::{Entry, Operation};
use super::super::faults::Target;
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::ledger::Ledger;
use super::super::{Fault, Faults, Simulator};
use super::{Body, denied};

/// Starts the simulator; `key` opens it.
pub async fn start(key: &str) -> Simulator {
    let key = key.to_owned();
    super::start(|ledger, faults| Echo { key, ledger, faults }).await
}

struct Echo {
    key: String,
    ledger: Ledger,
    faults: Faults,
}

impl Vendor for Echo {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn = self.faults.turn(Target::Submit, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Echo {
    fn answer(&self, request: &Request) -> Result<Answer, Answer> {
        if request.headers.get("x-key").is_none_or(|value| value.as_bytes() != self.key.as_bytes()) {
            return Err(denied(400, "wrong key"));
        }
        let body = Body::read(request)?;
        let id = body.text("id")?;
        if !(0..=5).contains(&body.integer("tax_system")?) {
            return Err(denied(400, "a tax system is the number of a bit"));
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/receipts") => {}
            ("POST", "/corrections") => {
                let day: Vec<_> = body.text("day")?.split('.').map(str::len).collect();
                if day != [2, 2, 2] {
                    return Ok(Answer::json(200, "{\"code\":3}"));
                }
            }
            _ => return Err(denied(404, "no such address")),
        }
        if self.ledger.by_key(id).is_empty() {
            let mut entry = Entry::draft(id, Operation::Receipt, &String::from_utf8_lossy(&request.body));
            entry.kind = u8::try_from(body.integer("sign")?).ok();
            entry.total_kopecks = body.integer("cash")? + body.integer("card")?;
            self.ledger.schedule(entry, Duration::ZERO);
        }
        Ok(Answer::json(
            200,
            "{\"code\":0,\"number\":12,\"sign\":\"2718281828\",\"at\":1924355100,\"local\":\"2030-12-24 18:05\"}",
        ))
    }
}
