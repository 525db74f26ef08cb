//! `NameTable`: a set of byte strings that remembers their order.

use alloc::vec::Vec;

/// Distinct names, in the order they came, and a hash table to find them by.
#[derive(Clone, Debug)]
pub(crate) struct NameTable {
    /// All names, one after the other.
    text: Vec<u8>,
    names: Vec<Name>,
    /// Names by number, from one on; zero is a free slot. The length is a power of two and at least
    /// twice the number of names, so that a search always ends.
    slots: Vec<usize>,
}

/// A name begins in the text where the one before it ends.
#[derive(Clone, Copy, Debug)]
struct Name {
    end: usize,
    hash: usize,
}

impl NameTable {
    pub(crate) const fn new() -> Self {
        Self { text: Vec::new(), names: Vec::new(), slots: Vec::new() }
    }

    pub(crate) const fn len(&self) -> usize {
        self.names.len()
    }

    /// Adds the name that `write` appends to what it is given; `false`, and nothing added, if it is
    /// there already.
    pub(crate) fn insert(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let (start, number) = (self.text.len(), self.names.len());
        if self.slots.len() < 2 * (number + 1) {
            self.grow();
        }
        write(&mut self.text);
        let hash = hash(self.text.get(start..).unwrap_or_default());
        self.names.push(Name { end: self.text.len(), hash });
        let free = self.find(number);
        match free.and_then(|slot| self.slots.get_mut(slot)) {
            Some(slot) => *slot = number + 1,
            None => self.pop(),
        }
        free.is_some()
    }

    /// Forgets all but the first `len` names.
    ///
    /// The last one goes first, so that no name that stays was placed behind one that goes.
    pub(crate) fn truncate(&mut self, len: usize) {
        while self.names.len() > len {
            let number = self.names.len();
            if let Some(slot) = self.slots.iter_mut().find(|slot| **slot == number) {
                *slot = 0;
            }
            self.pop();
        }
    }

    /// Forgets all names and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.names.clear();
        self.slots.fill(0);
    }

    fn pop(&mut self) {
        self.names.pop();
        self.text.truncate(self.names.last().map_or(0, |name| name.end));
    }

    fn name(&self, number: usize) -> Option<(&[u8], usize)> {
        let start = number.checked_sub(1).and_then(|before| self.names.get(before));
        let name = self.names.get(number)?;
        let text = self.text.get(start.map_or(0, |before| before.end)..name.end)?;
        Some((text, name.hash))
    }

    /// The free slot for the name of this number, or `None` if another number has an equal name.
    fn find(&self, number: usize) -> Option<usize> {
        let (text, hash) = self.name(number)?;
        let is_equal = |other: usize| {
            self.name(other).is_some_and(|(name, other)| other == hash && name == text)
        };
        let mask = self.slots.len() - 1;
        let mut slot = hash & mask;
        loop {
            match self.slots.get(slot)?.checked_sub(1) {
                None => return Some(slot),
                Some(other) if is_equal(other) => return None,
                Some(_) => slot = (slot + 1) & mask,
            }
        }
    }

    /// Makes the table four times as large. The names differ, so they are placed by their hashes
    /// alone.
    fn grow(&mut self) {
        let len = (4 * self.slots.len()).max(256);
        self.slots.clear();
        self.slots.resize(len, 0);
        for (name, number) in self.names.iter().zip(1..) {
            let mut slot = name.hash & (len - 1);
            while self.slots.get(slot).is_some_and(|slot| *slot != 0) {
                slot = (slot + 1) & (len - 1);
            }
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = number;
            }
        }
    }
}

/// Multiplies eight bytes at a time into the state. Names come from the program, not from an enemy,
/// who could do no worse than make the search slow.
fn hash(name: &[u8]) -> usize {
    let (words, tail) = name.as_chunks::<8>();
    let words = words.iter().fold(0, |state, word| mix(state, u64::from_le_bytes(*word)));
    let tail = tail.iter().fold(1, |word, byte| word << 8 | u64::from(*byte));
    let hash = mix(words, tail);
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are as good as any")]
    let hash = (hash ^ hash >> 32) as usize;
    hash
}

const fn mix(state: u64, word: u64) -> u64 {
    const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
    (state ^ word).wrapping_mul(PRIME).rotate_left(29)
}

#[cfg(test)]
mod tests {
    use super::{NameTable, hash, mix};
    use alloc::collections::BTreeSet;
    use alloc::format;

    #[test]
    fn names_are_distinct() {
        let mut table = NameTable::new();
        let mut insert = |name: &str| table.insert(|text| text.extend_from_slice(name.as_bytes()));
        for name in ["", "a", "\0", "a\0", "abcdefgh", "abcdefg", "abcdefgh\0", "abcdefghabcdefgh"]
        {
            assert!(insert(name), "{name:?}");
            assert!(!insert(name), "{name:?}");
        }
    }

    #[test]
    fn names_of_one_hash_are_distinct() {
        let (first, second) = (1_u64, 2_u64);
        let cancel = mix(0, first) ^ mix(0, second);
        let a = [first.to_le_bytes(), 0_u64.to_le_bytes()].concat();
        let b = [second.to_le_bytes(), cancel.to_le_bytes()].concat();
        assert_eq!(hash(&a), hash(&b));
        let mut table = NameTable::new();
        for name in [&a, &b] {
            assert!(table.insert(|text| text.extend_from_slice(name)));
        }
        table.truncate(1);
        assert!(!table.insert(|text| text.extend_from_slice(&a)));
        assert!(table.insert(|text| text.extend_from_slice(&b)));
    }

    /// Against a set of the standard library, through every size of the table.
    #[test]
    fn ten_thousand_names_come_and_go() {
        let (mut table, mut model) = (NameTable::new(), BTreeSet::new());
        for i in 0..10_000_u32 {
            let name = format!("family_{}", i.wrapping_mul(2_654_435_761) % 7_000);
            let new = table.insert(|text| text.extend_from_slice(name.as_bytes()));
            assert_eq!(new, model.insert(name.clone()), "{name}");
            if new && i % 3 == 0 {
                table.truncate(table.len() - 1);
                model.remove(&name);
            }
            assert_eq!(table.len(), model.len());
        }
        table.clear();
        assert!(
            model.iter().all(|name| table.insert(|text| text.extend_from_slice(name.as_bytes())))
        );
    }
}
