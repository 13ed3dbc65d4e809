//! The page of a person's plan, and its history.

use std::collections::BTreeSet;

use axum::extract::Path;
use onedoor_domain::ids::{AgencyId, PersonId, PlanItemId};
use onedoor_domain::need::NeedKind;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::plan::clash::Duty;
use onedoor_domain::plan::label::Field;
use onedoor_domain::plan::stage::Stage;
use onedoor_domain::plan::wish::WishState;
use onedoor_domain::plan::{Label, Partner};
use onedoor_domain::secrecy::{Action, Category, Purpose};
use serde::Serialize;
use utoipa::ToSchema;

use super::adding::ItemForm;
use super::make::MakeForm;
use super::requests::{self, RequestLine};
use super::store;
use super::view::{
    self, BreachCount, ClashLine, ItemLine, OrderLine, PathLine, Rhythm, Seen, StageLine,
};
use crate::db::Tx;
use crate::need::Sieve;
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::service::store as catalogue;
use crate::walls::{Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<PlanPage, _, _>("/persons/{id}/plan", "A person's joint plan", show)
        .see::<HistoryPage, _, _>(
        "/persons/{id}/plan/history",
        "Who did what in a plan, and when",
        history,
    )
}

/// A text of the plan.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TextLine {
    pub(crate) field: String,
    pub(crate) body: String,
    /// Its version; 0 before the first.
    pub(crate) n: i64,
    pub(crate) by: String,
    /// When, in microseconds.
    pub(crate) at: i64,
}

/// A need that no item is for.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct BareNeed {
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) unit: String,
    pub(crate) agency: String,
}

/// A wish.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct WishLine {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) words: String,
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) agency: String,
    pub(crate) on: String,
    pub(crate) version: i64,
    pub(crate) own: bool,
}

/// A plan before one reader.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PlanView {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) state: String,
    pub(crate) agency: String,
    pub(crate) unit: String,
    pub(crate) coordinator: String,
    pub(crate) deputy: String,
    /// Who was asked to coordinate.
    pub(crate) asked: String,
    /// Whether it was the reader.
    pub(crate) asked_me: bool,
    /// Whether the reader's agency coordinates.
    pub(crate) coordinates: bool,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) revise_on: String,
    /// Whether the day of revision has passed.
    pub(crate) overdue: bool,
    pub(crate) agreed_on: String,
    pub(crate) agreed_how: String,
    pub(crate) scheme: String,
    pub(crate) reason: String,
    pub(crate) version: i64,
    /// What the law asks for under its name and what is not there.
    pub(crate) missing: Vec<String>,
    pub(crate) texts: Vec<TextLine>,
    pub(crate) items: Vec<ItemLine>,
    pub(crate) bare_needs: Vec<BareNeed>,
    pub(crate) wishes: Vec<WishLine>,
    pub(crate) stages: Vec<StageLine>,
    pub(crate) stage_now: String,
    pub(crate) stage_next: String,
    pub(crate) clashes: Vec<ClashLine>,
    pub(crate) orders: Vec<OrderLine>,
    pub(crate) rhythm: Rhythm,
    pub(crate) path: Vec<PathLine>,
    pub(crate) breaches: Vec<BreachCount>,
    /// What the person said last: `agreed`, `disagreed`, `commented`; empty for nothing.
    pub(crate) said: Vec<EventLine>,
}

/// A plan that is over.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct EarlierLine {
    pub(crate) label: String,
    pub(crate) from: String,
    pub(crate) ended_on: String,
    pub(crate) reason: String,
}

/// A person's plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) plan: Option<PlanView>,
    pub(crate) earlier: Vec<EarlierLine>,
    pub(crate) requests: Vec<RequestLine>,
    pub(crate) may_write: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) kinds: Vec<String>,
    pub(crate) stages: Vec<String>,
    pub(crate) partners: Vec<String>,
    pub(crate) duties: Vec<String>,
    pub(crate) refusals: Vec<String>,
    pub(crate) wish_states: Vec<String>,
    pub(crate) weekdays: Vec<String>,
    pub(crate) units: Vec<Choice>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) services: Vec<Choice>,
    pub(crate) make: MakeForm,
    pub(crate) item: ItemForm,
    pub(crate) today: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PlanPage, "plan/pages/plan.html");

/// The agencies that are municipal, for what the law asks of a SIP.
async fn municipal(tx: &mut Tx) -> Result<BTreeSet<AgencyId>, Fault> {
    let all = offices::agencies(tx).await?;
    let social = all.into_iter().filter(|one| one.kind == AgencyKind::Social.as_str());
    Ok(social.map(|one| one.id).collect())
}

