//! Faults: what goes wrong between a client and a register, on demand and one request at a time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::http::{Answer, Manner, Reply, Request, Taken};

/// One thing that goes wrong, once.
///
/// A fault waits at the head of its queue for a request that it fits and is used up by it; a request uses up one fault
/// at most.
///
/// * Any request fits, valid or not, repeat or not: [`AnswerHttp`](Fault::AnswerHttp), [`Html`](Fault::Html),
///   [`HtmlOk`](Fault::HtmlOk), [`CloseBeforeCommit`](Fault::CloseBeforeCommit), [`HalfBody`](Fault::HalfBody),
///   [`SlowDrip`](Fault::SlowDrip), [`Oversized`](Fault::Oversized), [`OthersAnswer`](Fault::OthersAnswer),
///   [`Documented::Http`], [`Documented::Service`], [`Documented::Refused`].
/// * A request that the vendor accepts fits, a repeat included: the `CommitThen…` faults.
/// * A request that starts a new operation fits: the rest.
///
/// The first four and the documented errors leave the book untouched. With all others the request is registered as
/// usual, and only the client's view of it is spoilt. ([`Documented::CriticalError`] says itself which of the two it is.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Something in front of the vendor answers; the vendor never sees the request.
    AnswerHttp {
        /// HTTP status.
        status: u16,
        /// Body as sent.
        body: String,
        /// `Content-Type`.
        content_type: String,
    },
    /// An error that the vendor documents; nothing is registered.
    DocumentedError(Documented),
    /// Registers, then answers HTTP 500 with a plain text.
    CommitThenError500,
    /// Registers, then closes the connection without an answer.
    CommitThenClose,
    /// Registers, is silent for that long, then closes the connection without an answer.
    CommitThenHang(Duration),
    /// Registers, then answers this JSON, as a front that repeats a request and passes on what the repeat is told.
    CommitThenAnswer {
        /// HTTP status.
        status: u16,
        /// Body as sent.
        body: String,
    },
    /// Reads the request, then closes the connection; nothing is registered.
    CloseBeforeCommit,
    /// The true status and length, then half of the body, then the connection closes. An answer without a body claims
    /// to have two bytes and sends none.
    HalfBody,
    /// A proxy's HTML page with status 502; nothing is registered.
    Html,
    /// A proxy's HTML page with status 200; nothing is registered.
    HtmlOk,
    /// The true status with a JSON string of that many bytes as the body; the request is handled as usual.
    Oversized(usize),
    /// The true answer in pieces of 16 bytes with that pause after each. An answer without a body is not slowed.
    SlowDrip(Duration),
    /// Handled as usual, and answered with what another request was answered last; as usual if there was none.
    OthersAnswer,
    /// Registered, but the paper did not come out.
    NotPrinted,
    /// For that long the status query says that it does not know the operation.
    LateVisibility(Duration),
    /// This operation takes that long instead of the usual time.
    StaySlow(Duration),
    /// The callback comes twice.
    CallbackTwice,
    /// That many copies of the callback come at the same moment.
    CallbackAtOnce(u32),
    /// The callback comes that long after the result.
    CallbackLate(Duration),
    /// The callback does not come.
    CallbackNever,
    /// Somebody else's callback comes while the register works, and claims a success that is not in the book. The
    /// true one follows as usual.
    CallbackForged(Forgery),
    /// The register is done at once, and the answer, which does not know of it, waits until the callback was tried, or
    /// five seconds.
    CallbackBeforeAnswer,
}

/// What is wrong with a forged callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgery {
    /// The secret that the client gave. Where the vendor has none it is the last character of the callback's URL, as
    /// of a URL with a secret in it.
    WrongSecret,
    /// The ids: they are of nothing that the client ever sent.
    UnknownId,
    /// The sums: the ids are right, the receipt is another one.
    WrongAmounts,
}

/// An error in the vendor's own terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Documented {
    /// Smart Cashier: an HTTP status of the document's lists (400, 401, 403, 404, 500). Mobika: the same, and 405 and
    /// 429.
    Http(u16),
    /// Smart Cashier: the operation ends in status 3 with this `errorMessage`. Rentel: it ends in KKT_ERROR with this
    /// `StatusMessage`.
    OperationFailed(String),
    /// IT Kassa: the request is not valid, `code` in the answer. Rentel: HTTP 400 with this `Error`.
    Refused {
        /// Never 0.
        code: i64,
        /// In words.
        message: String,
    },
    /// IT Kassa: the job leaves the queue with a `critical_error` of the register.
    CriticalError {
        /// The register's own code; 255 is no connection.
        code: i64,
        /// Where it stopped, as `OpenSession.Report`.
        phase: String,
        /// In words.
        text: String,
        /// Whether the document is in the fiscal drive all the same, as when only the printing failed.
        registered: bool,
    },
    /// CheckOnline: HTTP 500 with this `FCEError`. It comes even when the answer for the key is in the cache, as when
    /// the service in front of the cache is in trouble.
    Service(u32),
    /// CheckOnline: HTTP 200 with this `Response.Error`. It comes from the device, so a cached answer goes first.
    Device(u32),
}

