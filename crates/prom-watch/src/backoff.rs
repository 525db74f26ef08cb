//! `Backoff`: how long a segment is left alone after it was busy or had failed.

use std::time::Duration;

/// The window in which a dying writer's lock outlives its `IN_CLOSE_WRITE` is some ten
/// microseconds wide, so the first retry comes soon.
const BUSY_FIRST: Duration = Duration::from_millis(1);
/// 1, 2, 4 .. 256 ms; who is busy after that is being written or processed at leisure.
const BUSY_STEPS: u32 = 9;
const FAILED_FIRST: Duration = Duration::from_millis(5);
/// Retries of busy segments are spread over this many moments in the last quarter of a period.
const SLOTS: u32 = 16;

/// The limits of the pauses; the pauses themselves double.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) busy_cap: Duration,
    pub(crate) failed_cap: Duration,
}

impl Backoff {
    /// The pause after the `tries`-th failure in a row, counted from 1.
    pub(crate) fn failed(&self, tries: u32) -> Duration {
        doubled(FAILED_FIRST, tries).min(self.failed_cap)
    }

    /// The moment, counted from some fixed one, to try a busy segment again that was tried for the
    /// `tries`-th time `now`.
    ///
    /// A thousand segments that are being written would be due in the same millisecond, again and
    /// again. So each next one gets the next slot (`turn`) in the last quarter of a period, and
    /// slots are aligned, so that a waiting thread wakes once for all that share one.
    pub(crate) fn busy(&self, now: Duration, tries: u32, turn: u32) -> Duration {
        if tries <= BUSY_STEPS {
            return now + doubled(BUSY_FIRST, tries).min(self.busy_cap);
        }
        let quarter = self.busy_cap / 4;
        let slot = (quarter / SLOTS).max(Duration::from_millis(1));
        aligned(now + quarter * 3 + slot * (turn % SLOTS), slot)
    }
}

fn doubled(first: Duration, tries: u32) -> Duration {
    let factor = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor)
}

fn aligned(moment: Duration, grid: Duration) -> Duration {
    let past = moment.as_nanos() % grid.as_nanos().max(1);
    if past == 0 { moment } else { moment + grid - nanos(past) }
}

/// Less than a grid's width, which fits.
fn nanos(nanos: u128) -> Duration {
    u64::try_from(nanos).map_or(Duration::ZERO, Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const BACKOFF: Backoff =
        Backoff { busy_cap: Duration::from_secs(5), failed_cap: Duration::from_secs(2) };

    fn busy_pauses(backoff: &Backoff, tries: std::ops::RangeInclusive<u32>) -> Vec<u128> {
        tries.map(|tries| backoff.busy(Duration::ZERO, tries, 0).as_millis()).collect()
    }

    #[test]
    fn pauses_after_failures_double_up_to_the_cap() {
        let pauses =
            [1, 2, 3, 4, 9, 10, 32, 33, u32::MAX].map(|tries| BACKOFF.failed(tries).as_millis());
        assert_eq!([5, 10, 20, 40, 1280, 2000, 2000, 2000, 2000], pauses);
    }

    #[test]
    fn pauses_of_busy_segments_double_and_then_last_a_period() {
        assert_eq!(vec![1, 2, 4, 8, 16, 32, 64, 128, 256], busy_pauses(&BACKOFF, 1..=9));
        let period = busy_pauses(&BACKOFF, 10..=10)[0];
        assert!((3750..=5000).contains(&period), "{period}");
        let short = Backoff { busy_cap: Duration::from_millis(6), ..BACKOFF };
        assert_eq!(vec![1, 2, 4, 6, 6, 6, 6, 6, 6], busy_pauses(&short, 1..=9));
    }

    #[test]
    fn a_thousand_busy_segments_are_due_in_few_even_moments() {
        let now = Duration::from_millis(123_457);
        let due: Vec<Duration> = (0..1000).map(|turn| BACKOFF.busy(now, 10, turn)).collect();
        let moments: BTreeSet<Duration> = due.iter().copied().collect();
        assert_eq!(16, moments.len());
        for moment in moments {
            let share = due.iter().filter(|due| **due == moment).count();
            assert!((62..=63).contains(&share), "{share} segments at {moment:?}");
            assert!((now + BACKOFF.busy_cap * 3 / 4..=now + BACKOFF.busy_cap).contains(&moment));
        }
    }

    #[test]
    fn a_cap_of_nothing_is_still_a_pause() {
        let none = Backoff { busy_cap: Duration::ZERO, failed_cap: Duration::ZERO };
        assert!(none.busy(Duration::from_micros(300), 10, 7) > Duration::from_micros(300));
    }
}
