//! From the schemas of multipart bodies to their parts.

use super::lower::{Lowering, add_undeclared, infer};
use super::model::{Field, More, Part, Shape, TypeKind, Use};
use super::view::{self, View, says_only, types};
use crate::tree::NodeId;

impl<'t> Lowering<'t> {
    /// A struct of the parts of a multipart body; of one that names none, parts that the caller names.
    pub(super) fn parts(&mut self, schema: Option<NodeId>, entry: NodeId, hint: &str) -> Use {
        let tree = self.reader.tree;
        self.tell_headers(entry);
        let Some(schema) = schema else { return Use::new(Shape::Any) };
        let view = self.reader.view(schema);
        if let Some(at) = view.broken {
            return Use::broken(at);
        }
        self.tell_alternatives(&view);
        if view.props.is_empty() {
            return Use::new(Shape::Any);
        }
        let encoding = tree.get(entry, "encoding");
        let fields = self.fields(&view, hint);
        let mut parts = Vec::new();
        for (field, (name, nodes)) in fields.into_iter().zip(&view.props) {
            let said = encoding.and_then(|of| tree.get(of, name)).and_then(|of| tree.text(of, "contentType"));
            let said = said.or_else(|| tree.text(nodes[0], "contentMediaType"));
            let media_type =
                said.filter(|text| text.bytes().all(|b| (b' '..0x7f).contains(&b)) && !text.contains([',', '*']));
            // Parts are only sent.
            if field.read_only {
                continue;
            }
            let (file, list) = self.file(nodes[0]);
            parts.push(Part { file, list, media_type: media_type.map(str::to_owned), field });
        }
        let more = self.further_parts(&view, hint);
        if parts.is_empty() && more.is_none() {
            return Use::new(Shape::Any);
        }
        if more.is_none() {
            let mut fields: Vec<Field> = parts.iter().map(|part| part.field.clone()).collect();
            add_undeclared(&mut fields, &view);
            let plain = |field| Part { file: false, list: false, media_type: None, field };
            parts.extend(fields.drain(parts.len()..).map(plain));
        }
        let rust = self.names.take(&format!("{hint}Form"));
        let doc = self.about(&view);
        let id = self.add(rust, TypeKind::Parts { parts, more }, schema);
        self.types[id.0].doc = doc;
        Use::new(Shape::Named(id))
    }

    /// Tells of headers of parts: they are not sent. The type of a part is, and is said by `contentType`.
    fn tell_headers(&mut self, entry: NodeId) {
        let tree = self.reader.tree;
        for (name, encoding) in tree.entries_of(entry, "encoding").iter() {
            let headers = tree.entries_of(encoding, "headers");
            let mut other = headers.placed().filter(|(header, ..)| !header.eq_ignore_ascii_case("content-type"));
            if let Some((_, at, _)) = other.next() {
                self.reader.notes.remark(at, format_args!("the headers of the part `{name}` are not sent"));
            }
        }
    }

    /// Tells of alternatives, unless they only say which of the parts have to be there.
    fn tell_alternatives(&mut self, view: &View<'_>) {
        let tree = self.reader.tree;
        let says_more = |node: &&NodeId| !says_only(tree, **node, &["required", "type"]);
        for node in view.groups.iter().filter_map(|group| group.of.iter().find(says_more)) {
            let message = match view.props.is_empty() {
                true => "alternatives of all parts are not typed: parts that the caller names",
                false => "alternatives of parts are not typed: what they say is left out",
            };
            self.reader.notes.remark(tree.offset(*node), message);
        }
    }

    /// The parts that the schema does not name.
    fn further_parts(&mut self, view: &View<'t>, hint: &str) -> Option<More> {
        match &view.more {
            view::More::Of(nodes) => {
                let (file, list) = nodes.first().map_or((false, false), |node| self.file(*node));
                let of = self.every(nodes, view.node, &format!("{hint}Value"));
                Some(More { of, file, list })
            }
            view::More::Any => Some(More { of: Use::new(Shape::Any), file: false, list: false }),
            view::More::Unsaid | view::More::None => None,
        }
    }

    /// Whether a part is a file, or several; and whether it is several.
    fn file(&mut self, node: NodeId) -> (bool, bool) {
        let is_file = |view: &View<'_>| {
            // What is encoded is a text.
            let binary = matches!(view.format, Some("binary" | "file")) && !view.encoded;
            infer(view) & !types::TEXT == 0 && binary
        };
        let view = self.reader.view(node);
        let item = view.items.first().map(|items| self.reader.view(*items));
        let list = item.as_ref().is_some_and(is_file);
        (list || is_file(&view), list)
    }
}
