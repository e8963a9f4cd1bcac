//! What is known of a round while it runs: what was submitted, what was answered, and what was done to whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Result, bail};

use crate::audit::Violation;
use crate::draw::draw;
use crate::living::{Heard, Living};
use crate::order::Order;
use crate::point::Point;
use crate::process::{Post, Who};
use crate::table::Tally;
use crate::wire::Said;

/// What is known of a round.
pub(crate) struct Records {
    seed: u64,
    pub(crate) orders: BTreeMap<u32, Order>,
    /// Not begun, or begun and not answered.
    waiting: BTreeSet<u32>,
    /// Begun, and not answered with an end.
    open: BTreeSet<u32>,
    begun: BTreeSet<u32>,
    /// Begun once, and not answered.
    fresh: BTreeSet<u32>,
    /// Not accepted when they were submitted for the first time, and not submitted again.
    pub(crate) given_up: BTreeSet<u32>,
    /// The receipt, and by which name and hash its outcome is known.
    pub(crate) answers: Vec<(u32, String, u64)>,
    pub(crate) wrongs: Vec<Violation>,
    pub(crate) history: HashMap<u32, Vec<String>>,
    pub(crate) on_the_way: Vec<(Point, u32)>,
    pub(crate) tally: Tally,
}

impl Records {
    pub(crate) fn new(seed: u64) -> Records {
        Records {
            seed,
            orders: BTreeMap::new(),
            waiting: BTreeSet::new(),
            open: BTreeSet::new(),
            begun: BTreeSet::new(),
            fresh: BTreeSet::new(),
            given_up: BTreeSet::new(),
            answers: Vec::new(),
            wrongs: Vec::new(),
            history: HashMap::new(),
            on_the_way: Vec::new(),
            tally: Tally::default(),
        }
    }

    pub(crate) fn add(&mut self, order: Order) {
        self.orders.insert(order.n, order);
        self.waiting.insert(order.n);
        self.tally.receipts += 1;
    }

    /// What has to be submitted, for the first time or again.
    pub(crate) fn waiting(&self) -> Vec<Order> {
        self.waiting.iter().filter_map(|n| self.orders.get(n)).copied().collect()
    }

    pub(crate) fn open(&self) -> BTreeSet<u32> {
        self.open.clone()
    }

    /// Somebody was killed at that point, while these were on their way; `own` came to it.
    pub(crate) fn killed(&mut self, life: u64, point: Point, there: BTreeSet<u32>, own: Option<u32>) {
        self.tally.kills += 1;
        for n in there {
            let its = if own == Some(n) { ", at its own step" } else { "" };
            self.history.entry(n).or_default().push(format!("life {life}: killed: {}{its}", point.name()));
            self.on_the_way.push((point, n));
        }
        if let Some(order) = own.and_then(|n| self.orders.get(&n)) {
            *self.tally.struck.entry((point, order.kind)).or_default() += 1;
        }
    }

    /// Takes note of what one of `cast` or the providers, who are `world`, said.
    pub(crate) fn hear(&mut self, (who, said): Post, world: Who, cast: &mut [Living]) -> Result<Heard> {
        let place = cast.iter().position(|living| living.who == who);
        match (place, said) {
            (None, Some(Said::At(n))) if who == world => return Ok(Heard::At(None, n)),
            (None, Some(Said::Failed(why))) if who == world => bail!("{why}"),
            (None, None) if who == world => bail!("the providers ended by themselves"),
            // Of somebody who is dead.
            (None, _) => {}
            (Some(place), None) => {
                let living = &mut cast[place];
                living.over = true;
                if !living.dead && !living.settles {
                    bail!("a dispatcher ended by itself");
                }
            }
            (Some(place), Some(Said::At(n))) => return Ok(Heard::At(Some(place), n)),
            (Some(place), Some(said)) => self.note(said, place, cast)?,
        }
        Ok(Heard::Else)
    }

    fn note(&mut self, said: Said, place: usize, cast: &mut [Living]) -> Result<()> {
        match said {
            Said::Up => cast[place].up = true,
            Said::Idle => cast[place].idle = true,
            Said::Quiet => cast[place].quiet = true,
            Said::Begun(n) => {
                cast[place].now.insert(n);
                self.open.insert(n);
                if self.begun.insert(n) {
                    self.fresh.insert(n)
                } else {
                    self.fresh.remove(&n)
                };
            }
            Said::Done(n, outcome, hash) => {
                cast[place].now.remove(&n);
                self.waiting.remove(&n);
                self.fresh.remove(&n);
                if !matches!(outcome.as_str(), "pending" | "in_doubt") {
                    self.open.remove(&n);
                }
                self.answers.push((n, outcome, hash));
            }
            Said::Busy(n) => {
                self.tally.busy += 1;
                // Whoever has it says so.
                if cast.len() > 1 {
                    cast[place].now.remove(&n);
                }
            }
            Said::Refused(n) => {
                self.tally.refused += 1;
                cast[place].now.remove(&n);
                // Some are submitted again; of the others nobody may ever hear.
                if self.fresh.remove(&n) && draw(self.seed, &[15, u64::from(n)]).is_multiple_of(2) {
                    self.given_up.insert(n);
                    self.waiting.remove(&n);
                    self.open.remove(&n);
                }
            }
            Said::Unkept(n) => {
                self.tally.unkept += 1;
                cast[place].now.remove(&n);
            }
            Said::TookOver(n) => {
                let left = cast.iter_mut().filter(|other| other.dead).any(|dead| dead.now.remove(&n));
                self.tally.taken_over += u64::from(left);
            }
            Said::Both(n) => {
                if cast.iter().enumerate().any(|(at, other)| at != place && !other.dead) {
                    self.wrong(n, "two processes have the right to work on it at one time".to_owned());
                }
            }
            Said::Wrong(n, what) => self.wrong(n, what),
            Said::Failed(why) => bail!("{why}"),
            Said::Ready(_) | Said::At(_) => {}
        }
        Ok(())
    }

    fn wrong(&mut self, n: u32, what: String) {
        let order = self.orders.get(&n).copied();
        self.wrongs.push(Violation { order, what, evidence: String::new() });
    }
}
