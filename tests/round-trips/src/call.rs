//! What became of a call.

use serde_json::Value;

/// A call, as the program tells of it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The id of the operation.
    pub operation: String,
    /// How it was called: `all`, `nulls` or `least`.
    pub case: String,
    /// The number of the answer that was asked for, if it was not the usual one.
    pub answer: Option<usize>,
    /// Method, target and headers.
    pub sent: String,
    /// The body that was sent.
    pub body: String,
    /// The reply's status; 0 if there was none.
    pub status: u16,
    /// The reply's body.
    pub reply: String,
    /// What the client made of it; empty if it made nothing of it.
    pub read: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What is to say about it.
    pub words: String,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Sent as it was made, taken, and the answer read.
    Fine,
    /// The client did not take the values, or did not send them.
    Unsent,
    /// The body that left is not the one that went in.
    Changed,
    /// The server says that the document does not allow it.
    Refused,
    /// The server has no answer that the document allows.
    Unanswered,
    /// The server ended.
    Lost,
    /// The client cannot read the answer, or takes it for another one.
    Unread,
}

impl Outcome {
    /// In a word, as the list of known ones has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Unsent => "unsent",
            Self::Changed => "changed",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
            Self::Lost => "lost",
            Self::Unread => "unread",
        }
    }
}

/// Where prism's own errors say so.
const OF_PRISM: &str = "stoplight.io/prism/errors#";

impl Call {
    /// A call that nothing could be sent of.
    #[must_use]
    pub fn unsent(operation: &str, why: &str) -> Self {
        Self::none(operation, Outcome::Unsent, why)
    }

    /// Stands for all calls of a document that were not made.
    #[must_use]
    pub fn failed(why: &str) -> Self {
        Self::none("*", Outcome::Lost, why)
    }

    fn none(operation: &str, outcome: Outcome, why: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            case: "none".to_owned(),
            answer: None,
            sent: String::new(),
            body: String::new(),
            status: 0,
            reply: String::new(),
            read: String::new(),
            outcome,
            words: why.to_owned(),
        }
    }

    /// Reads a line of the program.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(line: &str) -> Result<Self, String> {
        let told: Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| told[key].as_u64().and_then(|n| usize::try_from(n).ok());
        let mut call = Self {
            operation: text("operation"),
            case: text("case"),
            answer: number("answer"),
            sent: text("sent"),
            body: text("body"),
            status: number("status").and_then(|n| u16::try_from(n).ok()).unwrap_or_default(),
            reply: text("reply"),
            read: text("read"),
            outcome: Outcome::Fine,
            words: String::new(),
        };
        (call.outcome, call.words) = judge(&told, &call);
        Ok(call)
    }
}

fn judge(told: &Value, call: &Call) -> (Outcome, String) {
    let text = |key: &str| told[key].as_str().unwrap_or_default();
    match text("error") {
        "untyped" | "unbuilt" => return (Outcome::Unsent, text("words").to_owned()),
        "lost" => return (Outcome::Lost, text("words").to_owned()),
        _ => {}
    }
    if let Some((of, words)) = prism_says(&call.reply) {
        let outcome = match of.as_str() {
            "VIOLATIONS"
            | "NOT_ACCEPTABLE"
            | "NO_RESPONSE_DEFINED"
            | "NOT_FOUND"
            | "SCHEMA_TOO_COMPLEX"
            | "UNKNOWN" => Outcome::Unanswered,
            _ => Outcome::Refused,
        };
        return (outcome, words);
    }
    if text("error") == "unreadable" {
        return (Outcome::Unread, text("words").to_owned());
    }
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    if !text("json").is_empty() && !same(&json(text("json")), &json(&call.body)) {
        return (Outcome::Changed, format!("{} became {}", text("json"), call.body));
    }
    let variant = call.read.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    if variant != text("wanted") {
        return (Outcome::Unread, format!("HTTP {} is read as {variant}, not as {}", call.status, text("wanted")));
    }
    (Outcome::Fine, String::new())
}

/// The kind of an error that prism makes itself, and what it says.
fn prism_says(reply: &str) -> Option<(String, String)> {
    let problem: Value = serde_json::from_str(reply).ok()?;
    let (_, of) = problem["type"].as_str()?.split_once(OF_PRISM)?;
    let mut words = format!("{of}: {}", problem["detail"].as_str().unwrap_or_default());
    for violation in problem["validation"].as_array().into_iter().flatten() {
        let place: Vec<&str> =
            violation["location"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        words.push_str(&format!("; {}: {}", place.join("."), violation["message"].as_str().unwrap_or_default()));
    }
    Some((of.to_owned(), words))
}

/// Whether two values are the same: `1.0` is `1`.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}
