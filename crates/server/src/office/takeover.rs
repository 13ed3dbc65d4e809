//! What a file may not take over: what another municipality's file has told, who answers for what
//! was decided, and what was closed or became another.

use std::collections::BTreeSet;

use jiff::civil::Date;
use onedoor_domain::office::{OfficeSet, Unit};
use uuid::Uuid;

use super::SET_UP;
use super::import::ImportFault;
use super::principal_on;
use crate::app::id_of;
use crate::args;
use crate::db::{Asked, DbError, Tx};

crate::sql! {
    // What another municipality's file has brought may not be taken over by this one.
    OFFICES_ELSEWHERE = "select code, municipality from office where municipality <> $1";
    UNITS_ELSEWHERE = "select u.code, o.municipality from unit u
        join office o on o.id = u.office_id where o.municipality <> $1";
    DISTRICTS_ELSEWHERE = "select code, municipality from district where municipality <> $1";
    PLACES_ELSEWHERE = "select code, municipality from basic_unit where municipality <> $1";
    STAFF_ELSEWHERE = "select s.code, o.municipality, s.email from staff s
        join unit u on u.id = s.unit_id join office o on o.id = u.office_id
        where o.municipality <> $1 and s.on_duty";
    PRINCIPAL_NOW = "select name, kind from principal where id = $1";
    AGENCY_NOW = concat!("select a.name, a.kind, p.code from agency a
        join principal p on p.id = ", principal_on!("$2"), " where a.id = $1");
    AGENCY_PLACES = "select distinct o.municipality from unit u join office o on o.id = u.office_id
        where u.agency_id = $1 and (u.valid_until is null or u.valid_until > $2)
        union select distinct m.municipality from boundary b
        join basic_unit m on m.code = b.basic_unit
        where b.agency_id = $1 and (b.valid_until is null or b.valid_until > $2)";
    PRINCIPAL_PLACES = "select distinct o.municipality from agency a
        join unit u on u.agency_id = a.id join office o on o.id = u.office_id
        where a.principal_id = $1 and (u.valid_until is null or u.valid_until > $2)";
    ANSWERS = "select 1 from unit u where u.agency_id = $1 and (
            exists (select 1 from ruling r where r.unit_id = u.id)
            or exists (select 1 from shared_case c where c.unit_id = u.id
                and c.closed_at is null))
        union all select 1 from principal_transfer t where t.agency_id = $1 limit 1";
    ENDED = "select ended_on from office where id = $1 and ended_on is not null";
    BECAME = "select on_day from merger where old_unit_id = $1";
}

/// Whether every code of the set is new or the municipality's own. What moves between two
/// municipalities of the same import is not taken: the other file no longer names it.
pub(super) async fn is_free(
    tx: &mut Tx,
    set: &OfficeSet,
    sets: &[OfficeSet],
) -> Result<(), ImportFault> {
    let lists: [(&Asked, BTreeSet<&str>); 4] = [
        (&OFFICES_ELSEWHERE, set.offices.iter().map(|it| it.code.as_str()).collect()),
        (&UNITS_ELSEWHERE, set.units.iter().map(|it| it.code.as_str()).collect()),
        (&DISTRICTS_ELSEWHERE, set.districts.iter().map(|it| it.code.as_str()).collect()),
        (&PLACES_ELSEWHERE, set.basic_units.iter().map(|it| it.code.as_str()).collect()),
    ];
    for (sql, mine) in lists {
        for mut row in tx.rows(sql, args![&set.municipality]).await? {
            let (code, of): (String, String) = (row.get(0)?, row.get(1)?);
            if mine.contains(code.as_str()) && !comes_along(sets, &of) {
                return Err(ImportFault::TakenElsewhere(code));
            }
        }
    }
    for mut row in tx.rows(&STAFF_ELSEWHERE, args![&set.municipality]).await? {
        let (code, of, email): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let named = set.staff(&code).is_some() || set.staff_by_email(&email).is_some();
        if named && !comes_along(sets, &of) {
            return Err(ImportFault::TakenElsewhere(code));
        }
    }
    Ok(())
}

/// Whether the import holds the file of a municipality.
fn comes_along(sets: &[OfficeSet], number: &str) -> bool {
    sets.iter().any(|it| it.municipality == number)
}

/// Whether agencies and principals that others share are told as they are. A file of one
/// municipality changes none of them for another; and a transfer of responsibility is no line of a
/// file: an agency that has decided, or carries a case, keeps its kind and its principal
/// (REQ-ORG-02).
pub(super) async fn shared(
    tx: &mut Tx,
    set: &OfficeSet,
    sets: &[OfficeSet],
    today: Date,
) -> Result<(), ImportFault> {
    for it in &set.principals {
        let id = id_of("principal", &it.code);
        let Some(mut row) = tx.row(&PRINCIPAL_NOW, args![id]).await? else { continue };
        let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let same = name == it.name && kind == it.kind.as_str();
        if !same && elsewhere(tx, &PRINCIPAL_PLACES, id, (sets, today)).await? {
            return Err(ImportFault::ToldApart(it.code.clone()));
        }
    }
    for it in &set.agencies {
        let id = id_of("agency", &it.code);
        let Some(mut row) = tx.row(&AGENCY_NOW, args![id, today]).await? else { continue };
        let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let answers = kind == it.kind.as_str() && row.get::<String>(2)? == it.principal;
        let same = answers && name == it.name;
        if !same && elsewhere(tx, &AGENCY_PLACES, id, (sets, today)).await? {
            return Err(ImportFault::ToldApart(it.code.clone()));
        }
        if !answers && tx.row(SET_UP.opens(&ANSWERS), args![id]).await?.is_some() {
            return Err(ImportFault::Answers(it.code.clone()));
        }
    }
    Ok(())
}

/// Whether an agency or a principal is there in a municipality that the import does not hold.
async fn elsewhere(
    tx: &mut Tx,
    sql: &Asked,
    id: Uuid,
    (sets, today): (&[OfficeSet], Date),
) -> Result<bool, DbError> {
    for mut row in tx.rows(sql, args![id, today]).await? {
        let number: String = row.get(0)?;
        if !comes_along(sets, &number) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether nothing of the set is gone by an act of its own. An office that was closed or became
/// another opens only when the file tells the day on which it did, and a unit that became another
/// does not go on: what went along with them would stay where it is (REQ-ORG-10, REQ-MISC-02).
pub(super) async fn stays_gone(
    tx: &mut Tx,
    set: &OfficeSet,
    today: Date,
) -> Result<(), ImportFault> {
    for it in &set.offices {
        let row = tx.row(&ENDED, args![id_of("office", &it.code)]).await?;
        let Some(ended) = row.map(|mut row| row.get::<Date>(0)).transpose()? else { continue };
        if it.reopened.is_none_or(|day| day < ended || day > today) {
            return Err(ImportFault::Ended(it.code.clone()));
        }
    }
    for it in &set.units {
        let row = tx.row(&BECAME, args![id_of("unit", &it.code)]).await?;
        let Some(on) = row.map(|mut row| row.get::<Date>(0)).transpose()? else { continue };
        if outlives(it, on) {
            return Err(ImportFault::Became(it.code.clone()));
        }
    }
    Ok(())
}

fn outlives(unit: &Unit, day: Date) -> bool {
    unit.valid.until.is_none_or(|until| until > day)
}
