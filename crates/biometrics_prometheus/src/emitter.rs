//! `Emitter`: writes sensors into locked segment files.

use std::io;
use std::mem;
use std::path::PathBuf;
use std::process;

use biometrics::Collector;
use prom_segment::{Header, Writer};

use crate::by_reading::emit_by_reading;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::error::Error;
use crate::page::Page;
use crate::sensor::Reading;
use crate::style::Style;
use crate::vitals;

/// Writes `biometrics` sensors as Prometheus text into segment files.
///
/// It implements [`biometrics::Emitter`]: give it to [`biometrics::Collector::emit`] with the
/// milliseconds since the Unix epoch. Samples gather in memory; they reach the file at the border
/// between two collections, with [`flush`](Self::flush), when the segment is complete, and with
/// [`close`](Self::close). The file is complete when it is large or old enough; see
/// [`Options`](crate::Options).
///
/// # Errors of an emission
///
/// `emit_*` refuses a sensor whose name another sensor is written as, or that has no name at all:
/// [`Error`](crate::Error). It reports a segment that cannot be created, or earlier samples
/// that cannot be written: [`prom_segment::Error`], which names the path. Those earlier samples are
/// kept and tried again; the one whose emission failed is not written. The next emission works as
/// soon as the cause is gone.
///
/// The operating system's code is in the inner error: `raw_os_error` of the outer one is `None`.
/// [`biometrics::Collector::emit`] goes on after an error and returns the first one.
///
/// # Blocking
///
/// The first emission of a collection may create a file or write to it; [`flush`](Self::flush),
/// [`rotate`](Self::rotate), [`close`](Self::close) and a drop do. They take as long as the disk does,
/// and with a [`Durability`](crate::Durability) of its own also until it has synced.
///
/// # Processes
///
/// A forked child writes segments of its own and leaves its parent's alone. A process that ends
/// without dropping its emitters, by [`process::exit`](std::process::exit), an abort or a signal, loses
/// what they have not flushed: [`flush_all`](crate::flush_all) and
/// [`flush_on_panic`](crate::flush_on_panic) flush them whoever owns them.
#[doc(alias = "exporter")]
#[derive(Debug)]
pub struct Emitter {
    writer: Writer,
    catalog: Catalog<Vec<Header>>,
    clock: Clock,
    gathered: Gathered,
}

/// Samples on their way to the writer.
#[derive(Debug, Default)]
struct Gathered {
    page: Page,
    /// The sensors that were not written before, by their numbers on the shelf.
    first: Vec<usize>,
}

/// How much is gathered before it goes to the writer: enough that its lock and its clock cost nothing, and
/// little enough to stay in a cache.
const ENOUGH: usize = 64 * 1024;

impl Emitter {
    pub(crate) fn with(writer: Writer, style: Style) -> Self {
        Self {
            writer,
            clock: Clock::new(&style),
            catalog: Catalog::new(style),
            gathered: Gathered::default(),
        }
    }

    /// Brings every sample that was accepted to the kernel, where the death of this process cannot
    /// harm it, or to the disk: see [`Builder::durability`](crate::Builder::durability). The segment stays open.
    ///
    /// # Errors
    ///
    /// Reports samples that could not be written, which are kept, and once what failed in the
    /// background since the last call. The [`prom_segment::Error`] inside names the path.
    pub fn flush(&mut self) -> io::Result<()> {
        Ok(self.writer.flush()?)
    }

    /// Completes the segment now; the next sample begins another.
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub fn rotate(&mut self) -> io::Result<()> {
        Ok(self.writer.rotate()?)
    }

    /// Completes the segment if it is older than the flush interval; says whether it did. For a
    /// program that was built without the background thread and calls this from its own loop.
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub fn tick(&mut self) -> io::Result<bool> {
        Ok(self.writer.tick()?)
    }

    /// Completes the segment and ends.
    ///
    /// Dropping an emitter does the same, but has nobody to tell of an error: lines that it loses are
    /// counted by `biometrics_prometheus.lines_lost`; see
    /// [`register_biometrics`](crate::register_biometrics).
    ///
    /// # Errors
    ///
    /// Reports how many accepted lines are lost: [`prom_segment::Error::lost_lines`].
    pub fn close(self) -> io::Result<()> {
        Ok(self.writer.close()?)
    }

