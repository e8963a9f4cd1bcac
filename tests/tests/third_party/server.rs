//! The mock server: a process for each document.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use kassa::kassa_core::{Reply, Request};
use kassa::{Account, HttpTransport, Provider, Transport as _};

use crate::openapi;
use kassa_round_trips::tools::Tools;

/// How long it may take to stand, on a machine that does something else too.
const PATIENCE: Duration = Duration::from_secs(90);

/// A mock server that stands on a provider's document, and the transport to it. It ends with this value.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    transport: HttpTransport,
}

impl Server {
    /// It refuses a request that its document does not allow, and tells of an answer of its own that is none.
    pub(crate) fn start(tools: &Tools, provider: &str) -> Server {
        let document = openapi(provider);
        let options = ["mock", "--host", "127.0.0.1", "--port", "0"].map(OsStr::new);
        let arguments: Vec<&OsStr> = options.into_iter().chain([document.as_os_str()]).collect();
        let log = tools.log(&format!("mock-{provider}"));
        let child = tools.start("prism", &arguments, &crate::specs(), &log);
        Server { child, log, transport: HttpTransport::new() }
    }

    /// Its address, once it stands.
    pub(crate) async fn address(&mut self) -> String {
        let begun = Instant::now();
        loop {
            let said = std::fs::read_to_string(&self.log).unwrap_or_default();
            if let Some((_, rest)) = said.split_once("listening on ") {
                // The line may not be written to its end yet.
                if let Some((address, _)) = rest.split_once('\n') {
                    return address.trim().to_owned();
                }
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the mock server ended with {status}:\n{said}");
            }
            assert!(begun.elapsed() < PATIENCE, "the mock server does not stand after {PATIENCE:?}:\n{said}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends `request` as Kassa does, with what `prefer` asks of the mock.
    pub(crate) async fn ask(&self, provider: Box<dyn Provider>, request: &Request, prefer: Option<&str>) -> Reply {
        let mut request = request.clone();
        if let Some(prefer) = prefer {
            request.headers_mut().insert("prefer", prefer.parse().unwrap());
        }
        let account = Account::new("mock", provider);
        self.transport.send(&account, request).await.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
