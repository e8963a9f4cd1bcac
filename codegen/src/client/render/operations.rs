//! Operations: what they send, and what they answer.

use std::collections::HashSet;

use super::super::model::{Body, Field, Media, MediaKind, Operation, Param, Piece, Place, Shape, Status, Use};
use super::constructor::{self, Member};
use super::replies::{body_of, headers_of, media_of, plain, read, received, reply, styles};
use super::types::{Types, checks, field_doc, has_files};
use super::writer::{Writer, call, literal};

/// The type of a parameter.
pub(super) fn param_type(types: Types<'_>, field: &Field) -> String {
    let name = types.name(&field.of);
    if field.required && !types.nullable(&field.of) { name } else { format!("Option<{name}>") }
}

/// The type of a body that is sent; `F` where it need not be in memory, if that is `open`.
pub(super) fn media_type(types: Types<'_>, media: &Media, open: bool) -> String {
    let (files, bytes) = if open { ("<F>", "F") } else { ("", "Bytes") };
    match &media.kind {
        MediaKind::Json | MediaKind::Form(_) => types.full(&media.of),
        MediaKind::Multipart => match media.of.shape {
            Shape::Named(_) if may_stream(types, media) => format!("{}{files}", types.name(&media.of)),
            Shape::Named(_) => types.name(&media.of),
            _ => format!("Multipart{files}"),
        },
        MediaKind::Text => "String".to_owned(),
        MediaKind::Events | MediaKind::Lines | MediaKind::Bytes => bytes.to_owned(),
        MediaKind::Content => format!("Content{files}"),
    }
}

/// Whether what is sent need not be in memory.
fn may_stream(types: Types<'_>, media: &Media) -> bool {
    match media.kind {
        MediaKind::Json | MediaKind::Form(_) | MediaKind::Text => false,
        MediaKind::Multipart => match media.of.shape {
            Shape::Named(id) => has_files(types.get(id)),
            _ => true,
        },
        MediaKind::Events | MediaKind::Lines | MediaKind::Bytes | MediaKind::Content => true,
    }
}

/// Writes an operation, its body and its answers.
pub(super) fn write(w: &mut Writer, types: Types<'_>, operation: &Operation) {
    let mut text = operation.doc.clone();
    text.push_str(&format!("\n\n`{} {}`", operation.method, operation.path.replace('`', "'")));
    w.doc(&text);
    if operation.deprecated {
        w.line("///");
        w.line("/// Deprecated.");
    }
    let body_type = operation.body.as_ref().map(|body| body_type(types, body));
    let streams = operation.body.as_ref().is_some_and(|body| body.media.iter().any(|media| may_stream(types, media)));
    let optional = operation.params.iter().all(|param| param_type(types, &param.field).starts_with("Option<"))
        && operation.body.as_ref().is_none_or(|body| !body.required);
    w.line(if optional { "#[derive(Debug, Clone, PartialEq, Default)]" } else { "#[derive(Debug, Clone, PartialEq)]" });
    if operation.params.is_empty() && operation.body.is_none() {
        w.line(&format!("pub struct {};", operation.rust));
    } else {
        w.open(&format!("pub struct {}{} {{", operation.rust, if streams { "<F = Bytes>" } else { "" }));
        for param in &operation.params {
            field_doc(w, &param.field);
            w.field(&param.field.rust, &param_type(types, &param.field));
        }
        if let Some(name) = &body_type {
            w.line("/// The body.");
            w.field("body", name);
        }
        w.close("}");
    }
    constructor::write(w, &operation.rust, streams, &members(types, operation, body_type));
    w.line("");
    w.open(&format!("impl Operation for {} {{", operation.rust));
    w.line(&format!("type Reply = {};", operation.reply));
    w.line("");
    w.line(&format!("const ID: &'static str = {};", literal(&operation.id)));
    access(w, operation);
    if let Some(server) = &operation.server {
        w.line(&format!("const SERVER: Option<&'static str> = Some({});", literal(server)));
    }
    w.line("");
    if streams {
        w.open("fn request(&self, base: &BaseUrl) -> Result<Request, BuildError> {");
        w.line("stream::whole(self.clone(), base)");
        w.close("}");
    } else {
        request(w, types, operation, false);
    }
    w.line("");
    read(w, types, operation);
    w.close("}");
    if streams {
        w.line("");
        w.open(&format!("impl<F: Into<stream::Body>> stream::Upload for {}<F> {{", operation.rust));
        w.line(&format!("type Operation = {};", operation.rust));
        w.line("");
        request(w, types, operation, true);
        w.close("}");
    }
    download(w, types, operation);
    w.line("");
    reply(w, types, operation);
    for response in &operation.responses {
        body_of(w, types, operation, response);
        headers_of(w, types, response, true);
    }
    if let Some(body) = operation.body.as_ref().filter(|body| body.media.len() > 1) {
        w.line("");
        w.line(&format!("/// The body of [`{}`].", operation.rust));
        w.line("#[derive(Debug, Clone, PartialEq)]");
        let name = format!("{}{}", body.rust, if streams { "<F = Bytes>" } else { "" });
        media_enum(w, types, &name, &body.media);
    }
}

