//! What histograms, summaries and exemplars refuse.

use prom_format::{Encoder, Exemplar, Label, LabelName};

use crate::buffer::Buffer;
use crate::refused::{A, OPEN, TEXT, bound, name, refused, refused_in_point};

#[test]
fn buckets_ascend_and_their_counts_do_not_fall() {
    let first = "h_bucket{le=\"1.0\"} 5\n";
    let check = |dialect, message: &str, next: f64, count| {
        refused_in_point(dialect, message, first, |encoder| {
            let mut histogram = encoder.histogram(name("h"))?;
            let mut point = histogram.point(&[])?;
            point.bucket(bound(1.0), 5)?;
            point.bucket(bound(next), count)
        });
    };
    for dialect in [TEXT, OPEN] {
        check(dialect, "a bucket's bound is not above the one before it: \"1.0\"", 1.0, 5);
        check(dialect, "a bucket's bound is not above the one before it: \"-0.5\"", -0.5, 5);
        check(dialect, "a bucket's cumulative count is below the one before it: \"2.0\"", 2.0, 4);
        check(dialect, "the `+Inf` bucket is written by `finish`: \"+Inf\"", f64::INFINITY, 5);
        refused_in_point(
            dialect,
            "the count of observations is below that of the last bucket: \"h\"",
            first,
            |encoder| {
                let mut histogram = encoder.histogram(name("h"))?;
                let mut point = histogram.point(&[])?;
                point.bucket(bound(1.0), 5)?;
                point.finish(4, 1)
            },
        );
    }
}

#[test]
fn a_refused_bucket_leaves_the_point_open() {
    let mut buffer = Buffer::default();
    let mut encoder = Encoder::new(TEXT, &mut buffer);
    let mut histogram = encoder.histogram(name("h")).unwrap();
    let mut point = histogram.point(&[]).unwrap();
    point.bucket(bound(2.0), 5).unwrap();
    point.bucket(bound(1.0), 5).unwrap_err();
    point.bucket(bound(3.0), 6).unwrap();
    point.finish(6, 1).unwrap();
    let labels = [Label::new(A, "x")];
    let mut point = histogram.point(&labels).unwrap();
    point.bucket(bound(1.0), 1).unwrap();
    point.finish(1, 1).unwrap();
    encoder.finish().unwrap();
    assert_eq!(
        buffer.text(),
        "# TYPE h histogram\n\
         h_bucket{le=\"2.0\"} 5\nh_bucket{le=\"3.0\"} 6\nh_bucket{le=\"+Inf\"} 6\nh_sum 1\nh_count 6\n\
         h_bucket{a=\"x\",le=\"1.0\"} 1\nh_bucket{a=\"x\",le=\"+Inf\"} 1\nh_sum{a=\"x\"} 1\nh_count{a=\"x\"} 1\n"
    );
}

#[test]
fn sums_are_counters_in_openmetrics() {
    let finish = |dialect, low: f64, sum: f64| {
        let mut encoder = Encoder::new(dialect, Buffer::default());
        let mut histogram = encoder.histogram(name("h")).unwrap();
        let mut point = histogram.point(&[]).unwrap();
        point.bucket(bound(low), 1).unwrap();
        point.bucket(bound(9.0), 1).unwrap();
        point.finish(1, sum).map_err(|error| error.to_string())
    };
    let gauge = |low: f64, sum: f64| {
        let mut encoder = Encoder::new(OPEN, Buffer::default());
        let mut histogram = encoder.gauge_histogram(name("h")).unwrap();
        let mut point = histogram.point(&[]).unwrap();
        point.bucket(bound(low), 1).unwrap();
        point.bucket(bound(9.0), 1).unwrap();
        point.finish(1, sum).map_err(|error| error.to_string())
    };
    let nan = Err("a sum cannot be NaN in OpenMetrics: \"h\"".to_owned());
    let negative = Err("a sum cannot be negative in OpenMetrics: \"h\"".to_owned());
    let bounds = "a histogram with a negative bound cannot have a sum in OpenMetrics: \"h\"";
    for (low, sum) in [(1.0, f64::NAN), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
        assert_eq!(finish(TEXT, low, sum), Ok(()));
    }
    assert_eq!(finish(OPEN, 1.0, f64::NAN), nan);
    assert_eq!(finish(OPEN, 1.0, -1.0), negative);
    assert_eq!(finish(OPEN, -1.0, 1.0), Err(bounds.to_owned()));
    assert_eq!(finish(OPEN, 0.0, 1.0), Ok(()));
    assert_eq!(gauge(1.0, f64::NAN), nan);
    assert_eq!(gauge(1.0, -1.0), negative);
    assert_eq!(gauge(-1.0, -1.0), Ok(()));
    assert_eq!(gauge(-1.0, 1.0), Ok(()));
    refused(OPEN, "a sum cannot be NaN in OpenMetrics: \"s\"", |encoder| {
        encoder.summary(name("s"))?.point(&[])?.finish(1, f64::NAN)
    });
    refused(OPEN, "a sum cannot be negative in OpenMetrics: \"s\"", |encoder| {
        encoder.summary(name("s"))?.point(&[])?.finish(1, -1)
    });
}

