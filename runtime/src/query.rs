//! Queries: what is asked of one account, and neither journaled nor registered.

use std::fmt;

use kassa_core::{Answer, Append, Finding, Means, Page, Refusal, Repeat, Reply, Request, Verdict, Violation};
use kassa_providers::Provider;
use kassa_providers::uniform::{
    CallbackConfigured, CallbackSettings, DevicesQuery, DocumentList, ListQuery, Operation, RegisterList,
};
use tokio::time::{Instant, sleep};

use crate::account::Account;
use crate::clock::Clock;
use crate::dispatcher::Pace;
use crate::login;
use crate::measures::Purpose;
use crate::outcome::Reason;
use crate::reason;
use crate::transport::{SendError, Transport, transmit};

/// How many pages are gone through at most. A list that has more is not one that somebody waits for.
const PAGES: usize = 10_000;

/// Why a query has no answer. Nothing was registered by asking.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// There is no account of this name.
    #[error("there is no account `{0}`")]
    UnknownAccount(String),
    /// It breaks the limits of the uniform model; nothing was sent.
    #[error("not sent: {}", Violations(.0))]
    Invalid(Vec<Violation>),
    /// The provider does not offer it, or cannot carry what it states; nothing was sent.
    #[error("not sent: {0}")]
    Refused(Refusal),
    /// The provider could not be reached; nothing was sent.
    #[error("not sent: {0}")]
    NotConnected(String),
    /// The request left, and no whole answer came back.
    #[error("no whole answer came back: {0}")]
    Lost(String),
    /// The provider answers something else.
    #[error("{}", Told(.0))]
    Failed(Reason),
    /// The pages of the list do not come to an end, so that nobody knows whether it is whole.
    #[error("the list is not whole: {0}")]
    Pages(String),
}

struct Violations<'v>(&'v [Violation]);

impl fmt::Display for Violations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, violation) in self.0.iter().enumerate() {
            write!(f, "{}{violation}", if n == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

struct Told<'r>(&'r Reason);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reason { class, code, message, about, next_step } = self.0;
        let code = code.as_ref().map(|code| format!(", {code}")).unwrap_or_default();
        let message = message.as_ref().map(|message| format!(" In its words: {message}.")).unwrap_or_default();
        write!(f, "{about} ({class}{code}){message} {next_step}")
    }
}

/// Asks one account. A dispatcher asks through it; on its own it needs no journal.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The account.
    pub account: &'a Account,
    /// How requests reach its provider.
    pub transport: &'a dyn Transport,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// How often and how long is tried.
    pub pace: &'a Pace,
}

