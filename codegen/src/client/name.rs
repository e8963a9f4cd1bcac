//! From names of documents to Rust names, each handed out once.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::tree::steps;

/// How long a name may become.
const MAX_LENGTH: usize = 80;

/// A type or variant name; `otherwise` if the text has no letters.
pub(crate) fn type_name(text: &str, otherwise: &str) -> String {
    let name = cut(clean(text).to_upper_camel_case());
    match name.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        // Neither has a raw form, nor may a type hide it.
        Some(_) if name == "Self" => "Self_".to_owned(),
        Some(_) => name,
    }
}

/// The name of a variant of an enumeration: symbols become words where nothing else is there, or where they come first.
pub(crate) fn value_name(text: &str) -> String {
    let signed = text.starts_with(['-', '+']) && text[1..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let name = if signed || !text.chars().any(char::is_alphanumeric) {
        let words: String =
            text.chars().map(|c| spelled(c).map_or_else(|| c.to_string(), |word| format!(" {word} "))).collect();
        type_name(&words, "Empty")
    } else {
        type_name(text, "Empty")
    };
    // What an open enumeration keeps of others.
    if name == "Other" { "Other_".to_owned() } else { name }
}

/// A field, function or module name, not escaped.
pub(crate) fn field_name(text: &str, otherwise: &str) -> String {
    let name = cut(clean(text).to_snake_case());
    match name.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) => name,
    }
}

/// A name as it stands in code: keywords become raw identifiers, or get a line below where there are none.
pub(crate) fn escaped(name: String) -> String {
    match name.as_str() {
        "self" | "super" | "crate" | "_" => format!("{name}_"),
        "abstract" | "as" | "async" | "await" | "become" | "box" | "break" | "const" | "continue" | "do" | "dyn"
        | "else" | "enum" | "extern" | "false" | "final" | "fn" | "for" | "gen" | "if" | "impl" | "in" | "let"
        | "loop" | "macro" | "match" | "mod" | "move" | "mut" | "override" | "priv" | "pub" | "ref" | "return"
        | "static" | "struct" | "trait" | "true" | "try" | "type" | "typeof" | "unsafe" | "unsized" | "use"
        | "virtual" | "where" | "while" | "yield" => format!("r#{name}"),
        _ => name,
    }
}

/// Whether a name is somebody else's: a file that Windows cannot make, a crate that is always there, or what Cargo means
/// something by.
pub(crate) fn is_occupied(name: &str) -> bool {
    let device = |kind: &str| name.strip_prefix(kind).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    device("com")
        || device("lpt")
        || escaped(name.to_owned()) != name
        || matches!(name, "con" | "prn" | "aux" | "nul")
        || matches!(name, "alloc" | "core" | "kassa_core" | "proc_macro" | "std" | "test")
        || matches!(name, "build" | "default" | "deps" | "examples" | "incremental" | "lib" | "main")
}

fn cut(name: String) -> String {
    match name.char_indices().nth(MAX_LENGTH) {
        Some((at, _)) => name[..at].trim_end_matches('_').to_owned(),
        None => name,
    }
}

fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        '+' => "plus",
        '-' => "minus",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '*' => "star",
        '/' => "slash",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '.' => "dot",
        ',' => "comma",
        '~' => "tilde",
        '?' => "question",
        '#' => "hash",
        '$' => "dollar",
        '@' => "at",
        '^' => "caret",
        ':' => "colon",
        ';' => "semicolon",
        '(' | ')' => "parenthesis",
        '[' | ']' => "bracket",
        '"' | '\'' => "quote",
        '_' => "underscore",
        ' ' => "space",
        _ => return None,
    })
}

/// What no identifier may have becomes a gap. Letters are taken from blocks in which none changes by normalisation: two
/// names that differ here differ for the compiler too.
fn clean(text: &str) -> String {
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

/// A name for what stands at a reference: without the words that every document has.
pub(crate) fn reference_name(reference: &str) -> Option<String> {
    const COMMON: &[&str] = &[
        "components",
        "schemas",
        "schema",
        "properties",
        "paths",
        "content",
        "application/json",
        "items",
        "definitions",
        "$defs",
        "responses",
        "requestBody",
        "requestBodies",
        "parameters",
        "allOf",
        "oneOf",
        "anyOf",
        "",
    ];
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let words = steps(pointer).unwrap_or_default();
    let mut words: Vec<&str> = words.iter().map(AsRef::as_ref).filter(|word| !COMMON.contains(word)).collect();
    let stem = file.rsplit('/').next().unwrap_or(file).split('.').next().unwrap_or_default();
    if words.is_empty() && !stem.is_empty() {
        words.push(stem);
    }
    let name = type_name(&words.join(" "), "");
    (!name.is_empty()).then_some(name)
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
            ("pet-id", "PetId", "pet_id"),
            ("", "Other", "other"),
            ("2fa", "N2fa", "n2fa"),
            ("a\"; fn evil() {}", "AFnEvil", "a_fn_evil"),
            ("größe", "Größe", "größe"),
            ("\u{212b}", "U212b", "u212b"),
            ("日本", "日本", "日本"),
            ("self", "Self_", "self"),
        ] {
            assert_eq!((type_name(text, "Other").as_str(), field_name(text, "other").as_str()), (ty, field), "{text}");
        }
        assert_eq!(type_name(&"x".repeat(1_000_000), "Other").len(), MAX_LENGTH);
        assert_eq!([escaped("type".to_owned()), escaped("self".to_owned())], ["r#type", "self_"]);
    }

    #[test]
    fn values_are_named_by_their_symbols() {
        let named = |text: &str| value_name(text);
        assert_eq!(
            ["<=", "-1", "+1", "", "a-b", "other", "*"].map(named),
            ["LessEqual", "Minus1", "Plus1", "Empty", "AB", "Other_", "Star"]
        );
    }

    #[test]
    fn names_are_taken_once() {
        let mut names = Names::without(&["Vec"]);
        assert_eq!(["Vec", "a", "a", "a2", "a"].map(|name| names.take(name)), ["Vec2", "a", "a2", "a2_2", "a3"]);
    }
}
