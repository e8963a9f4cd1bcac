//! Error classes and error tables.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, plain};
use crate::model::Plan;
use crate::names::{ident, type_name};
use crate::uniform::Uniform;

/// The constant of an error class.
pub(super) fn class_path(uniform: &Uniform, class: usize) -> TokenStream {
    let name = ident(&uniform.classes[class].name.to_uppercase());
    quote! { error_class::#name }
}

/// `uniform/error_class.rs`.
pub(super) fn classes(uniform: &Uniform) -> TokenStream {
    let statics = uniform.classes.iter().map(|class| {
        let constant = ident(&class.name.to_uppercase());
        let (name, about, elsewhere) = (&class.name, &class.about, class.elsewhere);
        let (means, repeat) = (ident(&type_name(&class.means)), ident(&type_name(&class.repeat)));
        let text = doc(&plain(about));
        quote! {
            #text
            pub static #constant: ErrorClass = ErrorClass {
                name: #name,
                means: Means::#means,
                repeat: Repeat::#repeat,
                elsewhere: #elsewhere,
                about: #about,
            };
        }
    });
    let all = uniform.classes.iter().map(|class| ident(&class.name.to_uppercase()));
    quote! {
        use kassa_core::{ErrorClass, Means, Repeat};
        #(#statics)*

        /// Every class, in the order of the spec.
        pub static ALL: &[&ErrorClass] = &[#(&#all,)*];

        /// The class of this name.
        #[must_use]
        pub fn by_name(name: &str) -> Option<&'static ErrorClass> {
            ALL.iter().copied().find(|class| class.name == name)
        }
    }
}

/// `errors.rs` of a provider.
pub(super) fn tables(plan: &Plan, uniform: &Uniform) -> TokenStream {
    let tables = plan.mapping.errors.iter().zip(&plan.errors).map(|(table, classes)| {
        let name = ident(&table.name.text);
        let about = format!(" What a code of `{}` proves. A code without a row proves nothing.", table.name.text);
        let prefix = &table.prefix;
        let arms = table.rows.iter().zip(classes).map(|(row, class)| {
            let code: i64 = row.code.text.parse().unwrap_or_default();
            let code = proc_macro2::Literal::i64_unsuffixed(code);
            let class = class_path(uniform, *class);
            let (about, new_key) = (&row.about, row.new_key);
            quote! { #code => (&#class, #about, #new_key) }
        });
        quote! {
            #[doc = #about]
            #[must_use]
            pub fn #name(code: i64, message: Option<String>) -> Finding {
                let (class, about, new_key) = match code {
                    #(#arms,)*
                    _ => (&error_class::OUTCOME_UNKNOWN, "The document has no such code.", false),
                };
                Finding { class, code: Some(format!("{} {code}", #prefix)), message, about, new_key, provider_id: None }
            }
        }
    });
    quote! {
        use crate::uniform::error_class;
        use kassa_core::Finding;
        #(#tables)*
    }
}