fn members(types: Types<'_>, operation: &Operation, body: Option<String>) -> Vec<Member> {
    let member = |rust: &str, of: String| {
        if of.starts_with("Option<") { Member::optional(rust, of) } else { Member::required(rust, of) }
    };
    let params = operation.params.iter().map(|param| member(&param.field.rust, param_type(types, &param.field)));
    params.chain(body.map(|of| member("body", of))).collect()
}

/// Says where an operation answers with a stream.
fn download(w: &mut Writer, types: Types<'_>, operation: &Operation) {
    let mut items: Option<String> = None;
    let mut streams = Vec::new();
    for wanted in [is_items, is_large] {
        for response in &operation.responses {
            let (from, to) = match response.status {
                Status::Exact(code @ 200..=299) => (code, code),
                Status::Range(2) => (200, 299),
                _ => continue,
            };
            let media = media_of(operation, response);
            for one in media.iter().filter(|one| wanted(one)) {
                let name = decoder(types, one);
                if *items.get_or_insert_with(|| name.clone()) == name {
                    let (among, media_type) = match plain(one).as_str() {
                        said if media.len() > 1 => ("among", literal(said)),
                        // Bytes may be said to be anything.
                        "application/octet-stream" => ("alone", literal("*/*")),
                        said => ("alone", literal(said)),
                    };
                    streams.push(format!("stream::Streamed::{among}({from}, {to}, {media_type})"));
                }
            }
        }
    }
    let Some(items) = items else { return };
    w.line("");
    w.open(&format!("impl stream::Download for {} {{", operation.rust));
    w.line(&format!("type Items = {items};"));
    w.line("");
    w.list("const STREAMS: &'static [stream::Streamed] = &[", &streams, "];");
    w.close("}");
}

fn is_items(media: &Media) -> bool {
    matches!(media.kind, MediaKind::Events | MediaKind::Lines)
}

/// Whether a body may be large: what is no text.
fn is_large(media: &Media) -> bool {
    matches!(media.kind, MediaKind::Bytes | MediaKind::Content) && !plain(media).ends_with("xml")
}

/// What makes items of a reply that is streamed.
fn decoder(types: Types<'_>, media: &Media) -> String {
    if is_items(media) { received(types, media) } else { "stream::Pieces".to_owned() }
}

pub(super) fn body_type(types: Types<'_>, body: &Body) -> String {
    let name = match body.media.as_slice() {
        [only] => media_type(types, only, true),
        several if several.iter().any(|media| may_stream(types, media)) => format!("{}<F>", body.rust),
        _ => body.rust.clone(),
    };
    if body.required || name.starts_with("Option<") { name } else { format!("Option<{name}>") }
}

fn access(w: &mut Writer, operation: &Operation) {
    if operation.access.is_empty() {
        return;
    }
    let scheme = |(name, scopes): &(String, Vec<String>)| {
        let scopes: Vec<String> = scopes.iter().map(|scope| literal(scope)).collect();
        format!("Scheme {{ name: {}, scopes: &[{}] }}", literal(name), scopes.join(", "))
    };
    let alternatives: Vec<String> = operation
        .access
        .iter()
        .map(|all| format!("&[{}]", all.iter().map(scheme).collect::<Vec<_>>().join(", ")))
        .collect();
    w.list("const ACCESS: Access = &[", &alternatives, "];");
}

