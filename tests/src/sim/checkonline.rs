//! CheckOnline for Ferma, document v1.7: one synchronous call behind a client certificate.
//!
//! The answer carries the fiscal data. The key `(Group, Clientid, Requestid)` makes a repeat safe: the first answer
//! that settles the matter is kept and repeated byte for byte.

mod answer;
mod codes;
mod device;
mod request;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use codes::TaxidDialect;

use super::faults::{Target, Turn};
use super::http::{self, Answer, Reply, SeenLog, Vendor};
use super::json::Tree;
use super::ledger::Ticket;
use super::tls::{self, Pki};
use super::{Conflicts, Deliveries, Documented, Fault, Faults, Ledger};
use request::{Body, Key, ServiceError};

const PATH: &str = "/api/kkt/cloud/sync/receipt";

/// How the simulated service is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the ledger words the `Taxid` codes (CO1). The service itself takes the codes as they come.
    pub taxid_dialect: TaxidDialect,
    /// Time from acceptance to registration, while the client waits.
    pub processing_time: Duration,
    /// Number of the first fiscal document (1040).
    pub first_document_number: u32,
    /// Answer `ErrorMessages` as a list of strings, as the native protocol does, instead of a string, as the document
    /// types it (CO6).
    pub messages_as_list: bool,
    /// Offer TLS 1.2 only, where a client without a certificate fails before it has sent its request.
    pub tls12_only: bool,
    /// The certificates of an earlier life; new ones if nothing is said.
    pub pki: Option<Pki>,
}

impl Options {
    /// A register that takes 5 ms for a document, numbered from 62848 on.
    #[must_use]
    pub fn new(taxid_dialect: TaxidDialect) -> Options {
        Options {
            taxid_dialect,
            processing_time: Duration::from_millis(5),
            first_document_number: 62_848,
            messages_as_list: false,
            tls12_only: false,
            pki: None,
        }
    }
}

/// The running simulator: what all have, and the certificates.
#[derive(Debug)]
pub struct Simulator {
    common: super::Simulator,
    pki: Pki,
}

impl Simulator {
    /// All certificates, for a later life of this service.
    #[must_use]
    pub fn pki(&self) -> Pki {
        self.pki.clone()
    }

    /// The authority that signed the server's certificate.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.pki.ca_pem.clone()
    }

    /// The certificate that the server lets in.
    #[must_use]
    pub fn client_cert_pem(&self) -> String {
        self.pki.client_cert_pem.clone()
    }

    /// Its private key, PKCS #8.
    #[must_use]
    pub fn client_key_pem(&self) -> String {
        self.pki.client_key_pem.clone()
    }
}

impl Deref for Simulator {
    type Target = super::Simulator;

    fn deref(&self) -> &super::Simulator {
        &self.common
    }
}

/// Starts the simulator on a free port of the loopback interface.
pub async fn start(options: Options) -> Simulator {
    let pki = options.pki.clone().unwrap_or_else(tls::certificates);
    let acceptor = tls::demand_client_certificate(&pki, options.tls12_only);
    let (listener, address) = http::bind().await;
    let ledger = Ledger::new(options.first_document_number);
    let faults = Faults::new(|fault| {
        let own = |error: &Documented| matches!(error, Documented::Service(_) | Documented::Device(_));
        match fault {
            Fault::DocumentedError(error) => own(error),
            Fault::NotPrinted | Fault::LateVisibility(_) => false,
            other => !other.is_of_callback(),
        }
    });
    let conflicts = Conflicts::default();
    let seen = SeenLog::default();
    let service = Service {
        options,
        ledger: ledger.clone(),
        faults: faults.clone(),
        conflicts: conflicts.clone(),
        slots: Mutex::default(),
    };
    let server = http::serve(listener, Some(acceptor), service, seen.clone());
    let base_url = format!("https://{address}");
    let deliveries = Deliveries::default();
    let common = super::Simulator { base_url, ledger, faults, seen, conflicts, deliveries, server };
    Simulator { common, pki }
}

/// The service's side: the cache of answers in front of the register.
struct Service {
    options: Options,
    ledger: Ledger,
    faults: Faults,
    conflicts: Conflicts,
    slots: Mutex<HashMap<Key, Slot>>,
}

