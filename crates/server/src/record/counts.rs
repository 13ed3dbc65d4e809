//! Counts over the record: who has seen something about a person, and what several agencies have
//! asked or know at once.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::record::FactKind;
use onedoor_domain::secrecy::Purpose;

use crate::args;
use crate::db::{DbError, Link};
use crate::policy::Permit;
use crate::walls::in_counts;
use crate::web::Fault;

crate::sql! {
    // Of the reader's own agency alone: that another one has looked tells that it has the person.
    SPREAD = "select count(distinct j.actor_id)
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        where p.person_id in (select id from person where id = $1 or merged_into = $1)
            and j.agency_id = $2 and j.actor_kind in ('staff', 'client')
            and j.ground <> 'denied'";
    PARTIES = "select count(distinct t.s) from (
            select responsible_id as s from shared_case where person_id = $1 and closed_at is null
            union all select deputy_id from shared_case where person_id = $1 and closed_at is null
            union all select step_owner_id from shared_case
                where person_id = $1 and closed_at is null) t
        join staff f on f.id = t.s join unit u on u.id = f.unit_id where u.agency_id = $2";
    // As it was when the month began. Whoever is protected, or tied to anybody of the staff, is in
    // no count, whoever counts.
    KNOWN_ELSEWHERE = concat!("select g.name, count(*) from person_agency a
        join person p on p.id = a.person_id and p.merged_into is null and ", in_counts!(), "
        join person_agency o on o.person_id = a.person_id and o.agency_id <> a.agency_id
            and o.since < $2
        join agency g on g.id = o.agency_id
        where a.agency_id = $1 and a.since < $2 group by g.name order by g.name");
    DUPLICATES = concat!("select f.kind, count(distinct p.id) from fact f
        join person m on m.id = f.person_id join person p on p.id = coalesce(m.merged_into, m.id)
        join fact o on o.person_id = f.person_id and o.kind = f.kind
            and o.agency_id <> f.agency_id and o.noted_at < $2
            and (o.ended_at is null or o.ended_at >= $2) and o.reused_from is null
        where f.agency_id = $1 and f.noted_at < $2
            and (f.ended_at is null or f.ended_at >= $2) and f.reused_from is null
            and ", in_counts!(), "
        group by f.kind order by f.kind");
}

/// How many of the staff of the reader's own agency have seen something about the permit's
/// person (REQ-INFO-06), recomputed from the journal; and how many of them the open case names.
/// The figure over all agencies is for the person and the privacy owner: to a worker it would
/// tell that another agency has the person (REQ-INFO-01).
///
/// # Errors
/// When the permit is of nobody's agency, or the database does not answer.
pub async fn spread(link: &mut Link, permit: &Permit) -> Result<(i64, i64), Fault> {
    let person = permit.the_person()?;
    let agency = permit.agency().ok_or(Fault::Denied)?;
    let staff = match link.row(permit.opens(&SPREAD), args![person, agency]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    let parties = match link.row(permit.opens(&PARTIES), args![person, agency]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    Ok((staff, parties))
}

/// Questions that two agencies had each asked for themselves when the month began, by kind:
/// the double work of an agency (REQ-INFO-07). What is clinical stays apart in counts too.
///
/// # Errors
/// When the database does not answer.
pub async fn duplicates(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
    month: Timestamp,
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(permit.opens(&DUPLICATES), args![agency, month]).await?;
    let rows = rows.into_iter().map(|mut row| Ok((row.get::<String>(0)?, row.get(1)?)));
    let may_cross = |code: &str| {
        FactKind::parse(code).is_some_and(|kind| kind.may_cross(Purpose::Coordination))
    };
    rows.filter(|row| row.as_ref().map_or(true, |(code, _)| may_cross(code))).collect()
}

/// How many of an agency's persons each other agency knew too when the month began
/// (REQ-INFO-10): an aggregate, without the protected, for whoever has no ground to ask
/// about one person.
///
/// # Errors
/// When the database does not answer.
pub async fn known_elsewhere(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
    month: Date,
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(permit.opens(&KNOWN_ELSEWHERE), args![agency, month]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}
