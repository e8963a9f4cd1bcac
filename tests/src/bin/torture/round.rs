//! A round: fresh ledgers and a fresh journal, a life of the dispatcher for every point, one that nothing happens to, and
//! the audit.

use std::fs;
use std::net::TcpListener;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kassa::SqliteJournal;
use tempfile::TempDir;

use crate::audit::{Books, Violation, audit};
use crate::draw::{below, draw, shuffled};
use crate::kind::Kind;
use crate::living::{Heard, Living};
use crate::order::{ACCOUNTS, Order};
use crate::point::Point;
use crate::process::{Exchange, World};
use crate::records::Records;
use crate::schedule;
use crate::table::Tally;
use crate::wire::{LifePlan, Resumes, ToLife, ToWorld, Trap, WorldPlan};

/// A life that comes to no trap in this time is ended anyhow.
const LIFE: Duration = Duration::from_secs(5);
/// How long a process may take to start, on a slow machine too.
const START: Duration = Duration::from_secs(30);
/// How long the last life of a round may take.
const SETTLING: Duration = Duration::from_secs(120);
/// How many receipts of a life are of the kind that its trap is for.
const AIMED: u32 = 8;
/// More lives than a round has, and what the number of a rival is greater by.
const LIVES: u64 = 100;
const RIVAL: u64 = 50;

/// A life is over: so many receipts were submitted for the first time in it, and whether somebody was killed at a step.
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
            round.records.add(schedule::order(seed, next, Some((kind, point)).filter(|_| place < AIMED)));
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
    hook: u16,
    bells: [u16; 2],
    world: World,
    post: Exchange,
    records: Records,
}

