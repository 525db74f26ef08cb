//! `Candidate`: a name that may be a finished segment, in the order in which segments are taken.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prom_segment::SegmentName;

/// A segment's name. The order is by the milliseconds in it, then by the bytes: never by the
/// modification time, which would cost a look at each file and changes when one is touched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    millis: u64,
    name: Arc<OsStr>,
}

impl Candidate {
    pub(crate) fn path(&self, directory: &Path) -> PathBuf {
        directory.join(&*self.name)
    }
}

/// Which names of the directory are the watcher's affair; it does nothing with the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    prefix: OsString,
}

impl Filter {
    pub(crate) fn new(prefix: OsString) -> Self {
        Self { prefix }
    }

    pub(crate) fn candidate(&self, name: &OsStr) -> Option<Candidate> {
        let millis = SegmentName::parse(name)?.millis();
        let ours = name.as_bytes().starts_with(self.prefix.as_bytes());
        ours.then(|| Candidate { millis, name: Arc::from(name) })
    }
}

#[cfg(test)]
pub(crate) fn named(name: &str) -> Candidate {
    Filter::default().candidate(OsStr::new(name)).expect("a segment's name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_ordered_by_milliseconds_then_name() {
        let mut names = ["b.9.prom", "a.10.prom", "a.9.prom", "z.0.prom", "09.prom"].map(named);
        names.sort();
        let sorted = names.map(|candidate| candidate.name.to_str().unwrap().to_owned());
        assert_eq!(
            ["z.0.prom", "09.prom", "a.9.prom", "b.9.prom", "a.10.prom"].map(String::from),
            sorted
        );
    }

    #[test]
    fn only_names_of_segments_with_the_prefix_pass() {
        let filter = Filter::new("app.".into());
        let passes = |name: &[u8]| filter.candidate(OsStr::from_bytes(name)).is_some();
        for name in [&b"app.1.prom"[..], b"app.x.1.prom", b"app.\xff1.prom"] {
            assert!(passes(name), "{name:?}");
        }
        for name in [&b"other.1.prom"[..], b".app.1.prom", b"app.prom", b"app.1.prom.gz", b"1.prom"]
        {
            assert!(!passes(name), "{name:?}");
        }
    }
}
