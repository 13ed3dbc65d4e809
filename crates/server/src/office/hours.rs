//! The calendar of an office: its days, the days that are different, and visiting hours.

use axum::extract::{Path, Query};
use jiff::civil::Time;
use onedoor_domain::ids::{OfficeId, UnitId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::calendar::{self, DayLine, NewVisiting, VisitingLine};
use super::choosing;
use super::store::{self, Choice};
use super::{keeper, keeps, note};
use crate::db::Link;
use crate::policy::Subject;
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

/// How many days one page shows.
const DAYS: i64 = 28;

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<HoursPage, _, _>("/office/hours", "When an office is open, and for whom", hours)
        .asking(&["office", "from", "place"])
        .act::<SpecialForm, _, _>(
            "/office/{id}/special-days",
            "Says that an office keeps other hours on a day",
            special,
        )
        .act::<VisitingForm, _, _>(
            "/office/{id}/visiting-hours",
            "Says when a unit of another office is there",
            visiting,
        )
        .creating()
        .act::<EndHoursForm, _, _>(
            "/office/{id}/visiting-hours/{hours}/end",
            "Ends visiting hours on a day",
            end,
        )
}

/// A day with other hours, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SpecialForm {
    /// The day.
    #[serde(default)]
    pub(crate) day: String,
    /// From, as 09:00; both times empty for a day on which the door stays closed.
    #[serde(default)]
    pub(crate) opens: String,
    /// To.
    #[serde(default)]
    pub(crate) closes: String,
    /// Why, as people at the door may read it.
    #[serde(default)]
    pub(crate) note: String,
}

/// Visiting hours, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct VisitingForm {
    /// The unit that comes.
    #[serde(default)]
    pub(crate) unit: String,
    /// 1 to 7.
    #[serde(default)]
    pub(crate) weekday: String,
    /// From, as 09:00.
    #[serde(default)]
    pub(crate) starts: String,
    /// To.
    #[serde(default)]
    pub(crate) ends: String,
    /// `yes` over a distance: by telephone or video.
    #[serde(default)]
    pub(crate) remote: String,
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

/// The end of visiting hours.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndHoursForm {
    /// The first day they no longer hold; today where it is empty. On their first day or before it,
    /// they never held.
    #[serde(default)]
    pub(crate) on: String,
}

