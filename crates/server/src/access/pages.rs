//! Taking a single access, answering as the second person, and one's own ties.

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::{Action, Bar, Ground};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, AccessRow, NewAccess};
use super::{kin, ties};
use crate::db::Link;
use crate::journal::{Entry, SubjectKind};
use crate::person::{read_number, store as persons};
use crate::policy::{self, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<AccessPage, _, _>("/access", "Single accesses: one's own and those that wait", list)
        .act::<TakeForm, _, _>("/access", "Takes a single access over soft overlays", take)
        .see::<OnePage, _, _>("/access/{id}", "One single access, for the second person", show)
        .act::<AnswerForm, _, _>("/access/{id}/answer", "The second person's answer", answer)
        .act::<EndForm, _, _>("/access/{id}/end", "Ends one's own", end)
        .and(ties::routes())
        .and(kin::routes())
}

/// A single access in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessLine {
    pub(crate) id: String,
    pub(crate) staff: String,
    /// The person's page, where the caller may open it.
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) at: i64,
    pub(crate) until: String,
    pub(crate) confirm_by: i64,
    /// `waiting`, `confirmed`, `refused`, `unanswered` or `ended`.
    pub(crate) state: String,
}

/// Single accesses.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessPage {
    pub(crate) mine: Vec<AccessLine>,
    pub(crate) waiting: Vec<AccessLine>,
    pub(crate) form: TakeForm,
    pub(crate) least: i64,
    pub(crate) most: i64,
    pub(crate) latest: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AccessPage, "access/pages/access.html");

/// A single access to be taken. The number stands in the body, never in an address.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TakeForm {
    /// The person's identity number.
    #[serde(default)]
    pub(crate) number: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// The last day.
    #[serde(default)]
    pub(crate) valid_until: String,
    /// From when it is safe to tell the person; today when empty.
    #[serde(default)]
    pub(crate) tell_from: String,
}

fn state(desk: &Desk, row: &AccessRow) -> &'static str {
    match row.verdict.as_deref() {
        Some("refused") => "refused",
        Some(_) if row.until < desk.today() => "ended",
        Some(_) => "confirmed",
        // Also one that has ended: it was used, and somebody looks at that.
        None if row.confirm_by < desk.now() => "unanswered",
        None => "waiting",
    }
}

async fn line(desk: &Desk, link: &mut Link, row: AccessRow) -> Result<AccessLine, Fault> {
    let state = state(desk, &row).to_owned();
    let subject = Subject::Person(row.person);
    let seen = desk.permit_quietly(link, Action::ReadPerson, subject).await?;
    let name = match &seen {
        Some(permit) => persons::read(link, permit).await?.name(),
        None => String::new(),
    };
    Ok(AccessLine {
        id: row.id.to_string(),
        staff: row.staff,
        person: seen.map(|_| row.person.to_string()).unwrap_or_default(),
        name,
        at: row.at.as_microsecond(),
        until: row.until.to_string(),
        confirm_by: row.confirm_by.as_microsecond(),
        state,
    })
}

