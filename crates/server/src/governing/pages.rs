//! The bodies, and one of them with its log and its agenda.

use axum::extract::{Path, Query};
use onedoor_domain::governing::{BodyKind, Decided, Ending, ProposedAs, decide, share_decided};
use onedoor_domain::ids::StaffId;
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, BodyLine, Ended, ItemLine, MemberLine, ProposalLine, RemitLine};
use crate::db::Link;
use crate::office::choosing;
use crate::office::note;
use crate::office::store::{self as offices, Choice};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<BodiesPage, _, _>("/governing", "The bodies that govern", list)
        .act::<BodyForm, _, _>("/governing", "Sets a body up", add)
        .creating()
        .see::<BodyPage, _, _>(
            "/governing/{id}",
            "One body: members, decision log, remit and agenda",
            show,
        )
        .asking(&["place"])
        .act::<SeatForm, _, _>("/governing/{id}/members", "Gives somebody a seat", seat)
        .act::<TopicForm, _, _>("/governing/{id}/remit", "Adds a topic to the remit", topic)
        .act::<ProposalForm, _, _>(
            "/governing/{id}/proposals",
            "Enters a proposal; who sits in the steering group may decide it at once",
            propose,
        )
        .creating()
        .act::<DecisionForm, _, _>(
            "/governing/{id}/proposals/{proposal}",
            "Decides a proposal or rejects it",
            settle,
        )
        .act::<ItemForm, _, _>("/governing/{id}/agenda", "Puts an item on the agenda", item)
        .act::<EndingForm, _, _>(
            "/governing/{id}/agenda/{item}",
            "Ends an item, with minutes; a decision stands on the remit",
            end,
        )
}

/// A body, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct BodyForm {
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
    /// `steering`, `project` or `joint`.
    #[serde(default)]
    pub(crate) kind: String,
    /// First day.
    #[serde(default)]
    pub(crate) from: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The bodies.
#[derive(Serialize, ToSchema)]
pub(crate) struct BodiesPage {
    pub(crate) bodies: Vec<BodyLine>,
    pub(crate) may_edit: bool,
    pub(crate) kinds: Vec<String>,
    pub(crate) form: BodyForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(BodiesPage, "governing/pages/bodies.html");

async fn bodies_page(desk: &Desk, link: &mut Link) -> Result<BodiesPage, Fault> {
    Ok(BodiesPage {
        bodies: store::bodies(link).await?,
        may_edit: desk.may(link, Action::EditNetwork, Subject::Duty).await?,
        kinds: BodyKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form: BodyForm { from: desk.today().to_string(), ..BodyForm::default() },
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = bodies_page(&desk, &mut conn).await?;
    desk.show(&page)
}

async fn add(desk: Desk, Input(form): Input<BodyForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "governing.body", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "body-added");
    }
    let mut faults = Faults::default();
    let name = faults.line("name", &form.name);
    let kind = faults.choice("kind", &form.kind, BodyKind::parse);
    let from = faults.date("from", &form.from);
    let (Some(kind), Some(from), true) = (kind, from, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = bodies_page(&desk, &mut tx).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let id = store::add_body(&mut tx, &permit, (&name, kind), from).await?;
    let location = format!("/governing/{id}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "body", id);
    desk.commit(tx).await?;
    desk.done(&location, "body-added")
}

/// A seat, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SeatForm {
    /// Who.
    #[serde(default)]
    pub(crate) staff: String,
    /// As what.
    #[serde(default)]
    pub(crate) seat: String,
    /// First day of the term.
    #[serde(default)]
    pub(crate) from: String,
    /// First day after it; may be empty.
    #[serde(default)]
    pub(crate) until: String,
}

/// A topic of the remit, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TopicForm {
    /// What the body may decide on.
    #[serde(default)]
    pub(crate) topic: String,
    /// First day.
    #[serde(default)]
    pub(crate) since: String,
}

/// A proposal, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ProposalForm {
    /// In a few words.
    #[serde(default)]
    pub(crate) title: String,
    /// What is proposed.
    #[serde(default)]
    pub(crate) text: String,
    /// From which day it has effect, when the writer would decide it at once.
    #[serde(default)]
    pub(crate) effect_from: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// A decision.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DecisionForm {
    /// From which day it has effect; empty to reject it.
    #[serde(default)]
    pub(crate) effect_from: String,
    /// `yes` to reject.
    #[serde(default)]
    pub(crate) reject: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// An item, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ItemForm {
    /// What is to be dealt with.
    #[serde(default)]
    pub(crate) item: String,
    /// At the meeting of which day.
    #[serde(default)]
    pub(crate) meets_on: String,
}

