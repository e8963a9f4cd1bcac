//! How much an account is sent: how many requests at a time and in a while, how many repeats, and nothing for a while
//! when it fails or asks for a pause (F8).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout};

use crate::measures::{self, Delay};

/// How much an account may be sent. It holds for one process: several that share an account share its limits out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many requests may be under way at a time.
    pub at_once: usize,
    /// How many requests may begin within how long, if the provider counts them.
    pub rate: Option<Rate>,
    /// After how many failures in a row (no connection, no answer, overload, an error of the server) nothing new is sent
    /// for a while.
    pub failures: u32,
    /// For how long then. One submission is let through after it; if that fails as well, the next rest is twice as long,
    /// up to 16 times.
    pub rest: Duration,
}

/// So many requests within so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub requests: u32,
    /// Within how long.
    pub per: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 64, rate: None, failures: 10, rest: Duration::from_secs(10) }
    }
}

/// How long the longest rest is, in rests.
const LONGEST_REST: u32 = 16;

/// Repeats that may be had at once when nothing was repeated for a while.
const REPEATS: u32 = 10;

/// What a first send adds to the repeats that may be had, and what a repeat takes from them.
const EARNED: u32 = 1;
const SPENT: u32 = 5;

/// What an exchange says of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    /// It answers.
    Well,
    /// It does not, or not with sense.
    Failing,
}

/// What stands before an account.
#[derive(Debug)]
pub(super) struct Gate {
    account: String,
    limits: Limits,
    slots: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next request would begin if all began evenly.
    even: Option<Instant>,
    /// Until when the provider has asked to be left alone.
    pause_until: Option<Instant>,
    /// How many failures there were in a row.
    failures: u32,
    /// Until when nothing new is sent; after that, one is let through and it is set anew.
    rest_until: Option<Instant>,
    /// How many rests there were in a row.
    rests: u32,
    repeats: u32,
}

impl Gate {
    pub(super) fn new(account: &str, limits: Limits) -> Self {
        let state =
            State { even: None, pause_until: None, failures: 0, rest_until: None, rests: 0, repeats: REPEATS * SPENT };
        let (account, slots) = (account.to_owned(), Semaphore::new(limits.at_once));
        Self { account, slots, limits, state: Mutex::new(state) }
    }

