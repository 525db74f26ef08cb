//! The calls that open, write, sync and close a file.

use crate::model::kernel::{Event, File, Handle, Inode, Kernel, OpenFile, Pid, Refusal};

impl Kernel {
    /// `open(2)` with `O_CREAT | O_EXCL`, for writing.
    pub(crate) fn create(&mut self, pid: Pid, name: &str) -> Result<Handle, Refusal> {
        let inode = self.files.len();
        let directory = self.directory_mut()?;
        if directory.names.contains_key(name) {
            return Err(Refusal::Exists);
        }
        directory.change(None, Some(name), inode);
        let modified = self.now;
        self.files.push(File { live: Some(pid), modified, ..File::default() });
        Ok(self.enter(pid, inode, name, true))
    }

    pub(crate) fn open(&mut self, pid: Pid, name: &str, writable: bool) -> Result<Handle, Refusal> {
        let inode = self.lookup(name).ok_or(Refusal::Missing)?;
        Ok(self.enter(pid, inode, name, writable))
    }

    fn enter(&mut self, pid: Pid, inode: Inode, name: &str, writable: bool) -> Handle {
        let handle = self.next_handle;
        self.next_handle += 1;
        let directory = self.path.unwrap_or_default();
        let file = OpenFile {
            inode,
            directory,
            name: name.into(),
            writable,
            lock: None,
            holders: [pid].into(),
        };
        self.open.insert(handle, file);
        handle
    }

    pub(crate) fn inode_of(&self, handle: Handle) -> Option<Inode> {
        self.open.get(&handle).map(|file| file.inode)
    }

    /// Whether the path still leads to the file that is held open.
    pub(crate) fn leads_to(&self, name: &str, handle: Handle) -> bool {
        self.lookup(name).is_some_and(|inode| self.inode_of(handle) == Some(inode))
    }

    pub(crate) fn append(&mut self, handle: Handle, bytes: &[u8]) {
        let now = self.now;
        if let Some(file) = self.inode_of(handle).and_then(|inode| self.files.get_mut(inode)) {
            file.data.extend_from_slice(bytes);
            file.modified = now;
        }
    }

    /// `fsync(2)` or `fdatasync(2)`: the data and the length, and no name.
    pub(crate) fn sync_file(&mut self, handle: Handle) {
        if let Some(file) = self.inode_of(handle).and_then(|inode| self.files.get_mut(inode)) {
            file.synced = file.data.len();
        }
    }

    /// The child of a fork has every file that its parent has.
    pub(crate) fn fork(&mut self, parent: Pid, child: Pid) {
        for file in self.open.values_mut().filter(|file| file.holders.contains(&parent)) {
            file.holders.insert(child);
        }
    }

    /// The first half of `close(2)`: inotify is told. The lock is freed by [`release`](Self::release).
    pub(crate) fn close(&mut self, pid: Pid, handle: Handle) {
        let Some(file) = self.open.get_mut(&handle) else { return };
        file.holders.remove(&pid);
        if file.holders.is_empty() && file.writable {
            let (directory, name) = (file.directory, file.name.clone());
            self.tell(Some(directory), &Event::Written(name));
        }
    }

    /// The second half: an open file that nobody holds is gone, and its lock with it.
    pub(crate) fn release(&mut self, handle: Handle) {
        if self.open.get(&handle).is_some_and(|file| file.holders.is_empty()) {
            self.open.remove(&handle);
        }
    }

    /// What a process has open when it dies.
    pub(crate) fn handles_of(&self, pid: Pid) -> Vec<Handle> {
        let held = self.open.iter().filter(|(_, file)| file.holders.contains(&pid));
        held.map(|(handle, _)| *handle).collect()
    }

    /// Nobody will add to what this process was writing.
    pub(crate) fn orphan(&mut self, pid: Pid) {
        let own = self.files.iter_mut().filter(|file| file.live == Some(pid));
        own.for_each(|file| file.live = None);
    }
}