impl Fault {
    /// Decided before the vendor looks at the request.
    #[must_use]
    pub fn fits_any_request(&self) -> bool {
        matches!(
            self,
            Fault::AnswerHttp { .. }
                | Fault::Html
                | Fault::HtmlOk
                | Fault::CloseBeforeCommit
                | Fault::HalfBody
                | Fault::SlowDrip(_)
                | Fault::OthersAnswer
                | Fault::Oversized(_)
                | Fault::DocumentedError(Documented::Http(_) | Documented::Service(_) | Documented::Refused { .. })
        )
    }

    /// Needs a vendor that calls back.
    pub(super) fn is_of_callback(&self) -> bool {
        matches!(
            self,
            Fault::CallbackTwice
                | Fault::CallbackAtOnce(_)
                | Fault::CallbackLate(_)
                | Fault::CallbackNever
                | Fault::CallbackForged(_)
                | Fault::CallbackBeforeAnswer
        )
    }

    /// Decided when the vendor accepted the request, repeats included.
    pub(super) fn fits_accepted(&self) -> bool {
        matches!(
            self,
            Fault::CommitThenError500
                | Fault::CommitThenClose
                | Fault::CommitThenHang(_)
                | Fault::CommitThenAnswer { .. }
        )
    }

    /// Decided when a new operation starts.
    pub(super) fn fits_new_operation(&self) -> bool {
        !self.fits_any_request()
    }

    /// The reply that comes instead of the vendor's, which then never sees the request.
    pub(super) fn in_place_of_vendor(&self) -> Option<Reply> {
        const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\
             <body><center><h1>502 Bad Gateway</h1></center><hr></body></html>\n";
        match self {
            Fault::AnswerHttp { status, body, content_type } => {
                Some(Answer::new(*status, content_type, body.clone()).into())
            }
            Fault::Html => Some(Answer::new(502, "text/html", PAGE).into()),
            Fault::HtmlOk => Some(Answer::new(200, "text/html", PAGE).into()),
            Fault::CloseBeforeCommit => Some(Reply::Close),
            _ => None,
        }
    }

    /// What the client gets of the vendor's answer.
    pub(super) async fn spoil(self, mut answer: Answer) -> Reply {
        match self {
            Fault::CommitThenError500 => {
                return Answer::new(500, "text/plain", "Internal Server Error").into();
            }
            Fault::CommitThenAnswer { status, body } => return Answer::json(status, body).into(),
            Fault::CommitThenClose => return Reply::Close,
            Fault::CommitThenHang(time) => {
                tokio::time::sleep(time).await;
                return Reply::Close;
            }
            Fault::HalfBody => answer.manner = Manner::Half,
            Fault::SlowDrip(pause) => answer.manner = Manner::Drip(pause),
            Fault::Oversized(bytes) => {
                let filling = "x".repeat(bytes.saturating_sub(2));
                let status = answer.status;
                answer = Answer::json(status, format!("\"{filling}\""));
            }
            _ => {}
        }
        answer.into()
    }
}

/// The handle that queues faults. A clone feeds the same queues.
#[derive(Debug, Clone)]
pub struct Faults {
    knows: fn(&Fault) -> bool,
    queues: Arc<Mutex<Queues>>,
}

#[derive(Default)]
struct Queues {
    submit: VecDeque<Fault>,
    status: VecDeque<Fault>,
    plan: Option<Plan>,
    answers: VecDeque<Told>,
}

type Plan = Arc<dyn Fn(&Asked<'_>) -> Option<Fault> + Send + Sync>;

impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Queues { submit, status, .. } = self;
        f.debug_struct("Queues").field("submit", submit).field("status", status).finish_non_exhaustive()
    }
}

/// A request, for those who choose its fault.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Whether it is to register something, and is no query.
    pub submits: bool,
    /// Its path, without the query.
    pub path: &'a str,
    /// Its query.
    pub query: &'a str,
    /// Its body.
    pub body: &'a [u8],
    request: &'a Request,
}

impl Asked<'_> {
    /// All of it, to be kept.
    #[must_use]
    pub fn taken(&self) -> Taken {
        Taken::of(self.request)
    }
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("submits", &self.submits).field("path", &self.path).finish_non_exhaustive()
    }
}

/// How many answers are remembered.
const ANSWERS: usize = 8;

/// An answer that was given, and to what.
struct Told {
    to: (Target, String, Bytes),
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

/// The two sorts of request that a vendor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Submit,
    Status,
}

impl Faults {
    /// Queues for a vendor that knows only some of the faults.
    pub(super) fn new(knows: fn(&Fault) -> bool) -> Faults {
        Faults { knows, queues: Arc::default() }
    }