#[test]
fn quantiles_are_within_zero_and_one_and_ascend() {
    for dialect in [TEXT, OPEN] {
        for value in [-0.1, 1.1, f64::INFINITY, f64::NEG_INFINITY] {
            let message = format!("a quantile is not within 0..=1: \"{}\"", bound(value));
            refused(dialect, &message, |encoder| {
                encoder.summary(name("s"))?.point(&[])?.quantile(bound(value), 1)
            });
        }
        let mut encoder = Encoder::new(dialect, Buffer::default());
        let mut summary = encoder.summary(name("s")).unwrap();
        let mut point = summary.point(&[]).unwrap();
        point.quantile(bound(0.0), 1).unwrap();
        point.quantile(bound(0.5), 2).unwrap();
        for low in [0.5, 0.25] {
            let error = point.quantile(bound(low), 3).unwrap_err().to_string();
            assert_eq!(error, format!("a quantile is not above the one before it: \"{low}\""));
        }
        point.quantile(bound(1.0), 3).unwrap();
        point.finish(1, 1).unwrap();
    }
    refused(
        OPEN,
        "the value of a quantile cannot be negative in OpenMetrics: \"0.5\"",
        |encoder| encoder.summary(name("s"))?.point(&[])?.quantile(bound(0.5), -1),
    );
    let mut encoder = Encoder::new(TEXT, Buffer::default());
    encoder.summary(name("s")).unwrap().point(&[]).unwrap().quantile(bound(0.5), -1).unwrap();
}

#[test]
fn exemplars_are_short() {
    let check = |name_len: usize, value_len: usize, character: &str| {
        let (name_text, value) = ("n".repeat(name_len), character.repeat(value_len));
        let labels = [Label::new(LabelName::new(&name_text).unwrap(), value.as_str())];
        let exemplar = Exemplar::new(&labels, 1);
        let mut encoder = Encoder::new(OPEN, Buffer::default());
        encoder.counter(name("c")).unwrap().point(&[]).exemplar(&exemplar).finish(1).is_ok()
    };
    assert!(check(64, 64, "v"));
    assert!(check(64, 64, "\u{1f600}"));
    assert!(!check(64, 65, "v"));
    assert!(!check(128, 1, "v"));
    let twice = [Label::new(A, "1"), Label::new(A, "2")];
    let long = "v".repeat(128);
    let long = [Label::new(A, &long)];
    for dialect in [TEXT, OPEN] {
        refused(dialect, "two labels are written with the same name: \"a\"", |encoder| {
            encoder.counter(name("c"))?.point(&[]).exemplar(&Exemplar::new(&twice, 1)).finish(1)
        });
        let message = "the labels of an exemplar exceed 128 characters: \"a\"";
        refused(dialect, message, |encoder| {
            encoder.counter(name("c"))?.point(&[]).exemplar(&Exemplar::new(&long, 1)).finish(1)
        });
        refused_in_point(dialect, message, "", |encoder| {
            let exemplar = Exemplar::new(&long, 1);
            let mut histogram = encoder.histogram(name("h"))?;
            histogram.point(&[])?.bucket_with_exemplar(bound(1.0), 1, &exemplar)
        });
    }
}
