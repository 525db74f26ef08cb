//! A pre-rendered series writes what the encoder writes.

use prom_format::{
    Bound, Dialect, Encoder, Escaping, Label, LabelName, MetricName, Series, Suffix, Timestamp,
    TimestampText, Value,
};

const UTF8: Dialect = Dialect::OpenMetrics100(Escaping::AllowUtf8);
const VALUES: Dialect = Dialect::OpenMetrics100(Escaping::Values);

fn head(dialect: Dialect, name: &str, suffix: Suffix) -> String {
    let name = MetricName::utf8(name).unwrap();
    let labels = [Label::new(LabelName::utf8("l.l").unwrap(), "\n")];
    Series::new(dialect, name, suffix, &labels).unwrap().as_str().to_owned()
}

#[test]
fn heads() {
    let le = Bound::from_decimal(1, -5);
    let check = |suffix, text: &str, utf8: &str, values: &str| {
        assert_eq!(head(Dialect::Text004, "a.b", suffix), text);
        assert_eq!(head(UTF8, "a.b", suffix), utf8);
        assert_eq!(head(VALUES, "a.b", suffix), values);
    };
    let utf8 = |name: &str, own: &str| format!("{{\"{name}\",\"l.l\"=\"\\n\"{own}}} ");
    let labels = "{l_l=\"\\n\"} ";
    let values = "{U__l_2e_l=\"\\n\"} ";
    check(Suffix::None, &format!("a_b{labels}"), &utf8("a.b", ""), &format!("U__a_2e_b{values}"));
    check(
        Suffix::Total,
        &format!("a_b_total{labels}"),
        &utf8("a.b_total", ""),
        &format!("U__a_2e_b__total{values}"),
    );
    check(
        Suffix::Sum,
        &format!("a_b_sum{labels}"),
        &utf8("a.b_sum", ""),
        &format!("U__a_2e_b_sum{values}"),
    );
    check(
        Suffix::GaugeSum,
        &format!("a_b_sum{labels}"),
        &utf8("a.b_gsum", ""),
        &format!("U__a_2e_b_gsum{values}"),
    );
    check(
        Suffix::Bucket(le),
        "a_b_bucket{l_l=\"\\n\",le=\"1e-05\"} ",
        &utf8("a.b_bucket", ",le=\"1e-05\""),
        "U__a_2e_b_bucket{U__l_2e_l=\"\\n\",le=\"1e-05\"} ",
    );
    assert_eq!(head(VALUES, "a", Suffix::Quantile(le)), "a{U__l_2e_l=\"\\n\",quantile=\"1e-05\"} ");
    assert_eq!(head(Dialect::Text004, "a_total", Suffix::Total), format!("a_total{labels}"));
    assert_eq!(head(Dialect::Text004, "_total", Suffix::Total), format!("_total_total{labels}"));
    assert_eq!(head(Dialect::Text004, "a_total", Suffix::Created), format!("a_created{labels}"));
    assert_eq!(head(Dialect::Text004, "a_info", Suffix::Info), format!("a_info{labels}"));
}

#[test]
fn a_series_writes_what_the_encoder_writes() {
    let labels = [Label::new(LabelName::from_static("l"), "v")];
    let name = MetricName::utf8("a.b").unwrap();
    let now = Timestamp::from_millis(1_700_000_000_123);
    for dialect in [Dialect::Text004, UTF8, VALUES] {
        let mut encoder = Encoder::new(dialect, String::new());
        encoder.set_timestamp(now).unwrap();
        let mut counter = encoder.counter(name).unwrap();
        let series = Series::new(dialect, name, Suffix::Total, &labels).unwrap();
        let mut lines = String::new();
        for value in [Value::Unsigned(u64::MAX), Value::Signed(7), Value::Float(1e-7)] {
            counter.sample(&labels, value).unwrap();
            series.write(&mut lines, value, &TimestampText::new(dialect, now).unwrap()).unwrap();
        }
        assert!(encoder.finish().unwrap().contains(&lines));
    }
}

#[test]
fn labels_are_checked() {
    let label = |name| Label::new(LabelName::from_static(name), "");
    let new = |suffix, labels: &[Label<'_>]| {
        Series::new(Dialect::Text004, MetricName::from_static("a"), suffix, labels)
            .map_err(|error| error.to_string())
    };
    let own = |name: &str| {
        Some(format!("the label's name belongs to the format in this family: \"{name}\""))
    };
    assert_eq!(new(Suffix::Bucket(Bound::INFINITY), &[label("le")]).err(), own("le"));
    assert_eq!(new(Suffix::Quantile(Bound::INFINITY), &[label("quantile")]).err(), own("quantile"));
    assert_eq!(
        new(Suffix::None, &[label("a"), label("b"), label("a")]).err().as_deref(),
        Some("two labels are written with the same name: \"a\"")
    );
    assert!(new(Suffix::None, &[label("le"), label("quantile")]).is_ok());
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "the timestamp is of another dialect")]
fn a_timestamp_of_another_dialect_is_a_bug() {
    let series = Series::new(UTF8, MetricName::from_static("a"), Suffix::None, &[]).unwrap();
    let text = TimestampText::new(Dialect::Text004, Timestamp::from_millis(1)).unwrap();
    let _ = series.write(&mut String::new(), 1, &text);
}
