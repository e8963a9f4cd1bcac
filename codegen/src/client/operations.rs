//! From path items to operations.

use std::collections::{HashMap, HashSet};

use super::lower::{Lowering, doc_of, renamed};
use super::media::join_texts;
use super::model::{Event, Field, Operation, Param, Piece, Place, Shape, Use};
use super::name::{Names, escaped, field_name, type_name};
use super::notes::At;
use super::sound::Draft;
use crate::diag::Code;
use crate::tree::{Entries, NodeId, Value};

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
    params: Vec<Said>,
    /// Where one of its parameters cannot be read.
    unsound: Option<u32>,
}

/// A parameter: where it is named, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) site: NodeId,
    pub(super) node: NodeId,
}

impl<'t> Lowering<'t> {
    /// The operations, in the order of the document, and what the service sends by itself.
    pub(crate) fn operations(&mut self, root: NodeId) -> (Vec<Operation>, Vec<Event>) {
        let tree = self.reader.tree;
        let (mut drafts, mut events) = (Vec::new(), Vec::new());
        // How a path is written whose parameters have no names.
        let mut known: HashMap<String, &str> = HashMap::new();
        for (path, at, item) in tree.entries_of(root, "paths").placed().filter(|(path, ..)| !path.starts_with("x-")) {
            let Some(node) = self.reader.follow(item, "pathItems") else { continue };
            let methods = METHODS.iter().filter_map(|(key, name)| Some((*key, *name, tree.get(node, key)?)));
            let Some(template) = nameless(path) else {
                let message = format!("a brace of the path `{path}` is not closed: its operations are left out");
                self.reader.notes.warn(Code::S008, at, message);
                self.left_out += methods.count();
                continue;
            };
            let first = *known.entry(template).or_insert(path);
            if first != path {
                let message =
                    format!("to a server `{path}` is `{first}`, with parameters of other names: both are kept");
                self.reader.notes.warn(Code::S004, at, message);
            }
            self.unsound = None;
            let params = self.parameters(node);
            let item = Item { path, node, params, unsound: self.unsound };
            for (key, method, node) in methods {
                if let Some(draft) = self.operation(root, &item, node, key, method) {
                    self.callbacks(node, &draft.operation.id, &mut events);
                    drafts.push(draft);
                }
            }
        }
        for (name, item) in tree.entries_of(root, "webhooks").iter() {
            self.events_of(name, name, "", item, &mut events);
        }
        self.drain();
        (self.sound(root, drafts), events)
    }

    fn callbacks(&mut self, operation: NodeId, id: &str, events: &mut Vec<Event>) {
        let tree = self.reader.tree;
        for (name, callback) in tree.entries_of(operation, "callbacks").iter() {
            let Some(callback) = self.reader.follow(callback, "callbacks") else { continue };
            for (address, item) in tree.entries(callback).iter().filter(|(key, _)| !key.starts_with("x-")) {
                self.events_of(name, &format!("{id} {name}"), address, item, events);
            }
        }
    }

    /// What comes to `address`, which the caller of an operation said; of a webhook nobody knows the address.
    fn events_of(&mut self, name: &str, label: &str, address: &str, item: NodeId, events: &mut Vec<Event>) {
        let tree = self.reader.tree;
        let Some(item) = self.reader.follow(item, "pathItems") else { return };
        let shared = self.parameters(item);
        for (key, method) in METHODS {
            let Some(node) = tree.get(item, key) else { continue };
            let rust = self.names.take(&type_name(&format!("{label} event"), "Event"));
            let mut names = Names::without(&["body"]);
            let said = self.joined(&shared, node);
            let mut params: Vec<Param> =
                said.into_iter().filter_map(|said| self.param(said, &rust, &mut names)).collect();
            let path = end_of(address);
            params.retain(|param| param.place != Place::Path || path.contains(&format!("{{{}}}", param.field.wire)));
            let reply = self.names.take(&format!("{rust}Reply"));
            events.push(Event {
                name: name.to_owned(),
                method,
                doc: self.about_event(node),
                path: path.to_owned(),
                params,
                body: self.body(node, &rust, false),
                responses: self.responses(node, &rust, true),
                reply,
                rust,
                offset: tree.offset(node),
            });
        }
    }

    /// What an event is about, and what it proves itself by, where that is said.
    fn about_event(&self, node: NodeId) -> String {
        let tree = self.reader.tree;
        let mut text = join_texts(tree.text(node, "summary"), tree.text(node, "description"));
        let alternatives = tree.items_of(node, "security").iter().map(|alternative| {
            let names = tree.entries(*alternative);
            let names: Vec<String> = names.iter().map(|(name, _)| format!("`{}`", name.replace('`', "'"))).collect();
            names.join(" and ")
        });
        let alternatives: Vec<String> = alternatives.filter(|names| !names.is_empty()).collect();
        if !alternatives.is_empty() {
            let told = alternatives.join(", or ");
            text.push_str(&format!("\n\nIt carries {told}, by which the receiver has to tell it from a forged one."));
        }
        text
    }

