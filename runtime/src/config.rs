//! Configuration: accounts and routes from one YAML file.
//!
//! Everything that is wrong with a file is told in one run, each with its place and what to do. Secrets come from the
//! environment or from files, never from the file itself (F10), and no message shows one.
//!
//! ```no_run
//! use kassa::config::Config;
//! use kassa::{Dispatcher, SqliteJournal};
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::load("kassa.yaml".as_ref())?;
//! config.warnings.iter().for_each(|warning| eprintln!("{warning}"));
//! let journal = SqliteJournal::open(&config.journal)?;
//! let dispatcher = Dispatcher::builder().accounts(config.accounts).routes(config.routes).journal(journal).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A file:
//!
//! ```yaml
//! journal: kassa.sqlite                  # relative to the folder of this file, as all paths
//! retention: 400d                        # of what buyers told, after a submission has ended; for good if left out
//! accounts:
//!   shop:
//!     provider: NAME                     # the folder of a provider's spec
//!     base_url: https://api.example/v1   # needed where the provider's document states none
//!     seller_inn: "7707083893"           # optional: registers for this seller only
//!     settings:                          # what the provider's mapping declares
//!       token: { env: SHOP_TOKEN }       # a secret: from the environment, or { file: path }
//!       some_choice: "20"
//!     connect_timeout: 5s                # to connect; 500ms, 5s, 2m
//!     timeout: 100s                      # from then to the end of the answer
//!     limits: { at_once: 64, rate: { requests: 10, per: 1s }, failures: 10, rest: 10s }   # see Limits
//!     visible_after: 10m                 # see Account::visible_after; only where doubt ends by asking
//!     tls: { certificate: { file: client.pem }, key: { file: client.key }, roots: [{ file: ca.pem }] }
//!   other: { provider: NAME, settings: { token: { file: other.token } } }
//! routes:                                # the first that fits decides
//!   - name: small
//!     match: { seller_inn: ["7707083893"], operations: [register_receipt], amount_from: "0.01", amount_to: "10000" }
//!     accounts: [shop, other]            # tried in order
//!   - name: rest
//!     weights: { shop: 3, other: 1 }     # in an order drawn from the key
//! ```

mod account;
mod reader;
mod route;
mod tree;

use std::env::VarError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use jiff::tz::TimeZone;
use kassa_core::{ProviderInfo, SettingError, SettingValues};
use kassa_providers::Provider;

use crate::account::Account;
use crate::catalogue::Catalogue;
use crate::clock::SystemClock;
use crate::diagnostic::{Diagnostic, Severity, Source, Span, count};
use crate::route::Route;
use reader::{Fields, Reader};
use tree::Node;

/// What a configuration file states.
#[derive(Debug)]
pub struct Config {
    /// The file of the journal.
    pub journal: PathBuf,
    /// For how long the content of what has ended is kept; `None` for good.
    pub retention: Option<Duration>,
    /// The clock, in whose days rates begin and end: of `time_zone`, or of the machine's zone.
    pub clock: SystemClock,
    /// The accounts, as they are written.
    pub accounts: Vec<Account>,
    /// The routes, as they are written: the first that fits decides.
    pub routes: Vec<Route>,
    /// What looks wrong and stops nothing, ready to be shown.
    pub warnings: Vec<String>,
}

/// What is wrong with a configuration file; `Display` shows all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Each error and warning as it is shown, in the order of the file.
    pub shown: Vec<String>,
    /// How many of them are errors.
    pub errors: usize,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for shown in &self.shown {
            writeln!(f, "{shown}\n")?;
        }
        write!(f, "the configuration has {}", count(self.errors, self.shown.len() - self.errors))
    }
}

impl std::error::Error for ConfigError {}

/// Where a configuration finds what it names: the environment, files, and the providers of this build.
pub trait Surroundings {
    /// The environment variable `name`.
    ///
    /// # Errors
    /// When it is not set, or is no text.
    fn variable(&self, name: &str) -> Result<String, VarError>;

