//! From the names and values of a query or a form back to values.

use std::collections::HashMap;

use super::loose::{self, Place, guessed};
use super::style::plain;
use super::{Json, Object, Style, Wire};
use crate::Unreadable;

/// How deep a name leads at most: what is deeper is a name as it stands.
const MAX_KEYS: usize = 32;

/// How many values a form has at most: anybody may send one.
const MAX_PAIRS: usize = 10_000;

/// Reads a value from names and values, not escaped any more: a name that is there several times has a list, and
/// `name[key]` is of an object. `styles` says of fields how their lists and objects are written.
pub(super) fn of_pairs<T: Wire>(pairs: &[(String, String)], styles: &[(&str, Style)]) -> Result<T, Unreadable> {
    let mut object = gathered(pairs, styles)?;
    // Whether items in turn are names and values, only the type says.
    for _ in styles {
        let error = match loose::read(object.clone().into(), Place::Whole) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if !take_in_turn(&mut object, &error.place, styles) {
            return Err(error);
        }
    }
    loose::read(object.into(), Place::Whole)
}

/// The fields that names and values are of.
pub(super) fn gathered(pairs: &[(String, String)], styles: &[(&str, Style)]) -> Result<Object, Unreadable> {
    if pairs.len() > MAX_PAIRS {
        return Err(Unreadable::new("", "has more than 10,000 values"));
    }
    // An object that is there under its own name is not exploded.
    let is_absent = |of: &str| pairs.iter().all(|(name, _)| name != of);
    let exploded: Vec<_> = styles.iter().filter(|(of, style)| style.is_exploded() && is_absent(of)).collect();
    let mut objects = vec![<(Object, Places)>::default(); exploded.len()];
    let (mut object, mut places) = <(Object, Places)>::default();
    for (name, value) in pairs {
        let (name, keys) = parted(name, styles);
        // An empty value is that of no items.
        let items = |by: char| value.split(by).filter(|_| !value.is_empty());
        let split = |by: char| Json::List(items(by).map(|item| guessed(item.into())).collect());
        let value = match styles.iter().find(|(of, _)| *of == name).map(|(_, style)| *style) {
            Some(Style::Json) if !value.is_empty() => {
                Json::parse(value.as_bytes()).map_err(|error| error.within(name))?
            }
            Some(Style::Form) => split(','),
            Some(Style::Pipe) => split('|'),
            Some(Style::Space) => split(' '),
            _ => guessed(value.as_str().into()),
        };
        let mut is_taken = false;
        let taking = exploded.iter().zip(&mut objects).filter(|((_, style), _)| style.takes(name));
        for (_, (object, places)) in taking {
            put(places.entry(object, name), &keys, value.clone());
            is_taken = true;
        }
        if !is_taken {
            put(places.entry(&mut object, name), &keys, value);
        }
    }
    for ((name, _), (found, _)) in exploded.into_iter().zip(objects).filter(|(_, (found, _))| !found.0.is_empty()) {
        object.set(name, found.into());
    }
    Ok(object)
}

/// Takes the items of the field at `place` for names and values in turn, if its style writes objects so.
fn take_in_turn(object: &mut Object, place: &str, styles: &[(&str, Style)]) -> bool {
    let is_within =
        |of: &str| place.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let is_joined = |style: Style| matches!(style, Style::Form | Style::Pipe | Style::Space);
    let Some((name, _)) = styles.iter().find(|(name, style)| is_joined(*style) && is_within(name)) else {
        return false;
    };
    let Some((_, value)) = object.0.iter_mut().find(|(key, _)| key == name) else { return false };
    let Json::List(items) = value else { return false };
    if !items.len().is_multiple_of(2) {
        return false;
    }
    let pairs = items.chunks(2).map(|pair| (plain(&pair[0]), pair[1].clone()));
    *value = pairs.collect::<Object>().into();
    true
}