/// Writes the function that makes a request: of a body that may be streamed, it takes the operation.
fn request(w: &mut Writer, types: Types<'_>, operation: &Operation, streams: bool) {
    let mut calls = Vec::new();
    for piece in &operation.pieces {
        calls.push(match piece {
            Piece::Text(text) => format!(".path({})", literal(text)),
            Piece::Param(n) => {
                let Param { field, style, .. } = &operation.params[*n];
                format!(".segment({}, Style::{style}, &self.{})", literal(&field.wire), field.rust)
            }
        });
    }
    for Param { place, field, style, reserved } in &operation.params {
        let call = match (place, reserved) {
            (Place::Path, _) => continue,
            (Place::Query, false) => "query",
            (Place::Query, true) => "query_reserved",
            (Place::Header, _) => "header",
            (Place::Cookie, _) => "cookie",
        };
        calls.push(format!(".{call}({}, Style::{style}, &self.{})", literal(&field.wire), field.rust));
    }
    for Param { field, .. } in &operation.params {
        calls.extend(check(types, &field.wire, &format!("&self.{}", field.rust), &field.of));
    }
    if let Some(accept) = accepted(operation) {
        calls.push(format!(".accept({})", literal(&accept)));
    }
    let (end, of) = if streams { (".stream()", "self.body") } else { (".build()", "&self.body") };
    w.open(if streams {
        "fn into_request(self, base: &BaseUrl) -> Result<stream::Request, BuildError> {"
    } else {
        "fn request(&self, base: &BaseUrl) -> Result<Request, BuildError> {"
    });
    let head = format!("Draft::new(Method::{}, base)", operation.method);
    match &operation.body {
        None => {
            calls.push(end.to_owned());
            w.chain(&head, &calls, "");
        }
        Some(body) if body.media.len() == 1 && body.required => {
            let own = if streams { "self.body" } else { "self.body.clone()" };
            calls.extend(set_body(types, &body.media[0], own, "&self.body"));
            calls.push(end.to_owned());
            w.chain(&head, &calls, "");
        }
        Some(body) => {
            w.chain(&format!("let draft = {head}"), &calls, ";");
            w.open(&format!("let draft = match {of} {{"));
            for media in &body.media {
                let pattern = if body.media.len() > 1 {
                    format!("{}::{}(body)", body.rust, media.rust)
                } else {
                    "body".to_owned()
                };
                let pattern = if body.required { pattern } else { format!("Some({pattern})") };
                let (own, reference) = if streams { ("body", "&body") } else { ("body.clone()", "body") };
                set_arm(w, &pattern, &set_body(types, media, own, reference));
            }
            if !body.required {
                w.line("None => draft,");
            }
            w.close("};");
            w.line(&format!("draft{end}"));
        }
    }
    w.close("}");
}

/// The calls that check and set a body: `own` gives it, and `reference` refers to it.
pub(super) fn set_body(types: Types<'_>, media: &Media, own: &str, reference: &str) -> Vec<String> {
    let media_type = literal(&media.media_type);
    let set = match &media.kind {
        MediaKind::Json => format!(".json({media_type}, {reference})"),
        MediaKind::Form(encodings) => {
            let reserved = encodings.iter().filter(|one| one.reserved).map(|one| literal(&one.name));
            let mut arguments = vec![reference.to_owned(), format!("&[{}]", styles(encodings))];
            match reserved.collect::<Vec<_>>().join(", ") {
                none if none.is_empty() => call(".form(", &arguments, ")"),
                names => {
                    arguments.push(format!("&[{names}]"));
                    call(".form_reserved(", &arguments, ")")
                }
            }
        }
        MediaKind::Multipart => match media.of.shape {
            Shape::Named(_) => format!(".multipart({media_type}, {own}.into_parts())"),
            _ => format!(".multipart({media_type}, {own})"),
        },
        MediaKind::Text | MediaKind::Events | MediaKind::Lines | MediaKind::Bytes => {
            format!(".bytes({media_type}, {own})")
        }
        MediaKind::Content => format!(".content({own})"),
    };
    // What has fields or parts is checked with them.
    let check = if media.kind == MediaKind::Text { check(types, "body", reference, &media.of) } else { None };
    check.into_iter().chain([set]).collect()
}

/// The call that holds a value against its constraints, if it has any.
fn check(types: Types<'_>, name: &str, reference: &str, of: &Use) -> Option<String> {
    let rules = checks(types, of);
    let rule = match rules.as_slice() {
        [] => return None,
        [only] => match only.strip_suffix("::check(at)") {
            Some(ty) => format!("{ty}::check"),
            None => format!("|at| {only}"),
        },
        several => format!("|at| {{\n    {};\n}}", several.join(";\n    ")),
    };
    Some(format!(".check({}, {reference}, {rule})", literal(name)))
}

/// Writes the arm of a body of several: on one line if it is short.
pub(super) fn set_arm(w: &mut Writer, pattern: &str, calls: &[String]) {
    let line = format!("{pattern} => draft{},", calls.concat());
    if w.fits(&line) || calls.len() < 2 {
        return w.line(&line);
    }
    w.open(&format!("{pattern} => {{"));
    w.chain("draft", calls, "");
    w.close("}");
}

/// What the answers may be, as `Accept`.
fn accepted(operation: &Operation) -> Option<String> {
    let mut seen = HashSet::new();
    let types = operation.responses.iter().flat_map(|response| &response.media).map(|media| media.media_type.as_str());
    let is_new = |media_type: &&str| !media_type.is_empty() && seen.insert(media_type.to_ascii_lowercase());
    let all: Vec<&str> = types.filter(is_new).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn media_enum(w: &mut Writer, types: Types<'_>, name: &str, media: &[Media]) {
    w.open(&format!("pub enum {name} {{"));
    for one in media {
        w.doc(&format!("`{}`", one.media_type.replace('`', "'")));
        w.line(&format!("{}({}),", one.rust, media_type(types, one, true)));
    }
    w.close("}");
}
