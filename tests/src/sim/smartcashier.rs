//! Smart Cashier («Смарт кассир») API v1.0.1: an asynchronous queue in front of cashboxes.
//!
//! What the document leaves open is answered so that an invention of the client shows: unknown fields, numbers in
//! another shape and nulls are refused with 400.

mod body;
mod status;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use jiff::Timestamp;

use super::faults::{Target, Turn};
use super::http::{self, Answer, Reply, Request, SeenLog, Vendor};
use super::json::{Tree, quote};
use super::ledger::Ticket;
use super::{Conflicts, Deliveries, Documented, Fault, Faults, Ledger, Operation, Simulator};

const FORM_RECEIPT: &str = "/v1.0/operations/formReceipt";
const DEPOSIT_CASH: &str = "/v1.0/operations/depositCash";
const WITHDRAW_CASH: &str = "/v1.0/operations/withdrawCash";
const CHECK_STATUS: &str = "/v1.0/operations/checkStatus";

/// How the simulated vendor is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The one token that is let in.
    pub token: String,
    /// Ids of the account's cashboxes, GUIDs. The first one works for requests that name none.
    pub cashboxes: Vec<String>,
    /// Time from acceptance to registration.
    pub processing_time: Duration,
    /// Number of the first fiscal document (1040).
    pub first_document_number: u32,
    /// Number of the shift (1038), which stays open.
    pub shift_number: u32,
    /// Body of the 200 that accepts an operation. The document shows none (SC8), so it is empty unless set.
    pub accepted_body: String,
}

impl Options {
    /// An account with that token and those cashboxes, 30 ms of processing, documents from 24 on.
    #[must_use]
    pub fn new(token: impl Into<String>, cashboxes: impl IntoIterator<Item = String>) -> Options {
        Options {
            token: token.into(),
            cashboxes: cashboxes.into_iter().collect(),
            processing_time: Duration::from_millis(30),
            first_document_number: 24,
            shift_number: 3,
            accepted_body: String::new(),
        }
    }
}

/// Starts the simulator on a free port of the loopback interface.
///
/// # Panics
/// When the options name no cashbox, or one that is not a GUID.
pub async fn start(options: Options) -> Simulator {
    assert!(!options.cashboxes.is_empty(), "an account has a cashbox");
    assert!(options.cashboxes.iter().all(|id| body::is_guid(id)), "a cashbox id is a GUID");
    let (listener, address) = http::bind().await;
    let ledger = Ledger::new(options.first_document_number);
    let faults = Faults::new(|fault| {
        let own = |error: &Documented| matches!(error, Documented::Http(_) | Documented::OperationFailed(_));
        match fault {
            Fault::DocumentedError(error) => own(error),
            other => !other.is_of_callback(),
        }
    });
    let conflicts = Conflicts::default();
    let seen = SeenLog::default();
    let cloud = Cloud {
        ledger: ledger.clone(),
        faults: faults.clone(),
        conflicts: conflicts.clone(),
        operations: Mutex::default(),
        options,
    };
    let server = http::serve(listener, None, cloud, seen.clone());
    let base_url = format!("http://{address}");
    Simulator { base_url, ledger, faults, seen, conflicts, deliveries: Deliveries::default(), server }
}

/// The vendor's side: accounts, queue and idempotency.
struct Cloud {
    options: Options,
    ledger: Ledger,
    faults: Faults,
    conflicts: Conflicts,
    /// By `operationId`, one namespace for the three operations (SC13).
    operations: Mutex<HashMap<String, Accepted>>,
}

/// An operation that was accepted once; a repeat changes nothing.
struct Accepted {
    path: String,
    content: Tree,
    cashbox: String,
    created: Timestamp,
    visible_from: Instant,
    end: End,
}

/// How an accepted operation ends.
enum End {
    Registered(Ticket),
    /// Status 3 from that moment on, for ever: a repeat under the same id does not revive it (SC9, SC10).
    Failed {
        from: Instant,
        message: String,
    },
}

/// A request that is turned down, with the reason for the person who reads the test's output.
#[derive(Debug, PartialEq, Eq)]
struct Denied {
    status: u16,
    reason: String,
}

impl Denied {
    fn new(status: u16, reason: impl Into<String>) -> Denied {
        Denied { status, reason: reason.into() }
    }
}

impl From<Denied> for Answer {
    /// The document shows no error body; this one only has to be readable.
    fn from(denied: Denied) -> Answer {
        Answer::json(denied.status, format!("{{\"message\":{}}}", quote(&denied.reason)))
    }
}

impl Vendor for Cloud {
    async fn handle(&self, request: Request) -> Reply {
        let target = if request.path == CHECK_STATUS { Target::Status } else { Target::Submit };
        let mut turn = self.faults.turn(target, &request);
        if let Some(fault) = turn.meet(Fault::fits_any_request) {
            if let Some(reply) = fault.in_place_of_vendor() {
                return reply;
            }
            if let Fault::DocumentedError(Documented::Http(status)) = fault {
                return Answer::from(Denied::new(*status, "injected")).into();
            }
        }
        let answer = self.answer(&request, &mut turn).unwrap_or_else(Answer::from);
        turn.deliver(answer).await
    }
}

