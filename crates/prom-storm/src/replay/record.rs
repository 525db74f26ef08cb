//! Records a writer by strace.

use std::env;
use std::error::Error;
use std::fs;
use std::process::{Command, Stdio};

use crate::replay::operation::Operation;
use crate::replay::parse;
use crate::replay::promise::Level;

/// The role in which this program is the writer.
pub(crate) const ROLE: &str = "replay-writer";

/// Everything that changes a file, so that a call which the parser does not know is noticed.
const CALLS: &str = "trace=open,openat,creat,write,pwrite64,writev,pwritev,fallocate,ftruncate,\
                     rename,renameat,renameat2,link,linkat,unlink,unlinkat,fsync,fdatasync";

/// Why nothing can be recorded here.
pub(crate) fn obstacle() -> Option<&'static str> {
    let succeeds = |args: &[&str]| {
        let output = Command::new("strace").args(args).stdin(Stdio::null()).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !succeeds(&["--version"]) {
        Some("strace is not installed")
    } else if !succeeds(&["-f", "-o", "/dev/null", "true"]) {
        Some("strace is not allowed to trace")
    } else {
        None
    }
}

/// Starts this program again, as a writer under strace, and reads what it did.
pub(crate) fn record(level: Level) -> Result<Vec<Operation>, Box<dyn Error>> {
    let home = tempfile::Builder::new().prefix("replay.").tempdir()?;
    let (calls, directory) = (home.path().join("calls"), home.path().join("segments"));
    fs::create_dir(&directory)?;
    let directory = directory.to_str().ok_or("the temporary directory has no text for a name")?;
    let status = Command::new("strace")
        .args(["-f", "-qqq", "-xx", "-s", "65536", "-e", CALLS, "-o"])
        .arg(&calls)
        .arg(env::current_exe()?)
        .args(["--role", ROLE])
        .args([format!("directory={directory}"), format!("level={}", level.name())])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("the writer under strace ended with {status}").into());
    }
    let operations = parse::operations(&fs::read_to_string(&calls)?, directory)?;
    let names = operations.iter().filter(|it| matches!(it, Operation::Create { .. })).count();
    let marks = operations.iter().filter(|it| matches!(it, Operation::Sealed)).count();
    if names < 2 || marks < 2 {
        return Err(format!("the recording has {names} files and {marks} seals").into());
    }
    Ok(operations)
}