/// Reads a value whose places are `[a][b]` behind a name, from those and values.
pub(super) fn of_places<T: Wire>(places: &[(String, String)]) -> Result<T, Unreadable> {
    let (mut json, mut known) = (Json::Null, Places::default());
    for (place, value) in places {
        put((&mut json, &mut known), &keys_of(place).unwrap_or_default(), guessed(value.as_str().into()));
    }
    loose::read(json, Place::Whole)
}

/// A name and the keys behind it; one that is declared with brackets has none.
fn parted<'a>(name: &'a str, styles: &[(&str, Style)]) -> (&'a str, Vec<&'a str>) {
    let is_declared = || styles.iter().any(|(of, style)| *of == name || style.names(name));
    let parts = name.find('[').filter(|at| *at > 0 && !is_declared()).map(|at| name.split_at(at));
    let parts = parts.and_then(|(first, rest)| Some((first, keys_of(rest)?)));
    parts.unwrap_or((name, Vec::new()))
}

/// `[a][b][]` is `a`, `b` and nothing, which is the next item of a list.
fn keys_of(text: &str) -> Option<Vec<&str>> {
    let keys: Vec<&str> = text.strip_prefix('[')?.strip_suffix(']')?.split("][").collect();
    (keys.len() <= MAX_KEYS).then_some(keys)
}

/// Puts a value where `keys` lead, beside what is there already.
fn put((to, places): (&mut Json, &mut Places), keys: &[&str], value: Json) {
    match (keys, &mut *to) {
        ([], Json::Null) => *to = value,
        ([], Json::List(items)) => items.push(value),
        ([], _) => *to = Json::List(vec![std::mem::take(to), value]),
        (["", rest @ ..], had) => {
            let mut item = Json::Null;
            put((&mut item, &mut Places::default()), rest, value);
            match had {
                Json::Null => *to = Json::List(vec![item]),
                _ => put((to, places), &[], item),
            }
        }
        ([key, rest @ ..], Json::Object(object)) => put(places.entry(object, key), rest, value),
        (keys, _) => {
            *to = Object::new().into();
            *places = Places::default();
            put((to, places), keys, value);
        }
    }
}

/// Where the names of an object stand in it, and those within: to look for each would take too long where there are many.
#[derive(Debug, Clone, Default)]
struct Places {
    names: HashMap<String, (usize, Self)>,
    /// How many entries of the object are in here.
    known: usize,
}

