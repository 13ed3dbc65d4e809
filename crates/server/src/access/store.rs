//! Single accesses and ties in the database.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::{AgencyId, OfficeId, PersonId, StaffId};
use onedoor_domain::secrecy::Overlay;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{ACCESS_REASON, Key};
use crate::policy::Permit;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    TAKE = "insert into single_access (id, person_id, staff_id, agency_id, office_id, reason,
            granted_at, valid_until, confirm_by, confirmed_by, confirmed_at, verdict, tell_from,
            version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, null, null, $10, 1)";
    // One that was refused, or that nobody answered, is not simply taken again: not in its own
    // time, and not within thirty days.
    IS_SPENT = "select 1 from single_access a where a.staff_id = $1 and a.person_id = $2
            and (a.verdict = 'refused'
                or (a.verdict is null and (a.confirm_by < $3 or a.valid_until < $4)))
            and (a.valid_until >= $4 or a.granted_at > $5) limit 1";
    ONE = "select a.person_id, a.staff_id, a.agency_id, a.reason, a.granted_at, a.valid_until,
            a.confirm_by, a.verdict, a.tell_from, a.version, s.name, k.wrapped
        from single_access a join staff s on s.id = a.staff_id
        left join subject_key k on k.subject_id = a.person_id where a.id = $1";
    MINE = "select a.id, a.person_id, s.name, a.granted_at, a.valid_until, a.confirm_by, a.verdict
        from single_access a join staff s on s.id = a.staff_id
        where a.staff_id = $1 order by a.granted_at desc limit 50";
    // One about whom the reader may not know is for another to answer, and not told of.
    WAITING = concat!("select a.id, a.person_id, s.name, a.granted_at, a.valid_until, a.confirm_by,
            a.verdict
        from single_access a join staff s on s.id = a.staff_id join person p on p.id = a.person_id
        where a.verdict is null and a.agency_id = $1 and a.staff_id <> $2 and a.confirm_by >= $3
            and ", unbarred!("$4", "$2"), "
        order by a.confirm_by limit 100");
    CONFIRM = "update single_access set verdict = $3, confirmed_by = $4, confirmed_at = $5,
            version = version + 1
        where id = $1 and version = $2 and verdict is null";
    END = "update single_access set valid_until = $3, version = version + 1
        where id = $1 and staff_id = $2 and valid_until > $3";
    NOTE_TIE = "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at, noted_by,
            ended_at)
        values ($1, $2, $3, $4, $5, $6, $7, null)
        on conflict (staff_id, person_id, kind) do update set ended_at = null";
    NOTE_NUMBER = "insert into staff_tie_number (staff_id, number, kind, bits, source, noted_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (staff_id, number, kind) do nothing";
    COUNT_TIES = "select kind, count(*) from staff_tie_number where staff_id = $1
        group by kind order by kind";
    WHO_HAS = "select coalesce(p.merged_into, p.id) from person_identifier i
        join person p on p.id = i.person_id where i.number = $1 and not i.held";
}

/// A single access as its lists show it.
pub struct AccessRow {
    /// Identifier.
    pub id: Uuid,
    /// To whom.
    pub person: PersonId,
    /// Whose.
    pub staff: String,
    /// Since when.
    pub at: Timestamp,
    /// Its last day.
    pub until: Date,
    /// Until when a second person answers.
    pub confirm_by: Timestamp,
    /// The second person's answer.
    pub verdict: Option<String>,
}

fn access_row(mut row: Row) -> Result<AccessRow, DbError> {
    Ok(AccessRow {
        id: row.get(0)?,
        person: row.get(1)?,
        staff: row.get(2)?,
        at: row.get(3)?,
        until: row.get(4)?,
        confirm_by: row.get(5)?,
        verdict: row.get(6)?,
    })
}

/// A single access to be taken.
pub struct NewAccess<'a> {
    /// Who takes it.
    pub staff: StaffId,
    /// The worker's agency.
    pub agency: AgencyId,
    /// The worker's office.
    pub office: Option<OfficeId>,
    /// Why.
    pub reason: &'a str,
    /// Its last day.
    pub until: Date,
    /// Until when a second person answers.
    pub confirm_by: Timestamp,
    /// From when the person may be told.
    pub tell_from: Date,
}

/// The person behind a number, whoever they are: only to take a single access, where the
/// caller asks the walls before anything is shown or said.
///
/// # Errors
/// When the database does not answer.
pub async fn by_number(
    link: &mut Link,
    permit: &Permit,
    number: &onedoor_domain::person::IdentityNumber,
) -> Result<Option<PersonId>, DbError> {
    use crate::policy::Proof;
    let key = permit.vault().number(number);
    link.row(permit.opens(&WHO_HAS), args![key]).await?.map(|mut row| row.get(0)).transpose()
}

/// For how long one that was refused or unanswered stands in the way of the next, at the least.
const REST_DAYS: i64 = 30;

