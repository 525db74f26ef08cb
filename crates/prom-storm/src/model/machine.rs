//! `Machine`: the kernel and the ledger that every actor acts on, and the rules of the case.

use prom_segment::Durability;

use crate::model::kernel::Kernel;
use crate::model::ledger::Ledger;
use crate::model::weakness::Weakness;

/// What does not change in the course of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) durability: Durability,
    /// The file system has no `RENAME_NOREPLACE`, so names are given by `link(2)`.
    pub(crate) linked: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) kernel: Kernel,
    pub(crate) ledger: Ledger,
    pub(crate) setup: Setup,
    pub(crate) weakness: Option<Weakness>,
    pub(crate) stands: bool,
    /// System calls made.
    pub(crate) steps: u64,
    ids: usize,
}

impl Machine {
    pub(crate) fn new(setup: Setup, weakness: Option<Weakness>, listeners: usize) -> Self {
        Self {
            kernel: Kernel::new(listeners),
            ledger: Ledger::default(),
            setup,
            weakness,
            stands: false,
            steps: 0,
            ids: 0,
        }
    }

    pub(crate) fn is(&self, weakness: Weakness) -> bool {
        self.weakness == Some(weakness)
    }

    /// A number for a process or a writer that no other has.
    pub(crate) fn fresh_id(&mut self) -> usize {
        self.ids += 1;
        self.ids
    }
}
