//! What a round is made of, drawn from the seed and the number of the round.

use crate::draw::{below, shuffled};
use crate::kind::{Kind, says_whose};
use crate::order::{Order, ROUTES};
use crate::point::Point;
use crate::wire::Trap;

/// The points of a round, in the order of its lives.
pub(crate) fn points(seed: u64, round: u64) -> Vec<Point> {
    let mut points = shuffled(&Point::ALL, seed, &[2, round]);
    points.retain(|point| !point.is_of_recovery());
    // Something has to be left to recover.
    let place = 1 + usize::try_from(below(points.len() as u64, seed, &[3, round])).unwrap_or(0);
    points.splice(place..place, [Point::InRecovery, Point::RecoveryAgain]);
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
    let recovery = point.is_of_recovery();
    let nth = 1 + of(0, if recovery { 8 } else { 3 });
    Trap { point, kind, relaxed: if recovery { 300 } else { 1_200 }, nth }
}

/// Receipt `n`; where one is wanted, of that kind and one that comes to that point.
pub(crate) fn order(seed: u64, n: u32, wanted: Option<(Kind, Point)>) -> Order {
    let (wanted, point) = wanted.unzip();
    let kind = wanted.unwrap_or_else(|| {
        let drawn = usize::try_from(below(Kind::ALL.len() as u64, seed, &[6, u64::from(n)]));
        Kind::ALL[drawn.unwrap_or(0)]
    });
    let routes = shuffled(&(0..ROUTES.len()).collect::<Vec<_>>(), seed, &[7, u64::from(n)]);
    let mut orders = routes.into_iter().map(|route| Order { n, route: u8::try_from(route).unwrap_or(0), kind });
    let first = orders.next().unwrap_or(Order { n, route: 0, kind });
    // Where its provider has such a thing, if any does.
    let fits = |order: &Order| fits(*order) && (point != Some(Point::InCallback) || calls_back(*order));
    if fits(&first) { first } else { orders.find(fits).unwrap_or(first) }
}

fn fits(order: Order) -> bool {
    match order.kind {
        Kind::CallbackTwice
        | Kind::CallbacksAtOnce
        | Kind::CallbackFirst
        | Kind::CallbackStale
        | Kind::CallbackForged => calls_back(order),
        Kind::NotPrinted => matches!(order.first_provider(), "smartcashier" | "itkassa"),
        Kind::LateVisibility => !matches!(order.first_provider(), "checkonline" | "rentel"),
        Kind::OthersAnswer => says_whose(order.first_provider()),
        _ => true,
    }
}

fn calls_back(order: Order) -> bool {
    matches!(order.first_provider(), "mobika" | "itkassa" | "rentel")
}
