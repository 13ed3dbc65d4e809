//! Everything of Onedoor that touches the world: database, pages, API, journal.
//!
//! The kernel (`db`, `journal`, `keys`, `policy`, `web`, `words`, `clock`, `config`)
//! carries the slices; each slice may use the slices before it in [`SLICES`].

pub mod absence;
pub mod access;
pub mod agreement;
pub mod app;
pub mod arrangement;
pub mod assessment;
pub mod booking;
pub mod case;
pub mod clock;
pub mod config;
pub mod consent;
pub mod cover;
pub mod db;
pub mod entry;
pub mod exchange;
pub mod feedback;
pub mod figure;
pub mod follow;
pub mod governing;
pub mod jobs;
pub mod journal;
pub mod keeping;
pub mod keys;
pub mod law;
pub mod letter;
pub mod meeting;
pub mod message;
pub mod need;
pub mod network;
pub mod office;
pub mod order;
pub mod own;
pub mod person;
pub mod plan;
pub mod policy;
pub mod population;
pub mod practice;
pub mod premises;
pub mod provider;
pub mod question;
pub mod reception;
pub mod record;
pub mod refer;
pub mod rollout;
pub mod routine;
pub mod serve;
pub mod service;
pub mod sign_in;
pub mod staffing;
pub mod standard;
pub mod talk;
pub mod talking;
pub mod task;
pub mod walls;
pub mod web;
pub mod words;

use db::Listed;
use web::Routes;

