//! From alternatives to enums.

use std::collections::HashSet;

use super::lower::{Lowered, Lowering, infer};
use super::model::{Shape, TypeKind, Use, Variant};
use super::name::{Names, reference_name, type_name};
use super::tags::own;
use super::view::{Group, More, View, says_only, types};
use crate::diag::Code;
use crate::tree::{NodeId, Value};

/// How many alternatives are told apart; more are any value.
const MAX_ALTERNATIVES: usize = 2000;
/// How many combinations of several sets of alternatives become types.
const MAX_COMBINATIONS: usize = 64;
/// How deep alternatives within alternatives are joined with what stands beside them.
const MAX_JOINED: usize = 2;

impl<'t> Lowering<'t> {
    /// Which schemas say by `allOf` to be one of a schema that has a discriminator.
    pub(super) fn find_heirs(&mut self, components: NodeId) {
        let tree = self.reader.tree;
        let schemas: Vec<(&str, NodeId)> = tree.entries_of(components, "schemas").iter().collect();
        let is_base = |node: NodeId| {
            tree.get(node, "discriminator").is_some_and(|of| tree.get(of, "propertyName").is_some())
                && tree.get(node, "oneOf").is_none()
                && tree.get(node, "anyOf").is_none()
        };
        if !schemas.iter().any(|(_, node)| is_base(*node)) {
            return;
        }
        for (name, node) in &schemas {
            // Up through every `allOf`, each schema once.
            let mut seen = HashSet::new();
            let mut due = vec![*node];
            while let Some(at) = due.pop() {
                for part in tree.items_of(at, "allOf") {
                    if let Some(Ok(target)) = self.reader.target(*part)
                        && seen.insert(target)
                    {
                        due.push(target);
                        if is_base(target) {
                            self.heirs.entry(target).or_default().push(((*name).to_owned(), *node));
                        }
                    }
                }
            }
        }
    }

