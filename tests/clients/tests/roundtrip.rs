//! Every operation over a socket: what a server gets, and what is made of its answer.

mod server;

use kassa_clients::{access, bodies, names, parameters, schemas};
use kassa_core::client::*;
use server::{Answer, Seen, answering, block_on, client};

/// What the server gets of an operation that is answered with 204.
fn sent<O: Operation>(operation: &O) -> Seen {
    let server = answering(|_| Answer::of(204, "", ""));
    block_on(client(&server, ()).call(operation)).unwrap();
    server.last()
}

/// What an operation makes of an answer.
fn read<O: Operation>(operation: &O, answer: Answer) -> O::Reply {
    let server = answering(move |_| answer.clone());
    block_on(client(&server, ()).call(operation)).unwrap()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

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

const THING: &str = r#"{"id":"67e55044-10b1-426f-9247-bb680e5fe0c8","nothing":null,"absent":null,"order":"<=","level":-1,
    "mixed":"one","version":"v2","day":"2026-02-30","at":"2026-01-31T00:00:00Z","raw":"+/8=","price":12345678901234567890.10,
    "name":"Ann","tags":["a","b"],"children":[{"id":"","nothing":"x","order":"asc"}],"either":[1,2],
    "shape":{"side":2.5},"created":"now","type":"t","größe":7,"":true,"tree":[[],[[]]],
    "joined":{"radius":1.5,"colour":"red"},"anything":{"b":1,"a":[2]},"extra":5}"#;

#[test]
fn schemas_come_back_as_they_were() {
    use schemas::operations::{Echo, EchoReply};
    use schemas::types::{Thing, ThingEither, ThingLevel, ThingMixed, ThingOrder, ThingShape};
    let thing = Thing::from_json(Json::parse(THING.as_bytes()).unwrap()).unwrap();
    assert_eq!((&thing.nothing, &thing.absent, &thing.mixed), (&None, &Maybe::Null, &Maybe::Value(ThingMixed::One)));
    assert_eq!((&thing.order, &thing.level), (&ThingOrder::LessEqual, &Some(ThingLevel::Minus1)));
    assert_eq!(thing.children.as_ref().unwrap()[0].order, ThingOrder::Asc2);
    assert_eq!(thing.children.as_ref().unwrap()[0].absent, Maybe::Absent);
    assert_eq!(thing.either, Some(ThingEither::List(vec![1, 2])));
    assert!(matches!(thing.shape, Some(ThingShape::Square(_))));
    // The day is none, and does not make the answer unreadable.
    assert!(thing.day.as_ref().unwrap().value().is_err());
    assert_eq!(thing.raw.as_ref().unwrap().0.as_ref(), [0xfb, 0xff]);
    assert_eq!(thing.price.as_ref().unwrap().as_str(), "12345678901234567890.10");
    assert_eq!(thing.more["extra"], 5);

    let server = answering(|seen| Answer::of(200, "application/json", &seen.body));
    let EchoReply::Ok(back) = block_on(client(&server, ()).call(&Echo { body: thing.clone() })).unwrap() else {
        panic!()
    };
    // What only the server may set is not sent; all else is.
    assert_eq!(back, Thing { created: None, ..thing.clone() });
    let sent = Json::parse(server.last().body.as_bytes()).unwrap();
    assert!(sent.get("created").is_none() && matches!(sent.get("nothing"), Some(Json::Null)));

    let unknown = THING.replace("\"<=\"", "\"new\"");
    let thing = Thing::from_json(Json::parse(unknown.as_bytes()).unwrap()).unwrap();
    assert_eq!(thing.order, ThingOrder::Other("new".to_owned()));
}

