//! One person's follow-up in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::follow::{Area, Cause, Intake, Lead, Stage, Variant, Way};
use onedoor_domain::ids::{AgencyId, OfficeId, ProviderId, StaffId, UnitId};
use onedoor_domain::meeting::Towards;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, OUTPATIENT};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    OF_PERSON = "select f.id, f.agency_id, a.name, f.contact_id, s.name, coalesce(v.name, ''),
            f.stage, f.intake, f.towards, f.measure_until, f.last_contact_on, f.due_on,
            f.opened_on, f.version, f.provider_id
        from follow_up f join agency a on a.id = f.agency_id join staff s on s.id = f.contact_id
        left join provider v on v.id = f.provider_id
        where f.person_id = $1 and f.closed_on is null order by f.opened_on, f.id limit 5";
    OPEN = "insert into follow_up (id, person_id, office_id, agency_id, contact_id, provider_id,
            stage, intake, towards, measure_until, last_contact_on, due_on, opened_on, closed_on,
            outcome, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'work', $9, null, $10, $11, null, '', 1)";
    CHANGE = "update follow_up set stage = $3, measure_until = $4, due_on = $5, towards = $6,
            version = version + 1
        where id = $1 and version = $2 and closed_on is null";
    CLOSE = "update follow_up set closed_on = $3, outcome = $4, version = version + 1
        where id = $1 and version = $2 and closed_on is null";
    MET = "update follow_up set last_contact_on = $2, due_on = $3, version = version + 1
        where id = $1 and (last_contact_on is null or last_contact_on <= $2)";
    CONTACT = "insert into follow_contact (id, follow_up_id, on_day, way, minutes, missed,
            noted_by, noted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    CONTACTS = "select c.on_day, c.way, c.minutes, c.missed, s.name from follow_contact c
        join staff s on s.id = c.noted_by
        where c.follow_up_id = $1 order by c.on_day desc, c.id desc limit 50";
    LEADS = "select l.area, l.unit_id, coalesce(u.name, ''), coalesce(a.name, ''), l.provider_id,
            coalesce(v.name, ''), l.asked_unit_id, coalesce(q.name, ''), l.version
        from follow_lead l left join unit u on u.id = l.unit_id
        left join agency a on a.id = u.agency_id left join provider v on v.id = l.provider_id
        left join unit q on q.id = l.asked_unit_id
        where l.follow_up_id = $1 order by l.area limit 20";
    ADD_LEAD = "insert into follow_lead (follow_up_id, area, unit_id, provider_id, asked_unit_id,
            asked_at, since, version)
        values ($1, $2, $3, $4, null, null, $5, 1)";
    SET_LEAD = "update follow_lead set unit_id = $4, provider_id = $5, asked_unit_id = $6,
            asked_at = $7, since = coalesce($8, since), version = version + 1
        where follow_up_id = $1 and area = $2 and version = $3";
    RULE = "select variant from lead_rule where municipality = (select municipality from office
                where id = $1) and area = $2 and first_day <= $3
        order by first_day desc limit 1";
    UNIT_OF = "select u.id, a.id from unit u join agency a on a.id = u.agency_id
        where u.office_id = $1 and a.kind = $2 and u.valid_from <= $3
            and (u.valid_until is null or u.valid_until > $3)
        order by case when u.kind = 'back_office' then 0 else 1 end, u.code limit 1";
    EVERYBODY = "select 1 from follow_everybody where office_id = $1 and since <= $2";
    OUTPATIENT_VISITS = "select on_day, outcome from outpatient_visit
        where follow_up_id = $1 and agency_id = $2 order by on_day desc, noted_at desc limit 20";
    NOTE_OUTPATIENT = "insert into outpatient_visit (id, follow_up_id, agency_id, on_day, outcome,
            noted_by, noted_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    TASK = "insert into contact_task (id, follow_up_id, staff_id, due_on, made_at, done_on)
        values ($1, $2, $3, $4, $5, null)";
    TASKS = "select id, due_on from contact_task where follow_up_id = $1 and done_on is null
        order by due_on, id limit 20";
    TASK_DONE = "update contact_task set done_on = $3
        where id = $1 and follow_up_id = $2 and done_on is null";
}

/// Somebody's follow-up.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    pub(super) id: Uuid,
    pub(super) agency: AgencyId,
    pub(super) agency_name: String,
    pub(super) contact: StaffId,
    pub(super) contact_name: String,
    pub(super) provider_name: String,
    pub(super) stage: Stage,
    pub(super) intake: String,
    pub(super) towards: Towards,
    pub(super) measure_until: Option<Date>,
    pub(super) last: Option<Date>,
    pub(super) due: Date,
    pub(super) opened: Date,
    pub(super) version: i64,
}

