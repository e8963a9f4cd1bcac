//! The mock server takes every request that Kassa sends, and Kassa understands every answer that it documents.
//!
//! The requests are those of `tests/receipts` and of random submissions, for every combination of an account's
//! settings; of the random ones only those count that show the server something new.

use std::collections::{BTreeMap, BTreeSet};

use http::Response;
use kassa::kassa_core::{Bytes, Finding, Page, ProviderInfo, Refusal, Reply, Request, SettingKind, Support, Verdict};
use kassa::uniform::{CallbackSettings, DevicesQuery, ListQuery, Operation, StatusQuery, Submission};
use kassa::{Provider, open, providers};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::accounts::{combinations, values};
use crate::document::{Documented, find, operations};
use crate::server::Server;
use crate::{folders, strategies};
use kassa_round_trips::tools::{Tools, tools};

/// How many random submissions are drawn for a provider.
const DRAWN: u32 = 4_000;
/// How often the server makes up an answer of its schema, beside the documented examples.
const MADE_UP: usize = 3;
/// A key that any provider takes.
const KEY: &str = "6f000fee-bbac-4444-bda1-e9ce9999fcc7";

/// What was not sent, and why.
type Refused = BTreeSet<(Operation, String)>;

/// What Kassa asks for.
#[derive(Debug, Clone)]
enum Asked {
    Submission(String, Box<Submission>),
    Status(StatusQuery),
    List(ListQuery),
    Devices(DevicesQuery),
    ConfigureCallback(CallbackSettings),
}

impl Asked {
    fn operation(&self) -> Operation {
        match self {
            Asked::Submission(_, submission) => submission.operation(),
            Asked::Status(_) => Operation::Status,
            Asked::List(_) => Operation::List,
            Asked::Devices(_) => Operation::Devices,
            Asked::ConfigureCallback(_) => Operation::ConfigureCallback,
        }
    }

    fn request(&self, provider: &dyn Provider) -> Result<Request, Refusal> {
        let page = Page::first();
        let mut request = match self {
            Asked::Submission(key, submission) => provider.encode(key, submission)?,
            Asked::Status(query) => provider.status(KEY, query)?,
            Asked::List(query) => provider.list(query, &page)?,
            Asked::Devices(query) => provider.devices(query, &page)?,
            Asked::ConfigureCallback(settings) => provider.configure_callback(settings, &page)?,
        };
        provider.authorize(&mut request).unwrap();
        Ok(request)
    }

    /// What a reply proves that is no result.
    fn finding(&self, provider: &dyn Provider, reply: &Reply) -> Option<Finding> {
        fn found<T>(verdict: Verdict<T>) -> Option<Finding> {
            match verdict {
                Verdict::Found(finding) => Some(finding),
                Verdict::Done(_) => None,
            }
        }
        let page = Page::first();
        match self {
            Asked::Submission(key, submission) => found(provider.decode(key, submission, reply)),
            Asked::Status(query) => found(provider.status_reply(KEY, query, reply)),
            Asked::List(query) => found(provider.list_reply(query, &page, reply)),
            Asked::Devices(query) => found(provider.devices_reply(query, &page, reply)),
            Asked::ConfigureCallback(settings) => found(provider.configure_callback_reply(settings, &page, reply)),
        }
    }

    /// The finding of a reply that is not what the document promises.
    fn unreadable(&self, provider: &dyn Provider, reply: &Reply) -> Option<Finding> {
        self.finding(provider, reply).filter(|finding| finding.about == NOT_AS_PROMISED)
    }
}

/// What Kassa says of a reply that it cannot read.
const NOT_AS_PROMISED: &str = "The reply is not what the document promises.";

