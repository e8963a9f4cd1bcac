//! Parameters: which there are, what they are of, and how they are written.

use std::collections::HashSet;

use super::lower::{Lowering, doc_of};
use super::model::{Field, Param, Place, Shape, Use};
use super::name::{Names, escaped, field_name, type_name};
use crate::diag::Code;
use crate::tree::NodeId;

/// A parameter: where it is named, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) site: NodeId,
    pub(super) node: NodeId,
}

impl Lowering<'_> {
    /// The parameters of a node, references followed.
    pub(super) fn parameters(&mut self, node: NodeId) -> Vec<Said> {
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
    pub(super) fn joined(&mut self, shared: &[Said], node: NodeId) -> Vec<Said> {
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

    /// A parameter; `None` of one that cannot be sent.
    pub(super) fn param(&mut self, said: Said, owner: &str, names: &mut Names) -> Option<Param> {
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
        let default = tree.get(node, "schema").and_then(|schema| self.default_of(&[schema], None));
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
        let (mut of, style) = self.shape_of(node, place, &hint);
        if wire == "authorization" && of.shape == Shape::Text {
            of.shape = Shape::Secret;
        }
        let mut doc = tree.text(node, "description").unwrap_or_default().trim_end().to_owned();
        if let Some(schema) = tree.get(node, "schema") {
            let more = doc_of(tree, schema, default);
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

/// How parameters in this place are written unless the document says otherwise.
fn usual_style(place: Place) -> &'static str {
    if matches!(place, Place::Path | Place::Header) { "simple" } else { "form" }
}

/// Whether parameters in this place may be written so.
pub(super) fn has_style(place: Place, style: &str) -> bool {
    match place {
        Place::Path => matches!(style, "simple" | "label" | "matrix"),
        Place::Query => matches!(style, "form" | "spaceDelimited" | "pipeDelimited" | "deepObject"),
        Place::Header => style == "simple",
        Place::Cookie => style == "form",
    }
}

/// The style of the runtime for one of the document.
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
