//! The house from the outside: the same tests on SQLite and PostgreSQL, and in
//! a browser where one is installed.

#![cfg(test)]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod api;
mod browser;
mod cases;
mod consents;
mod databases;
mod faults;
mod journal;
mod office;
mod persons;
mod question;
mod random;
mod reception;
mod registers;
mod routes;
mod sign_in;
mod support;
mod walls;
