//! What clients of any OpenAPI document share: values ([`Wire`], [`Json`]), constraints ([`Check`]), requests
//! ([`Draft`]), replies, credentials ([`Credentials`]) and a thin [`Client`].
//!
//! Generated code names everything by `use kassa_core::client::*`.

mod access;
mod address;
mod alternatives;
mod check;
mod choice;
mod draft;
mod events;
mod fields;
mod items;
mod json;
mod loose;
mod media_type;
mod multipart;
pub mod oauth;
mod pairs;
mod parse;
mod point;
pub mod reply;
mod rules;
mod seen;
pub mod stream;
mod style;
mod styled;
mod transport;
mod whole;
mod wire;
mod written;

pub use access::{
    Access, Basic, Credentials, Scheme, authorize, basic, key_in_cookie, key_in_header, key_in_query, token,
};
pub use alternatives::Alternatives;
pub use check::{Broken, Check};
pub use choice::Choice;
pub use draft::Draft;
pub use events::{Event, Events};
pub use fields::Fields;
pub use items::{Items, Places};
pub use json::{Json, Object};
pub use multipart::{Content, File, Multipart};
pub use rules::Rules;
pub use style::Style;
pub use transport::{CallError, Client, StreamTransport, Transport};
pub use whole::Whole;
pub use wire::{Base64, Wire};
pub use written::{Uuid, Written};

pub use std::collections::BTreeMap;

pub use crate::{
    BaseUrl, BuildError, Bytes, Date, DateTime, Maybe, Number, Operation, Reply, Request, Secret, Unreadable,
};
pub use http::Method;
