//! What was sent against what the registers have in their books.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use kassa::kassa_core::Money;
use kassa::uniform::{Correction, Item, Operation, Receipt, Submission, VatRate};
use kassa::{Journal as _, Outcome, SqliteJournal, Standing, State, SubmitError};
use kassa_tests::sim::{self, Entry, Ledger};

/// A document, as far as both sides know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Document {
    operation: &'static str,
    /// Tag 1040, where the register said it.
    number: Option<i64>,
    /// Tag 1054.
    kind: Option<i64>,
    kopecks: i64,
    /// Kopecks by VAT rate.
    taxed: BTreeMap<String, i64>,
}

/// What the dispatcher said.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    keys: u64,
    refused_at_the_door: usize,
    registered: BTreeMap<String, Vec<Document>>,
    /// Of which Kassa said that they differ from what was sent.
    changed: BTreeMap<String, Vec<Document>>,
}

impl Tally {
    pub(crate) fn add(&mut self, submission: &Submission, result: &Result<Standing, SubmitError>) -> Result<()> {
        match result.as_ref().map(|standing| &standing.outcome) {
            Err(_) => self.refused_at_the_door += 1,
            Ok(Outcome::Registered { account, registration, differences }) => {
                let document = stated(submission, registration.document_number).context("a sum is out of range")?;
                let changed = if differences.is_empty() { &mut self.registered } else { &mut self.changed };
                changed.entry(account.clone()).or_default().push(document);
            }
            Ok(_) => {}
        }
        self.keys += u64::from(result.is_ok());
        Ok(())
    }

    /// The ledgers of the simulators, by account, against the journal and the answers.
    pub(crate) async fn compare(mut self, journal: &SqliteJournal, ledgers: &[(&str, Ledger)]) -> Result<()> {
        let counts = journal.counts().await?;
        let count = |wanted: State| counts.iter().find(|(state, _)| *state == wanted).map_or(0, |(_, count)| *count);
        let keys = counts.iter().map(|(_, count)| count).sum::<u64>();
        println!(
            "journal: {keys} keys, {} registered, {} not sent, {} rejected, {} open; refused before: {}",
            count(State::Registered),
            count(State::NotSent),
            count(State::Rejected),
            counts.iter().filter(|(state, _)| !state.is_final()).map(|(_, count)| count).sum::<u64>(),
            self.refused_at_the_door,
        );
        let mut booked_in_all = 0;
        for (account, ledger) in ledgers {
            let entries = ledger.entries();
            let mut keys: Vec<_> = entries.iter().map(|entry| &entry.key).collect();
            keys.sort_unstable();
            keys.dedup();
            if keys.len() != entries.len() {
                bail!("{account}: a key is registered twice");
            }
            let mut booked: Vec<_> = entries.iter().map(booked).collect();
            booked_in_all += booked.len();
            print_book(account, &booked);
            for changed in self.changed.remove(*account).unwrap_or_default() {
                let place =
                    booked.iter().position(|document| document.number == changed.number && *document != changed);
                booked.remove(place.with_context(|| format!("{account} does not have {changed:?} with other sums"))?);
            }
            let mut registered = self.registered.remove(*account).unwrap_or_default();
            booked.sort();
            registered.sort();
            if registered != booked {
                bail!("{account} says that it registered\n{registered:#?}\nand its ledger has\n{booked:#?}");
            }
        }
        if let Some(account) = self.registered.into_keys().chain(self.changed.into_keys()).next() {
            bail!("{account} has no ledger");
        }
        if count(State::Registered) != u64::try_from(booked_in_all)? {
            bail!("the journal has {} registrations and the ledgers {booked_in_all}", count(State::Registered));
        }
        if keys != self.keys {
            bail!("the journal does not have every key that was accepted");
        }
        println!("they agree");
        Ok(())
    }
}

