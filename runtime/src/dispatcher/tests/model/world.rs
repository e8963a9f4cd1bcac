//! The reference machine: providers as they may be at worst, within what their documents promise. What they have
//! registered, and what they may still register, is the truth that the journal is held against.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use http::{Method, StatusCode};
use kassa_core::{Doubt, ErrorClass, Reply, Request};
use kassa_providers::uniform::error_class::{IN_PROGRESS, INVESTIGATE, NOT_FOUND, OUTCOME_UNKNOWN};
use tokio::time::Instant;

use crate::account::Account;
use crate::testing::{RETENTION, registration};
use crate::transport::{SendError, Transport};

/// What becomes of one request, as far as the promises of its provider leave it open.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// No connection is made.
    Refuse,
    /// It is lost before it arrives.
    Lose,
    /// It is turned away at the door, whatever is known of its key.
    Door(&'static ErrorClass),
    /// What it asks for is done.
    Serve(Answer),
    /// It is taken, and done later if `comes`; unless nothing promises when, which is for [`World::process`] to say.
    Queue { answer: Answer, comes: bool },
    /// It is refused for good, and the key with it.
    Reject(&'static ErrorClass, Answer),
    /// It is taken, done later if ever, and forgotten; and answered with a class that is for people.
    Puzzle,
}

/// What is heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Whole,
    Lost,
    /// A status of 500 that says nothing.
    Vague,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Queued { comes: bool },
    Registered,
    Rejected(&'static str),
    Dropped,
}

/// A request that arrived.
#[derive(Debug)]
struct Taken {
    account: String,
    key: String,
    doubt: Doubt,
    at: Instant,
    fate: Fate,
    /// Whether the provider has said that it has it.
    told: bool,
    /// Whether the key is not remembered, though it was taken.
    puzzles: bool,
    /// Until then a question is told of the rejection before, though this request came after it (SC9).
    late: Option<Instant>,
}

#[derive(Debug, Default)]
struct Inner {
    scripts: BTreeMap<String, VecDeque<Act>>,
    /// After how long an account shows what it has, and whether it may lose from sight what it has said to have.
    sights: BTreeMap<String, (Duration, bool)>,
    taken: Vec<Taken>,
}

/// Every provider.
#[derive(Debug, Clone, Default)]
pub(super) struct World(Arc<Mutex<Inner>>);

/// How much longer than it promises a provider remembers: a clock may be set back by so much.
pub(super) const MARGIN: Duration = Duration::from_secs(600);

impl World {
    pub(super) fn script(&self, account: &str, sight: (Duration, bool), acts: impl IntoIterator<Item = Act>) {
        let mut inner = self.lock();
        inner.scripts.insert(account.to_owned(), acts.into_iter().collect());
        inner.sights.insert(account.to_owned(), sight);
    }

    /// The accounts that have registered it, as often as they have.
    pub(super) fn ledger(&self) -> Vec<String> {
        self.with(|taken| taken.fate == Fate::Registered)
    }

    /// The accounts that may still register it.
    pub(super) fn may_register(&self) -> Vec<String> {
        self.with(|taken| matches!(taken.fate, Fate::Queued { .. }))
    }

    /// The key under which an account has registered it.
    pub(super) fn registered(&self) -> Option<(String, String)> {
        let inner = self.lock();
        let taken = inner.taken.iter().find(|taken| taken.fate == Fate::Registered)?;
        Some((taken.account.clone(), taken.key.clone()))
    }

    /// The providers do what they have taken, or throw it away.
    pub(super) fn process(&self, comes: bool) {
        let mut inner = self.lock();
        for taken in inner.taken.iter_mut().filter(|taken| matches!(taken.fate, Fate::Queued { .. })) {
            taken.fate = if comes { Fate::Registered } else { Fate::Dropped };
        }
    }

    fn with(&self, like: impl Fn(&Taken) -> bool) -> Vec<String> {
        self.lock().taken.iter().filter(|taken| like(taken)).map(|taken| taken.account.clone()).collect()
    }

    /// The providers as they are now.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        let (now, mut inner) = (Instant::now(), self.0.lock().unwrap());
        let Inner { taken, sights, .. } = &mut *inner;
        for taken in taken {
            // What has not been said to be there shows in time if it comes at all: that is promised.
            let promised = matches!(taken.doubt, Doubt::Locatable { visible_after: Some(_) }) && !taken.told;
            let shows = taken.at + sights[&taken.account].0;
            if let Fate::Queued { comes } = taken.fate
                && promised
                && now >= shows
            {
                taken.fate = if comes { Fate::Registered } else { Fate::Dropped };
            }
        }
        inner
    }
}

