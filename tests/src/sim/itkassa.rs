//! IT Kassa («АТИ Касса»): a queue in front of rented registers, polled or reported by callback.
//!
//! HTTP statuses are never mentioned there (IK11), so what is wrong with a request is said with HTTP 200 and a `code`
//! other than 0; only a stranger, an unknown address, a wrong method and an unknown document get a status.

mod command;
mod document;
mod receipt;
mod register;
mod settings;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use register::{Register, Session};
pub use settings::Settings;

use super::courier::{AT_ONCE, Courier, FirstAttempt, Plan, Retry};
use super::faults::{Target, Turn};
use super::fields::Fields;
use super::http::{self, Answer, Reply, Request, SeenLog, Vendor, percent_decoded};
use super::json::{Tree, quote};
use super::{Conflicts, Deliveries, Documented, Entry, Fault, Faults, Ledger, Simulator, checks};
use command::{Rules, Work};
use document::{Document, Outcome};
use register::{Failure, Till};

const API: &str = "/open/api/v1";
const API_KEY: &str = "X-Api-Key";
/// The simulator's own: the document has no list of codes.
const NOT_VALID: i64 = 1;

/// How the simulated vendor is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The shop's secret key.
    pub api_key: String,
    /// `organizationId`, a GUID; callbacks have it in `X-Organization-Id`.
    pub organization_id: String,
    /// The shop's registers.
    pub registers: Vec<Register>,
    /// Time that a register takes for a job. The jobs of a register wait for each other.
    pub processing_time: Duration,
    /// Number of the first fiscal document (1040).
    pub first_document_number: u32,
    /// How the callbacks go, as if set in the personal account. None until the client sets it.
    pub settings: Option<Settings>,
    /// How often a callback is tried until the client answers 200.
    pub retry: Retry,
    /// Whether a register opens a shift for a receipt by itself, and closes one of more than 24 hours before that.
    pub shifts_by_themselves: bool,
    /// Round prices and quantities that are too exact, as the document says, and not refuse them.
    pub rounds: bool,
    /// Report a failed job in the older flat shape (IK12), in answers and in callbacks.
    pub flat_errors: bool,
    /// The registers are in test mode: what they make has number 0 (IK7).
    pub test_register: bool,
    /// Give `checkSign`, which is described and never shown (IK6).
    pub check_sign: bool,
}

impl Options {
    /// A shop with that key and those registers, 30 ms for a job, documents from 11 on, five attempts for a callback.
    #[must_use]
    pub fn new(api_key: impl Into<String>, registers: impl IntoIterator<Item = Register>) -> Options {
        Options {
            api_key: api_key.into(),
            organization_id: "a6ca9ac2-8c7d-4071-b9ce-4e0aefbbba6c".to_owned(),
            registers: registers.into_iter().collect(),
            processing_time: Duration::from_millis(30),
            first_document_number: 11,
            settings: None,
            retry: Retry { attempts: 5, first_pause: Duration::from_millis(40) },
            shifts_by_themselves: true,
            rounds: false,
            flat_errors: false,
            test_register: false,
            check_sign: false,
        }
    }
}

/// Starts the simulator on a free port of the loopback interface. Its address is without `/open/api/v1`.
///
/// # Panics
/// When the options name no register, or an id that is not a GUID.
pub async fn start(options: Options) -> Simulator {
    assert!(!options.registers.is_empty(), "a shop has a register");
    let ids = options.registers.iter().map(|register| &register.id).chain([&options.organization_id]);
    assert!(ids.into_iter().all(|id| checks::is_guid(id)), "an id is a GUID");
    let (listener, address) = http::bind().await;
    let ledger = Ledger::new(options.first_document_number);
    let faults = Faults::new(|fault| match fault {
        Fault::DocumentedError(error) => {
            matches!(error, Documented::Refused { .. } | Documented::CriticalError { .. })
        }
        other => *other != Fault::NotPrinted,
    });
    let conflicts = Conflicts::default();
    let deliveries = Deliveries::default();
    let seen = SeenLog::hiding(API_KEY);
    let shop = Shop {
        tills: options.registers.iter().cloned().map(Till::new).collect(),
        settings: options.settings.clone(),
        documents: Vec::new(),
    };
    let cloud = Cloud {
        courier: Courier::new(options.retry, deliveries.clone()),
        options,
        ledger: ledger.clone(),
        faults: faults.clone(),
        conflicts: conflicts.clone(),
        shop: Mutex::new(shop),
    };
    let server = http::serve(listener, None, cloud, seen.clone());
    let base_url = format!("http://{address}");
    Simulator { base_url, ledger, faults, seen, conflicts, deliveries, server }
}

