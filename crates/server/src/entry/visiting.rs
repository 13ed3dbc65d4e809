//! Where an agency has no office: its hours in another agency's reception, or at a distance, and
//! whether people can reach it no less than before (REQ-FRONT-25).

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use jiff::civil::{Date, Time};
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId, UnitId};
use onedoor_domain::secrecy::{Action, in_steps};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::office::access;
use crate::office::calendar::{self, NewVisiting};
use crate::office::choosing::{all_units, place_to_choose};
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::walls::open_to;
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, FieldFault, Input, Once, Reply, Routes};

crate::sql! {
    HOURS = "select coalesce(u.name, ''), a.name, o.name, v.remote, v.weekday, v.opens, v.closes,
            v.valid_from, coalesce(v.valid_until, ''), v.id,
            (v.valid_until is null or v.valid_until > $2)
        from visiting_hours v join agency a on a.id = v.agency_id
        join office o on o.id = v.office_id left join unit u on u.id = v.unit_id
        where v.municipality = $1 order by v.weekday, v.opens, v.id limit 300";
    // Nobody comes to a reception that is there no more, and no unit that has ended comes.
    REACHED = "select v.agency_id, v.remote, v.weekday, v.opens, v.closes
        from visiting_hours v join office o on o.id = v.office_id
            and (o.ended_on is null or o.ended_on > $2)
        left join unit u on u.id = v.unit_id
        where v.municipality = $1 and v.valid_from <= $2
            and (v.valid_until is null or v.valid_until > $2)
            and (u.valid_until is null or u.valid_until > $2) limit 2000";
    CONTACTS = concat!("select count(*) from basic_unit m join person p on p.basic_unit = m.code
        join visit v on v.person_id = p.id
        join visit_agency g on g.visit_id = v.id and g.agency_id = $2
        where m.municipality = $1 and v.arrived_at >= $3 and v.arrived_at < $4
            and ", open_to!("$5", "$6"));
    // Those without any office too: the hours are for them first of all.
    MUNICIPALITIES = "select municipality from office union select municipality from basic_unit
        union select municipality from visiting_hours order by 1 limit 1000";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<VisitingPage, _, _>("/visiting", "Hours of agencies without an office there", list)
        .asking(&["municipality", "on", "before", "place"])
        .act::<StandInForm, _, _>("/visiting", "Adds hours in a reception or at a distance", add)
        .creating()
        .act::<StandInEndForm, _, _>("/visiting/{id}/end", "Ends such hours on a day", end)
}

/// Hours that stand in for an office.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StandInLine {
    /// The unit that comes; empty where it was written down for the agency as a whole.
    pub(crate) unit: String,
    pub(crate) agency: String,
    pub(crate) office: String,
    /// `visiting` or `remote`.
    pub(crate) kind: String,
    pub(crate) weekday: i64,
    pub(crate) opens: String,
    pub(crate) closes: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) id: String,
    /// Whether they hold today or later.
    pub(crate) runs: bool,
}

/// The end of hours, as typed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub(crate) struct StandInEndForm {
    /// The day after the last; today where it is empty. On the first day or before it, they never
    /// held.
    #[serde(default)]
    pub(crate) until: String,
}

/// How an agency can be reached by the inhabitants, beside how it could before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgencyReachLine {
    pub(crate) agency: String,
    /// Minutes a week, on the earlier day.
    pub(crate) before: i64,
    /// Minutes a week, on the day asked for.
    pub(crate) now: i64,
    /// Of these, at a distance.
    pub(crate) remote: i64,
    /// Visits of inhabitants in the 90 days before the earlier day, in steps; none where they are
    /// too few to be told of.
    pub(crate) contacts_before: Option<i64>,
    /// Visits of inhabitants in the 90 days before the day asked for, in steps.
    pub(crate) contacts_now: Option<i64>,
}

impl AgencyReachLine {
    /// Whether it can be reached less than before.
    pub(crate) fn is_worse(&self) -> bool {
        self.now < self.before
    }
}

/// A count, or that it is fewer than the least, for the template.
pub(crate) fn some(count: &Option<i64>, least: &i64) -> String {
    count.map_or_else(|| format!("< {least}"), |n| n.to_string())
}

/// Minutes as hours and minutes, for the template.
pub(crate) fn hours(minutes: &i64) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// Hours as typed into the form.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StandInForm {
    /// The unit that comes: nobody is in two places at once.
    #[serde(default)]
    pub(crate) unit: String,
    /// The reception that it comes to, or through which it is reached.
    #[serde(default)]
    pub(crate) office: String,
    /// Whose inhabitants: the number of the municipality.
    #[serde(default)]
    pub(crate) municipality: String,
    /// `visiting` or `remote`.
    #[serde(default)]
    pub(crate) kind: String,
    /// 1 is Monday.
    #[serde(default)]
    pub(crate) weekday: String,
    /// From, `09:00`.
    #[serde(default)]
    pub(crate) opens: String,
    /// Until.
    #[serde(default)]
    pub(crate) closes: String,
    /// The first day.
    #[serde(default)]
    pub(crate) from: String,
    /// The day after the last; may be empty.
    #[serde(default)]
    pub(crate) until: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// Hours in a municipality, and how its inhabitants reach each agency.
