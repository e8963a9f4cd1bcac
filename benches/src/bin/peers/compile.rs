//! How long the compiler takes to check what was generated.
//!
//! Cargo is told to run this program in place of the compiler for the crate itself, so neither what it depends on nor Cargo
//! is counted.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

use crate::process::{Cost, End, cost, run};
use crate::tool::{CRATE, Tool};

/// Where the compiler's cost is written, for this program in place of the compiler.
const COST: &str = "KASSA_PEERS_COST";

/// How long a crate and what it depends on may take.
const LIMIT: Duration = Duration::from_secs(900);

/// Checks the crate in `folder` with all features; `None` if it does not compile in time.
pub(crate) fn check(tool: Tool, folder: &Path, work: &Path) -> io::Result<Option<Cost>> {
    tool.complete(folder)?;
    // The versions that the first crate of a tool resolves to serve all of them.
    let (lock, kept) = (folder.join("Cargo.lock"), work.join(format!("{}.lock", tool.name())));
    let _ = std::fs::copy(&kept, &lock);
    let written = work.join("cost");
    let _ = std::fs::remove_file(&written);
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["check", "--quiet", "--all-features"]).current_dir(folder);
    cargo.env("CARGO_TARGET_DIR", work.join("target").join(tool.name()));
    cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "0");
    cargo.env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?).env(COST, &written);
    let (end, _) = run(&mut cargo, LIMIT, &work.join(format!("{}.check", tool.name())))?;
    let _ = std::fs::copy(&lock, &kept);
    Ok(std::fs::read_to_string(&written).ok().and_then(|text| parse(&text)).filter(|_| end == End::Well))
}

/// Runs the compiler, if that is what this process is for.
pub(crate) fn instead_of_compiler() -> Option<ExitCode> {
    let written = PathBuf::from(std::env::var_os(COST)?);
    let mut arguments = std::env::args_os().skip(1);
    let mut compiler = Command::new(arguments.next()?);
    let arguments: Vec<OsString> = arguments.collect();
    let measured = arguments.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] == CRATE);
    let begun = Instant::now();
    let used = compiler.args(&arguments).spawn().and_then(|mut child| child.wait4()).ok()?;
    if measured {
        let Cost { wall, cpu, peak } = cost(begun, &used);
        std::fs::write(written, format!("{} {} {peak}", wall.as_micros(), cpu.as_micros())).ok()?;
    }
    Some(if used.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn parse(text: &str) -> Option<Cost> {
    let mut figures = text.split(' ').map_while(|figure| figure.parse().ok());
    let (wall, cpu, peak) = (figures.next()?, figures.next()?, figures.next()?);
    Some(Cost { wall: Duration::from_micros(wall), cpu: Duration::from_micros(cpu), peak })
}
