//! A round: fresh ledgers and a fresh journal, a life of the dispatcher for every point, one that nothing happens to, and
//! the audit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::audit::{Books, Violation, audit};
use crate::draw::{below, draw, shuffled};
use crate::kind::Kind;
use crate::order::Order;
use crate::point::Point;
use crate::process::{Post, Process, Who, World};
use crate::schedule;
use crate::table::Tally;
use crate::wire::{LifePlan, Resumes, Said, ToWorld, Trap, WorldPlan};

/// A life that comes to no trap in this time is ended anyhow.
const LIFE: Duration = Duration::from_secs(5);
/// How long the last life of a round may take.
const SETTLING: Duration = Duration::from_secs(120);
/// How many receipts of a life are of the kind that its trap is for.
const AIMED: u32 = 8;
/// More lives than a round has.
const LIVES: u64 = 100;

/// A life is over: so many receipts were submitted for the first time in it, and whether it was killed at a step.
pub(crate) type Step = (u32, bool);

/// What is wrong, and what was done to the receipt.
pub(crate) struct Report {
    pub(crate) violation: Violation,
    pub(crate) key: String,
    pub(crate) history: Vec<String>,
}

/// What came of a round.
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    pub(crate) reports: Vec<Report>,
}

/// Round `number`, with receipts from `first` on, and what came of it.
pub(crate) fn run(seed: u64, number: u64, first: u32, receipts: u32, steps: &Sender<Step>) -> Result<Outcome> {
    let mut round = Round::open(seed, number)?;
    let points = schedule::points(seed, number);
    let (mut next, mut left, mut lives_left) = (first, receipts, u32::try_from(points.len())?);
    for (n, point) in (1..).zip(points) {
        let fresh = left / lives_left;
        (left, lives_left) = (left - fresh, lives_left - 1);
        let kind = schedule::aim(seed, number, point);
        for place in 0..fresh {
            round.add(schedule::order(seed, next, Some((kind, point)).filter(|_| place < AIMED)));
            next += 1;
        }
        let life = number * LIVES + n;
        let killed = round.live(life, schedule::trap(seed, life, point, kind))?;
        // Nobody need be counting.
        let _ = steps.send((fresh, killed));
    }
    round.settle((number + 1) * LIVES - 1)?;
    round.end()
}

struct Round {
    seed: u64,
    folder: TempDir,
    port: u16,
    world: World,
    post: (Sender<Post>, Receiver<Post>),
    orders: BTreeMap<u32, Order>,
    /// Not begun, or begun and not answered.
    waiting: BTreeSet<u32>,
    /// Begun, and not answered with an end.
    open: BTreeSet<u32>,
    begun: BTreeSet<u32>,
    answers: Vec<Said>,
    history: HashMap<u32, Vec<String>>,
    on_the_way: Vec<(Point, u32)>,
    tally: Tally,
}

impl Round {
    fn open(seed: u64, number: u64) -> Result<Round> {
        let folder = tempfile::tempdir()?;
        let (sender, receiver) = channel();
        let port = free_port(number)?;
        let plan = WorldPlan { seed, folder: folder.path().to_owned(), port };
        let world = World::start(&plan, &sender, &receiver)?;
        Ok(Round {
            seed,
            folder,
            port,
            world,
            post: (sender, receiver),
            orders: BTreeMap::new(),
            waiting: BTreeSet::new(),
            open: BTreeSet::new(),
            begun: BTreeSet::new(),
            answers: Vec::new(),
            history: HashMap::new(),
            on_the_way: Vec::new(),
            tally: Tally::default(),
        })
    }

    fn add(&mut self, order: Order) {
        self.orders.insert(order.n, order);
        self.waiting.insert(order.n);
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("journal.sqlite")
    }

    fn plan(&self, life: u64, resumes: Resumes, trap: Option<Trap>) -> LifePlan {
        let orders: Vec<_> = self.waiting.iter().filter_map(|n| self.orders.get(n)).copied().collect();
        LifePlan {
            seed: self.seed,
            life,
            journal: self.journal(),
            port: self.port,
            places: self.world.places.clone(),
            orders: shuffled(&orders, self.seed, &[8, life]),
            resumes,
            trap,
            settles: trap.is_none(),
        }
    }

