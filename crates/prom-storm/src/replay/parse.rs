//! Reads what strace wrote (`-f -xx`): the calls on the directory, and the marks of the script.

use std::collections::BTreeMap;

use crate::replay::operation::{FileId, Operation};
use crate::replay::script::MARK;

/// A system call that succeeded.
struct Call<'a> {
    name: &'a str,
    args: &'a str,
    result: u64,
}

/// The operations in the recording of a writer of this directory.
pub(crate) fn operations(text: &str, directory: &str) -> Result<Vec<Operation>, String> {
    let mut recording = Recording { directory, ..Recording::default() };
    for line in joined(text) {
        if let Some(call) = call(&line) {
            recording.enter(&call);
        }
    }
    match recording.trouble {
        None => Ok(recording.operations),
        Some(trouble) => Err(trouble),
    }
}

/// A call that another thread's call interrupted is in two lines; it took effect by the second.
fn joined(text: &str) -> Vec<String> {
    let mut begun = BTreeMap::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let (pid, rest) = line.split_once(' ').unwrap_or(("", line));
        let rest = rest.trim_start();
        if let Some(half) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(pid, half);
        } else if let Some((_, end)) = rest.split_once(" resumed>") {
            lines.push(format!("{}{end}", begun.remove(pid).unwrap_or_default()));
        } else {
            lines.push(rest.to_owned());
        }
    }
    lines
}

fn call(line: &str) -> Option<Call<'_>> {
    let (name, rest) = line.split_once('(')?;
    let (args, result) = rest.rsplit_once(" = ")?;
    let result = result.split(' ').next()?.parse().ok()?;
    Some(Call { name, args: args.trim_end().strip_suffix(')')?, result })
}

#[derive(Debug, Default)]
struct Recording<'a> {
    directory: &'a str,
    files: BTreeMap<u64, FileId>,
    /// Descriptors of the directory itself.
    directories: Vec<u64>,
    names: BTreeMap<String, FileId>,
    count: FileId,
    operations: Vec<Operation>,
    trouble: Option<String>,
}

impl Recording<'_> {
    fn enter(&mut self, call: &Call<'_>) {
        let strings = strings(call.args);
        let descriptor = call.args.split(',').next().and_then(|number| number.parse::<u64>().ok());
        let own: Vec<String> = strings.iter().filter_map(|path| self.own(path)).collect();
        match (call.name, &*own, descriptor) {
            ("open" | "openat" | "creat", _, _) => self.open(call, &strings, own.first()),
            ("rename" | "renameat" | "renameat2", [from, to], _) => {
                self.renamed(from, to);
                self.push(Operation::Rename { from: from.clone(), to: to.clone() });
            }
            ("link" | "linkat", [from, to], _) => {
                self.linked(from, to);
                self.push(Operation::Link { from: from.clone(), to: to.clone() });
            }
            ("unlink" | "unlinkat", [name], _) => {
                self.names.remove(name);
                self.push(Operation::Unlink { name: name.clone() });
            }
            (name, _, Some(descriptor)) => self.on(name, descriptor, call, &strings),
            _ => {}
        }
    }

    /// Calls on a descriptor.
    fn on(&mut self, name: &str, descriptor: u64, call: &Call<'_>, strings: &[Vec<u8>]) {
        if name == "write" && descriptor == 1 {
            return self.mark(strings.first().map(Vec::as_slice).unwrap_or_default());
        }
        if name == "fsync" && self.directories.contains(&descriptor) {
            return self.push(Operation::SyncDirectory);
        }
        let Some(file) = self.files.get(&descriptor).copied() else { return };
        match name {
            "write" => {
                let mut bytes = strings.first().cloned().unwrap_or_default();
                bytes.truncate(usize::try_from(call.result).unwrap_or(usize::MAX));
                self.push(Operation::Write { file, bytes });
            }
            "ftruncate" => match call.args.split(", ").nth(1).and_then(|len| len.parse().ok()) {
                Some(len) => self.push(Operation::Truncate { file, len }),
                None => self.stumble(call),
            },
            "fsync" | "fdatasync" => self.push(Operation::SyncFile { file }),
            // Whatever else changes a file is not known here, and must not go by unnoticed.
            "pwrite64" | "writev" | "pwritev" | "fallocate" => self.stumble(call),
            _ => {}
        }
    }

    fn open(&mut self, call: &Call<'_>, strings: &[Vec<u8>], own: Option<&String>) {
        self.files.remove(&call.result);
        self.directories.retain(|descriptor| *descriptor != call.result);
        let path = strings.first().map(Vec::as_slice).unwrap_or_default();
        if path.strip_suffix(b"/").unwrap_or(path) == self.directory.as_bytes() {
            self.directories.push(call.result);
        }
        let Some(name) = own else { return };
        if let Some(file) = self.names.get(name) {
            self.files.insert(call.result, *file);
        } else if call.args.contains("O_CREAT") {
            let (file, name) = (self.count, name.clone());
            self.count += 1;
            self.names.insert(name.clone(), file);
            self.files.insert(call.result, file);
            self.push(Operation::Create { file, name });
        }
    }

    fn mark(&mut self, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        match text.strip_prefix(MARK).map(str::trim_end) {
            Some("flushed") => self.push(Operation::Flushed),
            Some("sealed") => self.push(Operation::Sealed),
            Some(mark) => {
                let line = mark.strip_prefix("accepted ").unwrap_or(mark);
                self.push(Operation::Accepted(format!("{line}\n").into_bytes()));
            }
            None => {}
        }
    }

    fn renamed(&mut self, from: &str, to: &str) {
        if let Some(file) = self.names.remove(from) {
            self.names.insert(to.into(), file);
        }
    }

    fn linked(&mut self, from: &str, to: &str) {
        if let Some(file) = self.names.get(from).copied() {
            self.names.insert(to.into(), file);
        }
    }

    /// The name in the directory that a path leads to.
    fn own(&self, path: &[u8]) -> Option<String> {
        let path = std::str::from_utf8(path).ok()?;
        let name = path.strip_prefix(self.directory)?.strip_prefix('/')?;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    fn stumble(&mut self, call: &Call<'_>) {
        self.trouble = Some(format!("unknown call {}({})", call.name, call.args));
    }
}

