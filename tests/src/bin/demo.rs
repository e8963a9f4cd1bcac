//! `cargo demo`: specs held against the generated code, simulators of the providers, and realistic receipts through one
//! dispatcher with a journal. It ends with the simulators' ledgers against the journal, which have to agree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kassa::config::Config;
use kassa::uniform::{CashMovement, Operation, Receipt, Submission};
use kassa::{Dispatcher, Outcome, Pace, SqliteJournal, State, SubmitError};
use kassa_tests::sim::{Documented, Fault, Ledger, checkonline, smartcashier};

/// The token of the first simulator's only customer.
const TOKEN: &str = "demo-token";
/// The register that the first simulator knows.
const CASHBOX: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";

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

    let first = smartcashier::start(smartcashier::Options::new(TOKEN, [CASHBOX.to_owned()])).await;
    let second = checkonline::start(checkonline::Options::new(checkonline::TaxidDialect::Ferma17)).await;
    let folder = tempfile::tempdir()?;
    let config = write_config(folder.path(), &first, &second)?;
    println!("simulators: {} and {} (client certificate)", first.base_url(), second.base_url());

    let config = Config::load(&config)?;
    let journal = std::sync::Arc::new(SqliteJournal::open(&config.journal)?);
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
        .journal(std::sync::Arc::clone(&journal))
        .pace(pace)
        .build()?;

    println!("\n{:<42} {:<12} {:<13} {:>6} {:>10}  ", "receipt", "account", "outcome", "ФД", "ФПД");
    let mut tally = Tally::default();
    for path in receipts(&root.join("tests/receipts"))? {
        let name = path.file_name().and_then(|name| name.to_str()).context("receipts have names")?;
        let name = name.trim_end_matches(".json");
        match name {
            name if name.starts_with("13-") => {
                first.faults().push(Fault::DocumentedError(Documented::OperationFailed("Открыта крышка.".to_owned())))
            }
            name if name.starts_with("14-") => second.faults().push(Fault::CommitThenClose),
            name if name.starts_with("15-") => first.faults().push(Fault::NotPrinted),
            _ => {}
        }
        let submission = read(&path, name)?;
        let result = dispatcher.submit(&format!("demo-{name}"), submission.clone()).await;
        print_row(name, &result);
        tally.add(&submission, &result);
    }
    // The same key and content again: the stored outcome, and nothing is sent.
    let again = root.join("tests/receipts/03-milk-and-bread-for-cash.json");
    let asked = first.requests().len() + second.requests().len();
    let result =
        dispatcher.submit("demo-03-milk-and-bread-for-cash", read(&again, "03-milk-and-bread-for-cash")?).await;
    print_row("03-milk-and-bread-for-cash, once more", &result);
    if first.requests().len() + second.requests().len() != asked {
        bail!("a key that has ended was sent again");
    }

    compare(&tally, &journal, &[first.ledger(), second.ledger()]).await
}

/// What the dispatcher said.
#[derive(Debug, Default)]
struct Tally {
    keys: u64,
    registered_receipts: usize,
    registered_cash: usize,
    refused_at_the_door: usize,
}

impl Tally {
    fn add(&mut self, submission: &Submission, result: &Result<Outcome, SubmitError>) {
        match (result, submission.operation()) {
            (Err(_), _) => self.refused_at_the_door += 1,
            (Ok(Outcome::Registered { .. }), Operation::RegisterReceipt) => self.registered_receipts += 1,
            (Ok(Outcome::Registered { .. }), _) => self.registered_cash += 1,
            (Ok(_), _) => {}
        }
        self.keys += u64::from(result.is_ok());
    }
}

