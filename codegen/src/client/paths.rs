//! Paths, and what is made of their text.

/// What is sent of a path: what stands behind `#` tells operations apart in the document alone.
pub(super) fn sent_path(path: &str) -> &str {
    path.split('#').next().unwrap_or_default()
}

/// The parameters in a path, each with the text before it.
pub(super) fn placeholders(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = sent_path(path);
    std::iter::from_fn(move || {
        let (text, after) = rest.split_once('{')?;
        let (name, after) = after.split_once('}')?;
        rest = after;
        Some((text, name.trim_start_matches(['+', '?', '/', ';', '.']).trim_end_matches('*')))
    })
}

/// A path without the names of its parameters; `None` where a brace is not closed.
pub(super) fn nameless(path: &str) -> Option<String> {
    let mut parts = path.split('{');
    let mut out = parts.next().filter(|text| !text.contains('}'))?.to_owned();
    for part in parts {
        let (_, text) = part.split_once('}').filter(|(_, text)| !text.contains('}'))?;
        out.push_str("{}");
        out.push_str(text);
    }
    Some(out)
}

/// `get /pets/{id}` as a name.
pub(super) fn path_name(method: &str, path: &str) -> String {
    let words = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => format!("by {name}"),
        None => part.replace(['{', '}'], " "),
    });
    std::iter::once(method.to_owned()).chain(words.filter(|word| !word.is_empty())).collect::<Vec<_>>().join(" ")
}

/// Text of a path as it stands in a URL: what may not stand there is escaped.
pub(super) fn url_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/?=&:@!$'()*+,;%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The end of an address behind what is filled in when it is called: `/items/{id}` of `{$request.body#/url}/items/{id}`.
pub(super) fn end_of(address: &str) -> &str {
    let rest = match address.rfind("{$") {
        Some(at) => address[at..].split_once('}').map_or("", |(_, rest)| rest),
        None => address,
    };
    rest.split(['?', '#']).next().unwrap_or_default()
}
