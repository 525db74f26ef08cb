//! `attempt`: one try to take one segment. Never waits, never opens what is no regular file.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::Duration;

use prom_segment::{Claim, Reader, uninterrupted};

use crate::identity::Identity;

use crate::queue::{Outcome, Ticket};

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Attempt {
    Taken(Reader, Identity),
    Settled(Outcome),
}

/// Tries the segment of a ticket.
///
/// The path is looked at before it is opened: opening a FIFO, even without waiting, has an effect
/// on the process at its other end, and rewinds some devices.
pub(crate) fn attempt(path: &Path, ticket: &Ticket, grace: Duration) -> io::Result<Attempt> {
    let named = match uninterrupted(|| fs::symlink_metadata(path)) {
        Ok(metadata) => metadata,
        Err(error) if is_gone(&error) => return Ok(Attempt::Settled(Outcome::Gone)),
        Err(error) => return Err(error),
    };
    if !named.is_file() {
        return Ok(Attempt::Settled(Outcome::Gone));
    }
    if let Some(known) = unchanged(ticket, &named) {
        return Ok(Attempt::Settled(Outcome::Done(known)));
    }
    match Reader::claim(path)? {
        // The lock is held: only now size and time are final.
        Claim::Taken(reader) => judge(reader, ticket, grace),
        Claim::Busy => Ok(Attempt::Settled(Outcome::Busy)),
        Claim::Gone | Claim::Foreign => Ok(Attempt::Settled(Outcome::Gone)),
    }
}

fn judge(reader: Reader, ticket: &Ticket, grace: Duration) -> io::Result<Attempt> {
    let held = reader.metadata_at_lock();
    if let Some(known) = unchanged(ticket, held) {
        return Ok(Attempt::Settled(Outcome::Done(known)));
    }
    if held.len() == 0 && !ticket.waited_while_empty() {
        let age = held.modified()?.elapsed().unwrap_or(Duration::ZERO);
        if let Some(wait) = grace.checked_sub(age).filter(|wait| !wait.is_zero()) {
            return Ok(Attempt::Settled(Outcome::Empty(wait)));
        }
    }
    let identity = Identity::of(held);
    Ok(Attempt::Taken(reader, identity))
}

fn unchanged(ticket: &Ticket, file: &Metadata) -> Option<Identity> {
    ticket.known.filter(|known| *known == Identity::of(file))
}

/// A directory that was replaced by a file is the directory's trouble and not the segment's.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
