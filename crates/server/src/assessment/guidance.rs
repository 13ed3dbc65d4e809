//! From answers to needs, from needs to their one owner and to kinds of help (REQ-MAP-04,
//! REQ-MAP-05, REQ-MAP-06, REQ-MAP-11). What it says is guidance: a worker records a need, and no
//! rule does.

use axum::extract::Path;
use onedoor_domain::assessment::{Boundary, BoundaryRow, Found, HelpKind, Side};
use onedoor_domain::ids::{AgencyId, PersonId, UnitId};
use onedoor_domain::need::{NeedKind, NeedSource, SaidBy};
use onedoor_domain::secrecy::{Action, Categories, Category, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::pages::{Seen, seen};
use super::store::Assessment;
use super::{attempts, instruments};
use crate::consent::disclosures::{self, Passed};
use crate::db::{Link, Tx};
use crate::journal::Entry;
use crate::need::{self, NewNeed};
use crate::office::store as offices;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::service::store::{self as catalogue, ServiceLine};
use crate::walls::{self, Standing, Telling};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<GuidancePage, _, _>(
            "/persons/{id}/assessments/{assessment}/needs",
            "What answers point to: needs, owners and kinds of help",
            show,
        )
        .act::<NeedForm, _, _>(
            "/persons/{id}/assessments/{assessment}/needs",
            "Records a need with its one owner",
            record,
        )
}

/// The table that is in force.
fn boundary() -> Result<&'static Boundary, Fault> {
    Boundary::shipped().map_err(|_| Fault::Defect("the boundary table has faults".into()))
}

/// An answer that points to a need.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReasonLine {
    pub(crate) item: String,
    pub(crate) text: String,
    /// `person` or `worker`.
    pub(crate) side: String,
    pub(crate) step: u8,
    pub(crate) anchor: String,
}

/// A kind of help that fits a need.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HelpLine {
    pub(crate) kind: String,
    /// What the catalogue offers, by name.
    pub(crate) offers: Vec<String>,
    /// Nothing in the catalogue is of this kind (REQ-MAP-06).
    pub(crate) unmet: bool,
    /// The day on which the same sort failed before; empty where it did not (REQ-MAP-17).
    pub(crate) failed_on: String,
    /// How it ended then.
    pub(crate) failed: String,
    /// Why.
    pub(crate) failed_reason: String,
}

/// A need that answers point to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FoundLine {
    pub(crate) kind: String,
    pub(crate) because: Vec<ReasonLine>,
    /// The one unit that owns it.
    pub(crate) unit: String,
    /// The unit's agency.
    pub(crate) agency: String,
    /// Why it stays with the one who found it; empty where it goes to its owner.
    pub(crate) held_back: String,
    pub(crate) helps: Vec<HelpLine>,
    /// Nothing is offered for it at all (REQ-MAP-06).
    pub(crate) unmet: bool,
    /// What was recorded of it: `open`, `met` and so on; empty where it was not.
    pub(crate) recorded: String,
    pub(crate) person_rank: Option<i64>,
    pub(crate) worker_rank: Option<i64>,
    /// Whether person and worker rank it differently (REQ-MAP-22).
    pub(crate) differs: bool,
}

/// What answers point to.
#[derive(Serialize, ToSchema)]
pub(crate) struct GuidancePage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) assessment: String,
    pub(crate) found: Vec<FoundLine>,
    /// Whether they fall under several agencies: then all of them work together (REQ-MAP-11).
    pub(crate) several: bool,
    pub(crate) kinds: Vec<String>,
    pub(crate) may_write: bool,
    pub(crate) form: NeedForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(GuidancePage, "assessment/pages/guidance.html");

/// A need to be recorded.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NeedForm {
    /// The kind of need.
    #[serde(default)]
    pub(crate) kind: String,
    /// How pressing it is to the person, 1 to 9; may be empty.
    #[serde(default)]
    pub(crate) person_rank: String,
    /// How pressing it is in the worker's eyes.
    #[serde(default)]
    pub(crate) worker_rank: String,
    /// In the person's words; may be empty.
    #[serde(default)]
    pub(crate) words: String,
}

/// The one who owns a need.
struct Owner {
    unit: UnitId,
    unit_name: String,
    agency: AgencyId,
    agency_name: String,
    /// The code of what would open it, where the walls keep it with the one who found it.
    held_back: Option<&'static str>,
}

