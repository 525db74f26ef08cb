//! `Powers`: what only the program can do, because it takes unsafe code.

/// What the program lends to the library.
#[derive(Clone, Copy, Debug)]
pub struct Powers {
    /// The number of allocations, growth included, that the work makes on its own thread.
    pub allocations: fn(&mut dyn FnMut()) -> u64,
}
