//! `SegmentName`: `<prefix><epoch_millis>.prom`, made, parsed and ordered.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

const EXTENSION: &[u8] = b".prom";

/// The file name of a segment, taken apart.
///
/// A name is a segment's when it ends in `.prom`, has at least one decimal digit in front of that,
/// and does not begin with a dot: hidden names belong to segments that are not published yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentName<'a> {
    prefix: &'a OsStr,
    millis: u64,
}

impl<'a> SegmentName<'a> {
    /// Takes a file name apart; `None` when it is not a segment's. Any bytes may be in the prefix.
    ///
    /// All the digits in front of `.prom` count, so a prefix that itself ends in a digit lends
    /// it to the milliseconds. A number beyond `u64` is taken as `u64::MAX`, so with seven digits
    /// at the end of their prefix all segments of today have the same.
    #[must_use]
    pub fn parse(file_name: &'a OsStr) -> Option<Self> {
        let stem = file_name.as_bytes().strip_suffix(EXTENSION)?;
        let digits = stem.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (prefix, digits) = stem.split_at_checked(stem.len() - digits)?;
        if digits.is_empty() || file_name.as_bytes().starts_with(b".") {
            return None;
        }
        Some(Self { prefix: OsStr::from_bytes(prefix), millis: decimal(digits) })
    }

    /// What stands before the digits.
    #[must_use]
    pub fn prefix(&self) -> &'a OsStr {
        self.prefix
    }

    /// Milliseconds since the Unix epoch at which the segment was begun.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.millis
    }
}

fn decimal(digits: &[u8]) -> u64 {
    digits.iter().fold(0_u64, |number, digit| {
        number.saturating_mul(10).saturating_add(u64::from(digit.saturating_sub(b'0')))
    })
}

/// Where a writer's segments go: the directory, and what their names begin with.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    directory: PathBuf,
    base: OsString,
}

impl Destination {
    /// Splits a path prefix at its last slash; a prefix without one is in the working directory.
    pub(crate) fn new(prefix: &Path) -> Result<Self, &'static str> {
        let bytes = prefix.as_os_str().as_bytes();
        let slash = bytes.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let (directory, base) = bytes.split_at_checked(slash).unwrap_or((&[], bytes));
        if base.starts_with(b".") {
            return Err(
                "the prefix's file name begins with a dot, and hidden files are passed over",
            );
        }
        if bytes.iter().any(|byte| matches!(byte, 0 | b'\n')) {
            return Err("the prefix holds a NUL or a line break");
        }
        let directory = if directory.is_empty() { b"." } else { directory };
        Ok(Self {
            directory: PathBuf::from(OsStr::from_bytes(directory)),
            base: OsStr::from_bytes(base).to_owned(),
        })
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The name under which the segment is seen. A prefix without a directory stays without one.
    pub(crate) fn published(&self, millis: u64) -> PathBuf {
        self.file(&[self.base.as_bytes(), millis.to_string().as_bytes(), EXTENSION].concat())
    }

    /// The name that nobody looks at, for the moments before the lock is held.
    pub(crate) fn hidden(&self, pid: u32, serial: u64) -> PathBuf {
        let suffix = format!("{pid}.{serial}.tmp");
        self.file(&[b".", self.base.as_bytes(), suffix.as_bytes()].concat())
    }

    /// The milliseconds of a name that a writer of this prefix may have made by
    /// [`published`](Self::published): neither zeros in front nor a number beyond all others.
    pub(crate) fn made(&self, file_name: &OsStr) -> Option<u64> {
        let millis = SegmentName::parse(file_name)?.millis();
        (self.published(millis).file_name() == Some(file_name)).then_some(millis)
    }

    /// Whether the milliseconds of a name cannot be told from the end of the prefix.
    pub(crate) fn ends_in_digit(&self) -> bool {
        self.base.as_bytes().last().is_some_and(u8::is_ascii_digit)
    }

