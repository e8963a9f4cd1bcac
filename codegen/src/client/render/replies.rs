//! What operations answer, and how it is read.

use super::super::model::{Encoding, Media, MediaKind, Operation, Param, Response, Status};
use super::operations::param_type;
use super::pairs;
use super::types::{Types, field_doc};
use super::writer::{Writer, call, literal};

/// Statuses of which HTTP has no body.
const BARE: [u16; 3] = [204, 205, 304];

/// What a response may hold: nothing, where HTTP has no body by method or status.
pub(super) fn media_of<'a>(operation: &Operation, response: &'a Response) -> &'a [Media] {
    let bare = matches!(response.status, Status::Exact(code) if code < 200 || BARE.contains(&code));
    if operation.method == "HEAD" || bare { &[] } else { &response.media }
}

/// A field of an answer: its name, its type, and how it is read.
struct Part(&'static str, String, String);

/// What an answer holds. Where the document says of no body, the reply itself is there for whatever comes.
fn parts_of(types: Types<'_>, operation: &Operation, response: &Response) -> Vec<Part> {
    let (mut parts, exact) = (Vec::new(), matches!(response.status, Status::Exact(_)));
    let media = media_of(operation, response);
    if !exact && !media.is_empty() {
        let status = if response.status == Status::Default { "status" } else { "reply.status().as_u16()" };
        parts.push(Part("status", "u16".to_owned(), status.to_owned()));
    }
    if !response.headers.is_empty() {
        let read = format!("{}::read(reply)?", response.headers_rust);
        parts.push(Part("headers", response.headers_rust.clone(), read));
    }
    match media {
        [] if matches!(response.status, Status::Exact(code) if BARE.contains(&code)) => {}
        [] => parts.push(Part("reply", "Reply".to_owned(), "reply.clone()".to_owned())),
        [only] => parts.push(Part("body", received(types, only), read_media(types, only, "reply"))),
        _ => parts.push(Part("body", response.body.clone(), format!("{}::read(reply)?", response.body))),
    }
    parts
}

/// The statuses without a body that the document has under a range, or the default, of which it says a body that cannot
/// be empty.
fn bare_ones(operation: &Operation) -> Vec<u16> {
    let of = |code: u16| {
        // Exact ones are before ranges, and the default is last.
        operation.responses.iter().find(|response| match response.status {
            Status::Exact(exact) => exact == code,
            Status::Range(class) => class == code / 100,
            Status::Default => true,
        })
    };
    let filled = |media: &Media| matches!(media.kind, MediaKind::Json | MediaKind::Form(_));
    let is_due = |response: &Response| media_of(operation, response).iter().any(filled);
    BARE.into_iter().filter(|code| of(*code).is_some_and(is_due)).collect()
}

/// How a body is read, of a `reply` or a `request`.
pub(super) fn read_media(types: Types<'_>, media: &Media, of: &str) -> String {
    match &media.kind {
        MediaKind::Json if of == "request" => "reply::json_of_request(request)?".to_owned(),
        MediaKind::Json => format!("reply::json({of})?"),
        MediaKind::Text => format!("reply::text({of}, {})?", literal(&plain(media))),
        MediaKind::Events => format!("Events::of(&reply::bytes({of}, {})?)?", literal(&plain(media))),
        MediaKind::Lines => format!("stream::Lines::of(&reply::bytes({of}, {})?)?", literal(&plain(media))),
        MediaKind::Form(encodings) => {
            call("reply::form(", &[of.to_owned(), pairs::styles(types, &media.of, encodings)], ")?")
        }
        MediaKind::Multipart | MediaKind::Bytes | MediaKind::Content => match plain(media).as_str() {
            // Any bytes are that.
            "" | "*/*" | "application/octet-stream" => format!("{of}.body().clone()"),
            due => format!("reply::bytes({of}, {})?", literal(due)),
        },
    }
}

/// The styles of the fields of a form that is sent.
pub(super) fn styles(of: &[Encoding]) -> String {
    let style = |one: &Encoding| one.style.map(|style| format!("({}, Style::{style})", literal(&one.name)));
    of.iter().filter_map(style).collect::<Vec<_>>().join(", ")
}

/// The type of a body that is received.
pub(super) fn received(types: Types<'_>, media: &Media) -> String {
    match media.kind {
        MediaKind::Json | MediaKind::Form(_) => types.full(&media.of),
        MediaKind::Text => "String".to_owned(),
        MediaKind::Events => format!("Events<{}>", types.full(&media.of)),
        MediaKind::Lines => format!("stream::Lines<{}>", types.full(&media.of)),
        MediaKind::Multipart | MediaKind::Bytes | MediaKind::Content => "Bytes".to_owned(),
    }
}

/// A media type without its parameters.
pub(super) fn plain(media: &Media) -> String {
    media.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Writes the function that reads a reply.
pub(super) fn read(w: &mut Writer, types: Types<'_>, operation: &Operation) {
    w.open(&format!("fn read(reply: &Reply) -> Result<{}, Unreadable> {{", operation.reply));
    let undocumented = format!("{}::Undocumented(reply.clone())", operation.reply);
    if operation.responses.is_empty() {
        w.line(&format!("Ok({undocumented})"));
        return w.close("}");
    }
    let mut bare: Vec<String> = bare_ones(operation).iter().map(u16::to_string).collect();
    w.open("Ok(match reply.status().as_u16() {");
    for response in &operation.responses {
        let parts = parts_of(types, operation, response);
        let pattern = match response.status {
            Status::Exact(code) => code.to_string(),
            Status::Range(class) => format!("{class}00..={class}99"),
            Status::Default if parts.iter().any(|part| part.0 == "status") => "status".to_owned(),
            Status::Default => "_".to_owned(),
        };
        if !matches!(response.status, Status::Exact(_)) && !bare.is_empty() {
            w.line(&format!("{} => {undocumented},", std::mem::take(&mut bare).join(" | ")));
        }
        let name = format!("{}::{}", operation.reply, response.rust);
        match parts.as_slice() {
            [] => w.line(&format!("{pattern} => {name},")),
            [Part("body" | "reply", _, read)] => w.line(&format!("{pattern} => {name}({read}),")),
            parts => {
                let field = |Part(name, _, read): &Part| {
                    if name == read { read.clone() } else { format!("{name}: {read}") }
                };
                w.arm(&pattern, &name, &parts.iter().map(field).collect::<Vec<_>>());
            }
        }
    }
    if !has_default(operation) {
        w.line(&format!("_ => {undocumented},"));
    }
    w.close("})");
    w.close("}");
}

fn has_default(operation: &Operation) -> bool {
    operation.responses.last().is_some_and(|response| response.status == Status::Default)
}

/// Writes the enum over what is answered.
pub(super) fn reply(w: &mut Writer, types: Types<'_>, operation: &Operation) {
    w.line(&format!("/// What [`{}`] answers.", operation.rust));
    w.line("#[derive(Debug, Clone)]");
    w.open(&format!("pub enum {} {{", operation.reply));
    for response in &operation.responses {
        response_doc(w, response);
        let parts = parts_of(types, operation, response);
        match parts.as_slice() {
            [] => w.line(&format!("{},", response.rust)),
            [Part("body" | "reply", of, _)] => w.line(&format!("{}({of}),", response.rust)),
            parts => {
                w.open(&format!("{} {{", response.rust));
                for Part(name, of, _) in parts {
                    w.line(&format!("/// The {name}."));
                    w.line(&format!("{name}: {of},"));
                }
                w.close("},");
            }
        }
    }
    if !has_default(operation) {
        w.line("/// A status that the document does not have.");
        w.line("Undocumented(Reply),");
    } else if !bare_ones(operation).is_empty() {
        w.line("/// A status without a body, where the document says one.");
        w.line("Undocumented(Reply),");
    }
    w.close("}");
}

/// Says of an answer when it is given.
pub(super) fn response_doc(w: &mut Writer, response: &Response) {
    let status = match response.status {
        Status::Exact(code) => format!("{code}"),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "Any other status".to_owned(),
    };
    let doc = response.doc.trim();
    w.doc(&if doc.is_empty() { format!("{status}.") } else { format!("{status}: {doc}") });
}

/// Writes an enum over the media types of an answer.
pub(super) fn body_of(w: &mut Writer, types: Types<'_>, operation: &Operation, response: &Response) {
    let media = media_of(operation, response);
    if media.len() > 1 {
        let about = format!("The body of [`{}::{}`].", operation.reply, response.rust);
        several(w, types, &response.body, media, &about, "reply");
    }
}

/// Writes an enum over media types, and the function that tells which of them came in a `reply` or a `request`.
pub(super) fn several(w: &mut Writer, types: Types<'_>, name: &str, media: &[Media], about: &str, of: &str) {
    w.line("");
    w.doc(about);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub enum {name} {{"));
    for one in media {
        w.doc(&format!("`{}`", one.media_type.replace('`', "'")));
        w.line(&format!("{}({}),", one.rust, received(types, one)));
    }
    w.close("}");
    w.line("");
    w.open(&format!("impl {name} {{"));
    let message = if of == "reply" { "Reply" } else { "Request" };
    w.open(&format!("fn read({of}: &{message}) -> Result<Self, Unreadable> {{"));
    // What is said exactly goes before ranges. The first is also what is taken when nobody says, and is looked for only
    // where a range would take what is its own.
    let width = |one: &Media| (plain(one).matches('*').count(), usize::from(!one.media_type.contains(';')));
    let ranges = media.iter().any(|one| width(one).0 > 0);
    let mut told: Vec<&Media> = media.iter().skip(usize::from(!ranges)).collect();
    told.sort_by_key(|one| width(one));
    let rest = if told.last().is_some_and(|one| plain(one) == "*/*") { told.pop() } else { media.first() };
    for one in told {
        w.open(&format!("if reply::is_of({of}.headers(), {}) {{", literal(&one.media_type)));
        w.line(&format!("return Ok(Self::{}({}));", one.rust, read_media(types, one, of)));
        w.close("}");
    }
    if let Some(rest) = rest {
        w.line(&format!("Ok(Self::{}({}))", rest.rust, read_media(types, rest, of)));
    }
    w.close("}");
    w.close("}");
}

/// Writes the headers of an answer, which are read if they are `received`.
pub(super) fn headers_of(w: &mut Writer, types: Types<'_>, response: &Response, received: bool) {
    if response.headers.is_empty() {
        return;
    }
    w.line("");
    w.line("/// Headers of an answer.");
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub struct {} {{", response.headers_rust));
    for Param { field, .. } in &response.headers {
        field_doc(w, field);
        w.field(&field.rust, &param_type(types, field));
    }
    w.close("}");
    if !received {
        return;
    }
    w.line("");
    w.open(&format!("impl {} {{", response.headers_rust));
    w.open("fn read(reply: &Reply) -> Result<Self, Unreadable> {");
    let reads: Vec<String> = response
        .headers
        .iter()
        .map(|Param { field, style, .. }| {
            let some = if param_type(types, field).starts_with("Option<") { "_some" } else { "" };
            let wire = literal(&field.wire);
            format!("{}: reply::header{some}(reply.headers(), {wire}, Style::{style})?", field.rust)
        })
        .collect();
    w.list("Ok(Self {", &reads, "})");
    w.close("}");
    w.close("}");
}