impl Places {
    /// What stands under a name; null of one that is new.
    fn entry<'a>(&'a mut self, object: &'a mut Object, name: &str) -> (&'a mut Json, &'a mut Self) {
        // An object that was there as a whole is not known yet.
        for (at, (had, _)) in object.0.iter().enumerate().skip(self.known) {
            self.names.entry(had.clone()).or_insert_with(|| (at, Self::default()));
        }
        let next = object.0.len();
        let (at, within) = self.names.entry(name.to_owned()).or_insert_with(|| (next, Self::default()));
        if *at == next {
            object.0.push((name.to_owned(), Json::Null));
        }
        self.known = object.0.len();
        (&mut object.0[*at].1, within)
    }
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
    fn an_empty_value_of_items_is_none() {
        type Lists = BTreeMap<String, Option<Vec<i64>>>;
        for style in [Style::Form, Style::Pipe, Style::Space] {
            let read = |text: &str| of_pairs::<Lists>(&pairs(text), &[("t", style)]).map(|all| all["t"].clone());
            assert_eq!(read("t=").unwrap(), Some(Vec::new()), "{style:?}");
            assert_eq!(json("t=", &[("t", style)]), r#"{"t":[]}"#);
            assert!(read("t=1%2C").is_err());
        }
        let objects = of_pairs::<BTreeMap<String, BTreeMap<String, i64>>>(&pairs("t="), &[("t", Style::Form)]);
        assert!(objects.unwrap()["t"].is_empty());
        // Between commas an empty text is an item.
        assert_eq!(json("t=%2Ca", &[("t", Style::Form)]), r#"{"t":["","a"]}"#);
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

    #[test]
    fn many_texts_that_look_like_numbers_are_texts() {
        let many = |name: fn(usize) -> String| (0..5_000).map(|n| (name(n), n.to_string())).collect::<Vec<_>>();
        let texts = of_pairs::<BTreeMap<String, String>>(&many(|n| format!("k{n}")), &[]).unwrap();
        assert_eq!((texts.len(), texts["k4999"].as_str()), (5_000, "4999"));
        type Nested = BTreeMap<String, BTreeMap<String, Vec<String>>>;
        let nested = of_pairs::<Nested>(&many(|n| format!("a[k{n}]")), &[]).unwrap();
        assert_eq!(nested["a"]["k4999"], ["4999"]);
        let error = of_pairs::<BTreeMap<String, bool>>(&many(|n| format!("k{n}")), &[]).unwrap_err();
        assert_eq!(error.to_string(), "k0: expected true or false, found a number");
        assert!(of_pairs::<Json>(&vec![(String::new(), String::new()); MAX_PAIRS + 1], &[]).is_err());
    }

    #[test]
    fn values_of_one_name_come_together_wherever_they_stand() {
        assert_eq!(json("a[x]=1&b=2&a[y]=3&a[x]=4&b=5", &[]), r#"{"a":{"x":[1,4],"y":3},"b":[2,5]}"#);
        let whole = [("a", Style::Json)];
        assert_eq!(
            json("a={\"x\":1,\"x\":2,\"y\":{\"z\":3}}&a[x]=4&a[y][z]=5&a[w]=6&a[w]=7", &whole),
            r#"{"a":{"x":[1,4],"x":2,"y":{"z":[3,5]},"w":[6,7]}}"#
        );
        // What is no object makes way for one, of which nothing is known.
        assert_eq!(json("a[x]=1&a[y]=2&a=3&a[y]=4&a[x]=5", &[]), r#"{"a":{"y":4,"x":5}}"#);
        assert_eq!(json("a[][x]=1&a[][y]=2&a[][x]=3", &[]), r#"{"a":[{"x":1},{"y":2},{"x":3}]}"#);
    }

    #[test]
    fn a_declared_name_with_brackets_is_one() {
        let declared = [("a[b]", Style::FormExplode), ("l[]", Style::FormExplode)];
        assert_eq!(json("a[b]=1&a[c]=2&l[]=3&l[]=4", &declared), r#"{"a[b]":1,"a":{"c":2},"l[]":[3,4]}"#);
        assert_eq!(json("a[b]=1&c[d]=2", &[("o", Style::Own(&["a[b]"]))]), r#"{"c":{"d":2},"o":{"a[b]":1}}"#);
    }

    #[test]
    fn what_is_no_neighbours_is_of_the_exploded_map() {
        let styles = [("rest", Style::Rest(&["id", "deep"])), ("own", Style::Own(&["x"]))];
        assert_eq!(json("id=1&deep[k]=2", &styles), r#"{"id":1,"deep":{"k":2}}"#);
        assert_eq!(json("id=1&k=v&x=3", &styles), r#"{"id":1,"rest":{"k":"v","x":3},"own":{"x":3}}"#);
        assert_eq!(json("rest=5&k=v", &styles), r#"{"rest":5,"k":"v"}"#);
    }

    #[test]
    fn an_empty_text_of_a_field_is_none() {
        type Fields = BTreeMap<String, Option<i64>>;
        assert_eq!(
            of_pairs::<Fields>(&pairs("a=&b=1"), &[]).unwrap(),
            BTreeMap::from([("a".to_owned(), None), ("b".to_owned(), Some(1))])
        );
        let error = of_pairs::<BTreeMap<String, i64>>(&pairs("a="), &[]).unwrap_err();
        assert_eq!(error.to_string(), "a: expected a number, found an empty text");
    }
}
