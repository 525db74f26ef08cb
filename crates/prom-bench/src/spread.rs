//! `Spread`: the median of repeated measurements, and the extremes.

/// A median between the least and the largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// The spread of the values; of none at all, NaN.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let sorted = sorted(values);
        let at = |share| quantile(&sorted, share);
        Self { median: at(0.5), min: at(0.0), max: at(1.0) }
    }

    /// The same in another unit.
    pub(crate) fn map(self, convert: impl Fn(f64) -> f64) -> Self {
        Self::of([self.min, self.median, self.max].map(convert))
    }

    /// A value that was measured once, or is the same each time.
    pub(crate) fn exactly(value: f64) -> Self {
        Self { median: value, min: value, max: value }
    }
}

pub(crate) fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which that share of the sorted ones lies.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1) as f64;
    let (below, above) = ((last * share).floor(), (last * share).ceil());
    let at = |place: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a place"
        )]
        let place = place as usize;
        sorted.get(place).copied().unwrap_or(f64::NAN)
    };
    f64::midpoint(at(below), at(above))
}

#[cfg(test)]
mod tests {
    use super::{Spread, quantile};

    #[test]
    fn the_median_lies_in_the_middle_whatever_the_order() {
        assert_eq!(Spread { median: 2.0, min: 1.0, max: 9.0 }, Spread::of([9.0, 1.0, 2.0]));
        assert_eq!(2.5, Spread::of([4.0, 1.0, 3.0, 2.0]).median);
        assert!(Spread::of([]).median.is_nan());
    }

    #[test]
    fn a_high_quantile_is_near_the_end() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(99.0, quantile(&values, 0.99));
        assert_eq!(100.0, quantile(&values, 1.0));
    }
}
