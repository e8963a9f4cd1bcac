//! Both simulators, a journal in a file, and dispatchers that reach the ones from the other over real connections.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use kassa::journal::{Entry, EntryId};
use kassa::kassa_core::{Moment, Money, Secret, SettingValues};
use kassa::uniform::Registration;
use kassa::{Account, Dispatcher, HttpTransport, Identity, Journal, Outcome, Pace, Route, SqliteJournal, State, Tls};
use kassa_tests::sim::checkonline::TaxidDialect;
use kassa_tests::sim::{self, Seen, Simulator, checkonline, smartcashier};
use tempfile::TempDir;
use tokio::net::TcpSocket;

/// The token of the Smart Cashier account. No output may show it.
pub(crate) const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LXRva2Vu.kT0kEn";
/// The one cashbox of that account.
pub(crate) const CASHBOX: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";

/// The time after which a test gives up waiting: long, since machines are slow.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Both simulators and a folder for journals, which outlive the dispatchers that are made of them.
pub(crate) struct Bench {
    pub(crate) sc: Simulator,
    pub(crate) co: checkonline::Simulator,
    pub(crate) folder: TempDir,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(smart_cashier_options(), checkonline::Options::new(TaxidDialect::Ferma17)).await
    }

    pub(crate) async fn with(sc: smartcashier::Options, co: checkonline::Options) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        Self { sc: smartcashier::start(sc).await, co: checkonline::start(co).await, folder }
    }

    /// The account `sc`, at Smart Cashier.
    pub(crate) fn sc(&self) -> Account {
        self.sc_at("sc", &self.sc.base_url(), TOKEN)
    }

    /// An account at Smart Cashier, wherever that answers, with a token that may be wrong.
    pub(crate) fn sc_at(&self, name: &str, url: &str, token: &str) -> Account {
        let settings = SettingValues::default().with("token", token).with("cashbox_id", CASHBOX);
        let provider = kassa::open("smartcashier", &settings, Some(url)).expect("the settings are sound");
        patient(Account::new(name, provider))
    }

    /// The account `co`, at CheckOnline.
    pub(crate) fn co(&self) -> Account {
        self.co_in("ferma_1_7")
    }

    /// The account `co`, wherever that answers.
    pub(crate) fn co_at(&self, url: &str) -> Account {
        self.open_co("ferma_1_7", url)
    }

    /// The account `co`, which numbers VAT codes as said.
    pub(crate) fn co_in(&self, dialect: &str) -> Account {
        self.open_co(dialect, &self.co.base_url())
    }

    fn open_co(&self, dialect: &str, url: &str) -> Account {
        let settings = SettingValues::default().with("taxid_dialect", dialect).with("utc_offset", "+03:00");
        let provider = kassa::open("checkonline", &settings, Some(url)).expect("the settings are sound");
        let mut account = patient(Account::new("co", provider));
        account.tls = Tls { identity: Some(identity(&self.co)), roots: vec![self.co.ca_pem().into_bytes()] };
        account
    }

    /// A dispatcher that tries these accounts in order, with the journal of this bench.
    pub(crate) fn desk(&self, accounts: impl IntoIterator<Item = Account>) -> Desk {
        self.desk_at(fast(), accounts, [])
    }

    /// The same at another pace, and with routes.
    pub(crate) fn desk_at(
        &self,
        pace: Pace,
        accounts: impl IntoIterator<Item = Account>,
        routes: impl IntoIterator<Item = Route>,
    ) -> Desk {
        desk_in(self.folder.path(), pace, accounts, routes)
    }

    pub(crate) fn journal_path(&self) -> PathBuf {
        journal_in(self.folder.path())
    }

    /// The documents of both ledgers.
    pub(crate) fn documents(&self) -> usize {
        self.sc.ledger().count() + self.co.ledger().count()
    }

    /// All requests that came to either of them.
    pub(crate) fn requests(&self) -> usize {
        self.sc.requests().len() + self.co.requests().len()
    }

    /// Holds an outcome against the journal and both ledgers.
    pub(crate) async fn check(&self, desk: &Desk, key: &str, outcome: &Outcome) {
        let entry = desk.entry(key).await;
        assert_eq!(entry.outcome.as_ref(), Some(outcome), "the journal keeps what was said");
        let state = if entry.state == State::Held { State::InDoubt } else { entry.state };
        assert_eq!(state.name(), outcome.name());
        let mut keys: BTreeSet<&str> = entry.attempts.iter().map(|attempt| attempt.provider_key.as_str()).collect();
        keys.insert(key);
        let of = |ledger: sim::Ledger| keys.iter().flat_map(|key| ledger.by_key(key)).collect::<Vec<_>>();
        let (sc, co) = (of(self.sc.ledger()), of(self.co.ledger()));
        assert!(sc.len() + co.len() <= 1, "{key} is registered {} + {} times: {outcome:?}", sc.len(), co.len());
        assert_eq!((self.sc.conflicts(), self.co.conflicts()), (0, 0), "a key was used for two contents");
        match outcome {
            Outcome::Registered { account, registration, .. } => match (account.starts_with("sc"), &*sc, &*co) {
                (true, [document], []) => check_smart_cashier(registration, document),
                (false, [], [document]) => check_online(registration, document),
                _ => panic!("{account} is said, and the ledgers have {} and {}", sc.len(), co.len()),
            },
            Outcome::Rejected { .. } | Outcome::NotSent { .. } => {
                assert_eq!((sc.len(), co.len()), (0, 0), "{key} is surely not registered: {outcome:?}");
            }
            Outcome::Pending { .. } | Outcome::InDoubt { .. } => {}
        }
    }
}

