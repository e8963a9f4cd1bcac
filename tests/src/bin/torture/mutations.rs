//! Whether the torture can fail: the dispatcher is built with a mistake, and the mistake has to be caught.
//!
//! Each mistake is behind `cfg(kassa_mutation = "…")` in the runtime. Cargo calls the compiler of the workspace's own
//! packages through a copy of this binary that is named after the mistake, and which adds the cfg; so what the workspace
//! depends on is built once for all of them, beside what is built without.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use crate::Args;

const MUTATIONS: [&str; 4] = ["drop_key", "retry_5xx", "failover_on_timeout", "ignore_leases"];

/// The exit code of a torture that has found something.
const CAUGHT: i32 = 1;

/// Calls the compiler with the cfg, if this binary is named after a mistake.
pub(crate) fn compile() -> Option<ExitCode> {
    let mut arguments = env::args_os();
    let own = arguments.next()?;
    let name = Path::new(&own).file_stem()?.to_str()?;
    let mutation = MUTATIONS.iter().find(|mutation| **mutation == name)?;
    let compiler: OsString = arguments.next()?;
    let cfg = format!("kassa_mutation=\"{mutation}\"");
    let status = Command::new(compiler).args(arguments).args(["--cfg", &cfg]).status();
    let succeeded = status.is_ok_and(|status| status.success());
    Some(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds and runs each; whether each was caught.
pub(crate) fn check(args: &Args) -> Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the tests are in the workspace")?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into).join("mutations");
    let wrappers = target.join("compilers");
    fs::create_dir_all(&wrappers)?;
    let mut caught_all = true;
    for mutation in MUTATIONS {
        println!("{mutation}: building");
        let wrapper = wrappers.join(format!("{mutation}{}", env::consts::EXE_SUFFIX));
        fs::copy(env::current_exe()?, &wrapper)?;
        let built = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet", "--locked", "--package", "kassa-tests", "--bin", "torture"])
            .current_dir(root)
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTC_WORKSPACE_WRAPPER", &wrapper)
            .status()?;
        ensure!(built.success(), "{mutation} does not build");
        let mut command = Command::new(target.join("debug").join(format!("torture{}", env::consts::EXE_SUFFIX)));
        command.args(["--receipts", &args.receipts.to_string(), "--seed", &args.seed.to_string()]);
        if let Some(seconds) = args.seconds {
            command.args(["--seconds", &seconds.to_string()]);
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let caught = output.status.code() == Some(CAUGHT);
        match text.lines().find(|line| line.starts_with("VIOLATION")) {
            Some(what) if caught => println!("{mutation}: caught: {what}"),
            _ => println!("{text}\n{mutation}: NOT CAUGHT ({})", output.status),
        }
        caught_all &= caught;
    }
    Ok(caught_all)
}
