//! `SlashMetrics`: sensors as text in memory, for a `/metrics` page.

use std::io;
use std::mem;

use prom_format::{Dialect, LabelName};

use crate::by_reading::emit_by_reading;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::error::Error;
use crate::page::Place;
use crate::sensor::Reading;
use crate::style::{Naming, Style};
use crate::vitals;

/// Renders `biometrics` sensors as one exposition in memory.
///
/// It is made for one page: emit every sensor once, and [`take`](Self::take) the text. A sensor that
/// is emitted again is a second sample of the same series, which only a page with timestamps in
/// the classic text format can hold.
///
/// [`scrape`](Self::scrape) is for a page that Prometheus fetches: its samples carry no timestamps, so
/// Prometheus takes the time of the scrape and notices when the program is gone.
/// [`new`](Self::new) writes the timestamps of the emission, as `biometrics_prometheus` 0.13 does.
///
/// ```
/// use biometrics::{Collector, Counter};
/// use biometrics_prometheus::SlashMetrics;
///
/// static REQUESTS: Counter = Counter::new("shop.requests");
/// let collector = Collector::new();
/// collector.register_counter(&REQUESTS);
/// REQUESTS.click();
///
/// let mut page = SlashMetrics::scrape();
/// collector.emit(&mut page, 0)?;
/// assert!(page.take().ends_with("# TYPE shop_requests counter\nshop_requests 1\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "exposition")]
#[derive(Debug)]
pub struct SlashMetrics {
    text: Vec<u8>,
    /// What the whole text may need, by the page before.
    room: usize,
    catalog: Catalog<()>,
    clock: Clock,
}

/// A page that grows beyond this, in bytes, is taken for one like the page before.
const SMALL: usize = 1024;

impl SlashMetrics {
    /// An empty exposition in the classic text format, with timestamps.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Style::new(true))
    }

    /// An empty exposition in the classic text format, without timestamps.
    #[must_use]
    pub fn scrape() -> Self {
        Self::with(Style::new(false))
    }

    /// An empty exposition in any dialect, without timestamps unless they are asked for.
    pub fn builder() -> SlashMetricsBuilder {
        SlashMetricsBuilder { style: Style::new(false) }
    }

    fn with(style: Style) -> Self {
        let clock = Clock::new(&style);
        let catalog = Catalog::new(style);
        let room = catalog.shelf().page();
        Self { text: Vec::new(), room, catalog, clock }
    }

    /// What the `Content-Type` header of the page has to say.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        self.catalog.style().dialect.content_type()
    }

    /// Ends the exposition and gives the text.
    #[must_use]
    pub fn take(self) -> String {
        // The encoder writes nothing but UTF-8.
        String::from_utf8(self.into_bytes()).unwrap_or_default()
    }

    /// Ends the exposition and gives the text, which is UTF-8, as the body of a response: without being
    /// looked through once more.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.end();
        self.text
    }

    /// Ends the exposition, puts its text, which is UTF-8, in the place of `page`, and begins another.
    ///
    /// The next exposition is written into the memory that `page` had, and finds every sensor ready: a
    /// program that is scraped again and again keeps one `SlashMetrics` and one page, and allocates nothing
    /// but what reading a histogram does.
    ///
    /// ```
    /// use biometrics::{Collector, Counter};
    /// use biometrics_prometheus::SlashMetrics;
    ///
    /// static VISITS: Counter = Counter::new("shop.visits");
    /// let collector = Collector::new();
    /// collector.register_counter(&VISITS);
    ///
    /// let (mut metrics, mut page) = (SlashMetrics::scrape(), Vec::new());
    /// for visits in ["shop_visits 1\n", "shop_visits 2\n"] {
    ///     VISITS.click();
    ///     collector.emit(&mut metrics, 0)?;
    ///     metrics.swap(&mut page);
    ///     assert!(page.ends_with(visits.as_bytes()));
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn swap(&mut self, page: &mut Vec<u8>) {
        self.end();
        mem::swap(&mut self.text, page);
        self.text.clear();
        self.room = self.catalog.shelf().page();
        self.catalog.start_over();
    }

    fn end(&mut self) {
        if matches!(self.catalog.style().dialect, Dialect::OpenMetrics100(_)) {
            self.text.extend_from_slice(b"# EOF\n");
        }
        self.catalog.shelf().page_was(self.text.len());
    }

    #[inline(always)]
    fn emit(&mut self, reading: &Reading<'_>, now_millis: u64) -> io::Result<()> {
        // The constant labels may name the process, and the child of a fork is another.
        if self.text.is_empty() && self.catalog.style().process_identity {
            self.catalog.follow_a_fork();
        }
        let turned = self.clock.turn(now_millis);
        turned.map_err(|error| Error::format(reading.label(), error))?;
        let Self { text, room, catalog, clock } = self;
        if text.len() >= SMALL && text.capacity() < *room {
            text.reserve(*room - text.len());
        }
        let known = catalog.entry(reading, |_| Ok(()));
        let known = known.inspect_err(|_| vitals::sensor_refused())?;
        let is_first = !mem::replace(known.written, true);
        known.prepared.text.write(reading, Place { text, is_first }, clock.text());
        Ok(())
    }
}

impl Default for SlashMetrics {
    fn default() -> Self {
        Self::new()
    }
}

emit_by_reading!(SlashMetrics);

/// Sets up a [`SlashMetrics`]; made by [`SlashMetrics::builder`].
///
/// | knob | default |
/// |---|---|
/// | [`dialect`](Self::dialect) | [`Dialect::Text004`] |
/// | [`timestamps`](Self::timestamps) | `false` |
/// | [`naming`](Self::naming) | [`Naming::Upstream`], or [`Naming::Total`] in OpenMetrics |
/// | [`label`](Self::label) | none |
/// | [`process_identity`](Self::process_identity) | `false` |
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct SlashMetricsBuilder {
    style: Style,
}

impl SlashMetricsBuilder {
    /// The text format; [`Dialect::negotiate`] finds it from a request's `Accept` header.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.style.dialect = dialect;
        self
    }

    /// Whether samples carry the time of their emission.
    pub fn timestamps(mut self, timestamps: bool) -> Self {
        self.style.timestamps = timestamps;
        self
    }

    /// How counters are named. In OpenMetrics [`Naming::Upstream`] gives families of unknown type.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.style.naming = Some(naming);
        self
    }

    /// A label that stands on every sample; one of the same name is replaced. A label `instance` gives
    /// way to [`process_identity`](Self::process_identity).
    pub fn label(mut self, name: LabelName<'static>, value: impl Into<String>) -> Self {
        self.style.set_label(name, value.into());
        self
    }

    /// Whether every sample says which process it is from: `instance="host:pid"`, in the place of a
    /// [`label`](Self::label) of that name.
    pub fn process_identity(mut self, process_identity: bool) -> Self {
        self.style.process_identity = process_identity;
        self
    }

    /// Makes the exposition, empty.
    #[must_use]
    pub fn build(self) -> SlashMetrics {
        SlashMetrics::with(self.style)
    }
}
