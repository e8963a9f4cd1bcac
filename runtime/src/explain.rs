//! What would become of a submission: every candidate's verdict and the exact request, with nothing sent or kept.

use std::fmt::{self, Write as _};

use kassa_core::{BuildError, Refusal, Request, Secret, Violation, auth};
use kassa_providers::uniform::{Operation, Submission};
use serde::{Serialize, Serializer};

use crate::account::Account;
use crate::route::Route;
use crate::validate::Findings;

/// What would become of a submission. `Display` writes it for people, `Serialize` for programs; neither shows a secret.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The key that was given.
    pub key: String,
    /// What would be done.
    pub operation: Operation,
    /// The rules it breaks: with one of these nothing is accepted.
    pub errors: Vec<Violation>,
    /// What looks wrong, and stops nothing.
    pub warnings: Vec<Violation>,
    /// The routes as they are asked, up to the one that fits.
    pub routes: Vec<Considered>,
    /// The accounts of the route that fits, in the order in which they would be tried.
    pub candidates: Vec<Candidate>,
}

/// What a route says to the submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Considered {
    /// Its name.
    pub route: String,
    /// Why it does not fit; `None` for the one that does.
    pub passed_by: Option<String>,
}

/// An account that a submission may go to.
#[derive(Debug, Clone, Serialize)]
pub struct Candidate {
    /// Its name.
    pub account: String,
    /// Its provider, as configuration names it.
    pub provider: &'static str,
    /// The settings that are in force, secret ones left out.
    pub decisions: Vec<(&'static str, String)>,
    /// What would happen.
    pub verdict: Prospect,
}

/// What would happen at an account.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prospect {
    /// This request would be sent, if no account before it registers the submission.
    Send(#[serde(serialize_with = "serialize_request")] Box<Request>),
    /// It would be passed over.
    PassedOver(Refusal),
}

impl Explanation {
    /// What `routes` and `accounts` would make of `submission` under `key`.
    #[must_use]
    pub fn new(accounts: &[Account], routes: &[Route], key: &str, submission: &Submission, findings: Findings) -> Self {
        let mut considered = Vec::new();
        let mut candidates = Vec::new();
        for route in routes {
            let passed_by = route.matches.fits(submission).err();
            let fits = passed_by.is_none();
            considered.push(Considered { route: route.name.clone(), passed_by });
            if fits {
                let named = route.choice.order(key).into_iter();
                let chosen = named.filter_map(|name| accounts.iter().find(|account| account.name == name));
                candidates = chosen.map(|account| Candidate::new(account, key, submission)).collect();
                break;
            }
        }
        let Findings { errors, warnings } = findings;
        let (key, operation) = (key.to_owned(), submission.operation());
        Self { key, operation, errors, warnings, routes: considered, candidates }
    }

    /// The account that would be asked first, if any would.
    #[must_use]
    pub fn first(&self) -> Option<&Candidate> {
        let sends = |candidate: &&Candidate| matches!(candidate.verdict, Prospect::Send(_));
        if self.errors.is_empty() { self.candidates.iter().find(sends) } else { None }
    }
}

impl Candidate {
    /// What `account` would do with `submission`.
    #[must_use]
    pub fn new(account: &Account, key: &str, submission: &Submission) -> Self {
        let verdict = account.prepare(key, submission).and_then(|mut request| {
            let authorized = authorize(account, &mut request);
            authorized.map(|()| request).map_err(|error| Refusal::new("account", error.to_string()))
        });
        Self {
            account: account.name.clone(),
            provider: account.provider.info().name,
            decisions: account.provider.decisions(),
            verdict: verdict.map_or_else(Prospect::PassedOver, |request| Prospect::Send(Box::new(request))),
        }
    }
}

/// Adds credentials as if to send the request, with something in the place of a token: nothing logs in for an explanation.
fn authorize(account: &Account, request: &mut Request) -> Result<(), BuildError> {
    account.provider.authorize(request)?;
    if let Some(login) = account.provider.login().filter(|login| login.is_needed(request)) {
        login.authorize(&Secret::new("token"), request)?;
    }
    auth::hide(request);
    Ok(())
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} under the key {}", self.operation, self.key)?;
        for error in &self.errors {
            writeln!(f, "  error: {error}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "  warning: {warning}")?;
        }
        for Considered { route, passed_by } in &self.routes {
            match passed_by {
                Some(why) => writeln!(f, "route {route}: passed by; {why}")?,
                None => writeln!(f, "route {route}: fits")?,
            }
        }
        if !self.routes.iter().any(|considered| considered.passed_by.is_none()) {
            writeln!(f, "no route fits; nothing would be sent")?;
        }
        let first = self.first().map(|candidate| candidate.account.as_str());
        for candidate in &self.candidates {
            writeln!(f, "\naccount {} (provider {})", candidate.account, candidate.provider)?;
            for (name, value) in &candidate.decisions {
                writeln!(f, "  setting {name}: {value}")?;
            }
            match &candidate.verdict {
                Prospect::PassedOver(refusal) => writeln!(f, "  passed over; {refusal}")?,
                Prospect::Send(request) => {
                    f.write_str(match first {
                        None => "  not sent, since the submission is not valid; it would be:\n",
                        Some(name) if name == candidate.account => "  would be sent:\n",
                        Some(_) => "  would be sent if none before it can register it:\n",
                    })?;
                    write_request(f, request)?;
                }
            }
        }
        Ok(())
    }
}

