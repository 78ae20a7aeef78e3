//! Triage files: what is refused and why, what a condition reaches, and that more knowledge never takes it back.

mod file;
mod monotone;
mod reach;
mod schema;