/// The end of an item.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndingForm {
    /// `information` or `decision`.
    #[serde(default)]
    pub(crate) ending: String,
    /// The topic of the remit that a decision stands on.
    #[serde(default)]
    pub(crate) remit: String,
    /// The minutes.
    #[serde(default)]
    pub(crate) minutes: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// One body.
#[derive(Serialize, ToSchema)]
pub(crate) struct BodyPage {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) members: Vec<MemberLine>,
    pub(crate) proposals: Vec<ProposalLine>,
    pub(crate) remit: Vec<RemitLine>,
    pub(crate) items: Vec<ItemLine>,
    /// Per cent of the items dealt with that ended in a decision.
    pub(crate) share: Option<i64>,
    pub(crate) sits: bool,
    pub(crate) may_edit: bool,
    /// Whether the reader may propose: a member, a project group's member, a leader.
    pub(crate) may_propose: bool,
    /// The municipality whose units are offered to choose from, and the others.
    pub(crate) place: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) staff: Vec<Choice>,
    pub(crate) topics: Vec<Choice>,
    pub(crate) seat_form: SeatForm,
    pub(crate) topic_form: TopicForm,
    pub(crate) proposal_form: ProposalForm,
    pub(crate) item_form: ItemForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(BodyPage, "governing/pages/body.html");

