//! Discriminators: which property tells alternatives apart, and by which values.

use std::collections::{HashMap, HashSet};

use super::lower::Lowering;
use super::model::Variant;
use super::view::View;
use crate::diag::Code;
use crate::tree::NodeId;

impl<'t> Lowering<'t> {
    /// Whether an alternative can have the property that is to tell them apart.
    pub(super) fn has_tag(&mut self, view: &View<'t>, of: &[NodeId], discriminator: Option<NodeId>, tag: &str) -> bool {
        let named = |view: &View<'_>| view.props.iter().any(|(name, _)| *name == tag);
        let may = |view: &View<'_>| named(view) || view.props.is_empty() || !view.groups.is_empty();
        let has = named(view) || of.iter().any(|node| may(&self.reader.view(*node)));
        if let (false, Some(node)) = (has, discriminator) {
            let message = format!(
                "no alternative has the property `{tag}` of the discriminator: they are told apart by their fields"
            );
            self.reader.notes.warn(Code::S005, self.reader.tree.offset(node), message);
        }
        has
    }

    /// Whether an alternative has values other than texts for the property: those are told apart as fields are.
    pub(super) fn has_other_values(&mut self, of: &[NodeId], tag: &str) -> bool {
        let tree = self.reader.tree;
        of.iter().any(|node| {
            let view = self.reader.view(*node);
            let nodes = view.props.into_iter().find(|(name, _)| *name == tag).map(|(_, nodes)| nodes);
            let values: Vec<NodeId> =
                nodes.into_iter().flatten().filter_map(|node| self.reader.view(node).values).flatten().collect();
            !values.is_empty() && values.iter().all(|value| tree.as_text(*value).is_none())
        })
    }

    /// The values of a discriminator and what they stand for.
    pub(super) fn mapping(&mut self, discriminator: NodeId) -> Vec<(String, NodeId)> {
        let tree = self.reader.tree;
        let mut mapping = Vec::new();
        for (tag, value) in tree.entries_of(discriminator, "mapping").iter() {
            let Some(reference) = tree.as_text(value) else { continue };
            // A bare name is that of a schema, and may look like a file.
            let root = tree.file_of(value).map(|(_, root)| root);
            let schemas = root.and_then(|root| tree.get(tree.get(root, "components")?, "schemas"));
            let bare = schemas.is_some_and(|schemas| tree.get(schemas, reference).is_some());
            let pointer = match reference.contains(['#', '/', '.']) && !bare {
                true => reference.to_owned(),
                false => format!("#/components/schemas/{}", reference.replace('~', "~0").replace('/', "~1")),
            };
            match self.reader.pointers.target(tree, value, &pointer) {
                Ok(target) => mapping.push((tag.to_owned(), target)),
                Err(reason) => {
                    let message = format_args!("the value `{tag}` of the discriminator is left out: {reason}");
                    self.reader.notes.warn(Code::S005, tree.offset(value), message);
                }
            }
        }
        mapping
    }

    /// The values by which an alternative is told.
    pub(super) fn tags(
        &mut self,
        tag: &str,
        node: NodeId,
        target: NodeId,
        mapping: &[(String, NodeId)],
    ) -> Vec<String> {
        let tree = self.reader.tree;
        let tags: Vec<String> = mapping.iter().filter(|(_, of)| *of == target).map(|(tag, _)| tag.clone()).collect();
        if !tags.is_empty() {
            return tags;
        }
        let reference = tree.text(node, "$ref").unwrap_or_default();
        let name = reference.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        let constants = self.constants(tag, node);
        match own(&constants, &name) {
            Some(own) => vec![own.clone()],
            None if !constants.is_empty() => constants,
            None => Some(name).filter(|name| !name.is_empty()).into_iter().collect(),
        }
    }

    /// Adds what an alternative states beside the value that it is told by, and nobody else has.
    pub(super) fn add_stated(&mut self, tag: &str, of: &[NodeId], variants: &mut [Variant]) {
        let stated: Vec<Vec<String>> = of.iter().map(|node| self.constants(tag, *node)).collect();
        let taken: HashSet<String> = variants.iter().flat_map(|variant| variant.tags.clone()).collect();
        let mut times: HashMap<&str, usize> = HashMap::new();
        stated.iter().flatten().for_each(|value| *times.entry(value).or_default() += 1);
        for (variant, values) in variants.iter_mut().zip(&stated) {
            let own = values.iter().filter(|value| times[value.as_str()] == 1 && !taken.contains(*value));
            variant.tags.extend(own.cloned());
        }
    }

    /// The values that a schema itself states for a property.
    pub(super) fn constants(&mut self, tag: &str, node: NodeId) -> Vec<String> {
        let view = self.reader.view(node);
        let Some((_, nodes)) = view.props.iter().find(|(name, _)| *name == tag) else { return Vec::new() };
        let nodes = nodes.clone();
        let mut values = Vec::new();
        for node in nodes {
            let property = self.reader.view(node);
            let texts: Vec<String> = property
                .values
                .unwrap_or_default()
                .iter()
                .filter_map(|value| self.reader.tree.as_text(*value).map(str::to_owned))
                .collect();
            // The narrowest counts: a base lists the values of all.
            if values.is_empty() || !texts.is_empty() && texts.len() < values.len() {
                values = texts;
            }
        }
        if values.len() > 8 { Vec::new() } else { values }
    }
}

/// Of the values that a base lists for all its heirs, the one that is called like this one.
pub(super) fn own<'c>(constants: &'c [String], name: &str) -> Option<&'c String> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let exact = constants.iter().find(|constant| *constant == name);
    exact.or_else(|| constants.iter().find(|constant| plain(constant) == plain(name)))
}
