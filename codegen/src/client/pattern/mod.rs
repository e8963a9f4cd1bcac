//! From the patterns of documents, which are those of ECMA-262, to those of the `regex` crate.
//!
//! They are read as with the flag `u`, as JSON Schema has it. What that refuses and browsers take nevertheless (Annex B)
//! is taken as they do, where it can be what somebody means.

mod class;
mod escape;
mod fit;
mod property;
#[cfg(test)]
mod tests;

use self::escape::Atom;
pub(super) use self::fit::{Fit, Fitting};

/// Why a pattern is not held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unfit {
    /// No dialect reads it.
    Broken(&'static str),
    /// ECMA-262 does not have this; other dialects do.
    Foreign(&'static str),
    /// It is right, and not held here.
    Unchecked(&'static str),
}

/// Longer ones are data, or meant to hurt.
const MAX_PATTERN: usize = 2000;

/// What `.` is: everything but the four that end a line.
const DOT: &str = r"[^\n\r\u{2028}\u{2029}]";

/// The pattern as the `regex` crate writes it.
///
/// # Errors
/// Why it cannot be written so.
pub(super) fn translate(pattern: &str) -> Result<String, Unfit> {
    let mut reading = Reading { rest: pattern, out: String::new(), open: 0, groups: 0, reference: 0, unfit: None };
    if pattern.len() > MAX_PATTERN {
        reading.unfit(Unfit::Unchecked("it is longer than 2,000 bytes"));
    }
    reading.translated()
}

/// What stands before a place in a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    /// What can be repeated.
    Term,
    /// What is there or is not, and has no length.
    Place,
    Repetition,
}

/// A pattern that is read.
struct Reading<'p> {
    rest: &'p str,
    out: String,
    /// How many groups are open.
    open: usize,
    /// How many groups can be referred to.
    groups: u32,
    /// The last of the groups that are referred to.
    reference: u32,
    /// What was found that cannot be held. The rest is read nevertheless: it may be broken.
    unfit: Option<Unfit>,
}

impl<'p> Reading<'p> {
    fn translated(mut self) -> Result<String, Unfit> {
        let literal = self.rest.strip_prefix("/^").and_then(|rest| rest.rsplit_once("$/"));
        if literal.is_some_and(|(_, flags)| flags.chars().all(|c| c.is_ascii_lowercase())) {
            self.unfit(Unfit::Foreign("it stands between slashes, as in a program"));
        }
        let mut before = Before::Nothing;
        while let Some(c) = self.next() {
            before = match c {
                '|' => self.write("|", Before::Nothing),
                '^' => self.write("^", Before::Place),
                '$' => self.write("$", Before::Place),
                '.' => self.write(DOT, Before::Term),
                '(' => self.group(),
                ')' if self.open == 0 => return Err(Unfit::Broken("a group that nothing opens is closed")),
                ')' => {
                    self.open -= 1;
                    self.write(")", Before::Term)
                }
                '*' | '+' | '?' if before == Before::Nothing => {
                    return Err(Unfit::Broken("nothing stands before what repeats it"));
                }
                '*' | '+' | '?' => self.repeated(before, c.encode_utf8(&mut [0; 4])),
                '{' => self.brace(before)?,
                '[' => {
                    self.class()?;
                    Before::Term
                }
                '\\' => self.escaped()?,
                c => self.character(c),
            };
        }
        match self.unfit {
            _ if self.open > 0 => Err(Unfit::Broken("its group is not closed")),
            Some(unfit) => Err(unfit),
            None if self.reference > self.groups => Err(Unfit::Foreign("it refers to a group that is not there")),
            None if self.reference > 0 => Err(Unfit::Unchecked("it looks back")),
            None => Ok(self.out),
        }
    }

    fn next(&mut self) -> Option<char> {
        let mut rest = self.rest.chars();
        let next = rest.next();
        self.rest = rest.as_str();
        next
    }

