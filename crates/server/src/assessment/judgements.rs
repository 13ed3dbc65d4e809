//! Judgements that staff make of somebody: proposed by one, confirmed by another, with reasons and a
//! day on which they are looked at again (REQ-MAP-14, REQ-MAP-15, REQ-MAP-19). None of them closes
//! a case, a need or a plan.

use axum::extract::Path;
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::assessment::{
    Judgement, JudgementFault, JudgementKind, JudgementState, Proposal, Track, in_target_group,
};
use onedoor_domain::ids::{AgencyId, PersonId, StaffId};
use onedoor_domain::record::kept_until;
use onedoor_domain::secrecy::{Action, Category};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{JUDGEMENT_DETAIL, JUDGEMENT_SECOND, Key};
use crate::person::store as persons;
use crate::policy::{Permit, Proof, Subject};
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    // What one agency judges is for that agency and for the person: it crosses to nobody.
    OF_PERSON = "select j.id, j.agency_id, a.name, j.kind, j.track, j.detail, j.review_on, j.state,
            j.made_on, j.made_by, s.name, j.second_by, coalesce(c.name, ''), j.second_reason,
            j.second_at, j.outcome, j.version, coalesce(j.ended_on, '')
        from judgement j join agency a on a.id = j.agency_id join staff s on s.id = j.made_by
        left join staff c on c.id = j.second_by
        where j.person_id = $1 and ($3 or j.agency_id = $2) and j.kept_until >= $4
        order by j.made_at desc, j.id limit 200";
    PROPOSE = "insert into judgement (id, person_id, agency_id, office_id, kind, track, detail,
            review_on, state, made_on, made_at, made_by, second_at, second_by, second_reason,
            ended_on, outcome, outcome_on, kept_until, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'proposed', $9, $10, $11, null, null, null, null, '',
            null, $12, 1)";
    ANSWER = "update judgement set state = $4, second_by = $5, second_at = $6, second_reason = $7,
            version = version + 1
        where id = $1 and version = $2 and person_id = $3 and state = 'proposed'";
    END = "update judgement set state = 'ended', ended_on = $4, version = version + 1
        where person_id = $1 and agency_id = $2 and kind = $3 and state = 'held'";
    TAKE_BACK = "update judgement set state = 'ended', ended_on = $4, version = version + 1
        where id = $1 and version = $2 and person_id = $3 and state in ('proposed', 'held')";
    OUTCOME = "update judgement set outcome = $3, outcome_on = $4, version = version + 1
        where id = $1 and person_id = $2 and state in ('held', 'ended') and outcome = ''";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<JudgementsPage, _, _>(
            "/persons/{id}/judgements",
            "Track, work ability and other judgements of a person",
            show,
        )
        .act::<JudgementForm, _, _>(
            "/persons/{id}/judgements",
            "Proposes a judgement, which a second person must confirm",
            propose,
        )
        .act::<SecondForm, _, _>(
            "/persons/{id}/judgements/{judgement}/answer",
            "Confirms or refuses a judgement as the second person, or takes it back",
            answer,
        )
        .act::<LaterForm, _, _>(
            "/persons/{id}/judgements/{judgement}/outcome",
            "Notes what became of the person later",
            later,
        )
}

/// What is sealed of a judgement.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Detail {
    reasons: String,
    #[serde(default)]
    alters: String,
    #[serde(default)]
    offered: String,
    #[serde(default)]
    degree: Option<u8>,
    #[serde(default)]
    kept: u8,
}

/// A judgement as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Identifier.
    pub id: Uuid,
    /// Whose it is.
    pub agency: AgencyId,
    /// Its name.
    pub agency_name: String,
    /// The judgement.
    pub judgement: Judgement,
    /// The day on which it was proposed.
    pub made_on: Date,
    /// By whom.
    pub by: String,
    /// Who answered.
    pub second: String,
    /// What they said.
    pub second_reason: String,
    /// When.
    pub second_at: Option<Timestamp>,
    /// What became of the person: `work`, `activity`, `none`, or empty.
    pub outcome: String,
    /// The version of the row.
    pub version: i64,
    /// The day on which it ended.
    pub ended_on: String,
}

