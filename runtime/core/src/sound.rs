//! Lists with elements that are not what the document promises: these are set aside and told, and the rest is read.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{Reply, Unreadable};

/// What is sound of a list in a reply.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Sound {
    /// The reply without what is not; `None` when nothing had to be set aside.
    reply: Option<Reply>,
    /// Where the elements stood that were set aside, in order.
    gone: Vec<usize>,
    /// Why these were.
    pub told: Vec<String>,
}

impl Sound {
    /// The reply to be read.
    #[must_use]
    pub fn reply<'r>(&'r self, reply: &'r Reply) -> &'r Reply {
        self.reply.as_ref().unwrap_or(reply)
    }

    /// Where the element stood that is now at `index`.
    #[must_use]
    pub fn index(&self, index: usize) -> usize {
        self.gone.iter().fold(index, |index, gone| index + usize::from(*gone <= index))
    }

    /// How many elements there were, if `left` are left.
    #[must_use]
    pub const fn count(&self, left: usize) -> usize {
        left + self.gone.len()
    }
}

/// Looks at the list at `path` of a reply with one of these statuses: the body itself without a path, or its only
/// member. What cannot be read as `T` is set aside.
#[doc(hidden)]
#[must_use]
pub fn sound<T: DeserializeOwned>(reply: &Reply, statuses: &[u16], path: &[&str]) -> Sound {
    if statuses.contains(&reply.status().as_u16()) {
        set_aside::<T>(reply, path).unwrap_or_default()
    } else {
        Sound::default()
    }
}

/// `None` when there is no such list: then the reply as a whole is not what it should be.
fn set_aside<T: DeserializeOwned>(reply: &Reply, path: &[&str]) -> Option<Sound> {
    let body = std::str::from_utf8(reply.body()).ok()?;
    let list = find(serde_json::from_str(body).ok()?, path)?;
    let name = if path.is_empty() { "body".to_owned() } else { path.join(".") };
    let elements: Vec<&RawValue> = serde_json::from_str(list.get()).ok()?;
    let (mut left, mut sound) = (Vec::with_capacity(elements.len()), Sound::default());
    for (index, element) in elements.into_iter().enumerate() {
        let mut reader = serde_json::Deserializer::from_str(element.get());
        match serde_path_to_error::deserialize::<_, T>(&mut reader) {
            Ok(_) => left.push(element.get()),
            Err(error) => {
                let at = error.path().to_string();
                let place = if at == "." { name.clone() } else { format!("{name}.{at}") };
                let told = Unreadable::new(place, error.inner().to_string()).in_element(&name, index);
                sound.told.push(told.to_string());
                sound.gone.push(index);
            }
        }
    }
    if !sound.gone.is_empty() {
        // The digits of what is left stay as they were written.
        let begin = list.get().as_ptr() as usize - body.as_ptr() as usize;
        let end = begin + list.get().len();
        let body = format!("{}[{}]{}", &body[..begin], left.join(","), &body[end..]);
        let mut clean = Reply::new(body.into());
        *clean.status_mut() = reply.status();
        *clean.headers_mut() = reply.headers().clone();
        sound.reply = Some(clean);
    }
    Some(sound)
}

/// The list at `path`, keys in any case.
fn find<'b>(value: &'b RawValue, path: &[&str]) -> Option<&'b RawValue> {
    if value.get().starts_with('[') {
        return path.is_empty().then_some(value);
    }
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
    let Some((name, rest)) = path.split_first() else {
        let mut members = members.into_values();
        return members.next().filter(|member| members.next().is_none() && member.get().starts_with('['));
    };
    let found = members.get(*name).or_else(|| {
        let mut all = members.iter();
        all.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    });
    find(found?, rest)
}

/// The list that is the only member of an object.
#[doc(hidden)]
#[must_use]
pub fn only_list<T>(members: &BTreeMap<String, Vec<T>>) -> Option<&[T]> {
    let mut lists = members.values();
    let list = lists.next()?;
    lists.next().is_none().then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str, path: &[&str]) -> (String, Sound) {
        let reply = Reply::new(body.into());
        let sound = sound::<BTreeMap<String, i64>>(&reply, &[200], path);
        (String::from_utf8(sound.reply(&reply).body().to_vec()).unwrap(), sound)
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_stays_as_it_was() {
        let (left, sound) = read(r#"[ {"a": 1}, {"a": "x"}, 7, {"a":  2}, null ]"#, &[]);
        assert_eq!(left, r#"[{"a": 1},{"a":  2}]"#);
        assert_eq!(sound.told.len(), 3);
        assert!(sound.told[0].starts_with("body[1].a: invalid type: string"), "{:?}", sound.told);
        assert!(sound.told[1].starts_with("body[2]: invalid type: integer"), "{:?}", sound.told);
        assert_eq!((sound.index(0), sound.index(1), sound.index(2), sound.count(2)), (0, 3, 5, 5));

        let (left, _) = read(r#"{"code": 1.10, "Data": {"list": [{"a": 1}, {}, []]}, "b": "ё"}"#, &["data", "list"]);
        assert_eq!(left, r#"{"code": 1.10, "Data": {"list": [{"a": 1},{}]}, "b": "ё"}"#);
        assert_eq!(read(r#"{"orders": [[]]}"#, &[]).0, r#"{"orders": []}"#);
    }

    #[test]
    fn what_has_no_such_list_stays_as_it_is() {
        for (body, path) in [
            ("", &[][..]),
            ("{", &[]),
            (r#"{"a": [[]], "b": [[]]}"#, &[]),
            (r#"{"a": {"b": 1}}"#, &[]),
            (r#"{"a": [[]]}"#, &["list"]),
            (r#"{"list": 7}"#, &["list"]),
        ] {
            let (left, sound) = read(body, path);
            assert!(left == body && sound.told.is_empty(), "{body}");
        }
        let reply = Reply::new("[[]]".into());
        assert!(super::sound::<BTreeMap<String, i64>>(&reply, &[201], &[]).told.is_empty());
    }

    #[test]
    fn a_list_that_is_not_alone_is_none() {
        let map = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), vec![1])).collect::<BTreeMap<_, _>>();
        assert_eq!(only_list(&map(&["a"])), Some(&[1][..]));
        assert_eq!(only_list(&map(&["a", "b"])), None);
        assert_eq!(only_list(&map(&[])), None);
    }
}