    /// Queues a fault for the requests that register something.
    ///
    /// # Panics
    /// When this vendor has no such fault: it would wait for ever and hold up those behind it.
    pub fn push(&self, fault: Fault) {
        assert!((self.knows)(&fault), "this simulator has no {fault:?}");
        self.queues().submit.push_back(fault);
    }

    /// Queues a fault for the status queries.
    ///
    /// # Panics
    /// When a status query cannot have such a fault.
    pub fn push_for_status(&self, fault: Fault) {
        let fits = (self.knows)(&fault) && fault.fits_any_request();
        assert!(fits, "a status query of this simulator has no {fault:?}");
        self.queues().status.push_back(fault);
    }

    /// Whether this vendor has such a fault.
    #[must_use]
    pub fn has(&self, fault: &Fault) -> bool {
        (self.knows)(fault)
    }

    /// Lets `plan` choose the fault of every request, before the queues are looked at. One that does not fit the request
    /// does not strike.
    pub fn plan(&self, plan: impl Fn(&Asked<'_>) -> Option<Fault> + Send + Sync + 'static) {
        self.queues().plan = Some(Arc::new(plan));
    }

    /// How many queued faults have not struck yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let queues = self.queues();
        queues.submit.len() + queues.status.len()
    }

    /// A request's one chance to meet a fault.
    pub(super) fn turn(&self, target: Target, request: &Request) -> Turn<'_> {
        let plan = self.queues().plan.clone();
        let planned = plan.and_then(|plan| {
            let query = request.query.as_deref().unwrap_or("");
            let submits = target == Target::Submit;
            plan(&Asked { submits, path: &request.path, query, body: &request.body, request })
        });
        let path = format!("{}?{}", request.path, request.query.as_deref().unwrap_or(""));
        Turn { faults: self, target, planned, to: (target, path, request.body.clone()), met: None }
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request on its way through the vendor, with the fault that it met, if any.
pub(super) struct Turn<'a> {
    faults: &'a Faults,
    target: Target,
    planned: Option<Fault>,
    to: (Target, String, Bytes),
    met: Option<Fault>,
}

impl Turn<'_> {
    /// Meets the fault at the head of the queue if it fits and this request has met none yet.
    pub(super) fn meet(&mut self, fits: fn(&Fault) -> bool) -> Option<&Fault> {
        if self.met.is_some() {
            return None;
        }
        if let Some(planned) = self.planned.take_if(|planned| fits(planned)) {
            self.met = Some(planned);
            return self.met.as_ref();
        }
        let mut queues = self.faults.queues();
        let queue = match self.target {
            Target::Submit => &mut queues.submit,
            Target::Status => &mut queues.status,
        };
        if queue.front().is_some_and(fits) {
            self.met = queue.pop_front();
        }
        self.met.as_ref()
    }

    /// Hands the answer out, spoilt by the fault that was met.
    pub(super) async fn deliver(self, answer: Answer) -> Reply {
        let answer = self.exchanged(answer);
        match self.met {
            Some(fault) => fault.spoil(answer).await,
            None => answer.into(),
        }
    }
}

impl Turn<'_> {
    /// Remembers the answer, and gives another one's where the fault is that.
    fn exchanged(&self, answer: Answer) -> Answer {
        let mut queues = self.faults.queues();
        let another = queues.answers.iter().rev().find(|told| told.to.0 == self.target && told.to != self.to);
        let another = another.filter(|_| self.met == Some(Fault::OthersAnswer));
        let another = another.map(|told| Answer::new(told.status, &told.content_type, told.body.clone()));
        if answer.status == 200 {
            let Answer { status, content_type, body, .. } = &answer;
            let (content_type, body) = (content_type.clone(), body.clone());
            queues.answers.push_back(Told { to: self.to.clone(), status: *status, content_type, body });
            while queues.answers.len() > ANSWERS {
                queues.answers.pop_front();
            }
        }
        another.unwrap_or(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_meets_one_fault_in_order() {
        let faults = Faults::new(|_| true);
        faults.push(Fault::NotPrinted);
        faults.push(Fault::Html);
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: None,
            headers: hyper::HeaderMap::new(),
            body: Bytes::new(),
        };
        let mut first = faults.turn(Target::Submit, &request);
        assert_eq!(first.meet(Fault::fits_any_request), None, "the head does not fit yet");
        assert_eq!(first.meet(Fault::fits_new_operation), Some(&Fault::NotPrinted));
        assert_eq!(first.meet(Fault::fits_any_request), None, "one fault is enough");
        let mut second = faults.turn(Target::Submit, &request);
        assert_eq!(second.meet(Fault::fits_any_request), Some(&Fault::Html));
        assert_eq!(faults.waiting(), 0);
    }

    #[test]
    #[should_panic(expected = "has no NotPrinted")]
    fn an_unknown_fault_is_refused_at_once() {
        Faults::new(|fault| *fault != Fault::NotPrinted).push(Fault::NotPrinted);
    }
}