/// Whether a worker has used up their single access to a person: the last one was refused, or
/// nobody answered for it, and its time is not over. Then a colleague takes it, so that a second
/// person has looked (domain.md A.5).
///
/// # Errors
/// When the database does not answer.
pub async fn is_spent(
    link: &mut Link,
    permit: &Permit,
    staff: StaffId,
    person: PersonId,
    (now, today): (Timestamp, Date),
) -> Result<bool, DbError> {
    let since = now.checked_sub((REST_DAYS * 24).hours()).unwrap_or(now);
    Ok(link.row(permit.opens(&IS_SPENT), args![staff, person, now, today, since]).await?.is_some())
}

/// Keeps a single access. It opens at once and closes by itself.
///
/// # Errors
/// When the database refuses.
pub async fn take(
    tx: &mut Tx,
    permit: &Permit,
    person: PersonId,
    new: &NewAccess<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let args = args![
        id,
        person,
        new.staff,
        new.agency,
        new.office,
        key.seal(ACCESS_REASON, new.reason)?,
        now,
        new.until,
        new.confirm_by,
        new.tell_from,
    ];
    tx.run_one(permit.opens(&TAKE), args).await?;
    Ok(id)
}

/// The caller's own, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn mine(
    link: &mut Link,
    permit: &Permit,
    staff: StaffId,
) -> Result<Vec<AccessRow>, DbError> {
    link.rows(permit.opens(&MINE), args![staff]).await?.into_iter().map(access_row).collect()
}

/// Those of colleagues in the agency that wait for a second person.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
    (staff, lacks): (StaffId, i64),
    now: Timestamp,
) -> Result<Vec<AccessRow>, DbError> {
    link.rows(permit.opens(&WAITING), args![agency, staff, now, lacks])
        .await?
        .into_iter()
        .map(access_row)
        .collect()
}

/// One single access as the second person sees it: the reason, not the person's matters.
pub struct Access {
    /// To whom.
    pub person: PersonId,
    /// Whose.
    pub staff: StaffId,
    /// The worker's name.
    pub staff_name: String,
    /// The worker's agency.
    pub agency: AgencyId,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// Its last day.
    pub until: Date,
    /// Until when a second person answers.
    pub confirm_by: Timestamp,
    /// The second person's answer.
    pub verdict: Option<String>,
    /// From when the person is told.
    pub tell_from: Date,
    /// Its version.
    pub version: i64,
}

/// Reads one.
///
/// # Errors
/// [`Fault::Hidden`] when there is none.
pub async fn one(link: &mut Link, permit: &Permit, id: Uuid) -> Result<Access, Fault> {
    let mut row = link.row(permit.opens(&ONE), args![id]).await?.ok_or(Fault::Hidden)?;
    let person: PersonId = row.get(0)?;
    let key = Key::of(permit, person, row.get(11)?)?;
    Ok(Access {
        person,
        staff: row.get(1)?,
        agency: row.get(2)?,
        reason: key.open(ACCESS_REASON, row.get(3)?)?,
        at: row.get(4)?,
        until: row.get(5)?,
        confirm_by: row.get(6)?,
        verdict: row.get(7)?,
        tell_from: row.get(8)?,
        version: row.get(9)?,
        staff_name: row.get(10)?,
    })
}

/// The second person's answer.
///
/// # Errors
/// A conflict when somebody answered before.
pub async fn confirm(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    yes: bool,
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    let verdict = if yes { "confirmed" } else { "refused" };
    tx.run_one(permit.opens(&CONFIRM), args![id, version, verdict, by, now]).await?;
    Ok(())
}

/// Ends the caller's own before its day.
///
/// # Errors
/// A conflict when it had ended.
pub async fn end(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    staff: StaffId,
    yesterday: Date,
) -> Result<(), Fault> {
    tx.run_one(permit.opens(&END), args![id, staff, yesterday]).await?;
    Ok(())
}

/// Notes a tie of a worker to whoever has a number, registered or not: it bars from the
/// day the person is known, and nothing shows whether that is today.
///
/// # Errors
/// When the database refuses.
pub async fn note_tie(
    tx: &mut Tx,
    permit: &Permit,
    staff: StaffId,
    number: &onedoor_domain::person::IdentityNumber,
    tie: Overlay,
    now: Timestamp,
) -> Result<(), Fault> {
    use crate::policy::Proof;
    let key = permit.vault().number(number);
    let bits = onedoor_domain::secrecy::Overlays::only(tie).as_i64();
    let args = args![staff, &key, tie.as_str(), bits, "worker", now];
    tx.run(permit.opens(&NOTE_NUMBER), args).await?;
    if let Some(mut row) = tx.row(permit.opens(&WHO_HAS), args![&key]).await? {
        let person: PersonId = row.get(0)?;
        let args = args![staff, person, tie.as_str(), bits, "worker", now, staff];
        tx.run(permit.opens(&NOTE_TIE), args).await?;
        crate::person::together::ties(tx, permit, person).await?;
        if tie == Overlay::OwnData {
            super::kin::bar_family(tx, permit, person, (now, staff)).await?;
        }
    }
    Ok(())
}

/// How many ties of each kind a worker has noted; to whom is not shown again.
///
/// # Errors
/// When the database does not answer.
pub async fn ties(
    link: &mut Link,
    permit: &Permit,
    staff: StaffId,
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(permit.opens(&COUNT_TIES), args![staff]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}
