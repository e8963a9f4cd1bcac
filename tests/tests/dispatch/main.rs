//! The dispatcher over real connections: two simulators on loopback, a journal in a file, and what each of them holds in
//! the end. Whatever fails on the way, the ledgers of both have one document for a key at most, and the outcome says so.

mod bad_input;
mod bench;
mod built;
mod callbacks;
mod cli;
mod command;
mod disk;
mod faults;
mod killed;
mod outcomes;
mod receipts;
mod restart;
mod secrets;
mod warnings;
