//! Numbers that look random and are the same for the same seed, on every
//! machine and in every version: the population must not change with a library.

use super::PopulationFault;

/// The generator xoshiro256++ of Blackman and Vigna (public domain), its state
/// filled from the seed by splitmix64 as they advise.
#[derive(Clone, Debug)]
pub(super) struct Random([u64; 4]);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    #[cfg(test)]
    pub(super) fn from_state(state: [u64; 4]) -> Self {
        Self(state)
    }

    pub(super) fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let (c, d, result) = (c ^ a, d ^ b, a.wrapping_add(d).rotate_left(23).wrapping_add(a));
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number below `bound`; 0 when the bound is 0. The high bits of a
    /// product serve instead of a remainder, which would cost a division.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included; `low` when they cross.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).map_or(0, |span| span + 1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// Yes in `share` of a thousand.
    pub(super) fn chance(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// A number from 0 to 1, 1 not included.
    pub(super) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of a list.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Result<&'a T, PopulationFault> {
        let at = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list.get(at).ok_or(PopulationFault::Empty)
    }

    /// One of a list of things with their weights.
    pub(super) fn weighed<'a, T>(
        &mut self,
        list: &'a [(u64, T)],
    ) -> Result<&'a T, PopulationFault> {
        let mut at = self.below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, thing) in list {
            match at.checked_sub(*weight) {
                Some(left) => at = left,
                None => return Ok(thing),
            }
        }
        Err(PopulationFault::Empty)
    }
}
