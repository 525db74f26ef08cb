//! `Validator`: a parser that knows the whole exposition.

use core::fmt;
use core::iter::FusedIterator;

use crate::dialect::Dialect;
use crate::parse::engine::Engine;
use crate::parse::error::ParseError;
use crate::parse::registry::Registry;
use crate::parse::sample::Entry;

/// A [`Parser`](crate::Parser) that also checks the rules between families.
///
/// It is the same iterator, and knows each family that it has seen: it finds what the current
/// family alone cannot show (the table is at [`Parser`](crate::Parser)). Its memory grows with
/// the number of families, and with the number of metrics of the largest one. An error that only
/// the end of an OpenMetrics family shows (an interleaved metric) comes with that end; its line
/// and column are those of the sample at fault.
pub struct Validator<'a> {
    engine: Engine<'a>,
    registry: Registry<'a>,
}

impl<'a> Validator<'a> {
    /// A validator of the text.
    #[must_use]
    pub fn new(dialect: Dialect, text: &'a str) -> Self {
        Self { engine: Engine::new(dialect, text, false), registry: Registry::default() }
    }

    /// A validator of bytes; those that are not UTF-8 are an error at their place.
    #[must_use]
    pub fn from_bytes(dialect: Dialect, bytes: &'a [u8]) -> Self {
        let (text, has_invalid_tail) = Engine::valid_utf8(bytes);
        Self { engine: Engine::new(dialect, text, has_invalid_tail), registry: Registry::default() }
    }

    /// The number of families so far, those without samples included.
    #[must_use]
    pub const fn families(&self) -> usize {
        self.registry.families()
    }
}

impl<'a> Iterator for Validator<'a> {
    type Item = Result<Entry<'a>, ParseError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.engine.next(&mut self.registry)
    }
}

impl FusedIterator for Validator<'_> {}

impl fmt::Debug for Validator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator").field("families", &self.families()).finish_non_exhaustive()
    }
}

/// What a valid exposition holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Validated {
    /// The number of metric families, those without samples included.
    pub families: usize,
    /// The number of samples.
    pub samples: usize,
}

/// Checks a whole exposition by all rules of the dialect.
///
/// # Errors
///
/// The first fault that was found, with its line and column.
///
/// ```
/// use prom_format::{Dialect, ParseErrorKind, validate};
///
/// let counts = validate(Dialect::Text004, b"# TYPE up gauge\nup 1\nup 1\n")?;
/// assert_eq!((counts.families, counts.samples), (1, 2));
///
/// let text = b"# TYPE up gauge\nup 1\n# TYPE down gauge\ndown 1\n# TYPE up gauge\n";
/// let error = validate(Dialect::Text004, text).unwrap_err();
/// assert_eq!(error.kind(), ParseErrorKind::DuplicateType);
/// assert_eq!((error.line(), error.column()), (5, 8));
/// # Ok::<(), prom_format::ParseError>(())
/// ```
pub fn validate(dialect: Dialect, bytes: &[u8]) -> Result<Validated, ParseError> {
    let mut validator = Validator::from_bytes(dialect, bytes);
    let mut samples = 0;
    for entry in &mut validator {
        samples += usize::from(matches!(entry?, Entry::Sample(_)));
    }
    Ok(Validated { families: validator.families(), samples })
}
