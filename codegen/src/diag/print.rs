//! Diagnostics as rustc prints them, and as JSON lines.

use std::fmt::{self, Write as _};

use super::{Diagnostic, Failure};
use crate::tree::{Span, Tree};

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            write_one(f, diagnostic, &self.tree)?;
            writeln!(f)?;
        }
        let files: std::collections::BTreeSet<_> =
            self.diagnostics.iter().map(|d| self.tree.file_at(d.span.start)).collect();
        write!(f, "{} in {}", counted(self.diagnostics.len(), "error"), counted(files.len(), "file"))
    }
}

/// A count with its word: `1 error`, `2 errors`.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

impl Failure {
    /// One JSON object a line, the keys as in rustc's JSON: `code`, `message`, `spans`, `help`.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        let mut out = String::new();
        for diagnostic in &self.diagnostics {
            let span = |span: Span, label: Option<&str>| {
                let (line_start, column_start) = self.tree.line_and_column(span.start);
                let (line_end, column_end) = self.tree.line_and_column(span.end);
                serde_json::json!({
                    "file_name": self.tree.file_at(span.start),
                    "line_start": line_start,
                    "column_start": column_start,
                    "line_end": line_end,
                    "column_end": column_end,
                    "is_primary": label.is_none(),
                    "label": label,
                })
            };
            let mut spans = vec![span(diagnostic.span, None)];
            spans.extend(diagnostic.secondary.iter().map(|label| span(label.span, Some(&label.text))));
            let line = serde_json::json!({
                "level": "error",
                "code": diagnostic.code.to_string(),
                "message": diagnostic.message,
                "spans": spans,
                "help": diagnostic.help,
            });
            let _ = writeln!(out, "{line}");
        }
        out
    }
}

fn write_one(f: &mut fmt::Formatter<'_>, diagnostic: &Diagnostic, tree: &Tree) -> fmt::Result {
    writeln!(f, "error[{}]: {}", diagnostic.code, plain(&diagnostic.message))?;
    let line = |span: Span| tree.line_and_column(span.start).0;
    let widest = diagnostic.secondary.iter().map(|label| line(label.span)).fold(line(diagnostic.span), u32::max);
    let width = widest.to_string().len();
    write_excerpt(f, diagnostic.span, None, "-->", width, tree)?;
    for label in &diagnostic.secondary {
        write_excerpt(f, label.span, Some(&label.text), ":::", width, tree)?;
    }
    for help in &diagnostic.help {
        writeln!(f, "{:width$} = help: {}", "", plain(help))?;
    }
    Ok(())
}

fn write_excerpt(
    f: &mut fmt::Formatter<'_>,
    span: Span,
    label: Option<&str>,
    arrow: &str,
    width: usize,
    tree: &Tree,
) -> fmt::Result {
    let ((line, column), (end_line, end_column)) = (tree.line_and_column(span.start), tree.line_and_column(span.end));
    writeln!(f, "{:width$}{arrow} {}:{line}:{column}", "", tree.file_at(span.start).display())?;
    if tree.text_at(span.start).is_empty() {
        return Ok(());
    }
    let end = if end_line == line { end_column } else { u32::MAX };
    let window = window(tree.line(span.start), column);
    let carets = (end.saturating_sub(column) as usize).clamp(1, window.room.max(1));
    let marks = if label.is_some() { "-" } else { "^" }.repeat(carets);
    let label = label.map(|label| format!(" {}", plain(label))).unwrap_or_default();
    writeln!(f, "{:width$} |", "")?;
    writeln!(f, "{line:>width$} | {}", window.text)?;
    writeln!(f, "{:width$} | {:indent$}{marks}{label}", "", "", indent = window.indent)
}

/// How many characters of a line are shown.
const MAX_WIDTH: usize = 160;
/// How many characters of a name are shown.
const MAX_NAME: usize = 80;

/// What is shown of a line.
struct Window {
    text: String,
    /// How many characters stand before the place.
    indent: usize,
    /// How many characters of the line are shown from the place on.
    room: usize,
}

/// A line that is not too long, around `column`.
fn window(line: &str, column: u32) -> Window {
    let chars: Vec<char> = line.chars().map(visible).collect();
    let place = (column as usize).saturating_sub(1);
    if chars.len() <= MAX_WIDTH {
        return Window { indent: place, room: chars.len().saturating_sub(place), text: chars.into_iter().collect() };
    }
    let start = place.saturating_sub(MAX_WIDTH / 2).min(chars.len() - MAX_WIDTH);
    let mut text: String = chars[start..start + MAX_WIDTH].iter().collect();
    if start + MAX_WIDTH < chars.len() {
        text.push('…');
    }
    let room = (start + MAX_WIDTH).saturating_sub(place);
    if start > 0 {
        return Window { text: format!("…{text}"), indent: place - start + 1, room };
    }
    Window { text, indent: place, room }
}

/// One column for each character: a terminal obeys nothing that stands in a file.
fn visible(c: char) -> char {
    match c {
        '\t' => '→',
        c if c.is_control() => ' ',
        c => c,
    }
}

/// A text of our own that quotes a file: long names are cut, and control characters are written out.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, part) in text.split('`').enumerate() {
        if n > 0 {
            out.push('`');
        }
        // Every other part stands between two backticks, and is a name.
        let cut = n % 2 == 1 && part.chars().count() > MAX_NAME;
        let shown = if cut { MAX_NAME - 1 } else { usize::MAX };
        for c in part.chars().take(shown) {
            if c.is_control() {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
        }
        if cut {
            out.push('…');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stay_below_what_is_shown() {
        let line = "x".repeat(500);
        for column in [1, 80, 81, 161, 340, 499, 500, 501] {
            let window = window(&line, column);
            assert!(window.indent + window.room <= window.text.chars().count(), "column {column}");
            assert!(window.text.chars().count() <= MAX_WIDTH + 2, "column {column}");
        }
    }

    #[test]
    fn what_is_quoted_is_plain() {
        assert_eq!(plain("no key `a\u{1b}[31m\nb`"), "no key `a\\u{1b}[31m\\nb`");
        assert_eq!(plain(&format!("no key `{}`", "x".repeat(200))), format!("no key `{}…`", "x".repeat(79)));
    }
}
