//! Binder: sheets that are listed by the number of the page, two or fewer on each.

use super::super::faults::Target;
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::{Fault, Faults, Simulator};
use super::denied;

/// Starts the simulator; `pages` are the sheets of each page, JSON.
pub async fn start(pages: &'static [&'static str]) -> Simulator {
    super::start(|_, faults| Binder { pages, faults }).await
}

struct Binder {
    pages: &'static [&'static str],
    faults: Faults,
}

impl Vendor for Binder {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn = self.faults.turn(Target::Status, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request);
        turn.deliver(answer).await
    }
}

impl Binder {
    fn answer(&self, request: &Request) -> Answer {
        let number = request.query.as_deref().and_then(|query| query.strip_prefix("page=")?.parse::<usize>().ok());
        match (request.path.as_str(), number) {
            ("/sheets", Some(number @ 1..)) => {
                let sheets = self.pages.get(number - 1).unwrap_or(&"");
                Answer::json(200, format!("{{\"error\":0,\"sheets\":[{sheets}]}}"))
            }
            _ => denied(404, "there are sheets, from page 1"),
        }
    }
}
