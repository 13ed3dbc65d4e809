//! What one building offers, what it lacks, and all buildings beside each other.

use axum::extract::{Path, Query};
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, UnitId};
use onedoor_domain::network::{
    Aim, Answer, ConversionFault, OfficeKind, Service, answer, convert, missing_elements,
    services_for, share,
};
use onedoor_domain::office::Role;
use onedoor_domain::reception::Need;
use onedoor_domain::secrecy::{Action, in_steps};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::inventory::{self, InventoryLine, NewLine};
use super::{agreed, figures, store};
use crate::app::month_of;
use crate::db::Link;
use crate::office::choosing;
use crate::office::store::{self as offices, Choice};
use crate::office::{keeper, keeps, note};
use crate::policy::{Permit, Subject};
use crate::walls;
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OfficesPage, _, _>(
            "/network/offices",
            "Every office: its type, what it lacks of the minimum, what is decided in front",
            all,
        )
        .see::<InventoryPage, _, _>(
            "/network/offices/{id}",
            "What an office offers, and what it can do about a need",
            show,
        )
        .asking(&["need", "on"])
        .act::<LineForm, _, _>("/network/offices/{id}/lines", "Adds what an office offers", add)
        .creating()
        .act::<EndLineForm, _, _>(
            "/network/offices/{id}/lines/{line}/end",
            "Ends a line of the inventory on a day",
            end,
        )
        .act::<SideForm, _, _>(
            "/network/offices/{id}/lines/{line}/side",
            "Moves a service into the joint operation or out of it",
            side,
        )
        .act::<KindForm, _, _>("/network/offices/{id}/kind", "Gives an office another type", kind)
}

/// An office beside the others.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BesideLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) municipality: String,
    pub(crate) kind: String,
    pub(crate) aim: String,
    pub(crate) missing: Vec<String>,
    /// Decisions taken in front during the year that ended with the last month, in per cent;
    /// none where they are too few to be told of.
    pub(crate) in_front: Option<i64>,
    /// Those decisions, in steps; none where they are too few to be told of.
    pub(crate) decisions: Option<i64>,
}

/// Every office.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfficesPage {
    pub(crate) offices: Vec<BesideLine>,
    pub(crate) whole: i64,
    /// Decisions of the last year that no mandate of an agency stands behind: none. As many as there
    /// are for who has to put it right; for everybody else in steps and up to the last month that is
    /// over, and not at all where they are too few to be told of.
    pub(crate) untraced: Option<i64>,
    /// The smallest count that is told.
    pub(crate) least: i64,
}

crate::page!(OfficesPage, "network/pages/offices.html");

/// REQ-ORG-25, REQ-ORG-33, REQ-ORG-44: what each office lacks of the minimum, what share it
/// decides in front, and its type.
async fn all(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let today = desk.today();
    let mut missing = store::missing_by_office(&mut conn, today).await?;
    let kinds = store::kinds(&mut conn, today).await?;
    let now = desk.now();
    let year_ago = now.saturating_sub(8760.hours()).map_err(|e| Fault::Defect(e.to_string()))?;
    // What was decided at this very moment counts.
    let until = now.saturating_add(1.second()).map_err(|e| Fault::Defect(e.to_string()))?;
    // REQ-INFO-01: the year that ended with the last month, in steps.
    let zone = &desk.app().zone;
    let year = (month_of(zone, today.saturating_sub(1.year())).1, month_of(zone, today).1);
    let decided = figures::decided(&mut conn, &permit, year, desk.actor()).await?;
    let least = walls::smallest_count(&mut conn, &desk.app().config).await?;
    // REQ-ORG-42: the shared matter is no authority of its own.
    let repairs = matches!(desk.actor().role, Some(Role::JointManager | Role::Administrator));
    let untraced = if repairs {
        Some(figures::untraced(&mut conn, &permit, (year_ago, until), zone).await?)
    } else {
        in_steps(figures::untraced(&mut conn, &permit, year, zone).await?, least)
    };
    let register = store::register(&mut conn).await?;
    let lines = store::placed(&mut conn).await?.into_iter().map(|it| {
        let (kind, aim) = kinds.get(&it.id).copied().unwrap_or((OfficeKind::Joint, Aim::Work));
        let (front, decisions) = decided.get(&it.id).copied().unwrap_or_default();
        let place = register.iter().find(|one| one.number == it.municipality);
        BesideLine {
            municipality: place.map_or(it.municipality, |one| one.name.clone()),
            kind: kind.as_str().to_owned(),
            aim: aim.as_str().to_owned(),
            missing: missing
                .remove(&it.id)
                .unwrap_or_default()
                .into_iter()
                .map(|one| one.as_str().to_owned())
                .collect(),
            in_front: share(front, decisions).filter(|_| decisions >= least.max(1)),
            decisions: in_steps(decisions, least),
            id: it.id.to_string(),
            name: it.name,
        }
    });
    let offices: Vec<BesideLine> = lines.collect();
    let whole = offices.iter().filter(|it| it.missing.is_empty()).count();
    let whole = i64::try_from(whole).unwrap_or(i64::MAX);
    desk.show(&OfficesPage { offices, whole, untraced, least })
}

