//! Properties that hold for any text and any number.

use proptest::prelude::*;

use prom_format::{
    Bound, Dialect, Encoder, Escaping, Family, Label, LabelName, MetricName, Timestamp,
    TimestampText, Value, write_sanitized_label_name, write_sanitized_metric_name,
};

use crate::buffer::Buffer;

const DIALECTS: [Dialect; 9] = [
    Dialect::Text004,
    Dialect::Text100(Escaping::AllowUtf8),
    Dialect::Text100(Escaping::Underscores),
    Dialect::Text100(Escaping::Dots),
    Dialect::Text100(Escaping::Values),
    Dialect::OpenMetrics100(Escaping::AllowUtf8),
    Dialect::OpenMetrics100(Escaping::Underscores),
    Dialect::OpenMetrics100(Escaping::Dots),
    Dialect::OpenMetrics100(Escaping::Values),
];

/// Any text, with the characters that mean something in an exposition more often than chance has
/// them.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '\\',
        '"',
        '\n',
        '\r',
        '\t',
        ' ',
        '{',
        '}',
        '=',
        ',',
        '#',
        '_',
        '.',
        ':',
        '0',
        '9',
        'n',
        'a',
        '\0',
        '\u{85}',
        '\u{2028}',
        '\u{e9}',
        '\u{1f600}',
    ]);
    prop::collection::vec(prop_oneof![3 => special, 1 => any::<char>()], 0..24)
        .prop_map(|chars| chars.into_iter().collect())
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        any::<i32>().prop_map(|n| f64::from(n) / 1000.0)
    ]
}

/// The inverse of the escapes in quotes; anything but the three escapes is a failure.
fn unescape(escaped: &str) -> String {
    let mut text = String::new();
    let mut chars = escaped.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some(c @ ('\\' | '"')) => c,
                other => panic!("the escape {other:?}"),
            },
            '"' => panic!("a raw quote"),
            '\n' => panic!("a raw line feed"),
            c => c,
        });
    }
    text
}

fn sanitized(raw: &str) -> (String, String) {
    let (mut metric, mut label) = (Buffer::default(), Buffer::default());
    write_sanitized_metric_name(raw, &mut metric).unwrap();
    write_sanitized_label_name(raw, &mut label).unwrap();
    (metric.into_text(), label.into_text())
}

