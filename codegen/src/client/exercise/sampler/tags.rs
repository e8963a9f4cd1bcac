//! Discriminators: the texts that say which alternative a value is, or which heir.

use super::super::super::view::{Group, View};
use super::super::holds::holds;
use super::super::value::Sample;
use super::Sampler;
use crate::tree::NodeId;

impl<'t> Sampler<'t> {
    /// Sets the property that says which of the alternatives a value is.
    pub(super) fn tag(&mut self, group: &Group<'t>, node: NodeId, value: &mut Sample) {
        let tree = self.reader.tree;
        let Some(discriminator) = tree.get(group.owner, "discriminator") else { return };
        let Some(property) = tree.text(discriminator, "propertyName") else { return };
        let Some(target) = self.reader.follow(node, "schemas") else { return };
        if let Some(tag) = self.tag_of(discriminator, target) {
            self.set_tag(target, property, tag, value);
        }
    }

    fn set_tag(&mut self, schema: NodeId, property: &str, tag: String, value: &mut Sample) {
        let view = self.reader.view(schema);
        let of = view.props.iter().find(|(name, _)| *name == property);
        let tag = Sample::Text(tag);
        if of.is_none_or(|(_, nodes)| nodes.iter().all(|node| holds(&mut self.reader, *node, &tag, 0))) {
            value.set(property, tag);
        }
    }

    /// What a discriminator says for a schema.
    fn tag_of(&mut self, discriminator: NodeId, schema: NodeId) -> Option<String> {
        let mapped = self.mapping(discriminator).into_iter().find(|(_, target)| *target == schema);
        mapped.map(|(tag, _)| tag.to_owned()).or_else(|| self.names.get(&schema).map(|name| (*name).to_owned()))
    }

    fn mapping(&mut self, discriminator: NodeId) -> Vec<(&'t str, NodeId)> {
        let tree = self.reader.tree;
        let mut mapping = Vec::new();
        for (tag, value) in tree.entries_of(discriminator, "mapping").iter() {
            let Some(reference) = tree.as_text(value) else { continue };
            let named = self.names.iter().find(|(_, name)| **name == reference).map(|(node, _)| *node);
            let target = named.or_else(|| self.reader.pointers.target(tree, value, reference).ok());
            mapping.extend(target.map(|target| (tag, target)));
        }
        mapping
    }

    /// Of a schema with a discriminator that others say to be: one of those.
    pub(super) fn heir(&mut self, view: &View<'t>, turn: usize) -> Option<NodeId> {
        let base = *view.parts.last()?;
        let discriminator = self.is_base(base)?;
        if view.parts.iter().any(|part| *part != base && self.names.contains_key(part)) {
            return None;
        }
        let mut heirs: Vec<NodeId> = self.mapping(discriminator).into_iter().map(|(_, target)| target).collect();
        if heirs.is_empty() {
            let named: Vec<NodeId> = self.names.keys().copied().filter(|node| *node != base).collect();
            heirs = named.into_iter().filter(|node| self.reader.view(*node).parts.contains(&base)).collect();
        }
        heirs.retain(|heir| *heir != base);
        heirs.sort();
        heirs.get(turn % heirs.len().max(1)).copied()
    }

    /// The discriminator of a schema that has no alternatives itself.
    fn is_base(&self, node: NodeId) -> Option<NodeId> {
        let tree = self.reader.tree;
        let alone = tree.get(node, "oneOf").is_none() && tree.get(node, "anyOf").is_none();
        tree.get(node, "discriminator").filter(|_| alone)
    }

    /// Sets the property by which a schema that is one of a base says so.
    pub(super) fn tag_heir(&mut self, view: &View<'t>, value: &mut Sample) {
        let tree = self.reader.tree;
        for part in &view.parts {
            let Some(discriminator) = self.is_base(*part) else { continue };
            let heir = view.parts.iter().copied().find(|node| node != part && self.names.contains_key(node));
            let (Some(heir), Some(property)) = (heir, tree.text(discriminator, "propertyName")) else { continue };
            if self.reader.view(heir).parts.contains(part)
                && let Some(tag) = self.tag_of(discriminator, heir)
            {
                self.set_tag(heir, property, tag, value);
            }
        }
    }
}
