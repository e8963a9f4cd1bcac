//! Streams of events (`text/event-stream`), read as they come.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;

use super::Wire;
use super::stream::Decode;
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

/// Reads events from bytes, in whatever pieces they come. As an iterator it gives those that are complete. The data
/// `[DONE]`, by which some services announce the end, is no event where it is no `T`.
#[derive(Debug, Clone, PartialEq)]
pub struct Events<T> {
    /// A line that has not ended.
    line: Vec<u8>,
    /// The last byte ended a line, and a line feed behind it belongs to that end.
    returned: bool,
    /// The first line is read: a mark of the byte order stands before that alone.
    begun: bool,
    name: Option<String>,
    id: Option<String>,
    data: Option<String>,
    last_id: Option<String>,
    retry: Option<Duration>,
    ready: VecDeque<Event<String>>,
    of: PhantomData<fn() -> T>,
}

/// How long an event may be.
const MAX_EVENT: usize = 16 << 20;

impl<T: Wire> Events<T> {
    /// A stream of which nothing has come.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            line: Vec::new(),
            returned: false,
            begun: false,
            name: None,
            id: None,
            data: None,
            last_id: None,
            retry: None,
            ready: VecDeque::new(),
            of: PhantomData,
        }
    }

    /// A stream that has come as a whole.
    ///
    /// # Errors
    /// As [`Events::push`].
    pub fn of(body: &Bytes) -> Result<Self, Unreadable> {
        let mut events = Self::new();
        events.push(body)?;
        events.end()?;
        Ok(events)
    }

    /// The id of the last event that had one: what `Last-Event-ID` has to say when the stream is asked for again.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// How long to wait before the stream is asked for again, if the service says.
    #[must_use]
    pub const fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When an event is longer than 16 MB, or not UTF-8.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let mut rest = match bytes {
            [b'\n', rest @ ..] if self.returned => rest,
            all => all,
        };
        self.returned &= bytes.is_empty();
        while let Some(at) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            self.keep(&rest[..at])?;
            self.end_line()?;
            let end = match &rest[at..] {
                [b'\r', b'\n', ..] => 2,
                [b'\r'] => {
                    self.returned = true;
                    1
                }
                _ => 1,
            };
            rest = &rest[at + end..];
        }
        self.keep(rest)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        if self.line.len() + self.data.as_ref().map_or(0, String::len) + bytes.len() > MAX_EVENT {
            return Err(Unreadable::new("event", "is longer than 16 MB"));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), Unreadable> {
        let line =
            String::from_utf8(std::mem::take(&mut self.line)).map_err(|_| Unreadable::new("event", "is not UTF-8"))?;
        let line = if self.begun { &line } else { line.trim_start_matches('\u{feff}') };
        self.begun = true;
        if line.is_empty() {
            self.end_event();
            return Ok(());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.name = Some(value.to_owned()),
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
            }
            "data" => match &mut self.data {
                Some(data) => data.extend(["\n", value]),
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
        Ok(())
    }

    fn end_event(&mut self) {
        let (name, id) = (self.name.take(), self.id.take());
        if id.is_some() {
            self.last_id.clone_from(&id);
        }
        if let Some(data) = self.data.take() {
            let is_end = name.is_none() && id.is_none() && data == "[DONE]" && T::from_text(&data).is_err();
            if !is_end {
                self.ready.push_back(Event { name, id, data });
            }
        }
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
        let Event { name, id, data } = self.ready.pop_front()?;
        let read = T::from_text(&data).map_err(|error| error.within("event"));
        Some(read.map(|data| Event { name, id, data }))
    }
}

impl<T: Wire> Decode for Events<T> {
    type Item = Event<T>;

    fn push(&mut self, bytes: Bytes) -> Result<(), Unreadable> {
        Self::push(self, &bytes)
    }

    /// Some services forget the empty line behind the last event.
    fn end(&mut self) -> Result<(), Unreadable> {
        self.end_line()?;
        self.end_event();
        Ok(())
    }

    fn item(&mut self) -> Option<Result<Event<T>, Unreadable>> {
        self.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_any_pieces() {
        let text = "\u{feff}event: add\r\nid: 1\r\nretry: 250\r\ndata: [1,\r\ndata:2]\r\n\r\n: ping\n\nevent: none\n\n\
            data: [3]\rid\r\rid: 2\nretry: soon\n\ndata: [DONE]\n\ndata: [4]";
        for size in 1..=text.len() {
            let mut events = Events::<Vec<i64>>::new();
            let mut found = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                events.push(piece).unwrap();
                found.extend(events.by_ref().map(Result::unwrap));
            }
            events.end().unwrap();
            found.extend(events.by_ref().map(Result::unwrap));
            let event = |name: Option<&str>, id: Option<&str>, data: &[i64]| Event {
                name: name.map(str::to_owned),
                id: id.map(str::to_owned),
                data: data.to_vec(),
            };
            let expected =
                [event(Some("add"), Some("1"), &[1, 2]), event(None, Some(""), &[3]), event(None, None, &[4])];
            assert_eq!(found, expected, "{size}");
            assert_eq!((events.last_id(), events.retry()), (Some("2"), Some(Duration::from_millis(250))));
        }
    }

    #[test]
    fn data_is_json_or_text() {
        let body = Bytes::from_static(b"data: x\n\ndata: \"y\"\n\ndata: [DONE]\n\n");
        let texts: Vec<String> = Events::of(&body).unwrap().map(|event| event.unwrap().data).collect();
        assert_eq!(texts, ["x", "\"y\"", "[DONE]"]);
        let mut numbers = Events::<Vec<i64>>::of(&body).unwrap();
        assert!(numbers.next().unwrap().is_err() && numbers.next().unwrap().is_err() && numbers.next().is_none());
    }

    #[test]
    fn no_event_is_without_end() {
        let mut events = Events::<String>::new();
        let piece = format!("data: {}\n", "x".repeat(1 << 20));
        assert!((0..17).any(|_| events.push(piece.as_bytes()).is_err()));
        assert!(Events::<String>::new().push(b"data: \xff\n").is_err());
    }
}