fn kept(mut row: Row, key: &Key) -> Result<Kept, DbError> {
    let unknown = |what: &str| DbError::Other(format!("a judgement with an unknown {what}"));
    let (kind, track): (String, String) = (row.get(3)?, row.get(4)?);
    let detail = key.open(JUDGEMENT_DETAIL, row.get(5)?)?;
    let detail: Detail = serde_json::from_str(&detail).unwrap_or_default();
    let state: String = row.get(7)?;
    let proposal = Proposal {
        track: Track::parse(&track),
        degree: detail.degree,
        kept: detail.kept,
        reasons: detail.reasons,
        alters: detail.alters,
        offered: detail.offered,
        review_on: Some(row.get(6)?),
    };
    let second: Option<StaffId> = row.get(11)?;
    Ok(Kept {
        id: row.get(0)?,
        agency: row.get(1)?,
        agency_name: row.get(2)?,
        judgement: Judgement::kept(
            JudgementKind::parse(&kind).ok_or_else(|| unknown("kind"))?,
            proposal,
            row.get(9)?,
            second,
            JudgementState::parse(&state).ok_or_else(|| unknown("state"))?,
        ),
        made_on: row.get(8)?,
        by: row.get(10)?,
        second: row.get(12)?,
        second_reason: key.open_some(JUDGEMENT_SECOND, row.get(13)?)?.unwrap_or_default(),
        second_at: row.get(14)?,
        outcome: row.get(15)?,
        version: row.get(16)?,
        ended_on: row.get(17)?,
    })
}

/// The judgements of a person: an agency's own, or all of them for the person.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    (agency, today): (Option<AgencyId>, Date),
) -> Result<Vec<Kept>, DbError> {
    let rows =
        link.rows(proof.opens(&OF_PERSON), args![person, agency, agency.is_none(), today]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, proof, person).await?;
    rows.into_iter().map(|row| kept(row, &key)).collect()
}

/// A judgement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JudgementLine {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// `work`, `activity` or `benefit`; empty for other kinds.
    pub(crate) track: String,
    /// How far the person is able to work, in percent.
    pub(crate) degree: Option<u8>,
    /// How much of a benefit they keep, in percent.
    pub(crate) kept: u8,
    /// Whether somebody with this degree is in the target group (REQ-MAP-19).
    pub(crate) in_group: bool,
    pub(crate) reasons: String,
    pub(crate) alters: String,
    pub(crate) offered: String,
    pub(crate) review_on: String,
    /// `proposed`, `held`, `refused` or `ended`.
    pub(crate) state: String,
    /// It held, and its day of review has passed: it holds no more.
    pub(crate) overdue: bool,
    pub(crate) made_on: String,
    pub(crate) agency: String,
    pub(crate) by: String,
    pub(crate) second: String,
    pub(crate) second_reason: String,
    pub(crate) ended_on: String,
    /// What became of the person later.
    pub(crate) outcome: String,
    /// Whether the caller may answer it as the second person.
    pub(crate) may_answer: bool,
    /// Whether the caller may take it back.
    pub(crate) may_take_back: bool,
    pub(crate) version: i64,
}

/// A judgement as a line; `me` is the one who reads.
pub(crate) fn line(one: Kept, me: Option<StaffId>, today: Date) -> JudgementLine {
    let proposal = one.judgement.proposal();
    let state = one.judgement.state();
    let mine = Some(one.judgement.by()) == me;
    JudgementLine {
        id: one.id.to_string(),
        kind: one.judgement.kind().as_str().to_owned(),
        track: proposal.track.map(|track| track.as_str().to_owned()).unwrap_or_default(),
        degree: proposal.degree,
        kept: proposal.kept,
        in_group: proposal.degree.is_some_and(|degree| in_target_group(degree, proposal.kept)),
        reasons: proposal.reasons.clone(),
        alters: proposal.alters.clone(),
        offered: proposal.offered.clone(),
        review_on: proposal.review_on.map(|on| on.to_string()).unwrap_or_default(),
        state: state.as_str().to_owned(),
        overdue: one.judgement.is_overdue(today),
        made_on: one.made_on.to_string(),
        agency: one.agency_name,
        by: one.by,
        second: one.second,
        second_reason: one.second_reason,
        ended_on: one.ended_on,
        outcome: one.outcome,
        may_answer: me.is_some() && !mine && state == JudgementState::Proposed,
        may_take_back: me.is_some()
            && matches!(state, JudgementState::Proposed | JudgementState::Held),
        version: one.version,
    }
}

