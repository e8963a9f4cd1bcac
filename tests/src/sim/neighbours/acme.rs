//! Acme: a drawer that takes cash from whoever has logged in. Its tokens end by themselves, or when somebody ends them.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::header::AUTHORIZATION;

use super::super::document::{Entry, Operation};
use super::super::faults::{Target, Turn};
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::ledger::Ledger;
use super::super::{Fault, Faults};
use super::{Body, denied};

/// How the simulated vendor is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The one login that is let in, and its password.
    pub credentials: (String, String),
    /// For how many seconds a token is said to be good, and is.
    pub lives: u32,
    /// How long a login takes.
    pub login_takes: Duration,
}

/// The simulator.
#[derive(Debug)]
pub struct Simulator {
    common: super::super::Simulator,
    desk: Arc<Mutex<Desk>>,
}

impl Simulator {
    /// How many logins there were, refused ones included.
    #[must_use]
    pub fn logins(&self) -> usize {
        lock(&self.desk).logins
    }

    /// The tokens that were given, oldest first.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        lock(&self.desk).tokens.iter().map(|(token, _)| token.clone()).collect()
    }

    /// Ends every token that was given.
    pub fn revoke(&self) {
        lock(&self.desk).tokens.iter_mut().for_each(|(_, until)| *until = Instant::now());
    }
}

impl Deref for Simulator {
    type Target = super::super::Simulator;

    fn deref(&self) -> &Self::Target {
        &self.common
    }
}

/// Starts the simulator.
pub async fn start(options: Options) -> Simulator {
    let desk = Arc::new(Mutex::new(Desk::default()));
    let shared = desk.clone();
    let common = super::start(|ledger, faults| Acme { options, desk: shared, ledger, faults }).await;
    Simulator { common, desk }
}

#[derive(Debug, Default)]
struct Desk {
    logins: usize,
    /// What was given, and until when it is good.
    tokens: Vec<(String, Instant)>,
    /// Number of the deposit, by id: a repeat gets the same.
    deposits: HashMap<String, usize>,
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Acme {
    options: Options,
    desk: Arc<Mutex<Desk>>,
    ledger: Ledger,
    faults: Faults,
}

impl Vendor for Acme {
    async fn handle(&self, request: Request) -> Reply {
        if request.path == "/login" {
            tokio::time::sleep(self.options.login_takes).await;
            return self.login(&request).unwrap_or_else(|answer| answer).into();
        }
        let mut turn = self.faults.turn(Target::Submit, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request, &mut turn).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Acme {
    fn login(&self, request: &Request) -> Result<Answer, Answer> {
        let mut desk = lock(&self.desk);
        desk.logins += 1;
        if request.headers.contains_key(AUTHORIZATION) {
            return Err(denied(400, "who logs in has no token yet"));
        }
        let body = Body::read(request)?;
        let (login, password) = (body.text("login")?, body.text("password")?);
        body.has(2)?;
        if login != self.options.credentials.0 {
            return Err(denied(403, "no such login"));
        }
        if password != self.options.credentials.1 {
            // It repeats what it was given, which nobody may see.
            return Ok(Answer::json(200, format!("{{\"trouble\":\"{password} is not the password of {login}\"}}")));
        }
        let token = format!("acme-token-{}", desk.tokens.len() + 1);
        let lives = self.options.lives;
        desk.tokens.push((token.clone(), Instant::now() + Duration::from_secs(lives.into())));
        Ok(Answer::json(200, format!("{{\"data\":{{\"token\":\"{token}\",\"lives\":{lives}}}}}")))
    }

    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Answer, Answer> {
        let mut desk = lock(&self.desk);
        let given = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_good =
            |(token, until): &(String, Instant)| format!("Bearer {token}") == given && Instant::now() < *until;
        if !desk.tokens.iter().any(is_good) {
            return Err(denied(401, "this token is not good"));
        }
        if (request.method.as_str(), request.path.as_str()) != ("POST", "/deposits") {
            return Err(denied(404, "no such address"));
        }
        let body = Body::read(request)?;
        let (id, amount) = (body.text("id")?, body.integer("amount")?);
        body.has(2)?;
        turn.meet(Fault::fits_accepted);
        let next = desk.deposits.len() + 1;
        let number = *desk.deposits.entry(id.to_owned()).or_insert_with(|| {
            let mut entry = Entry::draft(id, Operation::CashIn, &String::from_utf8_lossy(&request.body));
            entry.total_kopecks = amount;
            self.ledger.schedule(entry, Duration::ZERO);
            next
        });
        Ok(Answer::json(200, format!("{{\"error\":0,\"number\":{number}}}")))
    }
}
