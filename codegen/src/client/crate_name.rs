//! What a crate is called.

use heck::{ToKebabCase, ToSnakeCase};

use super::model::Api;
use super::name::is_occupied;

/// The name of a crate: that of the document, or of its file where the alphabet of a title is another.
pub(super) fn of(api: &Api) -> String {
    let stem = api.file.split('.').next().unwrap_or_default();
    let name = [api.title.as_str(), stem].into_iter().find_map(name_of_words);
    name.unwrap_or_else(|| "openapi-client".to_owned())
}

/// A text as the name of a crate, if enough of it can be one.
fn name_of_words(text: &str) -> Option<String> {
    let latin = |c: &char| c.is_ascii_alphanumeric();
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .take(8)
        .collect();
    let name: String = words.join("-").chars().take(50).collect();
    let most = 2 * text.chars().filter(latin).count() > letters;
    (most && name.starts_with(|c: char| c.is_ascii_alphabetic()))
        .then(|| format!("{}-client", name.trim_end_matches('-')))
}

/// Whether a text can be the name of a crate: one that is nobody else's, nor a word of Rust, Cargo or Windows, and that
/// the compiler does not warn of.
#[must_use]
pub fn is_crate_name(text: &str) -> bool {
    let library = text.replace('-', "_");
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 64
        && library.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !library.trim_end_matches('_').contains("__")
        && !is_occupied(&library)
}

/// The name of a crate that is most like a text: `my-api` for `MyApi`.
#[must_use]
pub fn crate_name_like(text: &str) -> Option<String> {
    let name = if text.contains('_') { text.to_snake_case() } else { text.to_kebab_case() };
    is_crate_name(&name).then_some(name)
}
