//! What the tests of this crate share: providers that are kept as data, a network that plays a script and holds the
//! ledgers, and clocks that stand still.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use http::{Method, StatusCode};
use jiff::Timestamp;
use kassa_core::call::{RequestBuilder, set_secret_header};
use kassa_core::{
    BaseUrl, BuildError, CallbackInfo, CallbackRefusal, Compared, Date, Doubt, ErrorClass, Finding, Notice,
    ProviderInfo, Refusal, Reply, Request, SubmitterInfo, Support, Trust, Unreadable, Verdict, callback, json,
};
use kassa_providers::Provider;
use kassa_providers::uniform::{Operation, Receipt, Registration, StatusQuery, Submission, error_class};

use crate::account::Account;
use crate::clock::Clock;
use crate::transport::{SendError, Transport};

/// A valid receipt for `price`.
pub(crate) fn receipt(price: &str) -> Receipt {
    let text = format!(
        r#"{{"kind":"income","taxation":"general","date":"2026-01-15",
            "items":[{{"name":"Молоко","quantity":"1","price":"{price}","vat":"vat10","subject":"goods","mode":"full_payment"}}],
            "payments":{{"cashless":"{price}"}},"buyer":{{"contact":"a@example.org"}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// A valid receipt for 70.50.
pub(crate) fn sale() -> Submission {
    Submission::RegisterReceipt(receipt("70.50"))
}

const SUBMITS: SubmitterInfo = SubmitterInfo { operation: "register_receipt", support: Support::Supported("submit") };
const CASH_IN: SubmitterInfo =
    SubmitterInfo { operation: "cash_in", support: Support::Unsupported("it has no drawer") };
const TAKES_CASH: SubmitterInfo = SubmitterInfo { operation: "cash_in", support: Support::Supported("put") };
const ASKS: SubmitterInfo = SubmitterInfo { operation: "status", support: Support::Supported("ask") };

const fn info(name: &'static str, doubt: Doubt, operations: &'static [SubmitterInfo]) -> ProviderInfo {
    calling(name, doubt, operations, &[])
}

const fn calling(
    name: &'static str,
    doubt: Doubt,
    operations: &'static [SubmitterInfo],
    callbacks: &'static [CallbackInfo],
) -> ProviderInfo {
    ProviderInfo {
        name,
        title: name,
        document: "a test",
        base_url: None,
        client_certificate: false,
        doubt,
        uuid_keys: false,
        compared: &[],
        settings: &[],
        operations,
        callbacks,
    }
}

/// How long a [`LOCATABLE`] submission may not show.
pub(crate) const VISIBLE_AFTER: Duration = Duration::from_secs(300);

/// How long [`KEYED`] remembers.
pub(crate) const RETENTION: Duration = Duration::from_secs(24 * 3600);

pub(crate) static KEYED: ProviderInfo = info("keyed", Doubt::Keyed { retention: Some(RETENTION) }, &[SUBMITS, CASH_IN]);
pub(crate) static KEYED_ASKS: ProviderInfo =
    info("keyed-asks", Doubt::Keyed { retention: None }, &[SUBMITS, CASH_IN, ASKS]);
pub(crate) static LOCATABLE: ProviderInfo =
    info("locatable", Doubt::Locatable { visible_after: Some(VISIBLE_AFTER) }, &[SUBMITS, CASH_IN, ASKS]);
/// The same, and nobody knows how soon a submission shows.
pub(crate) static NEVER_SURE: ProviderInfo =
    info("never-sure", Doubt::Locatable { visible_after: None }, &[SUBMITS, CASH_IN, ASKS]);
/// A provider with a drawer.
pub(crate) static DRAWER: ProviderInfo = info("drawer", Doubt::Keyed { retention: None }, &[SUBMITS, TAKES_CASH]);
pub(crate) static BLIND: ProviderInfo = info("blind", Doubt::Blind, &[SUBMITS, CASH_IN]);

const RINGS: &[CallbackInfo] = &[CallbackInfo { callback: "done", verified_by: Ok(&["bell"]) }];
const RUMOURS: &[CallbackInfo] = &[CallbackInfo { callback: "done", verified_by: Ok(&[]) }];

/// Tells how it ended by callback alone.
pub(crate) static BLIND_RINGS: ProviderInfo = calling("blind-rings", Doubt::Blind, &[SUBMITS, CASH_IN], RINGS);
/// The same with keys that are UUIDs, and a buyer that is told again.
pub(crate) static UUID_RINGS: ProviderInfo = ProviderInfo {
    uuid_keys: true,
    compared: &[Compared { answered: "receipt", sent: "register_receipt" }],
    ..calling("uuid-rings", Doubt::Blind, &[SUBMITS, CASH_IN], RINGS)
};
/// Tells by callback, and when it is asked.
pub(crate) static KEYED_RINGS: ProviderInfo =
    calling("keyed-rings", Doubt::Keyed { retention: None }, &[SUBMITS, CASH_IN, ASKS], RINGS);
/// Its callbacks prove nothing, and it can be asked.
pub(crate) static RUMOURS_ASKS: ProviderInfo = calling(
    "rumours-asks",
    Doubt::Locatable { visible_after: Some(VISIBLE_AFTER) },
    &[SUBMITS, CASH_IN, ASKS],
    RUMOURS,
);
/// Its callbacks prove nothing, and nothing else tells.
pub(crate) static RUMOURS_BLIND: ProviderInfo = calling("rumours-blind", Doubt::Blind, &[SUBMITS, CASH_IN], RUMOURS);

/// A provider whose replies say what they mean: the status tells whether there is a registration, and the body is that
/// or `class code new_key`.
#[derive(Debug)]
pub(crate) struct FakeProvider {
    info: &'static ProviderInfo,
    base: BaseUrl,
    /// Whether it refuses every submission before it is sent.
    refuses: bool,
    /// What its callbacks have to carry.
    bell: String,
}

/// An account at such a provider.
pub(crate) fn account(name: &str, info: &'static ProviderInfo) -> Account {
    let base = BaseUrl::new("https://provider.example").unwrap();
    Account::new(name, Box::new(FakeProvider { info, base, refuses: false, bell: bell(name) }))
}

/// An account whose provider refuses every submission.
pub(crate) fn refusing_account(name: &str) -> Account {
    let base = BaseUrl::new("https://provider.example").unwrap();
    Account::new(name, Box::new(FakeProvider { info: &KEYED, base, refuses: true, bell: bell(name) }))
}

/// An account that is reached at `base`, for tests over loopback.
pub(crate) fn account_at(base: &str) -> Account {
    let base = BaseUrl::new(base).unwrap();
    Account::new("loopback", Box::new(FakeProvider { info: &KEYED, base, refuses: false, bell: bell("loopback") }))
}

/// What proves a callback to an account; accounts that differ behind a `-` are of one shop.
fn bell(account: &str) -> String {
    format!("bell of {}", account.split('-').next().unwrap_or_default())
}

/// A callback to `account` about `key`, in the words of a reply: a registration, or `class code new_key`.
pub(crate) fn ring(account: &str, key: &str, words: &str) -> Request {
    ring_with(account, key, words, "{}")
}

/// The same, with an object that is compared with what was sent.
pub(crate) fn ring_with(account: &str, key: &str, words: &str, receipt: &str) -> Request {
    let words = serde_json::to_string(words).unwrap();
    let mut request = Request::new(format!(r#"{{"key":"{key}","words":{words},"receipt":{receipt}}}"#).into());
    *request.method_mut() = Method::POST;
    request.headers_mut().insert("x-bell", bell(account).parse().unwrap());
    request
}

/// The secret that every request carries and nothing may show.
pub(crate) const TOKEN: &str = "hunter2";

impl Provider for FakeProvider {
    fn info(&self) -> &'static ProviderInfo {
        self.info
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base
    }

    fn decisions(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn authorize(&self, request: &mut Request) -> Result<(), BuildError> {
        set_secret_header(request, "authorization", TOKEN)
    }

    fn encode(&self, key: &str, submission: &Submission) -> Result<Request, Refusal> {
        if self.refuses {
            return Err(Refusal::new("items[0].vat", "has no code"));
        }
        let request = RequestBuilder::new(Method::POST, &self.base).path("/").segment(key).json(submission).build();
        request.map_err(|error| Refusal::new("", error.to_string()))
    }

    fn decode(&self, _: &str, _: &Submission, reply: &Reply) -> Verdict<Registration> {
        read(reply)
    }

    fn recover(&self, _: Operation, _: &Request) -> Result<(String, Submission), Unreadable> {
        Err(Unreadable::new("", "not needed here"))
    }

    fn status(&self, key: &str, _: &StatusQuery) -> Result<Request, Refusal> {
        let request = RequestBuilder::new(Method::GET, &self.base).path("/").segment(key).build();
        request.map_err(|error| Refusal::new("", error.to_string()))
    }

    fn status_reply(&self, _: &str, _: &StatusQuery, reply: &Reply) -> Verdict<Registration> {
        read(reply)
    }

    fn awaits_callbacks(&self) -> bool {
        matches!(self.info.callbacks, [CallbackInfo { verified_by: Ok([_, ..]), .. }])
    }

    fn callback(&self, request: &Request) -> Result<Notice, CallbackRefusal> {
        let [info] = self.info.callbacks else { return Err(CallbackRefusal::NotOffered) };
        callback::expect_method(request, &Method::POST)?;
        let place = callback::ProofPlace::Header;
        let proof = callback::Proof { place, name: "x-bell", setting: "bell", expected: Some(&self.bell) };
        let trust = match info.verified_by {
            Ok([]) => Trust::Unverified("the test says so"),
            _ => callback::verify(request, &[proof])?,
        };
        let rung: Rung = json::read(request.body()).map_err(CallbackRefusal::Unreadable)?;
        let key = Some(rung.key).filter(|key| !key.is_empty());
        Ok(Notice { callback: info.callback, key, trust, answer: callback::answer(StatusCode::ACCEPTED) })
    }

    fn callback_verdict(&self, name: &str, _: &str, _: Operation, request: &Request) -> Verdict<Registration> {
        assert_eq!(name, "done");
        words(&json::read::<Rung>(request.body()).unwrap().words)
    }
}

/// The body of a callback.
#[derive(serde::Deserialize)]
struct Rung {
    key: String,
    words: String,
}

fn read(reply: &Reply) -> Verdict<Registration> {
    words(std::str::from_utf8(reply.body()).unwrap())
}

fn words(text: &str) -> Verdict<Registration> {
    if text.starts_with('{') {
        return Verdict::Done(serde_json::from_str(text).unwrap());
    }
    let [class, code, new_key] = text.split(' ').collect::<Vec<_>>().try_into().unwrap();
    Verdict::Found(Finding {
        class: error_class::by_name(class).unwrap(),
        code: Some(code.to_owned()),
        message: None,
        about: "the test says so",
        new_key: new_key == "true",
        provider_id: None,
    })
}

/// What the network does with one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// What the provider would: registers, finds or does not find.
    Serve,
    /// Registers, and loses the answer.
    ServeAndLose,
    /// Registers what an earlier request under the key asked for, and says so.
    Process,
    /// Loses the request.
    Lose,
    /// Makes no connection.
    Refuse,
    /// Does not register, and answers so; `true` demands a new key.
    Say(&'static ErrorClass, bool),
    /// Registers, and answers so nevertheless.
    ServeAndSay(&'static ErrorClass),
    /// Answers that it is overloaded, and asks for a pause of so many seconds.
    Throttle(u64),
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) account: String,
    pub(crate) method: Method,
    pub(crate) key: String,
}

#[derive(Debug, Default)]
struct NetState {
    scripts: BTreeMap<String, VecDeque<Act>>,
    calls: Vec<Call>,
    /// Provider keys by account, as often as they were registered.
    ledger: Vec<(String, String)>,
    /// What a keyed provider answered for good.
    remembered: BTreeMap<(String, String), &'static ErrorClass>,
}

/// A network with every provider in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Net(Arc<Mutex<NetState>>);

impl Net {
    /// What it does with the next requests of an account; [`Act::Serve`] after that.
    pub(crate) fn script(&self, account: &str, acts: impl IntoIterator<Item = Act>) {
        self.0.lock().unwrap().scripts.entry(account.to_owned()).or_default().extend(acts);
    }

    /// Forgets what it was to do with the next requests of an account.
    pub(crate) fn clear(&self, account: &str) {
        self.0.lock().unwrap().scripts.remove(account);
    }

    /// The requests that came, as `account METHOD key`.
    pub(crate) fn calls(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        state.calls.iter().map(|call| format!("{} {} {}", call.account, call.method, call.key)).collect()
    }

    /// What is registered, as `account key`.
    pub(crate) fn ledger(&self) -> Vec<String> {
        self.0.lock().unwrap().ledger.iter().map(|(account, key)| format!("{account} {key}")).collect()
    }
}

/// A registration of what [`receipt`] sells.
pub(crate) fn registration(number: usize, total: &str) -> String {
    format!(r#"{{"document_number":{number},"fiscal_sign":1234567890,"kind":"income","total":"{total}","unread":[]}}"#)
}

#[async_trait]
impl Transport for Net {
    async fn send(&self, account: &Account, request: Request) -> Result<Reply, SendError> {
        assert_eq!(request.headers()["authorization"], TOKEN);
        let key = request.uri().path().trim_start_matches('/').to_owned();
        let info = account.provider.info();
        let keyed = matches!(info.doubt, Doubt::Keyed { .. });
        let place = (account.name.clone(), key.clone());
        let mut state = self.0.lock().unwrap();
        let act = state.scripts.get_mut(&account.name).and_then(VecDeque::pop_front).unwrap_or(Act::Serve);
        if matches!(act, Act::Refuse) {
            return Err(SendError::NotConnected("refused".to_owned()));
        }
        state.calls.push(Call { account: account.name.clone(), method: request.method().clone(), key });
        let asked = request.method() == Method::GET;
        let known = state.ledger.iter().position(|entry| *entry == place);
        let say = |class: &ErrorClass, new_key| {
            let mut reply = Reply::new(format!("{} 7 {new_key}", class.name).into());
            *reply.status_mut() = StatusCode::BAD_REQUEST;
            Ok(reply)
        };
        match act {
            Act::Lose => return Err(SendError::Lost("reset".to_owned())),
            Act::Throttle(seconds) => {
                let mut reply = say(&error_class::OVERLOADED, false)?;
                reply.headers_mut().insert("retry-after", seconds.into());
                return Ok(reply);
            }
            // A provider may be wrong about much; that a registered key was not registered it does not say of the key.
            Act::Say(class, new_key) if !(known.is_some() && new_key) => {
                if new_key && keyed && !asked {
                    state.remembered.insert(place, class);
                }
                return say(class, new_key);
            }
            Act::ServeAndLose if asked => return Err(SendError::Lost("reset".to_owned())),
            // It was processed since the last question.
            Act::Process if known.is_none() => {
                state.ledger.push(place);
                return Ok(Reply::new(registration(state.ledger.len(), "70.50").into()));
            }
            Act::Process | Act::Say(..) | Act::Serve | Act::ServeAndLose | Act::ServeAndSay(_) | Act::Refuse => {}
        }
        if let Some(class) = state.remembered.get(&place) {
            return say(class, true);
        }
        if asked {
            return match known {
                Some(at) => Ok(Reply::new(registration(at + 1, "70.50").into())),
                None => say(&error_class::NOT_FOUND, false),
            };
        }
        // Whoever knows no keys registers whatever comes.
        let at = known.filter(|_| keyed).unwrap_or_else(|| {
            state.ledger.push(place);
            state.ledger.len() - 1
        });
        match act {
            Act::ServeAndLose => Err(SendError::Lost("reset".to_owned())),
            Act::ServeAndSay(class) => say(class, false),
            _ => Ok(Reply::new(registration(at + 1, "70.50").into())),
        }
    }
}

/// A clock that shows what it is set to.
#[derive(Debug, Clone)]
pub(crate) struct SetClock(Arc<Mutex<Timestamp>>);

impl SetClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-01-15T12:00:00Z".parse().unwrap())))
    }

    /// Moves it on, or back.
    pub(crate) fn shift(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = Timestamp::from_second(now.as_second() + seconds).unwrap();
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn today(&self) -> Date {
        self.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }
}
