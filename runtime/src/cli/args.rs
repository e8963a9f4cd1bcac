//! The arguments, and the help that explains them.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use kassa::kassa_core::Moment;
use kassa::uniform::Operation;

const EXAMPLES: &str = "\
Examples:
  kassa explain order-1 receipt.json              what would become of it; sends nothing, keeps nothing
  kassa register order-1 receipt.json             registers it
  kassa register --operation cash_in till-1 -     puts cash in; {\"amount\": \"500.00\"} from the standard input
  kassa status order-1                            what became of it
  kassa resume                                    goes on with everything that has not ended
  kassa doubt list                                what may or may not be registered
  kassa doubt resolve order-1 --registered --document-number 7 --by Ann --evidence 'FD 7, seen in the cabinet'
  kassa list shop --from 2026-01-31T00:00:00+03:00   what the provider of an account has
  kassa journal verify                            whether the journal is sound
  kassa devices shop                              the registers of an account

A receipt:
  { \"kind\": \"income\", \"taxation\": \"general\",
    \"items\": [{ \"name\": \"Tea\", \"quantity\": \"2\", \"price\": \"35.00\",
                \"vat\": \"vat10\", \"subject\": \"goods\", \"mode\": \"full_payment\" }],
    \"payments\": { \"cash\": \"70.00\" },
    \"buyer\": { \"contact\": \"buyer@example.org\" } }

A configuration:
  journal: kassa.sqlite                  # relative to this file, as all paths
  accounts:
    shop:
      provider: NAME                     # a wrong name lists those that there are
      settings:
        token: { env: SHOP_TOKEN }       # secrets come from the environment, or { file: path }
  routes:
    - name: all
      match: { amount_to: \"10000\" }      # also seller_inn, operations, amount_from; may be left out
      accounts: [shop]                   # tried in order; or weights: { shop: 3, other: 1 }

Exit codes:
  0  registered (explain: an account would take it; resume: everything it went on with is registered; a list, devices
     or configure-callback: answered)
  2  wrong usage, input or configuration; nothing was accepted
  3  rejected: surely not registered (a list, devices or configure-callback: no answer)
  4  not sent: no account takes it, or none could be reached (explain: would not be sent)
  5  pending: the provider has not decided yet
  6  in doubt: it may or may not be registered; never submit it under another key before that is known
  7  the key has other content already, is being worked on, or is not in doubt (doubt resolve)
  8  the journal failed
  resume ends with the gravest of its outcomes: 6, 5, 3, 4, 0.

Environment:
  KASSA_CONFIG  the configuration file
  RUST_LOG      what is logged to the standard error output, such as kassa=debug; warnings if not set";

/// Registers receipts at Russian online cash registers (54-FZ), whatever provider runs them, each once at most.
#[derive(Debug, Parser)]
#[command(name = "kassa", version, after_long_help = EXAMPLES, after_help = "`--help` shows examples and exit codes.")]
pub(super) struct Args {
    /// The configuration: accounts, routes and the journal.
    #[arg(long, short, global = true, value_name = "FILE", env = "KASSA_CONFIG", default_value = "kassa.yaml")]
    pub(super) config: PathBuf,

    /// How the result is written to the standard output. Warnings and errors for people go to the standard error output.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs: one JSON object on a line for each key.
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Shows what would become of a submission: the verdict of every account and the exact request.
    ///
    /// Nothing is sent and nothing is kept. Secrets are shown as <secret>.
    Explain(Submitted),

    /// Registers a receipt, moves cash, or does another operation, under a key.
    ///
    /// It is in the journal before a byte of it leaves. The same key and content give the stored outcome, so the command
    /// can be repeated when it was interrupted; what was rejected or not sent has ended, and goes under a new key.
    Register {
        #[command(flatten)]
        submitted: Submitted,

        /// Answers within so many seconds, and sends nothing for the first time after that, not even after a restart.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
        within: Option<u32>,
    },

    /// Tells what became of the submission under a key.
    ///
    /// When that is pending or in doubt, the provider is asked once.
    Status {
        /// The key it was submitted under.
        #[arg(value_parser = key)]
        key: String,
    },

    /// Goes on with everything that has not ended, and tells what became of it.
    ///
    /// What is pending or in doubt is asked for; what was accepted and not sent is sent.
    Resume,

    /// What may or may not be registered, and how somebody ends that.
    #[command(subcommand)]
    Doubt(Doubt),

    /// The journal itself: looked over, written out, made smaller.
    #[command(subcommand)]
    Journal(Journal),

    /// Lists the documents that the provider of an account has.
    ///
    /// The journal is not needed, so that this works beside a service that has it.
    List {
        /// The account, as the configuration names it.
        account: String,
        /// Only what was created at this time or later, such as 2026-01-31T00:00:00+03:00.
        #[arg(long, value_name = "TIME")]
        from: Option<Moment>,
        /// Only what was created until this time.
        #[arg(long, value_name = "TIME")]
        to: Option<Moment>,
        /// How many documents at most; without it all of them.
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
        limit: Option<i64>,
    },

    /// Lists the registers of an account.
    Devices {
        /// The account, as the configuration names it.
        account: String,
    },

    /// Tells the provider of an account where to send outcomes.
    ConfigureCallback {
        /// The account, as the configuration names it. The secret that the provider shows is among its settings.
        account: String,
        /// Where outcomes are posted.
        url: String,
        /// Where a test is posted.
        #[arg(long, value_name = "URL")]
        test_url: Option<String>,
        /// Who is written to when an outcome cannot be delivered.
        #[arg(long, value_name = "ADDRESS")]
        error_email: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Doubt {
    /// Lists what a provider has been sent and whose end is not known: where, since when, and how it can end.
    ///
    /// Nobody is asked; `kassa resume` does that. Ends with 6 if there is anything.
    List,

    /// Ends a doubt by what somebody has found out at the provider. It is kept for good, with who says so and what shows it.
    ///
    /// Rejected frees the sale for another key: a wrong word prints a second receipt.
    Resolve(Resolved),
}

#[derive(Debug, Subcommand)]
pub(super) enum Journal {
    /// Looks it over and changes nothing; ends with 8 if something is wrong with it.
    Verify,

    /// Writes every entry to the standard output, the oldest first, one JSON object on a line.
    Export {
        /// Also what was submitted, sent and answered; buyers' contacts are in it.
        #[arg(long)]
        content: bool,
    },

    /// Takes away what was submitted, sent and answered of what ended long ago, and gives the room back to the disk.
    ///
    /// Keys and outcomes stay, so that a key is registered once for good.
    Compact {
        /// How many days ago it ended at least; the configuration's `retention` if nothing is said.
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36500))]
        older_than_days: Option<u32>,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Resolved {
    /// The key it was submitted under.
    #[arg(value_parser = key)]
    pub(super) key: String,
    #[command(flatten)]
    pub(super) found: Found,
    /// Who has found it out.
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    /// What shows it, in words: where you looked, and what was there.
    #[arg(long, value_name = "TEXT")]
    pub(super) evidence: String,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("ruling").required(true).args(["registered", "rejected"]))]
pub(super) struct Found {
    /// It is registered; say what of the document you know.
    #[arg(long)]
    pub(super) registered: bool,
    /// It is surely not registered.
    #[arg(long)]
    pub(super) rejected: bool,
    /// What the document shows, JSON, as `kassa --format json` prints a registration; - for the standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "rejected")]
    pub(super) registration: Option<PathBuf>,
    /// The number of the fiscal document (ФД).
    #[arg(long, value_name = "NUMBER", conflicts_with = "rejected")]
    pub(super) document_number: Option<i64>,
    /// The fiscal sign (ФПД).
    #[arg(long, value_name = "NUMBER", conflicts_with = "rejected")]
    pub(super) fiscal_sign: Option<i64>,
    /// The number of the fiscal drive (ФН).
    #[arg(long, value_name = "NUMBER", conflicts_with = "rejected")]
    pub(super) fn_serial: Option<String>,
    /// When it was registered, such as 2026-01-31T09:30:00+03:00.
    #[arg(long, value_name = "TIME", conflicts_with = "rejected")]
    pub(super) registered_at: Option<Moment>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Submitted {
    /// Your key for it, such as the number of the order: 1 to 64 visible characters of ASCII. It is registered once under
    /// a key, whatever happens.
    #[arg(value_parser = key)]
    pub(super) key: String,

    /// The receipt (or what else the operation takes) in JSON; - for the standard input.
    #[arg(value_name = "RECEIPT.json")]
    pub(super) file: PathBuf,

    /// What is done with it: register_receipt, register_correction, cash_in, cash_out, open_shift, close_shift, x_report or
    /// print_slip.
    #[arg(long, default_value = "register_receipt", value_parser = operation)]
    pub(super) operation: Operation,
}

fn key(text: &str) -> Result<String, String> {
    if kassa::is_key(text) {
        Ok(text.to_owned())
    } else {
        Err("a key has 1 to 64 characters, each a visible one of ASCII".to_owned())
    }
}

fn operation(text: &str) -> Result<Operation, String> {
    let submitted = Operation::SUBMITTED.iter().copied();
    let names: Vec<_> = submitted.clone().map(Operation::name).collect();
    let found = submitted.into_iter().find(|operation| operation.name() == text);
    found.ok_or_else(|| {
        let near = kassa::diagnostic::nearest(text, names.iter().copied());
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        format!("it is one of {}{near}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn wrong_arguments_say_what_is_right() {
        assert_eq!(operation("cash_in"), Ok(Operation::CashIn));
        assert_eq!(
            operation("cashin").unwrap_err(),
            "it is one of register_receipt, register_correction, cash_in, cash_out, open_shift, close_shift, x_report, \
             print_slip; did you mean cash_in?"
        );
        assert!(operation("status").is_err());
        assert!(key("order 1").is_err());
        assert!(key("").is_err());
        assert!(key(&"k".repeat(65)).is_err());
    }
}
