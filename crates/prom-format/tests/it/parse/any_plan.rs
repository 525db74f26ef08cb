//! Whatever the encoder writes, the parser reads. The fuzz target `round_trip` runs this file too.

use prom_format::{Dialect, Escaping, ParseError};

use super::contents::Contents;
use super::plan::Plan;

/// Writes the exposition that the bytes plan in each dialect, and compares what the parser reads.
pub(crate) fn check_any_plan(bytes: &[u8]) {
    let (plain, quoted) = (Plan::new(bytes, false), Plan::new(bytes, true));
    compare(&plain, Dialect::Text004);
    for dialect in [Dialect::Text100, Dialect::OpenMetrics100] {
        compare(&plain, dialect(Escaping::Underscores));
        compare(&quoted, dialect(Escaping::AllowUtf8));
        // Names that an escaping changes are other names when they are read.
        for escaping in [Escaping::Underscores, Escaping::Dots, Escaping::Values] {
            accept(dialect(escaping), &quoted.encode(dialect(escaping)));
        }
    }
}

fn accept(dialect: Dialect, text: &str) {
    #[cfg(feature = "alloc")]
    let error = prom_format::validate(dialect, text.as_bytes()).err();
    #[cfg(not(feature = "alloc"))]
    let error = prom_format::Parser::new(dialect, text).find_map(Result::err);
    assert_eq!(error, None::<ParseError>, "{dialect:?}\n{text}");
}

fn compare(plan: &Plan, dialect: Dialect) {
    let text = plan.encode(dialect);
    accept(dialect, &text);
    let read = Contents::read(dialect, &text);
    let expected = plan.contents(matches!(dialect, Dialect::OpenMetrics100(_)));
    // The first difference says more than two lists of thousands.
    for (read, expected) in read.samples.iter().zip(&expected.samples) {
        assert_eq!(read, expected, "{dialect:?}\n{text}");
    }
    assert_eq!(read, expected, "{dialect:?}\n{text}");
}
