//! What a dispatcher is made of.

use std::sync::Arc;
use std::time::Duration;

use super::close::Closing;
use super::gate::Gate;
use super::watched::Watched;
use super::{Dispatcher, Inner, Pace, Working};
use crate::account::Account;
use crate::clock::{Clock, SystemClock};
use crate::error::SetupError;
use crate::journal::Journal;
use crate::measures;
use crate::route::Route;
use crate::transport::{HttpTransport, Transport};

/// Puts a [`Dispatcher`] together.
#[derive(Debug, Default)]
pub struct DispatcherBuilder {
    accounts: Vec<Account>,
    routes: Vec<Route>,
    journal: Option<Box<dyn Journal>>,
    transport: Option<Box<dyn Transport>>,
    clock: Option<Box<dyn Clock>>,
    pace: Pace,
    retention: Option<Duration>,
}

impl DispatcherBuilder {
    /// Adds an account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Adds accounts.
    #[must_use]
    pub fn accounts(mut self, accounts: impl IntoIterator<Item = Account>) -> Self {
        self.accounts.extend(accounts);
        self
    }

    /// Adds a route, asked after those added before. With no route at all, everything goes to every account in the order
    /// in which they were added.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }

    /// Adds routes.
    #[must_use]
    pub fn routes(mut self, routes: impl IntoIterator<Item = Route>) -> Self {
        self.routes.extend(routes);
        self
    }

    /// Where submissions are kept. There is no default: a journal that forgets would break every promise.
    #[must_use]
    pub fn journal(mut self, journal: impl Journal + 'static) -> Self {
        self.journal = Some(Box::new(journal));
        self
    }

    /// How requests reach the providers; [`HttpTransport`] if nothing is said.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// What time it is; the [`SystemClock`] if nothing is said.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// How often and how long is tried.
    #[must_use]
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// For how long the content of what has ended is kept; for good if nothing is said. [`Dispatcher::resume`] takes away
    /// what is older. Keys, hashes and outcomes stay: a key is known for good.
    #[must_use]
    pub fn retention(mut self, retention: impl Into<Option<Duration>>) -> Self {
        self.retention = retention.into();
        self
    }

    /// The dispatcher.
    ///
    /// # Errors
    /// When something is missing, named twice or named nowhere, or when an account's certificates cannot be used.
    pub fn build(self) -> Result<Dispatcher, SetupError> {
        let Self { accounts, mut routes, journal, transport, clock, pace, retention } = self;
        let journal = journal.ok_or(SetupError::NoJournal)?;
        let transport = transport.unwrap_or_else(|| Box::new(HttpTransport::new()));
        if accounts.is_empty() {
            return Err(SetupError::NoAccount);
        }
        for (n, account) in accounts.iter().enumerate() {
            if accounts[..n].iter().any(|other| other.name == account.name) {
                return Err(SetupError::DuplicateAccount(account.name.clone()));
            }
            transport
                .prepare(account)
                .map_err(|problem| SetupError::Account { account: account.name.clone(), problem })?;
        }
        if routes.is_empty() {
            routes.push(Route::all("all", accounts.iter().map(|account| account.name.as_str())));
        }
        for route in &routes {
            if let Some(name) = route.choice.accounts().find(|name| accounts.iter().all(|known| known.name != *name)) {
                return Err(SetupError::UnknownAccount { route: route.name.clone(), account: name.to_owned() });
            }
        }
        let clock = clock.unwrap_or_else(|| Box::new(SystemClock::new()));
        let gates = accounts.iter().map(|account| Gate::new(&account.name, account.limits.clone())).collect();
        let working = Working::default();
        let closing = Closing::default();
        let journal = Box::new(Watched::new(journal));
        measures::describe();
        let inner = Inner { accounts, routes, journal, transport, clock, pace, retention, working, gates, closing };
        Ok(Dispatcher { inner: Arc::new(inner) })
    }
}
