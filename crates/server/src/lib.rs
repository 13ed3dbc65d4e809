//! Everything of Onedoor that touches the world: database, pages, API, journal.
//!
//! The kernel (`db`, `journal`, `policy`, `web`, `words`, `clock`, `config`)
//! carries the slices; each slice may use the slices before it in [`SLICES`].

pub mod app;
pub mod case;
pub mod clock;
pub mod config;
pub mod consent;
pub mod db;
pub mod figure;
pub mod jobs;
pub mod journal;
pub mod meeting;
pub mod message;
pub mod office;
pub mod person;
pub mod policy;
pub mod population;
pub mod question;
pub mod reception;
pub mod serve;
pub mod sign_in;
pub mod walls;
pub mod web;
pub mod words;

use db::Sql;
use web::Routes;

/// The slices in their reading order: one may use those before it, never a
/// later one. A test reads the `use` lines.
pub const SLICES: &[&str] = &[
    "sign_in",
    "office",
    "person",
    "message",
    "case",
    "consent",
    "meeting",
    "reception",
    "figure",
    "question",
];

/// Every route of every slice.
#[must_use]
pub fn routes() -> Routes {
    sign_in::routes()
        .and(office::routes())
        .and(person::routes())
        .and(message::routes())
        .and(case::routes())
        .and(consent::routes())
        .and(reception::routes())
        .and(figure::routes())
        .and(question::routes())
        .and(journal::pages::routes())
}

/// Every statement, for the test that prepares them on both engines.
#[must_use]
pub fn statements() -> Vec<&'static Sql> {
    [
        journal::STATEMENTS,
        policy::STATEMENTS,
        web::STATEMENTS,
        sign_in::STATEMENTS,
        office::IMPORT_STATEMENTS,
        office::store::STATEMENTS,
        person::store::STATEMENTS,
        message::STATEMENTS,
        case::store::STATEMENTS,
        case::lists::STATEMENTS,
        consent::store::STATEMENTS,
        consent::notices::STATEMENTS,
        consent::openable::STATEMENTS,
        consent::lists::STATEMENTS,
        consent::flows::STATEMENTS,
        meeting::STATEMENTS,
        reception::store::STATEMENTS,
        figure::STATEMENTS,
        question::STATEMENTS,
    ]
    .concat()
    .into_iter()
    .chain(walls::statements())
    .collect()
}
