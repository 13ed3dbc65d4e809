//! Requests for erasure: asked, decided by one, confirmed and done by another.

use axum::extract::Path;
use onedoor_domain::ids::{PersonId, StaffId};
use onedoor_domain::keeping::{Erasure, ErasureFault, State};
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::erase;
use super::holds::note;
use super::kept::{self, Stored};
use crate::db::{DbError, Link};
use crate::journal::{Entry, SubjectKind};
use crate::person::together;
use crate::policy::{self, NOBODY, Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ErasuresPage, _, _>("/erasures", "Requests for erasure", list)
        .act::<AskForm, _, _>("/erasures", "Takes down a request for erasure", ask)
        .see::<ErasurePage, _, _>("/erasures/{id}", "One request, and what stands in its way", show)
        .act::<DecideForm, _, _>("/erasures/{id}/decide", "Decides, with a reason", decide)
        .act::<StepForm, _, _>(
            "/erasures/{id}/confirm",
            "Confirms as the second, and erases",
            confirm,
        )
        .act::<StepForm, _, _>("/erasures/{id}/withdraw", "Takes the request back", withdraw)
}

/// One request in the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasureLine {
    pub(crate) id: String,
    /// Whom it is about, for the privacy owner alone.
    pub(crate) person: Option<String>,
    pub(crate) state: String,
    pub(crate) asked_by: String,
    pub(crate) asked_at: i64,
    pub(crate) reason: String,
    pub(crate) decision: Option<String>,
    pub(crate) done_at: Option<i64>,
    pub(crate) version: i64,
}

/// The requests.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasuresPage {
    pub(crate) lines: Vec<ErasureLine>,
    pub(crate) may_ask: bool,
    pub(crate) form: AskForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ErasuresPage, "keeping/pages/erasures.html");

/// One request.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasurePage {
    pub(crate) line: ErasureLine,
    /// What stands in the way today.
    pub(crate) findings: Vec<String>,
    pub(crate) may_decide: bool,
    pub(crate) may_confirm: bool,
    pub(crate) may_withdraw: bool,
    pub(crate) form: DecideForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ErasurePage, "keeping/pages/erasure.html");

/// A new request.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct AskForm {
    /// The person's identifier, as the log names it.
    #[serde(default)]
    pub(crate) person: String,
    /// What the person says.
    #[serde(default)]
    pub(crate) reason: String,
}

/// A decision.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct DecideForm {
    /// `erase` or `refuse`.
    #[serde(default)]
    pub(crate) decision: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was seen.
    #[serde(default)]
    pub(crate) version: i64,
}

/// A step without more to say.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StepForm {
    /// The version that was seen.
    #[serde(default)]
    pub(crate) version: i64,
}

/// The privacy owner reads by their own right, a joint manager as the second.
async fn reader(desk: &Desk, link: &mut Link) -> Result<Permit, Fault> {
    let action = match desk.actor().role {
        Some(Role::JointManager) => Action::ConfirmErasure,
        _ => Action::ReadErasure,
    };
    desk.permit(link, action, Subject::Duty).await
}

fn line(desk: &Desk, stored: Stored) -> ErasureLine {
    let owner = desk.actor().role == Some(Role::PrivacyOwner);
    ErasureLine {
        id: stored.id.to_string(),
        person: owner.then(|| stored.person.to_string()),
        state: stored.state,
        asked_by: stored.asked_by,
        asked_at: stored.asked_at,
        reason: stored.reason,
        decision: stored.decision,
        done_at: stored.done_at,
        version: stored.version,
    }
}

/// The requests. Whose reasons are opened is noted before the answer goes, also when the page is
/// shown again because a form was not taken (REQ-INFO-19).
async fn listed(
    desk: &Desk,
    permit: &Permit,
    form: AskForm,
    faults: Vec<FieldFault>,
) -> Result<ErasuresPage, Fault> {
    let mut conn = desk.read().await?;
    let may_ask = desk.may(&mut conn, Action::AskErasure, Subject::Duty).await?;
    let lines = kept::erasures(&mut conn, permit, desk.actor()).await?;
    let mut persons: Vec<Uuid> = lines.iter().map(|line| line.person).collect();
    persons.sort_unstable();
    persons.dedup();
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (SubjectKind::Nothing, None),
        detail: serde_json::json!({ "rows": lines.len() }),
        persons,
    });
    Ok(ErasuresPage {
        lines: lines.into_iter().map(|stored| line(desk, stored)).collect(),
        may_ask,
        form,
        faults,
    })
}

