//! Input that is wrong: each error names its place and what to do, in words that are fixed here, and nothing is lost.

mod configuration;
mod receipt;
