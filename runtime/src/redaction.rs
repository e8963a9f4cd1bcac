//! What nothing that is kept or shown may repeat, taken out of it: our own credentials, in whatever form somebody sends
//! them back, and in what a provider says, what the buyer told.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use kassa_core::{Finding, Verdict};
use kassa_providers::uniform::{Buyer, Registration, Submission};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::account::Account;

/// What stands in the place of a credential.
const SECRET: &str = "<secret>";

/// What stands in the place of what a buyer told.
const CONTACT: &str = "<contact>";

/// A shorter secret, or one of digits alone, may be part of what a provider means to say: a serial number, a sum, a word.
/// It is taken for the secret only where it is all that a text says.
const DISTINCT: usize = 8;

/// A shorter secret is looked for as it is alone: its other forms would be found where they are not meant.
const LONG_ENOUGH: usize = 6;

/// Shorter words are in every text.
const SHORTEST_CONTACT: usize = 3;

/// What stays as it is in a URL (RFC 3986, unreserved).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Texts to be taken out of others.
pub(crate) struct Redaction {
    /// By the byte that they begin with; the longest one first: of two that begin alike the whole is taken out.
    texts: BTreeMap<u8, Vec<Vec<u8>>>,
    mark: &'static str,
}

impl Redaction {
    fn new(all: Vec<Vec<u8>>, mark: &'static str) -> Self {
        let mut texts: BTreeMap<u8, Vec<Vec<u8>>> = BTreeMap::new();
        for text in all {
            if let Some(first) = text.first() {
                texts.entry(*first).or_default().push(text);
            }
        }
        for alike in texts.values_mut() {
            alike.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
            alike.dedup();
        }
        Self { texts, mark }
    }

    /// Takes out the secrets of `account` and `more`: those of one request.
    pub(crate) fn of_secrets(account: &Account, more: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let own = account.provider.secrets().into_iter().map(|secret| secret.expose().as_bytes().to_vec());
        let mut texts: Vec<Vec<u8>> = own.chain(more).flat_map(|secret| forms(&secret)).collect();
        // A server in front of the provider may repeat the certificate that it was shown.
        let identity = account.tls.identity.as_ref();
        for pem in
            identity.map(|identity| [&identity.certificate[..], identity.key.expose().as_bytes()]).iter().flatten()
        {
            let lines = pem.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.starts_with(b"-----"));
            // The last line may be so short that it is found anywhere.
            texts.extend(lines.filter(|line| line.len() > LONG_ENOUGH).flat_map(spelled));
        }
        Self::new(texts, SECRET)
    }

    /// Takes out what the buyer of `submission` told in confidence.
    pub(crate) fn of_buyer(submission: &Submission) -> Self {
        let (buyer, place) = match submission {
            Submission::RegisterReceipt(receipt) => (receipt.buyer.as_ref(), receipt.place.as_deref()),
            Submission::RegisterCorrection(correction) => (correction.buyer.as_ref(), correction.place.as_deref()),
            _ => (None, None),
        };
        let mut told: Vec<String> = Vec::new();
        if let Some(Buyer { contact, name, inn, .. }) = buyer {
            if let Some(contact) = contact {
                told.push(contact.as_str().to_owned());
                // Without its plus, without its country, or in small letters: as documents want it.
                let digits = contact.phone().map(|phone| phone.trim_start_matches('+'));
                told.extend(digits.map(str::to_owned));
                told.extend(digits.and_then(|digits| Some(digits[digits.len().checked_sub(10)?..].to_owned())));
                told.extend(contact.email().map(str::to_lowercase));
            }
            told.extend([name, inn].into_iter().flatten().cloned());
        }
        // A courier's place of settlement is the buyer's address.
        told.extend(place.map(str::to_owned));
        told.retain(|text| text.chars().count() >= SHORTEST_CONTACT);
        Self::new(told.iter().flat_map(|text| spelled(text.as_bytes())).collect(), CONTACT)
    }

    /// `text` without what may not be in it; `None` if nothing of that is.
    pub(crate) fn clean(&self, text: &[u8]) -> Option<Vec<u8>> {
        let found = |from: usize| {
            let rest = &text[from..];
            let alike = self.texts.get(rest.first()?)?;
            alike.iter().find_map(|secret| {
                let length = beginning(rest, secret)?;
                (self.mark == CONTACT || is_distinct(secret) || stands_alone(&text[..from], &rest[length..]))
                    .then_some(length)
            })
        };
        (0..text.len()).find(|at| found(*at).is_some())?;
        let mut clean = Vec::with_capacity(text.len());
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            match found(at) {
                Some(length) => {
                    clean.extend_from_slice(self.mark.as_bytes());
                    at += length;
                }
                None => {
                    clean.push(*byte);
                    at += 1;
                }
            }
        }
        Some(clean)
    }

    /// The same of a text.
    pub(crate) fn clean_text(&self, text: String) -> String {
        match self.clean(text.as_bytes()) {
            Some(clean) => String::from_utf8_lossy(&clean).into_owned(),
            None => text,
        }
    }

    /// The same of a provider's words: they are kept with the outcome for good, and told to whoever asks.
    pub(crate) fn clean_verdict(&self, verdict: Verdict<Registration>) -> Verdict<Registration> {
        match verdict {
            Verdict::Done(mut registration) => {
                let unread = registration.unread.into_iter().map(|text| self.clean_text(text));
                registration.unread = unread.collect();
                Verdict::Done(registration)
            }
            Verdict::Found(finding) => {
                let message = finding.message.map(|message| self.clean_text(message));
                Verdict::Found(Finding { message, ..finding })
            }
        }
    }
}