/// The judgements of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct JudgementsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<JudgementLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) tracks: Vec<String>,
    pub(crate) may_write: bool,
    pub(crate) form: JudgementForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(JudgementsPage, "assessment/pages/judgements.html");

/// A judgement to be proposed.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct JudgementForm {
    /// `track`, `not_job_seeker` or `work_ability`.
    #[serde(default)]
    pub(crate) kind: String,
    /// The track, for that kind: `work`, `activity` or `benefit`.
    #[serde(default)]
    pub(crate) track: String,
    /// The degree of work ability in percent, for that kind.
    #[serde(default)]
    pub(crate) degree: String,
    /// How much of a benefit the person keeps beside it, in percent.
    #[serde(default)]
    pub(crate) kept: String,
    /// Why.
    #[serde(default)]
    pub(crate) reasons: String,
    /// What would alter it.
    #[serde(default)]
    pub(crate) alters: String,
    /// What else is offered.
    #[serde(default)]
    pub(crate) offered: String,
    /// The day on which it is looked at again.
    #[serde(default)]
    pub(crate) review_on: String,
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<JudgementsPage, Fault> {
    let worker = desk.worker()?;
    let person = persons::read(link, permit).await?;
    let whose = (Some(worker.agency), desk.today());
    let all = of_person(link, permit, person.id, whose).await?;
    let lines = all.into_iter().map(|one| line(one, Some(worker.id), desk.today()));
    Ok(JudgementsPage {
        person: person.id.to_string(),
        name: person.name(),
        lines: lines.collect(),
        kinds: JudgementKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        tracks: Track::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_write: desk.may(link, Action::Judge, Subject::Person(person.id)).await?,
        form: JudgementForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadAssessment, Subject::Person(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn again(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (faults, form): (Vec<FieldFault>, JudgementForm),
) -> Reply {
    let mut shown = page(desk, tx, permit).await?;
    shown.form = form;
    shown.faults.clone_from(&faults);
    desk.again(&shown, faults)
}

async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    desk: &Desk,
    judgement: &Judgement,
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let proposal = judgement.proposal();
    let detail = Detail {
        reasons: proposal.reasons.clone(),
        alters: proposal.alters.clone(),
        offered: proposal.offered.clone(),
        degree: proposal.degree,
        kept: proposal.kept,
    };
    let detail = serde_json::to_string(&detail).map_err(|it| Fault::Defect(it.to_string()))?;
    let kind = judgement.kind();
    let category = match kind {
        JudgementKind::WorkAbility => Category::Health,
        JudgementKind::Track | JudgementKind::NotJobSeeker => Category::Emp,
    };
    let args = args![
        new_id(),
        person,
        worker.agency,
        desk.office()?,
        kind.as_str(),
        proposal.track.map_or("", Track::as_str),
        key.seal(JUDGEMENT_DETAIL, &detail)?,
        proposal.review_on,
        desk.today(),
        desk.now(),
        worker.id,
        kept_until(category, desk.app().country, desk.today()),
    ];
    Ok(tx.run_one(permit.opens(&PROPOSE), args).await?)
}

async fn propose(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<JudgementForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Judge, Subject::Person(id)).await?;
    let Some(kind) = JudgementKind::parse(form.kind.trim()) else {
        let faults = vec![FieldFault::new("kind", "choose")];
        return again(&desk, &mut tx, &permit, (faults, form)).await;
    };
    let mut faults = Faults::default();
    let review_on = match form.review_on.trim() {
        "" => None,
        text => match read_date(text) {
            None => {
                faults.add("review_on", "date");
                None
            }
            on => on,
        },
    };
    let number = |text: &str| match text.trim() {
        "" => Some(0),
        text => text.parse::<u8>().ok(),
    };
    let kept = number(&form.kept);
    if kept.is_none() {
        faults.add("kept", "judgement-degree");
    }
    let proposal = Proposal {
        track: Track::parse(form.track.trim()),
        degree: form.degree.trim().parse().ok(),
        kept: kept.unwrap_or_default(),
        reasons: form.reasons.clone(),
        alters: form.alters.clone(),
        offered: form.offered.clone(),
        review_on,
    };
    let mut list = faults.into_list();
    let judgement = match Judgement::propose(kind, proposal, worker.id, desk.today()) {
        Ok(judgement) if list.is_empty() => judgement,
        Ok(_) => return again(&desk, &mut tx, &permit, (list, form)).await,
        Err(faults) => {
            for (field, code) in faults.into_iter().map(JudgementFault::code) {
                if !list.iter().any(|fault| fault.field == field) {
                    list.push(FieldFault::new(field, code));
                }
            }
            return again(&desk, &mut tx, &permit, (list, form)).await;
        }
    };
    let whose = (Some(worker.agency), desk.today());
    let waiting = of_person(&mut tx, &permit, id, whose).await?.into_iter().any(|one| {
        one.judgement.kind() == kind && one.judgement.state() == JudgementState::Proposed
    });
    if waiting {
        return Err(Fault::conflict("judgement-waits"));
    }
    insert(&mut tx, &permit, &desk, &judgement).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/judgements"), "judgement-proposed")
}

/// What the second person says.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SecondForm {
    /// `confirm`, `refuse` or `take_back`.
    #[serde(default)]
    pub(crate) answer: String,
    /// Why; must be there for a refusal.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// Nobody judges alone: whoever proposed cannot confirm. What is confirmed takes the place of what
/// the agency held before; each change has its day (REQ-MAP-15).
async fn answer(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<SecondForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Judge, Subject::Person(id)).await?;
    let whose = (Some(worker.agency), desk.today());
    let all = of_person(&mut tx, &permit, id, whose).await?;
    let found = all.into_iter().find(|kept| kept.id == one).ok_or(Fault::Hidden)?;
    let version = form.version.trim().parse().unwrap_or(found.version);
    let path = format!("/persons/{id}/judgements");
    let yes = match form.answer.trim() {
        "take_back" => {
            let args = args![one, version, id, desk.today()];
            take_back(&mut tx, &permit, args).await?;
            desk.commit(tx).await?;
            return desk.done(&path, "judgement-ended");
        }
        "confirm" => true,
        "refuse" => false,
        _ => return Err(Fault::field("answer", "choose")),
    };
    let reason = match yes {
        true => text::optional(&form.reason, text::PARAGRAPH),
        false => text::required(&form.reason, text::PARAGRAPH),
    };
    let reason = reason.map_err(|fault| Fault::field("reason", fault.code()))?;
    let answered = found.judgement.answer(worker.id, yes).map_err(|fault| match fault {
        JudgementFault::SamePerson => Fault::conflict("judgement-same-person"),
        _ => Fault::conflict("judgement-answered"),
    })?;
    if yes {
        let kind = answered.kind().as_str();
        end_held(&mut tx, &permit, args![id, worker.agency, kind, desk.today()]).await?;
    }
    let key = Key::look_up(&mut tx, &permit, id).await?;
    let sealed = key.seal(JUDGEMENT_SECOND, &reason)?;
    let state = answered.state().as_str();
    let args = args![one, version, id, state, worker.id, desk.now(), sealed];
    confirm(&mut tx, &permit, args).await?;
    desk.commit(tx).await?;
    desk.done(&path, if yes { "judgement-confirmed" } else { "judgement-refused" })
}

async fn take_back(tx: &mut Tx, permit: &Permit, args: &[crate::db::Value]) -> Result<(), Fault> {
    Ok(tx.run_one(permit.opens(&TAKE_BACK), args).await?)
}

async fn end_held(tx: &mut Tx, permit: &Permit, args: &[crate::db::Value]) -> Result<(), Fault> {
    tx.run(permit.opens(&END), args).await?;
    Ok(())
}

async fn confirm(tx: &mut Tx, permit: &Permit, args: &[crate::db::Value]) -> Result<(), Fault> {
    Ok(tx.run_one(permit.opens(&ANSWER), args).await?)
}

/// What became of the person.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct LaterForm {
    /// `work`, `activity` or `none`.
    #[serde(default)]
    pub(crate) outcome: String,
}

async fn later(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<LaterForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Judge, Subject::Person(id)).await?;
    let whose = (Some(worker.agency), desk.today());
    let all = of_person(&mut tx, &permit, id, whose).await?;
    if !all.iter().any(|kept| kept.id == one) {
        return Err(Fault::Hidden);
    }
    let outcome = form.outcome.trim();
    if !["work", "activity", "none"].contains(&outcome) {
        return Err(Fault::field("outcome", "choose"));
    }
    match tx.run(permit.opens(&OUTCOME), args![one, id, outcome, desk.today()]).await? {
        1 => {}
        _ => return Err(Fault::conflict("stale")),
    }
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/judgements"), "judgement-outcome")
}