fn followed(mut row: Row) -> Result<Followed, DbError> {
    let bad = |what: &str| DbError::Other(format!("a follow-up with an unknown {what}"));
    let (stage, towards): (String, String) = (row.get(6)?, row.get(8)?);
    Ok(Followed {
        id: row.get(0)?,
        agency: row.get(1)?,
        agency_name: row.get(2)?,
        contact: row.get(3)?,
        contact_name: row.get(4)?,
        provider_name: row.get(5)?,
        stage: Stage::parse(&stage).ok_or_else(|| bad("stage"))?,
        intake: row.get(7)?,
        towards: Towards::parse(&towards).ok_or_else(|| bad("direction"))?,
        measure_until: row.get(9)?,
        last: row.get(10)?,
        due: row.get(11)?,
        opened: row.get(12)?,
        version: row.get(13)?,
    })
}

/// What follow-ups of the permit's person are open, whosever they are. The caller shows another
/// agency's only as far as the walls let it.
pub(super) async fn open_ones(link: &mut Link, permit: &Permit) -> Result<Vec<Followed>, Fault> {
    let rows = link.rows(permit.opens(&OF_PERSON), args![permit.the_person()?]).await?;
    Ok(rows.into_iter().map(followed).collect::<Result<_, _>>()?)
}

/// Somebody to be taken in.
pub(super) struct NewFollowUp {
    pub(super) office: OfficeId,
    pub(super) agency: AgencyId,
    pub(super) contact: StaffId,
    pub(super) provider: Option<ProviderId>,
    pub(super) stage: Stage,
    pub(super) intake: Intake,
    pub(super) measure_until: Option<Date>,
}

/// Takes the permit's person in, with a lead for every area.
///
/// # Errors
/// A conflict when the agency follows them up already.
pub(super) async fn open(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewFollowUp,
    leads: &[(Area, Result<UnitId, ProviderId>)],
    (today, now): (Date, Timestamp),
) -> Result<Uuid, Fault> {
    let id = crate::app::new_id();
    let args = args![
        id,
        permit.the_person()?,
        new.office,
        new.agency,
        new.contact,
        new.provider,
        new.stage.as_str(),
        new.intake.as_str(),
        new.measure_until,
        new.stage.due(today),
        today,
    ];
    match tx.run_one(permit.opens(&OPEN), args).await {
        Err(DbError::Unique { .. }) => return Err(Fault::conflict("follow-there")),
        other => other?,
    }
    for (area, lead) in leads {
        let (unit, provider) = match lead {
            Ok(unit) => (Some(*unit), None),
            Err(provider) => (None, Some(*provider)),
        };
        tx.run_one(permit.opens(&ADD_LEAD), args![id, area.as_str(), unit, provider, now]).await?;
    }
    Ok(id)
}

/// Another stage, end of measure or direction.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub(super) async fn change(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    (stage, until): (Stage, Option<Date>),
    (due, towards): (Date, Towards),
) -> Result<(), DbError> {
    let args = args![id, version, stage.as_str(), until, due, towards.as_str()];
    tx.run_one(permit.opens(&CHANGE), args).await
}

/// Ends a follow-up, with what it led to: nobody goes silently.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub(super) async fn close(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    (today, outcome): (Date, &str),
) -> Result<(), DbError> {
    tx.run_one(permit.opens(&CLOSE), args![id, version, today, outcome]).await
}

/// A contact to be noted.
pub(super) struct NewContact {
    pub(super) on: Date,
    pub(super) way: Way,
    pub(super) minutes: i64,
    pub(super) missed: Option<Cause>,
}

/// Notes a contact, or one that did not happen and why. A contact that was begins the interval
/// anew (REQ-FOLL-03).
pub(super) async fn note_contact(
    tx: &mut Tx,
    permit: &Permit,
    (id, stage): (Uuid, Stage),
    new: &NewContact,
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let missed = new.missed.map(Cause::as_str).unwrap_or_default();
    let way = new.way.as_str();
    let args = args![crate::app::new_id(), id, new.on, way, new.minutes, missed, by, now];
    tx.run_one(permit.opens(&CONTACT), args).await?;
    if new.missed.is_none() && new.way.is_contact() {
        tx.run(permit.opens(&MET), args![id, new.on, stage.due(new.on)]).await?;
    }
    Ok(())
}

/// A contact: day, way, minutes, why it did not happen, by whom.
pub(super) type Contact = (String, String, i64, String, String);

