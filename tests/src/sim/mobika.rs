//! Mobika («Мобика»), the orders API: an order waits for a human cashier, who may change it and then registers it.
//!
//! What the document leaves open is chosen so that an invention of the client shows: unknown fields, fields that are
//! not to be sent, numbers in another shape and nulls are refused with 400.

mod answer;
mod desk;
mod order;
mod receipt;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use desk::{Cashier, Edit, Means};

use super::courier::{AT_ONCE, Courier, FirstAttempt, Parcel, Plan, Retry, guessed};
use super::faults::{Forgery, Target, Turn};
use super::http::{self, Answer, Reply, Request, SeenLog, Vendor, percent_decoded};
use super::json::{Tree, quote};
use super::ledger::Ticket;
use super::{Conflicts, Deliveries, Documented, Fault, Faults, Ledger};
use desk::Desk;

/// As long as it takes.
const AWAY: Duration = Duration::from_secs(365 * 24 * 3600);
const ORDERS: &str = "/v1/orders";

/// How the simulated vendor is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name and value of the header that lets a client in. The document has none (M6), so anybody is let in unless set.
    pub auth_header: Option<(String, String)>,
    /// Ids of the account's groups of registers.
    pub groups: Vec<String>,
    /// The account's cashiers.
    pub cashiers: Vec<Cashier>,
    /// Where the orders with their registration go. The document does not say how it is set.
    pub callback_url: Option<String>,
    /// How often a callback is tried; the document promises no repeats.
    pub retry: Retry,
    /// Time from creation to the moment when the cashier puts the order into the queue.
    pub accept_time: Duration,
    /// Time from there to registration.
    pub processing_time: Duration,
    /// Seconds that a 429 asks the client to wait.
    pub retry_after: u64,
    /// Number of the first fiscal document (1040).
    pub first_document_number: u32,
    /// Number of the shift (1038), which stays open.
    pub shift_number: u32,
    /// `status` of an order that is only created, and of one that is accepted. The document shows `processed` alone
    /// (M8), so such orders have no `status` unless set.
    pub early_statuses: Option<(String, String)>,
    /// Write `fiscalSign` as the table types it, an int, and not as the example shows it, a string (M3).
    pub sign_as_number: bool,
}

impl Options {
    /// An account with those groups that lets in anybody, one cashier, 10 ms until an order is accepted and 30 ms more
    /// until it is registered, documents from 21 on, no callbacks.
    #[must_use]
    pub fn new(groups: impl IntoIterator<Item = String>) -> Options {
        Options {
            auth_header: None,
            groups: groups.into_iter().collect(),
            cashiers: vec![Cashier {
                id: "5d0c6a3e".to_owned(),
                phone: "79991234567".to_owned(),
                surname: "Иванов".to_owned(),
                inn: "123456789047".to_owned(),
            }],
            callback_url: None,
            retry: Retry::once(),
            accept_time: Duration::from_millis(10),
            processing_time: Duration::from_millis(30),
            retry_after: 1,
            first_document_number: 21,
            shift_number: 1,
            early_statuses: None,
            sign_as_number: false,
        }
    }
}

/// The running simulator: what all have, and the cashier.
#[derive(Debug)]
pub struct Simulator {
    common: super::Simulator,
    desk: Desk,
    accept_time: Duration,
    processing_time: Duration,
}

impl Simulator {
    /// Nobody takes the new orders until [`cashier_returns`](Simulator::cashier_returns).
    pub fn cashier_leaves(&self) {
        self.desk.leave();
    }

    /// The orders that wait are taken now, as new ones are.
    pub fn cashier_returns(&self) {
        self.desk.come_back(&self.common.ledger, self.accept_time, self.processing_time);
    }

    /// What the cashier changes in the next new order when accepting it. One call for one order.
    pub fn edit_next(&self, edits: impl IntoIterator<Item = Edit>) {
        self.desk.edit_next(edits.into_iter().collect());
    }
}

impl Deref for Simulator {
    type Target = super::Simulator;

    fn deref(&self) -> &super::Simulator {
        &self.common
    }
}

/// Starts the simulator on a free port of the loopback interface.
///
/// # Panics
/// When the options name no group.
pub async fn start(options: Options) -> Simulator {
    assert!(!options.groups.is_empty(), "an account has a group");
    let (listener, address) = http::bind().await;
    let ledger = Ledger::new(options.first_document_number);
    let faults = Faults::new(|fault| match fault {
        Fault::DocumentedError(error) => matches!(error, Documented::Http(_)),
        other => *other != Fault::NotPrinted,
    });
    let conflicts = Conflicts::default();
    let deliveries = Deliveries::default();
    let seen = options.auth_header.as_ref().map_or_else(SeenLog::default, |(name, _)| SeenLog::hiding(name));
    let desk = Desk::default();
    let (accept_time, processing_time) = (options.accept_time, options.processing_time);
    let cloud = Cloud {
        courier: Courier::new(options.retry, deliveries.clone()),
        options: Arc::new(options),
        ledger: ledger.clone(),
        faults: faults.clone(),
        conflicts: conflicts.clone(),
        desk: desk.clone(),
        orders: Mutex::default(),
    };
    let server = http::serve(listener, None, cloud, seen.clone());
    let base_url = format!("http://{address}");
    let common = super::Simulator { base_url, ledger, faults, seen, conflicts, deliveries, server };
    Simulator { common, desk, accept_time, processing_time }
}

