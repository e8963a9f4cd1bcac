//! Exit codes: which outcome it was.

use std::process::ExitCode;

use kassa::Outcome;

/// What the process ends with. `--help` lists the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Registered,
    Usage,
    Rejected,
    NotSent,
    Pending,
    InDoubt,
    Conflict,
    Journal,
}

impl Exit {
    pub(super) const fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Registered { .. } => Self::Registered,
            Outcome::Rejected { .. } => Self::Rejected,
            Outcome::NotSent { .. } => Self::NotSent,
            Outcome::Pending { .. } => Self::Pending,
            Outcome::InDoubt { .. } => Self::InDoubt,
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Registered => 0,
            // clap ends with 2 on a usage error, too.
            Self::Usage => 2,
            Self::Rejected => 3,
            Self::NotSent => 4,
            Self::Pending => 5,
            Self::InDoubt => 6,
            Self::Conflict => 7,
            Self::Journal => 8,
        }
    }

    /// Which of several outcomes the one exit code tells: the one that most wants somebody to look.
    pub(super) const fn gravity(self) -> u8 {
        match self {
            Self::Registered => 0,
            Self::NotSent => 1,
            Self::Rejected => 2,
            Self::Pending => 3,
            Self::InDoubt => 4,
            Self::Usage | Self::Conflict | Self::Journal => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_gravest_outcome_of_several_is_told() {
        let all = [Exit::Registered, Exit::NotSent, Exit::Rejected, Exit::Pending, Exit::InDoubt];
        let codes: Vec<_> =
            (1..=all.len()).map(|n| all[..n].iter().max_by_key(|exit| exit.gravity()).unwrap().code()).collect();
        assert_eq!(codes, [0, 4, 3, 5, 6]);
    }
}
