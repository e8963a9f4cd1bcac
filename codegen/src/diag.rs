//! Diagnostics: stable codes, positions, and a collector that cannot be forgotten.

mod print;

pub use print::counted;

use std::fmt;

use crate::tree::{Span, Tree};

/// A stable code. `M` codes are about mappings, `S` codes about the specs as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A uniform field that a mapping neither carries, nor refuses, nor drops; or an operation it does not mention.
    M001,
    /// A provider request field that nothing sets.
    M002,
    /// A provider response field or status neither read nor ignored.
    M003,
    /// An ignore, override or row that never applies.
    M004,
    /// An unknown path or name.
    M005,
    /// A table that misses a uniform value.
    M006,
    /// A table that misses a value of the provider's enum.
    M007,
    /// Two uniform values on one provider code.
    M008,
    /// A code that the provider's enum lacks.
    M009,
    /// A type mismatch.
    M010,
    /// A unit conversion that can lose digits, without a rule.
    M011,
    /// A nullability mismatch.
    M012,
    /// An unused table or setting.
    M013,
    /// Something of the provider's document of which nothing says what becomes; told by the coverage alone.
    M014,
    /// A file that cannot be read as YAML.
    S001,
    /// An unknown key.
    S002,
    /// A value of the wrong kind.
    S003,
    /// A name that stands twice.
    S004,
    /// A reference to nothing.
    S005,
    /// An OpenAPI construct that the generator does not take.
    S006,
    /// A key that is missing.
    S007,
    /// A uniform spec that contradicts itself.
    S008,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A place that a diagnostic also speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Other places it speaks of.
    pub secondary: Vec<Label>,
    /// What to do.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// Points at another place.
    pub fn secondary(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help.push(text.into());
        self
    }
}

/// How many names a help lists; of more, only a near one is told.
pub(crate) const MAX_LISTED: usize = 12;

/// Collects what is wrong. Dropped without [`Diagnostics::finish`], it panics in tests: a rule's findings are not lost.
#[derive(Debug, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    finished: bool,
}

impl Diagnostics {
    /// Adds an error; the handle takes labels and help.
    pub fn error(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.all.push(Diagnostic { code, message: message.into(), span, secondary: Vec::new(), help: Vec::new() });
        self.all.last_mut().expect("just pushed")
    }

    /// Adds an error about a name that is not there, with the nearest that is.
    pub fn unknown<'n>(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> &mut Diagnostic {
        let nearest = nearest(name, known).map(str::to_owned);
        let diag = self.error(code, span, message);
        if let Some(nearest) = nearest {
            diag.help(format!("there is `{nearest}`"));
        }
        diag
    }

    /// Like [`Diagnostics::unknown`], of a closed set: all of it is told when nothing is near.
    pub fn unknown_choice(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        name: &str,
        known: &[&str],
    ) -> &mut Diagnostic {
        let near = nearest(name, known.iter().copied()).is_some();
        let diag = self.unknown(code, span, message, name, known.iter().copied());
        if !near && (1..=MAX_LISTED).contains(&known.len()) {
            let verb = if known.len() == 1 { "is" } else { "are" };
            diag.help(format!("there {verb} {}", list_of(known)));
        }
        diag
    }

    /// How many there are so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// All of them, by position.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.finished = true;
        let mut all = std::mem::take(&mut self.all);
        all.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        all.dedup();
        all
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        if cfg!(test) && !self.finished && !self.all.is_empty() && !std::thread::panicking() {
            panic!("diagnostics were dropped without being asked for: {:?}", self.all);
        }
    }
}

/// The diagnostics of a run that failed, with the sources they speak of.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong, by position.
    pub diagnostics: Vec<Diagnostic>,
    /// The files.
    pub tree: Tree,
}

impl std::error::Error for Failure {}

/// `a`, `b` and `c`, for a message.
#[must_use]
pub(crate) fn list_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// How many letters a name has at most that is compared with others.
const MAX_COMPARED: usize = 200;

/// The name of `known` that `name` was most likely meant to be.
#[must_use]
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let limit = (length / 3).max(1);
    known
        .into_iter()
        // What is much longer or shorter is not looked at, and no name is so long that this takes its time.
        .filter(|candidate| length <= MAX_COMPARED && candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| (distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, left out, changed or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_is_near() {
        assert_eq!(nearest("paymets.cash", ["payments.cash", "payments.credit"]), Some("payments.cash"));
        assert_eq!(nearest("ietms", ["items", "kind"]), Some("items"));
        assert_eq!(nearest("zebra", ["items", "kind"]), None);
    }
}
