//! Requests and replies that need not be in memory.
//!
//! A request that is streamed is made of the operation itself, by value: what a source gave is gone, so it can be sent
//! once, and whatever sends requests again ([`crate::Operation`]) cannot take it.

mod body;
mod items;
mod lines;
mod traits;

pub use body::{Body, BodyError};
pub use items::{Answer, Decode, Pieces, Stream, StreamError};
pub use lines::Lines;
pub use traits::{Download, Streamed, Upload, whole};

/// A request whose body need not be in memory.
pub type Request = http::Request<Body>;

/// A reply whose body comes as it is read.
pub type Reply = http::Response<Body>;
