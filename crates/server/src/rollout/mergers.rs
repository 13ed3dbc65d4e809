//! Units that become one from a day on. What was done before stays with the unit that did it, and
//! can be read under the structure of then and of now (REQ-MISC-02).

use axum::extract::{Path, Query};
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId, StaffId, UnitId};
use onedoor_domain::rollout::{Merger, MergerFault, Structure, may_merge, under};
use onedoor_domain::secrecy::{Action, Ground, in_steps};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::month_of;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::journal::{Entry, SubjectKind};
use crate::office::choosing;
use crate::office::note;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Proof, Subject};
use crate::walls::{self, open_to};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    MERGERS = "select m.old_unit_id, o.name, m.new_unit_id, n.name, m.on_day, s.name, m.carried_at
        from merger m join unit o on o.id = m.old_unit_id join unit n on n.id = m.new_unit_id
        join staff s on s.id = m.made_by order by m.on_day desc, o.name limit 1000";
    ADD = "insert into merger (old_unit_id, new_unit_id, on_day, made_by, at)
        values ($1, $2, $3, $4, $5)";
    DUE = "select old_unit_id, new_unit_id, on_day from merger
        where carried_at is null and on_day <= $1 order by on_day limit 200";
    CARRIED = "update merger set carried_at = $2 where old_unit_id = $1";
    // From the day on: the new unit may decide what the old one might.
    MANDATES = "select subject, valid_from, valid_until from mandate
        where unit_id = $1 and (valid_until is null or valid_until > $2)";
    HELD = "select valid_from, valid_until from mandate where unit_id = $1 and subject = $2
        order by valid_from";
    MANDATE = "insert into mandate (unit_id, subject, valid_from, valid_until)
        values ($1, $2, $3, $4) on conflict (unit_id, subject, valid_from)
            do update set valid_until = excluded.valid_until";
    END_MANDATES = "update mandate set valid_until = $2
        where unit_id = $1 and valid_from < $2 and (valid_until is null or valid_until > $2)";
    DROP_MANDATES = "delete from mandate where unit_id = $1 and valid_from >= $2";
    SERVES = "insert into district_unit (agency_id, district_id, valid_from, valid_until, place,
            unit_id)
        select x.agency_id, x.district_id, $3, x.valid_until, x.place, w.id
        from district_unit x join unit w on w.id = $2
        where x.unit_id = $1 and x.valid_from < $3
            and (x.valid_until is null or x.valid_until > $3)
            and not exists (select 1 from district_unit y where y.unit_id = $2
                and y.agency_id = x.agency_id and y.district_id = x.district_id
                and y.valid_from <= $3 and (y.valid_until is null
                    or (x.valid_until is not null and y.valid_until >= x.valid_until)))
        on conflict do nothing";
    // What begins later begins with the new unit, unless it serves there then anyway (REQ-ORG-14).
    SERVES_TWICE = "delete from district_unit where unit_id = $1 and valid_from >= $3
        and exists (select 1 from district_unit y where y.unit_id = $2
            and y.agency_id = district_unit.agency_id
            and y.district_id = district_unit.district_id
            and y.valid_from <= district_unit.valid_from and (y.valid_until is null
                or (district_unit.valid_until is not null
                    and y.valid_until >= district_unit.valid_until)))";
    SERVES_LATER = "update district_unit set unit_id = $2 where unit_id = $1 and valid_from >= $3";
    END_SERVING = "update district_unit set valid_until = $2
        where unit_id = $1 and valid_from < $2 and (valid_until is null or valid_until > $2)";
    OFFERS = "select id from inventory_line where unit_id = $1 and valid_from < $2
        and (valid_until is null or valid_until > $2)";
    NEW_OFFER = "insert into inventory_line (id, office_id, service, unit_id, decided_by, inside,
            partner, address, route, terms, agreement_id, valid_from, valid_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    OFFER = "select office_id, service, decided_by, inside, partner, address, route, terms,
            agreement_id, valid_until
        from inventory_line where id = $1";
    END_OFFERS = "update inventory_line set valid_until = $2
        where unit_id = $1 and valid_from < $2 and (valid_until is null or valid_until > $2)";
    OFFERS_LATER = "update inventory_line set unit_id = $2 where unit_id = $1 and valid_from >= $3";
    DECIDES = "update inventory_line set decided_by = $2 where decided_by = $1
        and (valid_until is null or valid_until > $3)";
    // A unit that would have begun later never does.
    END_UNIT = "update unit set valid_until = case when valid_from < $2 then $2 else valid_from end
        where id = $1 and (valid_until is null or valid_until > $2)";
    // On the day: whoever works there, and what lies open there, goes along.
    STAFF = "update staff set unit_id = $2 where unit_id = $1";
    CASES = "update shared_case set unit_id = $2 where unit_id = $1 and closed_at is null";
    HANDOVERS = "update handover set to_unit_id = $2 where to_unit_id = $1 and state = 'asked'";
    TASKS = "update unit_task set unit_id = $2 where unit_id = $1 and state <> 'done'";
    ESCALATIONS = "update escalation set unit_id = $2 where unit_id = $1
        and returned_at is null and decided_at is null";
    HOURS = "update visiting_hours set unit_id = $2,
            agency_id = (select agency_id from unit where id = $2) where unit_id = $1 and (valid_until is null
        or valid_until > (select m.on_day from merger m where m.old_unit_id = $1))";
    ALLOCATED = "update allocation set unit_id = $2 where unit_id = $1 and (last_day is null
        or last_day >= (select m.on_day from merger m where m.old_unit_id = $1))";
    ORDERS = "update handover_order set to_unit_id = $2 where to_unit_id = $1 and (worked_at is null
        or exists (select 1 from handover h where h.order_id = handover_order.id
            and h.state = 'asked'))";
    OFFICE_OF = "select office_id from unit where id = $1";
    CARRIED_CASES = "select id, person_id from shared_case where unit_id = $1 and closed_at is null";
    // Who owns what nobody accepts does so for the new unit too, where that has nobody.
    LAST_RESORT = "update unit set last_resort_id = (select o.last_resort_id from unit o
            where o.id = $1)
        where id = $2 and (last_resort_id is null or not exists (select 1 from staff s
            where s.id = unit.last_resort_id and s.on_duty))";
    // Whose rows are hidden is not counted.
    COUNTS = concat!("select u.id, u.name, count(*) from unit u join ruling r on r.unit_id = u.id
            and r.at >= $1 and r.at < $2 join person p on p.id = r.person_id
        where ", open_to!("$3", "$4"), " group by u.id, u.name");
    NAMES = "select id, name from unit";
    RULINGS = "select r.subject, r.kind, r.at, r.unit_id, u.name, a.name from ruling r
        join unit u on u.id = r.unit_id join agency a on a.id = r.agency_id
        where r.person_id = $1 and r.agency_id = $2 order by r.at desc limit 200";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MergersPage, _, _>(
            "/mergers",
            "Units that became one, and statistics under both structures",
            list,
        )
        .asking(&["structure", "year", "place"])
        .act::<MergerForm, _, _>("/mergers", "Makes two units one from a day on", merge)
        .see::<HistoryPage, _, _>(
            "/persons/{id}/units",
            "Which units helped a person, under the structure of then or of now",
            history,
        )
        .asking(&["structure"])
}

