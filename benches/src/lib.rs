//! How fast Kassa is, beside what somebody would write by hand.
//!
//! `cargo ratios` lets both take turns and prints a table of ratios. `cargo bench -p kassa-benches` measures the same things
//! one at a time, with criterion, for whoever wants to see what a change does.

#![allow(clippy::float_arithmetic, reason = "times and ratios are no money")]

pub mod by_hand;
pub mod codec;
pub mod lookup;
pub mod loopback;
pub mod memory;
pub mod pending;
pub mod raw;
pub mod receipt;
pub mod server;
mod tls;
pub mod turns;
