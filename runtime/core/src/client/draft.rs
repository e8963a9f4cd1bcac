//! Requests, put together piece by piece.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use super::stream::{self, Body};
use super::style::{Escape, one, pairs, plain};
use super::{Broken, Check, Content, Json, Multipart, Style, Wire};
use crate::{BaseUrl, BuildError, Reply, Request};

/// A request in the making. What is wrong is told by [`Draft::build`].
#[derive(Debug)]
pub struct Draft {
    method: Method,
    url: String,
    query: String,
    cookies: String,
    headers: Vec<(&'static str, String)>,
    body: Option<(String, Body)>,
    broken: Vec<Broken>,
    error: Option<BuildError>,
}

impl Draft {
    /// A request to `base`.
    #[must_use]
    pub fn new(method: Method, base: &BaseUrl) -> Self {
        Self::at(method, base.as_str().to_owned())
    }

    /// A request to an address that is complete.
    pub(super) fn at(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            query: String::new(),
            cookies: String::new(),
            headers: Vec::new(),
            body: None,
            broken: Vec::new(),
            error: None,
        }
    }

    /// Appends literal text of the document's path.
    #[must_use]
    pub fn path(mut self, text: &str) -> Self {
        self.url.push_str(text);
        self
    }

    /// Appends a parameter to the path. An empty one is refused: it would be the path of something else.
    #[must_use]
    pub fn segment(mut self, name: &'static str, style: Style, value: &impl Wire) -> Self {
        let written = one(name, style, &self.sendable(name, value), Escape::All);
        if matches!(written.as_str(), "" | "." | "..") {
            self.fail(BuildError::Url(format!("the path parameter `{name}` may not be {written:?}")));
        }
        self.url.push_str(&written);
        self
    }

    /// Adds a parameter to the query, unless it is null.
    #[must_use]
    pub fn query(mut self, name: &'static str, style: Style, value: &impl Wire) -> Self {
        let json = self.sendable(name, value);
        self.add_pairs(pairs(name, style, &json, Escape::All));
        self
    }

    /// Adds a parameter to the query, its reserved characters as they are.
    #[must_use]
    pub fn query_reserved(mut self, name: &'static str, style: Style, value: &impl Wire) -> Self {
        let json = self.sendable(name, value);
        self.add_pairs(pairs(name, style, &json, Escape::Reserved));
        self
    }

    /// A value as JSON, which has no number for `NaN` and infinity, and whose numbers all styles write.
    fn sendable(&mut self, name: &str, value: &impl Wire) -> Json {
        let json = value.to_json();
        if let Some(number) = no_number(&json) {
            let reason = format!("{number} is no number that can be sent");
            self.broken.push(Broken { place: name.to_owned(), reason });
        }
        json
    }

    fn add_pairs(&mut self, pairs: Vec<(String, String)>) {
        for (name, value) in pairs {
            if !self.query.is_empty() {
                self.query.push('&');
            }
            self.query.push_str(&name);
            self.query.push('=');
            self.query.push_str(&value);
        }
    }

    /// Adds a header, unless the value is null. `name` is in lower case. Of a request there is one header of cookies, and
    /// of cookies that are set a line each.
    #[must_use]
    pub fn header(mut self, name: &'static str, style: Style, value: &impl Wire) -> Self {
        match (name, self.sendable(name, value)) {
            (_, Json::Null) => {}
            ("cookie", json) => self.add_cookie(&one(name, style, &json, Escape::None)),
            ("set-cookie", Json::List(items)) => self.headers.extend(items.iter().map(|item| (name, plain(item)))),
            (_, json) => self.headers.push((name, one(name, style, &json, Escape::None))),
        }
        self
    }

    /// Adds a cookie, unless the value is null.
    #[must_use]
    pub fn cookie(mut self, name: &'static str, style: Style, value: &impl Wire) -> Self {
        let json = self.sendable(name, value);
        for (name, value) in pairs(name, style, &json, Escape::All) {
            self.add_cookie(&format!("{name}={value}"));
        }
        self
    }

    fn add_cookie(&mut self, text: &str) {
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(text);
    }

    /// Says which media types the answer may have.
    #[must_use]
    pub fn accept(mut self, types: &'static str) -> Self {
        self.headers.push((header::ACCEPT.as_str(), types.to_owned()));
        self
    }

