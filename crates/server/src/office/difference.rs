//! What an import changes, line by line, and for how many people: the state before it beside the
//! state after it, both read in the same transaction. So a try-out tells exactly what the import
//! itself would do.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use onedoor_domain::office::OfficeSet;
use serde::Serialize;
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link, Sql};

crate::sql! {
    OFFICES = "select code, name, address, postcode, phone from office where municipality = $1
        order by code limit 1000";
    HOURS = "select o.code, h.weekday, h.opens, h.closes from opening h
        join office o on o.id = h.office_id where o.municipality = $1
        order by o.code, h.weekday, h.opens limit 20000";
    UNITS = "select u.code, u.name, a.name, o.name, u.kind, u.valid_from,
            coalesce(u.valid_until, ''), u.delivers
        from unit u join agency a on a.id = u.agency_id join office o on o.id = u.office_id
        where o.municipality = $1 order by u.code limit 20000";
    MANDATES = "select u.code, m.subject, m.valid_from, coalesce(m.valid_until, '')
        from mandate m join unit u on u.id = m.unit_id join office o on o.id = u.office_id
        where o.municipality = $1 order by u.code, m.subject, m.valid_from limit 50000";
    STAFF = "select s.code, s.name, s.role, u.name, s.on_duty from staff s
        join unit u on u.id = s.unit_id join office o on o.id = u.office_id
        where o.municipality = $1 order by s.code limit 20000";
    SERVED = "select a.name, b.basic_unit, b.valid_from, d.name, coalesce((
                select u.name from district_unit x join unit u on u.id = x.unit_id
                where x.agency_id = b.agency_id and x.district_id = b.district_id
                    and x.valid_from = b.valid_from and x.place = 0), '')
        from boundary b join agency a on a.id = b.agency_id
        join district d on d.id = b.district_id join basic_unit m on m.code = b.basic_unit
        where m.municipality = $1 and (b.valid_until is null or b.valid_until > $2)
        order by a.name, b.basic_unit, b.valid_from limit 50000";
    INHABITANTS = "select inhabitants from basic_unit where code = $1";
    KNOWN_HERE = "select count(*) from person where basic_unit = $1";
    OPEN_CASES = "select count(*) from shared_case c join person p on p.id = c.person_id
        where p.basic_unit = $1 and c.closed_at is null";
    OPEN_VISITS = "select count(*) from visit v join person p on p.id = v.person_id
        where p.basic_unit = $1 and v.state <> 'closed'";
}

/// What a line of the difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// An office, its address or its telephone.
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
    pub const ALL: [Self; 9] = [
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
    /// What it was; empty when it is new.
    pub before: String,
    /// What it will be; empty when it is gone.
    pub after: String,
}

/// What an import changes, and for how many people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// Line by line.
    pub lines: Vec<DifferenceLine>,
    /// Staff who are new, go, or come into another unit or role.
    pub staff: i64,
    /// Inhabitants who get another unit of some agency.
    pub inhabitants: i64,
    /// Registered persons among them.
    pub persons: i64,
    /// Open cases among them: they stay with who carries them.
    pub cases: i64,
    /// Visits under way among them: they are served to the end where the person came.
    pub visits: i64,
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
        let tables: [(Told, &Sql, usize); 5] = [
            (Told::Office, &OFFICES, 5),
            (Told::Hours, &HOURS, 4),
            (Told::Unit, &UNITS, 8),
            (Told::Mandate, &MANDATES, 4),
            (Told::Staff, &STAFF, 5),
        ];
        for (told, sql, fields) in tables {
            for mut row in link.rows(sql, args![number]).await? {
                let code: String = row.get(0)?;
                let mut text = Vec::new();
                for field in 1..fields {
                    text.push(field_text(&mut row, told, field)?);
                }
                text.retain(|part| !part.is_empty());
                now.put(told, code, &text.join(", "));
            }
        }
        for mut row in link.rows(&SERVED, args![number, today]).await? {
            let (agency, place, from): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let (district, unit): (String, String) = (row.get(3)?, row.get(4)?);
            // A set that holds already is the same from today on, whenever it began.
            let from =
                if from.as_str() <= today.to_string().as_str() { String::new() } else { from };
            let key = format!("{agency}, {place}");
            now.places.insert(key.clone(), place);
            let served = if from.is_empty() {
                format!("{district}: {unit}")
            } else {
                format!("{district}: {unit} ({from})")
            };
            now.put(Told::Served, key, &served);
        }
    }
    Ok(now)
}

/// A field as text; numbers and marks stand at known places.
fn field_text(row: &mut crate::db::Row, told: Told, field: usize) -> Result<String, DbError> {
    Ok(match (told, field) {
        (Told::Hours, 1) => row.get::<i64>(field)?.to_string(),
        (Told::Unit, 7) | (Told::Staff, 4) => {
            let mark: bool = row.get(field)?;
            match (told, mark) {
                (Told::Unit, true) => "delivers".to_owned(),
                (Told::Staff, false) => "off duty".to_owned(),
                _ => String::new(),
            }
        }
        _ => row.get(field)?,
    })
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
            difference.persons += count(link, &KNOWN_HERE, place).await?;
            difference.cases += count(link, &OPEN_CASES, place).await?;
            difference.visits += count(link, &OPEN_VISITS, place).await?;
        }
        Ok(difference)
    }
}

async fn count(link: &mut Link, sql: &'static Sql, place: &str) -> Result<i64, DbError> {
    let row = link.row(sql, args![place]).await?;
    row.map(|mut row| row.get(0)).transpose().map(Option::unwrap_or_default)
}
