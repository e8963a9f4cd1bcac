//! From names of documents to Rust identifiers.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

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

/// Symbols that names of documents have become words, what no identifier may have becomes a gap.
fn clean(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c),
            c if c.is_alphabetic() && unicode_ident_ok(c) => out.push(c),
            '+' => out.push_str(" plus "),
            _ => out.push(' '),
        }
    }
    out
}

fn unicode_ident_ok(c: char) -> bool {
    syn::parse_str::<Ident>(&format!("a{c}")).is_ok()
}

/// Hands out each name once: a second taker gets a number behind it.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: HashMap<String, u32>,
}

impl Names {
    /// `wanted`, or `wanted2`, `wanted3` … when it is taken.
    pub(crate) fn take(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        loop {
            if !self.taken.contains_key(&name) {
                self.taken.insert(name.clone(), 1);
                return name;
            }
            let count = self.taken.get_mut(wanted).map_or(2, |count| {
                *count += 1;
                *count
            });
            name = format!("{wanted}{count}");
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
        let mut names = Names::default();
        assert_eq!(["a", "a", "a2", "a"].map(|name| names.take(name)), ["a", "a2", "a22", "a3"]);
    }
}
