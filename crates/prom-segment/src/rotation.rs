//! `Rotation`: when a segment is full or old enough. Pure; neither clock nor file.

use std::time::Duration;

/// The two limits of a segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    pub(crate) segment_size: u64,
    pub(crate) max_age: Duration,
}

impl Rotation {
    /// At the border of a collection: by size or by age.
    pub(crate) fn due(&self, len: u64, age: Duration) -> bool {
        len >= self.segment_size.max(1) || age >= self.max_age
    }

    /// Inside a collection: only when this collection alone has filled a segment.
    pub(crate) fn overdue(&self, collection_len: u64) -> bool {
        collection_len >= self.segment_size.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_reached_not_crossed() {
        let rotation = Rotation { segment_size: 1024, max_age: Duration::from_secs(30) };
        let cases = [(0, 0, false), (1023, 29_999, false), (1024, 0, true), (1, 30_000, true)];
        for (len, millis, expected) in cases {
            assert_eq!(
                expected,
                rotation.due(len, Duration::from_millis(millis)),
                "{len} {millis}"
            );
        }
        assert!(!rotation.overdue(1023));
        assert!(rotation.overdue(1024));
    }

    #[test]
    fn zero_limits_rotate_at_every_border_that_has_lines() {
        let size = Rotation { segment_size: 0, max_age: Duration::MAX };
        assert!(!size.due(0, Duration::ZERO));
        assert!(size.due(1, Duration::ZERO));
        let age = Rotation { segment_size: u64::MAX, max_age: Duration::ZERO };
        assert!(age.due(0, Duration::ZERO));
    }
}
