//! Parameters, servers and names over a socket: what a server gets.

mod server;

use kassa_clients::{names, parameters};
use kassa_core::client::*;
use server::{sent, texts};

#[test]
fn parameters_are_written_in_their_styles() {
    use parameters::operations::{Paths, Query};
    use parameters::types::Point;
    let point = || Point { x: 1, y: Some(2) };
    let paths =
        Paths { list: vec![1, 2], object: point(), labelled: texts(&["a", "b"]), matrixed: texts(&["c/", "d"]) };
    assert_eq!(sent(&paths).target, "/v0/simple/1,2/x=1,y=2/label.a,b/matrix;matrixed=c%2F;matrixed=d");
    let query = Query {
        id: Some("own".to_owned()),
        exploded: Some(texts(&["a", "b&"])),
        joined: Some(texts(&["a", "b"])),
        space: Some(texts(&["a", "b"])),
        pipe: Some(texts(&["a", "b"])),
        deep: Some(point()),
        flat: Some(point()),
        filter: Some(Point { x: 3, y: None }),
        reserved: Some("a/b?c".to_owned()),
        x_limit: 5,
        x_list: Some(texts(&["aa", "bb"])),
        session: Some("s t".to_owned()),
        id2: "path".to_owned(),
    };
    let seen = sent(&query);
    assert_eq!(
        seen.target,
        "/v0/query/path?id=own&exploded=a&exploded=b%26&joined=a,b&space=a%20b&pipe=a%7Cb&deep%5Bx%5D=1&deep%5By%5D=2\
         &x=1&y=2&filter=%7B%22x%22%3A3%7D&reserved=a/b?c"
    );
    assert_eq!((seen.header("x-limit"), seen.header("x-list"), seen.header("cookie")), ("5", "aa,bb", "session=s%20t"));
    let least = Query { space: Some(texts(&["a"])), ..Query::new(5, "path".to_owned()) };
    assert_eq!(sent(&least).target, "/v0/query/path?space=a");
    let wrong = Query { x_limit: 101, x_list: Some(texts(&["a"])), ..query.clone() };
    let error = wrong.request(&BaseUrl::new("https://example.org").unwrap()).unwrap_err().to_string();
    assert!(error.contains("x-limit: is 101, and may not be more than 100; x-list[0]: has 1 characters"), "{error}");
    for id in ["", ".."] {
        let wrong = Query { id2: id.to_owned(), ..query.clone() };
        assert!(wrong.request(&BaseUrl::new("https://example.org").unwrap()).is_err());
    }
}

#[test]
fn servers_have_variables() {
    use parameters::servers::{BesideServer, HereServer, ProductionServer};
    let server = ProductionServer { region: "us".to_owned(), ..ProductionServer::default() };
    assert_eq!(server.base().unwrap().as_str(), "https://us.example.org/v1");
    let wrong = ProductionServer { region: "as".to_owned(), ..server.clone() };
    let error = wrong.base().unwrap_err().to_string();
    assert_eq!(error, "a value breaks the document: the server's region is one of eu, us, and not \"as\"");
    let wrong = ProductionServer { version: "?a".to_owned(), ..server };
    assert!(wrong.base().is_err());
    let document = "https://docs.example.org/api/openapi.yaml";
    let beside = BesideServer { version: "v5".to_owned() };
    assert_eq!(beside.base(document).unwrap().as_str(), "https://docs.example.org/v5");
    assert_eq!(HereServer.base(document).unwrap().as_str(), "https://docs.example.org/v2");
    // A server of an operation's own may be relative too.
    assert_eq!(sent(&parameters::operations::Elsewhere).target, "/v3/elsewhere");
}

#[test]
fn names_of_any_kind_are_sent_as_they_are() {
    use names::operations::GetABByType;
    let get = GetABByType { r#type: "x".to_owned(), param: Some("#".to_owned()) };
    let request = get.request(&BaseUrl::new("https://example.org").unwrap()).unwrap();
    assert_eq!(request.uri(), "https://example.org/a%20b/x?%22%23=%23");
}
