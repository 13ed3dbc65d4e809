//! A folder of files that sets the offices of a country up: office files, the register of
//! municipalities, the inventory and the roll-out plan. All of it in one transaction, or nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, UnitId};
use onedoor_domain::network::{RegisterFault, Service, read_register};
use onedoor_domain::office::{FileFault, NamedFile, read_folder};
use onedoor_domain::text;
use thiserror::Error;
use uuid::Uuid;

use super::agreed;
use super::inventory::{self, NewLine};
use crate::app::id_of;
use crate::args;
use crate::db::{Asked, DbError, Link, Tx};
use crate::office::{Changed, Difference, ImportFault, Told, When, bring_and_tell};
use crate::web::Fault;

crate::sql! {
    EFFORT = "insert into effort (id, code, name) values ($1, $2, $3)
        on conflict (id) do update set name = excluded.name";
    MUNICIPALITY = "insert into municipality (number, name, county, entry_year, effort_id,
            grouping_note, number_later, verified, employment_district, inhabitants)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (number) do update set name = excluded.name, county = excluded.county,
            entry_year = excluded.entry_year, effort_id = excluded.effort_id,
            grouping_note = excluded.grouping_note, number_later = excluded.number_later,
            verified = excluded.verified, employment_district = excluded.employment_district,
            inhabitants = excluded.inhabitants";
    OFFICE = "select id from office where code = $1";
    UNIT = "select id from unit where code = $1";
    OPEN_LINES = "select id, service, unit_id, decided_by, inside, partner, address, route, terms,
            agreement_id, valid_from, valid_until
        from inventory_line where office_id = $1 and (valid_until is null or valid_until > $2)";
    PLAN = "insert into rollout_date (office_id, set_at, planned_on, set_by)
        values ($1, $2, $3, null)";
    PLANNED = "select planned_on from rollout_date where office_id = $1
        order by set_at desc limit 1";
    REGISTER_TEXT = "select m.number, m.name || ', ' || m.county || ', ' || e.name || ', '
            || m.employment_district
        from municipality m join effort e on e.id = m.effort_id";
    INVENTORY_TEXT = "select o.code || ', ' || i.service, u.name from inventory_line i
        join office o on o.id = i.office_id join unit u on u.id = i.unit_id
        where i.valid_until is null or i.valid_until > $1 order by o.code, i.service, u.name";
    PLAN_TEXT = "select o.code, r.planned_on from rollout_date r join office o on o.id = r.office_id
        where not exists (select 1 from rollout_date n
            where n.office_id = r.office_id and n.set_at > r.set_at)";
}

/// Why a folder was refused. Nothing was changed.
#[derive(Debug, Error)]
pub enum FolderFault {
    /// No file of the folder is one that an import reads.
    #[error("the folder has no office file (*.toml) and none of the tables that an import reads")]
    Empty,
    /// A file that an import does not know, so that a spelling mistake does not pass.
    #[error("{0}: an import does not know this file")]
    UnknownFile(String),
    /// Lines of office files.
    #[error("{} faults in the office files", .0.len())]
    Files(Vec<FileFault>),
    /// Lines of the register of municipalities.
    #[error("{} faults in the register", .0.len())]
    Register(Vec<RegisterFault>),
    /// A line of a table.
    #[error("{file}:{line}: {what}: `{value}`")]
    Table {
        /// The file.
        file: String,
        /// The line, the first being 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// The set-up as a whole.
    #[error(transparent)]
    Import(#[from] ImportFault),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Fault> for FolderFault {
    fn from(fault: Fault) -> Self {
        Self::Db(DbError::Other(format!("{fault:?}")))
    }
}

const REGISTER: &str = "municipalities.csv";
const INVENTORY: &str = "inventory.csv";
const ROLLOUT: &str = "rollout.csv";

/// Brings a folder in inside `tx`, given as names and texts of its files, and tells what is
/// different then. The caller commits, or drops `tx` after a try-out.
///
/// # Errors
/// See [`FolderFault`]; the caller drops `tx` then.
pub async fn bring_in(
    tx: &mut Tx,
    files: &[(String, String)],
    now: Timestamp,
    today: Date,
) -> Result<(Changed, Difference), FolderFault> {
    let known = [REGISTER, INVENTORY, ROLLOUT];
    for (name, _) in files {
        if !name.ends_with(".toml") && !known.contains(&name.as_str()) {
            return Err(FolderFault::UnknownFile(name.clone()));
        }
    }
    if files.is_empty() {
        return Err(FolderFault::Empty);
    }
    let find = |name: &str| files.iter().find(|(it, _)| it == name).map(|(_, text)| text.as_str());
    let named: Vec<NamedFile<'_>> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".toml"))
        .map(|(name, text)| NamedFile { name, text })
        .collect();
    let sets = read_folder(&named).map_err(FolderFault::Files)?;
    let register = find(REGISTER).map(read_register).transpose().map_err(FolderFault::Register)?;
    let before = texts(tx, today).await?;
    let (changed, mut difference) = bring_and_tell(tx, &sets, When { today, now }).await?;
    for it in register.unwrap_or_default() {
        let effort = id_of("effort", &it.effort);
        tx.run(&EFFORT, args![effort, &it.effort, &it.effort_name]).await?;
        let args = args![
            &it.number,
            &it.name,
            &it.county,
            i64::from(it.entry_year),
            effort,
            &it.grouping,
            &it.number_later,
            it.verified,
            &it.district,
            it.inhabitants,
        ];
        tx.run(&MUNICIPALITY, args).await?;
    }
    if let Some(text) = find(INVENTORY) {
        bring_inventory(tx, text, today).await?;
    }
    if let Some(text) = find(ROLLOUT) {
        bring_plan(tx, text, now).await?;
    }
    let after = texts(tx, today).await?;
    for ((told, old), (_, new)) in before.iter().zip(&after) {
        difference.compare(*told, old, new);
    }
    Ok((changed, difference))
}

/// What the tables beside the office files say, as texts to compare.
async fn texts(
    link: &mut Link,
    today: Date,
) -> Result<[(Told, BTreeMap<String, String>); 3], DbError> {
    let today = args![today];
    Ok([
        (Told::Register, text_rows(link, &REGISTER_TEXT, &[]).await?),
        (Told::Inventory, text_rows(link, &INVENTORY_TEXT, today).await?),
        (Told::Plan, text_rows(link, &PLAN_TEXT, &[]).await?),
    ])
}

async fn text_rows(
    link: &mut Link,
    sql: &Asked,
    args: &[crate::db::Value],
) -> Result<BTreeMap<String, String>, DbError> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for mut row in link.rows(sql, args).await? {
        let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
        let text = texts.entry(key).or_default();
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&value);
    }
    Ok(texts)
}

