//! `NameIndex`: from names to numbers, in the order of their first use.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use crate::parse::bytes;

/// How many slots one look-up may try. Names chosen to collide go to a tree after so many, so
/// that nobody's text can make the parser slower than the logarithm of its families.
const MAX_PROBES: usize = 16;

const EMPTY: u32 = u32::MAX;

/// A name with its hash, which is taken once for all that is asked about the name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'n> {
    pub(super) name: &'n str,
    hash: u32,
}

impl<'n> Key<'n> {
    pub(super) fn new(name: &'n str) -> Self {
        // The high bits of the hash are the better mixed ones.
        let hash = (bytes::hash(name.as_bytes()) >> 32) as u32;
        Self { name, hash }
    }
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    /// Which name, or [`EMPTY`].
    number: u32,
}

/// An open hash table of borrowed names, with a tree for those that find no slot.
#[derive(Debug, Default)]
pub(super) struct NameIndex<'a> {
    names: Vec<&'a str>,
    /// A power of two of them, at most half in use.
    slots: Vec<Slot>,
    overflow: BTreeMap<&'a str, Slot>,
}

impl<'a> NameIndex<'a> {
    pub(super) const fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of the name.
    #[inline]
    pub(super) fn get(&self, key: Key<'_>) -> Option<usize> {
        for place in self.probes(key.hash) {
            match self.slots.get(place) {
                Some(Slot { number: EMPTY, .. }) => return None,
                Some(&Slot { number, hash }) if hash == key.hash => {
                    let number = number as usize;
                    if self.names.get(number).is_some_and(|name| *name == key.name) {
                        return Some(number);
                    }
                }
                _ => {}
            }
        }
        self.overflow.get(key.name).map(|slot| slot.number as usize)
    }

    /// Gives a name that is not in the table the next number.
    pub(super) fn insert(&mut self, key: Key<'a>) -> usize {
        let number = self.names.len();
        self.names.push(key.name);
        if self.names.len() * 2 > self.slots.len() {
            self.grow();
        }
        // A text of four billion families would be larger than any that is parsed in one piece.
        let stored = u32::try_from(number).unwrap_or(EMPTY);
        self.place(key.name, Slot { hash: key.hash, number: stored });
        number
    }

    fn probes(&self, hash: u32) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len().wrapping_sub(1);
        (0..MAX_PROBES).map(move |probe| (hash as usize).wrapping_add(probe) & mask)
    }

    fn place(&mut self, name: &'a str, slot: Slot) {
        for place in self.probes(slot.hash) {
            if let Some(free) = self.slots.get_mut(place)
                && free.number == EMPTY
            {
                *free = slot;
                return;
            }
        }
        self.overflow.insert(name, slot);
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 4).max(64);
        let free = Slot { hash: 0, number: EMPTY };
        let slots = core::mem::replace(&mut self.slots, vec![free; len]);
        for slot in slots.into_iter().filter(|slot| slot.number != EMPTY) {
            let name = self.names.get(slot.number as usize).copied().unwrap_or_default();
            self.place(name, slot);
        }
        for (name, slot) in core::mem::take(&mut self.overflow) {
            self.place(name, slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    #[test]
    fn names_keep_their_numbers_while_the_table_grows() {
        let names: Vec<String> = (0..5_000).map(|n| format!("name_{n}")).collect();
        let mut table = NameIndex::default();
        for (number, name) in names.iter().enumerate() {
            assert_eq!(table.get(Key::new(name)), None);
            assert_eq!(table.insert(Key::new(name)), number);
            assert_eq!(table.get(Key::new(name)), Some(number));
        }
        let number = |name: &str| table.get(Key::new(name));
        assert!(names.iter().enumerate().all(|(place, name)| number(name) == Some(place)));
        assert_eq!((table.len(), number("name_5000")), (5_000, None));
    }

    /// As if someone had searched for names of one hash.
    #[test]
    fn names_without_a_slot_go_to_the_tree() {
        let names: Vec<String> = (0..1_000).map(|n| format!("name_{n}")).collect();
        let key = |name| Key { name, hash: 7 };
        let mut table = NameIndex::default();
        for (number, name) in names.iter().enumerate() {
            assert_eq!(table.get(key(name)), None);
            assert_eq!(table.insert(key(name)), number);
        }
        assert!(table.overflow.len() > 100);
        assert!(names.iter().enumerate().all(|(place, name)| table.get(key(name)) == Some(place)));
        assert_eq!(table.get(key("other")), None);
    }
}
