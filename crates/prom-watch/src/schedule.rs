//! `Schedule`: when the directory is looked at and scanned. Pure.

use std::time::{Duration, Instant};

/// A directory that was replaced without an event (a retargeted link, an unmount) is noticed
/// within this time; the look is one `stat`.
const LOOK: Duration = Duration::from_secs(1);
/// Overflows that come one after another cause a scan at most this often.
const GAP: Duration = Duration::from_millis(50);
/// A directory that is missing is reported, by calls that wait, first after this pause and then
/// after twice as long each time, up to [`LOOK`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);

#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    /// How often a scan is made though nothing asks for one; shorter while polling.
    period: Duration,
    /// How often what is done is compared with the disk again, where no events tell.
    verify_period: Option<Duration>,
    next_look: Option<Instant>,
    next_scan: Option<Instant>,
    next_verify: Option<Instant>,
    last_scan: Option<Instant>,
    rewatch: bool,
    overflow: bool,
    running: bool,
    trouble: Option<Trouble>,
}

/// The directory cannot be watched or read, and since how many reports.
#[derive(Clone, Copy, Debug, Default)]
struct Trouble {
    quiet_until: Option<Instant>,
    reports: u32,
}

/// What one turn has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) rewatch: bool,
    pub(crate) scan: bool,
    pub(crate) verify: bool,
}

impl Schedule {
    pub(crate) fn new(period: Duration) -> Self {
        Self {
            period,
            verify_period: None,
            next_look: None,
            next_scan: None,
            next_verify: None,
            last_scan: None,
            rewatch: false,
            overflow: false,
            running: false,
            trouble: None,
        }
    }

    pub(crate) fn set_period(&mut self, period: Duration, verify_period: Option<Duration>) {
        (self.period, self.verify_period) = (period, verify_period);
    }

    /// Events were lost; the one of the directory's own removal may be among them.
    pub(crate) fn overflowed(&mut self) {
        self.overflow = true;
    }

    /// The directory that is being watched was moved or removed.
    pub(crate) fn lost(&mut self) {
        self.rewatch = true;
    }

