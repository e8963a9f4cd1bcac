//! The primitives that generated provider clients link.
//!
//! Nothing here knows a provider, a code table or a tax rate: those are data in `specs/` and code in the generated
//! crate. What is here is what all of them share: exact numbers ([`Money`], [`Quantity`], [`Number`]), the wire types
//! that documents need ([`Maybe`], [`NumberOrString`], [`DateTime`]), the conversions of the mapping language
//! ([`codec`]), requests and replies as plain values ([`call`]), what providers send by themselves ([`callback`]), and
//! what any of it proves ([`Verdict`]).

pub mod auth;
pub mod call;
pub mod callback;
pub mod client;
pub mod codec;
mod contact;
mod decimal;
mod exact;
mod fixed;
mod form;
pub mod json;
mod maybe;
mod moment;
mod number;
mod object;
mod page;
mod problem;
mod provider;
mod secret;
mod settings;
mod sound;
mod verdict;

pub use auth::{Login, RsaKey, Token};
pub use bytes::Bytes;
pub use call::{BaseUrl, BuildError, Operation, Reply, Request};
pub use callback::{Callback, CallbackRefusal, Notice, Trust};
pub use contact::Contact;
pub use decimal::DecimalError;
pub use fixed::{Fixed, Money, Quantity};
pub use http;
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use maybe::Maybe;
pub use moment::{DateTime, Moment, Offset, days};
pub use number::{Number, NumberOrString};
pub use page::{Answer, Append, Page};
pub use problem::{Findings, Misfit, Place, Refusal, Unreadable, Violation};
pub use provider::{CallbackInfo, Compared, ProviderInfo, SubmitterInfo, Support};
pub use secret::Secret;
#[doc(hidden)]
pub use settings::offset;
pub use settings::{SettingError, SettingInfo, SettingKind, SettingValues, read_setting};
pub use verdict::{Doubt, ErrorClass, Finding, Means, Repeat, Verdict};

/// What generated code uses of other crates, so that it depends on this crate alone.
#[doc(hidden)]
pub mod rt {
    pub use crate::object::Object;
    pub use regex::Regex;
    pub use serde;
    pub use serde_json;
}
