//! What has to be true when nothing moves any more: the journal against the ledgers.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use kassa::journal::{Attempt, Entry, EntryId, Fate, KeptExchange};
use kassa::kassa_core::Means;
use kassa::uniform::error_class;
use kassa::{Journal as _, Outcome, SqliteJournal};
use kassa_tests::sim;

use crate::kind::Kind;
use crate::life::known_by;
use crate::memory;
use crate::order::{ACCOUNTS, GONE, Order, provider};
use crate::records::Records;
use crate::wire::hash;
use crate::world::{CONTACTS, STRUCK};

/// What the providers have written down.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// By receipt: the account and the document.
    documents: BTreeMap<u32, Vec<(&'static str, sim::Entry)>>,
    /// By receipt: the accounts that were sent it, in order, and what each was sent, by its hash.
    contacts: HashMap<u32, Vec<(String, u64)>>,
    /// The receipts with which something went wrong.
    pub(crate) struck: HashSet<u32>,
}

impl Books {
    pub(crate) fn read(seed: u64, folder: &Path) -> Result<Books> {
        let read = |name: &str| fs::read_to_string(folder.join(name)).with_context(|| name.to_owned());
        let mut books = Books::default();
        for (account, _) in ACCOUNTS {
            for entry in memory::ledger(folder, account)? {
                let n = Order::number_in(entry.raw.as_bytes(), seed).context("a document that nobody submitted")?;
                books.documents.entry(n).or_default().push((account, entry));
            }
        }
        for line in read(CONTACTS)?.lines() {
            let parts: Vec<_> = line.split(' ').collect();
            let [account, n, sent] = parts.as_slice() else { bail!("a broken line: {line}") };
            books.contacts.entry(n.parse()?).or_default().push(((*account).to_owned(), sent.parse()?));
        }
        books.struck = read(STRUCK)?.lines().filter_map(|line| line.parse().ok()).collect();
        Ok(books)
    }

    pub(crate) fn count(&self) -> u64 {
        self.documents.values().map(|documents| documents.len() as u64).sum()
    }
}

/// Something that must not be.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) order: Option<Order>,
    pub(crate) what: String,
    /// The journal's and the ledgers' side.
    pub(crate) evidence: String,
}

/// What became of a round.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) violations: Vec<Violation>,
    pub(crate) outcomes: Vec<(String, &'static str)>,
}

/// Holds the journal against the ledgers and against what was answered.
pub(crate) async fn audit(seed: u64, journal: &Path, records: &Records, books: &Books) -> Result<Findings> {
    let journal = SqliteJournal::open(journal)?;
    let mut findings = Findings::default();
    let mut outcomes = HashMap::new();
    let Records { orders, given_up, answers, .. } = records;
    for order in orders.values() {
        let id = EntryId::of(order.key(seed));
        let entry = journal.find(&id).await?;
        let problems = match &entry {
            _ if given_up.contains(&order.n) => unheard_of(*order, entry.as_ref(), books),
            None => vec!["it was submitted, and is not in the journal".to_owned()],
            Some(entry) => {
                let outcome = entry.outcome.as_ref();
                let account = outcome.and_then(Outcome::account).map_or("(none)", provider_or_none);
                findings.outcomes.push((account.to_owned(), entry.state.name()));
                outcomes.insert(order.n, entry.outcome.clone());
                let mut problems = check(*order, entry, books);
                problems.extend(arrivals(*order, entry, &journal.exchanges(&id).await?, books));
                problems
            }
        };
        for what in problems {
            let evidence = evidence(*order, entry.as_ref(), books);
            findings.violations.push(Violation { order: Some(*order), what, evidence });
        }
    }
    for (n, name, answered) in answers {
        let stored = outcomes.get(n).and_then(Option::as_ref);
        let is_final = matches!(name.as_str(), "registered" | "rejected" | "not_sent");
        if is_final && stored.map(known_by) != Some(*answered) {
            let what = format!("it was answered as {name}, and the journal has another outcome");
            let order = orders.get(n).copied();
            findings.violations.push(Violation { order, what, evidence: format!("{stored:#?}") });
        }
    }
    let kept: u64 = journal.counts().await?.iter().map(|(_, count)| count).sum();
    let accepted = orders.len() - given_up.len();
    if kept != accepted as u64 {
        let what = format!("the journal has {kept} entries, and {accepted} submissions were accepted");
        findings.violations.push(Violation { order: None, what, evidence: String::new() });
    }
    for n in books.documents.keys().filter(|n| !orders.contains_key(n)) {
        let what = format!("receipt #{n} is registered, and was not submitted");
        findings.violations.push(Violation { order: None, what, evidence: String::new() });
    }
    Ok(findings)
}

