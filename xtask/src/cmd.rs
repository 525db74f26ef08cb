//! `Cmd`: one external command, printed as it can be typed. `Timings`: the named parts of a run and how long each took.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What a task ends with: nothing, or one sentence that says what went wrong and what to do.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// An external command that runs in the workspace's folder, unless another is named.
#[derive(Debug)]
pub(crate) struct Cmd {
    program: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
    folder: PathBuf,
}

impl Cmd {
    pub(crate) fn new(program: &str) -> Self {
        Self { program: program.to_owned(), args: Vec::new(), env: Vec::new(), folder: root() }
    }

    /// `cargo` with arguments written as one line; no argument of ours holds a space.
    pub(crate) fn cargo(line: &str) -> Self {
        Self::new("cargo").args(line.split_whitespace())
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, key: &str, value: &str) -> Self {
        self.env.push((key.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn within(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// Prints the command, runs it with our own output, and fails unless it succeeds.
    pub(crate) fn run(&self) -> Outcome {
        println!("$ {}", self.line());
        let status = self.command().status().map_err(|why| self.not_started(&why))?;
        if status.success() { Ok(()) } else { Err(format!("`{}` failed: {status}", self.line())) }
    }

    /// Prints the command and returns what it wrote to its standard output.
    pub(crate) fn read(&self) -> Outcome<String> {
        println!("$ {}", self.line());
        let output = self.probe()?;
        if output.status.success() {
            String::from_utf8(output.stdout)
                .map_err(|_| format!("`{}` printed something that is not UTF-8", self.line()))
        } else {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(format!("`{}` failed: {}\n{stderr}", self.line(), output.status))
        }
    }

    /// Runs the command in silence and returns all that came of it.
    pub(crate) fn probe(&self) -> Outcome<Output> {
        self.command().output().map_err(|why| self.not_started(&why))
    }

    /// Starts the command in silence; what it says goes to the file.
    pub(crate) fn start(&self, log: &File) -> Outcome<Child> {
        let copy = || log.try_clone().map_err(|why| self.not_started(&why));
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(copy()?).stderr(copy()?);
        command.spawn().map_err(|why| self.not_started(&why))
    }

    /// The command as it can be typed into a shell.
    pub(crate) fn line(&self) -> String {
        let env = self.env.iter().map(|(key, value)| format!("{key}={}", quoted(value)));
        let words = std::iter::once(&self.program).chain(&self.args).map(|word| quoted(word));
        env.chain(words).collect::<Vec<_>>().join(" ")
    }

    fn not_started(&self, why: &std::io::Error) -> String {
        format!("`{}` could not be started: {why}; is `{}` installed?", self.line(), self.program)
    }

    fn command(&self) -> Command {
        // Cargo tells its children which cargo they were started by: the same toolchain all the way.
        let program = match (self.program.as_str(), std::env::var_os("CARGO")) {
            ("cargo", Some(cargo)) => cargo,
            (program, _) => OsString::from(program),
        };
        let mut command = Command::new(program);
        command.args(&self.args).envs(self.env.iter().cloned()).current_dir(&self.folder);
        command
    }
}

/// A word as a shell needs it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// How long each part of a run took.
#[derive(Debug, Default)]
pub(crate) struct Timings(RefCell<Vec<(String, Duration)>>);

impl Timings {
    /// Begins a part of the run; it ends when the returned guard is dropped.
    pub(crate) fn section(&self, name: &str) -> Section<'_> {
        let grouped = std::env::var_os("GITHUB_ACTIONS").is_some();
        println!("{}{name}", if grouped { "::group::" } else { "\n== " });
        Section { name: name.to_owned(), started: Instant::now(), grouped, timings: self }
    }

    /// Prints the table of all parts; of a failed run the last part is the one that failed.
    pub(crate) fn summary(&self, failed: bool) {
        let steps = self.0.borrow();
        let total: Duration = steps.iter().map(|(_, elapsed)| *elapsed).sum();
        println!("\n== summary");
        for (i, (name, elapsed)) in steps.iter().enumerate() {
            let mark = if failed && i + 1 == steps.len() { "FAILED" } else { "ok" };
            println!("{:8.2} s  {mark:6}  {name}", elapsed.as_secs_f64());
        }
        println!(
            "{:8.2} s  {:6}  total",
            total.as_secs_f64(),
            if failed { "FAILED" } else { "ok" }
        );
    }
}

/// A part of a run that is going on.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    name: String,
    started: Instant,
    grouped: bool,
    timings: &'a Timings,
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        println!("-- {}: {:.2} s", self.name, elapsed.as_secs_f64());
        if self.grouped {
            println!("::endgroup::");
        }
        self.timings.0.borrow_mut().push((std::mem::take(&mut self.name), elapsed));
    }
}

#[cfg(test)]
mod tests {
    use super::{Cmd, Timings};

    #[test]
    fn the_line_can_be_typed() {
        let cmd = Cmd::cargo("doc --no-deps").env("RUSTDOCFLAGS", "-D warnings").args(["it's"]);
        assert_eq!(cmd.line(), r"RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'it'\''s'");
    }

    #[test]
    fn a_failing_command_is_an_error() {
        assert!(Cmd::new("false").run().unwrap_err().contains("`false` failed"));
        assert!(Cmd::new("true").run().is_ok());
    }

    #[test]
    fn a_command_that_does_not_exist_is_an_error_that_names_it() {
        let why = Cmd::new("no-such-program").read().unwrap_err();
        assert!(why.contains("is `no-such-program` installed?"), "{why}");
    }

    #[test]
    fn a_section_is_entered_in_the_table_when_it_ends() {
        let timings = Timings::default();
        let section = timings.section("one");
        assert!(timings.0.borrow().is_empty());
        drop(section);
        assert_eq!(timings.0.borrow().len(), 1);
    }
}
