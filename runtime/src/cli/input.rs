//! A receipt or a cash movement from a JSON file, with errors that say where and what to do.

use std::io::{self, Read};
use std::path::Path;

use kassa::diagnostic::{Diagnostic, Source, Span, count, nearest};
use kassa::kassa_core::Violation;
use kassa::uniform::{Operation, Registration, Submission};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use super::Failure;
use super::exit::Exit;
use super::places::Places;

/// The text of a submission, and where it came from.
pub(super) struct Input {
    name: String,
    text: String,
}

impl Input {
    /// Reads the file at `path`, or the standard input for `-`.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let standard = path.as_os_str() == "-";
        let name = if standard { "<stdin>".to_owned() } else { path.display().to_string() };
        let mut bytes = Vec::new();
        let read = if standard {
            io::stdin().lock().read_to_end(&mut bytes).map(drop)
        } else {
            std::fs::read(path).map(|content| bytes = content)
        };
        let refuse = |message: String| Err(Failure::new(Exit::Usage, "input", message));
        if let Err(error) = read {
            return refuse(format!("error: cannot read {name}: {error}"));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, text: text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text) }),
            Err(error) => {
                let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
                refuse(format!("error: {name} is not UTF-8 text (line {line})\n  = help: save it in UTF-8"))
            }
        }
    }

    /// What it says.
    pub(super) fn submission(&self, operation: Operation) -> Result<Submission, Failure> {
        match operation {
            Operation::RegisterReceipt => self.parse().map(Submission::RegisterReceipt),
            Operation::RegisterCorrection => self.parse().map(Submission::RegisterCorrection),
            Operation::CashIn => self.parse().map(Submission::CashIn),
            Operation::CashOut => self.parse().map(Submission::CashOut),
            Operation::OpenShift => self.parse().map(Submission::OpenShift),
            Operation::CloseShift => self.parse().map(Submission::CloseShift),
            Operation::XReport => self.parse().map(Submission::XReport),
            Operation::PrintSlip => self.parse().map(Submission::PrintSlip),
            Operation::Status | Operation::List | Operation::Devices | Operation::ConfigureCallback => Err(
                Failure::new(Exit::Usage, "input", format!("error: {operation} is asked, and nothing is submitted")),
            ),
        }
    }

    /// What a fiscal document shows.
    pub(super) fn registration(&self) -> Result<Registration, Failure> {
        self.parse()
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let mut deserializer = serde_json::Deserializer::from_str(&self.text);
        let parsed = serde_path_to_error::deserialize(&mut deserializer);
        let diagnostic = match parsed {
            Ok(value) => match deserializer.end() {
                Ok(()) => return Ok(value),
                Err(error) => self.broken(&error),
            },
            // A value of another kind than a name is a syntax error to the reader of names.
            Err(error) if error.inner().classify() == Category::Data || self.is_json() => {
                let path = error.path().to_string();
                self.misfit(if path == "." { "" } else { &path }, &error.into_inner())
            }
            Err(error) => self.broken(error.inner()),
        };
        let shown = self.source(&Places::new(&self.text)).show(&diagnostic);
        Err(Failure::new(Exit::Usage, "input", format!("{shown}\n\nnothing was accepted")))
    }

    /// The text, of which no excerpt shows who buys: what is printed ends in logs and tickets.
    fn source<'t>(&'t self, places: &Places) -> Source<'t> {
        let mut source = Source::new(&self.name, &self.text);
        places.confidential().for_each(|span| source.hide(span));
        source
    }

    fn is_json(&self) -> bool {
        serde_json::from_str::<IgnoredAny>(&self.text).is_ok()
    }

    /// The text is no JSON.
    fn broken(&self, error: &serde_json::Error) -> Diagnostic {
        // The reader counts bytes.
        let line = self.text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
        let before = line.as_bytes().get(..error.column().saturating_sub(1)).unwrap_or(line.as_bytes());
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        let diagnostic =
            Diagnostic::error(Span::at(error.line().max(1), column), format!("not valid JSON: {}", reason(error)));
        match self.text.trim_start().chars().next() {
            None => diagnostic.help("the file is empty; `kassa --help` shows a receipt"),
            Some('<') => diagnostic.help("this is HTML or XML"),
            _ => diagnostic,
        }
    }

    /// The text is JSON, and the value at `path` is not what it has to be.
    fn misfit(&self, path: &str, error: &serde_json::Error) -> Diagnostic {
        let places = Places::new(&self.text);
        let reason = match reason(error) {
            reason if reason == "expected value" => "a name in quotes is due here".to_owned(),
            reason => reason,
        };
        let mut named = reason.split('`').skip(1).step_by(2);
        let unknown = ["unknown field", "unknown variant", "missing field", "duplicate field"]
            .iter()
            .find(|kind| reason.starts_with(**kind));
        let (Some(kind), Some(name)) = (unknown, named.next()) else {
            let message = if path.is_empty() { reason.clone() } else { format!("{path}: {reason}") };
            return Diagnostic::error(places.value(path), message).help(advice(&reason));
        };
        let known: Vec<_> = named.collect();
        // The path of an unknown or doubled field ends in its own name.
        let object = path.strip_suffix(name).map_or(path, |parent| parent.strip_suffix('.').unwrap_or(parent));
        let field = if object.is_empty() { name.to_owned() } else { format!("{object}.{name}") };
        let label =
            nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        let list = known.join(", ");
        match *kind {
            "unknown field" => {
                let span = places.key(object, name).unwrap_or_else(|| places.value(object));
                Diagnostic::error(span, format!("{field}: there is no such field"))
                    .label(label)
                    .help(format!("the fields here are {list}"))
            }
            "unknown variant" => Diagnostic::error(places.value(path), format!("{path}: `{name}` is not known"))
                .label(label)
                .help(format!("write one of {list}")),
            "missing field" => {
                let field = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                Diagnostic::error(places.value(path), format!("{field} is missing"))
                    .help(format!("add \"{name}\" to this object"))
            }
            _ => {
                let span = places.key(object, name).unwrap_or_else(|| places.value(object));
                Diagnostic::error(span, format!("{field} is there twice")).help("remove one of them")
            }
        }
    }

    /// Rules that the submission breaks, each at its place.
    pub(super) fn violations(&self, violations: &[Violation]) -> String {
        let shown = self.show(violations, Diagnostic::error);
        format!("{shown}\n\n{} has {}", self.name, count(violations.len(), 0))
    }

    /// What looks wrong, each at its place.
    pub(super) fn warnings(&self, warnings: &[Violation]) -> String {
        self.show(warnings, Diagnostic::warning)
    }

    fn show(&self, violations: &[Violation], diagnostic: impl Fn(Span, String) -> Diagnostic) -> String {
        let places = Places::new(&self.text);
        let source = self.source(&places);
        let mut found: Vec<_> = violations
            .iter()
            .map(|violation| diagnostic(places.value(&violation.field), violation.to_string()))
            .collect();
        found.sort_by_key(|diagnostic| diagnostic.span);
        found.iter().map(|diagnostic| source.show(diagnostic)).collect::<Vec<_>>().join("\n\n")
    }
}

