//! From path items to operations.

use std::collections::HashSet;

use super::lower::{Lowering, doc_of};
use super::media::join_texts;
use super::model::{Event, Field, Operation, Param, Piece, Place, Shape, Use};
use super::name::{Names, escaped, field_name, type_name};
use crate::diag::Code;
use crate::tree::NodeId;

const METHODS: [(&str, &str); 8] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
];

/// What a path item says of all its operations.
struct Item<'a> {
    path: &'a str,
    node: NodeId,
    params: Vec<NodeId>,
}

impl Lowering<'_> {
    /// The operations, in the order of the document, and what the service sends by itself.
    pub(crate) fn operations(&mut self, root: NodeId) -> (Vec<Operation>, Vec<Event>) {
        let tree = self.reader.tree;
        let (mut operations, mut events) = (Vec::new(), Vec::new());
        for (path, item) in tree.entries_of(root, "paths").iter().filter(|(path, _)| !path.starts_with("x-")) {
            let Some(node) = self.reader.follow(item) else { continue };
            let params = self.parameter_nodes(node);
            let item = Item { path, node, params };
            for (key, method) in METHODS {
                let Some(node) = tree.get(node, key) else { continue };
                if let Some(operation) = self.operation(root, &item, node, key, method) {
                    self.callbacks(node, &operation.id, &mut events);
                    operations.push(operation);
                }
            }
        }
        for (name, item) in tree.entries_of(root, "webhooks").iter() {
            self.events_of(name, name, item, &mut events);
        }
        self.drain();
        (operations, events)
    }

    fn callbacks(&mut self, operation: NodeId, id: &str, events: &mut Vec<Event>) {
        let tree = self.reader.tree;
        for (name, callback) in tree.entries_of(operation, "callbacks").iter() {
            let Some(callback) = self.reader.follow(callback) else { continue };
            for (_, item) in tree.entries(callback).iter().filter(|(key, _)| !key.starts_with("x-")) {
                self.events_of(name, &format!("{id} {name}"), item, events);
            }
        }
    }

    fn events_of(&mut self, name: &str, label: &str, item: NodeId, events: &mut Vec<Event>) {
        let tree = self.reader.tree;
        let Some(item) = self.reader.follow(item) else { return };
        let shared = self.parameter_nodes(item);
        for (key, method) in METHODS {
            let Some(node) = tree.get(item, key) else { continue };
            let rust = self.names.take(&type_name(&format!("{label} event"), "Event"));
            let mut names = Names::without(&["body"]);
            let nodes = self.joined(&shared, node);
            let params = nodes.into_iter().filter_map(|node| self.param(node, &rust, &mut names)).collect();
            let body = self.body(node, &rust).and_then(|body| {
                let required = body.required;
                body.media.into_iter().next().map(|media| (media, required))
            });
            events.push(Event {
                name: name.to_owned(),
                rust,
                method,
                doc: join_texts(tree.text(node, "summary"), tree.text(node, "description")),
                params,
                body,
            });
        }
    }

    /// The parameters of a node, references followed.
    fn parameter_nodes(&mut self, node: NodeId) -> Vec<NodeId> {
        let items = self.reader.tree.items_of(node, "parameters");
        items.iter().filter_map(|item| self.reader.follow(*item)).collect()
    }

    /// Parameters of a path item, and those of an operation, which replace them by name and place.
    fn joined(&mut self, shared: &[NodeId], node: NodeId) -> Vec<NodeId> {
        let tree = self.reader.tree;
        let own = self.parameter_nodes(node);
        let key = |node: NodeId| (tree.text(node, "name"), tree.text(node, "in"));
        let mut seen: HashSet<_> = own.iter().map(|node| key(*node)).collect();
        let mut all: Vec<NodeId> = shared.iter().copied().filter(|node| !seen.contains(&key(*node))).collect();
        seen.clear();
        for node in own {
            if seen.insert(key(node)) {
                all.push(node);
            } else {
                self.reader.notes.warn(
                    Code::S004,
                    tree.offset(node),
                    "this parameter stands here a second time: left out",
                );
            }
        }
        all
    }

    fn operation(
        &mut self,
        root: NodeId,
        item: &Item<'_>,
        node: NodeId,
        key: &str,
        method: &'static str,
    ) -> Option<Operation> {
        let tree = self.reader.tree;
        let id = match tree.text(node, "operationId") {
            Some(id) if !id.trim().is_empty() => id.to_owned(),
            _ => path_name(key, item.path),
        };
        let rust = self.names.take(&type_name(&id, "Operation"));
        let reply = self.names.take(&format!("{rust}Reply"));
        let mut names = Names::without(&["body"]);
        let mut params = Vec::new();
        for node in self.joined(&item.params, node) {
            params.extend(self.param(node, &rust, &mut names));
        }
        let (pieces, used) = self.template(item, node, &mut params, &mut names);
        for (n, param) in params.iter().enumerate() {
            if param.place == Place::Path && !used.contains(&n) {
                let message = format!("the path has no place for the parameter `{}`: left out", param.field.wire);
                self.reader.notes.warn(Code::S005, tree.offset(node), message);
            }
        }
        let body = self.body(node, &rust);
        let responses = self.responses(node, &rust);
        let server = [node, item.node].into_iter().find_map(|node| self.server_of(node));
        Some(Operation {
            doc: join_texts(tree.text(node, "summary"), tree.text(node, "description")),
            deprecated: tree.flag(node, "deprecated"),
            access: self.access(root, node),
            tag: tree.items_of(node, "tags").first().and_then(|tag| tree.as_text(*tag)).map(str::to_owned),
            offset: tree.offset(node),
            path: item.path.to_owned(),
            module: 0,
            id,
            rust,
            method,
            pieces,
            params,
            body,
            reply,
            responses,
            server,
        })
    }

    /// The pieces of a path, and which parameters stand in it. Those that nobody declares are texts.
    fn template(
        &mut self,
        item: &Item<'_>,
        node: NodeId,
        params: &mut Vec<Param>,
        names: &mut Names,
    ) -> (Vec<Piece>, HashSet<usize>) {
        let mut pieces = Vec::new();
        let mut used = HashSet::new();
        // What stands behind `#` tells operations apart in the document alone, and is never sent.
        let mut rest = item.path.split('#').next().unwrap_or_default();
        while let Some((text, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            if !text.is_empty() {
                pieces.push(Piece::Text(url_text(text)));
            }
            let wire = name.trim_start_matches(['+', '?', '/', ';', '.']).trim_end_matches('*');
            let known = params.iter().position(|param| param.place == Place::Path && param.field.wire == wire);
            let index = known.unwrap_or_else(|| {
                let message = format!("nothing declares the path parameter `{wire}`: taken as a text");
                self.reader.notes.warn(Code::S007, self.reader.tree.offset(node), message);
                params.push(Param {
                    place: Place::Path,
                    field: Field {
                        wire: wire.to_owned(),
                        rust: escaped(names.take(&field_name(wire, "param"))),
                        doc: String::new(),
                        of: Use::new(Shape::Text),
                        required: true,
                        read_only: false,
                        write_only: false,
                        deprecated: false,
                        boxed: false,
                    },
                    style: "Simple",
                    reserved: false,
                });
                params.len() - 1
            });
            used.insert(index);
            pieces.push(Piece::Param(index));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(url_text(rest)));
        }
        (pieces, used)
    }

    /// A parameter; `None` of one that cannot be sent.
    fn param(&mut self, node: NodeId, owner: &str, names: &mut Names) -> Option<Param> {
        let tree = self.reader.tree;
        let offset = tree.offset(node);
        let Some(name) = tree.text(node, "name") else {
            self.reader.notes.warn(Code::S007, offset, "a parameter without a name: left out");
            return None;
        };
        let (place, otherwise) = match tree.text(node, "in") {
            Some("path") => (Place::Path, "simple"),
            Some("query") => (Place::Query, "form"),
            Some("header") => (Place::Header, "simple"),
            Some("cookie") => (Place::Cookie, "form"),
            other => {
                let other = other.unwrap_or("nowhere");
                self.reader.notes.warn(Code::S005, offset, format!("the parameter `{name}` is in `{other}`: left out"));
                return None;
            }
        };
        let wire = if place == Place::Header { name.to_ascii_lowercase() } else { name.to_owned() };
        if place == Place::Header {
            // By the specification, these are said elsewhere.
            if matches!(wire.as_str(), "accept" | "content-type" | "authorization") {
                return None;
            }
            if !is_token(&wire) {
                self.reader.notes.warn(Code::S008, offset, format!("no header can be called `{name}`: left out"));
                return None;
            }
        }
        if place == Place::Cookie && !is_token(name) {
            self.reader.notes.warn(Code::S008, offset, format!("no cookie can be called `{name}`: left out"));
            return None;
        }
        let hint = type_name(&format!("{owner} {}", type_name(name, "Param")), "Param");
        let style = tree.text(node, "style").unwrap_or(otherwise);
        let explode = match tree.get(node, "explode") {
            Some(_) => tree.flag(node, "explode"),
            None => style == "form",
        };
        let (of, style) = match (tree.get(node, "schema"), tree.entries_of(node, "content").iter().next()) {
            (Some(schema), _) => {
                self.default_fits(schema);
                (self.lower(schema, &hint), style_name(place, style, explode))
            }
            (None, Some((_, content))) => match tree.get(content, "schema") {
                Some(schema) => (self.lower(schema, &hint), "Json"),
                None => (Use::new(Shape::Any), "Json"),
            },
            (None, None) => (Use::new(Shape::Text), style_name(place, style, explode)),
        };
        let mut doc = tree.text(node, "description").unwrap_or_default().trim_end().to_owned();
        if let Some(schema) = tree.get(node, "schema") {
            let more = doc_of(tree, schema);
            if doc.is_empty() || !more.is_empty() && more != doc {
                let gap = if doc.is_empty() { "" } else { "\n\n" };
                doc = format!("{doc}{gap}{more}");
            }
        }
        Some(Param {
            place,
            field: Field {
                rust: escaped(names.take(&field_name(name, "param"))),
                wire,
                doc,
                of,
                required: place == Place::Path || tree.flag(node, "required"),
                read_only: false,
                write_only: false,
                deprecated: tree.flag(node, "deprecated"),
                boxed: false,
            },
            style,
            reserved: tree.flag(node, "allowReserved") && place == Place::Query,
        })
    }
}

pub(super) fn style_name(place: Place, style: &str, explode: bool) -> &'static str {
    match (place, style, explode) {
        (Place::Path, "label", false) => "Label",
        (Place::Path, "label", true) => "LabelExplode",
        (Place::Path, "matrix", false) => "Matrix",
        (Place::Path, "matrix", true) => "MatrixExplode",
        (Place::Path | Place::Header, _, false) => "Simple",
        (Place::Path | Place::Header, _, true) => "SimpleExplode",
        (Place::Query, "spaceDelimited", false) => "Space",
        (Place::Query, "pipeDelimited", false) => "Pipe",
        (Place::Query, "deepObject", _) => "Deep",
        (_, _, false) => "Form",
        (_, _, true) => "FormExplode",
    }
}

/// Whether a text can be the name of a header or a cookie (RFC 9110, a token).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 1000
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// `get /pets/{id}` as a name.
fn path_name(method: &str, path: &str) -> String {
    let words = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => format!("by {name}"),
        None => part.replace(['{', '}'], " "),
    });
    format!("{method} {}", words.collect::<Vec<_>>().join(" "))
}

/// Text of a path as it stands in a URL: what may not stand there is escaped.
fn url_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/?=&:@!$'()*+,;%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
