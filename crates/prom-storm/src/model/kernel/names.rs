//! The calls that change or read the names of the directory.

use crate::model::kernel::{Change, Directory, Event, Inode, Kernel, Refusal};

impl Directory {
    pub(super) fn change(&mut self, removed: Option<&str>, added: Option<&str>, inode: Inode) {
        if let Some(name) = removed {
            self.names.remove(name);
        }
        if let Some(name) = added {
            self.names.insert(name.into(), inode);
        }
        let (removed, added) = (removed.map(Into::into), added.map(Into::into));
        self.unsynced.push(Change { removed, added, inode });
    }
}

impl Kernel {
    pub(crate) fn names(&self) -> Vec<String> {
        self.directory()
            .map(|directory| directory.names.keys().cloned().collect())
            .unwrap_or_default()
    }

    pub(crate) fn lookup(&self, name: &str) -> Option<Inode> {
        self.directory()?.names.get(name).copied()
    }

    /// Whether a name that the filter lets pass leads to the file.
    pub(crate) fn is_named(&self, inode: Inode, filter: impl Fn(&str) -> bool) -> bool {
        let named = |(name, named): (&String, &Inode)| *named == inode && filter(name);
        self.directory().is_some_and(|directory| directory.names.iter().any(named))
    }

    /// `renameat2(2)`. The file that is replaced, where that is allowed, is returned.
    pub(crate) fn rename(
        &mut self,
        from: &str,
        to: &str,
        replace: bool,
    ) -> Result<Option<Inode>, Refusal> {
        let directory = self.directory_mut()?;
        let inode = *directory.names.get(from).ok_or(Refusal::Missing)?;
        let replaced = directory.names.get(to).copied();
        if replaced.is_some() && !replace {
            return Err(Refusal::Exists);
        }
        directory.change(Some(from), Some(to), inode);
        // An open file bears the new name from here on.
        let id = self.path;
        for file in self.open.values_mut().filter(|file| Some(file.directory) == id) {
            if file.name == from {
                to.clone_into(&mut file.name);
            }
        }
        self.tell(self.path, &Event::Written(to.into()));
        Ok(replaced)
    }

    /// `link(2)`: makes no event that a watcher listens to.
    pub(crate) fn link(&mut self, from: &str, to: &str) -> Result<(), Refusal> {
        let directory = self.directory_mut()?;
        let inode = *directory.names.get(from).ok_or(Refusal::Missing)?;
        if directory.names.contains_key(to) {
            return Err(Refusal::Exists);
        }
        directory.change(None, Some(to), inode);
        Ok(())
    }

    /// `unlink(2)`: by name, whatever file has that name at this moment.
    pub(crate) fn unlink(&mut self, name: &str) -> Result<Inode, Refusal> {
        let directory = self.directory_mut()?;
        let inode = *directory.names.get(name).ok_or(Refusal::Missing)?;
        directory.change(Some(name), None, inode);
        self.tell(self.path, &Event::Vanished(name.into()));
        Ok(inode)
    }

    pub(crate) fn sync_directory(&mut self) -> Result<(), Refusal> {
        let directory = self.directory_mut()?;
        directory.durable = directory.names.clone();
        directory.unsynced.clear();
        Ok(())
    }

    /// A third party removes a file.
    pub(crate) fn take_away(&mut self, name: &str) {
        if let Ok(inode) = self.unlink(name) {
            self.blame(inode);
        }
    }

    /// A third party removes the directory with everything in it.
    pub(crate) fn remove_directory(&mut self) {
        self.names().iter().for_each(|name| self.take_away(name));
        let id = self.path.take();
        self.tell(id, &Event::Lost);
        let watching = self.listeners.iter_mut().filter(|listener| listener.directory == id);
        watching.for_each(|listener| listener.directory = None);
    }

    pub(crate) fn make_directory(&mut self) {
        if self.path.is_none() {
            self.path = Some(self.directories.len());
            self.directories.push(Directory::default());
        }
    }

    /// What is lost with this file is no fault of writers and consumers.
    pub(crate) fn blame(&mut self, inode: Inode) {
        if let Some(file) = self.files.get_mut(inode) {
            file.taken_away = true;
        }
    }
}
