//! Shortcuts: what the parser takes from the text of the lines before changes no verdict.

extern crate std;

use core::fmt::Write;
use std::string::String;
use std::vec::Vec;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::dialect::{Dialect, Escaping};
use crate::parse::engine::Engine;
use crate::parse::memory::{Forgetful, Memory};
use crate::parse::registry::Registry;

const CLASSIC: &str = r#"# HELP up Whether it is up.
# TYPE up gauge
up 1 1700000000000
up{job="a",instance="b"} 1 1700000000000
up{job="a",instance="c"} 0 1700000000000
up{job="c"} 1.25 1700000000001
up{job="c",zone="d",} -1
# TYPE rpc histogram
rpc_bucket{le="1"} 1 1700000000000
rpc_bucket{le="2.5"} 12 1700000000000
rpc_bucket{le="+Inf"} 12 1700000000000
rpc_sum 17.25 1700000000000
rpc_count 12 1700000000000
rpc_bucket{a="1",le="1",b="2"} 1
rpc_bucket{a="1",le="12345678.5",b="2"} 12345678901234567
rpc_bucket{a="1",le="1e9",b="2"} 3
# TYPE q summary
q{quantile="0.5"} 7
q{quantile="0.99"} 9
q_sum 16
q_count 2
"#;

const OPENMETRICS: &str = r#"# HELP rpc Calls.
# TYPE rpc histogram
rpc_bucket{le="1"} 1 1700000000.123
rpc_bucket{le="2.5"} 12 1700000000.123 # {id="7"} 2
rpc_bucket{le="+Inf"} 12 1700000000.123
rpc_sum 17.25 1700000000.123
rpc_count 12 1700000000.123
rpc_bucket{a="1",le="1",b="2"} 1
rpc_bucket{a="1",le="12345678.5",b="2"} 2
rpc_bucket{a="1",le="+Inf",b="2"} 3
# TYPE q summary
q{quantile="0.5"} 7
q{quantile="0.99"} 9
q_sum 16
# TYPE c counter
c_total{a="1",b="2"} 1
c_created{a="1",b="2"} 1
c_total{a="2",b="2"} 1
# TYPE s stateset
s{s="on"} 1
s{s="off"} 0
# EOF
"#;

const QUOTED: &str = r#"# TYPE "a b" histogram
{"a b_bucket",le="1"} 1
{"a b_bucket",le="2"} 1
{"a b_bucket","x y"="1",le="2"} 1
{"a b_bucket","x y"="1",le="3"} 1
{"a b_count"} 1
# TYPE up gauge
up{"a"="1",b="2"} 1
up{"a"="1",b="3"} 1
up{a="1",b="3"} 1
{"up",a="1",b="3"} 1
"#;

const QUOTED_OPENMETRICS: &str = r#"# TYPE "a b" histogram
{"a b_bucket","x y"="1",le="1"} 1
{"a b_bucket","x y"="1",le="2"} 1
{"a b_bucket","x y"="1",le="+Inf"} 1
{"a b_count","x y"="1"} 1
{"a b_sum","x y"="1"} 1
# TYPE up gauge
up{"a"="1",b="2"} 1
up{"a"="1",b="3"} 1
up{a="1",b="4"} 1
# EOF
"#;

const TEXTS: [(Dialect, &str); 4] = [
    (Dialect::Text004, CLASSIC),
    (Dialect::OpenMetrics100(Escaping::Underscores), OPENMETRICS),
    (Dialect::Text100(Escaping::AllowUtf8), QUOTED),
    (Dialect::OpenMetrics100(Escaping::AllowUtf8), QUOTED_OPENMETRICS),
];

/// All that an iteration says, errors with their places.
fn outcome<'a, M: Memory<'a>>(
    dialect: Dialect,
    text: &'a str,
    mut memory: M,
    shortcuts: bool,
) -> String {
    let mut engine = Engine::new(dialect, text, false);
    let mut outcome = String::new();
    loop {
        if !shortcuts {
            engine.forget_text();
        }
        let line = match engine.next(&mut memory) {
            Some(Ok(entry)) => writeln!(outcome, "{entry:?}"),
            Some(Err(error)) => writeln!(outcome, "{error:?} {}", error.offset()),
            None => return outcome,
        };
        assert!(line.is_ok());
    }
}

