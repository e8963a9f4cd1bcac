//! Tries the client generator on a folder of documents, each in a process of its own: what kills one ends in a line of
//! the table.

mod compile;
mod plot;
mod table;
mod workers;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::client::plain;

pub use compile::Compiled;
pub use plot::plot;

/// What became of a document, as the process that read it says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Record {
    /// Whether it says to be OpenAPI 3.
    pub openapi: bool,
    /// Whether it says to be Swagger 2.
    pub swagger: bool,
    /// Its version of OpenAPI.
    pub version: String,
    /// Why nothing is written, or why what is written is not what it should be; for a document that is refused, with
    /// its place.
    pub refused: Option<String>,
    /// How many operations are generated.
    pub operations: usize,
    /// How many more the document has, which are left out.
    pub left_out: usize,
    /// How many types.
    pub types: usize,
    /// How many lines.
    pub lines: usize,
    /// How many things are wrong with it, and left out or typed more loosely.
    pub warnings: usize,
    /// How long it took.
    pub microseconds: u64,
    /// How much memory it took at most, in kB; 0 where that is not known.
    pub peak: u64,
}

/// A document of a survey.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its path below the folder.
    pub path: PathBuf,
    /// How many bytes it has.
    pub bytes: u64,
    /// What became of it; what the process said last, if it died.
    pub outcome: Result<Record, String>,
    /// What is told of it, each on a line, with its place.
    pub notes: Vec<String>,
    /// What became of its crate, if that was compiled.
    pub compiled: Option<Compiled>,
}

/// A survey.
#[derive(Debug)]
pub struct Survey {
    /// The documents, by path.
    pub documents: Vec<Document>,
    /// How long all of it took, without compiling.
    pub elapsed: Duration,
}

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder.
    pub folder: PathBuf,
    /// The generator.
    pub generator: PathBuf,
    /// How many crates are compiled.
    pub compile: usize,
    /// Where they find `kassa-core`.
    pub core: PathBuf,
    /// Where they are written and compiled.
    pub work: PathBuf,
}

/// How far a survey has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub doing: Doing,
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// What a survey does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Clients are generated.
    Generating,
    /// Their crates are compiled.
    Compiling,
}

/// Is told of each step.
pub type Watcher<'w> = &'w (dyn Fn(Progress) + Sync);

/// How long a document may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Runs a survey.
///
/// # Errors
/// When the folder cannot be read, or the crates cannot be written.
pub fn run(plan: &Plan, watcher: Watcher<'_>) -> io::Result<Survey> {
    let mut paths = Vec::new();
    walk(&plan.folder, &mut paths)?;
    paths.sort();
    let begun = Instant::now();
    let mut documents = workers::each(&paths, Doing::Generating, watcher, |_, path| {
        let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
        let (outcome, notes) = try_one(plan, path);
        let shown = path.strip_prefix(&plan.folder).unwrap_or(path).to_owned();
        Document { path: shown, bytes, outcome, notes, compiled: None }
    });
    let elapsed = begun.elapsed();
    compile::sample(plan, &mut documents, watcher)?;
    Ok(Survey { documents, elapsed })
}

/// The documents below a folder.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|ext| ext == "json" || ext == "yaml" || ext == "yml") {
            found.push(path);
        }
    }
    Ok(())
}

/// An error with the path that it is about.
#[must_use]
pub fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// What became of a document, and what is told of it.
fn try_one(plan: &Plan, path: &Path) -> (Result<Record, String>, Vec<String>) {
    let mut command = Command::new(&plan.generator);
    command.arg("client").arg(path).args(["--dry-run", "--message-format", "json", "--out"]).arg(&plan.work);
    let output = match finish(&mut command, LIMIT) {
        Ok(output) => output,
        Err(error) => return (Err(error), Vec::new()),
    };
    let lines: Vec<&str> = output.stdout.lines().collect();
    let (last, notes) = lines.split_last().unwrap_or((&"", &[]));
    let record = serde_json::from_str(last).map_err(|_| {
        output.stderr.lines().find(|line| !line.trim().is_empty()).unwrap_or("it died without a word").to_owned()
    });
    (record, notes.iter().filter_map(|note| on_one_line(note)).collect())
}

/// A note as editors read it: `a.yaml:3:7: warning[S008]: …`.
fn on_one_line(note: &str) -> Option<String> {
    let note: serde_json::Value = serde_json::from_str(note).ok()?;
    let (span, text) = (&note["spans"][0], |key: &str| note[key].as_str().map(plain));
    let place = format!("{}:{}:{}", span["file_name"].as_str()?, span["line_start"], span["column_start"]);
    Some(format!("{place}: {}[{}]: {}", text("level")?, text("code")?, text("message")?))
}

/// What a process said.
struct Output {
    success: bool,
    stdout: String,
    stderr: String,
}

/// Runs a process to its end, or to the end of its time.
fn finish(command: &mut Command, limit: Duration) -> Result<Output, String> {
    let say = |error: io::Error| format!("the process cannot be run: {error}");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(say)?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let read = |pipe: Option<Box<dyn io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                let _ = pipe.read_to_end(&mut bytes);
            }
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let out = read(out.map(|pipe| Box::new(pipe) as Box<dyn io::Read + Send>));
    let err = read(err.map(|pipe| Box::new(pipe) as Box<dyn io::Read + Send>));
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().map_err(say)? {
            Some(status) => break status,
            None if begun.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it took more than {} s", limit.as_secs()));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    Ok(Output {
        success: status.success(),
        stdout: out.join().unwrap_or_default(),
        stderr: err.join().unwrap_or_default(),
    })
}

/// How much memory this process has taken at most, in kB; 0 where nobody says.
#[must_use]
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kb| kb.parse().ok()).unwrap_or(0)
}
