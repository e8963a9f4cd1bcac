//! Provider simulators: real HTTP servers on loopback, written by hand from the vendors' documents.
//!
//! They share no code with the generated clients, so a wrong mapping in the product meets an independent reading of
//! the same document here. Each simulator keeps a [`Ledger`], the register's own book of what was really registered;
//! a test compares it with what the product believes.

pub mod checkonline;
mod checks;
mod courier;
mod document;
mod faults;
mod fields;
mod http;
pub mod itkassa;
mod json;
mod ledger;
pub mod mobika;
mod moscow;
pub mod neighbours;
pub mod rentel;
pub mod smartcashier;
mod tls;
mod witness;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub use courier::{Delivery, Retry};
pub use document::{Entry, LedgerLine, Operation};
pub use faults::{Asked, Documented, Fault, Faults, Forgery};
pub use http::{Seen, Taken};
pub use ledger::Ledger;
pub use tls::Pki;

use courier::Deliveries;
use http::{SeenLog, Server};

/// What every simulator offers to a test: its address, its book, what it was asked, and how to make it misbehave.
///
/// It lives on the tokio runtime that started it and stops when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    base_url: String,
    ledger: Ledger,
    faults: Faults,
    seen: SeenLog,
    conflicts: Conflicts,
    deliveries: Deliveries,
    server: Server,
}

impl Simulator {
    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// The register's book. A clone of the handle sees what is registered later too.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.ledger.clone()
    }

    /// Every request that was read in full, oldest first, whatever the answer was.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.seen.all()
    }

    /// Calls `tell` with every request that was read in full, before the vendor looks at it, and waits for it. For one
    /// listener, appointed before the first request.
    pub fn on_request(&self, tell: impl Fn(&Seen) + Send + Sync + 'static) {
        self.seen.witness().appoint(tell);
    }

    /// The handle that queues faults.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// How many repeats of a used key came with other content. The vendors do not look, so such a repeat is answered
    /// like any other; a product that sends one has lost a receipt.
    #[must_use]
    pub fn conflicts(&self) -> usize {
        self.conflicts.0.load(Ordering::SeqCst)
    }

    /// Every attempt to call the client back, in the order in which they ended. The vendors that only answer have none.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.all()
    }

    /// Takes in a request that an earlier life of this simulator took in, as the vendor did then; nobody is there for the
    /// answer. Together with [`Ledger::restore`] the vendor knows again what it knew. Has to be called on a runtime.
    pub fn take_in_again(&self, taken: &Taken) {
        (self.server.again)(taken);
    }

    /// Stops listening and cuts the open connections.
    pub async fn shutdown(&self) {
        self.server.task.abort();
        while !self.server.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.task.abort();
    }
}

/// The counter behind [`Simulator::conflicts`].
#[derive(Debug, Clone, Default)]
struct Conflicts(Arc<AtomicUsize>);

impl Conflicts {
    fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
