//! Replies, and requests that a service sends by itself.

use bytes::Bytes;
use http::{HeaderMap, header};

use super::loose::{self, Place, guessed};
use super::media_type::media_type_of;
use super::pairs::{gathered, of_pairs, of_places};
use super::styled::{Styled, decoded, fitting};
use super::{Json, Style, Wire};
use crate::{Reply, Request, Unreadable, json as core_json};

pub use super::media_type::{Message, bytes, is_of};

/// Reads a JSON body. Whether it is one, its text says: not every server says so in the headers.
///
/// # Errors
/// When it is not JSON, or not what the document promises: says where.
pub fn json<T: Wire>(reply: &Reply) -> Result<T, Unreadable> {
    read(reply.body()).map_err(|error| {
        let status = reply.status().as_u16();
        let other = media_type_of(reply.headers()).filter(|_| !is_of(reply.headers(), "json"));
        let other = other.map(|found| format!(", {found}")).unwrap_or_default();
        Unreadable { reason: format!("{} (HTTP {status}{other})", error.reason), ..error }
    })
}

/// Reads a JSON body that may be left out.
///
/// # Errors
/// As [`json`].
pub fn json_of_request<T: Wire>(request: &Request) -> Result<T, Unreadable> {
    read(request.body())
}

fn read<T: Wire>(body: &Bytes) -> Result<T, Unreadable> {
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        // What is null may as well be nothing.
        None => T::from_json(Json::Null).map_err(|_| Unreadable::new("body", "is empty where JSON is due")),
        Some(b'<') => {
            Err(Unreadable::new("body", "is HTML or XML where JSON is due, most likely of a proxy on the way"))
        }
        Some(_) => T::from_json(Json::parse(body)?).map_err(|error| error.within("body")),
    }
}

/// Reads a text body.
///
/// # Errors
/// When it is of another media type, or not UTF-8.
pub fn text(of: &impl Message, media_type: &str) -> Result<String, Unreadable> {
    utf8(&bytes(of, media_type)?).map(str::to_owned)
}

fn utf8(body: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(body).map_err(|_| Unreadable::new("body", "is not UTF-8"))
}

/// Reads a body of names and values. `styles` says of fields how their lists and objects are written.
///
/// # Errors
/// When it is of another media type, not UTF-8, or not what the document promises: says where.
pub fn form<T: Wire>(of: &impl Message, styles: &[(&str, Style)]) -> Result<T, Unreadable> {
    let body = bytes(of, "application/x-www-form-urlencoded")?;
    of_pairs(&pairs_of(utf8(&body)?), styles).map_err(|error| error.within("body"))
}

