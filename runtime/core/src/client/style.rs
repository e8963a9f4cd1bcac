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
    /// [`Style::FormExplode`] of an object that is read, whose fields have no name in common: the pairs of these names.
    Own(&'static [&'static str]),
    /// The same of one that does not name its fields: the pairs that are of none of these neighbours.
    Rest(&'static [&'static str]),
}

impl Style {
    /// Whether the pairs of an object are to be found by what they are called.
    pub(super) const fn is_exploded(self) -> bool {
        matches!(self, Self::Own(_) | Self::Rest(_))
    }

    /// Whether a pair of this name is said of.
    pub(super) fn names(self, name: &str) -> bool {
        matches!(self, Self::Own(names) | Self::Rest(names) if names.contains(&name))
    }

    /// Whether a pair of this name is of the object.
    pub(super) fn takes(self, name: &str) -> bool {
        self.is_exploded() && self.names(name) == matches!(self, Self::Own(_))
    }
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
            Self::Reserved => reserved(text),
            Self::None => text.to_owned(),
        }
    }

    /// JSON: where nothing is escaped, beyond ASCII as JSON does it.
    fn json(self, json: &Json) -> String {
        let text = json.to_string();
        if self != Self::None || text.is_ascii() {
            return self.of(&text);
        }
        let mut out = String::with_capacity(2 * text.len());
        for unit in text.encode_utf16() {
            match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
                _ => out.push_str(&format!("\\u{unit:04x}")),
            }
        }
        out
    }
}

/// Reserved characters and escapes stay; a percent sign that is of none is escaped itself.
fn reserved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, part) in text.split('%').enumerate() {
        if n > 0 {
            let is_escape = part.len() >= 2 && part.bytes().take(2).all(|b| b.is_ascii_hexdigit());
            out.push_str(if is_escape { "%" } else { "%25" });
        }
        out.extend(utf8_percent_encode(part, RESERVED));
    }
    out
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
        Json::List(items) => items
            .iter()
            .filter(|item| !matches!(item, Json::Null))
            .map(|item| (None, escape.of(&plain(item))))
            .collect(),
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
    // An empty list is as good as none (RFC 6570 §2.3), and so is an empty object.
    if matches!(json, Json::List(_) | Json::Object(_)) && style != Style::Json && parts().is_empty() {
        return String::new();
    }
    let named = |value: &str| {
        let equals = if value.is_empty() { "" } else { "=" };
        format!(";{}{equals}{value}", escape.of(name))
    };
    match style {
        Style::Json => escape.json(json),
        Style::SimpleExplode => join(&parts(), ",", "="),
        Style::Label => format!(".{}", join(&parts(), ",", ",")),
        Style::LabelExplode => format!(".{}", join(&parts(), ".", "=")),
        Style::Matrix => named(&join(&parts(), ",", ",")),
        Style::MatrixExplode if matches!(json, Json::Object(_)) => format!(";{}", join(&parts(), ";", "=")),
        Style::MatrixExplode => parts().iter().map(|(_, value)| named(value)).collect(),
        _ => join(&parts(), ",", ","),
    }
}

/// The pairs of a value in the query, escaped.
pub(super) fn pairs(name: &str, style: Style, json: &Json, escape: Escape) -> Vec<(String, String)> {
    let own = || Escape::All.of(name);
    let joined = |separator: &str| vec![(own(), join(&parts(json, escape), separator, separator))];
    match (style, json) {
        (_, Json::Null) => Vec::new(),
        (Style::Json, json) => vec![(own(), escape.json(json))],
        (Style::Deep, Json::Object(_) | Json::List(_)) => {
            let mut pairs = Vec::new();
            deep(&own(), json, escape, &mut pairs);
            pairs
        }
        // An empty list has no other way to be said than to leave it out.
        (_, Json::List(_) | Json::Object(_)) if parts(json, escape).is_empty() => Vec::new(),
        (Style::Space, _) => joined("%20"),
        (Style::Pipe, _) => joined("%7C"),
        (Style::FormExplode | Style::Own(_) | Style::Rest(_), Json::List(_) | Json::Object(_)) => {
            parts(json, escape).into_iter().map(|(key, value)| (key.unwrap_or_else(own), value)).collect()
        }
        _ => joined(","),
    }
}

