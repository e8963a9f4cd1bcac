//! Providers that stand on the model of another crate: a module that its owner puts where it likes.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use quote::quote;

use super::{enumerations, errors, library, uniform_types};
use crate::load::Specs;
use crate::names::ident;
use crate::uniform::Uniform;

/// `mod.rs`.
pub(super) fn module(specs: &Specs) -> TokenStream {
    let names: Vec<_> = specs.plans.iter().map(|plan| ident(&plan.name)).collect();
    let infos: Vec<_> = names.iter().map(|name| quote! { &#name::INFO }).collect();
    let (list, open) = (library::list(&infos), library::open(specs, false));
    let fingerprint = fingerprint(&specs.uniform);
    quote! {
        #(pub mod #names;)*

        use crate::Provider;
        use kassa_core::{ProviderInfo, SettingError, SettingValues};

        /// Every provider of this module, by name.
        #list

        #open

        const _: () = assert!(
            crate::uniform::FINGERPRINT == #fingerprint,
            "these providers were generated for another uniform model: generate them again"
        );
    }
}

/// What tells the model from another one: everything that its Rust says, less the words that explain it.
pub(super) fn fingerprint(uniform: &Uniform) -> Literal {
    let parts = [
        enumerations::render(uniform),
        uniform_types::render(uniform),
        library::operations(uniform),
        library::provider_trait(uniform),
        errors::classes(uniform),
    ];
    // FNV-1a: the same wherever it is computed.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.into_iter().flat_map(|tokens| without_docs(tokens).to_string().into_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    Literal::u64_unsuffixed(hash)
}

fn without_docs(tokens: TokenStream) -> TokenStream {
    let is_doc = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::Bracket && group.stream().to_string().starts_with("doc =")
        }
        _ => false,
    };
    let mut kept: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        if is_doc(&tree) {
            kept.pop(); // the `#` before it
            continue;
        }
        kept.push(match tree {
            TokenTree::Group(group) => Group::new(group.delimiter(), without_docs(group.stream())).into(),
            other => other,
        });
    }
    kept.into_iter().collect()
}

/// Code that was written for the crate of the model, for another one: its `crate` is `on`, and `kassa_core` stands there.
pub(super) fn rebase(tokens: TokenStream, on: &str) -> TokenStream {
    let on: TokenStream = on.parse().expect("the path has been looked at");
    let core = quote! { #on::kassa_core };
    let core_text = core.to_string().replace(' ', "");
    Rebase { on, core, core_text }.code(tokens)
}

struct Rebase {
    on: TokenStream,
    core: TokenStream,
    core_text: String,
}

impl Rebase {
    fn code(&self, tokens: TokenStream) -> TokenStream {
        let mut trees = tokens.into_iter().peekable();
        let mut out = TokenStream::new();
        let mut serde = false;
        while let Some(tree) = trees.next() {
            let path_follows = matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
            let after_serde = std::mem::take(&mut serde);
            match tree {
                TokenTree::Ident(name) if name == "crate" && path_follows => out.extend(self.on.clone()),
                TokenTree::Ident(name) if name == "kassa_core" => out.extend(self.core.clone()),
                TokenTree::Group(group) => {
                    let inner = if after_serde { self.attribute(group.stream()) } else { self.code(group.stream()) };
                    out.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
                }
                other => {
                    serde = matches!(&other, TokenTree::Ident(name) if name == "serde");
                    out.extend([other]);
                }
            }
        }
        out
    }

    /// The inside of `#[serde(…)]`, where paths stand in texts.
    fn attribute(&self, tokens: TokenStream) -> TokenStream {
        let rebased = |tree: TokenTree| match &tree {
            TokenTree::Literal(text) => match text.to_string().strip_prefix("\"kassa_core::") {
                Some(rest) => {
                    TokenTree::Literal(Literal::string(&format!("{}::{}", self.core_text, rest.trim_end_matches('"'))))
                }
                None => tree,
            },
            _ => tree,
        };
        tokens.into_iter().map(rebased).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_the_other_crate() {
        let tokens = quote! {
            use crate::uniform::Receipt;
            #[serde(crate = "kassa_core::rt::serde")]
            pub(crate) struct A(kassa_core::Money, #[serde(deserialize_with = "kassa_core::json::text")] String);
            kassa_core::object!(A);
            const TEXT: &str = "kassa_core::json::text";
        };
        let expected = quote! {
            use my::kassa::uniform::Receipt;
            #[serde(crate = "my::kassa::kassa_core::rt::serde")]
            pub(crate) struct A(my::kassa::kassa_core::Money, #[serde(deserialize_with = "my::kassa::kassa_core::json::text")] String);
            my::kassa::kassa_core::object!(A);
            const TEXT: &str = "kassa_core::json::text";
        };
        assert_eq!(rebase(tokens, "my::kassa").to_string(), expected.to_string());
    }

    #[test]
    fn words_are_no_part_of_a_model() {
        let tokens = quote! { /// Why.
        pub fn f(/** What. */ a: u8) { #![doc = "How."] #[inline] g(a) } };
        let bare = without_docs(tokens).to_string();
        assert!(bare.contains("# [inline]") && !bare.contains("Wh") && !bare.contains("How"), "{bare}");
    }
}