/// The server of one provider, and what has been asked of it.
struct Trial {
    provider: &'static str,
    server: Server,
    accounts: Vec<Vec<(&'static str, String)>>,
    address: String,
    operations: Vec<Documented>,
    problems: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_taken_and_every_answer_understood() {
    let Some(tools) = tools() else { return };
    let built_in: BTreeSet<_> = providers().iter().map(|info| info.name.to_owned()).collect();
    assert_eq!(built_in.into_iter().collect::<Vec<_>>(), folders(), "every folder is a provider");
    let mut running: JoinSet<Trial> = providers().iter().map(|info| Trial::begin(tools, info.name).run()).collect();
    let mut problems = Vec::new();
    while let Some(trial) = running.join_next().await {
        let Trial { provider, problems: found, .. } = trial.unwrap();
        problems.extend(found.into_iter().map(|problem| format!("{provider}: {problem}")));
    }
    let first: Vec<_> = problems.iter().take(20).map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems, the first of them:\n{}", problems.len(), first.join("\n"));
}

impl Trial {
    fn begin(tools: &Tools, provider: &'static str) -> Trial {
        let info = providers().iter().find(|info| info.name == provider).unwrap();
        Trial {
            provider,
            server: Server::start(tools, provider),
            accounts: combinations(info).into_iter().map(|account| with_addresses(info, account.settings)).collect(),
            address: String::new(),
            operations: operations(provider),
            problems: Vec::new(),
        }
    }

    fn account(&self, at: usize) -> Box<dyn Provider> {
        open(self.provider, &values(&self.accounts[at % self.accounts.len()]), Some(&self.address)).unwrap()
    }

    async fn run(mut self) -> Trial {
        self.address = self.server.address().await;
        let (requests, refusals) = self.requests();
        let mut taken: BTreeMap<Operation, usize> = BTreeMap::new();
        let mut first: BTreeMap<(Operation, String), (usize, Asked, Request)> = BTreeMap::new();
        for (account, asked, request) in &requests {
            let (method, path) = (request.method().as_str(), request.uri().path());
            let Some(documented) = find(&self.operations, method, path) else {
                self.problems.push(format!("the document has no {method} {path}"));
                continue;
            };
            let id = documented.id.clone();
            let reply = self.server.ask(self.account(*account), request, None).await;
            if let Some(violations) = violations(&reply, "request") {
                let body = String::from_utf8_lossy(request.body());
                self.problems.push(format!("{id} refuses {violations}\n  {} {body}", request.uri()));
            }
            self.read(&id, *account, asked, &reply);
            let operation = asked.operation();
            *taken.entry(operation).or_default() += 1;
            first.entry((operation, id)).or_insert_with(|| (*account, asked.clone(), request.clone()));
        }
        for ((_, id), (account, asked, request)) in &first {
            self.ask_for_every_answer(id, *account, asked, request).await;
            self.spoil(id, *account, request).await;
        }
        let info = self.account(0).info();
        for offered in info.operations.iter().filter(|offered| matches!(offered.support, Support::Supported(_))) {
            let operation: Operation = offered.operation.parse().unwrap();
            if !taken.contains_key(&operation) {
                let why: BTreeSet<_> = refusals.iter().filter(|(of, _)| *of == operation).map(|(_, why)| why).collect();
                self.problems.push(format!("no request for {operation} was sent: {why:#?}"));
            }
        }
        println!("{}: {} requests {taken:?}", self.provider, requests.len());
        self
    }

    /// What is sent, each with the account that sends it; and what is refused before that.
    fn requests(&self) -> (Vec<(usize, Asked, Request)>, Refused) {
        let mut seen = BTreeSet::new();
        let mut kept = Vec::new();
        let mut refusals = BTreeSet::new();
        let mut keep = |at: usize, asked: Asked, always: bool| {
            let request = match asked.request(&*self.account(at)) {
                Ok(request) => request,
                Err(refusal) => {
                    refusals.insert((asked.operation(), refusal.to_string()));
                    return;
                }
            };
            let news = features(asked.operation(), &request);
            if always || !news.is_subset(&seen) {
                kept.push((at, asked, request));
            }
            seen.extend(news);
        };
        for at in 0..self.accounts.len() {
            for operation in Operation::ALL {
                keep(at, Asked::Status(StatusQuery { operation: *operation, provider_id: None }), at == 0);
            }
            for query in queries() {
                keep(at, query, at == 0);
            }
        }
        for submission in receipts() {
            for at in 0..self.accounts.len() {
                keep(at, Asked::Submission(KEY.to_owned(), Box::new(submission.clone())), at == 0);
            }
        }
        let mut runner = TestRunner::new(strategies::config(DRAWN));
        let (submissions, keys) = (strategies::submissions(), strategies::keys());
        for at in 0..DRAWN as usize {
            let submission = submissions.new_tree(&mut runner).unwrap().current();
            let key = keys.new_tree(&mut runner).unwrap().current();
            let key = if at % 2 == 0 { KEY.to_owned() } else { key };
            keep(at, Asked::Submission(key, Box::new(submission)), false);
        }
        (kept, refusals)
    }

    /// Whether the answer was one that its document allows; what the server makes up need not be. Those are understood.
    fn read(&mut self, id: &str, account: usize, asked: &Asked, reply: &Reply) -> bool {
        if violations(reply, "response").is_some() {
            return false;
        }
        if let Some(finding) = asked.unreadable(&*self.account(account), reply) {
            let body = String::from_utf8_lossy(reply.body());
            self.problems.push(format!(
                "{id}: an answer of HTTP {} is not understood: {}\n  {body}",
                reply.status().as_u16(),
                finding.message.unwrap_or_default()
            ));
        }
        true
    }

    /// Every status of the operation, with each of its examples and with bodies that the server makes up.
    async fn ask_for_every_answer(&mut self, id: &str, account: usize, asked: &Asked, request: &Request) {
        let documented = self.operations.iter().find(|documented| documented.id == id).unwrap();
        let mut wishes = Vec::new();
        for answer in &documented.answers {
            let status = answer.status;
            wishes.push((status, format!("code={status}")));
            wishes.extend(answer.examples.iter().map(|name| (status, format!("code={status}, example={name}"))));
            if answer.has_body {
                wishes.extend((0..MADE_UP).map(|_| (status, format!("code={status}, dynamic=true"))));
            }
        }
        let mut understood: BTreeMap<u16, bool> = BTreeMap::new();
        for (status, wish) in wishes {
            let reply = self.server.ask(self.account(account), request, Some(&wish)).await;
            if reply.status().as_u16() != status {
                self.problems.push(format!("{id}: {wish} is answered with {}: {:?}", reply.status(), reply.body()));
            }
            *understood.entry(status).or_default() |= self.read(id, account, asked, &reply);
        }
        for (status, _) in understood.into_iter().filter(|(_, understood)| !understood) {
            self.problems.push(format!("{id}: HTTP {status} needs an example that fits its schema: none came"));
        }
    }

    /// The server is no yes-man: it refuses a request with another body.
    async fn spoil(&mut self, id: &str, account: usize, request: &Request) {
        if request.body().is_empty() {
            return;
        }
        let mut spoilt = request.clone();
        *spoilt.body_mut() = Bytes::from_static(b"[\"nothing of the kind\"]");
        let reply = self.server.ask(self.account(account), &spoilt, None).await;
        if violations(&reply, "request").is_none() {
            self.problems.push(format!("{id} takes any body"));
        }
    }
}

#[test]
fn a_list_that_was_cut_off_is_read_as_far_as_it_goes() {
    let mut reply = Reply::default();
    let cut = r#"Too many violations! [{"location":["response","body","list","0"],"severity":"Error","mess"#;
    reply.headers_mut().insert("sl-violations", cut.parse().unwrap());
    assert!(violations(&reply, "request").is_none() && violations(&reply, "response").is_some());
}

/// The settings of an account, with an address where one is wanted.
fn with_addresses(info: &ProviderInfo, settings: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    let is_text = |name: &str| info.settings.iter().any(|of| of.name == name && of.kind == SettingKind::Text);
    let address = |(name, value)| match name {
        name if is_text(name) && name.ends_with("_url") => (name, "https://shop.example/outcomes".to_owned()),
        name => (name, value),
    };
    settings.into_iter().map(address).collect()
}

/// What the server found wrong with the `side`, `request` or `response`.
fn violations(reply: &Reply, side: &str) -> Option<String> {
    match reply.headers().get("sl-violations") {
        Some(list) => {
            // A list that is too long for a header is cut off, behind these words; what is wrong with a request comes first.
            let text = String::from_utf8_lossy(list.as_bytes());
            if let Some(cut) = text.strip_prefix("Too many violations!") {
                return cut.contains(&format!(r#""location":["{side}""#)).then(|| cut.to_owned());
            }
            let list: Vec<Value> = serde_json::from_str(&text).expect("a list of violations");
            let found: Vec<_> = list.into_iter().filter(|violation| violation["location"][0] == side).collect();
            (!found.is_empty()).then(|| Value::from(found).to_string())
        }
        // A request that it could not even place.
        None if reply.headers().get("content-type").is_some_and(|kind| kind == "application/problem+json") => {
            Some(String::from_utf8_lossy(reply.body()).into_owned())
        }
        None => None,
    }
}

/// What a request shows: its fields, and the values that look like codes.
fn features(operation: Operation, request: &Request) -> BTreeSet<String> {
    let mut features = BTreeSet::from([format!("{operation} {} {}", request.method(), request.uri().path().len())]);
    for pair in request.uri().query().unwrap_or("").split('&') {
        features.insert(format!("?{}", pair.split('=').next().unwrap_or("")));
    }
    if !request.body().is_empty() {
        walk(&serde_json::from_slice(request.body()).unwrap(), operation.name().to_owned(), &mut features);
    }
    features
}

fn walk(value: &Value, at: String, features: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| walk(value, format!("{at}/{name}"), features))
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, format!("{at}/-"), features)),
        Value::Bool(flag) => _ = features.insert(format!("{at}={flag}")),
        Value::Number(number) if number.as_u64().is_some_and(|number| number < 128) => {
            features.insert(format!("{at}={number}"));
        }
        Value::String(text) if is_word(text) => _ = features.insert(format!("{at}={text}")),
        _ => _ = features.insert(at),
    }
}

