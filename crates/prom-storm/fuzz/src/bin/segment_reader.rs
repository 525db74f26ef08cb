//! Any bytes in a segment: a reader delivers whole lines, and says exactly when it keeps something back.
#![no_main]

#[path = "../../../../prom-segment/tests/it/any_segment.rs"]
mod any_segment;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_segment::check_any_segment(bytes));