    /// A schema that is one of several; `None` of any other.
    pub(super) fn union(&mut self, view: &mut View<'t>, name: &str) -> Option<Lowered> {
        let tree = self.reader.tree;
        if view.groups.is_empty() {
            return self.inherited(view, name);
        }
        let groups = std::mem::take(&mut view.groups);
        let parts = std::mem::take(&mut view.parts);
        let mut kept: Vec<(Group<'t>, Vec<NodeId>)> = Vec::new();
        for group in groups {
            let of: Vec<NodeId> = group.of.iter().copied().filter(|node| !self.is_null(*node)).collect();
            // An heir of a schema whose alternatives it is one of.
            let own = group.owner != view.node
                && of
                    .iter()
                    .any(|node| matches!(self.reader.target(*node), Some(Ok(target)) if parts.contains(&target)));
            if !own && !self.is_shapeless(view, &of) {
                kept.push((group, of));
            }
        }
        // Each alternative of the first set with each of the others.
        let combinations = kept.iter().map(|(_, of)| of.len()).fold(1_usize, usize::saturating_mul);
        if kept.len() > 1 && combinations > MAX_COMBINATIONS {
            let message = "several sets of alternatives in one schema, and too many to tell apart: any value";
            self.reader.notes.remark(tree.offset(view.node), message);
            return Some(Lowered::Shape(Shape::Any));
        }
        if kept.is_empty() {
            return None;
        }
        let (group, of) = kept.remove(0);
        view.groups = kept.into_iter().map(|(group, _)| group).collect();
        if of.len() > MAX_ALTERNATIVES {
            let message = format_args!("more than {MAX_ALTERNATIVES} alternatives: any value");
            self.reader.notes.warn(Code::S006, tree.offset(view.node), message);
            return Some(Lowered::Shape(Shape::Any));
        }
        let discriminator = tree.get(group.owner, "discriminator");
        let based = !view.props.is_empty() || matches!(view.more, More::Of(_)) || !view.groups.is_empty();
        if based && !self.may_copy(view.props.len().saturating_mul(of.len()), view.node) {
            return Some(Lowered::Shape(Shape::Any));
        }
        if !based
            && discriminator.is_none()
            && let Some(listed) = self.listed(view, &of)
        {
            return Some(listed);
        }
        self.joining.extend(of.first());
        let union = self.alternatives(view, &of, discriminator, based, name);
        self.joining.pop();
        Some(union)
    }

    /// Whether each set of alternatives has null among them.
    pub(super) fn allows_null(&self, groups: &[Group<'_>]) -> bool {
        !groups.is_empty() && groups.iter().all(|group| group.of.iter().any(|node| self.is_null(*node)))
    }

    /// Whether alternatives only say what else is required: then they are no shapes.
    pub(super) fn is_shapeless(&self, view: &View<'_>, of: &[NodeId]) -> bool {
        let tree = self.reader.tree;
        of.iter().all(|node| {
            says_only(tree, *node, &["required", "not", "type", "minProperties", "maxProperties"])
                && !(says_only(tree, *node, &["type"]) && tree.get(*node, "type").is_some() && infer(view) == 0)
        })
    }

    pub(super) fn is_null(&self, node: NodeId) -> bool {
        let tree = self.reader.tree;
        tree.text(node, "type") == Some("null")
            || matches!(tree.items_of(node, "enum"), [only] if matches!(tree.value(*only), Value::Null))
            || tree.get(node, "const").is_some_and(|value| matches!(tree.value(value), Value::Null))
    }

    fn alternatives(
        &mut self,
        view: &View<'t>,
        of: &[NodeId],
        discriminator: Option<NodeId>,
        based: bool,
        name: &str,
    ) -> Lowered {
        let tree = self.reader.tree;
        let tag = discriminator.and_then(|node| tree.text(node, "propertyName")).map(str::to_owned);
        let tag = tag.filter(|tag| self.has_tag(view, of, discriminator, tag) && !self.has_other_values(of, tag));
        let mapping = discriminator.map(|node| self.mapping(node)).unwrap_or_default();
        let mut names = Names::without(&["Other"]);
        let mut variants: Vec<Variant> = Vec::new();
        for (n, node) in of.iter().enumerate() {
            let label = self.label(*node);
            let hint = match &label {
                Some(label) => format!("{name}{}", type_name(label, "Variant")),
                None => format!("{name}Variant{}", n + 1),
            };
            let used = if based { self.with_beside(view, *node, &hint) } else { self.lower(*node, &hint) };
            // Of the same shape a second time: what either allows is allowed.
            if tag.is_none()
                && let Some(twin) = variants.iter_mut().find(|variant| variant.of.shape == used.shape)
            {
                twin.of.rules = twin.of.rules.take().filter(|rules| used.rules.as_ref() == Some(rules));
                twin.of.nullable |= used.nullable;
                continue;
            }
            let target = match self.reader.target(*node) {
                Some(Ok(target)) => target,
                _ => *node,
            };
            let tags = match &tag {
                Some(tag) => self.tags(tag, *node, target, &mapping),
                None => Vec::new(),
            };
            let rust = names.take(&label.map_or_else(|| self.shape_name(&used), |label| type_name(&label, "Variant")));
            variants.push(Variant { rust, of: used, tags, marks: Vec::new(), boxed: false });
        }
        if let Some(tag) = &tag {
            self.add_stated(tag, of, &mut variants);
        }
        self.finish(tag, variants, tree.offset(view.node))
    }

    /// An alternative with what stands beside it, and with the other sets of alternatives.
    fn with_beside(&mut self, view: &View<'t>, node: NodeId, hint: &str) -> Use {
        let mut joined = View { nullable: false, ..view.clone() };
        let mut other = self.reader.view(node);
        // What is being joined already has no end within itself.
        other.groups.retain(|group| !group.of.first().is_some_and(|first| self.joining.contains(first)));
        if !other.groups.is_empty() && self.joining.len() > MAX_JOINED {
            let message =
                "alternatives within alternatives, too deep to be joined with what stands beside them: any value";
            self.reader.notes.remark(self.reader.tree.offset(node), message);
            return Use::new(Shape::Any);
        }
        self.reader.join(&mut joined, other);
        self.place(joined, hint)
    }

    fn finish(&mut self, tag: Option<String>, mut variants: Vec<Variant>, offset: u32) -> Lowered {
        // An open enumeration keeps every text: beside it, a text says nothing more.
        let is_open = |variant: &Variant| match variant.of.shape {
            Shape::Named(id) => matches!(self.types[id.0].kind, TypeKind::Enum { texts: true, .. }),
            _ => false,
        };
        if tag.is_none() && variants.iter().any(is_open) {
            variants.retain(|variant| variant.of.shape != Shape::Text || variant.of.rules.is_some());
        }
        if let [only] = variants.as_slice()
            && tag.is_none()
        {
            // A type of its own it has already.
            return Lowered::Use(only.of.clone());
        }
        if variants.iter().any(|variant| variant.of.shape == Shape::Any) && tag.is_none() {
            return Lowered::Shape(Shape::Any);
        }
        let mut seen = HashSet::new();
        if tag.is_some() {
            for variant in &mut variants {
                variant.tags.retain(|tag| seen.insert(tag.clone()));
            }
            if let Some(nameless) = variants.iter().find(|variant| variant.tags.is_empty()) {
                let message = format!(
                    "no value of the discriminator `{}` is left for the alternative `{}`: they are told apart by their fields",
                    tag.unwrap_or_default(),
                    nameless.rust
                );
                self.reader.notes.warn(Code::S008, offset, message);
                return Lowered::Type(TypeKind::Union { tag: None, variants });
            }
        }
        Lowered::Type(TypeKind::Union { tag, variants })
    }

    /// A schema with a discriminator and no alternatives: what says to be one of it.
    fn inherited(&mut self, view: &View<'t>, name: &str) -> Option<Lowered> {
        let tree = self.reader.tree;
        let discriminator = view.discriminator?;
        let tag = tree.text(discriminator, "propertyName")?.to_owned();
        let mapping = self.mapping(discriminator);
        let mut heirs = self.heirs.get(&view.node).cloned().unwrap_or_default();
        for (_, target) in &mapping {
            if !heirs.iter().any(|(_, node)| node == target) {
                let known = tree.text(*target, "title").unwrap_or("Variant").to_owned();
                heirs.push((known, *target));
            }
        }
        if heirs.iter().all(|(_, node)| *node == view.node) {
            return None;
        }
        let mut names = Names::without(&["Other"]);
        let mut variants = Vec::new();
        for (label, node) in heirs {
            let used = if node == view.node {
                let base = View { discriminator: None, nullable: false, ..view.clone() };
                self.place(base, &format!("{name}Base"))
            } else {
                let name = type_name(&label, "Variant");
                self.reference(node, &name)
            };
            let mut tags: Vec<String> =
                mapping.iter().filter(|(_, target)| *target == node).map(|(tag, _)| tag.clone()).collect();
            if tags.is_empty() {
                tags = self.constants(&tag, node);
                if let Some(own) = own(&tags, &label) {
                    tags = vec![own.clone()];
                }
            }
            if tags.is_empty() {
                tags.push(label.clone());
            }
            variants.push(Variant {
                rust: names.take(&type_name(&label, "Variant")),
                of: used,
                tags,
                marks: Vec::new(),
                boxed: false,
            });
        }
        Some(self.finish(Some(tag), variants, tree.offset(view.node)))
    }

    /// What an alternative is called.
    pub(super) fn label(&self, node: NodeId) -> Option<String> {
        let tree = self.reader.tree;
        match tree.text(node, "$ref") {
            Some(reference) => {
                let last = reference.rsplit('/').next().unwrap_or_default();
                let last = last.rsplit_once('.').map_or(last, |(_, last)| last);
                Some(type_name(last, "")).filter(|name| !name.is_empty()).or_else(|| reference_name(reference))
            }
            None => tree
                .text(node, "title")
                .map(|title| type_name(title, ""))
                .filter(|name| !name.is_empty() && name.len() < 50),
        }
    }

    fn shape_name(&self, used: &Use) -> String {
        match &used.shape {
            Shape::Any => "Any".to_owned(),
            Shape::Object | Shape::Map(_) => "Map".to_owned(),
            Shape::Bool => "Bool".to_owned(),
            Shape::Int(_) | Shape::Whole => "Integer".to_owned(),
            Shape::Float | Shape::Number => "Number".to_owned(),
            Shape::Text => "Text".to_owned(),
            Shape::Secret => "Secret".to_owned(),
            Shape::Date => "Date".to_owned(),
            Shape::DateTime => "DateTime".to_owned(),
            Shape::Uuid => "Uuid".to_owned(),
            Shape::Base64 => "Base64".to_owned(),
            Shape::List(_) => "List".to_owned(),
            Shape::Named(id) => match self.types[id.0].kind {
                TypeKind::Enum { .. } => "Enum".to_owned(),
                TypeKind::Struct { .. } => "Object".to_owned(),
                TypeKind::Tuple { .. } => "List".to_owned(),
                _ => "Variant".to_owned(),
            },
            Shape::Broken(_) => "Broken".to_owned(),
        }
    }

    /// A value of one of several JSON types.
    pub(super) fn several(&mut self, set: u8, view: &View<'t>, name: &str) -> Lowered {
        let mut names = Names::without(&["Other"]);
        let mut variants = Vec::new();
        let all = [types::BOOL, types::INT, types::NUMBER, types::TEXT, types::LIST, types::OBJECT];
        // A whole number is a number.
        let set = if set & types::NUMBER != 0 { set & !types::INT } else { set };
        for one in all.into_iter().filter(|one| set & one != 0) {
            let part = View { types: one, nullable: false, groups: Vec::new(), discriminator: None, ..view.clone() };
            let mut used = self.place(part, &format!("{name}{}", if one == types::LIST { "List" } else { "Object" }));
            used.rules = None;
            let rust = names.take(&self.shape_name(&used));
            variants.push(Variant { rust, of: used, tags: Vec::new(), marks: Vec::new(), boxed: false });
        }
        // Every value is one of these.
        if set.count_ones() >= 5 {
            return Lowered::Shape(Shape::Any);
        }
        self.finish(None, variants, self.reader.tree.offset(view.node))
    }
}
