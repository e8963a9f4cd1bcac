//! Routes: which accounts may register a submission, and in which order they are tried.

use kassa_core::Money;
use kassa_providers::uniform::{Operation, Submission};
use sha2::{Digest, Sha256};

/// A rule that sends what it fits to its accounts. The first route that fits decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its name, for explanations.
    pub name: String,
    /// What it takes.
    pub matches: Match,
    /// Whom it sends it to.
    pub choice: Choice,
}

impl Route {
    /// A route that takes everything and tries `accounts` in order.
    #[must_use]
    pub fn all<N: Into<String>>(name: impl Into<String>, accounts: impl IntoIterator<Item = N>) -> Self {
        let accounts = accounts.into_iter().map(Into::into).collect();
        Self { name: name.into(), matches: Match::default(), choice: Choice::InOrder(accounts) }
    }
}

/// What a route takes. What is left empty does not restrict it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// The sellers whose submissions it takes.
    pub seller_inn: Vec<String>,
    /// The operations it takes.
    pub operations: Vec<Operation>,
    /// The least amount it takes: the total of a receipt, the sum of a cash movement.
    pub amount_from: Option<Money>,
    /// The greatest amount it takes.
    pub amount_to: Option<Money>,
}

impl Match {
    /// Whether `submission` is for this route.
    ///
    /// # Errors
    /// Why it is not: a clause for explanations, `amount: is 5.00, and the route begins at 10.00`.
    pub fn fits(&self, submission: &Submission) -> Result<(), String> {
        if !self.operations.is_empty() && !self.operations.contains(&submission.operation()) {
            return Err(format!(
                "operation: is {}, and the route is for {}",
                submission.operation(),
                list(&self.operations)
            ));
        }
        if !self.seller_inn.is_empty() {
            match seller_inn(submission) {
                None => {
                    return Err(format!("seller_inn: is not stated, and the route is for {}", list(&self.seller_inn)));
                }
                Some(stated) if !self.seller_inn.iter().any(|inn| inn == stated) => {
                    return Err(format!("seller_inn: is {stated}, and the route is for {}", list(&self.seller_inn)));
                }
                Some(_) => {}
            }
        }
        if self.amount_from.is_none() && self.amount_to.is_none() {
            return Ok(());
        }
        let Some(amount) = amount(submission) else { return Err("amount: is out of range".to_owned()) };
        match (self.amount_from, self.amount_to) {
            (Some(from), _) if amount < from => Err(format!("amount: is {amount}, and the route begins at {from}")),
            (_, Some(to)) if amount > to => Err(format!("amount: is {amount}, and the route ends at {to}")),
            _ => Ok(()),
        }
    }
}

/// The accounts of a route, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Tried as they are written.
    InOrder(Vec<String>),
    /// Tried in an order drawn by weight.
    Weighted(Vec<(String, u32)>),
}

impl Choice {
    /// The names of its accounts, as they are written.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        let (plain, weighted) = match self {
            Self::InOrder(names) => (names.as_slice(), [].as_slice()),
            Self::Weighted(names) => ([].as_slice(), names.as_slice()),
        };
        plain.iter().map(String::as_str).chain(weighted.iter().map(|(name, _)| name.as_str()))
    }

    /// The order in which its accounts are tried for `key`.
    ///
    /// A weighted order is drawn from a hash of the key, never from chance: the same key gives the same order in every
    /// process and after every restart, so a repeated submit meets the account that it met before. An account of weight
    /// 0 comes after all others.
    #[must_use]
    pub fn order(&self, key: &str) -> Vec<&str> {
        let Self::Weighted(accounts) = self else { return self.accounts().collect() };
        let mut left: Vec<_> = accounts.iter().map(|(name, weight)| (name.as_str(), u64::from(*weight))).collect();
        let mut order = Vec::with_capacity(left.len());
        let mut round = 0;
        while !left.is_empty() {
            let total: u64 = left.iter().map(|(_, weight)| weight).sum();
            // With nothing but zeros left, they follow as they are written.
            let mut lot = draw(key, round).checked_rem(total).unwrap_or(0);
            let drawn = left.iter().position(|(_, weight)| {
                let here = lot < *weight;
                lot = lot.saturating_sub(*weight);
                here
            });
            order.push(left.remove(drawn.unwrap_or(0)).0);
            round += 1;
        }
        order
    }
}

