//! Arbitrary families: what the encoder writes, the parser reads.
//!
//! `cargo +nightly fuzz run round_trip`
#![no_main]

#[path = "../../tests/it/parse/any_plan.rs"]
mod any_plan;
#[path = "../../tests/it/parse/contents.rs"]
mod contents;
#[path = "../../tests/it/parse/expectation.rs"]
mod expectation;
#[path = "../../tests/it/parse/plan.rs"]
mod plan;
#[path = "../../tests/it/parse/source.rs"]
mod source;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_plan::check_any_plan(bytes));
