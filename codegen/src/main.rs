//! `kassa-codegen`: from specs to clients, on the command line.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Parser, Subcommand, ValueEnum};
use kassa_codegen::survey::{Plan, Record};
use kassa_codegen::{Error, Input, Report};

/// Turns provider specs into typed clients and mapping tables.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// How diagnostics are printed: for people, or as one JSON object a line
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    message_format: Format,
}

const EXAMPLES: &str = "\
Examples:
  kassa-codegen check                       hold the specs in ./specs against every rule
  kassa-codegen generate                    write ./generated
  kassa-codegen generate --check            fail if ./generated is not what the specs say
  kassa-codegen coverage                    count what the documents have, and what becomes of it
  kassa-codegen generate --specs my --on kassa --out src/providers
                                            write a module of providers for a crate that uses `kassa`
  kassa-codegen client petstore.yaml --out petstore
                                            write a client of any OpenAPI document";

#[derive(Debug, Subcommand)]
enum Command {
    /// Read and check the specs, and write the generated crate
    Generate {
        /// Write nothing; fail if a generated file is missing, stale or orphaned
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        input: Named,
        /// The folder of the generated crate or module
        #[arg(long, default_value = "generated")]
        out: PathBuf,
        /// The folder whose docs/support.md, docs/support.html and README.md get the support tables
        #[arg(long, default_value = ".", num_args = 0..=1, default_missing_value = ".")]
        docs: PathBuf,
        /// Leave the support tables alone
        #[arg(long, conflicts_with = "docs")]
        no_docs: bool,
    },
    /// Read and check the specs
    Check {
        #[command(flatten)]
        input: Named,
    },
    /// Make a typed client of any OpenAPI document, 3.0 or 3.1
    Client(ClientArguments),
    /// Try the clients of a whole folder of documents, and print what becomes of each
    Survey(SurveyArguments),
    /// Count what the providers' documents have, and what becomes of each of it; fail if something is not accounted for
    Coverage {
        #[command(flatten)]
        input: Named,
        /// Show instead what becomes of each uniform field in every provider, a field on a line
        #[arg(long)]
        fields: bool,
    },
}

/// A client, and what it is made of.
#[derive(Debug, Args)]
struct ClientArguments {
    /// The document, JSON or YAML
    document: PathBuf,
    /// The folder of the crate or module
    #[arg(long)]
    out: PathBuf,
    /// The name of the crate; that of the document without it
    #[arg(long, value_name = "CRATE", value_parser = crate_name)]
    name: Option<String>,
    /// Make a module in place of a crate
    #[arg(long, conflicts_with = "name")]
    module: bool,
    /// Refuse a document of which anything would be left out or typed more loosely
    #[arg(long)]
    strict: bool,
    /// Write nothing
    #[arg(long)]
    dry_run: bool,
    /// Where the crate finds `kassa-core`: a folder, or a version
    #[arg(long, value_name = "FOLDER|VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    core: String,
}

/// A survey.
#[derive(Debug, Args)]
struct SurveyArguments {
    /// The folder with the documents
    folder: PathBuf,
    /// Compile so many of the crates, of documents of all sizes
    #[arg(long, value_name = "N", default_value_t = 0)]
    compile: usize,
    /// Where the crates find `kassa-core`
    #[arg(long, default_value = "runtime/core")]
    core: PathBuf,
    /// Where they are written and compiled
    #[arg(long, default_value = "target/survey")]
    work: PathBuf,
    /// Draw time by size into this SVG file
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

fn crate_name(text: &str) -> Result<String, String> {
    match kassa_codegen::client::is_crate_name(text) {
        true => Ok(text.to_owned()),
        false => Err("letters, digits, `-` and `_`, a letter first".to_owned()),
    }
}

/// What is read.
#[derive(Debug, Args)]
struct Named {
    /// The folder with the specs
    #[arg(long, default_value = "specs")]
    specs: PathBuf,
    /// Make a module of providers for the uniform model of another crate, and no support tables: `kassa`
    #[arg(long, value_name = "CRATE")]
    on: Option<String>,
    /// The folder of the uniform model; without it that of the specs, or with --on that of this version of Kassa
    #[arg(long, value_name = "FOLDER")]
    uniform: Option<PathBuf>,
}

impl Named {
    fn input(&self) -> Input {
        let input = Input::new(&self.specs);
        let input = self.on.iter().fold(input, |input, on| input.on(on));
        self.uniform.iter().fold(input, |input, folder| input.uniform(folder))
    }

