//! `Probe`: which milliseconds are tried, one after the other, until a name is free. Pure.

/// Names tried at one stride, before the search jumps to the present or strides twice as far.
const NEIGHBOURS: u32 = 16;
/// Strides beyond this lead out of the time that milliseconds can tell.
const STRIDES: u32 = 40;

/// A search for a free name.
///
/// A taken name means that another writer of the prefix was there first. The next milliseconds are
/// tried, then the present ones. Writers that together begin more than a thousand segments a
/// second fill every millisecond for a long way ahead of the clock; strides that double get past
/// them in few steps, where single ones would take one for each segment.
#[derive(Debug)]
pub(crate) struct Probe {
    millis: u64,
    taken: u32,
}

impl Probe {
    pub(crate) fn new(first: u64) -> Self {
        Self { millis: first, taken: 0 }
    }

    /// The milliseconds to try.
    pub(crate) fn millis(&self) -> u64 {
        self.millis
    }

    /// The name is taken: moves on, and says whether there is anything left to try.
    pub(crate) fn taken(&mut self, present: impl FnOnce() -> u64) -> bool {
        self.taken += 1;
        let (strides, at) = (self.taken / NEIGHBOURS, self.taken % NEIGHBOURS);
        let stride = 1_u64 << strides.saturating_sub(1).min(STRIDES);
        self.millis = self.millis.saturating_add(stride);
        if strides == 1 && at == 0 {
            self.millis = self.millis.max(present());
        }
        strides <= STRIDES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the search ends, and after how many taken names.
    fn search(first: u64, present: u64, free: impl Fn(u64) -> bool) -> Option<(u64, u32)> {
        let mut probe = Probe::new(first);
        while !free(probe.millis()) {
            let before = probe.millis();
            if !probe.taken(|| present) {
                return None;
            }
            assert!(probe.millis() > before || before == u64::MAX);
        }
        Some((probe.millis(), probe.taken))
    }

    #[test]
    fn the_next_free_neighbour_is_found_first() {
        assert_eq!(Some((7, 0)), search(7, 1_000, |_| true));
        assert_eq!(Some((10, 3)), search(7, 1_000, |millis| millis >= 10));
    }

    #[test]
    fn a_clock_that_is_behind_is_left_for_the_present() {
        assert_eq!(Some((1_000_000, 16)), search(7, 1_000_000, |millis| millis > 500_000));
        let (found, _) = search(2_000_000, 1_000_000, |millis| millis >= 2_000_020).unwrap();
        assert!((2_000_020..2_000_040).contains(&found), "never back to the present: {found}");
    }

    #[test]
    fn a_long_wall_of_names_is_passed_in_few_steps_and_not_by_far() {
        for wall in [100, 10_000, 1_000_000, 1_000_000_000] {
            let (found, taken) = search(0, 0, |millis| millis >= wall).unwrap();
            assert!(found <= 2 * wall + 32, "{wall}: {found}");
            assert!(taken <= 16 * 40, "{wall}: {taken}");
        }
    }

    #[test]
    fn a_search_without_end_ends() {
        assert_eq!(None, search(0, 0, |_| false));
        assert_eq!(None, search(u64::MAX, 0, |_| false));
    }
}
