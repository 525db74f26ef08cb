//! A writer process: an emitter whose every step is acknowledged as soon as it returned.

use std::io;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use biometrics::{Counter, Emitter as _, Gauge};
use biometrics_prometheus::{Emitter, segment};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use crate::storm::forking::{Fork, Forking};
use crate::storm::hunger::starve;
use crate::storm::input::Input;
use crate::storm::ledger::{Ack, AckLog};
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::passing::pass;
use crate::storm::sample::{COLLECTION, SENSORS, Sample};
use crate::storm::writer_plan::{Rest, WriterPlan};

/// Samples between two forks, and samples that a child emits.
const FORK_EVERY: u64 = 40;
const OF_A_CHILD: u64 = 8;
/// The numbers of the n-th child's samples begin at n times this.
const CHILD: u64 = 1_000_000_000;

/// An emitter with its log.
#[derive(Debug)]
pub(crate) struct Writing {
    plan: WriterPlan,
    emitter: Emitter,
    log: AckLog,
    slowest_micros: u64,
}

impl Writing {
    pub(crate) fn begin(plan: WriterPlan) -> Outcome<Self> {
        let mut log = AckLog::stdout()?;
        log.say(&Ack::Began)?;
        Ok(Self { emitter: plan.emitter()?, plan, log, slowest_micros: 0 })
    }

    /// Emits one sample and does what is due after it.
    pub(crate) fn step(&mut self, id: u64) -> Outcome {
        self.emit(id)?;
        if self.plan.flush_every > 0 && (id + 1).is_multiple_of(self.plan.flush_every) {
            let flushed = self.emitter.flush();
            self.log.say(
                &flushed
                    .map_or_else(|error| Ack::FlushFailed(error.to_string()), |()| Ack::Flushed),
            )?;
        }
        if !self.plan.pace.is_zero() && (id + 1).is_multiple_of(COLLECTION) {
            pass(self.plan.pace);
        }
        Ok(())
    }

    fn emit(&mut self, id: u64) -> Outcome {
        let sample = Sample { writer: self.plan.writer, id, clock: self.plan.clock };
        let began = Instant::now();
        let emitted = emit(&mut self.emitter, &sample);
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.slowest_micros = self.slowest_micros.max(micros);
        Ok(self.log.say(&match emitted {
            Ok(()) => Ack::Accepted(id),
            Err(error) => Ack::Rejected(id, error.to_string()),
        })?)
    }

    pub(crate) fn close(self) -> Outcome {
        let Self { emitter, mut log, slowest_micros, .. } = self;
        log.say(&Ack::Slowest(slowest_micros))?;
        let closed = emitter.close();
        Ok(log.say(&match closed {
            Ok(()) => Ack::Closed,
            Err(error) => Ack::CloseFailed { lost: lost(&error), error: error.to_string() },
        })?)
    }
}

/// How many lines an error of `close` gives up.
fn lost(error: &io::Error) -> u64 {
    let typed = error.get_ref().and_then(|inner| inner.downcast_ref::<segment::Error>());
    typed.map_or(0, segment::Error::lost_lines)
}

fn emit(emitter: &mut Emitter, sample: &Sample) -> io::Result<()> {
    let sensor = usize::try_from(sample.sensor()).unwrap_or(0);
    let label = SENSORS.get(sensor).copied().unwrap_or_default();
    if sample.sensor() + 1 == COLLECTION {
        let gauge = Gauge::new(label);
        #[expect(clippy::cast_precision_loss, reason = "numbers of samples are small")]
        gauge.set(sample.id as f64);
        emitter.emit_gauge(&gauge, sample.millis())
    } else {
        let counter = Counter::new(label);
        counter.count(sample.id);
        emitter.emit_counter(&counter, sample.millis())
    }
}

/// Goes on until the samples or the input end.
pub(crate) fn run(options: &Options, fork: Fork) -> Outcome {
    let plan = WriterPlan::read(options)?;
    let input = Input::listen();
    let (count, rest, forking) = (plan.count, plan.rest, plan.forking);
    let hungry = plan.hungry;
    let mut writing = Some(Writing::begin(plan)?);
    if hungry {
        starve(input.clone());
    }
    let mut children = Children::default();
    for id in 0..count {
        let Some(open) = writing.as_mut().filter(|_| !input.is_over()) else { break };
        open.step(id)?;
        if forking != Forking::Never && id % FORK_EVERY == FORK_EVERY / 2 {
            children.add(forking, fork, &mut writing)?;
        }
    }
    if rest == Rest::Idle {
        input.wait();
    }
    if let Some(open) = writing.take() {
        open.close()?;
    }
    if rest == Rest::Hold {
        input.wait();
    }
    children.join()
}

/// The children of a writer, which it awaits.
#[derive(Debug, Default)]
struct Children {
    forked: Vec<i32>,
    executed: Vec<Child>,
}

impl Children {
    fn add(&mut self, forking: Forking, fork: Fork, writing: &mut Option<Writing>) -> Outcome {
        if forking == Forking::Exec {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["--role", "bystander"]).stdout(Stdio::null());
            self.executed.push(command.spawn()?);
            return Ok(());
        }
        let first = (self.forked.len() as u64 + 1) * CHILD;
        let mut child = || match child(forking, writing, first) {
            Ok(()) => 0,
            Err(_) => 1,
        };
        self.forked.push(fork(&mut child)?);
        Ok(())
    }

    fn join(self) -> Outcome {
        for mut child in self.executed {
            child.wait()?;
        }
        for pid in self.forked {
            let status = waitpid(Pid::from_raw(pid), None)?;
            if status != nix::sys::wait::WaitStatus::Exited(Pid::from_raw(pid), 0) {
                return Err(format!("a child ended badly: {status:?}").into());
            }
        }
        Ok(())
    }
}

fn child(forking: Forking, writing: &mut Option<Writing>, first: u64) -> Outcome {
    let mut inherited = writing.take().ok_or("no writer")?;
    match forking {
        Forking::Emit | Forking::Idle => {
            for id in first..first + OF_A_CHILD {
                inherited.emit(id)?;
            }
            if forking == Forking::Idle {
                wait_for_end();
            }
            inherited.close()
        }
        Forking::Linger => {
            wait_for_end();
            Ok(())
        }
        Forking::Exit | Forking::Exec | Forking::Never => {
            drop(inherited);
            Ok(())
        }
    }
}

/// In a child no thread listens, and the lock of the standard input may be held for ever.
fn wait_for_end() {
    let (stdin, mut byte) = (io::stdin(), [0]);
    while let Ok(1..) = nix::unistd::read(&stdin, &mut byte) {}
}

/// A program that merely lives until its input ends.
pub(crate) fn bystander() -> Outcome {
    Input::listen().wait();
    Ok(())
}
