//! Numbers of the country at each level, and one municipality.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::network::{Level, Municipality, Reach, Service, counts, reach, totals};
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{figures, inventory, monthly, store};
use crate::db::Link;
use crate::office::note;
use crate::policy::{Permit, Subject};
use crate::walls;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<NetworkPage, _, _>("/network", "Numbers of the country at a level", network)
        .asking(&["level", "month"])
        .see::<PlacePage, _, _>(
            "/network/municipalities/{number}",
            "One municipality: its offices and how near each service is",
            place,
        )
        .act::<PlacesForm, _, _>(
            "/network/municipalities/{number}/places",
            "Keeps a municipality's places in measures and their cost in a year",
            set_places,
        )
}

/// Numbers of one part of the country.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct PartLine {
    /// The code of the part; of a municipality its number; empty for what no register names.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// How many municipalities it holds.
    pub(crate) municipalities: i64,
    /// Offices.
    pub(crate) offices: i64,
    /// Inhabitants by the register.
    pub(crate) inhabitants: i64,
    /// Open cases when the month ended; none while the month has not been counted.
    pub(crate) cases: Option<i64>,
    /// Visits in the month, likewise.
    pub(crate) visits: Option<i64>,
    /// Joint meetings in the month, likewise.
    pub(crate) meetings: Option<i64>,
    /// Places in measures in the year.
    pub(crate) places: i64,
    /// What they cost.
    pub(crate) cost: i64,
    /// What of it municipalities bear, because a trial made them principal for measures.
    pub(crate) municipal_cost: i64,
    /// People who took part in measures in the month; none while it has not been counted, and so
    /// with what follows.
    pub(crate) participants: Option<i64>,
    /// Their days.
    pub(crate) participant_days: Option<i64>,
    /// What those cost.
    pub(crate) participation_cost: Option<i64>,
    /// What of that municipalities pay.
    pub(crate) municipal_participation_cost: Option<i64>,
    /// Decisions on measures in the month.
    pub(crate) measure_decisions: Option<i64>,
    /// Of those, decisions of a municipality.
    pub(crate) municipal_measure_decisions: Option<i64>,
}

impl PartLine {
    /// What is counted of a month, in the order of the page.
    fn counted(&mut self) -> [&mut Option<i64>; 9] {
        [
            &mut self.cases,
            &mut self.visits,
            &mut self.meetings,
            &mut self.participants,
            &mut self.participant_days,
            &mut self.participation_cost,
            &mut self.municipal_participation_cost,
            &mut self.measure_decisions,
            &mut self.municipal_measure_decisions,
        ]
    }

    /// What is told of measures, in the order of the page.
    pub(crate) fn measures(&self) -> [Option<i64>; 6] {
        [
            self.participants,
            self.participant_days,
            self.participation_cost,
            self.municipal_participation_cost,
            self.measure_decisions,
            self.municipal_measure_decisions,
        ]
    }
}

/// Municipalities, efforts and counties of a year of entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WaveLine {
    /// The year; empty for all.
    pub(crate) year: String,
    pub(crate) municipalities: usize,
    pub(crate) efforts: usize,
    pub(crate) counties: usize,
}

/// The country at a level.
#[derive(Serialize, ToSchema)]
pub(crate) struct NetworkPage {
    pub(crate) level: String,
    pub(crate) levels: Vec<String>,
    pub(crate) month: String,
    /// The step in which cases, visits and meetings are told; fewer in a municipality are none.
    pub(crate) least: i64,
    /// Whether the month is over and counted.
    pub(crate) counted: bool,
    pub(crate) waves: Vec<WaveLine>,
    pub(crate) parts: Vec<PartLine>,
    pub(crate) sum: PartLine,
}

crate::page!(NetworkPage, "network/pages/network.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    level: String,
    #[serde(default)]
    month: String,
}

/// The first day of a month written `2026-11`, or else of the last one that is over.
fn month_of(text: &str, today: Date) -> Date {
    let last = today.first_of_month().saturating_sub(1.month());
    format!("{}-01", text.trim()).parse().unwrap_or(last)
}

