//! Everything that goes wrong between the dispatcher and a provider: what is said of it, how often the submission was
//! sent, and that no second account heard of it unless the first one surely had not registered it.

mod check_online;
mod connection;
mod it_kassa;
mod smart_cashier;

use std::ops::RangeInclusive;

use kassa::{Outcome, Pace};
use kassa_tests::sim::{Fault, Simulator};

use crate::bench::{Bench, Desk, fast, impatient, short, submits};
use crate::receipts::goods;

/// Whom the receipt goes to first; the other one is second.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    SmartCashier,
    CheckOnline,
}

/// One thing that goes wrong, and what has to follow.
struct Row {
    first: First,
    /// What meets the submissions, one after another.
    faults: Vec<Fault>,
    /// What meets the questions.
    status_faults: Vec<Fault>,
    /// Whether the first account waits no longer than 4 seconds for an answer.
    impatient: bool,
    pace: Pace,
    /// How often the first account is sent the submission.
    sent: RangeInclusive<usize>,
    outcome: &'static str,
}

impl Row {
    fn new(first: First, faults: impl IntoIterator<Item = Fault>) -> Self {
        let (faults, status_faults) = (faults.into_iter().collect(), Vec::new());
        Self { first, faults, status_faults, impatient: false, pace: fast(), sent: 1..=1, outcome: "" }
    }

    fn asked(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        Self { status_faults: faults.into_iter().collect(), ..self }
    }

    fn impatient(self) -> Self {
        Self { impatient: true, ..self }
    }

    fn sent(self, times: usize) -> Self {
        Self { sent: times..=times, ..self }
    }

    fn sent_about(self, times: RangeInclusive<usize>) -> Self {
        Self { sent: times, ..self }
    }

    /// Registers a receipt, and holds what is said against all that can be seen.
    async fn ends(self, outcome: &'static str) -> (Bench, Desk, Outcome) {
        let bench = Bench::start().await;
        let row = Self { outcome, ..self };
        let (desk, outcome) = row.run(&bench).await;
        (bench, desk, outcome)
    }

    async fn run(self, bench: &Bench) -> (Desk, Outcome) {
        let [first, second]: [&Simulator; 2] = match self.first {
            First::SmartCashier => [&bench.sc, &bench.co],
            First::CheckOnline => [&bench.co, &bench.sc],
        };
        self.faults.into_iter().for_each(|fault| first.faults().push(fault));
        self.status_faults.into_iter().for_each(|fault| first.faults().push_for_status(fault));
        let hurry = |account| if self.impatient { impatient(account) } else { account };
        let accounts = match self.first {
            First::SmartCashier => [hurry(bench.sc()), bench.co()],
            First::CheckOnline => [hurry(bench.co()), bench.sc()],
        };
        let desk = bench.desk_at(self.pace, accounts, []);
        let outcome = desk.register("order-1", goods()).await.expect("it is accepted");
        bench.check(&desk, "order-1", &outcome).await;
        assert_eq!(short(&outcome), self.outcome, "{outcome:?}");
        assert_eq!(first.faults().waiting(), 0, "every fault has struck");

        let sent = submits(first);
        assert!(self.sent.contains(&sent.len()), "sent {} times, not {:?}", sent.len(), self.sent);
        assert!(sent.iter().all(|seen| seen.body == sent[0].body), "a repeat is the same, byte for byte");
        let entry = desk.entry("order-1").await;
        let name = if self.first == First::SmartCashier { "sc" } else { "co" };
        let [attempt] = &*entry.attempts.iter().filter(|attempt| attempt.account == name).collect::<Vec<_>>() else {
            panic!("one attempt there: {entry:?}")
        };
        assert_eq!((attempt.provider_key.as_str(), attempt.sends as usize), ("order-1", sent.len()));
        let elsewhere = outcome.account() != Some(name);
        assert_eq!(submits(second).len(), usize::from(elsewhere));
        if !elsewhere {
            assert_eq!(second.requests().len(), 0, "nobody else heard of it");
        }
        if outcome.is_final() {
            let before = bench.requests();
            assert_eq!(desk.register("order-1", goods()).await.as_ref(), Ok(&outcome), "it stays as it is");
            assert_eq!(bench.requests(), before);
        }
        (desk, outcome.outcome)
    }
}
