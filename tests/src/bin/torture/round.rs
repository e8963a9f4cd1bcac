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
use crate::kind::{Kind, says_whose};
use crate::order::{Order, ROUTES};
use crate::point::Point;
use crate::process::{Post, Process, Who, World};
use crate::progress::Progress;
use crate::table::Tally;
use crate::wire::{LifePlan, Resumes, Said, ToWorld, Trap, WorldPlan};

/// A life that comes to no trap in this time is ended anyhow.
const LIFE: Duration = Duration::from_secs(5);
/// How long the last life of a round may take.
const SETTLING: Duration = Duration::from_secs(120);
/// How many receipts of a life are of the kind that its trap is for.
const AIMED: u64 = 6;

/// What all rounds share.
pub(crate) struct Rounds {
    pub(crate) seed: u64,
    pub(crate) tally: Tally,
    pub(crate) progress: Progress,
    /// How many receipts were submitted so far.
    pub(crate) submitted: u32,
    /// How many lives were aimed at each point.
    aimed: HashMap<Point, usize>,
}

/// What is wrong, and what was done to the receipt.
pub(crate) struct Report {
    pub(crate) violation: Violation,
    pub(crate) key: String,
    pub(crate) history: Vec<String>,
}

impl Rounds {
    pub(crate) fn new(seed: u64, receipts: u32) -> Rounds {
        Rounds {
            seed,
            tally: Tally::default(),
            progress: Progress::new(u64::from(receipts)),
            submitted: 0,
            aimed: HashMap::new(),
        }
    }

    /// A round with so many receipts. What is wrong then.
    pub(crate) fn run(&mut self, receipts: u32) -> Result<Vec<Report>> {
        let first_life = self.tally.lives;
        let mut points = shuffled(&Point::ALL, self.seed, &[2, first_life]);
        points.retain(|point| !point.is_of_recovery());
        // Something has to be left to recover.
        let place = 1 + usize::try_from(below(points.len() as u64, self.seed, &[3, first_life]))?;
        points.splice(place..place, [Point::InRecovery, Point::RecoveryAgain]);
        let mut round = Round::open(self.seed)?;
        let (mut left, mut lives_left) = (receipts, u32::try_from(points.len())?);
        for point in points {
            let fresh = left / lives_left;
            left -= fresh;
            lives_left -= 1;
            let aimed = self.aimed.entry(point).or_default();
            let kinds = shuffled(&Kind::ALL, self.seed, &[4, u64::from(point.name().len() as u32)]);
            let kind = kinds[*aimed % kinds.len()];
            *aimed += 1;
            for n in 0..fresh {
                self.submitted += 1;
                let wanted = Some(kind).filter(|_| u64::from(n) < AIMED);
                round.add(fresh_order(self.seed, self.submitted, wanted));
            }
            let trap = self.trap(point, kind);
            self.tally.lives += 1;
            round.live(self.tally.lives, trap, &mut self.tally)?;
            self.progress.show(u64::from(self.submitted), self.tally.kills);
        }
        self.tally.lives += 1;
        round.settle(self.tally.lives)?;
        let reports = round.end(&mut self.tally)?;
        self.progress.show(u64::from(self.submitted), self.tally.kills);
        Ok(reports)
    }

    fn trap(&self, point: Point, kind: Kind) -> Trap {
        let life = self.tally.lives;
        let of = |what: u64, end: u64| below(end, self.seed, &[5, what, life]);
        let after = if point.is_of_recovery() { of(0, 20) } else { of(0, 150) };
        let nth = if point.is_of_recovery() { 1 + of(1, 8) } else { 1 + of(1, 2) };
        Trap { point, kind, after, relaxed: after + if point.is_of_recovery() { 0 } else { 500 }, nth }
    }
}

/// A receipt, of the kind that is wanted if any is.
fn fresh_order(seed: u64, n: u32, wanted: Option<Kind>) -> Order {
    let kind = wanted.unwrap_or_else(|| {
        let drawn = usize::try_from(below(Kind::ALL.len() as u64, seed, &[6, u64::from(n)]));
        Kind::ALL[drawn.unwrap_or(0)]
    });
    let routes = shuffled(&(0..ROUTES.len()).collect::<Vec<_>>(), seed, &[7, u64::from(n)]);
    let mut orders = routes.into_iter().map(|route| Order { n, route: u8::try_from(route).unwrap_or(0), kind });
    let first = orders.next().unwrap_or(Order { n, route: 0, kind });
    // Where its provider has such a thing, if any does.
    if fits(first) { first } else { orders.find(|order| fits(*order)).unwrap_or(first) }
}

fn fits(order: Order) -> bool {
    let calls_back = matches!(order.first_provider(), "mobika" | "itkassa" | "rentel");
    match order.kind {
        Kind::CallbackTwice
        | Kind::CallbacksAtOnce
        | Kind::CallbackFirst
        | Kind::CallbackStale
        | Kind::CallbackForged => calls_back,
        Kind::NotPrinted => matches!(order.first_provider(), "smartcashier" | "itkassa"),
        Kind::LateVisibility => !matches!(order.first_provider(), "checkonline" | "rentel"),
        Kind::OthersAnswer => says_whose(order.first_provider()),
        _ => true,
    }
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
}

impl Round {
    fn open(seed: u64) -> Result<Round> {
        let folder = tempfile::tempdir()?;
        let (sender, receiver) = channel();
        let port = free_port()?;
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

    /// A life that ends at the trap, or when it comes to nothing.
    fn live(&mut self, life: u64, trap: Trap, tally: &mut Tally) -> Result<()> {
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
            None if !moment => return Ok(()),
            _ => trap.point,
        };
        tally.kills += 1;
        let there = if trap.point.is_of_recovery() { self.open.clone() } else { now };
        for n in there {
            let own = if at == Some(n) { ", at its own step" } else { "" };
            self.history.entry(n).or_default().push(format!("life {life}: killed: {}{own}", point.name()));
            self.on_the_way.push((point, n));
        }
        if let Some(order) = at.and_then(|n| self.orders.get(&n)) {
            *tally.struck.entry((point, order.kind)).or_default() += 1;
        }
        Ok(())
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
        let plan = self.plan(life, Resumes::Beside, None);
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

    fn end(mut self, tally: &mut Tally) -> Result<Vec<Report>> {
        let complaint = self.world.end(&self.post.1)?;
        let journal = self.folder.path().join("journal.sqlite");
        let books = Books::read(self.folder.path())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let findings = runtime.block_on(audit(self.seed, &journal, &self.orders, &self.answers, &books))?;
        tally.documents += books.count();
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
        Ok(violations.into_iter().map(report).collect())
    }
}

/// A port that no connection of this machine is given by chance, so that it is the same in every life.
fn free_port() -> Result<u16> {
    let first = 20_000 + u16::try_from(std::process::id() % 8_000)?;
    let mut ports = (first..first + 1_000).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    ports.next().context("no port is free")
}
