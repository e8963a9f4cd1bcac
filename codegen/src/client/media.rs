//! From bodies and responses to media.

use std::collections::HashSet;

use super::lower::{Lowering, doc_of, infer};
use super::model::{Body, Field, Media, MediaKind, Param, Place, Response, Shape, Use};
use super::name::{Names, escaped, field_name, type_name};
use super::parameters::is_token;
use super::statuses::{status, status_name};
use super::view::{shown, types};
use crate::diag::Code;
use crate::tree::NodeId;

impl Lowering<'_> {
    /// The body of an operation, or of what the service sends by itself.
    pub(super) fn body(&mut self, node: NodeId, owner: &str, sent: bool) -> Option<Body> {
        let tree = self.reader.tree;
        let said = tree.get(node, "requestBody")?;
        let Some(body) = self.reader.follow(said, "requestBodies") else {
            self.spoil(tree.offset(said));
            return None;
        };
        let media = self.media(body, owner, "Body", sent);
        if media.is_empty() {
            if !tree.entries_of(body, "content").is_empty() {
                self.spoil(tree.offset(body));
            }
            return None;
        }
        let rust = if media.len() > 1 { self.names.take(&format!("{owner}Body")) } else { String::new() };
        Some(Body { required: tree.flag(body, "required"), media, rust })
    }

    /// The answers of an operation, or to what the service sends by itself.
    pub(super) fn responses(&mut self, node: NodeId, owner: &str, sent: bool) -> Vec<Response> {
        let tree = self.reader.tree;
        let mut names = Names::without(&["Undocumented"]);
        let mut responses = Vec::new();
        for (key, at, value) in self.map_of(node, "responses").placed().filter(|(key, ..)| !key.starts_with("x-")) {
            let Some(status) = status(key) else {
                self.reader.notes.warn(
                    Code::S008,
                    at,
                    format!("there is no status `{key}`: its operation is left out"),
                );
                self.spoil(at);
                continue;
            };
            if responses.iter().any(|had: &Response| had.status == status) {
                self.reader.notes.warn(
                    Code::S004,
                    at,
                    format!("the status `{key}` stands here a second time: left out"),
                );
                continue;
            }
            let Some(value) = self.reader.follow(value, "responses") else {
                self.spoil(tree.offset(value));
                continue;
            };
            let rust = names.take(&status_name(status));
            let hint = format!("{owner}{rust}");
            let media = self.media(value, &hint, "", sent);
            let body = if media.len() > 1 { self.names.take(&format!("{hint}Body")) } else { String::new() };
            let headers = self.headers(value, &hint);
            let headers_rust =
                if headers.is_empty() { String::new() } else { self.names.take(&format!("{hint}Headers")) };
            let doc = tree.text(value, "description").unwrap_or_default().to_owned();
            responses.push(Response { status, rust, doc, media, body, headers, headers_rust });
        }
        responses.sort_by_key(|response| response.status);
        responses
    }

    fn headers(&mut self, node: NodeId, hint: &str) -> Vec<Param> {
        let tree = self.reader.tree;
        let mut names = Names::default();
        let mut fields = Vec::new();
        for (name, at, header) in self.map_of(node, "headers").placed() {
            let Some(header) = self.reader.follow(header, "headers") else { continue };
            // Said by the media types.
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            if !is_token(name) {
                self.reader.notes.warn(Code::S008, at, format!("no header can be called `{name}`: left out"));
                continue;
            }
            let hint = type_name(&format!("{hint} {name}"), "Header");
            let (of, style) = self.shape_of(header, Place::Header, &hint);
            let doc = match (tree.text(header, "description"), tree.get(header, "schema")) {
                (Some(text), _) => text.trim_end().to_owned(),
                (None, Some(schema)) => {
                    let default = self.default_of(&[schema], None);
                    doc_of(tree, schema, default)
                }
                (None, None) => String::new(),
            };
            if !self.may_write(name.len() + doc.len(), at) {
                break;
            }
            let field = Field {
                wire: name.to_ascii_lowercase(),
                rust: escaped(names.take(&field_name(name, "header"))),
                doc,
                of,
                required: tree.flag(header, "required"),
                read_only: false,
                write_only: false,
                deprecated: tree.flag(header, "deprecated"),
                boxed: false,
                default: None,
            };
            fields.push(Param { place: Place::Header, field, style, reserved: false });
        }
        fields
    }

    /// What a body may be: of media types that mean the same, one.
    fn media(&mut self, node: NodeId, owner: &str, ending: &str, sent: bool) -> Vec<Media> {
        let tree = self.reader.tree;
        let hint = &format!("{owner}{ending}");
        let mut all: Vec<Media> = Vec::new();
        let content = self.map_of(node, "content");
        // The same schema, written out for each media type, is one type.
        let mut schemas: Vec<(String, NodeId)> = Vec::new();
        let json = content.placed().filter(|(media_type, ..)| content.len() > 1 && media_type.contains("json"));
        let json = json.filter_map(|(.., entry)| tree.get(entry, "schema"));
        let one_json = json.map(|schema| shown(tree, schema)).collect::<HashSet<_>>().len() < 2;
        for (mut media_type, at, entry) in content.placed() {
            if media_type.is_empty() {
                self.reader.notes.warn(Code::S008, at, "this media type has no name: it may be any");
                media_type = "*/*";
            }
            if !is_media_type(media_type) {
                self.reader.notes.warn(
                    Code::S008,
                    at,
                    format!("`{media_type}` is no media type, as `application/json` is: left out"),
                );
                continue;
            }
            let mut schema = tree.get(entry, "schema");
            if let Some(node) = schema.filter(|_| content.len() > 1) {
                let text = shown(tree, node);
                match schemas.iter().find(|(had, _)| *had == text) {
                    Some((_, first)) => schema = Some(*first),
                    None => schemas.push((text, node)),
                }
            }
            let hint = match content.len() {
                0 | 1 => hint.to_owned(),
                _ => format!("{}{}", type_name(&format!("{owner} {}", media_label(media_type)), "Media"), ending),
            };
            let media = self.medium(media_type, entry, schema, &hint, sent);
            // What is sent as JSON of a kind of its own, such as a patch, is no other JSON; and where JSON of another
            // schema may come, the type tells which it is.
            let same = |had: &Media| {
                had.media_type == media.media_type
                    || had.kind == MediaKind::Json
                        && one_json
                        && !(sent && (is_kind_of_json(&had.media_type) || is_kind_of_json(&media.media_type)))
            };
            let twin = all.iter_mut().find(|had| had.of.shape == media.of.shape && had.kind == media.kind && same(had));
            match twin {
                // Of several types that mean JSON, the one that says so.
                Some(had) if !is_json(&had.media_type) => had.media_type = media.media_type,
                Some(_) => {}
                None => all.push(media),
            }
        }
        // What comes is there all the same, in whatever type.
        if all.is_empty() && !content.is_empty() && !sent {
            all.push(self.medium("*/*", node, None, hint, sent));
        }
        // What is typed comes first: it is what is asked for, and taken when nobody says.
        all.sort_by_key(|media| media.kind != MediaKind::Json);
        let mut names = Names::default();
        for media in &mut all {
            media.rust = names.take(&media_name(media));
        }
        all
    }

    fn medium(&mut self, media_type: &str, entry: NodeId, schema: Option<NodeId>, hint: &str, sent: bool) -> Media {
        let tree = self.reader.tree;
        let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let set = match schema {
            Some(schema) => {
                let view = self.reader.view(schema);
                if view.groups.is_empty() { infer(&view) } else { types::OBJECT }
            }
            None => 0,
        };
        let json = is_json(&plain);
        let any = plain == "*/*" || plain == "application/*" || plain.is_empty();
        let media =
            |kind, media_type: &str, of| Media { kind, media_type: media_type.to_owned(), of, rust: String::new() };
        let lowered =
            |lowering: &mut Self| schema.map_or_else(|| Use::new(Shape::Any), |schema| lowering.lower(schema, hint));
        if json
            || (any || plain == "text/plain")
                && set != 0
                && set != types::TEXT
                && (set & (types::OBJECT | types::LIST) != 0 || any)
        {
            let media_type = if any { "application/json" } else { media_type };
            let of = lowered(self);
            return media(MediaKind::Json, media_type, of);
        }
        let sent_in_parts = plain.starts_with("multipart/") && sent;
        if plain == "application/x-www-form-urlencoded" || sent_in_parts {
            self.tell_encodings(schema, entry);
        }
        if plain == "application/x-www-form-urlencoded" {
            let encodings = self.encodings(schema, entry);
            let of = lowered(self);
            return media(MediaKind::Form(encodings), &plain, of);
        }
        if sent_in_parts {
            let of = self.parts(schema, entry, hint);
            let media_type = if plain.contains('*') { "multipart/form-data" } else { &plain };
            return media(MediaKind::Multipart, media_type, of);
        }
        if plain == "text/event-stream" && !sent {
            // Without a schema an event is a text, and so it is where the schema is one.
            let of = if schema.is_none() || set == types::TEXT { Use::new(Shape::Text) } else { lowered(self) };
            return media(MediaKind::Events, media_type, of);
        }
        if is_lines(&plain) && !sent {
            // A list says what is in the stream; a line is an item.
            let item = schema
                .and_then(|schema| self.reader.view(schema).items.into_iter().next())
                .filter(|_| set == types::LIST);
            let of = match item {
                Some(item) => self.lower(item, &format!("{hint}Item")),
                None => lowered(self),
            };
            return media(MediaKind::Lines, media_type, of);
        }
        let bytes = Use::new(Shape::Any);
        if plain.contains('*') || plain.is_empty() {
            return media(MediaKind::Content, media_type, bytes);
        }
        if plain.starts_with("text/")
            && plain != "text/xml"
            && tree.get(entry, "schema").is_none_or(|schema| tree.text(schema, "format") != Some("binary"))
        {
            // A text is a text, of whatever type; what is sent is held against its constraints.
            let view = schema.filter(|_| sent && set & types::TEXT != 0).map(|schema| self.reader.view(schema));
            let rules = view.and_then(|view| self.rules(&view));
            return media(MediaKind::Text, media_type, Use { rules, ..bytes });
        }
        media(MediaKind::Bytes, media_type, bytes)
    }
}

