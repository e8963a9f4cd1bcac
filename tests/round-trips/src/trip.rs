//! Calls the operations of documents, several documents at a time.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::batch::{Batch, Document};
use crate::call::{Call, Outcome};
use crate::mock::Mock;
use crate::recorder;
use crate::tools::Tools;

/// Who answers.
#[derive(Debug, Clone, Copy)]
pub enum Against<'a> {
    /// The mock server, which stands on the document.
    Mock(&'a Tools),
    /// The server of ours.
    Recorder,
}

/// What became of a document.
#[derive(Debug)]
pub struct Trip {
    /// What it is called.
    pub document: String,
    /// How many operations it has.
    pub operations: usize,
    /// Its calls.
    pub calls: Vec<Call>,
    /// Why nothing, or nothing more, was called.
    pub failure: Option<String>,
}

/// Calls the operations of every document, a few documents at a time.
#[must_use]
pub fn all(batches: &[Batch], against: Against<'_>, jobs: usize) -> Vec<Trip> {
    let due: Vec<(&Batch, usize)> =
        batches.iter().flat_map(|batch| (0..batch.documents.len()).map(move |n| (batch, n))).collect();
    let (next, trips) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                let mut mock = None;
                while let Some((batch, n)) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let trip = one(batch, *n, against, &mut mock);
                    trips.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(trip);
                }
            });
        }
    });
    let mut trips = trips.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    trips.sort_by(|a, b| a.document.cmp(&b.document));
    trips
}

fn one(batch: &Batch, n: usize, against: Against<'_>, mock: &mut Option<Mock>) -> Trip {
    let document = &batch.documents[n];
    let generated = &document.exercise.generated;
    let mut trip =
        Trip { document: document.name.clone(), operations: generated.operations, calls: Vec::new(), failure: None };
    trip.failure = match &batch.program {
        _ if document.exercise.source.is_empty() => Some(generated.notes.shown(&generated.tree, 3)),
        Err(said) => Some(format!("does not compile: {said}")),
        Ok(program) => call_all(program, n, document, against, mock, &mut trip.calls).err(),
    };
    for (operation, why) in &document.exercise.unsent {
        trip.calls.push(Call::unsent(operation, why));
    }
    trip
}

/// Lets a server stand on a document, and gives its address. A mock that has ended, or does not stand, is started anew.
fn stand(document: &Document, against: Against<'_>, mock: &mut Option<Mock>) -> Result<String, String> {
    let Against::Mock(tools) = against else {
        return recorder::start(&document.exercise.answers).map_err(|error| error.to_string());
    };
    // It may have ended of what the document before was asked.
    if let Some(address) = mock.as_mut().and_then(|mock| mock.stand(&document.path).ok()) {
        return Ok(address);
    }
    mock.insert(Mock::start(tools)).stand(&document.path)
}

fn call_all(
    program: &Path,
    n: usize,
    document: &Document,
    against: Against<'_>,
    mock: &mut Option<Mock>,
    calls: &mut Vec<Call>,
) -> Result<(), String> {
    let address = stand(document, against, mock)?;
    let answers = if matches!(against, Against::Recorder) { "every-answer" } else { "every-status" };
    let mut command = Command::new(program);
    command.args([&n.to_string(), answers]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("no pipes".to_owned());
    };
    let mut give = |address: &str| writeln!(input, "{address}").map_err(|error| error.to_string());
    let listen = || {
        give(&address)?;
        for line in BufReader::new(output).lines() {
            let call = Call::parse(&line.map_err(|error| error.to_string())?)?;
            let lost = call.outcome == Outcome::Lost;
            calls.push(call);
            if lost {
                *mock = None;
                give(&stand(document, against, mock)?)?;
            }
        }
        Ok::<(), String>(())
    };
    let listened = listen();
    if listened.is_err() {
        // It may wait for an address that does not come.
        let _ = child.kill();
    }
    let ended = child.wait().map_err(|error| error.to_string())?;
    listened?;
    if ended.success() { Ok(()) } else { Err(format!("the program ended with {ended}")) }
}