/// A line of the inventory, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct LineForm {
    /// The service's code.
    #[serde(default)]
    pub(crate) service: String,
    /// The unit that offers it.
    #[serde(default)]
    pub(crate) unit: String,
    /// The unit that decides, where that is another one.
    #[serde(default)]
    pub(crate) decided_by: String,
    /// Where it is given, when not in the building.
    #[serde(default)]
    pub(crate) address: String,
    /// How people get there.
    #[serde(default)]
    pub(crate) route: String,
    /// What must be fulfilled or brought.
    #[serde(default)]
    pub(crate) terms: String,
    /// The identifier of the local agreement it stands on; needed for what is above the minimum.
    #[serde(default)]
    pub(crate) agreement: String,
    /// First day.
    #[serde(default)]
    pub(crate) from: String,
    /// First day it no longer holds; may be empty.
    #[serde(default)]
    pub(crate) until: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The end of a line.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndLineForm {
    /// The first day it no longer holds; today when empty.
    #[serde(default)]
    pub(crate) on: String,
}

/// A service goes in or out.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SideForm {
    /// With whom, when it goes outside.
    #[serde(default)]
    pub(crate) partner: String,
    /// How people get there.
    #[serde(default)]
    pub(crate) way: String,
}

/// A type of office, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct KindForm {
    /// The type.
    #[serde(default)]
    pub(crate) kind: String,
    /// What it is for first of all.
    #[serde(default)]
    pub(crate) aim: String,
    /// From which day.
    #[serde(default)]
    pub(crate) since: String,
}

/// What the office can do about a service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnswerLine {
    pub(crate) service: String,
    /// `unit_here`, `guidance_and_forward` or `guidance_only`.
    pub(crate) answer: String,
    pub(crate) unit: String,
    pub(crate) decided_by: String,
    pub(crate) address: String,
    pub(crate) route: String,
    pub(crate) terms: String,
    pub(crate) inside: bool,
    pub(crate) partner: String,
}

/// A type that the office has had.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct KindLine {
    pub(crate) kind: String,
    pub(crate) aim: String,
    pub(crate) since: String,
}

/// What an office offers.
#[derive(Serialize, ToSchema)]
pub(crate) struct InventoryPage {
    pub(crate) office: String,
    pub(crate) name: String,
    pub(crate) kinds: Vec<KindLine>,
    pub(crate) lines: Vec<InventoryLine>,
    pub(crate) missing: Vec<String>,
    /// Services that the type must have and the inventory lacks.
    pub(crate) type_lacks: Vec<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) need: String,
    pub(crate) answers: Vec<AnswerLine>,
    pub(crate) keeps: bool,
    pub(crate) units: Vec<Choice>,
    /// Agreements that a line can stand on.
    pub(crate) agreements: Vec<Choice>,
    /// The day that is looked at: what holds then or later.
    pub(crate) on: String,
    pub(crate) services: Vec<String>,
    pub(crate) all_kinds: Vec<String>,
    pub(crate) aims: Vec<String>,
    pub(crate) form: LineForm,
    pub(crate) kind_form: KindForm,
    pub(crate) side_form: SideForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(InventoryPage, "network/pages/inventory.html");