fn journal_in(folder: &Path) -> PathBuf {
    folder.join("kassa.sqlite")
}

/// A dispatcher with a journal in `folder`, once whoever had that before has let go.
pub(crate) fn desk_in(
    folder: &Path,
    pace: Pace,
    accounts: impl IntoIterator<Item = Account>,
    routes: impl IntoIterator<Item = Route>,
) -> Desk {
    let began = Instant::now();
    let mut owners = journal_in(folder).into_os_string();
    owners.push("-owners");
    while std::fs::read_dir(&owners).is_ok_and(|mut owners| owners.next().is_some()) {
        assert!(began.elapsed() < LONG, "somebody still has the journal");
        std::thread::sleep(ms(5));
    }
    let journal = Arc::new(SqliteJournal::open(journal_in(folder)).expect("the journal opens"));
    let builder = Dispatcher::builder().accounts(accounts).routes(routes).journal(journal.clone()).pace(pace);
    let dispatcher = builder.transport(HttpTransport::new()).build().expect("a dispatcher can be made");
    Desk { dispatcher, journal }
}

/// A dispatcher, and the journal that it works with.
pub(crate) struct Desk {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) journal: Arc<SqliteJournal>,
}

impl Deref for Desk {
    type Target = Dispatcher;

    fn deref(&self) -> &Dispatcher {
        &self.dispatcher
    }
}

impl Desk {
    pub(crate) async fn entry(&self, key: &str) -> Entry {
        let found = self.journal.find(&EntryId::of(key)).await.expect("the journal can be read");
        found.unwrap_or_else(|| panic!("{key} is in the journal"))
    }

    pub(crate) async fn counts(&self) -> Vec<(State, u64)> {
        self.journal.counts().await.expect("the journal can be read")
    }
}

/// Tries often and gives up late.
pub(crate) fn fast() -> Pace {
    Pace { first_delay: ms(10), max_delay: ms(50), attempts: 3, patience: LONG }
}

/// Sends once, and waits for nothing.
pub(crate) fn once() -> Pace {
    Pace { attempts: 0, patience: Duration::ZERO, ..fast() }
}

/// As most accounts of these tests: nothing ends by the clock.
fn patient(account: Account) -> Account {
    Account { connect_timeout: LONG, timeout: LONG, ..account }
}

/// An account that does not wait for an answer for long: 4 seconds, most of them for the connection.
pub(crate) fn impatient(account: Account) -> Account {
    Account { connect_timeout: ms(3_000), timeout: ms(1_000), ..account }
}

pub(crate) fn smart_cashier_options() -> smartcashier::Options {
    smartcashier::Options::new(TOKEN, [CASHBOX.to_owned()])
}

