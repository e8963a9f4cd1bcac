//! From path items to operations.

use std::collections::{HashMap, HashSet};

use super::lower::{Lowering, operation_name, renamed};
use super::media::join_texts;
use super::model::{Event, Field, Operation, Param, Piece, Place, Shape, Use};
use super::name::{Names, escaped, field_name, type_name};
use super::notes::At;
use super::parameters::Said;
use super::paths::{end_of, nameless, path_name, placeholders, sent_path, url_text};
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

/// Whether a key of `paths` is a path.
fn is_path(key: &str) -> bool {
    !key.starts_with("x-")
}

/// What a path item says of all its operations.
struct Item<'a> {
    path: &'a str,
    node: NodeId,
    params: Vec<Said>,
    /// Where one of its parameters cannot be read.
    unsound: Option<u32>,
}

impl<'t> Lowering<'t> {
    /// Names every operation, before anything is called after one.
    pub(super) fn name_operations(&mut self, root: NodeId) {
        let tree = self.reader.tree;
        let is_sound = |path: &str| is_path(path) && nameless(path).is_some();
        for (path, item) in tree.entries_of(root, "paths").iter().filter(|(path, _)| is_sound(path)) {
            let Some(node) = self.reader.follow(item, "pathItems") else { continue };
            for (key, _) in METHODS {
                let operation = tree.get(node, key).filter(|of| matches!(tree.value(*of), Value::Map(_)));
                if let Some(operation) = operation {
                    let wanted = operation_name(tree.text(operation, "operationId"), key, path);
                    let rust = self.names.take(&wanted);
                    self.called.insert((operation, path), rust);
                }
            }
        }
    }

    /// The operations, in the order of the document, and what the service sends by itself.
    pub(crate) fn operations(&mut self, root: NodeId) -> (Vec<Operation>, Vec<Event>) {
        let tree = self.reader.tree;
        let (mut drafts, mut events) = (Vec::new(), Vec::new());
        // How a path is written whose parameters have no names.
        let mut known: HashMap<String, &str> = HashMap::new();
        for (path, at, item) in tree.entries_of(root, "paths").placed().filter(|(path, ..)| is_path(path)) {
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
        let rust = self.called.get(&(node, item.path)).unwrap_or(&wanted).clone();
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
