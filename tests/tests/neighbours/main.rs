//! Made-up providers against their simulators: each has something that the mapping language can say and the real ones
//! do not need. They are generated outside the product, as a service would do it.

mod bench;
mod codes;
mod login;
mod outside;
mod own_ids;
mod queries;
mod signed;
