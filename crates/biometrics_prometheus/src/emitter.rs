//! `Emitter`: writes sensors into locked segment files.

use std::io;
use std::path::PathBuf;

use biometrics::{Counter, Gauge, Histogram, Moments};
use prom_segment::{Header, Lines, Writer};

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
    page: Page,
}

impl Emitter {
    pub(crate) fn with(writer: Writer, style: Style) -> Self {
        Self {
            writer,
            clock: Clock::new(&style),
            catalog: Catalog::new(style),
            page: Page::default(),
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

    fn emit(&mut self, reading: &Reading<'_>, now_millis: u64) -> io::Result<()> {
        let turned = self.clock.turn(now_millis);
        let turned = turned.map_err(|error| Error::format(reading.label(), error))?;
        // The constant labels may name the process, and the child of a fork is another.
        if turned && self.catalog.style().process_identity {
            self.catalog.follow_a_fork();
        }
        let Self { writer, catalog, clock, page, .. } = self;
        let entry = catalog.entry(reading, |sensor| {
            sensor.metadata.iter().map(|lines| Ok(writer.header(lines)?)).collect()
        });
        let entry = entry.inspect_err(|_| vitals::sensor_refused())?;
        page.clear();
        entry.prepared.text.write(reading, page, clock.text());
        append(writer, now_millis, &entry.local, page)?;
        entry.written = true;
        Ok(())
    }
}

fn append(writer: &mut Writer, now_millis: u64, headers: &[Header], page: &Page) -> io::Result<()> {
    let headers = headers.iter().copied().map(Some);
    let mut families = headers.zip(page.families()).map(|(header, text)| Lines { header, text });
    // Most sensors are one family, and need no vector.
    let appended = match (families.next(), families.next()) {
        (Some(first), None) => writer.append_all(now_millis, &[first]),
        (first, second) => {
            let lines: Vec<Lines<'_>> = first.into_iter().chain(second).chain(families).collect();
            writer.append_all(now_millis, &lines)
        }
    };
    Ok(appended?)
}

impl biometrics::Emitter for Emitter {
    type Error = io::Error;

    fn emit_counter(&mut self, counter: &Counter, now_millis: u64) -> io::Result<()> {
        vitals::before(counter);
        self.emit(&Reading::Counter(counter), now_millis)
    }

    fn emit_gauge(&mut self, gauge: &Gauge, now_millis: u64) -> io::Result<()> {
        self.emit(&Reading::Gauge(gauge), now_millis)
    }

    fn emit_moments(&mut self, moments: &Moments, now_millis: u64) -> io::Result<()> {
        self.emit(&Reading::Moments(moments), now_millis)
    }

    fn emit_histogram(&mut self, histogram: &Histogram, now_millis: u64) -> io::Result<()> {
        self.emit(&Reading::Histogram(histogram), now_millis)
    }
}
