//! What a round is made of, drawn from the seed and the number of the round.

use crate::draw::{below, shuffled};
use crate::kind::{Kind, says_whose};
use crate::order::{Order, ROUTES};
use crate::point::Point;
use crate::what::What;
use crate::wire::Trap;

/// The points of a round, in the order of its lives.
pub(crate) fn points(seed: u64, round: u64) -> Vec<Point> {
    let mut points = shuffled(&Point::ALL, seed, &[2, round]);
    points.retain(|point| !point.is_of_recovery());
    // Something has to be left to recover.
    let place = 1 + usize::try_from(below(points.len() as u64, seed, &[3, round])).unwrap_or(0);
    points.splice(place..place, [Point::InRecovery, Point::RecoveryAgain]);
    // A dispatcher whose providers die lives on, so that there is room for more than one such life.
    let place = usize::try_from(below(points.len() as u64, seed, &[16, round])).unwrap_or(0);
    points.insert(place, Point::ProvidersDied);
    points
}

/// What kind of receipt the point is for in that round: every one has its turn.
pub(crate) fn aim(seed: u64, round: u64, point: Point) -> Kind {
    let kinds = shuffled(&Kind::ALL, seed, &[4, point as u64]);
    kinds[usize::try_from(round).unwrap_or(0) % kinds.len()]
}

/// Where the life is killed.
pub(crate) fn trap(seed: u64, life: u64, point: Point, kind: Kind) -> Trap {
    let of = |what: u64, end: u64| below(end, seed, &[5, what, life]);
    let (relaxed, passes) = match point {
        Point::InRecovery | Point::RecoveryAgain => (300, 8),
        // All that waits fails at once, and who is killed at the first failure has answered nothing yet.
        Point::DiskFull => (150, 64),
        _ => (1_200, 3),
    };
    Trap { point, kind, relaxed, nth: 1 + of(0, passes) }
}

/// Whether a second dispatcher lives beside the one of that life.
pub(crate) fn has_rival(seed: u64, life: u64) -> bool {
    below(2, seed, &[12, life]) == 0
}

/// Whether an order is for the dispatcher of that life that is to be killed, and whether for its rival. What the trap is
/// for comes to the first one at least; `shared` where some may come to both.
pub(crate) fn places(seed: u64, life: u64, order: Order, trap: Trap, shared: bool) -> [bool; 2] {
    let drawn = below(3, seed, &[13, life, u64::from(order.n)]);
    let aimed = order.kind == trap.kind;
    let both = shared && drawn == 0;
    let first = both || aimed || drawn == 1;
    [first, both || !first]
}

/// How much the journal may grow in that life on a disk that is nearly full, in blocks of 512 bytes.
pub(crate) fn room(seed: u64, life: u64) -> u64 {
    100 + below(1_200, seed, &[14, life])
}

/// Receipt `n`; where one is wanted, of that kind and one that comes to that point.
pub(crate) fn order(seed: u64, n: u32, wanted: Option<(Kind, Point)>) -> Order {
    let (wanted, point) = wanted.unzip();
    let kind = wanted.unwrap_or_else(|| {
        let drawn = usize::try_from(below(Kind::ALL.len() as u64, seed, &[6, u64::from(n)]));
        Kind::ALL[drawn.unwrap_or(0)]
    });
    let mut share = below(What::ALL.iter().map(|what| what.share()).sum(), seed, &[11, u64::from(n)]);
    let mut drawn = What::Sale;
    for what in What::ALL {
        drawn = what;
        match share.checked_sub(what.share()) {
            Some(left) => share = left,
            None => break,
        }
    }
    let routes = shuffled(&(0..ROUTES.len()).collect::<Vec<_>>(), seed, &[7, u64::from(n)]);
    // Where some provider has such a thing, if any does; a sale fits somewhere whatever goes wrong with it.
    let orders = [drawn, What::Sale].into_iter().flat_map(|what| {
        routes.iter().map(move |route| Order { n, route: u8::try_from(*route).unwrap_or(0), kind, what })
    });
    let fits = |order: &Order| fits(*order) && (point != Some(Point::InCallback) || calls_back(*order));
    orders.clone().find(fits).or_else(|| orders.last()).unwrap_or(Order { n, route: 0, kind, what: What::Sale })
}

fn fits(order: Order) -> bool {
    let Some(first) = order.first_provider() else { return false };
    match order.kind {
        Kind::CallbackTwice
        | Kind::CallbacksAtOnce
        | Kind::CallbackFirst
        | Kind::CallbackStale
        | Kind::CallbackForged => calls_back(order),
        Kind::NotPrinted => matches!(first, "smartcashier" | "itkassa"),
        Kind::LateVisibility => !matches!(first, "checkonline" | "rentel"),
        Kind::OthersAnswer => says_whose(first),
        _ => true,
    }
}

fn calls_back(order: Order) -> bool {
    matches!(order.first_provider(), Some("mobika" | "itkassa" | "rentel"))
}
