//! `NameIndex`: from names to numbers, in the order of their first use.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::parse::bytes;

/// How many slots one look-up may try. Names chosen to collide go to a tree after so many, so
/// that nobody's text can make the parser slower than the logarithm of its families.
const MAX_PROBES: usize = 16;

const EMPTY: u32 = u32::MAX;

/// An open hash table of borrowed names, with a tree for those that find no slot.
#[derive(Debug, Default)]
pub(super) struct NameIndex<'a> {
    names: Vec<(&'a str, u64)>,
    /// Numbers of names, or [`EMPTY`]; a power of two of them, at most half in use.
    slots: Vec<u32>,
    overflow: BTreeMap<&'a str, u32>,
}

impl<'a> NameIndex<'a> {
    pub(super) const fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of the name.
    pub(super) fn get(&self, name: &str) -> Option<usize> {
        let hash = bytes::hash(name.as_bytes());
        for slot in self.probes(hash) {
            match self.slots.get(slot) {
                Some(&EMPTY) => return None,
                Some(&number) if self.is_named(number, hash, name) => return Some(number as usize),
                _ => {}
            }
        }
        self.overflow.get(name).map(|&number| number as usize)
    }

    /// Gives a name that is not in the table the next number.
    pub(super) fn insert(&mut self, name: &'a str) -> usize {
        let number = self.names.len();
        self.names.push((name, bytes::hash(name.as_bytes())));
        if self.names.len() * 2 > self.slots.len() {
            self.grow();
        } else {
            self.place(number);
        }
        number
    }

    fn is_named(&self, number: u32, hash: u64, name: &str) -> bool {
        self.names.get(number as usize).is_some_and(|&(n, h)| h == hash && n == name)
    }

    fn probes(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len().wrapping_sub(1);
        // The high bits of the hash are the better mixed ones.
        let first = (hash >> 32) as usize;
        (0..MAX_PROBES).map(move |probe| first.wrapping_add(probe) & mask)
    }

    fn place(&mut self, number: usize) {
        let Some(&(name, hash)) = self.names.get(number) else { return };
        // A text of four billion families would be larger than any that is parsed in one piece.
        let stored = u32::try_from(number).unwrap_or(EMPTY);
        for slot in self.probes(hash) {
            if let Some(slot) = self.slots.get_mut(slot)
                && *slot == EMPTY
            {
                *slot = stored;
                return;
            }
        }
        self.overflow.insert(name, stored);
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(64);
        self.slots.clear();
        self.slots.resize(len, EMPTY);
        self.overflow.clear();
        for number in 0..self.names.len() {
            self.place(number);
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
            assert_eq!(table.get(name), None);
            assert_eq!(table.insert(name), number);
            assert_eq!(table.get(name), Some(number));
        }
        assert!(names.iter().enumerate().all(|(number, name)| table.get(name) == Some(number)));
        assert_eq!((table.len(), table.get("name_5000")), (5_000, None));
    }

    #[test]
    fn names_without_a_slot_go_to_the_tree() {
        let names: Vec<String> = (0..100).map(|n| format!("name_{n}")).collect();
        let mut table = NameIndex::default();
        for name in &names {
            table.insert(name);
        }
        // As if all slots that the names could have were taken by others.
        let taken = table.insert("taken");
        table.slots.fill(u32::try_from(taken).unwrap());
        table.overflow.clear();
        for number in 0..names.len() {
            table.place(number);
        }
        assert_eq!(table.overflow.len(), names.len());
        assert!(names.iter().enumerate().all(|(number, name)| table.get(name) == Some(number)));
        assert_eq!(table.get("other"), None);
    }
}