/// A merger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MergerLine {
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) on: String,
    pub(crate) by: String,
    /// Whether staff and open matters have gone along.
    pub(crate) carried: bool,
}

/// A unit and what it did in the year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnitCountLine {
    pub(crate) unit: String,
    pub(crate) rulings: i64,
}

/// A merger, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MergerForm {
    /// The unit that goes.
    #[serde(default)]
    pub(crate) old: String,
    /// What it becomes.
    #[serde(default)]
    pub(crate) new: String,
    /// From which day.
    #[serde(default)]
    pub(crate) on: String,
}

/// Mergers and statistics.
#[derive(Serialize, ToSchema)]
pub(crate) struct MergersPage {
    pub(crate) structure: String,
    pub(crate) structures: Vec<String>,
    pub(crate) year: String,
    /// The step in which rulings are told, until the beginning of the month.
    pub(crate) least: i64,
    pub(crate) mergers: Vec<MergerLine>,
    pub(crate) counts: Vec<UnitCountLine>,
    pub(crate) sum: i64,
    pub(crate) may_edit: bool,
    /// The municipality whose units are offered to choose from, and the others.
    pub(crate) place: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) form: MergerForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MergersPage, "rollout/pages/mergers.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    structure: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    place: String,
}

/// The mergers: as the rules read them, and as the page shows them.
async fn mergers(link: &mut Link) -> Result<(Vec<Merger>, Vec<MergerLine>), DbError> {
    let (mut rules, mut lines) = (Vec::new(), Vec::new());
    for mut row in link.rows(&MERGERS, &[]).await? {
        let (old, new): (Uuid, Uuid) = (row.get(0)?, row.get(2)?);
        let on: String = row.get(4)?;
        if let Ok(on) = on.parse() {
            rules.push(Merger { old: old.to_string(), new: new.to_string(), on });
        }
        lines.push(MergerLine {
            old: row.get(1)?,
            new: row.get(3)?,
            on,
            by: row.get(5)?,
            carried: row.get::<Option<i64>>(6)?.is_some(),
        });
    }
    Ok((rules, lines))
}