/// "Not accepted" is neither in the journal nor anywhere else.
fn unheard_of(order: Order, entry: Option<&Entry>, books: &Books) -> Vec<String> {
    let mut problems = Vec::new();
    if entry.is_some() {
        problems.push("it was not accepted, and is in the journal".to_owned());
    }
    if books.documents.contains_key(&order.n) || books.contacts.contains_key(&order.n) {
        problems.push("it was not accepted, and a provider has heard of it".to_owned());
    }
    problems
}

/// What came to the providers is what the journal has, byte for byte and no more often than it says; and where a key does
/// not keep a receipt from being registered twice, the request does not come again before it is proved that the one
/// before did nothing.
fn arrivals(order: Order, entry: &Entry, exchanges: &[KeptExchange], books: &Books) -> Vec<String> {
    let mut problems = Vec::new();
    let none = Vec::new();
    let contacts = books.contacts.get(&order.n).unwrap_or(&none);
    // Of one that was kept and never began to leave, the next one may be the same.
    let mut requests: BTreeMap<(&str, u64), Vec<&Attempt>> = BTreeMap::new();
    for attempt in &entry.attempts {
        requests.entry((&attempt.account, hash(&attempt.request.body))).or_default().push(attempt);
    }
    for (account, sent) in contacts {
        if !requests.contains_key(&(account.as_str(), *sent)) {
            problems.push(format!("{account} was sent what the journal does not have"));
        }
    }
    for ((account, sent), attempts) in requests {
        let came = contacts.iter().filter(|contact| (contact.0.as_str(), contact.1) == (account, sent)).count();
        let sends: u32 = attempts.iter().map(|attempt| attempt.sends).sum();
        if came > usize::try_from(sends).unwrap_or(usize::MAX) {
            problems.push(format!("a request came to {account} {came} times, and was sent {sends} times"));
        }
        let of_them = |kept: &&KeptExchange| attempts.iter().any(|attempt| attempt.n == kept.exchange.attempt);
        let proofs = exchanges.iter().filter(of_them).filter(|kept| proves_nothing_done(kept));
        let proofs: u32 = proofs.map(|kept| kept.times).sum();
        if !is_keyed(provider(account)) && came > usize::try_from(proofs).unwrap_or(usize::MAX) + 1 {
            problems.push(format!(
                "a request came to {account} {came} times, and {proofs} times it was proved that it did nothing"
            ));
        }
    }
    problems
}

/// Whether an exchange shows that what was sent before is surely not registered.
fn proves_nothing_done(kept: &KeptExchange) -> bool {
    let class = kept.exchange.class.as_deref().and_then(error_class::by_name);
    class.is_some_and(|class| class.means == Means::Rejected)
}

/// Whether a request may be repeated under its key.
fn is_keyed(provider: &str) -> bool {
    matches!(provider, "checkonline" | "smartcashier")
}

/// The provider of an account, for the table.
fn provider_or_none(account: &str) -> &'static str {
    if account == GONE { "(unreachable)" } else { provider(account) }
}

