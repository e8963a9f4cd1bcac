//! Keys of a document that nothing would read. What is only about people passes; what changes the wire is refused.

use crate::diag::{Code, Diagnostics, list_of, nearest};
use crate::tree::{Entry, Keys, Mends, Node};

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

/// Tells every key of `root` that nothing reads. Gives the misspelt keys put right, so that what they hold is not missed
/// a second time. Schemas are audited where they are lowered.
pub(super) fn audit(root: Node<'_>, diags: &mut Diagnostics) -> Mends {
    let mut audit = Audit { diags, mends: Mends::default() };
    audit.document(root);
    audit.mends
}

struct Audit<'d> {
    diags: &'d mut Diagnostics,
    mends: Mends,
}

impl Audit<'_> {
    fn document(&mut self, root: Node<'_>) {
        let keys = self.keys(root, &ROOT);
        let root = keys.node();
        root.entries_of("paths").filter(stated).for_each(|path| self.path_item(path.value));
        root.entries_of("x-webhooks").for_each(|path| self.path_item(path.value));
        if let Some(components) = root.get("components") {
            let keys = self.keys(components, &COMPONENTS);
            let components = keys.node();
            components.entries_of("callbacks").for_each(|entry| self.callback(entry.value));
            components.entries_of("parameters").for_each(|entry| self.parameter(entry.value));
            components.entries_of("requestBodies").for_each(|entry| self.holder(entry.value, &BODY));
            components.entries_of("responses").for_each(|entry| self.holder(entry.value, &RESPONSE));
            for scheme in components.entries_of("securitySchemes") {
                let keys = self.keys(scheme.value, &SCHEME);
                self.keep(keys);
            }
            self.keep(keys);
        }
        self.keep(keys);
    }

    fn path_item(&mut self, path: Node<'_>) {
        let keys = self.keys(path, &PATH_ITEM);
        let path = keys.node();
        path.items_of("parameters").for_each(|item| self.parameter(item));
        for operation in super::document::METHODS.iter().filter_map(|method| path.get(method)) {
            self.operation(operation);
        }
        self.keep(keys);
    }

    /// Addresses, and what is sent to each.
    fn callback(&mut self, node: Node<'_>) {
        let addresses = node.entries().filter(stated).filter(|entry| entry.key != "$ref");
        addresses.for_each(|address| self.path_item(address.value));
    }

    fn operation(&mut self, node: Node<'_>) {
        let keys = self.keys(node, &OPERATION);
        let node = keys.node();
        node.entries_of("callbacks").filter(stated).for_each(|entry| self.callback(entry.value));
        node.items_of("parameters").for_each(|item| self.parameter(item));
        if let Some(body) = node.get("requestBody") {
            self.holder(body, &BODY);
        }
        node.entries_of("responses").filter(stated).for_each(|entry| self.holder(entry.value, &RESPONSE));
        self.keep(keys);
    }

    fn parameter(&mut self, node: Node<'_>) {
        let keys = self.keys(node, &PARAMETER);
        let node = keys.node();
        let (style, explode) = match node.get("in").and_then(Node::as_text) {
            Some("query" | "cookie") => ("form", true),
            _ => ("simple", false),
        };
        for (key, default) in
            [("style", style), ("explode", if explode { "true" } else { "false" }), ("allowReserved", "false")]
        {
            let Some(value) = node.get(key) else { continue };
            if value.as_scalar().as_deref() != Some(default) {
                self.diags
                    .error(Code::S006, value.span(), format!("`{key}` of a parameter is not taken"))
                    .help(format!("here it can only be `{default}`, which it is when it is left out"));
            }
        }
        self.keep(keys);
    }

    /// A body or response, and the media types in it.
    fn holder(&mut self, node: Node<'_>, object: &Object) {
        let keys = self.keys(node, object);
        for entry in keys.node().entries_of("content") {
            let keys = self.keys(entry.value, &MEDIA_TYPE);
            self.keep(keys);
        }
        self.keep(keys);
    }

    fn keys<'n>(&mut self, node: Node<'n>, object: &Object) -> Keys<'n> {
        let reference = node.get("$ref").is_some() && !object.refused.contains(&"$ref");
        let mut renamed: Vec<(usize, &'static str)> = Vec::new();
        for (n, entry) in node.entries().enumerate().filter(|(_, entry)| stated(entry)) {
            let key = entry.key;
            if reference {
                if !matches!(key, "$ref" | "summary" | "description") {
                    let message = format!("what stands beside `$ref` is not read: `{key}`");
                    self.diags.error(Code::S006, entry.key_span, message);
                }
            } else if object.refused.contains(&key) {
                self.diags.error(Code::S006, entry.key_span, format!("`{key}` of {} is not taken", object.what));
            } else if !object.taken.contains(&key) {
                let diag = self.diags.error(Code::S002, entry.key_span, format!("{} has no key `{key}`", object.what));
                let Some(name) = nearest(key, object.taken.iter().copied()) else {
                    diag.help(format!("it may have {}", list_of(object.taken)));
                    continue;
                };
                diag.help(format!("there is `{name}`"));
                if node.get(name).is_none() {
                    renamed.push((n, name));
                }
            }
        }
        Keys::new(node, renamed)
    }

    fn keep(&mut self, keys: Keys<'_>) {
        self.mends.extend(keys.into_mends());
    }
}

/// Whether an entry is one of OpenAPI's own.
fn stated(entry: &Entry<'_>) -> bool {
    !entry.key.starts_with("x-")
}