    /// Where the support tables go.
    fn docs<'f>(&self, folder: &'f Path, none: bool) -> Option<&'f Path> {
        (!none && self.on.is_none()).then_some(folder)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let arguments_format = arguments.message_format;
    let result = match &arguments.command {
        Command::Generate { check: false, input, out, docs, no_docs } => {
            kassa_codegen::generate(input.input(), out, input.docs(docs, *no_docs)).map(|report| told(&report))
        }
        Command::Generate { check: true, input, out, docs, no_docs } => {
            kassa_codegen::verify(input.input(), out, input.docs(docs, *no_docs))
                .map(|report| format!("{}; nothing to do", summary(&report)))
        }
        Command::Client(arguments) => return client(arguments, arguments_format, begun),
        Command::Survey(arguments) => return survey(arguments),
        Command::Check { input } => {
            kassa_codegen::check(input.input()).map(|specs| format!("{} providers, no errors", specs.plans.len()))
        }
        Command::Coverage { input, fields: true } => kassa_codegen::check(input.input()).map(|specs| {
            print(&kassa_codegen::fates::table(&specs));
            format!("{} providers", specs.plans.len())
        }),
        Command::Coverage { input, fields: false } => covered(input.input(), arguments.message_format),
    };
    let milliseconds = begun.elapsed().as_millis();
    match result {
        Ok(text) if text.is_empty() => ExitCode::SUCCESS,
        Ok(text) => {
            print(&format!("{text} ({milliseconds} ms)\n"));
            ExitCode::SUCCESS
        }
        Err(Error::Specs(failure)) if arguments.message_format == Format::Json => {
            print(&failure.to_json_lines());
            ExitCode::FAILURE
        }
        Err(error) => {
            let text = error.to_string();
            let text = if std::io::stderr().is_terminal() { colour(&text) } else { text };
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

/// How many notes are printed.
const MOST_NOTES: usize = 40;

/// Makes a client.
fn client(arguments: &ClientArguments, format: Format, begun: Instant) -> ExitCode {
    let options = kassa_codegen::client::Options {
        name: arguments.name.clone(),
        module: arguments.module,
        core: arguments.core.clone(),
    };
    let generated = kassa_codegen::client::generate(&arguments.document, &options);
    let refused = generated.notes.refused() || arguments.strict && generated.notes.count() > 0;
    if format == Format::Json {
        let record = Record {
            openapi: generated.version.is_some() || generated.notes.unreadable(),
            version: generated.version.clone().unwrap_or_default(),
            refused: refused.then(|| generated.notes.first(&generated.tree)).flatten(),
            operations: generated.operations,
            left_out: generated.left_out,
            types: generated.types,
            lines: generated.files.iter().map(|(_, text)| text.lines().count()).sum(),
            warnings: generated.notes.count(),
            milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            peak: kassa_codegen::survey::peak_memory(),
        };
        print(&format!("{}\n", serde_json::to_string(&record).unwrap_or_default()));
    } else {
        tell(&generated);
    }
    if refused {
        return ExitCode::FAILURE;
    }
    if arguments.dry_run {
        return ExitCode::SUCCESS;
    }
    match generated.files.write(&arguments.out) {
        Ok(_) if format == Format::Json => ExitCode::SUCCESS,
        Ok(_) => {
            let (operations, left_out, types) = (generated.operations, generated.left_out, generated.types);
            let (warnings, milliseconds) = (generated.notes.count(), begun.elapsed().as_millis());
            let counts = format!("{operations} operations ({left_out} left out), {types} types, {warnings} warnings");
            print(&format!("{counts} ({milliseconds} ms)\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}: {error}", arguments.out.display());
            ExitCode::FAILURE
        }
    }
}

/// Prints what is wrong with a document.
fn tell(generated: &kassa_codegen::client::Generated) {
    let text = generated.notes.shown(&generated.tree, MOST_NOTES);
    if !text.is_empty() {
        eprintln!("{}", if std::io::stderr().is_terminal() { colour(&text) } else { text });
    }
}

/// Runs a survey, with a bar while it runs.
fn survey(arguments: &SurveyArguments) -> ExitCode {
    let bar = std::io::stderr().is_terminal();
    let progress = |done: usize, of: usize| {
        if bar && of > 0 {
            let width = done * 40 / of;
            eprint!("\r[{}{}] {done} of {of}", "#".repeat(width), " ".repeat(40 - width));
            if done == of {
                eprintln!();
            }
        }
    };
    let run = || -> std::io::Result<kassa_codegen::survey::Survey> {
        std::fs::create_dir_all(&arguments.work)?;
        let plan = Plan {
            folder: arguments.folder.clone(),
            generator: std::env::current_exe()?,
            compile: arguments.compile,
            core: arguments.core.clone(),
            work: std::path::absolute(&arguments.work)?,
        };
        let survey = kassa_codegen::survey::run(&plan, &progress)?;
        if let Some(file) = &arguments.plot {
            std::fs::write(file, kassa_codegen::survey::plot(&survey))?;
        }
        Ok(survey)
    };
    match run() {
        Ok(survey) => {
            print(&survey.to_string());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the counts; what is not accounted for is an error like others.
fn covered(input: Input, format: Format) -> Result<String, Error> {
    let coverage = kassa_codegen::coverage(input)?;
    match format {
        Format::Human => print(&coverage.to_string()),
        Format::Json => print(&coverage.to_json_lines()),
    }
    match (coverage.failure, format) {
        (Some(failure), _) => Err(Error::Specs(failure)),
        (None, Format::Human) => Ok("everything is accounted for".to_owned()),
        (None, Format::Json) => Ok(String::new()),
    }
}

/// A closed pipe is no failure of the run.
fn print(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}

fn summary(report: &Report) -> String {
    format!("{} providers, {} files, {} lines", report.providers.len(), report.files, report.lines)
}

fn told(report: &Report) -> String {
    let changed = &report.changed;
    let counts = [(&changed.missing, "new"), (&changed.stale, "changed"), (&changed.orphaned, "removed")];
    let counts: Vec<_> = counts
        .iter()
        .filter(|(paths, _)| !paths.is_empty())
        .map(|(paths, what)| format!("{} {what}", paths.len()))
        .collect();
    let counts = if report.documents.is_empty() {
        counts
    } else {
        [counts, vec![format!("{} documents", report.documents.len())]].concat()
    };
    let counts = if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") };
    format!("{}; {counts}", summary(report))
}

/// `error[…]` in red and carets in blue, as rustc has them.
fn colour(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        match line.split_once(": ") {
            Some((head, rest)) if line.starts_with("error[") => {
                out.push_str(&format!("\x1b[1;31m{head}\x1b[0m\x1b[1m: {rest}\x1b[0m"));
            }
            Some((head, rest)) if line.starts_with("warning[") => {
                out.push_str(&format!("\x1b[1;33m{head}\x1b[0m\x1b[1m: {rest}\x1b[0m"));
            }
            _ if line.trim_start().starts_with("-->") || line.trim_start().starts_with(":::") => {
                out.push_str(&format!("\x1b[34m{line}\x1b[0m"));
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}
