//! Ordering a hand-over in bulk, and answering one.

use std::collections::BTreeSet;

use axum::extract::{Path, Query};
use jiff::ToSpan;
use onedoor_domain::ids::{CaseId, StaffId};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, AskedLine, From, NewOrder, OrderLine, ReceiverChoice, Someone};
use super::work;
use crate::case::order as answers;
use crate::db::Link;
use crate::journal::Entry;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Cause, Permit, Subject, Warrant};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of orders.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OrdersPage, _, _>("/orders", "Hand-overs in bulk", list)
        .asking(&["from"])
        .act_giving::<OrderForm, OrdersPage, _, _>(
            "/orders",
            "Orders everything of a worker to be handed over, or tries it",
            add,
        )
        .see::<OrderPage, _, _>("/orders/{id}", "One order and what became of it", show)
        .act::<NoForm, _, _>("/orders/{id}/accept", "Takes over what the caller is asked", accept)
        .act::<RefuseForm, _, _>("/orders/{id}/refuse", "Says no to all of it", refuse)
}

/// Nothing but the act itself.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NoForm {}

/// An order as typed into the form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OrderForm {
    /// Whose cases; empty for the caller's own.
    #[serde(default)]
    pub(crate) from: String,
    /// Who is asked; the cases are spread over them.
    #[serde(default)]
    pub(crate) receivers: Vec<String>,
    /// The last day for an answer.
    #[serde(default)]
    pub(crate) deadline: String,
    /// `yes` to be told what would happen, without any of it.
    #[serde(default)]
    pub(crate) only_try: String,
}

/// What a receiver would get.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct GetsLine {
    pub(crate) name: String,
    /// Cases that they have, and have been asked for.
    pub(crate) has: i64,
    /// Cases that they would be asked for.
    pub(crate) gets: i64,
}

/// Exactly what an order would do.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Plan {
    pub(crate) from: String,
    /// People whose case would be asked over.
    pub(crate) people: i64,
    pub(crate) receivers: Vec<GetsLine>,
    /// Cases that none of the receivers may see: they stay.
    pub(crate) unplaced: i64,
    /// Cases for which somebody has been asked already.
    pub(crate) waiting: i64,
    /// Cases of others that get another deputy at once.
    pub(crate) deputies: i64,
    /// Next steps in cases of others that go back to their responsible worker at once.
    pub(crate) steps: i64,
}

/// The orders, and the form for a new one.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct OrdersPage {
    pub(crate) orders: Vec<OrderLine>,
    pub(crate) from: String,
    pub(crate) from_name: String,
    pub(crate) manages: bool,
    pub(crate) staff: Vec<Choice>,
    pub(crate) receivers: Vec<ReceiverChoice>,
    pub(crate) plan: Option<Plan>,
    pub(crate) form: OrderForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

impl OrdersPage {
    /// Whether a receiver was chosen before.
    pub(crate) fn chosen(&self, id: &str) -> bool {
        self.form.receivers.iter().any(|it| it == id)
    }
}

crate::page!(OrdersPage, "order/pages/orders.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    from: String,
}

