//! `Sensors`: one of each kind and each awkward value, and the work they watch.

use std::io;

use biometrics::{Counter, Emitter, Gauge, Histogram, Moments};
use sig_fig_histogram::LockFreeHistogram;

/// Buckets of the histogram with a bound; observations above the last one exceed its maximum.
pub(crate) const BUCKETS: usize = 250;

/// Significant figures of the histogram's bounds.
const SIG_FIGS: i32 = 2;

/// When the first emission of every run takes place, in milliseconds since the epoch.
pub(crate) const EPOCH: u64 = 1_700_000_000_000;

/// From one emission to the next, in milliseconds.
pub(crate) const STEP: u64 = 1_000;

/// The sensors of one process. Labels have dots, as users write them.
pub(crate) struct Sensors {
    pub(crate) requests: Counter,
    pub(crate) bytes: Counter,
    pub(crate) load: Gauge,
    pub(crate) ratio: Gauge,
    pub(crate) unknown: Gauge,
    pub(crate) limit: Gauge,
    pub(crate) wait: Moments,
    pub(crate) sizes: Histogram,
}

impl Sensors {
    /// A histogram's storage lives as long as the process, so that each call leaves a few kilobytes behind.
    pub(crate) fn new() -> Self {
        let storage: &'static LockFreeHistogram<BUCKETS> =
            Box::leak(Box::new(LockFreeHistogram::new(SIG_FIGS)));
        Self {
            requests: Counter::new("storm.requests"),
            bytes: Counter::new("storm.bytes"),
            load: Gauge::new("storm.load"),
            ratio: Gauge::new("storm.ratio"),
            unknown: Gauge::new("storm.unknown"),
            limit: Gauge::new("storm.limit"),
            wait: Moments::new("storm.wait"),
            sizes: Histogram::new("storm.sizes", storage),
        }
    }

    /// Does one round of work. The same rounds give the same readings, in every process.
    pub(crate) fn work(&self, round: u64) {
        self.requests.click();
        // From the first round on more than a double holds exactly.
        self.bytes.count((1 << 53) + 1);
        let signed = |n: u64| i32::try_from(n % 1000).map_or(0.0, |n| f64::from(n) - 500.0);
        self.load.set(signed(round * 377) / 8.0);
        self.ratio.set(signed(round * 91) / 7.0 * 1e-9);
        self.unknown.set(f64::NAN);
        self.limit.set(if round.is_multiple_of(2) { f64::INFINITY } else { f64::NEG_INFINITY });
        for size in observations(round) {
            self.wait.add(size / 3.0);
            self.sizes.observe(size);
        }
        self.sizes.observe(-1.0);
    }
}

/// Sensors that can be emitted, to whichever crate's emitter.
pub(crate) trait Emit {
    /// Emits every sensor as it is now.
    fn emit<E: Emitter<Error = io::Error>>(&self, emitter: &mut E, now: u64) -> io::Result<()>;
}

impl Emit for Sensors {
    fn emit<E: Emitter<Error = io::Error>>(&self, emitter: &mut E, now: u64) -> io::Result<()> {
        for counter in [&self.requests, &self.bytes] {
            emitter.emit_counter(counter, now)?;
        }
        for gauge in [&self.load, &self.ratio, &self.unknown, &self.limit] {
            emitter.emit_gauge(gauge, now)?;
        }
        emitter.emit_moments(&self.wait, now)?;
        emitter.emit_histogram(&self.sizes, now)
    }
}

/// A counter with and one without a dot, and a gauge: what a first program has.
pub(crate) struct Plain;

impl Emit for Plain {
    fn emit<E: Emitter<Error = io::Error>>(&self, emitter: &mut E, now: u64) -> io::Result<()> {
        let gauge = Gauge::new("foo.baz");
        gauge.set(-0.1);
        emitter.emit_counter(&Counter::new("foo"), now)?;
        emitter.emit_counter(&Counter::new("foo.bar"), now)?;
        emitter.emit_gauge(&gauge, now)
    }
}

/// What the histogram sees in one round: sizes from below one to above its maximum, most of them small.
pub(crate) fn observations(round: u64) -> impl Iterator<Item = f64> {
    (0..100_u64).map(move |i| {
        let random = scrambled(round * 100 + i);
        // The upper half of the bits as a fraction, spread evenly over the orders of magnitude.
        let fraction = f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX);
        10_f64.powf(fraction * 3.5 - 0.2)
    })
}

/// `SplitMix64`: well-mixed bits for each number, without a state to carry along.
fn scrambled(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use biometrics::Sensor;

    use super::{Sensors, observations};

    #[test]
    fn the_work_reaches_every_corner_of_the_histogram() {
        let sensors = Sensors::new();
        (0..10).for_each(|round| sensors.work(round));
        assert!(sensors.sizes.exceeds_max().read() > 0);
        assert_eq!(sensors.sizes.is_negative().read(), 10);
        assert!(observations(0).any(|size| size < 1.0));
        assert_eq!(sensors.bytes.read(), 10 * ((1 << 53) + 1));
    }

    #[test]
    fn the_same_rounds_give_the_same_observations() {
        assert!(observations(7).eq(observations(7)));
        assert!(!observations(7).eq(observations(8)));
    }
}
