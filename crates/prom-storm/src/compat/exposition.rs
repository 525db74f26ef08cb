//! `Exposition`: a text as this project's own parser reads it.

use std::collections::BTreeMap;

use prom_format::{Dialect, Entry, MetricType, Parser, Sample, SampleTimestamp};

use crate::compat::failure::{Failure, Verdict};
use crate::compat::samples::{Samples, Series};

/// The types and samples of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exposition {
    /// The type of each family that has a TYPE line.
    pub(crate) types: BTreeMap<String, MetricType>,
    pub(crate) samples: Samples,
}

impl Exposition {
    pub(crate) fn parse(dialect: Dialect, text: &str) -> Verdict<Self> {
        let mut exposition = Self::default();
        exposition.add(dialect, text)?;
        Ok(exposition)
    }

    /// A text line by line, each for itself: what upstream writes of a histogram breaks the rules that go over several.
    pub(crate) fn of_lines(text: &str) -> Verdict<Self> {
        let mut exposition = Self::default();
        for line in text.split_inclusive('\n') {
            exposition.add(Dialect::Text004, line)?;
        }
        Ok(exposition)
    }

    /// All segments of a run as one.
    pub(crate) fn of_segments(segments: &[String]) -> Verdict<Self> {
        let mut exposition = Self::default();
        for text in segments {
            exposition.add(Dialect::Text004, text)?;
        }
        Ok(exposition)
    }

    fn add(&mut self, dialect: Dialect, text: &str) -> Verdict {
        for entry in Parser::new(dialect, text) {
            match entry.map_err(|why| Failure::from(why).of("our own parser"))? {
                Entry::Type { family, metric_type } => {
                    self.types.insert(family.unescape().into_owned(), metric_type);
                }
                Entry::Sample(sample) => self.sample(&sample)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample<'_>) -> Verdict {
        let pairs: Vec<(String, String)> = sample
            .labels()
            .into_iter()
            .map(|pair| (pair.name.unescape().into_owned(), pair.value.unescape().into_owned()))
            .collect();
        let labels = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let series = Series::new(&sample.name().unescape(), labels);
        let timestamp = sample.timestamp().map(SampleTimestamp::millis);
        let twice = format!("{} stands there twice", series.as_str());
        match self.samples.insert((series, timestamp), sample.value()) {
            None => Ok(()),
            Some(_) => Err(Failure::new(twice)),
        }
    }
}
