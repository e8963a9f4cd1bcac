//! A dispatcher that lives.

use std::collections::BTreeSet;
use std::sync::mpsc::Sender;

use anyhow::Result;

use crate::process::{Post, Process, Who};
use crate::wire::{LifePlan, ToLife};

/// A process of a dispatcher, and what it has said of itself.
pub(crate) struct Living {
    pub(crate) who: Who,
    process: Process,
    /// What it has begun and not answered.
    pub(crate) now: BTreeSet<u32>,
    pub(crate) up: bool,
    pub(crate) idle: bool,
    pub(crate) quiet: bool,
    /// Whether it was killed.
    pub(crate) dead: bool,
    /// Whether it says nothing any more.
    pub(crate) over: bool,
    /// Whether it ends by itself.
    pub(crate) settles: bool,
}

/// What was said.
pub(crate) enum Heard {
    /// Somebody came to the trap: the dispatcher at that place, or somebody at the providers.
    At(Option<usize>, u32),
    /// Something else, of which note is taken.
    Else,
}

impl Living {
    /// Starts it; with so little room on its disk, if that is said.
    pub(crate) fn start(plan: &LifePlan, to: &Sender<Post>, room: Option<u64>) -> Result<Living> {
        let who = Who::Life(plan.life);
        Ok(Living {
            who,
            process: Process::start("dispatcher", who, plan, to, room)?,
            now: BTreeSet::new(),
            up: false,
            idle: false,
            quiet: false,
            dead: false,
            over: false,
            settles: plan.settles,
        })
    }

    /// Whether it is ready to begin, or can do nothing at all.
    pub(crate) fn is_up(&self) -> bool {
        self.up || self.idle
    }

    pub(crate) fn tell(&mut self, told: ToLife) -> Result<()> {
        self.process.tell(&told)
    }

    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.dead = true;
        Ok(())
    }
}
