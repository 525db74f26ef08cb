//! `MetricName` and `LabelName`: names that were checked once and carry the verdict in their type.

use core::fmt;

use crate::name_error::{Fault, NameError, Noun};

/// The name of a metric family.
///
/// A *legacy* name matches `[a-zA-Z_:][a-zA-Z0-9_:]*` and is written as it is in every dialect. Any
/// other name is quoted or escaped by the [`Dialect`](crate::Dialect). A colon is legal but meant
/// for recording rules; OpenMetrics reserves it, as it does a leading `_`.
///
/// ```
/// use prom_format::MetricName;
///
/// const REQUESTS: MetricName<'_> = MetricName::from_static("http_requests");
/// assert_eq!(REQUESTS.as_str(), "http_requests");
/// assert_eq!(
///     MetricName::new("http.requests").unwrap_err().to_string(),
///     "the metric name has an illegal character '.' at byte 4",
/// );
/// assert!(MetricName::utf8("http.requests").is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricName<'a> {
    text: &'a str,
    legacy: bool,
}

impl<'a> MetricName<'a> {
    /// A legacy name, `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    ///
    /// # Errors
    ///
    /// If `text` is empty or does not match.
    pub const fn new(text: &'a str) -> Result<Self, NameError> {
        match check(text, Noun::Metric) {
            None => Ok(Self { text, legacy: true }),
            Some(fault) => Err(NameError { noun: Noun::Metric, fault }),
        }
    }

    /// Any name that is not empty, as Prometheus 3 allows it.
    ///
    /// # Errors
    ///
    /// If `text` is empty.
    pub const fn utf8(text: &'a str) -> Result<Self, NameError> {
        match check(text, Noun::Metric) {
            None => Ok(Self { text, legacy: true }),
            Some(Fault::Illegal { .. }) => Ok(Self { text, legacy: false }),
            Some(fault) => Err(NameError { noun: Noun::Metric, fault }),
        }
    }

    /// The name as it was given.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.text
    }

    /// Whether the name matches the legacy charset.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        self.legacy
    }

    /// The name without `suffix`, if it ends in it and something is left.
    ///
    /// The suffix must be legal inside a legacy name, so that the verdict holds for what is left.
    pub(crate) fn strip_suffix(self, suffix: &str) -> Option<Self> {
        let text = self.text.strip_suffix(suffix).filter(|text| !text.is_empty())?;
        Some(Self { text, legacy: self.legacy })
    }
}

impl MetricName<'static> {
    /// A legacy name for a constant.
    ///
    /// # Panics
    ///
    /// If `text` is not a legacy name: in a `const` at compile time.
    #[must_use]
    #[track_caller]
    pub const fn from_static(text: &'static str) -> Self {
        match Self::new(text) {
            Ok(name) => name,
            Err(_) => panic!("not a legacy metric name"),
        }
    }
}

/// The name of a label.
///
/// A *legacy* name matches `[a-zA-Z_][a-zA-Z0-9_]*`. Names that start with `__` are reserved for
/// Prometheus itself.
///
/// ```
/// use prom_format::LabelName;
///
/// const METHOD: LabelName<'_> = LabelName::from_static("method");
/// assert!(LabelName::new("a:b").is_err());
/// assert!(LabelName::utf8("__name__").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelName<'a> {
    text: &'a str,
    legacy: bool,
}

impl<'a> LabelName<'a> {
    /// A legacy name, `[a-zA-Z_][a-zA-Z0-9_]*`, that does not start with `__`.
    ///
    /// # Errors
    ///
    /// If `text` is empty, does not match, or is reserved.
    pub const fn new(text: &'a str) -> Result<Self, NameError> {
        match check(text, Noun::Label) {
            None => Ok(Self { text, legacy: true }),
            Some(fault) => Err(NameError { noun: Noun::Label, fault }),
        }
    }

    /// Any name that is not empty and does not start with `__`.
    ///
    /// # Errors
    ///
    /// If `text` is empty or reserved.
    pub const fn utf8(text: &'a str) -> Result<Self, NameError> {
        match check(text, Noun::Label) {
            None => Ok(Self { text, legacy: true }),
            Some(Fault::Illegal { .. }) => Ok(Self { text, legacy: false }),
            Some(fault) => Err(NameError { noun: Noun::Label, fault }),
        }
    }

    /// The name as it was given.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.text
    }

    /// Whether the name matches the legacy charset.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        self.legacy
    }
}

