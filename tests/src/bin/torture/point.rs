//! Where somebody is killed.

use serde::{Deserialize, Serialize};

/// A step of the dispatcher's work at which its process ends, or that of the providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Point {
    BeforeJournal,
    Journaled,
    Connected,
    BytesSent,
    Committed,
    ResponseRead,
    ResultCommitted,
    Answered,
    InCallback,
    InRecovery,
    RecoveryAgain,
    /// The providers are killed, and come back: when they have read a request, or when a document is in a ledger.
    ProvidersDied,
    /// The disk of the journal is full, and the dispatcher is killed some failures later.
    DiskFull,
    /// At no step: some time after the start.
    AnyMoment,
}

impl Point {
    pub(crate) const ALL: [Point; 14] = [
        Point::BeforeJournal,
        Point::Journaled,
        Point::Connected,
        Point::BytesSent,
        Point::Committed,
        Point::ResponseRead,
        Point::ResultCommitted,
        Point::Answered,
        Point::InCallback,
        Point::InRecovery,
        Point::RecoveryAgain,
        Point::ProvidersDied,
        Point::DiskFull,
        Point::AnyMoment,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Point::BeforeJournal => "before journal",
            Point::Journaled => "journaled",
            Point::Connected => "connected",
            Point::BytesSent => "bytes sent",
            Point::Committed => "provider committed",
            Point::ResponseRead => "response read",
            Point::ResultCommitted => "result committed",
            Point::Answered => "answered",
            Point::InCallback => "in callback",
            Point::InRecovery => "in recovery",
            Point::RecoveryAgain => "in recovery again",
            Point::ProvidersDied => "providers died",
            Point::DiskFull => "disk full",
            Point::AnyMoment => "any moment",
        }
    }

    /// Whether the providers see it, and the dispatcher does not.
    pub(crate) fn is_outside(self) -> bool {
        matches!(self, Point::BytesSent | Point::Committed | Point::ProvidersDied)
    }

    /// Whether it is reached while what an earlier process left is gone on with, and nothing else is done.
    pub(crate) fn is_of_recovery(self) -> bool {
        matches!(self, Point::InRecovery | Point::RecoveryAgain)
    }
}
