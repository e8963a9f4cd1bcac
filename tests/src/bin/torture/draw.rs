//! Draws from the seed: the same arguments give the same draw in every process.

/// What `seed` gives for these numbers (SplitMix64 over each of them).
pub(crate) fn draw(seed: u64, of: &[u64]) -> u64 {
    of.iter().fold(mix(seed), |so_far, number| mix(so_far ^ mix(*number)))
}

/// A draw below `end`.
pub(crate) fn below(end: u64, seed: u64, of: &[u64]) -> u64 {
    draw(seed, of) % end.max(1)
}

/// `all` in an order that is drawn.
pub(crate) fn shuffled<T: Clone>(all: &[T], seed: u64, of: &[u64]) -> Vec<T> {
    let mut numbered: Vec<_> = all.iter().zip(0_u64..).collect();
    numbered.sort_by_key(|(_, n)| draw(seed, &[of, &[*n]].concat()));
    numbered.into_iter().map(|(item, _)| item.clone()).collect()
}

fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
