//! Bodies of several parts (RFC 7578).

use bytes::Bytes;

use super::style::plain;
use super::{Json, Wire};

/// A file in a body.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct File {
    /// Its name, as the receiver gets to know it.
    pub name: String,
    /// Its media type; `application/octet-stream` if nobody says.
    pub media_type: Option<String>,
    /// What it holds.
    pub content: Bytes,
}

impl File {
    /// A file of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { name: name.into(), media_type: None, content: content.into() }
    }
}

/// A body of a media type that the sender chooses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Content {
    /// Its media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// A body of parts in the making.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Multipart {
    parts: Vec<(String, Bytes)>,
}

impl Multipart {
    /// Adds a field; each item of a list is a part of its own, what is deeper is JSON.
    pub fn field(&mut self, name: &str, media_type: Option<&str>, value: &impl Wire) {
        match value.to_json() {
            Json::Null => {}
            Json::List(items) => items.iter().for_each(|item| self.add_value(name, media_type, item)),
            other => self.add_value(name, media_type, &other),
        }
    }

    fn add_value(&mut self, name: &str, media_type: Option<&str>, value: &Json) {
        let deep = matches!(value, Json::Object(_) | Json::List(_));
        let media_type = media_type.or(deep.then_some("application/json"));
        let text = if deep { value.to_string() } else { plain(value) };
        self.add(name, None, media_type, text.into());
    }

    /// Adds a file; `media_type` is what it is if it does not say itself.
    pub fn file(&mut self, name: &str, file: &File, media_type: Option<&str>) {
        let media_type = file.media_type.as_deref().or(media_type).unwrap_or("application/octet-stream");
        self.add(name, Some(&file.name), Some(media_type), file.content.clone());
    }

    fn add(&mut self, name: &str, file: Option<&str>, media_type: Option<&str>, content: Bytes) {
        let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(name));
        if let Some(file) = file {
            head.push_str(&format!("; filename=\"{}\"", quoted(file)));
        }
        if let Some(media_type) = media_type {
            head.push_str(&format!("\r\nContent-Type: {}", media_type.replace(['\r', '\n'], " ")));
        }
        self.parts.push((head, content));
    }

    /// The media type and the body. The boundary is one that no part holds.
    pub(super) fn finish(self) -> (String, Bytes) {
        let mut boundary = "kassa-part".to_owned();
        let mut n = 0_u32;
        while self.parts.iter().any(|(_, content)| contains(content, boundary.as_bytes())) {
            n += 1;
            boundary = format!("kassa-part-{n}");
        }
        let mut body = Vec::new();
        for (head, content) in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body.into())
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
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
        parts.file("f", &File::new("x.bin", &b"--kassa-part--"[..]), None);
        let (media_type, body) = parts.finish();
        assert_eq!(media_type, "multipart/form-data; boundary=kassa-part-1");
        let expected = "--kassa-part-1\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n1\r\n\
            --kassa-part-1\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n2\r\n\
            --kassa-part-1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\r\n\
            Content-Type: application/octet-stream\r\n\r\n--kassa-part--\r\n--kassa-part-1--\r\n";
        assert_eq!(body, expected);
    }
}
