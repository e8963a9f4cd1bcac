//! What the service sends by itself, and what it is answered with.

use super::super::model::{Event, MediaKind, Place, Response, Status};
use super::operations::{media_type, param_type, set_arm, set_body};
use super::pairs::style_of;
use super::replies::{headers_of, read_media, received, several};
use super::types::{Types, field_doc};
use super::writer::{Writer, literal};

/// Writes what the service sends by itself.
pub(super) fn write(w: &mut Writer, types: Types<'_>, event: &Event) {
    let text = format!("{}\n\n`{}`, sent by `{}`", event.doc, event.name.replace('`', "'"), event.method);
    w.doc(&text);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub struct {} {{", event.rust));
    for param in &event.params {
        field_doc(w, &param.field);
        w.field(&param.field.rust, &param_type(types, &param.field));
    }
    let body = event.body.as_ref().map(|body| {
        let (name, read) = match body.media.as_slice() {
            [only] => (received(types, only), read_media(types, only, "request")),
            _ => (body.rust.clone(), format!("{}::read(request)?", body.rust)),
        };
        let json = matches!(body.media.as_slice(), [only] if only.kind == MediaKind::Json);
        match body.required || name.starts_with("Option<") {
            true => (name, read),
            // Null may as well be nothing.
            false if json => (format!("Option<{name}>"), read),
            false => {
                (format!("Option<{name}>"), format!("if request.body().is_empty() {{ None }} else {{ Some({read}) }}"))
            }
        }
    });
    if let Some((name, _)) = &body {
        w.line("/// The body.");
        w.field("body", name);
    }
    w.close("}");
    w.line("");
    w.open(&format!("impl {} {{", event.rust));
    w.line("/// Reads the request.");
    w.line("///");
    w.line("/// # Errors");
    w.line("/// When it is not what the document says.");
    w.open("pub fn read(request: &Request) -> Result<Self, Unreadable> {");
    let mut reads: Vec<String> = event
        .params
        .iter()
        .map(|param| {
            let (field, wire) = (&param.field, literal(&param.field.wire));
            let some = if param_type(types, field).starts_with("Option<") { "_some" } else { "" };
            let call = match param.place {
                Place::Path => format!("path(request, {}, {wire}", literal(&event.path)),
                Place::Query => format!("query{some}(request, {wire}"),
                Place::Header => format!("header{some}(request.headers(), {wire}"),
                Place::Cookie => format!("cookie{some}(request, {wire}"),
            };
            format!("{}: reply::{call}, {})?", field.rust, style_of(types, param, &event.params))
        })
        .collect();
    reads.extend(body.map(|(_, read)| format!("body: {read}")));
    w.list("Ok(Self {", &reads, "})");
    w.close("}");
    w.close("}");
    if let Some(body) = event.body.as_ref().filter(|body| body.media.len() > 1) {
        several(w, types, &body.rust, &body.media, &format!("The body of [`{}`].", event.rust), "request");
    }
    if !event.responses.is_empty() {
        answers(w, types, event);
    }
}

/// Writes what an event is answered with.
fn answers(w: &mut Writer, types: Types<'_>, event: &Event) {
    w.line("");
    w.line(&format!("/// What [`{}`] is answered with.", event.rust));
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub enum {} {{", event.reply));
    for response in &event.responses {
        super::replies::response_doc(w, response);
        let fields: Vec<String> =
            fields(types, response).into_iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        match fields.as_slice() {
            [] => w.line(&format!("{},", response.rust)),
            fields => w.list(&format!("{} {{", response.rust), fields, "},"),
        }
    }
    w.close("}");
    w.line("");
    w.open(&format!("impl {} {{", event.reply));
    w.line("/// The reply.");
    w.line("///");
    w.line("/// # Errors");
    w.line("/// When a value breaks a constraint of the document, or cannot stand in a header.");
    w.open("pub fn to_reply(&self) -> Result<Reply, BuildError> {");
    w.open("match self {");
    for response in &event.responses {
        let names: Vec<&str> = fields(types, response).into_iter().map(|(name, _)| name).collect();
        let pattern = match names.as_slice() {
            [] => format!("Self::{}", response.rust),
            names => format!("Self::{} {{ {} }}", response.rust, names.join(", ")),
        };
        answer(w, types, &pattern, response);
    }
    w.close("}");
    w.close("}");
    w.close("}");
    for response in &event.responses {
        headers_of(w, types, response, false);
        if response.media.len() > 1 {
            w.line("");
            w.line(&format!("/// The body of [`{}::{}`].", event.reply, response.rust));
            w.line("#[derive(Debug, Clone, PartialEq)]");
            w.open(&format!("pub enum {} {{", response.body));
            for one in &response.media {
                w.doc(&format!("`{}`", one.media_type.replace('`', "'")));
                w.line(&format!("{}({}),", one.rust, media_type(types, one, false)));
            }
            w.close("}");
        }
    }
}

/// The fields of an answer.
fn fields(types: Types<'_>, response: &Response) -> Vec<(&'static str, String)> {
    let status = (!matches!(response.status, Status::Exact(_))).then(|| ("status", "u16".to_owned()));
    let headers = (!response.headers.is_empty()).then(|| ("headers", response.headers_rust.clone()));
    let body = match response.media.as_slice() {
        [] => None,
        [only] => Some(("body", media_type(types, only, false))),
        _ => Some(("body", response.body.clone())),
    };
    status.into_iter().chain(headers).chain(body).collect()
}

/// Writes how an answer becomes a reply.
fn answer(w: &mut Writer, types: Types<'_>, pattern: &str, response: &Response) {
    let status = match response.status {
        Status::Exact(code) => code.to_string(),
        Status::Range(_) | Status::Default => "*status".to_owned(),
    };
    let mut calls: Vec<String> = response
        .headers
        .iter()
        .map(|header| {
            let field = &header.field;
            format!(".header({}, Style::{}, &headers.{})", literal(&field.wire), header.style, field.rust)
        })
        .collect();
    if let [only] = response.media.as_slice() {
        calls.extend(set_body(types, only, "body.clone()", "body"));
    }
    if response.media.len() < 2 {
        calls.push(format!(".answer({status})"));
        let line = format!("{pattern} => Draft::reply(){},", calls.concat());
        if w.fits(&line) {
            return w.line(&line);
        }
        w.open(&format!("{pattern} => {{"));
        w.chain("Draft::reply()", &calls, "");
        return w.close("}");
    }
    w.open(&format!("{pattern} => {{"));
    w.chain("let draft = Draft::reply()", &calls, ";");
    w.open("let draft = match body {");
    for media in &response.media {
        let pattern = format!("{}::{}(body)", response.body, media.rust);
        set_arm(w, &pattern, &set_body(types, media, "body.clone()", "body"));
    }
    w.close("};");
    w.line(&format!("draft.answer({status})"));
    w.close("}");
}
