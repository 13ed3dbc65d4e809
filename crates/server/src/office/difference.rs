//! What an import changes, line by line, and for how many people: the state before it beside the
//! state after it, both read in the same transaction. So a try-out tells exactly what the import
//! itself would do.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::office::OfficeSet;
use serde::Serialize;
use utoipa::ToSchema;

use super::SET_UP;
use crate::args;
use crate::db::{Asked, DbError, Link, Plain};
use crate::words::Words;

crate::sql! {
    PRINCIPAL = "select code, name, kind from principal where code = $1";
    AGENCY = "select a.code, a.name, a.kind, p.name from agency a
        join principal p on p.id = a.principal_id where a.code = $1";
    DISTRICT = "select d.code, d.name, o.name from district d join office o on o.id = d.office_id
        where d.code = $1";
    PLACES = "select code, name, municipality, cast(inhabitants as text) from basic_unit
        where municipality = $1 order by code limit 20000";
    OFFICES = "select o.code, o.name, o.address, o.postcode, o.phone, coalesce(m.name, ''),
            o.municipality, coalesce(o.ended_on, '')
        from office o left join staff m on m.id = o.manager_id where o.municipality = $1
        order by o.code limit 1000";
    HOURS = "select o.code, cast(h.weekday as text), h.opens, h.closes from opening h
        join office o on o.id = h.office_id where o.municipality = $1
        order by o.code, h.weekday, h.opens limit 20000";
    UNITS = "select u.code, u.name, a.name, o.name, u.kind, u.valid_from,
            coalesce(u.valid_until, ''), case when u.delivers then 'yes' else '' end,
            coalesce(l.name, '')
        from unit u join agency a on a.id = u.agency_id join office o on o.id = u.office_id
        left join staff l on l.id = u.last_resort_id
        where o.municipality = $1 order by u.code limit 20000";
    MANDATES = "select u.code, m.subject, m.valid_from, coalesce(m.valid_until, '')
        from mandate m join unit u on u.id = m.unit_id join office o on o.id = u.office_id
        where o.municipality = $1 order by u.code, m.subject, m.valid_from limit 50000";
    STAFF = "select s.code, s.name, s.role, u.name, case when s.on_duty then '' else 'yes' end,
            s.clearance, s.marks, s.email, coalesce(s.subject, '')
        from staff s join unit u on u.id = s.unit_id join office o on o.id = u.office_id
        where o.municipality = $1 order by s.code limit 20000";
    SERVED = "select a.name, b.basic_unit, b.valid_from, coalesce(b.valid_until, ''), d.name,
            a.code, d.code
        from boundary b join agency a on a.id = b.agency_id
        join district d on d.id = b.district_id join basic_unit m on m.code = b.basic_unit
        where m.municipality = $1 and (b.valid_until is null or b.valid_until > $2)
        order by a.name, b.basic_unit, b.valid_from limit 50000";
    // The units of a district in their order: the first is asked first.
    SERVING = "select a.code, d.code, x.valid_from, u.name from district_unit x
        join district d on d.id = x.district_id join agency a on a.id = x.agency_id
        join unit u on u.id = x.unit_id
        where exists (select 1 from boundary b join basic_unit m on m.code = b.basic_unit
            where b.agency_id = x.agency_id and b.district_id = x.district_id
                and m.municipality = $1)
        order by a.code, d.code, x.valid_from, x.place limit 50000";
    // Into which office another has gone.
    WENT_INTO = "select o.name, i.name from office o
        join office_closing c on c.office_id = o.id and c.done_at is not null
        join office i on i.id = c.into_office_id
        where o.id = $1 and o.ended_on is not null order by c.done_at desc limit 1";
    INHABITANTS = "select inhabitants from basic_unit where code = $1";
    KNOWN_HERE = "select count(*) from person where basic_unit = $1";
    OPEN_CASES = "select count(*) from shared_case c join person p on p.id = c.person_id
        where p.basic_unit = $1 and c.closed_at is null";
    OPEN_VISITS = "select count(*) from visit v join person p on p.id = v.person_id
        where p.basic_unit = $1 and v.state <> 'closed'";
    // Times that people come to, where whoever they are to meet works no more: with somebody whose
    // unit sits in another office, and at a reception that nobody is at.
    APART = "select
        (select count(distinct c.appointment_id) from office o join unit u on u.office_id = o.id
            join staff s on s.unit_id = u.id
            join calendar_slot c on c.staff_id = s.id and c.starts_at >= $2
            join appointment a on a.id = c.appointment_id
            where o.municipality = $1 and a.office_id <> o.id)
        + (select count(*) from office o join booking b on b.office_id = o.id
                and b.state = 'booked' and b.starts_at >= $2 and b.place_no is not null
            where o.municipality = $1 and not exists (select 1 from unit u
                join staff s on s.unit_id = u.id and s.role = 'front_worker' and s.on_duty
                where u.office_id = o.id))";
}

