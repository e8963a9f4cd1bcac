//! From the text of headers, parameters and forms back to values.

use percent_encoding::percent_decode_str;

use super::{Json, Object, Style, Wire};
use crate::Unreadable;

/// A value of a parameter as text, and how it is taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Styled<'a> {
    pub(super) name: &'a str,
    pub(super) style: Style,
    /// Whether it was escaped.
    pub(super) escaped: bool,
}

impl Styled<'_> {
    /// Reads a value from its text: as one value, as a list, or as an object, whichever the type takes first.
    pub(super) fn read<T: Wire>(self, text: &str) -> Result<T, Unreadable> {
        if self.style == Style::Json {
            return Json::parse(self.plain(text).as_bytes()).and_then(T::from_json);
        }
        let (text, separator, between) = self.taken_apart(text);
        let error = match fitting(Json::Text(self.plain(text))) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let items = || text.split(separator).filter(|_| !text.is_empty()).map(|item| self.without_name(item));
        let list = Json::List(items().map(|item| Json::Text(self.plain(item))).collect());
        if let Ok(value) = fitting(list) {
            return Ok(value);
        }
        let pairs: Option<Vec<(&str, &str)>> = match between {
            Some(between) => text.split(separator).map(|item| item.split_once(between)).collect(),
            None => {
                let items: Vec<&str> = items().collect();
                items.len().is_multiple_of(2).then(|| items.chunks(2).map(|pair| (pair[0], pair[1])).collect())
            }
        };
        let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty()) else { return Err(error) };
        let object: Object =
            pairs.into_iter().map(|(key, value)| (self.plain(key), Json::Text(self.plain(value)))).collect();
        fitting(object.into())
    }

    /// The text without what the style sets before it; what stands between items, and between names and values.
    fn taken_apart<'t>(&self, text: &'t str) -> (&'t str, &'static str, Option<&'static str>) {
        match self.style {
            Style::SimpleExplode => (text, ",", Some("=")),
            Style::Label => (text.strip_prefix('.').unwrap_or(text), ",", None),
            Style::LabelExplode => (text.strip_prefix('.').unwrap_or(text), ".", Some("=")),
            Style::Matrix => (self.without_name(text.strip_prefix(';').unwrap_or(text)), ",", None),
            Style::MatrixExplode => {
                let text = text.strip_prefix(';').unwrap_or(text);
                let single = !text.contains(';');
                (if single { self.without_name(text) } else { text }, ";", Some("="))
            }
            Style::Space if text.contains(' ') => (text, " ", None),
            Style::Space => (text, "%20", None),
            Style::Pipe if text.contains('|') => (text, "|", None),
            Style::Pipe => (text, "%7C", None),
            _ => (text, ",", None),
        }
    }

    /// Of `name=value`, as matrices have it, the value.
    fn without_name<'t>(&self, text: &'t str) -> &'t str {
        let matrix = matches!(self.style, Style::Matrix | Style::MatrixExplode);
        let value = text.strip_prefix(self.name).filter(|_| matrix).and_then(|rest| rest.strip_prefix('='));
        value.unwrap_or(text)
    }

    fn plain(&self, text: &str) -> String {
        if self.escaped { decoded(text) } else { text.trim().to_owned() }
    }
}

/// Text that was escaped, of a query or a form.
pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Reads a value from names and values, as they stand in a query or a form, not escaped any more: a name that is there
/// several times has a list, and `name[key]` is of an object.
pub(super) fn of_pairs<T: Wire>(pairs: &[(String, String)], styles: &[(&str, Style)]) -> Result<T, Unreadable> {
    let mut object = Object::new();
    for (name, value) in pairs {
        let style = styles.iter().find(|(of, _)| of == name).map(|(_, style)| *style);
        let value = match style {
            Some(Style::Json) => Json::parse(value.as_bytes())?,
            Some(Style::Form) => Json::List(value.split(',').map(Json::from).collect()),
            Some(Style::Pipe) => Json::List(value.split('|').map(Json::from).collect()),
            Some(Style::Space) => Json::List(value.split(' ').map(Json::from).collect()),
            _ => Json::Text(value.clone()),
        };
        match name.split_once('[').and_then(|(of, key)| Some((of, key.strip_suffix(']')?))) {
            Some((of, key)) if !key.is_empty() => {
                let mut inner = match object.get(of) {
                    Some(Json::Object(inner)) => inner.clone(),
                    _ => Object::new(),
                };
                add(&mut inner, key, value);
                object.set(of, inner.into());
            }
            Some((of, _)) => add(&mut object, of, value),
            None => add(&mut object, name, value),
        }
    }
    fitting(object.into())
}

/// Sets a value, or makes a list of it and of what is there already.
fn add(object: &mut Object, name: &str, value: Json) {
    let value = match object.get(name) {
        None => value,
        Some(Json::List(items)) => Json::List(items.iter().cloned().chain([value]).collect()),
        Some(had) => Json::List(vec![had.clone(), value]),
    };
    object.set(name, value);
}

/// How often a text is tried anew: a message is short, or means harm.
const MAX_TRIES: usize = 64;

