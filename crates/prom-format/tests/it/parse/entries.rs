//! What the entries of a text say.

use prom_format::{Dialect, Entry, Escaping, MetricType, Parser, Sample};

const OPENMETRICS: Dialect = Dialect::OpenMetrics100(Escaping::AllowUtf8);

fn sample(dialect: Dialect, line: &str) -> Sample<'_> {
    match Parser::new(dialect, line).next() {
        Some(Ok(Entry::Sample(sample))) => sample,
        other => panic!("{line}: {other:?}"),
    }
}

/// One line for each entry.
fn describe(dialect: Dialect, text: &str) -> Vec<String> {
    let describe = |entry| match entry {
        Entry::Help { family, text } => format!("help {family}: {text}"),
        Entry::Type { family, metric_type } => format!("type {family}: {metric_type:?}"),
        Entry::Unit { family, unit } => format!("unit {family}: {unit}"),
        Entry::Comment(text) => format!("comment {text}"),
        Entry::Sample(s) => format!("sample {} {:?} {}", s.name(), s.labels(), s.value()),
        Entry::Eof => "eof".to_owned(),
    };
    Parser::new(dialect, text).map(|entry| describe(entry.unwrap())).collect()
}

#[test]
fn classic_entries() {
    let text = "\n# HELP  a  C:\\\\x \\n \"y\" \n#TYPE a counter\n# TYPE b untyped\n # note\n# EOF\n\
                # HELP c \n# HELP d\na{x=\"1\\n\"} 2\n\n";
    assert_eq!(
        describe(Dialect::Text004, text),
        [
            "help a: C:\\x \n \"y\" ",
            "type a: Counter",
            "type b: Unknown",
            "comment  note",
            "comment  EOF",
            "help c: ",
            "comment  HELP d",
            "sample a {\"x\": \"1\\\\n\"} 2",
        ]
    );
}

#[test]
fn openmetrics_entries() {
    let text = "# TYPE \"a.b_s\" gaugehistogram\n# UNIT \"a.b_s\" s\n# HELP \"a.b_s\"  say \\\"hi\\\"\n\
                {\"a.b_s_bucket\",le=\"+Inf\"} 2\nc{} -Inf\n# EOF\n";
    assert_eq!(
        describe(OPENMETRICS, text),
        [
            "type a.b_s: GaugeHistogram",
            "unit a.b_s: s",
            "help a.b_s:  say \"hi\"",
            "sample a.b_s_bucket {\"le\": \"+Inf\"} 2",
            "sample c {} -inf",
            "eof",
        ]
    );
}

#[test]
fn all_types() {
    let types = [
        ("counter", MetricType::Counter),
        ("gauge", MetricType::Gauge),
        ("histogram", MetricType::Histogram),
        ("gaugehistogram", MetricType::GaugeHistogram),
        ("summary", MetricType::Summary),
        ("info", MetricType::Info),
        ("stateset", MetricType::StateSet),
        ("unknown", MetricType::Unknown),
    ];
    for (word, expected) in types {
        let text = format!("# TYPE a {word}\n");
        let entry = Parser::new(OPENMETRICS, &text).next();
        assert!(
            matches!(entry, Some(Ok(Entry::Type { metric_type, .. })) if metric_type == expected),
            "{entry:?}"
        );
    }
}

#[test]
fn values_are_exact() {
    for (text, value, integer) in [
        ("1027", 1027.0, Some(1027)),
        ("18446744073709551615", 18_446_744_073_709_551_615.0, Some(u64::MAX)),
        ("18446744073709551616", 18_446_744_073_709_551_616.0, None),
        ("-1", -1.0, None),
        ("9007199254740993", 9_007_199_254_740_992.0, Some(9_007_199_254_740_993)),
        ("0.30000000000000004", 0.1 + 0.2, None),
        ("1.7976931348623157e+308", f64::MAX, None),
        ("5e-324", f64::from_bits(1), None),
        ("123456.789", 123_456.789, None),
        (".000001", 1e-6, None),
    ] {
        let line = format!("a {text}\n");
        let sample = sample(Dialect::Text004, &line);
        assert_eq!(sample.value().to_bits(), value.to_bits(), "{text}");
        assert_eq!((sample.value_text(), sample.value_u64()), (text, integer));
    }
    assert!(sample(Dialect::Text004, "a -0\n").value().is_sign_negative());
}

