//! Values of one of several shapes: which one is read, what is checked, and that what nests ends.

use kassa_clients::unions::operations::{SendJoined, SendTold, SendTree};
use kassa_clients::unions::types::*;
use kassa_core::client::*;

fn read<T: Wire>(text: &str) -> Result<T, Unreadable> {
    T::from_json(Json::parse(text.as_bytes()).unwrap())
}

/// The value, which is written as it was read.
fn told(text: &str) -> Told {
    let told: Told = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(told.to_json().to_string(), text);
    told
}

/// What is wrong with a request; nothing of one that may be sent.
fn refused(operation: &impl Operation) -> String {
    match operation.request(&BaseUrl::new("https://example.org").unwrap()) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn alternatives_that_list_their_values_are_one_enumeration() {
    let size = |text: &str| told(&format!(r#"{{"size":"{text}"}}"#)).size.unwrap();
    assert_eq!(["s", "m", "xl"].map(size), [ToldSize::Small, ToldSize::Medium, ToldSize::Xl]);
    assert_eq!(size("xxl"), ToldSize::Other("xxl".to_owned()));
    assert_eq!(told(r#"{"level":2}"#).level, Some(ToldLevel::N2));
}

#[test]
fn a_text_is_of_the_shape_that_allows_it() {
    let text = |field: &str, text: &str| told(&format!(r#"{{"{field}":"{text}"}}"#));
    let time = |of: &str| text("time", of).time.unwrap();
    assert!(matches!(time("2020-02-29"), ToldTime::Date(_)));
    assert!(matches!(time("2020-02-29T10:00:00Z"), ToldTime::DateTime(_)));
    // None allows it: the first keeps it.
    assert!(matches!(time("tomorrow"), ToldTime::Date(date) if date.as_str() == "tomorrow"));

    let id = |of: &str| text("id", of).id.unwrap();
    assert!(matches!(id("67E55044-10b1-426f-9247-bb680e5fe0c8"), ToldId::Uuid(_)));
    assert!(matches!(id("67e55044"), ToldId::Text(_)));

    let word = |of: &str| text("word", of).word.unwrap();
    assert!(matches!(word("auto"), ToldWord::Enum(_)));
    assert!(matches!(word("12"), ToldWord::Text(_)));

    let tone = |of: &str| text("tone", of).tone.unwrap();
    assert!(matches!(tone("yellow"), ToldTone::Warm(Warm::Yellow)));
    assert!(matches!(tone("blue"), ToldTone::Cold(Cold::Blue)));
    assert!(matches!(tone("grey"), ToldTone::Warm(Warm::Other(_))));

    let deep = |of: &str| text("deep", of).deep.unwrap();
    assert!(matches!(deep("green"), ToldDeep::Cold(Cold::Green)));
    assert!(matches!(deep("2020-02-29"), ToldDeep::Variant(_)));

    assert!(matches!(text("pet", "Rex").pet, Some(ToldPet::Text(_))));
    assert!(matches!(told(r#"{"pet":{"kind":"dog"}}"#).pet, Some(ToldPet::Pet(Pet::Dog(_)))));
    assert!(matches!(told(r#"{"pet":{"kind":"emu"}}"#).pet, Some(ToldPet::Pet(Pet::Other(_)))));
    assert!(matches!(told(r#"{"tones":["blue","green"]}"#).tones, Some(ToldTones::List2(_))));
}

#[test]
fn numbers_and_truth_values_tell_alternatives_apart() {
    let result = |text: &str| told(&format!(r#"{{"result":{text}}}"#)).result.unwrap();
    assert!(matches!(result(r#"{"ok":true,"note":"a"}"#), ToldResult::Done(_)));
    assert!(matches!(result(r#"{"ok":false,"note":"a"}"#), ToldResult::Failed(_)));
    let version = |text: &str| told(&format!(r#"{{"version":{text}}}"#)).version.unwrap();
    assert!(matches!(version(r#"{"v":1}"#), ToldVersion::First(_)));
    assert!(matches!(version(r#"{"v":3,"note":"a"}"#), ToldVersion::Second(_)));
    // By a discriminator too, whose values are texts by the standard.
    assert!(matches!(told(r#"{"said":{"v":1}}"#).said, Some(ToldSaid::Old(_))));
    assert!(matches!(told(r#"{"said":{"v":2}}"#).said, Some(ToldSaid::New(_))));
}

#[test]
fn alternatives_within_alternatives_are_told_by_what_they_have_in_common() {
    let within = |text: &str| told(&format!(r#"{{"within":{text}}}"#)).within.unwrap();
    assert!(matches!(within(r#"{"kind":"ship"}"#), ToldWithin::Ship(_)));
    assert!(matches!(within(r#"{"kind":"bus"}"#), ToldWithin::Variant(ToldWithinVariant1::Bus(_))));
    assert!(matches!(within(r#"{"kind":"train"}"#), ToldWithin::Variant(ToldWithinVariant1::Train(_))));

    let crossed = |text: &str| told(&format!(r#"{{"crossed":{text}}}"#)).crossed.unwrap();
    assert!(matches!(crossed(r#"{"kind":"ship","knots":9}"#), ToldCrossed::Ship(ToldCrossedShip::Fast(_))));
    assert!(matches!(crossed(r#"{"kind":"bus","stops":9}"#), ToldCrossed::Bus(ToldCrossedBus::Slow(_))));

    let numbered = |text: &str| told(&format!(r#"{{"numbered":{text}}}"#)).numbered.unwrap();
    assert!(matches!(numbered(r#"{"v":3}"#), ToldNumbered::High(_)));
    assert!(matches!(numbered(r#"{"v":2}"#), ToldNumbered::Low(ToldNumberedLow::Two(_))));

    let tagged = |text: &str| told(&format!(r#"{{"tagged":{text}}}"#)).tagged.unwrap();
    assert!(matches!(tagged(r#"{"line":"run","name":"a"}"#), ToldTagged::Walk(_)));
    assert!(matches!(tagged(r#"{"line":"Green","name":"a"}"#), ToldTagged::Line(Line::Green(_))));
}

#[test]
fn an_object_is_of_the_shape_that_allows_its_fields() {
    let dated = |text: &str| told(&format!(r#"{{"dated":{text}}}"#)).dated.unwrap();
    assert!(matches!(dated(r#"{"at":"2020-02-29"}"#), ToldDated::Day(_)));
    assert!(matches!(dated(r#"{"at":"2020-02-29T10:00:00Z"}"#), ToldDated::Moment(_)));
    assert!(matches!(dated(r#"{"at":"soon"}"#), ToldDated::Word(_)));
    assert!(matches!(dated(r#"{"at":"2020-02-29T10:00:00Z","by":"blue"}"#), ToldDated::Word(_)));
}

#[test]
fn a_shape_that_is_one_of_its_own_shapes_ends() {
    assert_eq!(refused(&SendTold { body: told(r#"{"endless":{"depth":1}}"#) }), "");
    assert_eq!(refused(&SendTold { body: told(r#"{"endless":{"kind":"bus"}}"#) }), "");
    assert!(read::<Told>(r#"{"endless":{"kind":7}}"#).is_err());
}

#[test]
fn shapes_that_are_one_another_allow_no_more_than_each_of_them() {
    let refused = |text: &str| refused(&SendTold { body: told(text) });
    for right in [r#"{"knot":"abc"}"#, r#"{"knot":1}"#, r#"{"nest":[["abc",1],{"a":{"b":"c"}}]}"#] {
        assert_eq!(refused(right), "", "{right}");
    }
    for (wrong, place) in [
        (r#"{"knot":"abcd"}"#, "body.knot"),
        (r#"{"nest":"abcd"}"#, "body.nest"),
        (r#"{"nest":[1,{"a":["abcd"]}]}"#, "body.nest[1].a[0]"),
    ] {
        assert!(refused(wrong).ends_with(&format!("{place}: has 4 characters, and may have 3")), "{}", refused(wrong));
    }
}

#[test]
fn one_of_the_sets_of_fields_that_alternatives_require_has_to_be_there() {
    let refused = |text: &str| refused(&SendTold { body: told(&format!(r#"{{"reach":{text}}}"#)) });
    for right in [r#"{"mail":"a"}"#, r#"{"street":"a","city":"b"}"#, r#"{"mail":"a","city":"b"}"#] {
        assert_eq!(refused(right), "", "{right}");
    }
    for wrong in ["{}", r#"{"note":"a"}"#, r#"{"street":"a"}"#] {
        let reason = "body.reach: `mail`, or `street` and `city` has to be sent";
        assert!(refused(wrong).ends_with(reason), "{wrong}: {}", refused(wrong));
    }
}

#[test]
fn constraints_are_those_of_the_shape_that_allows_the_value() {
    let refused = |text: &str| refused(&SendTold { body: told(text) });
    for right in [
        r#"{"id":"67e55044-10b1-426f-9247-bb680e5fe0c8"}"#,
        r#"{"id":"abc"}"#,
        r#"{"word":"auto"}"#,
        r#"{"word":"12"}"#,
        r#"{"result":{"ok":true,"note":"a"}}"#,
        r#"{"result":{"ok":false,"note":"ab"}}"#,
    ] {
        assert_eq!(refused(right), "", "{right}");
    }
    for (wrong, reason) in [
        (r#"{"id":"ab"}"#, "body.id: has 2 characters, and needs 3"),
        (r#"{"word":"never"}"#, "body.word: does not match"),
        (r#"{"result":{"ok":false,"note":"a"}}"#, "body.result.note: has 1 characters, and needs 2"),
    ] {
        assert!(refused(wrong).contains(reason), "{reason} in {}", refused(wrong));
    }
}

/// A tree of 120 levels, each of which can be read as two shapes until what it holds is.
fn tree(leaf: &str) -> String {
    let (open, close) = (r#"{"of":"#.repeat(120), r#","length":1}"#.repeat(120));
    format!("{open}{leaf}{close}")
}

#[test]
fn what_nests_is_read_once() {
    let text = tree(r#"{"green":true}"#);
    let read_tree: Tree = read(&text).unwrap();
    assert!(matches!(&read_tree, Tree::Twig(twig) if matches!(*twig.of, Tree::Twig(_))));
    assert_eq!(read_tree.to_json().to_string(), text);
    assert_eq!(refused(&SendTree { body: read_tree }), "");

    let error = read::<Tree>(&tree(r#"{"green":1}"#)).unwrap_err().to_string();
    assert!(
        error.contains("green: expected true or false, found a number") && error.len() < 200_000,
        "{}",
        error.len()
    );
}

#[test]
fn what_nests_is_checked_once() {
    let wrong: Tree = read(&tree(r#"{"green":true,"veins":0}"#)).unwrap();
    let told = refused(&SendTree { body: wrong });
    assert!(told.ends_with("of.of.veins: is 0, and may not be less than 1"), "{told}");
}

#[test]
fn parts_are_joined_in_their_items_and_entries() {
    let text = r#"{"items":[{"a":"x","b":[3]}],"more":{"k":{"a":"x","b":9}},"pair":["ab",1,true],"size":7}"#;
    let joined: Joined = read(text).unwrap();
    assert_eq!(joined.to_json().to_string(), text);
    assert_eq!(joined.items, Some(vec![JoinedItemsItem { a: "x".to_owned(), b: vec![3] }]));
    assert_eq!(joined.more.as_ref().and_then(|more| more["k"].b), Some(9));
    assert_eq!(joined.pair, Some(JoinedPair("ab".to_owned(), Some(1), vec![true])));
    assert_eq!(joined.size, Some(7_i32));
    assert_eq!(refused(&SendJoined { body: joined }), "");
    let told = |text: &str| refused(&SendJoined { body: read(text).unwrap() });
    assert!(told(r#"{"items":[{"a":"x","b":[2]}]}"#).contains("body.items[0].b[0]: is 2, and may not be less than 3"));
    assert!(told(r#"{"more":{"k":{"b":10}}}"#).contains("body.more.k.b: is 10, and may not be more than 9"));
    assert!(told(r#"{"pair":["abc"]}"#).contains("body.pair[0]: has 3 characters, and may have 2"));
    assert!(read::<Joined>(r#"{"items":[{"a":"x"}]}"#).unwrap_err().to_string().contains("items[0].b: is missing"));
}

#[test]
fn a_tag_may_have_what_its_alternative_lists_and_is_of_an_object() {
    let tram = told(r#"{"trip":{"by":"Tram"}}"#);
    assert!(matches!(&tram.trip, Some(ToldTrip::Ride(ride)) if ride.by == RideBy::Tram), "{tram:?}");
    assert!(matches!(told(r#"{"trip":{"by":"Foot"}}"#).trip, Some(ToldTrip::Other(_))));
    for text in ["[]", "true"] {
        assert!(read::<ToldTrip>(text).unwrap_err().to_string().contains("object"), "{text}");
    }
    assert!(ToldTrip::from_json(Json::Null).is_err());
}

#[test]
fn what_stands_beside_alternatives_asks_as_well() {
    let pass = |text: &str| SendTold { body: told(&format!(r#"{{"pass":{text}}}"#)) };
    assert_eq!(refused(&pass(r#"{"day":"x","holder":"h"}"#)), "");
    assert!(refused(&pass(r#"{"day":"x"}"#)).contains("`holder` has to be sent"));
}
