//! How the fields of forms and the parts of a body are written: `encoding`.

use std::collections::{HashMap, HashSet};

use super::lower::{Lowering, infer};
use super::model::{Encoding, Place};
use super::parameters::{has_style, style_name};
use super::view::{More, types};
use crate::diag::{Code, nearest};
use crate::tree::NodeId;

/// For how many names it is found out which property is meant.
const MAX_MEANT: usize = 100;

impl Lowering<'_> {
    /// How the fields of a form are written, where that is not as usual.
    pub(super) fn encodings(&mut self, schema: Option<NodeId>, entry: NodeId) -> Vec<Encoding> {
        let tree = self.reader.tree;
        let said = tree.entries_of(entry, "encoding");
        let view = schema.filter(|_| !said.is_empty()).map(|schema| self.reader.view(schema));
        let properties: HashMap<&str, NodeId> =
            view.iter().flat_map(|view| &view.props).map(|(name, nodes)| (*name, nodes[0])).collect();
        let mut all = Vec::new();
        for (name, encoding) in said.iter() {
            let is_said = ["style", "explode", "allowReserved"].iter().any(|key| tree.get(encoding, key).is_some());
            let mut style = tree.text(encoding, "style").unwrap_or("form");
            if !has_style(Place::Query, style) {
                let message = format!("`{style}` is no style of a field: it is written as usual");
                self.reader.notes.warn(Code::S008, tree.offset(encoding), message);
                style = "form";
            }
            let explode = tree.get(encoding, "explode").map_or(style == "form", |_| tree.flag(encoding, "explode"));
            let json = tree.text(encoding, "contentType").is_some_and(|text| text.contains("json"));
            let kinds = properties.get(name).map_or(0, |node| self.kinds(*node));
            let style = match style_name(Place::Query, style, explode) {
                // Beside a style, the media type says nothing (OpenAPI 3.1.1, Encoding Object).
                _ if !is_said => json.then_some("Json"),
                // All but objects are written so anyway, and a plain value is not taken apart.
                "FormExplode" => (kinds & types::OBJECT != 0).then_some("FormExplode"),
                style => (kinds & (types::OBJECT | types::LIST) != 0).then_some(style),
            };
            let reserved = tree.flag(encoding, "allowReserved");
            if style.is_some() || reserved {
                all.push(Encoding { name: name.to_owned(), style, reserved });
            }
        }
        all
    }

    /// What types a property may have; of alternatives, any.
    fn kinds(&mut self, property: NodeId) -> u8 {
        let property = self.reader.view(property);
        if property.groups.is_empty() { infer(&property) } else { u8::MAX }
    }

    /// Tells of what is said of a property that the schema does not have.
    pub(super) fn tell_encodings(&mut self, schema: Option<NodeId>, entry: NodeId) {
        let said = self.reader.tree.entries_of(entry, "encoding");
        let Some(schema) = schema.filter(|_| !said.is_empty()) else { return };
        let view = self.reader.view(schema);
        // Alternatives have properties of their own, and entries any name.
        if view.broken.is_some() || !view.groups.is_empty() || matches!(view.more, More::Any | More::Of(_)) {
            return;
        }
        let properties: HashSet<&str> = view.props.iter().map(|(name, _)| *name).collect();
        for (n, (name, at, _)) in said.placed().filter(|(name, ..)| !properties.contains(name)).enumerate() {
            let message = format!("`encoding` speaks of `{name}`, and the schema has no such property");
            // Who has more of them means something else by them.
            let near = view.props.iter().map(|(name, _)| *name).filter(|_| n < MAX_MEANT);
            match nearest(name, near) {
                Some(meant) => {
                    self.reader.notes.warn(Code::S002, at, format_args!("{message}: did you mean `{meant}`?"));
                }
                None => self.reader.notes.remark_as(Code::S002, at, format_args!("{message}: nothing reads it")),
            }
        }
    }
}
