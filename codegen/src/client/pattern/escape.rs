//! What a backslash makes of what stands behind it.

use std::borrow::Cow;

use super::{Reading, Unfit, property};

/// What stands for one character.
pub(super) enum Atom {
    Char(char),
    /// One of several, as it is written in or outside of a class.
    Set(Cow<'static, str>),
}

/// Blanks: those of Unicode, without the one that ends a line in no program, and with the mark of byte order.
const SPACE: &str = r"[\s\u{FEFF}--\u{85}]";
const NO_SPACE: &str = r"[^\s\u{FEFF}--\u{85}]";

impl Reading<'_> {
    /// What stands behind a backslash.
    pub(super) fn escape(&mut self, in_class: bool) -> Result<Atom, Unfit> {
        let c = self.next().ok_or(Unfit::Broken("its last character escapes nothing"))?;
        let set = |set: &'static str| Atom::Set(Cow::Borrowed(set));
        Ok(match c {
            'd' => set(if in_class { "0-9" } else { "[0-9]" }),
            'D' => set("[^0-9]"),
            'w' => set(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
            'W' => set("[^0-9A-Za-z_]"),
            's' => set(SPACE),
            'S' => set(NO_SPACE),
            'p' | 'P' => self.property(c),
            't' => Atom::Char('\t'),
            'n' => Atom::Char('\n'),
            'v' => Atom::Char('\u{b}'),
            'f' => Atom::Char('\u{c}'),
            'r' => Atom::Char('\r'),
            'b' if in_class => Atom::Char('\u{8}'),
            'x' => {
                let code = self.hex(2);
                self.known(code)
            }
            'u' => self.unicode(),
            'c' => match self.next() {
                Some(letter) if letter.is_ascii_alphabetic() => Atom::Char(char::from(letter as u8 % 32)),
                _ => self.known(None),
            },
            '0'..='7' => self.octal(c),
            c if c.is_ascii_alphanumeric() => self.known(None),
            c => Atom::Char(c),
        })
    }

    /// A character by its number; without one, the escape is none of ECMA-262.
    fn known(&mut self, code: Option<u32>) -> Atom {
        let known = code.and_then(char::from_u32);
        if known.is_none() {
            self.unfit(Unfit::Foreign("it has an escape of another dialect"));
        }
        Atom::Char(known.unwrap_or_default())
    }

    /// So many hexadecimal digits.
    fn hex(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        let code = digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?;
        self.rest = rest;
        code
    }

    /// `\uHHHH`, two of them for what stands beyond the first plane, or `\u{H…}`.
    fn unicode(&mut self) -> Atom {
        if self.eat("{") {
            let digits = self.eat_until(|c| c.is_ascii_hexdigit(), "}");
            return self.known(digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()));
        }
        let code = self.hex(4);
        let Some(half @ 0xD800..=0xDFFF) = code else { return self.known(code) };
        let here = self.rest;
        let other = if self.eat(r"\u") { self.hex(4) } else { None };
        if let (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) = (half, other) {
            return self.known(Some(0x10000 + ((half - 0xD800) << 10) + (low - 0xDC00)));
        }
        self.rest = here;
        self.unfit(Unfit::Unchecked("it speaks of halves of characters"));
        Atom::Char(char::REPLACEMENT_CHARACTER)
    }

    /// Up to three octal digits, as browsers take them.
    fn octal(&mut self, first: char) -> Atom {
        let mut code = first.to_digit(8).unwrap_or_default();
        let more = if code > 3 { 1 } else { 2 };
        for _ in 0..more {
            let Some(digit) = self.rest.chars().next().and_then(|c| c.to_digit(8)) else { break };
            code = code * 8 + digit;
            self.next();
        }
        self.known(Some(code))
    }

    /// `\p{Name}`, `\p{Kind=Name}`.
    fn property(&mut self, sign: char) -> Atom {
        let here = self.rest;
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '=';
        let name = if self.eat("{") { self.eat_until(word, "}") } else { None };
        match name.filter(|name| property::is_known(name)) {
            Some(name) => Atom::Set(Cow::Owned(format!("\\{sign}{{{name}}}"))),
            None => {
                self.unfit(Unfit::Foreign("it has a property of characters that is not known by this name"));
                self.rest = here;
                Atom::Char(sign)
            }
        }
    }
}

/// Writes a character that means itself, in or outside of a class.
pub(super) fn write(c: char, out: &mut String) {
    match c {
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        c if r"\.+*?()|[]{}^$".contains(c) => out.extend(['\\', c]),
        c if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() => out.push(c),
        c => out.push_str(&format!("\\u{{{:X}}}", u32::from(c))),
    }
}