/// Whether a text is found nowhere but where it is meant.
fn is_distinct(text: &[u8]) -> bool {
    text.len() >= DISTINCT && !text.iter().all(u8::is_ascii_digit)
}

/// Whether what stands between these is a whole text, and not the name of a field or a bare number.
fn stands_alone(before: &[u8], after: &[u8]) -> bool {
    let begins = before.last().is_none_or(|byte| matches!(byte, b'"' | b'\'' | b'=' | b'>' | b' '));
    let mut after = after.iter().skip_while(|byte| **byte == b'\\');
    let ends = match after.next() {
        Some(b'"') => after.find(|byte| !byte.is_ascii_whitespace()) != Some(&b':'),
        Some(b'\'' | b'&' | b'<' | b' ') | None => true,
        Some(_) => false,
    };
    begins && ends
}

/// How much of `rest` is `text`, if it begins so. Backslashes that `text` does not have are overlooked: JSON within JSON
/// has them in any number.
fn beginning(rest: &[u8], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for byte in text {
        while rest.get(at) == Some(&b'\\') && *byte != b'\\' {
            at += 1;
        }
        if rest.get(at) != Some(byte) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// The forms in which a secret may come back.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    if secret.len() < LONG_ENOUGH {
        return vec![secret.to_vec()];
    }
    let mut forms = spelled(secret);
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    forms.extend([hex.to_uppercase(), hex].map(String::into_bytes));
    forms.extend(inside_base64(secret));
    // Basic auth: the password is the secret, and what a server decodes.
    let decoded = STANDARD_NO_PAD.decode(secret.strip_suffix(b"==").or(secret.strip_suffix(b"=")).unwrap_or(secret));
    let password = decoded.ok().and_then(|pair| {
        let colon = pair.iter().position(|byte| *byte == b':')?;
        std::str::from_utf8(&pair).is_ok().then(|| pair[colon + 1..].to_vec())
    });
    forms.extend(password.filter(|password| password.len() >= LONG_ENOUGH).iter().flat_map(|text| spelled(text)));
    forms
}

/// A text as it is, and as URLs, JSON and HTML have it.
fn spelled(text: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![text.to_vec()];
    let Ok(text) = std::str::from_utf8(text) else { return forms };
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')) {
        return forms;
    }
    let url = utf8_percent_encode(text, ESCAPED).to_string();
    let small: String = url.split_inclusive('%').map(small_hex).collect();
    let json = serde_json::to_string(text).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    forms.extend(
        [
            url.replace("%20", "+"),
            url.replace("%40", "@"),
            // An address within an address.
            utf8_percent_encode(&url, ESCAPED).to_string(),
            utf8_percent_encode(&small, ESCAPED).to_string(),
            url,
            small,
            escaped(&json, false),
            escaped(&json, true),
            json,
            html.replace('\'', "&#39;"),
            html.replace('\'', "&#x27;"),
        ]
        .map(String::into_bytes),
    );
    forms
}

/// What follows a per cent sign, its two digits in small letters.
fn small_hex(part: &str) -> String {
    let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
    digits.to_ascii_lowercase() + rest
}