/// The strings of the arguments, which `-xx` writes as `"\x61\x62"`.
fn strings(args: &str) -> Vec<Vec<u8>> {
    let quoted = args.split('"').skip(1).step_by(2);
    quoted.map(|hex| hex.split("\\x").skip(1).filter_map(byte).collect()).collect()
}

fn byte(hex: &str) -> Option<u8> {
    u8::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> String {
        text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
    }

    #[test]
    fn a_recording_becomes_the_operations_on_the_directory() {
        let (hidden, name) = (hex("/d/.a.tmp"), hex("/d/a.1.prom"));
        let (data, flushed, other) = (hex("a 1\n"), hex("replay: flushed\n"), hex("/e/x"));
        let directory = hex("/d/");
        let text = format!(
            "7 openat(AT_FDCWD, \"{hidden}\", O_WRONLY|O_CREAT|O_EXCL, 0640) = 3\n\
             7 openat(AT_FDCWD, \"{other}\", O_WRONLY|O_CREAT, 0640) = 4\n\
             7 renameat2(AT_FDCWD, \"{hidden}\", AT_FDCWD, \"{name}\", RENAME_NOREPLACE) = -1 EEXIST (File exists)\n\
             7 renameat2(AT_FDCWD, \"{hidden}\", AT_FDCWD, \"{name}\", RENAME_NOREPLACE <unfinished ...>\n\
             8 write(4, \"{data}\", 4) = 4\n\
             7 <... renameat2 resumed>)  = 0\n\
             7 write(3, \"{data}\", 4)   = 2\n\
             7 fdatasync(3)              = 0\n\
             7 openat(AT_FDCWD, \"{directory}\", O_RDONLY|O_CLOEXEC) = 5\n\
             7 fsync(5)                  = 0\n\
             7 write(1, \"{flushed}\", 16) = 16\n\
             7 ftruncate(3, 1)           = 0\n\
             7 unlink(\"{name}\")        = 0\n"
        );
        let (hidden, name) = (".a.tmp".to_owned(), "a.1.prom".to_owned());
        let expected = vec![
            Operation::Create { file: 0, name: hidden.clone() },
            Operation::Rename { from: hidden, to: name.clone() },
            Operation::Write { file: 0, bytes: b"a ".to_vec() },
            Operation::SyncFile { file: 0 },
            Operation::SyncDirectory,
            Operation::Flushed,
            Operation::Truncate { file: 0, len: 1 },
            Operation::Unlink { name },
        ];
        assert_eq!(Ok(expected), operations(&text, "/d"));
    }

    #[test]
    fn a_call_that_is_not_understood_is_an_error() {
        let name = hex("/d/a");
        let text = format!(
            "7 openat(AT_FDCWD, \"{name}\", O_WRONLY|O_CREAT, 0640) = 3\n\
             7 pwrite64(3, \"{name}\", 4, 0) = 4\n"
        );
        assert!(operations(&text, "/d").is_err_and(|why| why.contains("pwrite64")));
    }
}
