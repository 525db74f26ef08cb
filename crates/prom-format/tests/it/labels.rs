//! Which labels are refused.

use prom_format::{Encoder, Label, LabelName};

use crate::buffer::Buffer;
use crate::refused::{A, DOTS, OPEN, TEXT, UTF8, name, refused};

const LE: LabelName<'static> = LabelName::from_static("le");
const QUANTILE: LabelName<'static> = LabelName::from_static("quantile");

#[test]
fn labels_differ_as_they_are_written() {
    let dotted = LabelName::utf8("a.b").unwrap();
    let scored = LabelName::utf8("a_b").unwrap();
    let twice = [Label::new(A, "1"), Label::new(dotted, "2"), Label::new(A, "3")];
    let alike = [Label::new(dotted, "1"), Label::new(scored, "2")];
    let reserved = [Label::new(LabelName::utf8("_a").unwrap(), "")];
    let duplicate = |name: &str| format!("two labels are written with the same name: \"{name}\"");
    for dialect in [TEXT, OPEN, UTF8, DOTS] {
        refused(dialect, &duplicate("a"), |encoder| encoder.gauge(name("g"))?.sample(&twice, 1));
    }
    refused(OPEN, &duplicate("a.b"), |encoder| encoder.gauge(name("g"))?.sample(&alike, 1));
    refused(OPEN, &duplicate("a.b"), |encoder| encoder.counter(name("g"))?.sample(&alike, 1));
    refused(OPEN, &duplicate("a.b"), |encoder| encoder.info(name("g"))?.sample(&alike));
    refused(OPEN, &duplicate("a.b"), |encoder| encoder.state_set(name("g"))?.point(&alike, &[]));
    refused(DOTS, "the label is written with the reserved prefix `__`: \"_a\"", |encoder| {
        encoder.gauge(name("g"))?.sample(&reserved, 1)
    });
    let mut encoder = Encoder::new(UTF8, Buffer::default());
    encoder.gauge(name("g")).unwrap().sample(&alike, 1).unwrap();
}

#[test]
fn labels_of_the_format_are_not_the_caller_s() {
    let own =
        |name: &str| format!("the label's name belongs to the format in this family: \"{name}\"");
    let le = [Label::new(A, ""), Label::new(LE, "1.0")];
    let quantile = [Label::new(QUANTILE, "0.5")];
    let phase = [Label::new(LabelName::utf8("node.phase").unwrap(), "x")];
    for dialect in [TEXT, OPEN, UTF8, DOTS] {
        refused(dialect, &own("le"), |encoder| {
            Ok(encoder.histogram(name("h"))?.point(&le).map(drop)?)
        });
        refused(dialect, &own("le"), |encoder| {
            Ok(encoder.gauge_histogram(name("h"))?.point(&le).map(drop)?)
        });
        refused(dialect, &own("quantile"), |encoder| {
            Ok(encoder.summary(name("s"))?.point(&quantile).map(drop)?)
        });
        refused(dialect, &own("node.phase"), |encoder| {
            encoder.state_set(name("node.phase"))?.point(&phase, &[("up", true)])
        });
        let mut encoder = Encoder::new(dialect, Buffer::default());
        encoder.summary(name("s")).unwrap().point(&le).unwrap().finish(0, 0).unwrap();
        encoder.gauge(name("g")).unwrap().sample(&quantile, 1).unwrap();
    }
}