async fn list(desk: Desk) -> Reply {
    let permit = {
        let mut conn = desk.read().await?;
        reader(&desk, &mut conn).await?
    };
    let page = listed(&desk, &permit, AskForm::default(), Vec::new()).await?;
    desk.show(&page)
}

async fn ask(desk: Desk, Input(form): Input<AskForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AskErasure, Subject::Duty).await?;
    let by = desk.actor().id.ok_or(Fault::Denied)?;
    let mut faults = Faults::default();
    let person = faults.id("person", &form.person);
    let reason = faults.line("reason", &form.reason);
    if let Some(person) = person
        && (!kept::is_person(&mut tx, &permit, person).await?
            || policy::is_barred(&desk, &mut tx, person).await?)
    {
        faults.add("person", "choose");
    }
    let faults = faults.into_list();
    let (Some(person), true) = (person, faults.is_empty()) else {
        drop(tx);
        return desk.again(&listed(&desk, &permit, form, faults.clone()).await?, faults);
    };
    let id = crate::app::new_id();
    let asked = kept::ask(&mut tx, &permit, id, person, by, desk.now(), &reason).await;
    if matches!(asked, Err(DbError::Unique { .. })) {
        return Err(Fault::conflict("erasure-open"));
    }
    asked?;
    note(&desk, &permit, person);
    desk.commit(tx).await?;
    desk.done(&format!("/erasures/{id}"), "erasure-asked")
}

/// The request as the rules see it.
fn state(stored: &Stored) -> Result<Erasure, Fault> {
    let by = stored.decided_by.map(StaffId);
    let second = stored.confirmed_by.map(StaffId);
    let state = match (stored.state.as_str(), by, second) {
        ("asked", ..) => State::Asked,
        ("approved", Some(by), _) => State::Approved { by },
        ("confirmed", Some(by), Some(second)) => State::Confirmed { by, second },
        ("refused", ..) => State::Refused,
        ("done", ..) => State::Done,
        ("withdrawn", ..) => State::Withdrawn,
        (other, ..) => return Err(Fault::Defect(format!("an erasure that is {other}"))),
    };
    Ok(Erasure { state })
}

fn refused(fault: ErasureFault) -> Fault {
    match fault {
        ErasureFault::NotNow => Fault::conflict("erasure-not-now"),
        ErasureFault::Kept => Fault::conflict("erasure-kept"),
        ErasureFault::SamePerson => Fault::conflict("erasure-same-person"),
    }
}

