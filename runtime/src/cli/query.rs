//! Queries: an account is asked, and the journal is left alone.

use kassa::config::Config;
use kassa::{Asker, HttpTransport, Pace, QueryError, Transport};
use serde::Serialize;

use super::exit::Exit;
use super::print::Printer;
use super::{Failure, runtime};

/// Asks the account named `name`, and prints the answer.
pub(super) fn run<T: Serialize>(
    config: &Config,
    name: &str,
    printer: &Printer,
    ask: impl AsyncFnOnce(Asker<'_>) -> Result<T, QueryError>,
) -> Result<Exit, Failure> {
    let Some(account) = config.accounts.iter().find(|account| account.name == name) else {
        let near = kassa::diagnostic::nearest(name, config.accounts.iter().map(|account| account.name.as_str()));
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        let message = format!("error: {}{near}", QueryError::UnknownAccount(name.to_owned()));
        return Err(Failure::new(Exit::Usage, "unknown_account", message));
    };
    let transport = HttpTransport::new();
    let prepared = transport.prepare(account);
    prepared.map_err(|problem| Failure::new(Exit::Usage, "config", format!("error: account `{name}`: {problem}")))?;
    let pace = Pace::default();
    let asker = Asker { account, transport: &transport, clock: &config.clock, pace: &pace };
    let answer = runtime()?.block_on(ask(asker)).map_err(|error| failure(&error))?;
    printer.answer(&answer);
    Ok(Exit::Registered)
}

fn failure(error: &QueryError) -> Failure {
    let (exit, kind) = match error {
        QueryError::Invalid(_) => (Exit::Usage, "invalid"),
        QueryError::Refused(_) => (Exit::NotSent, "not_offered"),
        QueryError::NotConnected(_) => (Exit::NotSent, "not_connected"),
        _ => (Exit::Rejected, "not_answered"),
    };
    Failure::new(exit, kind, format!("error: {error}"))
}