proptest! {
    #[test]
    fn label_values_are_escaped_and_nothing_else(value in text()) {
        let labels = [Label::new(LabelName::from_static("l"), &value)];
        for dialect in DIALECTS {
            let mut encoder = Encoder::new(dialect, Buffer::default());
            encoder.gauge(MetricName::from_static("g")).unwrap().sample(&labels, 1).unwrap();
            let written = encoder.finish().unwrap().into_text();
            let line = written.split('\n').nth(1).unwrap();
            let escaped = line.strip_prefix("g{l=\"").unwrap().strip_suffix("\"} 1").unwrap();
            prop_assert_eq!(unescape(escaped), value.as_str());
        }
    }

    #[test]
    fn help_is_one_line(help in text()) {
        for dialect in DIALECTS {
            let mut encoder = Encoder::new(dialect, Buffer::default());
            let family = Family::new(MetricName::from_static("g")).help(&help);
            let opened = encoder.gauge(family).is_ok();
            prop_assert_eq!(opened, !help.ends_with('\r'));
            let written = encoder.finish().unwrap().into_text();
            prop_assert!(!written.contains("\r\n"));
            let Some(line) = written.split('\n').find_map(|line| line.strip_prefix("# HELP g ")) else {
                prop_assert!(!opened);
                continue;
            };
            let quoted = match dialect {
                Dialect::OpenMetrics100(_) => line.to_owned(),
                _ => line.replace('"', "\\\""),
            };
            prop_assert_eq!(unescape(&quoted), help.as_str());
        }
    }

    /// However odd the names, every line is a metadata line or a sample, and there are as many as
    /// were asked for.
    #[test]
    fn names_forge_no_line(metric in text(), label in text()) {
        let (Ok(metric), Ok(label)) = (MetricName::utf8(&metric), LabelName::utf8(&label)) else {
            return Ok(());
        };
        let labels = [Label::new(label, "v")];
        for dialect in DIALECTS {
            let mut encoder = Encoder::new(dialect, Buffer::default());
            let sampled = encoder.counter(metric).unwrap().sample(&labels, 1).is_ok();
            let written = encoder.finish().unwrap().into_text();
            let lines: Vec<_> = written.split('\n').collect();
            let end: &[&str] = if dialect.is_open_metrics() { &["# EOF", ""] } else { &[""] };
            prop_assert_eq!(lines.len(), 1 + usize::from(sampled) + end.len());
            prop_assert!(lines[0].starts_with("# TYPE ") && lines[0].ends_with(" counter"));
            let whole_sample = lines[1].ends_with("=\"v\"} 1");
            prop_assert!(!sampled || whole_sample);
            prop_assert!(lines.ends_with(end));
            if !matches!(dialect.escaping(), Escaping::AllowUtf8) {
                let name = lines[0].strip_prefix("# TYPE ").unwrap().strip_suffix(" counter").unwrap();
                prop_assert!(MetricName::new(name).is_ok(), "{}", name);
            }
        }
    }

    #[test]
    fn floats_read_back(value in float()) {
        let text = Value::from(value).to_string();
        let back: f64 = text.parse().unwrap();
        prop_assert!(back.to_bits() == value.to_bits() || back.is_nan() && value.is_nan(), "{}", text);
        prop_assert!(text.len() <= 24);
    }

    #[test]
    fn integers_read_back(unsigned in any::<u64>(), signed in any::<i64>()) {
        prop_assert_eq!(Value::from(unsigned).to_string(), unsigned.to_string());
        prop_assert_eq!(Value::from(signed).to_string(), signed.to_string());
    }

    #[test]
    fn bounds_read_back_and_are_canonical(value in float()) {
        let Some(bound) = Bound::new(value) else {
            prop_assert!(value.is_nan());
            return Ok(());
        };
        let text = bound.as_str();
        prop_assert_eq!(text.parse::<f64>().unwrap(), value);
        prop_assert_eq!(bound.value(), value);
        if value.is_finite() {
            prop_assert!(text.contains(['.', 'e']), "{}", text);
            let magnitude = value.abs();
            prop_assert_eq!(text.contains('e'), magnitude != 0.0 && !(1e-4..1e6).contains(&magnitude), "{}", text);
        }
    }

    #[test]
    fn decimal_bounds_are_the_nearest_floats(mantissa in any::<u64>(), cut in 0_u32..20, exponent in -340..320_i32) {
        let mantissa = mantissa / 10_u64.pow(cut);
        let nearest: f64 = format!("{mantissa}e{exponent}").parse().unwrap();
        let (bound, expected) = (Bound::from_decimal(mantissa, exponent), Bound::new(nearest).unwrap());
        prop_assert_eq!(bound, expected);
        prop_assert_eq!(bound.as_str(), expected.as_str());
    }

    #[test]
    fn bounds_are_ordered_like_their_values(a in float(), b in float()) {
        if let (Some(low), Some(high)) = (Bound::new(a), Bound::new(b)) {
            prop_assert_eq!(low.partial_cmp(&high), a.partial_cmp(&b));
        }
    }

    #[test]
    fn sanitised_names_are_legal_and_stay(raw in text()) {
        if raw.is_empty() {
            return Ok(());
        }
        let (metric, label) = sanitized(&raw);
        prop_assert!(MetricName::new(&metric).is_ok(), "{}", metric);
        prop_assert!(LabelName::new(&label).is_ok(), "{}", label);
        prop_assert_eq!(&sanitized(&metric).0, &metric);
        prop_assert_eq!(&sanitized(&label).1, &label);
        if MetricName::new(&raw).is_ok() {
            prop_assert_eq!(&metric, &raw);
        }
        if LabelName::new(&raw).is_ok() {
            prop_assert_eq!(&label, &raw);
        }
        same_as_allocated(&raw, &metric, &label);
    }

    #[test]
    fn negotiation_takes_any_header(accept in "[a-z/*;=,.0-9q\" \\\\]{0,60}", other in text()) {
        prop_assert!(DIALECTS.contains(&Dialect::negotiate(&accept)));
        prop_assert!(DIALECTS.contains(&Dialect::negotiate(&other)));
        let chosen = Dialect::negotiate(&format!("application/openmetrics-text;version=1.0.0,{accept}"));
        prop_assert_eq!(chosen, Dialect::OpenMetrics100(Escaping::Underscores));
    }

    #[test]
    fn timestamps_are_millis_in_text_and_seconds_in_openmetrics(millis in 0_i64..17_000_000_000_000) {
        let timestamp = Timestamp::from_millis(millis);
        let text = TimestampText::new(Dialect::Text004, timestamp).unwrap();
        prop_assert_eq!(text.as_str(), format!(" {millis}"));
        let open = TimestampText::new(DIALECTS[5], timestamp).unwrap();
        let seconds: f64 = open.as_str().trim_start().parse().unwrap();
        prop_assert_eq!((seconds * 1000.0).trunc(), millis as f64);
        prop_assert_eq!((seconds * 1000.0).round(), millis as f64);
    }
}

#[cfg(feature = "alloc")]
fn same_as_allocated(raw: &str, metric: &str, label: &str) {
    assert_eq!(prom_format::sanitize_metric_name(raw).unwrap(), metric);
    assert_eq!(prom_format::sanitize_label_name(raw).unwrap(), label);
}

#[cfg(not(feature = "alloc"))]
fn same_as_allocated(_: &str, _: &str, _: &str) {}
