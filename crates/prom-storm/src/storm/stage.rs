//! `Stage`: a directory with the writers and consumers of one scenario.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::storm::account::{Account, Rules, Witness};
use crate::storm::board::{Board, Voice};
use crate::storm::consumer::segments;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::ledger::End;
use crate::storm::notes;
use crate::storm::outcome::Outcome;
use crate::storm::process::Process;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

/// A process that has not ended after so long without any progress, of it or of another, has hung.
const HANGS: Duration = Duration::from_secs(30);
/// Granted to every limit in time, for a machine that has other things to do.
pub(crate) const SLACK: Duration = Duration::from_secs(20);
/// What a fresh writer and a fresh consumer have to do after every storm, and in which time.
const AFTER: (u64, Duration) = (100, Duration::from_secs(1));

#[derive(Debug)]
pub(crate) struct Stage {
    home: TempDir,
    directory: PathBuf,
    seed: u64,
    pub(crate) board: Board,
    writers: BTreeMap<u64, Process>,
    consumers: BTreeMap<usize, Process>,
    ends: BTreeMap<usize, End>,
    next_writer: u64,
    /// Where the processes complain, if not where the harness does.
    complaints: Option<PathBuf>,
}

impl Stage {
    pub(crate) fn new(seed: u64) -> Outcome<Self> {
        let home = tempfile::Builder::new().prefix("storm.").tempdir()?;
        let directory = home.path().join("segments");
        fs::create_dir(&directory)?;
        Self::around(home, directory, seed)
    }

    fn around(home: TempDir, directory: PathBuf, seed: u64) -> Outcome<Self> {
        Ok(Self {
            home,
            directory,
            seed,
            board: Board::default(),
            writers: BTreeMap::new(),
            consumers: BTreeMap::new(),
            ends: BTreeMap::new(),
            next_writer: 0,
            complaints: None,
        })
    }

    /// Where the segments are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where everything else is.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Starts a writer with the common prefix.
    pub(crate) fn write(&mut self, plan: WriterPlan) -> Outcome<u64> {
        self.write_under(plan, &[])
    }

    pub(crate) fn write_under(&mut self, plan: WriterPlan, under: &[OsString]) -> Outcome<u64> {
        let prefix = self.directory.join("storm.");
        self.start_writer("writer", WriterPlan { prefix, ..plan }, None, under)
    }

    /// Starts a writer that has a consumer in its own process, on as many threads.
    pub(crate) fn write_and_consume(&mut self, plan: WriterPlan, threads: u64) -> Outcome<u64> {
        let consumer = self.seats();
        let own = ConsumerPlan {
            directory: self.directory.clone(),
            notes: self.notes_of(consumer),
            seed: self.seed,
            ..ConsumerPlan::default()
        };
        self.ends.insert(consumer, End::Success);
        let prefix = self.directory.join("storm.");
        self.start_writer("both", WriterPlan { prefix, ..plan }, Some((own, threads)), &[])
    }

    fn start_writer(
        &mut self,
        role: &str,
        plan: WriterPlan,
        consumer: Option<(ConsumerPlan, u64)>,
        under: &[OsString],
    ) -> Outcome<u64> {
        let id = self.next_writer;
        self.next_writer += 1;
        let mut options = WriterPlan { writer: id, ..plan }.options();
        if let Some((consumer, threads)) = consumer {
            options.join(consumer.options());
            options.set("threads", threads);
        }
        let (process, stdout) = Process::start(role, &options, under, self.stderr()?)?;
        self.board.listen(Voice::Writer(id), stdout);
        self.writers.insert(id, process);
        Ok(id)
    }

    pub(crate) fn consume(&mut self, plan: ConsumerPlan) -> Outcome<usize> {
        self.consume_under(plan, &[])
    }

    pub(crate) fn consume_under(
        &mut self,
        plan: ConsumerPlan,
        under: &[OsString],
    ) -> Outcome<usize> {
        let id = self.seats();
        let seed = self.seed ^ (id as u64).wrapping_mul(0x9e37_79b9);
        let (directory, notes) = (self.directory.clone(), self.notes_of(id));
        let plan = ConsumerPlan { directory, notes, seed, ..plan };
        let (process, stdout) = Process::start("consumer", &plan.options(), under, self.stderr()?)?;
        self.board.listen(Voice::Consumer(id), stdout);
        self.consumers.insert(id, process);
        Ok(id)
    }

    /// Keeps what the processes say on their standard error from here on.
    pub(crate) fn keep_complaints(&mut self) {
        self.complaints = Some(self.home().join("stderr"));
    }

    pub(crate) fn complaints(&self) -> Outcome<String> {
        let Some(path) = &self.complaints else { return Ok(String::new()) };
        Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
    }

    fn stderr(&self) -> Outcome<Stdio> {
        let Some(path) = &self.complaints else { return Ok(Stdio::inherit()) };
        Ok(OpenOptions::new().append(true).create(true).open(path)?.into())
    }

    fn seats(&self) -> usize {
        self.consumers.len() + self.ends.len()
    }

