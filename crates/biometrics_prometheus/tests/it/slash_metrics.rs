//! The exposition in memory.

use biometrics::{Counter, Emitter as _, Gauge, Histogram, Moments};
use biometrics_prometheus::format::validate;
use biometrics_prometheus::{Dialect, Escaping, LabelName, SlashMetrics};
use sig_fig_histogram::LockFreeHistogram;

static IMPL: LockFreeHistogram<9> = LockFreeHistogram::new(1);
static SIZE: Histogram = Histogram::new("size.bytes", &IMPL);

fn emit_all(page: &mut SlashMetrics) {
    let moments = Moments::new("pause");
    moments.add(1.0);
    page.emit_counter(&Counter::new("shop.requests"), 1_700_000_000_000).unwrap();
    page.emit_gauge(&Gauge::new("shop.load"), 1_700_000_000_000).unwrap();
    page.emit_moments(&moments, 1_700_000_000_000).unwrap();
    page.emit_histogram(&SIZE, 1_700_000_000_000).unwrap();
}

#[test]
fn every_dialect_is_valid_with_and_without_time() {
    let dialects = [
        Dialect::Text004,
        Dialect::Text100(Escaping::AllowUtf8),
        Dialect::OpenMetrics100(Escaping::Underscores),
        Dialect::OpenMetrics100(Escaping::AllowUtf8),
    ];
    for dialect in dialects {
        for timestamps in [false, true] {
            let mut page = SlashMetrics::builder()
                .dialect(dialect)
                .timestamps(timestamps)
                .label(LabelName::new("job").unwrap(), "a \"b\"\\\nc")
                .build();
            assert_eq!(dialect.content_type(), page.content_type());
            emit_all(&mut page);
            let text = page.take();
            let validated = validate(dialect, text.as_bytes());
            assert!(validated.is_ok(), "{dialect:?}: {:?} in {text}", validated.err());
            assert_eq!(timestamps, text.contains(" 1700000000"), "{text}");
            assert_eq!(21, text.lines().filter(|line| !line.starts_with('#')).count(), "{text}");
        }
    }
}

#[test]
fn open_metrics_has_counters_with_a_total_and_an_end() {
    let dialect = Dialect::OpenMetrics100(Escaping::Underscores);
    let mut page = SlashMetrics::builder().dialect(dialect).timestamps(true).build();
    page.emit_counter(&Counter::new("shop.requests"), 1_700_000_000_123).unwrap();
    let expected = "# TYPE shop_requests counter\nshop_requests_total 0 1700000000.123\n# EOF\n";
    assert_eq!(expected, page.take());
}

#[test]
fn a_type_is_said_once_however_often_a_sensor_is_emitted() {
    let mut page = SlashMetrics::new();
    let counter = Counter::new("a");
    page.emit_counter(&counter, 1).unwrap();
    counter.click();
    page.emit_counter(&counter, 2).unwrap();
    assert_eq!("# TYPE a counter\na 0 1\na 1 2\n", page.take());
    assert_eq!("", SlashMetrics::default().take());
}
