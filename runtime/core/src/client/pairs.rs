//! From the names and values of a query or a form back to values.

use super::styled::{fit, guessed};
use super::{Json, Object, Style, Wire};
use crate::Unreadable;

/// How deep a name leads at most: what is deeper is a name as it stands.
const MAX_KEYS: usize = 32;

/// How many values a form has at most: anybody may send one.
const MAX_PAIRS: usize = 10_000;

/// Reads a value from names and values, not escaped any more: a name that is there several times has a list, and
/// `name[key]` is of an object. `styles` says of fields how their lists and objects are written.
pub(super) fn of_pairs<T: Wire>(pairs: &[(String, String)], styles: &[(&str, Style)]) -> Result<T, Unreadable> {
    if pairs.len() > MAX_PAIRS {
        return Err(Unreadable::new("", "has more than 10,000 values"));
    }
    let mut object = Object::new();
    for (name, value) in pairs {
        let (name, keys) = match name.find('[').filter(|at| *at > 0).map(|at| name.split_at(at)) {
            Some((first, rest)) => keys_of(rest).map_or((name.as_str(), Vec::new()), |keys| (first, keys)),
            None => (name.as_str(), Vec::new()),
        };
        let split = |by: char| Json::List(value.split(by).map(|item| guessed(item.into())).collect());
        let value = match styles.iter().find(|(of, _)| *of == name).map(|(_, style)| *style) {
            Some(Style::Json) => Json::parse(value.as_bytes()).map_err(|error| error.within(name))?,
            Some(Style::Form) => split(','),
            Some(Style::Pipe) => split('|'),
            Some(Style::Space) => split(' '),
            _ => guessed(value.as_str().into()),
        };
        put(entry(&mut object, name), &keys, value);
    }
    // The fields of an object that is exploded have no name in common: they are all that is there.
    let all = object.clone();
    let exploded = styles.iter().filter(|(name, style)| *style == Style::FormExplode && all.get(name).is_none());
    exploded.for_each(|(name, _)| object.set(name, all.clone().into()));
    fit(object.into(), styles)
}

/// Reads a value whose places are `[a][b]` behind a name, from those and values.
pub(super) fn of_places<T: Wire>(places: &[(String, String)]) -> Result<T, Unreadable> {
    let mut json = Json::Null;
    for (place, value) in places {
        put(&mut json, &keys_of(place).unwrap_or_default(), guessed(value.as_str().into()));
    }
    fit(json, &[])
}

/// `[a][b][]` is `a`, `b` and nothing, which is the next item of a list.
fn keys_of(text: &str) -> Option<Vec<&str>> {
    let keys: Vec<&str> = text.strip_prefix('[')?.strip_suffix(']')?.split("][").collect();
    (keys.len() <= MAX_KEYS).then_some(keys)
}

/// Puts a value where `keys` lead, beside what is there already.
fn put(to: &mut Json, keys: &[&str], value: Json) {
    match (keys, &mut *to) {
        ([], Json::Null) => *to = value,
        ([], Json::List(items)) => items.push(value),
        ([], _) => *to = Json::List(vec![std::mem::take(to), value]),
        (["", rest @ ..], had) => {
            let mut item = Json::Null;
            put(&mut item, rest, value);
            match had {
                Json::Null => *to = Json::List(vec![item]),
                _ => put(to, &[], item),
            }
        }
        ([key, rest @ ..], Json::Object(object)) => put(entry(object, key), rest, value),
        (keys, _) => {
            *to = Object::new().into();
            put(to, keys, value);
        }
    }
}

/// What stands under a name; null of one that is new.
fn entry<'a>(object: &'a mut Object, name: &str) -> &'a mut Json {
    let at = object.0.iter().position(|(had, _)| had == name).unwrap_or_else(|| {
        object.0.push((name.to_owned(), Json::Null));
        object.0.len() - 1
    });
    &mut object.0[at].1
}

