//! Writes Rust as rustfmt lays it out at 120 columns: no second pass over the output is needed.

use crate::tree::steers;

/// The widest line.
const WIDTH: usize = 120;

/// A file in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) out: String,
    indent: usize,
}

impl Writer {
    fn margin(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
    }

    /// Writes a line, or several.
    pub(super) fn line(&mut self, text: &str) {
        for text in text.split('\n') {
            if !text.is_empty() {
                self.margin();
                self.out.push_str(text);
            }
            self.out.push('\n');
        }
    }

    /// Writes a line, and what follows deeper.
    pub(super) fn open(&mut self, text: &str) {
        self.line(text);
        self.indent += 1;
    }

    /// Ends what was opened.
    pub(super) fn close(&mut self, text: &str) {
        self.indent = self.indent.saturating_sub(1);
        self.line(text);
    }

    /// Whether a text is one line, and short enough.
    pub(super) fn fits(&self, text: &str) -> bool {
        4 * self.indent + text.chars().count() <= WIDTH && !text.contains('\n')
    }

    /// Writes `head(items)tail` on one line if it fits, else an item a line.
    pub(super) fn list(&mut self, head: &str, items: &[String], tail: &str) {
        let (left, right) = match head.chars().last() {
            Some('{') => (" ", " "),
            _ => ("", ""),
        };
        let line = match items {
            [] => format!("{head}{tail}"),
            items => format!("{head}{left}{}{right}{tail}", items.join(", ")),
        };
        if self.fits(&line) || items.is_empty() {
            return self.line(&line);
        }
        self.open(head);
        for item in items {
            self.line(&format!("{item},"));
        }
        self.close(tail);
    }

    /// Writes the head of a function, and what follows deeper.
    pub(super) fn signature(&mut self, head: &str, parameters: &[String], tail: &str) {
        self.list(head, parameters, tail);
        self.indent += 1;
    }

    /// Writes `head call(items);`, the call on a line of its own if it has to be.
    pub(super) fn assign(&mut self, head: &str, call: &str, items: &[String]) {
        if self.fits(&format!("{head} {call}{});", items.join(", "))) {
            return self.list(&format!("{head} {call}"), items, ");");
        }
        self.open(head);
        self.list(call, items, ");");
        self.indent -= 1;
    }

    /// Writes an arm of a match, its value on a line of its own if it has to be.
    pub(super) fn value(&mut self, pattern: &str, value: &str) {
        let line = format!("{pattern} => {value},");
        if self.fits(&line) {
            return self.line(&line);
        }
        self.open(&format!("{pattern} => {{"));
        self.line(value);
        self.close("}");
    }

    /// Writes an arm of a match that builds a struct: on one line, or its value on one, or a field a line.
    pub(super) fn arm(&mut self, pattern: &str, head: &str, fields: &[String]) {
        let value = format!("{head} {{ {} }}", fields.join(", "));
        let line = format!("{pattern} => {value},");
        if self.fits(&line) {
            self.line(&line);
        } else if self.fits(&format!("    {value}")) {
            self.open(&format!("{pattern} => {{"));
            self.line(&value);
            self.close("}");
        } else {
            self.list(&format!("{pattern} => {head} {{"), fields, "},");
        }
    }

    /// Writes a chain of calls on one line if it fits, else a call a line. A call of several lines holds a closure.
    pub(super) fn chain(&mut self, head: &str, calls: &[String], tail: &str) {
        let line = format!("{head}{}{tail}", calls.concat());
        if self.fits(&line) || calls.is_empty() {
            return self.line(&line);
        }
        self.open(head);
        for (n, call) in calls.iter().enumerate() {
            let tail = if n + 1 == calls.len() { tail } else { "" };
            self.closure(&format!("{call}{tail}"));
        }
        self.indent -= 1;
    }

    /// Writes a call, its closure as a block if the line would be too long.
    pub(super) fn closure(&mut self, call: &str) {
        match call.split_once("|at| ") {
            Some((head, rest)) if !self.fits(call) && !call.contains('\n') => {
                let end = rest.rfind(')').unwrap_or(rest.len());
                self.open(&format!("{head}|at| {{"));
                self.line(&rest[..end]);
                self.close(&format!("}}{}", &rest[end..]));
            }
            _ => self.line(call),
        }
    }

