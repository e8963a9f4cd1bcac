//! Replies, and requests that a service sends by itself.

use bytes::Bytes;
use http::{HeaderMap, header};

use super::{Json, Wire};
use crate::callback::in_query;
use crate::{Reply, Request, Unreadable, json as core_json};

/// Reads a JSON body.
///
/// # Errors
/// When it is not JSON, or not what the document promises: says where.
pub fn json<T: Wire>(reply: &Reply) -> Result<T, Unreadable> {
    read(reply.body()).map_err(|error| {
        let status = reply.status().as_u16();
        Unreadable { reason: format!("{} (HTTP {status})", error.reason), ..error }
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
/// When it is not UTF-8.
pub fn text(body: &Bytes) -> Result<String, Unreadable> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Unreadable::new("body", "is not UTF-8")),
    }
}

/// Whether the body is of a media type: exactly, or of a range such as `image/*`, or for `json` of any JSON.
#[must_use]
pub fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let found = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let found = found.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.strip_suffix("/*") {
        _ if media_type == "json" => found.ends_with("/json") || found.ends_with("+json"),
        Some("*") => true,
        Some(range) => found.split('/').next() == Some(range),
        None => found == media_type,
    }
}

/// Reads a header that has to be there.
///
/// # Errors
/// When it is not, or is of another type.
pub fn header<T: Wire>(headers: &HeaderMap, name: &str) -> Result<T, Unreadable> {
    match header_some(headers, name)? {
        Some(value) => Ok(value),
        None => Err(Unreadable::new(name, "the header is missing")),
    }
}

/// Reads a header that may be left out.
///
/// # Errors
/// When it is of another type.
pub fn header_some<T: Wire>(headers: &HeaderMap, name: &str) -> Result<Option<T>, Unreadable> {
    let mut texts = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let Some(first) = texts.next() else { return Ok(None) };
    let text = texts.fold(first, |all, next| format!("{all}, {next}"));
    of_text(&text).map(Some).map_err(|error| error.within(name))
}

/// Reads a query parameter that has to be there.
///
/// # Errors
/// When it is not, or is of another type.
pub fn query<T: Wire>(request: &Request, name: &str) -> Result<T, Unreadable> {
    match query_some(request, name)? {
        Some(value) => Ok(value),
        None => Err(Unreadable::new(name, "the query parameter is missing")),
    }
}

/// Reads a query parameter that may be left out; of one that stands several times, the list.
///
/// # Errors
/// When it is of another type.
pub fn query_some<T: Wire>(request: &Request, name: &str) -> Result<Option<T>, Unreadable> {
    let found = in_query(request.uri().query().unwrap_or_default(), name);
    let texts: Vec<String> = found.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    match texts.as_slice() {
        [] => Ok(None),
        [only] => of_text(only).map(Some).map_err(|error| error.within(name)),
        several => of_text(&several.join(",")).map(Some).map_err(|error| error.within(name)),
    }
}

/// Reads a value from the text of a parameter: whichever of a text, a number, a truth value or a list fits the type.
///
/// # Errors
/// When none does.
pub fn of_text<T: Wire>(text: &str) -> Result<T, Unreadable> {
    let error = match T::from_json(text.into()) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if let Some(value) = Json::parse(text.as_bytes()).ok().and_then(|json| T::from_json(json).ok()) {
        return Ok(value);
    }
    let items = text.split(',').map(|item| Json::from(item.trim())).collect();
    let numbers = text.split(',').map(|item| Json::parse(item.trim().as_bytes()).unwrap_or(Json::Null)).collect();
    T::from_json(Json::List(items)).or_else(|_| T::from_json(Json::List(numbers))).map_err(|_| error)
}

/// What a body that nobody documented says, cut and without what may be secret.
#[must_use]
pub fn excerpt(reply: &Reply) -> Option<String> {
    core_json::excerpt(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_values_from_text() {
        assert_eq!(of_text::<String>("1").unwrap(), "1");
        assert_eq!(of_text::<i64>("1").unwrap(), 1);
        assert_eq!(of_text::<Vec<i64>>("1, 2").unwrap(), [1, 2]);
        assert_eq!(of_text::<Vec<String>>("a,b").unwrap(), ["a", "b"]);
        assert!(of_text::<bool>("yes").is_err());
    }

    #[test]
    fn knows_media_types() {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "Application/Problem+JSON; charset=utf-8".parse().unwrap());
        assert!(
            is_of(&headers, "json") && is_of(&headers, "application/problem+json") && is_of(&headers, "application/*")
        );
        assert!(!is_of(&headers, "application/json") && !is_of(&headers, "text/*"));
    }
}
