//! The enumerations of the uniform model.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, plain};
use crate::names::{ident, type_name};
use crate::uniform::{Day, Enumeration, Uniform};

pub(super) fn render(uniform: &Uniform) -> TokenStream {
    let items = uniform.enums.iter().map(enumeration);
    quote! {
        use kassa_core::Date;
        use kassa_core::rt::serde::{Deserialize, Serialize};
        #(#items)*
    }
}

fn day(day: Option<Day>) -> TokenStream {
    match day {
        Some((year, month, day)) => {
            let (month, day) = (month as i8, day as i8);
            quote! { Some(Date::constant(#year, #month, #day)) }
        }
        None => quote! { None },
    }
}

fn enumeration(item: &Enumeration) -> TokenStream {
    let name = ident(&type_name(&item.name));
    let about = doc(&plain(&format!("{} ({}, tag {}).\n\n{}", capital(&item.en), item.ru, item.tag, item.about)));
    let variants: Vec<_> = item.values.iter().map(|value| ident(&type_name(&value.name))).collect();
    let declared = item.values.iter().zip(&variants).map(|(value, variant)| {
        let mut text = format!("{} ({}), code {}.", capital(&value.en), value.ru, value.code);
        if let Some((year, month, day)) = value.since {
            text += &format!(" From {year}-{month:02}-{day:02}.");
        }
        if let Some((year, month, day)) = value.until {
            text += &format!(" Until {year}-{month:02}-{day:02}.");
        }
        if !value.ffd.is_empty() {
            text += &format!(" FFD {} only.", value.ffd.join(" and "));
        }
        if !value.note.is_empty() {
            text += &format!(" {}", value.note);
        }
        let about = doc(&plain(&text));
        let wire = &value.name;
        quote! { #about #[serde(rename = #wire)] #variant }
    });
    let arm = |of: &dyn Fn(&crate::uniform::Value) -> TokenStream| {
        let arms = item.values.iter().zip(&variants).map(|(value, variant)| {
            let result = of(value);
            quote! { Self::#variant => #result }
        });
        quote! { match self { #(#arms,)* } }
    };
    let names = arm(&|value| {
        let text = &value.name;
        quote! { #text }
    });
    let codes = arm(&|value| {
        let code = value.code;
        quote! { #code }
    });
    let en = arm(&|value| {
        let text = &value.en;
        quote! { #text }
    });
    let ru = arm(&|value| {
        let text = &value.ru;
        quote! { #text }
    });
    let days = item.values.iter().any(|value| value.since.is_some() || value.until.is_some());
    let validity = if days {
        let arms: Vec<_> = item
            .values
            .iter()
            .zip(&variants)
            .filter(|(value, _)| value.since.is_some() || value.until.is_some())
            .map(|(value, variant)| {
                let (since, until) = (day(value.since), day(value.until));
                quote! { Self::#variant => (#since, #until) }
            })
            .collect();
        let rest = (arms.len() < variants.len()).then(|| quote! { _ => (None, None), });
        quote! { match self { #(#arms,)* #rest } }
    } else {
        quote! { (None, None) }
    };
    let returns = item.values.iter().any(|value| value.returns.is_some()).then(|| {
        let arms: Vec<_> = item
            .values
            .iter()
            .zip(&variants)
            .filter_map(|(value, variant)| {
                let undone = ident(&type_name(value.returns.as_ref()?));
                Some(quote! { Self::#variant => Some(Self::#undone) })
            })
            .collect();
        quote! {
            /// What this undoes, if it undoes something.
            #[must_use]
            pub const fn returns(self) -> Option<Self> {
                match self { #(#arms,)* _ => None }
            }
        }
    });
    let rate = item.values.iter().any(|value| value.rate.is_some()).then(|| {
        let arms = item.values.iter().zip(&variants).map(|(value, variant)| match value.rate {
            Some((percent, of)) => {
                let calculated = of.is_some();
                quote! { Self::#variant => Some((#percent, #calculated)) }
            }
            None => quote! { Self::#variant => None },
        });
        quote! {
            /// Percent, and whether the rate is a calculated one (расч.); `None` where no tax is due.
            #[must_use]
            pub const fn percent(self) -> Option<(i64, bool)> {
                match self { #(#arms,)* }
            }
        }
    });
    quote! {
        #about
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(crate = "kassa_core::rt::serde")]
        pub enum #name { #(#declared,)* }

        impl #name {
            /// Every value, in the order of the spec.
            pub const ALL: &'static [Self] = &[#(Self::#variants,)*];

            /// Its name in receipts.
            #[must_use]
            pub const fn name(self) -> &'static str { #names }

            /// Its code in the fiscal data format.
            #[must_use]
            pub const fn code(self) -> i64 { #codes }

            /// Its English name.
            #[must_use]
            pub const fn en(self) -> &'static str { #en }

            /// Its Russian name.
            #[must_use]
            pub const fn ru(self) -> &'static str { #ru }

            /// First and last day on which an ordinary settlement may use it.
            #[must_use]
            pub const fn validity(self) -> (Option<Date>, Option<Date>) { #validity }

            /// First day on which an ordinary settlement may use it.
            #[must_use]
            pub const fn since(self) -> Option<Date> { self.validity().0 }

            /// Last day on which an ordinary settlement may use it.
            #[must_use]
            pub const fn until(self) -> Option<Date> { self.validity().1 }

            /// Whether an ordinary settlement of `date` may use it.
            #[must_use]
            pub fn valid_on(self, date: Date) -> bool {
                let (since, until) = self.validity();
                since.is_none_or(|since| since <= date) && until.is_none_or(|until| date <= until)
            }

            #returns
            #rate
        }

        impl std::fmt::Display for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for #name {
            type Err = kassa_core::Misfit;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|value| value.name() == text).ok_or_else(|| {
                    kassa_core::Misfit::new(format!("{text:?} is none of {}", Self::ALL.iter().map(|value| value.name()).collect::<Vec<_>>().join(", ")))
                })
            }
        }
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
