//! What is counted and measured of a dispatcher, for whatever recorder the service has installed ([`metrics`]): every
//! name, its labels, and the functions that record. `docs/observability.md` has the same table.
//!
//! Labels are few and their values known beforehand: accounts and providers of the configuration, operations, states and
//! classes of the uniform model, and words of this crate. No key, receipt or contact is one.

use metrics::{IntoF64, Key, KeyName, Label, Level, Metadata, SharedString, Unit, with_recorder};

mod record;

pub(crate) use record::*;

/// What kind of a measure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It counts what has happened since the process began.
    Counter,
    /// It tells how something is.
    Gauge,
    /// It tells how large, or how long, each one was.
    Histogram,
}

/// One measure.
#[derive(Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    /// What kind it is.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub about: &'static str,
}

/// Where all of them are told.
static METADATA: Metadata<'static> = Metadata::new("kassa", Level::INFO, Some("kassa"));

/// The value of the label `account` for what no account has, or one that is not configured.
pub const NO_ACCOUNT: &str = "none";

macro_rules! measures {
    ($($(#[doc = $about:literal])+ $id:ident: $kind:ident $name:literal [$($label:literal),*];)+) => {
        $(pub(crate) static $id: Measure = Measure {
            name: $name,
            kind: Kind::$kind,
            labels: &[$($label),*],
            about: concat!($($about),+),
        };)+

        /// Every measure that there is.
        pub static MEASURES: &[&Measure] = &[$(&$id),+];
    };
}

measures! {
    /// Submissions that are in the journal for the first time.
    ACCEPTED: Counter "kassa_accepted_total" ["operation"];
    /// Calls to submit that gave no outcome, and why.
    REFUSED: Counter "kassa_refused_total" ["operation", "why"];
    /// Submissions that came into a state that is told: an end, `pending`, `in_doubt` or `held`.
    OUTCOMES: Counter "kassa_outcomes_total" ["account", "provider", "operation", "outcome"];
    /// From when a submission was accepted to its end.
    SUBMISSION: Histogram "kassa_submission_duration_seconds" ["operation", "outcome"];
    /// Attempts: requests that were made for an account and kept.
    ATTEMPTS: Counter "kassa_attempts_total" ["account", "provider", "operation"];
    /// Exchanges with a provider, by purpose (`submit`, `repeat`, `question`, `login`, `query`) and what came of them (`2xx` to `5xx`, `not_connected`, `lost`).
    EXCHANGES: Counter "kassa_exchanges_total" ["account", "provider", "purpose", "result"];
    /// How long each exchange took, whatever came of it.
    EXCHANGE: Histogram "kassa_request_duration_seconds" ["account", "provider", "purpose"];
    /// Exchanges that are under way in this process.
    UNDER_WAY: Gauge "kassa_requests_in_flight" ["account"];
    /// Answers that were no registration, by class.
    FINDINGS: Counter "kassa_findings_total" ["account", "provider", "class"];
    /// Whether nothing new is sent to the account because it failed again and again: 1, or 0.
    RESTING: Gauge "kassa_account_resting" ["account"];
    /// Rests that an account was given.
    RESTS: Counter "kassa_rests_total" ["account"];
    /// Requests that did not begin at once, and why: the account rests (`rest`), as many as may be are under way (`at_once`), the provider has asked for a pause (`retry_after`), or its rate is reached (`rate`).
    DELAYS: Counter "kassa_delays_total" ["account", "why"];
    /// Answers that ask for a pause (`Retry-After`).
    PAUSES: Counter "kassa_pauses_total" ["account"];
    /// Requests that came as callbacks: `accepted`, `unverified`, `stale` (of nothing that is known, or of what is purged), `forged`, `unread`, `unconfigured` or `failed`.
    CALLBACKS: Counter "kassa_callbacks_total" ["account", "result"];
    /// What callbacks did: `moved`, `same`, `nothing` or `conflict`.
    EFFECTS: Counter "kassa_callback_effects_total" ["effect"];
    /// Submissions whose outcome the provider has not decided yet.
    PENDING: Gauge "kassa_pending" ["account"];
    /// The age of the oldest of them.
    PENDING_OLDEST: Gauge "kassa_pending_oldest_seconds" ["account"];
    /// Submissions that may be registered, and that a question or a repeat can tell of.
    IN_DOUBT: Gauge "kassa_in_doubt" ["account"];
    /// The age of the oldest of them.
    IN_DOUBT_OLDEST: Gauge "kassa_in_doubt_oldest_seconds" ["account"];
    /// Submissions that may be registered, and that only people or a callback can tell of.
    HELD: Gauge "kassa_held" ["account"];
    /// The age of the oldest of them.
    HELD_OLDEST: Gauge "kassa_held_oldest_seconds" ["account"];
    /// Submissions that have no answer yet: accepted, pinned to an account, or on their way.
    UNANSWERED: Gauge "kassa_unanswered" ["account"];
    /// The age of the oldest of them.
    UNANSWERED_OLDEST: Gauge "kassa_unanswered_oldest_seconds" ["account"];
    /// How long the dispatcher waited for each command of the journal, its commit included.
    JOURNAL: Histogram "kassa_journal_duration_seconds" ["command", "result"];
    /// How long each commit of the SQLite journal took, its sync included.
    COMMIT: Histogram "kassa_journal_commit_duration_seconds" [];
    /// How many commands shared a commit.
    COMMIT_SIZE: Histogram "kassa_journal_commit_commands" [];
    /// Commits of the SQLite journal that failed.
    COMMITS_FAILED: Counter "kassa_journal_commits_failed_total" [];
}

impl Measure {
    /// Its unit, which its name ends with.
    #[must_use]
    pub fn unit(&self) -> Unit {
        if self.name.ends_with("_seconds") { Unit::Seconds } else { Unit::Count }
    }

    /// The key of one series, with the values of the labels in their order.
    fn key<const N: usize>(&self, values: [SharedString; N]) -> Key {
        debug_assert_eq!(self.labels.len(), N, "{}", self.name);
        let labels: Vec<_> = self.labels.iter().zip(values).map(|(name, value)| Label::new(*name, value)).collect();
        Key::from_parts(self.name, labels)
    }

    fn count<const N: usize>(&self, values: [SharedString; N]) {
        with_recorder(|recorder| recorder.register_counter(&self.key(values), &METADATA).increment(1));
    }

    fn set<const N: usize>(&self, values: [SharedString; N], value: impl IntoF64) {
        with_recorder(|recorder| recorder.register_gauge(&self.key(values), &METADATA).set(value));
    }

    fn change<const N: usize>(&self, values: [SharedString; N], by: impl IntoF64) {
        with_recorder(|recorder| recorder.register_gauge(&self.key(values), &METADATA).increment(by));
    }

    fn note<const N: usize>(&self, values: [SharedString; N], value: impl IntoF64) {
        with_recorder(|recorder| recorder.register_histogram(&self.key(values), &METADATA).record(value));
    }
}

/// Tells the recorder what each measure is. Making a dispatcher does it; a service that installs its recorder later does
/// it then.
pub fn describe() {
    with_recorder(|recorder| {
        for measure in MEASURES {
            let (name, unit, about) =
                (KeyName::from_const_str(measure.name), Some(measure.unit()), measure.about.trim());
            match measure.kind {
                Kind::Counter => recorder.describe_counter(name, unit, about.into()),
                Kind::Gauge => recorder.describe_gauge(name, unit, about.into()),
                Kind::Histogram => recorder.describe_histogram(name, unit, about.into()),
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the page's table, and those that the code has.
    #[test]
    fn the_page_shows_every_measure_and_no_other() {
        let page = include_str!("../../docs/observability.md");
        let shown: Vec<&str> = page.lines().filter(|line| line.starts_with("| `kassa_")).collect();
        let due: Vec<String> = MEASURES
            .iter()
            .map(|measure| {
                let kind = format!("{:?}", measure.kind).to_lowercase();
                let labels: Vec<_> = measure.labels.iter().map(|label| format!("`{label}`")).collect();
                format!("| `{}` | {kind} | {} | {} |", measure.name, labels.join(", "), measure.about.trim())
            })
            .collect();
        assert_eq!(shown, due, "\n{}\n", due.join("\n"));
    }

    #[test]
    fn names_are_as_the_field_writes_them() {
        for measure in MEASURES {
            let counts = measure.name.ends_with("_total");
            assert_eq!(counts, measure.kind == Kind::Counter, "{}", measure.name);
            assert!(measure.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", measure.name);
            assert!(!measure.labels.contains(&"key"), "{}", measure.name);
        }
        let mut names: Vec<_> = MEASURES.iter().map(|measure| measure.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEASURES.len());
    }
}