async fn page(desk: &Desk, link: &mut Link, id: Uuid, place: &str) -> Result<BodyPage, Fault> {
    let (name, kind) = store::body(link, id).await?;
    let today = desk.today();
    let items = store::items(link, id).await?;
    let endings: Vec<Ending> = items.iter().filter_map(|it| Ending::parse(&it.ending)).collect();
    let may_edit = desk.may(link, Action::EditNetwork, Subject::Duty).await?;
    let remit = store::remit(link, id).await?;
    let sits = match desk.worker() {
        Ok(worker) => store::sits(link, id, worker.id, today).await?,
        Err(_) => false,
    };
    let (place, places) = choosing::place_to_choose(link, place, desk.actor().office).await?;
    Ok(BodyPage {
        id: id.to_string(),
        name,
        members: store::members(link, id).await?,
        proposals: if kind == BodyKind::Steering {
            store::proposals(link, id).await?
        } else {
            Vec::new()
        },
        kind: kind.as_str().to_owned(),
        topics: remit
            .iter()
            .map(|it| Choice { id: it.id.clone(), name: it.topic.clone() })
            .collect(),
        remit,
        share: share_decided(&endings),
        items,
        sits,
        may_propose: kind == BodyKind::Steering && proposes_as(desk, link, id).await?.is_some(),
        staff: if may_edit { choosing::all_staff(link, &place).await? } else { Vec::new() },
        place,
        places,
        may_edit,
        seat_form: SeatForm { from: today.to_string(), ..SeatForm::default() },
        topic_form: TopicForm { since: today.to_string(), ..TopicForm::default() },
        proposal_form: ProposalForm::default(),
        item_form: ItemForm { meets_on: today.to_string(), ..ItemForm::default() },
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

/// In which part the actor may propose to a steering group; none for everybody else.
async fn proposes_as(
    desk: &Desk,
    link: &mut Link,
    body: Uuid,
) -> Result<Option<ProposedAs>, Fault> {
    let Ok(worker) = desk.worker() else { return Ok(None) };
    let today = desk.today();
    if store::sits(link, body, worker.id, today).await? {
        return Ok(Some(ProposedAs::SteeringGroup));
    }
    if store::sits_in(link, BodyKind::Project, worker.id, today).await? {
        return Ok(Some(ProposedAs::ProjectGroup));
    }
    let leads = desk.actor().role == Some(Role::JointManager);
    Ok(leads.then_some(ProposedAs::LocalLeader))
}

#[derive(Default, Deserialize)]
struct Chosen {
    #[serde(default)]
    place: String,
}

async fn show(desk: Desk, Path(id): Path<Uuid>, Query(asked): Query<Chosen>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = page(&desk, &mut conn, id, &asked.place).await?;
    desk.show(&page)
}

async fn again(
    desk: &Desk,
    link: &mut Link,
    id: Uuid,
    faults: Faults,
    fill: impl FnOnce(&mut BodyPage),
) -> Reply {
    let faults = faults.into_list();
    let mut page = page(desk, link, id, "").await?;
    fill(&mut page);
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

async fn seat(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<SeatForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    store::body(&mut tx, id).await?;
    let mut faults = Faults::default();
    let staff = faults.id("staff", &form.staff).map(StaffId);
    if let Some(staff) = staff
        && offices::worker(&mut tx, staff).await?.is_none()
    {
        faults.add("staff", "choose");
    }
    let name = faults.line("seat", &form.seat);
    let (from, until) = faults.period(&form.from, &form.until);
    let (Some(staff), Some(from), true) = (staff, from, faults.is_empty()) else {
        return again(&desk, &mut tx, id, faults, |page| page.seat_form = form).await;
    };
    store::seat(&mut tx, &permit, (id, staff), &name, (from, until)).await?;
    note(&desk, &permit, "body_member", id);
    desk.commit(tx).await?;
    desk.done(&format!("/governing/{id}"), "body-seat")
}

async fn topic(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<TopicForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    store::body(&mut tx, id).await?;
    let mut faults = Faults::default();
    let topic = faults.line("topic", &form.topic);
    let since = faults.date("since", &form.since);
    let (Some(since), true) = (since, faults.is_empty()) else {
        return again(&desk, &mut tx, id, faults, |page| page.topic_form = form).await;
    };
    store::add_remit(&mut tx, &permit, id, &topic, since).await?;
    note(&desk, &permit, "remit", id);
    desk.commit(tx).await?;
    desk.done(&format!("/governing/{id}"), "remit-added")
}

/// REQ-ORG-21: an entry is a proposal until the steering group has decided. A member of the group
/// may decide it with the same entry; a date that anybody else types decides nothing.
async fn propose(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<ProposalForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Govern, Subject::Duty).await?;
    let (_, kind) = store::body(&mut tx, id).await?;
    let role = proposes_as(&desk, &mut tx, id).await?;
    let role = role.filter(|_| kind == BodyKind::Steering);
    let role = role.ok_or_else(|| Fault::conflict("not-a-member"))?;
    let once = Once::look(&desk, &mut tx, "governing.propose", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "proposal-kept");
    }
    let mut faults = Faults::default();
    let title = faults.line("title", &form.title);
    let text = text::required(&form.text, text::PARAGRAPH);
    let text = faults.take("text", text, |e| e.code().into()).unwrap_or_default();
    let wants = !form.effect_from.trim().is_empty();
    let effect = if wants { faults.date("effect_from", &form.effect_from) } else { None };
    if !faults.is_empty() {
        return again(&desk, &mut tx, id, faults, |page| {
            page.once.clone_from(&form.once);
            page.proposal_form = form;
        })
        .await;
    }
    let now = desk.now();
    let entry = (title.as_str(), text.as_str());
    let proposal = store::propose(&mut tx, &permit, id, entry, (worker.id, role), now).await?;
    let decided = effect.filter(|_| decide(role == ProposedAs::SteeringGroup) == Decided::Decision);
    if decided.is_some() {
        store::decide(&mut tx, &permit, (id, proposal, 1), decided, worker.id, now).await?;
    }
    let location = format!("/governing/{id}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "proposal", proposal);
    desk.commit(tx).await?;
    desk.done(&location, "proposal-kept")
}

async fn settle(
    desk: Desk,
    Path((id, proposal)): Path<(Uuid, Uuid)>,
    Input(form): Input<DecisionForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Govern, Subject::Duty).await?;
    store::is_proposal(&mut tx, id, proposal).await?;
    let sits = store::sits(&mut tx, id, worker.id, desk.today()).await?;
    if decide(sits) == Decided::StaysProposal {
        return Err(Fault::conflict("stays-proposal"));
    }
    let mut faults = Faults::default();
    let rejects = form.reject == "yes";
    let effect = if rejects { None } else { faults.date("effect_from", &form.effect_from) };
    if !faults.is_empty() {
        return again(&desk, &mut tx, id, faults, |_| ()).await;
    }
    let version = form.version.trim().parse().unwrap_or_default();
    let which = (id, proposal, version);
    store::decide(&mut tx, &permit, which, effect, worker.id, desk.now()).await?;
    note(&desk, &permit, "proposal_decided", proposal);
    desk.commit(tx).await?;
    desk.done(&format!("/governing/{id}"), "proposal-decided")
}

async fn item(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<ItemForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Govern, Subject::Duty).await?;
    store::body(&mut tx, id).await?;
    if !store::sits(&mut tx, id, worker.id, desk.today()).await? {
        return Err(Fault::conflict("not-a-member"));
    }
    let mut faults = Faults::default();
    let title = faults.line("item", &form.item);
    let meets_on = faults.date("meets_on", &form.meets_on);
    let (Some(meets_on), true) = (meets_on, faults.is_empty()) else {
        return again(&desk, &mut tx, id, faults, |page| page.item_form = form).await;
    };
    store::add_item(&mut tx, &permit, id, (&title, ""), meets_on, desk.now()).await?;
    note(&desk, &permit, "agenda_item", id);
    desk.commit(tx).await?;
    desk.done(&format!("/governing/{id}"), "agenda-added")
}

/// REQ-ORG-24: a decision outside the centrally agreed list is blocked.
async fn end(
    desk: Desk,
    Path((id, item)): Path<(Uuid, Uuid)>,
    Input(form): Input<EndingForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Govern, Subject::Duty).await?;
    let (today, mut faults) = (desk.today(), Faults::default());
    store::is_item(&mut tx, id, item).await?;
    if !store::sits(&mut tx, id, worker.id, today).await? {
        return Err(Fault::conflict("not-a-member"));
    }
    let ending = faults.choice("ending", &form.ending, Ending::parse);
    if ending == Some(Ending::Open) {
        faults.add("ending", "choose");
    }
    let minutes = text::required(&form.minutes, text::PARAGRAPH);
    let minutes = faults.take("minutes", minutes, |e| e.code().into()).unwrap_or_default();
    let mut topic = None;
    if ending == Some(Ending::Decision) {
        topic = form.remit.trim().parse::<Uuid>().ok();
        let inside = match topic {
            Some(topic) => store::in_remit(&mut tx, (id, topic), today).await?,
            None => false,
        };
        if !inside {
            faults.add("remit", "outside-remit");
        }
    }
    let (Some(ending), true) = (ending, faults.is_empty()) else {
        return again(&desk, &mut tx, id, faults, |_| ()).await;
    };
    let version = form.version.trim().parse().unwrap_or_default();
    let ended = Ended { body: id, item, version, ending, topic, minutes: &minutes };
    store::end_item(&mut tx, &permit, ended).await?;
    note(&desk, &permit, "agenda_ended", item);
    desk.commit(tx).await?;
    desk.done(&format!("/governing/{id}"), "agenda-ended")
}
