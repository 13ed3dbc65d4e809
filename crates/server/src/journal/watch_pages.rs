//! Unusual use as cases: the privacy owner looks, and says what it was. Nothing
//! follows by itself.

use axum::extract::Path;
use jiff::civil::{Date, Time};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::chain::{Entry, SubjectKind};
use super::pages::{JournalLine, line};
use super::watch::About;
use super::{store, watch};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<WatchPage, _, _>("/watch", "Unusual use that was found", list)
        .see::<WatchCasePage, _, _>("/watch/{id}", "One case, with the rows it stands on", show)
        .act::<SettleForm, _, _>("/watch/{id}/settle", "Says what it was", settle)
}

/// One case.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchLine {
    pub(crate) id: String,
    /// The worker's name; empty where the case is about a person.
    pub(crate) actor: String,
    /// The person whom workers looked at; empty where the case is about a worker.
    pub(crate) person: String,
    pub(crate) role: String,
    pub(crate) unit: String,
    pub(crate) day: String,
    pub(crate) measure: String,
    pub(crate) seen: i64,
    pub(crate) expected: i64,
    pub(crate) bound: i64,
    /// What it was held against.
    pub(crate) basis: String,
    pub(crate) outcome: Option<String>,
    pub(crate) outcome_reason: Option<String>,
    pub(crate) version: i64,
}

/// The cases, the open ones first.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchPage {
    pub(crate) lines: Vec<WatchLine>,
}

crate::page!(WatchPage, "journal/pages/watch.html");

/// One case with its evidence.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchCasePage {
    pub(crate) line: WatchLine,
    pub(crate) rows: Vec<JournalLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(WatchCasePage, "journal/pages/watch_case.html");

/// What it was.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SettleForm {
    /// `explained` or `followed_up`.
    #[serde(default)]
    pub(crate) outcome: String,
    /// Why, or how.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was seen.
    #[serde(default)]
    pub(crate) version: i64,
}

fn note(desk: &Desk, permit: &Permit, detail: serde_json::Value, persons: Vec<Uuid>) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (SubjectKind::Nothing, None),
        persons,
        detail,
    });
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadWatch, Subject::Duty).await?;
    let found = watch::cases(&mut conn).await?;
    note(&desk, &permit, serde_json::json!({ "rows": found.len() }), Vec::new());
    desk.show(&WatchPage { lines: found.into_iter().map(|(line, _)| line).collect() })
}

async fn one(desk: &Desk, id: Uuid, faults: Vec<FieldFault>) -> Result<WatchCasePage, Fault> {
    let mut conn = desk.read().await?;
    let (line_of, about) = watch::case(&mut conn, id).await?.ok_or(Fault::Hidden)?;
    let day: Date = line_of.day.parse().map_err(|_| Fault::Defect("a day".into()))?;
    let zone = &desk.app().zone;
    let start = |day: Date| {
        zone.to_timestamp(day.to_datetime(Time::midnight()))
            .map_or(0, jiff::Timestamp::as_microsecond)
    };
    let after = day.tomorrow().map_or(i64::MAX, start);
    let rows = match about {
        About::Worker(actor) => store::by_actor(&mut conn, actor, start(day), after, 200).await?,
        About::Person(person) => {
            store::about_person(&mut conn, person, start(day), after, 200).await?
        }
    };
    Ok(WatchCasePage { line: line_of, rows: rows.into_iter().map(line).collect(), faults })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let permit = {
        let mut conn = desk.read().await?;
        desk.permit(&mut conn, Action::ReadWatch, Subject::Duty).await?
    };
    let page = one(&desk, id, Vec::new()).await?;
    // The rows name persons: each sees that somebody looked at who looked at them.
    let mut persons: Vec<Uuid> = page
        .rows
        .iter()
        .filter(|row| row.subject == "person")
        .filter_map(|row| row.subject_id.parse().ok())
        .collect();
    persons.extend(page.line.person.parse::<Uuid>());
    persons.sort_unstable();
    persons.dedup();
    note(&desk, &permit, serde_json::json!({ "rows": page.rows.len() }), persons);
    desk.show(&page)
}

async fn settle(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<SettleForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SettleWatch, Subject::Duty).await?;
    let by = desk.actor().id.ok_or(Fault::Denied)?;
    let (there, about) = watch::case(&mut tx, id).await?.ok_or(Fault::Hidden)?;
    // Nobody settles their own.
    if about == About::Worker(by) {
        return Err(Fault::conflict("watch-own"));
    }
    if there.outcome.is_some() {
        return Err(Fault::conflict("stale"));
    }
    let mut faults = Faults::default();
    let outcome = faults.choice("outcome", &form.outcome, |code| {
        ["explained", "followed_up"].into_iter().find(|known| *known == code)
    });
    let reason = faults.line("reason", &form.reason);
    let faults = faults.into_list();
    let (Some(outcome), true) = (outcome, faults.is_empty()) else {
        drop(tx);
        return desk.again(&one(&desk, id, faults.clone()).await?, faults);
    };
    watch::settle(&mut tx, (id, form.version), outcome, &reason, by, desk.now()).await?;
    note(&desk, &permit, serde_json::json!({ "outcome": outcome }), Vec::new());
    desk.commit(tx).await?;
    desk.done("/watch", "watch-settled")
}
