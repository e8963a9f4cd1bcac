//! What a server may answer.

use super::super::model::{Operation, Status};
use super::super::statuses::status;
use super::Answer;
use super::sampler::{Extent, Sampler, examples_at};
use super::value::Sample;
use crate::tree::NodeId;

/// Statuses for those that the document does not number.
const ANY_STATUS: [u16; 5] = [418, 500, 599, 299, 399];

/// The answers that the document has for an operation, in its order: of each media type one with everything in it, and
/// one with as little as may be.
pub(super) fn answers(sampler: &mut Sampler<'_>, operation: &Operation, node: NodeId) -> Vec<Answer> {
    let tree = sampler.reader.tree;
    let mut all = Vec::new();
    for (key, response) in tree.entries_of(node, "responses").iter() {
        let Some(of) = status(key) else { continue };
        let known = operation.responses.iter().find(|response| response.status == of);
        let (Some(known), Some(response)) = (known, sampler.reader.follow(response, "responses")) else { continue };
        let Some(code) = code(operation, of) else { continue };
        for extent in [Extent::All, Extent::Least] {
            let Some(headers) = headers(sampler, response, extent) else { continue };
            for (media_type, body) in bodies(sampler, operation, code, response, extent) {
                let operation = operation.id.clone();
                let answer = Answer {
                    operation,
                    status: code,
                    variant: known.rust.clone(),
                    media_type,
                    headers: headers.clone(),
                    body,
                };
                if !all.contains(&answer) {
                    all.push(answer);
                }
            }
        }
    }
    all.sort_by_key(|answer: &Answer| !(200..300).contains(&answer.status));
    all
}

/// The number of a status: of a range or the default, one that the document does not have.
fn code(operation: &Operation, status: Status) -> Option<u16> {
    let taken = |code: u16, ranges: bool| {
        operation.responses.iter().any(|response| match response.status {
            Status::Exact(exact) => exact == code,
            Status::Range(class) => ranges && class == code / 100,
            Status::Default => false,
        })
    };
    match status {
        // What says that another answer follows is none.
        Status::Exact(..200) | Status::Range(1) => None,
        Status::Exact(code) => Some(code),
        Status::Range(class) => (0..100).map(|n| class * 100 + (n + 18) % 100).find(|code| !taken(*code, false)),
        Status::Default => ANY_STATUS.into_iter().find(|code| !taken(*code, true)),
    }
}

fn headers(sampler: &mut Sampler<'_>, response: NodeId, extent: Extent) -> Option<Vec<(String, String)>> {
    let tree = sampler.reader.tree;
    let mut all = Vec::new();
    for (name, header) in tree.entries_of(response, "headers").iter() {
        let Some(header) = sampler.reader.follow(header, "headers") else { continue };
        let required = tree.flag(header, "required");
        if name.eq_ignore_ascii_case("content-type") || extent == Extent::Least && !required {
            continue;
        }
        let mut examples = examples_at(tree, &mut sampler.reader, header);
        let content = tree.entries_of(header, "content").iter().next().map(|(_, entry)| entry);
        examples.extend(content.map(|entry| examples_at(tree, &mut sampler.reader, entry)).unwrap_or_default());
        let value = match tree.get(header, "schema").or(content.and_then(|entry| tree.get(entry, "schema"))) {
            Some(schema) => sampler.value(schema, &examples, extent, (false, false)),
            None => Some(examples.into_iter().next().unwrap_or(Sample::text("text"))),
        };
        match value {
            Some(value) if content.is_some() => all.push((name.to_owned(), value.to_string())),
            Some(value) => all.push((name.to_owned(), value.plain(tree.flag(header, "explode")))),
            None if required => return None,
            None => {}
        }
    }
    Some(all)
}

/// The bodies of an answer: media type and text.
fn bodies(
    sampler: &mut Sampler<'_>,
    operation: &Operation,
    code: u16,
    response: NodeId,
    extent: Extent,
) -> Vec<(Option<String>, String)> {
    let tree = sampler.reader.tree;
    let content = tree.entries_of(response, "content");
    if content.iter().next().is_none() || operation.method == "HEAD" || matches!(code, 204 | 205 | 304) {
        return vec![(None, String::new())];
    }
    let mut all = Vec::new();
    for (media_type, entry) in content.iter() {
        let examples = examples_at(tree, &mut sampler.reader, entry);
        let schema = tree.get(entry, "schema");
        let mut value = |json| match schema {
            Some(schema) => sampler.value(schema, &examples, extent, (false, json)),
            None => Some(examples.first().cloned().unwrap_or(Sample::text("text"))),
        };
        let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (media_type, body) = if plain.ends_with("/json") || plain.ends_with("+json") {
            (media_type.to_owned(), value(true).map(|value| value.to_string()))
        } else if plain == "text/event-stream" {
            let stream = match examples.first() {
                Some(Sample::Text(text)) => Some(text.clone()),
                _ => value(true).map(|value| format!("data: {}\n\n", value.plain(false))),
            };
            (media_type.to_owned(), stream)
        } else {
            let text = match (examples.first().cloned(), value(false)) {
                (Some(Sample::Text(text)), _) | (None, Some(Sample::Text(text))) => (true, text),
                (Some(other), _) | (None, Some(other)) => (false, other.to_string()),
                (None, None) => (true, "text".to_owned()),
            };
            let found = match (plain.split_once('/'), text.0) {
                (Some(("*" | "application", "*")), false) => "application/json".to_owned(),
                (Some(("*", "*")), true) => "text/plain".to_owned(),
                (Some(("image", "*")), _) => "image/png".to_owned(),
                (Some((class, "*")), _) => format!("{class}/plain"),
                _ => media_type.to_owned(),
            };
            (found, Some(text.1))
        };
        all.extend(body.map(|body| (Some(media_type), body)));
    }
    all
}
