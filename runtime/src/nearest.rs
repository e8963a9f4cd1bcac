//! The known name that a mistyped one was most likely meant to be.

/// The one of `known` nearest to `name`, if it is near enough to be worth naming: at most one change in every three
/// characters, and a single one in short names. Of two that are equally near none is named: of tax rates, say, the wrong
/// one would be a bad hint.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let name = name.to_lowercase();
    let allowed = (name.chars().count() / 3).max(1);
    let mut best: Option<(usize, Option<&str>)> = None;
    for candidate in known {
        let distance = distance(&name, &candidate.to_lowercase());
        match best {
            Some((least, _)) if least < distance => {}
            Some((least, _)) if least == distance => best = Some((least, None)),
            _ => best = Some((distance, Some(candidate))),
        }
    }
    best.filter(|(distance, _)| *distance <= allowed).and_then(|(_, candidate)| candidate)
}

/// `did you mean …?`, or nothing.
pub(crate) fn hint<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!("did you mean `{near}`?"))
}

/// How many characters have to be inserted, removed, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(from != to)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                let swapped: &Vec<usize> = &before_last;
                least = least.min(swapped[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_was_meant() {
        let known = ["token", "timeout", "connect_timeout", "tls"];
        assert_eq!(nearest("tokn", known), Some("token"));
        assert_eq!(nearest("tiemout", known), Some("timeout"));
        assert_eq!(nearest("TLS", known), Some("tls"));
        assert_eq!(nearest("password", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("vat23", ["vat20", "vat22", "none"]), None);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