    /// The parameters of a node, references followed.
    fn parameters(&mut self, node: NodeId) -> Vec<Said> {
        let mut all = Vec::new();
        for site in self.list_of(node, "parameters") {
            match self.reader.follow(*site, "parameters") {
                Some(node) => all.push(Said { site: *site, node }),
                None => self.spoil(self.reader.tree.offset(*site)),
            }
        }
        all
    }

    /// Parameters of a path item, and those of an operation, which replace them by name and place.
    fn joined(&mut self, shared: &[Said], node: NodeId) -> Vec<Said> {
        let tree = self.reader.tree;
        let own = self.parameters(node);
        let key = |said: &Said| {
            let (name, place) = (tree.text(said.node, "name"), tree.text(said.node, "in"));
            // Headers are the same in any case.
            let is_header = place == Some("header");
            (name.map(|name| if is_header { name.to_ascii_lowercase() } else { name.to_owned() }), place)
        };
        let mut seen: HashSet<_> = own.iter().map(key).collect();
        let mut all: Vec<Said> = shared.iter().copied().filter(|said| !seen.contains(&key(said))).collect();
        seen.clear();
        for said in own {
            if seen.insert(key(&said)) {
                all.push(said);
            } else {
                let message = format!(
                    "the parameter `{}` stands here a second time: left out",
                    tree.text(said.node, "name").unwrap_or_default()
                );
                self.reader.notes.warn(Code::S004, tree.offset(said.site), message);
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
    ) -> Option<Draft> {
        let tree = self.reader.tree;
        if !matches!(tree.value(node), Value::Map(_)) {
            let message = format!("an operation has to be a map, and this is {}: left out", tree.kind(node));
            self.reader.notes.warn(Code::S003, tree.offset(node), message);
            self.left_out += 1;
            return None;
        }
        if !self.may_write(0, tree.offset(node)) {
            return None;
        }
        self.unsound = item.unsound;
        let named = tree.text(node, "operationId").filter(|id| !id.trim().is_empty());
        let id = named.map_or_else(|| path_name(key, item.path), str::to_owned);
        let wanted = type_name(&id, "Operation");
        let rust = self.names.take(&wanted);
        if let Some(id) = tree.get(node, "operationId").filter(|_| named.is_some()) {
            self.tell_twin(id, &rust);
        }
        let reply = self.names.take(&format!("{rust}Reply"));
        let access = self.access(root, node);
        let mut names = Names::without(&["body"]);
        let (mut params, mut sent) = (Vec::new(), Vec::new());
        let places: HashSet<&str> = placeholders(item.path).map(|(_, name)| name).collect();
        for said in self.joined(&item.params, node) {
            let name = tree.text(said.node, "name").unwrap_or_default();
            if tree.text(said.node, "in") == Some("path") && !places.contains(name) {
                let message = format!("the path has no place for the parameter `{name}`: left out");
                self.reader.notes.warn(Code::S005, tree.offset(said.site), message);
                continue;
            }
            if self.said_elsewhere(said, &access) {
                continue;
            }
            params.extend(self.param(said, &rust, &mut names));
            sent.push(said.node);
        }
        let pieces = self.template(item, node, &mut params, &mut names);
        sent.extend(tree.get(node, "requestBody"));
        let body = self.body(node, &rust, true);
        let responses = self.responses(node, &rust, false);
        let server = [node, item.node].into_iter().find_map(|node| self.server_of(node));
        let doc = join_texts(tree.text(node, "summary"), tree.text(node, "description"));
        let operation = Operation {
            doc: join_texts(Some(&doc), renamed(&id, &wanted, &rust).as_deref()),
            deprecated: tree.flag(node, "deprecated"),
            access,
            tag: tree.items_of(node, "tags").first().and_then(|tag| tree.as_text(*tag)).map(str::to_owned),
            offset: tree.offset(node),
            path: item.path.to_owned(),
            module: 0,
            id,
            named: named.is_some(),
            rust,
            method,
            pieces,
            params,
            body,
            reply,
            responses,
            server,
        };
        Some(Draft { operation, sent, unsound: self.unsound })
    }

    /// Tells of an id that another operation has as well.
    fn tell_twin(&mut self, id: NodeId, rust: &str) {
        let tree = self.reader.tree;
        let offset = tree.offset(id);
        let text = tree.as_text(id).unwrap_or_default();
        let first = *self.ids.entry(text).or_insert(offset);
        if first != offset {
            let at = At { tree, offset: first };
            let message = format!("the operation at {at} has the id `{text}` as well: this one is called `{rust}`");
            self.reader.notes.warn(Code::S004, offset, message);
        }
    }

    /// The pieces of a path. The parameters that nobody declares are texts.
    fn template(&mut self, item: &Item<'_>, node: NodeId, params: &mut Vec<Param>, names: &mut Names) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = sent_path(item.path);
        if !rest.starts_with('/') {
            // It would go on with the name of the server.
            let message = format!("a path begins with `/`: taken as `/{rest}`");
            self.reader.notes.warn(Code::S008, self.reader.tree.offset(node), message);
            pieces.push(Piece::Text("/".to_owned()));
        }
        let place = |(n, param): (usize, &Param)| (param.place == Place::Path).then(|| (param.field.wire.clone(), n));
        let mut known: HashMap<String, usize> = params.iter().enumerate().rev().filter_map(place).collect();
        for (text, wire) in placeholders(item.path) {
            if !text.is_empty() {
                pieces.push(Piece::Text(url_text(text)));
            }
            let index = *known.entry(wire.to_owned()).or_insert_with(|| {
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
                        default: None,
                    },
                    style: "Simple",
                    reserved: false,
                });
                params.len() - 1
            });
            pieces.push(Piece::Param(index));
            rest = rest.split_once('}').map_or("", |(_, after)| after);
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(url_text(rest)));
        }
        pieces
    }

    /// A parameter; `None` of one that cannot be sent.
    fn param(&mut self, said: Said, owner: &str, names: &mut Names) -> Option<Param> {
        let (tree, node) = (self.reader.tree, said.node);
        let Some(name) = tree.text(node, "name") else {
            return self.no_param(said, Code::S007, "this parameter has no name: left out".to_owned());
        };
        let place = match tree.text(node, "in") {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            Some("cookie") => Place::Cookie,
            other => {
                let found = other.map_or("it says no place".to_owned(), |other| format!("`{other}` is none of them"));
                let message = format!("`{name}` is in the path, query, header or cookie, and {found}: left out");
                return self.no_param(said, Code::S005, message);
            }
        };
        let wire = if place == Place::Header { name.to_ascii_lowercase() } else { name.to_owned() };
        if place == Place::Header {
            // By the specification, no parameter says these.
            if matches!(wire.as_str(), "accept" | "content-type") {
                return None;
            }
            if !is_token(&wire) {
                return self.no_param(said, Code::S008, format!("no header can be called `{name}`: left out"));
            }
        }
        if place == Place::Cookie && !is_token(name) {
            return self.no_param(said, Code::S008, format!("no cookie can be called `{name}`: left out"));
        }
        let hint = type_name(&format!("{owner} {}", type_name(name, "Param")), "Param");
        if let Some(schema) = tree.get(node, "schema") {
            self.default_fits(schema);
        }
        let style = tree.text(node, "style").unwrap_or(usual_style(place));
        if !has_style(place, style) {
            let message = format!(
                "`{style}` is no style of a parameter in `{}`: left out",
                tree.text(node, "in").unwrap_or_default()
            );
            return self.no_param(said, Code::S008, message);
        }
        if tree.get(node, "schema").is_none() && tree.entries_of(node, "content").is_empty() {
            let message = format!("`{name}` has neither a schema nor a content: taken as a text");
            self.reader.notes.warn(Code::S007, tree.offset(said.site), message);
        }
        let (of, style) = self.shape_of(node, place, &hint);
        let mut doc = tree.text(node, "description").unwrap_or_default().trim_end().to_owned();
        if let Some(schema) = tree.get(node, "schema") {
            let more = doc_of(tree, schema);
            if doc.is_empty() || !more.is_empty() && more != doc {
                let gap = if doc.is_empty() { "" } else { "\n\n" };
                doc = format!("{doc}{gap}{more}");
            }
        }
        if !self.may_write(name.len() + doc.len(), tree.offset(said.site)) {
            return None;
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
                default: None,
            },
            style,
            reserved: tree.flag(node, "allowReserved") && place == Place::Query,
        })
    }

    /// Tells why a parameter is left out, and its operation with it.
    fn no_param(&mut self, said: Said, code: Code, message: String) -> Option<Param> {
        let offset = self.reader.tree.offset(said.site);
        self.spoil(offset);
        self.reader.notes.warn(code, offset, message);
        None
    }

    /// The list under a key, of an operation or what belongs to it.
    pub(super) fn list_of(&mut self, node: NodeId, key: &str) -> &'t [NodeId] {
        let tree = self.reader.tree;
        self.has_to_be(node, key, "a list", |value| matches!(value, Value::List(_)));
        tree.items_of(node, key)
    }

    /// The map under a key, of an operation or what belongs to it.
    pub(super) fn map_of(&mut self, node: NodeId, key: &str) -> Entries<'t> {
        let tree = self.reader.tree;
        self.has_to_be(node, key, "a map", |value| matches!(value, Value::Map(_)));
        tree.entries_of(node, key)
    }

    fn has_to_be(&mut self, node: NodeId, key: &str, due: &str, is: impl Fn(Value<'_>) -> bool) {
        let tree = self.reader.tree;
        if let Some(value) = tree.get(node, key).filter(|value| !is(tree.value(*value))) {
            let message = format!("`{key}` has to be {due}, and this is {}: left out", tree.kind(value));
            self.reader.notes.warn(Code::S003, tree.offset(value), message);
            if !matches!(tree.value(value), Value::Null) {
                self.spoil(tree.offset(value));
            }
        }
    }
}

