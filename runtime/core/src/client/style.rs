//! How parameters are written: the styles of OpenAPI.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Json;
use crate::call::ESCAPED;

/// How a list or an object becomes a parameter. The names are those of OpenAPI; those ending in `_EXPLODE` say each item
/// by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Path and headers: `1,2` and `a,1,b,2`.
    Simple,
    /// Path and headers: `1,2` and `a=1,b=2`.
    SimpleExplode,
    /// Path: `.1,2`.
    Label,
    /// Path: `.1.2` and `.a=1.b=2`.
    LabelExplode,
    /// Path: `;name=1,2`.
    Matrix,
    /// Path: `;name=1;name=2` and `;a=1;b=2`.
    MatrixExplode,
    /// Query and cookies: `name=1,2`.
    Form,
    /// Query and cookies: `name=1&name=2` and `a=1&b=2`.
    FormExplode,
    /// Query: `name=1%202`.
    Space,
    /// Query: `name=1%7C2`.
    Pipe,
    /// Query: `name[a]=1&name[b]=2`.
    Deep,
    /// Anywhere: the value as JSON.
    Json,
}

/// What stays as it is where `allowReserved` is said: the reserved characters of RFC 3986, and escapes.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    // These would end the value, the query, or mean a space.
    .add(b'&')
    .add(b'#')
    .add(b'+');

/// Whether reserved characters are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// All but unreserved ones.
    All,
    /// Reserved ones stay.
    Reserved,
    /// None at all: headers.
    None,
}

impl Escape {
    pub(super) fn of(self, text: &str) -> String {
        match self {
            Self::All => utf8_percent_encode(text, ESCAPED).to_string(),
            Self::Reserved => utf8_percent_encode(text, RESERVED).to_string(),
            Self::None => text.to_owned(),
        }
    }
}

