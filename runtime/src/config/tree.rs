//! A YAML document as a tree that knows where everything stands.
//!
//! Scalars keep the text that was written and whether it was quoted: an amount must not pass through binary floating
//! point, and a number that stands for a text keeps its digits. The parser's events carry all of it, so the tree is
//! built from them, and one reading of the file serves for values and positions both.

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::diagnostic::{Diagnostic, Position, Span};

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    /// Text; `plain` when it was not quoted, so that it may be meant as a number, `true` or nothing at all.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order it is written, keys unique.
    Map(Vec<Entry>),
}

/// A key of a mapping, and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) span: Span,
    pub(super) value: Node,
}

impl Node {
    /// Whether nothing is written here.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, in words.
    pub(super) fn what(&self) -> &'static str {
        match &self.kind {
            _ if self.is_null() => "nothing",
            Kind::Scalar { .. } => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }
}

/// Deeper nesting is a mistake, or meant to exhaust the stack.
const DEEPEST: usize = 32;

/// Reads the document `text`. Duplicate keys go to `diagnostics`, the first one is kept.
///
/// # Errors
/// What keeps the text from being read at all.
pub(super) fn parse(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Result<Node, Box<Diagnostic>> {
    let mut builder = Builder { parser: Parser::new_from_str(text), diagnostics };
    loop {
        match builder.next()? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (Event::StreamEnd | Event::DocumentEnd, span) => {
                return Err(Box::new(
                    Diagnostic::error(span, "the file is empty").help("see `kassa --help` for an example"),
                ));
            }
            (event, span) => {
                let root = builder.node(event, span, 0)?;
                return builder.end().map(|()| root);
            }
        }
    }
}

struct Builder<'t, 'd> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'t> Builder<'t, '_> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Box<Diagnostic>> {
        match self.parser.next_event() {
            None => Err(Box::new(Diagnostic::error(Span::at(1, 1), "the file ends too early"))),
            Some(Ok((event, span))) => Ok((event, place(span))),
            Some(Err(error)) => {
                let span = Span::at(error.marker().line(), error.marker().col() + 1);
                Err(Box::new(Diagnostic::error(span, format!("not valid YAML: {}", error.info()))))
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Box<Diagnostic>> {
        if depth > DEEPEST {
            return Err(Box::new(Diagnostic::error(span, "nested too deep")));
        }
        let (anchor, has_tag) = match &event {
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                (*anchor, tag.is_some())
            }
            Event::Alias(_) => (1, false),
            _ => (0, false),
        };
        self.refuse_extras(span, anchor, has_tag);
        let kind = match event {
            Event::Scalar(text, style, _, _) => {
                Kind::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            _ => Kind::Scalar { text: String::new(), plain: true },
        };
        // The parser places a block mapping or list at its first token's end; its first key or element says it better.
        let span = match &kind {
            Kind::Map(entries) => entries.first().map_or(span, |entry| entry.span),
            Kind::List(nodes) => nodes.first().map_or(span, |node| node.span),
            Kind::Scalar { .. } => span,
        };
        Ok(Node { kind, span })
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Box<Diagnostic>> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::List(nodes)),
                (event, span) => nodes.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Kind, Box<Diagnostic>> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Kind::Map(entries)),
                (event, span) => self.node(event, span, depth + 1)?,
            };
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            let Kind::Scalar { text, .. } = key.kind else {
                self.diagnostics
                    .push(Diagnostic::error(key.span, format!("a key has to be a name, and this is {}", key.what())));
                continue;
            };
            match entries.iter().find(|entry| entry.key == text) {
                Some(first) => {
                    let label = format!("the first one is in line {}", first.span.start.line);
                    let message = format!("the key `{text}` is there twice");
                    self.diagnostics.push(Diagnostic::error(key.span, message).label(label).help("remove one of them"));
                }
                None => entries.push(Entry { key: text, span: key.span, value }),
            }
        }
    }

    /// Anchors, aliases and tags change what is read in ways that a reader of the file overlooks.
    fn refuse_extras(&mut self, span: Span, anchor: usize, has_tag: bool) {
        if anchor != 0 {
            let help = "write the value out in each place";
            self.diagnostics.push(Diagnostic::error(span, "anchors and aliases are not supported here").help(help));
        }
        if has_tag {
            self.diagnostics.push(Diagnostic::error(span, "tags are not supported here").help("remove it"));
        }
    }

    fn end(&mut self) -> Result<(), Box<Diagnostic>> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (_, span) => {
                    return Err(Box::new(
                        Diagnostic::error(span, "a second document begins here").help("keep one in a file"),
                    ));
                }
            }
        }
    }
}

fn place(span: saphyr_parser::Span) -> Span {
    let position = |marker: saphyr_parser::Marker| Position { line: marker.line(), column: marker.col() + 1 };
    Span { start: position(span.start), end: position(span.end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(node: &Node, out: &mut Vec<String>) {
        let at =
            |span: &Span| format!("{}:{}-{}:{}", span.start.line, span.start.column, span.end.line, span.end.column);
        match &node.kind {
            Kind::Scalar { text, plain } => {
                out.push(format!("{text:?}{} {}", if *plain { "" } else { " quoted" }, at(&node.span)))
            }
            Kind::List(nodes) => nodes.iter().for_each(|node| spans(node, out)),
            Kind::Map(entries) => entries.iter().for_each(|entry| {
                out.push(format!("{}: {}", entry.key, at(&entry.span)));
                spans(&entry.value, out);
            }),
        }
    }

    #[test]
    fn everything_knows_its_place() {
        let mut diagnostics = Vec::new();
        let text = "ключ: 1.50 # x\nb:\n  - \"c\"\n  - {d: e , f: }\n";
        let mut out = Vec::new();
        spans(&parse(text, &mut diagnostics).unwrap(), &mut out);
        assert_eq!(diagnostics, []);
        assert_eq!(
            out,
            [
                "ключ: 1:1-1:5",
                "\"1.50\" 1:7-1:11",
                "b: 2:1-2:2",
                "\"c\" quoted 3:5-3:8",
                "d: 4:6-4:7",
                "\"e\" 4:9-4:10",
                "f: 4:13-4:14",
                "\"\" 4:14-4:14",
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let error = |text: &str| {
            let mut diagnostics = Vec::new();
            let result = parse(text, &mut diagnostics);
            let diagnostic = result.map_or_else(|error| *error, |_| diagnostics.remove(0));
            let start = diagnostic.span.unwrap().start;
            format!("{}:{} {}", start.line, start.column, diagnostic.message)
        };
        let deep = "[".repeat(40);
        for (text, expected) in [
            ("a: [1", "2:1 not valid YAML: while parsing a flow sequence, expected ',' or ']'"),
            ("", "1:1 the file is empty"),
            ("# nothing\n", "2:1 the file is empty"),
            ("a: 1\n---\nb: 2\n", "2:1 a second document begins here"),
            ("a: &x 1\n", "1:4 anchors and aliases are not supported here"),
            ("a: 1\na: 2\n", "2:1 the key `a` is there twice"),
            ("? [a]\n: 1\n", "1:4 a key has to be a name, and this is a list"),
            ("a: !!str 1\n", "1:4 tags are not supported here"),
            (&deep, "1:34 nested too deep"),
            ("a:\n\t- b\n", "2:2 not valid YAML: tabs disallowed within this context (block indentation)"),
        ] {
            assert_eq!(error(text), expected);
        }
    }
}
