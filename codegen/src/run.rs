//! A run as a whole: what the command and a `build.rs` call.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::coverage::Coverage;
use crate::diag::Failure;
use crate::docs;
use crate::input::Input;
use crate::load::{self, Specs};
use crate::output::{Differences, FileMap};

/// Why a run failed.
#[derive(Debug)]
pub enum Error {
    /// The specs are wrong.
    Specs(Box<Failure>),
    /// A file cannot be read or written.
    Io(PathBuf, io::Error),
    /// The output folder is not what would be generated.
    Differs(PathBuf, Differences),
    /// What the code is to stand on is no path of Rust.
    On(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Specs(failure) => failure.fmt(f),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Differs(out, differences) => {
                write!(f, "{differences}{} is not what the specs say; generate it again", out.display())
            }
            Self::On(on) => write!(f, "`{on}` is no path of Rust, such as `kassa`"),
        }
    }
}

impl std::error::Error for Error {}

/// What a run has done.
#[derive(Debug)]
pub struct Report {
    /// The providers.
    pub providers: Vec<String>,
    /// How many files there are.
    pub files: usize,
    /// How many lines they have.
    pub lines: usize,
    /// What had to be written or removed.
    pub changed: Differences,
    /// Documents that had to be written.
    pub documents: Vec<PathBuf>,
}

/// Reads and checks specs: those of a folder, or what an [`Input`] names.
///
/// # Errors
/// Everything that is wrong with them.
pub fn check(input: impl Into<Input>) -> Result<Specs, Error> {
    let input = input.into();
    let missing = |folder: &Path, option: &str| {
        let words = format!("no such folder; name it with {option}");
        Err(Error::Io(folder.to_owned(), io::Error::new(io::ErrorKind::NotFound, words)))
    };
    if !input.specs.is_dir() {
        return missing(&input.specs, "--specs");
    }
    if !input.uniform.is_dir() {
        return missing(&input.uniform, if input.on.is_some() { "--uniform" } else { "--specs" });
    }
    if let Some(on) = &input.on
        && syn::parse_str::<syn::Path>(on).is_err()
    {
        return Err(Error::On(on.clone()));
    }
    load::load(input).map_err(Error::Specs)
}

/// Counts what the documents of specs have, and what becomes of it.
///
/// # Errors
/// Everything that is wrong with the specs. What nothing accounts for is in the coverage.
pub fn coverage(input: impl Into<Input>) -> Result<Coverage, Error> {
    check(input).map(crate::coverage::coverage)
}

/// The files that specs give.
///
/// # Errors
/// Everything that is wrong with the specs.
pub fn render(input: impl Into<Input>) -> Result<(Specs, FileMap), Error> {
    let specs = check(input)?;
    let files = crate::render::render(&specs);
    Ok((specs, files))
}

/// Generates into `out`, and the support tables below `docs` if that is given; files that are as they should be are not
/// touched.
///
/// # Errors
/// When the specs are wrong, or a file cannot be written.
pub fn generate(input: impl Into<Input>, out: &Path, docs: Option<&Path>) -> Result<Report, Error> {
    let (specs, files) = render(input)?;
    let changed = files.write(out).map_err(|error| Error::Io(out.to_owned(), error))?;
    let documents = match docs {
        Some(root) => docs::documents(root, &specs)
            .and_then(|all| docs::write(&all))
            .map_err(|error| Error::Io(root.to_owned(), error))?,
        None => Vec::new(),
    };
    Ok(report(&specs, &files, changed, documents))
}

/// Whether `out`, and the support tables below `docs` if that is given, are what the specs give.
///
/// # Errors
/// When the specs are wrong, or a file is missing, stale or orphaned.
pub fn verify(input: impl Into<Input>, out: &Path, docs: Option<&Path>) -> Result<Report, Error> {
    let (specs, files) = render(input)?;
    let mut differences = files.compare(out).map_err(|error| Error::Io(out.to_owned(), error))?;
    if let Some(root) = docs {
        let documents = docs::documents(root, &specs).map_err(|error| Error::Io(root.to_owned(), error))?;
        differences.stale.extend(docs::stale(&documents));
    }
    if !differences.is_empty() {
        return Err(Error::Differs(out.to_owned(), differences));
    }
    Ok(report(&specs, &files, differences, Vec::new()))
}

fn report(specs: &Specs, files: &FileMap, changed: Differences, documents: Vec<PathBuf>) -> Report {
    Report {
        providers: specs.plans.iter().map(|plan| plan.name.clone()).collect(),
        files: files.iter().count(),
        lines: files.iter().map(|(_, text)| text.lines().count()).sum(),
        changed,
        documents,
    }
}

/// Generates from a `build.rs`: tells cargo what to watch, and ends the build with the diagnostics when the specs are
/// wrong.
///
/// ```no_run
/// // build.rs
/// use std::path::Path;
///
/// let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
/// kassa_codegen::build(kassa_codegen::Input::new("specs").on("kassa"), &Path::new(&out).join("providers"));
/// ```
///
/// The module is then `mod providers { include!(concat!(env!("OUT_DIR"), "/providers/mod.rs")); }`.
///
/// # Panics
/// When the specs are wrong or a file cannot be written; the message is what the command would print.
pub fn build(input: impl Into<Input>, out: &Path) -> Report {
    let input = input.into();
    for path in input.watched() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    match generate(input, out, None) {
        Ok(report) => report,
        Err(error) => panic!("{error}"),
    }
}
