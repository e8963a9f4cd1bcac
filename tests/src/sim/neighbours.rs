//! Simulators of made-up vendors, each with something that the real ones do not have.

pub mod acme;
pub mod binder;
pub mod bravo;
pub mod charlie;
pub mod clerk;
pub mod delta;
pub mod echo;
pub mod shelf;

use std::collections::BTreeMap;

use super::courier::Deliveries;
use super::http::{self, Answer, Request, SeenLog, Vendor};
use super::json::{Tree, quote};
use super::{Conflicts, Fault, Faults, Ledger, Simulator};

/// Starts the vendor that `make` makes of its book and its faults.
async fn start<V: Vendor>(make: impl FnOnce(Ledger, Faults) -> V) -> Simulator {
    let (listener, address) = http::bind().await;
    let ledger = Ledger::new(1);
    let faults = Faults::new(|fault| {
        fault.fits_any_request() && !matches!(fault, Fault::DocumentedError(_)) || fault.fits_accepted()
    });
    let seen = SeenLog::default();
    let server = http::serve(listener, None, make(ledger.clone(), faults.clone()), seen.clone());
    let base_url = format!("http://{address}");
    let (conflicts, deliveries) = (Conflicts::default(), Deliveries::default());
    Simulator { base_url, ledger, faults, seen, conflicts, deliveries, server }
}

/// A refusal, with the reason for the person who reads the test's output.
fn denied(status: u16, why: &str) -> Answer {
    Answer::json(status, format!("{{\"why\":{}}}", quote(why)))
}

/// A body that is an object.
struct Body(BTreeMap<String, Tree>);

impl Body {
    fn read(request: &Request) -> Result<Body, Answer> {
        match Tree::parse(&request.body).map_err(|why| denied(400, &why))? {
            Tree::Object(fields) => Ok(Body(fields)),
            _ => Err(denied(400, "the body is no object")),
        }
    }

    fn text(&self, name: &str) -> Result<&str, Answer> {
        match self.0.get(name) {
            Some(Tree::Text(text)) => Ok(text),
            found => Err(denied(400, &format!("`{name}` is a text, and not {found:?}"))),
        }
    }

    fn integer(&self, name: &str) -> Result<i64, Answer> {
        let found = self.0.get(name);
        found
            .and_then(Tree::integer)
            .ok_or_else(|| denied(400, &format!("`{name}` is a whole number, and not {found:?}")))
    }

    /// That there are so many fields: what was looked at, and nothing else.
    fn has(&self, fields: usize) -> Result<(), Answer> {
        if self.0.len() == fields {
            Ok(())
        } else {
            Err(denied(400, &format!("a field too many: {:?}", self.0.keys())))
        }
    }
}
