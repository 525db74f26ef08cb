//! `Queue`: the names that a consumer knows of. The rules of prom-watch's own queue, without its clock.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

use prom_segment::SegmentName;

/// Ordered by the milliseconds, then by the name.
pub(crate) type Candidate = (u64, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Busy,
    Failed,
    Empty,
}

/// A name is in one of these at most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    ready: BTreeMap<Candidate, Option<Cause>>,
    parked: BTreeMap<Candidate, Cause>,
    /// The name that is being tried, and whether something was heard of it meanwhile.
    flying: Option<(Candidate, bool)>,
}

/// Which names are a watcher's affair.
pub(crate) fn candidate(name: &str) -> Option<Candidate> {
    Some((SegmentName::parse(OsStr::new(name))?.millis(), name.to_owned()))
}

impl Queue {
    /// A name was completed or moved into the directory.
    pub(crate) fn hint(&mut self, candidate: Candidate) {
        if let Some((flying, heard)) = &mut self.flying
            && *flying == candidate
        {
            *heard = true;
            return;
        }
        let cause = self.parked.remove(&candidate).filter(|cause| *cause == Cause::Failed);
        self.ready.entry(candidate).or_insert(cause);
    }

    /// A scan that follows a new watch saw the name. Events may have been lost: also the one that would
    /// have freed a busy name.
    pub(crate) fn offer(&mut self, candidate: Candidate) {
        if self.parked.get(&candidate).is_none_or(|cause| *cause == Cause::Busy) {
            self.hint(candidate);
        }
    }

    /// Everything that is parked is due.
    pub(crate) fn promote(&mut self) {
        let due = std::mem::take(&mut self.parked);
        self.ready.extend(due.into_iter().map(|(candidate, cause)| (candidate, Some(cause))));
    }

    /// The oldest name that can be tried, and whether it has waited as an empty one.
    pub(crate) fn pop(&mut self) -> Option<(String, bool)> {
        let (candidate, cause) = self.ready.pop_first()?;
        let name = candidate.1.clone();
        self.flying = Some((candidate, false));
        Some((name, cause == Some(Cause::Empty)))
    }

    /// The name that was popped is gone, or parked.
    pub(crate) fn settle(&mut self, parked: Option<Cause>) {
        let Some((candidate, heard)) = self.flying.take() else { return };
        match parked {
            Some(cause) => _ = self.parked.insert(candidate, cause),
            None if heard => self.hint(candidate),
            None => {}
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.ready.is_empty() && self.flying.is_none()
    }

    pub(crate) fn known(&self) -> BTreeSet<&Candidate> {
        self.ready.keys().chain(self.parked.keys()).collect()
    }
}
