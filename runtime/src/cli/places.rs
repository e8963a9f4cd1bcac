//! Where everything stands in a JSON text, by path: `items[0].price`.
//!
//! The JSON reader tells the path of what is wrong, and a position somewhere behind it; rules that are checked later
//! know the path alone. The text is read again here, only when there is something to show.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use kassa::diagnostic::{Position, Span};

/// The places of keys and values.
#[derive(Debug, Default)]
pub(super) struct Places {
    values: BTreeMap<String, Span>,
    keys: BTreeMap<String, Span>,
}

impl Places {
    /// The places in `text`, up to where it stops being JSON.
    pub(super) fn new(text: &str) -> Self {
        let mut scanner =
            Scanner { rest: text.chars().peekable(), at: Position { line: 1, column: 1 }, places: Self::default() };
        scanner.value(String::new(), 0);
        scanner.places
    }

    /// Where the value at `path` stands, or the nearest one around it: what is missing or computed has no place.
    pub(super) fn value(&self, path: &str) -> Span {
        let mut path = path;
        loop {
            if let Some(span) = self.values.get(path) {
                return *span;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return self.values.get("").copied().unwrap_or(Span::at(1, 1)),
            }
        }
    }

    /// Where it stands who buys, and where.
    pub(super) fn confidential(&self) -> impl Iterator<Item = Span> {
        let told = |path: &str| path.starts_with("buyer.") || path == "place";
        self.values.iter().filter(move |(path, _)| told(path)).map(|(_, span)| *span)
    }

    /// Where the last key `name` of the object at `path` stands.
    pub(super) fn key(&self, path: &str, name: &str) -> Option<Span> {
        self.keys.get(&join(path, name)).copied()
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

struct Scanner<'t> {
    rest: Peekable<Chars<'t>>,
    at: Position,
    places: Places,
}

/// Deeper than the JSON reader goes.
const DEEPEST: usize = 130;

impl Scanner<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character == '\n' {
            self.at = Position { line: self.at.line + 1, column: 1 };
        } else {
            self.at.column += 1;
        }
        Some(character)
    }

    fn skip_space(&mut self) {
        while self.rest.next_if(|c| matches!(c, ' ' | '\t' | '\r')).map(|_| self.at.column += 1).is_some()
            || (self.rest.peek() == Some(&'\n') && self.next().is_some())
        {}
    }

    /// Takes `expected`, or tells that the text is no JSON.
    fn take(&mut self, expected: char) -> Option<()> {
        self.skip_space();
        if self.rest.peek() == Some(&expected) { self.next().map(drop) } else { None }
    }

    fn value(&mut self, path: String, depth: usize) -> Option<()> {
        self.skip_space();
        let start = self.at;
        match self.rest.peek()? {
            _ if depth > DEEPEST => return None,
            '{' => {
                self.next();
                self.place(&path, start);
                self.object(&path, depth)?;
            }
            '[' => {
                self.next();
                self.place(&path, start);
                self.array(&path, depth)?;
            }
            '"' => {
                self.string()?;
                self.place(&path, start);
            }
            _ => {
                while self.rest.peek().is_some_and(|c| !matches!(c, ',' | ']' | '}' | ' ' | '\t' | '\r' | '\n')) {
                    self.next();
                }
                self.place(&path, start);
            }
        }
        Some(())
    }

    fn object(&mut self, path: &str, depth: usize) -> Option<()> {
        if self.take('}').is_some() {
            return Some(());
        }
        loop {
            self.skip_space();
            let start = self.at;
            let key = join(path, &self.string()?);
            self.places.keys.insert(key.clone(), Span { start, end: self.at });
            self.take(':')?;
            self.value(key, depth + 1)?;
            if self.take(',').is_none() {
                return self.take('}');
            }
        }
    }

    fn array(&mut self, path: &str, depth: usize) -> Option<()> {
        if self.take(']').is_some() {
            return Some(());
        }
        for index in 0.. {
            self.value(format!("{path}[{index}]"), depth + 1)?;
            if self.take(',').is_none() {
                return self.take(']');
            }
        }
        None
    }

    /// A string; escapes stay as they are written, since no name of a field needs one.
    fn string(&mut self) -> Option<String> {
        self.take('"')?;
        let mut text = String::new();
        loop {
            match self.next()? {
                '"' => return Some(text),
                '\\' => text.extend(['\\', self.next()?]),
                character => text.push(character),
            }
        }
    }

    fn place(&mut self, path: &str, start: Position) {
        self.places.values.insert(path.to_owned(), Span { start, end: self.at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_every_place() {
        let places = Places::new("{\n  \"a\": [1, {\"ё\": \"x\\\"y\"}],\n\t\"b\" : -1.5e3 }");
        let at = |span: Span| (span.start.line, span.start.column, span.end.column);
        assert_eq!(at(places.value("a[0]")), (2, 9, 10));
        assert_eq!(at(places.value("a[1].ё")), (2, 18, 24));
        assert_eq!(at(places.value("b")), (3, 8, 14));
        assert_eq!(at(places.key("", "b").unwrap()), (3, 2, 5));
        assert_eq!(at(places.key("a[1]", "ё").unwrap()), (2, 13, 16));
        // What is not there has the place of what is around it.
        assert_eq!(at(places.value("a[1].missing.deeper")), at(places.value("a[1]")));
        assert_eq!(at(places.value("total")), (1, 1, 2));
    }

    #[test]
    fn stops_where_the_text_is_no_json() {
        for text in ["", "{", "{\"a\"", "[1,", "\"x", "{\"a\":1}}", &"[".repeat(100_000)] {
            Places::new(text);
        }
    }
}
