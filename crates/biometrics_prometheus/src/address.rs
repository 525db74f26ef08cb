//! `Address`: a sensor by its kind and by where its label lies.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::sensor::{Kind, Reading};

/// The kind of a sensor, and the place of its label in memory. A label is static, and nearly always the
/// very same string comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address(Kind, usize, usize);

/// The numbers of sensors.
pub(crate) type Numbers = HashMap<Address, usize, BuildHasherDefault<AddressHasher>>;

impl Address {
    pub(crate) fn of(kind: Kind, label: &'static str) -> Self {
        Self(kind, label.as_ptr().addr(), label.len())
    }

    pub(crate) fn of_reading(reading: &Reading<'_>) -> Self {
        Self::of(reading.kind(), reading.label())
    }
}

/// Mixes the three words of an [`Address`]. A program does not attack itself through the addresses
/// of its labels, and hashing them is on the path of every emission.
#[derive(Default)]
pub(crate) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        // The golden ratio's fraction: it spreads neighbouring addresses over all bits.
        let mixed = (self.0.rotate_left(26) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(u64::try_from(word).unwrap_or_default());
    }

    fn write_isize(&mut self, word: isize) {
        self.write_usize(word.unsigned_abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::hash::BuildHasher as _;

    #[test]
    fn neighbouring_addresses_hash_apart() {
        let build = BuildHasherDefault::<AddressHasher>::default();
        let hash = |at: usize| build.hash_one(Address(Kind::Gauge, 0x5555_0000 + at, 8));
        let low: HashSet<u64> = (0..900).map(|at| hash(at) & 0xffff).collect();
        assert!(low.len() > 870, "{} of 900 apart", low.len());
    }
}
