//! The whole situation, taken in once: work, money, children, health, housing (REQ-FRONT-27). What
//! follows for children and care is thought of before any measure towards a job.

use axum::extract::Path;
use jiff::Timestamp;
use onedoor_domain::entry::{
    Area, Proposal, ProposalFault, Situation, SituationFault, Wish, settle,
};
use onedoor_domain::ids::{StaffId, VisitId};
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;
use onedoor_domain::service::{Offer, ServiceKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clarify;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, SITUATION_BODY, SubjectId};
use crate::policy::{Permit, Subject};
use crate::reception::store as visits;
use crate::service::store::{self as catalogue, ServiceLine};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    READ = "select body, version from situation where visit_id = $1";
    TAKE = "insert into situation (visit_id, body, taken_by, taken_at, version)
        values ($1, $2, $3, $4, 1)";
    TAKE_AGAIN = "update situation set body = $3, taken_by = $4, taken_at = $5,
            version = version + 1
        where visit_id = $1 and version = $2";
    FORGET_OPEN = "delete from proposed_item where visit_id = $1 and state = 'open'";
    PROPOSE = "insert into proposed_item (visit_id, service_code, service_version, place, state,
            changed_by, changed_at, version)
        values ($1, $2, $3, $4, 'open', $5, $6, 1)
        on conflict (visit_id, service_code) do update set place = $4";
    PROPOSALS = "select p.service_code, s.kind, t.name, p.state, p.version, p.place
        from proposed_item p
        join service s on s.code = p.service_code and s.version = p.service_version
        join service_text t on t.code = p.service_code and t.version = p.service_version
            and t.language = $2
        where p.visit_id = $1 order by p.place limit 100";
    SET = "update proposed_item set state = $4, changed_by = $5, changed_at = $6, version = version + 1
        where visit_id = $1 and service_code = $2 and version = $3";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<SituationPage, _, _>("/visits/{id}/situation", "The whole situation", show)
        .act::<SituationForm, _, _>(
            "/visits/{id}/situation",
            "Takes in the whole situation, and proposes what follows from it",
            take,
        )
        .act::<ProposedItemForm, _, _>(
            "/visits/{id}/proposals",
            "Notes what became of a proposal",
            set,
        )
}

/// What is kept of a situation, as one sealed text.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Body {
    areas: Vec<(String, String)>,
    has_children: bool,
    is_alone: bool,
    first_job: bool,
    told: String,
}

/// The whole situation as typed into the form.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SituationForm {
    /// Work and learning: `fine`, `help` or `unsaid`.
    #[serde(default)]
    pub(crate) work: String,
    /// Money and debt.
    #[serde(default)]
    pub(crate) money: String,
    /// Children and family.
    #[serde(default)]
    pub(crate) children: String,
    /// Health.
    #[serde(default)]
    pub(crate) health: String,
    /// Where they live.
    #[serde(default)]
    pub(crate) housing: String,
    /// `yes` with children at home.
    #[serde(default)]
    pub(crate) has_children: String,
    /// `yes` when alone with them.
    #[serde(default)]
    pub(crate) is_alone: String,
    /// `yes` for somebody who goes to work for the first time, or again after long.
    #[serde(default)]
    pub(crate) first_job: String,
    /// In own words; may be empty.
    #[serde(default)]
    pub(crate) told: String,
    /// The version that was shown; 0 for none.
    #[serde(default)]
    pub(crate) version: String,
}

impl SituationForm {
    fn of(&self, area: Area) -> &str {
        match area {
            Area::Work => &self.work,
            Area::Money => &self.money,
            Area::Children => &self.children,
            Area::Health => &self.health,
            Area::Housing => &self.housing,
        }
    }

    /// Whether a part is answered so, for the template.
    pub(crate) fn is(&self, area: &str, wish: &str) -> bool {
        Area::parse(area).is_some_and(|area| self.of(area) == wish)
    }
}

/// A proposal in its order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProposedItemLine {
    /// The service.
    pub(crate) service: String,
    /// What kind of help.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) name: String,
    /// `open`, `wanted`, `declined` or `started`.
    pub(crate) state: String,
    pub(crate) version: i64,
}

