//! `Retry`: how long to leave a failing disk alone. Pure; the caller brings the time.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(500);

/// Pauses that double from 10 ms up to half a second, until something succeeds.
#[derive(Debug, Default)]
pub(crate) struct Retry {
    pause: Duration,
    until: Option<Instant>,
}

impl Retry {
    pub(crate) fn failed(&mut self, now: Instant) {
        self.pause = (self.pause * 2).clamp(FIRST, LONGEST);
        self.until = now.checked_add(self.pause);
    }

    /// Something got through, if not everything: no pause.
    pub(crate) fn progressed(&mut self, now: Instant) {
        *self = Self { pause: Duration::ZERO, until: Some(now) };
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Somebody cannot wait for the end of the pause; the pauses go on doubling.
    pub(crate) fn hurry(&mut self, now: Instant) {
        self.until = self.until.map(|until| until.min(now));
    }

    /// When the next try is due; `None` if nothing has failed.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.until
    }

    /// Whether it is too early for another try.
    pub(crate) fn waits(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_second_and_end_with_success() {
        let mut now = Instant::now();
        let mut retry = Retry::default();
        assert!(!retry.waits(now));
        for pause in [10, 20, 40, 80, 160, 320, 500, 500] {
            retry.failed(now);
            assert!(retry.waits(now + Duration::from_millis(pause - 1)), "{pause}");
            now += Duration::from_millis(pause);
            assert!(!retry.waits(now), "{pause}");
        }
        retry.failed(now);
        retry.succeeded();
        assert!(!retry.waits(now));
        retry.failed(now);
        assert!(!retry.waits(now + FIRST));
        retry.failed(now);
        retry.failed(now);
        retry.hurry(now);
        assert!(!retry.waits(now));
        retry.failed(now);
        assert!(retry.waits(now + FIRST * 3), "the pauses begin anew");
        retry.succeeded();
        retry.hurry(now);
        assert_eq!(None, retry.due(), "nothing has failed");
        retry.failed(now);
        retry.progressed(now);
        assert!(!retry.waits(now));
        assert_eq!(Some(now), retry.due());
    }
}
