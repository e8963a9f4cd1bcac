//! Callbacks: POSTs from the vendor to the client, with the repeats that the vendor promises and the mishaps that it
//! does not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::faults::{Fault, Forgery};

/// How long the client may take for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an answer waits for its callback at most.
const BEFORE_ANSWER: Duration = Duration::from_secs(5);

/// What a register takes when its callback comes before the answer: less than anybody notices, and enough for an answer
/// that still says "in the queue".
pub(super) const AT_ONCE: Duration = Duration::from_millis(5);

/// How often a callback is tried until the client answers 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The first one included.
    pub attempts: u32,
    /// Pause after the first attempt; each next one is twice as long.
    pub first_pause: Duration,
}

impl Retry {
    /// No second attempt.
    #[must_use]
    pub fn once() -> Retry {
        Retry { attempts: 1, first_pause: Duration::ZERO }
    }
}

/// One attempt to deliver a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where it went.
    pub url: String,
    /// What it said.
    pub body: String,
    /// Whether it was somebody else's ([`Fault::CallbackForged`]).
    pub forged: bool,
    /// 1 for the first attempt to deliver this callback.
    pub attempt: u32,
    /// The client's HTTP status. None if it did not answer.
    pub status: Option<u16>,
    /// When the attempt began.
    pub at: Timestamp,
    /// The address of the letter about the failure of the last attempt, where the vendor writes one.
    pub letter_to: Option<String>,
}

/// The list behind `deliveries()`.
#[derive(Debug, Clone, Default)]
pub(super) struct Deliveries(Arc<Mutex<Vec<Delivery>>>);

impl Deliveries {
    pub(super) fn all(&self) -> Vec<Delivery> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, delivery: Delivery) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
    }
}

/// What is to be delivered.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    /// Who gets a letter when every attempt failed.
    pub(super) letter_to: Option<String>,
}

/// What a fault makes of the callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    copies: u32,
    at_once: bool,
    late: Duration,
    pub(super) forgery: Option<Forgery>,
    pub(super) before_answer: bool,
}

impl Plan {
    pub(super) fn of(met: Option<&Fault>) -> Plan {
        let usual = Plan { copies: 1, at_once: false, late: Duration::ZERO, forgery: None, before_answer: false };
        match met {
            Some(Fault::CallbackTwice) => Plan { copies: 2, ..usual },
            Some(Fault::CallbackAtOnce(copies)) => Plan { copies: *copies, at_once: true, ..usual },
            Some(Fault::CallbackLate(time)) => Plan { late: *time, ..usual },
            Some(Fault::CallbackNever) => Plan { copies: 0, ..usual },
            Some(Fault::CallbackForged(forgery)) => Plan { forgery: Some(*forgery), ..usual },
            Some(Fault::CallbackBeforeAnswer) => Plan { before_answer: true, ..usual },
            _ => usual,
        }
    }
}

/// The vendor's side that calls back. Its errands end with it.
#[derive(Debug)]
pub(super) struct Courier {
    retry: Retry,
    deliveries: Deliveries,
    errands: Mutex<JoinSet<()>>,
}

/// Tells when the first attempt to deliver is over.
pub(super) struct FirstAttempt(oneshot::Receiver<()>);

impl FirstAttempt {
    pub(super) async fn over(self) {
        // An errand that was called off is over too.
        let _ = tokio::time::timeout(BEFORE_ANSWER, self.0).await;
    }
}

impl Courier {
    pub(super) fn new(retry: Retry, deliveries: Deliveries) -> Courier {
        Courier { retry, deliveries, errands: Mutex::default() }
    }

