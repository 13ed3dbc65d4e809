//! Who serves an office: the agency of a kind, and who owns what nobody accepts there.

use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId, UnitId};
use onedoor_domain::office::{AgencyKind, Role};

use super::SET_UP;
use super::store::Choice;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::sign_in::Actor;
use crate::web::{Desk, Fault};

crate::sql! {
    // The agency of a kind that serves an office on a day: one that serves its districts, or has
    // a unit there.
    AGENCY_AT = "select t.id from (
            select a.id, a.code, 0 as far from district d join district_unit x
                on x.district_id = d.id and x.valid_from <= $3
                and (x.valid_until is null or x.valid_until > $3)
            join agency a on a.id = x.agency_id and a.kind = $2 where d.office_id = $1
            union select a.id, a.code, 1 from unit u join agency a on a.id = u.agency_id
                and a.kind = $2 where u.office_id = $1 and u.valid_from <= $3
                and (u.valid_until is null or u.valid_until > $3)) t
        order by t.far, t.code limit 1";
    // Else the one that serves the municipality from somewhere else.
    AGENCY_AROUND = "select a.id from office o join basic_unit m on m.municipality = o.municipality
        join boundary b on b.basic_unit = m.code and b.valid_from <= $3
            and (b.valid_until is null or b.valid_until > $3)
        join agency a on a.id = b.agency_id and a.kind = $2
        where o.id = $1 order by a.code limit 1";
    // Of the municipality of the office before any other that is served there, and on duty.
    LAST_RESORT = "select u.last_resort_id from district_unit x
        join unit u on u.id = x.unit_id join agency a on a.id = x.agency_id
        join district d on d.id = x.district_id
        join staff s on s.id = u.last_resort_id and s.on_duty
        where a.kind = 'social' and d.office_id = $1
            and x.valid_from <= $2 and (x.valid_until is null or x.valid_until > $2)
        order by case when u.office_id = $1 then 0 else 1 end, x.place, u.code limit 1";
    // The offices that somebody leads: their own before another.
    LED_BY = "select id, name from office where manager_id = $1 and ended_on is null
        order by case when id = $2 then 0 else 1 end, name limit 50";
    MANAGER_OF = "select manager_id from office where id = $1";
    // Questions that nobody has decided go to whoever leads the office now.
    TAKE_QUESTIONS = "update handover set manager_id = $2
        where manager_id <> $2 and id in (
            select h.id from unit u cross join shared_case c
            join handover h on h.case_id = c.id and h.state in ('refused', 'expired')
            where u.office_id = $1 and c.unit_id = u.id)";
    LIVES = "select 1 from unit where id = $1 and valid_from <= $2
        and (valid_until is null or valid_until > $2)";
    PLACE_OF = "select municipality from office where id = $1";
    // Districts of social services in which nobody on duty owns what nobody accepts.
    WITHOUT_LAST_RESORT = "select count(distinct x.district_id) from district_unit x
        join agency a on a.id = x.agency_id
        where a.kind = 'social' and x.valid_from <= $1
            and (x.valid_until is null or x.valid_until > $1)
            and not exists (select 1 from district_unit y join unit u on u.id = y.unit_id
                join staff s on s.id = u.last_resort_id and s.on_duty
                where y.agency_id = x.agency_id and y.district_id = x.district_id
                    and y.valid_from <= $1 and (y.valid_until is null or y.valid_until > $1))";
}

/// The agency of a kind that serves an office on a day, whether it sits there or not.
///
/// # Errors
/// When the database does not answer.
pub async fn agency_at(
    link: &mut Link,
    office: OfficeId,
    kind: AgencyKind,
    on: Date,
) -> Result<Option<AgencyId>, DbError> {
    let args = args![office, kind.as_str(), on];
    let mut row = link.row(&AGENCY_AT, args).await?;
    if row.is_none() {
        row = link.row(&AGENCY_AROUND, args).await?;
    }
    row.map(|mut row| row.get(0)).transpose()
}

/// The offices that the actor is joint manager of, wherever they sit, their own first: who leads
/// is what the office says, and the role alone is not enough (REQ-ORG-46).
///
/// # Errors
/// When the database does not answer.
pub async fn led_by(link: &mut Link, actor: &Actor) -> Result<Vec<OfficeId>, DbError> {
    Ok(led_named(link, actor).await?.into_iter().map(|(office, _)| office).collect())
}

