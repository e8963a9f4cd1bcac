//! The document as a whole: operations, parameters, answers, security.

use std::collections::HashMap;

use super::audit::audit;
use super::schema::{Lowering, broken, text};
use super::{Api, Operation, Param, Place, Prop, Response, Scheme, SchemeKind};
use crate::diag::{Code, Diagnostics};
use crate::names::{Names, field_name, type_name};
use crate::tree::{Entry, Node, Span};

pub(super) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Reads an OpenAPI 3.0 document.
pub fn read(root: Node<'_>, diags: &mut Diagnostics) -> Option<Api> {
    root.expect_map("an OpenAPI document", diags)?;
    let version = root.expect("an OpenAPI document", "openapi", diags)?;
    if !version.as_scalar().is_some_and(|version| version.starts_with("3.0.")) {
        diags.error(Code::S006, version.span(), "only OpenAPI 3.0 is taken");
        return None;
    }
    let mends = audit(root, diags);
    let root = root.mended(&mends);
    let mut lowering = Lowering::new(root);
    lowering.components(diags);
    let mut reader = Reader { root, lowering, operations: Names::default(), ids: HashMap::new(), diags };
    let operations = reader.operations();
    let (callbacks, broken_callbacks) = reader.callbacks();
    let (schemes, broken_schemes) = reader.schemes();
    reader.security(root);
    let (types, examples) = reader.lowering.finish();
    let server = root.items_of("servers").next().map(|server| text(server, "url"));
    Some(Api {
        title: root.get("info").map(|info| text(info, "title")).unwrap_or_default(),
        server: server.filter(|url| !url.is_empty() && !url.contains('{')),
        client_certificate: root.get("x-client-certificate").and_then(Node::as_text) == Some("required"),
        types,
        operations,
        callbacks,
        broken_callbacks,
        schemes,
        broken_schemes,
        examples,
        span: root.span(),
    })
}

pub(super) struct Reader<'n, 'd> {
    pub(super) root: Node<'n>,
    pub(super) lowering: Lowering<'n>,
    operations: Names,
    ids: HashMap<String, Span>,
    pub(super) diags: &'d mut Diagnostics,
}

