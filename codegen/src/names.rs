//! From names of documents to Rust identifiers: what all documents share, and how the types and fields of providers are
//! called. Names of other documents may be anything, and are made in `client`.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// How long a name may become.
pub(crate) const MAX_LENGTH: usize = 80;

/// A type or variant name: letters and digits, in upper camel case.
#[must_use]
pub(crate) fn type_name(text: &str) -> String {
    let name: String = clean(text).to_upper_camel_case();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("V{name}"),
        Some(_) if matches!(name.as_str(), "Self") => format!("{name}_"),
        Some(_) => name,
    }
}

/// A field or function name, in snake case, keywords escaped.
#[must_use]
pub(crate) fn field_name(text: &str) -> String {
    let name = clean(text).to_snake_case();
    match name.chars().next() {
        None => "empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) if matches!(name.as_str(), "self" | "super" | "crate" | "_") => format!("{name}_"),
        Some(_) => name,
    }
}

/// An identifier; keywords become raw ones.
#[must_use]
pub(crate) fn ident(name: &str) -> Ident {
    if syn::parse_str::<Ident>(name).is_ok() {
        Ident::new(name, Span::call_site())
    } else {
        Ident::new_raw(name, Span::call_site())
    }
}

/// What no identifier may have becomes a gap. Letters are taken from blocks in which none changes by normalisation: two
/// names that differ here differ for the compiler too.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A text may be long; a name is not.
    for c in text.chars().take(4 * MAX_LENGTH) {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c),
            '+' => out.push_str(" plus "),
            '\u{c0}'..='\u{24f}' | '\u{3b1}'..='\u{3c9}' | '\u{391}'..='\u{3a9}' | '\u{400}'..='\u{481}'
                if c.is_alphabetic() =>
            {
                out.push(c);
            }
            '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}' => {
                out.push(c);
            }
            c if c.is_alphanumeric() => out.push_str(&format!(" u{:x} ", u32::from(c))),
            _ => out.push(' '),
        }
    }
    out
}

/// Hands out each name once: a second taker gets a number behind it.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: HashMap<String, u32>,
}

impl Names {
    /// With names that nobody may take.
    pub(crate) fn without(reserved: &[&str]) -> Self {
        Self { taken: reserved.iter().map(|name| ((*name).to_owned(), 1)).collect() }
    }

    /// `wanted`, or `wanted2`, `wanted3` … when it is taken.
    pub(crate) fn take(&mut self, wanted: &str) -> String {
        if !self.taken.contains_key(wanted) {
            self.taken.insert(wanted.to_owned(), 1);
            return wanted.to_owned();
        }
        loop {
            let count = self.taken.get_mut(wanted).map_or(2, |count| {
                *count += 1;
                *count
            });
            let between = if wanted.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
            let name = format!("{wanted}{between}{count}");
            if !self.taken.contains_key(&name) {
                self.taken.insert(name.clone(), 1);
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers() {
        for (text, ty, field) in [
            ("Requestid", "Requestid", "requestid"),
            ("FCEError", "FceError", "fce_error"),
            ("FNSerialNumber", "FnSerialNumber", "fn_serial_number"),
            ("1.05", "V105", "n1_05"),
            ("", "Empty", "empty"),
            ("self", "Self_", "self_"),
            ("a\"; fn evil() {}", "AFnEvil", "a_fn_evil"),
            ("<=", "Empty", "empty"),
        ] {
            assert_eq!(type_name(text), ty, "{text}");
            assert_eq!(field_name(text), field, "{text}");
            let _ = (ident(&type_name(text)), ident(&field_name(text)));
        }
        assert_eq!(ident("type").to_string(), "r#type");
    }

    #[test]
    fn names_are_taken_once() {
        let mut names = Names::without(&["Vec"]);
        assert_eq!(["Vec", "a", "a", "a2", "a"].map(|name| names.take(name)), ["Vec2", "a", "a2", "a2_2", "a3"]);
    }
}