impl Asker<'_> {
    /// The documents that the provider has, from all pages of its list.
    ///
    /// # Errors
    /// Why there is no answer; what some pages said is not given for the whole.
    pub async fn list(&self, query: &ListQuery) -> Result<DocumentList, QueryError> {
        let limit = query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let mut list = self
            .ask(
                Operation::List,
                query.check().errors,
                |provider, page| provider.list(query, page),
                |provider, page, reply| provider.list_reply(query, page, reply),
                |list: &DocumentList| list.documents.len() >= limit,
            )
            .await?;
        list.documents.truncate(limit);
        Ok(list)
    }

    /// The registers of the account.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn devices(&self, query: &DevicesQuery) -> Result<RegisterList, QueryError> {
        self.ask(
            Operation::Devices,
            query.check().errors,
            |provider, page| provider.devices(query, page),
            |provider, page, reply| provider.devices_reply(query, page, reply),
            |_| false,
        )
        .await
    }

    /// Tells the provider where to send outcomes.
    ///
    /// # Errors
    /// Why it did not say that it will. After [`QueryError::Lost`] it may do so nevertheless; telling it again does no
    /// harm.
    pub async fn configure_callback(&self, settings: &CallbackSettings) -> Result<CallbackConfigured, QueryError> {
        self.ask(
            Operation::ConfigureCallback,
            settings.check().errors,
            |provider, page| provider.configure_callback(settings, page),
            |provider, page, reply| provider.configure_callback_reply(settings, page, reply),
            |_| false,
        )
        .await
    }

    /// Asks for every page, until there is none or `enough`.
    async fn ask<T: Append + PartialEq + Clone>(
        &self,
        operation: Operation,
        violations: Vec<Violation>,
        request: impl Fn(&dyn Provider, &Page) -> Result<Request, Refusal>,
        read: impl Fn(&dyn Provider, &Page, &Reply) -> Verdict<Answer<T>>,
        enough: impl Fn(&T) -> bool,
    ) -> Result<T, QueryError> {
        self.account.supports(operation).map_err(QueryError::Refused)?;
        if !violations.is_empty() {
            return Err(QueryError::Invalid(violations));
        }
        let provider = &*self.account.provider;
        let mut page = Page::first();
        let (mut whole, mut seen): (Option<T>, Vec<(Page, T)>) = (None, Vec::new());
        loop {
            let made = request(provider, &page).map_err(QueryError::Refused)?;
            let Answer { value, next } = self.answer(made, |reply| read(provider, &page, reply)).await?;
            if let Some(n) = seen.iter().position(|(_, earlier)| *earlier == value && next.is_some()) {
                return Err(QueryError::Pages(format!("page {} says what page {} said", seen.len() + 1, n + 1)));
            }
            match &mut whole {
                Some(whole) => whole.append(value.clone(), seen.len() + 1),
                None => whole = Some(value.clone()),
            }
            let Some(next) = next.filter(|_| !whole.as_ref().is_some_and(&enough)) else { break };
            let again = next.cursor().is_some() && seen.iter().any(|(earlier, _)| earlier.cursor() == next.cursor());
            if again || next.cursor().is_some() && next.cursor() == page.cursor() {
                return Err(QueryError::Pages(format!("page {} leads back to an earlier one", seen.len() + 1)));
            }
            if seen.len() + 1 == PAGES {
                return Err(QueryError::Pages(format!("it has more than {PAGES} pages")));
            }
            seen.push((page, value));
            page = next;
        }
        Ok(whole.expect("the first page is the whole, or its beginning"))
    }

    /// Sends a request, again after pauses while the provider is too busy, and reads the answer.
    async fn answer<T>(
        &self,
        request: Request,
        read: impl Fn(&Reply) -> Verdict<Answer<T>>,
    ) -> Result<Answer<T>, QueryError> {
        let began = Instant::now();
        let (mut sends, mut refused) = (1, None);
        loop {
            let mut authorized = request.clone();
            let token =
                login::authorize(self.transport, self.clock, self.account, &mut authorized, refused.as_ref()).await;
            let token = token.map_err(QueryError::NotConnected)?;
            let sent = transmit(self.transport, self.clock, self.account, authorized, Purpose::Query).await;
            let (reply, asked_to_wait) = match sent {
                Ok(answered) => answered,
                Err(SendError::NotConnected(why)) => return Err(QueryError::NotConnected(why)),
                Err(SendError::Lost(why)) => return Err(QueryError::Lost(why)),
            };
            if refused.is_none() && token.is_some() && login::is_over(self.account, reply.status().as_u16()) {
                refused = token;
                continue;
            }
            let finding = match read(&reply) {
                Verdict::Done(answer) => return Ok(answer),
                Verdict::Found(finding) => finding,
            };
            let pause = self.pace.delay(&self.account.name, sends).max(asked_to_wait.unwrap_or_default());
            if !is_busy(&finding) || sends >= self.pace.attempts || began.elapsed() + pause > self.pace.patience {
                return Err(QueryError::Failed(reason::unanswered(&finding)));
            }
            sleep(pause).await;
            sends += 1;
        }
    }
}

/// Whether the same may be asked again after a pause.
fn is_busy(finding: &Finding) -> bool {
    finding.class.means == Means::Rejected && finding.class.repeat == Repeat::Backoff
}
