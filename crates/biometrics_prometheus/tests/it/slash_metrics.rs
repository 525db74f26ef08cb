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

#[test]
fn the_next_page_is_as_good_as_a_new_one() {
    let open = Dialect::OpenMetrics100(Escaping::Underscores);
    for dialect in [Dialect::Text004, open] {
        let new = || SlashMetrics::builder().dialect(dialect).timestamps(true).build();
        let (mut kept, mut page) = (new(), Vec::new());
        for _ in 0..3 {
            let mut fresh = new();
            emit_all(&mut fresh);
            emit_all(&mut kept);
            kept.swap(&mut page);
            assert_eq!(fresh.take(), String::from_utf8(page.clone()).unwrap());
        }
        kept.swap(&mut page);
        assert_eq!(new().take().as_bytes(), page, "an empty page after a full one");
    }
}

#[test]
fn a_name_is_free_on_the_next_page() {
    let (dotted, dashed) = (Counter::new("a.b"), Gauge::new("a-b"));
    let (mut metrics, mut page) = (SlashMetrics::scrape(), Vec::new());
    metrics.emit_counter(&dotted, 0).unwrap();
    assert!(metrics.emit_gauge(&dashed, 0).is_err());
    metrics.swap(&mut page);
    assert_eq!("# TYPE a_b counter\na_b 0\n", String::from_utf8_lossy(&page));
    metrics.emit_gauge(&dashed, 0).unwrap();
    assert!(metrics.emit_counter(&dotted, 0).is_err());
    metrics.swap(&mut page);
    assert_eq!("# TYPE a_b gauge\na_b 0\n", String::from_utf8_lossy(&page));
}

/// Two pages of different sensors, so that neither learns of the other's from its beginning.
#[test]
fn sensors_in_another_order_and_new_ones_are_found() {
    let names: Vec<&str> = vec!["order.a", "order.b", "order.c", "order.d", "order.e"];
    let counters: Vec<Counter> = names.into_iter().map(Counter::new).collect();
    let (mut metrics, mut page) = (SlashMetrics::scrape(), Vec::new());
    for order in [&[0, 1, 2][..], &[2, 1, 0], &[1, 3, 0], &[4, 2, 3, 1, 0], &[0, 1, 2, 3, 4]] {
        for at in order {
            metrics.emit_counter(&counters[*at], 0).unwrap();
        }
        metrics.swap(&mut page);
        let name = |at: &usize| format!("order_{}", char::from(b'a' + u8::try_from(*at).unwrap()));
        let lines = order.iter().map(name).map(|n| format!("# TYPE {n} counter\n{n} 0\n"));
        assert_eq!(lines.collect::<String>(), String::from_utf8_lossy(&page));
    }
}
