//! What a visitor is offered, guided on and promised (REQ-FRONT-04, REQ-FRONT-15, REQ-FRONT-16,
//! REQ-FRONT-21). Options of work and activity stand in every matter.

use axum::extract::Path;
use onedoor_domain::entry::{Guidance, Proposal, ProposalFault, settle};
use onedoor_domain::ids::VisitId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::service::ServiceKind;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{contacts, situation, work};
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::reception::store as visits;
use crate::service::promises::{self, PromiseLine};
use crate::service::store::{self as catalogue, ServiceLine};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OfferPage, _, _>("/visits/{id}/services", "What the visitor's needs lead to", show)
        .act::<OfferForm, _, _>(
            "/visits/{id}/services",
            "Notes what was offered, and subjects of guidance",
            offer,
        )
        .act::<PromiseForm, _, _>("/visits/{id}/promises", "Notes what was promised", promise)
}

/// What was offered.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OfferForm {
    /// Services that were offered.
    #[serde(default)]
    pub(crate) service: Vec<String>,
    /// Subjects of guidance: `jobs`, `qualification`, `rights`.
    #[serde(default)]
    pub(crate) guidance: Vec<String>,
}

/// What was promised.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PromiseForm {
    /// The service.
    #[serde(default)]
    pub(crate) promised: String,
    /// What was said.
    #[serde(default)]
    pub(crate) text: String,
}

/// What a visitor's needs lead to.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferPage {
    pub(crate) id: String,
    pub(crate) ticket: i64,
    pub(crate) known: bool,
    /// The same at every reception.
    pub(crate) services: Vec<ServiceLine>,
    /// Options of work and activity, which stand in every matter.
    pub(crate) work: Vec<ServiceLine>,
    /// That work is no aim for the person now, and why; empty while it is.
    pub(crate) no_work: String,
    pub(crate) offered: Vec<String>,
    pub(crate) guided: Vec<String>,
    pub(crate) subjects: Vec<String>,
    pub(crate) promises: Vec<PromiseLine>,
    /// Everything that can be promised, to choose from.
    pub(crate) all: Vec<ServiceLine>,
    pub(crate) form: PromiseForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OfferPage, "entry/pages/offer.html");

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<OfferPage, Fault> {
    let stored = visits::read_whole(link, permit).await?;
    let marks = visits::marks(link, permit).await?;
    let of = |kind: &str| -> Vec<String> {
        marks.iter().filter(|(one, _)| one == kind).map(|(_, code)| code.clone()).collect()
    };
    let guided = of("guidance");
    let subjects: Vec<Guidance> = guided.iter().filter_map(|one| Guidance::parse(one)).collect();
    let mut needs = stored.needs.clone();
    needs.extend(contacts::needs_of(&subjects));
    let language = desk.words().language();
    let all = catalogue::all(link, language).await?;
    let services = catalogue::offered_for(link, language, &needs).await?;
    let is_work = |one: &&ServiceLine| {
        ServiceKind::parse(&one.kind).is_some_and(ServiceKind::is_work)
            && !services.iter().any(|it| it.code == one.code)
    };
    Ok(OfferPage {
        id: permit.visit()?.to_string(),
        ticket: stored.ticket,
        known: stored.person.is_some(),
        work: all.iter().filter(is_work).cloned().collect(),
        services,
        no_work: work::reason_of(link, permit).await?,
        offered: of("offer"),
        guided,
        subjects: Guidance::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        promises: promises::of_person(link, permit, desk.actor().agency, language).await?,
        all,
        form: PromiseForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::Promise, Subject::Visit(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn offer(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<OfferForm>) -> Reply {
    desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Promise, Subject::Visit(id)).await?;
    visits::read_whole(&mut tx, &permit).await?;
    let mut faults = Faults::default();
    let all = catalogue::all(&mut tx, desk.words().language()).await?;
    if form.service.iter().any(|code| !all.iter().any(|one| one.code == *code)) {
        faults.add("service", "choose");
    }
    let subjects: Vec<Guidance> =
        form.guidance.iter().filter_map(|one| Guidance::parse(one)).collect();
    if subjects.len() < form.guidance.len() {
        faults.add("guidance", "choose");
    }
    if !faults.is_empty() {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    }
    let by = desk.actor().id;
    for code in &form.service {
        visits::mark(&mut tx, &permit, id, ("offer", code), by, desk.now()).await?;
    }
    for one in subjects {
        visits::mark(&mut tx, &permit, id, ("guidance", one.as_str()), by, desk.now()).await?;
    }
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/services"), "offer-kept")
}

/// REQ-FRONT-21: what is promised is kept with the version of the catalogue that was read.
async fn promise(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<PromiseForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Promise, Subject::Visit(id)).await?;
    let visit = visits::read_whole(&mut tx, &permit).await?;
    let mut faults = Faults::default();
    let language = desk.words().language();
    let service = catalogue::one(&mut tx, language, form.promised.trim()).await?;
    if service.is_none() {
        faults.add("promised", "choose");
    }
    let said = text::required(&form.text, text::PARAGRAPH);
    let said = faults.take("text", said, |e| e.code().into()).unwrap_or_default();
    if permit.person().is_none() {
        faults.add("promised", "visit-needs-person");
    }
    // Nothing towards a job is set going before the children are thought of (REQ-FRONT-27).
    let beside = situation::beside(&situation::proposals(&mut tx, &permit, language).await?);
    if let Some(kind) = service.as_ref().and_then(|one| ServiceKind::parse(&one.kind))
        && let Err(ProposalFault::FamilyFirst) = settle(kind, Proposal::Started, &beside)
    {
        faults.add("promised", "proposal-family-first");
    }
    let (Some(service), true) = (service, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let by = (worker.id, worker.agency, visit.office);
    promises::make(&mut tx, &permit, &service, &said, by, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/services"), "promise-kept")
}
