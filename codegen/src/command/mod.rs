//! Commands that take any OpenAPI document.

pub(crate) mod client;
pub(crate) mod survey;