/// The same with their names.
///
/// # Errors
/// When the database does not answer.
pub async fn led_named(link: &mut Link, actor: &Actor) -> Result<Vec<(OfficeId, String)>, DbError> {
    if actor.role != Some(Role::JointManager) {
        return Ok(Vec::new());
    }
    let rows = link.rows(&LED_BY, args![actor.id, actor.office]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The office that a page is about, and those that its reader can choose among: a joint manager's
/// all, others' their own alone. Whether the reader leads it comes with it (REQ-ORG-46).
///
/// # Errors
/// Hidden for an office that is not the reader's.
pub async fn chosen(desk: &Desk, link: &mut Link, asked: &str) -> Result<Chosen, Fault> {
    let mut led = Vec::new();
    if desk.actor().role == Some(Role::JointManager) {
        for mut row in link.rows(&LED_BY, args![desk.actor().id, desk.actor().office]).await? {
            let (id, name): (OfficeId, String) = (row.get(0)?, row.get(1)?);
            led.push((id, name));
        }
    }
    let office = match asked.trim() {
        "" => led.first().map_or_else(|| desk.office(), |it| Ok(it.0))?,
        asked => {
            let id = asked.parse().map(OfficeId).map_err(|_| Fault::Hidden)?;
            let own = led.iter().any(|it| it.0 == id) || desk.actor().office == Some(id);
            if !own {
                return Err(Fault::Hidden);
            }
            id
        }
    };
    let leads = led.iter().any(|it| it.0 == office);
    let offices = led.into_iter().map(|(id, name)| Choice { id: id.to_string(), name }).collect();
    Ok(Chosen { office, leads, offices })
}

/// What [`chosen`] gives.
pub struct Chosen {
    /// The office.
    pub office: OfficeId,
    /// Whether the reader is its joint manager.
    pub leads: bool,
    /// The offices that the reader leads.
    pub offices: Vec<Choice>,
}

/// Who leads an office.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn manager_of(
    link: &mut Link,
    office: OfficeId,
) -> Result<Option<StaffId>, DbError> {
    Ok(link.row(&MANAGER_OF, args![office]).await?.map(|mut row| row.get(0)).transpose()?.flatten())
}

/// Gives another joint manager the questions that wait for a decision at their office.
///
/// # Errors
/// When the database refuses.
pub async fn take_questions(
    tx: &mut Tx,
    office: OfficeId,
    manager: StaffId,
) -> Result<u64, DbError> {
    tx.run(SET_UP.opens(&TAKE_QUESTIONS), args![office, manager]).await
}

/// Gives whoever leads an office the questions that wait for a decision there: when its units came
/// from an office that somebody else leads (REQ-REF-04). Nobody gets any where nobody leads.
///
/// # Errors
/// When the database refuses.
pub async fn questions_to_leader(tx: &mut Tx, office: OfficeId) -> Result<u64, DbError> {
    match manager_of(tx, office).await? {
        Some(manager) => take_questions(tx, office, manager).await,
        None => Ok(0),
    }
}

/// In how many districts of social services nobody on duty owns what nobody accepts (REQ-REF-08).
///
/// # Errors
/// When the database does not answer.
pub async fn without_last_resort(link: &mut Link, on: Date) -> Result<i64, DbError> {
    let row = link.row(&WITHOUT_LAST_RESORT, args![on]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?.unwrap_or(0))
}

/// Who has accepted in advance to own what nobody accepts, where a case is
/// carried in this office (REQ-REF-08).
///
/// # Errors
/// When the database does not answer.
pub async fn last_resort(
    link: &mut Link,
    office: OfficeId,
    on: Date,
) -> Result<Option<StaffId>, DbError> {
    link.row(&LAST_RESORT, args![office, on]).await?.map(|mut row| row.get(0)).transpose()
}

/// Whether a unit exists on a day.
///
/// # Errors
/// When the database does not answer.
pub async fn lives(link: &mut Link, unit: UnitId, on: Date) -> Result<bool, DbError> {
    Ok(link.row(&LIVES, args![unit, on]).await?.is_some())
}

/// The municipality of an office.
///
/// # Errors
/// When the database does not answer.
pub async fn municipality(link: &mut Link, office: OfficeId) -> Result<Option<String>, DbError> {
    link.row(&PLACE_OF, args![office]).await?.map(|mut row| row.get(0)).transpose()
}