/// What a line of the difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Who answers and pays.
    Principal,
    /// An agency.
    Agency,
    /// A district: its name and its office.
    District,
    /// A part of the municipality.
    Place,
    /// An office, its address, its telephone or its joint manager.
    Office,
    /// Its opening hours.
    Hours,
    /// A unit.
    Unit,
    /// What a unit may decide.
    Mandate,
    /// Somebody who works there.
    Staff,
    /// Who serves a part of the municipality.
    Served,
    /// A municipality of the register.
    Register,
    /// What an office offers.
    Inventory,
    /// The day an office is planned to meet the minimum.
    Plan,
}

impl Told {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Principal,
        Self::Agency,
        Self::District,
        Self::Place,
        Self::Office,
        Self::Hours,
        Self::Unit,
        Self::Mandate,
        Self::Staff,
        Self::Served,
        Self::Register,
        Self::Inventory,
        Self::Plan,
    ];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Agency => "agency",
            Self::District => "district",
            Self::Place => "place",
            Self::Office => "office",
            Self::Hours => "hours",
            Self::Unit => "unit",
            Self::Mandate => "mandate",
            Self::Staff => "staff",
            Self::Served => "served",
            Self::Register => "register",
            Self::Inventory => "inventory",
            Self::Plan => "plan",
        }
    }
}

/// One thing that is new, changed or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DifferenceLine {
    /// What it is about: a code of [`Told`].
    pub about: String,
    /// Its name or code.
    pub what: String,
    /// What it was; empty when it is new. What needs a name of its own is told as `label=code`.
    pub before: String,
    /// What it will be; empty when it is gone.
    pub after: String,
}

impl DifferenceLine {
    /// What it was, in the reader's language.
    pub(crate) fn before_in(&self, words: &Words) -> String {
        in_words(*words, &self.before)
    }

    /// What it will be, in the reader's language.
    pub(crate) fn after_in(&self, words: &Words) -> String {
        in_words(*words, &self.after)
    }
}

/// What a part of a row is called, and where its codes have their names: parts that say by
/// themselves what they are have no label.
const LABELS: [(&str, &str); 11] = [
    ("ended", ""),
    ("delivers", ""),
    ("off_duty", ""),
    ("role", "role"),
    ("kind", "unit-kind"),
    ("clearance", "protection"),
    ("marks", "policy-mark"),
    ("subject", "subject"),
    ("manager", ""),
    ("last_resort", ""),
    ("sign_in", ""),
];

/// A row with its labels and codes in words.
fn in_words(words: Words, row: &str) -> String {
    let part = |part: &str| -> String {
        let label = part.split_once('=').and_then(|(label, value)| {
            let known = LABELS.iter().find(|(it, _)| *it == label)?;
            Some((known, value))
        });
        let Some(((label, codes), value)) = label else { return part.to_owned() };
        let name = words.of("told-part", label);
        let value: Vec<String> = value
            .split(' ')
            .map(|code| format!("{codes}-{code}"))
            .map(|key| if words.has(&key) { words.t(&key).into_owned() } else { String::new() })
            .collect();
        let value = value.join(", ");
        match (value.trim_matches([',', ' ']), *label) {
            (_, "delivers" | "off_duty") => name.into_owned(),
            ("", _) => format!("{name}: {}", part.split_once('=').map_or("", |(_, value)| value)),
            (value, _) => format!("{name}: {value}"),
        }
    };
    let rows = row.split("; ").map(|row| row.split(", ").map(part).collect::<Vec<_>>().join(", "));
    rows.collect::<Vec<_>>().join("; ")
}

