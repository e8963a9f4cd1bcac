//! The real `kassa` command, with a configuration for both simulators.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::{env, fs, process};

use kassa_tests::sim::Fault;

use crate::bench::{Bench, CASHBOX, TOKEN};

/// Where the command is. `cargo test` makes it only for tests of its own package, so it is made here: nothing is done
/// when it is there and fresh.
static KASSA: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = env::current_exe().expect("a test knows where it is");
    let profile = test.parent().and_then(Path::parent).expect("tests are in `deps` of the folder of a profile");
    let made = profile.join(format!("kassa{}", env::consts::EXE_SUFFIX));
    // Another cargo takes the file away while it makes it anew; a link of our own stays.
    let own = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (fresh, own) =
        (own.join(format!("kassa-{}", process::id())), own.join(made.file_name().expect("it has a name")));
    for _ in 0..5 {
        build(profile);
        if fs::hard_link(&made, &fresh).and_then(|()| fs::rename(&fresh, &own)).is_ok() {
            // Renaming one link of a file over another leaves both.
            let _ = fs::remove_file(&fresh);
            return own;
        }
    }
    panic!("{} is not there", made.display())
});

/// Makes the command where this test was made.
fn build(profile: &Path) {
    let name = profile.file_name().and_then(|name| name.to_str()).expect("a profile has a name");
    let mut cargo = Command::new(env!("CARGO"));
    // Both packages, so that the dependencies are those that are there already.
    cargo.args(["build", "--quiet", "--package", "kassa", "--package", "kassa-tests", "--bin", "kassa"]);
    cargo.args(["--profile", if name == "debug" { "dev" } else { name }]);
    cargo.arg("--target-dir").arg(profile.parent().expect("a profile is in a target folder"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    let built = cargo.output().expect("cargo can be run");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

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
