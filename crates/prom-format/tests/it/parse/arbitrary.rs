//! Arbitrary bytes, and arbitrary sequences of the format's own tokens.

use proptest::prelude::*;

use crate::parse::any_input::check_any_input;

/// What lines are made of; chance puts them together in ways that bytes alone seldom hit.
const TOKENS: &[&str] = &[
    "# TYPE ",
    "# HELP ",
    "# UNIT ",
    "# EOF\n",
    "#",
    "a",
    "h",
    "_total",
    "_bucket",
    "_sum",
    "_count",
    "_created",
    "_info",
    "_s",
    " s",
    " counter\n",
    " gauge\n",
    " histogram\n",
    " summary\n",
    " stateset\n",
    " info\n",
    "{",
    "}",
    "le=\"",
    "quantile=\"",
    "x=\"1\"",
    "\"",
    "=",
    ",",
    "\\",
    "\\n",
    "\n",
    " ",
    "\t",
    "1",
    "0",
    "2.5",
    "-",
    "+Inf",
    "NaN",
    "1e3",
    " 1700000000",
    " # {",
    "\r",
    "\0",
    "\u{e9}",
    "\u{1f600}",
    "{\"a.b\"",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_any_input(&bytes);
    }

    #[test]
    fn arbitrary_tokens(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..60)) {
        check_any_input(tokens.concat().as_bytes());
    }

    #[test]
    fn arbitrary_lines(
        lines in prop::collection::vec(prop::collection::vec(prop::sample::select(TOKENS), 1..8), 0..12)
    ) {
        let lines: Vec<String> = lines.iter().map(|line| line.concat()).collect();
        check_any_input((lines.join("\n") + "\n# EOF\n").as_bytes());
    }
}