    /// The content of the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read.
    fn file(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The providers that there are.
    fn providers(&self) -> &[&'static ProviderInfo] {
        kassa_providers::providers()
    }

    /// Opens a provider for an account.
    ///
    /// # Errors
    /// What is wrong with its settings.
    fn open(
        &self,
        provider: &'static ProviderInfo,
        settings: &SettingValues,
        base_url: Option<&str>,
    ) -> Result<Arc<dyn Provider>, Vec<SettingError>> {
        kassa_providers::open(provider.name, settings, base_url).map(Into::into)
    }
}

/// The environment of this process, the files of this machine, and these providers.
#[derive(Debug, Clone, Default)]
pub struct Machine(pub Catalogue);

impl Surroundings for Machine {
    fn variable(&self, name: &str) -> Result<String, VarError> {
        std::env::var(name)
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn providers(&self) -> &[&'static ProviderInfo] {
        self.0.providers()
    }

    fn open(
        &self,
        provider: &'static ProviderInfo,
        settings: &SettingValues,
        base_url: Option<&str>,
    ) -> Result<Arc<dyn Provider>, Vec<SettingError>> {
        self.0.open(provider.name, settings, base_url).map(Into::into)
    }
}

impl Config {
    /// Reads the file at `path`; what it names is relative to its folder.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::load_with(path, Catalogue::built_in())
    }

    /// The same, where accounts may name the providers of `catalogue`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load_with(path: &Path, catalogue: Catalogue) -> Result<Self, ConfigError> {
        let machine = Machine(catalogue);
        let text = machine.file(path).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
        });
        match text {
            Ok(text) => Self::read(&text, path, &machine),
            Err(error) => {
                let message = format!("cannot read the configuration: {error}");
                let diagnostic = Diagnostic { span: None, ..Diagnostic::error(Span::at(1, 1), message) };
                let diagnostic = diagnostic.help("name the file with --config or KASSA_CONFIG");
                Err(ConfigError {
                    shown: vec![Source::new(path.display().to_string(), "").show(&diagnostic)],
                    errors: 1,
                })
            }
        }
    }

    /// Reads `text`, the content of the file at `path`, with what it names from `surroundings`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(text: &str, path: &Path, surroundings: &dyn Surroundings) -> Result<Self, ConfigError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut reader = Reader::new(folder, surroundings);
        let config = match tree::parse(text, &mut reader.diagnostics) {
            Ok(root) => read_config(&root, &mut reader),
            Err(diagnostic) => {
                reader.report(*diagnostic);
                None
            }
        };
        let Reader { mut diagnostics, hidden, .. } = reader;
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        let mut source = Source::new(path.display().to_string(), text);
        hidden.into_iter().for_each(|span| source.hide(span));
        let shown: Vec<_> = diagnostics.iter().map(|diagnostic| source.show(diagnostic)).collect();
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
        match config {
            Some(config) if errors == 0 => Ok(Self { warnings: shown, ..config }),
            _ => Err(ConfigError { shown, errors }),
        }
    }
}

fn read_config(root: &Node, reader: &mut Reader<'_>) -> Option<Config> {
    let fields =
        Fields::new(reader, root, "the configuration", &["journal", "retention", "time_zone", "accounts", "routes"])?;
    let clock = fields.take("time_zone").map_or_else(|| Some(SystemClock::new()), |node| read_zone(reader, node));
    let journal = fields.require(reader, "journal", "journal: kassa.sqlite").and_then(|node| reader.text(node));
    let retention = fields.take("retention").map(|node| reader.days(node));
    let accounts = fields.require(reader, "accounts", "accounts: { NAME: { provider: …, settings: … } }");
    let accounts = accounts.and_then(|node| account::read_accounts(reader, node));
    let routes = fields.require(reader, "routes", "routes: [{ name: all, accounts: [NAME] }]");
    // Routes are read even when the accounts are in disorder: all problems in one run.
    let names = accounts.as_ref().map(|accounts| accounts.names.as_slice());
    let routes = routes.and_then(|node| route::read_routes(reader, node, names));
    if let (Some(accounts), Some(routes)) = (&accounts, &routes) {
        route::warn_of_unused(reader, accounts, routes);
    }
    let (journal, clock, accounts, routes) = (journal?, clock?, accounts?.accounts, routes?);
    let (journal, retention) = (reader.path(&journal), retention.flatten());
    Some(Config { journal, retention, clock, accounts, routes, warnings: Vec::new() })
}

/// The zone in whose days the registers count.
fn read_zone(reader: &mut Reader<'_>, node: &Node) -> Option<SystemClock> {
    let name = reader.text(node)?;
    match TimeZone::get(&name) {
        Ok(zone) => Some(SystemClock::in_zone(zone)),
        Err(_) => reader.refuse(node.span, format!("unknown time zone `{name}`"), "write a name such as Europe/Moscow"),
    }
}

#[cfg(test)]
mod tests;
