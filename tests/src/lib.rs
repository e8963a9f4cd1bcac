//! Simulators, the demo, and the tests that cross crates.

pub mod sim;
