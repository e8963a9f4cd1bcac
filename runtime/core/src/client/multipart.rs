//! Bodies of several parts (RFC 7578).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::Bytes;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::stream::Body;
use super::style::plain;
use super::{Broken, Check, Json, Wire};
use crate::BuildError;

/// A file in a body. What it holds is in memory, or comes from a [`Body`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct File<F = Bytes> {
    /// Its name, as the receiver gets to know it.
    pub name: String,
    /// Its media type; `application/octet-stream` if nobody says.
    pub media_type: Option<String>,
    /// What it holds.
    pub content: F,
}

impl File {
    /// A file of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { name: name.into(), media_type: None, content: content.into() }
    }
}

impl File<Body> {
    /// A file of this name that need not be in memory.
    #[must_use]
    pub fn streamed(name: impl Into<String>, content: impl Into<Body>) -> Self {
        Self { name: name.into(), media_type: None, content: content.into() }
    }
}

/// A body of a media type that the sender chooses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Content<F = Bytes> {
    /// Its media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: F,
}

/// A body of parts in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multipart<F = Bytes> {
    parts: Vec<(String, Part<F>)>,
    boundary: Option<String>,
    broken: Vec<Broken>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<F> {
    Text(String),
    File(F),
}

impl<F> Default for Multipart<F> {
    fn default() -> Self {
        Self { parts: Vec::new(), boundary: None, broken: Vec::new() }
    }
}

impl<F: Into<Body>> Multipart<F> {
    /// Adds a field; each item of a list is a part of its own, what is deeper is JSON.
    pub fn field(&mut self, name: &str, media_type: Option<&str>, value: &impl Wire) {
        match value.to_json() {
            Json::Null => {}
            // Said to be JSON, the list is one part.
            Json::List(items) if !media_type.is_some_and(is_json) => {
                items.iter().for_each(|item| self.add_value(name, media_type, item));
            }
            other => self.add_value(name, media_type, &other),
        }
    }

    fn add_value(&mut self, name: &str, media_type: Option<&str>, value: &Json) {
        let deep = matches!(value, Json::Object(_) | Json::List(_));
        let media_type = media_type.or(deep.then_some("application/json"));
        let text = if deep || media_type.is_some_and(is_json) { value.to_string() } else { plain(value) };
        self.add(name, None, media_type, Part::Text(text));
    }

