//! Drives the simulators with raw HTTP, so that nothing between the test and the wire is polite on their behalf.

mod check_online;
mod hook;
mod it_kassa;
mod mobika;
mod raw;
mod rentel;
mod smart_cashier;