    /// Whether a writer of this prefix made this name by [`hidden`](Self::hidden).
    pub(crate) fn is_hidden(&self, file_name: &OsStr) -> bool {
        let numbers = file_name.as_bytes().strip_prefix(b".");
        let numbers = numbers.and_then(|name| name.strip_prefix(self.base.as_bytes()));
        let Some(numbers) = numbers.and_then(|name| name.strip_suffix(b".tmp")) else {
            return false;
        };
        let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        numbers.split(|byte| *byte == b'.').filter(|text| is_number(text)).count() == 2
            && numbers.iter().filter(|byte| **byte == b'.').count() == 1
    }

    fn file(&self, name: &[u8]) -> PathBuf {
        let name = OsString::from_vec(name.to_vec());
        if self.directory == Path::new(".") {
            PathBuf::from(name)
        } else {
            self.directory.join(name)
        }
    }
}

/// The milliseconds of a writer's next segment: they rise strictly, whatever the clock does.
pub(crate) fn next_millis(last: Option<u64>, timestamp_ms: u64) -> u64 {
    last.map_or(timestamp_ms, |last| timestamp_ms.max(last.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &[u8]) -> Option<(Vec<u8>, u64)> {
        let name = SegmentName::parse(OsStr::from_bytes(name))?;
        Some((name.prefix().as_bytes().to_vec(), name.millis()))
    }

    #[test]
    fn names_are_taken_apart() {
        let cases: [(&[u8], &[u8], u64); 5] = [
            (b"tmp.foo.42.prom", b"tmp.foo.", 42),
            (b"1700000000000.prom", b"", 1_700_000_000_000),
            (b"node-7.prom", b"node-", 7),
            (b"\xff.9.prom", b"\xff.", 9),
            (b"a.99999999999999999999999.prom", b"a.", u64::MAX),
        ];
        for (name, prefix, millis) in cases {
            assert_eq!(Some((prefix.to_vec(), millis)), parse(name), "{name:?}");
        }
        let foreign = ["a..prom", ".prom", ".a.1.prom", "a.1.prom.gz", "a.1.PROM", "README.md", ""];
        for name in foreign {
            assert_eq!(None, parse(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_published_name_parses_and_a_hidden_one_does_not() {
        for prefix in ["tmp.foo.", "", "dir/", "/abs/dir/x-", "../up."] {
            let destination = Destination::new(Path::new(prefix)).unwrap();
            let published = destination.published(1234);
            assert_eq!(PathBuf::from(format!("{prefix}1234.prom")), published);
            assert_eq!(1234, SegmentName::parse(published.file_name().unwrap()).unwrap().millis());
            let hidden = destination.hidden(7, 9);
            assert_eq!(None, SegmentName::parse(hidden.file_name().unwrap()));
            assert_eq!(published.parent(), hidden.parent());
        }
    }

    #[test]
    fn only_a_name_that_a_writer_may_have_made_is_known_for_its_own() {
        let most = u64::MAX;
        for prefix in ["a.", "dir/a.", "", "./a."] {
            let to = Destination::new(Path::new(prefix)).unwrap();
            let base = prefix.rsplit('/').next().unwrap();
            for millis in [0, 7, 1_700_000_000_000, most] {
                let name = to.published(millis);
                assert_eq!(Some(millis), to.made(name.file_name().unwrap()), "{name:?}");
            }
            let others = ["007", "00", "99999999999999999999999", "18446744073709551616", "", "x7"];
            for digits in others {
                let name = format!("{base}{digits}.prom");
                assert_eq!(None, to.made(name.as_ref()), "{name}");
            }
            assert_eq!(None, to.made("b.7.prom".as_ref()));
        }
    }

    #[test]
    fn a_prefix_nobody_could_read_back_is_refused() {
        for prefix in [".hidden", "dir/.x.", "a\nb", "a\0b"] {
            assert!(Destination::new(Path::new(prefix)).is_err(), "{prefix:?}");
        }
        assert!(Destination::new(Path::new(".dir/x.")).is_ok());
    }

    #[test]
    fn milliseconds_rise_when_the_clock_stands_or_steps_back() {
        assert_eq!(5, next_millis(None, 5));
        assert_eq!(9, next_millis(Some(5), 9));
        assert_eq!(6, next_millis(Some(5), 5));
        assert_eq!(1001, next_millis(Some(1000), 3));
        assert_eq!(u64::MAX, next_millis(Some(u64::MAX), 3));
    }
}
