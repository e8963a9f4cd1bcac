//! The page as Markdown.

use std::fmt::Write as _;
use std::path::Path;

use super::{Cell, Page, Part, Table, Tone, pieces};

pub(super) fn render(page: &Page<'_>, specs: &Path) -> String {
    let mut out = String::new();
    // A page of one table needs no heading of its own.
    let headings = page.sections.len() > 1;
    for section in &page.sections {
        if headings {
            let _ = writeln!(out, "{} {}\n", "#".repeat(section.level), section.title);
        }
        if headings && !section.intro.is_empty() {
            let _ = writeln!(out, "{}\n", section.intro);
        }
        if let Some(table) = &section.table {
            write_table(&mut out, table, page, specs);
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn write_table(out: &mut String, table: &Table, page: &Page<'_>, specs: &Path) {
    let line = |cells: &[Cell]| -> String {
        let cells = cells.iter().map(|cell| one(cell, page, specs));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let _ = writeln!(out, "{}", line(&table.head));
    let _ = writeln!(out, "|{}", "---|".repeat(table.head.len()));
    for row in &table.rows {
        let _ = writeln!(out, "{}", line(row));
    }
}

fn one(cell: &Cell, page: &Page<'_>, specs: &Path) -> String {
    let parts = cell.parts.iter().map(|part| {
        let text = text(part, page, specs);
        // Why something is not there is worth the width; the rest is said where the entry leads to.
        if cell.tone == Tone::No && !part.more.is_empty() { format!("{text} {}", escaped(&part.more)) } else { text }
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn text(part: &Part, page: &Page<'_>, specs: &Path) -> String {
    let text = escaped(&part.text);
    match part.at {
        Some(at) => format!("[{text}]({})", page.link(specs, at).0),
        None => text,
    }
}

/// A text that stays within its cell, and means nothing to Markdown but code.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (code, piece) in pieces(text) {
        if code {
            let _ = write!(out, "`{}`", piece.replace('|', "\\|"));
            continue;
        }
        for c in piece.chars() {
            match c {
                '|' | '[' | ']' | '<' | '*' | '\\' => out.extend(['\\', c]),
                '\n' => out.push(' '),
                c => out.push(c),
            }
        }
    }
    out
}