/// Everybody hands over their own; the joint manager what anybody of the office that they lead
/// carries.
async fn whose(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    text: &str,
) -> Result<Option<Someone>, Fault> {
    let me = desk.worker()?;
    let asked = match text.trim() {
        "" => Some(me.id),
        text => text.parse().ok().map(StaffId),
    };
    let Some(id) = asked else { return Ok(None) };
    let found = store::someone(link, permit, id).await?;
    let led = offices::led_by(link, desk.actor()).await?;
    let own = |it: &Someone| it.worker.id == me.id || led.contains(&it.office);
    Ok(found.filter(own))
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    from: Option<&Someone>,
) -> Result<OrdersPage, Fault> {
    let mut staff = Vec::new();
    let led = offices::led_by(link, desk.actor()).await?;
    for office in &led {
        staff.extend(offices::colleagues(link, *office).await?);
    }
    let mut receivers = Vec::new();
    if let Some(from) = from {
        let place = (from.worker.unit, from.worker.id);
        receivers = store::receivers(link, permit, place, desk.today()).await?;
    }
    let deadline = desk.today().checked_add(7.days()).unwrap_or(desk.today());
    Ok(OrdersPage {
        orders: store::list(link, permit, desk.actor()).await?,
        from: from.map(|it| it.worker.id.to_string()).unwrap_or_default(),
        from_name: from.map(|it| it.name.clone()).unwrap_or_default(),
        manages: !led.is_empty(),
        staff,
        receivers,
        plan: None,
        form: OrderForm { deadline: deadline.to_string(), ..OrderForm::default() },
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::OrderHandover, Subject::Duty).await?;
    let from = whose(&desk, &mut conn, &permit, &asked.from).await?;
    let page = page(&desk, &mut conn, &permit, from.as_ref()).await?;
    desk.show(&page)
}

/// What an order would do, counted the way it is then carried out.
async fn plan(desk: &Desk, link: &mut Link, from: &Someone, to: &[Someone]) -> Result<Plan, Fault> {
    let warrant = Warrant::new(Cause::Order, &desk.app().vault);
    let source = From::Staff(from.worker.id);
    let none = (Uuid::nil(), Uuid::nil());
    let pieces = store::pieces(link, &warrant, source, none, work::MOST).await?;
    let counts = store::counts(link, &warrant, from.worker.id).await?;
    let given = work::share_out(link, &warrant, source, pieces, to).await?;
    let count = |id: Option<StaffId>| -> i64 {
        let n = given.iter().filter(|(_, to)| *to == id).count();
        i64::try_from(n).unwrap_or(i64::MAX)
    };
    let unplaced = count(None);
    let receivers = to.iter().map(|it| GetsLine {
        name: it.name.clone(),
        has: it.cases,
        gets: count(Some(it.worker.id)),
    });
    Ok(Plan {
        from: from.name.clone(),
        people: i64::try_from(given.len()).unwrap_or(i64::MAX) - unplaced,
        receivers: receivers.collect(),
        unplaced,
        waiting: counts.waiting,
        deputies: counts.deputies,
        steps: counts.steps,
    })
}

/// Why nobody may be asked.
fn check(from: &Someone, to: &[Someone], asked: usize, faults: &mut Faults) {
    if to.is_empty() || to.len() != asked {
        faults.add("receivers", "choose");
    }
    for it in to {
        if it.worker.id == from.worker.id {
            faults.add("receivers", "order-self");
        } else if it.worker.agency != from.worker.agency {
            // Another agency is asked case by case, through the walls.
            faults.add("receivers", "order-other-agency");
        }
    }
}

/// The longest time for an answer, in days.
const LONGEST: i32 = 30;

async fn add(desk: Desk, Input(form): Input<OrderForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::OrderHandover, Subject::Duty).await?;
    let mut faults = Faults::default();
    let from = whose(&desk, &mut tx, &permit, &form.from).await?;
    let deadline = faults.date("deadline", &form.deadline);
    let latest = desk.today().checked_add(LONGEST.days()).unwrap_or(desk.today());
    match deadline {
        Some(day) if day < desk.today() => faults.add("deadline", "step-past"),
        Some(day) if day > latest => faults.add("deadline", "handover-too-far"),
        _ => {}
    }
    // In the order in which the order itself reads them, each once, so that trying and doing give
    // everybody the same.
    let parsed = form.receivers.iter().map(|id| id.trim().parse().ok().map(StaffId));
    let asked: BTreeSet<Option<StaffId>> = parsed.collect();
    let ids: Vec<StaffId> = asked.iter().copied().flatten().collect();
    let to = work::receivers(&mut tx, &permit, &ids).await?;
    match &from {
        None => faults.add("from", "choose"),
        Some(from) => {
            check(from, &to, asked.len(), &mut faults);
            // Whoever is away, or of another municipality, is not on the list either.
            let place = (from.worker.unit, from.worker.id);
            let may = store::receivers(&mut tx, &permit, place, desk.today()).await?;
            let listed = |it: &StaffId| may.iter().any(|one| one.id == it.to_string());
            if faults.is_empty() && !ids.iter().all(listed) {
                faults.add("receivers", "choose");
            }
        }
    }
    let (Some(from), Some(deadline), true) = (&from, deadline, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit, from.as_ref()).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    if form.only_try == "yes" {
        let mut page = page(&desk, &mut tx, &permit, Some(from)).await?;
        page.plan = Some(plan(&desk, &mut tx, from, &to).await?);
        page.form = form;
        return desk.show(&page);
    }
    let note = desk.words().with("order-need", from.name.as_str());
    let new = NewOrder {
        from: From::Staff(from.worker.id),
        to_unit: to.first().map_or(from.worker.unit, |it| it.worker.unit),
        closing: None,
        note: &note,
        deadline,
        by: me.id,
        receivers: &ids,
    };
    let id = store::insert(&mut tx, &permit, &new, desk.now()).await?;
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "order", "id": id.to_string() }),
    });
    desk.commit(tx).await?;
    // One person's cases are done at once; if this is cut off, a round goes on with it.
    work::carry_out(desk.app(), desk.actor(), id).await?;
    desk.done(&format!("/orders/{id}"), "order-given")
}

/// A state with its count.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct StateLine {
    pub(crate) state: String,
    pub(crate) count: i64,
}