/// The vendor's side: the groups' orders.
struct Cloud {
    options: Arc<Options>,
    ledger: Ledger,
    faults: Faults,
    conflicts: Conflicts,
    courier: Courier,
    desk: Desk,
    orders: Mutex<Orders>,
}

#[derive(Default)]
struct Orders {
    by_key: HashMap<(String, String), Arc<Order>>,
    in_order_of_creation: Vec<Arc<Order>>,
}

/// An order that was created. Nothing but the clock changes it.
struct Order {
    group: String,
    id: String,
    content: Tree,
    /// The id, whatever the request said.
    cashier: Option<Cashier>,
    /// As sent, and as the cashier left it.
    sent: Tree,
    left: Tree,
    created: Timestamp,
    /// None while the cashier is away.
    accepted: Arc<OnceLock<Timestamp>>,
    visible_from: Instant,
    ticket: Ticket,
}

/// A request that is turned down.
#[derive(Debug, PartialEq, Eq)]
struct Denied {
    status: u16,
    reason: String,
    retry_after: Option<u64>,
}

impl Denied {
    fn new(status: u16, reason: impl Into<String>) -> Denied {
        Denied { status, reason: reason.into(), retry_after: None }
    }
}

impl From<String> for Denied {
    fn from(reason: String) -> Denied {
        Denied::new(400, reason)
    }
}

impl From<Denied> for Answer {
    /// The document has no list of codes, so the code says which kind of error it is and no more.
    fn from(denied: Denied) -> Answer {
        let body = format!("{{\"error\":{{\"message\":{},\"code\":{}}}}}", quote(&denied.reason), denied.status);
        Answer { retry_after: denied.retry_after, ..Answer::json(denied.status, body) }
    }
}

impl Vendor for Cloud {
    async fn handle(&self, request: Request) -> Reply {
        let target = if request.method == "POST" { Target::Submit } else { Target::Status };
        let mut turn = self.faults.turn(target, &request);
        if let Some(fault) = turn.meet(Fault::fits_any_request) {
            if let Some(reply) = fault.in_place_of_vendor() {
                return reply;
            }
            if let Fault::DocumentedError(Documented::Http(status)) = fault {
                let retry_after = Some(self.options.retry_after).filter(|_| *status == 429);
                return Answer::from(Denied { retry_after, ..Denied::new(*status, "injected") }).into();
            }
        }
        let (answer, wait) = match self.answer(&request, &mut turn) {
            Ok(answer) => answer,
            Err(denied) => (denied.into(), None),
        };
        if let Some(wait) = wait {
            wait.over().await;
        }
        turn.deliver(answer).await
    }
}

impl Cloud {
    fn answer(&self, request: &Request, turn: &mut Turn<'_>) -> Result<(Answer, Option<FirstAttempt>), Denied> {
        let no_such = || Denied::new(404, "no such resource");
        let below = request.path.strip_prefix(ORDERS).ok_or_else(no_such)?;
        let parts: Option<Vec<String>> = below.split('/').skip(1).map(percent_decoded).collect();
        let parts = parts.ok_or_else(no_such)?;
        if !(below.is_empty() || below.starts_with('/')) || parts.len() > 2 || parts.iter().any(String::is_empty) {
            return Err(no_such());
        }
        let method = if parts.is_empty() { "POST" } else { "GET" };
        if request.method != method {
            return Err(Denied::new(405, format!("the method is {method}")));
        }
        if self.options.auth_header.as_ref().is_some_and(|(name, value)| !request.bears(name, value)) {
            return Err(Denied::new(401, "who are you?"));
        }
        let answer = match parts.as_slice() {
            [] => return self.create(request, turn),
            [group] => self.list(group, request.query.as_deref().unwrap_or(""))?,
            [group, id, ..] => self.get(group, id)?,
        };
        Ok((answer, None))
    }

