//! `cargo peers`: how long generators take for the same documents, and the compiler for what they write.

#![allow(clippy::float_arithmetic, reason = "times and ratios are no money")]

mod compile;
mod corpus;
mod process;
mod report;
mod tool;

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Parser;
use corpus::Document;
use process::{Cost, End};
use tool::{Tool, Tools};

/// How long a generator may take for a document.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs generators on the documents of a folder, ours and others, and compares what they take.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of the documents.
    documents_in: PathBuf,
    /// Where `benches/peers/install` has installed the others.
    #[arg(long, default_value = "target/peers/tools")]
    tools: PathBuf,
    /// Where crates are written and compiled.
    #[arg(long, default_value = "target/peers/work")]
    work: PathBuf,
    /// Takes only so many documents, over all sizes.
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    documents: usize,
    /// Of so many documents, over all sizes, compiles what is generated.
    #[arg(long, default_value_t = 0)]
    check: usize,
    /// Writes the figures of each document and generator to this file.
    #[arg(long)]
    figures: Option<PathBuf>,
}

/// What a generator did with a document.
#[derive(Debug)]
struct Run {
    tool: Tool,
    end: End,
    cost: Cost,
    lines: u64,
}

impl Run {
    const fn is_well(&self) -> bool {
        matches!(self.end, End::Well)
    }
}

/// What became of a document.
#[derive(Debug)]
struct Outcome {
    document: Document,
    runs: Vec<Run>,
}

impl Outcome {
    fn of(&self, tool: Tool) -> Option<&Run> {
        self.runs.iter().find(|run| run.tool == tool && run.is_well())
    }

    /// Whether everybody that counts has generated it.
    fn is_common(&self) -> bool {
        self.runs.iter().all(|run| run.is_well() || !run.tool.counts())
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(code) = compile::instead_of_compiler() {
        return Ok(code);
    }
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.work)?;
    let work = arguments.work.canonicalize()?;
    let tools = Tools {
        kassa: build()?,
        peers: arguments.tools.canonicalize()?,
        core: Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/core").canonicalize()?,
    };
    for tool in Tool::ALL.into_iter().filter(|tool| !tools.has(*tool)) {
        eprintln!("{} is left out: benches/peers/install has not put it into {}", tool.name(), tools.peers.display());
    }
    let mut figures = arguments.figures.as_deref().map(fs::File::create).transpose()?;
    let documents = corpus::sample(corpus::find(&arguments.documents_in.canonicalize()?)?, arguments.documents);
    let (_, idle) = process::run(&mut Command::new("true"), LIMIT, &work.join("said"))?;
    println!("A process that does nothing is measured with {}.", report::megabytes(idle.peak));
    let count = documents.len();
    let mut outcomes = Vec::new();
    for (n, document) in documents.into_iter().enumerate() {
        let runs = generate(&tools, &document, n, &work)?;
        if let Some(file) = &mut figures {
            runs.iter().try_for_each(|run| writeln!(file, "{}", report::figures(&document, run)))?;
        }
        outcomes.push(Outcome { document, runs });
        if (n + 1).is_multiple_of(50) {
            eprintln!("{} of {count}", n + 1);
        }
    }
    report::generated(&outcomes);
    let common: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.is_common()).collect();
    report::compared(&common);
    report::worst(&common);
    report::largest(&common);
    if arguments.check > 0 {
        let mut checked = Vec::new();
        for (n, outcome) in corpus::sample(common, arguments.check).into_iter().enumerate() {
            checked.push((outcome, check(&tools, &outcome.document, n, &work, figures.as_mut())?));
            eprintln!("checked {} of {}", n + 1, arguments.check);
        }
        report::checked(&checked);
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds our generator as a release, and says where it is.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    cargo.args(["build", "--quiet", "--release", "--package", "kassa-codegen", "--manifest-path"]).arg(manifest);
    if !cargo.status()?.success() {
        return Err("kassa-codegen does not build".into());
    }
    Ok(std::env::current_exe()?.with_file_name(Tool::Kassa.name()))
}

/// Lets all generators that are there have a document, in turns: who begins goes around.
fn turns(tools: &Tools, n: usize) -> impl Iterator<Item = Tool> {
    (0..Tool::ALL.len()).map(move |turn| Tool::ALL[(n + turn) % Tool::ALL.len()]).filter(|tool| tools.has(*tool))
}

fn generate(tools: &Tools, document: &Document, n: usize, work: &Path) -> Result<Vec<Run>, Box<dyn Error>> {
    let mut runs = Vec::new();
    for tool in turns(tools, n) {
        let folder = empty(work, tool)?;
        let mut command = tool.command(tools, &document.path, &folder);
        let (end, cost) = process::run(command.current_dir(work), LIMIT, &work.join("said"))?;
        runs.push(Run { tool, end, cost, lines: tool::lines(&folder) });
    }
    Ok(runs)
}

/// Generates once more and compiles; what the compiler took for those that compile.
fn check(
    tools: &Tools,
    document: &Document,
    n: usize,
    work: &Path,
    mut figures: Option<&mut fs::File>,
) -> Result<Vec<(Tool, Cost)>, Box<dyn Error>> {
    let mut costs = Vec::new();
    for tool in turns(tools, n) {
        let folder = empty(work, tool)?;
        let mut command = tool.command(tools, &document.path, &folder);
        let (end, _) = process::run(command.current_dir(work), LIMIT, &work.join("said"))?;
        let cost = if end == End::Well { compile::check(tool, &folder, work)? } else { None };
        if let Some(file) = figures.as_mut() {
            writeln!(file, "{}", report::figures_checked(document, tool, cost.as_ref()))?;
        }
        costs.extend(cost.map(|cost| (tool, cost)));
    }
    Ok(costs)
}

/// The folder of a tool's crate, without what was in it. Its name is that of the crate.
fn empty(work: &Path, tool: Tool) -> Result<PathBuf, Box<dyn Error>> {
    let folder = work.join(tool.name()).join(tool::CRATE);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
