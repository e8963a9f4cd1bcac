//! What a provider sends to us: read as a plain value, and believed only if it proves where it comes from.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use subtle::{Choice, ConstantTimeEq};

use crate::{Reply, Request, Unreadable, json};

/// A request that a provider sends to us, typed.
pub trait Callback: Sized {
    /// Its name in the provider's document.
    const NAME: &'static str;

    /// The method that it comes by.
    const METHOD: Method;

    /// What `request` says. Who sent it is another question.
    ///
    /// # Errors
    /// When the body is not what the document promises.
    fn read(request: &Request) -> Result<Self, Unreadable>;
}

/// A callback at first sight: which submission it speaks of, whether it may be believed, and how it is answered.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its name in the provider's document.
    pub callback: &'static str,
    /// The key of the submission that it speaks of; `None` when it names none.
    pub key: Option<String>,
    /// Whether it proves where it comes from.
    pub trust: Trust,
    /// What the provider takes for "received".
    pub answer: Reply,
}

/// Whether a callback proves where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It carries what only the provider and the account know.
    Verified,
    /// The provider gives no means to tell, as the mapping says: anybody may have sent it.
    Unverified(&'static str),
}

/// Why nothing is learned from a request that came as a callback.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackRefusal {
    /// The provider calls nobody back, as far as its mapping says.
    #[error("the provider calls nobody back")]
    NotOffered,
    /// No callback comes by this method.
    #[error("no callback comes by this method")]
    Method,
    /// The account does not say what a callback has to carry, so none can be believed.
    #[error("the account lacks the setting `{0}`, which tells a callback of the provider from a forged one")]
    Unconfigured(&'static str),
    /// It does not carry what the account expects.
    #[error("{place} `{name}` {problem}")]
    Forged {
        /// `header` or `query parameter`.
        place: &'static str,
        /// Its name.
        name: &'static str,
        /// What is wrong with it; never the value.
        problem: &'static str,
    },
    /// It is not what the document promises.
    #[error("{0}")]
    Unreadable(Unreadable),
}

impl CallbackRefusal {
    /// How far the request came before it was refused.
    fn rank(&self) -> u8 {
        match self {
            Self::NotOffered => 0,
            Self::Method => 1,
            Self::Unconfigured(_) => 2,
            Self::Forged { .. } => 3,
            Self::Unreadable(_) => 4,
        }
    }
}

/// The first callback that the request can be, of those that a provider sends; or why the nearest of them is none.
///
/// # Errors
/// The refusal of the one that it came nearest to.
pub fn first(candidates: impl IntoIterator<Item = Result<Notice, CallbackRefusal>>) -> Result<Notice, CallbackRefusal> {
    let mut nearest = CallbackRefusal::NotOffered;
    for candidate in candidates {
        match candidate {
            Ok(notice) => return Ok(notice),
            Err(refusal) if refusal.rank() > nearest.rank() => nearest = refusal,
            Err(_) => {}
        }
    }
    Err(nearest)
}

/// Whether a request comes by the method of a callback.
///
/// # Errors
/// When it does not.
pub fn expect_method(request: &Request, method: &Method) -> Result<(), CallbackRefusal> {
    if request.method() == method { Ok(()) } else { Err(CallbackRefusal::Method) }
}

/// Where a callback carries what proves its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofPlace {
    /// In a header.
    Header,
    /// In the query of its address, which the account gave to the provider.
    Query,
}

/// Something that only the provider and the account know. It holds a secret, so it is not `Debug`.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it holds a secret")]
pub struct Proof<'s> {
    /// Where a callback carries it.
    pub place: ProofPlace,
    /// Under which name.
    pub name: &'static str,
    /// The setting that says what it is.
    pub setting: &'static str,
    /// What it is; `None` when the account does not say.
    pub expected: Option<&'s str>,
}

/// Whether a request carries every one of `proofs`. How long it takes does not tell how much of one was right.
///
/// # Errors
/// Which one it lacks; or which setting the account lacks, without which nothing can be believed.
pub fn verify(request: &Request, proofs: &[Proof<'_>]) -> Result<Trust, CallbackRefusal> {
    if let Some(proof) = proofs.iter().find(|proof| proof.expected.is_none_or(str::is_empty)) {
        return Err(CallbackRefusal::Unconfigured(proof.setting));
    }
    let mut all = Choice::from(1);
    let mut wrong = None;
    for proof in proofs {
        let (same, problem) = match stated(request, proof).as_slice() {
            [] => (Choice::from(0), "is missing"),
            [one] => (one.ct_eq(proof.expected.unwrap_or_default().as_bytes()), "is not what the account expects"),
            _ => (Choice::from(0), "stands more than once"),
        };
        if !bool::from(same) && wrong.is_none() {
            let place = match proof.place {
                ProofPlace::Header => "header",
                ProofPlace::Query => "query parameter",
            };
            wrong = Some(CallbackRefusal::Forged { place, name: proof.name, problem });
        }
        all &= same;
    }
    match wrong {
        None if bool::from(all) && !proofs.is_empty() => Ok(Trust::Verified),
        None => Err(CallbackRefusal::NotOffered),
        Some(refusal) => Err(refusal),
    }
}

/// The values that a request has at the place of a proof.
fn stated(request: &Request, proof: &Proof<'_>) -> Vec<Vec<u8>> {
    match proof.place {
        ProofPlace::Header => {
            request.headers().get_all(proof.name).iter().map(|value| value.as_bytes().to_vec()).collect()
        }
        ProofPlace::Query => in_query(request.uri().query().unwrap_or_default(), proof.name),
    }
}

/// The values that a parameter has in a query.
pub(crate) fn in_query(query: &str, name: &str) -> Vec<Vec<u8>> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    pairs.filter(|(found, _)| decode(found) == name.as_bytes()).map(|(_, value)| decode(value)).collect()
}

