//! Rentel: one call that takes a receipt in, and a callback that tells what became of it.
//!
//! The document leaves the callback's body open. Here it is what Ferma, whose fields the rest has, would say: own
//! choice.

mod body;
mod callback;
mod correction;
mod item;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::courier::{self, AT_ONCE, Courier, FirstAttempt, Parcel, Plan, Retry, guessed};
use super::faults::{Forgery, Target, Turn};
use super::http::{self, Answer, Reply, Request, SeenLog, Vendor};
use super::json::{Tree, quote};
use super::ledger::Ticket;
use super::{Conflicts, Deliveries, Documented, Entry, Fault, Faults, Ledger, Simulator};

const RECEIPT: &str = "/receipt";
/// The simulator's own: the document shows 1 alone, for an unknown error.
const NOT_VALID: i64 = 2;

/// How the simulated fiscal side is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name and value of the header that lets a client in. The document has none, so anybody is let in unless set.
    pub auth_header: Option<(String, String)>,
    /// INNs of the companies that have a register here.
    pub inns: Vec<String>,
    /// Time from acceptance to the register's result.
    pub processing_time: Duration,
    /// How often a callback is tried; the document promises no repeats.
    pub retry: Retry,
    /// Number of the first fiscal document (1040).
    pub first_document_number: u32,
    /// Call back again when an `InvoiceId` comes again. The document says nothing of it (RE11).
    pub callback_on_repeat: bool,
}

impl Options {
    /// A side for those companies that lets in anybody, 30 ms for a receipt, documents from 5 on.
    #[must_use]
    pub fn new(inns: impl IntoIterator<Item = String>) -> Options {
        Options {
            auth_header: None,
            inns: inns.into_iter().collect(),
            processing_time: Duration::from_millis(30),
            retry: Retry::once(),
            first_document_number: 5,
            callback_on_repeat: false,
        }
    }
}

/// Starts the simulator on a free port of the loopback interface. The call is `POST {base_url}/receipt`.
///
/// # Panics
/// When the options name no INN.
pub async fn start(options: Options) -> Simulator {
    assert!(!options.inns.is_empty(), "there is a company");
    let (listener, address) = http::bind().await;
    let ledger = Ledger::new(options.first_document_number);
    let faults = Faults::new(|fault| match fault {
        Fault::DocumentedError(error) => matches!(error, Documented::Refused { .. } | Documented::OperationFailed(_)),
        other => !matches!(other, Fault::NotPrinted | Fault::LateVisibility(_)),
    });
    let conflicts = Conflicts::default();
    let deliveries = Deliveries::default();
    let seen = options.auth_header.as_ref().map_or_else(SeenLog::default, |(name, _)| SeenLog::hiding(name));
    let cloud = Cloud {
        courier: Courier::new(options.retry, deliveries.clone()),
        options,
        ledger: ledger.clone(),
        faults: faults.clone(),
        conflicts: conflicts.clone(),
        invoices: Mutex::default(),
    };
    let server = http::serve(listener, None, cloud, seen.clone());
    let base_url = format!("http://{address}");
    Simulator { base_url, ledger, faults, seen, conflicts, deliveries, server }
}

/// The fiscal side: the invoices that it took in.
struct Cloud {
    options: Options,
    ledger: Ledger,
    faults: Faults,
    conflicts: Conflicts,
    courier: Courier,
    /// By `InvoiceId`. A receipt without one is not here: it is new every time.
    invoices: Mutex<HashMap<String, Arc<Invoice>>>,
}

/// A receipt that was taken in. Nothing but the clock changes it.
struct Invoice {
    id: Option<String>,
    content: Tree,
    callback_url: Option<String>,
    due: Instant,
    end: End,
}

enum End {
    Registered(Ticket),
    /// For ever: another try needs another `InvoiceId`.
    Failed(String),
}

/// A request that is turned down.
#[derive(Debug, PartialEq, Eq)]
struct Denied {
    status: u16,
    code: i64,
    reason: String,
}

impl Denied {
    /// The document has 200 and 400 only (RE19).
    fn by_http(status: u16, reason: &str) -> Denied {
        Denied { status, code: i64::from(status), reason: reason.to_owned() }
    }
}

impl From<String> for Denied {
    fn from(reason: String) -> Denied {
        Denied { status: 400, code: NOT_VALID, reason }
    }
}