/// What an import changes, and for how many people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// Line by line.
    pub lines: Vec<DifferenceLine>,
    /// Staff who are new, go, or of whom anything becomes another.
    pub staff: i64,
    /// Inhabitants who get another unit of some agency.
    pub inhabitants: i64,
    /// Registered persons among them.
    pub persons: i64,
    /// Open cases among them: they stay with who carries them.
    pub cases: i64,
    /// Visits under way among them: they are served to the end where the person came.
    pub visits: i64,
    /// Booked times to come that would stay at an address where whoever is to be met works no more.
    pub times: i64,
    /// Offices that open again: what went along with them stays where it went.
    pub left: Vec<LeftLine>,
}

/// An office that opens again, and where its rooms, leases, booked times and inventory are and stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftLine {
    /// The office that opens again.
    pub office: String,
    /// The office that took over what it had.
    pub at: String,
}

impl Difference {
    /// Adds what is different between two states of a table, given as code and text.
    pub fn compare(
        &mut self,
        told: Told,
        before: &BTreeMap<String, String>,
        after: &BTreeMap<String, String>,
    ) {
        let codes: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for code in codes {
            let text =
                |side: &BTreeMap<String, String>| side.get(code).cloned().unwrap_or_default();
            let (old, new) = (text(before), text(after));
            if old != new {
                let about = told.as_str().to_owned();
                self.lines.push(DifferenceLine {
                    about,
                    what: code.clone(),
                    before: old,
                    after: new,
                });
            }
        }
    }
}

/// How the offices of some municipalities are set up at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    rows: BTreeMap<(Told, String), String>,
    /// The basic unit behind each row of [`Told::Served`].
    places: BTreeMap<String, String>,
}

/// Reads how the municipalities of an import are set up, for the days from `today` on.
///
/// # Errors
/// When the database does not answer.
pub async fn snapshot(
    link: &mut Link,
    sets: &[OfficeSet],
    today: Date,
) -> Result<Snapshot, DbError> {
    let mut now = Snapshot::default();
    for set in sets {
        let number = &set.municipality;
        let mut tables: Vec<(Table, &str)> =
            TABLES.iter().map(|it| (*it, number.as_str())).collect();
        tables.extend(set.principals.iter().map(|it| (PRINCIPALS, it.code.as_str())));
        tables.extend(set.agencies.iter().map(|it| (AGENCIES, it.code.as_str())));
        tables.extend(set.districts.iter().map(|it| (DISTRICTS, it.code.as_str())));
        for ((told, sql, labels), of) in tables {
            // An agency or a principal may stand in the files of several municipalities.
            if of != number && now.rows.contains_key(&(told, of.to_owned())) {
                continue;
            }
            for mut row in link.rows(sql, args![of]).await? {
                let code: String = row.get(0)?;
                let mut parts = Vec::new();
                for (field, label) in labels.iter().enumerate() {
                    let text: String = row.get(field + 1)?;
                    match (text.as_str(), *label) {
                        ("", _) => {}
                        (text, "") => parts.push(text.to_owned()),
                        // Who signs in is told as changed, and not as what they are there.
                        (text, "sign_in") => parts.push(format!("sign_in={}", short(text))),
                        (text, label) => parts.push(format!("{label}={text}")),
                    }
                }
                now.put(told, code, &parts.join(", "));
            }
        }
        served(link, number, today, &mut now).await?;
    }
    Ok(now)
}

