//! `Clock`: how the timestamps of a writer run. Pure.

use crate::storm::random::mix;

const START: u64 = 1_700_000_000_000;
const HOUR: u64 = 3_600_000;
/// Collections between two steps.
const STEP: u64 = 20;

/// A wall clock, well or ill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Clock {
    /// A millisecond a collection.
    Steady,
    /// An hour back, again and again.
    Back,
    /// An hour ahead, again and again.
    Forward,
    /// Up to a second to either side.
    Jitter,
    /// The clock of a machine without a battery: 1970.
    Zero,
    /// It stands still.
    Frozen,
    /// The year 2106, beyond 32 bits of seconds.
    Far,
}

impl Clock {
    pub(crate) const ALL: [Self; 7] = [
        Self::Steady,
        Self::Back,
        Self::Forward,
        Self::Jitter,
        Self::Zero,
        Self::Frozen,
        Self::Far,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Back => "back",
            Self::Forward => "forward",
            Self::Jitter => "jitter",
            Self::Zero => "zero",
            Self::Frozen => "frozen",
            Self::Far => "far",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clock| clock.name() == name)
    }

    /// The timestamp of a collection.
    pub(crate) fn millis(self, collection: u64) -> u64 {
        let steps = collection / STEP;
        match self {
            Self::Steady => START + collection,
            Self::Back => (START + collection).saturating_sub(steps * HOUR),
            Self::Forward => START + collection + steps * HOUR,
            Self::Jitter => START - 1000 + collection + mix(collection) % 2001,
            Self::Zero => collection / STEP,
            Self::Frozen => START,
            Self::Far => 4_294_967_296_000 + collection,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_clock_does_what_it_is_called() {
        let times = |clock: Clock| (0..200).map(move |at| clock.millis(at)).collect::<Vec<_>>();
        let falls = |clock| times(clock).windows(2).filter(|pair| pair[1] < pair[0]).count();
        assert_eq!(9, falls(Clock::Back));
        assert!(falls(Clock::Jitter) > 50);
        for clock in [Clock::Steady, Clock::Forward, Clock::Zero, Clock::Frozen, Clock::Far] {
            assert_eq!(0, falls(clock), "{}", clock.name());
        }
        assert_eq!(vec![START; 200], times(Clock::Frozen));
        assert_eq!(0, Clock::Zero.millis(0));
        for clock in Clock::ALL {
            assert_eq!(Some(clock), Clock::named(clock.name()));
        }
    }
}
