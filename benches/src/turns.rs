//! Two that are compared take turns, so that whatever else the machine does meets both.

use std::fs;
use std::time::Duration;

use crate::loopback::Side;
use crate::server;

/// What one of the two took for one of what it does.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// By the clock on the wall.
    pub wall: Duration,
    /// Of processors; what the server takes is left out, since it is the same for both.
    pub cpu: Duration,
}

/// What each of the two took.
#[derive(Debug, Clone, Copy)]
pub struct Costs {
    /// Kassa.
    pub ours: Cost,
    /// What somebody would write by hand.
    pub by_hand: Cost,
}

impl Costs {
    /// How much faster we are: 1 is as fast, 0.5 half as fast.
    #[must_use]
    pub fn speed(&self) -> f64 {
        ratio(self.by_hand.wall, self.ours.wall)
    }

    /// The same by the time of processors.
    #[must_use]
    pub fn cpu(&self) -> f64 {
        ratio(self.by_hand.cpu, self.ours.cpu)
    }
}

/// How many times `other` goes into `one`.
#[must_use]
pub fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// Lets both do `count` of the same in turns; the medians of so many `turns`, after one to get warm.
pub fn take(turns: usize, count: u64, mut act: impl FnMut(Side, u64)) -> Costs {
    let mut taken = [Vec::new(), Vec::new()];
    for turn in 0..=turns {
        for (taken, side) in taken.iter_mut().zip([Side::Ours, Side::ByHand]) {
            let (began, cpu) = (std::time::Instant::now(), processors());
            act(side, count);
            let cost = (began.elapsed(), processors().saturating_sub(cpu));
            if turn > 0 {
                taken.push(cost);
            }
        }
    }
    let [ours, by_hand] = taken.map(|taken| {
        let one = |times: Vec<Duration>| median(times).div_f64(count as f64);
        let (wall, cpu) = taken.into_iter().unzip();
        Cost { wall: one(wall), cpu: one(cpu) }
    });
    Costs { ours, by_hand }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// What the threads that live have taken of processors, the server's left out.
fn processors() -> Duration {
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return Duration::ZERO };
    let of = |thread: fs::DirEntry| -> Option<u64> {
        let read = |name| fs::read_to_string(thread.path().join(name)).ok();
        if read("comm")?.trim() == server::THREAD {
            return None;
        }
        // Time on a processor comes first, in nanoseconds.
        read("schedstat")?.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(threads.flatten().filter_map(of).sum())
}