    /// Delivers what `parcel` gives, asked from `due` on until it gives something; the forged one goes before that.
    pub(super) fn send(
        &self,
        due: Instant,
        plan: Plan,
        parcel: impl Fn() -> Option<Parcel> + Send + 'static,
        forged: Option<Parcel>,
    ) -> FirstAttempt {
        let (told, first) = oneshot::channel();
        let (retry, deliveries) = (self.retry, self.deliveries.clone());
        let mut errands = self.errands.lock().unwrap_or_else(PoisonError::into_inner);
        while errands.try_join_next().is_some() {}
        errands.spawn(async move {
            if let Some(forged) = forged {
                // In the middle of the register's work.
                tokio::time::sleep(due.saturating_duration_since(Instant::now()) / 2).await;
                attempt(&forged, 1, true, false, &deliveries).await;
            }
            if plan.copies == 0 {
                return;
            }
            tokio::time::sleep_until((due + plan.late).into()).await;
            let parcel = loop {
                match parcel() {
                    Some(parcel) => break parcel,
                    None => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            };
            if plan.at_once {
                let copies = (0..plan.copies).map(|_| (parcel.clone(), deliveries.clone()));
                let posts: JoinSet<()> = copies
                    .map(|(parcel, deliveries)| async move { deliver(&parcel, retry, &mut None, &deliveries).await })
                    .collect();
                posts.join_all().await;
                return;
            }
            let mut told = Some(told);
            for _ in 0..plan.copies {
                deliver(&parcel, retry, &mut told, &deliveries).await;
            }
        });
        FirstAttempt(first)
    }
}

/// Tries until the client answers 200 or the attempts are used up.
async fn deliver(parcel: &Parcel, retry: Retry, told: &mut Option<oneshot::Sender<()>>, deliveries: &Deliveries) {
    let mut pause = retry.first_pause;
    for number in 1..=retry.attempts {
        let last = number == retry.attempts;
        let status = attempt(parcel, number, false, last, deliveries).await;
        if let Some(told) = told.take() {
            // Nobody need be waiting.
            let _ = told.send(());
        }
        if status == Some(200) || last {
            return;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

async fn attempt(parcel: &Parcel, number: u32, forged: bool, last: bool, deliveries: &Deliveries) -> Option<u16> {
    let at = Timestamp::now();
    let status = tokio::time::timeout(PATIENCE, post(parcel)).await.ok().flatten();
    deliveries.note(Delivery {
        url: parcel.url.clone(),
        body: parcel.body.clone(),
        forged,
        attempt: number,
        status,
        at,
        letter_to: parcel.letter_to.clone().filter(|_| last && status != Some(200)),
    });
    status
}

/// The status that came back, if any. Only plain HTTP: the clients of the tests are on this machine.
async fn post(parcel: &Parcel) -> Option<u16> {
    let uri: hyper::Uri = parcel.url.parse().ok()?;
    if uri.scheme_str() != Some("http") {
        return None;
    }
    let authority = uri.authority()?;
    let stream = TcpStream::connect((uri.host()?, authority.port_u16().unwrap_or(80))).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = hyper::Request::post(path)
        .header(HOST, authority.as_str())
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in &parcel.headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(parcel.body.clone()))).ok()?;
    let exchange = async move {
        let response = sender.send_request(request).await.ok()?;
        let status = response.status().as_u16();
        // The rest of the answer is of no use, but a client that is cut off may take it for a failure.
        let _ = response.into_body().collect().await;
        Some(status)
    };
    let (status, _) = tokio::join!(exchange, connection);
    status
}

/// The URL with another last character, as of somebody who had to guess it.
pub(super) fn guessed(url: &str) -> String {
    let mut url = url.to_owned();
    let other = if url.ends_with('x') { 'y' } else { 'x' };
    if !url.ends_with('/') {
        url.pop();
    }
    url.push(other);
    url
}

/// Whether a callback can go there.
pub(super) fn is_url(text: &str) -> bool {
    text.parse::<hyper::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_another_url() {
        assert_eq!(guessed("http://a/cb?token=abc"), "http://a/cb?token=abx");
        assert_eq!(guessed("http://a/cb/x"), "http://a/cb/y");
        assert_eq!(guessed("http://a/"), "http://a/x");
    }

    #[test]
    fn a_url_has_a_scheme_and_a_host() {
        assert!(is_url("http://testcallbackurl:12345") && is_url("https://a.b/c?d=e"));
        for wrong in ["", "testcallbackurl", "/callback", "ftp://a", "http://", "http:// a"] {
            assert!(!is_url(wrong), "{wrong}");
        }
    }
}