#[cfg(test)]
mod tests {
    use super::super::styled::decoded;
    use super::*;
    use std::collections::BTreeMap;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
    }

    fn json(text: &str, styles: &[(&str, Style)]) -> String {
        of_pairs::<Json>(&pairs(text), styles).unwrap().to_string()
    }

    #[test]
    fn forms_are_read_as_they_are_written() {
        let found = json(
            "a=x+y&b=1&b=2&c[k]=v&d%5B%5D=3&e=4,5&f=6|x&g=%5B7%5D",
            &[("e", Style::Form), ("f", Style::Pipe), ("g", Style::Json)],
        );
        assert_eq!(found, r#"{"a":"x y","b":[1,2],"c":{"k":"v"},"d":[3],"e":[4,5],"f":[6,"x"],"g":[7]}"#);
        let lists = of_pairs::<BTreeMap<String, Vec<String>>>(&pairs("a=1&b=x&b=2"), &[]).unwrap();
        assert_eq!(lists["a"], ["1"]);
        assert_eq!(lists["b"], ["x", "2"]);
    }

    #[test]
    fn brackets_lead_into_objects_and_lists() {
        assert_eq!(json("a[b][c]=1&a[b][d]=2&a[e]=x", &[]), r#"{"a":{"b":{"c":1,"d":2},"e":"x"}}"#);
        // Lists, as they are written here and there.
        type Lists = BTreeMap<String, BTreeMap<String, Vec<i64>>>;
        for text in ["f[a]=1&f[a]=2", "f[a][]=1&f[a][]=2", "f[a][0]=1&f[a][1]=2", "f[a][1]=2&f[a][0]=1"] {
            assert_eq!(of_pairs::<Lists>(&pairs(text), &[]).unwrap()["f"]["a"], [1, 2], "{text}");
        }
        let objects = of_pairs::<BTreeMap<String, Vec<BTreeMap<String, i64>>>>;
        let due: BTreeMap<String, i64> = [("b".to_owned(), 1)].into();
        assert_eq!(objects(&pairs("a[0][b]=1&a[1][b]=1"), &[]).unwrap()["a"], [due.clone(), due]);
        // What is no pair of brackets is a name, as is what leads deeper than anything means.
        assert_eq!(json("[a]=1&b]=2&c[=3&=4", &[]), r#"{"[a]":1,"b]":2,"c[":3,"":4}"#);
        let deep = format!("a{}", "[b]".repeat(10_000));
        assert_eq!(json(&format!("{deep}=1"), &[]), format!("{{\"{deep}\":1}}"));
    }

    #[test]
    fn objects_in_forms_are_read_in_each_style() {
        type Objects = BTreeMap<String, BTreeMap<String, i64>>;
        let read = |text: &str, style: Option<Style>| {
            let styles: Vec<(&str, Style)> = style.map(|style| ("a", style)).into_iter().collect();
            of_pairs::<Objects>(&pairs(text), &styles).map(|mut all| all.remove("a").unwrap_or_default())
        };
        let due: BTreeMap<String, i64> = [("R".to_owned(), 1), ("G".to_owned(), 2)].into();
        for (text, style) in [
            ("a=%7B%22R%22%3A1,%22G%22:2%7D", None),
            ("a=%7B%22R%22%3A1,%22G%22:2%7D", Some(Style::Json)),
            ("a=R,1,G,2", Some(Style::Form)),
            ("a=R|1|G|2", Some(Style::Pipe)),
            ("a[R]=1&a[G]=2", Some(Style::Deep)),
        ] {
            assert_eq!(read(text, style).unwrap(), due, "{text}");
        }
        assert!(read("a=R,1,G", Some(Style::Form)).is_err() && read("a=%7B", None).is_err());
        let lists = of_pairs::<BTreeMap<String, Vec<BTreeMap<String, String>>>>;
        let one = &lists(&pairs("l=%7B%22k%22:%2205%22%7D"), &[]).unwrap()["l"];
        assert_eq!(one[0]["k"], "05");
        let rows = of_pairs::<BTreeMap<String, Vec<Vec<i64>>>>(&pairs("l=[1,2]&l=[3]"), &[]).unwrap();
        assert_eq!(rows["l"], [vec![1, 2], vec![3]]);
        // A text that looks like a list is a text where that is due.
        let texts = of_pairs::<BTreeMap<String, Vec<String>>>(&pairs("l=[1,2]"), &[]).unwrap();
        assert_eq!(texts["l"], ["[1,2]"]);
    }
}