/// One request, noted as [`listed`] is.
async fn one(
    desk: &Desk,
    permit: &Permit,
    id: Uuid,
    (form, faults): (DecideForm, Vec<FieldFault>),
) -> Result<ErasurePage, Fault> {
    let mut conn = desk.read().await?;
    let stored = load(desk, &mut conn, permit, id).await?;
    let person = stored.person;
    let now = state(&stored)?.state;
    let findings = match now {
        State::Asked | State::Approved { .. } => {
            erase::findings(&mut conn, permit, person, desk.today()).await?
        }
        _ => Vec::new(),
    };
    let me = desk.actor().id.map(StaffId);
    let may_ask = desk.may(&mut conn, Action::AskErasure, Subject::Duty).await?;
    let may_decide = desk.may(&mut conn, Action::DecideErasure, Subject::Duty).await?;
    let may_confirm = desk.may(&mut conn, Action::ConfirmErasure, Subject::Duty).await?;
    let another = matches!(now, State::Approved { by } if Some(by) != me);
    note(desk, permit, person);
    Ok(ErasurePage {
        line: line(desk, stored),
        may_decide: may_decide && now == State::Asked,
        may_confirm: may_confirm && another && findings.is_empty(),
        may_withdraw: may_ask && matches!(now, State::Asked | State::Approved { .. }),
        findings: findings.iter().map(|finding| finding.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let permit = {
        let mut conn = desk.read().await?;
        reader(&desk, &mut conn).await?
    };
    let page = one(&desk, &permit, id, (DecideForm::default(), Vec::new())).await?;
    desk.show(&page)
}

/// One request; none about the reader, their own, or somebody they are not cleared for.
async fn load(desk: &Desk, link: &mut Link, permit: &Permit, id: Uuid) -> Result<Stored, Fault> {
    let found = kept::erasure(link, permit, id).await?;
    let person = found.as_ref().map_or(NOBODY, |stored| stored.person);
    let is_barred = policy::is_barred(desk, link, person).await?;
    found.filter(|_| !is_barred).ok_or(Fault::Hidden)
}

async fn decide(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<DecideForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::DecideErasure, Subject::Duty).await?;
    let by = desk.actor().id.ok_or(Fault::Denied)?;
    let stored = load(&desk, &mut tx, &permit, id).await?;
    let mut faults = Faults::default();
    let erases = faults.choice("decision", &form.decision, |code| match code {
        "erase" => Some(true),
        "refuse" => Some(false),
        _ => None,
    });
    let reason = faults.line("reason", &form.reason);
    let faults = faults.into_list();
    let (Some(erases), true) = (erases, faults.is_empty()) else {
        drop(tx);
        let page = one(&desk, &permit, id, (form, faults.clone())).await?;
        return desk.again(&page, faults);
    };
    let before = state(&stored)?;
    let after = if erases {
        let findings = erase::findings(&mut tx, &permit, stored.person, desk.today()).await?;
        before.approve(StaffId(by), &findings)
    } else {
        before.refuse()
    }
    .map_err(refused)?;
    let at = (id, form.version);
    let person = stored.person;
    let state = after.state.as_str();
    let by = (by, desk.now());
    kept::decide(&mut tx, &permit, person, at, (state, &reason), by).await?;
    note(&desk, &permit, stored.person);
    desk.commit(tx).await?;
    desk.done(&format!("/erasures/{id}"), "erasure-decided")
}

/// How often an erasure is tried beside others who register people meanwhile.
const TRIES: u32 = 5;

/// The second person says yes, and it is done in the same transaction: there is no
/// time in which it is agreed and not carried out.
async fn confirm(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<StepForm>) -> Reply {
    let second = desk.actor().id.ok_or(Fault::Denied)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let mut tx = desk.begin().await?;
        let permit = desk.permit(&mut tx, Action::ConfirmErasure, Subject::Duty).await?;
        let stored = load(&desk, &mut tx, &permit, id).await?;
        let person = stored.person;
        // A hold, a case or a visit that begins at this moment is found, or comes too late.
        together::keep_still(&mut tx, &permit, PersonId(person)).await?;
        let findings = erase::findings(&mut tx, &permit, person, desk.today()).await?;
        state(&stored)?
            .confirm(StaffId(second), &findings)
            .and_then(|erasure| erasure.done(&findings))
            .map_err(refused)?;
        kept::carry_out(&mut tx, &permit, (id, form.version), second, desk.now()).await?;
        let (records, renewed) =
            match erase::erase(&mut tx, &permit, &desk.app().vault, person).await {
                Ok(done) => done,
                // Somebody was registered meanwhile under the old secret.
                Err(DbError::Reference(_) | DbError::Busy(_)) if tries < TRIES => continue,
                Err(error) => return Err(error.into()),
            };
        note(&desk, &permit, person);
        desk.note(Entry {
            action: Action::ExecuteErasure,
            ground: Some(permit.ground()),
            subject: (SubjectKind::Person, Some(person)),
            detail: serde_json::json!({ "records": records.len() }),
            persons: records,
        });
        desk.commit(tx).await?;
        // It is erased and stands in the journal. If the folder of the keys cannot be
        // written now, the old secrets go at the next start, and the keeper hears of it.
        if let Err(error) = renewed.finish() {
            tracing::error!(%error, "the old secrets of an erased person are still there");
        }
        return desk.done(&format!("/erasures/{id}"), "erasure-done");
    }
}

async fn withdraw(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<StepForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AskErasure, Subject::Duty).await?;
    let stored = load(&desk, &mut tx, &permit, id).await?;
    state(&stored)?.withdraw().map_err(refused)?;
    kept::withdraw(&mut tx, &permit, (id, form.version)).await?;
    note(&desk, &permit, stored.person);
    desk.commit(tx).await?;
    desk.done(&format!("/erasures/{id}"), "erasure-withdrawn")
}
