//! A dispatcher with one account at a made-up provider.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kassa::journal::{Entry, EntryId};
use kassa::kassa_core::{Money, SettingValues};
use kassa::uniform::CashMovement;
use kassa::{Account, Dispatcher, Journal, Outcome, Pace, SqliteJournal};
use kassa_tests::sim::Simulator;
use tempfile::TempDir;

/// Tries often and gives up late.
pub(crate) fn fast() -> Pace {
    let ms = Duration::from_millis;
    Pace { first_delay: ms(10), max_delay: ms(50), attempts: 3, patience: Duration::from_secs(60) }
}

/// A dispatcher, and the journal that it works with.
pub(crate) struct Desk {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) journal: Arc<SqliteJournal>,
    folder: TempDir,
}

impl Desk {
    /// A dispatcher with an account at `provider`, which `simulator` plays.
    pub(crate) fn at(provider: &str, simulator: &Simulator, settings: SettingValues) -> Self {
        Self::below(provider, simulator, "", settings)
    }

    /// The same, where the document has `path` before its own.
    pub(crate) fn below(provider: &str, simulator: &Simulator, path: &str, settings: SettingValues) -> Self {
        let base_url = format!("{}{path}", simulator.base_url());
        let provider = kassa_neighbours::open(provider, &settings, Some(&base_url));
        let account = Account::new("shop", provider.expect("the settings are sound"));
        let folder = TempDir::new().expect("a folder can be made");
        let journal = SqliteJournal::open(folder.path().join("kassa.sqlite")).expect("the journal opens");
        let journal = Arc::new(journal);
        let builder = Dispatcher::builder().account(account).journal(journal.clone()).pace(fast());
        Self { dispatcher: builder.build().expect("a dispatcher can be made"), journal, folder }
    }

    pub(crate) async fn cash_in(&self, key: &str, kopecks: i64) -> Outcome {
        self.dispatcher.cash_in(key, cash(kopecks)).await.expect("it is accepted").outcome
    }

    /// Where the journal is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn entry(&self, key: &str) -> Entry {
        let found = self.journal.find(&EntryId::of(key)).await.expect("the journal can be read");
        found.expect("the key is in the journal")
    }
}

pub(crate) fn cash(kopecks: i64) -> CashMovement {
    CashMovement { seller_inn: None, amount: Money::from_units(kopecks), cashier: None, print: None }
}

/// How many deposits were asked for, whatever the answer was.
pub(crate) fn deposits(simulator: &Simulator) -> usize {
    simulator.requests().iter().filter(|seen| seen.path.starts_with("/deposits")).count()
}
