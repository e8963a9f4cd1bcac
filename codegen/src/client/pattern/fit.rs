//! Whether a pattern can be held, and as what.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::Ast;
use regex_syntax::ast::parse::Parser;

use super::{Unfit, translate};

/// How many bytes a pattern may compile to. Programs take more, 10 MB: what fits here fits there.
const MAX_COMPILED: usize = 1 << 22;
/// More is large.
const LARGE: usize = 1 << 18;
/// How many large patterns are compiled, before those that count or name a character are believed to be large: each takes
/// its time, and few lines can hold many.
const MAX_LARGE: usize = 40;

/// How many compiled patterns are kept.
const MAX_KEPT: usize = 100;

/// A pattern as it is held, and how long a text has to be beside.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::client) struct Fit {
    pub(in crate::client) pattern: String,
    pub(in crate::client) min: Option<u64>,
    pub(in crate::client) max: Option<u64>,
}

/// Fits patterns, each once: the same stand in many places.
#[derive(Default)]
pub(in crate::client) struct Fitting {
    known: HashMap<String, Result<Fit, Unfit>>,
    large: usize,
    /// The last that texts were held against.
    compiled: HashMap<String, Option<Regex>>,
}

impl Fitting {
    /// How a pattern is held.
    ///
    /// # Errors
    /// Why it is not.
    pub(in crate::client) fn fit(&mut self, pattern: &str) -> Result<Fit, Unfit> {
        if let Some(known) = self.known.get(pattern) {
            return known.clone();
        }
        let fit = self.found(pattern);
        self.known.insert(pattern.to_owned(), fit.clone());
        fit
    }

    /// Whether a text has a match of a pattern; `None` of one that is not held, or is large.
    pub(in crate::client) fn matches(&mut self, pattern: &str, text: &str) -> Option<bool> {
        if self.compiled.len() >= MAX_KEPT && !self.compiled.contains_key(pattern) {
            self.compiled.clear();
        }
        let compile = || RegexBuilder::new(&translate(pattern).ok()?).size_limit(LARGE).build().ok();
        let regex = self.compiled.entry(pattern.to_owned()).or_insert_with(compile);
        regex.as_ref().map(|regex| regex.is_match(text))
    }

    fn found(&mut self, pattern: &str) -> Result<Fit, Unfit> {
        let translated = translate(pattern)?;
        let compiles = |pattern: &str, limit| RegexBuilder::new(pattern).size_limit(limit).build().is_ok();
        if let Some(fit) = counted(&translated).filter(|fit| compiles(&fit.pattern, LARGE)) {
            return Ok(fit);
        }
        let fits = (self.large < MAX_LARGE || !translated.contains('{')) && {
            compiles(&translated, LARGE) || {
                self.large += 1;
                compiles(&translated, MAX_COMPILED)
            }
        };
        match fits {
            true => Ok(Fit { pattern: translated, min: None, max: None }),
            false if RegexBuilder::new(&translated).size_limit(0).build().is_err_and(|error| is_large(&error)) => {
                Err(Unfit::Unchecked("it is too large"))
            }
            false => Err(Unfit::Unchecked("it names characters that the crate `regex` does not know")),
        }
    }
}

const fn is_large(error: &regex::Error) -> bool {
    matches!(error, regex::Error::CompiledTooBig(_))
}

/// How often a character may stand there, before a length says it better.
const MAX_COUNTED: u64 = 200;

/// A large count of characters of one kind, `^[a-z]{1,65535}$`, as such characters and a length.
fn counted(pattern: &str) -> Option<Fit> {
    let (one, counts) = pattern.strip_prefix('^')?.strip_suffix("}$")?.rsplit_once('{')?;
    let (min, max) = counts.split_once(',').unwrap_or((counts, counts));
    let (min, max) = (min.parse::<u64>().ok(), max.parse::<u64>().ok());
    let large = min.max(max).is_some_and(|count| count > MAX_COUNTED);
    let fits = large && is_character(&Parser::new().parse(one).ok()?);
    fits.then(|| Fit { pattern: format!("^{one}*$"), min, max })
}

fn is_character(ast: &Ast) -> bool {
    match ast {
        Ast::ClassBracketed(_) | Ast::ClassUnicode(_) => true,
        Ast::Group(group) => is_character(&group.ast),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_length() {
        let fit = |pattern: &str| Fitting::default().fit(pattern);
        let held = |pattern: &str, min, max| Ok(Fit { pattern: pattern.to_owned(), min, max });
        assert_eq!(fit("^[a-z]{1,65535}$"), held("^[a-z]*$", Some(1), Some(65535)));
        assert_eq!(fit("^(\\w){99999,}$"), held("^([0-9A-Za-z_])*$", Some(99999), None));
        assert_eq!(fit("^[a-z]{1,9}$"), held("^[a-z]{1,9}$", None, None));
        for pattern in ["^(?:ab){1,65535}$", "^[a-z]{1,65535}", "(a{1000}){1000}", "^a|[a-z]{1,65535}$"] {
            assert!(fit(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn many_large_ones_take_no_time() {
        let mut fitting = Fitting::default();
        let started = std::time::Instant::now();
        for n in 0..10_000 {
            assert!(fitting.fit(&format!("x{n}.{{1,60000}}.{{1,60000}}")).is_err());
        }
        assert!(started.elapsed().as_secs() < 100, "{:?}", started.elapsed());
    }
}