    /// Takes a text, if it stands here.
    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes characters of a kind, and what has to stand behind them.
    fn eat_until(&mut self, kind: impl Fn(char) -> bool, end: &str) -> Option<&'p str> {
        let behind = self.rest.trim_start_matches(kind);
        let taken = &self.rest[..self.rest.len() - behind.len()];
        self.rest = behind.strip_prefix(end)?;
        Some(taken)
    }

    /// Notes why the pattern is not held; what its author has to know comes first.
    fn unfit(&mut self, unfit: Unfit) {
        if self.unfit.is_none() || matches!((self.unfit, unfit), (Some(Unfit::Unchecked(_)), Unfit::Foreign(_))) {
            self.unfit = Some(unfit);
        }
    }

    fn write(&mut self, text: &str, before: Before) -> Before {
        self.out.push_str(text);
        before
    }

    fn character(&mut self, c: char) -> Before {
        escape::write(c, &mut self.out);
        Before::Term
    }

    /// What stands behind a backslash that is in no class.
    fn escaped(&mut self) -> Result<Before, Unfit> {
        Ok(match self.rest.as_bytes().first() {
            Some(b'b') => self.place(r"(?-u:\b)"),
            Some(b'B') => self.place(r"(?-u:\B)"),
            Some(b'1'..=b'9') => {
                let number = self.eat_until(|c| c.is_ascii_digit(), "").unwrap_or_default();
                self.reference = self.reference.max(number.parse().unwrap_or(u32::MAX));
                Before::Term
            }
            Some(b'k') => {
                self.unfit(Unfit::Unchecked("it looks back"));
                self.next();
                Before::Term
            }
            _ => match self.escape(false)? {
                Atom::Char(c) => self.character(c),
                Atom::Set(set) => self.write(&set, Before::Term),
            },
        })
    }

    /// A place that the next character names.
    fn place(&mut self, text: &str) -> Before {
        self.next();
        self.write(text, Before::Place)
    }

    /// What opens a group. Nobody asks what a group took, so names are left out.
    fn group(&mut self) -> Before {
        self.open += 1;
        if ["?=", "?!", "?<=", "?<!"].into_iter().any(|sign| self.eat(sign)) {
            self.unfit(Unfit::Unchecked("it looks around"));
        } else if self.eat("?:") {
            self.out.push_str("(?:");
            return Before::Nothing;
        } else if self.eat("?<") {
            self.groups += 1;
            if self.eat_until(|c| c.is_alphanumeric() || c == '_' || c == '$', ">").is_none() {
                self.unfit(Unfit::Foreign("the name of a group has no end"));
            }
        } else if let Some(sign) = ["?i:", "?-i:"].into_iter().find(|sign| self.rest.starts_with(sign)) {
            self.eat(sign);
            self.out.push('(');
            return self.write(sign, Before::Nothing);
        } else if self.rest.starts_with(['?', '*']) {
            self.next();
            self.unfit(Unfit::Foreign("it has a group of another dialect"));
        } else {
            self.groups += 1;
        }
        self.write("(", Before::Nothing)
    }

    /// A brace: a repetition, or itself.
    fn brace(&mut self, before: Before) -> Result<Before, Unfit> {
        let here = self.rest;
        let counts = self.eat_until(|c| c.is_ascii_digit() || c == ',', "}").unwrap_or_default();
        let (min, max) = counts.split_once(',').unwrap_or((counts, ""));
        if min.is_empty() || max.contains(',') {
            self.rest = here;
            if before == Before::Term && here.starts_with(|c: char| c == ',' || c.is_ascii_digit()) {
                self.unfit(Unfit::Foreign("the braces repeat nothing, as they stand here"));
            }
            return Ok(self.character('{'));
        }
        let value = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
        if !max.is_empty() && value(min) > value(max) {
            return Err(Unfit::Broken("it repeats at least more often than at most"));
        }
        let repetition = format!("{{{counts}}}");
        Ok(self.repeated(before, &repetition))
    }

    /// What repeats what stands before it.
    fn repeated(&mut self, before: Before, repetition: &str) -> Before {
        if before != Before::Term {
            self.unfit(Unfit::Foreign("it repeats what cannot be"));
        }
        self.out.push_str(repetition);
        if self.eat("?") {
            self.out.push('?');
        }
        Before::Repetition
    }
}
