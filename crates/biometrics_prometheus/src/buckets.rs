//! The upper bounds of `sig_fig_histogram`'s buckets, exact, and rendered once per process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use prom_format::Bound;

/// At least the first `count` upper bounds of a histogram with that many significant figures.
///
/// A bucket holds what rounds to its figures, so it ends half-way to the next one. With `o` =
/// 10^(figures-1), `B` = 9 `o`, bucket `b` stands for (b mod B + o) * 10^(b div B - figures + 1), and
/// ends at that plus half a step. All of it is integer arithmetic: powers of ten in floating
/// point would give bounds like 1.2000000000000002.
///
/// An observation that lies on a bound belongs to the next bucket: bounds are half-open, while
/// `le` means "at most". For readings off the bounds the two are the same.
pub(crate) fn bounds(figures: i32, count: usize) -> Arc<[Bound]> {
    static KNOWN: Mutex<BTreeMap<i32, Arc<[Bound]>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let bounds = known.entry(figures).or_insert_with(|| generate(figures, count));
    if bounds.len() < count {
        *bounds = generate(figures, count.next_power_of_two());
    }
    Arc::clone(bounds)
}

fn generate(figures: i32, count: usize) -> Arc<[Bound]> {
    let first = 10_u64.pow(u32::try_from(figures - 1).unwrap_or(0));
    let exponents = (0..).map(|decade| decade - figures);
    let bounds = exponents.flat_map(|exponent| {
        (first..10 * first).map(move |step| Bound::from_decimal(10 * step + 5, exponent))
    });
    bounds.take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sig_fig_histogram::SigFigBucketizer;

    fn texts(figures: i32, count: usize) -> Vec<String> {
        bounds(figures, count)[..count].iter().map(|bound| bound.as_str().to_owned()).collect()
    }

    #[test]
    fn a_bucket_ends_half_way_to_the_next() {
        assert_eq!(["1.5", "2.5", "3.5"], texts(1, 3)[..]);
        assert_eq!(["9.5", "15.0", "25.0"], texts(1, 11)[8..]);
        assert_eq!(["1.05", "1.15"], texts(2, 2)[..]);
        assert_eq!(["9.95", "10.5", "11.5"], texts(2, 92)[89..]);
        assert_eq!(["99.5", "105.0"], texts(2, 181)[179..]);
        assert_eq!("1.0005", texts(4, 1)[0]);
    }

    #[test]
    fn observations_on_both_sides_of_a_bound_fall_into_the_buckets_on_both_sides() {
        for figures in 1..=4 {
            let bucketizer = SigFigBucketizer::new(figures);
            let three_decades = 27 * 10_usize.pow(u32::try_from(figures - 1).unwrap());
            for (bucket, bound) in bounds(figures, three_decades).iter().enumerate() {
                // Rounding inside the histogram moves a bound by a few units in the last place.
                let inside = bound.value() * (1.0 - 1e-12);
                let outside = bound.value() * (1.0 + 1e-12);
                assert_eq!(bucket, bucketizer.bucket_for(inside), "{figures}: below {bound}");
                assert_eq!(bucket + 1, bucketizer.bucket_for(outside), "{figures}: above {bound}");
            }
        }
    }

    #[test]
    fn the_table_is_made_once_and_grows() {
        // The table belongs to the process, and no other test may ask for five figures: a table
        // that another thread lets grow between two calls is rightly another one.
        let short = bounds(5, 77);
        assert!(Arc::ptr_eq(&short, &bounds(5, 7)));
        let long = bounds(5, short.len() + 1);
        assert!(long.len() > short.len());
        assert_eq!(short[..], long[..short.len()]);
    }
}
