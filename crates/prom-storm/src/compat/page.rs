//! `Page`: one emission of the sensors as a text in memory.

use std::io;

use biometrics_prometheus::{Dialect, Escaping, SlashMetrics};

use crate::compat::truth::Truth;
use crate::compat::workload::{EPOCH, Emit, Sensors};

/// How much work the sensors of a page have seen.
const ROUNDS: u64 = 5;

/// OpenMetrics as `promtool` and `prometheus_client` read it.
pub(crate) const OPEN_METRICS: Dialect = Dialect::OpenMetrics100(Escaping::Underscores);

/// A text, what kind of text it is, and what it must say.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) content_type: &'static str,
    pub(crate) text: String,
    pub(crate) truth: Truth,
}

impl Page {
    /// The classic text for a scrape, without timestamps.
    pub(crate) fn scrape() -> io::Result<Self> {
        Self::of(SlashMetrics::scrape())
    }

    /// OpenMetrics with timestamps, as an importer needs it.
    pub(crate) fn open_metrics() -> io::Result<Self> {
        Self::of(SlashMetrics::builder().dialect(OPEN_METRICS).timestamps(true).build())
    }

    fn of(mut page: SlashMetrics) -> io::Result<Self> {
        let sensors = Sensors::new();
        (0..ROUNDS).for_each(|round| sensors.work(round));
        sensors.emit(&mut page, EPOCH)?;
        let truth = Truth::of(&sensors, ROUNDS, EPOCH);
        Ok(Self { content_type: page.content_type(), text: page.take(), truth })
    }

    /// The same page with another text.
    pub(crate) fn with(&self, text: String) -> Self {
        Self { text, ..self.clone() }
    }
}