/// The slices in their reading order: one may use those before it, never a
/// later one. A test reads the `use` lines.
pub const SLICES: &[&str] = &[
    "sign_in",
    "office",
    "network",
    "premises",
    "governing",
    "law",
    "practice",
    "absence",
    "service",
    "person",
    "access",
    "task",
    "message",
    "consent",
    "feedback",
    "talking",
    "case",
    "record",
    "need",
    "assessment",
    "plan",
    "rollout",
    "provider",
    "meeting",
    "follow",
    "refer",
    "standard",
    "reception",
    "talk",
    "cover",
    "order",
    "agreement",
    "routine",
    "staffing",
    "arrangement",
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
        .and(network::routes())
        .and(premises::routes())
        .and(governing::routes())
        .and(rollout::routes())
        .and(law::routes())
        .and(practice::routes())
        .and(absence::routes())
        .and(service::routes())
        .and(person::routes())
        .and(access::routes())
        .and(task::routes())
        .and(message::routes())
        .and(feedback::routes())
        .and(talking::routes())
        .and(case::routes())
        .and(record::routes())
        .and(need::routes())
        .and(assessment::routes())
        .and(plan::routes())
        .and(provider::routes())
        .and(meeting::routes())
        .and(follow::routes())
        .and(refer::routes())
        .and(consent::routes())
        .and(standard::routes())
        .and(reception::routes())
        .and(talk::routes())
        .and(cover::routes())
        .and(order::routes())
        .and(agreement::routes())
        .and(routine::routes())
        .and(staffing::routes())
        .and(arrangement::routes())
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
pub fn statements() -> Vec<Listed> {
    [
        journal::STATEMENTS,
        keys::STATEMENTS,
        keys::RENEW_STATEMENTS,
        keys::SEAL_STATEMENTS,
        journal::watch::STATEMENTS,
        policy::STATEMENTS,
        policy::FACT_STATEMENTS,
        web::STATEMENTS,
        sign_in::STATEMENTS,
        office::IMPORT_STATEMENTS,
        office::ACCESS_STATEMENTS,
        office::SERVING_STATEMENTS,
        office::TAKEOVER_STATEMENTS,
        office::RESPONSIBILITY_STATEMENTS,
        office::DIFFERENCE_STATEMENTS,
        office::calendar::STATEMENTS,
        office::choosing::STATEMENTS,
        office::store::STATEMENTS,
        network::STATEMENTS,
        network::FIGURE_STATEMENTS,
        network::MONTHLY_STATEMENTS,
        network::FOLDER_STATEMENTS,
        network::AGREED_STATEMENTS,
        network::INVENTORY_STATEMENTS,
        network::MOVING_STATEMENTS,
        premises::LEASE_STATEMENTS,
        premises::ROOM_STATEMENTS,
        governing::STATEMENTS,
        governing::GOAL_STATEMENTS,
        rollout::PLAN_STATEMENTS,
        rollout::START_STATEMENTS,
        rollout::TRIAL_STATEMENTS,
        rollout::PART_STATEMENTS,
        rollout::BESIDE_STATEMENTS,
        rollout::ANCHORING_STATEMENTS,
        rollout::MEASURE_STATEMENTS,
        rollout::MERGER_STATEMENTS,
        law::store::STATEMENTS,
        practice::STATEMENTS,
        absence::STATEMENTS,
        absence::DIRECTORY_STATEMENTS,
        service::store::STATEMENTS,
        service::promises::STATEMENTS,
        service::matters::STATEMENTS,
        person::finding::STATEMENTS,
        person::history::STATEMENTS,
        person::store::STATEMENTS,
        person::together::STATEMENTS,
        access::store::STATEMENTS,
        task::STATEMENTS,
        access::KIN_STATEMENTS,
        message::STATEMENTS,
        feedback::STATEMENTS,
        talking::STATEMENTS,
        case::store::STATEMENTS,
        case::hidden::STATEMENTS,
        case::history::STATEMENTS,
        case::lists::STATEMENTS,
        record::store::STATEMENTS,
        record::claims::STATEMENTS,
        record::counts::STATEMENTS,
        record::documents::STATEMENTS,
        need::store::STATEMENTS,
        assessment::AGREEMENT_STATEMENTS,
        assessment::attempts::STATEMENTS,
        assessment::FIGURE_STATEMENTS,
        assessment::instruments::STATEMENTS,
        assessment::judgements::STATEMENTS,
        assessment::PART_STATEMENTS,
        assessment::store::STATEMENTS,
        assessment::views::STATEMENTS,
        assessment::work::STATEMENTS,
        plan::booked::STATEMENTS,
        plan::items::STATEMENTS,
        plan::lists::STATEMENTS,
        plan::requests::STATEMENTS,
        plan::store::STATEMENTS,
        plan::wishes::STATEMENTS,
        provider::store::STATEMENTS,
        consent::store::STATEMENTS,
        consent::providers::STATEMENTS,
        consent::disclosures::STATEMENTS,
        consent::receipts::STATEMENTS,
        consent::notices::STATEMENTS,
        consent::openable::STATEMENTS,
        consent::lists::STATEMENTS,
        consent::flows::STATEMENTS,
        meeting::STATEMENTS,
        meeting::STORE_STATEMENTS,
        meeting::LINE_STATEMENTS,
        meeting::SERIES_STATEMENTS,
        meeting::REQUEST_STATEMENTS,
        meeting::GROUP_STATEMENTS,
        meeting::FIGURE_STATEMENTS,
        meeting::MINE_STATEMENTS,
        meeting::PLANNED_STATEMENTS,
        follow::STATEMENTS,
        follow::LIST_STATEMENTS,
        refer::STATEMENTS,
        refer::DECISION_STATEMENTS,
        standard::set_up::STATEMENTS,
        standard::limits::STATEMENTS,
        standard::way_out::STATEMENTS,
        standard::improve::STATEMENTS,
        standard::recipients::STATEMENTS,
        reception::earlier::STATEMENTS,
        reception::marks::STATEMENTS,
        reception::store::STATEMENTS,
        reception::waiting::STATEMENTS,
        reception::ways::STATEMENTS,
        talk::STATEMENTS,
        cover::STATEMENTS,
        cover::LIST_STATEMENTS,
        cover::DEPUTY_STATEMENTS,
        order::STATEMENTS,
        order::CLOSING_STATEMENTS,
        order::TELLING_STATEMENTS,
        agreement::STATEMENTS,
        agreement::ACTIVITY_STATEMENTS,
        agreement::FRAMEWORK_STATEMENTS,
        agreement::PLACE_STATEMENTS,
        routine::DOCUMENT_STATEMENTS,
        routine::TASK_STATEMENTS,
        routine::TOPIC_STATEMENTS,
        staffing::STATEMENTS,
        staffing::TEAM_STATEMENTS,
        arrangement::STATEMENTS,
        arrangement::SETTLE_STATEMENTS,
        booking::mine::STATEMENTS,
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
        figure::behind::STATEMENTS,
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
        own::documents::STATEMENTS,
        own::export::STATEMENTS,
        own::held::STATEMENTS,
        own::log::STATEMENTS,
        own::mandates::STATEMENTS,
        own::plan::STATEMENTS,
        own::representations::STATEMENTS,
        own::store::STATEMENTS,
        keeping::STATEMENTS,
        keeping::EMPTYING_STATEMENTS,
        keeping::KEPT_STATEMENTS,
        keeping::VISIT_STATEMENTS,
        question::STATEMENTS,
        walls::crossing::STATEMENTS,
    ]
    .concat()
    .into_iter()
    .chain(walls::statements())
    .collect()
}