async fn page(desk: &Desk, link: &mut Link) -> Result<AccessPage, Fault> {
    let worker = desk.worker()?;
    let permit = desk.permit(link, Action::TakeAccess, Subject::Duty).await?;
    let pack = desk.app().walls.pack(desk.actor().office, desk.today()).ok_or(Fault::Denied)?;
    let rules = pack.single_rules();
    let mut mine = Vec::new();
    for row in store::mine(link, &permit, worker.id).await? {
        mine.push(line(desk, link, row).await?);
    }
    let mut waiting = Vec::new();
    let me = (worker.id, desk.actor().lacks());
    for row in store::waiting(link, &permit, worker.agency, me, desk.now()).await? {
        waiting.push(line(desk, link, row).await?);
    }
    let latest = desk.today().checked_add(rules.most_months.months()).unwrap_or(desk.today());
    Ok(AccessPage {
        mine,
        waiting,
        form: TakeForm::default(),
        least: i64::try_from(rules.reason_min).unwrap_or_default(),
        most: i64::try_from(rules.reason_max).unwrap_or_default(),
        latest: latest.to_string(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

/// domain.md A.5: a reason, an end, never over a hard overlay. Who is not there, who is
/// behind a hard overlay and whom the worker has no relation to come out alike.
async fn take(desk: Desk, Input(form): Input<TakeForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::TakeAccess, Subject::Duty).await?;
    let pack = desk.app().walls.pack(desk.actor().office, desk.today()).ok_or(Fault::Denied)?;
    let rules = pack.single_rules();
    let mut faults = Faults::default();
    let number =
        faults.take("number", read_number(desk.app(), &form.number, desk.today()), str::to_owned);
    let reason = faults
        .take("reason", onedoor_domain::text::required(&form.reason, rules.reason_max), |e| {
            e.code().into()
        })
        .unwrap_or_default();
    if !reason.is_empty() && reason.chars().count() < rules.reason_min {
        faults.add("reason", "text-too-short");
    }
    let until = faults.date("valid_until", &form.valid_until);
    if let Some(until) = until {
        let latest = desk.today().checked_add(rules.most_months.months());
        if until < desk.today() {
            faults.add("valid_until", "date-past");
        } else if latest.is_ok_and(|latest| until > latest) {
            faults.add("valid_until", "access-too-long");
        }
    }
    let mut tell_from = desk.today();
    if !form.tell_from.trim().is_empty()
        && let Some(day) = faults.date("tell_from", &form.tell_from)
    {
        if desk.today().checked_add(3.months()).is_ok_and(|latest| day > latest) {
            faults.add("tell_from", "access-tell-late");
        }
        tell_from = day;
    }
    if let (Some(number), Some(until), true) = (&number, until, faults.is_empty()) {
        let found = store::by_number(&mut tx, &permit, number).await?;
        let clock = (desk.now(), desk.today());
        let bar = match found {
            Some(person) => {
                let subject = Subject::Person(person);
                policy::bar(&desk, &mut tx, Action::ReadPerson, subject)
                    .await?
                    .map(|bar| (person, bar))
            }
            None => None,
        };
        match bar {
            Some((person, Bar::Open | Bar::Overcome)) => {
                // It says whose number it is: that is a look-up like any other.
                desk.note_seen(&permit, [person.0]);
                desk.commit(tx).await?;
                return desk.done(&format!("/persons/{person}"), "access-not-needed");
            }
            Some((person, Bar::Soft))
                if store::is_spent(&mut tx, &permit, worker.id, person, clock).await? =>
            {
                refused(&desk, Some(person));
                faults.add("number", "access-spent");
            }
            Some((person, Bar::Soft)) => {
                let new = NewAccess {
                    staff: worker.id,
                    agency: worker.agency,
                    office: desk.actor().office,
                    reason: &reason,
                    until,
                    confirm_by: desk
                        .now()
                        .checked_add(rules.second_person_hours.hours())
                        .unwrap_or(desk.now()),
                    tell_from,
                };
                let id = store::take(&mut tx, &permit, person, &new, desk.now()).await?;
                note(&desk, Action::TakeAccess, person, json!({ "single_access": id }));
                desk.commit(tx).await?;
                return desk.done(&format!("/persons/{person}"), "access-taken");
            }
            Some((_, Bar::Hard)) | None => {
                refused(&desk, found);
                faults.add("number", "access-nobody");
            }
        }
    }
    let faults = faults.into_list();
    let mut page = page(&desk, &mut tx).await?;
    // The number is not sent back into the page.
    page.form = TakeForm { number: String::new(), ..form };
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

/// Who tried, and whom, is in the journal though the answer tells nothing.
fn refused(desk: &Desk, found: Option<PersonId>) {
    desk.note(Entry {
        action: Action::TakeAccess,
        ground: None,
        subject: (SubjectKind::Nothing, None),
        persons: found.iter().map(|person| person.0).collect(),
        detail: json!({ "denied": ["barred"] }),
    });
}

fn note(desk: &Desk, action: Action, person: PersonId, detail: serde_json::Value) {
    desk.note(Entry {
        action,
        ground: Some(Ground::SingleAccess),
        subject: (SubjectKind::Person, Some(person.0)),
        persons: vec![person.0],
        detail,
    });
}

/// One single access.
#[derive(Serialize, ToSchema)]
pub(crate) struct OnePage {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) staff: String,
    pub(crate) reason: String,
    pub(crate) at: i64,
    pub(crate) until: String,
    pub(crate) confirm_by: i64,
    pub(crate) tell_from: String,
    pub(crate) state: String,
    pub(crate) may_answer: bool,
    pub(crate) may_end: bool,
}

crate::page!(OnePage, "access/pages/one.html");

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let worker = desk.worker()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ConfirmAccess, Subject::Duty).await?;
    let access = store::one(&mut conn, &permit, id).await?;
    // For whom the person is behind a bar, this is not there: but the taker, who has
    // overcome it, and colleagues of the agency, who see no more than the reason.
    if access.agency != worker.agency {
        return Err(Fault::Hidden);
    }
    if hidden_from(&desk, &mut conn, &access, worker.id).await? {
        return Err(Fault::Hidden);
    }
    note(&desk, Action::ConfirmAccess, access.person, json!({ "single_access": id }));
    let row = AccessRow {
        id,
        person: access.person,
        staff: access.staff_name.clone(),
        at: access.at,
        until: access.until,
        confirm_by: access.confirm_by,
        verdict: access.verdict.clone(),
    };
    let state = state(&desk, &row);
    desk.show(&OnePage {
        id: id.to_string(),
        version: access.version,
        staff: access.staff_name,
        reason: access.reason,
        at: access.at.as_microsecond(),
        until: access.until.to_string(),
        confirm_by: access.confirm_by.as_microsecond(),
        tell_from: access.tell_from.to_string(),
        state: state.to_owned(),
        may_answer: state == "waiting" && access.staff != worker.id,
        may_end: access.staff == worker.id
            && access.until >= desk.today()
            && matches!(state, "waiting" | "confirmed"),
    })
}

/// A second person who is behind a hard overlay themselves does not judge.
async fn hidden_from(
    desk: &Desk,
    link: &mut Link,
    access: &store::Access,
    me: onedoor_domain::ids::StaffId,
) -> Result<bool, Fault> {
    if access.staff == me {
        return Ok(false);
    }
    let subject = Subject::Person(access.person);
    Ok(matches!(policy::bar_alone(desk, link, subject).await?, Bar::Hard))
}

/// The second person's answer.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `yes` or `no`.
    #[serde(default)]
    pub(crate) answer: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn answer(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<AnswerForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ConfirmAccess, Subject::Duty).await?;
    let access = store::one(&mut tx, &permit, id).await?;
    if access.agency != worker.agency || hidden_from(&desk, &mut tx, &access, worker.id).await? {
        return Err(Fault::Hidden);
    }
    if access.staff == worker.id {
        return Err(Fault::conflict("access-own"));
    }
    if access.verdict.is_some() || access.confirm_by < desk.now() {
        return Err(Fault::conflict("access-answered"));
    }
    let yes = match form.answer.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Fault::field("answer", "choose")),
    };
    let version = form.version.trim().parse().unwrap_or(access.version);
    store::confirm(&mut tx, &permit, (id, version), yes, (worker.id, desk.now())).await?;
    note(
        &desk,
        Action::ConfirmAccess,
        access.person,
        json!({ "single_access": id, "confirmed": yes }),
    );
    desk.commit(tx).await?;
    desk.done("/access", if yes { "access-confirmed" } else { "access-refused" })
}

/// Nothing but the act.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndForm {}

async fn end(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<EndForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::TakeAccess, Subject::Duty).await?;
    let access = store::one(&mut tx, &permit, id).await?;
    if access.staff != worker.id {
        return Err(Fault::Hidden);
    }
    let yesterday = desk.today().yesterday().unwrap_or(desk.today());
    store::end(&mut tx, &permit, id, worker.id, yesterday).await?;
    note(&desk, Action::TakeAccess, access.person, json!({ "single_access": id, "ended": true }));
    desk.commit(tx).await?;
    desk.done("/access", "access-ended")
}
