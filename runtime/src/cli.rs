//! The command line: reads the configuration and a submission, asks the dispatcher, and says what came of it.

mod args;
mod doubt;
mod exit;
mod input;
mod journal;
mod places;
mod print;
mod query;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use kassa::config::Config;
use kassa::journal::{Effect, KeptCallback};
use kassa::kassa_core::Violation;
use kassa::uniform::{CallbackSettings, DevicesQuery, ListQuery};
use kassa::validate::validate;
use kassa::{Clock, Dispatcher, Explanation, JournalError, SqliteJournal, Standing, SubmitError};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

use args::{Args, Command, Doubt, Submitted};
use exit::Exit;
use input::Input;
use print::Printer;

/// Runs the command of this process.
pub(crate) fn run() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).from_env_lossy();
    let ansi = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(io::stderr).init();
    let printer = Printer::new(args.format);
    let exit = obey(&args, &printer).unwrap_or_else(|failure| {
        printer.failure(&failure);
        failure.exit
    });
    exit.into()
}

/// Why there is no outcome to print.
struct Failure {
    exit: Exit,
    /// A word for programs: `config`, `input`, `invalid`, …
    kind: &'static str,
    /// For people; may have several lines.
    message: String,
    /// The rules that were broken, when it is that.
    violations: Vec<Violation>,
}

impl Failure {
    fn new(exit: Exit, kind: &'static str, message: impl Into<String>) -> Self {
        Self { exit, kind, message: message.into(), violations: Vec::new() }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::new(Exit::Journal, "journal", format!("error: {error}"))
    }
}

fn obey(args: &Args, printer: &Printer) -> Result<Exit, Failure> {
    let config = Config::load(&args.config).map_err(|error| Failure::new(Exit::Usage, "config", error.to_string()))?;
    for warning in &config.warnings {
        note(warning);
    }
    match &args.command {
        Command::Explain(submitted) => explain(config, submitted, printer),
        Command::Register { submitted, within } => register(config, submitted, *within, printer),
        Command::Status { key } => {
            let dispatcher = dispatcher(config, true)?;
            let runtime = runtime()?;
            let standing = runtime.block_on(dispatcher.status(key)).map_err(|error| failure(&error, None))?;
            warn(key, &standing);
            printer.standing(key, &standing);
            runtime.block_on(dispatcher.callbacks(key))?.iter().filter_map(told_otherwise).for_each(|text| note(&text));
            if let Some(kept) = runtime.block_on(dispatcher.resolution(key))? {
                note(&format!("note: {} has ended the doubt at {}: {}", kept.by, kept.at, kept.evidence));
            }
            Ok(Exit::of(&standing.outcome))
        }
        Command::Resume => {
            let dispatcher = dispatcher(config, true)?;
            let standings = runtime()?.block_on(dispatcher.resume())?;
            standings.iter().for_each(|(key, standing)| warn(key, standing));
            printer.standings(&standings);
            Ok(standings
                .iter()
                .map(|(_, standing)| Exit::of(&standing.outcome))
                .max_by_key(|exit| exit.gravity())
                .unwrap_or(Exit::Registered))
        }
        Command::Doubt(Doubt::List) => doubt::list(&dispatcher(config, true)?, printer),
        Command::Doubt(Doubt::Resolve(resolved)) => doubt::resolve(&dispatcher(config, true)?, resolved, printer),
        Command::Journal(command) => journal::obey(&config, command, printer),
        Command::List { account, from, to, limit } => {
            let query = ListQuery { created_from: *from, created_to: *to, limit: *limit };
            query::run(&config, account, printer, async |asker| asker.list(&query).await)
        }
        Command::Devices { account } => {
            query::run(&config, account, printer, async |asker| asker.devices(&DevicesQuery {}).await)
        }
        Command::ConfigureCallback { account, url, test_url, error_email } => {
            let settings =
                CallbackSettings { url: url.clone(), test_url: test_url.clone(), error_email: error_email.clone() };
            query::run(&config, account, printer, async |asker| asker.configure_callback(&settings).await)
        }
    }
}

