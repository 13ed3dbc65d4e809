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
    pub(crate) form: SettleForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(WatchCasePage, "journal/pages/watch_case.html");

/// What it was.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
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
    let found = watch::cases(&mut conn, desk.actor()).await?;
    let mut persons: Vec<Uuid> = found
        .iter()
        .filter_map(|(_, about)| match about {
            About::Person(person) => Some(*person),
            About::Worker(_) => None,
        })
        .collect();
    persons.sort_unstable();
    persons.dedup();
    note(&desk, &permit, serde_json::json!({ "rows": found.len() }), persons);
    desk.show(&WatchPage { lines: found.into_iter().map(|(line, _)| line).collect() })
}

/// Kinds of subject that name one person, or lead to one.
const OF_ONE: [&str; 3] = ["person", "case", "visit"];

/// One case with its rows. Whoever it shows is noted before the answer goes, also when it is
/// shown again because a form was not taken (REQ-INFO-19).
async fn one(
    desk: &Desk,
    permit: &Permit,
    id: Uuid,
    (form, faults): (SettleForm, Vec<FieldFault>),
) -> Result<WatchCasePage, Fault> {
    let mut conn = desk.read().await?;
    let me = desk.actor();
    let (line_of, about) = watch::case(&mut conn, me, id).await?.ok_or(Fault::Hidden)?;
    let day: Date = line_of.day.parse().map_err(|_| Fault::Defect("a day".into()))?;
    let zone = &desk.app().zone;
    let start = |day: Date| {
        zone.to_timestamp(day.to_datetime(Time::midnight()))
            .map_or(0, jiff::Timestamp::as_microsecond)
    };
    let span = (start(day), day.tomorrow().map_or(i64::MAX, start));
    let mut persons = Vec::new();
    let rows = match about {
        About::Worker(actor) => store::by_actor(&mut conn, me, actor, span, 200).await?,
        About::Person(person) => {
            persons.push(person);
            store::about_person(&mut conn, me, person, span, 200).await?
        }
    };
    // The rows name persons, through a case or a visit too: each sees that somebody looked at
    // who looked at them. Of a list they tell how many it had, and nobody.
    let named = rows.iter().filter(|row| OF_ONE.contains(&row.subject_kind.as_str()));
    let named = named.flat_map(|row| row.persons.split_whitespace());
    persons.extend(named.filter_map(|id| id.parse::<Uuid>().ok()));
    persons.sort_unstable();
    persons.dedup();
    note(desk, permit, serde_json::json!({ "rows": rows.len() }), persons);
    Ok(WatchCasePage { line: line_of, rows: rows.into_iter().map(line).collect(), form, faults })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let permit = {
        let mut conn = desk.read().await?;
        desk.permit(&mut conn, Action::ReadWatch, Subject::Duty).await?
    };
    let page = one(&desk, &permit, id, (SettleForm::default(), Vec::new())).await?;
    desk.show(&page)
}

async fn settle(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<SettleForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SettleWatch, Subject::Duty).await?;
    let me = desk.actor();
    let by = me.id.ok_or(Fault::Denied)?;
    // One about the reader's own or their family is not there for them.
    let (there, about) = watch::case(&mut tx, me, id).await?.ok_or(Fault::Hidden)?;
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
        let page = one(&desk, &permit, id, (form, faults.clone())).await?;
        return desk.again(&page, faults);
    };
    watch::settle(&mut tx, (id, form.version), outcome, &reason, by, desk.now()).await?;
    let persons = match about {
        About::Person(person) => vec![person],
        About::Worker(_) => Vec::new(),
    };
    note(&desk, &permit, serde_json::json!({ "outcome": outcome }), persons);
    desk.commit(tx).await?;
    desk.done("/watch", "watch-settled")
}
