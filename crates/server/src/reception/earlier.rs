//! What a person has told before, so that it need not be told again (REQ-FRONT-01).

use onedoor_domain::ids::AgencyId;
use onedoor_domain::reception::Need;

use super::store::read_needs;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{Key, VISIT_ACCOUNT, VISIT_ANSWER};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    EARLIER = "select v.day, v.needs, v.account, v.outcome, v.answer, o.name, k.wrapped from visit v
        join office o on o.id = v.office_id
        left join subject_key k on k.subject_id = v.person_id
        where v.person_id = $1 and v.id <> $2 and v.state = 'closed'
            and exists (select 1 from visit_agency a
                where a.visit_id = v.id and a.agency_id = $3)
            and not exists (select 1 from kept_lock k where k.kind = 'case' and k.id = v.case_id)
        order by v.arrived_at desc limit 10";
}

/// An earlier account of the same person, where the caller's agency was part.
pub struct Earlier {
    /// The day.
    pub day: String,
    /// Needs.
    pub needs: Vec<Need>,
    /// The account.
    pub account: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// What was said.
    pub answer: Option<String>,
    /// Where.
    pub office: String,
}

/// What the permit's person has told before, so that it need not be told again.
///
/// # Errors
/// When the database does not answer.
pub async fn earlier(
    link: &mut Link,
    permit: &Permit,
    agency: Option<AgencyId>,
) -> Result<Vec<Earlier>, Fault> {
    let Some(person) = permit.person() else { return Ok(Vec::new()) };
    let rows = link.rows(permit.opens(&EARLIER), args![person, permit.visit()?, agency]).await?;
    let read = |mut row: Row| -> Result<Earlier, DbError> {
        let needs: String = row.get(1)?;
        let key = Key::of(permit, person, row.get(6)?)?;
        Ok(Earlier {
            day: row.get(0)?,
            needs: read_needs(&needs),
            account: key.open(VISIT_ACCOUNT, row.get(2)?)?,
            outcome: row.get(3)?,
            answer: key.open_some(VISIT_ANSWER, row.get(4)?)?,
            office: row.get(5)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}
