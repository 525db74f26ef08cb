//! Any bytes as a file name: what is a segment's has the documented form, and writers make no other.
#![no_main]

#[path = "../../../../prom-segment/tests/it/any_name.rs"]
mod any_name;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_name::check_any_name(bytes));
