//! `Totals`: what the readers of this process have met.

use std::sync::atomic::{AtomicU64, Ordering};

static TORN_TAILS: AtomicU64 = AtomicU64::new(0);
static TORN_BYTES: AtomicU64 = AtomicU64::new(0);

/// Counters of the process since its start, from [`totals`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Segments whose end a [`Reader`](crate::Reader) found to be no whole lines: their writer was
    /// killed, or the power failed. A segment that is read twice counts twice.
    pub torn_tails: u64,
    /// The bytes that were kept back there.
    pub torn_bytes: u64,
}

/// What all readers of this process have met so far. The counters are read one after the other.
#[must_use]
pub fn totals() -> Totals {
    Totals {
        torn_tails: TORN_TAILS.load(Ordering::Relaxed),
        torn_bytes: TORN_BYTES.load(Ordering::Relaxed),
    }
}

pub(crate) fn count_torn(bytes: u64) {
    TORN_TAILS.fetch_add(1, Ordering::Relaxed);
    TORN_BYTES.fetch_add(bytes, Ordering::Relaxed);
}