fn explain(config: Config, submitted: &Submitted, printer: &Printer) -> Result<Exit, Failure> {
    let input = Input::read(&submitted.file)?;
    let submission = input.submission(submitted.operation)?;
    let findings = validate(&submission, config.clock.today());
    let valid = findings.errors.is_empty();
    if !valid {
        note(&input.violations(&findings.errors));
    }
    let explanation = Explanation::new(&config.accounts, &config.routes, &submitted.key, &submission, findings);
    printer.explanation(&explanation);
    Ok(match explanation.first() {
        Some(_) => Exit::Registered,
        None if valid => Exit::NotSent,
        None => Exit::Usage,
    })
}

fn register(config: Config, submitted: &Submitted, within: Option<u32>, printer: &Printer) -> Result<Exit, Failure> {
    let input = Input::read(&submitted.file)?;
    let submission = input.submission(submitted.operation)?;
    let dispatcher = dispatcher(config, false)?;
    let result = runtime()?.block_on(async {
        match within {
            Some(within) => {
                let within = Duration::from_secs(within.into());
                dispatcher.submit_within(&submitted.key, submission, within).await
            }
            None => dispatcher.submit(&submitted.key, submission).await,
        }
    });
    let standing = result.map_err(|error| failure(&error, Some(&input)))?;
    if !standing.warnings.is_empty() {
        note(&input.warnings(&standing.warnings));
    }
    printer.standing(&submitted.key, &standing);
    Ok(Exit::of(&standing.outcome))
}

/// Commands that ask about what is there do not make a journal that is not.
fn existing(config: &Config) -> Result<(), Failure> {
    if config.journal.exists() {
        return Ok(());
    }
    let message = format!(
        "error: there is no journal {}: nothing was submitted with this configuration",
        config.journal.display()
    );
    Err(Failure::new(Exit::Journal, "journal", message))
}

/// The dispatcher of a configuration.
fn dispatcher(config: Config, has_to_exist: bool) -> Result<Dispatcher, Failure> {
    if has_to_exist {
        existing(&config)?;
    }
    let journal = SqliteJournal::open(&config.journal)?;
    let builder = Dispatcher::builder().accounts(config.accounts).routes(config.routes).clock(config.clock);
    let builder = builder.journal(journal).retention(config.retention);
    builder.build().map_err(|error| Failure::new(Exit::Usage, "config", format!("error: {error}")))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(Exit::Journal, "system", format!("error: cannot start: {error}")))
}

fn failure(error: &SubmitError, input: Option<&Input>) -> Failure {
    let message = format!("error: {error}");
    match error {
        SubmitError::Invalid(violations) => {
            let message = input.map_or(message, |input| input.violations(violations));
            let failure = Failure::new(Exit::Usage, "invalid", format!("{message}\n\nnothing was accepted"));
            Failure { violations: violations.clone(), ..failure }
        }
        SubmitError::InvalidKey => Failure::new(Exit::Usage, "invalid_key", message),
        SubmitError::UnknownKey => Failure::new(Exit::Usage, "unknown_key", message),
        SubmitError::Conflict { .. } => Failure::new(Exit::Conflict, "conflict", message),
        SubmitError::Closing => Failure::new(Exit::Conflict, "closing", message),
        SubmitError::Late => Failure::new(Exit::InDoubt, "late", message),
        SubmitError::InProgress => Failure::new(Exit::Conflict, "in_progress", message),
        SubmitError::Journal(_) => Failure::new(Exit::Journal, "journal", message),
        SubmitError::Interrupted(_) => Failure::new(Exit::InDoubt, "interrupted", message),
    }
}

/// What people have to know of a callback that did not move the entry.
fn told_otherwise(kept: &KeptCallback) -> Option<String> {
    let KeptCallback { callback, came_at, .. } = kept;
    match kept.effect? {
        Effect::Conflict => {
            let about = kept.about.as_deref().unwrap_or_default();
            Some(format!(
                "warning: the callback `{callback}` of {came_at} says otherwise: {about}; look for it at the provider"
            ))
        }
        Effect::Unverified => Some(format!(
            "note: a callback `{callback}` came at {came_at}, and nobody can tell who sent it; look for it at the provider"
        )),
        Effect::Moved | Effect::Same | Effect::Nothing => None,
    }
}

/// Tells people what looked wrong with a submission whose text is not at hand.
fn warn(key: &str, standing: &Standing) {
    standing.warnings.iter().for_each(|warning| note(&format!("warning: {key}: {warning}")));
}

/// Writes to the standard error output; whoever closed it does not want to know.
fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}\n");
}