/// The text of a parameter of a callback; `None` when it is not there, or no text.
#[must_use]
pub fn parameter(request: &Request, place: ProofPlace, name: &'static str) -> Option<String> {
    let found = stated(request, &Proof { place, name, setting: "", expected: None }).into_iter().next()?;
    String::from_utf8(found).ok()
}

/// An answer without a body.
#[must_use]
pub fn answer(status: StatusCode) -> Reply {
    let mut reply = Reply::new(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// An answer with a JSON body.
#[must_use]
pub fn json_answer<B: Serialize>(status: StatusCode, body: &B) -> Reply {
    let mut reply = answer(status);
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(json::CONTENT_TYPE));
    *reply.body_mut() = serde_json::to_vec(body).unwrap_or_default().into();
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Proof<'static> =
        Proof { place: ProofPlace::Header, name: "x-key", setting: "key", expected: Some("hunter2") };
    const QUERY: Proof<'static> =
        Proof { place: ProofPlace::Query, name: "to ken", setting: "token", expected: Some("a+b/c") };

    fn request(uri: &str, keys: &[&str]) -> Request {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri.parse().unwrap();
        for key in keys {
            request.headers_mut().append("x-key", HeaderValue::from_str(key).unwrap());
        }
        request
    }

    #[test]
    fn everything_that_is_expected_has_to_be_there_once() {
        let uri = "/hook?x=1&to%20ken=a+b%2Fc";
        let verify = |uri: &str, keys: &[&str]| verify(&request(uri, keys), &[HEADER, QUERY]);
        assert_eq!(verify(uri, &["hunter2"]), Ok(Trust::Verified));
        for (uri, keys, told) in [
            (uri, &[][..], "header `x-key` is missing"),
            (uri, &["hunter3"], "header `x-key` is not what the account expects"),
            (uri, &["hunter"], "header `x-key` is not what the account expects"),
            (uri, &[""], "header `x-key` is not what the account expects"),
            (uri, &["hunter2", "hunter2"], "header `x-key` stands more than once"),
            ("/hook", &["hunter2"], "query parameter `to ken` is missing"),
            ("/hook?to%20ken", &["hunter2"], "query parameter `to ken` is not what the account expects"),
            ("/hook?to%20ken=a%20b%2Fc", &["hunter2"], "query parameter `to ken` is not what the account expects"),
            ("/hook?to%20ken=x&to%20ken=a+b/c", &["hunter2"], "query parameter `to ken` stands more than once"),
        ] {
            assert_eq!(verify(uri, keys).unwrap_err().to_string(), told, "{uri} {keys:?}");
        }
    }

    #[test]
    fn without_an_expectation_nothing_is_believed() {
        for expected in [None, Some("")] {
            let unset = Proof { expected, ..HEADER };
            for keys in [&[][..], &[""], &["hunter2"]] {
                let refusal = verify(&request("/", keys), &[QUERY, unset]).unwrap_err();
                assert_eq!(refusal, CallbackRefusal::Unconfigured("key"));
            }
        }
        assert!(verify(&request("/", &[]), &[]).is_err());
    }

    #[test]
    fn the_nearest_refusal_is_told() {
        let unreadable = || CallbackRefusal::Unreadable(Unreadable::new("body", "is empty"));
        let forged = CallbackRefusal::Forged { place: "header", name: "x", problem: "is missing" };
        assert_eq!(first([]).unwrap_err(), CallbackRefusal::NotOffered);
        assert_eq!(first([Err(unreadable()), Err(forged.clone())]).unwrap_err(), unreadable());
        assert_eq!(first([Err(CallbackRefusal::Method), Err(forged.clone())]).unwrap_err(), forged);
        let notice = |callback| Notice { callback, key: None, trust: Trust::Verified, answer: answer(StatusCode::OK) };
        let found = first([Err(unreadable()), Ok(notice("b")), Ok(notice("c"))]).unwrap();
        assert_eq!(found.callback, "b");
    }

    #[test]
    fn an_answer_has_what_the_provider_expects() {
        let reply = json_answer(StatusCode::ACCEPTED, &serde_json::json!({ "code": 0 }));
        assert_eq!((reply.status().as_u16(), &reply.body()[..]), (202, &b"{\"code\":0}"[..]));
        assert_eq!(reply.headers()["content-type"], json::CONTENT_TYPE);
        assert!(answer(StatusCode::OK).body().is_empty());
        let read = |name| parameter(&request("/?a=1&a=2", &["k"]), ProofPlace::Query, name);
        assert_eq!((read("a").as_deref(), read("b")), (Some("1"), None));
        assert_eq!(parameter(&request("/", &["k"]), ProofPlace::Header, "x-key").as_deref(), Some("k"));
    }
}