fn check(order: Order, entry: &Entry, books: &Books) -> Vec<String> {
    let mut problems = Vec::new();
    let none = Vec::new();
    let documents = books.documents.get(&order.n).unwrap_or(&none);
    if documents.len() > 1 {
        problems.push(format!("it is registered {} times", documents.len()));
    }
    let last = entry.attempts.last();
    match entry.outcome.as_ref() {
        Some(Outcome::Registered { account, registration, .. }) => match documents.as_slice() {
            [] => problems.push("the journal says that it is registered, and no ledger has it".to_owned()),
            [(at, document), ..] => {
                if at != account {
                    problems.push(format!("the journal says that {account} has it, and {at} has it"));
                }
                let said = (registration.document_number, registration.fiscal_sign);
                let true_ones = (document.fd_number.map(i64::from), document.fiscal_sign.map(i64::from));
                if said.0 != true_ones.0 || said.1.is_some_and(|said| Some(said) != true_ones.1) {
                    problems.push(format!("the journal has the numbers {said:?}, and the ledger {true_ones:?}"));
                }
                if document.total_kopecks != order.kopecks() {
                    problems.push(format!("{} kopecks are registered", document.total_kopecks));
                }
            }
        },
        Some(outcome @ (Outcome::Rejected { .. } | Outcome::NotSent { .. })) if !documents.is_empty() => {
            problems.push(format!("the journal says {}, and a ledger has it", outcome.name()));
        }
        Some(Outcome::Pending { account, .. }) if !may_stay_pending(provider(account), order.kind) => {
            problems.push("it is pending, and its provider has long ended it".to_owned());
        }
        Some(_) => {}
        None => problems.push(format!("it is {} and has no outcome", entry.state)),
    }
    if !entry.state.is_final() && !matches!(entry.state.name(), "pending" | "in_doubt" | "held") {
        problems.push(format!("it is {}, and that is neither an end nor a doubt", entry.state));
    }
    // What left to an account keeps everybody else out, until it is proved rejected.
    for (contacted, _) in books.contacts.get(&order.n).unwrap_or(&Vec::new()) {
        let mut attempts = entry.attempts.iter().filter(|attempt| attempt.account == *contacted).peekable();
        if attempts.peek().is_none() {
            problems.push(format!("{contacted} was sent it, and the journal has no attempt there"));
        } else if attempts.all(|attempt| attempt.fate == Some(Fate::NotSent)) {
            problems.push(format!("{contacted} was sent it, and the journal says that nothing was sent"));
        }
    }
    for attempt in entry.attempts.iter().filter(|attempt| last.is_some_and(|last| attempt.n != last.n)) {
        let proved = match attempt.fate {
            Some(Fate::Rejected) => attempt.reason.is_some(),
            // Of one that was kept and never began to leave, nobody ever heard.
            None => attempt.sends == 0,
            Some(fate) => fate == Fate::NotSent,
        };
        if !proved {
            let fate = attempt.fate.map_or("not known", Fate::name);
            problems.push(format!("attempt {} at {} is {fate}, and another followed", attempt.n, attempt.account));
        }
    }
    problems
}

/// Whether nobody can tell that it has ended: where nobody can be asked, where the register has failed and does not say
/// whether before or after the receipt, and where an acceptance was told of what is not there.
fn may_stay_pending(provider: &str, kind: Kind) -> bool {
    provider == "rentel" || kind == Kind::NotPrinted || (provider == "mobika" && kind == Kind::ErrorIn200)
}

fn evidence(order: Order, entry: Option<&Entry>, books: &Books) -> String {
    let mut lines = Vec::new();
    match books.documents.get(&order.n) {
        None => lines.push("  no ledger has it".to_owned()),
        Some(documents) => lines.extend(documents.iter().map(|(account, document)| {
            let sim::Entry { key, fd_number, fiscal_sign, total_kopecks, at, .. } = document;
            format!(
                "  ledger of {account}: key {key}, ФД {fd_number:?}, ФПД {fiscal_sign:?}, {total_kopecks} kopecks, {at}"
            )
        })),
    }
    let contacts = books.contacts.get(&order.n).into_iter().flatten();
    let contacts: Vec<_> = contacts.map(|(account, sent)| format!("{account} ({:04x})", sent & 0xffff)).collect();
    lines.push(format!("  sent to: {}", contacts.join(", ")));
    if let Some(entry) = entry {
        lines.push(format!("  journal: {}, accepted {}, changed {}", entry.state, entry.accepted_at, entry.changed_at));
        for attempt in &entry.attempts {
            lines.push(format!(
                "    attempt {} at {} under {}: {} sends, {}, reply {:?}, {:?}",
                attempt.n,
                attempt.account,
                attempt.provider_key,
                attempt.sends,
                attempt.fate.map_or("open", Fate::name),
                attempt.reply.as_ref().map(|reply| (reply.status, String::from_utf8_lossy(&reply.body).into_owned())),
                attempt.reason,
            ));
        }
        lines.push(format!("    outcome {:?}", entry.outcome));
    }
    lines.join("\n")
}
