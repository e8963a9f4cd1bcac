//! What the processes tell each other: one JSON value a line.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::thread;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::order::Order;
use crate::point::Point;

/// How the providers begin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WorldPlan {
    pub(crate) seed: u64,
    /// Where the ledgers are kept.
    pub(crate) folder: PathBuf,
    /// Where each account listens, and nobody for the one that is gone: the same in every life.
    pub(crate) ports: Vec<u16>,
    /// Where callbacks go, and where they are passed on to: whichever dispatcher listens there.
    pub(crate) hook: u16,
    pub(crate) bells: [u16; 2],
}

/// What the providers are told later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum ToWorld {
    /// To say when somebody comes to that point, and to wait there.
    Arm(Trap),
    /// To go on, and to wait for nobody any more.
    Go,
}

/// What a life of the dispatcher is told later.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum ToLife {
    /// To begin: whoever lives beside it is ready too.
    Begin,
    /// That nobody lives beside it any more.
    Alone,
}

/// Where to kill.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Trap {
    pub(crate) point: Point,
    /// With what kind of receipt.
    pub(crate) kind: Kind,
    /// With any receipt after so many milliseconds.
    pub(crate) relaxed: u64,
    /// At which pass.
    pub(crate) nth: u64,
}

/// An account, as the providers know it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) account: String,
    pub(crate) url: String,
    /// Authority, certificate and key, where a client has to show one.
    pub(crate) tls: Option<[String; 3]>,
}

/// What a life of the dispatcher is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LifePlan {
    pub(crate) seed: u64,
    /// Its number.
    pub(crate) life: u64,
    pub(crate) journal: PathBuf,
    /// Where it is noted who works on what.
    pub(crate) referee: PathBuf,
    /// Where it takes callbacks, and where the providers send them.
    pub(crate) bell: u16,
    pub(crate) hook: u16,
    pub(crate) places: Vec<Place>,
    /// What it submits.
    pub(crate) orders: Vec<Order>,
    /// Whether it goes on with what others left, and whether it does so before anything else.
    pub(crate) resumes: Resumes,
    pub(crate) trap: Option<Trap>,
    /// Whether another one lives beside it: then it goes on with what others left again and again.
    pub(crate) has_rival: bool,
    /// Whether its disk is nearly full.
    pub(crate) full: bool,
    /// Whether nothing happens to it, and it waits until nothing moves any more.
    pub(crate) settles: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Resumes {
    Not,
    First,
    Beside,
}

/// What the processes say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Said {
    /// The providers listen.
    Ready(Vec<Place>),
    /// A dispatcher is ready to begin.
    Up,
    /// A submission begins.
    Begun(u32),
    /// A submission was answered, with an outcome of this name and hash.
    Done(u32, String, u64),
    /// A submission was answered as being worked on by somebody else.
    Busy(u32),
    /// A submission was not accepted, since the disk is full.
    Refused(u32),
    /// A submission was accepted, and what became of it is not kept, since the disk is full.
    Unkept(u32),
    /// It was given the right to work on what somebody left who is dead.
    TookOver(u32),
    /// It was given the right to work on what somebody else has the right to work on.
    Both(u32),
    /// Something that must not be.
    Wrong(u32, String),
    /// Somebody came to the trap, and waits there.
    At(u32),
    /// All that was submitted is answered.
    Idle,
    /// What others left is gone on with, and nobody else is there.
    Quiet,
    /// It cannot go on.
    Failed(String),
}

/// Says something to whoever started this process.
pub(crate) fn say(said: &Said) {
    let mut line = serde_json::to_string(said).expect("what is said can be written");
    line.push('\n');
    let mut out = std::io::stdout().lock();
    // Nobody may be listening any more.
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}

/// Tells a process something.
pub(crate) fn tell(to: &mut impl Write, told: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_string(told)?;
    line.push('\n');
    to.write_all(line.as_bytes())?;
    to.flush()
}

/// The next line of the standard input; `None` when whoever started this process has ended.
pub(crate) fn hear<T: DeserializeOwned>() -> Option<T> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok().filter(|read| *read > 0)?;
    serde_json::from_str(&line).ok()
}

/// What bytes are known by.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// Passes on what a process says, and `None` when it has ended.
pub(crate) fn listen<S: Copy + Send + 'static>(
    from: impl Read + Send + 'static,
    who: S,
    to: Sender<(S, Option<Said>)>,
) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // A line that is cut short was not said.
            if let Ok(said) = serde_json::from_str(&line)
                && to.send((who, Some(said))).is_err()
            {
                return;
            }
        }
        let _ = to.send((who, None));
    });
}