async fn names(link: &mut Link) -> Result<Vec<(String, String)>, DbError> {
    let rows = link.rows(&NAMES, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok((id.to_string(), row.get(1)?))
        })
        .collect()
}

fn named<'a>(names: &'a [(String, String)], id: &'a str) -> &'a str {
    names.iter().find(|it| it.0 == id).map_or(id, |it| it.1.as_str())
}

async fn counts(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (from, until): (Timestamp, Timestamp),
    (structure, today): (Structure, Date),
    rules: &[Merger],
) -> Result<Vec<UnitCountLine>, DbError> {
    let actor = desk.actor();
    let least = walls::smallest_count(link, &desk.app().config).await?;
    // As of the beginning of the month, in steps that are the same under every structure.
    let until = until.min(month_of(&desk.app().zone, today).1);
    let names = names(link).await?;
    let mut sums: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for mut row in
        link.rows(permit.opens(&COUNTS), args![from, until, actor.lacks(), actor.id]).await?
    {
        let unit: Uuid = row.get(0)?;
        let unit = unit.to_string();
        let of = under(structure, &unit, rules, today);
        if let Some(told) = in_steps(row.get(2)?, least) {
            *sums.entry(named(&names, of).to_owned()).or_default() += told;
        }
    }
    Ok(sums.into_iter().map(|(unit, rulings)| UnitCountLine { unit, rulings }).collect())
}

