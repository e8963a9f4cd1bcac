//! Shelf: slips that are listed by offset, registers that are listed by cursor, and an address for news.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::faults::Target;
use super::super::http::{Answer, Reply, Request, Vendor, percent_decoded};
use super::super::json::{Tree, quote};
use super::super::{Fault, Faults, Simulator};
use super::denied;

/// How a shelf answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// With a list.
    List,
    /// With an object with a list alone.
    Object,
    /// With an object with two lists.
    TwoLists,
    /// With the first page, whatever is asked for.
    FirstPage,
}

/// What is on a shelf.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// How it answers.
    pub habit: Habit,
    /// The slips, JSON each, the oldest first.
    pub slips: Vec<String>,
    /// The pages of registers, each with what its answer says of the next one.
    pub registers: Vec<(Vec<String>, Option<&'static str>)>,
    /// Where news go, and the secret that is shown with them.
    pub hook: Arc<Mutex<Option<(String, String)>>>,
}

impl Shelf {
    /// A shelf with so many slips.
    #[must_use]
    pub fn of(habit: Habit, slips: usize) -> Self {
        let slip = |n| format!(r#"{{"id":"slip-{n}","made":"2026-01-{:02}T10:00:00","sign":"{n}"}}"#, n + 1);
        Self { habit, slips: (0..slips).map(slip).collect(), registers: Vec::new(), hook: Arc::default() }
    }
}

/// Starts the simulator.
pub async fn start(shelf: Shelf) -> Simulator {
    super::start(|_, faults| Keeper { shelf, faults }).await
}

struct Keeper {
    shelf: Shelf,
    faults: Faults,
}

impl Vendor for Keeper {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn = self.faults.turn(Target::Status, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.answer(&request).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Keeper {
    fn answer(&self, request: &Request) -> Result<Answer, Answer> {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/shelves/left%2Ftop/slips") => self.slips(request),
            ("GET", "/registers") => self.registers(request),
            ("PUT", "/hook") => self.hook(request),
            _ => Err(denied(404, "no such shelf")),
        }
    }

    fn slips(&self, request: &Request) -> Result<Answer, Answer> {
        let number = |name| parameter(request, name).and_then(|text| text.parse::<usize>().ok());
        let (Some(limit @ 1..=3), Some(offset)) = (number("limit"), number("offset")) else {
            return Err(denied(400, "a limit up to 3 and an offset are due"));
        };
        let since = parameter(request, "since").unwrap_or_default();
        if !since.is_empty() && since != "2026-01-03T00:00:00+03:00" {
            return Err(denied(400, "that is no time as it is written here"));
        }
        let offset = if self.shelf.habit == Habit::FirstPage { 0 } else { offset };
        let made = |slip: &&String| slip.split("\"made\":\"").nth(1).is_none_or(|made| made >= since.as_str());
        let page: Vec<_> = self.shelf.slips.iter().filter(made).skip(offset).take(limit).cloned().collect();
        let list = format!("[{}]", page.join(","));
        Ok(Answer::json(
            200,
            match self.shelf.habit {
                Habit::List | Habit::FirstPage => list,
                Habit::Object => format!("{{\"slips\":{list}}}"),
                Habit::TwoLists => format!("{{\"slips\":{list},\"others\":[]}}"),
            },
        ))
    }

    fn registers(&self, request: &Request) -> Result<Answer, Answer> {
        let after = parameter(request, "after");
        let begins = |(n, _): &(usize, _)| match &after {
            None => *n == 0,
            Some(after) => *n > 0 && self.shelf.registers[n - 1].1 == Some(after.as_str()),
        };
        let found = self.shelf.registers.iter().enumerate().find(begins);
        let (_, (items, next)) = found.ok_or_else(|| denied(400, "nobody gave that cursor"))?;
        let next = next.map_or("null".to_owned(), quote);
        Ok(Answer::json(200, format!("{{\"data\":{{\"items\":[{}],\"next\":{next}}}}}", items.join(","))))
    }

    fn hook(&self, request: &Request) -> Result<Answer, Answer> {
        let body = Tree::parse(&request.body).map_err(|why| denied(400, &why))?;
        let Tree::Object(fields) = &body else { return Err(denied(400, "the body is no object")) };
        let (Some(Tree::Text(to)), Some(Tree::Text(secret)), 2) =
            (fields.get("to"), fields.get("secret"), fields.len())
        else {
            return Err(denied(400, "the body has an address and a secret"));
        };
        if !to.starts_with("https://") {
            // It repeats what it was sent, as some do.
            return Err(denied(400, &format!("{to} with {secret} is not taken")));
        }
        *self.shelf.hook.lock().unwrap_or_else(PoisonError::into_inner) = Some((to.clone(), secret.clone()));
        Ok(Answer::json(200, ""))
    }
}

/// A parameter of the query, decoded.
fn parameter(request: &Request, name: &str) -> Option<String> {
    let pairs = request.query.as_deref()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(found, _)| *found == name).and_then(|(_, value)| percent_decoded(value))
}
