//! A mapping as it is written: what stands beside a verb, word for word.

use crate::load::Specs;
use crate::model::Plan;
use crate::tree::{Node, Span};

/// The tree of a `mapping.yaml`.
pub(super) struct Written<'s> {
    root: Option<Node<'s>>,
}

impl<'s> Written<'s> {
    /// The mapping of a provider.
    pub(super) fn of(specs: &'s Specs, plan: &Plan) -> Self {
        let root = specs.tree.root_at(plan.mapping.operations_span.start);
        Self { root: root.map(|root| specs.tree.node(root)) }
    }

    /// What is said about how doubt ends.
    pub(super) fn doubt_about(&self) -> String {
        let doubt = self.root.and_then(|root| root.get("provider")?.get("doubt"));
        let about = doubt.and_then(|doubt| doubt.entries().next()?.value.get("about")?.as_scalar());
        about.unwrap_or_default()
    }

    /// The line in which a path stands at `span`.
    fn line(&self, span: Span) -> Option<Node<'s>> {
        fn find(node: Node<'_>, span: Span) -> Option<Node<'_>> {
            if node.entries().any(|entry| entry.value.start() == span.start) {
                return Some(node);
            }
            node.entries().map(|entry| entry.value).chain(node.items()).find_map(|node| find(node, span))
        }
        find(self.root?, span)
    }

    /// The unit or the format in which the field at `span` is sent; empty where it is sent as it is.
    pub(super) fn unit(&self, span: Span) -> String {
        let Some(line) = self.line(span) else { return String::new() };
        let mut all: Vec<String> = Vec::new();
        for key in ["unit", "format"] {
            let Some(node) = line.get(key) else { continue };
            if let Some(text) = node.as_scalar() {
                all.push(format!("`{text}`"));
            } else if let (Some(setting), Some(when)) =
                (node.get("decided_by").and_then(Node::as_scalar), node.get("when"))
            {
                let choices = when.entries().filter_map(|entry| {
                    Some(format!("`{}` if `{setting}` is `{}`", entry.value.as_scalar()?, entry.key))
                });
                all.extend(choices);
            }
        }
        all.join(", ")
    }
}
