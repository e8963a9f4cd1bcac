//! Whether the torture can fail: the dispatcher is built with a mistake, and the mistake has to be caught.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::Args;

/// The mistakes, each behind `cfg(kassa_mutation = "…")` in the runtime.
const MUTATIONS: [&str; 3] = ["drop_key", "retry_5xx", "failover_on_timeout"];

/// The exit code of a torture that has found something.
const CAUGHT: i32 = 1;

/// Builds and runs each; whether each was caught.
pub(crate) fn check(args: &Args) -> Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the tests are in the workspace")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut caught_all = true;
    for mutation in MUTATIONS {
        println!("== {mutation}: building");
        let target = root.join("target/mutations").join(mutation);
        let built = Command::new(&cargo)
            .args(["build", "--quiet", "--locked", "--package", "kassa-tests", "--bin", "torture"])
            .current_dir(root)
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", format!("--cfg kassa_mutation=\"{mutation}\""))
            .status()?;
        anyhow::ensure!(built.success(), "{mutation} does not build");
        let mut command = Command::new(target.join("debug/torture"));
        command.args(["--receipts", &args.receipts.to_string(), "--seed", &args.seed.to_string()]);
        if let Some(seconds) = args.seconds {
            command.args(["--seconds", &seconds.to_string()]);
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let caught = output.status.code() == Some(CAUGHT);
        let what = text.lines().find(|line| line.starts_with("VIOLATION"));
        match (caught, what) {
            (true, Some(what)) => println!("== {mutation}: caught: {what}"),
            _ => println!("{text}\n== {mutation}: NOT CAUGHT ({})", output.status),
        }
        caught_all &= caught;
    }
    Ok(caught_all)
}
