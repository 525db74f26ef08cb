//! `Contents`: what an exposition says, in a form that can be compared.

use prom_format::{Dialect, Entry, MetricType, Parser, Sample, SampleTimestamp, Value};

/// What an exposition says, apart from the order of metadata.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Contents {
    pub(crate) help: Vec<(String, String)>,
    pub(crate) types: Vec<(String, MetricType)>,
    pub(crate) units: Vec<(String, String)>,
    pub(crate) samples: Vec<Line>,
}

impl Contents {
    /// What the parser reads in the text.
    pub(crate) fn read(dialect: Dialect, text: &str) -> Self {
        let mut read = Self::default();
        for entry in Parser::new(dialect, text) {
            match entry.unwrap() {
                Entry::Help { family, text } => {
                    read.help.push((family.to_string(), text.to_string()));
                }
                Entry::Type { family, metric_type } => {
                    read.types.push((family.to_string(), metric_type));
                }
                Entry::Unit { family, unit } => {
                    read.units.push((family.to_string(), unit.to_owned()));
                }
                Entry::Sample(sample) => read.samples.push(Line::read(&sample)),
                Entry::Comment(comment) => panic!("a comment: {comment}"),
                Entry::Eof => {}
            }
        }
        read
    }
}

pub(crate) type Labels = Vec<(String, String)>;

#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) number: Number,
    pub(crate) millis: Option<i64>,
    pub(crate) exemplar: Option<(Labels, Number, Option<i64>)>,
}

/// A value that is equal to itself even if it is NaN, and the exact integer if it is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    bits: u64,
    integer: Option<u64>,
}

impl Number {
    pub(crate) fn new(value: Value) -> Self {
        let (float, integer) = match value {
            Value::Unsigned(value) => (value as f64, Some(value)),
            Value::Signed(value) => (value as f64, u64::try_from(value).ok()),
            Value::Float(value) => (value, integer_as_written(value)),
        };
        let written = integer.map(|integer| integer.to_string());
        Self::read(float, written.as_deref().unwrap_or_default())
    }

    /// The value of a `_created` line.
    pub(crate) fn created(millis: i64) -> Self {
        Self { bits: millis.cast_unsigned(), integer: None }
    }

    /// Floats that are integers are written as such, so that only large integers, which a float
    /// cannot hold, are told apart.
    pub(crate) fn read(value: f64, text: &str) -> Self {
        let value = if value.is_nan() { f64::NAN } else { value };
        let integer = text.parse().ok().filter(|&integer: &u64| integer > 1 << 53);
        Self { bits: value.to_bits(), integer }
    }
}

/// The digits of a float, where they are written without an exponent and a reader therefore cannot
/// know that it was one: below 10^16. From 2^53 on every float there is an integer.
fn integer_as_written(value: f64) -> Option<u64> {
    (9_007_199_254_740_992.0..1e16).contains(&value).then(|| value.to_string().parse().unwrap())
}

impl Line {
    pub(crate) fn read(sample: &Sample<'_>) -> Self {
        let read_labels = |labels: prom_format::Labels<'_>| {
            labels.into_iter().map(|l| (l.name.to_string(), l.value.to_string())).collect()
        };
        let name = sample.name().to_string();
        let number = match name.ends_with("_created") {
            true => Number::created(millis_of_seconds(sample.value_text())),
            false => Number::read(sample.value(), sample.value_text()),
        };
        Self {
            name,
            labels: read_labels(sample.labels()),
            number,
            millis: sample.timestamp().map(SampleTimestamp::millis),
            exemplar: sample.exemplar().map(|e| {
                let number = Number::read(e.value, e.value_text);
                (read_labels(e.labels), number, e.timestamp.map(SampleTimestamp::millis))
            }),
        }
    }
}

/// The milliseconds of `seconds.fraction`, from its digits.
fn millis_of_seconds(text: &str) -> i64 {
    let (seconds, fraction) = text.split_once('.').unwrap();
    format!("{seconds}{fraction:.3}").parse().unwrap()
}
