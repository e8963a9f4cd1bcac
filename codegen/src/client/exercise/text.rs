//! Texts of a format, and texts that match a pattern.

use regex_syntax::hir::{Class, Hir, HirKind};

/// How long a text may become.
const MAX_TEXT: usize = 10_000;

/// A text of a format; `turn` tells several apart.
pub(super) fn of_format(format: &str, turn: usize) -> Option<String> {
    let n = turn % 10;
    Some(match format {
        "date" => format!("2031-05-0{}", n.max(1)),
        "date-time" => format!("2031-05-01T08:30:0{n}Z"),
        "time" => format!("08:30:0{n}Z"),
        "duration" => format!("P{}D", n + 1),
        "uuid" => format!("0b6d7a52-3c1e-4f8e-9a57-1d2c3b4a5f6{n}"),
        "email" | "idn-email" => format!("ada{n}@example.org"),
        "hostname" | "idn-hostname" => format!("host{n}.example.org"),
        "ipv4" => format!("192.0.2.{n}"),
        "ipv6" => format!("2001:db8::{n}"),
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => format!("https://example.org/{n}"),
        "uri-template" => format!("https://example.org/{n}/{{id}}"),
        "json-pointer" => format!("/a/{n}"),
        "relative-json-pointer" => format!("{n}/a"),
        "regex" => format!("^a{n}$"),
        "byte" | "base64" => ["SGVsbG8=", "V29ybGQ="][turn % 2].to_owned(),
        _ => return None,
    })
}

/// A text that matches `pattern`; what may be repeated stands `more` times beyond what it has to.
pub(super) fn matching(pattern: &str, turn: usize, more: u32) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut text = Vec::new();
    write(&hir, turn, more, &mut text);
    (text.len() <= MAX_TEXT).then(|| String::from_utf8(text).ok()).flatten()
}

fn write(hir: &Hir, turn: usize, more: u32, out: &mut Vec<u8>) {
    if out.len() > MAX_TEXT {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.extend(member(class, turn).into_iter().flat_map(|c| c.to_string().into_bytes())),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            for n in 0..repetition.min.saturating_add(more).min(most) {
                write(&repetition.sub, turn + n as usize, more, out);
                if out.len() > MAX_TEXT {
                    return;
                }
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, turn, more, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, turn, more, out)),
        HirKind::Alternation(parts) => {
            if let Some(part) = parts.get(turn % parts.len().max(1)) {
                write(part, turn, more, out);
            }
        }
    }
}

/// A character of a class: one that people write, if there is one.
fn member(class: &Class, turn: usize) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let common: Vec<char> = ('a'..='z')
        .chain('0'..='9')
        .chain('A'..='Z')
        .chain("-_. /+".chars())
        .filter(|c| ranges.iter().any(|(first, last)| (first..=last).contains(&c)))
        .collect();
    match common.as_slice() {
        [] => ranges.iter().flat_map(|(first, last)| *first..=*last).find(|c| !c.is_control()),
        common => Some(common[turn % common.len()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_their_pattern() {
        for pattern in
            ["^[A-Z]{3}-\\d+$", "^(a|bc)*x?$", "^\\p{Cyrillic}{2,}$", "^[^a-z0-9]$", "^\\w+@\\w+\\.(org|com)$"]
        {
            let regex = regex::Regex::new(pattern).unwrap();
            for (turn, more) in [(0, 0), (1, 1), (5, 7)] {
                let text = matching(pattern, turn, more).unwrap();
                assert!(regex.is_match(&text), "{text:?} of {pattern}");
            }
        }
        assert_eq!(matching("((a{1000}){1000}){1000}", 0, 0), None);
    }
}
