//! What Kassa sends and understands, held against the vendors' documents (F3, F4, F5): every expected code, class and
//! request here is written by hand from FACTS.md or is an example of a document, and none is read from a mapping.

mod accounts;
mod answers;
mod bad_input;
mod codes;
mod exact;
mod exact_json;
mod examples;
mod kept;
mod paths;
mod receipts;
mod replies;
mod requests;
mod roundtrip;
mod strategies;
mod tables;
mod twice;