    /// Waits until a request may begin, for `patience` at most. One that is the first of its attempt is refused while the
    /// account rests; another may be the only way to end a doubt.
    ///
    /// # Errors
    /// Why it may not; nothing was sent.
    pub(super) async fn enter(&self, first: bool, patience: Duration) -> Result<SemaphorePermit<'_>, String> {
        let began = Instant::now();
        if first {
            let admitted = self.lock().admit(&self.limits, began);
            admitted.inspect_err(|_| measures::delayed(&self.account, Delay::Rest))?;
        }
        if self.slots.available_permits() == 0 {
            measures::delayed(&self.account, Delay::AtOnce);
        }
        let permit = timeout(patience, self.slots.acquire()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(format!("{} requests are under way, which is as many as may be", self.limits.at_once));
        };
        let (wait, why) = self.lock().reserve(&self.limits, patience.saturating_sub(began.elapsed()));
        if let Some(why) = why {
            measures::delayed(&self.account, why);
        }
        let wait = wait?;
        if !wait.is_zero() {
            sleep(wait).await;
        }
        Ok(permit)
    }

    /// Whether a submission that was rejected for a while may be repeated: repeats are a part of what is sent, so that they
    /// do not hold down a provider that gets up.
    pub(super) fn may_repeat(&self) -> bool {
        let mut state = self.lock();
        let left = state.repeats.checked_sub(SPENT);
        state.repeats = left.unwrap_or(state.repeats);
        left.is_some()
    }

    /// Learns how an exchange went, and the pause that its answer asks for.
    pub(super) fn learn(&self, health: Health, pause: Option<Duration>) {
        let (now, mut state) = (Instant::now(), self.lock());
        if let Some(pause) = pause {
            measures::paused(&self.account);
            state.pause_until = state.pause_until.max(Some(now + pause));
        }
        match health {
            Health::Well => (state.failures, state.rests, state.rest_until) = (0, 0, None),
            Health::Failing => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= self.limits.failures && state.rest_until.is_none_or(|until| until <= now) {
                    let times = 1 << state.rests.min(LONGEST_REST.ilog2());
                    state.rest_until = Some(now + self.limits.rest * times);
                    state.rests += 1;
                    measures::rested(&self.account);
                }
            }
        }
        measures::resting(&self.account, state.rests_at(now));
    }

    /// Tells whether the account rests: a rest ends by itself.
    pub(super) fn observe(&self) {
        measures::resting(&self.account, self.lock().rests_at(Instant::now()));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Lets something new through, unless the account rests.
    fn admit(&mut self, limits: &Limits, now: Instant) -> Result<(), String> {
        match self.rest_until {
            Some(until) if now < until => {
                let left = (until - now).as_secs() + 1;
                return Err(format!("left alone for {left} s more, after {} failures in a row", self.failures));
            }
            // This one tries it, and the others wait for what comes of it.
            Some(_) => self.rest_until = Some(now + limits.rest),
            None => {}
        }
        self.repeats = (self.repeats + EARNED).min(REPEATS * SPENT);
        Ok(())
    }

    /// Whether nothing new is sent.
    fn rests_at(&self, now: Instant) -> bool {
        self.rest_until.is_some_and(|until| now < until)
    }

    /// How long a request has to wait that may begin within `patience`, and what keeps it.
    fn reserve(&mut self, limits: &Limits, patience: Duration) -> (Result<Duration, String>, Option<Delay>) {
        let now = Instant::now();
        let pause = self.pause_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let asked = (!pause.is_zero()).then_some(Delay::RetryAfter);
        if pause > patience {
            return (Err(format!("it has asked for a pause of {} s more", pause.as_secs() + 1)), asked);
        }
        let Some(Rate { requests, per }) = limits.rate else { return (Ok(pause), asked) };
        // As many as may come at once have room before the next one has to wait for its turn.
        let even = self.even.map_or(now, |even| even.max(now)) + per / requests.max(1);
        let turn = (even - now).saturating_sub(per);
        let why = if turn > pause { Some(Delay::Rate) } else { asked };
        if turn > patience {
            let per = per.as_millis();
            let refusal = format!("{requests} requests within {per} ms were sent, which is as many as may be");
            return (Err(refusal), why);
        }
        self.even = Some(even);
        (Ok(turn.max(pause)), why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    fn gate(limits: Limits) -> Gate {
        Gate::new("a", limits)
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_as_may_be_are_under_way() {
        let gate = gate(Limits { at_once: 2, ..Limits::default() });
        let (one, _two) = (gate.enter(true, SOON).await.unwrap(), gate.enter(false, SOON).await.unwrap());
        let began = Instant::now();
        let refused = gate.enter(true, SOON).await.unwrap_err();
        assert_eq!((refused.as_str(), began.elapsed()), ("2 requests are under way, which is as many as may be", SOON));
        drop(one);
        drop(gate.enter(true, Duration::ZERO).await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_lets_a_burst_through_and_then_one_after_another() {
        let rate = Rate { requests: 5, per: Duration::from_secs(1) };
        let gate = gate(Limits { rate: Some(rate), ..Limits::default() });
        let began = Instant::now();
        let mut times = Vec::new();
        for _ in 0..8 {
            drop(gate.enter(true, SOON).await.unwrap());
            times.push(began.elapsed().as_millis());
        }
        assert_eq!(times[..5], [0; 5]);
        assert!((200..=201).contains(&times[5]) && (600..=603).contains(&times[7]), "{times:?}");
        let refused = gate.enter(true, Duration::from_millis(100)).await.unwrap_err();
        assert_eq!(refused, "5 requests within 1000 ms were sent, which is as many as may be");
        sleep(Duration::from_secs(10)).await;
        let began = Instant::now();
        for _ in 0..5 {
            drop(gate.enter(true, SOON).await.unwrap());
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_again_and_again_rests_and_is_tried_by_one() {
        let gate = gate(Limits { failures: 3, rest: Duration::from_secs(10), ..Limits::default() });
        for _ in 0..2 {
            gate.learn(Health::Failing, None);
        }
        drop(gate.enter(true, SOON).await.unwrap());
        gate.learn(Health::Failing, None);
        let refused = gate.enter(true, SOON).await.unwrap_err();
        assert_eq!(refused, "left alone for 11 s more, after 3 failures in a row");
        // A doubt is settled all the same.
        drop(gate.enter(false, SOON).await.unwrap());
        sleep(Duration::from_secs(10)).await;
        drop(gate.enter(true, SOON).await.unwrap());
        assert!(gate.enter(true, SOON).await.is_err(), "one tries it");
        sleep(Duration::from_secs(10)).await;
        gate.learn(Health::Failing, None);
        assert!(gate.enter(true, SOON).await.unwrap_err().starts_with("left alone for 21 s"));
        sleep(Duration::from_secs(20)).await;
        drop(gate.enter(true, SOON).await.unwrap());
        gate.learn(Health::Well, None);
        for _ in 0..3 {
            drop(gate.enter(true, SOON).await.unwrap());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_is_asked_for_is_one_for_all() {
        let gate = gate(Limits::default());
        gate.learn(Health::Failing, Some(Duration::from_secs(30)));
        gate.learn(Health::Failing, Some(Duration::from_secs(5)));
        let began = Instant::now();
        let refused = gate.enter(true, Duration::from_secs(20)).await.unwrap_err();
        assert_eq!(refused, "it has asked for a pause of 31 s more");
        drop(gate.enter(true, SOON).await.unwrap());
        assert_eq!(began.elapsed(), Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn repeats_are_a_part_of_what_is_sent() {
        let gate = gate(Limits::default());
        assert_eq!((0..100).filter(|_| gate.may_repeat()).count(), 10);
        for _ in 0..25 {
            drop(gate.enter(true, SOON).await.unwrap());
        }
        assert_eq!((0..100).filter(|_| gate.may_repeat()).count(), 5);
    }
}
