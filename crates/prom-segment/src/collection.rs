//! `Collection`: where one round of readings ends and the next begins. Pure.

use crate::batch::Part;

/// Tells the borders between collections, at which a segment may be rotated.
///
/// A border is a change of timestamp, a flush, or a header that comes round again: so a program
/// whose clock stands still, or that forked in the middle, has borders too.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    timestamp_ms: Option<u64>,
    serial: u64,
    /// For each header, the serial of the collection that last used it.
    used: Vec<u64>,
}

impl Collection {
    /// Notes that these lines come next; says whether they begin a new collection.
    pub(crate) fn begins(&mut self, timestamp_ms: u64, parts: &[Part]) -> bool {
        let begins = self.timestamp_ms != Some(timestamp_ms) || self.repeats(parts);
        if begins {
            self.timestamp_ms = Some(timestamp_ms);
            self.serial += 1;
        }
        for index in parts.iter().filter_map(Part::index) {
            if self.used.len() <= index {
                self.used.resize(index + 1, 0);
            }
            if let Some(used) = self.used.get_mut(index) {
                *used = self.serial;
            }
        }
        begins
    }

    /// The collection is over: whatever comes next begins another.
    pub(crate) fn end(&mut self) {
        self.timestamp_ms = None;
    }

    fn repeats(&self, parts: &[Part]) -> bool {
        parts.iter().filter_map(Part::index).any(|index| self.used.get(index) == Some(&self.serial))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Header;

    fn lines(index: u32) -> [Part; 1] {
        [Part { header: Some(Header(index)), start: 0 }]
    }

    #[test]
    fn a_collection_is_one_timestamp_and_each_header_once() {
        let mut collection = Collection::default();
        assert!(collection.begins(7, &lines(0)));
        assert!(!collection.begins(7, &lines(1)));
        assert!(!collection.begins(7, &lines(5)));
        assert!(collection.begins(7, &lines(1)), "header 1 came round again");
        assert!(!collection.begins(7, &lines(0)));
        assert!(collection.begins(6, &lines(2)), "the clock stepped back");
        collection.end();
        assert!(collection.begins(6, &lines(3)));
    }

    #[test]
    fn lines_without_a_header_go_by_the_timestamp() {
        let mut collection = Collection::default();
        let bare = [Part { header: None, start: 0 }];
        assert!(collection.begins(1, &bare));
        assert!(!collection.begins(1, &bare));
        assert!(collection.begins(2, &bare));
    }
}
