//! Drives the simulators with raw HTTP, so that nothing between the test and the wire is polite on their behalf.

mod check_online;
mod raw;
mod smart_cashier;
