//! The parser: its verdicts over files, what its entries say, and its manners with hostile text.

mod any_input;
mod any_plan;
mod arbitrary;
mod contents;
mod corpus;
mod entries;
mod expectation;
mod fuzz_corpus;
mod mutations;
mod plan;
mod round_trip;
mod source;
