//! What Kassa tells of itself: measures, spans and logs, and what they may not tell (F10). Everything that this process
//! logs is captured, from every crate and at every level.

#[path = "../dispatch/built.rs"]
mod built;
mod canaries;
mod capture;
mod drive;
mod journal;
mod measures;
mod secrets;
mod spans;
mod world;
