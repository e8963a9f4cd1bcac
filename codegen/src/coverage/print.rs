//! The coverage as tables for people, and as JSON lines.

use std::fmt::{self, Write as _};

use super::{Counts, Coverage, Kind};

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for provider in &self.providers {
            writeln!(
                f,
                "{:<22}{:>12}{:>9}{:>9}{:>9}{:>6}",
                provider.title, "documented", "carried", "refused", "dropped", "open"
            )?;
            for kind in Kind::ALL {
                let counts = provider.counts(kind);
                if counts.documented > 0 {
                    row(f, kind.name(), counts)?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, counts: Counts) -> fmt::Result {
    let Counts { documented, carried, refused, dropped, open } = counts;
    write!(f, "  {name:<20}{documented:>12}")?;
    for (count, width) in [(carried, 9), (refused, 9), (dropped, 9), (open, 6)] {
        match count {
            0 => write!(f, "{:>width$}", "·")?,
            count => write!(f, "{count:>width$}")?,
        }
    }
    writeln!(f)
}

impl Coverage {
    /// The counts of each kind of each provider, one JSON object a line.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        let mut out = String::new();
        for provider in &self.providers {
            for kind in Kind::ALL {
                let Counts { documented, carried, refused, dropped, open } = provider.counts(kind);
                let line = serde_json::json!({
                    "provider": provider.name,
                    "what": kind.name(),
                    "documented": documented,
                    "carried": carried,
                    "refused": refused,
                    "dropped": dropped,
                    "open": open,
                });
                let _ = writeln!(out, "{line}");
            }
        }
        out
    }
}