fn assert_same<'a, M: Memory<'a> + Default>(dialect: Dialect, text: &'a str) {
    let quick = outcome(dialect, text, M::default(), true);
    let careful = outcome(dialect, text, M::default(), false);
    assert!(quick == careful, "{dialect:?}\n{text}\n{quick}\n{careful}");
}

/// Characters that mean something in a line, and some that do not.
const CHARACTERS: [&str; 18] = [
    " ", "\t", "\n", "\"", "\\", "{", "}", "=", ",", "#", "-", ".", "0", "e", ":", "_", "\r",
    "\u{e9}",
];

fn changed(text: &str, at: usize, removed: usize, inserted: &str) -> String {
    let mut text = String::from(text);
    text.replace_range(at..(at + removed).min(text.len()), inserted);
    text
}

#[test]
fn no_single_change_of_a_byte_is_judged_otherwise() {
    for (dialect, text) in TEXTS {
        assert_same::<Registry<'_>>(dialect, text);
        for at in 0..text.len() {
            assert_same::<Registry<'_>>(dialect, &changed(text, at, 1, ""));
            for character in CHARACTERS {
                assert_same::<Registry<'_>>(dialect, &changed(text, at, 0, character));
                assert_same::<Registry<'_>>(dialect, &changed(text, at, 1, character));
            }
        }
    }
}

/// Each ends in a line that starts like the one before, and is something else.
#[test]
fn what_looks_alike_is_not_taken_for_the_same() {
    let quoted = Dialect::Text100(Escaping::AllowUtf8);
    let openmetrics = Dialect::OpenMetrics100(Escaping::Underscores);
    for (dialect, text) in [
        (Dialect::Text004, "up{a=\"1\",b=\"2\"} 1\nup{a=\"1\",c=\"2\",a=\"3\"} 1\n"),
        (Dialect::Text004, "up{a=\"1\"} 1\nup{a=\"1\",a=\"2\"} 1\n"),
        (Dialect::Text004, "up{a=\"1\",b=\"2\"} 1\nup{a=\"1\"} 1\nup{a=\"1\",b=\"2\",b=\"3\"} 1\n"),
        (quoted, "up{\"x y\"=\"1\"} 1\nup{x y=\"1\"} 1\n"),
        (quoted, "{\"a b\"} 1\na b 1\n"),
        (quoted, "# TYPE \"a b\" gauge\na b 1\n"),
        (
            openmetrics,
            "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\n# TYPE b gauge\na_bucket{le=\"2\"} 1\n",
        ),
        (openmetrics, "# TYPE a counter\na_total 1\n# TYPE b gauge\na_total 1\n"),
    ] {
        assert_same::<Registry<'_>>(dialect, text);
        let outcome = outcome(dialect, text, Registry::default(), true);
        let entries = outcome.lines().filter(|line| !line.starts_with("ParseError")).count();
        assert_eq!(entries + 1, text.lines().count(), "{outcome}");
    }
}

/// A text that ends in an error at its start would test little.
#[test]
fn the_texts_are_valid() {
    for (dialect, text) in TEXTS {
        let outcome = outcome(dialect, text, Registry::default(), true);
        let lines = text.lines().count();
        assert!(outcome.lines().count() == lines && !outcome.contains("ParseError"), "{outcome}");
    }
}

proptest! {
    /// Lines in any order and number, with some changes.
    #[test]
    fn no_order_of_lines_is_judged_otherwise(
        which: Index,
        lines in prop::collection::vec(any::<Index>(), 1..30),
        changes in prop::collection::vec((any::<Index>(), 0_usize..4, any::<Index>()), 0..4),
    ) {
        let &(dialect, source) = which.get(&TEXTS);
        let source: Vec<&str> = source.lines().collect();
        // A line comes often after the one that it follows in the source.
        let mut text = String::new();
        for index in lines {
            let first = index.index(source.len());
            for line in source.iter().skip(first).take(1 + first % 4) {
                text.push_str(line);
                text.push('\n');
            }
        }
        for (at, removed, character) in changes {
            if text.is_ascii() && !text.is_empty() {
                text = changed(&text, at.index(text.len()), removed, character.get::<&str>(&CHARACTERS));
            }
        }
        assert_same::<Registry<'_>>(dialect, &text);
        assert_same::<Forgetful>(dialect, &text);
    }
}
