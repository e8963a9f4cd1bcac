//! Installs the tools, once for each state of their lock file, and runs them.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// What the pinned tools ask of Node.js, and the one that is fetched where the machine's is older.
const NODE_WANTED: &str = "20.19 or later of 20, 22.12 or later of 22, or 23 and later";
const NODE_FETCHED: &str = "22.23.3";
/// How long an installation may take, and how long a tool.
const INSTALLATION: Duration = Duration::from_secs(600);
const RUN: Duration = Duration::from_secs(180);

/// The tools; `None` where they are left out on purpose.
///
/// # Panics
/// When they cannot be installed, or `KASSA_THIRD_PARTY` says something else.
pub fn tools() -> Option<&'static Tools> {
    static TOOLS: LazyLock<Option<Tools>> = LazyLock::new(|| {
        match std::env::var("KASSA_THIRD_PARTY").as_deref() {
        Ok("skip") => {
            eprintln!("left out, as KASSA_THIRD_PARTY=skip says: the linters and the mock server from npm");
            None
        }
        Ok(other) => panic!("KASSA_THIRD_PARTY is {other:?}; \"skip\" leaves these tests out, and nothing else is known"),
        Err(_) => Some(Tools::install().unwrap_or_else(|why| {
            panic!("{why}\nThese tests need Node.js with npm (Debian: apt-get install npm). KASSA_THIRD_PARTY=skip leaves them out.")
        })),
    }
    });
    TOOLS.as_ref()
}

/// A folder with the tools, and the Node.js that runs them.
#[derive(Debug)]
pub struct Tools {
    node: PathBuf,
    modules: PathBuf,
}

/// What a tool said.
#[derive(Debug)]
pub struct Said {
    /// Whether it ended well.
    pub success: bool,
    /// Everything that it wrote.
    pub text: String,
}

impl Tools {
    fn install() -> Result<Tools, String> {
        let folder = crate::workspace().join("tests/third-party");
        let lock = fs::read(folder.join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
        let mut hasher = DefaultHasher::new();
        (NODE_FETCHED, lock).hash(&mut hasher);
        let home = crate::target().with_file_name("tmp").join(format!("third-party-{:016x}", hasher.finish()));
        if !home.is_dir() {
            // Beside its place and then moved there, so that a half of it is never taken for the whole.
            let half = home.with_extension(std::process::id().to_string());
            if let Err(why) = Tools::fetch(&folder, &half) {
                let _ = fs::remove_dir_all(&half);
                return Err(why);
            }
            if fs::rename(&half, &home).is_err() && home.is_dir() {
                // Another process was faster.
                fs::remove_dir_all(&half).map_err(|error| error.to_string())?;
            }
        }
        let modules = home.join("node_modules");
        let fetched = fs::read_dir(&modules).map_err(|error| format!("{}: {error}", modules.display()))?;
        let mut fetched = fetched.filter_map(|entry| Some(entry.ok()?.path().join("bin/node")));
        let node = fetched.find(|node| node.is_file()).unwrap_or_else(|| PathBuf::from("node"));
        Ok(Tools { node, modules })
    }

    /// The tools, and Node.js where the machine's is too old, into `home`.
    fn fetch(folder: &Path, home: &Path) -> Result<(), String> {
        fs::create_dir_all(home).map_err(|error| error.to_string())?;
        for name in ["package.json", "package-lock.json"] {
            fs::copy(folder.join(name), home.join(name)).map_err(|error| format!("{name}: {error}"))?;
        }
        npm(home, &["ci"])?;
        match machine_node() {
            Some(node) if is_new_enough(node) => Ok(()),
            _ => npm(home, &["install", "--no-save", "--no-package-lock", &node_package()?]),
        }
    }

    /// Runs `tool` to its end in `folder`.
    ///
    /// # Panics
    /// When it cannot be started, or does not end.
    #[must_use]
    pub fn run(&self, tool: &str, arguments: &[&OsStr], folder: &Path) -> Said {
        let log = self.modules.with_file_name(format!("{tool}-{}.log", std::process::id()));
        let child = self.start(tool, arguments, folder, &log);
        let success = end(child, RUN).unwrap_or_else(|why| panic!("{tool}: {why}"));
        Said { success, text: fs::read_to_string(&log).unwrap_or_default() }
    }

    /// Starts `tool` in `folder`; it writes into `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(&self, tool: &str, arguments: &[&OsStr], folder: &Path, log: &Path) -> Child {
        let mut command = Command::new(&self.node);
        command.arg(self.modules.join(".bin").join(tool)).args(arguments).current_dir(folder);
        // They would report to their makers and ask for newer versions.
        command
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        spawn(command, log).unwrap_or_else(|why| panic!("{tool}: {why}"))
    }

