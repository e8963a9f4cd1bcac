//! Keys of a document that nothing would read. What is only about people passes; what changes the wire is refused.

use crate::diag::{Code, Diagnostics, nearest};
use crate::source::{Kind, Node, list_of};

/// A kind of object of OpenAPI 3.0, as far as it is no schema.
struct Object {
    what: &'static str,
    /// Keys that are read, or that change nothing on the wire.
    taken: &'static [&'static str],
    /// Keys that change the wire, and that nothing reads.
    refused: &'static [&'static str],
}

const ROOT: Object = Object {
    what: "an OpenAPI document",
    taken: &["openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"],
    refused: &[],
};
const COMPONENTS: Object = Object {
    what: "`components`",
    taken: &[
        "schemas",
        "responses",
        "parameters",
        "examples",
        "requestBodies",
        "headers",
        "securitySchemes",
        "links",
        "callbacks",
    ],
    refused: &[],
};
const PATH_ITEM: Object = Object {
    what: "a path",
    taken: &[
        "summary",
        "description",
        "parameters",
        "get",
        "put",
        "post",
        "delete",
        "options",
        "head",
        "patch",
        "trace",
    ],
    refused: &["$ref", "servers"],
};
const OPERATION: Object = Object {
    what: "an operation",
    taken: &[
        "operationId",
        "summary",
        "description",
        "tags",
        "externalDocs",
        "deprecated",
        "parameters",
        "requestBody",
        "responses",
        "security",
        "callbacks",
    ],
    refused: &["servers"],
};
const PARAMETER: Object = Object {
    what: "a parameter",
    taken: &[
        "name",
        "in",
        "description",
        "required",
        "deprecated",
        "allowEmptyValue",
        "allowReserved",
        "style",
        "explode",
        "schema",
        "example",
        "examples",
    ],
    refused: &["content"],
};
const BODY: Object = Object { what: "a request body", taken: &["description", "required", "content"], refused: &[] };
const MEDIA_TYPE: Object =
    Object { what: "a media type", taken: &["schema", "example", "examples"], refused: &["encoding"] };
const RESPONSE: Object =
    Object { what: "a response", taken: &["description", "headers", "content", "links"], refused: &[] };
const SCHEME: Object = Object {
    what: "a security scheme",
    taken: &["type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"],
    refused: &[],
};

/// Tells every key of `root` that nothing reads. Gives the document with misspelt keys put right, so that what they
/// hold is not missed a second time. Schemas are audited where they are lowered.
pub(super) fn audit(root: &Node, diags: &mut Diagnostics) -> Node {
    let mut root = root.clone();
    keys(&mut root, &ROOT, diags);
    below(&mut root, "paths").filter(|(name, _)| !name.starts_with("x-")).for_each(|(_, path)| path_item(path, diags));
    below(&mut root, "x-webhooks").for_each(|(_, path)| path_item(path, diags));
    if let Some(components) = root.get_mut("components") {
        keys(components, &COMPONENTS, diags);
        below(components, "callbacks").for_each(|(_, node)| callback(node, diags));
        below(components, "parameters").for_each(|(_, node)| parameter(node, diags));
        below(components, "requestBodies").for_each(|(_, node)| holder(node, &BODY, diags));
        below(components, "responses").for_each(|(_, node)| holder(node, &RESPONSE, diags));
        below(components, "securitySchemes").for_each(|(_, node)| keys(node, &SCHEME, diags));
    }
    root
}

fn path_item(path: &mut Node, diags: &mut Diagnostics) {
    keys(path, &PATH_ITEM, diags);
    parameters(path, diags);
    for method in super::document::METHODS {
        if let Some(operation) = path.get_mut(method) {
            audit_operation(operation, diags);
        }
    }
}

/// Addresses, and what is sent to each.
fn callback(node: &mut Node, diags: &mut Diagnostics) {
    if let Kind::Map(entries) = &mut node.kind {
        let addresses = entries.iter_mut().filter(|entry| entry.key != "$ref" && !entry.key.starts_with("x-"));
        addresses.for_each(|address| path_item(&mut address.value, diags));
    }
}

fn audit_operation(node: &mut Node, diags: &mut Diagnostics) {
    keys(node, &OPERATION, diags);
    below(node, "callbacks").filter(|(name, _)| !name.starts_with("x-")).for_each(|(_, node)| callback(node, diags));
    parameters(node, diags);
    if let Some(body) = node.get_mut("requestBody") {
        holder(body, &BODY, diags);
    }
    below(node, "responses").filter(|(name, _)| !name.starts_with("x-")).for_each(|(_, node)| {
        holder(node, &RESPONSE, diags);
    });
}

fn parameters(node: &mut Node, diags: &mut Diagnostics) {
    if let Some(Kind::List(items)) = node.get_mut("parameters").map(|node| &mut node.kind) {
        items.iter_mut().for_each(|item| parameter(item, diags));
    }
}

fn parameter(node: &mut Node, diags: &mut Diagnostics) {
    keys(node, &PARAMETER, diags);
    let (style, explode) = match node.get("in").and_then(Node::as_text) {
        Some("query" | "cookie") => ("form", true),
        _ => ("simple", false),
    };
    for (key, default) in
        [("style", style), ("explode", if explode { "true" } else { "false" }), ("allowReserved", "false")]
    {
        let Some(entry) = node.entry(key) else { continue };
        if entry.value.as_scalar().as_deref() != Some(default) {
            diags
                .error(Code::S006, entry.value.span, format!("`{key}` of a parameter is not taken"))
                .help(format!("here it can only be `{default}`, which it is when it is left out"));
        }
    }
}

/// A body or response, and the media types in it.
fn holder(node: &mut Node, object: &Object, diags: &mut Diagnostics) {
    keys(node, object, diags);
    below(node, "content").for_each(|(_, node)| keys(node, &MEDIA_TYPE, diags));
}

/// The entries of the map under `key`.
fn below<'n>(node: &'n mut Node, key: &str) -> impl Iterator<Item = (&'n str, &'n mut Node)> {
    let entries = match node.get_mut(key).map(|node| &mut node.kind) {
        Some(Kind::Map(entries)) => &mut entries[..],
        _ => &mut [],
    };
    entries.iter_mut().map(|entry| (entry.key.as_str(), &mut entry.value))
}

fn keys(node: &mut Node, object: &Object, diags: &mut Diagnostics) {
    let reference = node.get("$ref").is_some() && !object.refused.contains(&"$ref");
    let Kind::Map(entries) = &mut node.kind else { return };
    let present: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    for entry in entries.iter_mut().filter(|entry| !entry.key.starts_with("x-")) {
        let key = entry.key.as_str();
        if reference {
            if !matches!(key, "$ref" | "summary" | "description") {
                diags.error(Code::S006, entry.key_span, format!("what stands beside `$ref` is not read: `{key}`"));
            }
        } else if object.refused.contains(&key) {
            diags.error(Code::S006, entry.key_span, format!("`{key}` of {} is not taken", object.what));
        } else if !object.taken.contains(&key) {
            let diag = diags.error(Code::S002, entry.key_span, format!("{} has no key `{key}`", object.what));
            let Some(name) = nearest(key, object.taken.iter().copied()) else {
                diag.help(format!("it may have {}", list_of(object.taken)));
                continue;
            };
            diag.help(format!("there is `{name}`"));
            if !present.iter().any(|other| other == name) {
                name.clone_into(&mut entry.key);
            }
        }
    }
}