#[derive(Default, Deserialize)]
struct AskedNeed {
    #[serde(default)]
    need: String,
    #[serde(default)]
    on: String,
}

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|it| code(*it).to_owned()).collect()
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    office: OfficeId,
    need: &str,
    today: Date,
) -> Result<InventoryPage, Fault> {
    let (name, ..) = offices::office(link, office).await?.ok_or(Fault::Hidden)?;
    let lines = inventory::lines(link, office, today).await?;
    let kinds = store::kinds_of(link, office).await?;
    let keeps = keeps(desk, link, office).await?;
    let inside = lines
        .iter()
        .filter(|it| it.inside && it.from.as_str() <= today.to_string().as_str())
        .filter_map(|it| Service::parse(&it.service))
        .collect();
    let current = kinds.first().map_or(OfficeKind::Joint, |it| it.0);
    let lacks = current.must_have().iter().filter(|it| {
        let code = it.as_str();
        !lines.iter().any(|line| line.service == code && line.inside)
    });
    let found = Need::parse(need);
    let answers = match found {
        Some(need) => answers(link, office, need, &lines, today).await?,
        None => Vec::new(),
    };
    Ok(InventoryPage {
        office: office.to_string(),
        name,
        missing: codes(&missing_elements(&inside), |it| it.as_str()),
        type_lacks: lacks.map(|it| it.as_str().to_owned()).collect(),
        kinds: kinds
            .into_iter()
            .map(|(kind, aim, since)| KindLine {
                kind: kind.as_str().to_owned(),
                aim: aim.as_str().to_owned(),
                since,
            })
            .collect(),
        lines,
        needs: Need::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        need: found.map_or("", Need::as_str).to_owned(),
        answers,
        agreements: if keeps { agreed::choices(link, office).await? } else { Vec::new() },
        on: today.to_string(),
        units: if keeps { choosing::all_units(link, today, "").await? } else { Vec::new() },
        keeps,
        services: codes(Service::ALL, Service::as_str),
        all_kinds: codes(OfficeKind::ALL, OfficeKind::as_str),
        aims: codes(Aim::ALL, Aim::as_str),
        form: LineForm { from: today.to_string(), ..LineForm::default() },
        kind_form: KindForm { since: today.to_string(), ..KindForm::default() },
        side_form: SideForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

/// REQ-ORG-17, REQ-ORG-47: for each service that meets the need the unit, where it is and how
/// people get there, or that the front line can only guide.
async fn answers(
    link: &mut Link,
    office: OfficeId,
    need: Need,
    lines: &[InventoryLine],
    today: Date,
) -> Result<Vec<AnswerLine>, Fault> {
    let units = offices::units(link, office, today).await?;
    let mut answers = Vec::new();
    for service in services_for(need) {
        let code = service.as_str();
        let line = lines
            .iter()
            .find(|it| it.service == code && it.from.as_str() <= today.to_string().as_str());
        let decides = line.zip(service.subject()).is_some_and(|(line, subject)| {
            let unit = units.iter().find(|it| it.id == line.unit_id.to_string());
            unit.is_some_and(|it| it.subjects.iter().any(|one| one == subject.as_str()))
        });
        let told = match answer(*service, line.is_some(), decides) {
            Answer::UnitHere => "unit_here",
            Answer::GuidanceAndForward => "guidance_and_forward",
            Answer::GuidanceOnly => "guidance_only",
        };
        let text = |get: fn(&InventoryLine) -> &String| line.map(get).cloned().unwrap_or_default();
        answers.push(AnswerLine {
            service: code.to_owned(),
            answer: told.to_owned(),
            unit: text(|it| &it.unit),
            decided_by: text(|it| &it.decided_by),
            address: text(|it| &it.address),
            route: text(|it| &it.route),
            terms: text(|it| &it.terms),
            inside: line.is_none_or(|it| it.inside),
            partner: text(|it| &it.partner),
        });
    }
    Ok(answers)
}

async fn show(desk: Desk, Path(office): Path<OfficeId>, Query(asked): Query<AskedNeed>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let on = read_date(&asked.on).unwrap_or_else(|| desk.today());
    let page = page(&desk, &mut conn, office, &asked.need, on).await?;
    desk.show(&page)
}

async fn again(
    desk: &Desk,
    link: &mut Link,
    office: OfficeId,
    faults: Faults,
    fill: impl FnOnce(&mut InventoryPage),
) -> Reply {
    let faults = faults.into_list();
    let mut page = page(desk, link, office, "", desk.today()).await?;
    fill(&mut page);
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

/// REQ-ORG-26: what is above the minimum comes in by a local agreement only, one of this office with
/// the service in its remit.
async fn stands_on(
    link: &mut Link,
    office: OfficeId,
    service: Option<Service>,
    text: &str,
    faults: &mut Faults,
) -> Result<Option<Uuid>, Fault> {
    if text.trim().is_empty() {
        if service.is_some_and(Service::is_addition) {
            faults.add("agreement", "inventory-agreement");
        }
        return Ok(None);
    }
    let agreement = faults.id("agreement", text);
    if let Some((agreement, service)) = agreement.zip(service)
        && !agreed::opens_for(link, office, agreement, service).await?
    {
        faults.add("agreement", "inventory-not-agreed");
    }
    Ok(agreement)
}

async fn add(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<LineForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let once = Once::look(&desk, &mut tx, "network.line", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "inventory-added");
    }
    let mut faults = Faults::default();
    let service = faults.choice("service", &form.service, Service::parse);
    let unit = faults.id("unit", &form.unit).map(UnitId);
    let decided_by = if form.decided_by.trim().is_empty() {
        None
    } else {
        faults.id("decided_by", &form.decided_by).map(UnitId)
    };
    for (field, id) in [("unit", unit), ("decided_by", decided_by)] {
        if let Some(id) = id
            && offices::unit(&mut tx, id).await?.is_none()
        {
            faults.add(field, "choose");
        }
    }
    let agreement = stands_on(&mut tx, office, service, &form.agreement, &mut faults).await?;
    let (from, until) = faults.period(&form.from, &form.until);
    let (address, route, terms) = (
        faults.optional_line("address", &form.address),
        faults.optional_line("route", &form.route),
        faults.optional_line("terms", &form.terms),
    );
    let (Some(service), Some(unit), Some(from), true) = (service, unit, from, faults.is_empty())
    else {
        return again(&desk, &mut tx, office, faults, |page| {
            page.once.clone_from(&form.once);
            page.form = form;
        })
        .await;
    };
    let inside = true;
    let partner = String::new();
    let new = NewLine {
        service,
        unit,
        decided_by,
        inside,
        partner,
        address,
        route,
        terms,
        agreement,
        from,
        until,
    };
    let id = inventory::add(&mut tx, office, &new).await?;
    let location = format!("/network/offices/{office}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "inventory_line", id);
    desk.commit(tx).await?;
    desk.done(&location, "inventory-added")
}

async fn end(
    desk: Desk,
    Path((office, line)): Path<(OfficeId, Uuid)>,
    Input(form): Input<EndLineForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let on = read_date(&form.on).unwrap_or_else(|| desk.today());
    inventory::end(&mut tx, (office, line), on).await?;
    note(&desk, &permit, "inventory_end", line);
    desk.commit(tx).await?;
    desk.done(&format!("/network/offices/{office}"), "inventory-ended")
}

/// REQ-ORG-34: the line goes to the other side from today on; what lies open stays with its unit,
/// and the journal tells how much that was.
async fn side(
    desk: Desk,
    Path((office, line)): Path<(OfficeId, Uuid)>,
    Input(form): Input<SideForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let today = desk.today();
    let mut moved = inventory::line(&mut tx, (office, line), today).await?;
    moved.inside = !moved.inside;
    let mut faults = Faults::default();
    if moved.inside {
        moved.partner = String::new();
    } else {
        moved.partner = faults.line("partner", &form.partner);
        moved.route = faults.line("way", &form.way);
    }
    if !faults.is_empty() {
        return again(&desk, &mut tx, office, faults, |page| page.side_form = form).await;
    }
    moved.from = today;
    inventory::end(&mut tx, (office, line), today).await?;
    let open = inventory::open_tasks(&mut tx, &permit, office, moved.service.as_str()).await?;
    inventory::add(&mut tx, office, &moved).await?;
    note_side(&desk, &permit, line, open);
    desk.commit(tx).await?;
    desk.done(&format!("/network/offices/{office}"), "inventory-side")
}

fn note_side(desk: &Desk, permit: &Permit, line: Uuid, open: i64) {
    note(desk, permit, "inventory_side", format!("{line}, {open} open"));
}

async fn kind(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<KindForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, OfficeKind::parse);
    let aim = faults.choice("aim", &form.aim, Aim::parse);
    let since = faults.date("since", &form.since);
    let held = store::kinds_of(&mut tx, office).await?;
    let held = held.first().map_or((OfficeKind::Joint, Aim::Work), |it| (it.0, it.1));
    if let Some(to) = kind.zip(aim) {
        match convert(held, to) {
            Err(ConversionFault::LosesWork) => faults.add("aim", "kind-loses-work"),
            Err(ConversionFault::Same) => faults.add("kind", "kind-same"),
            Ok(()) => {}
        }
    }
    let (Some(to), Some(since), true) = (kind.zip(aim), since, faults.is_empty()) else {
        return again(&desk, &mut tx, office, faults, |page| page.kind_form = form).await;
    };
    store::set_kind(&mut tx, &permit, office, to, since).await?;
    note(&desk, &permit, "office_kind", office);
    desk.commit(tx).await?;
    desk.done(&format!("/network/offices/{office}"), "office-kind")
}