/// A table of comma-separated fields under the columns that it must have.
struct Table<'a> {
    file: &'static str,
    rows: Vec<(usize, Vec<&'a str>)>,
}

impl<'a> Table<'a> {
    fn read(file: &'static str, text: &'a str, columns: &[&str]) -> Result<Self, FolderFault> {
        let fault = |line: usize, what: &'static str, value: &str| FolderFault::Table {
            file: file.to_owned(),
            line,
            what,
            value: value.to_owned(),
        };
        let mut lines = text.lines().enumerate();
        let head = lines.next().map_or("", |(_, line)| line.trim_start_matches('\u{feff}'));
        let names: Vec<&str> = head.split(',').map(str::trim).collect();
        if names != columns {
            return Err(fault(1, "the columns of the first line are not those of the table", head));
        }
        let mut rows = Vec::new();
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            if fields.len() != columns.len() {
                return Err(fault(at + 1, "another number of fields than columns", line));
            }
            if let Some(bad) = fields
                .iter()
                .find(|it| text::optional(it, text::LINE).is_err() || it.contains('\t'))
            {
                return Err(fault(at + 1, "the text is too long or has control characters", bad));
            }
            rows.push((at + 1, fields));
        }
        Ok(Self { file, rows })
    }

    fn fault(&self, line: usize, what: &'static str, value: &str) -> FolderFault {
        FolderFault::Table { file: self.file.to_owned(), line, what, value: value.to_owned() }
    }

    fn day(&self, line: usize, value: &str) -> Result<Option<Date>, FolderFault> {
        if value.is_empty() {
            return Ok(None);
        }
        value.parse().map(Some).map_err(|_| self.fault(line, "not a day", value))
    }
}

async fn find(tx: &mut Tx, sql: &Asked, code: &str) -> Result<Option<Uuid>, DbError> {
    tx.row(sql, args![code]).await?.map(|mut row| row.get(0)).transpose()
}

