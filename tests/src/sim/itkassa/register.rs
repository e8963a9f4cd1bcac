//! A register: its queue, which is worked off one job after the other, and its shift.

use std::time::{Duration, Instant};

use super::super::document::Operation;

/// A register of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// `creItemId`, a GUID.
    pub id: String,
    /// As in the list of registers.
    pub title: String,
    /// Serial number of the fiscal drive (1041).
    pub fs_number: String,
    /// The shift at the start.
    pub session: Session,
    /// Its number; of the last shift if none is open.
    pub session_number: u32,
    /// Whether anything reaches it.
    pub online: bool,
}

/// State of a shift, as `sessionState` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// Nothing is sold.
    Closed,
    /// As it should be.
    Opened,
    /// Open for more than 24 hours.
    Expired,
}

impl Session {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Session::Closed => "closed",
            Session::Opened => "opened",
            Session::Expired => "expired",
        }
    }
}

/// The register's own refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: i64,
    pub(super) phase: String,
    pub(super) text: String,
}

impl Failure {
    fn new(code: i64, phase: String, text: &str) -> Failure {
        Failure { code, phase, text: text.to_owned() }
    }
}

/// A register at work. What comes of a job is known when the job comes, since the jobs before it are known.
#[derive(Debug)]
pub(super) struct Till {
    pub(super) register: Register,
    free_from: Instant,
    /// State and number of the shift from each moment on.
    shifts: Vec<(Instant, Session, u32)>,
}

impl Till {
    pub(super) fn new(register: Register) -> Till {
        let now = Instant::now();
        let shifts = vec![(now, register.session, register.session_number)];
        Till { register, free_from: now, shifts }
    }

    /// The shift as of now.
    pub(super) fn shift(&self) -> (Session, u32) {
        self.shift_at(Instant::now())
    }

    pub(super) fn shift_at(&self, at: Instant) -> (Session, u32) {
        let past = self.shifts.iter().rev().find(|(from, ..)| *from <= at);
        let (_, session, number) = past.unwrap_or(&self.shifts[0]);
        (*session, *number)
    }

    /// When a job that comes now and takes that long begins and ends. It has its place in the queue from here on.
    pub(super) fn enqueue(&mut self, takes: Duration) -> (Instant, Instant) {
        let begins = self.free_from.max(Instant::now());
        self.free_from = begins + takes;
        (begins, self.free_from)
    }

    /// Does the job at `due` and tells which documents about the shift go before it. `alone` says whether the
    /// register opens and closes shifts by itself, as the document's list of features promises.
    pub(super) fn work(
        &mut self,
        operation: Operation,
        phase: &str,
        due: Instant,
        alone: bool,
    ) -> Result<Vec<Operation>, Failure> {
        if !self.register.online {
            return Err(Failure::new(255, phase.to_owned(), "no connection with the register"));
        }
        let (_, session, number) = *self.shifts.last().expect("there is a first state");
        match operation {
            Operation::ShiftOpen if session == Session::Closed => self.turn(due, Session::Opened, number + 1),
            Operation::ShiftOpen => {
                return Err(Failure::new(83, format!("{phase}.Report"), "Смена открыта, операция невозможна"));
            }
            Operation::ShiftClose if session != Session::Closed => self.turn(due, Session::Closed, number),
            // The codes of these three are the simulator's own: they depend on the model of the register.
            Operation::ShiftClose => {
                return Err(Failure::new(61, format!("{phase}.Report"), "the shift is closed"));
            }
            Operation::Receipt | Operation::Correction => {
                let before = match session {
                    Session::Opened => return Ok(Vec::new()),
                    Session::Closed if alone => vec![Operation::ShiftOpen],
                    Session::Expired if alone => vec![Operation::ShiftClose, Operation::ShiftOpen],
                    Session::Closed => {
                        let phase = format!("{phase}.OpenDocument");
                        return Err(Failure::new(61, phase, "the shift is closed"));
                    }
                    Session::Expired => {
                        let phase = format!("{phase}.OpenDocument");
                        return Err(Failure::new(78, phase, "the shift is longer than 24 hours"));
                    }
                };
                self.turn(due, Session::Opened, number + 1);
                return Ok(before);
            }
            _ => {}
        }
        Ok(Vec::new())
    }

    fn turn(&mut self, at: Instant, session: Session, number: u32) {
        self.shifts.push((at, session, number));
    }
}