impl Round {
    fn open(seed: u64, number: u64) -> Result<Round> {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("referee"))?;
        let mut ports = free_ports(number);
        let mut free = |count| ports.by_ref().take(count).collect::<Vec<_>>();
        // One for each account, and for the one that nobody can connect to.
        let (accounts, others) = (free(ACCOUNTS.len() + 1), free(3));
        let [hook, bells @ ..]: [u16; 3] = others.try_into().ok().context("no port is free")?;
        let plan = WorldPlan { seed, folder: folder.path().to_owned(), ports: accounts, hook, bells };
        let post = Exchange::new();
        let world = World::start(plan, &post)?;
        Ok(Round { seed, folder, hook, bells, world, post, records: Records::new(seed) })
    }

    fn plan(&self, life: u64, place: usize, orders: &[Order], resumes: Resumes) -> LifePlan {
        LifePlan {
            seed: self.seed,
            life,
            journal: self.folder.path().join("journal.sqlite"),
            referee: self.folder.path().join("referee"),
            bell: self.bells[place],
            hook: self.hook,
            places: self.world.places.clone(),
            orders: orders.to_vec(),
            resumes,
            trap: None,
            has_rival: false,
            full: false,
            settles: false,
        }
    }

    /// Starts those who live at one time: the one that the trap is for, and its rival if there is one.
    fn start(&mut self, life: u64, trap: Trap) -> Result<Vec<Living>> {
        let seed = self.seed;
        let has_rival = schedule::has_rival(seed, life);
        let full = trap.point == Point::DiskFull && cfg!(unix);
        let resumes = match draw(seed, &[9, life]) % 2 {
            _ if trap.point.is_of_recovery() => Resumes::First,
            0 => Resumes::Not,
            _ => Resumes::Beside,
        };
        let orders = shuffled(&self.records.waiting(), seed, &[8, life]);
        let of = |place: usize| -> Vec<Order> {
            let comes = |order: &&Order| !has_rival || schedule::places(seed, life, **order, trap, !full)[place];
            orders.iter().filter(comes).copied().collect()
        };
        let mut plans = vec![LifePlan { trap: Some(trap), has_rival, full, ..self.plan(life, 0, &of(0), resumes) }];
        if has_rival {
            plans.push(LifePlan { has_rival, ..self.plan(life + RIVAL, 1, &of(1), Resumes::Beside) });
        }
        let mut room = None;
        if full {
            // Whoever closes it last leaves no log behind: so the room is for a log that begins.
            drop(SqliteJournal::open(&plans[0].journal)?);
            room = Some(schedule::room(seed, life));
        }
        let tally = &mut self.records.tally;
        tally.lives += plans.len() as u64;
        tally.rivals += u64::from(has_rival);
        tally.full += u64::from(full);
        let start = |(place, plan)| Living::start(plan, &self.post.sender, room.filter(|_| place == 0));
        let mut cast: Vec<_> = plans.iter().enumerate().map(start).collect::<Result<_>>()?;
        while !cast.iter().all(Living::is_up) {
            self.hear(&mut cast, START)?.context("a dispatcher does not start")?;
        }
        cast.iter_mut().try_for_each(|living| living.tell(ToLife::Begin))?;
        Ok(cast)
    }

    /// Lives that end at the trap, or when they come to nothing: whether they came to the trap.
    fn live(&mut self, life: u64, trap: Trap) -> Result<bool> {
        let mut cast = self.start(life, trap)?;
        if trap.point.is_outside() {
            self.world.tell(&ToWorld::Arm(trap))?;
        }
        let moment = trap.point == Point::AnyMoment;
        let lasts = if moment { Duration::from_millis(100 + below(600, self.seed, &[10, life])) } else { LIFE };
        let mut until = Instant::now() + lasts;
        let (mut at, mut died) = (None, false);
        while let Some(heard) = self.hear(&mut cast, until.saturating_duration_since(Instant::now()))? {
            match heard {
                Heard::At(_, n) if trap.point == Point::ProvidersDied => {
                    died = true;
                    until = Instant::now() + LIFE;
                    let there = cast.iter().flat_map(|living| &living.now).copied().collect();
                    self.records.killed(life, trap.point, there, Some(n));
                    self.records.tally.restarts += 1;
                    self.world.restart(&self.post)?;
                }
                Heard::At(place, n) => {
                    at = Some((place, n));
                    break;
                }
                Heard::Else if cast.iter().all(|living| living.idle) || Instant::now() > until => break,
                Heard::Else => {}
            }
        }
        // Who works on what a provider was asked for, that is who is killed then.
        let works = |place: usize, n| cast.get(place).is_some_and(|living| living.now.contains(&n));
        let victim = match at {
            Some((Some(place), _)) => place,
            Some((None, n)) => usize::from(works(1, n) && !works(0, n)),
            None => 0,
        };
        self.kill(&mut cast, victim)?;
        self.world.tell(&ToWorld::Go)?;
        let killed = at.is_some() || moment;
        if killed {
            let there = if trap.point.is_of_recovery() { self.records.open() } else { cast[victim].now.clone() };
            self.records.killed(life, trap.point, there, at.map(|(_, n)| n));
        }
        if cast.len() > 1 {
            self.survive(&mut cast, 1 - victim)?;
        }
        Ok(killed || died)
    }

    /// Lets the one that is left go on with what the other one was working on, and kills it too.
    fn survive(&mut self, cast: &mut [Living], place: usize) -> Result<()> {
        cast[place].tell(ToLife::Alone)?;
        let until = Instant::now() + LIFE;
        while !cast[place].quiet && Instant::now() < until {
            self.hear(cast, until.saturating_duration_since(Instant::now()))?;
        }
        self.kill(cast, place)
    }

    /// Kills one, and hears what it has said before.
    fn kill(&mut self, cast: &mut [Living], place: usize) -> Result<()> {
        cast[place].kill()?;
        while !cast[place].over {
            self.hear(cast, START)?.context("the output of a dispatcher does not end")?;
        }
        Ok(())
    }

    /// What comes next, within `patience`; what has to be kept of it is.
    fn hear(&mut self, cast: &mut [Living], patience: Duration) -> Result<Option<Heard>> {
        let Some(post) = self.post.next(patience) else { return Ok(None) };
        self.records.hear(post, self.world.who(), cast).map(Some)
    }

    /// A life that nothing happens to, until nothing moves any more.
    fn settle(&mut self, life: u64) -> Result<()> {
        self.records.tally.lives += 1;
        let orders = shuffled(&self.records.waiting(), self.seed, &[8, life]);
        let plan = LifePlan { settles: true, ..self.plan(life, 0, &orders, Resumes::Not) };
        let mut cast = [Living::start(&plan, &self.post.sender, None)?];
        cast[0].tell(ToLife::Begin)?;
        let until = Instant::now() + SETTLING;
        while !cast[0].over {
            let left = until.saturating_duration_since(Instant::now());
            self.hear(&mut cast, left)?.context("what is left does not settle")?;
        }
        if !cast[0].idle {
            bail!("a dispatcher ended by itself");
        }
        Ok(())
    }

    fn end(mut self) -> Result<Outcome> {
        let complaint = self.world.end(&self.post)?;
        let journal = self.folder.path().join("journal.sqlite");
        let books = Books::read(self.seed, self.folder.path())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let findings = runtime.block_on(audit(self.seed, &journal, &self.records, &books))?;
        let mut tally = std::mem::take(&mut self.records.tally);
        tally.documents += books.count();
        for order in self.records.orders.values() {
            *tally.submitted.entry(order.what).or_default() += 1;
        }
        for (provider, outcome) in findings.outcomes {
            *tally.outcomes.entry((provider, outcome)).or_default() += 1;
        }
        for (point, n) in &self.records.on_the_way {
            let Some(order) = self.records.orders.get(n) else { continue };
            if order.kind == Kind::Nothing || books.struck.contains(n) {
                *tally.on_the_way.entry((*point, order.kind)).or_default() += 1;
            }
        }
        let mut violations = std::mem::take(&mut self.records.wrongs);
        violations.extend(findings.violations);
        violations.extend(complaint.map(|what| Violation { order: None, what, evidence: String::new() }));
        let report = |violation: Violation| {
            let history = violation.order.and_then(|order| self.records.history.remove(&order.n)).unwrap_or_default();
            let key = violation.order.map_or_else(String::new, |order| order.key(self.seed));
            Report { violation, key, history }
        };
        Ok(Outcome { reports: violations.into_iter().map(report).collect(), tally })
    }
}

/// Ports that no connection of this machine is given by chance, so that they are the same in every life.
fn free_ports(round: u64) -> impl Iterator<Item = u16> {
    let first = 20_000 + u16::try_from((u64::from(std::process::id()) + round * 37) % 8_000).unwrap_or(0);
    (first..first + 1_000).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
}