/// The inventory of the offices that the table names: lines that are there stay, those that are
/// no longer named end today, new ones begin (REQ-ORG-17).
async fn bring_inventory(tx: &mut Tx, text: &str, today: Date) -> Result<(), FolderFault> {
    let columns = [
        "office",
        "service",
        "unit",
        "decided_by",
        "inside",
        "partner",
        "address",
        "route",
        "condition",
        "agreement",
        "from",
        "until",
    ];
    let table = Table::read(INVENTORY, text, &columns)?;
    let mut wanted: BTreeMap<OfficeId, Vec<NewLine>> = BTreeMap::new();
    for (at, fields) in &table.rows {
        let [
            office,
            service,
            unit,
            decided,
            inside,
            partner,
            address,
            route,
            terms,
            agreement,
            from,
            until,
        ] = fields.as_slice()
        else {
            continue;
        };
        let at = *at;
        let office_id = find(tx, &OFFICE, office).await?;
        let office_id = office_id.ok_or_else(|| table.fault(at, "no such office", office))?;
        let unit_id = find(tx, &UNIT, unit).await?;
        let unit_id = unit_id.ok_or_else(|| table.fault(at, "no such unit", unit))?;
        let decided_by = if decided.is_empty() {
            None
        } else {
            let id = find(tx, &UNIT, decided).await?;
            Some(UnitId(id.ok_or_else(|| table.fault(at, "no such unit", decided))?))
        };
        let service =
            Service::parse(service).ok_or_else(|| table.fault(at, "no such service", service))?;
        let inside = match *inside {
            "yes" => true,
            "no" if !partner.is_empty() && !route.is_empty() => false,
            "no" => return Err(table.fault(at, "outside without a partner and a route", partner)),
            other => return Err(table.fault(at, "neither yes nor no", other)),
        };
        if service.is_addition() && agreement.is_empty() {
            return Err(table.fault(at, "an addition without its agreement", service.as_str()));
        }
        // By the code that it has in a file of arrangements, or the identifier of its page.
        let stands = (!agreement.is_empty())
            .then(|| agreement.parse().unwrap_or_else(|_| id_of("agreement", agreement)));
        if let Some(id) = stands
            && !agreed::opens_for(tx, OfficeId(office_id), id, service).await?
        {
            let what = "no agreement of this office that has the service in its remit";
            return Err(table.fault(at, what, agreement));
        }
        let from = table.day(at, from)?.ok_or_else(|| table.fault(at, "no first day", ""))?;
        let until = table.day(at, until)?;
        if until.is_some_and(|until| until <= from) {
            return Err(table.fault(at, "the end is not after the beginning", service.as_str()));
        }
        wanted.entry(OfficeId(office_id)).or_default().push(NewLine {
            service,
            unit: UnitId(unit_id),
            decided_by,
            inside,
            partner: (*partner).to_owned(),
            address: (*address).to_owned(),
            route: (*route).to_owned(),
            terms: (*terms).to_owned(),
            agreement: stands,
            from,
            until,
        });
    }
    for (office, lines) in wanted {
        fit(tx, office, lines, today).await?;
    }
    Ok(())
}

async fn fit(
    tx: &mut Tx,
    office: OfficeId,
    mut lines: Vec<NewLine>,
    today: Date,
) -> Result<(), FolderFault> {
    for mut row in tx.rows(&OPEN_LINES, args![office, today]).await? {
        let id: Uuid = row.get(0)?;
        let service: String = row.get(1)?;
        let (from, until): (String, Option<String>) = (row.get(10)?, row.get(11)?);
        let there = Service::parse(&service).zip(from.parse().ok()).map(|(service, from)| {
            Ok::<_, DbError>(NewLine {
                service,
                unit: row.get(2)?,
                decided_by: row.get(3)?,
                inside: row.get(4)?,
                partner: row.get(5)?,
                address: row.get(6)?,
                route: row.get(7)?,
                terms: row.get(8)?,
                agreement: row.get(9)?,
                from,
                until: until.and_then(|it| it.parse().ok()),
            })
        });
        let there = there.transpose()?;
        let place = lines.iter().position(|it| Some(it) == there.as_ref());
        match place {
            Some(place) => {
                lines.swap_remove(place);
            }
            // What stands on an agreement ends with it, or by somebody's act.
            None if there.is_some_and(|it| it.agreement.is_some()) => {}
            None => inventory::end(tx, (office, id), today).await?,
        }
    }
    for line in lines.iter().filter(|it| it.until.is_none_or(|until| until > today)) {
        inventory::add(tx, office, line).await?;
    }
    Ok(())
}

/// The roll-out plan: an office whose day is the same as before gets no new row (REQ-ORG-32).
async fn bring_plan(tx: &mut Tx, text: &str, now: Timestamp) -> Result<(), FolderFault> {
    let table = Table::read(ROLLOUT, text, &["office", "planned_on"])?;
    for (at, fields) in &table.rows {
        let [office, planned] = fields.as_slice() else { continue };
        let id = find(tx, &OFFICE, office).await?;
        let id = id.ok_or_else(|| table.fault(*at, "no such office", office))?;
        let day = table.day(*at, planned)?.ok_or_else(|| table.fault(*at, "no day", ""))?;
        let held = tx.row(&PLANNED, args![id]).await?;
        let held: Option<String> = held.map(|mut row| row.get(0)).transpose()?;
        if held != Some(day.to_string()) {
            tx.run(&PLAN, args![id, now, day]).await?;
        }
    }
    Ok(())
}
