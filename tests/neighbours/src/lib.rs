//! Made-up providers, one for each thing that the mapping language can say and the real ones do not need.
//!
//! They are generated from specs of their own, as a service would do it, and stand on `kassa` alone.

#[rustfmt::skip] // the generator formats what it writes
mod providers;

pub use providers::*;
