//! Where values end. The tree keeps only where they begin: what is shown is found again in the text.

use super::{NodeId, Pair, Slice, Stored, Tree, Value, to_u32};

/// A stretch of the files of a tree: offsets of its first byte, and of the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

impl Tree {
    /// Where a node stands.
    pub(super) fn span(&self, id: NodeId) -> Span {
        let slot = self.nodes[id.0 as usize];
        let start = slot.offset;
        let end = match slot.stored {
            Stored::Null | Stored::Bool(_) => self.scalar_end(start, None),
            Stored::Number(text) | Stored::Text(text) => self.scalar_end(start, Some(text)),
            Stored::List { .. } | Stored::Map { .. } => self.collection_end(id, start),
        };
        // What an alias put there stands elsewhere.
        Span { start, end: end.max(start) }
    }

    /// Where the key of an entry stands.
    pub(super) fn key_span(&self, pair: &Pair) -> Span {
        Span { start: pair.offset, end: self.scalar_end(pair.offset, Some(pair.key)) }
    }

    /// The text from an offset on.
    fn rest(&self, start: u32) -> &str {
        &self.text[start as usize..]
    }

    /// A list or a map in a line ends behind its bracket, any other where its last value does.
    fn collection_end(&self, id: NodeId, start: u32) -> u32 {
        let (last, bracket) = match self.value(id) {
            Value::Map(entries) => (entries.iter().last().map(|(_, value)| value), '}'),
            _ => (self.items(id).last().copied(), ']'),
        };
        let in_line = self.rest(start).starts_with(['[', '{']);
        let end = last.map_or(start + u32::from(in_line), |last| self.span(last).end).max(start);
        let after = self.rest(end).trim_start_matches([' ', '\t', '\r', '\n', ',']);
        match in_line && after.starts_with(bracket) {
            true => to_u32(self.text.len() - after.len()) + 1,
            false => end,
        }
    }

    /// Where a scalar ends that begins at `start`: behind its quote, or the last of its words.
    fn scalar_end(&self, start: u32, text: Option<Slice>) -> u32 {
        let rest = self.rest(start);
        let begins = properties(rest);
        let raw = &rest[begins..];
        let text = text.map(|text| self.slice(text));
        let len = match (text, raw.as_bytes().first()) {
            (Some(text), _) if !text.is_empty() && raw.starts_with(text) => text.len(),
            (_, Some(b'"' | b'\'')) => quoted(raw),
            (Some(text), _) => words(raw, text),
            (None, _) => WORDS.iter().find(|word| is_word(raw, word)).map_or(0, |word| word.len()),
        };
        start + to_u32(begins + len)
    }
}

/// What is neither a number nor a text.
const WORDS: [&str; 4] = ["true", "false", "null", "~"];

/// How long the tags and anchors are that stand before a value.
fn properties(text: &str) -> usize {
    let mut at = 0;
    while text[at..].starts_with(['!', '&']) {
        at += text[at..].find(char::is_whitespace).unwrap_or(text.len() - at);
        at += text[at..].len() - text[at..].trim_start_matches(' ').len();
    }
    at
}

fn is_word(raw: &str, word: &str) -> bool {
    raw.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
}

/// How long a text in quotes is.
fn quoted(raw: &str) -> usize {
    let quote = raw.as_bytes()[0];
    let mut bytes = raw.bytes().enumerate().skip(1);
    while let Some((at, b)) = bytes.next() {
        let escapes = if quote == b'"' { b == b'\\' } else { raw.as_bytes()[at..].starts_with(b"''") };
        if escapes {
            bytes.next();
        } else if b == quote {
            return at + 1;
        }
    }
    raw.len()
}

/// How long a text is where it stands without quotes, over several lines.
fn words(raw: &str, text: &str) -> usize {
    let mut at = 0;
    for word in text.split_whitespace() {
        at += raw[at..].len() - raw[at..].trim_start().len();
        if !raw[at..].starts_with(word) {
            break;
        }
        at += word.len();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands at each value of a file, and at each key.
    fn stretches(text: &str) -> Vec<String> {
        fn walk(tree: &Tree, id: NodeId, found: &mut Vec<String>) {
            let shown = |span: Span| tree.text[span.start as usize..span.end as usize].to_owned();
            found.push(shown(tree.span(id)));
            for entry in tree.node(id).entries() {
                found.push(shown(entry.key_span));
                walk(tree, entry.value.id(), found);
            }
            tree.items(id).iter().for_each(|item| walk(tree, *item, found));
        }
        let mut tree = Tree::default();
        let root = tree.add("a.yaml", text).unwrap();
        let mut found = Vec::new();
        walk(&tree, root, &mut found);
        found
    }

    #[test]
    fn values_end_where_they_end() {
        let text = r#"{"a\n": ["x\"y" , 1.50,null], "b": {} }"#;
        assert_eq!(
            stretches(text),
            [text, r#""a\n""#, r#"["x\"y" , 1.50,null]"#, r#""x\"y""#, "1.50", "null", r#""b""#, "{}"]
        );
        let text = "{ 'ё''s': [ ~, \"\" ], a b: !!str 5 , &x c: d  e }";
        assert_eq!(stretches(text), [text, "'ё''s'", "[ ~, \"\" ]", "~", "\"\"", "a b", "!!str 5", "&x c", "d  e"]);
        let text = "a: |\n  one\n\n   two\nb: plain\n  in two\nc:\n- x # why\n- \"y\" \n";
        assert_eq!(
            stretches(text),
            [text.trim_end(), "a", "one\n\n   two", "b", "plain\n  in two", "c", "x # why\n- \"y\"", "x", "\"y\"",]
        );
    }
}
