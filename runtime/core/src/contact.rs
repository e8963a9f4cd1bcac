//! Buyer contact (tag 1008).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// E-mail address or phone of the buyer (tag 1008), 1 to 64 characters.
///
/// A phone is kept as `+` and its digits, whatever spaces, dashes and brackets it was written with; only a number that
/// states its country (`+…`, or `7` and ten digits) is taken for one. The tax service accepts any text, so a text that
/// is neither is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Contact(String);

impl Contact {
    /// The text as it goes to the register.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, if it is an e-mail address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        let (user, host) = self.0.split_once('@')?;
        (!user.is_empty() && host.contains('.') && !self.0.contains(char::is_whitespace)).then_some(self.0.as_str())
    }

    /// `+` and 10 to 15 digits, if it is a phone.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        let digits = self.0.strip_prefix('+')?;
        ((10..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(self.0.as_str())
    }
}

impl FromStr for Contact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 64 {
            return Err("a buyer contact has 1 to 64 characters".to_owned());
        }
        let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
        let digits = bare.strip_prefix('+').unwrap_or(&bare);
        let international = bare.starts_with('+') || (digits.len() == 11 && digits.starts_with('7'));
        if international && (10..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(format!("+{digits}")));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Contact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_phones_from_addresses() {
        let read = |text: &str| text.parse::<Contact>().unwrap();
        for text in ["+79991234567", "79991234567", "+7 (999) 123-45-67", "7-999-123-45-67"] {
            assert_eq!(read(text).phone(), Some("+79991234567"), "{text}");
            assert_eq!(read(text).email(), None);
        }
        assert_eq!(read("a@b.ru").email(), Some("a@b.ru"));
        assert_eq!(read("a@b.ru").phone(), None);
        // Eight and ten digits state no country: not guessed.
        assert_eq!(read("89991234567").phone(), None);
        assert_eq!(read("a@b").email(), None);
        assert_eq!(read("+123").phone(), None);
        assert!("".parse::<Contact>().is_err());
        assert!("x".repeat(65).parse::<Contact>().is_err());
    }
}
