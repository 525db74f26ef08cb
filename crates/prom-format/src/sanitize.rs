//! Sanitising: a legacy name made of any text.

#[cfg(feature = "alloc")]
use alloc::borrow::Cow;

use crate::error::{EncodeError, FormatError, Rule};
use crate::name::is_legacy_char;
#[cfg(feature = "alloc")]
use crate::name::{LabelName, MetricName};
#[cfg(feature = "alloc")]
use crate::name_error::NameError;
use crate::sink::Sink;

/// `raw` as a legacy metric name.
///
/// Every illegal character becomes one `_`, and a digit at the start gets a `_` in front.
/// A name that is legal already is returned as it is, so sanitising twice is sanitising once.
/// Two texts can become the same name: see [`SanitizedNames`](crate::SanitizedNames).
///
/// ```
/// use prom_format::sanitize_metric_name;
///
/// assert_eq!(sanitize_metric_name("sync.wal-bytes").unwrap(), "sync_wal_bytes");
/// assert_eq!(sanitize_metric_name("2xx").unwrap(), "_2xx");
/// assert!(sanitize_metric_name("").is_err());
/// ```
///
/// # Errors
///
/// If `raw` is empty.
#[cfg(feature = "alloc")]
pub fn sanitize_metric_name(raw: &str) -> Result<Cow<'_, str>, NameError> {
    MetricName::utf8(raw).map(|name| {
        if name.is_legacy() {
            Cow::Borrowed(raw)
        } else {
            Cow::Owned(Plan::metric(raw).chars().collect())
        }
    })
}

/// `raw` as a legacy label name.
///
/// As [`sanitize_metric_name`], but a colon becomes `_` too, and of several `_` at the start one is
/// left, because the prefix `__` is reserved.
///
/// # Errors
///
/// If `raw` is empty.
#[cfg(feature = "alloc")]
pub fn sanitize_label_name(raw: &str) -> Result<Cow<'_, str>, NameError> {
    match LabelName::new(raw) {
        Ok(_) => Ok(Cow::Borrowed(raw)),
        Err(error) if raw.is_empty() => Err(error),
        Err(_) => Ok(Cow::Owned(Plan::label(raw).chars().collect())),
    }
}

/// Writes `raw` as a legacy metric name, by the rules of `sanitize_metric_name`, without an
/// allocator.
///
/// # Errors
///
/// If `raw` is empty or the sink fails.
pub fn write_sanitized_metric_name<S: Sink>(
    raw: &str,
    sink: &mut S,
) -> Result<(), EncodeError<S::Error>> {
    Plan::metric(raw).write(sink)
}

/// Writes `raw` as a legacy label name, by the rules of `sanitize_label_name`, without an
/// allocator.
///
/// # Errors
///
/// If `raw` is empty or the sink fails.
pub fn write_sanitized_label_name<S: Sink>(
    raw: &str,
    sink: &mut S,
) -> Result<(), EncodeError<S::Error>> {
    Plan::label(raw).write(sink)
}

/// What a sanitised name is made of: perhaps a guard, then the body with every illegal character
/// replaced.
#[derive(Clone, Copy)]
struct Plan<'a> {
    guard: bool,
    body: &'a str,
    colons: bool,
}

impl<'a> Plan<'a> {
    fn metric(raw: &'a str) -> Self {
        Self { guard: starts_with_digit(raw), body: raw, colons: true }
    }

    fn label(raw: &'a str) -> Self {
        let body = raw.trim_start_matches(|c| replaced(c, false) == '_');
        Self { guard: body.len() < raw.len() || starts_with_digit(body), body, colons: false }
    }

    fn chars(self) -> impl Iterator<Item = char> {
        let body = self.body.chars().map(move |c| replaced(c, self.colons));
        self.guard.then_some('_').into_iter().chain(body)
    }

    fn write<S: Sink>(self, sink: &mut S) -> Result<(), EncodeError<S::Error>> {
        if !self.guard && self.body.is_empty() {
            return Err(FormatError::new(Rule::EmptyName, "").into());
        }
        let mut buffer = [0; 4];
        self.chars()
            .try_for_each(|c| sink.write(c.encode_utf8(&mut buffer).as_bytes()))
            .map_err(EncodeError::Sink)
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn replaced(character: char, colons: bool) -> char {
    if is_legacy_char(character, false, colons) { character } else { '_' }
}

#[cfg(test)]
mod tests {
    use super::{write_sanitized_label_name, write_sanitized_metric_name};
    use crate::error::EncodeError;
    use crate::sink::SliceSink;

    fn check(raw: &str, metric: &str, label: &str) {
        let mut buffer = [0; 64];
        let mut sink = SliceSink::new(&mut buffer);
        write_sanitized_metric_name(raw, &mut sink).unwrap();
        assert_eq!(core::str::from_utf8(sink.written()).unwrap(), metric, "metric {raw:?}");
        let mut sink = SliceSink::new(&mut buffer);
        write_sanitized_label_name(raw, &mut sink).unwrap();
        assert_eq!(core::str::from_utf8(sink.written()).unwrap(), label, "label {raw:?}");
    }

    #[test]
    fn names() {
        check("foo", "foo", "foo");
        check("foo.bar-baz", "foo_bar_baz", "foo_bar_baz");
        check("a:b", "a:b", "a_b");
        check("9 lives", "_9_lives", "_9_lives");
        check("__name__", "__name__", "_name__");
        check("..9", "__9", "_9");
        check("-9", "_9", "_9");
        check("_", "_", "_");
        check("\u{e9}t\u{e9}", "_t_", "_t_");
        check("\u{1f600}\n", "__", "_");
    }

    #[test]
    fn an_empty_text_is_refused() {
        let mut buffer = [0; 8];
        let mut sink = SliceSink::new(&mut buffer);
        assert!(matches!(write_sanitized_metric_name("", &mut sink), Err(EncodeError::Format(_))));
        assert!(matches!(write_sanitized_label_name("", &mut sink), Err(EncodeError::Format(_))));
        assert_eq!(sink.written(), b"");
    }
}
