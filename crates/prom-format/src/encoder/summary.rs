//! `SummaryFamily`: sums and counts of observations, with quantiles the program computed.

use crate::bound::Bound;
use crate::encoder::exposition::Exposition;
use crate::encoder::sum::broken_rule;
use crate::error::{EncodeError, FormatError, Rule};
use crate::head::{Head, Own};
use crate::header::Header;
use crate::label::{Label, check_labels};
use crate::number::Value;
use crate::sink::Sink;
use crate::timestamp::Timestamp;

/// An open family of summaries. See [`Encoder::summary`](crate::Encoder::summary).
#[derive(Debug)]
pub struct SummaryFamily<'e, 'f, S> {
    exposition: &'e mut Exposition<S>,
    header: Header<'f>,
}

impl<'e, 'f, S: Sink> SummaryFamily<'e, 'f, S> {
    pub(crate) const fn new(exposition: &'e mut Exposition<S>, header: Header<'f>) -> Self {
        Self { exposition, header }
    }

    timestamp_setter!();

    /// Begins one summary: quantiles from the lowest to the highest, then count and sum by
    /// `finish`.
    ///
    /// # Errors
    ///
    /// If two labels have one name or one is `quantile`.
    pub fn point<'p>(
        &'p mut self,
        labels: &'p [Label<'p>],
    ) -> Result<SummaryPoint<'p, S>, FormatError> {
        self.exposition.check_ready()?;
        check_labels(labels, Own::Quantile(&Bound::INFINITY).name(), self.header.dialect)?;
        let head =
            Head { stem: self.header.stem, suffix: "", labels, own: Own::None, braces: false };
        Ok(SummaryPoint { exposition: self.exposition, head, last: None, created: None })
    }
}

/// One summary that is being written.
#[derive(Debug)]
#[must_use = "count and sum are written by `finish`"]
pub struct SummaryPoint<'p, S> {
    exposition: &'p mut Exposition<S>,
    head: Head<'p>,
    last: Option<Bound>,
    created: Option<Timestamp>,
}

impl<S: Sink> SummaryPoint<'_, S> {
    /// Writes one quantile: `value` is not exceeded by the share `quantile` of the observations.
    ///
    /// # Errors
    ///
    /// If `quantile` is not within 0..=1 or not above the one before it, `value` is negative in
    /// OpenMetrics, or the sink fails.
    pub fn quantile(
        &mut self,
        quantile: Bound,
        value: impl Into<Value>,
    ) -> Result<(), EncodeError<S::Error>> {
        let value = value.into();
        self.check(quantile, value)?;
        let head = Head { own: Own::Quantile(&quantile), ..self.head };
        self.exposition.line(&head, value, None)?;
        self.last = Some(quantile);
        Ok(())
    }

    fn check(&self, quantile: Bound, value: Value) -> Result<(), FormatError> {
        if !(0.0..=1.0).contains(&quantile.value()) {
            Err(FormatError::new(Rule::QuantileRange, quantile.as_str()))
        } else if self.last.is_some_and(|last| quantile <= last) {
            Err(FormatError::new(Rule::QuantilesDescend, quantile.as_str()))
        } else if value.is_negative() && self.exposition.dialect().is_open_metrics() {
            Err(FormatError::new(Rule::QuantileNegative, quantile.as_str()))
        } else {
            Ok(())
        }
    }

    /// Adds a `_created` line with the time when the count was zero, in OpenMetrics.
    pub const fn created(mut self, created: Timestamp) -> Self {
        self.created = Some(created);
        self
    }

    /// Writes the sum and the count of all observations.
    ///
    /// # Errors
    ///
    /// If the sum is negative or NaN in OpenMetrics, or the sink fails.
    pub fn finish(self, count: u64, sum: impl Into<Value>) -> Result<(), EncodeError<S::Error>> {
        let sum = sum.into();
        if let Some(rule) = broken_rule(sum, self.exposition.dialect()) {
            return Err(FormatError::new(rule, self.head.stem.name().raw()).into());
        }
        self.exposition.line(&Head { suffix: "_sum", ..self.head }, sum, None)?;
        self.finish_without_sum(count)
    }

    /// Writes the count of all observations, of which the sum is not known or may fall.
    ///
    /// # Errors
    ///
    /// If the sink fails.
    pub fn finish_without_sum(self, count: u64) -> Result<(), EncodeError<S::Error>> {
        self.exposition.line(&Head { suffix: "_count", ..self.head }, count.into(), None)?;
        match self.created.filter(|_| self.exposition.dialect().is_open_metrics()) {
            None => Ok(()),
            Some(created) => {
                self.exposition.seconds_line(&Head { suffix: "_created", ..self.head }, created)
            }
        }
    }
}
