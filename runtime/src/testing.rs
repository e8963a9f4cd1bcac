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
    BaseUrl, BuildError, Date, Doubt, ErrorClass, Finding, ProviderInfo, Refusal, Reply, Request, SubmitterInfo,
    Support, Unreadable, Verdict,
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
        callbacks: &[],
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
    info("locatable", Doubt::Locatable { visible_after: VISIBLE_AFTER }, &[SUBMITS, CASH_IN, ASKS]);
/// A provider with a drawer.
pub(crate) static DRAWER: ProviderInfo = info("drawer", Doubt::Keyed { retention: None }, &[SUBMITS, TAKES_CASH]);
pub(crate) static BLIND: ProviderInfo = info("blind", Doubt::Blind, &[SUBMITS, CASH_IN]);

/// A provider whose replies say what they mean: the status tells whether there is a registration, and the body is that
/// or `class code new_key`.
#[derive(Debug)]
pub(crate) struct FakeProvider {
    info: &'static ProviderInfo,
    base: BaseUrl,
    /// Whether it refuses every submission before it is sent.
    refuses: bool,
}

/// An account at such a provider.
pub(crate) fn account(name: &str, info: &'static ProviderInfo) -> Account {
    let base = BaseUrl::new("https://provider.example").unwrap();
    Account::new(name, Box::new(FakeProvider { info, base, refuses: false }))
}

/// An account whose provider refuses every submission.
pub(crate) fn refusing_account(name: &str) -> Account {
    let base = BaseUrl::new("https://provider.example").unwrap();
    Account::new(name, Box::new(FakeProvider { info: &KEYED, base, refuses: true }))
}

/// An account that is reached at `base`, for tests over loopback.
pub(crate) fn account_at(base: &str) -> Account {
    let base = BaseUrl::new(base).unwrap();
    Account::new("loopback", Box::new(FakeProvider { info: &KEYED, base, refuses: false }))
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
}

fn read(reply: &Reply) -> Verdict<Registration> {
    let text = std::str::from_utf8(reply.body()).unwrap();
    if reply.status() == StatusCode::OK {
        return Verdict::Done(serde_json::from_str(text).unwrap());
    }
    let [class, code, new_key] = text.split(' ').collect::<Vec<_>>().try_into().unwrap();
    Verdict::Found(Finding {
        class: error_class::by_name(class).unwrap(),
        code: Some(code.to_owned()),
        message: None,
        about: "the test says so",
        new_key: new_key == "true",
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
fn registration(number: usize, total: &str) -> String {
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