/// The names and values of a query or a form.
fn pairs_of(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// Reads a header that has to be there.
///
/// # Errors
/// When it is not, or is of another type.
pub fn header<T: Wire>(headers: &HeaderMap, name: &str, style: Style) -> Result<T, Unreadable> {
    due(name, "header", read_header(headers, name, style)?)
}

/// Reads a header that may be left out. Several lines are one list, as HTTP has it; but of cookies that are set, whose
/// dates have commas, each line is one item, and lines of one text. An empty one that cannot be a text is left out.
///
/// # Errors
/// When it is of another type.
pub fn header_some<T: Wire>(headers: &HeaderMap, name: &str, style: Style) -> Result<Option<T>, Unreadable> {
    read_header::<Option<T>>(headers, name, style).map(Option::flatten)
}

fn read_header<T: Wire>(headers: &HeaderMap, name: &str, style: Style) -> Result<Option<T>, Unreadable> {
    let texts = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let texts: Vec<String> = texts.collect();
    let read = match texts.as_slice() {
        [] => return Ok(None),
        lines if name == "set-cookie" => {
            let list = || fitting(Json::List(lines.iter().map(|line| line.trim().into()).collect()));
            fitting(Json::Text(lines.join("\n"))).or_else(|error| list().map_err(|_| error))
        }
        lines => Styled { name, style, escaped: false }.read(&lines.join(", ")),
    };
    read.map(Some).map_err(|error| error.within(name))
}

fn due<T>(name: &str, what: &str, value: Option<T>) -> Result<T, Unreadable> {
    value.ok_or_else(|| Unreadable::new(name, format!("the {what} is missing")))
}

/// Reads a query parameter that has to be there.
///
/// # Errors
/// When it is not, or is of another type.
pub fn query<T: Wire>(request: &Request, name: &str, style: Style) -> Result<T, Unreadable> {
    due(name, "query parameter", read_query(request, name, style)?)
}

/// Reads a query parameter that may be left out. An empty one that cannot be a text is left out.
///
/// # Errors
/// When it is of another type.
pub fn query_some<T: Wire>(request: &Request, name: &str, style: Style) -> Result<Option<T>, Unreadable> {
    read_query::<Option<T>>(request, name, style).map(Option::flatten)
}

fn read_query<T: Wire>(request: &Request, name: &str, style: Style) -> Result<Option<T>, Unreadable> {
    let query = request.uri().query().unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    read_pairs(pairs.collect(), name, style)
}

/// Reads a cookie that has to be there.
///
/// # Errors
/// When it is not, or is of another type.
pub fn cookie<T: Wire>(request: &Request, name: &str, style: Style) -> Result<T, Unreadable> {
    due(name, "cookie", read_cookie(request, name, style)?)
}

/// Reads a cookie that may be left out. An empty one that cannot be a text is left out.
///
/// # Errors
/// When it is of another type.
pub fn cookie_some<T: Wire>(request: &Request, name: &str, style: Style) -> Result<Option<T>, Unreadable> {
    read_cookie::<Option<T>>(request, name, style).map(Option::flatten)
}

fn read_cookie<T: Wire>(request: &Request, name: &str, style: Style) -> Result<Option<T>, Unreadable> {
    let texts: Vec<String> = request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let pairs = texts.iter().flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    read_pairs(pairs.collect(), name, style)
}

/// Reads a parameter from the names and values of a query or of cookies, which are escaped.
fn read_pairs<T: Wire>(pairs: Vec<(&str, &str)>, name: &str, style: Style) -> Result<Option<T>, Unreadable> {
    let named: Vec<&str> = pairs.iter().filter(|(found, _)| decoded(found) == name).map(|(_, value)| *value).collect();
    let texts = || Json::List(named.iter().map(|value| guessed(Json::Text(decoded(value)))).collect());
    let read = match (style, named.as_slice()) {
        (Style::FormExplode | Style::Own(_) | Style::Rest(_), [only]) => {
            loose::read(guessed(Json::Text(decoded(only))), Place::Entry)
        }
        (_, [only]) => Styled { name, style, escaped: true }.read(only),
        (_, [_, _, ..]) => loose::read(texts(), Place::Entry),
        (Style::Deep, []) => {
            let behind = |key: &str| decoded(key).strip_prefix(name).filter(|rest| is_place(rest)).map(str::to_owned);
            let inner: Vec<_> = pairs.iter().filter_map(|(key, value)| Some((behind(key)?, decoded(value)))).collect();
            if inner.is_empty() {
                return Ok(None);
            }
            of_places(&inner)
        }
        (Style::Own(_) | Style::Rest(_), []) => {
            let all: Vec<_> = pairs.iter().map(|(key, value)| (decoded(key), decoded(value))).collect();
            match gathered(&all, &[(name, style)])?.get(name) {
                Some(found) => loose::read(found.clone(), Place::Entry),
                None => return Ok(None),
            }
        }
        (_, []) => return Ok(None),
    };
    read.map(Some).map_err(|error| error.within(name))
}

/// Whether a text is `[a]`, or `[a][b]`.
fn is_place(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']')
}

/// Reads a parameter from the end of the path, of which `template` says where it stands: `/items/{id}`.
///
/// # Errors
/// When the path has another end, or it is of another type.
pub fn path<T: Wire>(request: &Request, template: &str, name: &str, style: Style) -> Result<T, Unreadable> {
    let place = format!("{{{name}}}");
    let (mut found, mut wanted) = (request.uri().path().rsplit('/'), template.rsplit('/'));
    let mut value = None;
    let ends = wanted.all(|wanted| match (found.next(), wanted.split_once(&place)) {
        (None, _) => false,
        (Some(found), Some((before, after))) => {
            value = found.strip_prefix(before).and_then(|found| found.strip_suffix(after));
            value.is_some()
        }
        (Some(found), None) => found == wanted || wanted.contains('{') || wanted.is_empty(),
    });
    let text =
        value.filter(|_| ends).ok_or_else(|| Unreadable::new(name, format!("the path does not end in {template}")))?;
    Styled { name, style, escaped: true }.read(text).map_err(|error| error.within(name))
}