    /// The path of the segment that is open; `None` before the first sample and when it was completed.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        self.writer.path()
    }

    /// Emits all sensors of a collector, as `collector.emit(&mut emitter, now_millis)` does, in less time:
    /// the samples go to the writer together, not one by one.
    ///
    /// `now_millis` is the time of the emission, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// The first error, after all sensors were tried: see [`Emitter`]. What cannot be written concerns 64 KiB
    /// of samples and one sensor more at once, none of which is then accepted.
    ///
    /// ```no_run
    /// use biometrics::{Collector, Counter};
    /// use biometrics_prometheus::{Emitter, Options};
    ///
    /// static REQUESTS: Counter = Counter::new("shop.requests");
    /// let collector = Collector::new();
    /// collector.register_counter(&REQUESTS);
    ///
    /// let mut emitter = Emitter::new(Options::default());
    /// emitter.emit_all(&collector, 1_726_547_192_000)?;
    /// emitter.flush()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn emit_all(&mut self, collector: &Collector, now_millis: u64) -> io::Result<()> {
        self.emit_together(|emission| collector.emit(emission, now_millis))
    }

    /// Emits sensors together, in less time than one by one, for a program that keeps its sensors itself.
    ///
    /// The closure gets a [`biometrics::Emitter`] and emits into it. Its samples gather, and go to the writer
    /// when there are 64 KiB of them, when their time changes, and in the end, even after an error or a panic.
    ///
    /// # Errors
    ///
    /// That of the closure, or else that of the last samples. An error of one sensor's emission may concern
    /// samples that were gathered before it: see [`emit_all`](Self::emit_all).
    ///
    /// In the child of a fork within the closure the samples that the parent has gathered are dropped, and that is
    /// an error there; they are the parent's to write.
    ///
    /// ```no_run
    /// use biometrics::{Counter, Emitter as _, Gauge};
    /// use biometrics_prometheus::{Emitter, Options};
    ///
    /// static REQUESTS: Counter = Counter::new("shop.requests");
    /// static QUEUED: Gauge = Gauge::new("shop.queued");
    ///
    /// let mut emitter = Emitter::new(Options::default());
    /// emitter.emit_together(|emission| {
    ///     emission.emit_counter(&REQUESTS, 1_726_547_192_000)?;
    ///     emission.emit_gauge(&QUEUED, 1_726_547_192_000)
    /// })?;
    /// emitter.flush()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn emit_together(
        &mut self,
        emit: impl FnOnce(&mut Emission<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        // Not in the middle: sensors that are gathered go by the numbers of one shelf.
        self.catalog.follow_a_fork();
        let mut emission = Emission { emitter: self, now_millis: None, pid: process::id() };
        let emitted = emit(&mut emission);
        emitted.and(emission.hand_over())
    }

    fn emit(&mut self, reading: &Reading<'_>, now_millis: u64) -> io::Result<()> {
        self.gather(reading, now_millis)?;
        self.hand_over(now_millis)
    }

    fn gather(&mut self, reading: &Reading<'_>, now_millis: u64) -> io::Result<()> {
        let turned = self.clock.turn(now_millis);
        let turned = turned.map_err(|error| Error::format(reading.label(), error))?;
        // The constant labels may name the process, and the child of a fork is another.
        if turned && self.catalog.style().process_identity {
            self.catalog.follow_a_fork();
        }
        let Self { writer, catalog, clock, gathered } = self;
        let known = catalog.entry(reading, |sensor| {
            sensor.metadata.iter().map(|lines| Ok(writer.header(lines)?)).collect()
        });
        let known = known.inspect_err(|_| vitals::sensor_refused())?;
        known.prepared.text.write(reading, gathered.page.under(known.local), clock.text());
        if !mem::replace(known.written, true) {
            gathered.first.push(known.number);
        }
        Ok(())
    }

    /// What is refused is not written, and if it never was, its names are free.
    fn hand_over(&mut self, now_millis: u64) -> io::Result<()> {
        let Self { writer, catalog, gathered: Gathered { page, first }, .. } = self;
        let accepted = writer.append_batch(now_millis, &page.batch());
        if accepted.is_err() {
            first.iter().for_each(|number| catalog.take_back(*number));
        }
        page.clear();
        first.clear();
        Ok(accepted?)
    }
}

/// Takes the sensors that are emitted together, as a [`biometrics::Emitter`]; see
/// [`Emitter::emit_together`].
#[derive(Debug)]
pub struct Emission<'a> {
    emitter: &'a mut Emitter,
    /// Of the samples that are gathered.
    now_millis: Option<u64>,
    /// The process that has gathered them.
    pid: u32,
}

impl Emission<'_> {
    #[inline]
    fn emit(&mut self, reading: &Reading<'_>, now_millis: u64) -> io::Result<()> {
        // What is handed over together is one collection.
        let turns = self.now_millis.is_some_and(|before| before != now_millis);
        let earlier = if turns { self.hand_over() } else { Ok(()) };
        self.now_millis = Some(now_millis);
        self.emitter.gather(reading, now_millis)?;
        let full = self.emitter.gathered.page.len() >= ENOUGH;
        earlier.and(if full { self.hand_over() } else { Ok(()) })
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let Some(now_millis) = self.now_millis.take() else { return Ok(()) };
        let pid = process::id();
        if mem::replace(&mut self.pid, pid) == pid {
            return self.emitter.hand_over(now_millis);
        }
        self.emitter.gathered.page.clear();
        self.emitter.gathered.first.clear();
        Err(io::Error::other(
            "the process was forked within an emission: its samples are the parent's",
        ))
    }
}

impl Drop for Emission<'_> {
    /// What a closure has emitted before it panics is written as well. There is nobody to tell of an error, which
    /// the writer counts.
    fn drop(&mut self) {
        let _ = self.hand_over();
    }
}

emit_by_reading!(Emitter);
emit_by_reading!(Emission<'_>);
