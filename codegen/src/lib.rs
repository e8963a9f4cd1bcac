//! Turns provider specs into typed sans-IO clients and mapping tables, and any OpenAPI document into a client.
//!
//! The stages, each of which knows only the one before: [`tree`] (files, positions) → [`spec`], [`uniform`] and
//! [`mapping`] (as written) → [`model`] (resolved, typed) → [`mod@check`] (one rule, one file) → render → output.
//! Everything that is wrong is collected in [`diag::Diagnostics`] and told in one run.
//!
//! Clients of any other OpenAPI document are made by [`mod@client`], from the same [`tree`]; [`survey`] tries them on a
//! folder of documents.

pub mod check;
pub mod client;
pub mod coverage;
pub mod diag;
mod docs;
pub mod fates;
pub mod input;
pub mod load;
pub mod mapping;
pub mod model;
mod names;
pub mod notation;
pub mod output;
mod render;
mod run;
pub mod spec;
mod support;
pub mod survey;
pub mod tree;
pub mod uniform;

pub use diag::counted;
pub use input::Input;
pub use run::{Error, Report, build, check, coverage, generate, render, verify};