impl LabelName<'static> {
    /// A legacy name for a constant.
    ///
    /// # Panics
    ///
    /// If `text` is not a legacy label name: in a `const` at compile time.
    #[must_use]
    #[track_caller]
    pub const fn from_static(text: &'static str) -> Self {
        match Self::new(text) {
            Ok(name) => name,
            Err(_) => panic!("not a legacy label name"),
        }
    }
}

impl fmt::Display for MetricName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl fmt::Display for LabelName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

/// Whether `byte` may stand in a legacy metric name.
pub(crate) const fn is_legacy_byte(byte: u8, first: bool, colons: bool) -> bool {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => true,
        b'0'..=b'9' => !first,
        b':' => colons,
        _ => false,
    }
}

/// Whether `character` may stand in a legacy name.
pub(crate) fn is_legacy_char(character: char, first: bool, colons: bool) -> bool {
    u8::try_from(character).is_ok_and(|byte| is_legacy_byte(byte, first, colons))
}

/// The first thing that is wrong with `text`; a reserved prefix comes before an illegal character.
const fn check(text: &str, noun: Noun) -> Option<Fault> {
    let colons = matches!(noun, Noun::Metric);
    match text.as_bytes() {
        [] => return Some(Fault::Empty),
        [b'_', b'_', ..] if !colons => return Some(Fault::Reserved),
        _ => {}
    }
    let mut rest = text.as_bytes();
    let mut offset = 0;
    while let [byte, tail @ ..] = rest {
        if !is_legacy_byte(*byte, offset == 0, colons) {
            return Some(Fault::Illegal { character: first_char(rest), offset });
        }
        rest = tail;
        offset += 1;
    }
    None
}

/// The character that starts `bytes`, which are valid UTF-8 from a character border on.
const fn first_char(bytes: &[u8]) -> char {
    let code = match *bytes {
        [a, ..] if a < 0x80 => a as u32,
        [a, b, ..] if a < 0xe0 => join(a as u32 & 0x1f, b),
        [a, b, c, ..] if a < 0xf0 => join(join(a as u32 & 0x0f, b), c),
        [a, b, c, d, ..] => join(join(join(a as u32 & 0x07, b), c), d),
        _ => 0xfffd,
    };
    match char::from_u32(code) {
        Some(character) => character,
        None => char::REPLACEMENT_CHARACTER,
    }
}

const fn join(high: u32, continuation: u8) -> u32 {
    high << 6 | (continuation as u32 & 0x3f)
}

#[cfg(test)]
mod tests {
    use super::{LabelName, MetricName};

    #[test]
    fn legacy_metric_names() {
        for good in ["a", "_", ":", "a:b", "__a", "A9_:z"] {
            assert!(MetricName::new(good).is_ok_and(MetricName::is_legacy), "{good}");
        }
        for (bad, character, offset) in [
            ("9a", '9', 0),
            ("a.b", '.', 1),
            ("a b", ' ', 1),
            ("a\n", '\n', 1),
            ("ab\u{1f600}", '\u{1f600}', 2),
        ] {
            let error = MetricName::new(bad).unwrap_err();
            assert_eq!((error.character(), error.offset()), (Some(character), offset), "{bad}");
            assert!(!MetricName::utf8(bad).unwrap().is_legacy());
        }
        assert_eq!(MetricName::new("").unwrap_err(), MetricName::utf8("").unwrap_err());
        assert_eq!(MetricName::utf8("").unwrap_err().character(), None);
    }

    #[test]
    fn every_utf8_width_is_named_in_the_error() {
        for character in
            ['\0', '\u{7f}', '\u{80}', '\u{7ff}', '\u{800}', '\u{ffff}', '\u{10000}', char::MAX]
        {
            let mut buffer = [0; 4];
            let text: &str = character.encode_utf8(&mut buffer);
            assert_eq!(MetricName::new(text).unwrap_err().character(), Some(character));
        }
    }

    #[test]
    fn label_names_have_no_colon_and_no_reserved_prefix() {
        assert!(LabelName::new("_a").is_ok());
        assert!(LabelName::new("le").is_ok());
        assert_eq!(LabelName::new("a:b").unwrap_err().character(), Some(':'));
        assert!(!LabelName::utf8("a:b").unwrap().is_legacy());
        for reserved in ["__", "__name__", "__\u{e9}"] {
            assert_eq!(LabelName::utf8(reserved).unwrap_err().character(), None);
            assert!(LabelName::new(reserved).is_err());
        }
    }
}
