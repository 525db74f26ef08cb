//! `Writer`: appends whole lines to a sequence of segments.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::{Batch, Part};
use crate::collection::Collection;
use crate::config::Config;
use crate::error::Error;
use crate::lines::{self, Header, Lines};
use crate::loss::Loss;
use crate::shared::Shared;

/// Writes segments named `<prefix><epoch_millis>.prom`, one after the other.
///
/// Lines are gathered in memory and written at the borders between collections, by
/// [`flush`](Self::flush) and [`flush_all`](crate::flush_all), by the timer thread when the segment is
/// old enough, and by [`close`](Self::close). A border is a change of timestamp, a flush, or a header
/// that comes round again. Dropping a writer closes it, but an error then has only the
/// [`Observer`](crate::Observer) to go to.
///
/// After `fork(2)` the child's copy forgets the lines it inherited, which are the parent's to
/// write, and begins segments of its own.
#[derive(Debug)]
pub struct Writer {
    config: Arc<Config>,
    headers: Vec<Arc<[u8]>>,
    collection: Collection,
    shared: Arc<Shared>,
    pid: u32,
    /// Until when the process is certainly the one that it was.
    unforked: Instant,
}

/// No fork is done in so short a time, so lines that follow each other more quickly are of one
/// process. Reading the clock costs a fifth of asking for the process.
const FORK: Duration = Duration::from_micros(10);

impl Writer {
    pub(crate) fn with(config: Config) -> Self {
        let config = Arc::new(config);
        let shared = Shared::new(&config, Vec::new());
        let (headers, collection) = (Vec::new(), Collection::default());
        let unforked = Instant::now();
        Self { config, headers, collection, shared, pid: process::id(), unforked }
    }

    /// Registers lines that must stand before the first lines of their kind in every segment.
    ///
    /// # Errors
    ///
    /// Refuses text that is not whole lines or holds a NUL.
    pub fn header(&mut self, text: &[u8]) -> Result<Header, Error> {
        self.check(lines::problem(text))?;
        let header = u32::try_from(self.headers.len()).map(Header);
        let header = header.map_err(|_| Error::invalid(&self.config.prefix, "too many headers"))?;
        let text: Arc<[u8]> = Arc::from(text);
        self.forget_the_parent();
        self.headers.push(Arc::clone(&text));
        self.shared.lock().add_header(text);
        Ok(header)
    }

    /// Accepts whole lines that need no header; see [`append_all`](Self::append_all).
    ///
    /// # Errors
    ///
    /// As [`append_all`](Self::append_all).
    pub fn append(&mut self, timestamp_ms: u64, text: &[u8]) -> Result<(), Error> {
        self.append_all(timestamp_ms, &[Lines { header: None, text }])
    }

