//! The people at the other end: cashiers, who are found by what the client knows of them, and what they change.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::super::json::Tree;
use super::super::ledger::{Ledger, Ticket};
use super::receipt;

/// A cashier of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cashier {
    /// What the answers call `cashierId`.
    pub id: String,
    /// Digits only.
    pub phone: String,
    /// As in the account.
    pub surname: String,
    /// 12 digits.
    pub inn: String,
}

/// What the cashier changes in an order (M9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A product's price; the payment follows.
    Price {
        /// Its place, from 0.
        product: usize,
        /// The new one.
        kopecks: i64,
    },
    /// A product's quantity; the payment follows.
    Quantity {
        /// Its place, from 0.
        product: usize,
        /// The new one.
        thousandths: i64,
    },
    /// Everything is paid with this.
    Payment(Means),
}

/// A member of the object Payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// 1031.
    Cash,
    /// 1081.
    Ecash,
    /// 1215.
    Prepayment,
    /// 1216.
    Credit,
    /// 1217.
    Consideration,
}

impl Means {
    fn name(self) -> &'static str {
        match self {
            Means::Cash => "cash",
            Means::Ecash => "ecash",
            Means::Prepayment => "prepayment",
            Means::Credit => "credit",
            Means::Consideration => "consideration",
        }
    }
}

/// What the cashier is going to do. A clone is the same desk.
#[derive(Debug, Clone, Default)]
pub(super) struct Desk(Arc<Mutex<Plans>>);

#[derive(Debug, Default)]
struct Plans {
    edits: VecDeque<Vec<Edit>>,
    away: bool,
    waiting: Vec<Waiting>,
}

/// An order that came while the cashier was away.
#[derive(Debug)]
struct Waiting {
    ticket: Ticket,
    accepted: Arc<OnceLock<Timestamp>>,
}

impl Desk {
    pub(super) fn edit_next(&self, edits: Vec<Edit>) {
        self.plans().edits.push_back(edits);
    }

    pub(super) fn take(&self) -> Vec<Edit> {
        self.plans().edits.pop_front().unwrap_or_default()
    }

    pub(super) fn leave(&self) {
        self.plans().away = true;
    }

    /// The orders that wait are accepted and registered after these times.
    pub(super) fn come_back(&self, ledger: &Ledger, accept: Duration, register: Duration) {
        let mut plans = self.plans();
        plans.away = false;
        for Waiting { ticket, accepted } in plans.waiting.drain(..) {
            accepted.get_or_init(|| Timestamp::now() + accept);
            ledger.reschedule(ticket, accept + register);
        }
    }

    /// Gives the order to the register, or lets it wait if the cashier is away; `schedule` is told which.
    pub(super) fn hand_in(&self, accepted: &Arc<OnceLock<Timestamp>>, schedule: impl FnOnce(bool) -> Ticket) -> Ticket {
        let mut plans = self.plans();
        let ticket = schedule(plans.away);
        if plans.away {
            plans.waiting.push(Waiting { ticket, accepted: accepted.clone() });
        }
        ticket
    }

    fn plans(&self) -> MutexGuard<'_, Plans> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The only cashier with that id, phone, surname or INN.
pub(super) fn find(cashiers: &[Cashier], hint: &str) -> Result<Cashier, String> {
    let digits = hint.strip_prefix('+').unwrap_or(hint);
    let fits = |cashier: &&Cashier| {
        cashier.id == hint || cashier.phone == digits || cashier.inn == hint || cashier.surname == hint
    };
    let mut found = cashiers.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(cashier), None) => Ok(cashier.clone()),
        (None, _) => Err(format!("cashierId: nobody is {hint}")),
        _ => Err(format!("cashierId: more than one is {hint}")),
    }
}

/// The receipt as the cashier left it. An edit that makes no receipt is the test's mistake and refuses the order.
pub(super) fn edited(sent: &Tree, edits: &[Edit]) -> Result<Tree, String> {
    let mut receipt = sent.clone();
    for edit in edits {
        match edit {
            Edit::Price { product, kopecks } => set(&mut receipt, *product, "price", *kopecks)?,
            Edit::Quantity { product, thousandths } => set(&mut receipt, *product, "quantity", *thousandths)?,
            Edit::Payment(means) => pay(&mut receipt, means.name())?,
        }
    }
    Ok(receipt)
}

fn set(receipt: &mut Tree, product: usize, field: &str, value: i64) -> Result<(), String> {
    let Tree::Object(members) = receipt else { return Err("an edit of no receipt".to_owned()) };
    let Some(Tree::List(products)) = members.get_mut("products") else { return Err("an edit of nothing".to_owned()) };
    let Some(Tree::Object(product)) = products.get_mut(product) else {
        return Err("an edit of a product that is not there".to_owned());
    };
    product.insert(field.to_owned(), Tree::Number(value.to_string()));
    let means = match members.get("payment") {
        Some(Tree::Object(payment)) => payment.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    };
    pay(receipt, &means)
}

/// Puts the whole total on one member of the payment.
fn pay(receipt: &mut Tree, means: &str) -> Result<(), String> {
    let Tree::Object(members) = receipt else { return Err("an edit of no receipt".to_owned()) };
    let products = members.get("products").ok_or("an edit of nothing")?;
    let total: i64 = receipt::lines(products)?.iter().map(|line| line.total_kopecks).sum();
    let payment = [(means.to_owned(), Tree::Number(total.to_string()))];
    members.insert("payment".to_owned(), Tree::Object(payment.into()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cashier(id: &str, surname: &str) -> Cashier {
        Cashier { id: id.to_owned(), phone: format!("7{id}"), surname: surname.to_owned(), inn: format!("0{id}") }
    }

    #[test]
    fn a_cashier_is_found_by_anything_but_only_one() {
        let cashiers = [cashier("1", "Иванов"), cashier("2", "Петров"), cashier("3", "Петров")];
        for hint in ["1", "71", "+71", "Иванов", "01"] {
            assert_eq!(find(&cashiers, hint).unwrap().id, "1", "{hint}");
        }
        assert!(find(&cashiers, "Петров").is_err() && find(&cashiers, "Сидоров").is_err());
    }
}