/// The whole situation and what follows.
#[derive(Serialize, ToSchema)]
pub(crate) struct SituationPage {
    pub(crate) id: String,
    pub(crate) ticket: i64,
    pub(crate) taken: bool,
    pub(crate) areas: Vec<String>,
    pub(crate) wishes: Vec<String>,
    /// To what a proposal may go.
    pub(crate) states: Vec<String>,
    pub(crate) proposals: Vec<ProposedItemLine>,
    /// Whether child care or family help must be talked about first.
    pub(crate) family_first: bool,
    pub(crate) form: SituationForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(SituationPage, "entry/pages/situation.html");

fn subject(permit: &Permit) -> Result<SubjectId, Fault> {
    Ok(match permit.person() {
        Some(person) => person.into(),
        None => permit.visit()?.into(),
    })
}

/// What was told, and its version; the first is kept until somebody corrects it.
async fn told(link: &mut Link, permit: &Permit) -> Result<Option<(Body, i64)>, Fault> {
    let Some(mut row) = link.row(permit.opens(&READ), args![permit.visit()?]).await? else {
        return Ok(None);
    };
    let key = Key::look_up(link, permit, subject(permit)?).await?;
    let body = key.open(SITUATION_BODY, row.get(0)?)?;
    Ok(Some((serde_json::from_str(&body).unwrap_or_default(), row.get(1)?)))
}

/// The proposals of the permit's visit, in the order in which they are thought of.
pub(super) async fn proposals(
    link: &mut Link,
    permit: &Permit,
    language: Language,
) -> Result<Vec<ProposedItemLine>, Fault> {
    let rows =
        link.rows(permit.opens(&PROPOSALS), args![permit.visit()?, language.as_str()]).await?;
    let read = |mut row: Row| -> Result<ProposedItemLine, DbError> {
        Ok(ProposedItemLine {
            service: row.get(0)?,
            kind: row.get(1)?,
            name: row.get(2)?,
            state: row.get(3)?,
            version: row.get(4)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// Kind and state of proposals, as the rule asks for them.
pub(super) fn beside(list: &[ProposedItemLine]) -> Vec<(ServiceKind, Proposal)> {
    list.iter()
        .filter_map(|one| Some((ServiceKind::parse(&one.kind)?, Proposal::parse(&one.state)?)))
        .collect()
}

fn yes(flag: bool) -> String {
    if flag { "yes".into() } else { String::new() }
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<SituationPage, Fault> {
    let stored = visits::read_own(link, permit).await?;
    let told = told(link, permit).await?;
    let proposals = proposals(link, permit, desk.words().language()).await?;
    let mut form = SituationForm { version: "0".into(), ..SituationForm::default() };
    if let Some((body, version)) = &told {
        let of = |area: Area| {
            let found = body.areas.iter().find(|(one, _)| one == area.as_str());
            found.map(|(_, wish)| wish.clone()).unwrap_or_default()
        };
        form = SituationForm {
            work: of(Area::Work),
            money: of(Area::Money),
            children: of(Area::Children),
            health: of(Area::Health),
            housing: of(Area::Housing),
            has_children: yes(body.has_children),
            is_alone: yes(body.is_alone),
            first_job: yes(body.first_job),
            told: body.told.clone(),
            version: version.to_string(),
        };
    }
    let waits = beside(&proposals)
        .iter()
        .any(|(kind, state)| kind.comes_before_work() && *state == Proposal::Open);
    Ok(SituationPage {
        id: permit.visit()?.to_string(),
        ticket: stored.ticket,
        taken: told.is_some(),
        areas: Area::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        wishes: Wish::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        states: [Proposal::Wanted, Proposal::Declined, Proposal::Started]
            .iter()
            .map(|it| it.as_str().to_owned())
            .collect(),
        proposals,
        family_first: waits,
        form,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::TakeSituation, Subject::Visit(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

fn read(form: &SituationForm, faults: &mut Faults) -> Option<Situation> {
    let mut areas = Vec::new();
    for area in Area::ALL {
        if let Some(wish) = Wish::parse(form.of(*area).trim()) {
            areas.push((*area, wish));
        }
    }
    let is = |text: &str| text == "yes";
    let flags = (is(&form.has_children), is(&form.is_alone), is(&form.first_job));
    match Situation::new(&areas, flags) {
        Ok(situation) => Some(situation),
        Err(SituationFault::Part(area)) => {
            faults.add(area.as_str(), "situation-part");
            None
        }
    }
}

/// Keeps what was told, sealed; the version that was shown must be the one that is there.
async fn keep(
    tx: &mut Tx,
    permit: &Permit,
    body: &Body,
    version: i64,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, subject(permit)?).await?;
    let text = serde_json::to_string(body).map_err(|error| Fault::Defect(error.to_string()))?;
    let sealed = key.seal(SITUATION_BODY, &text)?;
    let visit = permit.visit()?;
    if version > 0 {
        tx.run_one(permit.opens(&TAKE_AGAIN), args![visit, version, sealed, by, now]).await?;
    } else if tx.row(permit.opens(&READ), args![visit]).await?.is_some() {
        return Err(Fault::conflict("stale"));
    } else {
        tx.run_one(permit.opens(&TAKE), args![visit, sealed, by, now]).await?;
    }
    Ok(())
}

/// Writes the proposals in their order; what was talked about already stays as it is.
async fn propose(
    tx: &mut Tx,
    permit: &Permit,
    situation: &Situation,
    all: &[ServiceLine],
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    let offers: Vec<Offer> = all.iter().filter_map(ServiceLine::offer).collect();
    let visit = permit.visit()?;
    tx.run(permit.opens(&FORGET_OPEN), args![visit]).await?;
    for (place, offer) in (1_i64..).zip(situation.propose(&offers)) {
        let Some(service) = all.iter().find(|one| one.code == offer.code) else { continue };
        let args = args![visit, &service.code, service.version, place, by, now];
        tx.run_one(permit.opens(&PROPOSE), args).await?;
    }
    Ok(())
}

async fn take(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<SituationForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::TakeSituation, Subject::Visit(id)).await?;
    visits::read_own(&mut tx, &permit).await?;
    let mut faults = Faults::default();
    let situation = read(&form, &mut faults);
    let told = faults.optional_paragraph("told", &form.told);
    let (Some(situation), true) = (situation, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let codes = situation.areas.iter();
    let body = Body {
        areas: codes.map(|(a, w)| (a.as_str().to_owned(), w.as_str().to_owned())).collect(),
        has_children: situation.has_children,
        is_alone: situation.is_alone,
        first_job: situation.first_job,
        told,
    };
    let version = form.version.trim().parse().unwrap_or_default();
    keep(&mut tx, &permit, &body, version, worker.id, desk.now()).await?;
    let all = catalogue::all(&mut tx, desk.words().language()).await?;
    propose(&mut tx, &permit, &situation, &all, worker.id, desk.now()).await?;
    clarify::begin(&desk, &mut tx, &permit, &situation.agencies()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/situation"), "situation-taken")
}

/// What became of a proposal.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ProposedItemForm {
    /// The service.
    #[serde(default)]
    pub(crate) service: String,
    /// `wanted`, `declined` or `started`.
    #[serde(default)]
    pub(crate) state: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// REQ-FRONT-27: a job measure does not start before child care and family help were talked about.
async fn set(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<ProposedItemForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::TakeSituation, Subject::Visit(id)).await?;
    visits::read_own(&mut tx, &permit).await?;
    let list = proposals(&mut tx, &permit, desk.words().language()).await?;
    let mut faults = Faults::default();
    let one = list.iter().find(|one| one.service == form.service.trim());
    if one.is_none() {
        faults.add("service", "choose");
    }
    let state = faults.choice("state", &form.state, Proposal::parse);
    if let (Some(one), Some(state)) = (one, state)
        && let Some(kind) = ServiceKind::parse(&one.kind)
        && let Err(ProposalFault::FamilyFirst) = settle(kind, state, &beside(&list))
    {
        faults.add("state", "proposal-family-first");
    }
    let (Some(one), Some(state), true) = (one, state, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let version = form.version.trim().parse().unwrap_or(one.version);
    let args = args![id, &one.service, version, state.as_str(), worker.id, desk.now()];
    tx.run_one(permit.opens(&SET), args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/situation"), "proposal-set")
}
