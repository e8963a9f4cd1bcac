//! JSON values, their numbers digit for digit.

use std::fmt;

use crate::tree::{NodeId, Tree, Value, number};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sample {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Sample>),
    Map(Vec<(String, Sample)>),
}

impl Sample {
    /// What a document writes at a node.
    pub(super) fn of(tree: &Tree, node: NodeId) -> Self {
        match tree.value(node) {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(digits) => Self::Number(number::json(digits)),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::List(items) => Self::List(items.iter().map(|item| Self::of(tree, *item)).collect()),
            Value::Map(entries) => {
                Self::Map(entries.iter().map(|(key, value)| (key.to_owned(), Self::of(tree, value))).collect())
            }
        }
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(had, _)| had == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Sets the value under a key.
    pub(super) fn set(&mut self, key: &str, value: Self) {
        if let Self::Map(entries) = self {
            match entries.iter_mut().find(|(had, _)| had == key) {
                Some((_, had)) => *had = value,
                None => entries.push((key.to_owned(), value)),
            }
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Whether it is the same value: `1.0` is `1`.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => number::compare(a, b).is_eq(),
            (a, b) => a == b,
        }
    }

    /// As a parameter of the simplest style writes it.
    pub(super) fn plain(&self, explode: bool) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.iter().map(|item| item.plain(explode)).collect::<Vec<_>>().join(","),
            Self::Map(entries) => {
                let between = if explode { '=' } else { ',' };
                let pairs = entries.iter().map(|(key, value)| format!("{key}{between}{}", value.plain(explode)));
                pairs.collect::<Vec<_>>().join(",")
            }
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::to_string(text).map_err(|_| fmt::Error);
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(digits) => f.write_str(digits),
            Self::Text(text) => f.write_str(&quoted(text)?),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(","))
            }
            Self::Map(entries) => {
                let mut parts = Vec::new();
                for (key, value) in entries {
                    parts.push(format!("{}:{value}", quoted(key)?));
                }
                write!(f, "{{{}}}", parts.join(","))
            }
        }
    }
}

/// A decimal number: digits, and how many of them stand behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal(pub(super) i128, pub(super) u32);

impl Decimal {
    /// `None` of a number that is too long.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        match u32::try_from(scale) {
            Ok(scale) => Some(Self(digits, scale)),
            Err(_) => Some(Self(digits.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?, 0)),
        }
    }

    /// With so many digits behind the point.
    pub(super) fn at(self, scale: u32) -> Option<i128> {
        self.0.checked_mul(10_i128.checked_pow(scale.checked_sub(self.1)?)?)
    }

    /// Whether it has no fraction.
    pub(super) fn is_whole(self) -> bool {
        10_i128.checked_pow(self.1).is_some_and(|one| self.0 % one == 0)
    }

    /// Whether it is a multiple of another one.
    pub(super) fn is_multiple(self, of: Self) -> bool {
        let scale = self.1.max(of.1);
        matches!((self.at(scale), of.at(scale)), (Some(a), Some(b)) if b != 0 && a % b == 0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.1 as usize;
        let digits = format!("{:0>width$}", self.0.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.0 < 0 { "-" } else { "" };
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (text, written) in [("0.10", "0.1"), ("-1.5e1", "-15"), ("1e3", "1000"), ("-0.05", "-0.05")] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), written);
        }
        assert!(Sample::Number("1.0".to_owned()).is(&Sample::Number("1".to_owned())));
        assert!(Decimal::parse("0.3").unwrap().is_multiple(Decimal(1, 1)));
    }
}
