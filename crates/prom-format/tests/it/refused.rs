//! What all tests of refusals share: an act that must fail, and the proof that it wrote nothing.

use std::convert::Infallible;

use prom_format::{Bound, Dialect, EncodeError, Encoder, Escaping, LabelName, MetricName};

use crate::buffer::Buffer;

pub(crate) const TEXT: Dialect = Dialect::Text004;
pub(crate) const OPEN: Dialect = Dialect::OpenMetrics100(Escaping::Underscores);
pub(crate) const UTF8: Dialect = Dialect::OpenMetrics100(Escaping::AllowUtf8);
pub(crate) const DOTS: Dialect = Dialect::OpenMetrics100(Escaping::Dots);

pub(crate) const A: LabelName<'static> = LabelName::from_static("a");

pub(crate) type Written = Result<(), EncodeError<Infallible>>;

pub(crate) fn name(text: &str) -> MetricName<'_> {
    MetricName::utf8(text).unwrap()
}

pub(crate) fn bound(value: f64) -> Bound {
    Bound::new(value).unwrap()
}

/// Encodes a gauge, then what must be refused with `message`, then another gauge, and expects
/// nothing in between.
#[track_caller]
pub(crate) fn refused(
    dialect: Dialect,
    message: &str,
    act: impl FnOnce(&mut Encoder<&mut Buffer>) -> Written,
) {
    let mut buffer = Buffer::default();
    let mut encoder = Encoder::new(dialect, &mut buffer);
    let error = act(&mut encoder).unwrap_err();
    assert_eq!(error.to_string(), message);
    encoder.gauge(name("after")).unwrap().sample(&[], 1).unwrap();
    encoder.finish().unwrap();
    let samples: Vec<_> = buffer.text().lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(samples, ["after 1"]);
}

/// Encodes what must be refused with `message` inside a histogram point, and expects the encoder to
/// be closed after.
#[track_caller]
pub(crate) fn refused_in_point(
    dialect: Dialect,
    message: &str,
    lines: &str,
    act: impl FnOnce(&mut Encoder<&mut Buffer>) -> Written,
) {
    let mut buffer = Buffer::default();
    let mut encoder = Encoder::new(dialect, &mut buffer);
    assert_eq!(act(&mut encoder).unwrap_err().to_string(), message);
    let unfinished = "a histogram point was dropped before `finish`";
    assert_eq!(encoder.gauge(name("after")).unwrap_err().to_string(), unfinished);
    assert_eq!(encoder.finish().unwrap_err().to_string(), unfinished);
    assert_eq!(buffer.text().split_once('\n').map(|(_, lines)| lines), Some(lines));
}
