//! `Ledger`: what was accepted, acknowledged and delivered, and everything that is wrong about it.
//!
//! The sets are those of the storm's account: A (accepted), F (flushed), C (closed) and D (delivered).

use std::collections::BTreeMap;

use prom_segment::Durability;

use crate::model::kernel::{Inode, Kernel};
use crate::model::queue::candidate;
use crate::model::text::{LineId, lines, parse};

/// A line of A.
#[derive(Clone, Copy, Debug)]
struct Line {
    durability: Durability,
    /// The file that has it.
    inode: Option<Inode>,
    /// It is in F or C, and nothing has excused its loss.
    owed: bool,
    /// Its segment was completed, and that was acknowledged.
    sealed: bool,
    delivered: u32,
    /// So many deliveries are in order.
    allowed: u32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    lines: BTreeMap<LineId, Line>,
    /// The milliseconds of each writer's last segment.
    names: BTreeMap<usize, u64>,
    faults: Vec<String>,
    figures: Figures,
}

/// How much happened, to see that the cases are not idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) accepted: u64,
    pub(crate) delivered: u64,
    /// Deliveries of what had been delivered, in order.
    pub(crate) repeated: u64,
    /// Lines that a power cut had to leave, as promised.
    pub(crate) outlived: u64,
}

impl Ledger {
    pub(crate) fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    pub(crate) fn figures(&self) -> Figures {
        self.figures
    }

    pub(crate) fn faults(&self) -> &[String] {
        &self.faults
    }

    pub(crate) fn accepted(&mut self, id: LineId, durability: Durability) {
        let line =
            Line { durability, inode: None, owed: false, sealed: false, delivered: 0, allowed: 1 };
        self.lines.insert(id, line);
        self.figures.accepted += 1;
    }

    pub(crate) fn written(&mut self, id: LineId, inode: Inode) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.inode = Some(inode);
        }
    }

    /// A flush, a rotation or a close was acknowledged.
    pub(crate) fn acknowledged(&mut self, writer: usize, sealed: bool) {
        for line in self.lines.range_mut((writer, 0)..=(writer, u64::MAX)).map(|(_, line)| line) {
            line.owed |= line.delivered == 0;
            line.sealed |= sealed;
        }
    }

    /// A writer has a segment of these milliseconds.
    pub(crate) fn named(&mut self, writer: usize, millis: u64) {
        if let Some(last) = self.names.insert(writer, millis).filter(|last| *last >= millis) {
            self.fault(format!("writer {writer} named a segment {millis} after {last}"));
        }
    }

    /// A consumer was handed these bytes.
    pub(crate) fn delivered(&mut self, bytes: &[u8]) {
        for text in lines(bytes) {
            let text = String::from_utf8_lossy(text);
            match parse(&text).and_then(|id| self.lines.get_mut(&id)) {
                None if text.ends_with('\n') => self.fault(format!("foreign line {text:?}")),
                None => self.fault(format!("torn line {text:?}")),
                Some(line) => {
                    line.delivered += 1;
                    self.figures.delivered += 1;
                    self.figures.repeated += u64::from(line.delivered > 1);
                    if line.delivered > line.allowed {
                        self.fault(format!("delivered twice: {text:?}"));
                    }
                }
            }
        }
    }

    /// What this file holds was processed, and the file is still there: it may come once more.
    pub(crate) fn unremoved(&mut self, inode: Inode) {
        for line in self.lines.values_mut().filter(|line| line.inode == Some(inode)) {
            line.allowed = line.delivered + 1;
        }
    }

    /// The power was cut; the kernel has come up with what the disk had.
    pub(crate) fn cut(&mut self, kernel: &Kernel) {
        for line in self.lines.values_mut() {
            let is_segment = |name: &str| candidate(name).is_some();
            let is_named = line.inode.is_some_and(|inode| kernel.is_named(inode, is_segment));
            let promised = match line.durability {
                Durability::None => false,
                // The name is not promised, but what it leads to.
                Durability::Seal => line.sealed && is_named,
                Durability::Flush => true,
            };
            line.owed &= promised;
            self.figures.outlived += u64::from(line.owed && line.delivered == 0);
            if is_named {
                line.allowed = line.delivered + 1;
            }
        }
    }

    /// Nothing more will be delivered.
    pub(crate) fn settle(&mut self, kernel: &Kernel) {
        let taken_away = |inode| kernel.file(inode).is_some_and(|file| file.taken_away);
        let lost: Vec<LineId> = self
            .lines
            .iter()
            .filter(|(_, line)| line.owed && line.delivered == 0)
            .filter(|(_, line)| !line.inode.is_some_and(taken_away))
            .map(|(id, _)| *id)
            .collect();
        if !lost.is_empty() {
            self.fault(format!("acknowledged and lost: {lost:?}"));
        }
    }
}