/// The client certificate that a simulator lets in.
pub(crate) fn identity(co: &checkonline::Simulator) -> Identity {
    Identity { certificate: co.client_cert_pem().into_bytes(), key: Secret::new(co.client_key_pem()) }
}

/// A port of this machine that nobody listens at, for as long as this is held.
pub(crate) struct Deserted(TcpSocket);

impl Deserted {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("loopback has a free port");
        Self(socket)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("a bound socket has an address")
    }
}

/// The requests that submit something.
pub(crate) fn submits(simulator: &Simulator) -> Vec<Seen> {
    simulator.requests().into_iter().filter(|seen| seen.method == "POST").collect()
}

/// The requests that ask for a status.
pub(crate) fn asks(simulator: &Simulator) -> Vec<Seen> {
    simulator.requests().into_iter().filter(|seen| seen.method == "GET").collect()
}

/// `registered sc`, `rejected co invalid`, `not_sent`.
pub(crate) fn short(outcome: &Outcome) -> String {
    let class = match outcome {
        Outcome::Rejected { reason, .. } | Outcome::InDoubt { reason, .. } => Some(reason.class.as_str()),
        _ => None,
    };
    [Some(outcome.name()), outcome.account(), class].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// `account: reason` for each account that was passed over.
pub(crate) fn passed_over(outcome: &Outcome) -> Vec<String> {
    let Outcome::NotSent { passed_over } = outcome else { panic!("{outcome:?}") };
    passed_over.iter().map(|passed| format!("{}: {}", passed.account, passed.reason)).collect()
}

pub(crate) fn registration(outcome: &Outcome) -> &Registration {
    let Outcome::Registered { registration, .. } = outcome else { panic!("{outcome:?}") };
    registration
}

/// The clock of the registers.
fn moscow(at: Timestamp, unit: jiff::Unit) -> Moment {
    let offset = Offset::constant(3);
    let local = at.to_zoned(TimeZone::fixed(offset)).datetime();
    let nanosecond = match unit {
        jiff::Unit::Second => 0,
        _ => local.subsec_nanosecond() / 100 * 100,
    };
    let local = local.with().subsec_nanosecond(nanosecond).build().expect("less of a second is a time too");
    Moment { local, offset: Some(offset) }
}

fn check_smart_cashier(registration: &Registration, document: &sim::Entry) {
    let fiscal = document.operation == sim::Operation::Receipt;
    let expected = Registration {
        document_number: document.fd_number.map(i64::from),
        fiscal_sign: document.fiscal_sign.map(i64::from),
        receipt_number: document.receipt_number.map(i64::from),
        shift_number: fiscal.then_some(3),
        fn_serial: fiscal.then(|| "9999078900012345".to_owned()),
        registration_number: fiscal.then(|| "0000000244012345".to_owned()),
        registered_at: fiscal.then(|| moscow(document.at, jiff::Unit::Microsecond)),
        fns_site: fiscal.then(|| "www.nalog.ru".to_owned()),
        not_printed: fiscal.then_some(document.not_printed),
        ..Registration::default()
    };
    assert_eq!(*registration, expected);
}

fn check_online(registration: &Registration, document: &sim::Entry) {
    let qr = registration.qr.as_deref().unwrap_or_default();
    let sign = document.fiscal_sign.expect("a receipt is signed");
    assert!(qr.contains(&format!("&fp={sign}&")), "{qr}");
    let expected = Registration {
        document_number: document.fd_number.map(i64::from),
        fiscal_sign: Some(i64::from(sign)),
        receipt_number: document.receipt_number.map(i64::from),
        fn_serial: Some("9289000100444444".to_owned()),
        registration_number: Some("0001729222014444".to_owned()),
        device_serial: Some("00000003820034444449".to_owned()),
        registered_at: Some(moscow(document.at, jiff::Unit::Second)),
        kind: registration.kind,
        total: Some(Money::from_units(document.total_kopecks)),
        qr: registration.qr.clone(),
        ..Registration::default()
    };
    assert_eq!(*registration, expected);
    assert_eq!(registration.kind.map(|kind| kind.code()), document.kind.map(i64::from));
}