async fn network(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let level = Level::parse(&asked.level).unwrap_or(Level::Municipality);
    let month = month_of(&asked.month, desk.today());
    let register = store::register(&mut conn).await?;
    let least = walls::smallest_count(&mut conn, &desk.app().config).await?;
    let parts = parts(&desk, &mut conn, &permit, &register, level, (month, least)).await?;
    let sum = parts.iter().cloned().fold(PartLine::default(), |mut sum, mut it| {
        sum.municipalities += it.municipalities;
        sum.offices += it.offices;
        sum.inhabitants += it.inhabitants;
        for (sum, it) in sum.counted().into_iter().zip(it.counted()) {
            *sum = it.map(|it| it + sum.unwrap_or(0)).or(*sum);
        }
        sum.places += it.places;
        sum.cost += it.cost;
        sum.municipal_cost += it.municipal_cost;
        sum
    });
    let years: std::collections::BTreeSet<i16> = register.iter().map(|it| it.entry_year).collect();
    let waves = years.into_iter().map(Some).chain([None]).map(|year| {
        let it = counts(&register, year);
        WaveLine {
            year: year.map(|year| year.to_string()).unwrap_or_default(),
            municipalities: it.municipalities,
            efforts: it.efforts,
            counties: it.counties,
        }
    });
    desk.show(&NetworkPage {
        level: level.as_str().to_owned(),
        levels: Level::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        month: month.strftime("%Y-%m").to_string(),
        least,
        counted: monthly::is_counted(&mut conn, month).await?,
        waves: waves.collect(),
        parts,
        sum,
    })
}

/// Puts a number in its place on a line.
type Put = fn(&mut PartLine, i64);

/// REQ-ORG-15, REQ-ORG-28: every number is told by municipality first and then added up, so that
/// each level has the same sum.
async fn parts(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    register: &[Municipality],
    level: Level,
    (month, least): (Date, i64),
) -> Result<Vec<PartLine>, Fault> {
    let (places, cost) = figures::places(link, i64::from(month.year())).await?;
    // REQ-ORG-41: who is principal changes who pays, and nothing else of the numbers.
    let municipal = figures::municipal(link, desk.today()).await?;
    let borne = cost.iter().filter(|(number, _)| municipal.contains(*number));
    let borne: BTreeMap<String, i64> = borne.map(|(number, it)| (number.clone(), *it)).collect();
    let ones = register.iter().map(|it| (it.number.clone(), 1)).collect();
    let people = register.iter().map(|it| (it.number.clone(), it.inhabitants)).collect();
    // What is of people is that of a month that is over, and in steps (REQ-INFO-01).
    let [cases, visits, meetings] = monthly::COUNTED;
    let cases = monthly::of_month(link, permit, (month, cases), least).await?;
    let visits = monthly::of_month(link, permit, (month, visits), least).await?;
    let meetings = monthly::of_month(link, permit, (month, meetings), least).await?;
    let [taking_part, days, spent, _, own, decided, own_decided] =
        monthly::measured(link, permit, month, least).await?;
    let numbers: [(Put, BTreeMap<String, i64>); 15] = [
        (|it, n| it.municipalities = n, ones),
        (|it, n| it.offices = n, figures::offices(link).await?),
        (|it, n| it.inhabitants = n, people),
        (|it, n| it.cases = Some(n), cases),
        (|it, n| it.visits = Some(n), visits),
        (|it, n| it.meetings = Some(n), meetings),
        (|it, n| it.places = n, places),
        (|it, n| it.cost = n, cost),
        (|it, n| it.municipal_cost = n, borne),
        (|it, n| it.participants = Some(n), taking_part),
        (|it, n| it.participant_days = Some(n), days),
        (|it, n| it.participation_cost = Some(n), spent),
        (|it, n| it.municipal_participation_cost = Some(n), own),
        (|it, n| it.measure_decisions = Some(n), decided),
        (|it, n| it.municipal_measure_decisions = Some(n), own_decided),
    ];
    let mut parts: BTreeMap<String, PartLine> = BTreeMap::new();
    for (set, numbers) in numbers {
        for (code, sum) in totals(register, level, &numbers) {
            let part = parts.entry(code.clone()).or_insert_with(|| PartLine {
                name: name_of(register, level, &code),
                code,
                ..PartLine::default()
            });
            set(part, sum);
        }
    }
    let mut parts: Vec<PartLine> = parts.into_values().collect();
    let counted = monthly::is_counted(link, month).await?;
    for part in &mut parts {
        for number in part.counted() {
            *number = counted.then_some(number.unwrap_or(0));
        }
    }
    // What no register names comes last.
    parts.sort_by(|a, b| (a.code.is_empty(), &a.name).cmp(&(b.code.is_empty(), &b.name)));
    Ok(parts)
}

fn name_of(register: &[Municipality], level: Level, code: &str) -> String {
    let Some(first) = register.iter().find(|it| level.of(it) == code) else {
        return String::new();
    };
    match level {
        Level::Municipality => first.name.clone(),
        Level::Effort => first.effort_name.clone(),
        Level::County => first.county.clone(),
        // The district of an employment office is known by its municipalities.
        Level::District => {
            let names = register.iter().filter(|it| level.of(it) == code);
            names.map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
        }
    }
}

/// How near a service is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReachLine {
    pub(crate) service: String,
    pub(crate) reach: String,
}