    /// Holds a value against the constraints of the document.
    #[must_use]
    pub fn check(mut self, name: &str, value: &impl Wire, rule: impl FnOnce(&mut Check<'_>)) -> Self {
        let json = value.to_json();
        if !matches!(json, Json::Null) {
            rule(&mut Check::new(&json, name, &mut self.broken));
        }
        self
    }

    /// Sets a JSON body, checked.
    #[must_use]
    pub fn json<T: Wire>(mut self, media_type: &str, body: &T) -> Self {
        let json = self.sendable("body", body);
        T::check(&mut Check::new(&json, "body", &mut self.broken));
        self.body = Some((media_type.to_owned(), json.to_string().into()));
        self
    }

    /// Sets a body of names and values. `styles` says of fields how their lists and objects are written.
    #[must_use]
    pub fn form<T: Wire>(self, body: &T, styles: &[(&str, Style)]) -> Self {
        self.form_reserved(body, styles, &[])
    }

    /// Sets a body of names and values, with fields whose `reserved` characters are as they are.
    #[must_use]
    pub fn form_reserved<T: Wire>(mut self, body: &T, styles: &[(&str, Style)], reserved: &[&str]) -> Self {
        let json = self.sendable("body", body);
        T::check(&mut Check::new(&json, "body", &mut self.broken));
        let Json::Object(object) = &json else {
            self.body = Some((FORM.to_owned(), plain(&json).into()));
            return self;
        };
        let pairs = object.iter().flat_map(|(name, value)| {
            let style = match (styles.iter().find(|(of, _)| *of == name), value) {
                (Some((_, style)), _) => *style,
                // As OpenAPI 3.0.4 and 3.1.1 have it of fields of which nothing is said.
                (None, Json::Object(_)) => Style::Json,
                (None, _) => Style::FormExplode,
            };
            let is_reserved = reserved.contains(&name);
            let escape = if is_reserved { Escape::Reserved } else { Escape::All };
            // A comma between items is escaped as well: that is how a form is written (WHATWG URL §5.2).
            let written = move |value: String| if is_reserved { value } else { value.replace(',', "%2C") };
            pairs(name, style, value, escape).into_iter().map(move |(name, value)| format!("{name}={}", written(value)))
        });
        let text: Vec<String> = pairs.collect();
        self.body = Some((FORM.to_owned(), text.join("&").into()));
        self
    }

    /// Sets a body of parts, as checked as they are.
    #[must_use]
    pub fn multipart<F: Into<Body>>(mut self, media_type: &str, mut body: Multipart<F>) -> Self {
        self.broken.append(&mut body.take_broken());
        match body.finish(media_type) {
            Ok(body) => self.body = Some(body),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Sets a body as it is.
    #[must_use]
    pub fn bytes(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        self.body = Some((media_type.to_owned(), body.into()));
        self
    }

    /// Sets a body whose media type the sender chooses.
    #[must_use]
    pub fn content<F: Into<Body>>(self, body: Content<F>) -> Self {
        self.bytes(&body.media_type, body.bytes)
    }

    fn fail(&mut self, error: BuildError) {
        self.error.get_or_insert(error);
    }

    /// The request.
    ///
    /// # Errors
    /// When a piece of it is not valid, or breaks a constraint of the document.
    pub fn build(self) -> Result<Request, BuildError> {
        let (head, body) = self.stream()?.into_parts();
        Ok(http::Request::from_parts(head, in_memory(&body)?))
    }

    /// The request, with a body that need not be in memory.
    ///
    /// # Errors
    /// As [`Draft::build`].
    pub fn stream(mut self) -> Result<stream::Request, BuildError> {
        self.sound()?;
        self.add_cookies();
        if !self.query.is_empty() {
            self.url.push(if self.url.contains('?') { '&' } else { '?' });
            self.url.push_str(&self.query);
        }
        let uri: Uri = self.url.parse().map_err(|_| BuildError::Url(self.url.clone()))?;
        let mut request = http::Request::new(Body::default());
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.body_mut() = write(self.headers, self.body, request.headers_mut())?;
        Ok(request)
    }

    /// A reply in the making, to what a service sends by itself.
    #[must_use]
    pub fn reply() -> Self {
        Self::at(Method::GET, String::new())
    }

    /// The reply.
    ///
    /// # Errors
    /// When a piece of it is not valid, or breaks a constraint of the document.
    pub fn answer(mut self, status: u16) -> Result<Reply, BuildError> {
        self.sound()?;
        self.add_cookies();
        let mut reply = Reply::default();
        *reply.status_mut() =
            StatusCode::from_u16(status).map_err(|_| BuildError::Header(format!("status {status}")))?;
        let body = write(self.headers, self.body, reply.headers_mut())?;
        *reply.body_mut() = in_memory(&body)?;
        Ok(reply)
    }

    fn add_cookies(&mut self) {
        if !self.cookies.is_empty() {
            self.headers.push((header::COOKIE.as_str(), std::mem::take(&mut self.cookies)));
        }
    }

    fn sound(&self) -> Result<(), BuildError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        if self.broken.is_empty() {
            return Ok(());
        }
        let all: Vec<String> = self.broken.iter().map(ToString::to_string).collect();
        Err(BuildError::Constraint(all.join("; ")))
    }
}

/// Writes headers, and gives the body.
fn write(
    headers: Vec<(&'static str, String)>,
    body: Option<(String, Body)>,
    to: &mut HeaderMap,
) -> Result<Body, BuildError> {
    for (name, value) in headers {
        let error = || BuildError::Header(name.to_owned());
        let mut value = HeaderValue::from_str(&value).map_err(|_| error())?;
        value.set_sensitive(matches!(name, "authorization" | "proxy-authorization"));
        to.append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| error())?, value);
    }
    let Some((media_type, body)) = body else { return Ok(Body::default()) };
    let value = HeaderValue::from_str(&media_type).map_err(|_| BuildError::Header("content-type".to_owned()))?;
    to.insert(header::CONTENT_TYPE, value);
    Ok(body)
}

fn in_memory(body: &Body) -> Result<Bytes, BuildError> {
    body.whole().ok_or_else(|| BuildError::Body("it is not in memory".to_owned()))
}

const FORM: &str = "application/x-www-form-urlencoded";

/// A number in `json` that JSON cannot write.
fn no_number(json: &Json) -> Option<&str> {
    match json {
        Json::Number(number) => Some(number.as_str()).filter(|text| text.ends_with(['N', 'f'])),
        Json::List(items) => items.iter().find_map(no_number),
        Json::Object(object) => object.iter().find_map(|(_, value)| no_number(value)),
        Json::Null | Json::Bool(_) | Json::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft::new(Method::POST, &BaseUrl::new("https://example.org/v1").unwrap())
    }

    #[test]
    fn what_is_no_number_is_not_sent() {
        let request = draft().query("q", Style::FormExplode, &vec![1.5, f64::NAN]).form(&f64::INFINITY, &[]).build();
        assert_eq!(
            request.unwrap_err().to_string(),
            "a value breaks the document: q: NaN is no number that can be sent; body: inf is no number that can be sent"
        );
    }

    #[test]
    fn puts_each_piece_in_its_place() {
        let request = draft()
            .path("/pets/")
            .segment("id", Style::Simple, &"a/b".to_owned())
            .query("q", Style::FormExplode, &vec![1, 2])
            .query("none", Style::FormExplode, &None::<i64>)
            .header("x-a", Style::Simple, &true)
            .cookie("c", Style::Form, &1)
            .json("application/json", &vec!["x".to_owned()])
            .build()
            .unwrap();
        assert_eq!(request.uri(), "https://example.org/v1/pets/a%2Fb?q=1&q=2");
        assert_eq!(request.headers()["x-a"], "true");
        assert_eq!(request.headers()["cookie"], "c=1");
        assert_eq!(request.body(), "[\"x\"]");
    }

    #[test]
    fn cookies_are_in_one_header_and_set_in_one_each() {
        let cookies = draft().header("cookie", Style::Simple, &"a=1".to_owned()).cookie("b", Style::Form, &2);
        let request = cookies.build().unwrap();
        let all: Vec<_> = request.headers().get_all("cookie").iter().collect();
        assert_eq!(all, ["a=1; b=2"]);
        let set = vec!["a=1; Path=/, b".to_owned(), "c=2".to_owned()];
        let reply = Draft::reply().header("set-cookie", Style::Simple, &set).answer(200).unwrap();
        let all: Vec<_> = reply.headers().get_all("set-cookie").iter().collect();
        assert_eq!(all, ["a=1; Path=/, b", "c=2"]);
    }

    #[test]
    fn refuses_what_would_mean_something_else() {
        for value in ["", ".", ".."] {
            assert!(draft().path("/pets/").segment("id", Style::Simple, &value.to_owned()).build().is_err(), "{value}");
        }
        assert!(draft().json("application/json", &f64::NAN).build().is_err());
        assert!(draft().header("x-a", Style::Simple, &"a\r\nb: c".to_owned()).build().is_err());
    }

    #[test]
    fn writes_forms() {
        let body = Json::parse(br#"{"a b":"1&2","list":[1,2],"map":{"k":"v"},"none":null}"#).unwrap();
        let request = draft().form(&body, &[("list", Style::Form)]).build().unwrap();
        assert_eq!(request.body(), "a%20b=1%262&list=1%2C2&map=%7B%22k%22%3A%22v%22%7D");
        let request = draft().form_reserved(&body, &[("list", Style::Form)], &["a b", "list"]).build().unwrap();
        assert_eq!(request.body(), "a%20b=1%262&list=1,2&map=%7B%22k%22%3A%22v%22%7D");
        let body = Json::parse(br#"{"link":"https://a.example/b?c=d&e","other":"a/b"}"#).unwrap();
        let request = draft().form_reserved(&body, &[], &["link"]).build().unwrap();
        assert_eq!(request.body(), "link=https://a.example/b?c=d%26e&other=a%2Fb");
    }
}
