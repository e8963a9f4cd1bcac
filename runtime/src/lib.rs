//! One uniform, routed interface over the receipt APIs of Russian online cash registers (54-FZ, ККТ).
//!
//! A service makes a [`Dispatcher`] from accounts, routes and a journal, hands it a receipt under a key, and gets one
//! [`Outcome`] whatever provider registered it. The submission is in the journal before a byte leaves, and no second
//! account is asked before it is sure that the first one did not register it.
//!
//! ```no_run
//! use kassa::{Account, Dispatcher, Outcome, SqliteJournal};
//! use kassa::kassa_core::SettingValues;
//! use kassa::uniform::Receipt;
//!
//! # async fn example(receipt: Receipt) -> Result<(), Box<dyn std::error::Error>> {
//! let settings = SettingValues::default().with("token", std::env::var("TOKEN")?);
//! let provider = kassa::open("name-of-a-provider", &settings, None).map_err(|errors| errors[0].to_string())?;
//! let dispatcher = Dispatcher::builder()
//!     .account(Account::new("shop", provider))
//!     .journal(SqliteJournal::open("kassa.sqlite")?)
//!     .build()?;
//! match dispatcher.register("order-1", receipt).await?.outcome {
//!     Outcome::Registered { registration, .. } => println!("fiscal sign {:?}", registration.fiscal_sign),
//!     other => println!("{}", other.name()),
//! }
//! # Ok(())
//! # }
//! ```

pub mod account;
pub mod catalogue;
pub mod clock;
mod compare;
pub mod config;
mod content;
pub mod diagnostic;
pub mod dispatcher;
pub mod error;
pub mod explain;
pub mod journal;
mod login;
pub mod measures;
mod nearest;
pub mod outcome;
pub mod query;
mod reason;
mod redaction;
pub mod route;
pub mod sqlite;
mod state;
#[cfg(test)]
mod testing;
pub mod transport;
pub mod validate;

pub use account::{Account, Identity, Tls};
pub use catalogue::Catalogue;
pub use clock::{Clock, SystemClock};
pub use dispatcher::{Dispatcher, DispatcherBuilder, Doubtful, Limits, Pace, Rate, Ruling, Told, is_key};
pub use error::{CallbackError, ResolveError, SetupError, SubmitError};
pub use explain::Explanation;
pub use journal::{Journal, JournalError, State};
pub use kassa_providers::{Provider, kassa_core, open, providers, uniform};
pub use login::TokenSlot;
pub use outcome::{Outcome, PassedOver, Reason, Standing};
pub use query::{Asker, QueryError};
pub use route::{Choice, Match, Route};
pub use sqlite::SqliteJournal;
pub use transport::{HttpTransport, SendError, Transport};
