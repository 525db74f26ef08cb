//! Arbitrary families: what the encoder writes, the parser reads.
#![no_main]

#[path = "../../../../prom-format/tests/it/parse/any_plan.rs"]
mod any_plan;
#[path = "../../../../prom-format/tests/it/parse/contents.rs"]
mod contents;
#[path = "../../../../prom-format/tests/it/parse/expectation.rs"]
mod expectation;
#[path = "../../../../prom-format/tests/it/parse/plan.rs"]
mod plan;
#[path = "../../../../prom-format/tests/it/parse/source.rs"]
mod source;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_plan::check_any_plan(bytes));
