//! Errors in a file that a person wrote, shown as rustc shows them: what is wrong, where, and what to do.

use std::fmt::Write as _;

pub use crate::nearest::nearest;

/// Whether a diagnostic stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// A position in a text: lines and columns count characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A piece of a text, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// The character after its last.
    pub end: Position,
}

impl Span {
    /// The one character at a position.
    #[must_use]
    pub const fn at(line: usize, column: usize) -> Self {
        Self { start: Position { line, column }, end: Position { line, column: column + 1 } }
    }
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the work.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where; `None` for the file as a whole.
    pub span: Option<Span>,
    /// What is written beside the caret; may be empty.
    pub label: String,
    /// What to do; may be empty.
    pub help: String,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        let (label, help) = (String::new(), String::new());
        Self { severity: Severity::Error, message: message.into(), span: Some(span), label, help }
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// With words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// The text that diagnostics are about.
#[derive(Debug)]
pub struct Source<'t> {
    name: String,
    lines: Vec<&'t str>,
    hidden: Vec<Span>,
}

impl<'t> Source<'t> {
    /// The text `text`, called `name` in what is shown.
    #[must_use]
    pub fn new(name: impl Into<String>, text: &'t str) -> Self {
        Self { name: name.into(), lines: text.lines().collect(), hidden: Vec::new() }
    }

    /// Keeps a piece of the text out of every excerpt: it may be a secret (F10).
    pub fn hide(&mut self, span: Span) {
        self.hidden.push(span);
    }

    /// `diagnostic` as text, without a newline at its end.
    #[must_use]
    pub fn show(&self, diagnostic: &Diagnostic) -> String {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut out = format!("{severity}: {}", diagnostic.message);
        let Some(span) = diagnostic.span else {
            let _ = write!(out, "\n --> {}", self.name);
            if !diagnostic.help.is_empty() {
                let _ = write!(out, "\n  = help: {}", diagnostic.help);
            }
            return out;
        };
        let number = span.start.line.to_string();
        let margin = " ".repeat(number.len());
        let (excerpt, carets) = self.excerpt(span);
        let _ = write!(out, "\n{margin}--> {}:{}:{}", self.name, span.start.line, span.start.column);
        let _ = write!(out, "\n{margin} |\n{}", format!("{number} | {excerpt}").trim_end());
        let pointer = format!("{carets} {}", diagnostic.label);
        let _ = write!(out, "\n{margin} | {}", pointer.trim_end());
        if !diagnostic.help.is_empty() {
            let _ = write!(out, "\n{margin} |\n{margin} = help: {}", diagnostic.help);
        }
        out
    }

    /// The line that `span` begins in, and the carets below it. Tabs become a space each, so that the carets stand
    /// right, and hidden pieces an ellipsis.
    fn excerpt(&self, span: Span) -> (String, String) {
        /// More of a line helps nobody.
        const LONGEST: usize = 160;
        let Position { line, column } = span.start;
        let text = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let length = text.chars().count();
        let end = if span.end.line == line { span.end.column } else { length + 1 };
        // A window of a very long line (JSON on one line) that begins a little before the place.
        let first = if length <= LONGEST { 1 } else { column.saturating_sub(LONGEST / 4).max(1) };
        let mut excerpt = String::new();
        let mut carets = String::new();
        let indentation = length - text.trim_start().chars().count();
        let mut hiding = None;
        if first > 1 {
            excerpt.push('…');
            carets.push(' ');
        }
        for (index, character) in text.chars().enumerate().skip(first - 1).take(LONGEST) {
            let position = Position { line, column: index + 1 };
            let hides = |hidden: &&Span| index >= indentation && hidden.start <= position && position < hidden.end;
            let hidden = self.hidden.iter().find(hides);
            if hidden.is_some() && hidden == hiding {
                continue;
            }
            hiding = hidden;
            excerpt.push(match (hidden, character) {
                (Some(_), _) => '…',
                (None, '\t') => ' ',
                (None, character) if character.is_control() => '\u{fffd}',
                (None, character) => character,
            });
            carets.push(if (column..end).contains(&position.column) { '^' } else { ' ' });
        }
        if length > first - 1 + LONGEST {
            excerpt.push('…');
        }
        let shown = excerpt.trim_end();
        // Never a caret under the white space that a line ends with, and always one, even past its end.
        let mut carets: String = carets.chars().take(shown.chars().count()).collect();
        if !carets.contains('^') {
            let before = column.saturating_sub(first) + usize::from(first > 1);
            carets = format!("{:before$}^", "");
        }
        (shown.to_owned(), carets.trim_end().to_owned())
    }
}

/// How many errors and warnings there are, in words: `2 errors, 1 warning`.
#[must_use]
pub fn count(errors: usize, warnings: usize) -> String {
    let plural = |n: usize, word: &str| if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") };
    match (errors, warnings) {
        (errors, 0) => plural(errors, "error"),
        (0, warnings) => plural(warnings, "warning"),
        _ => format!("{}, {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(line: usize, from: usize, to: usize) -> Span {
        Span { start: Position { line, column: from }, end: Position { line, column: to } }
    }

    #[test]
    fn looks_like_rustc() {
        let source = Source::new("kassa.yaml", "a: 1\n\ttokn: x   \n");
        let diagnostic =
            Diagnostic::error(span(2, 2, 6), "unknown key `tokn`").label("did you mean `token`?").help("x");
        assert_eq!(
            source.show(&diagnostic),
            "\
error: unknown key `tokn`
 --> kassa.yaml:2:2
  |
2 |  tokn: x
  |  ^^^^ did you mean `token`?
  |
  = help: x"
        );
    }

    #[test]
    fn hides_what_may_be_a_secret() {
        let mut source = Source::new("k", "token: hunter2 # mine");
        source.hide(span(1, 8, 15));
        let shown = source.show(&Diagnostic::error(span(1, 16, 22), "m"));
        assert_eq!(shown, "error: m\n --> k:1:16\n  |\n1 | token: … # mine\n  |          ^^^^^^");
    }

    #[test]
    fn a_place_past_the_end_has_its_caret() {
        let source = Source::new("k", "ab");
        assert!(source.show(&Diagnostic::error(Span::at(1, 3), "m")).ends_with("1 | ab\n  |   ^"));
        assert!(source.show(&Diagnostic::error(Span::at(9, 1), "m")).ends_with("9 |\n  | ^"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let shown = Source::new("k", &text).show(&Diagnostic::error(Span::at(1, 501), "m"));
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines[3].chars().position(|c| c == 'X'), lines[4].chars().position(|c| c == '^'));
        assert!(lines[3].chars().count() < 180);
    }
}