/// The one unit that owns a kind of need: of the agency that the boundary table says, the one
/// that is competent where the person lives, else the first of the office with a mandate, else the
/// first. Where the walls do not let it be told, it stays with the unit that found it, until
/// they do: so no need is without an owner (REQ-MAP-05, REQ-INFO-01).
async fn owner(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    row: &BoundaryRow,
) -> Result<Owner, Fault> {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let today = desk.today();
    let units = offices::units(link, office, today).await?;
    let mine = desk.actor().unit.ok_or(Fault::Denied)?;
    let mine_name = units.iter().find(|unit| unit.id == mine.to_string());
    let own = |held_back| Owner {
        unit: mine,
        unit_name: mine_name.map(|unit| unit.name.clone()).unwrap_or_default(),
        agency: worker.agency,
        agency_name: mine_name.map(|unit| unit.agency.clone()).unwrap_or_default(),
        held_back,
    };
    let Some(agency) = offices::agency_at(link, office, row.agency, today).await? else {
        return Ok(own(None));
    };
    let category = row.kind.category();
    let told = walls::telling(desk, link, permit, (worker.agency, agency), category).await?;
    if let Telling::MayNot(code) = told {
        return Ok(own(Some(code)));
    }
    let giver = walls::giver_of(link, agency, Some(office)).await?.ok_or(Fault::Hidden)?;
    let place = persons::read(link, permit).await?.basic_unit;
    if let Some(place) = place
        && let Some(there) = offices::competent(link, agency, &place, row.subject, today).await?
    {
        return Ok(Owner {
            unit: there.unit,
            unit_name: there.unit_name,
            agency,
            agency_name: giver.name,
            held_back: None,
        });
    }
    let kind = row.agency.as_str();
    let of_agency: Vec<_> = units.iter().filter(|unit| unit.agency_kind == kind).collect();
    let subject = row.subject.map(|subject| subject.as_str());
    let holds = of_agency
        .iter()
        .find(|unit| subject.is_some_and(|subject| unit.subjects.iter().any(|one| one == subject)));
    let found = holds.or_else(|| of_agency.first());
    let unit = found.and_then(|unit| unit.id.parse::<UnitId>().ok().zip(Some(&unit.name)));
    Ok(match unit {
        Some((unit, name)) => Owner {
            unit,
            unit_name: name.clone(),
            agency,
            agency_name: giver.name,
            held_back: None,
        },
        None => own(None),
    })
}