/// The ledgers of the simulators against the journal and the answers.
async fn compare(tally: &Tally, journal: &SqliteJournal, ledgers: &[Ledger]) -> Result<()> {
    use kassa::Journal as _;
    let counts = journal.counts().await?;
    let count = |wanted: State| counts.iter().find(|(state, _)| *state == wanted).map_or(0, |(_, count)| *count);
    let entries: Vec<_> = ledgers.iter().flat_map(Ledger::entries).collect();
    let receipts = entries.iter().filter(|entry| entry.operation.as_str() == "receipt").count();
    let cash = entries.len() - receipts;
    println!(
        "\njournal: {} keys, {} registered, {} not sent, {} rejected, {} open; refused before: {}",
        counts.iter().map(|(_, count)| count).sum::<u64>(),
        count(State::Registered),
        count(State::NotSent),
        count(State::Rejected),
        counts.iter().filter(|(state, _)| !state.is_final()).map(|(_, count)| count).sum::<u64>(),
        tally.refused_at_the_door,
    );
    println!("ledgers: {receipts} receipts, {cash} cash movements");
    let registered = usize::try_from(count(State::Registered))?;
    let mut keys: Vec<_> = entries.iter().map(|entry| &entry.key).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.len() != entries.len() {
        bail!("a key is registered twice");
    }
    if registered != entries.len() || (tally.registered_receipts, tally.registered_cash) != (receipts, cash) {
        bail!("the journal has {registered} registrations and the ledgers {}", entries.len());
    }
    if counts.iter().map(|(_, count)| count).sum::<u64>() != tally.keys {
        bail!("the journal does not have every key that was accepted");
    }
    println!("they agree");
    Ok(())
}

/// The configuration that a service would write, with the addresses and certificates of the simulators.
fn write_config(
    folder: &Path,
    first: &kassa_tests::sim::Simulator,
    second: &checkonline::Simulator,
) -> Result<PathBuf> {
    for (name, text) in [
        ("token", TOKEN.to_owned()),
        ("client.pem", second.client_cert_pem()),
        ("client.key", second.client_key_pem()),
        ("ca.pem", second.ca_pem()),
    ] {
        fs::write(folder.join(name), text)?;
    }
    let path = folder.join("kassa.yaml");
    let text = format!(
        r#"journal: journal.sqlite
accounts:
  shop:
    provider: smartcashier
    base_url: {}
    settings:
      token: {{ file: token }}
      cashbox_id: {CASHBOX}
  cloud:
    provider: checkonline
    base_url: {}
    settings:
      taxid_dialect: ferma_1_7
      utc_offset: "+03:00"
    tls:
      certificate: {{ file: client.pem }}
      key: {{ file: client.key }}
      roots: [{{ file: ca.pem }}]
routes:
  - name: everything
    accounts: [shop, cloud]
"#,
        first.base_url(),
        second.base_url()
    );
    fs::write(&path, text)?;
    Ok(path)
}

fn receipts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    all.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    all.sort();
    Ok(all)
}

/// A receipt, or a cash movement where the name says so.
fn read(path: &Path, name: &str) -> Result<Submission> {
    let text = fs::read_to_string(path)?;
    let context = || path.display().to_string();
    Ok(if name.ends_with(".cash_in") {
        Submission::CashIn(serde_json::from_str::<CashMovement>(&text).with_context(context)?)
    } else if name.ends_with(".cash_out") {
        Submission::CashOut(serde_json::from_str::<CashMovement>(&text).with_context(context)?)
    } else {
        Submission::RegisterReceipt(serde_json::from_str::<Receipt>(&text).with_context(context)?)
    })
}

fn print_row(name: &str, result: &Result<Outcome, SubmitError>) {
    let number = |number: Option<i64>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let name: String = name.chars().take(41).collect();
    match result {
        Ok(Outcome::Registered { account, registration, .. }) => {
            let note = if registration.not_printed == Some(true) { "registered, paper not printed" } else { "" };
            let (fd, sign) = (number(registration.document_number), number(registration.fiscal_sign));
            println!("{name:<42} {account:<12} {:<13} {fd:>6} {sign:>10}  {note}", "registered");
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
}