#[test]
fn constraints_are_checked_before_anything_is_sent() {
    use schemas::operations::Echo;
    use schemas::types::{Signed, Thing};
    let mut thing = Thing::from_json(Json::parse(THING.as_bytes()).unwrap()).unwrap();
    thing.signed = Some(Signed { text: "a".to_owned(), by: None });
    thing.named = Some(BTreeMap::new());
    thing.price = Some("0.001".parse().unwrap());
    thing.name = Some("ann and others".to_owned());
    thing.tags = Some(texts(&["a", "a"]));
    let inner = Thing { name: Some("x".to_owned()), ..thing.clone() };
    thing.children = Some(vec![inner]);
    let error = Echo { body: thing }.request(&BaseUrl::new("https://example.org").unwrap()).unwrap_err().to_string();
    for part in [
        "body.price: is 0.001, no multiple of 0.01",
        "body.name: has 14 characters, and may have 8",
        "body.name: does not match ^[A-Z]",
        "body.tags: has an item twice",
        "body.children[0].name: does not match",
        "body.signed: `by` has to be sent",
        "body.named: `name` has to be sent",
    ] {
        assert!(error.contains(part), "{part} in {error}");
    }
}

#[test]
fn passwords_are_sent_and_never_shown() {
    use schemas::operations::Echo;
    use schemas::types::Thing;
    let thing = Thing::from_json(Json::parse(THING.as_bytes()).unwrap()).unwrap();
    let echo = Echo { body: Thing { secret: Some(Secret::new("hunter2")), ..thing } };
    assert!(!format!("{echo:?}").contains("hunter2"));
    let request = echo.request(&BaseUrl::new("https://example.org").unwrap()).unwrap();
    assert!(String::from_utf8_lossy(request.body()).contains(r#""secret":"hunter2""#));
}

#[test]
fn what_has_to_be_there_and_is_not_described_is_kept() {
    use schemas::types::Signed;
    let text = r#"{"text":"a","by":{"name":"Ann"}}"#;
    let read = |text: &str| Signed::from_json(Json::parse(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(read(text).to_json().to_string(), text);
    assert_eq!(read(r#"{"text":"a"}"#).by, None);
}

#[test]
fn kinds_are_told_by_their_tag() {
    use schemas::operations::{EchoPet, EchoPetReply};
    use schemas::types::{Cat, Pet};
    let server = answering(|seen| Answer::of(200, "application/json", &seen.body));
    let call = |body| block_on(client(&server, ()).call(&EchoPet { body }));
    // The tag is set, whatever the field says.
    let EchoPetReply::Ok(Pet::Cat(cat)) = call(Pet::Cat(Cat { kind: "?".to_owned(), lives: 7 })).unwrap() else {
        panic!()
    };
    assert_eq!((cat.kind.as_str(), cat.lives), ("cat", 7));
    assert!(call(Pet::Cat(Cat { kind: "cat".to_owned(), lives: 10 })).is_err());
    let fish = Json::parse(br#"{"kind":"fish"}"#).unwrap();
    let EchoPetReply::Ok(back) = call(Pet::Other(fish.clone())).unwrap() else { panic!() };
    assert_eq!(back, Pet::Other(fish));
    // A cat without lives is no cat, and no fish either.
    let wrong = answering(|_| Answer::of(200, "application/json", r#"{"kind":"cat"}"#));
    let error = block_on(client(&wrong, ()).call(&EchoPet { body: back })).unwrap_err().to_string();
    assert_eq!(error, "the reply cannot be read: body.lives: is missing (HTTP 200)");
}

#[test]
fn bodies_are_written_by_their_media_type() {
    use bodies::operations::{Form, Several, SeveralBody, Upload};
    use bodies::types::{FormBody, FormBodyMap, SeveralJsonBody, UploadBodyAbout, UploadBodyForm};
    let form = FormBody {
        name: "a b".to_owned(),
        list: Some(texts(&["1", "2"])),
        map: Some(FormBodyMap { k: Some("v".to_owned()) }),
    };
    let seen = sent(&Form { body: form });
    assert_eq!(seen.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(seen.body, "name=a%20b&list=1%2C2&map=%7B%22k%22%3A%22v%22%7D");

    let upload = UploadBodyForm {
        file: File::new("a.png", &b"png"[..]),
        more: vec![File::new("b", &b"1"[..]), File::new("c", &b"2"[..])],
        about: Some(UploadBodyAbout { n: Some(1) }),
        stamp: Some(Base64(Bytes::from_static(&[0xfb, 0xff]))),
    };
    let seen = sent(&Upload { body: Some(upload) });
    assert!(seen.header("content-type").starts_with("multipart/form-data; boundary="));
    assert_eq!(seen.body.matches("Content-Disposition").count(), 5);
    assert!(seen.body.contains("name=\"stamp\"\r\nContent-Type: image/gif\r\n\r\n+/8=\r\n"), "{}", seen.body);
    assert!(
        seen.body.contains("name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\npng\r\n"),
        "{}",
        seen.body
    );
    assert!(
        seen.body.contains("name=\"about\"\r\nContent-Type: application/json\r\n\r\n{\"n\":1}\r\n"),
        "{}",
        seen.body
    );

    let kinds = [
        (SeveralBody::Json(SeveralJsonBody { n: Some(1) }), "application/json", "{\"n\":1}"),
        (SeveralBody::Text("x".to_owned()), "text/plain", "x"),
        (SeveralBody::Xml(Bytes::from_static(b"<x/>")), "application/xml", "<x/>"),
        (
            SeveralBody::Other(Content { media_type: "image/gif".to_owned(), bytes: Bytes::from_static(b"G") }),
            "image/gif",
            "G",
        ),
    ];
    for (body, media_type, text) in kinds {
        let seen = sent(&Several { body: Some(body) });
        assert_eq!((seen.header("content-type"), seen.body.as_str()), (media_type, text));
    }
    let seen = sent(&Several { body: None });
    assert_eq!((seen.header("content-type"), seen.body.as_str()), ("", ""));
    assert!(seen.header("accept").starts_with("application/json, text/plain"));
}

#[test]
fn parts_that_the_document_does_not_name_are_sent() {
    use bodies::operations::{Further, FurtherFiles, FurtherFilesBody};
    use bodies::types::{FurtherBodyForm, FurtherFilesFormDataBodyForm, FurtherFilesMixedBodyForm};
    let numbers = |name: &str, numbers: &[i64]| (name.to_owned(), numbers.to_vec());
    let more = BTreeMap::from([numbers("a", &[1, 2]), numbers("name", &[3])]);
    let seen = sent(&Further { body: FurtherBodyForm { more, ..FurtherBodyForm::new("n".to_owned()) } });
    let parts = |body: &str| -> Vec<String> {
        let begin = |line: &&str| line.starts_with("Content-Disposition: form-data; ");
        body.lines().filter(begin).map(|line| line["Content-Disposition: form-data; ".len()..].to_owned()).collect()
    };
    // A name that is there already is that of another part.
    assert_eq!(parts(&seen.body), [r#"name="name""#, r#"name="kind""#, r#"name="a""#, r#"name="a""#]);
    assert!(seen.body.contains("name=\"kind\"\r\n\r\nalbum\r\n"), "{}", seen.body);
    assert!(seen.body.contains("name=\"a\"\r\n\r\n2\r\n"), "{}", seen.body);

    let file = |name: &str| File::new(name, &b"x"[..]);
    let more = BTreeMap::from([("b".to_owned(), file("b.txt"))]);
    let form = FurtherFilesFormDataBodyForm { more, ..FurtherFilesFormDataBodyForm::default() };
    let seen = sent(&FurtherFiles { body: FurtherFilesBody::Multipart(form) });
    assert_eq!(parts(&seen.body), [r#"name="b"; filename="b.txt""#]);
    let more = BTreeMap::from([("c".to_owned(), vec![file("1"), file("2")])]);
    let mixed = FurtherFilesMixedBodyForm { more, ..FurtherFilesMixedBodyForm::new(file("0")) };
    let seen = sent(&FurtherFiles { body: FurtherFilesBody::Multipart2(mixed) });
    let due = [r#"name="cover"; filename="0""#, r#"name="c"; filename="1""#, r#"name="c"; filename="2""#];
    assert_eq!(parts(&seen.body), due);
}

#[test]
fn forms_are_read_in_the_styles_that_they_are_written_in() {
    use bodies::events::StylesAgainEvent;
    use bodies::operations::Styles;
    use bodies::types::{Spot, StylesBody, StylesBodyDeep};
    let spot = |x, y: &str| Spot { x, y: Some(y.to_owned()) };
    let body = StylesBody {
        link: "https://a.example/b?c=1".to_owned(),
        whole: Some(spot(1, "05")),
        json: Some(vec![spot(2, "true")]),
        each: Some(vec![spot(3, "a"), spot(4, "b")]),
        deep: Some(StylesBodyDeep { spots: Some(vec![spot(5, "c"), spot(6, "d")]), words: Some(texts(&["7", "e"])) }),
        joined: Some(spot(8, "f,")),
        flat: Some(spot(9, "g")),
        words: Some(texts(&["h"])),
    };
    let seen = sent(&Styles { body: body.clone() });
    let json = |text: &str| text.replace('{', "%7B").replace('}', "%7D").replace('"', "%22").replace(':', "%3A");
    let due = [
        "link=https://a.example/b?c=1",
        &json(r#"whole={"x":1%2C"y":"05"}"#),
        &json(r#"json=%5B{"x":2%2C"y":"true"}%5D"#),
        &json(r#"each={"x":3%2C"y":"a"}"#),
        &json(r#"each={"x":4%2C"y":"b"}"#),
        "deep%5Bspots%5D%5B0%5D%5Bx%5D=5&deep%5Bspots%5D%5B0%5D%5By%5D=c",
        "deep%5Bspots%5D%5B1%5D%5Bx%5D=6&deep%5Bspots%5D%5B1%5D%5By%5D=d",
        "deep%5Bwords%5D=7&deep%5Bwords%5D=e",
        "joined=x%2C8%2Cy%2Cf%2C",
        "x=9&y=g",
        "words=h",
    ];
    assert_eq!(seen.body, due.join("&"));
    let read = |body: &str| StylesAgainEvent::read(&Request::new(Bytes::copy_from_slice(body.as_bytes())));
    // A comma among joined values is one of theirs, whoever wrote it.
    assert!(read(&seen.body).is_err());
    let body = StylesBody { joined: Some(spot(8, "f")), ..body };
    assert_eq!(read(&sent(&Styles { body: body.clone() }).body).unwrap().body, body);
    let least = StylesBody { link: "a".to_owned(), ..body };
    let least = StylesBody { whole: None, json: None, each: None, deep: None, joined: None, ..least };
    let least = StylesBody { flat: None, words: None, ..least };
    assert_eq!(read(&sent(&Styles { body: least.clone() }).body).unwrap().body, least);
}

#[test]
fn pairs_are_of_what_the_document_names() {
    use bodies::events::PairsKeptEvent;
    use bodies::operations::Pairs;
    use bodies::types::{PairsBody, Spot};
    let map = |key: &str, value: &str| Some(BTreeMap::from([(key.to_owned(), value.to_owned())]));
    let kept = |query: &str, body: String| {
        let mut request = kassa_core::http::Request::new(Bytes::from(body));
        request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
        *request.uri_mut() = format!("https://example.org/hook?{query}").parse().unwrap();
        PairsKeptEvent::read(&request)
    };
    // Nothing is left for the maps; a name with brackets is a name; an empty text is no number.
    let mut body = PairsBody {
        data_email: Some("a@b".to_owned()),
        data: Some(BTreeMap::from([("k".to_owned(), 2)])),
        ..PairsBody::new(1)
    };
    let written = sent(&Pairs { body: body.clone() }).body;
    assert_eq!(written, "id=1&data%5Bemail%5D=a%40b&data%5Bk%5D=2");
    let event = kept("page=&x=1", format!("{written}&size=")).unwrap();
    assert_eq!((event.page, event.spot, event.rest), (None, Some(Spot { x: 1, y: None }), None));
    assert_eq!(event.body, body);
    body.labels = Some((0..100).map(|n| (format!("l{n}"), n.to_string())).collect());
    let event = kept("page=3&a=1", sent(&Pairs { body: body.clone() }).body).unwrap();
    assert_eq!((event.page, event.spot, event.rest), (Some(3), None, map("a", "1")));
    assert_eq!(event.body, body);
    let error = kept("", "id=".to_owned()).unwrap_err().to_string();
    assert_eq!(error, "body.id: expected a number, found an empty text");
}

#[test]
fn answers_are_told_apart() {
    use bodies::operations::{Several, SeveralOkBody, SeveralReply};
    let several = Several::default();
    let json =
        Answer::of(200, "application/json; charset=utf-8", "{\"n\":1}").with("x-names", "a, b").with("x-rate", "7");
    match read(&several, json.clone()) {
        SeveralReply::Ok { headers, body: SeveralOkBody::Json(body) } => {
            assert_eq!((headers.x_rate, headers.x_names, body.n), (Some(7), texts(&["a", "b"]), Some(1)));
        }
        other => panic!("{other:?}"),
    }
    let dated = "a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT";
    match read(&several, json.clone().with("set-cookie", dated).with("set-cookie", "b=2")) {
        SeveralReply::Ok { headers, .. } => assert_eq!(headers.set_cookie, Some(texts(&[dated, "b=2"]))),
        other => panic!("{other:?}"),
    }
    let text = Answer { content_type: "text/plain".to_owned(), ..json };
    assert!(
        matches!(read(&several, text), SeveralReply::Ok { body: SeveralOkBody::Text(text), .. } if text == "{\"n\":1}")
    );
    let created = Answer::of(201, "application/json", "[1,2]");
    assert!(matches!(read(&several, created), SeveralReply::Created(list) if list == [1, 2]));
    assert!(matches!(read(&several, Answer::of(204, "", "")), SeveralReply::NoContent));
    let problem = Answer::of(422, "application/problem+json", "{\"title\":\"no\"}");
    assert!(matches!(read(&several, problem), SeveralReply::ClientError { status: 422, body } if body.title == "no"));
    let other = Answer::of(503, "text/html", "<html>");
    assert!(matches!(read(&several, other), SeveralReply::Default { status: 503, body } if body == "<html>"));
}

#[test]
fn nothing_that_comes_is_lost() {
    use bodies::operations::{Loose, LooseReply};
    // What nobody documented is there all the same.
    let told = Answer::of(200, "application/json", "{\"n\":1}").with("x-more", "2");
    let LooseReply::Ok(reply) = read(&Loose, told) else { panic!() };
    assert_eq!((&reply.body()[..], &reply.headers()["x-more"]), (&b"{\"n\":1}"[..], &"2".parse().unwrap()));
    let made = Answer::of(201, "", "made").with("location", "/1");
    let LooseReply::Created { headers, reply } = read(&Loose, made) else { panic!() };
    assert_eq!((headers.location.as_deref(), &reply.body()[..]), (Some("/1"), &b"made"[..]));
    let none = read(&Loose, Answer::of(404, "text/plain", "none"));
    assert!(matches!(none, LooseReply::ClientError(reply) if reply.status() == 404 && reply.body() == "none"));
    // A status without a body is read, also where the document says one of all that are like it.
    for status in [204, 205, 304] {
        let empty = read(&Loose, Answer::of(status, "", ""));
        assert!(matches!(&empty, LooseReply::Undocumented(reply) if reply.status() == status), "{empty:?}");
    }
    let problem = || Answer::of(0, "application/json", "{\"title\":\"no\"}");
    let range = read(&Loose, Answer { status: 202, ..problem() });
    assert!(matches!(range, LooseReply::Success { status: 202, body } if body.title == "no"));
    let other = read(&Loose, Answer { status: 500, ..problem() });
    assert!(matches!(other, LooseReply::Default { status: 500, body } if body.title == "no"));
}

#[test]
fn what_is_of_another_type_is_not_taken_for_its_own() {
    use bodies::operations::{Kinds, KindsReply, Several, SeveralOkBody, SeveralReply, Trace};
    let failed = |error: CallError<std::io::Error>| match error {
        CallError::Unreadable { error, reply } => (error.to_string(), reply.body().clone()),
        other => panic!("{other:?}"),
    };
    // An error says what came, and keeps it.
    let page = answering(|_| Answer::of(200, "text/html", "<p>"));
    let (error, body) = failed(block_on(client(&page, ()).call(&Trace)).unwrap_err());
    assert_eq!((error.as_str(), &body[..]), ("body: is text/html, where message/http is due", &b"<p>"[..]));
    let several = answering(|_| Answer::of(200, "text/html", "<p>").with("x-names", "a"));
    let (error, body) = failed(block_on(client(&several, ()).call(&Several::default())).unwrap_err());
    assert!(error.ends_with("most likely of a proxy on the way (HTTP 200, text/html)") && body == "<p>", "{error}");
    let form = answering(|_| Answer::of(201, "text/plain", "title=a"));
    let (error, _) = failed(block_on(client(&form, ()).call(&Kinds)).unwrap_err());
    assert_eq!(error, "body: is text/plain, where application/x-www-form-urlencoded is due");
    // Letters of any size mean the same; parameters that the document does not have say nothing.
    let text = Answer::of(200, "TEXT/Plain; Charset=UTF-8; format=flowed", "x").with("x-names", "a");
    assert!(
        matches!(read(&Several::default(), text), SeveralReply::Ok { body: SeveralOkBody::Text(text), .. } if text == "x")
    );
    let json = Answer::of(500, "Application/JSON; version=3", "{\"title\":\"no\"}");
    assert!(matches!(read(&Kinds, json), KindsReply::ServerError { body, .. } if body.title == "no"));
}

#[test]
fn what_is_said_exactly_goes_before_ranges() {
    use bodies::operations::{Kinds, KindsOkBody as Kind, KindsReply};
    let kind = |media_type: &str, body: &str| match read(&Kinds, Answer::of(200, media_type, body)) {
        KindsReply::Ok { body, .. } => body,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("Application/JSON;charset=UTF-8", "[1]"), Kind::Json(vec![1]));
    let Kind::Json2(second) = kind("application/json; Version=2; charset=utf-8", "{\"title\":\"a\"}") else { panic!() };
    assert_eq!(second.title, "a");
    assert_eq!(kind("text/csv", "a,b"), Kind::Csv("a,b".to_owned()));
    assert!(matches!(kind("text/html", "<p>"), Kind::Other(_) | Kind::Other2(_)));
    assert_ne!(kind("text/html", "<p>"), kind("image/png", "<p>"));
    // Nobody says: it is anything.
    assert_eq!(kind("", "<p>"), kind("image/png", "<p>"));
    let placed = Answer::of(200, "application/json", "[]").with("x-place", "row=3,side=7");
    let KindsReply::Ok { headers, .. } = read(&Kinds, placed) else { panic!() };
    let place = headers.x_place.unwrap();
    assert_eq!((place.row, place.side.as_deref()), (3, Some("7")));
    let form = read(&Kinds, Answer::of(201, "application/x-www-form-urlencoded", "title=a+b%21"));
    assert!(matches!(form, KindsReply::Created(form) if form.title == "a b!"));
    assert!(matches!(read(&Kinds, Answer::of(204, "", "")), KindsReply::NoContent));
    assert!(
        matches!(read(&Kinds, Answer::of(503, "text/html", "<p>")), KindsReply::ServiceUnavailable(page) if page.body() == "<p>")
    );
    let problem = read(&Kinds, Answer::of(500, "", "{\"title\":\"no\"}"));
    assert!(matches!(problem, KindsReply::ServerError { status: 500, body } if body.title == "no"));
    assert!(matches!(read(&Kinds, Answer::of(404, "", "")), KindsReply::Undocumented(reply) if reply.status() == 404));
    // A body that is due and is not there is an error that says so, and keeps the reply.
    let server = answering(|_| Answer::of(502, "", ""));
    let error = block_on(client(&server, ()).call(&Kinds)).unwrap_err();
    assert_eq!(error.to_string(), "the reply cannot be read: body: is empty where JSON is due (HTTP 502)");
    assert_eq!(
        server.last().header("accept"),
        "application/json, application/json; version=2, */*, text/*, text/csv, application/x-www-form-urlencoded, \
         application/problem+json"
    );
}

#[test]
fn events_are_a_stream() {
    use bodies::operations::{Events2, Events2Reply, Look, LookReply, Trace, TraceReply};
    let stream =
        Answer::of(200, "text/event-stream", "id: 1\ndata: {\"title\":\ndata: \"a\"}\n\ndata: {\"title\":\"b\"}\n\n");
    let Events2Reply::Ok(events) = read(&Events2, stream) else { panic!() };
    let titles: Vec<String> = events.map(|event| event.unwrap().data.title).collect();
    assert_eq!(titles, ["a", "b"]);
    assert!(matches!(read(&Look, Answer::of(200, "application/json", "")), LookReply::Ok(_)));
    assert!(matches!(read(&Trace, Answer::of(200, "message/http", "x")), TraceReply::Ok(body) if body == "x"));
}

#[test]
fn what_the_service_sends_is_read() {
    use access::events::{NewPetEvent, SubscribeToldEvent};
    let request = |header: Option<&str>, body: &'static str| {
        let mut request = kassa_core::http::Request::new(Bytes::from_static(body.as_bytes()));
        *request.uri_mut() = "https://example.org/hook?page=3".parse().unwrap();
        if let Some(value) = header {
            request.headers_mut().insert("x-signature", value.parse().unwrap());
        }
        request
    };
    let told = SubscribeToldEvent::read(&request(Some("s"), "{\"text\":\"hi\"}")).unwrap();
    assert_eq!((told.x_signature.as_str(), told.body.text.as_str()), ("s", "hi"));
    assert!(SubscribeToldEvent::read(&request(None, "{\"text\":\"hi\"}")).is_err());
    assert!(SubscribeToldEvent::read(&request(Some("s"), "{}")).is_err());
    let pet = NewPetEvent::read(&request(None, "")).unwrap();
    assert_eq!((pet.page, pet.body), (Some(3), None));
}

#[test]
fn what_the_service_asks_is_read_and_answered() {
    use access::events::{
        SubscribeAskedEvent, SubscribeAskedEventBody, SubscribeAskedEventOkBody, SubscribeAskedEventOkHeaders,
        SubscribeAskedEventReply, SubscribeMovedEvent, SubscribeMovedEventReply,
    };
    use access::types::{Filter, News, SubscribeAskedEventOkJson};
    let request = |content_type: &str, body: &'static str| {
        kassa_core::http::Request::builder()
            .method("PUT")
            .uri("https://example.org/hook/shops/a%2Fb/;list=1;list=2?filter%5Brow%5D=3&filter%5Bside%5D=7")
            .header("content-type", content_type)
            .header("cookie", "other=1; sid=x%20y")
            .header("x-place", "row,4,side,left")
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap()
    };
    let asked = SubscribeAskedEvent::read(&request("application/json", "{\"text\":\"hi\"}")).unwrap();
    assert_eq!((asked.shop.as_str(), &asked.list, asked.sid.as_str()), ("a/b", &vec![1, 2], "x y"));
    let filter = |row, side: &str, tags: Option<&[&str]>| Filter { row, side: side.to_owned(), tags: tags.map(texts) };
    assert_eq!((asked.filter, asked.x_place), (Some(filter(3, "7", None)), Some(filter(4, "left", None))));
    assert_eq!(asked.body, SubscribeAskedEventBody::Json(News { text: "hi".to_owned() }));
    let (mut head, body) = request("application/json", "{\"text\":\"hi\"}").into_parts();
    let target =
        "https://example.org/hook/shops/a/;list=1?filter[row]=3&filter[side]=7&filter[tags][]=x&filter[tags][]=5";
    head.uri = target.parse().unwrap();
    let tagged = SubscribeAskedEvent::read(&Request::from_parts(head, body)).unwrap();
    assert_eq!(tagged.filter, Some(filter(3, "7", Some(&["x", "5"]))));
    let form = request("application/x-www-form-urlencoded", "row=5&side=a+b&tags=1");
    let SubscribeAskedEventBody::Form(form) = SubscribeAskedEvent::read(&form).unwrap().body else { panic!() };
    assert_eq!(form, filter(5, "a b", Some(&["1"])));
    let text = SubscribeAskedEvent::read(&request("text/plain; charset=utf-8", "5")).unwrap();
    assert_eq!(text.body, SubscribeAskedEventBody::Text("5".to_owned()));
    let elsewhere = request("text/plain", "");
    let (mut head, body) = elsewhere.into_parts();
    head.uri = "https://example.org/hook/1/2".parse().unwrap();
    let error = SubscribeAskedEvent::read(&Request::from_parts(head, body)).unwrap_err().to_string();
    assert_eq!(error, "shop: the path does not end in /shops/{shop}/{list}");

    let ok = |keep| SubscribeAskedEventReply::Ok {
        headers: SubscribeAskedEventOkHeaders { x_left: vec![1, 2] },
        body: SubscribeAskedEventOkBody::Json(SubscribeAskedEventOkJson { keep }),
    };
    let reply = ok(5).to_reply().unwrap();
    assert_eq!((reply.status().as_u16(), &reply.body()[..]), (200, &b"{\"keep\":5}"[..]));
    assert_eq!(reply.headers()["x-left"], "1,2");
    assert_eq!(reply.headers()["content-type"], "application/json");
    assert!(ok(6).to_reply().unwrap_err().to_string().contains("body.keep: is 6"));
    assert_eq!(SubscribeAskedEventReply::Gone.to_reply().unwrap().status().as_u16(), 410);
    let problem = SubscribeAskedEventReply::Default { status: 503, body: News { text: "no".to_owned() } };
    let reply = problem.to_reply().unwrap();
    assert_eq!(reply.status().as_u16(), 503);
    assert_eq!(reply.headers()["content-type"], "application/problem+json");
    assert!(SubscribeMovedEventReply::Success { status: 7 }.to_reply().is_err());
    assert_eq!(SubscribeMovedEvent::read(&request("text/plain", "")).unwrap().body, None);
}

#[test]
fn names_of_any_kind_are_sent_as_they_are() {
    use names::operations::GetABByType;
    let get = GetABByType { r#type: "x".to_owned(), param: Some("#".to_owned()) };
    let request = get.request(&BaseUrl::new("https://example.org").unwrap()).unwrap();
    assert_eq!(request.uri(), "https://example.org/a%20b/x?%22%23=%23");
}

#[test]
fn a_client_can_be_made_by_a_build_script() {
    use kassa_clients::tickets::operations::{Pay, PayReply};
    use kassa_clients::tickets::types::{Coins, Outcome, Payment};
    let pay = Pay { body: Payment::Coins(Coins { kind: "Coins".to_owned(), cents: vec![200] }) };
    let reply = read(&pay, Answer::of(200, "application/json", r#"{"type":"Ticket","number":12}"#));
    let PayReply::Ok(Outcome::Ticket(ticket)) = reply else { panic!("{reply:?}") };
    assert_eq!(ticket.number, 12);
}
