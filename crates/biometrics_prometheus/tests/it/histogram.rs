//! A histogram says the truth about what was observed.

use biometrics::{Emitter as _, Histogram};
use biometrics_prometheus::SlashMetrics;
use sig_fig_histogram::LockFreeHistogram;

/// The value of the line that begins so.
fn value(text: &str, head: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(head)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {head} in {text}")).parse().unwrap()
}

#[test]
fn every_observation_is_at_most_the_bound_of_its_bucket() {
    static IMPL: LockFreeHistogram<181> = LockFreeHistogram::new(2);
    static LATENCY: Histogram = Histogram::new("latency", &IMPL);
    let observations = [0.0, 0.3, 1.0, 1.04, 1.06, 1.14, 9.94, 9.96, 42.0, 99.4];
    for observation in observations {
        LATENCY.observe(observation);
    }
    let mut page = SlashMetrics::scrape();
    page.emit_histogram(&LATENCY, 0).unwrap();
    let text = page.take();
    let mut last = -1.0;
    for line in text.lines().filter(|line| line.starts_with("latency_bucket")) {
        let bound = line.split('"').nth(1).unwrap();
        let count: f64 = line.rsplit(' ').next().unwrap().parse().unwrap();
        let bound: f64 = bound.replace("+Inf", "inf").parse().unwrap();
        let below = observations.iter().filter(|observation| **observation <= bound).count();
        assert!((count - f64::from(u32::try_from(below).unwrap())).abs() < 0.5, "{line}");
        assert!(bound > last, "{line}");
        last = bound;
    }
    assert!(last.is_infinite());
    assert_eq!(182, text.matches("latency_bucket").count());
}

#[test]
fn what_is_too_large_is_in_the_count_and_what_is_negative_is_not() {
    static IMPL: LockFreeHistogram<9> = LockFreeHistogram::new(1);
    static SIZE: Histogram = Histogram::new("size", &IMPL);
    SIZE.observe_n(3.0, 4);
    SIZE.observe(10.0);
    SIZE.observe(1e9);
    SIZE.observe(-1.0);
    SIZE.observe(f64::NAN);
    let mut page = SlashMetrics::scrape();
    page.emit_histogram(&SIZE, 0).unwrap();
    let buckets: String = (1..=9)
        .map(|step| format!("size_bucket{{le=\"{step}.5\"}} {}\n", if step < 3 { 0 } else { 4 }))
        .collect();
    let expected = format!(
        "# TYPE size histogram\n{buckets}size_bucket{{le=\"+Inf\"}} 6\nsize_sum 12\nsize_count 6\n\
         # TYPE size_exceeds_max counter\nsize_exceeds_max 2\n\
         # TYPE size_is_negative counter\nsize_is_negative 2\n"
    );
    assert_eq!(expected, page.take());
}

#[test]
fn a_large_histogram_is_exact_up_to_its_end() {
    static IMPL: LockFreeHistogram<1000> = LockFreeHistogram::new(3);
    static LATENCY: Histogram = Histogram::new("latency", &IMPL);
    for step in 0..1000 {
        LATENCY.observe(1.0 + f64::from(step) / 100.0);
    }
    let mut page = SlashMetrics::scrape();
    page.emit_histogram(&LATENCY, 0).unwrap();
    let text = page.take();
    let (count, infinity) =
        (value(&text, "latency_count"), value(&text, "latency_bucket{le=\"+Inf\"}"));
    assert!((count - 1000.0).abs() < 0.5 && (infinity - 1000.0).abs() < 0.5);
    // The sum is made of rounded values: within half a unit of the third figure.
    let exact: f64 = (0..1000).map(|step| 1.0 + f64::from(step) / 100.0).sum();
    assert!((value(&text, "latency_sum") / exact - 1.0).abs() < 0.005);
}