#[derive(Serialize, ToSchema)]
pub(crate) struct VisitingPage {
    pub(crate) municipalities: Vec<String>,
    pub(crate) municipality: String,
    pub(crate) on: String,
    pub(crate) before: String,
    pub(crate) reach: Vec<AgencyReachLine>,
    pub(crate) lines: Vec<StandInLine>,
    /// The municipality whose units are offered to choose from, and the others.
    pub(crate) place: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) offices: Vec<Choice>,
    pub(crate) weekdays: Vec<String>,
    /// The smallest count that is told.
    pub(crate) least: i64,
    pub(crate) may_add: bool,
    pub(crate) form: StandInForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(VisitingPage, "entry/pages/visiting.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    municipality: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    place: String,
}

/// The minutes of a week in which an agency can be reached, by weekday, and of these the ones in
/// which somebody is there. What is written down twice, or at two offices at once, counts once.
#[derive(Default)]
struct Reach {
    all: BTreeSet<(i64, i64)>,
    present: BTreeSet<(i64, i64)>,
}

impl Reach {
    fn add(&mut self, weekday: i64, (opens, closes): (&str, &str), remote: bool) {
        let (Ok(from), Ok(until)) = (opens.parse::<Time>(), closes.parse::<Time>()) else { return };
        let of = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        for minute in of(from)..of(until) {
            self.all.insert((weekday, minute));
            if !remote {
                self.present.insert((weekday, minute));
            }
        }
    }

    fn minutes(&self) -> i64 {
        i64::try_from(self.all.len()).unwrap_or(i64::MAX)
    }

    fn remote(&self) -> i64 {
        self.minutes() - i64::try_from(self.present.len()).unwrap_or(i64::MAX)
    }
}

/// How each agency can be reached on a day: at offices where it has a unit, and in what stands in
/// for one.
async fn reach(
    link: &mut Link,
    municipality: &str,
    on: Date,
) -> Result<BTreeMap<AgencyId, Reach>, DbError> {
    let mut all: BTreeMap<AgencyId, Reach> = BTreeMap::new();
    for it in access::on(link, municipality, on).await? {
        all.entry(it.agency).or_default().add(it.weekday, (&it.opens, &it.closes), false);
    }
    for mut row in link.rows(&REACHED, args![municipality, on]).await? {
        let (agency, remote): (AgencyId, bool) = (row.get(0)?, row.get(1)?);
        let (weekday, opens, closes): (i64, String, String) =
            (row.get(2)?, row.get(3)?, row.get(4)?);
        all.entry(agency).or_default().add(weekday, (&opens, &closes), remote);
    }
    Ok(all)
}

/// Counts visits of inhabitants that concerned an agency, of nobody in particular.
async fn contacts(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    municipality: &str,
    (agency, least): (AgencyId, i64),
    until: Date,
) -> Result<Option<i64>, DbError> {
    let start = |day: Date| {
        let at = desk.app().zone.to_timestamp(day.to_datetime(Time::midnight()));
        at.map_or(0, jiff::Timestamp::as_microsecond)
    };
    let span = 90 * 24 * 3600 * 1_000_000_i64;
    let end = start(until);
    let actor = desk.actor();
    let args = args![municipality, agency, end - span, end, actor.lacks(), actor.id];
    let count = match link.row(permit.opens(&CONTACTS), args).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    Ok(in_steps(count, least))
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: Asked,
) -> Result<VisitingPage, DbError> {
    let least = crate::walls::smallest_count(link, &desk.app().config).await?;
    let mut municipalities = Vec::new();
    for mut row in link.rows(&MUNICIPALITIES, &[]).await? {
        municipalities.push(row.get::<String>(0)?);
    }
    let first = municipalities.first().cloned().unwrap_or_default();
    let municipality =
        if asked.municipality.trim().is_empty() { first } else { asked.municipality.clone() };
    let on = read_date(&asked.on).unwrap_or_else(|| desk.today());
    let year = on.checked_sub(jiff::ToSpan::years(1)).unwrap_or(on);
    let before = read_date(&asked.before).unwrap_or(year);
    let (now, then) =
        (reach(link, &municipality, on).await?, reach(link, &municipality, before).await?);
    let mut lines = Vec::new();
    for one in offices::agencies(link).await? {
        let id = one.id;
        let of = |all: &BTreeMap<AgencyId, Reach>| {
            all.get(&id).map_or((0, 0), |it| (it.minutes(), it.remote()))
        };
        if of(&now) == (0, 0) && of(&then) == (0, 0) {
            continue;
        }
        lines.push(AgencyReachLine {
            agency: one.name,
            before: of(&then).0,
            now: of(&now).0,
            remote: of(&now).1,
            contacts_before: contacts(desk, link, permit, &municipality, (id, least), before)
                .await?,
            contacts_now: contacts(desk, link, permit, &municipality, (id, least), on).await?,
        });
    }
    let read = |mut row: Row| -> Result<StandInLine, DbError> {
        let remote: bool = row.get(3)?;
        Ok(StandInLine {
            unit: row.get(0)?,
            agency: row.get(1)?,
            office: row.get(2)?,
            kind: if remote { "remote" } else { "visiting" }.to_owned(),
            weekday: row.get(4)?,
            opens: row.get(5)?,
            closes: row.get(6)?,
            from: row.get(7)?,
            until: row.get(8)?,
            id: row.get::<Uuid>(9)?.to_string(),
            runs: row.get(10)?,
        })
    };
    let hours = link.rows(&HOURS, args![&municipality, desk.today()]).await?;
    let (place, places) = place_to_choose(link, &asked.place, desk.actor().office).await?;
    let all = offices::offices(link).await?;
    Ok(VisitingPage {
        municipalities,
        on: on.to_string(),
        before: before.to_string(),
        reach: lines,
        lines: hours.into_iter().map(read).collect::<Result<_, _>>()?,
        units: all_units(link, desk.today(), &place).await?,
        place,
        places,
        offices: all.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        least,
        weekdays: (1..=7).map(|day: i64| day.to_string()).collect(),
        may_add: false,
        form: StandInForm {
            municipality: municipality.clone(),
            once: crate::app::new_id().to_string(),
            ..StandInForm::default()
        },
        municipality,
        faults: Vec::new(),
    })
}

