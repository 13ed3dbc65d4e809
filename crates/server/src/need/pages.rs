//! A person's needs on one page: said, ranked, answered for.

use axum::extract::Path;
use onedoor_domain::ids::{NeedId, PersonId, UnitId};
use onedoor_domain::need::{LAST_RANK, NeedKind, NeedSource, NeedState, SaidBy};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{Kept, NewNeed};
use crate::db::{Link, Tx};
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::walls::Standing;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<NeedsPage, _, _>("/persons/{id}/needs", "What a person needs", show)
        .act::<NeedForm, _, _>("/persons/{id}/needs", "Notes a need with its owner", note)
        .act::<StateForm, _, _>(
            "/persons/{id}/needs/{need}/state",
            "Says what became of a need",
            settle,
        )
        .act::<OwnerForm, _, _>(
            "/persons/{id}/needs/{need}/owner",
            "Gives a need to another unit",
            hand,
        )
}

/// A need as typed into the form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NeedForm {
    /// A code of the closed list of needs.
    #[serde(default)]
    pub(crate) kind: String,
    /// `person` or `worker`.
    #[serde(default)]
    pub(crate) said_by: String,
    /// In the person's words; may be empty.
    #[serde(default)]
    pub(crate) words: String,
    /// How pressing it is to the person, 1 to 9; may be empty.
    #[serde(default)]
    pub(crate) person_rank: String,
    /// How pressing it is in the worker's eyes, 1 to 9; may be empty.
    #[serde(default)]
    pub(crate) worker_rank: String,
    /// The unit that answers for it; the caller's own when empty.
    #[serde(default)]
    pub(crate) unit: String,
}

/// What became of a need.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StateForm {
    /// `open`, `met`, `partly_met`, `unmet` or `withdrawn`.
    #[serde(default)]
    pub(crate) state: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// Another owner.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OwnerForm {
    /// The unit.
    #[serde(default)]
    pub(crate) unit: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// A need as it is shown.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct NeedLine {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) said_by: String,
    pub(crate) words: String,
    pub(crate) person_rank: Option<i64>,
    pub(crate) worker_rank: Option<i64>,
    pub(crate) agency: String,
    pub(crate) unit: String,
    pub(crate) source: String,
    pub(crate) on: String,
    pub(crate) state: String,
    pub(crate) reason: String,
    /// Who wrote it down; empty where it was another agency.
    pub(crate) by: String,
    pub(crate) version: i64,
    /// Whether the reader's agency owns it and may change it.
    pub(crate) own: bool,
}

impl NeedLine {
    /// A need before one reader.
    pub(crate) fn of(kept: &Kept, reader: onedoor_domain::ids::AgencyId) -> Self {
        let own = kept.need.agency == reader;
        Self {
            id: kept.id.to_string(),
            kind: kept.need.kind.as_str().to_owned(),
            category: kept.need.kind.category().as_str().to_owned(),
            said_by: kept.said_by.as_str().to_owned(),
            words: kept.words.clone(),
            person_rank: kept.need.person_rank,
            worker_rank: kept.need.worker_rank,
            agency: kept.agency_name.clone(),
            unit: kept.unit_name.clone(),
            source: kept.source.as_str().to_owned(),
            on: kept.on.to_string(),
            state: kept.need.state.as_str().to_owned(),
            reason: kept.need.reason.clone(),
            by: if own { kept.by.clone() } else { String::new() },
            version: kept.version,
            own,
        }
    }
}

/// A person's needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct NeedsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    /// The needs that stand, the most pressing to the person first.
    pub(crate) standing: Vec<NeedLine>,
    /// Those that are met or withdrawn.
    pub(crate) settled: Vec<NeedLine>,
    pub(crate) may_note: bool,
    pub(crate) kinds: Vec<String>,
    pub(crate) states: Vec<String>,
    pub(crate) ranks: Vec<i64>,
    pub(crate) units: Vec<Choice>,
    pub(crate) form: NeedForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(NeedsPage, "need/pages/needs.html");

/// The units of the reader's office, by name.
pub(crate) async fn units(desk: &Desk, link: &mut Link) -> Result<Vec<Choice>, Fault> {
    let all = offices::units(link, desk.office()?, desk.today()).await?;
    let choice = |unit: offices::UnitLine| Choice {
        name: format!("{}, {}", unit.name, unit.agency),
        id: unit.id,
    };
    Ok(all.into_iter().map(choice).collect())
}

