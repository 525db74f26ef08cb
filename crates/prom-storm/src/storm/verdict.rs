//! `Account`: what should have arrived, held against what did. Pure.

use std::collections::BTreeMap;

use crate::storm::notes::Note;

/// What is known of a storm when it is over.
#[derive(Default)]
pub(crate) struct Account {
    /// Segments of each writer that are sealed: all below this number.
    pub(crate) sealed: BTreeMap<u64, u64>,
    pub(crate) notes: Vec<Note>,
    /// The notes of the consumer that was killed are among them, and end with this one.
    pub(crate) last_of_killed: Option<Note>,
    /// Segment files that are still there.
    pub(crate) left: Vec<String>,
}

impl Account {
    /// Everything that is wrong; empty when all is well.
    pub(crate) fn faults(&self) -> Vec<String> {
        let times = self.times();
        let mut faults = Vec::new();
        for (writer, sealed) in &self.sealed {
            let lost = (0..*sealed).filter(|segment| !times.contains_key(&(*writer, *segment)));
            faults.extend(
                lost.map(|segment| format!("segment {segment} of writer {writer} is lost")),
            );
        }
        for ((writer, segment), times) in times {
            if times > self.allowed(writer, segment) {
                faults.push(format!(
                    "segment {segment} of writer {writer} was processed {times} times"
                ));
            }
        }
        let incomplete: Vec<&Note> =
            self.notes.iter().filter(|note| matches!(note, Note::Incomplete { .. })).collect();
        if incomplete.len() > 1 {
            // The killed writer may leave one: the segment that was open when it died.
            faults.push(format!("{} incomplete segments: {incomplete:?}", incomplete.len()));
        }
        faults.extend(self.left.iter().map(|name| format!("{name} was left behind")));
        faults
    }

    fn times(&self) -> BTreeMap<(u64, u64), u64> {
        let mut times = BTreeMap::new();
        for note in &self.notes {
            if let Note::Processed { writer, segment } = note {
                *times.entry((*writer, *segment)).or_default() += 1;
            }
        }
        times
    }

    /// A consumer that dies between processing and removing leaves its segment to another one.
    fn allowed(&self, writer: u64, segment: u64) -> u64 {
        let torn = self.last_of_killed == Some(Note::Processed { writer, segment });
        if torn { 2 } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn processed(segments: &[u64]) -> Vec<Note> {
        segments.iter().map(|segment| Note::Processed { writer: 1, segment: *segment }).collect()
    }

    fn account(segments: &[u64]) -> Account {
        Account {
            sealed: BTreeMap::from([(1, 3)]),
            notes: processed(segments),
            ..Account::default()
        }
    }

    #[test]
    fn each_fault_is_found() {
        assert!(account(&[2, 0, 1]).faults().is_empty());
        assert_eq!(["segment 1 of writer 1 is lost"], account(&[0, 2]).faults()[..]);
        assert_eq!(
            ["segment 2 of writer 1 was processed 2 times"],
            account(&[0, 1, 2, 2]).faults()[..]
        );
        let left = Account { left: vec!["a.1.prom".into()], ..account(&[0, 1, 2]) };
        assert_eq!(["a.1.prom was left behind"], left.faults()[..]);
        let mut torn = account(&[0, 1, 2]);
        torn.notes.push(Note::Incomplete { text: String::new() });
        assert!(torn.faults().is_empty(), "one may be the killed writer's");
        torn.notes.push(Note::Incomplete { text: String::new() });
        assert_eq!(1, torn.faults().len());
    }

    #[test]
    fn only_the_last_segment_of_the_killed_consumer_may_come_twice() {
        let last_of_killed = Some(Note::Processed { writer: 1, segment: 2 });
        let twice = Account { last_of_killed, ..account(&[0, 1, 2, 2]) };
        assert!(twice.faults().is_empty());
        let removed = Some(Note::Removed { writer: 1, segment: 2 });
        assert_eq!(1, Account { last_of_killed: removed, ..twice }.faults().len());
    }
}