    /// Holds the value of a field against the constraints of the document; what it breaks, the request tells.
    pub fn check(&mut self, name: &str, value: &impl Wire, rule: impl FnOnce(&mut Check<'_>)) {
        Check::new(&value.to_json(), &format!("body.{name}"), &mut self.broken).value(rule);
    }

    /// Holds fields that the document does not name, likewise.
    pub fn check_more<T: Wire>(&mut self, more: &BTreeMap<String, T>, rule: impl Fn(&mut Check<'_>)) {
        more.iter().for_each(|(name, value)| self.check(name, value, &rule));
    }

    /// What is broken so far.
    pub(super) fn take_broken(&mut self) -> Vec<Broken> {
        std::mem::take(&mut self.broken)
    }

    /// Adds a file; `media_type` is what it is if it does not say itself.
    pub fn file(&mut self, name: &str, file: File<F>, media_type: Option<&str>) {
        let said = file.media_type.as_deref().or(media_type).unwrap_or("application/octet-stream");
        self.add(name, Some(&file.name), Some(said), Part::File(file.content));
    }

    /// Adds fields that the document does not name; a name that is there already is that of another part.
    pub fn more<T: Wire>(&mut self, more: &BTreeMap<String, T>) {
        for (name, value) in self.new_ones(more) {
            self.field(&name, None, value);
        }
    }

    /// Adds files that the document does not name, likewise.
    pub fn more_files(&mut self, more: BTreeMap<String, File<F>>) {
        self.more_lists(more.into_iter().map(|(name, file)| (name, vec![file])).collect());
    }

    /// Adds files that the document does not name, several of each name, likewise.
    pub fn more_lists(&mut self, more: BTreeMap<String, Vec<File<F>>>) {
        for (name, files) in self.new_ones(more) {
            files.into_iter().for_each(|file| self.file(&name, file, None));
        }
    }

    /// Those whose names no part has.
    fn new_ones<N: AsRef<str>, V>(&self, more: impl IntoIterator<Item = (N, V)>) -> Vec<(String, V)> {
        let is_new = |name: &str| self.parts.iter().all(|(head, _)| !head.starts_with(&beginning(name)));
        let new = more.into_iter().filter(|(name, _)| is_new(name.as_ref()));
        new.map(|(name, value)| (name.as_ref().to_owned(), value)).collect()
    }

    /// Sets what stands between the parts, and in none of them; without it, it is found, or drawn for streams.
    pub fn set_boundary(&mut self, boundary: impl Into<String>) {
        self.boundary = Some(boundary.into());
    }

    fn add(&mut self, name: &str, file: Option<&str>, media_type: Option<&str>, content: Part<F>) {
        let mut head = beginning(name);
        if let Some(file) = file {
            head.push_str(&format!("; filename=\"{}\"", quoted(file)));
        }
        if let Some(media_type) = media_type {
            head.push_str(&format!("\r\nContent-Type: {}", media_type.replace(['\r', '\n'], " ")));
        }
        self.parts.push((head, content));
    }

    /// The media type and the body.
    pub(super) fn finish(self, media_type: &str) -> Result<(String, Body), BuildError> {
        let parts: Vec<(String, Body)> = self
            .parts
            .into_iter()
            .map(|(head, part)| match part {
                Part::Text(text) => (head, text.into()),
                Part::File(file) => (head, file.into()),
            })
            .collect();
        let boundary = match self.boundary {
            Some(given) if is_boundary(&given) => given,
            Some(given) => return Err(BuildError::Body(format!("{given:?} cannot stand between parts"))),
            None => boundary(&parts)?,
        };
        let mut body = Body::default();
        for (head, content) in parts {
            body.append(format!("--{boundary}\r\n{head}\r\n\r\n"));
            body.append(content);
            body.append("\r\n".to_owned());
        }
        body.append(format!("--{boundary}--\r\n"));
        Ok((format!("{media_type}; boundary={boundary}"), body))
    }
}

/// The first boundary that no part holds; where a part is not known yet, one that nobody can guess.
fn boundary(parts: &[(String, Body)]) -> Result<String, BuildError> {
    let mut boundary = "kassa-part".to_owned();
    let Some(contents) = parts.iter().map(|(_, content)| content.whole()).collect::<Option<Vec<Bytes>>>() else {
        let mut random = [0_u8; 16];
        SystemRandom::new()
            .fill(&mut random)
            .map_err(|_| BuildError::Body("nothing random is to be had".to_owned()))?;
        boundary.push('-');
        random.iter().for_each(|byte| _ = write!(boundary, "{byte:02x}"));
        return Ok(boundary);
    };
    let mut n = 0_u32;
    while contents.iter().any(|content| contains(content, boundary.as_bytes())) {
        n += 1;
        boundary = format!("kassa-part-{n}");
    }
    Ok(boundary)
}

/// Whether a text can stand between parts, without quotes around it (RFC 2046 §5.1.1).
fn is_boundary(text: &str) -> bool {
    (1..=70).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"'+_-.".contains(&b))
}

fn is_json(media_type: &str) -> bool {
    media_type.ends_with("/json") || media_type.ends_with("+json")
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// How a part of this name begins.
fn beginning(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", quoted(name))
}

/// As browsers escape names of parts.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_holds_the_boundary() {
        let mut parts = Multipart::default();
        parts.field("a\"b", None, &vec![1, 2]);
        parts.file("f", File::new("x.bin", &b"--kassa-part--"[..]), None);
        let (media_type, body) = parts.finish("multipart/form-data").unwrap();
        assert_eq!(media_type, "multipart/form-data; boundary=kassa-part-1");
        let expected = "--kassa-part-1\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n1\r\n\
            --kassa-part-1\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n2\r\n\
            --kassa-part-1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\r\n\
            Content-Type: application/octet-stream\r\n\r\n--kassa-part--\r\n--kassa-part-1--\r\n";
        assert_eq!(body.whole().unwrap(), expected);
    }

    #[test]
    fn a_part_that_is_said_to_be_json_is() {
        let mut parts = Multipart::<Bytes>::default();
        parts.field("l", Some("application/json"), &vec!["a".to_owned()]);
        parts.field("t", Some("application/json"), &"b".to_owned());
        let (_, body) = parts.finish("multipart/form-data").unwrap();
        let body = String::from_utf8(body.whole().unwrap().to_vec()).unwrap();
        assert!(body.contains("\r\n\r\n[\"a\"]\r\n") && body.contains("\r\n\r\n\"b\"\r\n"), "{body}");
    }

    #[test]
    fn what_is_not_known_yet_has_a_boundary_that_nobody_guesses() {
        let file = |length| File::streamed("x", Body::reader(&b"abc"[..], length));
        let finish = |length, given: Option<&str>| {
            let mut parts = Multipart::default();
            parts.file("f", file(length), None);
            given.into_iter().for_each(|given| parts.set_boundary(given));
            parts.finish("multipart/mixed")
        };
        let [(one, body), (other, _)] = [finish(Some(3), None).unwrap(), finish(None, None).unwrap()];
        assert_eq!(one.len(), "multipart/mixed; boundary=kassa-part-".len() + 32);
        assert_ne!(one, other);
        let boundary = one.rsplit('=').next().unwrap();
        let rest = "\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\
            Content-Type: application/octet-stream\r\n\r\nabc\r\n";
        assert_eq!(body.length(), Some(format!("--{boundary}{rest}--{boundary}--\r\n").len() as u64));
        let (given, body) = finish(None, Some("between")).unwrap();
        assert_eq!((given.as_str(), body.length()), ("multipart/mixed; boundary=between", None));
        assert!(finish(None, Some("a b")).is_err());
    }
}