/// The calendar of an office.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoursPage {
    pub(crate) offices: Vec<Choice>,
    pub(crate) office: String,
    pub(crate) name: String,
    pub(crate) from: String,
    pub(crate) days: Vec<DayLine>,
    pub(crate) visiting: Vec<VisitingLine>,
    pub(crate) keeps: bool,
    /// The municipality whose units are offered to choose from, and the others.
    pub(crate) place: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) weekdays: Vec<String>,
    pub(crate) today: String,
    pub(crate) special: SpecialForm,
    pub(crate) form: VisitingForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(HoursPage, "office/pages/hours.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    office: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    place: String,
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    office: OfficeId,
    (from, place): (&str, &str),
) -> Result<HoursPage, Fault> {
    let (name, ..) = store::office(link, office).await?.ok_or(Fault::Hidden)?;
    let today = desk.today();
    let from = read_date(from).unwrap_or(today);
    let keeps = keeps(desk, link, office).await?;
    let offices = store::offices(link).await?;
    let (place, places) = choosing::place_to_choose(link, place, Some(office)).await?;
    Ok(HoursPage {
        offices: offices.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        office: office.to_string(),
        name,
        from: from.to_string(),
        days: calendar::days(link, office, desk.app().country, from, DAYS).await?,
        visiting: calendar::visiting(link, office, today).await?,
        units: if keeps { choosing::all_units(link, today, &place).await? } else { Vec::new() },
        place,
        places,
        keeps,
        weekdays: (1..=7).map(|day| day.to_string()).collect(),
        today: today.to_string(),
        special: SpecialForm::default(),
        form: VisitingForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn hours(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let first = store::offices(&mut conn).await?.first().and_then(|it| it.id.parse().ok());
    let office = asked.office.parse().ok().or(desk.actor().office).or(first);
    let page =
        page(&desk, &mut conn, office.ok_or(Fault::Hidden)?, (&asked.from, &asked.place)).await?;
    desk.show(&page)
}

fn clock(faults: &mut Faults, field: &str, text: &str) -> Option<Time> {
    let text = text.trim().replace('.', ":");
    let time = Time::strptime("%H:%M", &text).ok();
    if time.is_none() {
        faults.add(field, if text.is_empty() { "time-empty" } else { "time" });
    }
    time
}

async fn special(
    desk: Desk,
    Path(office): Path<OfficeId>,
    Input(form): Input<SpecialForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let day = faults.date("day", &form.day);
    let told = faults.line("note", &form.note);
    let closed = form.opens.trim().is_empty() && form.closes.trim().is_empty();
    let hours = if closed {
        None
    } else {
        let opens = clock(&mut faults, "opens", &form.opens);
        let closes = clock(&mut faults, "closes", &form.closes);
        let hours = opens.zip(closes);
        if hours.is_some_and(|(opens, closes)| closes <= opens) {
            faults.add("closes", "time-order");
        }
        hours
    };
    let (Some(day), true) = (day, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx, office, ("", "")).await?;
        page.special = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    calendar::set_special(&mut tx, &permit, office, day, hours, &told).await?;
    note(&desk, &permit, "special_day", day);
    desk.commit(tx).await?;
    desk.done(&format!("/office/hours?office={office}&from={day}"), "special-day")
}

async fn visiting(
    desk: Desk,
    Path(office): Path<OfficeId>,
    Input(form): Input<VisitingForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let once = Once::look(&desk, &mut tx, "office.visiting", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "visiting-hours");
    }
    let mut faults = Faults::default();
    let unit = faults.id("unit", &form.unit).map(UnitId);
    let known = match unit {
        Some(unit) => store::unit(&mut tx, unit).await?,
        None => None,
    };
    if unit.is_some() && known.as_ref().is_none_or(|(_, _, at)| *at == office) {
        faults.add("unit", "visiting-own-unit");
    }
    let weekday = form.weekday.trim().parse::<i64>().ok().filter(|it| (1..=7).contains(it));
    if weekday.is_none() {
        faults.add("weekday", "choose");
    }
    let opens = clock(&mut faults, "starts", &form.starts);
    let closes = clock(&mut faults, "ends", &form.ends);
    if let (Some(opens), Some(closes)) = (opens, closes)
        && closes <= opens
    {
        faults.add("ends", "time-order");
    }
    let (from, until) = faults.period(&form.from, &form.until);
    let all = (unit, weekday, opens.zip(closes), from);
    let (Some(unit), Some(weekday), Some((opens, closes)), Some(from)) = all else {
        return visiting_again(&desk, &mut tx, office, form, faults).await;
    };
    if !faults.is_empty() {
        return visiting_again(&desk, &mut tx, office, form, faults).await;
    }
    let remote = form.remote == "yes";
    let municipality = store::municipality(&mut tx, office).await?.ok_or(Fault::Hidden)?;
    let new = NewVisiting {
        office,
        unit,
        municipality,
        weekday,
        opens,
        closes,
        remote,
        from,
        until,
        by: worker.id,
    };
    let id = calendar::add_visiting(&mut tx, &permit, &new).await?;
    let location = format!("/office/hours?office={office}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "visiting_hours", id);
    desk.commit(tx).await?;
    desk.done(&location, "visiting-hours")
}

async fn visiting_again(
    desk: &Desk,
    link: &mut Link,
    office: OfficeId,
    form: VisitingForm,
    faults: Faults,
) -> Reply {
    let faults = faults.into_list();
    let mut page = page(desk, link, office, ("", "")).await?;
    page.once.clone_from(&form.once);
    page.form = form;
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

async fn end(
    desk: Desk,
    Path((office, hours)): Path<(OfficeId, Uuid)>,
    Input(form): Input<EndHoursForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    if !calendar::is_at(&mut tx, office, hours).await? {
        return Err(Fault::Hidden);
    }
    let mut faults = Faults::default();
    let on = faults.optional_date("on", &form.on);
    if !faults.is_empty() {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx, office, ("", "")).await?;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    }
    let on = on.unwrap_or_else(|| desk.today());
    calendar::end_visiting(&mut tx, &permit, hours, on).await?;
    note(&desk, &permit, "visiting_hours_end", hours);
    desk.commit(tx).await?;
    desk.done(&format!("/office/hours?office={office}"), "visiting-hours-end")
}
