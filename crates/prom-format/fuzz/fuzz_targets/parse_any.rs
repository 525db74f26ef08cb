//! Any bytes: the parser does not panic, ends, and its errors lie in the text.
//!
//! `cargo +nightly fuzz run parse_any`
#![no_main]

#[path = "../../tests/it/parse/any_input.rs"]
mod any_input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_input::check_any_input(bytes));