/// REQ-FRONT-25: after an office was closed, the figure for its inhabitants stands beside the
/// earlier one.
async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let mut shown = page(&desk, &mut conn, &permit, asked).await?;
    shown.may_add = desk.may(&mut conn, Action::SetUpReception, Subject::Duty).await?;
    desk.show(&shown)
}

/// What of the form can be kept; its faults otherwise.
async fn check(
    link: &mut Link,
    shown: &VisitingPage,
    form: &StandInForm,
    (by, faults): (StaffId, &mut Faults),
) -> Result<Option<NewVisiting>, DbError> {
    let unit = faults.id("unit", &form.unit).map(UnitId);
    let office = faults.id("office", &form.office).map(OfficeId);
    let known = match unit {
        Some(unit) => offices::unit(link, unit).await?,
        None => None,
    };
    if unit.is_some() && known.is_none() {
        faults.add("unit", "choose");
    }
    if known.is_some_and(|(_, _, at)| Some(at) == office) {
        faults.add("unit", "visiting-own-unit");
    }
    if office.is_some() && !shown.offices.iter().any(|one| one.id == form.office.trim()) {
        faults.add("office", "choose");
    }
    let municipality = form.municipality.trim().to_owned();
    if !shown.municipalities.contains(&municipality) {
        faults.add("municipality", "choose");
    }
    let remote = faults.choice("kind", &form.kind, |code| match code {
        "visiting" => Some(false),
        "remote" => Some(true),
        _ => None,
    });
    let weekday: Option<i64> = form.weekday.trim().parse().ok().filter(|n| (1..=7).contains(n));
    if weekday.is_none() {
        faults.add("weekday", "choose");
    }
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
    let hours = time(&form.opens).zip(time(&form.closes)).filter(|(from, until)| from < until);
    if hours.is_none() {
        faults.add("opens", "visiting-hours");
    }
    let from = faults.date("from", &form.from);
    let until = faults.optional_date("until", &form.until);
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        faults.add("until", "visiting-order");
    }
    let (Some(unit), Some(office), Some(remote), Some(weekday), Some((opens, closes)), Some(from)) =
        (unit, office, remote, weekday, hours, from)
    else {
        return Ok(None);
    };
    let new =
        NewVisiting { office, unit, municipality, weekday, opens, closes, remote, from, until, by };
    Ok(faults.is_empty().then_some(new))
}

async fn add(desk: Desk, Input(form): Input<StandInForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "visiting", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "visiting-kept");
    }
    let mut faults = Faults::default();
    let mut shown = page(&desk, &mut tx, &permit, Asked::default()).await?;
    let new = check(&mut tx, &shown, &form, (worker.id, &mut faults)).await?;
    let Some(new) = new else {
        let list = faults.into_list();
        shown.may_add = true;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    calendar::add_visiting(&mut tx, &permit, &new).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "visiting" }),
    });
    let location = "/visiting".to_owned();
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "visiting-kept")
}

/// Ends hours on a day (REQ-FRONT-25): those that somebody wrote down by mistake too.
async fn end(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<StandInEndForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let mut faults = Faults::default();
    let until = faults.optional_date("until", &form.until);
    if !faults.is_empty() {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit, Asked::default()).await?;
        shown.may_add = true;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    }
    let day = until.unwrap_or_else(|| desk.today());
    calendar::end_visiting(&mut tx, &permit, id, day).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "visiting_end", "id": id.to_string() }),
    });
    desk.commit(tx).await?;
    desk.done("/visiting", "stand-in-end")
}