    /// Whether a turn is due that nobody is at.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        !self.running && self.next_turn().is_none_or(|turn| turn <= now)
    }

    /// Begins a turn if one is due and no other thread is at it. While there is trouble every
    /// caller may try: the directory may be back.
    pub(crate) fn begin(&mut self, now: Instant) -> Option<Work> {
        if self.running || !(self.trouble.is_some() || self.is_due(now)) {
            return None;
        }
        let past = |moment: Option<Instant>| moment.is_none_or(|moment| moment <= now);
        let scan = self.overflow || past(self.next_scan);
        let verify = scan && self.verify_period.is_some() && past(self.next_verify);
        let rewatch = self.rewatch || self.overflow;
        // A scan that failed may have been one that had to verify.
        let doubt = self.overflow || self.trouble.is_some();
        let work = Work { rewatch, scan, verify: verify || (scan && doubt) };
        // Taken back before the work: what is lost while a scan runs asks for another one.
        (self.rewatch, self.overflow, self.running) = (false, false, true);
        Some(work)
    }

    /// Ends a turn. What could not be done is due again at once.
    pub(crate) fn end(&mut self, now: Instant, done: Option<Work>) {
        self.running = false;
        let Some(work) = done else {
            (self.next_scan, self.next_verify) = (None, None);
            self.trouble.get_or_insert_default();
            return;
        };
        self.trouble = None;
        self.next_look = Some(now + LOOK);
        if work.scan {
            self.last_scan = Some(now);
            self.next_scan = Some(now + self.period);
        }
        if work.verify {
            self.next_verify = self.verify_period.map(|period| now + period);
        }
    }

    /// Whether trouble is to be reported by a call that waits: once per pause, or because the call
    /// ends.
    pub(crate) fn report(&mut self, now: Instant, ends: bool) -> bool {
        let trouble = self.trouble.get_or_insert_default();
        if trouble.quiet_until.is_none_or(|quiet| quiet <= now) {
            let factor = 1_u32.checked_shl(trouble.reports).unwrap_or(u32::MAX);
            let pause = FIRST_PAUSE.saturating_mul(factor).min(LOOK);
            trouble.reports = trouble.reports.saturating_add(1);
            trouble.quiet_until = Some(now + pause);
            return true;
        }
        ends
    }

    /// When a waiting thread must look again.
    pub(crate) fn wake_at(&self, now: Instant) -> Instant {
        match self.trouble {
            // The thread that is at it rings when it has ended.
            _ if self.running => now + LOOK,
            Some(trouble) => trouble.quiet_until.unwrap_or(now),
            None => self.next_turn().unwrap_or(now),
        }
    }

    fn next_turn(&self) -> Option<Instant> {
        if self.rewatch {
            return None;
        }
        let scan =
            if self.overflow { self.last_scan.map(|last| last + GAP) } else { self.next_scan };
        Some(scan?.min(self.next_look?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_secs(5);
    const SCAN: Work = Work { rewatch: false, scan: true, verify: false };
    const GLANCE: Work = Work { rewatch: false, scan: false, verify: false };

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    /// A schedule whose first turn, with a scan, ended at the returned moment.
    fn started() -> (Schedule, Instant) {
        let mut schedule = Schedule::new(PERIOD);
        let start = Instant::now();
        let work = schedule.begin(start).expect("the first turn is due at once");
        schedule.end(start, Some(work));
        (schedule, start)
    }

    #[test]
    fn the_directory_is_scanned_at_first_then_looked_at_then_scanned() {
        let mut schedule = Schedule::new(PERIOD);
        let start = Instant::now();
        assert_eq!(start, schedule.wake_at(start));
        assert_eq!(Some(SCAN), schedule.begin(start));
        assert_eq!(None, schedule.begin(start), "another thread is at it");
        schedule.end(start, Some(SCAN));
        assert_eq!(None, schedule.begin(after(start, 999)));
        for second in 1..5 {
            let now = after(start, 1000 * second);
            assert_eq!(now, schedule.wake_at(now));
            assert_eq!(Some(GLANCE), schedule.begin(now));
            schedule.end(now, Some(GLANCE));
        }
        assert_eq!(Some(SCAN), schedule.begin(after(start, 5000)));
    }

    #[test]
    fn an_overflow_causes_one_scan_and_another_only_after_a_gap() {
        let (mut schedule, start) = started();
        let everything = Work { rewatch: true, scan: true, verify: true };
        schedule.overflowed();
        assert_eq!(None, schedule.begin(after(start, 49)));
        assert_eq!(Some(everything), schedule.begin(after(start, 50)));
        // What was lost while the scan ran asks for another one.
        schedule.overflowed();
        schedule.end(after(start, 50), Some(everything));
        assert_eq!(after(start, 100), schedule.wake_at(after(start, 50)));
        assert_eq!(Some(everything), schedule.begin(after(start, 100)));
        schedule.end(after(start, 100), Some(everything));
        assert_eq!(None, schedule.begin(after(start, 151)));
    }

    #[test]
    fn a_lost_directory_is_watched_anew_at_once() {
        let (mut schedule, start) = started();
        schedule.lost();
        assert_eq!(start, schedule.wake_at(start));
        assert_eq!(Some(Work { rewatch: true, ..GLANCE }), schedule.begin(start));
    }

    #[test]
    fn trouble_lets_every_call_try_and_is_reported_with_growing_pauses() {
        let (mut schedule, start) = started();
        let mut now = after(start, 1000);
        for pause in [50, 100, 200, 400, 800, 1000, 1000] {
            assert!(schedule.begin(now).is_some());
            schedule.end(now, None);
            assert!(schedule.report(now, false), "after {:?}", now - start);
            assert!(!schedule.report(now, false));
            assert!(schedule.report(now, true), "a call that ends reports in any case");
            assert_eq!(after(now, pause), schedule.wake_at(now));
            now = after(now, pause);
        }
        let everything = Work { verify: true, ..SCAN };
        assert_eq!(Some(everything), schedule.begin(now), "nothing is known of the directory now");
        schedule.end(now, Some(everything));
        assert_eq!(None, schedule.begin(now));
        assert_eq!(after(now, 1000), schedule.wake_at(now));
    }

    #[test]
    fn without_events_what_is_done_is_verified_now_and_then() {
        let (mut schedule, start) = (Schedule::new(PERIOD), Instant::now());
        schedule.set_period(Duration::from_millis(200), Some(PERIOD));
        let verified: Vec<u64> = (0..60)
            .map(|tick| tick * 200)
            .filter(|millis| {
                let now = after(start, *millis);
                let work = schedule.begin(now).expect("a scan is due");
                schedule.end(now, Some(work));
                assert!(work.scan);
                work.verify
            })
            .collect();
        assert_eq!(vec![0, 5000, 10_000], verified);
    }
}
