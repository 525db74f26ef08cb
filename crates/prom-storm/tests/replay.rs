//! The replay as a whole: the real writer, recorded by the program that is built for it.

use std::process::Command;

#[test]
fn a_recorded_run_keeps_its_promises_and_the_controls_break_theirs() {
    let output = Command::new(env!("CARGO_BIN_EXE_replay")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    if text.starts_with("SKIPPED: ") {
        return;
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    for passed in ["durability none", "durability seal", "durability flush"] {
        assert!(text.contains(&format!("PASS {passed}: ")), "{text}");
    }
    for control in
        ["no directory sync", "no file sync", "no sync at the seal", "acknowledged first"]
    {
        assert!(text.contains(&format!("PASS control, {control}: found: ")), "{text}");
    }
}
