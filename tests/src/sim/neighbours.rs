//! Simulators of made-up vendors, each with something that the real ones do not have.

pub mod acme;
pub mod binder;
pub mod clerk;
pub mod shelf;

use super::courier::Deliveries;
use super::http::{self, Answer, SeenLog, Vendor};
use super::json::quote;
use super::{Conflicts, Fault, Faults, Ledger, Simulator};

/// Starts the vendor that `make` makes of its book and its faults.
async fn start<V: Vendor>(make: impl FnOnce(Ledger, Faults) -> V) -> Simulator {
    let (listener, address) = http::bind().await;
    let ledger = Ledger::new(1);
    let faults = Faults::new(|fault| {
        fault.fits_any_request() && !matches!(fault, Fault::DocumentedError(_)) || fault.fits_accepted()
    });
    let seen = SeenLog::default();
    let task = http::serve(listener, None, make(ledger.clone(), faults.clone()), seen.clone());
    let base_url = format!("http://{address}");
    let (conflicts, deliveries) = (Conflicts::default(), Deliveries::default());
    Simulator { base_url, ledger, faults, seen, conflicts, deliveries, task }
}

/// A refusal, with the reason for the person who reads the test's output.
fn denied(status: u16, why: &str) -> Answer {
    Answer::json(status, format!("{{\"why\":{}}}", quote(why)))
}
