//! `Case`: a setup and the commands to carry out in it; judged.

use crate::model::command::Command;
use crate::model::ledger::Figures;
use crate::model::machine::Setup;
use crate::model::weakness::Weakness;
use crate::model::world::World;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) setup: Setup,
    pub(crate) commands: Vec<Command>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) faults: Vec<String>,
    /// System calls that the model made.
    pub(crate) steps: u64,
    pub(crate) figures: Figures,
}

impl Case {
    pub(crate) fn judge(&self, weakness: Option<Weakness>) -> Judgement {
        let mut world = World::new(self.setup, weakness);
        self.commands.iter().for_each(|command| world.carry_out(*command));
        world.end();
        let machine = world.machine;
        Judgement {
            faults: machine.ledger.faults().to_vec(),
            steps: machine.steps,
            figures: machine.ledger.figures(),
        }
    }
}