impl Taken {
    /// Whether the provider remembers the key, which is a promise of those alone that know keys.
    fn is_remembered(&self, now: Instant) -> bool {
        let Doubt::Keyed { retention } = self.doubt else { return false };
        !self.puzzles && self.fate != Fate::Dropped && now < self.at + retention.unwrap_or(RETENTION) + MARGIN
    }

    fn words(&self, now: Instant) -> Reply {
        match self.fate {
            Fate::Registered if self.late.is_some_and(|late| now < late) => {
                say(StatusCode::BAD_REQUEST, "invalid", true)
            }
            Fate::Registered => Reply::new(registration(1, "70.50").into()),
            Fate::Rejected(class) => say(StatusCode::BAD_REQUEST, class, true),
            Fate::Queued { .. } => say(StatusCode::ACCEPTED, IN_PROGRESS.name, false),
            Fate::Dropped => say(StatusCode::NOT_FOUND, NOT_FOUND.name, false),
        }
    }
}

fn say(status: StatusCode, class: &str, new_key: bool) -> Reply {
    let mut reply = Reply::new(format!("{class} 7 {new_key}").into());
    *reply.status_mut() = status;
    reply
}

fn lost() -> SendError {
    SendError::Lost("reset".to_owned())
}

#[async_trait]
impl Transport for World {
    async fn send(&self, account: &Account, request: Request) -> Result<Reply, SendError> {
        let key = request.uri().path().trim_start_matches('/').to_owned();
        let (now, mut inner) = (Instant::now(), self.lock());
        let act = inner.scripts.get_mut(&account.name).and_then(VecDeque::pop_front);
        let act = act.unwrap_or(Act::Serve(Answer::Whole));
        match act {
            Act::Refuse => return Err(SendError::NotConnected("refused".to_owned())),
            Act::Lose => return Err(lost()),
            Act::Door(class) => return Ok(say(StatusCode::BAD_REQUEST, class.name, false)),
            Act::Serve(_) | Act::Queue { .. } | Act::Reject(..) | Act::Puzzle => {}
        }
        let (shows_after, hides) = inner.sights[&account.name];
        let known = inner.taken.iter_mut().rfind(|taken| taken.account == account.name && taken.key == key);
        if request.method() == Method::GET {
            return Ok(match known {
                Some(taken) if now < taken.at + shows_after && !taken.told => {
                    say(StatusCode::NOT_FOUND, NOT_FOUND.name, false)
                }
                Some(taken) if hides && taken.told => say(StatusCode::NOT_FOUND, NOT_FOUND.name, false),
                Some(taken) => {
                    taken.told = true;
                    taken.words(now)
                }
                None => say(StatusCode::NOT_FOUND, NOT_FOUND.name, false),
            });
        }
        let doubt = account.provider.info().doubt;
        let answer = match act {
            Act::Serve(answer) | Act::Queue { answer, .. } | Act::Reject(_, answer) => answer,
            _ => Answer::Whole,
        };
        let taken = match known.filter(|taken| taken.is_remembered(now)) {
            Some(taken) => {
                // A request under the key of one that has failed may begin anew, as long as nobody was told that it failed.
                if matches!((taken.fate, act), (Fate::Rejected(_), Act::Serve(_))) && !taken.told {
                    (taken.fate, taken.late) = (Fate::Registered, Some(now + Duration::from_millis(1)));
                }
                taken
            }
            None => {
                let fate = match act {
                    Act::Queue { comes, .. } => Fate::Queued { comes },
                    Act::Puzzle => Fate::Queued { comes: false },
                    Act::Reject(class, _) => Fate::Rejected(class.name),
                    _ => Fate::Registered,
                };
                let account = account.name.clone();
                inner.taken.push(Taken { account, key, doubt, at: now, fate, told: false, puzzles: false, late: None });
                inner.taken.last_mut().expect("just pushed")
            }
        };
        taken.told |= answer == Answer::Whole;
        if matches!(act, Act::Puzzle) {
            taken.puzzles = true;
            return Ok(say(StatusCode::OK, INVESTIGATE.name, false));
        }
        let words = match taken.late {
            Some(late) if now < late => say(StatusCode::ACCEPTED, IN_PROGRESS.name, false),
            _ => taken.words(now),
        };
        match answer {
            Answer::Lost => Err(lost()),
            Answer::Vague => Ok(say(StatusCode::INTERNAL_SERVER_ERROR, OUTCOME_UNKNOWN.name, false)),
            Answer::Whole => Ok(words),
        }
    }
}
