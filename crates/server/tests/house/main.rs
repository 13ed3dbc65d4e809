//! The house from the outside: the same tests on SQLite and PostgreSQL, and in
//! a browser where one is installed.

#![cfg(test)]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod api;
mod attacks;
mod browser;
mod cases;
mod checkpoints;
mod consents;
mod databases;
mod exchange;
mod faults;
mod front;
mod front_figures;
mod fuzz;
mod journal;
mod keeping;
mod keys;
mod limits;
mod office;
mod overlays;
mod own;
mod persons;
mod practice;
mod question;
mod random;
mod reception;
mod registers;
mod routes;
mod sendings;
mod siem;
mod sign_in;
mod story;
mod support;
mod sweep;
mod talks;
mod walls;
