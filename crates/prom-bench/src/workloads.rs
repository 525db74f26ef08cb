//! The workloads, each with what it checks before it measures.

pub(crate) mod allocations;
pub(crate) mod drain;
pub(crate) mod encode;
pub(crate) mod files;
pub(crate) mod hand_over;
pub(crate) mod idle;
pub(crate) mod instructions;
pub(crate) mod labelled;
pub(crate) mod one;
pub(crate) mod parse;
