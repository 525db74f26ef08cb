//! `Control`: a recording that something is taken out of, which must be found.

use crate::replay::operation::Operation;
use crate::replay::promise::Level;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    pub(crate) name: &'static str,
    /// The durability whose promise is broken by it.
    pub(crate) level: Level,
    pub(crate) change: fn(&[Operation]) -> Vec<Operation>,
}

pub(crate) const ALL: [Control; 4] = [
    Control { name: "no directory sync", level: Level::Flush, change: without_directory_syncs },
    Control { name: "no file sync", level: Level::Flush, change: without_file_syncs },
    Control { name: "no sync at the seal", level: Level::Seal, change: without_file_syncs },
    Control { name: "acknowledged first", level: Level::None, change: acknowledged_first },
];

fn without_directory_syncs(operations: &[Operation]) -> Vec<Operation> {
    let kept = operations.iter().filter(|it| !matches!(it, Operation::SyncDirectory));
    kept.cloned().collect()
}

fn without_file_syncs(operations: &[Operation]) -> Vec<Operation> {
    operations.iter().filter(|it| !matches!(it, Operation::SyncFile { .. })).cloned().collect()
}

/// Each write comes after the flush that it belongs to, as if the flush did not wait for it.
fn acknowledged_first(operations: &[Operation]) -> Vec<Operation> {
    let mut changed = operations.to_vec();
    for at in 1..changed.len() {
        if matches!(changed.get(at - 1..=at), Some([Operation::Write { .. }, Operation::Flushed])) {
            changed.swap(at - 1, at);
        }
    }
    changed
}
