//! Secrets and contacts that stand nowhere else, and every form in which they may come out.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The credentials of the accounts. Each has characters that URLs, JSON and HTML write in their own way, as far as it may
/// have them, around letters that all of these leave as they are.
pub(crate) const SHOP_TOKEN: &str = "sh/op+TokenCanaryAlpha&7=\"<'";
pub(crate) const COURIER_VALUE: &str = "co:ur/ier+HeaderCanaryBravo&7=\"<'";
pub(crate) const KIOSK_KEY: &str = "ki/osk+KeyCanaryCharlie&7=\"<'";
pub(crate) const KIOSK_BELL: &str = "ki/osk+BellCanaryDelta&7=\"<'";
pub(crate) const RENTAL_VALUE: &str = "re/ntal+HeaderCanaryEcho&7=\"<'";
pub(crate) const RENTAL_BELL: &str = "re/ntal+Bell Canary ё&7=\"<'CanaryFoxtrot";
pub(crate) const ACME_PASSWORD: &str = "ac/me+PasswordCanaryGolf&7=\"<'";

const SECRETS: [&str; 7] = [SHOP_TOKEN, COURIER_VALUE, KIOSK_KEY, KIOSK_BELL, RENTAL_VALUE, RENTAL_BELL, ACME_PASSWORD];

/// What a buyer tells.
pub(crate) const EMAIL: &str = "Anna.Canary@example.org";
pub(crate) const NAME: &str = "Канарейкина Анна";
pub(crate) const INN: &str = "500100732259";
pub(crate) const PLACE: &str = "улица Канареечная, 7";
pub(crate) const PHONE: &str = "+79161230987";

/// The letters and digits of a secret that every way of escaping leaves alone.
fn core(secret: &str) -> &str {
    let words = secret.split(|c: char| !c.is_ascii_alphanumeric());
    words.max_by_key(|word| word.len()).expect("a secret has a word")
}

/// Everything that may not be told: of each secret its word, and what hides that.
pub(crate) fn of_secrets(more: &[String]) -> Vec<String> {
    let mut forms: Vec<String> = Vec::new();
    for secret in SECRETS.iter().copied().chain(more.iter().map(String::as_str)) {
        let word = core(secret);
        forms.extend([word.to_owned(), word.to_lowercase(), word.to_uppercase(), hex(word), hex(word).to_uppercase()]);
        forms.push(as_list(word));
        forms.extend(inside_base64(word));
    }
    forms
}

/// Everything that may stand in the journal alone.
pub(crate) fn of_contacts() -> Vec<String> {
    [of_buyer(), vec![PLACE.to_owned(), escaped(PLACE), utf8_percent_encode(PLACE, NON_ALPHANUMERIC).to_string()]]
        .concat()
}

/// The same but for the place, which a registration may say again to whoever asks for it.
pub(crate) fn of_buyer() -> Vec<String> {
    let plain = [EMAIL, NAME, INN, PHONE, "9161230987"];
    let mut forms: Vec<String> = plain.iter().map(|text| (*text).to_owned()).collect();
    forms.extend([EMAIL.to_lowercase(), "Canary@".to_owned(), escaped(NAME)]);
    forms.extend(plain.map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()));
    forms.extend([EMAIL, NAME, INN, PHONE].map(as_list));
    forms
}

/// The forms in which a provider, or what stands before it, sends a secret back.
pub(crate) fn echoes(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).expect("a text is JSON");
    let json = json.trim_matches('"').to_owned();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;");
    let url = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string().replace("%2D", "-");
    vec![
        secret.to_owned(),
        format!("Bearer {secret}"),
        json.replace('/', "\\/"),
        json,
        html,
        format!("https://shop.example/login?next={}", utf8_percent_encode(&url, NON_ALPHANUMERIC)),
        format!("https://shop.example/hook?token={url}&more=1"),
        hex(secret),
        hex(secret).to_uppercase(),
        STANDARD.encode(secret),
        STANDARD.encode(format!("user:{secret}")),
        URL_SAFE_NO_PAD.encode(format!("GET / authorization: {secret} and more")),
    ]
}

pub(crate) fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A text as the list of its bytes, which is how `Debug` would show it.
fn as_list(text: &str) -> String {
    text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ")
}

fn escaped(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut out, unit| {
        let _ = write!(out, "\\u{unit:04x}");
        out
    })
}

/// What base64 of a text has in it when the word stands at each of the three offsets.
fn inside_base64(word: &str) -> Vec<String> {
    let at = |before: usize| {
        let encoded = STANDARD_NO_PAD.encode(format!("{}{word}", &"..."[..before]));
        encoded[before * 2..encoded.len() - 2].to_owned()
    };
    vec![at(0), at(1), at(2)]
}

/// Texts that are looked for all at once: logs are long, and the forms many.
pub(crate) struct Forms {
    forms: Vec<String>,
    /// Whether a form begins with these two bytes.
    begins: Vec<bool>,
}

impl Forms {
    pub(crate) fn new(forms: Vec<String>) -> Self {
        let mut begins = vec![false; 1 << 16];
        for form in &forms {
            begins[pair(form.as_bytes())] = true;
        }
        Self { forms, begins }
    }

    /// The first form that `text` has, and where.
    pub(crate) fn find(&self, text: &[u8]) -> Option<(usize, &str)> {
        let mut starts = text.windows(2).enumerate().filter(|(_, two)| self.begins[pair(two)]);
        starts.find_map(|(at, _)| {
            let form = self.forms.iter().find(|form| text[at..].starts_with(form.as_bytes()))?;
            Some((at, form.as_str()))
        })
    }

    /// Holds `text` against what it may not have in it.
    #[track_caller]
    pub(crate) fn assert_none(&self, what: &str, text: &[u8]) {
        if let Some((at, form)) = self.find(text) {
            let around = &text[at.saturating_sub(200)..text.len().min(at + 200)];
            panic!("{what} has `{form}`: … {} …", String::from_utf8_lossy(around));
        }
    }
}

/// The first two bytes of a text, which has them.
fn pair(text: &[u8]) -> usize {
    usize::from(text[0]) << 8 | usize::from(text[1])
}