/// What the merchant asked for.
fn stated(submission: &Submission, number: Option<i64>) -> Option<Document> {
    let document =
        |kind, kopecks, taxed| Document { operation: submission.operation().name(), number, kind, kopecks, taxed };
    Some(match submission {
        Submission::RegisterReceipt(receipt) => {
            let Receipt { kind, items, .. } = receipt;
            document(Some(kind.code()), receipt.total()?.units(), by_rate(items)?)
        }
        Submission::RegisterCorrection(correction) => {
            let Correction { kind, items, vat_sums, .. } = correction;
            let mut taxed = by_rate(items)?;
            if let Some(sums) = vat_sums {
                for (rate, sum) in [
                    (VatRate::Vat20, sums.vat20),
                    (VatRate::Vat10, sums.vat10),
                    (VatRate::Vat0, sums.vat0),
                    (VatRate::None, sums.none),
                    (VatRate::Vat20120, sums.vat20_120),
                    (VatRate::Vat10110, sums.vat10_110),
                ] {
                    add(&mut taxed, name(rate), sum.units());
                }
            }
            document(Some(kind.code()), taxed.values().sum(), taxed)
        }
        Submission::CashIn(movement) | Submission::CashOut(movement) => {
            document(None, movement.amount.units(), BTreeMap::new())
        }
        Submission::OpenShift(_) | Submission::CloseShift(_) | Submission::XReport(_) | Submission::PrintSlip(_) => {
            document(None, 0, BTreeMap::new())
        }
    })
}

fn by_rate(items: &[Item]) -> Option<BTreeMap<String, i64>> {
    let mut taxed = BTreeMap::new();
    for item in items {
        let total: Money = item.total.or_else(|| item.price.times(item.quantity))?;
        add(&mut taxed, name(item.vat), total.units());
    }
    Some(taxed)
}

/// As the simulators call it.
fn name(rate: VatRate) -> &'static str {
    match rate {
        VatRate::None => "none",
        rate => rate.en(),
    }
}

fn add(taxed: &mut BTreeMap<String, i64>, rate: &str, kopecks: i64) {
    if kopecks != 0 {
        *taxed.entry(rate.to_owned()).or_default() += kopecks;
    }
}

/// What the register has.
fn booked(entry: &Entry) -> Document {
    let operation = match entry.operation {
        sim::Operation::Receipt => Operation::RegisterReceipt,
        sim::Operation::Correction => Operation::RegisterCorrection,
        sim::Operation::CashIn => Operation::CashIn,
        sim::Operation::CashOut => Operation::CashOut,
        sim::Operation::ShiftOpen => Operation::OpenShift,
        sim::Operation::ShiftClose => Operation::CloseShift,
        sim::Operation::XReport => Operation::XReport,
        sim::Operation::Slip => Operation::PrintSlip,
    };
    let mut taxed = BTreeMap::new();
    for line in &entry.lines {
        add(&mut taxed, &line.vat_meaning, line.total_kopecks);
    }
    // A correction without lines has its sums by rate in these tags.
    for (tag, rate) in
        [(1102, "20 %"), (1103, "10 %"), (1104, "0 %"), (1105, "none"), (1106, "20/120"), (1107, "10/110")]
    {
        let sum = entry.tags.get(&tag).and_then(|sum| sum.parse().ok());
        add(&mut taxed, rate, sum.unwrap_or(0));
    }
    Document {
        operation: operation.name(),
        number: entry.fd_number.map(i64::from),
        kind: entry.kind.map(i64::from),
        kopecks: entry.total_kopecks,
        taxed,
    }
}

/// A line for each account: how many documents of each kind, and what was settled at which rate.
fn print_book(account: &str, book: &[Document]) {
    let mut operations: BTreeMap<&str, usize> = BTreeMap::new();
    let mut taxed = BTreeMap::new();
    for document in book {
        *operations.entry(document.operation).or_default() += 1;
        document.taxed.iter().for_each(|(rate, kopecks)| add(&mut taxed, rate, *kopecks));
    }
    let operations: Vec<_> = operations.into_iter().map(|(name, count)| format!("{count} {name}")).collect();
    let taxed: Vec<_> = taxed.into_iter().map(|(rate, sum)| format!("{rate} {}", Money::from_units(sum))).collect();
    println!("ledger of {account}: {}; by VAT: {}", operations.join(", "), taxed.join(", "));
}
