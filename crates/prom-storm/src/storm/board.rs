//! `Board`: what the processes of a storm have said so far, shared with the threads that listen to them.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::storm::ledger::{Ack, End, Ledger};

#[derive(Debug, Default)]
pub(crate) struct News {
    pub(crate) writers: BTreeMap<u64, Ledger>,
    /// Samples that each consumer has noted.
    pub(crate) delivered: BTreeMap<usize, u64>,
    /// Pipes whose writing ends are all closed.
    silent: Vec<Voice>,
}

/// Whose pipe it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    Writer(u64),
    Consumer(usize),
}

impl News {
    pub(crate) fn accepted(&self) -> u64 {
        self.writers.values().map(|ledger| ledger.accepted.len()).sum()
    }

    pub(crate) fn arrived(&self) -> u64 {
        self.delivered.values().sum()
    }

    /// Whether everything that was accepted has been noted.
    pub(crate) fn all_arrived(&self) -> bool {
        self.arrived() >= self.accepted()
    }

    fn progress(&self) -> (u64, u64) {
        (self.accepted(), self.arrived())
    }

    pub(crate) fn is_silent(&self, voice: Voice) -> bool {
        self.silent.contains(&voice)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Board(Arc<(Mutex<News>, Condvar)>);

impl Board {
    pub(crate) fn look(&self) -> MutexGuard<'_, News> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is so; says after how long, or `None` when the time is up.
    pub(crate) fn wait(
        &self,
        limit: Duration,
        mut so: impl FnMut(&News) -> bool,
    ) -> Option<Duration> {
        let began = Instant::now();
        let waited = self.0.1.wait_timeout_while(self.look(), limit, |news| !so(news));
        let (guard, over) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(guard);
        (!over.timed_out()).then(|| began.elapsed())
    }

    /// Waits until a process has ended; says no when nobody gets on for this long.
    pub(crate) fn wait_for_end(&self, limit: Duration, voice: Voice) -> bool {
        let mut before = self.look().progress();
        loop {
            let waited =
                self.wait(limit, |news| news.is_silent(voice) || news.progress() != before);
            let news = self.look();
            if waited.is_none() || news.is_silent(voice) {
                return news.is_silent(voice);
            }
            before = news.progress();
        }
    }

    /// Up to which sample each writer has been told that it is flushed.
    pub(crate) fn flushed(&self) -> BTreeMap<u64, Option<u64>> {
        self.look().writers.iter().map(|(id, ledger)| (*id, ledger.flushed)).collect()
    }

    fn change(&self, change: impl FnOnce(&mut News)) {
        change(&mut self.look());
        self.0.1.notify_all();
    }

    /// Reads a pipe to its end on a thread of its own.
    pub(crate) fn listen(&self, voice: Voice, pipe: impl Read + Send + 'static) {
        let board = self.clone();
        self.change(|news| match voice {
            Voice::Writer(id) => drop(news.writers.insert(id, Ledger::default())),
            Voice::Consumer(id) => drop(news.delivered.insert(id, 0)),
        });
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                board.hear(voice, &line);
            }
            board.change(|news| news.silent.push(voice));
        });
    }

    fn hear(&self, voice: Voice, line: &str) {
        self.change(|news| match voice {
            Voice::Writer(id) => {
                let ledger = news.writers.entry(id).or_default();
                match Ack::parse(line) {
                    Some(ack) => ledger.note(ack),
                    None => ledger.errors.push(format!("unknown acknowledgement {line:?}")),
                }
            }
            Voice::Consumer(id) => {
                if let Ok(count) = line.parse() {
                    news.delivered.insert(id, count);
                }
            }
        });
    }

    pub(crate) fn ended(&self, writer: u64, end: End) {
        self.change(|news| news.writers.entry(writer).or_default().end = end);
    }
}
