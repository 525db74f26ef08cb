//! Any bytes: the parser does not panic, ends, and its errors lie in the text.
#![no_main]

#[path = "../../../../prom-format/tests/it/parse/any_input.rs"]
mod any_input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_input::check_any_input(bytes));
