use regex::Regex;
use serde_json::Value;

use super::*;

#[test]
fn what_no_dialect_takes_is_told() {
    for pattern in ["^(ab", "ab)", "[a-z", "a\\", "*.txt", "(+", "a|*", "(?:a", "[^", "[z-a]", "a{3,2}", "\\Q(a"] {
        assert!(matches!(translate(pattern), Err(Unfit::Broken(_))), "{pattern}");
    }
}

#[test]
fn what_other_dialects_have_is_told() {
    for pattern in [
        "\\Aa\\Z",
        "(?i)a",
        "(?P<a>a)",
        "(?>a)",
        "a++",
        "a**",
        "^*",
        "{2}",
        "a{,3}",
        "a{1-3}",
        "[[:alpha:]]",
        "\\x{41}",
        "\\u00",
        "\\pL",
        "\\p{Punct}",
        "(a)\\2",
        "/^a$/i",
        "\\h",
        "\\cß",
        "(?<!a)\\Z",
    ] {
        assert!(matches!(translate(pattern), Err(Unfit::Foreign(_))), "{pattern}");
    }
}

#[test]
fn what_looks_around_is_right_and_not_held() {
    assert!(matches!(translate(&"a".repeat(2001)), Err(Unfit::Unchecked(_))));
    for pattern in ["(?<!a)b", "^\\d+(?=\\/)", "(a)\\1", "\\1(a)", "(?<n>a)\\k<n>", "[\\uD800-\\uDBFF]"] {
        assert!(matches!(translate(pattern), Err(Unfit::Unchecked(_))), "{pattern}");
    }
}

#[test]
fn what_means_the_same_stays_as_it_is() {
    for pattern in ["", "^[(\\])]+$", "\\(", "a{2,3}?", "()*", "[^)]", "^(?:a|[b-d])+$", "(?i:a)", "^[\\-_.a-z]*$"] {
        assert_eq!(translate(pattern).as_deref(), Ok(pattern));
    }
}

/// What an engine of ECMA-262 takes, of many patterns and texts.
#[test]
fn patterns_mean_what_they_mean_in_ecmascript() {
    let table: Value = serde_json::from_str(include_str!("../../../tests/patterns/ecma.json")).unwrap();
    let texts: Vec<&str> = table["texts"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for (pattern, taken) in table["matches"].as_object().unwrap() {
        let translated = translate(pattern).unwrap_or_else(|unfit| panic!("{pattern}: {unfit:?}"));
        let regex = Regex::new(&translated).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        for text in &texts {
            let within = |list: &Value| list.as_array().unwrap().iter().any(|of| of == text);
            let expected = taken.get("but").map_or_else(|| within(taken), |but| !within(but));
            assert_eq!(regex.is_match(text), expected, "{text:?} of {pattern}, which is {translated}");
        }
    }
}