impl From<Denied> for Answer {
    fn from(denied: Denied) -> Answer {
        let body = format!(
            "{{\"Status\":\"Failed\",\"Data\":{{\"Error\":{{\"Code\":{},\"Message\":{}}}}}}}",
            denied.code,
            quote(&denied.reason)
        );
        Answer::json(denied.status, body)
    }
}

impl Vendor for Cloud {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn = self.faults.turn(Target::Submit, &request);
        if let Some(fault) = turn.meet(Fault::fits_any_request) {
            if let Some(reply) = fault.in_place_of_vendor() {
                return reply;
            }
            if let Fault::DocumentedError(Documented::Refused { code, message }) = fault {
                return Answer::from(Denied { status: 400, code: *code, reason: message.clone() }).into();
            }
        }
        let answer = match self.take_in(&request, &mut turn) {
            Err(denied) => denied.into(),
            Ok(wait) => {
                if let Some(wait) = wait {
                    wait.over().await;
                }
                Answer::json(200, "{\"Status\":\"Success\",\"Data\":{}}")
            }
        };
        turn.deliver(answer).await
    }
}

impl Cloud {
    fn take_in(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Option<FirstAttempt>, Denied> {
        if request.path != RECEIPT {
            return Err(Denied::by_http(404, "no such address"));
        }
        if request.method != "POST" {
            return Err(Denied::by_http(405, "the method is POST"));
        }
        if self.options.auth_header.as_ref().is_some_and(|(name, value)| !request.bears(name, value)) {
            return Err(Denied::by_http(401, "who are you?"));
        }
        if !request.is_json() {
            return Err("the Content-Type is not JSON in UTF-8".to_owned().into());
        }
        let content = Tree::parse(&request.body)?;
        let id = body::invoice_id(&content)?;
        let mut invoices = self.invoices();
        if let Some(earlier) = id.as_ref().and_then(|id| invoices.get(id)) {
            // What is sent a second time is not looked at.
            if earlier.content != content {
                self.conflicts.add();
            }
            turn.meet(Fault::fits_accepted);
            if self.options.callback_on_repeat {
                self.call_back(earlier, None, Plan::of(None));
            }
            return Ok(None);
        }
        let raw = String::from_utf8_lossy(&request.body);
        let receipt = body::read(&content, &raw)?;
        if !self.options.inns.contains(&receipt.inn) {
            return Err("Inn is of no company here".to_owned().into());
        }

        let mut takes = self.options.processing_time;
        let met = turn.meet(Fault::fits_new_operation);
        let mut failure = None;
        match met {
            Some(Fault::StaySlow(time)) => takes = *time,
            Some(Fault::CallbackBeforeAnswer) => takes = AT_ONCE,
            Some(Fault::DocumentedError(Documented::OperationFailed(message))) => failure = Some(message.clone()),
            _ => {}
        }
        let plan = Plan::of(met);
        let invoice = Arc::new(Invoice {
            id: id.clone(),
            content,
            // Where it is no URL nobody is called, and nobody is told.
            callback_url: receipt.callback_url.clone().filter(|url| courier::is_url(url)),
            due: Instant::now() + takes,
            end: match failure {
                Some(message) => End::Failed(message),
                None => End::Registered(self.ledger.schedule(receipt.entry.clone(), takes)),
            },
        });
        if let Some(id) = id {
            invoices.insert(id, invoice.clone());
        }
        Ok(self.call_back(&invoice, Some(&receipt.entry), plan).filter(|_| plan.before_answer))
    }

    fn call_back(&self, invoice: &Arc<Invoice>, entry: Option<&Entry>, plan: Plan) -> Option<FirstAttempt> {
        let url = invoice.callback_url.clone()?;
        let parcel = |url: String, body: String| Parcel { url, headers: Vec::new(), body, letter_to: None };
        let forged = plan.forgery.zip(entry).map(|(forgery, entry)| {
            let url = if forgery == Forgery::WrongSecret { guessed(&url) } else { url.clone() };
            parcel(url, callback::forged(invoice.id.as_deref(), entry, forgery))
        });
        let (invoice, ledger, due) = (invoice.clone(), self.ledger.clone(), invoice.due);
        let truth = move || Some(parcel(url.clone(), callback::result(&invoice, &ledger)?));
        Some(self.courier.send(due, plan, truth, forged))
    }

    fn invoices(&self) -> MutexGuard<'_, HashMap<String, Arc<Invoice>>> {
        self.invoices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
