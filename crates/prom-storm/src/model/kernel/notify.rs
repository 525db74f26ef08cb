//! inotify: a queue for each listener, which overflows.

use crate::model::kernel::{DirectoryId, Event, Kernel, Listener};

/// The kernel has 16,384; a short queue overflows sooner, and in the same way.
const CAPACITY: usize = 6;

impl Listener {
    fn push(&mut self, event: &Event) {
        let full = self.events.len() >= CAPACITY;
        let event = if full { &Event::Overflow } else { event };
        // An event that repeats the last one is merged with it.
        if self.events.back() != Some(event) {
            self.events.push_back(event.clone());
        }
    }
}

impl Kernel {
    pub(super) fn tell(&mut self, directory: Option<DirectoryId>, event: &Event) {
        let hears =
            |listener: &&mut Listener| directory.is_some() && listener.directory == directory;
        self.listeners.iter_mut().filter(hears).for_each(|listener| listener.push(event));
    }

    /// A fresh inotify instance, on whatever directory the path leads to.
    pub(crate) fn watch(&mut self, listener: usize) {
        let directory = self.path;
        if let Some(listener) = self.listeners.get_mut(listener) {
            *listener = Listener { directory, ..Listener::default() };
        }
    }

    pub(crate) fn unwatch(&mut self, listener: usize) {
        if let Some(listener) = self.listeners.get_mut(listener) {
            *listener = Listener::default();
        }
    }

    pub(crate) fn hear(&mut self, listener: usize) -> Option<Event> {
        self.listeners.get_mut(listener)?.events.pop_front()
    }

    /// Everything that was not heard yet is dropped for want of room.
    pub(crate) fn overflow(&mut self, listener: usize) {
        if let Some(listener) = self.listeners.get_mut(listener)
            && listener.directory.is_some()
        {
            listener.events = [Event::Overflow].into();
        }
    }
}
