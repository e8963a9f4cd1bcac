//! Calls the operations of generated clients over HTTP, and tells of each call what went out and what came back: a line of
//! JSON on the standard output. `kassa-round-trips` compiles a program of this and of what `kassa_codegen::client::exercise`
//! writes.
//!
//! The program gets the address of the server on its standard input: a line at the beginning, and another one whenever
//! it has told that the server was lost.

mod transport;

use std::fmt::Debug;
use std::io::{self, Write as _};

use kassa_core::client::{CallError, Client, Credentials, Json, Object, Operation, Request, Unreadable, Wire};
use tokio::runtime::{Builder, Runtime};
use transport::Wired;

/// Reads a value from JSON, as the client's types do.
///
/// # Errors
/// When they do not take it.
pub fn value<T: Wire>(json: &str) -> Result<T, Unreadable> {
    Json::parse(json.as_bytes()).and_then(T::from_json)
}

/// One way to call an operation: what it is called, what makes it, and the JSON of the body, if it is JSON.
pub type Case<O> = (&'static str, fn() -> Result<O, Unreadable>, &'static str);

/// Calls operations, one after the other.
#[derive(Debug)]
pub struct Calls {
    runtime: Runtime,
    transport: Wired,
    /// Each answer by its own, and not only each status.
    every_answer: bool,
}

/// What a call came to.
struct Told<'a> {
    operation: &'a str,
    case: &'a str,
    answer: Option<usize>,
    json: &'a str,
    result: Result<String, (&'static str, String)>,
}

impl Calls {
    /// Waits for the address of the server. `every_answer` asks for each answer that the source names, otherwise once
    /// for each status.
    ///
    /// # Errors
    /// When there is no address, or no runtime.
    pub fn new(every_answer: bool) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, transport: Wired::to(address()?), every_answer })
    }

    /// Calls an operation in each way, and in the first way once more for each of its `answers`: their numbers and
    /// statuses. `statuses` are the ranges of statuses that the document has, and the variants that they are read as.
    pub fn operation<O: Operation, C: Credentials + Clone>(
        &mut self,
        id: &str,
        access: &C,
        cases: &[Case<O>],
        statuses: &[(u16, u16, &str)],
        answers: &[(usize, u16)],
    ) where
        O::Reply: Debug,
    {
        self.transport.strip = O::SERVER.map(path_of).unwrap_or_default();
        let first = answers.first().map(|(n, _)| (*n, None));
        for case in cases {
            if !self.call(id, access, case, statuses, first) {
                return;
            }
        }
        let Some(case) = cases.first() else { return };
        let mut had = Vec::new();
        for (n, status) in answers {
            if self.every_answer || !had.contains(status) {
                had.push(*status);
                if !self.call(id, access, case, statuses, Some((*n, Some(*status)))) {
                    return;
                }
            }
        }
    }

    /// Whether the server is still there.
    fn call<O: Operation, C: Credentials + Clone>(
        &mut self,
        id: &str,
        access: &C,
        (name, make, json): &Case<O>,
        statuses: &[(u16, u16, &str)],
        answer: Option<(usize, Option<u16>)>,
    ) -> bool
    where
        O::Reply: Debug,
    {
        self.transport.wish(answer);
        let result = match make() {
            Err(error) => Err(("untyped", error.to_string())),
            Ok(operation) => {
                let base = self.transport.base();
                let client = Client { transport: &self.transport, base, credentials: access.clone() };
                self.runtime.block_on(client.call(&operation)).map(|reply| format!("{reply:?}")).map_err(|error| {
                    match error {
                        CallError::Build(error) => ("unbuilt", error.to_string()),
                        CallError::Transport(error) => ("lost", error.to_string()),
                        CallError::Broken(error) => ("lost", error.to_string()),
                        CallError::Unreadable { error, .. } => ("unreadable", error.to_string()),
                    }
                })
            }
        };
        let answer = answer.and_then(|(n, status)| status.map(|_| n));
        let lost = matches!(result, Err(("lost", _)));
        self.tell(&Told { operation: id, case: name, answer, json, result }, statuses);
        !lost
    }

    /// Writes what a call came to, and after a loss waits for another server.
    fn tell(&mut self, told: &Told<'_>, statuses: &[(u16, u16, &str)]) {
        let mut line = Object::new();
        let text = |text: &str| Json::Text(text.to_owned());
        line.set("operation", text(told.operation));
        line.set("case", text(told.case));
        line.set("answer", told.answer.map_or(Json::Null, number));
        line.set("json", text(told.json));
        if let Some(request) = self.transport.sent() {
            line.set("sent", text(&head_of(&request)));
            line.set("body", text(&String::from_utf8_lossy(request.body())));
        }
        if let Some(reply) = self.transport.got() {
            let status = reply.status().as_u16();
            let wanted = statuses.iter().find(|(first, last, _)| (*first..=*last).contains(&status));
            line.set("status", number(usize::from(status)));
            line.set("wanted", text(wanted.map_or("Undocumented", |(_, _, variant)| variant)));
            line.set(
                "type",
                text(reply.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default()),
            );
            line.set("reply", text(&String::from_utf8_lossy(reply.body())));
        }
        match &told.result {
            Ok(read) => line.set("read", text(read)),
            Err((kind, words)) => {
                line.set("error", text(kind));
                line.set("words", text(words));
            }
        }
        let mut out = io::stdout().lock();
        let written = writeln!(out, "{}", Json::from(line)).and_then(|()| out.flush());
        if written.is_ok()
            && matches!(told.result, Err(("lost", _)))
            && let Ok(address) = address()
        {
            self.transport = Wired::to(address);
        }
    }
}

fn number(n: usize) -> Json {
    n.to_string().parse().map_or(Json::Null, Json::Number)
}

/// The next address that is given.
fn address() -> io::Result<String> {
    let mut line = String::new();
    match io::stdin().read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim().to_owned()),
    }
}

/// The path of a server's address.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |at| rest[at..].trim_end_matches('/'))
}

/// What a request says before its body.
fn head_of(request: &Request) -> String {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut head = format!("{} {target}\n", request.method());
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    }
    head
}