#[test]
fn timestamps_have_the_dialects_unit() {
    let classic = sample(Dialect::Text004, "a 1 1700000000123\n");
    assert_eq!(classic.timestamp().unwrap().millis(), 1_700_000_000_123);
    assert_eq!(classic.timestamp_text(), "1700000000123");

    let openmetrics = sample(OPENMETRICS, "a 1 1700000000.123456789\n");
    let timestamp = openmetrics.timestamp().unwrap();
    assert_eq!((timestamp.millis(), timestamp.sub_milli_nanos()), (1_700_000_000_123, 456_789));
    assert_eq!(timestamp.nanos(), 1_700_000_000_123_456_789);
    assert_eq!(openmetrics.timestamp_text(), "1700000000.123456789");

    assert_eq!(sample(OPENMETRICS, "a 1\n").timestamp(), None);
    assert_eq!(sample(OPENMETRICS, "a 1\n").timestamp_text(), "");
}

/// The repeated timestamp of an emission is not parsed again; one that only starts like it is.
#[test]
fn timestamps_that_start_alike() {
    for text in ["a 1 17\na 1 17\na 1 170\na 1 1\na 1 17\n", "a{x=\"1\"} 1 170\na 1 17\n"] {
        let millis = |entry| match entry {
            Ok(Entry::Sample(sample)) => {
                (sample.timestamp_text().to_owned(), sample.timestamp().unwrap().millis())
            }
            other => panic!("{other:?}"),
        };
        for (text, millis) in Parser::new(Dialect::Text004, text).map(millis) {
            assert_eq!(text, millis.to_string());
        }
    }
}

/// The repeated name of a series is not checked again; one that only starts like it is.
#[test]
fn names_that_start_alike() {
    let text = "a 1\na{} 2\nab 3\na_b{} 4\na 5\na\t6\na {} 7\n";
    let names: Vec<_> = Parser::new(Dialect::Text004, text)
        .map(|entry| match entry.unwrap() {
            Entry::Sample(sample) => (sample.name().raw(), sample.value_text()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected =
        [("a", "1"), ("a", "2"), ("ab", "3"), ("a_b", "4"), ("a", "5"), ("a", "6"), ("a", "7")];
    assert_eq!(names, expected);
    // A quoted name is no bare one.
    let text = "{\"a b\"} 1\na b 1\n";
    let error = Parser::new(Dialect::Text100(Escaping::AllowUtf8), text).find_map(Result::err);
    assert_eq!(error.map(|e| (e.line(), e.column())), Some((2, 3)));
}

#[test]
fn exemplars() {
    let text =
        "# TYPE a counter\na_total{} 1 2 # {tr=\"x\\n\",b=\"\"} -0.5 3.25\na_created 0\n# EOF\n";
    let mut entries = Parser::new(OPENMETRICS, text).skip(1);
    let Some(Ok(Entry::Sample(total))) = entries.next() else { panic!("a sample was expected") };
    let exemplar = total.exemplar().unwrap();
    assert_eq!((exemplar.value, exemplar.value_text), (-0.5, "-0.5"));
    assert_eq!(exemplar.timestamp.unwrap().millis(), 3_250);
    assert_eq!(total.timestamp().unwrap().millis(), 2_000);
    let labels: Vec<_> =
        exemplar.labels.into_iter().map(|l| (l.name.raw(), l.value.to_string())).collect();
    assert_eq!(labels, [("tr", "x\n".to_owned()), ("b", String::new())]);
    assert!(matches!(entries.next(), Some(Err(_))), "the metric mixes timestamps");
}

#[test]
fn labels_are_borrowed() {
    let text = "a{ x = \"1\" , \"lab.el\"=\"\\\"\\\\\\n\", } 1\n";
    let sample = sample(Dialect::Text100(Escaping::AllowUtf8), text);
    let labels = sample.labels();
    assert_eq!(labels.into_iter().count(), 2);
    assert!(labels.get("x").is_some_and(|value| value.as_str() == Some("1")));
    let escaped = labels.get("lab.el").unwrap();
    assert_eq!((escaped.as_str(), escaped.raw()), (None, "\\\"\\\\\\n"));
    assert_eq!(escaped.to_string(), "\"\\\n");
    let here = text.as_bytes().as_ptr_range();
    assert!(here.contains(&labels.raw().as_ptr()) && here.contains(&escaped.raw().as_ptr()));
}

#[test]
fn errors_say_what_and_where() {
    let text = "a 1\nb{x=\"\u{e9}\",y=1} 1\n";
    let error = Parser::new(Dialect::Text004, text).find_map(Result::err).unwrap();
    assert_eq!((error.line(), error.column(), error.offset()), (2, 12, 15));
    assert_eq!(error.snippet(), "1} 1");
    assert_eq!(error.to_string(), "line 2, column 12: malformed label set: \"1} 1\"");
    let error = Parser::new(Dialect::Text004, "a 1").find_map(Result::err).unwrap();
    assert_eq!(error.to_string(), "line 1, column 4: the last line does not end in a line feed");
    let long = format!("a {}\n", "\u{e9}".repeat(50));
    let error = Parser::new(Dialect::Text004, &long).find_map(Result::err).unwrap();
    assert_eq!(error.snippet(), "\u{e9}".repeat(20));
}
