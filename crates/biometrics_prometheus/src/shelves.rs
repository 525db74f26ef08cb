//! `Shelves`: the shelves of the process, one for each style.

use std::process;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread;

use crate::shelf::Shelf;
use crate::style::Style;

/// Shelves that are kept while no emitter uses them: an exposition lives for one page, and the next
/// one should find everything ready.
const KEPT: usize = 16;

/// Tries for the list. It is never held for longer than a look at it takes, but a thread may be stopped
/// there, and in a forked child the one that held it does not exist.
const TRIES: u32 = 100;

static SHELVES: Shelves = Shelves { list: Mutex::new(Vec::new()) };

/// The shelves that were used last, the latest first.
#[derive(Debug)]
struct Shelves {
    list: Mutex<Vec<Arc<Shelf>>>,
}

/// The shelf of this style in this process, with the constant labels as they are now.
pub(crate) fn shelf_of(style: &Style) -> Arc<Shelf> {
    SHELVES.shelf_of(style)
}

impl Shelves {
    /// A shelf of its own, where the list cannot be had: sharing only saves work.
    fn shelf_of(&self, style: &Style) -> Arc<Shelf> {
        let (constant, pid) = (style.labels(), process::id());
        let Some(mut shelves) = self.list() else {
            return Arc::new(Shelf::new(style, constant, pid));
        };
        shelves.retain(|shelf| shelf.pid() == pid);
        let known = shelves.iter().position(|shelf| shelf.serves(style, &constant));
        let shelf = match known {
            Some(at) => shelves.remove(at),
            None => Arc::new(Shelf::new(style, constant, pid)),
        };
        shelves.truncate(KEPT - 1);
        shelves.insert(0, Arc::clone(&shelf));
        shelf
    }

    fn list(&self) -> Option<MutexGuard<'_, Vec<Arc<Shelf>>>> {
        for _ in 0..TRIES {
            match self.list.try_lock() {
                Ok(list) => return Some(list),
                // Nothing panics while it holds this lock, so the list is whole in any case.
                Err(TryLockError::Poisoned(list)) => return Some(list.into_inner()),
                Err(TryLockError::WouldBlock) => thread::yield_now(),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::within::within_a_minute;
    use prom_format::LabelName;

    fn shelves() -> Shelves {
        Shelves { list: Mutex::default() }
    }

    fn labelled(value: &str) -> Style {
        let mut style = Style::new(true);
        style.set_label(LabelName::from_static("shelf"), value.into());
        style
    }

    #[test]
    fn a_style_has_one_shelf() {
        let shelves = shelves();
        let shelf = shelves.shelf_of(&labelled("one"));
        assert!(Arc::ptr_eq(&shelf, &shelves.shelf_of(&labelled("one"))));
        assert!(!Arc::ptr_eq(&shelf, &shelves.shelf_of(&labelled("two"))));
        assert!(Arc::ptr_eq(&shelf, &shelves.shelf_of(&labelled("one"))));
    }

    #[test]
    fn shelves_are_bounded() {
        let shelves = shelves();
        let first = Arc::downgrade(&shelves.shelf_of(&labelled("bound")));
        for other in 0..KEPT {
            drop(shelves.shelf_of(&labelled(&format!("bound {other}"))));
        }
        assert!(first.upgrade().is_none());
    }

    #[test]
    fn a_shelf_of_another_process_is_left_alone() {
        let (shelves, style) = (shelves(), labelled("one"));
        let inherited = Arc::new(Shelf::new(&style, style.labels(), 0));
        shelves.list.lock().unwrap().push(Arc::clone(&inherited));
        let held = inherited.hold();
        let shelf = within_a_minute(|| {
            let shelf = shelves.shelf_of(&style);
            assert!(shelf.index().is_empty());
            shelf
        });
        assert!(!Arc::ptr_eq(&inherited, &shelf));
        assert!(Arc::ptr_eq(&shelf, &shelves.shelf_of(&style)));
        drop(held);
    }

    #[test]
    fn a_list_that_is_never_freed_is_not_waited_for() {
        let (shelves, style) = (shelves(), labelled("one"));
        let held = shelves.list.lock().unwrap();
        let shelf = within_a_minute(|| shelves.shelf_of(&style));
        assert_eq!(process::id(), shelf.pid());
        drop(held);
        assert!(!Arc::ptr_eq(&shelf, &shelves.shelf_of(&style)));
    }
}
