//! The privacy owner's page of keep-times: what the nights did, and holds.

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::kept::{self, NewHold};
use super::store;
use crate::journal::{Entry, SubjectKind};
use crate::policy::{self, NOBODY, Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<KeepingPage, _, _>("/keeping", "What was deleted and locked, and what is held", show)
        .act::<HoldForm, _, _>("/keeping/holds", "Holds a person back from deletion", set)
        .act::<LiftForm, _, _>("/keeping/holds/{id}/lift", "Lifts a hold", lift)
}

/// What one night did to one class.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountLine {
    pub(crate) class: String,
    pub(crate) deleted: i64,
    pub(crate) locked: i64,
    pub(crate) held: i64,
    pub(crate) stuck: i64,
    pub(crate) next_due: Option<String>,
}

/// One night.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunLine {
    pub(crate) day: String,
    pub(crate) started_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) counts: Vec<CountLine>,
}

/// One hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoldLine {
    pub(crate) id: String,
    pub(crate) person: String,
    pub(crate) reason: String,
    pub(crate) set_by: String,
    pub(crate) set_at: i64,
    pub(crate) from: String,
    pub(crate) until: Option<String>,
    pub(crate) lifted_at: Option<i64>,
    pub(crate) lift_reason: Option<String>,
    pub(crate) version: i64,
}

/// Keep-times at work.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeepingPage {
    pub(crate) runs: Vec<RunLine>,
    pub(crate) holds: Vec<HoldLine>,
    pub(crate) form: HoldForm,
    /// The hold whose lifting was not taken, and the reason that was typed for it.
    #[serde(skip)]
    pub(crate) lift: (String, String),
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(KeepingPage, "keeping/pages/keeping.html");

/// A hold to be set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct HoldForm {
    /// The person's identifier, as the log names it.
    #[serde(default)]
    pub(crate) person: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// The first day; today when empty.
    #[serde(default)]
    pub(crate) from: String,
    /// The last day; until lifted when empty.
    #[serde(default)]
    pub(crate) until: String,
}

/// Lifting a hold.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LiftForm {
    /// Why it is no longer needed.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was seen.
    #[serde(default)]
    pub(crate) version: i64,
}

/// The page. Who is held, and why, is noted before the answer goes, also when the page is shown
/// again because a form was not taken (REQ-INFO-19).
async fn page(
    desk: &Desk,
    permit: &Permit,
    form: HoldForm,
    faults: Vec<FieldFault>,
) -> Result<KeepingPage, Fault> {
    let mut conn = desk.read().await?;
    let since = desk.today().checked_sub(31.days()).unwrap_or(desk.today());
    let mut runs: Vec<RunLine> = Vec::new();
    for mut row in store::runs(&mut conn, since).await? {
        let day: String = row.get(0)?;
        if runs.last().is_none_or(|run| run.day != day) {
            let (started_at, ended_at) = (row.get(1)?, row.get(2)?);
            runs.push(RunLine { day, started_at, ended_at, counts: Vec::new() });
        }
        if let (Some(run), Some(class)) = (runs.last_mut(), row.get::<Option<String>>(3)?) {
            run.counts.push(CountLine {
                class,
                deleted: row.get(4)?,
                locked: row.get(5)?,
                held: row.get(6)?,
                stuck: row.get(7)?,
                next_due: row.get(8)?,
            });
        }
    }
    let mut holds = Vec::new();
    let mut persons = Vec::new();
    for hold in kept::holds(&mut conn, permit, desk.actor()).await? {
        persons.push(hold.person);
        holds.push(HoldLine {
            id: hold.id.to_string(),
            person: hold.person.to_string(),
            reason: hold.reason,
            set_by: hold.set_by,
            set_at: hold.set_at,
            from: hold.from,
            until: hold.until,
            lifted_at: hold.lifted_at,
            lift_reason: hold.lift_reason,
            version: hold.version,
        });
    }
    persons.sort_unstable();
    persons.dedup();
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (SubjectKind::Nothing, None),
        detail: serde_json::json!({ "rows": persons.len() }),
        persons,
    });
    Ok(KeepingPage { runs, holds, form, lift: (String::new(), String::new()), faults })
}

async fn show(desk: Desk) -> Reply {
    let permit = {
        let mut conn = desk.read().await?;
        desk.permit(&mut conn, Action::ReadKeeping, Subject::Duty).await?
    };
    let page = page(&desk, &permit, HoldForm::default(), Vec::new()).await?;
    desk.show(&page)
}

pub(super) fn note(desk: &Desk, permit: &Permit, person: Uuid) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (SubjectKind::Person, Some(person)),
        persons: vec![person],
        detail: serde_json::Value::Null,
    });
}

async fn set(desk: Desk, Input(form): Input<HoldForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetHold, Subject::Duty).await?;
    let by = desk.actor().id.ok_or(Fault::Denied)?;
    let mut faults = Faults::default();
    let person = faults.id("person", &form.person);
    let reason = faults.line("reason", &form.reason);
    let from = if form.from.trim().is_empty() {
        Some(desk.today())
    } else {
        faults.date("from", &form.from)
    };
    let until = faults.optional_date("until", &form.until);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        faults.add("until", "date");
    }
    if let Some(person) = person
        && (!kept::is_person(&mut tx, &permit, person).await?
            || policy::is_barred(&desk, &mut tx, person).await?)
    {
        faults.add("person", "choose");
    }
    let faults = faults.into_list();
    let (Some(person), Some(from), true) = (person, from, faults.is_empty()) else {
        drop(tx);
        return desk.again(&page(&desk, &permit, form, faults.clone()).await?, faults);
    };
    let hold = NewHold { person, reason, from, until };
    kept::set_hold(&mut tx, &permit, &hold, by, desk.now()).await?;
    note(&desk, &permit, person);
    desk.commit(tx).await?;
    desk.done("/keeping", "hold-set")
}

async fn lift(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<LiftForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::LiftHold, Subject::Duty).await?;
    let by = desk.actor().id.ok_or(Fault::Denied)?;
    let found = kept::hold(&mut tx, &permit, id).await?;
    let about = found.as_ref().map_or(NOBODY, |(person, _)| *person);
    // Nobody decides about themselves or their own. Of nobody it is asked too: what is not there
    // costs what is hidden costs (REQ-INFO-08).
    let is_barred = policy::is_barred(&desk, &mut tx, about).await?;
    let (person, lifted) = found.filter(|_| !is_barred).ok_or(Fault::Hidden)?;
    if lifted.is_some() {
        return Err(Fault::conflict("stale"));
    }
    let mut faults = Faults::default();
    let reason = faults.line("lift_reason", &form.reason);
    let faults = faults.into_list();
    if !faults.is_empty() {
        drop(tx);
        let mut page = page(&desk, &permit, HoldForm::default(), faults.clone()).await?;
        page.lift = (id.to_string(), form.reason);
        return desk.again(&page, faults);
    }
    let at = (id, form.version);
    kept::lift_hold(&mut tx, &permit, person, at, &reason, by, desk.now()).await?;
    note(&desk, &permit, person);
    desk.commit(tx).await?;
    desk.done("/keeping", "hold-lifted")
}
