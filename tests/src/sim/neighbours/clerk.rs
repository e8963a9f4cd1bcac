//! Clerk: counts cash when asked for the second time, and knows every job by an id of its own.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::super::document::{Entry, Operation};
use super::super::faults::{Target, Turn};
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::json::Tree;
use super::super::ledger::Ledger;
use super::super::{Fault, Faults, Simulator};
use super::denied;

/// Starts the simulator. A clerk who is `silent` takes a job and does not say its id.
pub async fn start(silent: bool) -> Simulator {
    super::start(|ledger, faults| Clerk { silent, ledger, faults, asked: Mutex::default() }).await
}

struct Clerk {
    silent: bool,
    ledger: Ledger,
    faults: Faults,
    /// How often each job was asked for.
    asked: Mutex<Vec<u32>>,
}

impl Vendor for Clerk {
    async fn handle(&self, request: Request) -> Reply {
        let submits = request.method == "POST";
        let mut turn = self.faults.turn(if submits { Target::Submit } else { Target::Status }, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request, &mut turn).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Clerk {
    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Answer> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if request.method == "POST" && request.path == "/jobs" {
            let body = Tree::parse(&request.body).map_err(|why| denied(400, &why))?;
            let Tree::Object(fields) = &body else { return Err(denied(400, "the body is no object")) };
            let (Some(Tree::Text(reference)), Some(amount)) =
                (fields.get("reference"), fields.get("amount").and_then(Tree::integer))
            else {
                return Err(denied(400, "a job has a reference and an amount"));
            };
            turn.meet(Fault::fits_accepted);
            let mut entry = Entry::draft(reference, Operation::CashIn, &String::from_utf8_lossy(&request.body));
            entry.total_kopecks = amount;
            self.ledger.schedule(entry, Duration::ZERO);
            asked.push(0);
            let id = if self.silent { String::new() } else { format!("\"job\":\"job/{}\"", asked.len()) };
            return Ok(Answer::json(202, format!("{{{id}}}")));
        }
        let job = request.path.strip_prefix("/jobs/job%2F").and_then(|job| job.parse::<usize>().ok());
        let count = job.and_then(|job| asked.get_mut(job.checked_sub(1)?)).ok_or_else(|| denied(404, "no such job"))?;
        *count += 1;
        let number = job.unwrap_or_default();
        Ok(Answer::json(200, if *count == 1 { "{}".to_owned() } else { format!("{{\"number\":{number}}}") }))
    }
}
