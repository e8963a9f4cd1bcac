//! Tries a client: values for everything that its operations send, a program that calls them, and what a server may
//! answer. They come from the document's schemas and examples, and not from the types that the client is made of.

mod answers;
mod holds;
mod sampler;
mod scalar;
mod text;
mod value;

use std::path::Path;

use super::model::{Api, Media, MediaKind, Operation, Param, Part, Place, Shape, TypeKind};
use super::view::Reader;
use super::{Generated, Notes, Options, Settled, finish, on_stack, settled};
use crate::tree::NodeId;
use sampler::{Extent, Sampler, examples_at};
use value::Sample;

/// A client, and what it is tried with.
#[derive(Debug)]
pub struct Exercise {
    /// The client, as a module.
    pub generated: Generated,
    /// A file beside that module: `pub fn run(calls: &mut crate::Calls)` calls every operation, several times.
    pub source: String,
    /// What a server may answer. The source names them by their indices.
    pub answers: Vec<Answer>,
    /// Operations that no values were found for, and which value was missing.
    pub unsent: Vec<(String, String)>,
}

/// What a server may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The id of the operation.
    pub operation: String,
    /// The status.
    pub status: u16,
    /// The variant that it is read as.
    pub variant: String,
    /// The type of the body; `None` if there is no body.
    pub media_type: Option<String>,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What is sent of an operation, and what may come back.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) cases: Vec<Case>,
    /// Where its answers begin, and how many there are.
    pub(crate) answers: std::ops::Range<usize>,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Of each parameter the JSON; `None` if it is left out.
    pub(crate) params: Vec<Option<String>>,
    /// Which of the media types, and what is in it.
    pub(crate) body: Option<(usize, Content)>,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Json(String),
    /// Text or bytes.
    Text(String),
    /// Of each part the JSON, or the content of a file; `None` if it is left out.
    Parts(Vec<Option<String>>),
    /// Parts that the document does not name.
    Named(Vec<(String, String)>),
}

/// Makes a client of the document at `path` as [`super::generate`] does, and what tries it. The module of the client is
/// found at `module`: `crate::petstore`.
#[must_use]
pub fn exercise(path: &Path, module: &str) -> Exercise {
    on_stack(|| {
        let options = Options { module: true, ..Options::default() };
        let settled = match settled(path) {
            Ok(settled) => settled,
            Err(loaded) => {
                let generated = super::refused(loaded);
                return Exercise { generated, source: String::new(), answers: Vec::new(), unsent: Vec::new() };
            }
        };
        let (trials, answers, unsent) = try_all(&settled);
        let source = super::render::exercise(&settled.api, &settled.modules, module, &trials, &answers);
        Exercise { generated: finish(settled, &options), source, answers, unsent }
    })
}

type Tried = (Vec<Option<Trial>>, Vec<Answer>, Vec<(String, String)>);

fn try_all(settled: &Settled) -> Tried {
    let Settled { loaded, root, api, .. } = settled;
    let tree = &loaded.tree;
    let mut sampler = Sampler::new(Reader::new(tree, Notes::default(), loaded.version >= (3, 1)), *root);
    let (mut trials, mut all, mut unsent) = (Vec::new(), Vec::new(), Vec::new());
    for operation in &api.operations {
        let item = tree.get(*root, "paths").and_then(|paths| tree.get(paths, &operation.path));
        let item = item.and_then(|item| sampler.reader.follow(item, "pathItems"));
        let node = item.and_then(|item| tree.get(item, &operation.method.to_ascii_lowercase()));
        let (Some(item), Some(node)) = (item, node) else { continue };
        let cases = match cases(&mut sampler, api, operation, item, node) {
            Ok(cases) => cases,
            Err(missing) => {
                unsent.push((operation.id.clone(), missing));
                trials.push(None);
                continue;
            }
        };
        let first = all.len();
        all.extend(answers::answers(&mut sampler, operation, node));
        trials.push(Some(Trial { cases, answers: first..all.len() }));
    }
    (trials, all, unsent)
}

/// The requests of an operation: with everything, with null where it may be, with as little as may be, and one for each
/// further media type.
fn cases(
    sampler: &mut Sampler<'_>,
    api: &Api,
    operation: &Operation,
    item: NodeId,
    node: NodeId,
) -> Result<Vec<Case>, String> {
    let media = operation.body.as_ref().map_or(0, |body| body.media.len());
    let first = [("all", Extent::All, 0), ("nulls", Extent::Nulls, 0), ("least", Extent::Least, 0)];
    let further = (1..media).map(|n| ("all", Extent::All, n));
    let mut cases: Vec<Case> = Vec::new();
    for (name, extent, media) in first.into_iter().chain(further) {
        let params: Result<Vec<_>, String> =
            operation.params.iter().map(|param| param_value(sampler, param, item, node, extent)).collect();
        let body = body_value(sampler, api, operation, node, extent, media)?;
        let case = Case { name, params: params?, body };
        if !cases.iter().any(|had| had.params == case.params && had.body == case.body) {
            cases.push(case);
        }
    }
    Ok(cases)
}

