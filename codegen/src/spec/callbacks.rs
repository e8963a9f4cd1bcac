//! What a provider sends by itself: `callbacks` of an operation, and `x-webhooks` of the document.

use super::document::{METHODS, Reader, about};
use super::{Callback, Place};
use crate::diag::Code;
use crate::names::{Names, type_name};
use crate::tree::{Entry, Span};

impl<'n> Reader<'n, '_> {
    /// The callbacks, and whether some could not be read.
    pub(super) fn callbacks(&mut self) -> (Vec<Callback>, bool) {
        let root = self.root;
        let paths = root.entries_of("paths").filter(|path| !path.key.starts_with("x-"));
        let operations = paths.flat_map(|path| path.value.entries()).filter(|entry| METHODS.contains(&entry.key));
        let of_operations = operations.flat_map(|entry| entry.value.entries_of("callbacks"));
        let of_operations = of_operations.filter(|entry| !entry.key.starts_with("x-"));
        let webhooks = root.entries_of("x-webhooks");
        let (mut names, mut all, mut broken) = (Names::default(), Vec::<Callback>::new(), false);
        // Each becomes a module beside what it uses of the provider's.
        for name in ["Errors", "Settings", "Tables", "Types"] {
            names.take(name);
        }
        let named = of_operations.map(|entry| (entry, false));
        let mut spans: Vec<(&str, Span)> = Vec::new();
        for (entry, is_webhook) in named.chain(webhooks.map(|entry| (entry, true))) {
            if let Some((_, first)) = spans.iter().find(|(name, _)| *name == entry.key) {
                self.diags
                    .error(Code::S004, entry.key_span, format!("`{}` is a callback twice", entry.key))
                    .secondary(*first, "first here");
                // Which of them is meant, nobody can tell.
                all.retain(|other| other.name != entry.key);
                broken = true;
                continue;
            }
            spans.push((entry.key, entry.key_span));
            match self.callback(entry, is_webhook, &mut names) {
                Some(callback) => all.push(callback),
                None => broken = true,
            }
        }
        (all, broken)
    }

    /// A callback; `None` after a diagnostic.
    fn callback(&mut self, entry: Entry<'n>, is_webhook: bool, names: &mut Names) -> Option<Callback> {
        let (mut path, _) = self.lowering.follow(entry.value, self.diags)?;
        if !is_webhook {
            let addresses = path.expect_map("a callback", self.diags)?;
            let mut addresses = addresses.into_iter().filter(|address| !address.key.starts_with("x-"));
            let (Some(address), None) = (addresses.next(), addresses.next()) else {
                self.diags.error(Code::S006, entry.key_span, "a callback goes to one address");
                return None;
            };
            path = address.value;
        }
        path.expect_map("the address of a callback", self.diags)?;
        let mut methods = path.entries().filter(|entry| METHODS.contains(&entry.key));
        let (Some(method), None) = (methods.next(), methods.next()) else {
            self.diags.error(Code::S006, entry.key_span, "a callback comes by one method");
            return None;
        };
        let node = method.value;
        if let Some(security) = node.get("security").filter(|list| list.items().len() > 0) {
            self.diags
                .error(Code::S006, security.head(), "`security` of a callback is not taken")
                .help("document the header as a parameter, and name it under `verify` in the mapping");
        }
        let rust = names.take(&type_name(entry.key));
        let owner = format!("{rust}Callback");
        let (params, broken_params) = self.params(path, node, &owner);
        if let Some(param) = params.iter().find(|param| param.place == Place::Path) {
            let message = "a callback has parameters in headers and the query: its address is ours";
            self.diags.error(Code::S006, param.prop.span, message);
        }
        let body = self.body(node, &owner);
        let (responses, broken_responses) = self.responses(node, &owner);
        Some(Callback {
            name: entry.key.to_owned(),
            rust,
            method: method.key.to_uppercase(),
            doc: about(node),
            params,
            body,
            responses,
            broken_params,
            broken_responses,
            span: entry.key_span,
        })
    }
}
