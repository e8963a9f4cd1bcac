//! Values of every schema over a socket: what a server gets, and what is made of its answer.

mod server;

use kassa_clients::schemas;
use kassa_core::client::*;
use server::{Answer, answering, block_on, client, read, texts};

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
fn a_client_can_be_made_by_a_build_script() {
    use kassa_clients::tickets::operations::{Pay, PayReply};
    use kassa_clients::tickets::types::{Coins, Outcome, Payment};
    let pay = Pay { body: Payment::Coins(Coins { kind: "Coins".to_owned(), cents: vec![200] }) };
    let reply = read(&pay, Answer::of(200, "application/json", r#"{"type":"Ticket","number":12}"#));
    let PayReply::Ok(Outcome::Ticket(ticket)) = reply else { panic!("{reply:?}") };
    assert_eq!(ticket.number, 12);
}