fn param_value(
    sampler: &mut Sampler<'_>,
    param: &Param,
    item: NodeId,
    node: NodeId,
    extent: Extent,
) -> Result<Option<String>, String> {
    let tree = sampler.reader.tree;
    let name = &param.field.wire;
    if !param.field.required && extent == Extent::Least {
        return Ok(None);
    }
    let place = match param.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    let is_it = |node: &NodeId| {
        tree.text(*node, "in") == Some(place)
            && tree.text(*node, "name").is_some_and(|found| match param.place {
                Place::Header => found.eq_ignore_ascii_case(name),
                _ => found == name,
            })
    };
    let declared = [node, item].into_iter().find_map(|owner| {
        let nodes =
            tree.items_of(owner, "parameters").iter().filter_map(|node| sampler.reader.follow(*node, "parameters"));
        nodes.collect::<Vec<_>>().into_iter().find(is_it)
    });
    // What nobody declares is a text.
    let Some(declared) = declared else { return Ok(Some("\"text\"".to_owned())) };
    let content = tree.entries_of(declared, "content").iter().next().map(|(_, entry)| entry);
    let mut examples = examples_at(tree, &mut sampler.reader, declared);
    examples.extend(content.map(|entry| examples_at(tree, &mut sampler.reader, entry)).unwrap_or_default());
    let value = match tree.get(declared, "schema").or(content.and_then(|entry| tree.get(entry, "schema"))) {
        Some(schema) => sampler.value(schema, &examples, extent, (true, content.is_some())),
        None => Some(examples.into_iter().next().unwrap_or(Sample::text("text"))),
    };
    match value {
        Some(value) => Ok(Some(value.to_string())),
        None if param.field.required => Err(format!("no value was found for the parameter `{name}`")),
        None => Ok(None),
    }
}

fn body_value(
    sampler: &mut Sampler<'_>,
    api: &Api,
    operation: &Operation,
    node: NodeId,
    extent: Extent,
    at: usize,
) -> Result<Option<(usize, Content)>, String> {
    let tree = sampler.reader.tree;
    let Some(body) = &operation.body else { return Ok(None) };
    if !body.required && extent == Extent::Least {
        return Ok(None);
    }
    let media = &body.media[at];
    let none = || "no value was found for the body".to_owned();
    let entry = tree
        .get(node, "requestBody")
        .and_then(|body| sampler.reader.follow(body, "requestBodies"))
        .and_then(|body| entry_of(sampler, body, media))
        .ok_or_else(none)?;
    let examples = examples_at(tree, &mut sampler.reader, entry);
    let json = media.kind == MediaKind::Json;
    let written = matches!(media.kind, MediaKind::Json | MediaKind::Form(_) | MediaKind::Multipart);
    let value = match (tree.get(entry, "schema"), examples.first()) {
        // The schema of XML is not that of its text.
        (_, Some(Sample::Text(text))) if !written => Some(Sample::text(text)),
        (Some(schema), _) => sampler.value(schema, &examples, extent, (true, json)),
        (None, example) => Some(example.cloned().unwrap_or(Sample::text("text"))),
    };
    let content = match (&media.kind, value) {
        (MediaKind::Json | MediaKind::Form(_), value) => Content::Json(value.ok_or_else(none)?.to_string()),
        (MediaKind::Multipart, value) => parts(api, media, &value.ok_or_else(none)?),
        (_, Some(Sample::Text(text))) => Content::Text(text),
        (_, value) => Content::Text(value.map_or("text".to_owned(), |value| value.to_string())),
    };
    Ok(Some((at, content)))
}

/// The media type in the document that a body is made of.
fn entry_of(sampler: &Sampler<'_>, body: NodeId, media: &Media) -> Option<NodeId> {
    let tree = sampler.reader.tree;
    let content = tree.entries_of(body, "content");
    let same = |name: &str| name == media.media_type || name.trim().eq_ignore_ascii_case(&media.media_type);
    content.iter().find(|(name, _)| same(name)).or(content.iter().next()).map(|(_, entry)| entry)
}

fn parts(api: &Api, media: &Media, value: &Sample) -> Content {
    let of = |name: &str| value.get(name).filter(|value| **value != Sample::Null);
    match &media.of.shape {
        Shape::Named(id) => match &api.types[id.0].kind {
            TypeKind::Parts { parts, .. } => {
                Content::Parts(parts.iter().map(|part| part_value(part, of(&part.field.wire))).collect())
            }
            _ => Content::Parts(Vec::new()),
        },
        _ => match value {
            Sample::Map(entries) => {
                Content::Named(entries.iter().map(|(name, value)| (name.clone(), value.to_string())).collect())
            }
            _ => Content::Named(Vec::new()),
        },
    }
}

fn part_value(part: &Part, value: Option<&Sample>) -> Option<String> {
    match value? {
        Sample::Text(text) if part.file => Some(text.clone()),
        Sample::List(items) if part.file => Some(items.first()?.plain(false)),
        value => Some(value.to_string()),
    }
}
