//! Sensors of any names: the text is valid and holds exactly what was accepted, or a typed error says why not.
#![no_main]

#[path = "../../../../biometrics_prometheus/tests/it/any_sensor.rs"]
mod any_sensor;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_sensor::check_any_sensor(bytes));
