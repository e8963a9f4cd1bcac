//! The receipts, and what else is submitted: keys, routes, and what goes wrong. A key says all of it, so that no process
//! has to be told.

use std::fmt::Write as _;

use kassa::kassa_core::Money;
use kassa::uniform::Submission;
use kassa::{Choice, Match, Route};
use serde::{Deserialize, Serialize};

use crate::draw::draw;
use crate::kind::Kind;
use crate::what::What;

/// A receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) n: u32,
    pub(crate) route: u8,
    pub(crate) kind: Kind,
    pub(crate) what: What,
}

/// The account that nobody can connect to.
pub(crate) const GONE: &str = "gone";

/// The accounts of each route, in order; those of the last one are drawn by weight.
pub(crate) const ROUTES: [&[&str]; 9] = [
    &["sc-1", "co"],
    &["co", "sc-2"],
    &["mo-late", "sc-1"],
    &["mo", "co"],
    &["it-late", "re"],
    &["it", "sc-2"],
    &["re", "co"],
    &[GONE, "sc-1", "it-late"],
    &["sc-2", "mo-late", "co"],
];

/// Every account that answers, and its provider. Whose name ends in `-late` states after how long it shows what it has.
pub(crate) const ACCOUNTS: [(&str, &str); 8] = [
    ("sc-1", "smartcashier"),
    ("sc-2", "smartcashier"),
    ("co", "checkonline"),
    ("mo", "mobika"),
    ("mo-late", "mobika"),
    ("it", "itkassa"),
    ("it-late", "itkassa"),
    ("re", "rentel"),
];

/// The provider of an account.
pub(crate) fn provider(account: &str) -> &'static str {
    ACCOUNTS.iter().find(|(name, _)| *name == account).map_or("smartcashier", |(_, provider)| *provider)
}

impl Order {
    /// The provider that it goes to first, as far as anything is there and takes it.
    pub(crate) fn first_provider(self) -> Option<&'static str> {
        let accounts = ROUTES[usize::from(self.route)].iter().filter(|account| **account != GONE);
        accounts.map(|account| provider(account)).find(|provider| self.what.is_for(provider))
    }

    /// A UUID, since a provider wants one.
    pub(crate) fn key(self, seed: u64) -> String {
        let mark = draw(seed, &[0]) >> 32;
        format!("{mark:08x}-{:02x}{:02x}-400{:x}-8000-{:012x}", self.route, self.kind.code(), self.what as u8, self.n)
    }

    /// The order whose key stands in `text` somewhere.
    pub(crate) fn in_text(text: &[u8], seed: u64) -> Option<Order> {
        let mark = format!("{:08x}-", draw(seed, &[0]) >> 32);
        let at = text.windows(mark.len()).position(|window| window == mark.as_bytes())?;
        let key = std::str::from_utf8(text.get(at..at + 36)?).ok()?;
        let number = |from, to| u32::from_str_radix(&key[from..to], 16).ok();
        let kind = *Kind::ALL.get(usize::try_from(number(11, 13)?).ok()?)?;
        let what = *What::ALL.get(usize::try_from(number(17, 18)?).ok()?)?;
        Some(Order { n: number(24, 36)?, route: u8::try_from(number(9, 11)?).ok()?, kind, what })
    }

    /// Its number, which its only item or its cashier is named after: so the ledgers tell whose documents they have,
    /// whatever keys they were told. Where a provider takes neither, the key that it was told says it.
    pub(crate) fn number_in(text: &[u8], seed: u64) -> Option<u32> {
        let at = text.iter().position(|byte| *byte == b'#');
        let named = at.and_then(|at| std::str::from_utf8(text.get(at + 1..at + 9)?).ok()?.parse().ok());
        named.or_else(|| Order::in_text(text, seed).map(|order| order.n))
    }

    pub(crate) fn kopecks(self) -> i64 {
        (i64::from(self.route) + 1) * 100_000 + i64::from(self.n % 90_000)
    }

    pub(crate) fn submission(self) -> Submission {
        self.what.submission(&format!("#{:08}", self.n), Money::from_units(self.kopecks()))
    }
}

/// The routes, chosen by amount.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for (n, accounts) in (0_i64..).zip(ROUTES) {
        let mut name = String::new();
        let _ = write!(name, "route {n}");
        let from = (n + 1) * 100_000;
        let matches = Match {
            amount_from: Some(Money::from_units(from)),
            amount_to: Some(Money::from_units(from + 99_999)),
            ..Match::default()
        };
        let accounts = accounts.iter().map(|account| (*account).to_owned());
        let choice = if usize::try_from(n) == Ok(ROUTES.len() - 1) {
            Choice::Weighted(accounts.map(|account| (account, 1)).collect())
        } else {
            Choice::InOrder(accounts.collect())
        };
        routes.push(Route { name, matches, choice });
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_whose_it_is() {
        for (kind, what) in Kind::ALL.into_iter().zip(What::ALL.into_iter().cycle()) {
            let order = Order { n: 70_001, route: 8, kind, what };
            let text = format!("/a/{}-2?", order.key(7));
            assert_eq!(Order::in_text(text.as_bytes(), 7), Some(order));
            assert_eq!(Order::in_text(text.as_bytes(), 8), None);
        }
    }
}
