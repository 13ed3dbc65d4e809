//! Everything of Onedoor that touches the world: database, pages, API, journal.
//!
//! The kernel (`db`, `journal`, `keys`, `policy`, `web`, `words`, `clock`, `config`)
//! carries the slices; each slice may use the slices before it in [`SLICES`].

pub mod access;
pub mod app;
pub mod booking;
pub mod case;
pub mod clock;
pub mod config;
pub mod consent;
pub mod db;
pub mod entry;
pub mod exchange;
pub mod feedback;
pub mod figure;
pub mod jobs;
pub mod journal;
pub mod keeping;
pub mod keys;
pub mod law;
pub mod letter;
pub mod meeting;
pub mod message;
pub mod office;
pub mod own;
pub mod person;
pub mod policy;
pub mod population;
pub mod practice;
pub mod provider;
pub mod question;
pub mod reception;
pub mod record;
pub mod serve;
pub mod service;
pub mod sign_in;
pub mod standard;
pub mod talk;
pub mod talking;
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
    "law",
    "practice",
    "service",
    "person",
    "access",
    "message",
    "consent",
    "feedback",
    "talking",
    "case",
    "record",
    "provider",
    "meeting",
    "standard",
    "reception",
    "talk",
    "booking",
    "entry",
    "exchange",
    "figure",
    "question",
    "keeping",
    "own",
];

/// Every route of every slice.
#[must_use]
pub fn routes() -> Routes {
    sign_in::routes()
        .and(office::routes())
        .and(law::routes())
        .and(practice::routes())
        .and(service::routes())
        .and(person::routes())
        .and(access::routes())
        .and(message::routes())
        .and(feedback::routes())
        .and(talking::routes())
        .and(case::routes())
        .and(record::routes())
        .and(provider::routes())
        .and(consent::routes())
        .and(standard::routes())
        .and(reception::routes())
        .and(talk::routes())
        .and(booking::routes())
        .and(entry::routes())
        .and(exchange::routes())
        .and(figure::routes())
        .and(question::routes())
        .and(journal::pages::routes())
        .and(web::more::routes())
        .and(own::routes())
        .and(keeping::routes())
}

/// Every statement, for the test that prepares them on both engines.
#[must_use]
pub fn statements() -> Vec<&'static Sql> {
    [
        journal::STATEMENTS,
        keys::STATEMENTS,
        keys::RENEW_STATEMENTS,
        keys::SEAL_STATEMENTS,
        journal::watch::STATEMENTS,
        policy::STATEMENTS,
        web::STATEMENTS,
        sign_in::STATEMENTS,
        office::IMPORT_STATEMENTS,
        office::store::STATEMENTS,
        law::store::STATEMENTS,
        practice::STATEMENTS,
        service::store::STATEMENTS,
        service::promises::STATEMENTS,
        service::matters::STATEMENTS,
        person::store::STATEMENTS,
        person::together::STATEMENTS,
        access::store::STATEMENTS,
        message::STATEMENTS,
        feedback::STATEMENTS,
        talking::STATEMENTS,
        case::store::STATEMENTS,
        case::lists::STATEMENTS,
        record::store::STATEMENTS,
        provider::store::STATEMENTS,
        consent::store::STATEMENTS,
        consent::providers::STATEMENTS,
        consent::notices::STATEMENTS,
        consent::openable::STATEMENTS,
        consent::lists::STATEMENTS,
        consent::flows::STATEMENTS,
        meeting::STATEMENTS,
        standard::set_up::STATEMENTS,
        standard::limits::STATEMENTS,
        standard::way_out::STATEMENTS,
        standard::improve::STATEMENTS,
        reception::store::STATEMENTS,
        talk::STATEMENTS,
        booking::store::STATEMENTS,
        entry::clarify::STATEMENTS,
        entry::consult::STATEMENTS,
        entry::contacts::STATEMENTS,
        entry::escalate::STATEMENTS,
        entry::situation::STATEMENTS,
        entry::visiting::STATEMENTS,
        entry::work::STATEMENTS,
        exchange::STATEMENTS,
        exchange::SINK_STATEMENTS,
        figure::STATEMENTS,
        figure::coming::STATEMENTS,
        figure::guard::STATEMENTS,
        figure::kept::STATEMENTS,
        figure::offer::STATEMENTS,
        figure::process::STATEMENTS,
        figure::reach::STATEMENTS,
        own::answers::STATEMENTS,
        own::confirmation::STATEMENTS,
        own::corrections::STATEMENTS,
        own::delays::STATEMENTS,
        own::export::STATEMENTS,
        own::held::STATEMENTS,
        own::log::STATEMENTS,
        own::representations::STATEMENTS,
        own::store::STATEMENTS,
        keeping::STATEMENTS,
        question::STATEMENTS,
    ]
    .concat()
    .into_iter()
    .chain(walls::statements())
    .collect()
}