/// The vendor's side: the shop's queues.
struct Cloud {
    options: Options,
    ledger: Ledger,
    faults: Faults,
    conflicts: Conflicts,
    courier: Courier,
    shop: Mutex<Shop>,
}

struct Shop {
    tills: Vec<Till>,
    settings: Option<Settings>,
    /// In the order of acceptance.
    documents: Vec<Arc<Document>>,
}

/// A request that is turned down.
#[derive(Debug, PartialEq, Eq)]
struct Denied {
    status: u16,
    code: i64,
    reason: String,
}

impl Denied {
    fn by_http(status: u16, reason: &str) -> Denied {
        Denied { status, code: i64::from(status), reason: reason.to_owned() }
    }
}

impl From<String> for Denied {
    fn from(reason: String) -> Denied {
        Denied { status: 200, code: NOT_VALID, reason }
    }
}

impl From<Denied> for Answer {
    /// What the service itself finds wrong is in `result` and `result_description`.
    fn from(denied: Denied) -> Answer {
        let body = format!(
            "{{\"code\":{},\"result\":\"critical_error\",\"result_description\":{}}}",
            denied.code,
            quote(&denied.reason)
        );
        Answer::json(denied.status, body)
    }
}

impl Vendor for Cloud {
    async fn handle(&self, request: Request) -> Reply {
        let prints = request.method == "POST" && request.path.ends_with("/print-documents");
        let mut turn = self.faults.turn(if prints { Target::Submit } else { Target::Status }, &request);
        if let Some(fault) = turn.meet(Fault::fits_any_request) {
            if let Some(reply) = fault.in_place_of_vendor() {
                return reply;
            }
            if let Fault::DocumentedError(Documented::Refused { code, message }) = fault {
                return Answer::from(Denied { status: 200, code: *code, reason: message.clone() }).into();
            }
        }
        let (answer, wait) = match self.answer(&request, &mut turn) {
            Ok(answer) => answer,
            Err(denied) => (denied.into(), None),
        };
        if let Some(wait) = wait {
            wait.over().await;
        }
        turn.deliver(answer).await
    }
}

impl Cloud {
    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<(Answer, Option<FirstAttempt>), Denied> {
        let no_such = || Denied::by_http(404, "no such address");
        let path = request.path.strip_prefix(API).ok_or_else(no_such)?;
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let method = match parts.as_slice() {
            ["organization", "settings"] | ["print-documents"] => "POST",
            ["cre", "items", ""] | ["print-documents", _] | ["print-documents", _, "idempotent"] => "GET",
            _ => return Err(no_such()),
        };
        if request.method != method {
            return Err(Denied::by_http(405, "no such method"));
        }
        if !request.bears(API_KEY, &self.options.api_key) {
            return Err(Denied::by_http(401, "X-Api-Key is unknown"));
        }
        if method == "POST" && !request.is_json() {
            return Err("the Content-Type is not JSON in UTF-8".to_owned().into());
        }
        let answer = match parts.as_slice() {
            ["print-documents"] => return self.print(request, turn),
            ["organization", _] => {
                let settings = Settings::read(&Tree::parse(&request.body)?)?;
                self.shop().settings = Some(settings);
                Answer::json(200, "{\"code\":0}")
            }
            ["print-documents", id] => self.find(|document| document.id == *id)?,
            ["print-documents", key, _] => {
                let key = percent_decoded(key);
                self.find(|document| document.key.is_some() && document.key == key)?
            }
            _ => {
                let shop = self.shop();
                Answer::json(200, settings::registers(&shop.tills, &self.options.organization_id))
            }
        };
        Ok((answer, None))
    }

    /// The latest one, where a key was used again (IK9).
    fn find(&self, wanted: impl Fn(&Document) -> bool) -> Result<Answer, Denied> {
        let shop = self.shop();
        let mut visible = shop.documents.iter().rev().filter(|document| document.visible_from <= Instant::now());
        let found = visible.find(|document| wanted(document));
        let found = found.ok_or_else(|| Denied::by_http(404, "no such document"))?;
        Ok(Answer::json(200, found.answer(&self.ledger)))
    }

