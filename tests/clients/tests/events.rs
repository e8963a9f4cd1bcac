//! What a service sends by itself: how it is read, and what it is answered with.

mod server;

use kassa_clients::{access, bodies};
use kassa_core::client::*;
use server::{sent, texts};

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
        "deep%5Bwords%5D%5B%5D=7&deep%5Bwords%5D%5B%5D=e",
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
