//! Compiles a sample of the crates.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Document, Doing, Plan, Watcher, finish, workers};

/// What became of a crate.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// How long `cargo check` took.
    pub seconds: f64,
    /// The first error.
    pub error: Option<String>,
}

/// How long a crate may take.
const LIMIT: Duration = Duration::from_secs(900);

/// Compiles crates of documents of all sizes: sorted by size and cut into as many equal pieces as are asked for, the
/// document in the middle of each.
pub(super) fn sample(plan: &Plan, documents: &mut [Document], watcher: Watcher<'_>) -> io::Result<()> {
    if plan.compile == 0 {
        return Ok(());
    }
    let mut candidates: Vec<usize> = (0..documents.len())
        .filter(|n| documents[*n].outcome.as_ref().is_ok_and(|record| record.openapi && record.refused.is_none()))
        .collect();
    candidates.sort_by_key(|n| documents[*n].bytes);
    let count = plan.compile.min(candidates.len());
    let mut chosen: Vec<usize> = (0..count).map(|n| candidates[(2 * n + 1) * candidates.len() / (2 * count)]).collect();
    // The largest first, so that the end does not wait for one of them.
    chosen.reverse();
    let core = std::path::absolute(&plan.core)?;
    let compiled = workers::each(&chosen, Doing::Compiling, watcher, |worker, index| {
        one(plan, &core, worker, &documents[*index].path)
    });
    for (index, compiled) in chosen.into_iter().zip(compiled) {
        documents[index].compiled = Some(compiled?);
    }
    Ok(())
}

fn one(plan: &Plan, core: &Path, worker: usize, document: &Path) -> io::Result<Compiled> {
    let folder = plan.work.join(format!("crate-{worker}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut command = Command::new(&plan.generator);
    command.arg("client").arg(plan.folder.join(document)).args(["--name", "surveyed", "--core"]).arg(core);
    command.arg("--out").arg(&folder);
    match finish(&mut command, LIMIT) {
        Err(error) => return Ok(Compiled { seconds: 0.0, error: Some(error) }),
        Ok(output) if !output.success => {
            return Ok(Compiled { seconds: 0.0, error: Some("it is not generated".to_owned()) });
        }
        Ok(_) => {}
    }
    // The folder may lie in somebody's workspace.
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)?;
    std::fs::write(&manifest, text + "\n[workspace]\n")?;
    let mut check = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    check.args(["check", "--quiet", "--message-format", "short"]).current_dir(&folder);
    check
        .env("CARGO_TARGET_DIR", plan.work.join(format!("target-{worker}")))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0");
    let begun = Instant::now();
    let error = match finish(&mut check, LIMIT) {
        Err(error) => Some(error),
        Ok(output) if output.success => None,
        Ok(output) => {
            let error = output.stderr.lines().find(|line| line.contains("error"));
            Some(error.unwrap_or("cargo failed").to_owned())
        }
    };
    Ok(Compiled { seconds: begun.elapsed().as_secs_f64(), error })
}
