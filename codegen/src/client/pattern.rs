//! Whether a pattern is a regular expression at all, in any dialect.

/// Whether its groups, classes and escapes have an end, and its repetitions something to repeat.
///
/// # Errors
/// What is missing.
pub(super) fn is_closed(pattern: &str) -> Result<(), &'static str> {
    let mut open = 0_usize;
    let mut in_class = false;
    // Whether something stands before that can be repeated.
    let mut repeatable = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.next().is_none() => return Err("its last character escapes nothing"),
            '\\' => repeatable = true,
            ']' if in_class => (in_class, repeatable) = (false, true),
            _ if in_class => {}
            '[' => {
                in_class = true;
                // The first may be a bracket itself, in some dialects.
                chars.next_if_eq(&'^');
            }
            '(' => {
                open += 1;
                // `(?:`, `(?=`, `(?<name>` and `(*VERB)`: a sign of the group, and no repetition.
                repeatable = chars.next_if(|c| matches!(c, '?' | '*')).is_some();
            }
            ')' if open == 0 => return Err("a group that nothing opens is closed"),
            ')' => (open, repeatable) = (open - 1, true),
            '*' | '+' | '?' if !repeatable => return Err("nothing stands before what repeats it"),
            '|' => repeatable = false,
            _ => repeatable = true,
        }
    }
    match (open, in_class) {
        (_, true) => Err("its class is not closed"),
        (1.., _) => Err("its group is not closed"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_closed;

    #[test]
    fn what_no_dialect_takes_is_told() {
        for pattern in ["^(ab", "ab)", "[a-z", "a\\", "*.txt", "(+", "a|*", "(?:a", "[^"] {
            assert!(is_closed(pattern).is_err(), "{pattern}");
        }
        for pattern in [
            "",
            "(?<!a)b",
            "^[(\\])]+$",
            "\\(",
            "(?i)a*?",
            "a{2,3}",
            "[[:alpha:]]",
            "a++",
            "()*",
            "^\\d+(?=\\/)",
            "[^)]",
        ] {
            assert_eq!(is_closed(pattern), Ok(()), "{pattern}");
        }
    }
}
