//! The states of a journal entry and the moves between them: one table, which every journal holds to.

use serde::{Deserialize, Serialize};

/// How far a submission has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Durable; no account is chosen.
    Accepted,
    /// An account is chosen and its request kept; every request that left before was surely not registered.
    Pinned,
    /// The request may have begun to leave; its answer is not kept.
    Sent,
    /// The provider has it and has not decided.
    Pending,
    /// It may or may not be registered.
    InDoubt,
    /// The same, and nothing that Kassa may do can tell: an operator decides, unless a callback does.
    Held,
    /// It is registered.
    Registered,
    /// It is surely not registered.
    Rejected,
    /// No byte of it left.
    NotSent,
}

use State::{Accepted, Held, InDoubt, NotSent, Pending, Pinned, Registered, Rejected, Sent};

/// Which state may follow which. Nothing follows the last three; nothing leads from an entry that may be registered
/// back to [`Pinned`] but a proof that it is not, which the dispatcher has to have. From there to [`Registered`] leads a
/// provider that takes back what it said.
const MOVES: [(State, &[State]); 9] = [
    (Accepted, &[Pinned, Rejected, NotSent]),
    (Pinned, &[Pinned, Sent, Registered, Rejected, NotSent]),
    (Sent, &[Pinned, Pending, InDoubt, Held, Registered, Rejected, NotSent]),
    (Pending, &[Pinned, Pending, InDoubt, Held, Registered, Rejected]),
    (InDoubt, &[Pinned, Pending, InDoubt, Held, Registered, Rejected]),
    (Held, &[Pinned, Pending, InDoubt, Held, Registered, Rejected]),
    (Registered, &[]),
    (Rejected, &[]),
    (NotSent, &[]),
];

impl State {
    /// Every state.
    pub const ALL: [Self; 9] = [Accepted, Pinned, Sent, Pending, InDoubt, Held, Registered, Rejected, NotSent];

    /// Its name, as the journal keeps it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Accepted => "accepted",
            Pinned => "pinned",
            Sent => "sent",
            Pending => "pending",
            InDoubt => "in_doubt",
            Held => "held",
            Registered => "registered",
            Rejected => "rejected",
            NotSent => "not_sent",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nothing follows it.
    #[must_use]
    pub fn is_final(self) -> bool {
        self.next().is_empty()
    }

    /// Whether `next` may follow it.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Whether a request of it may be registered without our knowing.
    #[must_use]
    pub fn may_be_registered(self) -> bool {
        matches!(self, Sent | Pending | InDoubt | Held)
    }

    fn next(self) -> &'static [Self] {
        MOVES.iter().find(|(from, _)| *from == self).map_or(&[], |(_, next)| next)
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_row_and_its_name() {
        for state in State::ALL {
            assert!(MOVES.iter().any(|(from, _)| *from == state));
            assert_eq!(State::by_name(state.name()), Some(state));
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        }
        assert_eq!(State::by_name("sold"), None);
    }

    #[test]
    fn what_has_ended_stays_so_and_what_may_be_registered_is_never_called_unsent() {
        for state in [Registered, Rejected, NotSent] {
            assert!(state.is_final());
        }
        for state in [Pending, InDoubt, Held] {
            assert!(!state.may_become(NotSent) && !state.may_become(Accepted) && !state.may_become(Sent));
        }
        assert!(!Accepted.may_become(Sent), "a request is kept before it is sent");
    }

    #[test]
    fn the_picture_shows_every_move_and_no_other() {
        let page = include_str!("../../docs/journal.md");
        let drawn: Vec<_> = page
            .lines()
            .filter_map(|line| line.trim().split_once(" --> "))
            .filter(|(from, to)| *from != "[*]" && *to != "[*]")
            .map(|(from, to)| (State::by_name(from).unwrap(), State::by_name(to).unwrap()))
            .collect();
        let moves: Vec<_> = MOVES.iter().flat_map(|(from, next)| next.iter().map(|to| (*from, *to))).collect();
        assert_eq!(drawn, moves);
        for state in State::ALL {
            assert_eq!(page.contains(&format!("    {state} --> [*]")), state.is_final());
        }
    }
}