    /// Starts a script of ours on the tools' modules, with a pipe to it; it writes into `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn script(&self, script: &Path, log: &Path) -> Child {
        let mut command = Command::new(&self.node);
        command.arg(script).env("NODE_PATH", &self.modules).env("NO_COLOR", "1").stdin(Stdio::piped());
        spawn(command, log).unwrap_or_else(|why| panic!("{}: {why}", script.display()))
    }

    /// Where a server may write what it says.
    #[must_use]
    pub fn log(&self, name: &str) -> PathBuf {
        self.modules.with_file_name(format!("{name}-{}.log", std::process::id()))
    }
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("npm");
    command.args(arguments).args(["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    command.current_dir(folder).stdin(Stdio::null());
    let log = folder.join("npm.log");
    let child = spawn(command, &log).map_err(|error| format!("npm: {error}"))?;
    match end(child, INSTALLATION) {
        Ok(true) => Ok(()),
        Ok(false) => {
            Err(format!("npm {} failed:\n{}", arguments.join(" "), fs::read_to_string(&log).unwrap_or_default()))
        }
        Err(why) => Err(format!("npm {}: {why}", arguments.join(" "))),
    }
}

/// Everything that the child says goes into one file, so that no full pipe stops it.
fn spawn(mut command: Command, log: &Path) -> Result<Child, String> {
    let file = File::create(log).map_err(|error| error.to_string())?;
    let copy = file.try_clone().map_err(|error| error.to_string())?;
    command.stdout(file).stderr(copy).spawn().map_err(|error| error.to_string())
}

/// Whether the child ended well.
fn end(mut child: Child, patience: Duration) -> Result<bool, String> {
    let begun = Instant::now();
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => return Ok(status.success()),
            None if begun.elapsed() < patience => std::thread::sleep(Duration::from_millis(50)),
            None => {
                let _ = child.kill();
                return Err(format!("it has not ended after {} s", patience.as_secs()));
            }
        }
    }
}

/// Version of the Node.js on the path, as `(20, 19)`.
fn machine_node() -> Option<(u32, u32)> {
    let output = Command::new("node").arg("--version").output().ok()?;
    version(std::str::from_utf8(&output.stdout).ok()?)
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

fn is_new_enough((major, minor): (u32, u32)) -> bool {
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major >= 23,
    }
}

/// The package with the program for this machine.
fn node_package() -> Result<String, String> {
    let machine = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        (os, arch) => {
            return Err(format!("Node.js on the path is not {NODE_WANTED}, and none is known for {os} {arch}"));
        }
    };
    Ok(format!("node-{machine}@{NODE_FETCHED}"))
}

#[test]
fn a_node_is_new_enough_or_another_one_is_fetched() {
    assert_eq!(version("v20.19.1\n"), Some((20, 19)));
    assert_eq!(version("20.19.1"), None);
    assert!([(20, 19), (22, 12), (23, 0), (24, 18)].into_iter().all(is_new_enough));
    assert!(![(18, 20), (20, 18), (21, 7), (22, 11)].into_iter().any(is_new_enough));
}
