//! What is in doubt, and how somebody ends it.

use kassa::uniform::Registration;
use kassa::{Dispatcher, ResolveError, Ruling};

use super::args::{Found, Resolved};
use super::exit::Exit;
use super::print::Printer;
use super::{Failure, input, runtime};

/// `kassa doubt list`.
pub(super) fn list(dispatcher: &Dispatcher, printer: &Printer) -> Result<Exit, Failure> {
    let doubts = runtime()?.block_on(dispatcher.doubts())?;
    printer.doubts(&doubts);
    Ok(if doubts.is_empty() { Exit::Registered } else { Exit::InDoubt })
}

/// `kassa doubt resolve`.
pub(super) fn resolve(dispatcher: &Dispatcher, resolved: &Resolved, printer: &Printer) -> Result<Exit, Failure> {
    let Resolved { key, found, by, evidence } = resolved;
    let ruling = match found {
        Found { rejected: true, .. } => Ruling::Rejected,
        found => Ruling::Registered(Box::new(registration(found)?)),
    };
    let standing = runtime()?.block_on(dispatcher.resolve(key, ruling, by, evidence)).map_err(|error| {
        let (exit, kind) = match &error {
            ResolveError::UnknownKey => (Exit::Usage, "unknown_key"),
            ResolveError::NoEvidence => (Exit::Usage, "no_evidence"),
            ResolveError::NotInDoubt(_) => (Exit::Conflict, "not_in_doubt"),
            ResolveError::InProgress => (Exit::Conflict, "in_progress"),
            ResolveError::Journal(_) => (Exit::Journal, "journal"),
        };
        Failure::new(exit, kind, format!("error: `{key}`: {error}"))
    })?;
    printer.standing(key, &standing);
    Ok(Exit::of(&standing.outcome))
}

/// What the document shows: a file in the form in which outcomes are printed, and what the options say beside it.
fn registration(found: &Found) -> Result<Registration, Failure> {
    let mut registration = match &found.registration {
        Some(file) => input::Input::read(file)?.registration()?,
        None => Registration::default(),
    };
    let Found { document_number, fiscal_sign, fn_serial, registered_at, .. } = found;
    registration.document_number = document_number.or(registration.document_number);
    registration.fiscal_sign = fiscal_sign.or(registration.fiscal_sign);
    registration.fn_serial = fn_serial.clone().or(registration.fn_serial);
    registration.registered_at = registered_at.or(registration.registered_at);
    Ok(registration)
}
