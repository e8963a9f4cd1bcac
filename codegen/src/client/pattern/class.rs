//! Classes. In the `regex` crate they may stand in each other, and be joined and subtracted; in ECMA-262 they may not.

use super::escape::{self, Atom};
use super::{Reading, Unfit};

impl Reading<'_> {
    /// What stands behind `[`, to its end.
    pub(super) fn class(&mut self) -> Result<(), Unfit> {
        let inverted = self.eat("^");
        if self.eat("]") {
            // Nothing, or anything.
            self.out.push_str(if inverted { r"[\s\S]" } else { r"[^\s\S]" });
            return Ok(());
        }
        self.out.push_str(if inverted { "[^" } else { "[" });
        while !self.eat("]") {
            let first = self.member()?;
            if !self.rest.starts_with('-') || self.rest.starts_with("-]") {
                self.put(&first);
                continue;
            }
            self.eat("-");
            let last = self.member()?;
            match (&first, &last) {
                (Atom::Char(from), Atom::Char(to)) if from > to && self.unfit.is_none() => {
                    return Err(Unfit::Broken("a range of its class ends before it begins"));
                }
                (Atom::Char(_), Atom::Char(_)) => {
                    self.put(&first);
                    self.out.push('-');
                }
                // A set has no first and no last character: the sign means itself.
                _ => {
                    self.put(&first);
                    self.out.push_str("\\-");
                }
            }
            self.put(&last);
        }
        self.out.push(']');
        Ok(())
    }

    fn member(&mut self) -> Result<Atom, Unfit> {
        let posix = |rest: &str| rest.trim_start_matches(|c: char| c.is_ascii_lowercase()).starts_with(":]");
        Ok(match self.next().ok_or(Unfit::Broken("its class is not closed"))? {
            '\\' => return self.escape(true),
            '[' if self.rest.strip_prefix(':').is_some_and(posix) => {
                self.unfit(Unfit::Foreign("it has a class of another dialect"));
                Atom::Char('[')
            }
            c => Atom::Char(c),
        })
    }

    fn put(&mut self, atom: &Atom) {
        match atom {
            Atom::Set(set) => self.out.push_str(set),
            // What means something twice in a row, or alone.
            Atom::Char(c @ ('-' | '&' | '~' | '[' | ']' | '^' | '\\')) => self.out.extend(['\\', *c]),
            Atom::Char(c) if c.is_ascii_punctuation() => self.out.push(*c),
            Atom::Char(c) => escape::write(*c, &mut self.out),
        }
    }
}
