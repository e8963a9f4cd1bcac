//! `cargo demo`: specs held against the generated code, simulators of the providers, and every operation that a provider
//! may have, with realistic receipts, through one dispatcher with a journal. It ends with the simulators' ledgers against the journal and what was sent, document by
//! document, totals and taxes included: they have to agree.

mod books;
mod hook;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kassa::config::Config;
use kassa::uniform::{CallbackSettings, DevicesQuery, ListQuery, Operation, Submission};
use kassa::{Dispatcher, Outcome, Pace, SqliteJournal, Standing, SubmitError};

use books::Tally;
use hook::Hook;
use world::World;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be started");
    match runtime.block_on(demo()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn demo() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the tests are in the workspace")?;
    let begun = Instant::now();
    let report = kassa_codegen::verify(&root.join("specs"), &root.join("generated"), Some(root))?;
    println!(
        "specs: {} providers ({}), {} generated files, all as the specs say ({} ms)",
        report.providers.len(),
        report.providers.join(", "),
        report.files,
        begun.elapsed().as_millis()
    );

    let hook = Hook::open().await?;
    let world = World::start(hook.address()?).await;
    println!("simulators: {}", world.addresses());
    let folder = tempfile::tempdir()?;
    let config = Config::load(&world.configure(folder.path())?)?;
    let journal = Arc::new(SqliteJournal::open(&config.journal)?);
    let pace = Pace {
        first_delay: Duration::from_millis(20),
        max_delay: Duration::from_millis(200),
        patience: Duration::from_secs(30),
        ..Pace::default()
    };
    let dispatcher = Dispatcher::builder()
        .accounts(config.accounts)
        .routes(config.routes)
        .clock(config.clock)
        .journal(Arc::clone(&journal))
        .pace(pace)
        .build()?;
    let dispatcher = Arc::new(dispatcher);
    let listening = tokio::spawn(hook.serve(Arc::clone(&dispatcher)));
    let outcomes = CallbackSettings { url: world.hook("kiosk"), test_url: None, error_email: None };
    dispatcher.configure_callback("kiosk", &outcomes).await?;

    println!("\n{:<42} {:<12} {:<13} {:>6} {:>10}  ", "receipt", "account", "outcome", "ФД", "ФПД");
    let mut tally = Tally::default();
    for path in receipts(&root.join("tests/receipts"))? {
        let name = path.file_stem().and_then(|name| name.to_str()).context("receipts have names")?;
        world.before(name);
        let submission = read(&path, name)?;
        let result = dispatcher.submit(&key(name), submission.clone()).await;
        let result = ended(&dispatcher, &key(name), result).await;
        print_row(name, &result);
        tally.add(&submission, &result)?;
    }
    // The same key and content again: the stored outcome, and nothing is sent.
    let again = "03-milk-and-bread-for-cash";
    let asked = world.requests();
    let submission = read(&root.join(format!("tests/receipts/{again}.json")), again)?;
    let result = dispatcher.submit(&key(again), submission).await;
    print_row(&format!("{again}, once more"), &result);
    if world.requests() != asked {
        bail!("a key that has ended was sent again");
    }

    println!();
    ask(&dispatcher, &world).await?;
    // The last callbacks may still be on their way.
    tokio::time::sleep(Duration::from_millis(500)).await;
    listening.abort();
    world.check_callbacks()?;
    tally.compare(&journal, &world.ledgers()).await
}

/// What is neither journaled nor registered.
async fn ask(dispatcher: &Dispatcher, world: &World) -> Result<()> {
    let documents =
        dispatcher.list("courier", &ListQuery { created_from: None, created_to: None, limit: None }).await?;
    let booked = world.ledgers().iter().find(|(account, _)| *account == "courier").map_or(0, |(_, book)| book.count());
    println!("documents of courier: {}", documents.documents.len());
    if documents.documents.len() != booked {
        bail!("courier lists {} documents, and its ledger has {booked}", documents.documents.len());
    }
    for register in dispatcher.devices("kiosk", &DevicesQuery {}).await?.registers {
        let known = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        println!("register of kiosk: {}, fiscal drive {}", known(register.title), known(register.fn_serial));
    }
    Ok(())
}

/// Some providers take nothing but a UUID for a key. The receipt's number makes it.
fn key(name: &str) -> String {
    format!("00000000-0000-4000-8000-0000000000{}", &name[..2])
}

/// What became of it in the end: some outcomes come by callback alone.
async fn ended(
    dispatcher: &Dispatcher,
    key: &str,
    mut result: Result<Standing, SubmitError>,
) -> Result<Standing, SubmitError> {
    let begun = Instant::now();
    while let Ok(outcome) = &result {
        if outcome.is_final() || begun.elapsed() > Duration::from_secs(20) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        result = dispatcher.status(key).await;
    }
    result
}

fn receipts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    all.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    all.sort();
    Ok(all)
}

/// A receipt, or what the end of the name says, as in `11-….cash_in`.
fn read(path: &Path, name: &str) -> Result<Submission> {
    let operation = name.rsplit_once('.').map_or(Operation::RegisterReceipt.name(), |(_, operation)| operation);
    let text = fs::read_to_string(path)?;
    // As text, so that no number passes through binary floating point.
    serde_json::from_str(&format!("{{\"{operation}\":{text}}}")).with_context(|| path.display().to_string())
}

fn print_row(name: &str, result: &Result<Standing, SubmitError>) {
    let number = |number: Option<i64>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let name: String = name.chars().take(41).collect();
    match result.as_ref().map(|standing| &standing.outcome) {
        Ok(Outcome::Registered { account, registration, differences }) => {
            let note = if registration.not_printed == Some(true) { "registered, paper not printed" } else { "" };
            let (fd, sign) = (number(registration.document_number), number(registration.fiscal_sign));
            println!("{name:<42} {account:<12} {:<13} {fd:>6} {sign:>10}  {note}", "registered");
            for difference in differences {
                println!("{:<44} {difference}", "");
            }
        }
        Ok(Outcome::NotSent { passed_over }) => {
            println!("{name:<42} {:<12} {:<13} {:>6} {:>10}", "–", "not sent", "–", "–");
            for passed in passed_over {
                println!("{:<44} {}: {}", "", passed.account, passed.reason);
            }
        }
        Ok(outcome) => {
            let account = outcome.account().unwrap_or("–");
            println!("{name:<42} {account:<12} {:<13} {:>6} {:>10}", outcome.name(), "–", "–");
            if let Outcome::Rejected { reason, .. } | Outcome::InDoubt { reason, .. } = outcome {
                println!("{:<44} {}", "", reason.about);
            }
        }
        Err(error) => {
            println!("{name:<42} {:<12} {:<13} {:>6} {:>10}", "–", "refused", "–", "–");
            println!("{:<44} {error}", "");
        }
    }
    for warning in result.iter().flat_map(|standing| &standing.warnings) {
        println!("{:<44} warning: {warning}", "");
    }
}
