//! `Ids`: a set of sample numbers, kept as ranges because they mostly come in a row.

use std::collections::BTreeMap;

/// Disjoint half-open ranges, by their start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ids(BTreeMap<u64, u64>);

impl Ids {
    /// Adds a number; says whether it is new.
    pub(crate) fn insert(&mut self, id: u64) -> bool {
        if self.contains(id) {
            return false;
        }
        let end = self.0.remove(&(id + 1)).unwrap_or(id + 1);
        match self.0.range_mut(..=id).next_back() {
            Some((_, before)) if *before == id => *before = end,
            _ => drop(self.0.insert(id, end)),
        }
        true
    }

    pub(crate) fn contains(&self, id: u64) -> bool {
        self.0.range(..=id).next_back().is_some_and(|(_, end)| id < *end)
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().flat_map(|(start, end)| *start..*end)
    }

    /// Those from a number on.
    pub(crate) fn range(&self, from: u64) -> impl Iterator<Item = u64> + '_ {
        let before = self.0.range(..from).next_back().map(|(_, end)| from..*end);
        let after = self.0.range(from..).flat_map(|(start, end)| *start..*end);
        before.into_iter().flatten().chain(after)
    }

    pub(crate) fn last(&self) -> Option<u64> {
        self.0.last_key_value().map(|(_, end)| end - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storm::random::Random;
    use std::collections::BTreeSet;

    #[test]
    fn it_is_a_set() {
        let (mut ids, mut plain) = (Ids::default(), BTreeSet::new());
        let mut random = Random::new(7);
        for _ in 0..500 {
            let id = random.below(300);
            assert_eq!(plain.insert(id), ids.insert(id), "{id}");
            assert_eq!(plain.iter().copied().collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
        }
        assert_eq!((plain.len() as u64, plain.last().copied()), (ids.len(), ids.last()));
        for from in [0, 1, 77, 150, 299, 300, 500] {
            let expected: Vec<u64> = plain.range(from..).copied().collect();
            assert_eq!(expected, ids.range(from).collect::<Vec<_>>(), "{from}");
        }
        let mut row = Ids::default();
        (0..100).for_each(|id| assert!(row.insert(id)));
        assert_eq!(1, row.0.len());
    }
}
