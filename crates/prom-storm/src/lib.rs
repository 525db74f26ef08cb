//! The harness that tries to break the project, and the foreign judges of its output.
//!
//! `cargo xtask compat` runs [`compat::run`]: what the emitter wrote is put before the programs
//! that will read it, and before the crate it is compatible with.
#![forbid(unsafe_code)]

pub mod compat;
pub mod model;
pub mod replay;
pub mod storm;
