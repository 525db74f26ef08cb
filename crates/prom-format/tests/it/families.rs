//! What opening a family, its values and its timestamps refuse.

use prom_format::{EncodeError, Encoder, Family, Timestamp};

use crate::buffer::Buffer;
use crate::refused::{DOTS, OPEN, TEXT, UTF8, name, refused};

#[test]
fn counters_are_neither_negative_nor_nan() {
    for dialect in [TEXT, OPEN] {
        for value in [-1.0, f64::NEG_INFINITY, -f64::MIN_POSITIVE] {
            refused(dialect, "a counter cannot be negative: \"c\"", |encoder| {
                encoder.counter(name("c"))?.sample(&[], value)
            });
        }
        refused(dialect, "a counter cannot be negative: \"c\"", |encoder| {
            encoder.counter_as_named(name("c"))?.sample(&[], -1)
        });
        refused(dialect, "a counter cannot be NaN: \"c\"", |encoder| {
            encoder.counter(name("c"))?.sample(&[], f64::NAN)
        });
    }
}

#[test]
fn a_family_is_opened_once() {
    let message = "another family of the exposition takes this name or one of its sample names";
    for dialect in [TEXT, OPEN] {
        refused(dialect, &format!("{message}: \"g\""), |encoder| {
            encoder.gauge(name("g"))?;
            encoder.gauge(name("g")).map(drop)
        });
        refused(dialect, &format!("{message}: \"h_sum\""), |encoder| {
            encoder.histogram(name("h"))?;
            encoder.gauge(name("h_sum")).map(drop)
        });
        refused(dialect, &format!("{message}: \"a_b\""), |encoder| {
            encoder.gauge(name("a.b"))?;
            encoder.gauge(name("a_b")).map(drop)
        });
    }
    let mut encoder = Encoder::new(UTF8, Buffer::default());
    encoder.gauge(name("a.b")).unwrap();
    encoder.gauge(name("a_b")).unwrap();
    let EncodeError::Format(error) = encoder.unknown(name("a_b")).unwrap_err();
    assert!(error.is_name_clash());
    assert_eq!(error.subject(), "a_b");
}

#[cfg(feature = "alloc")]
#[test]
fn with_an_allocator_every_family_is_remembered() {
    let message =
        "another family of the exposition takes this name or one of its sample names: \"c\"";
    refused(OPEN, message, |encoder| {
        encoder.counter(name("c"))?;
        for other in ["d", "e", "f"] {
            encoder.gauge(name(other))?;
        }
        encoder.gauge(name("c")).map(drop)
    });
}

#[test]
fn units_end_the_name() {
    for dialect in [TEXT, OPEN, UTF8, DOTS] {
        for (family, unit) in [
            ("latency", "seconds"),
            ("latency_seconds", "second"),
            ("latencyseconds", "seconds"),
            ("latency.seconds", "seconds"),
            ("seconds", "seconds"),
            ("latency_", ""),
            ("latency_s s", "s s"),
            ("latency_s\nx", "s\nx"),
        ] {
            let message = format!("the family's name does not end in `_` and its unit: {family:?}");
            let family = Family::new(name(family)).unit(unit);
            refused(dialect, &message, |encoder| encoder.gauge(family).map(drop));
        }
        let info = Family::new(name("x_seconds")).unit("seconds");
        let message = "an info or state set has no unit: \"x_seconds\"";
        refused(dialect, message, |encoder| encoder.info(info).map(drop));
        refused(dialect, message, |encoder| encoder.state_set(info).map(drop));
    }
}

#[test]
fn help_keeps_to_its_line() {
    for dialect in [TEXT, OPEN] {
        let message = "a help text cannot end in a carriage return: \"text\\r\"";
        let family = Family::new(name("g")).help("text\r");
        refused(dialect, message, |encoder| encoder.gauge(family).map(drop));
    }
    let mut buffer = Buffer::default();
    let family = Family::new(name("g")).help("a\r\nb 1\n# TYPE b gauge");
    Encoder::new(TEXT, &mut buffer).gauge(family).unwrap();
    assert_eq!(buffer.text(), "# HELP g a\r\\nb 1\\n# TYPE b gauge\n# TYPE g gauge\n");
}

#[test]
fn state_sets_are_named_like_labels_and_name_a_state_once() {
    let colon = "the name of a state set is also a label name and cannot have a colon";
    for dialect in [TEXT, OPEN, DOTS] {
        refused(dialect, &format!("{colon}: \"a:b\""), |encoder| {
            encoder.state_set(name("a:b")).map(drop)
        });
    }
    let reserved = "the label is written with the reserved prefix `__`: \"__x\"";
    refused(OPEN, reserved, |encoder| encoder.state_set(name("__x")).map(drop));
    refused(OPEN, "a state is named twice: \"on\"", |encoder| {
        let states = [("on", true), ("off", false), ("on", false)];
        encoder.state_set(name("s"))?.point(&[], &states)
    });
}

#[test]
fn negative_timestamps_are_refused_in_text_alone() {
    let early = Timestamp::from_millis(-1);
    let mut encoder = Encoder::new(TEXT, Buffer::default());
    encoder.set_timestamp(Timestamp::from_millis(7)).unwrap();
    let error = encoder.set_timestamp(early).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the classic text format cannot carry a negative timestamp: \"-1\""
    );
    encoder.gauge(name("g")).unwrap().sample(&[], 1).unwrap();
    assert_eq!(encoder.finish().unwrap().into_text(), "# TYPE g gauge\ng 1 7\n");
    Encoder::new(OPEN, Buffer::default()).set_timestamp(early).unwrap();
}
