//! `Race`: contenders in turns, again and again, so that a busy moment hits all of them.

use crate::contender::Contender;
use crate::lap::Lap;
use crate::outcome::{Outcome, ensure};
use crate::spread::Spread;

/// The laps of each contender; the n-th laps of all were run one after the other.
pub(crate) struct Race {
    laps: Vec<(&'static str, Vec<Lap>)>,
    times: usize,
}

impl Race {
    /// Runs `rounds` laps of `times` jobs each. Before each lap come `times / 4` jobs off the clock, or
    /// who comes after somebody else's work would pay for what that put out of the caches.
    pub(crate) fn run(
        contenders: &mut [Contender<'_>],
        rounds: usize,
        times: usize,
    ) -> Outcome<Self> {
        let mut race = Self::new(contenders, times);
        (0..rounds).try_for_each(|_| race.round(contenders, times.div_ceil(4)))?;
        Ok(race)
    }

    /// Runs one lap of one job each, which cannot be done twice.
    pub(crate) fn once(contenders: &mut [Contender<'_>]) -> Outcome<Self> {
        let mut race = Self::new(contenders, 1);
        race.round(contenders, 0)?;
        Ok(race)
    }

    fn new(contenders: &[Contender<'_>], times: usize) -> Self {
        Self { laps: contenders.iter().map(|one| (one.name, Vec::new())).collect(), times }
    }

    fn round(&mut self, contenders: &mut [Contender<'_>], warm: usize) -> Outcome {
        for (contender, (_, laps)) in contenders.iter_mut().zip(&mut self.laps) {
            contender.begin()?;
            contender.act(warm)?;
            laps.push(Lap::of(|| contender.act(self.times))?);
        }
        Ok(())
    }

    /// What one job took, in the unit that the clock gives.
    pub(crate) fn each(&self, name: &str, clock: fn(&Lap) -> f64) -> Outcome<Spread> {
        let times = self.times as f64;
        Ok(Spread::of(self.laps(name)?.iter().map(|lap| clock(lap) / times)))
    }

    /// How much longer one took than the other, round by round.
    pub(crate) fn ratio(&self, over: &str, under: &str, clock: fn(&Lap) -> f64) -> Outcome<Spread> {
        let pairs = self.laps(over)?.iter().zip(self.laps(under)?);
        Ok(Spread::of(pairs.map(|(over, under)| clock(over) / clock(under))))
    }

    fn laps(&self, name: &str) -> Outcome<&[Lap]> {
        let found = self.laps.iter().find(|(known, _)| *known == name);
        let (_, laps) = found.ok_or_else(|| format!("nobody is called {name}"))?;
        ensure(!laps.is_empty(), || format!("{name} has run no lap"))?;
        Ok(laps)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::Race;
    use crate::contender::Contender;

    #[test]
    fn contenders_take_turns_and_each_lap_is_prepared() {
        let log = RefCell::new(String::new());
        let note = |text: &'static str| {
            let log = &log;
            move || {
                log.borrow_mut().push_str(text);
                Ok(())
            }
        };
        let mut contenders = [
            Contender::new("a", 1, note("a")).begins(note("(")),
            Contender::new("b", 1, note("b")),
        ];
        let race = Race::run(&mut contenders, 2, 3).unwrap();
        assert_eq!("(aaaabbbb(aaaabbbb", *log.borrow());
        assert!(race.ratio("a", "c", |lap| lap.wall).is_err());
        assert!(race.each("a", |lap| lap.wall).unwrap().min >= 0.0);
    }
}