/// The words of an error without the position that the reader adds.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

/// What to do about a value that does not fit.
fn advice(reason: &str) -> &'static str {
    if reason.contains("digits after the point") {
        "write an exact amount, best in quotes: \"70.50\""
    } else if reason.contains("is out of range") {
        "the number is too large"
    } else if reason.contains("not a decimal number") {
        "write a number such as \"70.50\", with a point and without spaces"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let input = Input { name: "r.json".to_owned(), text: text.to_owned() };
        input.submission(Operation::RegisterReceipt).map_or_else(|failure| failure.message, |_| "sound".to_owned())
    }

    const SOUND: &str = r#"{
  "kind": "income",
  "items": [
    { "name": "Чай", "quantity": 2, "price": "35.00",
      "vat": "vat22", "subject": "goods", "mode": "full_payment" }
  ],
  "payments": { "cash": 70 }
}
"#;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        assert!(SOUND.contains(from));
        assert_eq!(said(&SOUND.replacen(from, to, 1)).replace("\n\nnothing was accepted", ""), expected);
    }

    #[test]
    fn a_sound_receipt_is_read() {
        assert_eq!(said(SOUND), "sound");
    }

    #[test]
    fn an_unknown_field_names_the_nearest() {
        check(
            "price",
            "prise",
            r#"error: items[0].prise: there is no such field
 --> r.json:4:37
  |
4 |     { "name": "Чай", "quantity": 2, "prise": "35.00",
  |                                     ^^^^^^^ did you mean `price`?
  |
  = help: the fields here are name, quantity, price, total, vat, subject, mode, measure, agent, supplier, marking, excise, country, declaration, additional_property"#,
        );
        check(
            "\"cash\"",
            "\"payments\"",
            r#"error: payments.payments: there is no such field
 --> r.json:7:17
  |
7 |   "payments": { "payments": 70 }
  |                 ^^^^^^^^^^
  |
  = help: the fields here are cash, cashless, prepaid, credit, counter_provision"#,
        );
        check(
            "\"cash\"",
            "\"card\"",
            r#"error: payments.card: there is no such field
 --> r.json:7:17
  |
7 |   "payments": { "card": 70 }
  |                 ^^^^^^
  |
  = help: the fields here are cash, cashless, prepaid, credit, counter_provision"#,
        );
    }

    #[test]
    fn an_unknown_value_names_the_nearest() {
        check(
            "vat22",
            "vat23",
            r#"error: items[0].vat: `vat23` is not known
 --> r.json:5:14
  |
5 |       "vat": "vat23", "subject": "goods", "mode": "full_payment" }
  |              ^^^^^^^
  |
  = help: write one of vat20, vat10, vat20_120, vat10_110, vat0, none, vat5, vat7, vat5_105, vat7_107, vat22, vat22_122, vat18, vat18_118"#,
        );
        check(
            "\"goods\"",
            "7",
            r#"error: items[0].subject: a name in quotes is due here
 --> r.json:5:34
  |
5 |       "vat": "vat22", "subject": 7, "mode": "full_payment" }
  |                                  ^"#,
        );
    }

    #[test]
    fn amounts_are_exact() {
        check(
            "\"35.00\"",
            "35.005",
            r#"error: items[0].price: 35.005 has more than 2 digits after the point
 --> r.json:4:46
  |
4 |     { "name": "Чай", "quantity": 2, "price": 35.005,
  |                                              ^^^^^^
  |
  = help: write an exact amount, best in quotes: "70.50""#,
        );
        check(
            "\"35.00\"",
            "\"35,00\"",
            r#"error: items[0].price: "35,00" is not a decimal number
 --> r.json:4:46
  |
4 |     { "name": "Чай", "quantity": 2, "price": "35,00",
  |                                              ^^^^^^^
  |
  = help: write a number such as "70.50", with a point and without spaces"#,
        );
        check(
            "\"35.00\"",
            "1e30",
            r#"error: items[0].price: 1e30 is out of range
 --> r.json:4:46
  |
4 |     { "name": "Чай", "quantity": 2, "price": 1e30,
  |                                              ^^^^
  |
  = help: the number is too large"#,
        );
        check(
            "\"35.00\"",
            "null",
            r#"error: items[0].price: null is not a decimal number
 --> r.json:4:46
  |
4 |     { "name": "Чай", "quantity": 2, "price": null,
  |                                              ^^^^
  |
  = help: write a number such as "70.50", with a point and without spaces"#,
        );
    }

    #[test]
    fn what_is_missing_or_doubled_is_named() {
        check(
            "\"quantity\": 2, ",
            "",
            r#"error: items[0].quantity is missing
 --> r.json:4:5
  |
4 |     { "name": "Чай", "price": "35.00",
  |     ^
  |
  = help: add "quantity" to this object"#,
        );
        check(
            "\"kind\": \"income\",",
            "",
            r#"error: kind is missing
 --> r.json:1:1
  |
1 | {
  | ^
  |
  = help: add "kind" to this object"#,
        );
        check(
            "\"quantity\": 2",
            "\"quantity\": 2, \"quantity\": 3",
            r#"error: items[0].quantity is there twice
 --> r.json:4:37
  |
4 |     { "name": "Чай", "quantity": 2, "quantity": 3, "price": "35.00",
  |                                     ^^^^^^^^^^
  |
  = help: remove one of them"#,
        );
    }

    #[test]
    fn broken_json_says_where() {
        check(
            "\"goods\",",
            "\"goods\"",
            r#"error: not valid JSON: expected `,` or `}`
 --> r.json:5:42
  |
5 |       "vat": "vat22", "subject": "goods" "mode": "full_payment" }
  |                                          ^"#,
        );
        check(
            "}\n  ],",
            "}\n  ",
            r#"error: not valid JSON: expected `,` or `]`
 --> r.json:7:3
  |
7 |   "payments": { "cash": 70 }
  |   ^"#,
        );
        check(
            "{\n  \"kind\"",
            "<html>{\n  \"kind\"",
            r#"error: not valid JSON: expected value
 --> r.json:1:1
  |
1 | <html>{
  | ^
  |
  = help: this is HTML or XML"#,
        );
        check(
            "}\n}\n",
            "}\n} x",
            r#"error: not valid JSON: trailing characters
 --> r.json:8:3
  |
8 | } x
  |   ^"#,
        );
        assert_eq!(
            said("\n"),
            r#"error: not valid JSON: EOF while parsing a value
 --> r.json:2:1
  |
2 |
  | ^
  |
  = help: the file is empty; `kassa --help` shows a receipt

nothing was accepted"#
        );
    }

    #[test]
    fn who_buys_is_in_no_excerpt() {
        let buyer = r#""place": "Мира 7", "buyer": { "contact": "anna@example.org", "nane": "Анна" }, "payments""#;
        let said = said(&SOUND.replace("\"payments\"", buyer));
        assert_eq!(
            said,
            r#"error: buyer.nane: there is no such field
 --> r.json:7:64
  |
7 |   "place": …, "buyer": { "contact": …, "nane": … }, "payments": { "cash": 70 }
  |                                        ^^^^^^ did you mean `name`?
  |
  = help: the fields here are contact, name, inn

nothing was accepted"#
        );
    }

    #[test]
    fn rules_are_shown_where_they_are_broken() {
        let input = Input { name: "r.json".to_owned(), text: SOUND.to_owned() };
        let violations = [
            Violation::new("rule", "payments", "come to too little"),
            Violation::new("rule", "items[0].name", "is odd"),
            Violation::new("rule", "total", "is 0"),
        ];
        assert_eq!(
            input.violations(&violations),
            r#"error: total: is 0
 --> r.json:1:1
  |
1 | {
  | ^

error: items[0].name: is odd
 --> r.json:4:15
  |
4 |     { "name": "Чай", "quantity": 2, "price": "35.00",
  |               ^^^^^

error: payments: come to too little
 --> r.json:7:15
  |
7 |   "payments": { "cash": 70 }
  |               ^

r.json has 3 errors"#
        );
    }
}