/// A scalar as it stands in a parameter; of anything deeper, its JSON.
pub(super) fn plain(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The parts of a value: with their names, of an object.
fn parts(json: &Json, escape: Escape) -> Vec<(Option<String>, String)> {
    match json {
        Json::List(items) => items.iter().map(|item| (None, escape.of(&plain(item)))).collect(),
        Json::Object(object) => object
            .iter()
            .filter(|(_, value)| !matches!(value, Json::Null))
            .map(|(key, value)| (Some(escape.of(key)), escape.of(&plain(value))))
            .collect(),
        scalar => vec![(None, escape.of(&plain(scalar)))],
    }
}

/// `a,1,b,2`, or with `between` names and values `a=1,b=2`.
fn join(parts: &[(Option<String>, String)], separator: &str, between: &str) -> String {
    let written = |(name, value): &(Option<String>, String)| match name {
        Some(name) => format!("{name}{between}{value}"),
        None => value.clone(),
    };
    parts.iter().map(written).collect::<Vec<_>>().join(separator)
}

/// A value in the path or a header.
pub(super) fn one(name: &str, style: Style, json: &Json, escape: Escape) -> String {
    let parts = || parts(json, escape);
    let scalar = !matches!(json, Json::List(_) | Json::Object(_));
    match style {
        Style::Json => escape.of(&json.to_string()),
        Style::SimpleExplode => join(&parts(), ",", "="),
        Style::Label => format!(".{}", join(&parts(), ",", ",")),
        Style::LabelExplode => format!(".{}", join(&parts(), ".", "=")),
        Style::Matrix => format!(";{}={}", escape.of(name), join(&parts(), ",", ",")),
        Style::MatrixExplode if scalar || matches!(json, Json::List(_)) => {
            parts().iter().map(|(_, value)| format!(";{}={value}", escape.of(name))).collect()
        }
        Style::MatrixExplode => format!(";{}", join(&parts(), ";", "=")),
        _ => join(&parts(), ",", ","),
    }
}

/// The pairs of a value in the query, escaped.
pub(super) fn pairs(name: &str, style: Style, json: &Json, escape: Escape) -> Vec<(String, String)> {
    let own = || Escape::All.of(name);
    let joined = |separator: &str| vec![(own(), join(&parts(json, escape), separator, separator))];
    match (style, json) {
        (_, Json::Null) => Vec::new(),
        (Style::Json, json) => vec![(own(), escape.of(&json.to_string()))],
        (Style::Deep, Json::Object(_)) => {
            let mut pairs = Vec::new();
            deep(&own(), json, escape, &mut pairs);
            pairs
        }
        (Style::Space, _) => joined("%20"),
        (Style::Pipe, _) => joined("%7C"),
        (Style::FormExplode | Style::Deep, Json::List(_) | Json::Object(_)) => {
            parts(json, escape).into_iter().map(|(key, value)| (key.unwrap_or_else(own), value)).collect()
        }
        // An empty list has no other way to be said than to leave it out.
        (_, Json::List(items)) if items.is_empty() => Vec::new(),
        _ => joined(","),
    }
}

/// `name[a][b]=1`: deeper than OpenAPI defines, as most servers read it.
fn deep(name: &str, json: &Json, escape: Escape, pairs: &mut Vec<(String, String)>) {
    match json {
        Json::Null => {}
        Json::Object(object) => {
            for (key, value) in object.iter() {
                deep(&format!("{name}%5B{}%5D", Escape::All.of(key)), value, escape, pairs);
            }
        }
        Json::List(items) => items.iter().for_each(|item| pairs.push((name.to_owned(), escape.of(&plain(item))))),
        scalar => pairs.push((name.to_owned(), escape.of(&plain(scalar)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the OpenAPI specification, "Style Examples".
    #[test]
    fn writes_as_the_specification_shows() {
        let list = Json::parse(br#"["blue","black","brown"]"#).unwrap();
        let object = Json::parse(br#"{"R":100,"G":200,"B":150}"#).unwrap();
        let text = Json::from("blue");
        let path = |style, json: &Json| one("color", style, json, Escape::All);
        let query = |style, json: &Json| {
            let pairs = pairs("color", style, json, Escape::All);
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
        };
        assert_eq!(path(Style::Matrix, &text), ";color=blue");
        assert_eq!(path(Style::Matrix, &list), ";color=blue,black,brown");
        assert_eq!(path(Style::Matrix, &object), ";color=R,100,G,200,B,150");
        assert_eq!(path(Style::MatrixExplode, &list), ";color=blue;color=black;color=brown");
        assert_eq!(path(Style::MatrixExplode, &object), ";R=100;G=200;B=150");
        assert_eq!(path(Style::Label, &text), ".blue");
        assert_eq!(path(Style::Label, &list), ".blue,black,brown");
        assert_eq!(path(Style::LabelExplode, &list), ".blue.black.brown");
        assert_eq!(path(Style::LabelExplode, &object), ".R=100.G=200.B=150");
        assert_eq!(path(Style::Simple, &object), "R,100,G,200,B,150");
        assert_eq!(path(Style::SimpleExplode, &object), "R=100,G=200,B=150");
        assert_eq!(query(Style::Form, &list), "color=blue,black,brown");
        assert_eq!(query(Style::Form, &object), "color=R,100,G,200,B,150");
        assert_eq!(query(Style::FormExplode, &list), "color=blue&color=black&color=brown");
        assert_eq!(query(Style::FormExplode, &object), "R=100&G=200&B=150");
        assert_eq!(query(Style::Space, &list), "color=blue%20black%20brown");
        assert_eq!(query(Style::Pipe, &object), "color=R%7C100%7CG%7C200%7CB%7C150");
        assert_eq!(query(Style::Deep, &object), "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150");
    }

    #[test]
    fn reserved_characters_stay_where_they_may() {
        let text = Json::from("a/b?c&d e");
        assert_eq!(pairs("q", Style::Form, &text, Escape::Reserved)[0].1, "a/b?c%26d%20e");
        assert_eq!(pairs("q", Style::Form, &text, Escape::All)[0].1, "a%2Fb%3Fc%26d%20e");
    }
}
