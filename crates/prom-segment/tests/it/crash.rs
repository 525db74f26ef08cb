//! A killed writer leaves whole lines and a free lock.

use std::io::Read as _;

use prom_segment::{Claim, Durability, Reader, Writer};

use crate::child::Child;
use crate::segments;

#[test]
fn what_was_flushed_survives_a_kill_and_no_line_is_torn() {
    for round in 0..20 {
        let directory = tempfile::tempdir().unwrap();
        let (mut acknowledged, acknowledge) = std::io::pipe().unwrap();
        let child = Child::run(|| {
            let mut acknowledge = acknowledge.try_clone().unwrap();
            let prefix = directory.path().join("a.");
            let mut writer = Writer::builder(prefix).segment_size(20_000).background(false).build();
            for now in 0.. {
                let text: String = (0..200).map(|line| format!("a{line} {now}\n")).collect();
                writer.append(now, text.as_bytes()).unwrap();
                writer.flush().unwrap();
                std::io::Write::write_all(&mut acknowledge, b"x").unwrap();
            }
        });
        drop(acknowledge);
        acknowledged.read_exact(&mut vec![0; 1 + round * 3]).unwrap();
        child.kill();
        let mut rest = Vec::new();
        acknowledged.read_to_end(&mut rest).unwrap();
        let flushed = 1 + round * 3 + rest.len();
        let mut lines = Vec::new();
        for (name, _) in segments(directory.path()) {
            let claim = Reader::claim(directory.path().join(name)).unwrap();
            let Claim::Taken(mut reader) = claim else { panic!("the lock outlived its process") };
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
        for now in 0..flushed {
            for line in 0..200 {
                let expected = format!("a{line} {now}");
                assert_eq!(Some(&expected), lines.get(now * 200 + line), "round {round}");
            }
        }
        assert!(lines.len() <= (flushed + 1) * 200, "more than was ever accepted");
    }
}

#[test]
fn every_durability_writes_the_same_bytes() {
    for durability in [Durability::None, Durability::Seal, Durability::Flush] {
        let directory = tempfile::tempdir().unwrap();
        let prefix = directory.path().join("a.");
        let mut writer = Writer::builder(prefix).durability(durability).segment_size(8).build();
        for now in 1..4 {
            writer.append(now, format!("a 1 {now}\n").as_bytes()).unwrap();
            writer.append(now, b"b 1 1\n").unwrap();
            writer.flush().unwrap();
        }
        writer.close().unwrap();
        let names: Vec<_> = segments(directory.path());
        let expected =
            [1, 2, 3].map(|now| (format!("a.{now}.prom"), format!("a 1 {now}\nb 1 1\n")));
        assert_eq!(&expected[..], names, "{durability:?}");
    }
}
