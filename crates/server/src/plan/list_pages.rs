//! The page of whose plan lacks something, and the page of what plans come to.

use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::UnitId;
use onedoor_domain::plan::DAYS_TO_PLAN;
use onedoor_domain::plan::item::Load;
use onedoor_domain::plan::wish::share;
use onedoor_domain::secrecy::{Action, in_steps};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{self, CapacityLine, List, ListLine, Where};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<PlansPage, _, _>("/plans", "Whose plan lacks something", show)
        .see::<PlanFigures, _, _>("/figures/plans", "What the plans of an office come to", figures)
        .act::<CapacityForm, _, _>(
            "/plans/capacity",
            "Says what a unit can take on in a month",
            set_capacity,
        )
}

/// One list with its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanList {
    /// A code.
    pub(crate) list: String,
    pub(crate) lines: Vec<ListLine>,
}

/// Whose plan lacks something.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlansPage {
    pub(crate) lists: Vec<PlanList>,
    pub(crate) capacities: Vec<CapacityLine>,
    /// Whether the reader may say what a unit can.
    pub(crate) may_set: bool,
    /// Days until there must be a plan.
    pub(crate) days: i64,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PlansPage, "plan/pages/plans.html");

/// The latest instant at which a case may have been opened whose person must have a plan now.
fn limit(desk: &Desk) -> Timestamp {
    let day = desk.today().checked_sub(DAYS_TO_PLAN.days()).unwrap_or(desk.today());
    let next = day.tomorrow().unwrap_or(day);
    let start = next.to_zoned(desk.app().zone.clone());
    start.map_or(desk.now(), |zoned| zoned.timestamp())
}

async fn page(desk: &Desk) -> Result<PlansPage, Fault> {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadPlans, Subject::Duty).await?;
    let at = Where { office, agency: worker.agency, reader: desk.actor() };
    let mut all = Vec::new();
    for which in List::ALL {
        let stamp = (desk.today(), limit(desk));
        let lines = lists::list(&mut conn, &permit, *which, &at, stamp).await?;
        desk.note_seen(&permit, lines.iter().map(|line| line.id));
        all.push(PlanList { list: which.as_str().to_owned(), lines });
    }
    Ok(PlansPage {
        lists: all,
        capacities: lists::capacities(&mut conn, &permit, &at).await?,
        may_set: desk.may(&mut conn, Action::EditOffice, Subject::Office(office)).await?,
        days: i64::from(DAYS_TO_PLAN),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk) -> Reply {
    let page = page(&desk).await?;
    desk.show(&page)
}

/// What a unit can.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CapacityForm {
    /// The unit: of the caller's agency and office.
    #[serde(default)]
    pub(crate) unit: String,
    /// Minutes of staff a month.
    #[serde(default)]
    pub(crate) minutes: String,
    /// Money a month.
    #[serde(default)]
    pub(crate) money: String,
    /// The version that was shown; 0 for none.
    #[serde(default)]
    pub(crate) version: String,
}

async fn set_capacity(desk: Desk, Input(form): Input<CapacityForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditOffice, Subject::Office(office)).await?;
    let mut faults = Faults::default();
    let unit = faults.id("unit", &form.unit).map(UnitId);
    let mut number = |field: &str, value: &str| {
        let number = value.trim().parse::<i64>().ok();
        let number = number.filter(|number| (0..=1_000_000_000).contains(number));
        if number.is_none() {
            faults.add(field, "item-number");
        }
        number
    };
    let (minutes, money) = (number("minutes", &form.minutes), number("money", &form.money));
    let (Some(unit), Some(minutes), Some(money)) = (unit, minutes, money) else {
        drop(tx);
        let mut page = page(&desk).await?;
        let faults = faults.into_list();
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let found = crate::office::store::unit(&mut tx, unit).await?;
    let (_, agency, place) = found.ok_or(Fault::Hidden)?;
    if agency != worker.agency || place != office {
        return Err(Fault::Hidden);
    }
    let of = (unit, form.version.trim().parse().unwrap_or_default());
    let stamp = (worker.id, desk.now());
    lists::set_capacity(&mut tx, &permit, of, Load { minutes, money }, stamp).await?;
    desk.commit(tx).await?;
    desk.done("/plans", "capacity-set")
}

/// What an agency has promised.
#[derive(Serialize, ToSchema)]
pub(crate) struct PromiseFigure {
    pub(crate) agency: String,
    /// None where they are too few to be told.
    pub(crate) promised: Option<i64>,
    pub(crate) delivered: Option<i64>,
    pub(crate) broken: Option<i64>,
    pub(crate) unevaluated: Option<i64>,
}

/// Requests to the own agency of one kind of answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestFigure {
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) count: i64,
}

/// What the plans of the own office come to. The own agency's are told as they are, to those who may
/// see its rows; of the others' counts in steps, and none that tell of few persons (REQ-INFO-10).
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanFigures {
    pub(crate) least: i64,
    pub(crate) promises: Vec<PromiseFigure>,
    /// The share of the own agency's answered wishes that were met, in per cent.
    pub(crate) wishes_met: Option<i64>,
    /// The same of all agencies at the office; none where it would tell of few.
    pub(crate) wishes_office: Option<i64>,
    pub(crate) requests: Vec<RequestFigure>,
    /// The share of days with help on which two agencies helped at once, in per cent.
    pub(crate) together: Option<i64>,
}

crate::page!(PlanFigures, "plan/pages/figures.html");

async fn figures(desk: Desk) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let least = crate::walls::smallest_count(&mut conn, &desk.app().config).await?;
    let at = Where { office, agency: worker.agency, reader: desk.actor() };
    let today = desk.today();
    let promises = lists::promises(&mut conn, &permit, &at, today).await?;
    let wishes = lists::wishes(&mut conn, &permit, &at).await?;
    let requests = lists::requests(&mut conn, &permit, &at).await?;
    let (helped, both, plans) = lists::together(&mut conn, &permit, &at, today).await?;
    let opens = desk.may(&mut conn, Action::ReadPlans, Subject::Duty).await?;
    let of = |(met, partly, not): (i64, i64, i64)| share(met, partly, not);
    let figure = |one: lists::Promises| {
        let own = opens && one.id == worker.agency;
        let told = |count: i64| match own {
            true => Some(count),
            false => in_steps(count, least).filter(|_| one.persons >= least),
        };
        PromiseFigure {
            promised: told(one.promised),
            delivered: told(one.delivered),
            broken: told(one.broken),
            unevaluated: told(one.unevaluated),
            agency: one.agency,
        }
    };
    desk.show(&PlanFigures {
        least,
        promises: promises.into_iter().map(figure).collect(),
        wishes_met: of(wishes.own).filter(|_| opens),
        wishes_office: in_steps(wishes.persons, least).and_then(|_| of(wishes.office)),
        requests: requests
            .into_iter()
            .filter(|_| opens)
            .map(|(state, reason, count)| RequestFigure { state, reason, count })
            .collect(),
        together: in_steps(plans, least).filter(|_| helped > 0).map(|_| both * 100 / helped),
    })
}
