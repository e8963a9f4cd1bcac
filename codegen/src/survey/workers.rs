//! Work on many documents at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Doing, Progress, Watcher};

/// More processes at a time want more memory than most machines have.
const MOST: usize = 8;

/// Does `work` for each of `items`, as many at a time as the machine has processors. `work` is told the number of its
/// worker. The results are in the order of the items.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    doing: Doing,
    watcher: Watcher<'_>,
    work: impl Fn(usize, &T) -> R + Sync,
) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new(Vec::with_capacity(items.len()));
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (next, done, results, work) = (&next, &done, &results, &work);
            scope.spawn(move || {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(n) else { break };
                    let result = work(worker, item);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((n, result));
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    watcher(Progress { doing, done, of: items.len() });
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(n, _)| *n);
    results.into_iter().map(|(_, result)| result).collect()
}