    fn print(&self, request: &Request, turn: &mut Turn<'_>) -> Result<(Answer, Option<FirstAttempt>), Denied> {
        let content = Tree::parse(&request.body)?;
        let mut fields = Fields::of(&content, "the document")?;
        let register = fields.text("creItemId")?;
        let key = fields.text_if_any("idempKey")?;
        let commands = fields.required("commands")?.clone();
        fields.finish()?;
        if key.as_deref().is_some_and(|key| !checks::is_guid(key)) {
            return Err("idempKey is not a UUID".to_owned().into());
        }
        let mut shop = self.shop();
        // "In a row": only the job before this one counts; a key that was used earlier starts a new job.
        let last = shop.documents.last().filter(|last| key.is_some() && last.key == key);
        if let Some(last) = last {
            if last.content != content {
                self.conflicts.add();
            }
            turn.meet(Fault::fits_accepted);
            return Ok((Answer::json(200, last.answer(&self.ledger)), None));
        }
        let raw = String::from_utf8_lossy(&request.body);
        let rules = Rules { rounds: self.options.rounds };
        let mut work = command::read(&commands, key.as_deref().unwrap_or(""), &raw, rules)?;
        let Some(place) = shop.tills.iter().position(|till| till.register.id.eq_ignore_ascii_case(&register)) else {
            return Err("creItemId is of no register of the shop".to_owned().into());
        };
        work.entry.device = shop.tills[place].register.id.clone();

        let mut takes = self.options.processing_time;
        let mut visible_from = Instant::now();
        let met = turn.meet(Fault::fits_new_operation);
        match met {
            Some(Fault::StaySlow(time)) => takes = *time,
            Some(Fault::LateVisibility(time)) => visible_from += *time,
            Some(Fault::CallbackBeforeAnswer) => takes = AT_ONCE,
            _ => {}
        }
        let plan = Plan::of(met);
        let number = 858 + u64::try_from(shop.documents.len()).unwrap_or_default();
        let till = &mut shop.tills[place];
        let (begins, due) = till.enqueue(takes);
        let outcome = self.work(till, &mut work, due, met);
        let document = Arc::new(Document {
            id: checks::guid(number),
            key,
            number,
            organization: self.options.organization_id.clone(),
            register: till.register.id.clone(),
            fs_number: till.register.fs_number.clone(),
            content,
            commands,
            work,
            created: Timestamp::now(),
            visible_from,
            begins,
            due,
            ends: Timestamp::now() + due.saturating_duration_since(Instant::now()),
            shift: till.shift_at(due),
            outcome,
            check_sign: self.options.check_sign,
            flat: self.options.flat_errors,
            test_register: self.options.test_register,
        });
        let wait = self.call_back(&document, shop.settings.clone(), plan);
        shop.documents.push(document.clone());
        Ok((Answer::json(200, document.answer(&self.ledger)), wait))
    }

    /// Gives the job to the register.
    fn work(&self, till: &mut Till, work: &mut Work, due: Instant, met: Option<&Fault>) -> Outcome {
        let until = due.saturating_duration_since(Instant::now());
        let refused = match met {
            Some(Fault::DocumentedError(Documented::CriticalError { code, phase, text, registered })) => {
                Some((Failure { code: *code, phase: phase.clone(), text: text.clone() }, *registered))
            }
            _ => None,
        };
        if let Some((failure, false)) = refused {
            return Outcome::Failed(failure);
        }
        let alone = self.options.shifts_by_themselves;
        let before = match till.work(work.entry.operation, work.phase, due, alone) {
            Ok(before) => before,
            Err(failure) => return Outcome::Failed(failure),
        };
        for operation in before {
            // Nobody's request, so it has no key.
            let mut entry = Entry::draft("", operation, "");
            entry.device = work.entry.device.clone();
            self.ledger.schedule(entry, until);
        }
        let ticket = self.ledger.schedule(work.entry.clone(), until);
        match refused {
            Some((failure, _)) => Outcome::Failed(failure),
            None => Outcome::Done(ticket),
        }
    }

    /// Plans the callback to where it goes now; later settings are for later jobs.
    fn call_back(&self, document: &Arc<Document>, settings: Option<Settings>, plan: Plan) -> Option<FirstAttempt> {
        let settings = settings?;
        let organization = &self.options.organization_id;
        let forged =
            plan.forgery.map(|forgery| settings.forged_parcel(organization, document.forged(forgery), forgery));
        let (ledger, organization, due) = (self.ledger.clone(), organization.clone(), document.due);
        let document = document.clone();
        let truth = move || Some(settings.parcel(&organization, document.callback(&ledger)?));
        Some(self.courier.send(due, plan, truth, forged)).filter(|_| plan.before_answer)
    }

    fn shop(&self) -> MutexGuard<'_, Shop> {
        self.shop.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
