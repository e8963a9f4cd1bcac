//! Streams of JSON values: one a line (`application/x-ndjson`, `application/jsonl`), or each behind a separator
//! (`application/json-seq`, RFC 7464).

use std::collections::VecDeque;
use std::marker::PhantomData;

use bytes::Bytes;

use super::super::{Json, Wire};
use super::Decode;
use crate::Unreadable;

/// Reads JSON values from bytes, in whatever pieces they come. As an iterator it gives those that are complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines<T> {
    rest: Vec<u8>,
    ready: VecDeque<Result<Json, Unreadable>>,
    /// A separator came: values end there, and may have several lines.
    separated: bool,
    of: PhantomData<fn() -> T>,
}

/// How long a value may be.
const MAX_VALUE: usize = 16 << 20;

/// How long a value may be that is tried before the next one begins.
const MAX_EAGER: usize = 64 << 10;

/// What stands before each value of a sequence.
const SEPARATOR: u8 = 0x1e;

impl<T: Wire> Lines<T> {
    /// A stream of which nothing has come.
    #[must_use]
    pub const fn new() -> Self {
        Self { rest: Vec::new(), ready: VecDeque::new(), separated: false, of: PhantomData }
    }

    /// A stream that has come as a whole.
    ///
    /// # Errors
    /// As [`Lines::push`].
    pub fn of(body: &Bytes) -> Result<Self, Unreadable> {
        let mut lines = Self::new();
        lines.push(body)?;
        lines.finish();
        Ok(lines)
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When a value is longer than 16 MB.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let ends = |b: u8, separated: bool| b == SEPARATOR || b == b'\n' && !separated;
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|b| ends(*b, self.separated)) {
            self.keep(&rest[..at])?;
            self.separated |= rest[at] == SEPARATOR;
            self.finish();
            rest = &rest[at + 1..];
        }
        self.keep(rest)?;
        // A value of a sequence ends in a line end. Whether this one does is seen when the next begins, or here.
        if self.separated
            && self.rest.last() == Some(&b'\n')
            && self.rest.len() < MAX_EAGER
            && let Ok(json) = Json::parse(&self.rest)
        {
            self.rest.clear();
            self.ready.push_back(Ok(json));
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        if self.rest.len() + bytes.len() > MAX_VALUE {
            return Err(Unreadable::new("item", "is longer than 16 MB"));
        }
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    /// What has come is a value, unless it is empty.
    fn finish(&mut self) {
        let text = std::mem::take(&mut self.rest);
        if !text.iter().all(u8::is_ascii_whitespace) {
            self.ready.push_back(Json::parse(&text));
        }
    }
}

impl<T: Wire> Default for Lines<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Wire> Iterator for Lines<T> {
    type Item = Result<T, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.ready.pop_front()?;
        Some(value.and_then(T::from_json).map_err(|error| error.within("item")))
    }
}

impl<T: Wire> Decode for Lines<T> {
    type Item = T;

    fn push(&mut self, bytes: Bytes) -> Result<(), Unreadable> {
        Self::push(self, &bytes)
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        self.finish();
        Ok(())
    }

    fn item(&mut self) -> Option<Result<T, Unreadable>> {
        self.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, size: usize) -> Vec<Result<Vec<i64>, String>> {
        let mut lines = Lines::<Vec<i64>>::new();
        let mut found = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            lines.push(piece).unwrap();
            found.extend(lines.by_ref());
        }
        lines.finish();
        found.extend(lines);
        found.into_iter().map(|value| value.map_err(|error| error.to_string())).collect()
    }

    #[test]
    fn values_come_in_any_pieces() {
        let lines = "[1]\n\r\n[2,3]\r\n{\n[4]";
        let sequence = "\u{1e}[1]\n\u{1e}\u{1e}[2,\n3]\n\u{1e}{\n\u{1e}[4]";
        for text in [lines, sequence] {
            for size in 1..=text.len() {
                let found = read(text, size);
                assert_eq!([&found[0], &found[1], &found[3]], [&Ok(vec![1]), &Ok(vec![2, 3]), &Ok(vec![4])], "{size}");
                assert!(found[2].as_ref().unwrap_err().starts_with("item") && found.len() == 4);
            }
        }
    }

    #[test]
    fn a_value_of_a_sequence_does_not_wait_for_the_next() {
        let mut lines = Lines::<Vec<i64>>::new();
        lines.push(b"\x1e[1]\n").unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), [1]);
    }

    #[test]
    fn no_value_is_without_end() {
        let mut lines = Lines::<Json>::new();
        let piece = vec![b'1'; 1 << 20];
        assert!((0..17).any(|_| lines.push(&piece).is_err()));
    }
}