/// `name[a][b]=1`: deeper than OpenAPI defines, as PHP, Rails and `qs` read it. Items of a list are `name[]=1`; those that
/// are lists or objects have a place, `name[0][a]=1`, without which nobody could tell them apart.
fn deep(name: &str, json: &Json, escape: Escape, pairs: &mut Vec<(String, String)>) {
    let inner = |key: &str| format!("{name}%5B{key}%5D");
    match json {
        Json::Null => {}
        Json::Object(object) => {
            object.iter().for_each(|(key, value)| deep(&inner(&Escape::All.of(key)), value, escape, pairs));
        }
        Json::List(items) if items.iter().any(|item| matches!(item, Json::List(_) | Json::Object(_))) => {
            items.iter().enumerate().for_each(|(n, item)| deep(&inner(&n.to_string()), item, escape, pairs));
        }
        Json::List(items) => items.iter().for_each(|item| deep(&inner(""), item, escape, pairs)),
        scalar => pairs.push((name.to_owned(), escape.of(&plain(scalar)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How `color` is written in a style, as it stands in a path or a query.
    fn written(style: Style, json: &str) -> String {
        let json = Json::parse(json.as_bytes()).unwrap();
        let query = matches!(style, Style::Form | Style::FormExplode | Style::Space | Style::Pipe | Style::Deep);
        if !query {
            return one("color", style, &json, Escape::All);
        }
        let pairs = pairs("color", style, &json, Escape::All);
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    /// The table of the OpenAPI specification (3.1.1, "Style Examples"): a column for an empty text, a text, a list and an
    /// object. What the table leaves open is written in `-`.
    #[test]
    fn writes_as_the_specification_shows() {
        const VALUES: [&str; 4] = [r#""""#, r#""blue""#, r#"["blue","black","brown"]"#, r#"{"R":100,"G":200,"B":150}"#];
        let table = [
            (Style::Matrix, [";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"]),
            (
                Style::MatrixExplode,
                [";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
            ),
            (Style::Label, [".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
            (Style::LabelExplode, [".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
            (Style::Simple, ["", "blue", "blue,black,brown", "R,100,G,200,B,150"]),
            (Style::SimpleExplode, ["", "blue", "blue,black,brown", "R=100,G=200,B=150"]),
            (Style::Form, ["color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"]),
            (Style::FormExplode, ["color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"]),
            (Style::Space, ["-", "-", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"]),
            (Style::Pipe, ["-", "-", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"]),
            (Style::Deep, ["-", "-", "-", "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"]),
        ];
        for (style, columns) in table {
            for (value, due) in VALUES.iter().zip(columns).filter(|(_, due)| *due != "-") {
                assert_eq!(written(style, value), due, "{style:?} of {value}");
            }
        }
    }

    /// RFC 6570 §3.2, with its variables: `{style}` of value, and what it expands to.
    #[test]
    fn writes_as_templates_expand() {
        for (style, value, due) in [
            (Style::Simple, r#""Hello World!""#, "Hello%20World%21"),
            (Style::Simple, r#""50%""#, "50%25"),
            (Style::Simple, r#""é/✓""#, "%C3%A9%2F%E2%9C%93"),
            (Style::Label, r#"["fred","fred"]"#, ".fred,fred"),
            (Style::Matrix, r#"{"semi":";","dot":".","comma":","}"#, ";color=semi,%3B,dot,.,comma,%2C"),
            (Style::SimpleExplode, r#"{"semi":";","dot":".","comma":","}"#, "semi=%3B,dot=.,comma=%2C"),
            (Style::MatrixExplode, r#"["a",""]"#, ";color=a;color"),
            (Style::FormExplode, r#"{"a b":"c&d"}"#, "a%20b=c%26d"),
            // Empty lists and objects are undefined, and so is null among others.
            (Style::Simple, "[]", ""),
            (Style::Label, "{}", ""),
            (Style::Matrix, "[]", ""),
            (Style::Form, "[]", ""),
            (Style::Form, "{}", ""),
            (Style::FormExplode, "[]", ""),
            (Style::Space, "[]", ""),
            (Style::Pipe, "[]", ""),
            (Style::Deep, "{}", ""),
            (Style::Form, "null", ""),
            (Style::Form, "[1,null,2]", "color=1,2"),
            (Style::FormExplode, r#"{"a":null,"b":false}"#, "b=false"),
            (
                Style::Deep,
                r#"{"a":{"b":[1,2]},"c":null,"d":""}"#,
                "color%5Ba%5D%5Bb%5D%5B%5D=1&color%5Ba%5D%5Bb%5D%5B%5D=2&color%5Bd%5D=",
            ),
            (Style::Deep, r#"["a",null,"b"]"#, "color%5B%5D=a&color%5B%5D=b"),
            (
                Style::Deep,
                r#"[{"a":1},{"a":[2,3]}]"#,
                "color%5B0%5D%5Ba%5D=1&color%5B1%5D%5Ba%5D%5B%5D=2&color%5B1%5D%5Ba%5D%5B%5D=3",
            ),
            (Style::Deep, r#"{"a":[[1],[2]]}"#, "color%5Ba%5D%5B0%5D%5B%5D=1&color%5Ba%5D%5B1%5D%5B%5D=2"),
            // What is deeper than a style goes is JSON.
            (Style::Form, r#"[{"a":1}]"#, "color=%7B%22a%22%3A1%7D"),
            (Style::Json, "[]", "%5B%5D"),
        ] {
            assert_eq!(written(style, value), due, "{style:?} of {value}");
        }
    }

    #[test]
    fn nothing_beyond_ascii_is_in_a_header() {
        let json = Json::parse("{\"é\":\"😀\"}".as_bytes()).unwrap();
        assert_eq!(one("x", Style::Json, &json, Escape::None), r#"{"\u00e9":"\ud83d\ude00"}"#);
    }

    #[test]
    fn reserved_characters_stay_where_they_may() {
        let text = Json::from("a/b?c&d e");
        assert_eq!(pairs("q", Style::Form, &text, Escape::Reserved)[0].1, "a/b?c%26d%20e");
        assert_eq!(pairs("q", Style::Form, &text, Escape::All)[0].1, "a%2Fb%3Fc%26d%20e");
        let text = Json::from(":/?#[]@!$&'()*+,;=%2F%zz100%é");
        let due = ":/?%23[]@!$%26'()*%2B,;=%2F%25zz100%25%C3%A9";
        assert_eq!(pairs("q", Style::Form, &text, Escape::Reserved)[0].1, due);
    }
}
