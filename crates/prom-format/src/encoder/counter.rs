//! `CounterFamily`: values that only rise.

use crate::encoder::exposition::Exposition;
use crate::error::{EncodeError, FormatError, Rule};
use crate::exemplar::Exemplar;
use crate::head::{Head, Own};
use crate::header::Header;
use crate::label::{Label, check_labels};
use crate::metric_type::MetricType;
use crate::number::Value;
use crate::sink::Sink;
use crate::timestamp::Timestamp;

/// An open family of counters. See [`Encoder::counter`](crate::Encoder::counter).
#[derive(Debug)]
pub struct CounterFamily<'e, 'f, S> {
    exposition: &'e mut Exposition<S>,
    header: Header<'f>,
    /// `_total`, or nothing where the name is written as given and does not end in it.
    suffix: &'static str,
}

impl<'e, 'f, S: Sink> CounterFamily<'e, 'f, S> {
    pub(crate) const fn new(
        exposition: &'e mut Exposition<S>,
        header: Header<'f>,
        suffix: &'static str,
    ) -> Self {
        Self { exposition, header, suffix }
    }

    timestamp_setter!();

    /// Writes the sample of one series.
    ///
    /// # Errors
    ///
    /// If two labels have one name, the value is negative or NaN, or the sink fails.
    #[inline]
    pub fn sample(
        &mut self,
        labels: &[Label<'_>],
        value: impl Into<Value>,
    ) -> Result<(), EncodeError<S::Error>> {
        self.point(labels).finish(value)
    }

    /// Begins the sample of one series that has an exemplar or the time when it began.
    #[inline]
    pub const fn point<'p>(&'p mut self, labels: &'p [Label<'p>]) -> CounterPoint<'p, S> {
        CounterPoint {
            exposition: self.exposition,
            header: self.header,
            suffix: self.suffix,
            labels,
            exemplar: None,
            created: None,
        }
    }
}

/// A counter's sample that is being put together. Nothing is written before
/// [`finish`](Self::finish).
#[derive(Debug)]
#[must_use = "nothing is written before `finish`"]
pub struct CounterPoint<'p, S> {
    exposition: &'p mut Exposition<S>,
    header: Header<'p>,
    suffix: &'static str,
    labels: &'p [Label<'p>],
    exemplar: Option<&'p Exemplar<'p>>,
    created: Option<Timestamp>,
}

impl<'p, S: Sink> CounterPoint<'p, S> {
    /// Adds an exemplar, in OpenMetrics.
    pub const fn exemplar(mut self, exemplar: &'p Exemplar<'p>) -> Self {
        self.exemplar = Some(exemplar);
        self
    }

    /// Adds a `_created` line with the time when the counter was zero, in OpenMetrics.
    pub const fn created(mut self, created: Timestamp) -> Self {
        self.created = Some(created);
        self
    }

    /// Writes the sample.
    ///
    /// # Errors
    ///
    /// If two labels have one name, the exemplar's labels are too long, the value is negative or
    /// NaN, or the sink fails.
    #[inline]
    pub fn finish(self, value: impl Into<Value>) -> Result<(), EncodeError<S::Error>> {
        let value = value.into();
        self.check(value)?;
        // A family that OpenMetrics knows as unknown has neither exemplars nor a time of creation.
        let extras =
            self.header.metric_type == MetricType::Counter && self.header.dialect.is_open_metrics();
        let exemplar = self.exemplar.filter(|_| extras);
        let head = Head {
            stem: self.header.stem,
            suffix: self.suffix,
            labels: self.labels,
            own: Own::None,
            // VictoriaMetrics takes the first brace of a line for the labels of its series.
            braces: exemplar.is_some(),
        };
        self.exposition.line(&head, value, exemplar)?;
        match self.created.filter(|_| extras) {
            None => Ok(()),
            Some(created) => {
                let head = Head { suffix: "_created", braces: false, ..head };
                self.exposition.seconds_line(&head, created)
            }
        }
    }

    #[inline]
    fn check(&self, value: Value) -> Result<(), FormatError> {
        self.exposition.check_ready()?;
        if let Some(rule) = broken_rule(value) {
            return Err(FormatError::new(rule, self.header.stem.name().raw()));
        }
        if let Some(exemplar) = self.exemplar {
            exemplar.check(self.header.dialect)?;
        }
        check_labels(self.labels, None, self.header.dialect)
    }
}

const fn broken_rule(value: Value) -> Option<Rule> {
    if value.is_nan() {
        Some(Rule::CounterNan)
    } else if value.is_negative() {
        Some(Rule::CounterNegative)
    } else {
        None
    }
}
