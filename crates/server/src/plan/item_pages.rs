//! What is done about an item of a plan: taken on, begun, done, given up, moved,
//! handed on, looked at (REQ-PLAN-02, REQ-PLAN-05, REQ-PLAN-11, REQ-PLAN-14).

use axum::extract::Path;
use onedoor_domain::ids::{PersonId, PlanItemId, StaffId, UnitId};
use onedoor_domain::need::NeedState;
use onedoor_domain::plan::item::{BreachKind, Evaluation, Weighing};
use onedoor_domain::plan::order::{After, circle};
use onedoor_domain::plan::{Item, ItemFault, ItemState, Owner};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::items::{self, StoredItem};
use super::pages;
use super::store::{self, NewEvent};
use super::view::{ItemLine, Seen};
use crate::db::{Link, Tx};
use crate::need;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::walls::Standing;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ItemPage, _, _>(
            "/persons/{id}/plan/items/{item}",
            "An item of a plan, what it binds, and what waits for what",
            show,
        )
        .act::<ItemAct, _, _>(
            "/persons/{id}/plan/items/{item}",
            "Does something about an item: accept, start, finish, withdraw, lack, days, ask, take, decline, evaluate, after, not_after",
            act,
        )
        .act::<ConfirmForm, _, _>(
            "/persons/{id}/plan/items/{item}/confirm",
            "Confirms as the unit's manager that an item is more than its capacity",
            confirm,
        )
}

/// What is done about an item.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ItemAct {
    /// `accept`, `start`, `finish`, `withdraw`, `lack`, `days`, `ask`, `take`, `decline`,
    /// `evaluate`, `after` or `not_after`.
    #[serde(default)]
    pub(crate) act: String,
    /// Why it is given up, or why nothing is there for it.
    #[serde(default)]
    pub(crate) reason: String,
    /// Another first day.
    #[serde(default)]
    pub(crate) starts_on: String,
    /// Another day until which.
    #[serde(default)]
    pub(crate) due_on: String,
    /// The unit that is asked to do it.
    #[serde(default)]
    pub(crate) unit: String,
    /// The item that it waits for.
    #[serde(default)]
    pub(crate) after: String,
    /// `confirmed` when the plan goes on as it is, `changed` when it changes.
    #[serde(default)]
    pub(crate) evaluation: String,
    /// What was seen.
    #[serde(default)]
    pub(crate) text: String,
    /// `yes` to begin although nobody has looked at the last link.
    #[serde(default)]
    pub(crate) sure: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// A manager's yes.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ConfirmForm {
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// An item with what it binds.
#[derive(Serialize, ToSchema)]
pub(crate) struct ItemPage {
    pub(crate) person: String,
    pub(crate) item: ItemLine,
    /// The others of the plan, to wait for.
    pub(crate) others: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    /// What the unit has promised in all plans, minutes and money a month, without this.
    pub(crate) promised_minutes: i64,
    pub(crate) promised_money: i64,
    /// What it has said that it can; none where nobody has said.
    pub(crate) capacity_minutes: Option<i64>,
    pub(crate) capacity_money: Option<i64>,
    /// Whether its manager must say yes before it is taken on.
    pub(crate) needs_manager: bool,
    /// Whether a manager has.
    pub(crate) confirmed: bool,
    pub(crate) may_confirm: bool,
    pub(crate) may_answer: bool,
    /// What must come before it and nobody has looked at.
    pub(crate) unevaluated: Vec<String>,
    pub(crate) form: ItemAct,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ItemPage, "plan/pages/item.html");

/// What the unit of an item has promised, can, and would promise (REQ-PLAN-05).
async fn weighing(link: &mut Link, permit: &Permit, one: &StoredItem) -> Result<Weighing, Fault> {
    let Owner::Agency { unit, .. } = one.item.owner else { return Ok(Weighing::default()) };
    Ok(Weighing {
        promised: items::promised(link, permit, unit).await?,
        asked: one.load,
        capacity: items::capacity(link, unit).await?.map(|(load, _)| load),
        confirmed: one.confirmed_by.is_some(),
    })
}

fn before(seen: &Seen, id: PlanItemId) -> impl Iterator<Item = &StoredItem> {
    seen.items.iter().filter(move |other| {
        seen.after.iter().any(|edge| edge.item == id && edge.after == other.id)
    })
}

