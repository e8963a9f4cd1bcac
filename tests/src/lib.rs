//! Simulators of the providers, the demo, and the tests that cross crates.

pub mod sim;

/// The code of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
