//! `flock(2)`: a lock belongs to the open file, not to the process.

use crate::model::kernel::{Handle, Inode, Kernel, Lock};

impl Kernel {
    /// `LOCK_NB`: says whether the lock was granted.
    pub(crate) fn try_lock(&mut self, handle: Handle, lock: Lock) -> bool {
        let Some(inode) = self.inode_of(handle) else { return false };
        let conflict = |held: Option<Lock>| match held {
            Some(Lock::Exclusive) => true,
            Some(Lock::Shared) => lock == Lock::Exclusive,
            None => false,
        };
        let others = self.open.iter().filter(|(other, _)| **other != handle);
        if others.into_iter().any(|(_, file)| file.inode == inode && conflict(file.lock)) {
            return false;
        }
        if let Some(file) = self.open.get_mut(&handle) {
            file.lock = Some(lock);
        }
        true
    }

    /// Frees the lock for everybody who shares the open file.
    pub(crate) fn unlock(&mut self, handle: Handle) {
        if let Some(file) = self.open.get_mut(&handle) {
            file.lock = None;
        }
    }

    pub(crate) fn is_locked(&self, inode: Inode) -> bool {
        self.open.values().any(|file| file.inode == inode && file.lock.is_some())
    }
}
