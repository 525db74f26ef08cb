//! `Shared`: the state between the callers, the notify thread and the timer thread, and its bell.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::candidate::Filter;
use crate::mode::Mode;
use crate::queue::{Queue, Ticket};
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::stats::{Counted, Stats};
use crate::wake::Hint;

/// The lock is held for moments only: never across a system call or a caller's code.
#[derive(Debug)]
pub(crate) struct Shared {
    filter: Filter,
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) queue: Queue,
    pub(crate) schedule: Schedule,
    pub(crate) mode: Option<Mode>,
    pub(crate) counted: Counted,
    /// A backlog is taken, and nobody listens.
    resting: bool,
    /// When the last rest began, and how many segments had been handed over by then.
    last_rest: Option<(Instant, u64)>,
    announced: Option<Mode>,
    wakers: Vec<Waker>,
    waiting: usize,
    #[cfg(feature = "stream")]
    tended: bool,
    #[cfg(feature = "stream")]
    closed: bool,
}

impl Shared {
    pub(crate) fn new(filter: Filter, queue: Queue, schedule: Schedule) -> Self {
        let state = State {
            queue,
            schedule,
            mode: None,
            counted: Counted::default(),
            resting: false,
            last_rest: None,
            announced: None,
            wakers: Vec::new(),
            waiting: 0,
            #[cfg(feature = "stream")]
            tended: false,
            #[cfg(feature = "stream")]
            closed: false,
        };
        Self { filter, state: Mutex::new(state), bell: Condvar::new() }
    }

    pub(crate) fn filter(&self) -> &Filter {
        &self.filter
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the notify thread heard.
    pub(crate) fn hear(&self, hint: Hint<'_>) {
        let candidate = match hint {
            Hint::Written(name) | Hint::Vanished(name) => self.filter.candidate(name),
            Hint::Overflow | Hint::Lost => None,
        };
        let mut state = self.lock();
        let news = match (hint, candidate) {
            (Hint::Written(_), Some(candidate)) => state.queue.hint(candidate),
            (Hint::Vanished(_), Some(candidate)) => state.queue.vanished(candidate),
            (Hint::Written(_) | Hint::Vanished(_), None) => false,
            (Hint::Overflow, _) => {
                state.counted.overflow();
                state.schedule.overflowed();
                true
            }
            (Hint::Lost, _) => {
                state.schedule.lost();
                true
            }
        };
        if news {
            self.ring(state);
        }
    }

    /// Lets everybody who waits look again.
    pub(crate) fn ring(&self, mut state: MutexGuard<'_, State>) {
        let wakers = mem::take(&mut state.wakers);
        let waiting = state.waiting > 0;
        drop(state);
        if waiting {
            self.bell.notify_all();
        }
        for waker in wakers {
            waker.wake();
        }
    }

    /// Waits until there is something to do, or until the deadline.
    pub(crate) fn wait(&self, deadline: Option<Instant>) {
        let state = self.lock();
        let wake_at = state.wake_at(Instant::now());
        if state.queue.ready() == 0 {
            let until = deadline.map_or(wake_at, |deadline| deadline.min(wake_at));
            drop(self.pause(state, Some(until)));
        }
    }

    /// Waits for the bell, at most until the given moment.
    pub(crate) fn pause<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        until: Option<Instant>,
    ) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let mut state = match until {
            None => self.bell.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                let waited = self.bell.wait_timeout(state, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        state.waiting -= 1;
        state
    }
}

impl State {
    /// How the directory is watched from now on.
    pub(crate) fn enter(&mut self, mode: Mode, settings: &Settings) {
        // What was done before a rest is verified by the scan that ends it.
        let polls = matches!(mode, Mode::Polling { .. });
        let verify = polls.then_some(settings.rescan);
        self.schedule.set_period(settings.period(&mode), verify);
        self.queue.set_busy_cap(settings.busy_cap(&mode));
        self.resting = matches!(mode, Mode::CatchingUp { .. });
        self.mode = Some(mode);
    }

    /// Whether a backlog is worth a rest. If the last rest, a moment ago, has come to nothing, the names are
    /// such as cannot be taken: they would be new to the scan that ends this one, again and again.
    pub(crate) fn may_rest(&mut self, backlog: usize, pause: Duration, now: Instant) -> bool {
        let taken = self.counted.stats().taken;
        let paid = |(began, before): (Instant, u64)| {
            now.saturating_duration_since(began) >= pause
                || usize::try_from(taken.saturating_sub(before)).is_ok_and(|more| more >= backlog)
        };
        let may = self.mode == Some(Mode::Inotify) && self.last_rest.is_none_or(paid);
        if may {
            self.last_rest = Some((now, taken));
        }
        may
    }

    /// The name to be tried next. Whoever finds none ends the rest: the directory is to be watched
    /// again, and then scanned, for what has come meanwhile.
    pub(crate) fn pop(&mut self) -> Option<Ticket> {
        let ticket = self.queue.pop();
        if ticket.is_none() && mem::take(&mut self.resting) {
            self.schedule.lost();
        }
        ticket
    }

    /// When a thread that waits must look again without being told.
    pub(crate) fn wake_at(&self, now: Instant) -> Instant {
        let turn = self.schedule.wake_at(now);
        self.queue.next_due().map_or(turn, |due| due.min(turn))
    }

    /// A mode that was not told of yet. A directory that comes back as it was is no news.
    pub(crate) fn news(&mut self) -> Option<Mode> {
        let mode = self.mode.clone().filter(|mode| self.announced.as_ref() != Some(mode))?;
        self.announced.insert(mode).clone().into()
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            ready: self.queue.ready(),
            parked: self.queue.parked(),
            done: self.queue.done(),
            ..self.counted.stats()
        }
    }
}

#[cfg(feature = "stream")]
impl Shared {
    /// Keeps a waker for the next ring, unless there is something to do already.
    pub(crate) fn register(&self, waker: &Waker) -> bool {
        let mut state = self.lock();
        let now = Instant::now();
        if state.queue.ready() > 0 || state.wake_at(now) <= now {
            return false;
        }
        if !state.wakers.iter().any(|known| known.will_wake(waker)) {
            state.wakers.push(waker.clone());
        }
        // The timer thread may be waiting for a later moment, or for none.
        if state.waiting > 0 {
            self.bell.notify_all();
        }
        true
    }

    /// Whether a timer thread is to be started by the caller: once.
    pub(crate) fn wants_timer(&self) -> bool {
        !mem::replace(&mut self.lock().tended, true)
    }

    /// The timer thread could not be started.
    pub(crate) fn lacks_timer(&self) {
        self.lock().tended = false;
    }

    /// Ends the timer thread.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.ring(state);
    }

    /// Rings for the wakers whenever a waiting thread would have looked by itself.
    pub(crate) fn tend(&self) {
        let mut state = self.lock();
        while !state.closed {
            let now = Instant::now();
            let until = (!state.wakers.is_empty()).then(|| state.wake_at(now));
            if until.is_some_and(|until| until <= now) {
                self.ring(state);
                state = self.lock();
            } else {
                state = self.pause(state, until);
            }
        }
    }
}