async fn page(desk: &Desk, link: &mut Link, asked: &Asked) -> Result<MergersPage, Fault> {
    let permit = desk.permit(link, Action::ReadFigures, Subject::Duty).await?;
    let today = desk.today();
    let structure = Structure::parse(&asked.structure).unwrap_or(Structure::Then);
    let year = asked.year.trim().parse::<i16>().unwrap_or_else(|_| today.year());
    let first = |year: i16| -> Result<Timestamp, Fault> {
        let day = Date::new(year, 1, 1).map_err(|_| Fault::Malformed("year"))?;
        let zoned = day.to_zoned(desk.app().zone.clone());
        zoned.map(|it| it.timestamp()).map_err(|error| Fault::Defect(error.to_string()))
    };
    let span = (first(year)?, first(year.saturating_add(1))?);
    let (rules, lines) = mergers(link).await?;
    let counts = counts(desk, link, &permit, span, (structure, today), &rules).await?;
    let may_edit = desk.may(link, Action::EditNetwork, Subject::Duty).await?;
    let (place, places) =
        choosing::place_to_choose(link, &asked.place, desk.actor().office).await?;
    Ok(MergersPage {
        structure: structure.as_str().to_owned(),
        structures: Structure::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        year: year.to_string(),
        least: walls::smallest_count(link, &desk.app().config).await?,
        mergers: lines,
        sum: counts.iter().map(|it| it.rulings).sum(),
        counts,
        units: if may_edit { choosing::all_units(link, today, &place).await? } else { Vec::new() },
        place,
        places,
        may_edit,
        form: MergerForm { on: today.to_string(), ..MergerForm::default() },
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &asked).await?;
    desk.show(&page)
}

async fn merge(desk: Desk, Input(form): Input<MergerForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let mut faults = Faults::default();
    let old = faults.id("old", &form.old).map(UnitId);
    let new = faults.id("new", &form.new).map(UnitId);
    let on = faults.date("on", &form.on);
    if on.is_some_and(|on| on < desk.today()) {
        faults.add("on", "merger-past");
    }
    if let (Some(old), Some(new)) = (old, new) {
        let known = (offices::unit(&mut tx, old).await?, offices::unit(&mut tx, new).await?);
        match known {
            (Some((_, one, _)), Some((_, other, _))) if one != other => {
                faults.add("new", "merger-other-agency");
            }
            (Some(_), Some(_)) => {}
            _ => faults.add("old", "choose"),
        }
        let (rules, _) = mergers(&mut tx).await?;
        let day = on.unwrap_or(desk.today());
        let code = may_merge((&old.to_string(), &new.to_string()), day, &rules).err();
        let code = match code {
            None if !offices::lives(&mut tx, new, day).await? => Some(MergerFault::Gone),
            code => code,
        };
        match code {
            Some(MergerFault::Itself) => faults.add("new", "merger-itself"),
            Some(MergerFault::Already) => faults.add("old", "merger-already"),
            Some(MergerFault::Ring) => faults.add("new", "merger-ring"),
            Some(MergerFault::Gone) => faults.add("new", "merger-gone"),
            Some(MergerFault::Awaited) => faults.add("old", "merger-awaited"),
            None => {}
        }
    }
    let (Some(old), Some(new), Some(on), true) = (old, new, on, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx, &Asked::default()).await?;
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let without = offices::without_last_resort(&mut tx, on).await?;
    decide(&mut tx, (old, new), on, worker.id, desk.now()).await?;
    if offices::without_last_resort(&mut tx, on).await? > without {
        return Err(Fault::conflict("merger-last-resort"));
    }
    if on <= desk.today() {
        for entry in carry(&mut tx, &permit, (old, new), desk.now()).await? {
            desk.note(entry);
        }
    }
    note(&desk, &permit, "merger", old);
    desk.commit(tx).await?;
    desk.done("/mergers", "merger-kept")
}

/// From the day on the new unit may decide what the old one might then or later, unless it may do so
/// anyway; the old one decides nothing any more.
async fn mandates(tx: &mut Tx, (old, new): (UnitId, UnitId), on: Date) -> Result<(), DbError> {
    for mut row in tx.rows(&MANDATES, args![old, on]).await? {
        let (subject, from): (String, Date) = (row.get(0)?, row.get(1)?);
        let until: Option<Date> = row.get(2)?;
        let mut from = from.max(on);
        let (mut covered, mut ends) = (false, until);
        for mut held in tx.rows(&HELD, args![new, &subject]).await? {
            let (begins, end): (Date, Option<Date>) = (held.get(0)?, held.get(1)?);
            let long = end.is_none_or(|end| until.is_some_and(|until| end >= until));
            match (begins <= from, end) {
                (true, _) if long => covered = true,
                // It begins where one that is held ends, and ends where another goes on.
                (true, Some(end)) => from = from.max(end),
                (false, _) if long => ends = Some(ends.map_or(begins, |ends| ends.min(begins))),
                _ => {}
            }
        }
        if !covered {
            tx.run(&MANDATE, args![new, &subject, from, ends]).await?;
        }
    }
    tx.run(&END_MANDATES, args![old, on]).await?;
    tx.run(&DROP_MANDATES, args![old, on]).await?;
    Ok(())
}

/// What is dated takes effect on the day by itself: mandates, places served, the inventory and
/// the unit's end.
async fn decide(
    tx: &mut Tx,
    (old, new): (UnitId, UnitId),
    on: Date,
    by: StaffId,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(&ADD, args![old, new, on, by, now]).await?;
    mandates(tx, (old, new), on).await?;
    tx.run(&SERVES, args![old, new, on]).await?;
    tx.run(&END_SERVING, args![old, on]).await?;
    tx.run(&SERVES_TWICE, args![old, new, on]).await?;
    tx.run(&SERVES_LATER, args![old, new, on]).await?;
    for mut row in tx.rows(&OFFERS, args![old, on]).await? {
        let line: Uuid = row.get(0)?;
        let Some(mut row) = tx.row(&OFFER, args![line]).await? else { continue };
        let args = args![
            crate::app::new_id(),
            row.get::<Uuid>(0)?,
            row.get::<String>(1)?,
            new,
            row.get::<Option<Uuid>>(2)?,
            row.get::<bool>(3)?,
            row.get::<String>(4)?,
            row.get::<String>(5)?,
            row.get::<String>(6)?,
            row.get::<String>(7)?,
            row.get::<Option<Uuid>>(8)?,
            on,
            row.get::<Option<String>>(9)?,
        ];
        tx.run_one(&NEW_OFFER, args).await?;
    }
    tx.run(&END_OFFERS, args![old, on]).await?;
    tx.run(&OFFERS_LATER, args![old, new, on]).await?;
    tx.run(&DECIDES, args![old, new, on]).await?;
    tx.run(&LAST_RESORT, args![old, new]).await?;
    tx.run(&END_UNIT, args![old, on]).await?;
    Ok(())
}

/// On the day the staff go along and with them what lies open. Nobody gets another responsible
/// worker, so nobody has to accept anything. Gives what the journal says of it, case by case.
pub(super) async fn carry(
    tx: &mut Tx,
    proof: &dyn Proof,
    (old, new): (UnitId, UnitId),
    now: Timestamp,
) -> Result<Vec<Entry>, DbError> {
    let entry = |subject, persons| Entry {
        action: Action::EditNetwork,
        ground: Some(Ground::Duty),
        subject,
        persons,
        detail: serde_json::json!({ "what": "merger", "old": old.to_string(),
            "new": new.to_string() }),
    };
    let mut entries = vec![entry((SubjectKind::Nothing, None), Vec::new())];
    for mut row in tx.rows(proof.opens(&CARRIED_CASES), args![old]).await? {
        let (case, person): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
        entries.push(entry((SubjectKind::Case, Some(case)), vec![person]));
    }
    for sql in [
        STAFF.listed(),
        CASES.listed(),
        HANDOVERS.listed(),
        TASKS.listed(),
        ESCALATIONS.listed(),
        HOURS.listed(),
        ALLOCATED.listed(),
        ORDERS.listed(),
    ] {
        tx.run(proof.opens_listed(sql), args![old, new]).await?;
    }
    // The unit that stays may be one of another office, which somebody else leads.
    if let Some(mut row) = tx.row(&OFFICE_OF, args![new]).await? {
        offices::questions_to_leader(tx, row.get(0)?).await?;
    }
    tx.run_one(&CARRIED, args![old, now]).await?;
    Ok(entries)
}

/// The mergers whose day has come and that nobody has carried out.
pub(super) async fn due(
    link: &mut Link,
    _: &dyn Proof,
    today: Date,
) -> Result<Vec<(UnitId, UnitId)>, DbError> {
    let rows = link.rows(&DUE, args![today]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A ruling and the unit it is read under.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnitRuling {
    pub(crate) subject: String,
    pub(crate) kind: String,
    pub(crate) at: i64,
    pub(crate) unit: String,
    pub(crate) agency: String,
}

/// The units that helped a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryPage {
    pub(crate) person: String,
    pub(crate) structure: String,
    pub(crate) structures: Vec<String>,
    pub(crate) lines: Vec<UnitRuling>,
}

crate::page!(HistoryPage, "rollout/pages/history.html");

async fn rulings(
    link: &mut Link,
    permit: &Permit,
    agency: Option<AgencyId>,
    (structure, today): (Structure, Date),
) -> Result<Vec<UnitRuling>, Fault> {
    let person = permit.the_person()?;
    let (rules, _) = mergers(link).await?;
    let names = names(link).await?;
    let mut lines = Vec::new();
    for mut row in link.rows(permit.opens(&RULINGS), args![person, agency]).await? {
        let unit: Uuid = row.get(3)?;
        let unit = unit.to_string();
        lines.push(UnitRuling {
            subject: row.get(0)?,
            kind: row.get(1)?,
            at: row.get(2)?,
            unit: named(&names, under(structure, &unit, &rules, today)).to_owned(),
            agency: row.get(5)?,
        });
    }
    Ok(lines)
}

async fn history(desk: Desk, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadPerson, Subject::Person(id)).await?;
    let structure = Structure::parse(&asked.structure).unwrap_or(Structure::Then);
    let agency = desk.actor().agency;
    let lines = rulings(&mut conn, &permit, agency, (structure, desk.today())).await?;
    desk.show(&HistoryPage {
        person: id.to_string(),
        structure: structure.as_str().to_owned(),
        structures: Structure::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        lines,
    })
}
