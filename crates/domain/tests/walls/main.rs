//! The walls held against an independent reading of the same files, and the theorems that
//! docs/walls.md lists.

#![cfg(test)]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod exhaustive;
mod files;
mod golden;
mod loader;
mod naive;
mod questions;
mod scenes;
mod space;
mod theorems;