/// The kinds of help that fit, each with what the catalogue offers of it, and with a warning where
/// the same sort failed before.
fn helps(
    table: &Boundary,
    row: &BoundaryRow,
    all: &[ServiceLine],
    tried: &[onedoor_domain::assessment::Attempt],
) -> Vec<HelpLine> {
    let open = || all.iter().filter(|service| service.availability != "closed");
    row.helps
        .iter()
        .map(|help: &HelpKind| {
            let offers: Vec<String> = open()
                .filter(|service| table.offers(*help, &service.code, &service.concepts))
                .map(|service| service.name.clone())
                .collect();
            let warning = onedoor_domain::assessment::warn(*help, tried);
            let warned = warning.as_ref();
            HelpLine {
                kind: help.as_str().to_owned(),
                unmet: offers.is_empty(),
                offers,
                failed_on: warned.map(|it| it.on.to_string()).unwrap_or_default(),
                failed: warned.map(|it| it.ending.as_str().to_owned()).unwrap_or_default(),
                failed_reason: warned.map(|it| it.reason.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

async fn page(desk: &Desk, tx: &mut Tx, permit: &Permit, id: Uuid) -> Result<GuidancePage, Fault> {
    let person = persons::read(tx, permit).await?;
    let seen = seen(desk, tx, permit).await?;
    let one = seen.one(id)?;
    let (_, instrument) = instruments::one(tx, one.instrument).await?;
    let table = boundary()?;
    let language = desk.words().language();
    let all = catalogue::all(tx, language).await?;
    let tried = attempts::tried(desk, tx, permit).await?;
    let standing = Standing::of(desk, tx, permit).await?;
    let recorded = need::seen(desk, tx, permit, &standing).await?;
    let mut found = Vec::new();
    let mut kinds = Vec::new();
    for Found { kind, because } in table.found(&instrument, &seen.of(id)) {
        let Some(row) = table.row(kind) else { continue };
        let owner = owner(desk, tx, permit, row).await?;
        let reasons = because.into_iter().map(|(code, side, step)| {
            let item = instrument.item(&code);
            ReasonLine {
                text: item.map(|item| item.text.of(language).to_owned()).unwrap_or_default(),
                anchor: item.map(|item| item.anchor(step, language).to_owned()).unwrap_or_default(),
                item: code,
                side: side.as_str().to_owned(),
                step,
            }
        });
        let helps = helps(table, row, &all, &tried);
        let kept = recorded.iter().rfind(|kept| kept.need.kind == kind);
        let ranks = kept.map(|kept| (kept.need.person_rank, kept.need.worker_rank));
        let (person_rank, worker_rank) = ranks.unwrap_or_default();
        kinds.push(kind);
        found.push(FoundLine {
            kind: kind.as_str().to_owned(),
            because: reasons.collect(),
            unit: owner.unit_name,
            agency: owner.agency_name,
            held_back: owner.held_back.unwrap_or_default().to_owned(),
            unmet: helps.iter().all(|help| help.unmet),
            helps,
            recorded: kept.map(|kept| kept.need.state.as_str().to_owned()).unwrap_or_default(),
            differs: person_rank.is_some() && worker_rank.is_some() && person_rank != worker_rank,
            person_rank,
            worker_rank,
        });
    }
    Ok(GuidancePage {
        person: person.id.to_string(),
        name: person.name(),
        assessment: id.to_string(),
        found,
        several: table.several(&kinds),
        kinds: NeedKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_write: desk.may(tx, Action::WriteAssessment, Subject::Person(person.id)).await?,
        form: NeedForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path((id, one)): Path<(PersonId, Uuid)>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadAssessment, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit, one).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

/// The need becomes its owner's: that crosses, and is noted with its rule (REQ-INFO-04).
async fn told(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (to, category): (AgencyId, Category),
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let pair = (worker.agency, to);
    let Telling::May { ground, pack, rule, consent, necessity } =
        walls::telling(desk, tx, permit, pair, category).await?
    else {
        return Ok(());
    };
    desk.note(Entry {
        action: permit.action(),
        ground: Some(ground),
        subject: permit.subject(),
        persons: permit.person().iter().map(|person| person.0).collect(),
        detail: json!({
            "pack": pack, "rule": rule, "purpose": "coordination", "to": to.to_string(),
            "category": category.as_str(), "consent": consent.map(|id| id.to_string()),
            "necessity": necessity.map(|id| id.to_string()),
        }),
    });
    let disclosure = disclosures::Disclosure {
        from: worker.agency,
        to,
        categories: Categories::only(category),
        purpose: Purpose::Coordination,
        ground: ground.as_str().to_owned(),
        rule,
        pack,
        consent,
        necessity,
        what: json!({ "act": permit.action().as_str() }),
        form: Passed::Message,
        by: Some(worker.id),
        to_staff: None,
    };
    disclosures::disclose(tx, permit, &disclosure, desk.now()).await
}

fn rank(field: &str, text: &str, faults: &mut Faults) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let rank = text.parse::<i64>().ok().filter(|rank| (1..=9).contains(rank));
    if rank.is_none() {
        faults.add(field, "need-rank");
    }
    rank
}

/// REQ-MAP-05: a need that is recorded gets exactly one owner, by the boundary table.
async fn record(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<NeedForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let head = seen(&desk, &mut tx, &permit).await?.one(one)?.clone();
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, NeedKind::parse);
    let person_rank = rank("person_rank", &form.person_rank, &mut faults);
    let worker_rank = rank("worker_rank", &form.worker_rank, &mut faults);
    let words = faults.optional_paragraph("words", &form.words);
    let (Some(kind), true) = (kind, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit, one).await?;
        desk.commit(tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let row =
        boundary()?.row(kind).ok_or_else(|| Fault::Defect("a need without an owner".into()))?;
    let owner = owner(&desk, &mut tx, &permit, row).await?;
    if owner.agency != worker.agency {
        told(&desk, &mut tx, &permit, (owner.agency, kind.category())).await?;
    }
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let new = NewNeed {
        kind,
        said_by: said_by(&head, &permit, &desk, &mut tx, kind).await?,
        person_rank,
        worker_rank,
        unit: owner.unit,
        agency: owner.agency,
        words: &words,
        source: NeedSource::Assessment,
        source_id: Some(one),
        on: desk.today(),
        by: Some(worker.id),
    };
    need::note(&desk, &mut tx, &permit, &standing, &new).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{one}/needs"), "need-recorded")
}

/// Who said it: the person, where one of their answers points to it; else the worker.
async fn said_by(
    head: &Assessment,
    permit: &Permit,
    desk: &Desk,
    tx: &mut Tx,
    kind: NeedKind,
) -> Result<SaidBy, Fault> {
    let (_, instrument) = instruments::one(tx, head.instrument).await?;
    let seen: Seen = seen(desk, tx, permit).await?;
    let found = boundary()?.found(&instrument, &seen.of(head.id));
    let by_person = found.iter().any(|one| {
        one.kind == kind && one.because.iter().any(|(_, side, _)| *side == Side::Person)
    });
    Ok(if by_person { SaidBy::Person } else { SaidBy::Worker })
}