async fn item_page(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    id: PlanItemId,
) -> Result<ItemPage, Fault> {
    let standing = Standing::of(desk, tx, permit).await?;
    let seen = pages::seen(desk, tx, permit, &standing).await?.ok_or(Fault::Hidden)?;
    let one = seen.items.iter().find(|one| one.id == id).ok_or(Fault::Hidden)?;
    let lines = seen.item_lines(Some(standing.receiver()), desk.today());
    let line = lines.iter().find(|line| line.id == id.to_string()).ok_or(Fault::Hidden)?;
    // What a unit can and has promised is for those of its agency.
    let mut weighing =
        if line.own { weighing(tx, permit, one).await? } else { Weighing::default() };
    if !one.item.state.is_promised() {
        weighing.asked = one.load;
    }
    let person = permit.the_person()?;
    let here = one.office.is_some() && one.office == desk.actor().office;
    Ok(ItemPage {
        person: person.to_string(),
        item: line.clone(),
        others: lines
            .iter()
            .filter(|other| other.id != line.id)
            .map(|other| Choice {
                id: other.id.clone(),
                name: format!("{}. {}", other.n, other.what),
            })
            .collect(),
        units: need::units(desk, tx).await?,
        promised_minutes: weighing.promised.minutes,
        promised_money: weighing.promised.money,
        capacity_minutes: weighing.capacity.map(|load| load.minutes),
        capacity_money: weighing.capacity.map(|load| load.money),
        needs_manager: one.item.state == ItemState::Open && weighing.needs_manager(),
        confirmed: one.confirmed_by.is_some(),
        may_confirm: here && desk.may(tx, Action::ConfirmLoad, Subject::Person(person)).await?,
        may_answer: desk.may(tx, Action::AnswerPlan, Subject::Person(person)).await?,
        unevaluated: before(&seen, id)
            .filter(|other| other.item.lacks_evaluation())
            .map(|other| other.what.clone())
            .collect(),
        form: ItemAct {
            starts_on: line.starts.clone(),
            due_on: line.due.clone(),
            ..ItemAct::default()
        },
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path((id, item)): Path<(PersonId, PlanItemId)>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadPlan, Subject::Person(id)).await?;
    let page = item_page(&desk, &mut tx, &permit, item).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

/// What an act made of an item.
#[derive(Default)]
struct Change {
    item: Option<Item>,
    reason: Option<String>,
    evaluation_text: Option<String>,
    breach: Option<(BreachKind, onedoor_domain::ids::AgencyId)>,
    detail: String,
}

fn acted(acted: onedoor_domain::plan::item::Acted, reason: &str) -> Change {
    Change {
        item: Some(acted.item),
        breach: acted.breach,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        detail: reason.to_owned(),
        ..Change::default()
    }
}

fn field_of(fault: ItemFault) -> &'static str {
    match fault {
        ItemFault::NoDue | ItemFault::Days => "due_on",
        ItemFault::Reason => "reason",
        ItemFault::NotYours | ItemFault::Same => "unit",
        ItemFault::State | ItemFault::Capacity | ItemFault::Before | ItemFault::NotAPromise => {
            "act"
        }
    }
}

async fn other_owner(
    tx: &mut Tx,
    form: &ItemAct,
    faults: &mut Faults,
) -> Result<Option<Owner>, Fault> {
    let Some(unit) = faults.id("unit", &form.unit).map(UnitId) else { return Ok(None) };
    match offices::unit(tx, unit).await? {
        Some((_, agency, _)) => Ok(Some(Owner::Agency { agency, unit, worker: None })),
        None => {
            faults.add("unit", "choose");
            Ok(None)
        }
    }
}

/// What each act does. The rules are the domain's; what they need is looked up here.
async fn change(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (seen, one): (&Seen, &StoredItem),
    form: &ItemAct,
    faults: &mut Faults,
) -> Result<Option<Change>, Fault> {
    let worker = desk.worker()?;
    let today = desk.today();
    let item = one.item.clone();
    let reason = text::optional(&form.reason, text::LINE);
    let reason = faults.take("reason", reason, |e| e.code().into()).unwrap_or_default();
    let only = |item: Item| Change { item: Some(item), ..Change::default() };
    let made = match form.act.trim() {
        "accept" => {
            let weighing = weighing(tx, permit, one).await?;
            item.accept(worker.agency, weighing, today).map(only)
        }
        "start" => {
            let done =
                before(seen, one.id).all(|other| matches!(other.item.state, ItemState::Done));
            item.start(done, today).map(only)
        }
        "finish" => item.finish(today).map(|it| acted(it, "")),
        "withdraw" => item.withdraw(&reason, today).map(|it| acted(it, &reason)),
        "lack" => item.lack(&reason, today).map(|it| acted(it, &reason)),
        "days" => {
            let mut date = |field: &str, value: &str| match value.trim() {
                "" => None,
                text => faults.date(field, text),
            };
            let (starts, due) = (date("starts_on", &form.starts_on), date("due_on", &form.due_on));
            item.move_days(starts, due, today).map(|it| acted(it, ""))
        }
        "ask" => {
            let Some(to) = other_owner(tx, form, faults).await? else { return Ok(None) };
            item.ask(to).map(only)
        }
        "take" => item.take_over(worker.agency, true, today).map(only),
        "decline" => item.take_over(worker.agency, false, today).map(only),
        "evaluate" => {
            let what = faults.choice("evaluation", &form.evaluation, Evaluation::parse);
            let seen = text::required(&form.text, text::PARAGRAPH);
            let seen = faults.take("text", seen, |e| e.code().into());
            let (Some(what), Some(seen)) = (what, seen) else { return Ok(None) };
            item.evaluate(what).map(|item| Change {
                item: Some(item),
                detail: what.as_str().to_owned(),
                evaluation_text: Some(seen),
                ..Change::default()
            })
        }
        _ => {
            faults.add("act", "choose");
            return Ok(None);
        }
    };
    Ok(match made {
        Ok(change) => Some(change),
        Err(fault) => {
            faults.add(field_of(fault), fault.code());
            None
        }
    })
}

/// REQ-PLAN-06: an item waits for another, unless that would close a circle; the circle is named.
async fn set_after(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (seen, one): (&Seen, &StoredItem),
    form: &ItemAct,
) -> Result<Option<String>, Fault> {
    let after: PlanItemId =
        form.after.trim().parse().map_err(|_| Fault::field("after", "choose"))?;
    let other = seen.items.iter().find(|it| it.id == after);
    let other = other.ok_or_else(|| Fault::field("after", "choose"))?;
    let edge = After { item: one.id, after };
    let waits = form.act.trim() == "after";
    // Also what the walls withhold closes a circle: then it is refused without naming it.
    let all = items::after(tx, permit, &seen.stored).await?;
    if waits && let Some(way) = circle(&all, edge) {
        let place = |id: &PlanItemId| {
            let found = seen.items.iter().find(|it| it.id == *id);
            found.map_or_else(|| "…".to_owned(), |it| it.n.to_string())
        };
        let way: Vec<String> = way.iter().map(place).collect();
        return Ok(Some(way.join(" → ")));
    }
    items::set_after(tx, permit, &seen.stored, edge, waits).await?;
    let detail = other.n.to_string();
    happened(desk, tx, permit, (seen, one), (form.act.trim(), &detail)).await?;
    Ok(None)
}

async fn happened(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (seen, one): (&Seen, &StoredItem),
    (act, detail): (&str, &str),
) -> Result<(), Fault> {
    let kind = format!("item_{act}");
    let event = NewEvent {
        item: Some(one.id),
        kind: &kind,
        detail,
        by: desk.actor().id.map(StaffId),
        by_person: None,
    };
    let of = (seen.stored.id, seen.stored.person);
    store::happened(tx, permit, of, &event, desk.now()).await
}

/// Writes a change, its broken promise, and what follows for the need.
async fn keep(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (seen, one): (&Seen, &StoredItem),
    (form, change): (&ItemAct, Change),
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let today = desk.today();
    let mut next = one.clone();
    if let (Some((kind, agency)), Owner::Agency { unit, .. }, Some(due)) =
        (change.breach, one.item.owner, one.item.due)
    {
        let of = (one.id, unit, due);
        items::note_breach(tx, permit, &seen.stored, of, (kind, agency), today).await?;
    }
    if let Some(item) = change.item {
        next.item = item;
    }
    if let Some(reason) = change.reason {
        next.reason = reason;
    }
    if let Some(text) = change.evaluation_text {
        next.evaluation_text = text;
    }
    items::save(tx, permit, &seen.stored, &next, (Some(worker.id), today)).await?;
    happened(desk, tx, permit, (seen, one), (form.act.trim(), &change.detail)).await?;
    match form.act.trim() {
        // REQ-PLAN-08: the need stays, as one that nothing is there for.
        "lack" => lack_need(desk, tx, permit, seen, &next).await,
        // REQ-PLAN-11: it was begun while nobody had looked at the last link: that is counted.
        "start" => {
            for other in before(seen, one.id).filter(|it| it.item.lacks_evaluation()) {
                let mut counted = other.clone();
                counted.unevaluated += 1;
                let by = (Some(worker.id), today);
                items::save(tx, permit, &seen.stored, &counted, by).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

async fn lack_need(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    seen: &Seen,
    one: &StoredItem,
) -> Result<(), Fault> {
    let kept = seen.needs.iter().find(|kept| Some(kept.id) == one.need);
    // Another agency's need stands as it is: that it lacks something is seen from the plan.
    let own = kept.filter(|kept| Some(kept.need.agency) == desk.actor().agency);
    let Some(kept) = own.filter(|kept| kept.need.state.stands()) else { return Ok(()) };
    let of = (kept.id, kept.version, "reason");
    need::change(desk, tx, permit, of, |need| {
        let again = need.clone();
        need.settle(NeedState::Unmet, &one.reason).or(Ok(again))
    })
    .await
}

async fn act(
    desk: Desk,
    Path((id, item)): Path<(PersonId, PlanItemId)>,
    Input(form): Input<ItemAct>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AnswerPlan, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?.ok_or(Fault::Hidden)?;
    let one = seen.items.iter().find(|one| one.id == item).ok_or(Fault::Hidden)?;
    let answers = matches!(form.act.trim(), "take" | "decline");
    // What waits for what is the whole plan's; everything else is its owner's.
    let orders = matches!(form.act.trim(), "after" | "not_after");
    if one.item.owner.agency() != worker.agency && !answers && !orders {
        return Err(Fault::conflict("item-not-yours"));
    }
    if !orders && form.version.trim().parse::<i64>() != Ok(one.version) {
        return Err(Fault::conflict("stale"));
    }
    let path = format!("/persons/{id}/plan/items/{item}");
    let mut faults = Faults::default();
    if orders {
        match set_after(&desk, &mut tx, &permit, (&seen, one), &form).await? {
            None => {
                desk.commit(tx).await?;
                return desk.done(&path, "item-changed");
            }
            Some(way) => {
                let sent = vec![("circle".to_owned(), way)];
                return Err(Fault::Conflict("plan-circle", sent));
            }
        }
    }
    let late_look = form.act.trim() == "start"
        && form.sure != "yes"
        && before(&seen, item).any(|other| other.item.lacks_evaluation());
    if late_look {
        faults.add("sure", "item-unevaluated");
    }
    let made = match faults.is_empty() {
        true => change(&desk, &mut tx, &permit, (&seen, one), &form, &mut faults).await?,
        false => None,
    };
    let (Some(made), true) = (made, faults.is_empty()) else {
        let faults = faults.into_list();
        let permit = desk.permit(&mut tx, Action::ReadPlan, Subject::Person(id)).await?;
        let mut page = item_page(&desk, &mut tx, &permit, item).await?;
        desk.commit(tx).await?;
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    keep(&desk, &mut tx, &permit, (&seen, one), (&form, made)).await?;
    desk.commit(tx).await?;
    desk.done(&path, "item-changed")
}

/// REQ-PLAN-05: the manager of the unit's office says that it may promise more than it has said
/// that it can.
async fn confirm(
    desk: Desk,
    Path((id, item)): Path<(PersonId, PlanItemId)>,
    Input(form): Input<ConfirmForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ConfirmLoad, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?.ok_or(Fault::Hidden)?;
    let one = seen.items.iter().find(|one| one.id == item).ok_or(Fault::Hidden)?;
    if one.office.is_none() || one.office != desk.actor().office {
        return Err(Fault::conflict("item-not-yours"));
    }
    if one.item.state != ItemState::Open || form.version.trim().parse::<i64>() != Ok(one.version) {
        return Err(Fault::conflict("stale"));
    }
    let mut next = one.clone();
    next.confirmed_by = Some(worker.id);
    let by = (Some(worker.id), desk.today());
    items::save(&mut tx, &permit, &seen.stored, &next, by).await?;
    happened(&desk, &mut tx, &permit, (&seen, one), ("confirmed", "")).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/plan/items/{item}"), "item-confirmed")
}
