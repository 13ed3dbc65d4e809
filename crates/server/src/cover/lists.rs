//! Whose cases they are: page by page, and only of people whom the reader may see.

use jiff::civil::Date;
use onedoor_domain::ids::{CaseId, OfficeId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::deputies;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Desk;

crate::sql! {
    // Of a worker's cases those that no deputy could go on with that day.
    STOPPED = concat!("select c.id, p.id, p.given_name, p.family_name, k.wrapped, s.name, d.name,
            exists (select 1 from absence a where a.staff_id = d.id and a.withdrawn_at is null
                and a.first_day <= $2 and (a.last_day is null or a.last_day >= $2)), ''
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.responsible_id join staff d on d.id = c.deputy_id
        join unit v on v.id = d.unit_id
        where c.responsible_id = $1 and c.closed_at is null and c.id > $3
            and (exists (select 1 from absence a where a.staff_id = d.id and a.withdrawn_at is null
                    and a.first_day <= $2 and (a.last_day is null or a.last_day >= $2))
                or p.guard <> 0 or v.agency_id <> c.agency_id
                or exists (select 1 from staff_tie t where t.person_id = p.id
                    and t.staff_id = d.id and t.ended_at is null))
            and ", unbarred!("$4", "$5"), "
        order by c.id limit $6");
    LOSES = concat!("select c.id, p.id, p.given_name, p.family_name, k.wrapped, s.name, d.name,
            exists (select 1 from absence a where a.staff_id = d.id and a.withdrawn_at is null
                and a.first_day <= $1 and (a.last_day is null or a.last_day >= $1)),
            coalesce(b.last_day, '')
        from absence b join staff s on s.id = b.staff_id join unit u on u.id = s.unit_id
        join shared_case c on c.responsible_id = s.id and c.closed_at is null
        join person p on p.id = c.person_id left join subject_key k on k.subject_id = p.id
        join staff d on d.id = c.deputy_id
        where b.first_day > $7 and b.first_day <= $1 and b.withdrawn_at is null
            and (b.last_day is null or b.last_day >= $1) and u.office_id = $2 and c.id > $3
            and ", unbarred!("$4", "$5"), "
        order by c.id limit $6");
    // Nobody of the two is there that day, whenever each of them went.
    ALONE = concat!("select c.id, p.id, p.given_name, p.family_name, k.wrapped, s.name, d.name, 1 = 1,
            coalesce(b.last_day, '')
        from unit u join staff s on s.unit_id = u.id
        join absence b on b.staff_id = s.id and b.withdrawn_at is null
        join shared_case c on c.responsible_id = s.id and c.closed_at is null
        join absence a on a.staff_id = c.deputy_id and a.withdrawn_at is null
        join person p on p.id = c.person_id left join subject_key k on k.subject_id = p.id
        join staff d on d.id = c.deputy_id
        where u.office_id = $2 and b.first_day <= $1 and (b.last_day is null or b.last_day >= $1)
            and a.first_day <= $1 and (a.last_day is null or a.last_day >= $1) and c.id > $3
            and ", unbarred!("$4", "$5"), "
        order by c.id limit $6");
}

/// Rows on a page.
pub(super) const PAGE: i64 = 50;

/// A case whose worker goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LosesLine {
    /// The case.
    pub id: String,
    /// Whose.
    pub name: String,
    /// The responsible worker.
    pub worker: String,
    /// The deputy.
    pub deputy: String,
    /// Whether the deputy is away too.
    pub deputy_away: bool,
    /// Until when the worker is away, as ISO text; empty for good.
    pub until: String,
    /// The person, for the journal.
    #[serde(skip)]
    pub person: Uuid,
}

fn line(permit: &Permit, row: &mut Row) -> Result<LosesLine, DbError> {
    let (id, person): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
    let key = Key::of(permit, person, row.get(4)?)?;
    let given = key.open(PERSON_GIVEN, row.get(2)?)?;
    let family = key.open(PERSON_FAMILY, row.get(3)?)?;
    Ok(LosesLine {
        id: id.to_string(),
        name: format!("{given} {family}").trim().to_owned(),
        worker: row.get(5)?,
        deputy: row.get(6)?,
        deputy_away: row.get(7)?,
        until: row.get(8)?,
        person,
    })
}

fn lines(permit: &Permit, rows: Vec<Row>) -> Result<Vec<LosesLine>, DbError> {
    rows.into_iter().map(|mut row| line(permit, &mut row)).collect()
}

/// The cases of a worker that would stop on a day, after one: those whose deputy is away too, has a
/// tie, may not see what lies over the person, or is of another agency that the walls keep out. And
/// where the next page begins.
pub(super) async fn stopped(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (staff, on): (StaffId, Date),
    after: Uuid,
) -> Result<(Vec<LosesLine>, Option<String>), DbError> {
    let actor = desk.actor();
    let args = args![staff, on, after, actor.lacks(), actor.id, PAGE + 1];
    let mut rows = link.rows(permit.opens(&STOPPED), args).await?;
    let page = usize::try_from(PAGE).unwrap_or(50);
    let more = rows.len() > page;
    rows.truncate(page);
    let mut all = lines(permit, rows)?;
    let last: Option<Uuid> = all.last().and_then(|it| it.id.parse().ok());
    let next = last.filter(|_| more).map(|it| it.to_string());
    let last = last.unwrap_or(after);
    let closed = deputies::closed_of(desk.app(), link, permit, staff, (after, last)).await?;
    let out = |it: &LosesLine| it.id.parse().is_ok_and(|id| closed.contains(&CaseId(id)));
    all.retain(|it| it.deputy_away || out(it));
    Ok((all, next))
}

/// Whose responsible worker goes after one day and by another, after one case.
pub(super) async fn loses(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    (office, since, on): (OfficeId, Date, Date),
    after: Uuid,
) -> Result<Vec<LosesLine>, DbError> {
    let args = args![on, office, after, actor.lacks(), actor.id, PAGE + 1, since];
    lines(permit, link.rows(permit.opens(&LOSES), args).await?)
}

/// Cases where neither worker nor deputy is there on a day.
pub(super) async fn alone(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    (office, on): (OfficeId, Date),
) -> Result<Vec<LosesLine>, DbError> {
    let args = args![on, office, Uuid::nil(), actor.lacks(), actor.id, PAGE];
    lines(permit, link.rows(permit.opens(&ALONE), args).await?)
}