/// The contacts, the latest first.
pub(super) async fn contacts(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Vec<Contact>, DbError> {
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    link.rows(permit.opens(&CONTACTS), args![id]).await?.into_iter().map(read).collect()
}

/// The lead of an area.
#[derive(Clone, Debug)]
pub(super) struct AreaLead {
    pub(super) area: Area,
    pub(super) lead: Lead<Uuid>,
    /// Unit and agency, or the provider.
    pub(super) name: String,
    pub(super) asked_name: String,
    pub(super) version: i64,
    pub(super) provider: Option<Uuid>,
}

/// Who leads which area, and who is asked.
pub(super) async fn leads(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Vec<AreaLead>, DbError> {
    let mut all = Vec::new();
    for mut row in link.rows(permit.opens(&LEADS), args![id]).await? {
        let area: String = row.get(0)?;
        let area = Area::parse(&area)
            .ok_or_else(|| DbError::Other(format!("an unknown area of follow-up: {area}")))?;
        let (unit, provider): (Option<Uuid>, Option<Uuid>) = (row.get(1)?, row.get(4)?);
        let (name, agency, given): (String, String, String) =
            (row.get(2)?, row.get(3)?, row.get(5)?);
        let holder = unit.or(provider);
        let holder =
            holder.ok_or_else(|| DbError::Other("an area of follow-up without a lead".into()))?;
        all.push(AreaLead {
            area,
            lead: Lead { holder, asked: row.get(6)? },
            name: if unit.is_some() { format!("{name}, {agency}") } else { given },
            asked_name: row.get(7)?,
            version: row.get(8)?,
            provider,
        });
    }
    Ok(all)
}

/// Keeps what became of the lead of an area.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub(super) async fn set_lead(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    before: &AreaLead,
    after: Lead<Uuid>,
    now: Timestamp,
) -> Result<(), DbError> {
    // Who leads it still may be a provider; whoever took over is a unit.
    let stays = after.holder == before.lead.holder;
    let provider = before.provider.filter(|_| stays);
    let unit = if provider.is_some() { None } else { Some(after.holder) };
    let (asked_at, since) = (after.asked.map(|_| now), (!stays).then_some(now));
    let args = args![
        id,
        before.area.as_str(),
        before.version,
        unit,
        provider,
        after.asked,
        asked_at,
        since,
    ];
    tx.run_one(permit.opens(&SET_LEAD), args).await
}

/// What a place has agreed about an area on a day.
pub(super) async fn variant(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
    (area, today): (Area, Date),
) -> Result<Option<Variant>, DbError> {
    let row = link.row(&RULE, args![office, area.as_str(), today]).await?;
    let code = row.map(|mut row| row.get::<String>(0)).transpose()?;
    Ok(code.as_deref().and_then(Variant::parse))
}

/// The unit of a kind of agency at an office that follows people up, and its agency.
pub(super) async fn unit_of(
    link: &mut Link,
    office: OfficeId,
    kind: &str,
    today: Date,
) -> Result<Option<(UnitId, AgencyId)>, DbError> {
    let row = link.row(&UNIT_OF, args![office, kind, today]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Whether an office follows up everybody (REQ-FOLL-13).
pub(super) async fn follows_everybody(
    link: &mut Link,
    office: OfficeId,
    today: Date,
) -> Result<bool, DbError> {
    Ok(link.row(&EVERYBODY, args![office, today]).await?.is_some())
}

/// What became of appointments for treatment, the latest first: day and whether it was missed. Of
/// the reader's own agency alone.
pub(super) async fn outpatient(
    link: &mut Link,
    permit: &Permit,
    (id, agency): (Uuid, AgencyId),
) -> Result<Vec<(String, bool)>, Fault> {
    let rows = link.rows(permit.opens(&OUTPATIENT_VISITS), args![id, agency]).await?;
    let key = Key::look_up(link, permit, permit.the_person()?).await?;
    let read = |mut row: Row| {
        let outcome = key.open(OUTPATIENT, row.get(1)?)?;
        Ok((row.get(0)?, outcome == "missed"))
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Notes such an appointment, sealed: whether somebody is treated is theirs.
pub(super) async fn note_outpatient(
    tx: &mut Tx,
    permit: &Permit,
    (id, agency): (Uuid, AgencyId),
    (on, missed): (Date, bool),
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, permit.the_person()?).await?;
    let outcome = key.seal(OUTPATIENT, if missed { "missed" } else { "kept" })?;
    tx.run_one(
        permit.opens(&NOTE_OUTPATIENT),
        args![crate::app::new_id(), id, agency, on, outcome, by, now],
    )
    .await?;
    Ok(())
}

/// Gives the named contact a task to reach the person (REQ-FOLL-12).
pub(super) async fn add_task(
    tx: &mut Tx,
    permit: &Permit,
    (id, staff): (Uuid, StaffId),
    (due, now): (Date, Timestamp),
) -> Result<(), DbError> {
    tx.run_one(permit.opens(&TASK), args![crate::app::new_id(), id, staff, due, now]).await
}

/// Open tasks to reach the person.
pub(super) async fn tasks(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Vec<(String, String)>, DbError> {
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        Ok((id.to_string(), row.get(1)?))
    };
    link.rows(permit.opens(&TASKS), args![id]).await?.into_iter().map(read).collect()
}

/// Notes that the person was reached.
///
/// # Errors
/// A conflict when it was noted meanwhile.
pub(super) async fn task_done(
    tx: &mut Tx,
    permit: &Permit,
    (task, id): (Uuid, Uuid),
    today: Date,
) -> Result<(), DbError> {
    tx.run_one(permit.opens(&TASK_DONE), args![task, id, today]).await
}
