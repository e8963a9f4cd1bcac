//! Reads values from the tree, and collects what is wrong with them.

use std::env::VarError;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kassa_core::Money;

use super::Surroundings;
use super::tree::{Entry, Kind, Node};
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::nearest::hint;

/// What reading a configuration needs, and what it finds wrong.
pub(super) struct Reader<'s> {
    folder: &'s Path,
    pub(super) surroundings: &'s dyn Surroundings,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What no excerpt may show: it may be a secret.
    pub(super) hidden: Vec<Span>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(folder: &'s Path, surroundings: &'s dyn Surroundings) -> Self {
        Self { folder, surroundings, diagnostics: Vec::new(), hidden: Vec::new() }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// How many errors there are so far.
    pub(super) fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// Reports an error and gives nothing.
    pub(super) fn refuse<T>(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.report(Diagnostic::error(span, message).help(help));
        None
    }

    /// A path, relative to the folder of the configuration.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }

    /// A text that is not empty. A number is taken as its text.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        match &node.kind {
            Kind::Scalar { text, .. } if !text.is_empty() && !node.is_null() => Some(text.clone()),
            _ => self.refuse(node.span, format!("a text is due here, and this is {}", node.what_is_there()), ""),
        }
    }

    /// The elements of a list that is not empty.
    pub(super) fn list<'n>(&mut self, node: &'n Node, of: &str) -> Option<&'n [Node]> {
        match &node.kind {
            Kind::List(nodes) if !nodes.is_empty() => Some(nodes),
            Kind::List(_) => self.refuse(node.span, format!("the list of {of} is empty"), "name at least one"),
            _ => {
                let help = "write [a, b], or one per line after `- `";
                self.refuse(
                    node.span,
                    format!("a list of {of} is due here, and this is {}", node.what_is_there()),
                    help,
                )
            }
        }
    }

    /// The entries of a mapping.
    pub(super) fn map<'n>(&mut self, node: &'n Node, of: &str) -> Option<&'n [Entry]> {
        match &node.kind {
            Kind::Map(entries) => Some(entries),
            _ => {
                let message =
                    format!("{of} has to be a mapping of keys to values, and this is {}", node.what_is_there());
                self.refuse(node.span, message, "")
            }
        }
    }

    /// A length of time: `500ms`, `5s`, `2m`.
    pub(super) fn duration(&mut self, node: &Node) -> Option<Duration> {
        let text = self.text(node)?;
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let duration = number.parse::<u64>().ok().and_then(|number| match unit.trim_start() {
            "ms" => Some(Duration::from_millis(number)),
            "s" => Some(Duration::from_secs(number)),
            "m" => number.checked_mul(60).map(Duration::from_secs),
            _ => None,
        });
        /// Longer than any service holds a request, by far; a slip of the unit more likely than meant.
        const LONGEST: Duration = Duration::from_secs(3600);
        match duration {
            Some(duration) if !duration.is_zero() && duration <= LONGEST => Some(duration),
            Some(_) => {
                self.refuse(node.span, format!("{text} is out of range"), "write more than nothing and at most 60m")
            }
            None => self.refuse(node.span, format!("{text:?} is not a length of time"), "write it as 500ms, 5s or 2m"),
        }
    }

    /// A length of time in days.
    pub(super) fn days(&mut self, node: &Node) -> Option<Duration> {
        let text = self.text(node)?;
        let days = text.strip_suffix('d').and_then(|days| days.trim_end().parse::<u32>().ok());
        match days {
            Some(days @ 1..=36_500) => Some(Duration::from_secs(u64::from(days) * 24 * 3600)),
            _ => {
                self.refuse(node.span, format!("{text:?} is not a number of days"), "write 1d to 36500d, such as 400d")
            }
        }
    }

    /// How many: at least one.
    pub(super) fn count(&mut self, node: &Node) -> Option<u32> {
        let text = self.text(node)?;
        /// More than anything here is meant to be.
        const MOST: u32 = 1_000_000;
        match text.parse::<u32>() {
            Ok(count) if (1..=MOST).contains(&count) => Some(count),
            _ => self.refuse(
                node.span,
                format!("{text:?} is no number of things"),
                "write a whole number from 1 to 1000000",
            ),
        }
    }

    /// An amount of money.
    pub(super) fn money(&mut self, node: &Node) -> Option<Money> {
        let text = self.text(node)?;
        let plain = matches!(node.kind, Kind::Scalar { plain: true, .. });
        if plain && !text.bytes().all(|b| b.is_ascii_digit()) {
            // Other readers of the file would take it through binary floating point.
            let message = format!("the amount {text} is not quoted");
            return self.refuse(node.span, message, format!("quote it: \"{text}\""));
        }
        match text.parse::<Money>() {
            Ok(amount) if amount >= Money::ZERO => Some(amount),
            Ok(_) => self.refuse(node.span, format!("the amount {text} is negative"), "amounts are counted from 0"),
            Err(error) => {
                let help = "write roubles, and kopecks after a point: \"99.90\"";
                self.refuse(node.span, format!("the amount {text:?} {error}"), help)
            }
        }
    }

    /// An INN of a seller.
    pub(super) fn inn(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        if !matches!(text.len(), 10 | 12) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return self.refuse(node.span, format!("{text:?} is not an INN"), "an INN has 10 or 12 digits");
        }
        if !crate::validate::inn_is_sound(&text) {
            self.report(Diagnostic::warning(node.span, format!("the check digits of the INN {text} are wrong")));
        }
        Some(text)
    }

    /// The bytes that `{ env: NAME }` or `{ file: path }` names; `what` they are for messages.
    pub(super) fn source(&mut self, node: &Node, what: &str) -> Option<Vec<u8>> {
        let help = format!("write {{ env: NAME }} or {{ file: path }} for {what}");
        let Kind::Map(entries) = &node.kind else {
            return self.refuse(node.span, format!("{what} has to come from the environment or a file"), help);
        };
        let [entry] = entries.as_slice() else {
            return self.refuse(node.span, format!("{what} has to have one source"), help);
        };
        let place = entry.value.span;
        match entry.key.as_str() {
            "env" => {
                let name = self.text(&entry.value)?;
                match self.surroundings.variable(&name) {
                    Ok(text) => Some(text.into_bytes()),
                    Err(VarError::NotPresent) => {
                        let message = format!("the environment variable `{name}` is not set");
                        self.refuse(place, message, "set it, or name another")
                    }
                    Err(VarError::NotUnicode(_)) => {
                        let message = format!("the environment variable `{name}` is not UTF-8 text");
                        self.refuse(place, message, "put it into a file, and write { file: path }")
                    }
                }
            }
            "file" => {
                let path = self.text(&entry.value).map(|path| self.path(&path))?;
                match self.surroundings.file(&path) {
                    Ok(bytes) => Some(bytes),
                    Err(error) => {
                        let help = "paths are relative to the folder of the configuration";
                        self.refuse(place, format!("cannot read the file {}: {error}", path.display()), help)
                    }
                }
            }
            key => {
                // Whatever stands here may be the secret itself.
                self.hidden.push(place);
                self.report(
                    Diagnostic::error(entry.span, format!("unknown source `{key}`"))
                        .label(hint(key, ["env", "file"]))
                        .help(help),
                );
                None
            }
        }
    }

    /// The text that a source names, without the line break that a file ends with.
    pub(super) fn source_text(&mut self, node: &Node, what: &str) -> Option<String> {
        let bytes = self.source(node, what)?;
        match String::from_utf8(bytes) {
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(_) => self.refuse(node.span, format!("{what} is not UTF-8 text"), ""),
        }
    }
}