/// A table of the set-up: what it tells of, its statement, and a label for each field after the
/// code; an empty one for what says by itself what it is.
type Table = (Told, &'static Plain, &'static [&'static str]);

const TABLES: [Table; 6] = [
    (Told::Place, &PLACES, &["", "", ""]),
    (Told::Office, &OFFICES, &["", "", "", "", "manager", "", "ended"]),
    (Told::Hours, &HOURS, &["", "", ""]),
    (Told::Unit, &UNITS, &["", "", "", "kind", "", "", "delivers", "last_resort"]),
    (Told::Mandate, &MANDATES, &["subject", "", ""]),
    (Told::Staff, &STAFF, &["", "role", "", "off_duty", "clearance", "marks", "", "sign_in"]),
];
const PRINCIPALS: Table = (Told::Principal, &PRINCIPAL, &["", ""]);
const AGENCIES: Table = (Told::Agency, &AGENCY, &["", "", ""]);
const DISTRICTS: Table = (Told::District, &DISTRICT, &["", ""]);

/// A few digits that are another when the text is.
fn short(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(8).collect()
}

async fn served(
    link: &mut Link,
    number: &str,
    today: Date,
    now: &mut Snapshot,
) -> Result<(), DbError> {
    let mut units: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for mut row in link.rows(&SERVING, args![number]).await? {
        let key = (row.get(0)?, row.get(1)?, row.get(2)?);
        units.entry(key).or_default().push(row.get(3)?);
    }
    for mut row in link.rows(&SERVED, args![number, today]).await? {
        let (agency, place, from): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let (until, district): (String, String) = (row.get(3)?, row.get(4)?);
        let serving = units.get(&(row.get(5)?, row.get(6)?, from.clone()));
        let serving = serving.map(|names| names.join(" + ")).unwrap_or_default();
        // A set that holds already is the same from today on, whenever it began.
        let from = if from.as_str() <= today.to_string().as_str() { String::new() } else { from };
        let key = format!("{agency}, {place}");
        now.places.insert(key.clone(), place);
        let days = if from.is_empty() && until.is_empty() {
            String::new()
        } else {
            format!(" ({from}–{until})")
        };
        now.put(Told::Served, key, &format!("{district}: {serving}{days}"));
    }
    Ok(())
}

impl Snapshot {
    /// Several rows of one code, such as the hours of a week, become one text.
    fn put(&mut self, told: Told, code: String, text: &str) {
        let row = self.rows.entry((told, code)).or_default();
        if !row.is_empty() {
            row.push_str("; ");
        }
        row.push_str(text);
    }

    /// What is different in `after`, and for how many people (counted in `link`, which sees the
    /// state after).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn until(&self, link: &mut Link, after: &Self) -> Result<Difference, DbError> {
        let mut difference = Difference::default();
        let keys: BTreeSet<&(Told, String)> = self.rows.keys().chain(after.rows.keys()).collect();
        let mut places: BTreeSet<&str> = BTreeSet::new();
        for key in keys {
            let text = |side: &Self| side.rows.get(key).cloned().unwrap_or_default();
            let (old, new) = (text(self), text(after));
            if old == new {
                continue;
            }
            match key.0 {
                Told::Staff => difference.staff += 1,
                Told::Served => {
                    let place = self.places.get(&key.1).or_else(|| after.places.get(&key.1));
                    // A place that is new had nobody to serve it before: nobody is moved.
                    if let Some(place) = place.filter(|_| !old.is_empty()) {
                        places.insert(place);
                    }
                }
                _ => {}
            }
            difference.lines.push(DifferenceLine {
                about: key.0.as_str().to_owned(),
                what: key.1.clone(),
                before: old,
                after: new,
            });
        }
        for place in places {
            difference.inhabitants += count(link, &INHABITANTS, place).await?;
            difference.persons += count(link, SET_UP.opens(&KNOWN_HERE), place).await?;
            difference.cases += count(link, SET_UP.opens(&OPEN_CASES), place).await?;
            difference.visits += count(link, SET_UP.opens(&OPEN_VISITS), place).await?;
        }
        Ok(difference)
    }
}

/// Which offices of an import are closed before it, and where they went: a file that opens them again
/// carries nothing back (REQ-ORG-10).
///
/// # Errors
/// When the database does not answer.
pub(super) async fn left_elsewhere(
    link: &mut Link,
    sets: &[OfficeSet],
) -> Result<Vec<LeftLine>, DbError> {
    let mut left = Vec::new();
    for office in sets.iter().flat_map(|set| &set.offices) {
        let id = crate::app::id_of("office", &office.code);
        if let Some(mut row) = link.row(&WENT_INTO, args![id]).await? {
            left.push(LeftLine { office: row.get(0)?, at: row.get(1)? });
        }
    }
    Ok(left)
}

/// How many booked times to come lie where whoever is to be met does not work: a unit that comes to
/// another office by a file takes none of them along.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn times_apart(
    link: &mut Link,
    sets: &[OfficeSet],
    now: Timestamp,
) -> Result<i64, DbError> {
    let mut times = 0;
    for set in sets {
        if let Some(mut row) = link.row(SET_UP.opens(&APART), args![&set.municipality, now]).await?
        {
            times += row.get::<i64>(0)?;
        }
    }
    Ok(times)
}

async fn count(link: &mut Link, sql: &Asked, place: &str) -> Result<i64, DbError> {
    let row = link.row(sql, args![place]).await?;
    row.map(|mut row| row.get(0)).transpose().map(Option::unwrap_or_default)
}
