//! Shapes of schemas: what is written, what is read, and what is refused before it is sent.

use kassa_clients::shapes::operations::{Hold, SendNumbers, SendTuples, SendUnions};
use kassa_clients::shapes::types::*;
use kassa_core::client::*;

fn read<T: Wire>(text: &str) -> T {
    T::from_json(Json::parse(text.as_bytes()).unwrap()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn unreadable<T: Wire + std::fmt::Debug>(text: &str) -> String {
    T::from_json(Json::parse(text.as_bytes()).unwrap()).unwrap_err().to_string()
}

/// What is wrong with a request; nothing of one that may be sent.
fn refused(operation: &impl Operation) -> String {
    match operation.request(&BaseUrl::new("https://example.org").unwrap()) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

fn body(operation: &impl Operation) -> String {
    let request = operation.request(&BaseUrl::new("https://example.org").unwrap()).unwrap();
    String::from_utf8(request.body().to_vec()).unwrap()
}

#[test]
fn numbers_are_exact_unless_the_document_says_otherwise() {
    let text = r#"{"plain":9007199254740992.99,"currency":0.30,"double":0.5,"either":1.0,"whole":-7,"wide":18446744073709551615,"huge":340282366920938463463374607431768211456,"step":6.0}"#;
    let numbers: Numbers = read(text);
    assert_eq!((&numbers.plain, numbers.double), (&Some(Number::literal("9007199254740992.99")), Some(0.5)));
    assert_eq!(numbers.huge.as_ref().map(Whole::to_string).as_deref(), Some("340282366920938463463374607431768211456"));
    assert_eq!(unreadable::<Numbers>(r#"{"huge":1.5}"#), "huge: expected a whole number, found 1.5");
    assert_eq!((numbers.wide, numbers.either.clone()), (Some(u64::MAX), Some(1.into())));
    assert_eq!(body(&SendNumbers { body: numbers.clone() }), text);
    for (wrong, reason) in [
        (
            Numbers { plain: Some(9_007_199_254_740_993_i64.into()), ..numbers.clone() },
            "plain: is 9007199254740993, and has to be less than 9007199254740993",
        ),
        (
            Numbers { plain: Some(Number::literal("0.0999999999999999999999")), ..numbers.clone() },
            "and may not be less than 0.1",
        ),
        (
            Numbers { currency: Some(Number::literal("0.305")), ..numbers.clone() },
            "currency: is 0.305, no multiple of 0.01",
        ),
        (
            Numbers { step: Some(2.into()), ..numbers.clone() },
            "step: is 2, and may not be less than 3; is 2, no multiple of 3",
        ),
        (Numbers { step: Some(9.into()), ..numbers.clone() }, "step: is 9, no multiple of 2"),
    ] {
        let told = refused(&SendNumbers { body: wrong });
        assert!(told.contains(reason), "{reason} in {told}");
    }
    assert_eq!(
        unreadable::<Numbers>(r#"{"whole":9223372036854775808}"#),
        "whole: expected a whole number (i64), found 9223372036854775808"
    );
}

#[test]
fn constraints_hold_behind_alternatives_and_around_entries() {
    let told = |text: &str| refused(&Hold { body: read(text) });
    for right in [
        r#"{"either":1}"#,
        r#"{"either":"abc"}"#,
        r#"{"either":"xyzzy"}"#,
        r#"{"shape":{"side":1}}"#,
        r#"{"code":"ab"}"#,
        r#"{"code":9}"#,
        r#"{"maybe":null}"#,
        r#"{"card":"1","address":"a"}"#,
        r#"{"keys":{"abc":0}}"#,
        r#"{"sized":{"s-1":1}}"#,
        r#"{"few":[1,5,"5"],"odd":["x"]}"#,
        r#"{"name":"abz"}"#,
        r#"{"both":["b","a","b"],"keyed":{"b":1}}"#,
    ] {
        assert_eq!(told(right), "", "{right}");
    }
    for (wrong, reason) in [
        ("{}", "body: has 0 entries, and needs 1"),
        (r#"{"either":0}"#, "body.either: is 0, and may not be less than 1"),
        (r#"{"shape":{"side":0}}"#, "body.shape.side: is 0, and may not be less than 1"),
        (r#"{"code":"abc"}"#, "body.code: has 3 characters, and may have 2"),
        (r#"{"code":10}"#, "body.code: is 10, and may not be more than 9"),
        (r#"{"maybe":"a"}"#, "body.maybe: has 1 characters, and needs 2"),
        (r#"{"card":"1"}"#, "body: `address` has to be sent with `card`"),
        (r#"{"keys":{"A":0}}"#, "body.keys.A: does not match ^[a-z]+$"),
        (r#"{"keys":{"abcd":0}}"#, "body.keys.abcd: has 4 characters, and may have 3"),
        (r#"{"keys":{"a":-1}}"#, "body.keys.a: is -1, and may not be less than 0"),
        (r#"{"sized":{"t":1}}"#, "body.sized.t: does not match ^s-"),
        (r#"{"few":[4]}"#, "body.few: has 0 items of a kind of which it needs 1, and may have 2"),
        (r#"{"few":[5,6,7]}"#, "body.few: has 3 items"),
        (r#"{"odd":["y"]}"#, "body.odd: has 0 items"),
        (r#"{"digits":"a"}"#, r"body.digits: does not match ^\d{1,300}$"),
        (r#"{"name":"ab"}"#, "body.name: does not match z$"),
        (r#"{"both":["b","b"]}"#, "body.both: has 0 items of a kind of which it needs 1"),
        (r#"{"both":["a","b"]}"#, "body.both: has 1 items of a kind of which it needs 2, and may have 3"),
        (r#"{"keyed":{"a":1}}"#, r#"body.keyed.a: is none of "b", "c""#),
    ] {
        assert!(told(wrong).contains(reason), "{reason} in {}", told(wrong));
    }
}

#[test]
fn alternatives_are_told_apart() {
    let told = |text: &str| read::<Unions>(&format!("{{\"told\":{text}}}")).told.unwrap();
    assert!(matches!(told(r#"{"how":"post","days":2}"#), UnionsTold::Post(post) if post.days == 2));
    assert!(matches!(told(r#"{"how":"counter"}"#), UnionsTold::Counter(_)));
    assert!(matches!(told(r#"{"how":"drone","days":2}"#), UnionsTold::Other(_)));
    let wrong = Unions { told: Some(told(r#"{"how":"post","days":0}"#)), ..Unions::default() };
    assert!(refused(&SendUnions { body: wrong }).contains("body.told.days: is 0"));

    let event = |text: &str| read::<Unions>(&format!("{{\"event\":{text}}}"));
    let created = event(r#"{"type":"order.created","id":0}"#);
    assert!(matches!(&created.event, Some(UnionsEvent::OrderEvent(OrderEvent::Created(of))) if of.id == 0));
    assert!(refused(&SendUnions { body: created }).contains("body.event.id: is 0, and may not be less than 1"));
    for text in [r#"{"type":"pong"}"#, r#"{"type":"order.deleted"}"#, r#"{"type":"order.moved","to":1}"#] {
        assert_eq!(body(&SendUnions { body: event(text) }), format!("{{\"event\":{text}}}"));
    }
    assert!(matches!(event(r#"{"type":"order.moved","to":1}"#).event, Some(UnionsEvent::Other(_))));

    let marked = |text: &str| read::<Unions>(&format!("{{\"marked\":{text}}}")).marked.unwrap();
    assert!(matches!(marked(r#"{"level":2.0}"#), UnionsMarked::Low(_)));
    assert!(matches!(marked(r#"{"level":3}"#), UnionsMarked::High(_)));

    let text = r#"{"beside":{"id":1,"phone":"2"},"both":{"blue":1,"small":true},"nested":true,"open":"2","way":{"by":"van","seats":2,"fare":1.50}}"#;
    let unions: Unions = read(text);
    assert!(matches!(&unions.beside, Some(UnionsBeside::ByPhone(of)) if of.id == 1 && of.phone == "2"));
    assert!(matches!(&unions.both, Some(UnionsBoth::Blue(UnionsBothBlue::Small(of))) if of.blue == 1 && of.small));
    assert_eq!(unions.open, Some(Late::Later));
    assert_eq!(unions.way.as_ref().and_then(|way| way.seats), Some(2));
    assert_eq!(body(&SendUnions { body: unions }), text);
    assert_eq!(read::<Unions>(r#"{"nested":null}"#).nested, Maybe::Null);
    assert_eq!(
        (read::<Unions>(r#"{"nullable":null}"#).nullable, read::<Unions>("{}").nullable),
        (Maybe::Null, Maybe::Absent)
    );
    assert_eq!(read::<Unions>(r#"{"open":"x"}"#).open, Some(Late::Other("x".to_owned())));
}

#[test]
fn what_is_absent_can_be_read_as_its_default() {
    let none = Defaults::default();
    assert_eq!((none.limit_or_default(), none.on_or_default(), none.type_or_default()), (20, true, "a \"b\""));
    assert_eq!((none.price_or_default().as_str(), none.ratio_or_default()), ("0.10", 2.0));
    assert_eq!(none.huge_or_default().to_string(), "123456789012345678901234567890");
    assert_eq!((none.late_or_default(), none.limit), (&Late::Later, None));
    let some: Defaults = read(r#"{"limit":1,"late":""}"#);
    assert_eq!((some.limit_or_default(), some.late_or_default()), (1, &Late::Never));
}

#[test]
fn tuples_are_read_and_written_by_place() {
    for text in [
        r#"{"closed":[1.50,"a"],"open":["x"]}"#,
        r#"{"closed":[1,"a"],"open":["x",null,true,false],"within":[1,[2,[]]]}"#,
        r#"{"closed":[1,"a"],"open":["x",3],"within":[]}"#,
    ] {
        assert_eq!(body(&SendTuples { body: read(text) }), text);
    }
    let tuples: Tuples = read(r#"{"closed":[1,"a"],"open":["x",null,true]}"#);
    assert_eq!(tuples.open, Some(TuplesOpen("x".to_owned(), Maybe::Null, vec![true])));
    assert_eq!(unreadable::<Tuples>(r#"{"closed":[1]}"#), "closed[1]: is missing");
    assert_eq!(
        unreadable::<Tuples>(r#"{"closed":[1,"a"],"open":["x",1,2]}"#),
        "open[2]: expected true or false, found a number"
    );
    let wrong = Tuples { closed: TuplesClosed((-1).into(), String::new()), open: None, within: None };
    assert!(refused(&SendTuples { body: wrong }).contains("body.closed[0]: is -1, and may not be less than 0"));
}
