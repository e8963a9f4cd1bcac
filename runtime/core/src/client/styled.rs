//! From the text of headers, parameters and forms back to values.

use percent_encoding::percent_decode_str;

use super::loose::{self, Place, guessed};
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
        if self.style == Style::Json && !text.is_empty() {
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

/// Reads a value of whose leaves only the text is known.
pub(super) fn fitting<T: Wire>(texts: Json) -> Result<T, Unreadable> {
    loose::read(guessed(texts), Place::Whole)
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
}
