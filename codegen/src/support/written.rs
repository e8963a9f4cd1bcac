//! A mapping as it is written: what stands beside a verb, word for word.

use crate::load::Specs;
use crate::model::Plan;
use crate::source::{Kind, Node, Span};

/// The tree of a `mapping.yaml`.
pub(super) struct Written {
    root: Option<Node>,
}

impl Written {
    /// The mapping of a provider.
    pub(super) fn of(specs: &Specs, plan: &Plan) -> Self {
        Self { root: specs.sources.tree(plan.mapping.operations_span.file) }
    }

    /// What is said about how doubt ends.
    pub(super) fn doubt_about(&self) -> String {
        let doubt = self.root.as_ref().and_then(|root| root.get("provider")?.get("doubt"));
        let about = doubt.and_then(|doubt| doubt.entries().first()?.value.get("about")?.as_scalar());
        about.unwrap_or_default()
    }

    /// The line in which a path stands at `span`.
    fn line(&self, span: Span) -> Option<&Node> {
        fn find(node: &Node, span: Span) -> Option<&Node> {
            match &node.kind {
                Kind::Map(entries) if entries.iter().any(|entry| entry.value.span == span) => Some(node),
                Kind::Map(entries) => entries.iter().find_map(|entry| find(&entry.value, span)),
                Kind::List(items) => items.iter().find_map(|item| find(item, span)),
                _ => None,
            }
        }
        find(self.root.as_ref()?, span)
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
                let choices = when.entries().iter().filter_map(|entry| {
                    Some(format!("`{}` if `{setting}` is `{}`", entry.value.as_scalar()?, entry.key))
                });
                all.extend(choices);
            }
        }
        all.join(", ")
    }
}
