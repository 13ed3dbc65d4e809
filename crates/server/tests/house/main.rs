//! The house from the outside: the same tests on SQLite and PostgreSQL, and in
//! a browser where one is installed.

#![cfg(test)]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod agreements;
mod api;
mod arrangements;
mod assessments;
mod attacks;
mod breaches;
mod browser;
mod candidate_lists;
mod cases;
mod checkpoints;
mod consents;
mod corrections;
mod counter;
mod counts;
mod cover;
mod crossings;
mod databases;
mod documents;
mod erased;
mod exchange;
mod family;
mod faults;
mod front;
mod front_figures;
mod front_walls;
mod fuzz;
mod joined;
mod journal;
mod keeping;
mod keys;
mod leaks;
mod limits;
mod needs;
mod office;
mod orders;
mod organisation;
mod overlays;
mod own;
mod own_file;
mod persons;
mod practice;
mod providers;
mod question;
mod random;
mod reception;
mod registers;
mod routes;
mod seen;
mod sendings;
mod siem;
mod sign_in;
mod starting;
mod stories;
mod story;
mod support;
mod sweep;
mod talks;
mod tasks;
mod times;
mod walls;
mod watch;
mod withdrawals;
