//! `Promise`: what must be there when the power fails at some point of a recording.

use std::collections::{BTreeMap, BTreeSet};

use crate::replay::operation::{FileId, Operation};

/// The levels of `prom_segment::Durability`, as the recorded process is told them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    None,
    Seal,
    Flush,
}

impl Level {
    pub(crate) const ALL: [Self; 3] = [Self::None, Self::Seal, Self::Flush];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Seal => "seal",
            Self::Flush => "flush",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Promise {
    /// Nothing else may be delivered.
    pub(crate) accepted: BTreeSet<Vec<u8>>,
    /// Lines that must be delivered.
    pub(crate) owed: BTreeSet<Vec<u8>>,
    /// Segments that must be complete if their name is there.
    pub(crate) complete: BTreeMap<String, Vec<u8>>,
}

impl Promise {
    /// What the operations up to a point promise. `survives` is false for a power cut, true when
    /// only the process dies.
    pub(crate) fn after(operations: &[Operation], level: Level, survives: bool) -> Self {
        let mut promise = Self::default();
        let mut files = BTreeMap::<FileId, (String, Vec<u8>)>::new();
        let mut last = None;
        for operation in operations {
            match operation {
                Operation::Create { file, name } => {
                    files.insert(*file, (name.clone(), Vec::new()));
                }
                Operation::Rename { from, to } | Operation::Link { from, to } => {
                    let named = files.values_mut().filter(|(name, _)| name == from);
                    named.for_each(|(name, _)| name.clone_from(to));
                }
                Operation::Write { file, bytes } => {
                    if let Some((_, data)) = files.get_mut(file) {
                        data.extend_from_slice(bytes);
                    }
                    last = Some(*file);
                }
                Operation::Accepted(line) => _ = promise.accepted.insert(line.clone()),
                Operation::Flushed | Operation::Sealed => {
                    if survives || level == Level::Flush {
                        promise.owed = promise.accepted.clone();
                    }
                    let sealed = last.filter(|_| *operation == Operation::Sealed);
                    if level != Level::None {
                        promise.complete.extend(sealed.and_then(|file| files.get(&file)).cloned());
                    }
                }
                _ => {}
            }
        }
        promise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording() -> Vec<Operation> {
        let line = |text: &[u8]| text.to_vec();
        vec![
            Operation::Create { file: 0, name: ".a".into() },
            Operation::Rename { from: ".a".into(), to: "a.1.prom".into() },
            Operation::Accepted(line(b"a 1\n")),
            Operation::Write { file: 0, bytes: line(b"a 1\n") },
            Operation::Flushed,
            Operation::Accepted(line(b"a 2\n")),
            Operation::Write { file: 0, bytes: line(b"a 2\n") },
            Operation::Sealed,
        ]
    }

    fn owed(point: usize, level: Level, survives: bool) -> usize {
        Promise::after(&recording()[..point], level, survives).owed.len()
    }

    #[test]
    fn only_what_was_acknowledged_is_owed() {
        let counts: Vec<usize> = (0..=8).map(|point| owed(point, Level::Flush, false)).collect();
        assert_eq!(vec![0, 0, 0, 0, 0, 1, 1, 1, 2], counts);
        assert_eq!(0, owed(8, Level::None, false));
        assert_eq!(0, owed(8, Level::Seal, false));
        assert_eq!(2, owed(8, Level::None, true), "the kernel has it when only the process died");
    }

    #[test]
    fn a_sealed_segment_is_complete_under_its_name() {
        let complete = |level| Promise::after(&recording(), level, false).complete;
        let expected = [("a.1.prom".to_owned(), b"a 1\na 2\n".to_vec())];
        assert_eq!(BTreeMap::from(expected), complete(Level::Seal));
        assert!(complete(Level::None).is_empty());
    }
}