/// A request as it goes over the wire, secrets left out, indented.
fn write_request(f: &mut fmt::Formatter<'_>, request: &Request) -> fmt::Result {
    writeln!(f, "    {} {}", request.method(), request.uri())?;
    for (name, value) in headers(request) {
        writeln!(f, "    {name}: {value}")?;
    }
    if !request.body().is_empty() {
        // On lines of its own and byte for byte, so that it can be copied.
        writeln!(f, "\n    {}", body(request))?;
    }
    Ok(())
}

/// The headers of a request, `<secret>` in place of what is one.
fn headers(request: &Request) -> impl Iterator<Item = (&str, String)> {
    request.headers().iter().map(|(name, value)| {
        let shown = match value.to_str() {
            _ if value.is_sensitive() => "<secret>".to_owned(),
            Ok(text) => text.to_owned(),
            Err(_) => value.as_bytes().escape_ascii().to_string(),
        };
        (name.as_str(), shown)
    })
}

/// The body of a request; bytes that are no text are shown as `\xNN`.
fn body(request: &Request) -> String {
    let mut text = String::new();
    for chunk in request.body().utf8_chunks() {
        text.push_str(chunk.valid());
        let _ = write!(text, "{}", chunk.invalid().escape_ascii());
    }
    text
}

fn serialize_request<S: Serializer>(request: &Request, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Shown<'r> {
        method: &'r str,
        url: String,
        headers: Vec<(&'r str, String)>,
        body: String,
    }
    let (method, url) = (request.method().as_str(), request.uri().to_string());
    Shown { method, url, headers: headers(request).collect(), body: body(request) }.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::{Choice, Match};
    use crate::testing::{self, KEYED, TOKEN};

    fn explained(submission: &Submission, errors: Vec<Violation>) -> Explanation {
        let accounts =
            [testing::refusing_account("first"), testing::account("second", &KEYED), testing::account("third", &KEYED)];
        let never = Match { seller_inn: vec!["7707083893".to_owned()], ..Match::default() };
        let routes = [
            Route { name: "own".to_owned(), matches: never, choice: Choice::InOrder(vec!["third".to_owned()]) },
            Route::all("rest", ["first", "second", "third"]),
            Route::all("unreached", ["third"]),
        ];
        Explanation::new(
            &accounts,
            &routes,
            "k",
            submission,
            Findings { errors, warnings: vec![Violation::new("rule", "place", "is odd")] },
        )
    }

    #[test]
    fn every_candidate_has_its_verdict_and_no_secret_shows() {
        let explanation = explained(&testing::sale(), vec![]);
        assert_eq!(explanation.first().unwrap().account, "second");
        let Prospect::Send(request) = &explanation.candidates[1].verdict else { panic!() };
        let body = std::str::from_utf8(request.body()).unwrap();
        let request = format!(
            "    POST https://provider.example/k\n    accept: application/json\n    content-type: application/json; charset=utf-8\n    authorization: <secret>\n\n    {body}"
        );
        let expected = format!(
            "register_receipt under the key k
  warning: place: is odd
route own: passed by; seller_inn: is not stated, and the route is for 7707083893
route rest: fits

account first (provider keyed)
  passed over; items[0].vat: has no code

account second (provider keyed)
  would be sent:
{request}

account third (provider keyed)
  would be sent if none before it can register it:
{request}
"
        );
        assert_eq!(explanation.to_string(), expected);
        let json = serde_json::to_string(&explanation).unwrap();
        assert!(json.contains("[\"authorization\",\"<secret>\"]") && !json.contains(TOKEN), "{json}");
        assert!(!format!("{explanation:?}").contains(TOKEN));
    }

    #[test]
    fn what_is_not_valid_goes_nowhere() {
        let explanation = explained(&testing::sale(), vec![Violation::new("rule", "total", "is 0")]);
        assert!(explanation.first().is_none());
        let text = explanation.to_string();
        assert!(text.contains("  error: total: is 0\n"), "{text}");
        assert!(text.contains("not sent, since the submission is not valid; it would be:\n"), "{text}");
    }
}