/// One order.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct OrderPage {
    pub(crate) id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) by: String,
    pub(crate) ordered_at: i64,
    pub(crate) deadline: String,
    /// Whether everything has been asked for.
    pub(crate) worked: bool,
    pub(crate) states: Vec<StateLine>,
    /// Cases that the worker or unit still carries and nobody has been asked for; nothing for those
    /// who only answer.
    pub(crate) left: Option<i64>,
    pub(crate) asked: Vec<AskedLine>,
    pub(crate) more: bool,
    pub(crate) reason: String,
    pub(crate) alternative: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OrderPage, "order/pages/order.html");

async fn order_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<OrderPage, Fault> {
    let stored = store::read(link, permit, id).await?.ok_or(Fault::Hidden)?;
    let actor = desk.actor();
    let me = desk.worker()?;
    let mut asked = store::asked_of(link, permit, id, actor).await?;
    let led = offices::led_by(link, actor).await?;
    let whole = stored.order.by == me.id || led.contains(&stored.office);
    let mine = whole
        || stored.receivers.contains(&me.id)
        || stored.order.unit == me.unit
        || !asked.is_empty();
    if !mine {
        return Err(Fault::Hidden);
    }
    let most = usize::try_from(store::AT_ONCE).unwrap_or(100);
    let more = asked.len() > most;
    asked.truncate(most);
    desk.note_seen(permit, asked.iter().map(|line| line.person));
    let mut left = None;
    if whole {
        let none = (Uuid::nil(), id);
        let pieces = store::pieces(link, permit, stored.from, none, work::MOST).await?;
        left = Some(i64::try_from(pieces.len()).unwrap_or(i64::MAX));
    }
    let states = store::states(link, permit, (id, whole), actor).await?;
    Ok(OrderPage {
        id: id.to_string(),
        from: stored.from_name,
        to: stored.to_name,
        by: stored.by_name,
        ordered_at: stored.ordered_at,
        deadline: stored.order.deadline.to_string(),
        worked: stored.worked,
        states: states.into_iter().map(|(state, count)| StateLine { state, count }).collect(),
        left,
        asked,
        more,
        ..OrderPage::default()
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::OrderHandover, Subject::Duty).await?;
    let page = order_page(&desk, &mut conn, &permit, id).await?;
    desk.show(&page)
}

fn cases(asked: &[AskedLine]) -> Vec<CaseId> {
    asked.iter().filter_map(|line| line.id.parse().ok()).collect()
}

/// What the caller is asked in an order.
///
/// # Errors
/// [`Fault::Hidden`] for whoever it does not concern, else a conflict where nothing is asked.
async fn asked(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Vec<AskedLine>, Fault> {
    let asked = store::asked_of(link, permit, id, desk.actor()).await?;
    if asked.is_empty() {
        order_page(desk, link, permit, id).await?;
        return Err(Fault::conflict("order-nothing-asked"));
    }
    Ok(asked)
}

async fn accept(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<NoForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::OrderHandover, Subject::Duty).await?;
    let asked = asked(&desk, &mut tx, &permit, id).await?;
    let mut others = store::candidates(&mut tx, &permit, me.unit).await?;
    let leaving = work::leaving(&mut tx, &permit, id).await?;
    let most = usize::try_from(store::AT_ONCE).unwrap_or(100);
    let mut taken = 0;
    for case in cases(&asked).into_iter().take(most) {
        if answers::take_over(&desk, &mut tx, case, &others, &leaving).await? {
            taken += 1;
            if !others.is_empty() {
                others.rotate_left(1);
            }
        }
    }
    if taken == 0 {
        return Err(Fault::conflict("order-nothing-asked"));
    }
    desk.commit(tx).await?;
    desk.done(&format!("/orders/{id}"), "order-accepted")
}

/// A refusal of all that the caller is asked.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RefuseForm {
    /// Why not.
    #[serde(default)]
    pub(crate) reason: String,
    /// What instead.
    #[serde(default)]
    pub(crate) alternative: String,
}

async fn refuse(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<RefuseForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::OrderHandover, Subject::Duty).await?;
    let asked = asked(&desk, &mut tx, &permit, id).await?;
    let mut faults = Faults::default();
    for (field, value) in [("reason", &form.reason), ("alternative", &form.alternative)] {
        faults.take(field, text::required(value, text::PARAGRAPH), |e| e.code().into());
    }
    let list = faults.into_list();
    if !list.is_empty() {
        let mut page = order_page(&desk, &mut tx, &permit, id).await?;
        page.reason = form.reason;
        page.alternative = form.alternative;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    }
    let most = usize::try_from(store::AT_ONCE).unwrap_or(100);
    let mut refused = 0;
    for case in cases(&asked).into_iter().take(most) {
        let said = (form.reason.as_str(), form.alternative.as_str());
        refused += u32::from(answers::turn_down(&desk, &mut tx, case, said).await?);
    }
    if refused == 0 {
        return Err(Fault::conflict("order-nothing-asked"));
    }
    desk.commit(tx).await?;
    desk.done(&format!("/orders/{id}"), "order-refused")
}
