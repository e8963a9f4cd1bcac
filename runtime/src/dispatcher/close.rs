//! How a dispatcher ends: nothing new is taken, and what is under way ends or is left to the next one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::Dispatcher;

/// Whether a dispatcher is being closed.
#[derive(Debug, Default)]
pub(super) struct Closing {
    closed: AtomicBool,
    bell: Notify,
}

impl Closing {
    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.bell.notify_waiters();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Waits until it is closed.
    pub(super) async fn wait(&self) {
        loop {
            let rung = self.bell.notified();
            tokio::pin!(rung);
            // Listening before looking: a bell that rings between the two is heard.
            rung.as_mut().enable();
            if self.is_closed() {
                return;
            }
            rung.await;
        }
    }
}

impl Dispatcher {
    /// Closes the dispatcher and all its clones: nothing new is taken ([`crate::SubmitError::Closing`]), no pause is waited
    /// out, and nothing is sent that was not begun. Answers that are under way are waited for, for `within` at most.
    ///
    /// How many submissions are still being worked on then: their requests have left. They are in the journal, as all that
    /// has not ended is, and the next dispatcher's [`Dispatcher::resume`] goes on with them.
    pub async fn close(&self, within: Duration) -> usize {
        self.inner.closing.close();
        // How many there are left is told in any case.
        let _ = timeout(within, self.inner.working.wait_for_none()).await;
        self.inner.working.count()
    }
}
