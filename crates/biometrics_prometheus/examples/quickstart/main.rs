//! Kills a program in the middle of its work, and shows that none of its metrics are lost.
//!
//! `cargo run --release --example quickstart [DIRECTORY]`
//!
//! Two writer processes read the files of a directory, by default the sources of this crate, and count
//! files, lines and bytes. They flush after every file, and acknowledge it to this process. One of
//! them is killed by SIGKILL; a `Watcher` takes their segments meanwhile. What was acknowledged is
//! then looked for in what arrived.

mod audit;
mod walk;
mod writer;

use std::error::Error;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use biometrics_prometheus::{Reader, Watcher};

use audit::{Account, Audit};

/// The writer that is killed has flushed this often.
const FLUSHES_BEFORE_KILL: usize = 150;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [mode, name, sources, segments] if mode == "--writer" => {
            writer::run(&name.to_string_lossy(), Path::new(sources), Path::new(segments))
        }
        [] => show(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))),
        [sources] => show(Path::new(sources)),
        _ => Err("usage: quickstart [DIRECTORY]".into()),
    }
}

fn show(sources: &Path) -> Result<(), Box<dyn Error>> {
    let sources = &sources.canonicalize()?;
    if walk::files(sources).next().is_none() {
        return Err(format!("no files to read in {}", sources.display()).into());
    }
    let segments = tempfile::tempdir()?;
    println!(
        "two writers read {} and leave segments in {}",
        sources.display(),
        segments.path().display()
    );
    let mut audit = Audit::default();
    let (sender, acknowledgements) = mpsc::channel();
    let mut doomed = start("doomed", sources, segments.path(), sender.clone())?;
    let mut steady = start("steady", sources, segments.path(), sender)?;

    let watcher = Watcher::new(segments.path());
    let mut news = acknowledgements.recv().ok();
    while let Some((writer, account)) = news {
        audit.acknowledged(&writer, account);
        if writer == "doomed" && audit.flushes("doomed") == FLUSHES_BEFORE_KILL {
            doomed.kill()?;
        }
        watcher.ingest_one(|segment| take(&mut audit, segment))?;
        // It ends when both writers have ended, and every line they wrote to us was read.
        news = acknowledgements.recv().ok();
    }
    let killed = !doomed.wait()?.success();
    if !steady.wait()?.success() {
        return Err("the steady writer failed".into());
    }
    // The kernel has freed every lock, so what is still there is finished. An empty segment, should
    // the kill have left one, is handed out after a second.
    while watcher.ingest_next(Duration::from_secs(2), |segment| take(&mut audit, segment))? {}
    audit.report(killed, segments.path())
}

/// Starts this program once more as a writer, and passes on what it acknowledges.
fn start(
    name: &'static str,
    sources: &Path,
    segments: &Path,
    sender: Sender<(String, Account)>,
) -> Result<Child, Box<dyn Error>> {
    let program: PathBuf = std::env::current_exe()?;
    let mut command = Command::new(program);
    command.arg("--writer").arg(name).args([sources, segments]).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let acknowledged = child.stdout.take().ok_or("no pipe to the writer")?;
    thread::spawn(move || {
        for line in BufReader::new(acknowledged).lines().map_while(Result::ok) {
            // The last line of a killed process may be torn; then it acknowledged nothing.
            let Some(account) = Account::parse(&line) else { continue };
            if sender.send((name.to_owned(), account)).is_err() {
                return;
            }
        }
    });
    Ok(child)
}

/// Processes one finished segment and removes it.
fn take(audit: &mut Audit, mut segment: Reader) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    segment.read_to_string(&mut text)?;
    audit.arrived(&text)?;
    Ok(segment.unlink()?)
}
