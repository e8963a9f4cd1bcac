//! The same receipts to the same server, by the dispatcher and by reqwest alone.
//!
//! What is the same: the bytes of each request, the settings of the HTTP client, how many requests are in flight, the
//! server, and the runtime that both run in. What the dispatcher does besides is what is measured: it validates, hashes and
//! journals the receipt, finds its account by route, encodes it by its mapping, keeps to the limits of the account,
//! classifies the answer, and holds it against what was sent.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use kassa::journal::Journal;
use kassa::uniform::Receipt;
use kassa::{Account, Dispatcher, HttpTransport, Limits, Outcome, SqliteJournal, Tls};
use reqwest::Certificate;

use crate::by_hand::checkonline;
use crate::memory::MemoryJournal;
use crate::receipt;
use crate::server::Server;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Kassa.
    Ours,
    /// What somebody would write by hand.
    ByHand,
}

/// How both connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// One for all that is sent one after another, without TLS.
    Kept,
    /// One for each request, without TLS.
    Fresh,
    /// One for each request, with TLS: what the dispatcher does unless it is told otherwise, at providers as they are.
    FreshTls,
}

impl Connections {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kept, Self::Fresh, Self::FreshTls];

    /// What they are, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kept => "connections kept, no TLS",
            Self::Fresh => "a connection for each, no TLS",
            Self::FreshTls => "a connection for each, TLS (the default)",
        }
    }
}

/// How long a connection may idle.
const IDLE: Duration = Duration::from_secs(60);

/// How many requests may be in flight at most.
const AT_ONCE: usize = 1024;

/// Both ways to a server.
#[derive(Debug)]
pub struct Loopback {
    /// Answers for as long as this lives.
    _server: Server,
    dispatcher: Dispatcher,
    client: reqwest::Client,
    url: String,
    receipt: Receipt,
    next: Arc<AtomicU64>,
}

impl Loopback {
    /// With a journal in memory.
    #[must_use]
    pub fn in_memory(connections: Connections) -> Self {
        Self::with(connections, MemoryJournal::default())
    }

    /// With a journal in a file.
    #[must_use]
    pub fn in_file(connections: Connections, path: &Path) -> Self {
        Self::with(connections, SqliteJournal::open(path).expect("the journal opens"))
    }

    fn with(connections: Connections, journal: impl Journal + 'static) -> Self {
        let server = Server::start(connections == Connections::FreshTls);
        let idle = if connections == Connections::Kept { IDLE } else { Duration::ZERO };
        let provider = receipt::provider("checkonline", &server.url());
        let url = format!("{}{}", server.url(), checkonline::PATH);
        let limits = Limits { at_once: AT_ONCE, ..Limits::default() };
        let tls = Tls { roots: server.root().map(String::into_bytes).into_iter().collect(), ..Tls::default() };
        let account = Account { limits, tls, ..Account::new("account", provider) };
        let client = client(&account, &server, idle);
        let transport = match idle {
            Duration::ZERO => HttpTransport::new(),
            idle => HttpTransport::new().reuse_connections(idle),
        };
        let builder = Dispatcher::builder().account(account).journal(journal).transport(transport);
        let dispatcher = builder.build().expect("a dispatcher can be made");
        let next = Arc::new(AtomicU64::new(0));
        Self { _server: server, dispatcher, client, url, receipt: receipt::ten_items(), next }
    }

    /// Sends `count` receipts, `at_once` of them in flight, each under a key of its own.
    pub async fn send(&self, side: Side, at_once: usize, count: u64) {
        let last = self.next.load(Ordering::Relaxed) + count;
        let lanes: Vec<_> = (0..at_once).map(|_| tokio::spawn(self.lane(side, last))).collect();
        for lane in lanes {
            lane.await.expect("every receipt is registered");
        }
        self.next.store(last, Ordering::Relaxed);
    }

    /// Sends one receipt after another, until the key `last`.
    fn lane(&self, side: Side, last: u64) -> impl Future<Output = ()> + Send + 'static {
        let (dispatcher, client, url) = (self.dispatcher.clone(), self.client.clone(), self.url.clone());
        let (receipt, next) = (self.receipt.clone(), self.next.clone());
        async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= last {
                    return;
                }
                let key = receipt::key(n);
                match side {
                    Side::Ours => ours(&dispatcher, &key, receipt.clone()).await,
                    Side::ByHand => by_hand(&client, &url, &key, receipt.clone()).await,
                }
            }
        }
    }
}

async fn ours(dispatcher: &Dispatcher, key: &str, receipt: Receipt) {
    let standing = dispatcher.register(key, receipt).await.expect("the journal is well");
    assert!(matches!(standing.outcome, Outcome::Registered { .. }), "{standing:?}");
}

async fn by_hand(client: &reqwest::Client, url: &str, key: &str, receipt: Receipt) {
    let request = client.post(url).header(ACCEPT, "application/json").header(CONTENT_TYPE, receipt::JSON);
    let response = request.body(checkonline::encode(key, &receipt)).send().await.expect("the server answers");
    assert!(response.status().is_success());
    let body = response.bytes().await.expect("the answer is whole");
    let registered = checkonline::decode(&body);
    assert_eq!((registered.request_id.as_str(), registered.fiscal_sign), (key, 1_570_734_444));
}

/// A client that is set as that of [`HttpTransport`] is: nothing is repeated, redirected or taken from the environment.
fn client(account: &Account, server: &Server, idle: Duration) -> reqwest::Client {
    // The provider of cryptography is one for the process; the first to install it has.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let roots = server.root().map(|pem| Certificate::from_pem(pem.as_bytes()).expect("the certificate is one"));
    let builder = reqwest::Client::builder()
        .user_agent("by hand")
        .http1_only()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(if idle.is_zero() { 0 } else { usize::MAX })
        .pool_idle_timeout(idle)
        .connect_timeout(account.connect_timeout)
        .timeout(account.connect_timeout + account.timeout);
    let builder = match roots {
        Some(root) => builder.tls_certs_merge([root]),
        None => builder.tls_certs_only([]),
    };
    builder.build().expect("a client can be made")
}