/// The lot of `key` in the given round.
fn draw(key: &str, round: u64) -> u64 {
    let digest = Sha256::new().chain_update(round.to_be_bytes()).chain_update(key).finalize();
    digest.iter().take(8).fold(0, |lot, byte| lot << 8 | u64::from(*byte))
}

/// The seller that `submission` states.
pub(crate) fn seller_inn(submission: &Submission) -> Option<&str> {
    match submission {
        Submission::RegisterReceipt(receipt) => receipt.seller_inn.as_deref(),
        Submission::RegisterCorrection(correction) => correction.seller_inn.as_deref(),
        Submission::CashIn(movement) | Submission::CashOut(movement) => movement.seller_inn.as_deref(),
        Submission::OpenShift(action) | Submission::CloseShift(action) | Submission::XReport(action) => {
            action.seller_inn.as_deref()
        }
        Submission::PrintSlip(slip) => slip.seller_inn.as_deref(),
    }
}

/// The amount that routes match on: of a correction without lines, what was paid; nothing where no money moves. `None`
/// when the sum of the lines is out of range.
pub(crate) fn amount(submission: &Submission) -> Option<Money> {
    match submission {
        Submission::RegisterReceipt(receipt) => receipt.total(),
        Submission::RegisterCorrection(correction) if correction.items.is_empty() => {
            let paid = &correction.payments;
            Money::checked_sum([paid.cash, paid.cashless, paid.prepaid, paid.credit, paid.counter_provision])
        }
        Submission::RegisterCorrection(correction) => correction.total(),
        Submission::CashIn(movement) | Submission::CashOut(movement) => Some(movement.amount),
        Submission::OpenShift(_) | Submission::CloseShift(_) | Submission::XReport(_) | Submission::PrintSlip(_) => {
            Some(Money::ZERO)
        }
    }
}

fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kassa_providers::uniform::CashMovement;

    fn cash_in(amount: &str, inn: Option<&str>) -> Submission {
        Submission::CashIn(CashMovement {
            seller_inn: inn.map(str::to_owned),
            amount: amount.parse().unwrap(),
            cashier: None,
            print: None,
        })
    }

    #[test]
    fn an_empty_match_fits_everything() {
        assert_eq!(Match::default().fits(&cash_in("1", None)), Ok(()));
    }

    #[test]
    fn says_why_it_does_not_fit() {
        let matches = Match {
            seller_inn: vec!["7707083893".to_owned()],
            operations: vec![Operation::CashIn],
            amount_from: Some(Money::from_units(10_00)),
            amount_to: Some(Money::from_units(20_00)),
        };
        let why = |amount, inn| matches.fits(&cash_in(amount, inn)).err();
        let own = Some("7707083893");
        assert_eq!(why("10", own), None);
        assert_eq!(why("20", own), None);
        assert_eq!(why("9.99", own).unwrap(), "amount: is 9.99, and the route begins at 10.00");
        assert_eq!(why("20.01", own).unwrap(), "amount: is 20.01, and the route ends at 20.00");
        assert_eq!(why("15", None).unwrap(), "seller_inn: is not stated, and the route is for 7707083893");
        assert_eq!(
            why("15", Some("7704211201")).unwrap(),
            "seller_inn: is 7704211201, and the route is for 7707083893"
        );
        let other = Match { operations: vec![Operation::RegisterReceipt, Operation::CashOut], ..Match::default() };
        let why = other.fits(&cash_in("1", None)).unwrap_err();
        assert_eq!(why, "operation: is cash_in, and the route is for register_receipt, cash_out");
    }

    #[test]
    fn a_weighted_order_is_the_keys_own_and_follows_the_weights() {
        let choice = Choice::Weighted(vec![("a".to_owned(), 3), ("b".to_owned(), 1), ("c".to_owned(), 0)]);
        let mut first = 0;
        for n in 0..4000 {
            let key = format!("key-{n}");
            let order = choice.order(&key);
            assert_eq!(order, choice.order(&key));
            assert_eq!(order.len(), 3);
            assert_eq!(order[2], "c");
            first += u32::from(order[0] == "a");
        }
        assert!((2900..3100).contains(&first), "{first}");
    }

    #[test]
    fn in_order_stays_in_order() {
        let choice = Choice::InOrder(vec!["b".to_owned(), "a".to_owned()]);
        assert_eq!(choice.order("x"), ["b", "a"]);
        let zeros = Choice::Weighted(vec![("b".to_owned(), 0), ("a".to_owned(), 0)]);
        assert_eq!(zeros.order("x"), ["b", "a"]);
    }
}
