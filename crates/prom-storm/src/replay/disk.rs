//! `Disk`: what is on it for certain after some operations, and every state that a power cut can leave.

use std::collections::BTreeMap;

use crate::replay::operation::{FileId, Operation};

/// The files of the directory, by their names.
pub(crate) type State = BTreeMap<String, Vec<u8>>;

/// What may have become of something that was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Absent,
    Full,
    /// The first half of a write.
    Torn,
    /// The length of a write, and NUL in place of its bytes.
    Zeroed,
}

#[derive(Clone, Debug)]
enum Edit {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Edit {
    fn fates(&self) -> &'static [Fate] {
        match self {
            Self::Write { .. } => &[Fate::Full, Fate::Absent, Fate::Torn, Fate::Zeroed],
            Self::Truncate(_) => &[Fate::Full, Fate::Absent],
        }
    }

    fn apply(&self, data: &mut Vec<u8>, fate: Fate) {
        match (self, fate) {
            (_, Fate::Absent) => {}
            (Self::Truncate(len), _) => data.truncate(*len),
            (Self::Write { at, bytes }, fate) => {
                let len = if fate == Fate::Torn { bytes.len() / 2 } else { bytes.len() };
                data.resize(data.len().max(at + len), 0);
                if fate != Fate::Zeroed {
                    let places = data.iter_mut().skip(*at).take(len);
                    places.zip(bytes).for_each(|(place, byte)| *place = *byte);
                }
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
struct File {
    durable: Vec<u8>,
    unsynced: Vec<Edit>,
    len: usize,
}

/// A change of the directory, which is there as a whole or not at all.
#[derive(Clone, Debug)]
struct Change {
    removed: Option<String>,
    added: Option<String>,
    file: FileId,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// The names as the kernel has them.
    names: BTreeMap<String, FileId>,
    durable: BTreeMap<String, FileId>,
    unsynced: Vec<Change>,
}

impl Disk {
    pub(crate) fn after(operations: &[Operation]) -> Self {
        let mut disk = Self::default();
        operations.iter().for_each(|operation| disk.enter(operation));
        disk
    }

    fn enter(&mut self, operation: &Operation) {
        match operation {
            Operation::Create { file, name } => {
                self.files.resize(self.files.len().max(file + 1), File::default());
                self.change(None, Some(name), Some(*file));
            }
            Operation::Rename { from, to } => self.change(Some(from), Some(to), None),
            Operation::Link { from, to } => {
                self.change(None, Some(to), self.names.get(from).copied());
            }
            Operation::Unlink { name } => self.change(Some(name), None, None),
            Operation::SyncDirectory => {
                self.durable = self.names.clone();
                self.unsynced.clear();
            }
            Operation::Write { file, .. }
            | Operation::Truncate { file, .. }
            | Operation::SyncFile { file } => {
                if let Some(file) = self.files.get_mut(*file) {
                    file.enter(operation);
                }
            }
            Operation::Accepted(_) | Operation::Flushed | Operation::Sealed => {}
        }
    }

    fn change(&mut self, removed: Option<&String>, added: Option<&String>, file: Option<FileId>) {
        let before = removed.and_then(|name| self.names.remove(name));
        let Some(file) = file.or(before) else { return };
        if let Some(name) = added {
            self.names.insert(name.clone(), file);
        }
        self.unsynced.push(Change { removed: removed.cloned(), added: added.cloned(), file });
    }

    /// The state when only the process dies: the kernel has everything.
    pub(crate) fn kept(&self) -> State {
        let contents: Vec<Vec<u8>> = self.files.iter().map(File::kept).collect();
        state(&self.names, &contents)
    }

    /// Every state that a power cut can leave. The same one may come more than once.
    pub(crate) fn states(&self) -> impl Iterator<Item = State> + '_ {
        let contents = contents(&self.files);
        let count = contents.len();
        self.namings()
            .into_iter()
            .flat_map(move |names| (0..count).map(move |at| (names.clone(), at)))
            .map(move |(names, at)| {
                state(&names, contents.get(at).map(Vec::as_slice).unwrap_or_default())
            })
    }

    /// Every set of names: any choice of the changes in which those of one file are in their order.
    fn namings(&self) -> Vec<BTreeMap<String, FileId>> {
        let mut namings = vec![(self.durable.clone(), Vec::new())];
        for change in &self.unsynced {
            let mut without = namings.clone();
            for (_, waiting) in &mut without {
                waiting.push(change.file);
            }
            namings.retain(|(_, waiting): &(_, Vec<FileId>)| !waiting.contains(&change.file));
            for (names, _) in &mut namings {
                if let Some(name) = &change.removed {
                    names.remove(name);
                }
                if let Some(name) = &change.added {
                    names.insert(name.clone(), change.file);
                }
            }
            namings.extend(without);
        }
        namings.into_iter().map(|(names, _)| names).collect()
    }
}

impl File {
    fn enter(&mut self, operation: &Operation) {
        match operation {
            Operation::Write { bytes, .. } => {
                self.unsynced.push(Edit::Write { at: self.len, bytes: bytes.clone() });
                self.len += bytes.len();
            }
            Operation::Truncate { len, .. } => {
                self.unsynced.push(Edit::Truncate(*len));
                self.len = *len;
            }
            Operation::SyncFile { .. } => {
                self.durable = self.kept();
                self.unsynced.clear();
            }
            _ => {}
        }
    }

    fn kept(&self) -> Vec<u8> {
        let mut data = self.durable.clone();
        self.unsynced.iter().for_each(|edit| edit.apply(&mut data, Fate::Full));
        data
    }

    fn contents(&self) -> Vec<Vec<u8>> {
        let mut contents = vec![self.durable.clone()];
        for edit in &self.unsynced {
            let applied = contents.iter().flat_map(|data| {
                edit.fates().iter().map(move |fate| {
                    let mut data = data.clone();
                    edit.apply(&mut data, *fate);
                    data
                })
            });
            contents = applied.collect();
            contents.sort();
            contents.dedup();
        }
        contents
    }
}

/// Every combination of what the files may hold.
fn contents(files: &[File]) -> Vec<Vec<Vec<u8>>> {
    files.iter().fold(vec![Vec::new()], |combinations, file| {
        let contents = file.contents();
        let add = |before: &Vec<Vec<u8>>| -> Vec<Vec<Vec<u8>>> {
            contents
                .iter()
                .map(|data| [before.as_slice(), std::slice::from_ref(data)].concat())
                .collect()
        };
        combinations.iter().flat_map(add).collect()
    })
}

fn state(names: &BTreeMap<String, FileId>, contents: &[Vec<u8>]) -> State {
    let content = |file: &FileId| contents.get(*file).cloned().unwrap_or_default();
    names.iter().map(|(name, file)| (name.clone(), content(file))).collect()
}

#[cfg(test)]
mod tests;