    /// Writes a field, its type on a line of its own if it has to be.
    pub(super) fn field(&mut self, name: &str, ty: &str) {
        let line = format!("pub {name}: {ty},");
        if self.fits(&line) {
            return self.line(&line);
        }
        self.open(&format!("pub {name}:"));
        self.close_with(&format!("{ty},"));
    }

    fn close_with(&mut self, text: &str) {
        self.line(text);
        self.indent -= 1;
    }

    /// Writes documentation. Nothing in it can end the comment, or be run as a test.
    pub(super) fn doc(&mut self, text: &str) {
        self.comment("///", text);
    }

    /// Writes documentation of what it stands in.
    pub(super) fn inner_doc(&mut self, text: &str) {
        self.comment("//!", text);
    }

    /// Writes a comment.
    pub(super) fn note(&mut self, text: &str) {
        self.comment("//", text);
    }

    fn comment(&mut self, mark: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let mut fence = false;
        let mut empty = true;
        for line in text.trim().split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
            let clean: String =
                line.chars().filter(|c| *c == '\t' || !steers(*c)).map(|c| if c == '\t' { ' ' } else { c }).collect();
            let clean = clean.trim_end();
            let start = clean.trim_start();
            if start.is_empty() {
                // One empty line says as much as several.
                if !empty {
                    self.line(mark);
                }
                empty = true;
                continue;
            }
            empty = false;
            if start.starts_with("```") || start.starts_with("~~~") {
                fence = !fence;
                self.line(&format!("{mark} {}", if fence { "```text" } else { "```" }));
                continue;
            }
            // Four spaces would make code of it, and code is run.
            let depth = clean.chars().count() - start.chars().count();
            let kept = if fence { depth } else { depth.min(3) };
            let plain = start.replace("```", "'''").replace("~~~", "---");
            self.line(&format!("{mark} {:kept$}{plain}", ""));
        }
        if fence {
            self.line(&format!("{mark} ```"));
        }
    }
}

/// A call with lists among its arguments, of which nobody knows yet how deep it stands: on one line if it is short.
pub(super) fn call(head: &str, arguments: &[String], tail: &str) -> String {
    let line = format!("{head}{}{tail}", arguments.join(", "));
    if line.chars().count() <= WIDTH - 20 && !line.contains('\n') {
        return line;
    }
    let lines: String =
        arguments.iter().map(|argument| format!("    {},\n", argument.replace('\n', "\n    "))).collect();
    format!("{head}\n{lines}{tail}")
}

/// A text as a literal.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_graphic() || c == ' ' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c => out.extend(c.escape_unicode()),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_comment_or_is_run() {
        let mut writer = Writer::default();
        writer.doc("a\r\nfn evil() {}\u{202e}\n\n\n    let x;\n```rust\n  code\n> ```\nend");
        let expected =
            "/// a\n///\n/// fn evil() {}\n///\n///    let x;\n/// ```text\n///   code\n/// > '''\n/// end\n/// ```\n";
        assert_eq!(writer.out, expected);
    }

    #[test]
    fn literals_are_escaped() {
        assert_eq!(literal("a\"\\\n\u{202e}ё"), r#""a\"\\\n\u{202e}ё""#);
    }

    #[test]
    fn long_lines_are_broken_as_rustfmt_does() {
        let mut writer = Writer::default();
        let (name, field) = ("N".repeat(50), format!("f: {}", "x".repeat(55)));
        writer.arm("200", &name, std::slice::from_ref(&field));
        assert_eq!(writer.out, format!("200 => {{\n    {name} {{ {field} }}\n}}\n"));
        let mut writer = Writer::default();
        let items = ["a".repeat(60), "b".repeat(60)];
        writer.list("f(", &items[..1], ");");
        writer.list("f(", &items, ");");
        assert_eq!(writer.out, format!("f({});\nf(\n    {},\n    {},\n);\n", items[0], items[0], items[1]));
    }
}
