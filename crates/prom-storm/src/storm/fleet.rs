//! The processes of a storm: started, counted, killed and awaited.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use crate::storm::notes::{self, Note};
use crate::storm::outcome::Outcome;
use crate::storm::plan::{CONSUMERS, Plan, WRITERS};
use crate::storm::verdict::Account;

/// The writer and the consumer that do not live to see the end.
const DOOMED: usize = 0;

pub(crate) fn storm(plan: &Plan) -> Outcome {
    let home = tempfile::tempdir()?;
    let segments = home.path().join("segments");
    fs::create_dir(&segments)?;
    println!(
        "storm: {WRITERS} writers of {} segments each, {CONSUMERS} consumers, seed {:#x}",
        plan.segments, plan.seed
    );
    let started = Instant::now();
    let mut consumers = Consumers::start(plan, home.path(), &segments)?;
    let (mut writers, sealed) = Writers::start(plan, &segments)?;
    let mut account = Account::default();
    follow(plan, &sealed, &mut account, &mut writers, &mut consumers)?;
    writers.finish()?;
    let written = started.elapsed();
    consumers.finish()?;
    consumers.collect(home.path(), &mut account)?;
    account.left = names(&segments)?;
    let processed =
        account.notes.iter().filter(|note| matches!(note, Note::Processed { .. })).count();
    println!(
        "storm: written in {written:.1?}, {processed} processed in {:.1?}, one writer and one consumer killed",
        started.elapsed()
    );
    let faults = account.faults();
    for fault in faults.iter().take(20) {
        println!("  {fault}");
    }
    if faults.is_empty() {
        println!("storm: none lost, none twice, none incomplete, none left behind");
        Ok(())
    } else {
        Err(format!("{} faults", faults.len()).into())
    }
}

/// Reads acknowledgements until every writer has ended, and kills at the planned moments.
fn follow(
    plan: &Plan,
    sealed: &Receiver<(usize, u64)>,
    account: &mut Account,
    writers: &mut Writers,
    consumers: &mut Consumers,
) -> Outcome {
    let mut total = 0;
    let (mut writer_dies, mut consumer_dies) = (true, true);
    for (writer, segment) in sealed {
        account.sealed.insert(writer as u64, segment + 1);
        total += 1;
        if writer_dies && writer == DOOMED && segment >= plan.writer_dies_after() {
            writers.0.get_mut(DOOMED).ok_or("no writer")?.kill()?;
            writer_dies = false;
        }
        if consumer_dies && total >= plan.consumer_dies_after() {
            consumers.0.get_mut(DOOMED).ok_or("no consumer")?.kill()?;
            consumer_dies = false;
        }
    }
    if writer_dies || consumer_dies { Err("nobody was killed".into()) } else { Ok(()) }
}

struct Writers(Vec<Child>);

impl Writers {
    fn start(plan: &Plan, segments: &Path) -> Outcome<(Self, Receiver<(usize, u64)>)> {
        let (sender, receiver) = mpsc::channel();
        let mut writers = Vec::new();
        for id in 0..WRITERS {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["--writer", &id.to_string(), &plan.segments.to_string()]);
            let mut child = command.arg(segments).stdout(Stdio::piped()).spawn()?;
            pass_on(id, &mut child, sender.clone())?;
            writers.push(child);
        }
        Ok((Self(writers), receiver))
    }

    fn finish(&mut self) -> Outcome {
        for (id, writer) in self.0.iter_mut().enumerate() {
            if writer.wait()?.success() == (id == DOOMED) {
                return Err(format!("writer {id} ended as it should not").into());
            }
        }
        Ok(())
    }
}

/// Turns the lines of a writer into messages.
fn pass_on(id: usize, writer: &mut Child, sender: Sender<(usize, u64)>) -> Outcome {
    let lines = BufReader::new(writer.stdout.take().ok_or("no pipe to the writer")?).split(b'\n');
    thread::spawn(move || {
        // A kill tears no number: a pipe takes so few bytes all at once or not at all.
        let numbers = lines
            .map_while(Result::ok)
            .map_while(|line| String::from_utf8(line).ok()?.parse().ok());
        for number in numbers {
            if sender.send((id, number)).is_err() {
                return;
            }
        }
    });
    Ok(())
}

struct Consumers(Vec<Child>);

impl Consumers {
    fn start(plan: &Plan, home: &Path, segments: &Path) -> Outcome<Self> {
        let start = |id: usize| {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["--consumer", &id.to_string(), &plan.seed.to_string()]);
            command.args([segments, &notes_of(home, id)]);
            Ok(command.stdin(Stdio::piped()).spawn()?)
        };
        let consumers: Outcome<Vec<Child>> = (0..CONSUMERS).map(start).collect();
        Ok(Self(consumers?))
    }

    /// Closes their inputs, which tells them to end when nothing is left, and waits for it.
    fn finish(&mut self) -> Outcome {
        self.0.iter_mut().for_each(|consumer| drop(consumer.stdin.take()));
        for (id, consumer) in self.0.iter_mut().enumerate() {
            if consumer.wait()?.success() == (id == DOOMED) {
                return Err(format!("consumer {id} ended as it should not").into());
            }
        }
        Ok(())
    }

    fn collect(&self, home: &Path, account: &mut Account) -> Outcome {
        for id in 0..self.0.len() {
            let noted = notes::read(&fs::read_to_string(notes_of(home, id))?)?;
            if id == DOOMED {
                account.last_of_killed = noted.last().cloned();
            }
            account.notes.extend(noted);
        }
        Ok(())
    }
}

fn notes_of(home: &Path, id: usize) -> std::path::PathBuf {
    home.join(format!("consumer{id}.notes"))
}

/// What is still in the directory. A hidden file may be what the killed writer had not named yet.
fn names(segments: &Path) -> Outcome<Vec<String>> {
    let names: Result<Vec<String>, std::io::Error> = fs::read_dir(segments)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect();
    Ok(names?.into_iter().filter(|name| !name.starts_with('.')).collect())
}
