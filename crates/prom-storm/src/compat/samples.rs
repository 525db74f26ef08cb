//! Samples as every judge can be asked for them: a series, perhaps a timestamp, a value.

use std::collections::BTreeMap;

use crate::compat::failure::{Failure, Verdict};

/// A series written in one way only: the name, then the labels by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series(String);

impl Series {
    /// The series of a name and its labels, whatever order they come in.
    pub(crate) fn new<'a>(
        name: &str,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let labels: BTreeMap<&str, &str> = labels.into_iter().collect();
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        Self(format!("{name}{{{}}}", labels.join(",")))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A series, and the milliseconds of a timestamp where there is one.
pub(crate) type Key = (Series, Option<i64>);

/// The value of each series at each timestamp.
pub(crate) type Samples = BTreeMap<Key, f64>;

/// How faithfully a judge keeps what it is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fidelity {
    /// Whether a `NaN` is a sample like any other.
    pub(crate) keeps_nan: bool,
    /// How far a value may be off, as a part of it.
    pub(crate) tolerance: f64,
}

/// Every sample, to the last bit.
pub(crate) const EXACT: Fidelity = Fidelity { keeps_nan: true, tolerance: 0.0 };

impl Fidelity {
    /// Whether `found` is what this judge makes of `given`. A `NaN` equals another.
    pub(crate) fn same(self, found: f64, given: f64) -> bool {
        found == given
            || (found.is_nan() && given.is_nan())
            || (found - given).abs() <= self.tolerance * given.abs()
    }

    /// Whether this judge keeps the value at all.
    pub(crate) fn keeps(self, value: f64) -> bool {
        self.keeps_nan || !value.is_nan()
    }
}

/// Fails with the first few differences, unless a judge of this fidelity has found the samples that were given.
pub(crate) fn expect(found: &Samples, given: &Samples, fidelity: Fidelity) -> Verdict {
    let expected: BTreeMap<&Key, f64> = given
        .iter()
        .filter(|(_, value)| fidelity.keeps(**value))
        .map(|(key, value)| (key, *value))
        .collect();
    let missing = expected
        .keys()
        .filter(|key| !found.contains_key(*key))
        .map(|key| format!("{} is missing", place(key)));
    let surplus = found
        .keys()
        .filter(|key| !expected.contains_key(*key))
        .map(|key| format!("{} is not expected", place(key)));
    let differing = expected.iter().filter_map(|(key, right)| {
        let left = found.get(key)?;
        (!fidelity.same(*left, *right))
            .then(|| format!("{} is {left}, expected {right}", place(key)))
    });
    let differences: Vec<String> = missing.chain(surplus).chain(differing).collect();
    if differences.is_empty() && !expected.is_empty() {
        return Ok(());
    }
    let first: Vec<&str> = differences.iter().take(5).map(String::as_str).collect();
    Err(Failure::new(format!(
        "{} differences of {} samples: {}",
        differences.len(),
        expected.len(),
        first.join("; ")
    )))
}

fn place((series, timestamp): &Key) -> String {
    match timestamp {
        Some(timestamp) => format!("{} at {timestamp}", series.as_str()),
        None => series.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{EXACT, Fidelity, Samples, Series, expect};

    fn samples(all: &[(&str, f64)]) -> Samples {
        all.iter().map(|(name, value)| ((Series::new(name, []), Some(1)), *value)).collect()
    }

    #[test]
    fn the_order_of_labels_does_not_matter() {
        let series = Series::new("a", [("c", "2"), ("b", "1\n")]);
        assert_eq!(series.as_str(), "a{b=\"1\\n\",c=\"2\"}");
    }

    #[test]
    fn any_difference_is_found() {
        let expected = samples(&[("a", 1.0), ("b", f64::NAN)]);
        assert_eq!(expect(&expected, &expected, EXACT), Ok(()));
        for other in [
            samples(&[("a", 1.0)]),
            samples(&[("a", 1.0), ("b", f64::NAN), ("c", 0.0)]),
            samples(&[("a", 1.1), ("b", f64::NAN)]),
            samples(&[("a", 1.0), ("b", 0.0)]),
        ] {
            assert!(expect(&other, &expected, EXACT).is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_judge_is_held_to_its_fidelity() {
        let coarse = Fidelity { keeps_nan: false, tolerance: 1e-3 };
        let given = samples(&[("a", 1.0), ("b", f64::NAN), ("c", f64::INFINITY)]);
        let found = |a| samples(&[("a", a), ("c", f64::INFINITY)]);
        assert_eq!(expect(&found(1.0009), &given, coarse), Ok(()));
        assert!(expect(&found(1.0011), &given, coarse).is_err());
        assert!(expect(&found(f64::NAN), &given, coarse).is_err());
        assert!(expect(&given, &given, coarse).is_err());
    }

    #[test]
    fn nothing_at_all_proves_nothing() {
        assert!(expect(&Samples::new(), &Samples::new(), EXACT).is_err());
    }
}
