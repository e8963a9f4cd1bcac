//! From names of any document to Rust names. A text may be long, or of symbols alone: names are cut, and told what to be
//! otherwise. What they share with the names of providers is in [`crate::names`].

use heck::{ToSnakeCase, ToUpperCamelCase};

pub(crate) use crate::names::Names;
use crate::names::{MAX_LENGTH, clean};
use crate::tree::steps;

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
}
