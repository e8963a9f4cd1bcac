//! Numbers and texts that keep their constraints.

use super::super::pattern::translate;
use super::super::view::View;
use super::holds::holds_rules;
use super::sampler::PLENTY;
use super::text::{matching, of_format};
use super::value::{Decimal, Sample};

/// A number within its bounds.
pub(super) fn number(view: &View<'_>, turn: usize, whole: bool) -> Option<Sample> {
    let rules = &view.rules;
    let turn = turn as i128;
    let finest = |of: Decimal| if whole { 0 } else { of.1 + 1 };
    let near = |bound: &Option<String>, step: i128| {
        let bound = Decimal::parse(bound.as_deref()?)?;
        let scale = finest(bound).max(bound.1);
        Some(Decimal(bound.at(scale)? + step, scale))
    };
    let mut candidates: Vec<Decimal> = match whole {
        true => vec![Decimal(turn + 1, 0)],
        false => vec![Decimal(10 * turn + 15, 1), Decimal(turn + 1, 0)],
    };
    candidates.push(Decimal(0, 0));
    for (bound, step) in [
        (&rules.minimum, turn),
        (&rules.minimum, 0),
        (&rules.above, 1 + turn),
        (&rules.above, 1),
        (&rules.maximum, -turn),
        (&rules.maximum, 0),
        (&rules.below, -1 - turn),
        (&rules.below, -1),
    ] {
        candidates.extend(near(bound, step));
    }
    if let Some(of) = rules.multiples_of.first().and_then(|of| Decimal::parse(of)) {
        let multiples: Vec<Decimal> = candidates
            .iter()
            .filter_map(|near| {
                let scale = near.1.max(of.1);
                let (near, of) = (near.at(scale)?, of.at(scale)?);
                let up = |n: i128| Decimal(n.checked_mul(of).unwrap_or_default(), scale);
                (of > 0).then(|| [up(near.div_euclid(of)), up(near.div_euclid(of) + 1)])
            })
            .flatten()
            .collect();
        candidates.splice(0..0, multiples);
    }
    let numbers = candidates.into_iter().filter(|number| !whole || number.is_whole());
    numbers.map(|number| Sample::Number(number.to_string())).find(|number| holds_rules(rules, number))
}

/// A text of its format, pattern and length.
pub(super) fn text(view: &View<'_>, turn: usize) -> Option<Sample> {
    let rules = &view.rules;
    let of_format = of_format(if view.encoded { "byte" } else { view.format.unwrap_or_default() }, turn);
    let pattern = match rules.patterns.first() {
        Some(pattern) => Some(translate(&pattern.written).ok()?),
        None => None,
    };
    let lengths = [1, 0, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128];
    let turns = lengths.iter().flat_map(|more| (turn..turn + 3).map(move |turn| (turn, *more)));
    let of_pattern = turns.filter_map(|(turn, more)| matching(pattern.as_deref()?, turn, more));
    let word = ["text", "word", "name", "other"][turn % 4];
    let mut word = if turn < 4 { word.to_owned() } else { format!("{word}{turn}") };
    while (word.len() as u64) < rules.min_length.unwrap_or_default().min(PLENTY as u64) {
        word.push('x');
    }
    // The end is what tells several apart.
    let longest = rules.max_length.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
    let word = word.split_off(word.len().saturating_sub(longest));
    let mut candidates = of_format.into_iter().chain(of_pattern).chain([word]).map(Sample::Text);
    candidates.find(|text| holds_rules(rules, text))
}