impl Node {
    fn what_is_there(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { text, plain: false } if text.is_empty() => "an empty text",
            _ => self.what(),
        }
    }
}

/// The keys of a mapping that has a fixed set of them.
pub(super) struct Fields<'n> {
    what: String,
    span: Span,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// The keys of `node`, which is `what`. Keys other than `known` are refused.
    pub(super) fn new(reader: &mut Reader<'_>, node: &'n Node, what: &str, known: &[&str]) -> Option<Self> {
        let entries = reader.map(node, what)?;
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            reader.report(
                Diagnostic::error(entry.span, format!("unknown key `{}`", entry.key))
                    .label(hint(&entry.key, known.iter().copied()))
                    .help(format!("{what} has the keys {}", known.join(", "))),
            );
        }
        Some(Self { what: what.to_owned(), span: node.span, entries })
    }

    /// The same, with what is missing reported at `span`.
    pub(super) fn at(self, span: Span) -> Self {
        Self { span, ..self }
    }

    /// The value of a key that may be left out.
    pub(super) fn take(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The value of a key that has to be there; `example` shows how.
    pub(super) fn require(&self, reader: &mut Reader<'_>, key: &str, example: &str) -> Option<&'n Node> {
        match self.entries.iter().find(|entry| entry.key == key) {
            Some(entry) if entry.value.is_null() => {
                reader.refuse(entry.span, format!("`{key}` of {} has no value", self.what), format!("write {example}"))
            }
            Some(entry) => Some(&entry.value),
            None => reader.refuse(self.span, format!("{} lacks `{key}`", self.what), format!("add {example}")),
        }
    }
}
