//! The real `kassa` command, with a configuration for both simulators.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use kassa_tests::sim::Fault;

use crate::bench::{Bench, CASHBOX, TOKEN};
use crate::built::KASSA;

/// What a command said and ended with.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The one JSON object of the standard output.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A bench with a configuration file.
pub(crate) struct Shop {
    pub(crate) bench: Bench,
    /// For `RUST_LOG`.
    pub(crate) log: Option<&'static str>,
    /// Whether colours are refused in so many words (`NO_COLOR`).
    pub(crate) plain: bool,
}

impl Shop {
    /// Tries Smart Cashier first, then CheckOnline.
    pub(crate) async fn open() -> Self {
        Self::with(Bench::start().await, "[sc, co]")
    }

    /// Tries these accounts.
    pub(crate) fn with(bench: Bench, accounts: &str) -> Self {
        let shop = Self { bench, log: None, plain: true };
        shop.write("client.pem", &shop.bench.co.client_cert_pem());
        shop.write("client.key", &shop.bench.co.client_key_pem());
        shop.write("ca.pem", &shop.bench.co.ca_pem());
        let (sc, co) = (shop.bench.sc.base_url(), shop.bench.co.base_url());
        let config = format!(
            r#"journal: kassa.sqlite
accounts:
  sc:
    provider: smartcashier
    base_url: {sc}
    settings: {{ token: {{ env: SC_TOKEN }}, cashbox_id: {CASHBOX} }}
  co:
    provider: checkonline
    base_url: {co}
    settings: {{ taxid_dialect: ferma_1_7, utc_offset: "+03:00" }}
    tls: {{ certificate: {{ file: client.pem }}, key: {{ file: client.key }}, roots: [{{ file: ca.pem }}] }}
routes:
  - {{ name: all, accounts: {accounts} }}
"#
        );
        shop.write("kassa.yaml", &config);
        shop
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.bench.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).expect("the folder can be written");
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.bench.sc.faults().push(fault);
    }

    /// The same in a process that cannot make any file longer than so many blocks of 512 bytes.
    #[cfg(unix)]
    pub(crate) fn spawn_on_a_full_disk(&self, blocks: u32, args: &[&str]) -> Child {
        // Ignored, the signal for it becomes an error of the write.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = self.prepared(Command::new("sh"), &["-c", &script]);
        command.arg(&*KASSA).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the command can be run")
    }

    fn command(&self, args: &[&str]) -> Command {
        self.prepared(Command::new(&*KASSA), args)
    }

    fn prepared(&self, mut command: Command, args: &[&str]) -> Command {
        command.current_dir(self.bench.folder.path()).args(args).stdin(Stdio::null());
        command.env_remove("KASSA_CONFIG").env_remove("RUST_LOG").env_remove("NO_COLOR").env("SC_TOKEN", TOKEN);
        if self.plain {
            command.env("NO_COLOR", "1");
        }
        if let Some(log) = self.log {
            command.env("RUST_LOG", log);
        }
        command
    }

    /// Runs the command to its end. Whatever it says, no secret is in it.
    pub(crate) async fn run(&self, args: &[&str]) -> Said {
        self.run_for(args, "").await
    }

    /// The same, with something on the standard input.
    pub(crate) async fn run_for(&self, args: &[&str], input: &str) -> Said {
        let mut child = self.spawn(args);
        let mut stdin = child.stdin.take().expect("the standard input is ours");
        let input = input.to_owned();
        let ended = tokio::task::spawn_blocking(move || {
            // Who does not read it does not want it.
            let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
            drop(stdin);
            child.wait_with_output()
        });
        let output = ended.await.expect("nothing panics").expect("the command can be waited for");
        let text = |bytes| String::from_utf8(bytes).expect("what it says is UTF-8");
        let code = output.status.code().expect("it ends by itself");
        let said = Said { code, out: text(output.stdout), err: text(output.stderr) };
        self.assert_no_secret(&said.out);
        self.assert_no_secret(&said.err);
        said
    }

    /// Starts the command.
    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        let piped = Stdio::piped;
        self.command(args).stdin(piped()).stdout(piped()).stderr(piped()).spawn().expect("the command can be run")
    }

    /// Neither the token nor any line of the private key or the certificates.
    pub(crate) fn assert_no_secret(&self, text: &str) {
        for secret in self.secrets() {
            assert!(!text.contains(&secret), "`{secret}` is told in: {text}");
        }
    }

    /// Texts that may be told nowhere.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let pem = [self.bench.co.client_key_pem(), self.bench.co.client_cert_pem()];
        let lines = pem.iter().flat_map(|pem| pem.lines()).filter(|line| !line.starts_with("-----"));
        lines.chain(TOKEN.split('.')).map(str::to_owned).collect()
    }
}
