//! The model: writers, consumers and a file system as pure state machines, and proptest to command them.
//!
//! One step is one system call, so a kill, a power cut or another actor can come between any two. The parts
//! that the product has in the open are used (`prom_segment::SegmentName`, `prom_segment::Durability`);
//! what it keeps private is stated again, in the same terms, and says where. The judgement is over the
//! same sets as the storm's: accepted, flushed, closed, delivered.
//!
//! With a `Weakness` one part of the algorithm is taken away; the tests see to it
//! that each absence is found, and shrinks to a handful of commands.

mod case;
mod command;
mod consumer;
mod finale;
mod hunt;
mod kernel;
mod ledger;
mod machine;
mod notation;
mod queue;
mod reduce;
mod regressions;
mod session;
mod strategy;
mod text;
mod weakness;
mod world;
mod writer;

pub use session::run;

#[cfg(test)]
mod tests;
