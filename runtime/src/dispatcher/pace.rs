//! How often and how long is tried (F8).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// How often and how long is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// The pause before the first repeat or question; each later one is twice as long.
    pub first_delay: Duration,
    /// The longest pause.
    pub max_delay: Duration,
    /// How often a submission is sent to one account at most: first after rejections that a pause may cure, and again
    /// to end a doubt.
    pub attempts: u32,
    /// How long one call waits for a pending submission, or for the end of a doubt. [`crate::Dispatcher::resume`] goes
    /// on later.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(15),
            attempts: 4,
            patience: Duration::from_secs(60),
        }
    }
}

impl Pace {
    /// The pause before repeat `n`, from 1. Up to a quarter is taken off by a hash of the key, so that submissions which
    /// failed together do not come back together.
    pub(crate) fn delay(&self, key: &str, n: u32) -> Duration {
        let doubled = 2_u32.checked_pow(n.saturating_sub(1)).and_then(|factor| self.first_delay.checked_mul(factor));
        let delay = doubled.unwrap_or(self.max_delay).min(self.max_delay);
        let mut hasher = DefaultHasher::new();
        (key, n).hash(&mut hasher);
        let share = u32::try_from(hasher.finish() % 256).unwrap_or_default();
        delay - delay / 1024 * share
    }
}

/// The longest pause that a reply may ask for: more is a mistake of its sender.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// The pause that a reply asks for (RFC 9110, 10.2.3), an hour at most.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds).min(LONGEST_PAUSE));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_within_their_bounds() {
        let pace = Pace::default();
        for n in 1..80 {
            let full = Duration::from_millis(500).saturating_mul(2_u32.saturating_pow(n - 1)).min(pace.max_delay);
            for key in ["a", "b", "c"] {
                let delay = pace.delay(key, n);
                assert!(delay <= full && delay >= full * 3 / 4, "{n} {delay:?}");
                assert_eq!(delay, pace.delay(key, n));
            }
        }
    }

    #[test]
    fn reads_both_forms_of_retry_after() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, http::HeaderValue::from_static(text));
            retry_after(&headers, now)
        };
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(37)));
        assert_eq!(read("Sun, 06 Nov 1994 08:48:37 GMT"), Some(Duration::ZERO));
        assert_eq!(read("18446744073709551615"), Some(LONGEST_PAUSE));
        assert_eq!(read("Sat, 06 Nov 2094 08:49:37 GMT"), Some(LONGEST_PAUSE));
        assert_eq!(read("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