/// How parameters in this place are written unless the document says otherwise.
fn usual_style(place: Place) -> &'static str {
    if matches!(place, Place::Path | Place::Header) { "simple" } else { "form" }
}

/// Whether parameters in this place may be written so.
fn has_style(place: Place, style: &str) -> bool {
    match place {
        Place::Path => matches!(style, "simple" | "label" | "matrix"),
        Place::Query => matches!(style, "form" | "spaceDelimited" | "pipeDelimited" | "deepObject"),
        Place::Header => style == "simple",
        Place::Cookie => style == "form",
    }
}

impl Lowering<'_> {
    /// The shape of a parameter or a header, and how it is written.
    pub(super) fn shape_of(&mut self, node: NodeId, place: Place, hint: &str) -> (Use, &'static str) {
        let tree = self.reader.tree;
        let otherwise = usual_style(place);
        let style = tree.text(node, "style").unwrap_or(otherwise);
        let explode = match tree.get(node, "explode") {
            Some(_) => tree.flag(node, "explode"),
            None => style == "form",
        };
        match (tree.get(node, "schema"), tree.entries_of(node, "content").iter().next()) {
            (Some(schema), _) => (self.lower(schema, hint), style_name(place, style, explode)),
            (None, Some((media_type, content))) => {
                // Of another media type it is a text, which the caller writes.
                if !media_type.contains("json") && !media_type.contains('*') {
                    return (Use::new(Shape::Text), style_name(place, otherwise, false));
                }
                match tree.get(content, "schema") {
                    Some(schema) => (self.lower(schema, hint), "Json"),
                    None => (Use::new(Shape::Any), "Json"),
                }
            }
            (None, None) => (Use::new(Shape::Text), style_name(place, style, explode)),
        }
    }
}

