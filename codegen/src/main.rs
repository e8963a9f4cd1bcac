//! `kassa-codegen`: from specs to clients, on the command line.

mod command;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Parser, Subcommand, ValueEnum};
use command::{client, survey};
use kassa_codegen::{Error, Input, Report, counted};

/// Turns provider specs into typed clients and mapping tables, and any OpenAPI document into a client.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
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
  kassa-codegen client petstore.yaml --out petstore --core kassa/runtime/core
                                            write a client of any OpenAPI document
  kassa-codegen survey documents            print what becomes of a folder of them";

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
    Client(client::Arguments),
    /// Try the clients of a whole folder of documents, and print what becomes of each
    Survey(survey::Arguments),
    /// Count what the providers' documents have, and what becomes of each of it; fail if something is not accounted for
    Coverage {
        #[command(flatten)]
        input: Named,
        /// Show instead what becomes of each uniform field in every provider, a field on a line
        #[arg(long)]
        fields: bool,
    },
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
    let result = match &arguments.command {
        Command::Generate { check: false, input, out, docs, no_docs } => {
            kassa_codegen::generate(input.input(), out, input.docs(docs, *no_docs)).map(|report| told(&report))
        }
        Command::Generate { check: true, input, out, docs, no_docs } => {
            kassa_codegen::verify(input.input(), out, input.docs(docs, *no_docs))
                .map(|report| format!("{}; nothing to do", summary(&report)))
        }
        Command::Client(of) => return client::run(of, arguments.message_format, begun),
        Command::Survey(of) => return survey::run(of),
        Command::Check { input } => kassa_codegen::check(input.input())
            .map(|specs| format!("{}, no errors", counted(specs.plans.len(), "provider"))),
        Command::Coverage { input, fields: true } => kassa_codegen::check(input.input()).map(|specs| {
            print(&kassa_codegen::fates::table(&specs));
            counted(specs.plans.len(), "provider")
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
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Prints what is wrong, in colours for a terminal.
fn complain(text: &str) {
    eprintln!("{}", if std::io::stderr().is_terminal() { colour(text) } else { text.to_owned() });
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
    let counts = [(report.providers.len(), "provider"), (report.files, "file"), (report.lines, "line")];
    counts.map(|(count, what)| counted(count, what)).join(", ")
}

fn told(report: &Report) -> String {
    let files = report.changed.counts();
    let documents = counted(report.documents.len(), "document");
    match (report.documents.len(), report.changed.is_empty()) {
        (0, _) => format!("{}; {files}", summary(report)),
        (_, true) => format!("{}; {documents}", summary(report)),
        (_, false) => format!("{}; {files}, {documents}", summary(report)),
    }
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
