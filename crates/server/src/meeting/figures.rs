//! What is counted of meetings: where they are held, what was never talked about, whether
//! insurance took part, how often the person's topics entered the agreement, and the hours used
//! (REQ-MEET-03, 06, 08, 11, 12). Meetings about persons are counted as they were when the month
//! began, and of nobody hidden.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::meeting::Topic;

use crate::args;
use crate::db::{DbError, Link};
use crate::policy::Permit;

crate::sql! {
    // Meetings of agencies alone, by whose premises and how: of nobody.
    PLACES = "select a.id, a.name, m.meet_by, count(*) from office o
        join meeting m on m.office_id = o.id and m.starts_at >= $2 and m.starts_at < $3
            and m.kind = 'inter_agency' and m.state = 'held'
        left join agency a on a.id = m.premises_agency_id
        where o.municipality = $1 group by a.id, a.name, m.meet_by limit 200";
    // Which agencies talked about what, two by two.
    TREATED = "select distinct x.agency_id, y.agency_id, t.topic from office o
        join meeting m on m.office_id = o.id and m.starts_at < $2 and m.state = 'held'
        join meeting_party x on x.meeting_id = m.id and x.kind = 'staff'
            and x.attendance = 'came'
        join meeting_party y on y.meeting_id = m.id and y.kind = 'staff'
            and y.attendance = 'came' and y.agency_id > x.agency_id
        join meeting_topic t on t.meeting_id = m.id
        where o.municipality = $1 limit 2000";
    // Meetings that head where insurance belongs, and those at which it came.
    THIRD = "select count(*), cast(coalesce(sum(case when exists (select 1 from meeting_party x
                join agency a on a.id = x.agency_id where x.meeting_id = m.id
                    and a.kind = 'insurance' and x.attendance = 'came') then 1 else 0 end), 0)
            as bigint)
        from office o join meeting m on m.office_id = o.id and m.starts_at >= $2
            and m.starts_at < $3 and m.state = 'held' and m.towards in ('benefit', 'rehabilitation')
        join person p on p.id = m.person_id and p.guard = 0
        where o.municipality = $1";
    // The topics that persons put forward, and those that an agreement answers.
    WISHES = "select count(*), cast(coalesce(sum(case when exists (select 1 from meeting_line g
                where g.topic_id = l.id and g.kind = 'agreement') then 1 else 0 end), 0) as bigint)
        from office o join meeting m on m.office_id = o.id and m.starts_at >= $2
            and m.starts_at < $3 and m.state = 'held'
        join person p on p.id = m.person_id and p.guard = 0
        join meeting_line l on l.meeting_id = m.id and l.kind = 'topic' and l.agency_id is null
        where o.municipality = $1";
    // Minutes of each agency, the persons that they were used for, and what was reached.
    HOURS = "select a.name, cast(coalesce(sum(x.minutes), 0) as bigint),
            count(distinct m.person_id),
            (select count(*) from office q join meeting n on n.office_id = q.id
                and n.starts_at >= $2 and n.starts_at < $3 and n.state = 'held'
                join person r on r.id = n.person_id and r.guard = 0
                join meeting_line l on l.meeting_id = n.id and l.kind = 'agreement'
                    and l.owner_agency_id = a.id
                where q.municipality = $1),
            (select count(*) from office q join meeting n on n.office_id = q.id
                and n.starts_at >= $2 and n.starts_at < $3 and n.state = 'held'
                join person r on r.id = n.person_id and r.guard = 0
                join meeting_line l on l.meeting_id = n.id and l.kind = 'agreement'
                    and l.owner_agency_id = a.id and l.state = 'done'
                where q.municipality = $1)
        from office o join meeting m on m.office_id = o.id and m.starts_at >= $2
            and m.starts_at < $3 and m.state = 'held'
        join person p on p.id = m.person_id and p.guard = 0
        join meeting_party x on x.meeting_id = m.id and x.kind = 'staff'
        join agency a on a.id = x.agency_id
        where o.municipality = $1 group by a.id, a.name order by a.name limit 100";
}

/// From when until before when.
pub(super) type Span = (Timestamp, Timestamp);

/// How often the agencies of a place met at whose premises; without an agency, in the shared
/// house. And how often nobody went anywhere.
pub(super) async fn places(
    link: &mut Link,
    permit: &Permit,
    place: &str,
    span: Span,
) -> Result<(BTreeMap<(Option<AgencyId>, String), i64>, i64), DbError> {
    let (mut at, mut away) = (BTreeMap::new(), 0);
    for mut row in link.rows(permit.opens(&PLACES), args![place, span.0, span.1]).await? {
        let (whose, way): (Option<AgencyId>, String) = (row.get(0)?, row.get(2)?);
        let name: Option<String> = row.get(1)?;
        let count: i64 = row.get(3)?;
        if way == "office" {
            *at.entry((whose, name.unwrap_or_default())).or_insert(0) += count;
        } else {
            away += count;
        }
    }
    Ok((at, away))
}

/// What two agencies at a place have ever talked about.
pub(super) async fn treated(
    link: &mut Link,
    permit: &Permit,
    place: &str,
    until: Timestamp,
) -> Result<BTreeMap<(AgencyId, AgencyId), BTreeSet<Topic>>, DbError> {
    let mut all: BTreeMap<(AgencyId, AgencyId), BTreeSet<Topic>> = BTreeMap::new();
    for mut row in link.rows(permit.opens(&TREATED), args![place, until]).await? {
        let (one, other): (AgencyId, AgencyId) = (row.get(0)?, row.get(1)?);
        let topic: String = row.get(2)?;
        let pair = if one < other { (one, other) } else { (other, one) };
        all.entry(pair).or_default().extend(Topic::parse(&topic));
    }
    Ok(all)
}

/// How many meetings headed where insurance belongs, and at how many it took part.
pub(super) async fn third(
    link: &mut Link,
    permit: &Permit,
    place: &str,
    span: Span,
) -> Result<(i64, i64), DbError> {
    match link.row(permit.opens(&THIRD), args![place, span.0, span.1]).await? {
        Some(mut row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, 0)),
    }
}

/// How many topics persons put forward, and how many entered an agreement.
pub(super) async fn wishes(
    link: &mut Link,
    permit: &Permit,
    place: &str,
    span: Span,
) -> Result<(i64, i64), DbError> {
    match link.row(permit.opens(&WISHES), args![place, span.0, span.1]).await? {
        Some(mut row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, 0)),
    }
}

/// What an agency used and what came of it.
pub(super) struct Hours {
    pub(super) agency: String,
    pub(super) minutes: i64,
    pub(super) persons: i64,
    pub(super) agreed: i64,
    pub(super) done: i64,
}

/// The minutes of each agency for the persons that it met, beside what was agreed and done.
pub(super) async fn hours(
    link: &mut Link,
    permit: &Permit,
    place: &str,
    span: Span,
) -> Result<Vec<Hours>, DbError> {
    let rows = link.rows(permit.opens(&HOURS), args![place, span.0, span.1]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Hours {
                agency: row.get(0)?,
                minutes: row.get(1)?,
                persons: row.get(2)?,
                agreed: row.get(3)?,
                done: row.get(4)?,
            })
        })
        .collect()
}