/// The end of an address behind what is filled in when it is called: `/items/{id}` of `{$request.body#/url}/items/{id}`.
fn end_of(address: &str) -> &str {
    let rest = match address.rfind("{$") {
        Some(at) => address[at..].split_once('}').map_or("", |(_, rest)| rest),
        None => address,
    };
    rest.split(['?', '#']).next().unwrap_or_default()
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

/// What is sent of a path: what stands behind `#` tells operations apart in the document alone.
fn sent_path(path: &str) -> &str {
    path.split('#').next().unwrap_or_default()
}

/// The parameters in a path, each with the text before it.
fn placeholders(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = sent_path(path);
    std::iter::from_fn(move || {
        let (text, after) = rest.split_once('{')?;
        let (name, after) = after.split_once('}')?;
        rest = after;
        Some((text, name.trim_start_matches(['+', '?', '/', ';', '.']).trim_end_matches('*')))
    })
}

/// A path without the names of its parameters; `None` where a brace is not closed.
fn nameless(path: &str) -> Option<String> {
    let mut parts = path.split('{');
    let mut out = parts.next().filter(|text| !text.contains('}'))?.to_owned();
    for part in parts {
        let (_, text) = part.split_once('}').filter(|(_, text)| !text.contains('}'))?;
        out.push_str("{}");
        out.push_str(text);
    }
    Some(out)
}

/// `get /pets/{id}` as a name.
pub(super) fn path_name(method: &str, path: &str) -> String {
    let words = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => format!("by {name}"),
        None => part.replace(['{', '}'], " "),
    });
    std::iter::once(method.to_owned()).chain(words.filter(|word| !word.is_empty())).collect::<Vec<_>>().join(" ")
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
