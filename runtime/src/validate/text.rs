//! Characters that a register cannot print. A fiscal drive keeps texts in CP866; what is not in it is dropped, replaced
//! or refused, each device in its own way (FACTS A.0).

use std::collections::BTreeSet;

use super::Findings;
use super::rules::CP866;

/// Whether CP866 has `character`, control characters left out.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | 'А'..='я' | 'Ё' | 'ё' | 'Є' | 'є' | 'Ї' | 'ї' | 'Ў' | 'ў' | '\u{a0}' | '°' | '·' | '¤')
        || matches!(character, '№' | '∙' | '√' | '■' | '▀' | '▄' | '█' | '▌' | '▐' | '░' | '▒' | '▓')
        || matches!(character, '═'..='╬' | '─' | '│' | '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼')
}

/// What a field may have beside the characters of CP866; `None` if it is not printed as a text. A marking code is kept as
/// bytes, with separators in it, and a QR code is a picture. What is only printed may have several lines.
fn beside(field: &str) -> Option<&'static str> {
    match field {
        _ if field.ends_with("marking.code") || field.starts_with("lines[") && field.ends_with(".qr") => None,
        _ if field.starts_with("lines[") || field == "additional_info" => Some("\n"),
        _ => Some(""),
    }
}

pub(super) fn check(field: &str, text: &str, findings: &mut Findings) {
    let Some(beside) = beside(field) else { return };
    let strange: BTreeSet<char> = text.chars().filter(|c| !is_printable(*c) && !beside.contains(*c)).collect();
    if strange.is_empty() {
        return;
    }
    let named: Vec<_> = strange
        .iter()
        .map(|c| if c.is_control() { c.escape_unicode().to_string() } else { format!("`{c}`") })
        .collect();
    let reason = format!("has characters that registers cannot print (not in CP866): {}", named.join(" "));
    CP866.broken(findings, field, reason);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cp866_has_its_128_upper_characters_and_no_more() {
        let upper = ('\u{80}'..='\u{ffff}').filter(|character| is_printable(*character));
        assert_eq!(upper.count(), 128);
        for character in "Ёё№ яЯ~°■".chars() {
            assert!(is_printable(character), "{character}");
        }
        for character in "«»—€\n\tі😀é".chars() {
            assert!(!is_printable(character), "{character}");
        }
    }
}