/// Summary and description.
pub(super) fn join_texts(summary: Option<&str>, description: Option<&str>) -> String {
    let texts = [summary.unwrap_or_default().trim(), description.unwrap_or_default().trim()];
    match texts {
        [a, b] if a == b || b.is_empty() => a.to_owned(),
        ["", b] => b.to_owned(),
        [a, b] => format!("{a}\n\n{b}"),
    }
}

/// Whether a text can be a media type, or a range of them: two words, and perhaps parameters.
fn is_media_type(text: &str) -> bool {
    let (words, _) = text.split_once(';').unwrap_or((text, ""));
    text.len() <= 200
        && text.bytes().all(|b| (b' '..0x7f).contains(&b))
        && words.trim().split_once('/').is_some_and(|(range, name)| is_token(range) && is_token(name))
}

/// Whether a media type says that it is JSON.
fn is_json(media_type: &str) -> bool {
    let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    plain.ends_with("/json") || plain.ends_with("+json")
}

/// Whether it says more than that: which kind of JSON.
fn is_kind_of_json(media_type: &str) -> bool {
    let plain = media_type.split(';').next().unwrap_or_default();
    plain.ends_with("+json") && !plain.contains('*')
}

/// Whether a media type is one of JSON values, one after another.
fn is_lines(plain: &str) -> bool {
    let name = plain.split_once('/').map_or("", |(_, name)| name.trim_start_matches("x-"));
    matches!(name, "ndjson" | "jsonl" | "jsonlines" | "json-lines" | "json-seq") || name.ends_with("+json-seq")
}

/// What a variant for a media type is called.
fn media_name(media: &Media) -> String {
    match &media.kind {
        MediaKind::Json if media.media_type.starts_with("application/json") => "Json".to_owned(),
        MediaKind::Form(_) => "Form".to_owned(),
        MediaKind::Multipart => "Multipart".to_owned(),
        _ => media_label(&media.media_type),
    }
}

/// A media type in a word.
pub(super) fn media_label(media_type: &str) -> String {
    let plain = media_type.split(';').next().unwrap_or_default();
    let (range, name) = plain.split_once('/').unwrap_or(("", plain));
    match (range, name) {
        _ if plain.contains('*') => "Other".to_owned(),
        ("text", "plain") => "Text".to_owned(),
        (_, "octet-stream") => "Bytes".to_owned(),
        _ => type_name(name.trim_start_matches("x-"), "Other"),
    }
}
