//! Clients of the documents in `documents/`, each of which has one part of OpenAPI. `UPDATE=1 cargo test -p kassa-clients
//! --test fresh` generates them.

#![allow(confusable_idents, mixed_script_confusables, uncommon_codepoints)]

pub mod access;
pub mod bodies;
pub mod names;
pub mod parameters;
pub mod schemas;
pub mod shapes;
pub mod unions;

/// Made by `build.rs`.
pub mod tickets {
    include!(concat!(env!("OUT_DIR"), "/tickets/mod.rs"));
}
