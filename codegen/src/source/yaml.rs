//! From parser events to a tree with positions.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as ParserSpan, Tag};

use super::{Entry, FileId, Kind, Node, Span};
use crate::diag::{Code, Diagnostics};

/// How deep a tree may be: deeper than any honest document, and shallower than any stack.
const MAX_DEPTH: usize = 200;
/// How many nodes aliases may add, so that a few lines cannot grow without bound.
const MAX_ALIASED: usize = 100_000;

/// Parses one YAML document (JSON is YAML).
pub(super) fn parse(file: FileId, text: &str, diags: &mut Diagnostics) -> Option<Node> {
    let mut builder = Builder { file, anchors: HashMap::new(), aliased: 0, diags };
    let mut events = Parser::new_from_str(text);
    match builder.document(&mut events) {
        Ok(node) => node,
        Err(error) => {
            let mark = error.marker();
            let (line, column) = (to_u32(mark.line()), to_u32(mark.col()) + 1);
            let span = Span { file, line, column, end_line: line, end_column: column + 1 };
            diags.error(Code::S001, span, format!("this is not YAML: {}", error.info()));
            None
        }
    }
}

struct Builder<'d> {
    file: FileId,
    anchors: HashMap<usize, Node>,
    aliased: usize,
    diags: &'d mut Diagnostics,
}

type Events<'t> = Parser<'t, saphyr_parser::StrInput<'t>>;

impl Builder<'_> {
    fn document(&mut self, events: &mut Events<'_>) -> Result<Option<Node>, ScanError> {
        let mut root = None;
        while let Some(event) = events.next() {
            let (event, span) = event?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                Event::StreamEnd => break,
                event if root.is_none() => match self.node(event, span, events, 0)? {
                    Some(node) => root = Some(node),
                    None => return Ok(None),
                },
                _ => {
                    self.diags.error(Code::S001, self.span(span), "a second document in one file");
                    return Ok(None);
                }
            }
        }
        if root.is_none() {
            let span = Span { file: self.file, line: 1, column: 1, end_line: 1, end_column: 1 };
            self.diags.error(Code::S001, span, "the file is empty");
        }
        Ok(root)
    }

    /// The node that begins with `event`; `None` after a diagnostic that ends the reading.
    fn node(
        &mut self,
        event: Event<'_>,
        start: ParserSpan,
        events: &mut Events<'_>,
        depth: usize,
    ) -> Result<Option<Node>, ScanError> {
        let span = self.span(start);
        if depth > MAX_DEPTH {
            self.diags.error(Code::S001, span, format!("values nested more than {MAX_DEPTH} deep"));
            return Ok(None);
        }
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (Node { span, key: None, kind: scalar(&text, style, tag.as_deref()) }, anchor)
            }
            Event::Alias(id) => return Ok(self.alias(id, span)),
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let Some(next) = events.next() else { return Ok(None) };
                    let (event, at) = next?;
                    if matches!(event, Event::SequenceEnd) {
                        break (Node { span: to(span, self.span(at)), key: None, kind: Kind::List(items) }, anchor);
                    }
                    match self.node(event, at, events, depth + 1)? {
                        Some(item) => items.push(item),
                        None => return Ok(None),
                    }
                }
            }
            Event::MappingStart(anchor, _) => match self.map(span, events, depth)? {
                Some(node) => (node, anchor),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(Some(node))
    }

    fn map(&mut self, span: Span, events: &mut Events<'_>, depth: usize) -> Result<Option<Node>, ScanError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, Span> = HashMap::new();
        loop {
            let Some(next) = events.next() else { return Ok(None) };
            let (event, at) = next?;
            if matches!(event, Event::MappingEnd) {
                let end = entries.last().map_or(self.span(at), |entry| entry.value.span);
                return Ok(Some(Node { span: to(span, end), key: None, kind: Kind::Map(entries) }));
            }
            let Some(key_node) = self.node(event, at, events, depth + 1)? else { return Ok(None) };
            let key_span = key_node.span;
            let Some(key) = key_node.as_scalar().or_else(|| matches!(key_node.kind, Kind::Null).then(String::new))
            else {
                self.diags.error(Code::S001, key_span, "a key has to be a text");
                return Ok(None);
            };
            let Some(next) = events.next() else { return Ok(None) };
            let (event, at) = next?;
            let Some(mut value) = self.node(event, at, events, depth + 1)? else { return Ok(None) };
            value.key = Some(key_span);
            if let Some(first) = seen.insert(key.clone(), key_span) {
                self.diags
                    .error(Code::S004, key_span, format!("`{key}` stands here a second time"))
                    .secondary(first, "first here");
                continue;
            }
            entries.push(Entry { key, key_span, value });
        }
    }

    fn alias(&mut self, id: usize, span: Span) -> Option<Node> {
        let Some(node) = self.anchors.get(&id) else {
            self.diags.error(Code::S001, span, "an alias of a value that contains it");
            return None;
        };
        self.aliased += count(node);
        if self.aliased > MAX_ALIASED {
            self.diags.error(Code::S001, span, format!("aliases repeat more than {MAX_ALIASED} values"));
            return None;
        }
        Some(node.clone())
    }

    fn span(&self, span: ParserSpan) -> Span {
        Span {
            file: self.file,
            line: to_u32(span.start.line()),
            column: to_u32(span.start.col()) + 1,
            end_line: to_u32(span.end.line()),
            end_column: to_u32(span.end.col()) + 1,
        }
    }
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX - 1)
}

fn to(start: Span, end: Span) -> Span {
    Span { end_line: end.end_line, end_column: end.end_column, ..start }
}

fn count(node: &Node) -> usize {
    1 + node.items().iter().map(count).sum::<usize>() + node.entries().iter().map(|e| count(&e.value)).sum::<usize>()
}

/// What a scalar is, by the core schema of YAML 1.2.
pub(crate) fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    if style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str") {
        return Kind::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ if is_number(text) => Kind::Number(text.to_owned()),
        _ => Kind::Text(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    !(whole.is_empty() && fraction.is_empty())
        && digits(whole)
        && digits(fraction)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}