    fn create(&self, request: &Request, turn: &mut Turn<'_>) -> Result<(Answer, Option<FirstAttempt>), Denied> {
        if !request.is_json() {
            return Err(Denied::new(400, "the Content-Type is not JSON in UTF-8"));
        }
        let content = Tree::parse(&request.body)?;
        let raw = String::from_utf8_lossy(&request.body);
        let (new, mut entry) = order::read(&content, &raw)?;
        self.check_group(&new.group)?;
        let cashier = new.cashier.as_deref().map(|hint| desk::find(&self.options.cashiers, hint)).transpose()?;
        let mut orders = self.orders();
        let key = (new.group.clone(), new.id.clone());
        if let Some(earlier) = orders.by_key.get(&key) {
            return self.repeat(earlier, &content, turn);
        }

        let mut takes = self.options.accept_time + self.options.processing_time;
        let mut visible_from = Instant::now();
        let met = turn.meet(Fault::fits_new_operation);
        match met {
            Some(Fault::StaySlow(time)) => takes = *time,
            Some(Fault::LateVisibility(time)) => visible_from += *time,
            Some(Fault::CallbackBeforeAnswer) => takes = AT_ONCE,
            _ => {}
        }
        let plan = Plan::of(met);
        let edits = self.desk.take();
        let mut left = new.receipt.clone();
        if !edits.is_empty() {
            left = desk::edited(&left, &edits)?;
            entry = order::with_receipt(&entry, &left)?;
        }
        let created = Timestamp::now();
        let accepted = Arc::<OnceLock<_>>::default();
        let ticket = self.desk.hand_in(&accepted, |away| match away {
            true => self.ledger.schedule(entry.clone(), AWAY),
            false => {
                accepted.get_or_init(|| created + takes.min(self.options.accept_time));
                self.ledger.schedule(entry.clone(), takes)
            }
        });
        let order = Arc::new(Order {
            group: new.group,
            id: new.id,
            content,
            cashier,
            sent: new.receipt,
            left,
            created,
            accepted,
            visible_from,
            ticket,
        });
        let wait = self.call_back(&order, &entry, Instant::now() + takes, plan)?;
        orders.by_key.insert(key, order.clone());
        orders.in_order_of_creation.push(order.clone());
        Ok((Answer::json(200, answer::describe(&order, &self.ledger, &self.options)), wait))
    }

    /// M7, own choice: a repeat of an order that nobody registered yet is the same order; one with other content, or
    /// of a registered order, is an error.
    fn repeat(
        &self,
        earlier: &Order,
        content: &Tree,
        turn: &mut Turn<'_>,
    ) -> Result<(Answer, Option<FirstAttempt>), Denied> {
        if earlier.content != *content {
            self.conflicts.add();
            return Err(Denied::new(400, "there is such an orderId with other content"));
        }
        if self.ledger.registered(earlier.ticket).is_some() {
            return Err(Denied::new(400, "the order is processed"));
        }
        turn.meet(Fault::fits_accepted);
        Ok((Answer::json(200, answer::describe(earlier, &self.ledger, &self.options)), None))
    }

    /// Plans the callback; what comes back tells when it was delivered, if somebody has to wait for that.
    fn call_back(
        &self,
        order: &Arc<Order>,
        entry: &super::Entry,
        due: Instant,
        plan: Plan,
    ) -> Result<Option<FirstAttempt>, Denied> {
        let Some(url) = self.options.callback_url.clone() else {
            return Ok(None);
        };
        let parcel = |url: String, body: String| Parcel { url, headers: Vec::new(), body, letter_to: None };
        let forged = match plan.forgery {
            None => None,
            Some(forgery) => {
                let url = if forgery == Forgery::WrongSecret { guessed(&url) } else { url.clone() };
                Some(parcel(url, answer::forged(order, entry, forgery, &self.options)?))
            }
        };
        let (order, ledger, options) = (order.clone(), self.ledger.clone(), self.options.clone());
        let truth = move || {
            ledger.registered(order.ticket)?;
            Some(parcel(url.clone(), answer::describe(&order, &ledger, &options)))
        };
        Ok(Some(self.courier.send(due, plan, truth, forged)).filter(|_| plan.before_answer))
    }

    fn check_group(&self, group: &str) -> Result<(), Denied> {
        match self.options.groups.iter().any(|own| own == group) {
            true => Ok(()),
            false => Err(Denied::new(404, "no such groupId")),
        }
    }

    fn get(&self, group: &str, id: &str) -> Result<Answer, Denied> {
        self.check_group(group)?;
        let orders = self.orders();
        let found = orders.by_key.get(&(group.to_owned(), id.to_owned()));
        let found = found.filter(|order| order.visible_from <= Instant::now());
        let found = found.ok_or_else(|| Denied::new(404, "no such orderId"))?;
        Ok(Answer::json(200, answer::describe(found, &self.ledger, &self.options)))
    }

    /// A bare array, oldest first (M11).
    fn list(&self, group: &str, query: &str) -> Result<Answer, Denied> {
        self.check_group(group)?;
        let wanted = order::Selection::read(query)?;
        let orders = self.orders();
        let found = orders.in_order_of_creation.iter().filter(|order| {
            order.group == group && order.visible_from <= Instant::now() && wanted.spans(order.created)
        });
        let found: Vec<_> = found
            .skip(wanted.offset)
            .take(wanted.limit)
            .map(|order| answer::describe(order, &self.ledger, &self.options))
            .collect();
        Ok(Answer::json(200, format!("[{}]", found.join(","))))
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