/// Whether a text looks like a code of a table.
fn is_word(text: &str) -> bool {
    (3..=32).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is asked beside submissions: with all that can be stated, and with the least.
fn queries() -> Vec<Asked> {
    let moment = |text: &str| Some(serde_json::from_value(Value::from(text)).expect("a moment"));
    let span = ListQuery {
        created_from: moment("2026-01-31T00:00:00.5+03:00"),
        created_to: moment("2026-02-28T23:59:59Z"),
        limit: Some(7),
    };
    let settings = CallbackSettings {
        url: "https://shop.example/outcomes".to_owned(),
        test_url: Some("https://shop.example/test".to_owned()),
        error_email: Some("errors@shop.example".to_owned()),
    };
    let least = CallbackSettings { test_url: None, error_email: None, ..settings.clone() };
    vec![
        Asked::List(span),
        Asked::List(ListQuery::default()),
        Asked::Devices(DevicesQuery::default()),
        Asked::ConfigureCallback(settings),
        Asked::ConfigureCallback(least),
    ]
}

/// The submissions of the demo.
fn receipts() -> Vec<Submission> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/receipts")).unwrap();
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap();
        let operation = name.rsplit_once('.').map_or(Operation::RegisterReceipt.name(), |(_, operation)| operation);
        // As text, so that no number passes through binary floating point.
        serde_json::from_str(&format!("{{\"{operation}\":{text}}}")).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    paths.iter().map(read).collect()
}

/// What the search for unreadable replies goes by.
#[test]
fn a_reply_that_is_no_json_is_not_understood() {
    for info in providers() {
        let account = combinations(info).remove(0).provider;
        let submission = receipts().remove(2);
        let asked = Asked::Submission(KEY.to_owned(), Box::new(submission));
        let status = Asked::Status(StatusQuery { operation: Operation::RegisterReceipt, provider_id: None });
        let reply = Response::new(Bytes::from_static(b"<html>"));
        let understood = [asked, status].iter().all(|asked| asked.unreadable(&*account, &reply).is_none());
        assert!(!understood, "{}", info.name);
    }
}