/// What the service holds for a key. The matter is settled at `due`, whether or not the client still waits.
struct Slot {
    content: Tree,
    due: Instant,
    outcome: Outcome,
}

#[derive(Clone)]
enum Outcome {
    Registered { ticket: Ticket, document_type: i64 },
    Refused { error: u32, reason: String },
}

/// What is to be done for a request that the service took in.
struct Pending {
    key: Key,
    due: Instant,
    outcome: Outcome,
    repeat: bool,
}

impl Vendor for Service {
    async fn handle(&self, request: http::Request) -> Reply {
        let mut turn = self.faults.turn(Target::Submit, &request);
        if let Some(fault) = turn.meet(Fault::fits_any_request) {
            if let Some(reply) = fault.in_place_of_vendor() {
                return reply;
            }
            if let Fault::DocumentedError(Documented::Service(code)) = fault {
                return answer::service_error(&ServiceError::new(*code, "injected")).into();
            }
        }
        let answer = match self.take_in(&request, &mut turn) {
            Ok(pending) => self.finish(pending).await,
            Err(answer) => answer,
        };
        turn.deliver(answer).await
    }
}

impl Service {
    /// Everything up to the moment when the register has its orders. No waiting here: a client that leaves must not
    /// stop what it started.
    fn take_in(&self, request: &http::Request, turn: &mut Turn<'_>) -> Result<Pending, Answer> {
        if request.path != PATH {
            return Err(Answer::new(404, "text/plain", "404 page not found"));
        }
        if request.method != "POST" {
            return Err(Answer::new(405, "text/plain", "405 method not allowed"));
        }
        let refuse = |error: ServiceError| answer::service_error(&error);
        let content = Tree::parse(&request.body).map_err(|why| refuse(ServiceError::new(2, why)))?;
        let key = request::key(&content).map_err(refuse)?;
        let mut slots = self.slots();
        if let Some(slot) = slots.get(&key) {
            if slot.content != content {
                self.conflicts.add();
            }
            if slot.due > Instant::now() {
                return Err(refuse(ServiceError::new(24, "the first request is being processed")));
            }
            let (due, outcome) = (slot.due, slot.outcome.clone());
            if matches!(outcome, Outcome::Registered { .. }) {
                turn.meet(Fault::fits_accepted);
            }
            return Ok(Pending { key, due, outcome, repeat: true });
        }
        let body = Body::read(&content).map_err(refuse)?;
        let raw = String::from_utf8_lossy(&request.body);
        let mut takes = self.options.processing_time;
        let outcome = match device::check(&body, &key, self.options.taxid_dialect, &raw) {
            Err(refusal) => Outcome::Refused { error: refusal.error, reason: refusal.reason },
            Ok(entry) => match turn.meet(Fault::fits_new_operation) {
                Some(Fault::DocumentedError(Documented::Device(error))) => {
                    Outcome::Refused { error: *error, reason: "injected".to_owned() }
                }
                met => {
                    if let Some(Fault::StaySlow(time)) = met {
                        takes = *time;
                    }
                    let document_type = body.document_type.unwrap_or_default();
                    let ticket = self.ledger.schedule(entry, takes);
                    Outcome::Registered { ticket, document_type }
                }
            },
        };
        let mut due = Instant::now() + takes;
        let kept = match &outcome {
            Outcome::Registered { .. } => true,
            Outcome::Refused { error, .. } => {
                due = Instant::now();
                codes::is_cached(*error)
            }
        };
        if kept {
            slots.insert(key.clone(), Slot { content, due, outcome: outcome.clone() });
        }
        Ok(Pending { key, due, outcome, repeat: false })
    }

    /// Waits for the register and writes its answer.
    async fn finish(&self, pending: Pending) -> Answer {
        tokio::time::sleep_until(pending.due.into()).await;
        let mut answer = match &pending.outcome {
            Outcome::Refused { error, reason } => {
                let as_list = self.options.messages_as_list;
                answer::device_error(&pending.key, *error, reason, as_list)
            }
            Outcome::Registered { ticket, document_type } => {
                let entry = loop {
                    match self.ledger.registered(*ticket) {
                        Some(entry) => break entry,
                        None => tokio::time::sleep(Duration::from_millis(1)).await,
                    }
                };
                answer::success(&pending.key, &entry, *document_type)
            }
        };
        answer.from_cache = pending.repeat;
        answer
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Key, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