impl Cloud {
    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Denied> {
        let method = match request.path.as_str() {
            FORM_RECEIPT | DEPOSIT_CASH | WITHDRAW_CASH => "POST",
            CHECK_STATUS => "GET",
            path => return Err(Denied::new(404, format!("no such address: {path}"))),
        };
        if request.method != method {
            return Err(Denied::new(405, format!("the method is {method}")));
        }
        self.authorize(request)?;
        if request.path == CHECK_STATUS { self.status(request) } else { self.submit(request, turn) }
    }

    fn authorize(&self, request: &Request) -> Result<(), Denied> {
        let mut given = request.headers.get_all(AUTHORIZATION).iter();
        let expected = format!("Bearer {}", self.options.token);
        let known = given.next().is_some_and(|value| value.as_bytes() == expected.as_bytes());
        if known && given.next().is_none() {
            return Ok(());
        }
        Err(Denied::new(401, "wrong token"))
    }

    fn submit(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Denied> {
        if !is_json(request) {
            return Err(Denied::new(400, "the Content-Type is not JSON in UTF-8"));
        }
        let content = Tree::parse(&request.body).map_err(|reason| Denied::new(400, reason))?;
        let id = body::operation_id(&content)?;
        let mut operations = self.operations();
        if let Some(earlier) = operations.get(id) {
            // The vendor does not look at a repeat (SC9), so it is not even checked.
            if earlier.path != request.path || earlier.content != content {
                self.conflicts.add();
            }
            turn.meet(Fault::fits_accepted);
            return Ok(self.accepted());
        }
        let raw = String::from_utf8_lossy(&request.body);
        let mut entry = match request.path.as_str() {
            FORM_RECEIPT => body::receipt(&content, &raw)?,
            DEPOSIT_CASH => body::cash(&content, &raw, Operation::CashIn)?,
            _ => body::cash(&content, &raw, Operation::CashOut)?,
        };
        entry.device = self.choose_cashbox(&entry.device)?;
        let mut accepted = Accepted {
            path: request.path.clone(),
            cashbox: entry.device.clone(),
            created: Timestamp::now(),
            visible_from: Instant::now(),
            end: End::Failed { from: Instant::now(), message: String::new() },
            content: content.clone(),
        };
        let mut takes = self.options.processing_time;
        let mut failure = None;
        match turn.meet(Fault::fits_new_operation) {
            Some(Fault::NotPrinted) => entry.not_printed = true,
            Some(Fault::StaySlow(time)) => takes = *time,
            Some(Fault::LateVisibility(time)) => accepted.visible_from += *time,
            Some(Fault::DocumentedError(Documented::OperationFailed(message))) => {
                failure = Some(message.clone());
            }
            _ => {}
        }
        accepted.end = match failure {
            Some(message) => End::Failed { from: Instant::now() + takes, message },
            None => End::Registered(self.ledger.schedule(entry, takes)),
        };
        operations.insert(id.to_owned(), accepted);
        Ok(self.accepted())
    }

    fn accepted(&self) -> Answer {
        Answer::json(200, self.options.accepted_body.clone())
    }

    /// The named cashbox, or the first one for a request that leaves the choice to the vendor.
    fn choose_cashbox(&self, wanted: &str) -> Result<String, Denied> {
        let mut own = self.options.cashboxes.iter();
        let chosen = own.find(|id| wanted.is_empty() || id.eq_ignore_ascii_case(wanted));
        chosen.cloned().ok_or_else(|| Denied::new(403, "not a cashbox of this account"))
    }

    fn status(&self, request: &Request) -> Result<Answer, Denied> {
        let query = request.query.as_deref().unwrap_or("");
        let id = operation_id_of(query).ok_or_else(|| Denied::new(400, "which operation?"))?;
        let operations = self.operations();
        let found = operations.get(&id).filter(|found| found.visible_from <= Instant::now());
        let found = found.ok_or_else(|| Denied::new(404, "no such operation"))?;
        Ok(Answer::json(200, status::describe(found, &self.ledger, self.options.shift_number)))
    }

    fn operations(&self) -> MutexGuard<'_, HashMap<String, Accepted>> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_json(request: &Request) -> bool {
    let given = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(given) = given else { return false };
    let mut parts = given.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.next().as_deref() == Some("application/json")
        && parts.all(|parameter| matches!(parameter.as_str(), "charset=utf-8" | "charset=\"utf-8\""))
}

/// The value of `operationId`, which is the only parameter there is.
fn operation_id_of(query: &str) -> Option<String> {
    let value = query.strip_prefix("operationId=").filter(|value| !value.contains('&'))?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_decoded_as_a_form() {
        let id = |query| operation_id_of(query);
        assert_eq!(id("operationId=12857F").as_deref(), Some("12857F"));
        assert_eq!(id("operationId=a%2Bb%20c+d%26").as_deref(), Some("a+b c d&"));
        assert_eq!(id("operationId=%D1%87").as_deref(), Some("ч"));
        for wrong in ["", "operationId=", "operationid=1", "operationId=1&x=2", "operationId=%zz"] {
            assert_eq!(id(wrong), None, "{wrong}");
        }
    }
}
