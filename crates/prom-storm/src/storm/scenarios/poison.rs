//! Everything that only looks like a segment, or was one once: the good ones pass in between.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::notes::Note;
use crate::storm::outcome::Outcome;
use crate::storm::procfs::peak_kib;
use crate::storm::scenario::Context;
use crate::storm::stage::{SLACK, Stage};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const SECRET: &str = "secret 1 1\n";
const LIMIT: Duration = Duration::from_secs(2);
/// Resident memory of a consumer, whatever lies in the directory.
const LARGEST_KIB: u64 = 32 * 1024;

pub(crate) fn all(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let foreign = stage.home().join("secret");
    fs::write(&foreign, SECRET)?;
    let untouched = untouchable(stage.directory(), &foreign)?;
    let _listener = UnixListener::bind(stage.directory().join("poison.5.prom"))?;
    damaged(stage.directory(), context.pick(64 << 20, 1 << 30))?;
    let plan = ConsumerPlan { patience: Duration::from_secs(3), ..ConsumerPlan::default() };
    let consumer = stage.consume(plan)?;
    let count = context.pick(2_000, 20_000);
    let writer = stage.write(WriterPlan { flush_every: 50, ..WriterPlan::new(count) })?;
    stage.join_writer(writer)?;
    let passed = stage.board.wait(LIMIT + SLACK, |news| news.arrived() >= count);
    let memory = peak_kib(stage.consumer(consumer)?.pid()?)?;
    let account = stage.account()?;
    let rules = Rules { foreign: Some("poison."), ..Rules::default() };
    let mut verdict = Verdict::of(&account, &rules);
    match passed {
        Some(time) => verdict.figure("passed_ms", time.as_millis()),
        None => verdict.fault("the good segments did not pass in time"),
    }
    verdict.figure("longest_rss_kib", memory);
    if memory > LARGEST_KIB {
        verdict.fault(format!("the consumer had {memory} KiB in memory"));
    }
    let tells =
        |note: &&Note| matches!(note, Note::Problem { what, .. } if what.contains("secret"));
    if account.notes().any(|note| tells(&note)) || fs::read_to_string(&foreign)? != SECRET {
        verdict.fault("a link was followed");
    }
    for name in untouched {
        if fs::symlink_metadata(stage.directory().join(OsStr::from_bytes(&name))).is_err() {
            verdict.fault(format!("{} is gone", String::from_utf8_lossy(&name)));
        }
    }
    stage.aftermath(&mut verdict)?;
    Ok(verdict)
}

/// What no watcher may take; returns the names.
fn untouchable(directory: &Path, secret: &Path) -> Outcome<Vec<Vec<u8>>> {
    let at = |name: &str| directory.join(name);
    Command::new("mkfifo").arg(at("poison.1.prom")).status()?;
    fs::create_dir(at("poison.2.prom"))?;
    symlink(at("nowhere"), at("poison.3.prom"))?;
    symlink(secret, at("poison.4.prom"))?;
    symlink("poison.6.prom", at("poison.6.prom"))?;
    symlink("/dev/zero", at("poison.7.prom"))?;
    let mut names: Vec<Vec<u8>> =
        [1, 2, 3, 4, 6, 7].map(|number| format!("poison.{number}.prom").into_bytes()).to_vec();
    let others: [&[u8]; 6] = [
        b"notes.txt",
        b".poison.8.prom",
        b"poison.9.prom.gz",
        b"poison.prom",
        b".prom",
        b"\xff\xfe",
    ];
    for name in others {
        fs::write(directory.join(OsStr::from_bytes(name)), SECRET)?;
        names.push(name.to_vec());
    }
    Ok(names)
}

/// Segments that were damaged: what is whole in them is handed over.
fn damaged(directory: &Path, long: u64) -> Outcome {
    let write =
        |name: &[u8], bytes: &[u8]| fs::write(directory.join(OsStr::from_bytes(name)), bytes);
    write(b"poison.20.prom", b"")?;
    write(b"poison.21.prom", &[0; 5000])?;
    write(b"poison.22.prom", b"torn 1")?;
    write(b"poison.23.prom", b"a 1 1\r\nb 2 2\r\n")?;
    write(b"poison.24.prom", b"\x1f\x8b\x08\0\0\0\0\0\0\x03")?;
    write(b"poison.25.prom", b"\xff\xfea\0 \x001\0\n\0")?;
    write(b"poison.26.prom", b"\xc3\x28 not utf-8\n")?;
    write(b"poison.\n27.prom", b"a 1 1\n")?;
    write(b"poison.\xff28.prom", b"a 1 1\n")?;
    let longest = [b"poison.".as_slice(), &[b'x'; 236], b"1234567.prom"].concat();
    write(&longest, b"a 1 1\n")?;
    // 2^64 milliseconds and more.
    write(b"poison.99999999999999999999999.prom", b"a 1 1\n")?;
    let sparse = File::create(directory.join("poison.30.prom"))?;
    sparse.set_len(10 << 30)?;
    // One line that begins and never ends: it must be looked through, and not be kept.
    let mut line = File::create(directory.join("poison.31.prom"))?;
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..long >> 20 {
        line.write_all(&chunk)?;
    }
    // Whole lines before a hole.
    let holed = File::create(directory.join("poison.32.prom"))?;
    holed.write_all_at(b"a 1 1\n", 0)?;
    holed.set_len(1 << 30)?;
    Ok(())
}