    /// A life that ends at the trap, or when it comes to nothing: whether it came to the trap.
    fn live(&mut self, life: u64, trap: Trap) -> Result<bool> {
        self.tally.lives += 1;
        let resumes = match draw(self.seed, &[9, life]) % 2 {
            _ if trap.point.is_of_recovery() => Resumes::First,
            0 => Resumes::Not,
            _ => Resumes::Beside,
        };
        let mut process =
            Process::start("dispatcher", Who::Life(life), &self.plan(life, resumes, Some(trap)), &self.post.0)?;
        if trap.point.is_outside() {
            self.world.tell(&ToWorld::Arm(trap))?;
        }
        let mut now = BTreeSet::new();
        let moment = trap.point == Point::AnyMoment;
        let lasts = if moment { Duration::from_millis(100 + below(600, self.seed, &[10, life])) } else { LIFE };
        let since = Instant::now();
        let mut at = None;
        loop {
            match self.post.1.recv_timeout(lasts.saturating_sub(since.elapsed())) {
                Ok((who, Some(Said::At(n)))) if who == Who::World || who == Who::Life(life) => {
                    at = Some(n);
                    break;
                }
                Ok((Who::Life(of), Some(Said::Idle))) if of == life => break,
                Ok((Who::Life(of), Some(said))) if of == life => self.note(said, &mut now)?,
                Ok((Who::Life(of), None)) if of == life => bail!("a dispatcher ended by itself"),
                Ok((Who::World, None)) => bail!("the providers ended by themselves"),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(error) => return Err(error.into()),
            }
        }
        process.kill()?;
        self.world.tell(&ToWorld::Go)?;
        // What it said before it was killed.
        loop {
            match self.post.1.recv_timeout(LIFE).context("the output of a dispatcher does not end")? {
                (Who::Life(of), None) if of == life => break,
                (Who::Life(of), Some(said)) if of == life => self.note(said, &mut now)?,
                _ => {}
            }
        }
        let point = match at {
            None if !moment => return Ok(false),
            _ => trap.point,
        };
        self.tally.kills += 1;
        let there = if trap.point.is_of_recovery() { self.open.clone() } else { now };
        for n in there {
            let own = if at == Some(n) { ", at its own step" } else { "" };
            self.history.entry(n).or_default().push(format!("life {life}: killed: {}{own}", point.name()));
            self.on_the_way.push((point, n));
        }
        if let Some(order) = at.and_then(|n| self.orders.get(&n)) {
            *self.tally.struck.entry((point, order.kind)).or_default() += 1;
        }
        Ok(true)
    }

    /// Keeps what a life said; `now` is what it is working on.
    fn note(&mut self, said: Said, now: &mut BTreeSet<u32>) -> Result<()> {
        match &said {
            Said::Begun(n) => {
                now.insert(*n);
                self.begun.insert(*n);
                self.open.insert(*n);
            }
            Said::Done(n, outcome, _) => {
                now.remove(n);
                self.waiting.remove(n);
                if !matches!(outcome.as_str(), "pending" | "in_doubt") {
                    self.open.remove(n);
                }
                self.answers.push(said);
            }
            Said::Failed(why) => bail!("{why}"),
            Said::Ready(_) | Said::At(_) | Said::Idle => {}
        }
        Ok(())
    }

    /// A life that nothing happens to, until nothing moves any more.
    fn settle(&mut self, life: u64) -> Result<()> {
        self.tally.lives += 1;
        let plan = self.plan(life, Resumes::Not, None);
        let mut process = Process::start("dispatcher", Who::Life(life), &plan, &self.post.0)?;
        let (since, mut now, mut idle) = (Instant::now(), BTreeSet::new(), false);
        loop {
            let left = SETTLING.saturating_sub(since.elapsed());
            match self.post.1.recv_timeout(left).context("what is left does not settle")? {
                (Who::Life(of), Some(Said::Idle)) if of == life => idle = true,
                (Who::Life(of), Some(said)) if of == life => self.note(said, &mut now)?,
                (Who::Life(of), None) if of == life => break,
                (Who::World, None) => bail!("the providers ended by themselves"),
                _ => {}
            }
        }
        if !idle {
            bail!("a dispatcher ended by itself");
        }
        process.wait(LIFE)
    }

    fn end(mut self) -> Result<Outcome> {
        let complaint = self.world.end(&self.post.1)?;
        let journal = self.folder.path().join("journal.sqlite");
        let books = Books::read(self.folder.path())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let findings = runtime.block_on(audit(self.seed, &journal, &self.orders, &self.answers, &books))?;
        let mut tally = self.tally;
        tally.documents += books.count();
        tally.receipts += self.orders.len() as u64;
        for (provider, outcome) in findings.outcomes {
            *tally.outcomes.entry((provider, outcome)).or_default() += 1;
        }
        for (point, n) in self.on_the_way {
            let Some(order) = self.orders.get(&n) else { continue };
            if order.kind == Kind::Nothing || books.struck.contains(&n) {
                *tally.on_the_way.entry((point, order.kind)).or_default() += 1;
            }
        }
        let mut violations = findings.violations;
        violations.extend(complaint.map(|what| Violation { order: None, what, evidence: String::new() }));
        let report = |violation: Violation| {
            let history = violation.order.and_then(|order| self.history.remove(&order.n)).unwrap_or_default();
            let key = violation.order.map_or_else(String::new, |order| order.key(self.seed));
            Report { violation, key, history }
        };
        Ok(Outcome { reports: violations.into_iter().map(report).collect(), tally })
    }
}

/// A port that no connection of this machine is given by chance, so that it is the same in every life.
fn free_port(round: u64) -> Result<u16> {
    let first = 20_000 + u16::try_from((u64::from(std::process::id()) + round * 37) % 8_000)?;
    let mut ports = (first..first + 1_000).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    ports.next().context("no port is free")
}
