//! A power cut: what the disk has, and of the rest what the choice says.

use std::collections::BTreeSet;

use crate::model::command::{Loss, Tail};
use crate::model::kernel::{Change, Directory, File, Inode, Kernel, Listener};

impl Kernel {
    /// Every process is gone. What was synced stays; the loss chooses what else does.
    pub(crate) fn cut(&mut self, loss: Loss) {
        self.open.clear();
        let listeners = self.listeners.len();
        self.listeners = vec![Listener::default(); listeners];
        for (inode, file) in self.files.iter_mut().enumerate() {
            file.live = None;
            file.lose(if is_kept(loss.files, inode) { Tail::Kept } else { loss.tail });
        }
        for directory in &mut self.directories {
            directory.lose(loss.names);
        }
    }
}

fn is_kept(mask: u16, index: usize) -> bool {
    mask >> (index % 16) & 1 == 1
}

impl File {
    fn lose(&mut self, tail: Tail) {
        let unsynced = self.data.len() - self.synced;
        match tail {
            Tail::Dropped => self.data.truncate(self.synced),
            Tail::Torn => self.data.truncate(self.synced + unsynced.div_ceil(2)),
            Tail::Zeroed => self.data.iter_mut().skip(self.synced).for_each(|byte| *byte = 0),
            Tail::Kept => {}
        }
        self.synced = self.data.len();
    }
}

impl Directory {
    /// Changes of one file, or of one name, reach the disk in their order; others in any.
    fn lose(&mut self, mask: u16) {
        let (mut inodes, mut names) = (BTreeSet::<Inode>::new(), BTreeSet::<String>::new());
        for (index, change) in std::mem::take(&mut self.unsynced).into_iter().enumerate() {
            let touched = || change.removed.iter().chain(&change.added);
            let waits =
                inodes.contains(&change.inode) || touched().any(|name| names.contains(name));
            if is_kept(mask, index) && !waits {
                apply(&mut self.durable, &change);
            } else {
                inodes.insert(change.inode);
                names.extend(touched().cloned());
            }
        }
        self.names = self.durable.clone();
    }
}

fn apply(names: &mut std::collections::BTreeMap<String, Inode>, change: &Change) {
    if let Some(name) = &change.removed {
        names.remove(name);
    }
    if let Some(name) = &change.added {
        names.insert(name.clone(), change.inode);
    }
}