/// What is missing in a plan under its name, before one reader.
pub(super) async fn missing(
    tx: &mut Tx,
    standing: &Standing,
    seen: &Seen,
    label: Label,
) -> Result<Vec<onedoor_domain::plan::Part>, Fault> {
    let coordination = |one: &onedoor_domain::secrecy::Consent| {
        one.purpose == Purpose::Coordination && one.withdrawn_at.is_none()
    };
    let consent = standing.consents().iter().any(coordination);
    let municipal = municipal(tx).await?;
    Ok(label.missing(&seen.parts(consent, &municipal)))
}

fn wish_lines(seen: &Seen, reader: AgencyId) -> Vec<WishLine> {
    seen.wishes
        .iter()
        .map(|one| WishLine {
            id: one.id.to_string(),
            kind: one.kind.as_str().to_owned(),
            words: one.words.clone(),
            state: one.state.as_str().to_owned(),
            reason: one.reason.clone(),
            agency: one.agency_name.clone(),
            on: one.on.to_string(),
            version: one.version,
            own: one.agency == reader,
        })
        .collect()
}

fn text_lines(seen: &Seen) -> Vec<TextLine> {
    Field::ALL
        .iter()
        .map(|field| {
            let found = seen.texts.iter().find(|text| text.field == *field);
            TextLine {
                field: field.as_str().to_owned(),
                body: found.map(|text| text.body.clone()).unwrap_or_default(),
                n: found.map_or(0, |text| text.n),
                by: found.map(|text| text.by.clone()).unwrap_or_default(),
                at: found.map_or(0, |text| text.at.as_microsecond()),
            }
        })
        .collect()
}

async fn view_of(
    desk: &Desk,
    tx: &mut Tx,
    standing: &Standing,
    seen: &Seen,
) -> Result<PlanView, Fault> {
    let stored = &seen.stored;
    let plan = &stored.plan;
    let (today, me) = (desk.today(), standing.receiver());
    let missing = missing(tx, standing, seen, plan.label).await?;
    let (stages, stage_now, stage_next) = seen.stage_lines();
    let bare = seen.bare_needs().into_iter().map(|one| BareNeed {
        kind: one.need.kind.as_str().to_owned(),
        state: one.need.state.as_str().to_owned(),
        reason: one.need.reason.clone(),
        unit: one.unit_name.clone(),
        agency: one.agency_name.clone(),
    });
    Ok(PlanView {
        id: stored.id.to_string(),
        label: plan.label.as_str().to_owned(),
        state: plan.state.as_str().to_owned(),
        agency: stored.agency_name.clone(),
        unit: stored.unit_name.clone(),
        coordinator: stored.coordinator_name.clone(),
        deputy: stored.deputy_name.clone(),
        asked: stored.asked_name.clone(),
        asked_me: plan.asked.is_some() && plan.asked.map(|it| it.0) == desk.actor().id,
        coordinates: stored.agency == me,
        from: plan.from.to_string(),
        until: plan.until.to_string(),
        revise_on: plan.revise_on.to_string(),
        overdue: plan.is_overdue(today),
        agreed_on: plan.agreed_on.map(|day| day.to_string()).unwrap_or_default(),
        agreed_how: stored.agreed_how.clone(),
        scheme: stored.scheme.clone(),
        reason: stored.reason.clone(),
        version: stored.version,
        missing: missing.iter().map(|part| part.as_str().to_owned()).collect(),
        texts: text_lines(seen),
        items: seen.item_lines(Some(me), today),
        bare_needs: bare.collect(),
        wishes: wish_lines(seen, me),
        stages,
        stage_now,
        stage_next,
        clashes: seen.clash_lines(),
        orders: seen.order_lines(),
        rhythm: seen.rhythm(),
        path: seen.path_lines(today),
        breaches: seen.breach_counts(today),
        said: event_lines(seen).into_iter().filter(|one| one.by_person).take(5).collect(),
    })
}

fn codes<T>(all: &[T], code: fn(&T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| code(one).to_owned()).collect()
}

/// The person's current plan before the one who asks, what crossed noted.
pub(super) async fn seen(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
) -> Result<Option<Seen>, Fault> {
    let mut sieve = Sieve::new(standing);
    let seen = match super::current(tx, permit, &mut sieve).await? {
        Some(stored) => Some(view::through(desk.app(), tx, permit, &mut sieve, stored).await?),
        None => None,
    };
    sieve.tell(desk, permit);
    Ok(seen)
}

