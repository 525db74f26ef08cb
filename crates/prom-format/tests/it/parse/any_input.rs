//! What holds for any bytes at all. The fuzz target `parser` runs this file too.

use prom_format::{Dialect, Entry, Escaping, ParseError, ParseErrorKind, Parser};

pub(crate) const DIALECTS: [Dialect; 4] = [
    Dialect::Text004,
    Dialect::Text100(Escaping::AllowUtf8),
    Dialect::OpenMetrics100(Escaping::Underscores),
    Dialect::OpenMetrics100(Escaping::AllowUtf8),
];

/// Parses the bytes in each dialect, and looks at everything that the entries offer.
pub(crate) fn check_any_input(bytes: &[u8]) {
    for dialect in DIALECTS {
        let error = drain(bytes, Parser::from_bytes(dialect, bytes));
        check_error(bytes, error.as_ref());
        #[cfg(feature = "alloc")]
        check_validator(bytes, dialect, error);
    }
}

/// The validator refuses at least what the parser does.
#[cfg(feature = "alloc")]
fn check_validator(bytes: &[u8], dialect: Dialect, parser_error: Option<ParseError>) {
    let error = drain(bytes, prom_format::Validator::from_bytes(dialect, bytes));
    check_error(bytes, error.as_ref());
    assert!(parser_error.is_none() || error.is_some(), "{dialect:?} {bytes:?}");
    assert_eq!(prom_format::validate(dialect, bytes).err(), error);
}

/// Runs the iterator to its end; the error, if there was one.
fn drain<'a>(
    bytes: &'a [u8],
    mut entries: impl Iterator<Item = Result<Entry<'a>, ParseError>>,
) -> Option<ParseError> {
    let mut error = None;
    // Each entry takes a byte at least.
    for _ in 0..=bytes.len() + 1 {
        match entries.next() {
            Some(Ok(entry)) => {
                assert!(error.is_none(), "an entry after the error");
                read_all(&entry);
            }
            Some(Err(found)) => {
                assert!(error.is_none(), "a second error");
                error = Some(found);
            }
            None => {
                assert!(entries.next().is_none(), "the end is not the end");
                return error;
            }
        }
    }
    panic!("more entries than bytes");
}

fn read_all(entry: &Entry<'_>) {
    let Entry::Sample(sample) = entry else {
        assert!(!format!("{entry:?}").is_empty());
        return;
    };
    assert!(sample.name() != "", "{sample:?}");
    for label in sample.labels() {
        assert!(sample.labels().get(&label.name.to_string()).is_some_and(|v| v == label.value));
    }
    assert_eq!(sample.timestamp().is_some(), !sample.timestamp_text().is_empty());
    let written: Option<f64> = sample.value_text().parse().ok();
    assert!(written.is_some_and(|v| v == sample.value() || v.is_nan()), "{sample:?}");
    if let Some(exemplar) = sample.exemplar() {
        let count = |text: String| text.chars().count();
        let labels = exemplar.labels.into_iter();
        let chars = labels.map(|l| count(l.name.to_string()) + count(l.value.to_string()));
        assert!(chars.sum::<usize>() <= 128);
    }
}

/// The position is in the text, and the line, the column and the snippet follow from it.
fn check_error(bytes: &[u8], error: Option<&ParseError>) {
    let Some(error) = error else { return };
    let (before, after) = bytes.split_at_checked(error.offset()).unwrap_or_else(|| {
        panic!("{error:?} is not in the text");
    });
    let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    assert_eq!(error.line(), before.iter().filter(|&&b| b == b'\n').count() + 1);
    assert_eq!(error.column(), error.offset() - line_start + 1);
    assert!(after.starts_with(error.snippet().as_bytes()) && error.snippet().len() <= 40);
    assert!(!error.snippet().contains('\n'));
    assert!(error.to_string().starts_with(&format!("line {}, column ", error.line())));
    if error.kind() == ParseErrorKind::InvalidUtf8 {
        let invalid = std::str::from_utf8(bytes).map_err(|e| e.valid_up_to());
        assert_eq!(invalid, Err(error.offset()));
    }
}