/// An office of the municipality.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfficeOf {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) address: String,
}

/// Places in measures, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PlacesForm {
    /// The year.
    #[serde(default)]
    pub(crate) year: String,
    /// How many places.
    #[serde(default)]
    pub(crate) places: String,
    /// What they cost in the year, in whole kroner or kronor.
    #[serde(default)]
    pub(crate) cost: String,
}

/// One municipality.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlacePage {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) county: String,
    pub(crate) entry_year: i64,
    pub(crate) effort: String,
    /// The number that it has now, where that is another one.
    pub(crate) number_later: String,
    /// The year in which it got that; empty when it is not known.
    pub(crate) later_from: String,
    pub(crate) verified: bool,
    /// The municipalities that the same employment office serves.
    pub(crate) beside: Vec<String>,
    /// `state` or `municipality`: who decides on labour-market measures here and pays them.
    pub(crate) measures_principal: String,
    pub(crate) offices: Vec<OfficeOf>,
    pub(crate) reach: Vec<ReachLine>,
    pub(crate) may_edit: bool,
    pub(crate) form: PlacesForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PlacePage, "network/pages/place.html");

/// The employment-office district of every municipality: that of the register, or itself.
pub(super) fn districts(
    register: &[Municipality],
    offices: &[store::Placed],
) -> BTreeMap<String, String> {
    let own = offices.iter().map(|it| (it.municipality.clone(), it.municipality.clone()));
    let told = register.iter().map(|it| (it.number.clone(), it.district.clone()));
    own.chain(told).collect()
}

async fn place_page(desk: &Desk, link: &mut Link, number: &str) -> Result<PlacePage, Fault> {
    let register = store::register(link).await?;
    let one = register.iter().find(|it| it.number == number).ok_or(Fault::Hidden)?;
    let beside = register.iter().filter(|it| it.district == one.district && it.number != number);
    let districts = districts(&register, &store::placed(link).await?);
    let reached = reach(&inventory::offered(link, desk.today()).await?, &districts);
    let lines = Service::ALL.iter().map(|service| {
        let reach = reached.get(&(number.to_owned(), *service)).copied().unwrap_or(Reach::None);
        ReachLine { service: service.as_str().to_owned(), reach: reach.as_str().to_owned() }
    });
    let offices = store::offices_in(link, number).await?.into_iter();
    let own = figures::municipal(link, desk.today()).await?.contains(number);
    Ok(PlacePage {
        number: number.to_owned(),
        name: one.name.clone(),
        county: one.county.clone(),
        entry_year: i64::from(one.entry_year),
        effort: one.effort_name.clone(),
        number_later: one.later().map(|it| it.0.to_owned()).unwrap_or_default(),
        later_from: one
            .later()
            .and_then(|it| it.1)
            .map(|year| year.to_string())
            .unwrap_or_default(),
        verified: one.verified,
        measures_principal: if own { "municipality" } else { "state" }.to_owned(),
        beside: beside.map(|it| it.name.clone()).collect(),
        offices: offices
            .map(|(id, name, address)| OfficeOf { id: id.to_string(), name, address })
            .collect(),
        reach: lines.collect(),
        may_edit: desk.actor().role == Some(Role::Administrator),
        form: PlacesForm { year: desk.today().year().to_string(), ..PlacesForm::default() },
        faults: Vec::new(),
    })
}

async fn place(desk: Desk, Path(number): Path<String>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = place_page(&desk, &mut conn, &number).await?;
    desk.show(&page)
}

/// A whole number that is not negative.
pub(super) fn whole(faults: &mut Faults, field: &str, text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let number = text.parse().ok().filter(|it| (0..=1_000_000_000_000).contains(it));
    if number.is_none() {
        faults.add(field, "whole-number");
    }
    number
}

async fn set_places(
    desk: Desk,
    Path(number): Path<String>,
    Input(form): Input<PlacesForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let mut page = place_page(&desk, &mut tx, &number).await?;
    let mut faults = Faults::default();
    let year = whole(&mut faults, "year", &form.year).filter(|it| (1990..=2100).contains(it));
    if year.is_none() && faults.is_empty() {
        faults.add("year", "whole-number");
    }
    let places = whole(&mut faults, "places", &form.places);
    let cost = whole(&mut faults, "cost", &form.cost);
    let (Some(year), Some(places), Some(cost)) = (year, places, cost) else {
        let faults = faults.into_list();
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    figures::set_places(&mut tx, &permit, (&number, year), (places, cost)).await?;
    note(&desk, &permit, "measure_places", &number);
    desk.commit(tx).await?;
    desk.done(&format!("/network/municipalities/{number}"), "places-kept")
}
