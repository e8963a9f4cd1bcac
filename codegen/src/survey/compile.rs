//! Compiles a sample of the crates.

use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Document, Plan, finish};

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

/// Compiles crates of documents of all sizes.
pub(super) fn sample(
    plan: &Plan,
    documents: &mut [Document],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> io::Result<()> {
    if plan.compile == 0 {
        return Ok(());
    }
    let mut candidates: Vec<usize> = (0..documents.len())
        .filter(|n| documents[*n].outcome.as_ref().is_ok_and(|record| record.openapi && record.refused.is_none()))
        .collect();
    candidates.sort_by_key(|n| documents[*n].bytes);
    let count = plan.compile.min(candidates.len());
    // Evenly over the sizes, the largest among them.
    let chosen = (1..=count).map(|n| candidates[n * candidates.len() / count - 1]);
    let core = std::path::absolute(&plan.core)?;
    let folder = plan.work.join("crate");
    for (n, index) in chosen.enumerate() {
        let document = &mut documents[index];
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let mut command = Command::new(&plan.generator);
        command.arg("client").arg(plan.folder.join(&document.path)).args(["--name", "surveyed", "--core"]).arg(&core);
        command.arg("--out").arg(&folder);
        let written = finish(&mut command, LIMIT);
        // The folder may lie in somebody's workspace.
        let manifest = folder.join("Cargo.toml");
        if let Ok(text) = std::fs::read_to_string(&manifest) {
            std::fs::write(&manifest, text + "\n[workspace]\n")?;
        }
        let mut check = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        check.args(["check", "--quiet", "--message-format", "short"]).current_dir(&folder);
        check
            .env("CARGO_TARGET_DIR", plan.work.join("target"))
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0");
        let begun = Instant::now();
        let error = match written {
            Err(error) => Some(error),
            Ok(output) if !output.success => Some("it is not generated".to_owned()),
            Ok(_) => match finish(&mut check, LIMIT) {
                Err(error) => Some(error),
                Ok(output) if output.success => None,
                Ok(output) => {
                    let error = output.stderr.lines().find(|line| line.contains("error"));
                    Some(error.unwrap_or("cargo failed").to_owned())
                }
            },
        };
        document.compiled = Some(Compiled { seconds: begun.elapsed().as_secs_f64(), error });
        progress(n + 1, count);
    }
    Ok(())
}