/// JSON in ASCII alone.
fn escaped(json: &str, capital: bool) -> String {
    let mut out = String::new();
    for character in json.chars() {
        if character.is_ascii() {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.push_str(&if capital { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") });
        }
    }
    out
}

/// What base64 of a text looks like that has `secret` in it, wherever it stands: at each of the three offsets, the
/// characters that follow from the secret alone.
fn inside_base64(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let mut text = vec![0; before];
        text.extend_from_slice(secret);
        let encoded = STANDARD_NO_PAD.encode(&text);
        let (from, to) = ((before * 8).div_ceil(6), text.len() * 8 / 6);
        let certain = &encoded[from..to];
        if certain.len() < LONG_ENOUGH {
            continue;
        }
        forms.push(certain.replace('+', "-").replace('/', "_").into_bytes());
        forms.push(certain.replace('+', "%2B").replace('/', "%2F").into_bytes());
        forms.push(certain.as_bytes().to_vec());
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: &str = "p@ss wörd/\"7\"&'x'";

    fn cleaned(secret: &str, text: &str) -> String {
        Redaction::new(forms(secret.as_bytes()), SECRET).clean_text(text.to_owned())
    }

    #[test]
    fn every_form_of_a_secret_is_taken_out() {
        use base64::engine::general_purpose::{STANDARD, URL_SAFE};
        let hex: String = ODD.bytes().map(|byte| format!("{byte:02x}")).collect();
        let json = serde_json::to_string(ODD).unwrap();
        for form in [
            ODD.to_owned(),
            utf8_percent_encode(ODD, NON_ALPHANUMERIC).to_string().replace("%2D", "-"),
            utf8_percent_encode(ODD, ESCAPED).to_string().to_lowercase(),
            json.trim_matches('"').to_owned(),
            json.trim_matches('"').replace('/', "\\/"),
            json.trim_matches('"').replace('ö', "\\u00f6"),
            json.trim_matches('"').replace('ö', "\\u00F6"),
            "p@ss wörd/&quot;7&quot;&amp;&#39;x&#39;".to_owned(),
            utf8_percent_encode(&utf8_percent_encode(ODD, ESCAPED).to_string(), ESCAPED).to_string(),
            json.trim_matches('"').replace('\\', "\\\\").replace('/', "\\\\/").replace('"', "\\\""),
            hex.to_uppercase(),
            hex,
        ] {
            assert_eq!(cleaned(ODD, &format!("a {form} b")), "a <secret> b", "{form}");
        }
        for around in ["", "u:", "user:", "a user:"] {
            let text = format!("{around}{ODD} and more");
            for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
                assert!(cleaned(ODD, &encoded).contains(SECRET), "{encoded}");
            }
        }
    }

    #[test]
    fn a_password_is_known_by_its_header() {
        let header = STANDARD_NO_PAD.encode("shop:hunter2-is-secret");
        assert_eq!(cleaned(&header, "hunter2-is-secret is wrong"), "<secret> is wrong");
    }

    #[test]
    fn what_is_short_is_taken_out_as_it_is_alone() {
        assert_eq!(cleaned("x&y", "x&y x%26y"), "<secret> x%26y");
        assert_eq!(cleaned("", "anything"), "anything");
    }

    #[test]
    fn what_a_provider_means_to_say_is_left_as_it_is() {
        let said = r#"{"fn":"9999078900123456","n":123456,"123456" : "123456","sum":123456.00,"a":"x=123456&y"}"#;
        let told = r#"{"fn":"9999078900123456","n":123456,"123456" : "<secret>","sum":123456.00,"a":"x=<secret>&y"}"#;
        assert_eq!(cleaned("123456", said), told);
        assert_eq!(
            cleaned("status", r#"{"status":"statuses","b":"status"}"#),
            r#"{"status":"statuses","b":"<secret>"}"#
        );
        assert_eq!(cleaned("hunter2-is", "(hunter2-is)"), "(<secret>)");
    }

    #[test]
    fn what_a_buyer_told_is_taken_out_as_providers_write_it() {
        let receipt = r#"{"kind":"income","items":[],"payments":{},"place":"улица Мира, 7",
            "buyer":{"contact":"+7 999 123-45-67","name":"Анна Ли","inn":"500100732259"}}"#;
        let redaction = Redaction::of_buyer(&Submission::RegisterReceipt(serde_json::from_str(receipt).unwrap()));
        let said = "+79991234567 79991234567 9991234567 500100732259 Анна Ли, \\u0410\\u043d\\u043d\\u0430 \\u041b\\u0438 улица Мира, 7";
        assert_eq!(
            redaction.clean_text(said.to_owned()),
            "<contact> <contact> <contact> <contact> <contact>, <contact> <contact>"
        );
        assert_eq!(redaction.clean(b"nothing of it"), None);
    }
}
