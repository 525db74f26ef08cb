//! The timer thread of the process: seals the segments of programs that have fallen idle.
//!
//! It sleeps on a condition variable until the earliest segment is due, and knows writers by weak
//! references only. A forked child has no such thread; its first segment starts another.

use std::cmp::Ordering;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Instant;

/// What has to be looked at when the time has come.
pub(crate) trait Wait: Send + Sync {
    /// Acts on the segment of these milliseconds; says what to look at next.
    fn look(&self, millis: u64, now: Instant) -> Option<Look>;
}

/// When to look, and at the segment of which milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) due: Instant,
    pub(crate) millis: u64,
}

struct Entry {
    look: Look,
    target: Weak<dyn Wait>,
}

#[derive(Default)]
struct Timer {
    queue: Mutex<Vec<Entry>>,
    changed: Condvar,
}

/// The thread of this process, with the process it belongs to, in the slot of its number.
///
/// A child may be forked while another thread of its parent holds the parent's slot, and would wait
/// for ever there. Its own number is a neighbour of its parent's, so its slot is another one.
static CURRENT: [Slot; 64] = [const { Slot::new(None) }; 64];

type Slot = Mutex<Option<(u32, Arc<Timer>)>>;

/// Has the target looked at when the time comes.
///
/// Fails when no thread can be started; the next call tries again.
pub(crate) fn watch(look: Look, target: Weak<dyn Wait>) -> io::Result<()> {
    let timer = current()?;
    add(&mut lock(&timer.queue), Entry { look, target });
    timer.changed.notify_one();
    Ok(())
}

fn current() -> io::Result<Arc<Timer>> {
    let pid = process::id();
    let slot = usize::try_from(pid).unwrap_or_default() % CURRENT.len();
    let mut current = CURRENT.get(slot).map(lock).ok_or(io::ErrorKind::NotFound)?;
    if let Some((owner, timer)) = current.as_ref()
        && *owner == pid
    {
        return Ok(Arc::clone(timer));
    }
    let timer = Arc::new(Timer::default());
    let runner = Arc::clone(&timer);
    thread::Builder::new().name("prom-segment".into()).spawn(move || runner.run())?;
    *current = Some((pid, Arc::clone(&timer)));
    Ok(timer)
}

/// One entry a writer: that of its latest segment, at the earlier time. Milliseconds rise strictly,
/// and what has been said of an earlier segment is out of date.
fn add(queue: &mut Vec<Entry>, entry: Entry) {
    let Some(known) = queue.iter_mut().find(|known| known.target.ptr_eq(&entry.target)) else {
        return queue.push(entry);
    };
    match known.look.millis.cmp(&entry.look.millis) {
        Ordering::Less => known.look = entry.look,
        Ordering::Equal => known.look.due = known.look.due.min(entry.look.due),
        Ordering::Greater => {}
    }
}

impl Timer {
    fn run(&self) {
        loop {
            for entry in self.wait() {
                let again = entry.target.upgrade().and_then(|target| {
                    // An observer that panics must not cost the other writers their thread.
                    let look = || target.look(entry.look.millis, Instant::now());
                    let look = catch_unwind(AssertUnwindSafe(look)).ok()??;
                    Some(Entry { look, ..entry })
                });
                if let Some(entry) = again {
                    add(&mut lock(&self.queue), entry);
                }
            }
        }
    }