    fn notes_of(&self, consumer: usize) -> PathBuf {
        self.home().join(format!("consumer{consumer}.notes"))
    }

    pub(crate) fn writer(&mut self, id: u64) -> Outcome<&mut Process> {
        Ok(self.writers.get_mut(&id).ok_or("no such writer")?)
    }

    pub(crate) fn consumer(&mut self, id: usize) -> Outcome<&mut Process> {
        Ok(self.consumers.get_mut(&id).ok_or("no such consumer")?)
    }

    pub(crate) fn kill_writer(&mut self, id: u64) -> Outcome {
        self.writer(id)?.kill()?;
        self.join_writer(id)
    }

    pub(crate) fn kill_consumer(&mut self, id: usize) -> Outcome {
        self.consumer(id)?.kill()?;
        self.join_consumer(id)
    }

    pub(crate) fn stop(&mut self, id: usize) -> Outcome {
        self.consumer(id)?.signal(Signal::SIGSTOP)
    }

    /// Waits for a writer to end by itself.
    pub(crate) fn join_writer(&mut self, id: u64) -> Outcome {
        let Some(mut process) = self.writers.remove(&id) else { return Ok(()) };
        let end = match self.board.wait_for_end(HANGS, Voice::Writer(id)) {
            true => process.wait()?,
            false => End::Badly("hung".into()),
        };
        self.board.ended(id, end);
        Ok(())
    }

    fn join_consumer(&mut self, id: usize) -> Outcome {
        let Some(mut process) = self.consumers.remove(&id) else { return Ok(()) };
        let end = match self.board.wait_for_end(HANGS, Voice::Consumer(id)) {
            true => process.wait()?,
            false => End::Badly("hung".into()),
        };
        self.ends.insert(id, end);
        Ok(())
    }

    /// Tells all writers to end, and waits for it.
    pub(crate) fn end_writers(&mut self) -> Outcome {
        self.writers.values_mut().for_each(Process::tell_to_end);
        let all: Vec<u64> = self.writers.keys().copied().collect();
        all.into_iter().try_for_each(|id| self.join_writer(id))
    }

    /// Waits for all writers to end by themselves.
    pub(crate) fn join_writers(&mut self) -> Outcome {
        let all: Vec<u64> = self.writers.keys().copied().collect();
        all.into_iter().try_for_each(|id| self.join_writer(id))
    }

    pub(crate) fn end_consumers(&mut self) -> Outcome {
        self.consumers.values_mut().for_each(Process::tell_to_end);
        let all: Vec<usize> = self.consumers.keys().copied().collect();
        all.into_iter().try_for_each(|id| self.join_consumer(id))
    }

    /// Ends everybody and brings together what is known.
    pub(crate) fn account(&mut self) -> Outcome<Account> {
        self.end_writers()?;
        self.end_consumers()?;
        let witness = |(id, end): (&usize, &End)| {
            let text = match fs::read(self.notes_of(*id)) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                // It was killed before it opened its notebook.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
                Err(error) => return Err(error.into()),
            };
            Ok(Witness { notes: notes::read(&text)?, end: end.clone() })
        };
        let witnesses = self.ends.iter().map(witness).collect::<Outcome<_>>()?;
        let left = segments(&self.directory);
        let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into();
        Ok(Account {
            writers: self.board.look().writers.clone(),
            witnesses,
            left: left.iter().map(name).collect(),
            hidden: hidden(&self.directory),
        })
    }

    /// Ends everybody, and judges; then a fresh writer and a fresh consumer have to get through.
    pub(crate) fn finish(&mut self, rules: &Rules) -> Outcome<Verdict> {
        let account = self.account()?;
        let mut verdict = Verdict::of(&account, rules);
        self.aftermath(&mut verdict)?;
        Ok(verdict)
    }

    /// After whatever happened, the directory serves as on the first day.
    pub(crate) fn aftermath(&self, verdict: &mut Verdict) -> Outcome {
        let home = tempfile::Builder::new().prefix("storm.").tempdir()?;
        let orphans = hidden(&self.directory);
        let mut fresh = Self::around(home, self.directory.clone(), self.seed)?;
        let (count, limit) = AFTER;
        fresh.next_writer = self.next_writer;
        fresh.consume(ConsumerPlan::default())?;
        fresh.write(WriterPlan { flush_every: 10, ..WriterPlan::new(count) })?;
        match fresh.board.wait(limit + SLACK, |news| news.arrived() >= count) {
            Some(time) => verdict.figure("after_ms", time.as_millis()),
            None => verdict.fault("a fresh writer and consumer did not get through afterwards"),
        }
        let mut account = fresh.account()?;
        // The orphans of the dead were judged already.
        account.hidden = account.hidden.saturating_sub(orphans);
        let faults = account.faults(&Rules { foreign: Some("poison."), ..Rules::default() });
        faults.into_iter().for_each(|fault| verdict.fault(format!("afterwards: {fault}")));
        Ok(())
    }
}

fn hidden(directory: &Path) -> usize {
    let names = fs::read_dir(directory).into_iter().flatten().flatten();
    names.filter(|entry| entry.file_name().to_string_lossy().starts_with(".storm.")).count()
}
