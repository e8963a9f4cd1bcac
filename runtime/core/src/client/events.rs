//! Streams of events (`text/event-stream`), read as they come.

use std::collections::VecDeque;
use std::marker::PhantomData;

use bytes::Bytes;

use super::{Json, Wire};
use crate::Unreadable;

/// An event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<T> {
    /// What it is called, if it says.
    pub name: Option<String>,
    /// Its id, if it says.
    pub id: Option<String>,
    /// What it holds.
    pub data: T,
}

/// Reads events from bytes, in whatever pieces they come. As an iterator it gives those that are complete.
#[derive(Debug, Clone)]
pub struct Events<T> {
    rest: Vec<u8>,
    ready: VecDeque<(Option<String>, Option<String>, String)>,
    of: PhantomData<fn() -> T>,
}

/// How long an event may be.
const MAX_EVENT: usize = 16 << 20;

impl<T: Wire> Events<T> {
    /// A stream of which nothing has come.
    #[must_use]
    pub const fn new() -> Self {
        Self { rest: Vec::new(), ready: VecDeque::new(), of: PhantomData }
    }

    /// A stream that has come as a whole.
    ///
    /// # Errors
    /// As [`Events::push`].
    pub fn of(body: &Bytes) -> Result<Self, Unreadable> {
        let mut events = Self::new();
        events.push(body)?;
        // Some servers forget the empty line behind the last.
        events.push(b"\n\n")?;
        Ok(events)
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When an event is longer than 16 MB, or not UTF-8.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        // Only what is new can end an event, with the line end before it.
        let mut from = self.rest.len().saturating_sub(3);
        self.rest.extend_from_slice(bytes);
        let mut start = 0;
        while let Some((at, len)) = end_of_event(&self.rest, from.max(start)) {
            let text =
                std::str::from_utf8(&self.rest[start..at]).map_err(|_| Unreadable::new("event", "is not UTF-8"))?;
            self.ready.extend(parse(text));
            start = at + len;
            from = start;
        }
        self.rest.drain(..start);
        if self.rest.len() > MAX_EVENT {
            return Err(Unreadable::new("event", "is longer than 16 MB"));
        }
        Ok(())
    }
}

impl<T: Wire> Default for Events<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Wire> Iterator for Events<T> {
    type Item = Result<Event<T>, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let (name, id, data) = self.ready.pop_front()?;
        // An end that some services announce, and that is no item.
        if data == "[DONE]" {
            return self.next();
        }
        let read = match T::from_json(Json::Text(data.clone())) {
            Ok(data) => Ok(data),
            Err(_) => Json::parse(data.as_bytes()).and_then(T::from_json),
        };
        Some(read.map(|data| Event { name, id, data }).map_err(|error| error.within("event")))
    }
}

/// Where an empty line ends an event, and how long that end is.
fn end_of_event(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    (from..bytes.len()).find_map(|at| {
        let ends: [&[u8]; 3] = [b"\r\n\r\n", b"\n\n", b"\r\r"];
        ends.iter().find(|end| bytes[at..].starts_with(end)).map(|end| (at, end.len()))
    })
}

fn parse(text: &str) -> Option<(Option<String>, Option<String>, String)> {
    let (mut name, mut id) = (None, None);
    let mut data: Vec<&str> = Vec::new();
    for line in text.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field.trim_start_matches('\u{feff}') {
            "event" => name = Some(value.to_owned()),
            "id" => id = Some(value.to_owned()),
            "data" => data.push(value),
            _ => {}
        }
    }
    (!data.is_empty()).then(|| (name, id, data.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_any_pieces() {
        let text = "event: add\r\nid: 1\r\ndata: [1,\r\ndata: 2]\r\n\r\n: ping\n\ndata: [3]\n\ndata: [DONE]\n\ndata: x";
        for size in 1..text.len() {
            let mut events = Events::<Vec<i64>>::new();
            let mut found = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                events.push(piece).unwrap();
                found.extend(events.by_ref().map(Result::unwrap));
            }
            assert_eq!(found[0], Event { name: Some("add".to_owned()), id: Some("1".to_owned()), data: vec![1, 2] });
            assert_eq!(
                found.iter().map(|event| event.data.clone()).collect::<Vec<_>>(),
                [vec![1, 2], vec![3]],
                "{size}"
            );
        }
        let mut whole = Events::<Vec<i64>>::of(&Bytes::from_static(b"data: x")).unwrap();
        assert!(whole.next().unwrap().is_err() && whole.next().is_none());
    }
}