async fn page(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<NeedsPage, Fault> {
    let standing = Standing::of(desk, tx, permit).await?;
    let identity = persons::read(tx, permit).await?;
    let mut all = super::seen(desk, tx, permit, &standing).await?;
    all.sort_by_key(|one| {
        let (person, worker) = (one.need.person_rank, one.need.worker_rank);
        (person.unwrap_or(LAST_RANK + 1), worker.unwrap_or(LAST_RANK + 1))
    });
    let (stands, settled): (Vec<Kept>, Vec<Kept>) =
        all.into_iter().partition(|one| one.need.state.stands());
    let lines = |all: Vec<Kept>| -> Vec<NeedLine> {
        all.iter().map(|one| NeedLine::of(one, standing.receiver())).collect()
    };
    let person = permit.the_person()?;
    Ok(NeedsPage {
        person: person.to_string(),
        name: identity.name(),
        standing: lines(stands),
        settled: lines(settled),
        may_note: desk.may(tx, Action::NoteNeed, Subject::Person(person)).await?,
        kinds: NeedKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        states: NeedState::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ranks: (1..=LAST_RANK).collect(),
        units: units(desk, tx).await?,
        form: NeedForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    // What crosses is written down as a disclosure in the same commit as its journal row.
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadNeeds, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

async fn again(desk: &Desk, mut tx: Tx, id: PersonId, form: NeedForm, faults: Faults) -> Reply {
    let permit = desk.permit(&mut tx, Action::ReadNeeds, Subject::Person(id)).await?;
    let mut page = page(desk, &mut tx, &permit).await?;
    desk.commit(tx).await?;
    let faults = faults.into_list();
    page.form = form;
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

fn ranked(faults: &mut Faults, field: &str, value: &str) -> Option<i64> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let rank = value.parse().ok().filter(|rank| (1..=LAST_RANK).contains(rank));
    if rank.is_none() {
        faults.add(field, "need-rank");
    }
    rank
}

/// REQ-PLAN-08: a need is noted for what is needed. Whether anything is there for it is not asked.
async fn note(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<NeedForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteNeed, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, NeedKind::parse);
    let said_by = faults.choice("said_by", &form.said_by, SaidBy::parse);
    let words = faults
        .take("words", text::optional(&form.words, text::PARAGRAPH), |e| e.code().into())
        .unwrap_or_default();
    let person_rank = ranked(&mut faults, "person_rank", &form.person_rank);
    let worker_rank = ranked(&mut faults, "worker_rank", &form.worker_rank);
    let mut owner = (worker.unit, worker.agency);
    if !form.unit.trim().is_empty() {
        let unit = faults.id("unit", &form.unit).map(UnitId);
        owner = match unit {
            Some(unit) => match offices::unit(&mut tx, unit).await? {
                Some((_, agency, _)) => (unit, agency),
                None => {
                    faults.add("unit", "choose");
                    owner
                }
            },
            None => owner,
        };
    }
    let (Some(kind), Some(said_by), true) = (kind, said_by, faults.is_empty()) else {
        return again(&desk, tx, id, form, faults).await;
    };
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let new = NewNeed {
        kind,
        said_by,
        person_rank,
        worker_rank,
        unit: owner.0,
        agency: owner.1,
        words: &words,
        source: NeedSource::Entry,
        source_id: None,
        on: desk.today(),
        by: Some(worker.id),
    };
    let noted = super::note(&desk, &mut tx, &permit, &standing, &new).await?;
    desk.commit(tx).await?;
    let path = format!("/persons/{id}/needs");
    match noted {
        super::Noted::New(_) => desk.done(&path, "need-noted"),
        super::Noted::Found(_) => desk.done(&path, "need-found"),
    }
}

async fn settle(
    desk: Desk,
    Path((id, need)): Path<(PersonId, NeedId)>,
    Input(form): Input<StateForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteNeed, Subject::Person(id)).await?;
    let state = NeedState::parse(form.state.trim());
    let state = state.ok_or_else(|| Fault::field("state", "choose"))?;
    let reason = text::optional(&form.reason, text::LINE);
    let reason = reason.map_err(|fault| Fault::field("reason", fault.code()))?;
    let version = form.version.trim().parse().unwrap_or_default();
    let of = (need, version, "reason");
    super::change(&desk, &mut tx, &permit, of, |need| need.settle(state, &reason)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/needs"), "need-settled")
}

async fn hand(
    desk: Desk,
    Path((id, need)): Path<(PersonId, NeedId)>,
    Input(form): Input<OwnerForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteNeed, Subject::Person(id)).await?;
    let unit: UnitId = form.unit.trim().parse().map_err(|_| Fault::field("unit", "choose"))?;
    let found = offices::unit(&mut tx, unit).await?;
    let (_, agency, _) = found.ok_or_else(|| Fault::field("unit", "choose"))?;
    let version = form.version.trim().parse().unwrap_or_default();
    let of = (need, version, "unit");
    super::change(&desk, &mut tx, &permit, of, |need| need.hand_to(unit, agency)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/needs"), "need-handed")
}
