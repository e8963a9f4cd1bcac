//! From JSON to the tree, in one pass.

use std::ops::Range;

use super::{NodeId, Pair, Slice, Stored, Tree, Unread, to_u32};

struct Parser<'t> {
    tree: &'t mut Tree,
    at: usize,
    end: usize,
    /// Items and entries of the lists and maps that are open.
    items: Vec<NodeId>,
    pairs: Vec<Pair>,
}

pub(super) fn parse(tree: &mut Tree, range: Range<u32>) -> Result<NodeId, Unread> {
    let (at, end) = (range.start as usize, range.end as usize);
    let mut parser = Parser { tree, at, end, items: Vec::new(), pairs: Vec::new() };
    let root = parser.value(0)?;
    match parser.peek() {
        None => Ok(root),
        Some(_) => Err(parser.error("something stands behind the document")),
    }
}

impl Parser<'_> {
    fn error(&self, what: &str) -> Unread {
        Unread::at(to_u32(self.at.min(self.end)), format!("this is not JSON: {what}"))
    }

    fn byte(&self, at: usize) -> Option<u8> {
        if at < self.end { self.tree.text.as_bytes().get(at).copied() } else { None }
    }

    fn peek(&mut self) -> Option<u8> {
        while self.byte(self.at).is_some_and(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.byte(self.at)
    }

    fn value(&mut self, depth: usize) -> Result<NodeId, Unread> {
        if depth > self.tree.policy.depth {
            return Err(Unread::too_deep(to_u32(self.at), self.tree.policy));
        }
        let found = self.peek();
        let offset = to_u32(self.at);
        match found {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => {
                let text = self.text()?;
                Ok(self.tree.push(offset, Stored::Text(text)))
            }
            Some(b'-' | b'0'..=b'9') => {
                while self.byte(self.at).is_some_and(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
                    self.at += 1;
                }
                let slice = Slice { start: offset, len: to_u32(self.at) - offset };
                if self.tree.slice(slice).parse::<f64>().is_err() {
                    return Err(self.error("a number that is none"));
                }
                Ok(self.tree.push(offset, Stored::Number(slice)))
            }
            Some(b't') => self.word("true", Stored::Bool(true)),
            Some(b'f') => self.word("false", Stored::Bool(false)),
            Some(b'n') => self.word("null", Stored::Null),
            Some(_) => Err(self.error("an unexpected character")),
            None => Err(self.error("the text ends too early")),
        }
    }

    fn word(&mut self, word: &str, stored: Stored) -> Result<NodeId, Unread> {
        let offset = to_u32(self.at);
        if !self.tree.text.as_bytes()[self.at..self.end].starts_with(word.as_bytes()) {
            return Err(self.error("an unexpected word"));
        }
        self.at += word.len();
        Ok(self.tree.push(offset, stored))
    }

    fn map(&mut self, depth: usize) -> Result<NodeId, Unread> {
        let offset = to_u32(self.at);
        let first = self.pairs.len();
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(self.tree.push_map(offset, &[]));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("a key in quotes is due"));
            }
            let key_offset = to_u32(self.at);
            let key = self.text()?;
            if self.peek() != Some(b':') {
                return Err(self.error("a colon is due"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            self.pairs.push(Pair { key, offset: key_offset, value });
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.error("a comma or the end of a map is due")),
            }
        }
        self.at += 1;
        let id = self.tree.push_map(offset, &self.pairs[first..]);
        self.pairs.truncate(first);
        Ok(id)
    }

    fn list(&mut self, depth: usize) -> Result<NodeId, Unread> {
        let offset = to_u32(self.at);
        let first = self.items.len();
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(self.tree.push_list(offset, &[]));
        }
        loop {
            let item = self.value(depth + 1)?;
            self.items.push(item);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.error("a comma or the end of a list is due")),
            }
        }
        self.at += 1;
        let id = self.tree.push_list(offset, &self.items[first..]);
        self.items.truncate(first);
        Ok(id)
    }

    /// A text, its quotes left out.
    fn text(&mut self) -> Result<Slice, Unread> {
        self.at += 1;
        let start = self.at;
        let rest = &self.tree.text[start..self.end];
        let Some(len) = rest.find('"') else { return Err(self.error("a text without its end")) };
        if let Some(at) = rest[..len].find('\\') {
            return self.escaped(start, start + at);
        }
        self.tree.may_be(len, to_u32(start - 1))?;
        self.at = start + len + 1;
        Ok(Slice { start: to_u32(start), len: to_u32(len) })
    }

    /// A text with escapes, the first of them at `at`.
    fn escaped(&mut self, start: usize, at: usize) -> Result<Slice, Unread> {
        let mut text = self.tree.text[start..at].to_owned();
        self.at = at;
        loop {
            let rest = &self.tree.text[self.at..self.end];
            let Some(next) = rest.find(['"', '\\']) else { return Err(self.error("a text without its end")) };
            text.push_str(&rest[..next]);
            self.at += next + 1;
            if rest.as_bytes()[next] == b'"' {
                self.tree.may_be(text.len(), to_u32(start - 1))?;
                return Ok(self.tree.push_text(&text));
            }
            let escape = self.byte(self.at);
            self.at += 1;
            text.push(match escape {
                Some(b'"') => '"',
                Some(b'\\') => '\\',
                Some(b'/') => '/',
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(b'n') => '\n',
                Some(b'r') => '\r',
                Some(b't') => '\t',
                Some(b'u') => self.unicode()?,
                _ => return Err(self.error("a wrong escape")),
            });
        }
    }

    fn unicode(&mut self) -> Result<char, Unread> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first)
            && self.byte(self.at) == Some(b'\\')
            && self.byte(self.at + 1) == Some(b'u')
        {
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at -= 6;
        }
        char::from_u32(first).ok_or_else(|| self.error("half of a surrogate pair, without its other half"))
    }

    fn hex(&mut self) -> Result<u32, Unread> {
        let digits = self.tree.text.get(self.at..(self.at + 4).min(self.end)).filter(|text| text.len() == 4);
        let code = digits.filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|text| u32::from_str_radix(text, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => Err(self.error("a wrong escape")),
        }
    }
}
