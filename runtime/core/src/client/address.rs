//! Addresses of servers: variables filled in, and what is relative to another address.

use http::Uri;

use crate::{BaseUrl, BuildError};

/// A variable of a server: its name, its value, and what the value has to be one of; anything, if nothing is named.
type Variable<'a> = (&'a str, &'a str, &'a [&'a str]);

impl BaseUrl {
    /// The address of a server with variables, `https://{region}.example.org/v1`.
    ///
    /// # Errors
    /// When a value is none that its variable may have, or the address is none.
    pub fn filled(template: &str, variables: &[Variable<'_>]) -> Result<Self, BuildError> {
        Self::new(&fill(template, variables)?)
    }

    /// The address of a server that is relative to where its document was found.
    ///
    /// # Errors
    /// As [`BaseUrl::filled`], and when `document` is no address.
    pub fn relative(document: &str, template: &str, variables: &[Variable<'_>]) -> Result<Self, BuildError> {
        Self::new(&resolve(document, &fill(template, variables)?)?)
    }

    /// The address that `reference` says, which may be relative to this one (RFC 3986 §5.2).
    ///
    /// # Errors
    /// When it says none.
    pub fn join(&self, reference: &str) -> Result<String, BuildError> {
        resolve(self.as_str(), reference)
    }
}

fn fill(template: &str, variables: &[Variable<'_>]) -> Result<String, BuildError> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = after.split_once('}').and_then(|(name, after)| {
            let variable = variables.iter().find(|(had, ..)| *had == name)?;
            Some((variable, after))
        });
        let Some(((name, value, choices), after)) = found else {
            out.push('{');
            rest = after;
            continue;
        };
        if !choices.is_empty() && !choices.contains(value) {
            let choices = choices.join(", ");
            return Err(BuildError::Constraint(format!("the server's {name} is one of {choices}, and not {value:?}")));
        }
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn resolve(base: &str, reference: &str) -> Result<String, BuildError> {
    if has_scheme(reference) {
        return Ok(reference.to_owned());
    }
    let uri: Uri = base.parse().map_err(|_| BuildError::BaseUrl(base.to_owned(), "not a URL"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(BuildError::BaseUrl(base.to_owned(), "has to begin with https:// or http://"));
    };
    if reference.starts_with("//") {
        return Ok(format!("{scheme}:{reference}"));
    }
    let (path, rest) = reference.split_at(reference.find(['?', '#']).unwrap_or(reference.len()));
    let folder = &uri.path()[..=uri.path().rfind('/').unwrap_or(0)];
    let path = match path.as_bytes() {
        [] => uri.path().to_owned(),
        [b'/', ..] => without_dots(path),
        _ => without_dots(&format!("{folder}{path}")),
    };
    Ok(format!("{scheme}://{authority}{path}{rest}"))
}

fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// A path without `.` and `..`.
fn without_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let mut all = path.split('/').skip(1).peekable();
    while let Some(part) = all.next() {
        let last = all.peek().is_none();
        match part {
            "." | ".." => {
                if part == ".." {
                    parts.pop();
                }
                if last {
                    parts.push("");
                }
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_as_the_standard_shows() {
        // RFC 3986 §5.4, for paths; nobody needs a query of the base.
        for (reference, due) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            ("", "http://a/b/c/d;p"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("g/../h", "http://a/b/c/h"),
        ] {
            assert_eq!(resolve("http://a/b/c/d;p", reference).unwrap(), due, "{reference}");
        }
        assert!(resolve("a/b", "c").is_err());
    }

    #[test]
    fn servers_are_filled_and_relative() {
        let of = |document, template| BaseUrl::relative(document, template, &[]).map(|base| base.as_str().to_owned());
        assert_eq!(of("https://x.example/docs/api.yaml", "/v1/").unwrap(), "https://x.example/v1");
        assert_eq!(of("https://x.example/docs/api.yaml", "../v1").unwrap(), "https://x.example/v1");
        assert_eq!(of("https://x.example", "v1").unwrap(), "https://x.example/v1");
        assert_eq!(of("https://x.example/docs/api.yaml", "/").unwrap(), "https://x.example");
        assert!(of("/docs/api.yaml", "/v1").is_err());
        let filled = |a| BaseUrl::filled("https://{a}.example/{b}/{c", &[("a", a, &["x", "{b}"]), ("b", "{a}", &[])]);
        let error = filled("y").unwrap_err().to_string();
        assert_eq!(error, "a value breaks the document: the server's a is one of x, {b}, and not \"y\"");
        // What a value holds is not filled again.
        assert_eq!(filled("x").unwrap().as_str(), "https://x.example/{a}/{c");
    }
}
