//! `Retention`: which of the segments on the disk are too many, too large or too old. Pure.

use std::time::Duration;

/// How much a directory may keep of one prefix; without any limit, everything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Retention {
    pub(crate) bytes: Option<u64>,
    pub(crate) segments: Option<usize>,
    pub(crate) age: Option<Duration>,
}

/// What is known of a segment on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) millis: u64,
    pub(crate) bytes: u64,
}

/// What came of the eviction of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eviction {
    Gone,
    /// It cannot go now, because it is being written or read, and still counts.
    Held,
    /// It cannot go at all: that must be no reason for others to go.
    Immovable,
    /// No other can go either.
    Over,
}

/// What the segments come to.
#[derive(Clone, Copy, Debug)]
struct Sum {
    /// Wide enough for any number of files of any size.
    bytes: u128,
    segments: usize,
}

impl Retention {
    pub(crate) fn is_limited(&self) -> bool {
        self.bytes.is_some() || self.segments.is_some() || self.age.is_some()
    }

    /// Has segments evicted, the oldest first, until the others are within the limits.
    ///
    /// The segments come in the order of their milliseconds. `evict` gets the place of one.
    pub(crate) fn enforce(
        &self,
        segments: &[Kept],
        now_millis: u64,
        mut evict: impl FnMut(usize) -> Eviction,
    ) {
        let bytes = segments.iter().map(|kept| u128::from(kept.bytes)).sum();
        let mut left = Sum { bytes, segments: segments.len() };
        for (place, kept) in segments.iter().enumerate() {
            if !self.is_exceeded(left) && !self.is_over_age(kept, now_millis) {
                return;
            }
            match evict(place) {
                Eviction::Gone | Eviction::Immovable => {
                    left.bytes = left.bytes.saturating_sub(kept.bytes.into());
                    left.segments = left.segments.saturating_sub(1);
                }
                Eviction::Held => {}
                Eviction::Over => return,
            }
        }
    }

    fn is_exceeded(&self, left: Sum) -> bool {
        self.bytes.is_some_and(|most| left.bytes > u128::from(most))
            || self.segments.is_some_and(|most| left.segments > most)
    }

    /// A segment from the future, which a clock that was set back leaves behind, is young.
    fn is_over_age(&self, kept: &Kept, now_millis: u64) -> bool {
        let age = Duration::from_millis(now_millis.saturating_sub(kept.millis));
        self.age.is_some_and(|most| age > most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: u64 = 1000;

    fn kept(segments: &[(u64, u64)]) -> Vec<Kept> {
        segments.iter().map(|(millis, bytes)| Kept { millis: *millis, bytes: *bytes }).collect()
    }

    fn evicted(retention: Retention, segments: &[(u64, u64)]) -> Vec<usize> {
        let mut evicted = Vec::new();
        retention.enforce(&kept(segments), NOW, |place| {
            evicted.push(place);
            Eviction::Gone
        });
        evicted
    }

    #[test]
    fn limits_may_be_reached_and_not_crossed() {
        let segments = [(700, 10), (800, 20), (900, 30), (2000, 40)];
        let none = Retention::default();
        let (bytes, count) = (
            |most| evicted(Retention { bytes: Some(most), ..none }, &segments),
            |most| evicted(Retention { segments: Some(most), ..none }, &segments),
        );
        let age = |millis| {
            let age = Some(Duration::from_millis(millis));
            evicted(Retention { age, ..none }, &segments)
        };
        assert_eq!(Vec::<usize>::new(), evicted(none, &segments));
        assert_eq!((vec![], vec![0], vec![0, 1]), (bytes(100), bytes(99), bytes(89)));
        assert_eq!((vec![], vec![0], vec![0, 1, 2, 3]), (count(4), count(3), count(0)));
        assert_eq!((vec![], vec![0], vec![0, 1, 2]), (age(300), age(299), age(0)));
        assert_eq!(vec![0, 1, 2, 3], bytes(0), "nothing may be kept");
    }

    #[test]
    fn sizes_beyond_all_numbers_do_not_wrap() {
        let most = Retention { bytes: Some(7), ..Retention::default() };
        assert_eq!(vec![0, 1], evicted(most, &[(1, u64::MAX), (2, u64::MAX)]));
    }

    #[test]
    fn what_cannot_go_at_all_counts_no_more_and_what_is_held_does() {
        let segments = kept(&[(700, 1000), (800, 10), (900, 10)]);
        let most = Retention { bytes: Some(15), ..Retention::default() };
        let tried = |first| {
            let mut tried = Vec::new();
            most.enforce(&segments, NOW, |place| {
                tried.push(place);
                if place == 0 { first } else { Eviction::Gone }
            });
            tried
        };
        assert_eq!(vec![0, 1], tried(Eviction::Immovable));
        assert_eq!(vec![0, 1], tried(Eviction::Gone));
        assert_eq!(vec![0, 1, 2], tried(Eviction::Held));
        assert_eq!(vec![0], tried(Eviction::Over));
    }

    fn limits() -> impl Strategy<Value = Retention> {
        let bytes = proptest::option::of(0..400_u64);
        let segments = proptest::option::of(0..12_usize);
        let age = proptest::option::of((0..1200_u64).prop_map(Duration::from_millis));
        (bytes, segments, age).prop_map(|(bytes, segments, age)| Retention { bytes, segments, age })
    }

    proptest! {
        #[test]
        fn only_as_many_go_as_must_and_never_a_younger_one_first(
            retention in limits(),
            mut segments in proptest::collection::vec((0..1500_u64, 0..100_u64, any::<bool>()), 0..12),
        ) {
            segments.sort_by_key(|(millis, ..)| *millis);
            let all: Vec<Kept> =
                segments.iter().map(|(millis, bytes, _)| Kept { millis: *millis, bytes: *bytes }).collect();
            let busy = |place: usize| segments[place].2;
            let mut gone = Vec::new();
            retention.enforce(&all, NOW, |place| {
                if !busy(place) {
                    gone.push(place);
                }
                if busy(place) { Eviction::Held } else { Eviction::Gone }
            });
            let old = |place: &usize| {
                let millis = all[*place].millis;
                retention.age.is_some_and(|age| {
                    millis < NOW && u128::from(NOW - millis) > age.as_millis()
                })
            };
            // What is busy and old cannot be helped, and is no reason for a young one to go.
            let within = |gone: &[usize]| {
                let left: Vec<usize> =
                    (0..all.len()).filter(|place| !gone.contains(place)).collect();
                let bytes: u64 = left.iter().map(|place| all[*place].bytes).sum();
                retention.bytes.is_none_or(|most| bytes <= most)
                    && retention.segments.is_none_or(|most| left.len() <= most)
                    && !left.iter().any(|place| !busy(*place) && old(place))
            };
            // What is free goes in the order of age, without a gap.
            let free: Vec<usize> = (0..all.len()).filter(|place| !busy(*place)).collect();
            prop_assert_eq!(&free[..gone.len()], &gone[..]);
            // One less would not have done, if only what is free is asked to go.
            if let Some((last, fewer)) = gone.split_last() {
                let spared = within(fewer);
                prop_assert!(!spared, "{} went for nothing", last);
            }
            // What is still too much cannot go.
            prop_assert!(within(&gone) || gone.len() == free.len());
        }
    }
}
