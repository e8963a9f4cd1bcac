//! `kassa-codegen client`.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use kassa_codegen::client::{Generated, Options, crate_name_like, generate, is_crate_name};
use kassa_codegen::counted;
use kassa_codegen::survey::{Record, peak_memory};

use crate::Format;

/// A client, and what it is made of.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document, JSON or YAML
    document: PathBuf,
    /// The folder of the crate or module, in which all sources are the generator's
    #[arg(long)]
    out: PathBuf,
    /// The name of the crate, in small letters; without it the title of the document gives one
    #[arg(long, value_name = "CRATE", value_parser = crate_name)]
    name: Option<String>,
    /// Make a module in place of a crate
    #[arg(long, conflicts_with = "name")]
    module: bool,
    /// Refuse a document of which anything would be left out or typed more loosely
    #[arg(long)]
    strict: bool,
    /// Write nothing; tell what is wrong with the document
    #[arg(long)]
    dry_run: bool,
    /// Write nothing; fail if a generated file is missing, stale or orphaned
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Where the crate finds `kassa-core`: a folder, the URL of a git repository, or a version that a registry has
    #[arg(long, value_name = "FOLDER|URL|VERSION", value_parser = core_place, default_value = env!("CARGO_PKG_VERSION"))]
    core: String,
}

fn crate_name(text: &str) -> Result<String, String> {
    if is_crate_name(text) {
        return Ok(text.to_owned());
    }
    let like = crate_name_like(text).map(|like| format!("; such as `{like}`")).unwrap_or_default();
    let rule = "small letters, digits, single `-` and `_`, a letter first, and no word of Rust, Cargo or Windows";
    Err(format!("{rule}{like}"))
}

fn core_place(text: &str) -> Result<String, String> {
    match is_url(text) || text.starts_with(|c: char| c.is_ascii_digit()) || Path::new(text).is_dir() {
        true => Ok(text.to_owned()),
        false => Err("there is no such folder; a URL has `://` in it, and a version begins with a digit".to_owned()),
    }
}

/// How many notes are printed.
const MOST_NOTES: usize = 40;

/// Makes a client, and tells what is wrong with its document.
pub(crate) fn run(arguments: &Arguments, format: Format, begun: Instant) -> ExitCode {
    let options =
        Options { name: arguments.name.clone(), module: arguments.module, core: core(&arguments.core, &arguments.out) };
    let generated = generate(&arguments.document, &options);
    let refused = generated.notes.refused() || arguments.strict && generated.notes.count() > 0;
    if matches!(format, Format::Human) {
        let notes = generated.notes.shown(&generated.tree, MOST_NOTES);
        if !notes.is_empty() {
            crate::complain(&notes);
        }
    }
    let done = match refused {
        true => Err(format!("{}: {}", arguments.document.display(), verdict(&generated))),
        false => deliver(arguments, &generated).map_err(|error| format!("{}: {error}", arguments.out.display())),
    };
    match format {
        Format::Json => {
            // The first note says by its place what is wrong with a document.
            let note = || generated.notes.first(&generated.tree).filter(|_| refused);
            let reason = done.as_ref().err().map(|error| note().unwrap_or_else(|| error.clone()));
            let record = record(&generated, reason, begun);
            crate::print(&format!("{}{record}\n", generated.notes.to_json_lines(&generated.tree)));
        }
        Format::Human => {
            if let Ok(done) = &done {
                crate::print(&format!("{}; {done} ({} ms)\n", counts(&generated), begun.elapsed().as_millis()));
            }
        }
    }
    match done {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How much there is of what.
fn counts(generated: &Generated) -> String {
    let [operations, types, warnings] =
        [(generated.operations, "operation"), (generated.types, "type"), (generated.notes.count(), "warning")]
            .map(|(count, what)| counted(count, what));
    format!("{operations} ({} left out), {types}, {warnings}", generated.left_out)
}

/// Why nothing is written.
fn verdict(generated: &Generated) -> String {
    match generated.notes.refused() {
        true => "refused for the errors above; nothing is written".to_owned(),
        false => format!("refused by --strict for {}; nothing is written", counted(generated.notes.count(), "warning")),
    }
}

/// Writes the client, or compares it with what is there; gives what was done.
fn deliver(arguments: &Arguments, generated: &Generated) -> io::Result<String> {
    if arguments.dry_run {
        return Ok("nothing is written".to_owned());
    }
    if arguments.check {
        let differences = generated.files.compare(&arguments.out)?;
        return match differences.is_empty() {
            true => Ok("nothing to do".to_owned()),
            false => Err(io::Error::other(format!("is not what the document says; generate it again\n{differences}"))),
        };
    }
    let differences = generated.files.write(&arguments.out)?;
    Ok(differences.counts())
}

/// What became of a document, as a survey reads it.
fn record(generated: &Generated, refused: Option<String>, begun: Instant) -> String {
    let record = Record {
        openapi: generated.version.is_some() || generated.notes.unreadable(),
        swagger: generated.swagger,
        version: generated.version.clone().unwrap_or_default(),
        refused,
        operations: generated.operations,
        left_out: generated.left_out,
        types: generated.types,
        lines: generated.files.iter().map(|(_, text)| text.lines().count()).sum(),
        warnings: generated.notes.count(),
        microseconds: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
        peak: peak_memory(),
    };
    serde_json::to_string(&record).unwrap_or_default()
}

/// Whether `kassa-core` is to be found in a git repository.
fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// Where a manifest in `out` finds `kassa-core`: a folder is given from where the command runs.
fn core(given: &str, out: &Path) -> String {
    let folder = Path::new(given);
    let (Ok(folder), Ok(out)) = (folder.canonicalize(), std::path::absolute(out)) else { return given.to_owned() };
    let Some(path) = way(&real(&out), &folder) else { return given.to_owned() };
    path.to_string_lossy().replace('\\', "/")
}

/// A path without links, of which the end need not be there yet.
fn real(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(path), _, _) => path,
        (Err(_), Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_owned(),
    }
}

/// The way from one folder to another; both are absolute.
fn way(from: &Path, to: &Path) -> Option<PathBuf> {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[common..].iter().map(|_| Component::ParentDir);
    (common > 0).then(|| up.chain(to[common..].iter().copied()).collect())
}