async fn page(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<PlanPage, Fault> {
    let standing = Standing::of(desk, tx, permit).await?;
    let person = permit.the_person()?;
    let identity = persons::read(tx, permit).await?;
    let seen = seen(desk, tx, permit, &standing).await?;
    let plan = match &seen {
        Some(seen) => Some(view_of(desk, tx, &standing, seen).await?),
        None => None,
    };
    let mut earlier = Vec::new();
    let mut sieve = Sieve::new(&standing);
    for one in store::plans(tx, permit, person).await? {
        let over = !one.plan.state.is_current();
        if over && sieve.lets(tx, one.agency, Category::Case, Held::default()).await? {
            earlier.push(EarlierLine {
                label: one.plan.label.as_str().to_owned(),
                from: one.plan.from.to_string(),
                ended_on: one.ended_on.map(|day| day.to_string()).unwrap_or_default(),
                reason: one.reason,
            });
        }
    }
    let requests = requests::lines(tx, permit, &mut sieve, desk.today()).await?;
    sieve.tell(desk, permit);
    let services = catalogue::all(tx, desk.words().language()).await?;
    let services = services.into_iter().filter(|one| one.availability != "closed");
    let colleagues = offices::colleagues(tx, desk.office()?).await?;
    Ok(PlanPage {
        person: person.to_string(),
        name: identity.name(),
        plan,
        earlier,
        requests,
        may_write: desk.may(tx, Action::WritePlan, Subject::Person(person)).await?,
        labels: codes(Label::ALL, |it| it.as_str()),
        kinds: codes(NeedKind::ALL, |it| it.as_str()),
        stages: codes(Stage::ALL, |it| it.as_str()),
        partners: codes(Partner::ALL, |it| it.as_str()),
        duties: codes(Duty::ALL, |it| it.as_str()),
        refusals: codes(onedoor_domain::plan::request::RefusalReason::ALL, |it| it.as_str()),
        wish_states: WishState::ALL
            .iter()
            .filter(|state| state.is_answered())
            .map(|state| state.as_str().to_owned())
            .collect(),
        weekdays: (1..=7).map(|day| day.to_string()).collect(),
        units: crate::need::units(desk, tx).await?,
        colleagues,
        services: services.map(|one| Choice { id: one.code, name: one.name }).collect(),
        make: MakeForm { once: crate::app::new_id().to_string(), ..MakeForm::default() },
        item: ItemForm { once: crate::app::new_id().to_string(), ..ItemForm::default() },
        today: desk.today().to_string(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    // What crosses is written down as a disclosure in the same commit as its journal row.
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadPlan, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

/// Shows the page again with what was typed. What it shows of other agencies crosses as on the
/// page, and is kept as a disclosure.
pub(super) async fn again(
    desk: &Desk,
    mut tx: Tx,
    id: PersonId,
    faults: Faults,
    fill: impl FnOnce(&mut PlanPage),
) -> Reply {
    let permit = desk.permit(&mut tx, Action::ReadPlan, Subject::Person(id)).await?;
    let mut page = page(desk, &mut tx, &permit).await?;
    desk.commit(tx).await?;
    fill(&mut page);
    let faults = faults.into_list();
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

/// Something that happened.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct EventLine {
    pub(crate) kind: String,
    pub(crate) detail: String,
    /// The item's place in the plan; 0 for none.
    pub(crate) item: i64,
    pub(crate) at: i64,
    /// The worker; empty where the person or the program did it.
    pub(crate) by: String,
    pub(crate) by_person: bool,
}

/// Who did what in a plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) events: Vec<EventLine>,
    /// Every version of every text, the latest first.
    pub(crate) versions: Vec<TextLine>,
}

crate::page!(HistoryPage, "plan/pages/history.html");

pub(crate) fn event_lines(seen: &Seen) -> Vec<EventLine> {
    let place = |item: Option<PlanItemId>| {
        let found = seen.items.iter().find(|one| Some(one.id) == item);
        found.map_or(0, |one| one.n)
    };
    seen.events
        .iter()
        .map(|one| EventLine {
            kind: one.kind.clone(),
            detail: one.detail.clone(),
            item: place(one.item),
            at: one.at.as_microsecond(),
            by: one.by.clone(),
            by_person: one.by_person,
        })
        .collect()
}

async fn history(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadPlan, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = seen(&desk, &mut tx, &permit, &standing).await?.ok_or(Fault::Hidden)?;
    let mut versions = Vec::new();
    for field in Field::ALL {
        for text in store::versions(&mut tx, &permit, &seen.stored, *field).await? {
            versions.push(TextLine {
                field: field.as_str().to_owned(),
                body: text.body,
                n: text.n,
                by: text.by,
                at: text.at.as_microsecond(),
            });
        }
    }
    versions.sort_by_key(|one| std::cmp::Reverse(one.at));
    let identity = persons::read(&mut tx, &permit).await?;
    let page = HistoryPage {
        person: id.to_string(),
        name: identity.name(),
        events: event_lines(&seen),
        versions,
    };
    desk.commit(tx).await?;
    desk.show(&page)
}