    /// Accepts lines of the collection of this time, in milliseconds since the Unix epoch; all of
    /// them, or with an error none.
    ///
    /// The first lines of a collection may rotate or write to the file; the others only gather,
    /// unless [`Builder::buffer_limit`](crate::Builder::buffer_limit) is reached. The timestamp names a new
    /// segment, and rotation never depends on it.
    ///
    /// # Errors
    ///
    /// Refuses text that is not whole lines or holds a NUL, and a prefix whose file name begins
    /// with a dot. Reports that no segment could be created, or that lines accepted *earlier* could
    /// not be written: those are kept and tried again, after a pause of 10 ms to half a second,
    /// while these lines were not accepted.
    pub fn append_all(&mut self, timestamp_ms: u64, lines: &[Lines<'_>]) -> Result<(), Error> {
        if let [Lines { header, text }] = lines {
            let parts = [Part { header: *header, start: 0 }];
            return self.append_batch(timestamp_ms, &Batch { text, parts: &parts });
        }
        // Judged one by one: what one text lacks at its end another one's beginning may hide.
        if let Err(refusal) = self.check(lines.iter().find_map(Lines::problem)) {
            self.config.refused(lines.iter().map(Lines::count).sum(), &refusal);
            return Err(refusal);
        }
        let (mut text, mut parts) = (Vec::new(), Vec::with_capacity(lines.len()));
        for lines in lines {
            parts.push(Part { header: lines.header, start: text.len() });
            text.extend_from_slice(lines.text);
        }
        self.append_batch(timestamp_ms, &Batch { text: &text, parts: &parts })
    }

    /// As [`append_all`](Self::append_all), for lines that stand in one text already, which is quicker.
    ///
    /// ```
    /// use prom_segment::{Batch, Part, Writer};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let prefix = directory.path().join("app.");
    /// let mut writer = Writer::new(prefix);
    /// let jobs = Some(writer.header(b"# TYPE jobs gauge\n")?);
    /// let tasks = Some(writer.header(b"# TYPE tasks gauge\n")?);
    /// let parts = [Part { header: jobs, start: 0 }, Part { header: tasks, start: 9 }];
    /// writer.append_batch(42, &Batch { text: b"jobs 1 42\ntasks 2 42\n", parts: &parts }).unwrap_err();
    /// let parts = [Part { header: jobs, start: 0 }, Part { header: tasks, start: 10 }];
    /// writer.append_batch(42, &Batch { text: b"jobs 1 42\ntasks 2 42\n", parts: &parts })?;
    /// # writer.close()?;
    /// # let segment = std::fs::read(directory.path().join("app.42.prom"))?;
    /// # assert_eq!(segment, b"# TYPE jobs gauge\njobs 1 42\n# TYPE tasks gauge\ntasks 2 42\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`append_all`](Self::append_all). Also refuses parts that do not begin with lines, are not in
    /// order, or do not cover the text.
    pub fn append_batch(&mut self, timestamp_ms: u64, batch: &Batch<'_>) -> Result<(), Error> {
        let accepted = self.gather(timestamp_ms, batch);
        accepted.inspect_err(|refusal| self.config.refused(batch.count(), refusal))
    }

    fn gather(&mut self, timestamp_ms: u64, batch: &Batch<'_>) -> Result<(), Error> {
        self.check(batch.problem())?;
        if batch.text.is_empty() {
            return Ok(());
        }
        let now = Instant::now();
        if now >= self.unforked {
            self.forget_the_parent();
        }
        self.unforked = now + FORK;
        let begins = self.collection.begins(timestamp_ms, batch.parts);
        if begins {
            self.forget_the_parent();
            self.shared.enlist();
        }
        let mut state = self.shared.lock();
        let prepared = if begins { state.border(timestamp_ms, now) } else { Ok(()) };
        let accepted = prepared.and_then(|()| state.accept(batch));
        self.shared.watch(&mut state);
        accepted
    }

    /// Brings everything that was accepted to the kernel, or to the disk with
    /// [`Durability::Flush`](crate::Durability::Flush). The segment stays open.
    ///
    /// # Errors
    ///
    /// Reports that lines could not be written; they are kept. While the disk is left alone after
    /// a failure, that failure is reported again without another try. Also reports, once, what
    /// failed on the timer thread since the last call.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.forget_the_parent();
        self.collection.end();
        let mut state = self.shared.lock();
        let flushed = state.flush();
        self.shared.watch(&mut state);
        flushed.and_then(|()| self.shared.completed())
    }

    /// Completes the open segment now, if there is one; the next lines begin another.
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub fn rotate(&mut self) -> Result<(), Error> {
        self.forget_the_parent();
        self.collection.end();
        let mut state = self.shared.lock();
        let sealed = state.rotate(Instant::now());
        self.shared.watch(&mut state);
        sealed.and_then(|()| self.shared.completed())
    }

    /// Completes the open segment if it is older than [`Builder::max_age`](crate::Builder::max_age) and no
    /// collection is going on, and tries lines again that could not be written; says whether it
    /// completed a segment. For programs without the timer thread, which
    /// call this from a loop of their own.
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub fn tick(&mut self) -> Result<bool, Error> {
        self.forget_the_parent();
        self.shared.tick()
    }

    /// The name of the segment that is open.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        // The segment is the parent's, and so is whoever holds the lock.
        if self.pid != process::id() {
            return None;
        }
        self.shared.lock().open_segment().map(|segment| segment.path().to_owned())
    }

    /// The prefix that the writer was made with.
    #[must_use]
    pub fn prefix(&self) -> &Path {
        &self.config.prefix
    }

    /// Seals the segment. A last try is made for lines that could not be written before, in up to
    /// eight segments.
    ///
    /// # Errors
    ///
    /// Says how many accepted lines are lost with it, if any: [`Error::lost_lines`].
    pub fn close(self) -> Result<(), Error> {
        self.shut(Loss::Close)
    }

    fn shut(&self, why: Loss) -> Result<(), Error> {
        if self.pid != process::id() {
            return Ok(());
        }
        let closed = self.shared.lock().close(why);
        closed.and_then(|()| self.shared.completed())
    }

    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    fn check(&self, problem: Option<&'static str>) -> Result<(), Error> {
        problem.map_or(Ok(()), |why| Err(Error::invalid(&self.config.prefix, why)))
    }

    /// A forked child must neither write nor unlock what belongs to its parent, and may find the
    /// inherited mutex locked for ever by a thread it has not got. So it takes a new state; the old
    /// one is dropped as it is, which closes the child's copy of the file without unlocking it.
    fn forget_the_parent(&mut self) {
        let pid = process::id();
        if self.pid != pid {
            self.pid = pid;
            let left = self.shared.try_lock().map_or(0, |state| state.unwritten());
            if left > 0 {
                self.config.observer().missed(left, Loss::Fork);
            }
            self.collection = Collection::default();
            self.shared = Shared::new(&self.config, self.headers.clone());
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // There is no one to return it to; the observer has heard of it.
        let _ = self.shut(Loss::Drop);
    }
}