/// What a body that nobody documented says, cut and without what may be secret.
#[must_use]
pub fn excerpt(reply: &Reply) -> Option<String> {
    core_json::excerpt(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn request(uri: &str, cookie: &str) -> Request {
        http::Request::builder().uri(uri).header("cookie", cookie).body(Bytes::new()).unwrap()
    }

    #[test]
    fn reads_parameters_in_their_styles() {
        let request = request(
            "https://example.org/hook/items/a%2Fb?n=5&one=x,y&l=1&l=2&j=%7B%22a%22%3A1%7D&d%5Ba%5D=3&s=p%20q&t=1,2",
            "sid=x%20y; n=7",
        );
        assert_eq!(query::<i64>(&request, "n", Style::FormExplode).unwrap(), 5);
        assert_eq!(query::<String>(&request, "n", Style::FormExplode).unwrap(), "5");
        assert_eq!(query::<Vec<String>>(&request, "one", Style::FormExplode).unwrap(), ["x,y"]);
        assert_eq!(query::<Vec<String>>(&request, "one", Style::Form).unwrap(), ["x", "y"]);
        assert_eq!(query::<Vec<i64>>(&request, "l", Style::FormExplode).unwrap(), [1, 2]);
        assert_eq!(query::<Vec<i64>>(&request, "t", Style::Form).unwrap(), [1, 2]);
        assert_eq!(query::<Vec<String>>(&request, "s", Style::Space).unwrap(), ["p", "q"]);
        let map = BTreeMap::from([("a".to_owned(), 1_i64)]);
        assert_eq!(query::<BTreeMap<String, i64>>(&request, "j", Style::Json).unwrap(), map);
        assert_eq!(query::<BTreeMap<String, i64>>(&request, "d", Style::Deep).unwrap()["a"], 3);
        assert_eq!(query_some::<i64>(&request, "none", Style::FormExplode).unwrap(), None);
        type Deep = BTreeMap<String, BTreeMap<String, Vec<i64>>>;
        for lists in ["f[a][b]=1&f[a][b]=2", "f[a][b][]=1&f[a][b][]=2", "f%5Ba%5D[b][0]=1&f[a][b][1]=2"] {
            let request = self::request(&format!("https://example.org/?g[a]=0&{lists}&fa[a]=x"), "");
            assert_eq!(query::<Deep>(&request, "f", Style::Deep).unwrap()["a"]["b"], [1, 2], "{lists}");
        }
        assert_eq!(query_some::<i64>(&request, "none", Style::Deep).unwrap(), None);
        assert_eq!(
            query::<bool>(&request, "n", Style::FormExplode).unwrap_err().to_string(),
            "n: expected true or false, found a number"
        );
        let error = query::<i64>(&request, "none", Style::Form).unwrap_err().to_string();
        assert_eq!(error, "none: the query parameter is missing");
        assert_eq!(cookie::<String>(&request, "sid", Style::Form).unwrap(), "x y");
        assert_eq!(cookie_some::<i64>(&request, "n", Style::Form).unwrap(), Some(7));
        assert_eq!(path::<String>(&request, "/items/{id}", "id", Style::Simple).unwrap(), "a/b");
        assert!(path::<String>(&request, "/others/{id}", "id", Style::Simple).is_err());
    }

    #[test]
    fn an_exploded_object_takes_what_is_its_own() {
        type Map = BTreeMap<String, i64>;
        let read = |text: &str, style: Style| {
            query_some::<Map>(&request(&format!("https://example.org/?{text}"), ""), "flat", style)
        };
        let rest = Style::Rest(&["page", "deep", "data[id]"]);
        let own = Style::Own(&["x", "data[id]"]);
        assert_eq!(read("page=2&deep[a]=x&data[id]=3", rest).unwrap(), None);
        assert_eq!(read("page=2&x=1", rest).unwrap().unwrap(), BTreeMap::from([("x".to_owned(), 1)]));
        assert_eq!(read("page=2&y=1", own).unwrap(), None);
        let both = BTreeMap::from([("data[id]".to_owned(), 3), ("x".to_owned(), 1)]);
        assert_eq!(read("page=z&x=1&data[id]=3", own).unwrap().unwrap(), both);
        assert_eq!(read("x=z", own).unwrap_err().to_string(), "flat.x: expected a number, found a text");
        let cookies = request("https://example.org/", "sid=1; x=2");
        assert_eq!(cookie_some::<Map>(&cookies, "flat", Style::Rest(&["sid"])).unwrap().unwrap()["x"], 2);
        assert_eq!(cookie_some::<Map>(&cookies, "flat", Style::Rest(&["sid", "x"])).unwrap(), None);
    }

    #[test]
    fn an_empty_text_is_none_where_it_can_be_nothing_else() {
        let mut request = request("https://example.org/?n=", "n=");
        request.headers_mut().insert("x-n", http::HeaderValue::from_static(""));
        for style in [Style::FormExplode, Style::Form, Style::Json] {
            assert_eq!(query_some::<i64>(&request, "n", style).unwrap(), None, "{style:?}");
            let error = query::<i64>(&request, "n", style).unwrap_err().to_string();
            assert_eq!(error, "n: expected a number, found an empty text", "{style:?}");
        }
        assert_eq!(query_some::<String>(&request, "n", Style::FormExplode).unwrap().unwrap(), "");
        assert_eq!(cookie_some::<bool>(&request, "n", Style::FormExplode).unwrap(), None);
        assert_eq!(header_some::<i64>(request.headers(), "x-n", Style::Simple).unwrap(), None);
        assert!(header::<i64>(request.headers(), "x-n", Style::Simple).is_err());
    }

    #[test]
    fn reads_headers_in_their_styles() {
        let mut headers = HeaderMap::new();
        headers.append("x-list", "1, 2".parse().unwrap());
        headers.append("x-list", "3".parse().unwrap());
        headers.append("x-map", "row,3,side,left".parse().unwrap());
        headers.append("x-exploded", "row=3,side=left".parse().unwrap());
        headers.append("x-day", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        headers.append("x-json", "{\"a\":[1]}".parse().unwrap());
        assert_eq!(header::<Vec<i64>>(&headers, "x-list", Style::Simple).unwrap(), [1, 2, 3]);
        let texts = BTreeMap::from([("row".to_owned(), "3".to_owned()), ("side".to_owned(), "left".to_owned())]);
        assert_eq!(header::<BTreeMap<String, String>>(&headers, "x-map", Style::Simple).unwrap(), texts);
        assert_eq!(header::<BTreeMap<String, String>>(&headers, "x-exploded", Style::SimpleExplode).unwrap(), texts);
        assert_eq!(header::<String>(&headers, "x-day", Style::Simple).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(header::<Json>(&headers, "x-json", Style::Json).unwrap().to_string(), "{\"a\":[1]}");
        assert_eq!(header_some::<i64>(&headers, "x-none", Style::Simple).unwrap(), None);
        assert!(header::<i64>(&headers, "x-map", Style::Simple).is_err());
    }

    #[test]
    fn cookies_that_are_set_are_lines() {
        let mut headers = HeaderMap::new();
        let lines = ["a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "b=2, 3"];
        headers.append("set-cookie", lines[0].parse().unwrap());
        let read = |headers: &HeaderMap| header::<Vec<String>>(headers, "set-cookie", Style::Simple).unwrap();
        assert_eq!(read(&headers), lines[..1]);
        assert_eq!(header::<String>(&headers, "set-cookie", Style::Simple).unwrap(), lines[0]);
        headers.append("set-cookie", lines[1].parse().unwrap());
        assert_eq!(read(&headers), lines);
        assert_eq!(header::<String>(&headers, "set-cookie", Style::Simple).unwrap(), lines.join("\n"));
    }

    #[test]
    fn a_body_of_another_type_is_not_taken() {
        let reply = |media_type: &'static str, body: &'static str| {
            let mut reply = Reply::new(Bytes::from_static(body.as_bytes()));
            if !media_type.is_empty() {
                reply.headers_mut().insert("content-type", http::HeaderValue::from_static(media_type));
            }
            reply
        };
        let page = reply("Text/HTML; charset=utf-8", "<p>");
        for (found, due) in
            [(bytes(&page, "image/png").unwrap_err(), "image/png"), (text(&page, "text/csv").unwrap_err(), "text/csv")]
        {
            assert_eq!(found.to_string(), format!("body: is Text/HTML, where {due} is due"));
        }
        assert!(form::<Json>(&page, &[]).is_err());
        for said in ["", "application/octet-stream", "text/csv; header=present", "TEXT/CSV"] {
            assert_eq!(text(&reply(said, "a,b"), "text/csv").unwrap(), "a,b", "{said}");
        }
        assert!(bytes(&page, "text/*").is_ok() && bytes(&page, "image/*").is_err());
        assert!(bytes(&reply("text/xml", "<x/>"), "application/xml").is_ok());
        // JSON is told by its text; where it is none, what came is said.
        assert_eq!(json::<i64>(&reply("text/plain", "5")).unwrap(), 5);
        let error = json::<i64>(&reply("text/plain; charset=utf-8", "five")).unwrap_err().to_string();
        assert!(error.ends_with("(HTTP 200, text/plain)"), "{error}");
        assert!(json::<i64>(&reply("application/json", "five")).unwrap_err().to_string().ends_with("(HTTP 200)"));
    }
}