    /// Sleeps until something is due, and takes it off the queue, in the order of the times.
    fn wait(&self) -> Vec<Entry> {
        let mut queue = lock(&self.queue);
        loop {
            let now = Instant::now();
            let mut due: Vec<Entry> = queue.extract_if(.., |entry| entry.look.due <= now).collect();
            if !due.is_empty() {
                due.sort_by_key(|entry| entry.look.due);
                return due;
            }
            queue = match queue.iter().map(|entry| entry.look.due).min() {
                None => self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
                Some(next) => {
                    let pause = next.saturating_duration_since(now);
                    let woken = self.changed.wait_timeout(queue, pause);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

/// No code panics while it holds one of these locks, so what they guard is whole in any case.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    struct Probe(Mutex<mpsc::Sender<(u64, Instant)>>);

    impl Wait for Probe {
        fn look(&self, millis: u64, now: Instant) -> Option<Look> {
            self.0.lock().unwrap().send((millis, now)).unwrap();
            (millis == 2).then(|| Look { due: now + Duration::from_millis(5), millis })
        }
    }

    #[test]
    fn entries_come_in_the_order_of_their_time() {
        let (sender, _receiver) = mpsc::channel();
        let (timer, start) = (Timer::default(), Instant::now());
        let probes: Vec<Arc<dyn Wait>> = [(3, 60), (1, 10), (2, 30)]
            .into_iter()
            .map(|(millis, pause)| {
                let probe: Arc<dyn Wait> = Arc::new(Probe(Mutex::new(sender.clone())));
                let look = Look { due: start + Duration::from_millis(pause), millis };
                add(&mut lock(&timer.queue), Entry { look, target: Arc::downgrade(&probe) });
                probe
            })
            .collect();
        let mut come = Vec::new();
        while come.len() < probes.len() {
            come.extend(timer.wait().iter().map(|entry| (entry.look, Instant::now())));
        }
        assert_eq!([1, 2, 3], [0, 1, 2].map(|place: usize| come[place].0.millis));
        assert!(come.iter().all(|(look, at)| *at >= look.due), "too early");
    }

    #[test]
    fn an_entry_comes_again_when_it_is_asked_for() {
        let (sender, receiver) = mpsc::channel();
        let probe: Arc<dyn Wait> = Arc::new(Probe(Mutex::new(sender)));
        watch(Look { due: Instant::now(), millis: 2 }, Arc::downgrade(&probe)).unwrap();
        let looked: Vec<(u64, Instant)> = receiver.iter().take(3).collect();
        assert!(looked.iter().all(|(millis, _)| *millis == 2));
        assert!(looked[2].1 >= looked[0].1 + Duration::from_millis(10));
    }

    #[test]
    fn a_writer_has_one_entry_that_of_its_latest_segment() {
        let (sender, _receiver) = mpsc::channel();
        let probe: Arc<dyn Wait> = Arc::new(Probe(Mutex::new(sender)));
        let (mut queue, now) = (Vec::new(), Instant::now());
        for (pause, millis, expected) in [(9, 1, 9), (5, 1, 5), (7, 1, 5), (8, 2, 8), (1, 1, 8)] {
            let look = Look { due: now + Duration::from_millis(pause), millis };
            add(&mut queue, Entry { look, target: Arc::downgrade(&probe) });
            let dues: Vec<Duration> = queue.iter().map(|entry| entry.look.due - now).collect();
            assert_eq!([Duration::from_millis(expected)], dues[..]);
        }
    }

    struct Panics;

    impl Wait for Panics {
        fn look(&self, _: u64, _: Instant) -> Option<Look> {
            panic!("as planned");
        }
    }

    #[test]
    fn a_panic_costs_no_other_writer_its_thread() {
        let panics: Arc<dyn Wait> = Arc::new(Panics);
        let (sender, receiver) = mpsc::channel();
        let probe: Arc<dyn Wait> = Arc::new(Probe(Mutex::new(sender)));
        for (pause, target) in [(1, &panics), (20, &probe)] {
            let look = Look { due: Instant::now() + Duration::from_millis(pause), millis: 1 };
            watch(look, Arc::downgrade(target)).unwrap();
        }
        assert_eq!(1, receiver.recv().unwrap().0);
    }

    #[test]
    fn a_dropped_target_is_forgotten() {
        let (sender, receiver) = mpsc::channel();
        let probe: Arc<dyn Wait> = Arc::new(Probe(Mutex::new(sender)));
        let look = Look { due: Instant::now() + Duration::from_millis(5), millis: 1 };
        watch(look, Arc::downgrade(&probe)).unwrap();
        drop(probe);
        assert!(receiver.recv().is_err(), "the timer kept the writer alive");
    }
}
