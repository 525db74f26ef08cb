//! `Segments`: the finished segments as a `Stream`, for async programs of any runtime.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Instant;

use futures_core::Stream;
use prom_segment::Reader;

use crate::engine::Engine;
use crate::watcher::Watcher;

/// The finished segments of a directory as they come; from [`Watcher::stream`]. Never ends.
///
/// An item is locked for its receiver until it is dropped, and counts as processed when it is
/// handed over: remove it with [`Reader::unlink`], and if something goes wrong, try again with the
/// [`Reader`] in hand. One that is dropped and not removed is not handed out again while it is
/// unchanged, except by another watcher.
///
/// Waiting costs nothing: tasks are woken by the thread that hears the kernel's events, and by one
/// timer thread, which begins with the first wait and ends with the watcher. A poll opens files and
/// may scan the directory (0.4 ms for 1,000 files), but waits for nobody.
#[derive(Clone, Debug)]
pub struct Segments {
    engine: Arc<Engine>,
}

impl Watcher {
    /// The finished segments as a stream. Several streams, and the `ingest` methods, share the work.
    #[must_use]
    pub fn stream(&self) -> Segments {
        Segments { engine: Arc::clone(self.engine()) }
    }

    /// The finished segments as a stream that owns the watcher.
    #[must_use]
    pub fn into_stream(self) -> Segments {
        self.stream()
    }
}

impl Stream for Segments {
    type Item = io::Result<Reader>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let shared = self.engine.shared();
        let looked = self.engine.turn();
        match self.engine.take() {
            Ok(Some(taken)) => return Poll::Ready(Some(Ok(taken.into_reader()))),
            Ok(None) => {}
            Err(error) => return Poll::Ready(Some(Err(error.into()))),
        }
        if let Err(error) = looked
            && shared.lock().schedule.report(Instant::now(), false)
        {
            return Poll::Ready(Some(Err(error.into())));
        }
        if let Err(error) = self.start_timer() {
            return Poll::Ready(Some(Err(error)));
        }
        if !shared.register(context.waker()) {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

impl Segments {
    fn start_timer(&self) -> io::Result<()> {
        let shared = Arc::clone(self.engine.shared());
        if !shared.wants_timer() {
            return Ok(());
        }
        let timer = thread::Builder::new().name("prom-watch timer".into());
        let started = timer.spawn(move || shared.tend());
        started.map(|_| ()).inspect_err(|_| self.engine.shared().lacks_timer())
    }
}