/// Reads a value of whose leaves only the text is known. What looks like a number or a truth value is taken for one until
/// the type says at that place that it is none; and one value for a list of one.
pub(super) fn fitting<T: Wire>(texts: Json) -> Result<T, Unreadable> {
    let mut json = guessed(texts);
    let mut tries = 0;
    loop {
        let error = match T::from_json(json.clone()) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        tries += 1;
        if tries > MAX_TRIES || !give_way(&mut json, &error.place) {
            return Err(error);
        }
    }
}

fn guessed(json: Json) -> Json {
    match json {
        Json::Text(text) => match Json::parse(text.as_bytes()) {
            Ok(found @ (Json::Number(_) | Json::Bool(_))) if found.to_string() == text => found,
            _ => Json::Text(text),
        },
        Json::List(items) => Json::List(items.into_iter().map(guessed).collect()),
        Json::Object(object) => Json::Object(object.0.into_iter().map(|(key, value)| (key, guessed(value))).collect()),
        other => other,
    }
}

/// Takes what stands at `place` for something else; `false` if there is nothing else that it can be.
fn give_way(json: &mut Json, place: &str) -> bool {
    match json {
        Json::Number(_) | Json::Bool(_) => {
            *json = Json::Text(json.to_string());
            true
        }
        // The items are of one type.
        Json::List(items) if place.starts_with('[') => {
            let rest = place.split_once(']').map_or("", |(_, rest)| rest);
            let rest = rest.strip_prefix('.').unwrap_or(rest);
            let mut changed = false;
            for item in items {
                changed |= give_way(item, rest);
            }
            changed
        }
        Json::Object(object) => {
            let of = |key: &str| place.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
            let entry = object.0.iter_mut().filter(|(key, _)| of(key).is_some()).max_by_key(|(key, _)| key.len());
            let Some((key, value)) = entry else { return false };
            let rest = of(key).unwrap_or_default();
            let rest = rest.strip_prefix('.').unwrap_or(rest).to_owned();
            if give_way(value, &rest) {
                return true;
            }
            if rest.is_empty() && matches!(value, Json::Text(_)) {
                *value = Json::List(vec![guessed(std::mem::take(value))]);
                return true;
            }
            false
        }
        Json::Null | Json::Text(_) | Json::List(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read<T: Wire>(style: Style, text: &str) -> Result<T, Unreadable> {
        Styled { name: "color", style, escaped: true }.read(text)
    }

    #[test]
    fn what_is_written_in_a_style_is_read_from_it() {
        use super::super::style::{Escape, one};
        let list = vec!["blue".to_owned(), "1".to_owned(), "a,b;c=d.e é".replace(['.', '='], "")];
        let numbers = vec![3_i64, -1];
        let map: BTreeMap<String, i64> = [("G".to_owned(), 200), ("R".to_owned(), 100)].into();
        let texts: BTreeMap<String, String> =
            [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "x y".to_owned())].into();
        for style in [
            Style::Simple,
            Style::SimpleExplode,
            Style::Label,
            Style::LabelExplode,
            Style::Matrix,
            Style::MatrixExplode,
            Style::Form,
            Style::Json,
        ] {
            let written = |json: Json| one("color", style, &json, Escape::All);
            assert_eq!(read::<String>(style, &written(Json::from("x/1 é"))).unwrap(), "x/1 é", "{style:?}");
            assert_eq!(read::<i64>(style, &written(7_i64.to_json())).unwrap(), 7, "{style:?}");
            assert_eq!(read::<Vec<String>>(style, &written(list.to_json())).unwrap(), list, "{style:?}");
            assert_eq!(read::<Vec<i64>>(style, &written(numbers.to_json())).unwrap(), numbers, "{style:?}");
            assert_eq!(read::<BTreeMap<String, i64>>(style, &written(map.to_json())).unwrap(), map, "{style:?}");
            assert_eq!(read::<BTreeMap<String, String>>(style, &written(texts.to_json())).unwrap(), texts, "{style:?}");
        }
        assert_eq!(read::<Vec<String>>(Style::Pipe, "a%7Cb").unwrap(), ["a", "b"]);
        assert_eq!(read::<Vec<String>>(Style::Space, "a%20b").unwrap(), ["a", "b"]);
        assert!(read::<bool>(Style::Simple, "yes").is_err() && read::<Vec<i64>>(Style::Simple, "1,x").is_err());
        assert!(read::<BTreeMap<String, i64>>(Style::Simple, "a,1,b").is_err());
    }

    #[test]
    fn forms_are_read_as_they_are_written() {
        let pairs = |text: &str| -> Vec<(String, String)> {
            let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
            pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
        };
        let json = of_pairs::<Json>(&pairs("a=x+y&b=1&b=2&c[k]=v&d%5B%5D=3&e=4,5"), &[("e", Style::Form)]).unwrap();
        assert_eq!(json.to_string(), r#"{"a":"x y","b":[1,2],"c":{"k":"v"},"d":3,"e":[4,5]}"#);
        let lists = of_pairs::<BTreeMap<String, Vec<String>>>(&pairs("a=1&b=x&b=2"), &[]).unwrap();
        assert_eq!(lists["a"], ["1"]);
        assert_eq!(lists["b"], ["x", "2"]);
    }
}
