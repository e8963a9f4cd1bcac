//! From bytes to [`Json`]: one pass, bounded depth, digits kept.

use super::{Json, Object};
use crate::{Number, Unreadable};

/// How deep a value may be: deeper than any honest answer, and shallower than any stack.
const MAX_DEPTH: usize = 128;

struct Parser<'t> {
    text: &'t [u8],
    at: usize,
}

/// Reads one value, and nothing but space behind it.
pub(super) fn parse(text: &[u8]) -> Result<Json, Unreadable> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(parser.error("something stands behind the value")),
    }
}

impl Parser<'_> {
    fn error(&self, what: &str) -> Unreadable {
        Unreadable::new("body", format!("is not JSON: {what} at byte {}", self.at))
    }

    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Result<Json, Unreadable> {
        if depth > MAX_DEPTH {
            return Err(self.error("values nested too deep"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.text().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err(self.error("an unexpected character")),
            None => Err(self.error("the text ends too early")),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Unreadable> {
        if !self.text[self.at..].starts_with(word.as_bytes()) {
            return Err(self.error("an unexpected word"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Json, Unreadable> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(Object(entries)));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("a key is due"));
            }
            let key = self.text()?;
            if self.peek() != Some(b':') {
                return Err(self.error("a colon is due"));
            }
            self.at += 1;
            entries.push((key, self.value(depth + 1)?));
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.error("a comma or the end of an object is due")),
            }
        }
        self.at += 1;
        Ok(Json::Object(Object(entries)))
    }

    fn list(&mut self, depth: usize) -> Result<Json, Unreadable> {
        self.at += 1;
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.error("a comma or the end of a list is due")),
            }
        }
        self.at += 1;
        Ok(Json::List(items))
    }

    fn number(&mut self) -> Result<Json, Unreadable> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let digits = std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default();
        digits.parse::<Number>().map(Json::Number).map_err(|_| self.error("a number that is none"))
    }

    fn text(&mut self) -> Result<String, Unreadable> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            match self.text.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(0..=0x1f) => return Err(self.error("a control character in a text")),
                Some(_) => self.at += 1,
                None => return Err(self.error("a text without its end")),
            }
        }
        let raw = &self.text[start..self.at];
        let text = if escaped {
            // Escapes are rare; their rules are serde_json's.
            serde_json::from_slice(&self.text[start - 1..=self.at]).map_err(|_| self.error("a wrong escape"))?
        } else {
            std::str::from_utf8(raw).map_err(|_| self.error("a text that is not UTF-8"))?.to_owned()
        };
        self.at += 1;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was() {
        for text in [r#"{"b":1.50,"a":[null,true,"x\"\\\n\u0001"],"":{}}"#, "[]", "-0.0e5", r#""ё""#] {
            assert_eq!(parse(text.as_bytes()).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in
            ["", "{", "[1,]", "{\"a\" 1}", "01", "nul", "\"a", "\"\\", "\"\\q\"", "1 2", "{a:1}", "\"\n\"", "+1"]
        {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(parse(b"\"\xff\"").is_err());
    }
}