impl<'n> Reader<'n, '_> {
    fn operations(&mut self) -> Vec<Operation> {
        let Some(paths) = self.root.expect("an OpenAPI document", "paths", self.diags) else { return Vec::new() };
        let mut operations = Vec::new();
        for path in paths.entries().filter(|path| !path.key.starts_with("x-")) {
            if !path.key.starts_with('/') {
                self.diags.error(Code::S003, path.key_span, "a path begins with `/`");
            }
            for entry in path.value.entries().filter(|entry| METHODS.contains(&entry.key)) {
                operations.push(self.operation(path, entry));
            }
        }
        operations
    }

    fn operation(&mut self, path: Entry<'n>, method: Entry<'n>) -> Operation {
        let node = method.value;
        let id_node = node.get("operationId");
        let id = id_node.and_then(Node::as_text).map_or_else(|| format!("{} {}", method.key, path.key), str::to_owned);
        let span = id_node.map_or(method.key_span, Node::span);
        if let Some(first) = self.ids.insert(id.clone(), span) {
            self.diags.error(Code::S004, span, format!("`{id}` is an operation twice")).secondary(first, "first here");
        }
        let rust = self.operations.take(&type_name(&id));
        let (params, broken_params) = self.params(path.value, node, &rust);
        if !broken_params {
            self.template(path.key, path.key_span, &params);
        }
        let body = self.body(node, &rust);
        let (responses, broken_responses) = self.responses(node, &rust);
        self.security(node);
        let security = node.get("security").or_else(|| self.root.get("security")).map_or_else(Vec::new, |list| {
            list.items().map(|all| all.entries().map(|entry| entry.key.to_owned()).collect()).collect()
        });
        let doc = about(node);
        Operation {
            id,
            rust,
            method: method.key.to_uppercase(),
            path: path.key.to_owned(),
            doc,
            params,
            body,
            responses,
            security,
            broken_params,
            broken_responses,
            span,
        }
    }

    pub(super) fn body(&mut self, node: Node<'n>, owner: &str) -> Option<super::Schema> {
        node.get("requestBody").and_then(|body| match self.lowering.follow(body, self.diags) {
            Some((body, _)) => self.content(body, &format!("{owner}Body")),
            None => Some(broken(body)),
        })
    }

    /// A path and its parameters name each other.
    fn template(&mut self, path: &str, span: Span, params: &[Param]) {
        let names: Vec<&str> = path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
        let in_path: Vec<&Param> = params.iter().filter(|param| param.place == Place::Path).collect();
        for name in &names {
            if !in_path.iter().any(|param| param.prop.wire == *name) {
                let message = format!("`{{{name}}}` is no parameter in the path");
                let known = in_path.iter().map(|param| param.prop.wire.as_str());
                self.diags.unknown(Code::S005, span, message, name, known);
            }
        }
        for param in in_path {
            let wire = param.prop.wire.as_str();
            // A name that is near to a lonely one of the template is the other half of the same mistake.
            let told = crate::diag::nearest(wire, names.iter().copied()).is_some_and(|near| near != wire);
            if !names.contains(&wire) && !told {
                let message = format!("the path has no `{{{wire}}}`, so this parameter stands nowhere");
                self.diags.error(Code::S005, param.prop.span, message).secondary(span, "the path");
            }
        }
    }

    /// What is asked for under `security` is a scheme of the document.
    fn security(&mut self, node: Node<'_>) {
        let known: Vec<&str> = self.scheme_entries().map(|entry| entry.key).collect();
        for entry in node.items_of("security").flat_map(Node::entries) {
            if !known.contains(&entry.key) {
                let message = format!("no such security scheme: `{}`", entry.key);
                self.diags.unknown(Code::S005, entry.key_span, message, entry.key, known.iter().copied());
            }
        }
    }

    /// The parameters of a path and of an operation of it, and whether some could not be read.
    pub(super) fn params(&mut self, path: Node<'n>, node: Node<'n>, owner: &str) -> (Vec<Param>, bool) {
        let written: Vec<Node<'n>> = path.items_of("parameters").chain(node.items_of("parameters")).collect();
        let params: Vec<Param> = written.iter().filter_map(|param| self.param(*param, owner)).collect();
        let broken = params.len() < written.len();
        (params, broken)
    }

    fn param(&mut self, node: Node<'n>, owner: &str) -> Option<Param> {
        let (node, _) = self.lowering.follow(node, self.diags)?;
        let name_node = node.expect("a parameter", "name", self.diags)?;
        let name = name_node.expect_text("the name of a parameter", self.diags)?;
        let place_node = node.expect("a parameter", "in", self.diags)?;
        let place = match place_node.as_text() {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            _ => {
                self.diags.error(Code::S006, place_node.span(), "parameters stand in the path, the query or a header");
                return None;
            }
        };
        if node.get("content").is_some() && node.get("schema").is_none() {
            return None; // told by the audit
        }
        let schema = node.expect("a parameter", "schema", self.diags)?;
        let schema = self.lowering.schema(schema, &format!("{owner}{}", type_name(name)), self.diags);
        self.lowering.examples(node, &schema, self.diags);
        let required = node.get("required").and_then(Node::as_bool).unwrap_or(false);
        if place == Place::Path && !required {
            self.diags.error(Code::S006, name_node.span(), "a parameter in the path has to be required");
        }
        let prop = Prop { wire: name.to_owned(), rust: field_name(name), schema, required, span: name_node.span() };
        Some(Param { place, prop })
    }

    /// The JSON schema of a body, if it has one; a broken one after a diagnostic.
    fn content(&mut self, node: Node<'n>, name: &str) -> Option<super::Schema> {
        let mut content = node.get("content")?.entries();
        let first = content.next();
        let json =
            first.into_iter().chain(content).find(|entry| entry.key.split(';').next() == Some("application/json"));
        match (json, first) {
            (Some(entry), _) => {
                let schema = self.lowering.schema(entry.value.get("schema")?, name, self.diags);
                self.lowering.examples(entry.value, &schema, self.diags);
                Some(schema)
            }
            (None, Some(other)) => {
                self.diags.error(Code::S006, other.key_span, "only JSON bodies are taken");
                Some(broken(other.value))
            }
            (None, None) => None,
        }
    }

    /// The answers, and whether some could not be read.
    pub(super) fn responses(&mut self, node: Node<'n>, owner: &str) -> (Vec<Response>, bool) {
        let Some(responses) = node.expect("an operation", "responses", self.diags) else { return (Vec::new(), true) };
        let mut all = Vec::new();
        let mut broken = false;
        for entry in responses.entries().filter(|entry| !entry.key.starts_with("x-")) {
            let status = match (entry.key, entry.key.parse::<u16>()) {
                ("default", _) => None,
                (_, Ok(status)) if (100..600).contains(&status) => Some(status),
                _ => {
                    self.diags.error(Code::S006, entry.key_span, "a status is three digits or `default`");
                    broken = true;
                    continue;
                }
            };
            let Some((target, _)) = self.lowering.follow(entry.value, self.diags) else {
                broken = true;
                continue;
            };
            let rust = status.map_or_else(|| "Default".to_owned(), status_name);
            let body = self.content(target, &format!("{owner}{rust}"));
            all.push(Response { status, rust, doc: text(target, "description"), body, span: entry.key_span });
        }
        (all, broken)
    }

    fn scheme_entries(&self) -> impl Iterator<Item = Entry<'n>> + use<'n> {
        self.root.get("components").into_iter().flat_map(|components| components.entries_of("securitySchemes"))
    }

    /// The security schemes, and the names of those that could not be read.
    fn schemes(&mut self) -> (Vec<Scheme>, Vec<String>) {
        let (mut all, mut broken) = (Vec::new(), Vec::new());
        for entry in self.scheme_entries() {
            let node = entry.value;
            let kind = match (
                text(node, "type").as_str(),
                text(node, "scheme").to_lowercase().as_str(),
                text(node, "in").as_str(),
            ) {
                ("http", "bearer", _) => SchemeKind::Bearer,
                ("http", "basic", _) => SchemeKind::Basic,
                ("apiKey", _, "header") => SchemeKind::HeaderKey(text(node, "name").to_lowercase()),
                ("apiKey", _, "query") => SchemeKind::QueryKey(text(node, "name")),
                ("apiKey", _, "cookie") => SchemeKind::CookieKey(text(node, "name")),
                _ => {
                    let message =
                        "a security scheme is a bearer token, basic auth, or a key in a header, the query or a cookie";
                    self.diags.error(Code::S006, entry.key_span, message);
                    broken.push(entry.key.to_owned());
                    continue;
                }
            };
            all.push(Scheme { name: entry.key.to_owned(), kind, span: entry.key_span });
        }
        (all, broken)
    }
}

/// Summary and description.
pub(super) fn about(node: Node<'_>) -> String {
    let texts = [text(node, "summary"), text(node, "description")];
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The Rust name of a status.
fn status_name(status: u16) -> String {
    match status {
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        204 => "NoContent",
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        409 => "Conflict",
        422 => "UnprocessableContent",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        503 => "ServiceUnavailable",
        other => return format!("Status{other}"),
    }
    .to_owned()
}
