//! `cargo round-trips`: clients of documents against a mock server that stands on them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use kassa_round_trips::trip::{Against, Trip};
use kassa_round_trips::{batch, is_document, known, table, tools, trip};

/// Tries clients of documents: every operation is called, and the mock server `prism` says whether the document allows it.
#[derive(Debug, Parser)]
struct Arguments {
    /// Documents, and folders of them; those of `tests/documents` if none is named.
    paths: Vec<PathBuf>,
    /// A server of ours answers, which takes everything, and gives every answer that a document has.
    #[arg(long)]
    recorded: bool,
    /// How many documents are compiled into one program.
    #[arg(long, default_value_t = 100)]
    batch: usize,
    /// Writes every call into this file.
    #[arg(long)]
    raw: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, String> {
    let told = |error: std::io::Error| error.to_string();
    let mut documents = Vec::new();
    for path in &arguments.paths {
        find(path, &mut documents).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if arguments.paths.is_empty() {
        documents = kassa_round_trips::documents().map_err(told)?;
    }
    let against = match arguments.recorded {
        true => Against::Recorder,
        false => Against::Mock(tools::tools().ok_or("the mock server is left out, as KASSA_THIRD_PARTY says")?),
    };
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut trips = Vec::new();
    for (n, documents) in documents.chunks(arguments.batch.max(1)).enumerate() {
        let batches = batch::build(&format!("batch-{n}"), documents.to_vec()).map_err(told)?;
        trips.extend(trip::all(&batches, against, jobs));
    }
    let known = match arguments.recorded {
        true => known::read(known::OF_OURS)?,
        false => known::read(known::OF_PRISM)?,
    };
    let problems = table::problems(&trips, &known);
    println!("{}", table::table(&trips));
    problems.iter().for_each(|problem| println!("{problem}"));
    if let Some(path) = &arguments.raw {
        std::fs::write(path, raw(&trips)).map_err(told)?;
    }
    Ok(problems.is_empty())
}

/// Every call, as it was told.
fn raw(trips: &[Trip]) -> String {
    let lines =
        trips.iter().flat_map(|trip| trip.calls.iter().map(move |call| format!("{}: {call:?}\n", trip.document)));
    lines.collect()
}

fn find(path: &Path, documents: &mut Vec<(String, PathBuf)>) -> std::io::Result<()> {
    if path.is_dir() {
        let mut entries =
            std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        entries.sort();
        return entries
            .iter()
            .filter(|path| path.is_dir() || is_document(path))
            .try_for_each(|path| find(path, documents));
    }
    documents.push((path.display().to_string(), path.canonicalize()?));
    Ok(())
}
