//! Somebody who is told of what happens at a simulator while it happens, and may hold it up.

use std::fmt;
use std::sync::{Arc, OnceLock};

type Tell<T> = Box<dyn Fn(&T) + Send + Sync>;

/// At most one, appointed once and for all. A clone is the same.
pub(super) struct Witness<T>(Arc<OnceLock<Tell<T>>>);

impl<T> Witness<T> {
    /// Appoints the witness, unless there is one.
    pub(super) fn appoint(&self, tell: impl Fn(&T) + Send + Sync + 'static) {
        self.0.get_or_init(|| Box::new(tell));
    }

    pub(super) fn tell(&self, of: &T) {
        if let Some(tell) = self.0.get() {
            tell(of);
        }
    }
}

impl<T> Clone for Witness<T> {
    fn clone(&self) -> Self {
        Witness(self.0.clone())
    }
}

impl<T> Default for Witness<T> {
    fn default() -> Self {
        Witness(Arc::default())
    }
}

impl<T> fmt::Debug for Witness<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Witness").field(&self.0.get().is_some()).finish()
    }
}
