//! `UniqueSets`: the label sets that may stand once in a family.

use alloc::vec::Vec;

use crate::parse::identity::Identity;

/// The label sets of one family, and the lines where they stand.
///
/// A set costs a push. Whether two are the same is asked once, when the family ends, by sorting
/// their hashes; that takes the same time for any choice of labels.
#[derive(Debug, Default)]
pub(super) struct UniqueSets<'a> {
    sets: Vec<(Identity<'a>, usize)>,
    by_hash: Vec<(u64, usize)>,
}

impl<'a> UniqueSets<'a> {
    pub(super) fn push(&mut self, set: Identity<'a>, at: usize) {
        self.sets.push((set, at));
    }

    /// Forgets all sets; where the first of them that was there before stands, if one was.
    pub(super) fn drain_repeated(&mut self) -> Option<usize> {
        if self.sets.len() < 2 {
            self.sets.clear();
            return None;
        }
        self.by_hash.clear();
        self.by_hash.extend(self.sets.iter().enumerate().map(|(n, (set, _))| (set.hash, n)));
        self.by_hash.sort_unstable();
        let repeated = self
            .by_hash
            .chunk_by(|(a, _), (b, _)| a == b)
            .filter(|run| run.len() > 1)
            .filter_map(|run| self.first_repeated(run))
            .min();
        self.sets.clear();
        repeated
    }

    /// Looks closer at sets of equal hashes: sorted labels, sorted again.
    fn first_repeated(&self, run: &[(u64, usize)]) -> Option<usize> {
        let mut sets: Vec<_> = run
            .iter()
            .filter_map(|&(_, number)| self.sets.get(number))
            .map(|(set, at)| {
                let mut labels: Vec<_> =
                    set.pairs().map(|label| (label.name.raw(), label.value.raw())).collect();
                labels.sort_unstable();
                (labels, *at)
            })
            .collect();
        sets.sort_unstable();
        sets.windows(2)
            .filter_map(|pair| match pair {
                [(first, _), (second, at)] if first == second => Some(*at),
                _ => None,
            })
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::labels::Labels;

    /// Sets by their labels; all with the hash 7, as if someone had searched for such labels.
    fn colliding(labels: &'static str) -> Identity<'static> {
        Identity { labels: Labels::new(labels), hash: 7, own: None }
    }

    #[test]
    fn equal_hashes_are_not_equal_sets() {
        let mut sets = UniqueSets::default();
        for (at, labels) in [r#"a="1""#, r#"a="2""#, r#"b="1""#, ""].into_iter().enumerate() {
            sets.push(colliding(labels), at);
        }
        assert_eq!(sets.drain_repeated(), None);
        assert_eq!(sets.drain_repeated(), None, "they are forgotten");
    }

    #[test]
    fn the_first_repeated_set_is_found() {
        let mut sets = UniqueSets::default();
        let texts = [
            r#"a="1""#,
            r#"a="2",b="3""#,
            r#"c="1""#,
            r#"b="3",a="2""#,
            r#"a="1",d="""#,
            r#"c="1""#,
        ];
        for (at, labels) in texts.into_iter().enumerate() {
            sets.push(colliding(labels), at * 10);
        }
        sets.push(Identity { hash: 8, ..colliding(r#"a="1""#) }, 5);
        assert_eq!(sets.drain_repeated(), Some(30));
    }
}
