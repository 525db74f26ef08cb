//! `Forking`: how a writer forks, and what its children do.

use std::io;

/// Forks; the child runs the closure and leaves by `_exit(2)` with what it returns, the parent gets
/// the child's number. It is passed in, since a library of this workspace has no unsafe code.
pub type Fork = fn(&mut dyn FnMut() -> i32) -> io::Result<i32>;

/// What becomes of a writer's child.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Forking {
    /// There is none.
    #[default]
    Never,
    /// It drops the inherited emitter and ends.
    Exit,
    /// It goes on with the inherited emitter, and closes it.
    Emit,
    /// It emits, and leaves what is open to the timer thread, idle until the storm is over.
    Idle,
    /// It holds what it inherited until the storm is over.
    Linger,
    /// Another program is started, which lives until the storm is over.
    Exec,
}

impl Forking {
    pub(crate) const ALL: [Self; 6] =
        [Self::Never, Self::Exit, Self::Emit, Self::Idle, Self::Linger, Self::Exec];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Exit => "exit",
            Self::Emit => "emit",
            Self::Idle => "idle",
            Self::Linger => "linger",
            Self::Exec => "exec",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|forking| forking.name() == name)
    }
}
