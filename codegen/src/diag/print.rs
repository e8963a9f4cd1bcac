//! Diagnostics as rustc prints them, and as JSON lines.

use std::fmt::{self, Write as _};

use super::{Diagnostic, Failure};
use crate::source::{Sources, Span};

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            write_one(f, diagnostic, &self.sources)?;
            writeln!(f)?;
        }
        let files: std::collections::BTreeSet<_> = self.diagnostics.iter().map(|d| d.span.file).collect();
        let plural = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
        write!(f, "{} in {}", plural(self.diagnostics.len(), "error"), plural(files.len(), "file"))
    }
}

impl Failure {
    /// One JSON object a line, the keys as in rustc's JSON: `code`, `message`, `spans`, `help`.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        let mut out = String::new();
        for diagnostic in &self.diagnostics {
            let span = |span: Span, label: Option<&str>| {
                serde_json::json!({
                    "file_name": self.sources.file(span.file).path,
                    "line_start": span.line,
                    "column_start": span.column,
                    "line_end": span.end_line,
                    "column_end": span.end_column,
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

fn write_one(f: &mut fmt::Formatter<'_>, diagnostic: &Diagnostic, sources: &Sources) -> fmt::Result {
    writeln!(f, "error[{}]: {}", diagnostic.code, diagnostic.message)?;
    let widest = diagnostic.secondary.iter().map(|label| label.span.line).fold(diagnostic.span.line, u32::max);
    let width = widest.to_string().len();
    write_excerpt(f, diagnostic.span, None, "-->", width, sources)?;
    for label in &diagnostic.secondary {
        write_excerpt(f, label.span, Some(&label.text), ":::", width, sources)?;
    }
    for help in &diagnostic.help {
        writeln!(f, "{:width$} = help: {help}", "")?;
    }
    Ok(())
}

fn write_excerpt(
    f: &mut fmt::Formatter<'_>,
    span: Span,
    label: Option<&str>,
    arrow: &str,
    width: usize,
    sources: &Sources,
) -> fmt::Result {
    let file = sources.file(span.file);
    writeln!(f, "{:width$}{arrow} {}:{}:{}", "", file.path.display(), span.line, span.column)?;
    let line = file.line(span.line);
    let length = line.chars().count() as u32;
    let end = if span.end_line == span.line { span.end_column } else { length + 1 };
    let carets =
        (end.saturating_sub(span.column)).clamp(1, length.saturating_sub(span.column).saturating_add(1).max(1));
    let (shown, column) = window(line, span.column);
    let mark = if label.is_some() { "-" } else { "^" };
    let carets = carets.min(MAX_WIDTH as u32);
    writeln!(f, "{:width$} |", "")?;
    writeln!(f, "{:>width$} | {shown}", span.line)?;
    let marks = mark.repeat(carets as usize);
    let label = label.map(|label| format!(" {label}")).unwrap_or_default();
    writeln!(f, "{:width$} | {:indent$}{marks}{label}", "", "", indent = column as usize - 1)
}

/// How many characters of a line are shown.
const MAX_WIDTH: usize = 160;

/// A line that is not too long, and the column within it.
fn window(line: &str, column: u32) -> (String, u32) {
    let chars: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if chars.len() <= MAX_WIDTH {
        return (chars.into_iter().collect(), column);
    }
    let start = (column as usize).saturating_sub(MAX_WIDTH / 2).min(chars.len() - MAX_WIDTH);
    let mut shown: String = chars[start..start + MAX_WIDTH].iter().collect();
    if start + MAX_WIDTH < chars.len() {
        shown.push('…');
    }
    if start > 0 {
        return (format!("…{shown}"), column - start as u32 + 1);
    }
    (shown, column)
}
