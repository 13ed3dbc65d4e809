//! Talking points in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId, StaffId};
use onedoor_domain::meeting::{Statement, differences};
use onedoor_domain::record::FactKind;
use onedoor_domain::secrecy::{Action, Category, Purpose, Verdict};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{FACT_BODY, Key};
use crate::policy::{Permit, Proof};
use crate::walls::{self, Crossed, Held, Standing};
use crate::web::{Desk, Fault};

crate::sql! {
    // What is locked to an office is no answer of the agency's to others.
    HELD = "select agency_id, kind, body, received_on from fact
        where person_id = $1 and ended_at is null and kept_until >= $2 and office_lock is null
            and (consent_id is null or exists (select 1 from consent c where c.id = fact.consent_id
                and c.ended_at is null and c.valid_until >= $2))
        order by received_on desc, noted_at desc limit 500";
    // The same difference that was talked about is not brought up again.
    THERE = "select 1 from talking_point where person_id = $1 and kind = $2
            and first_agency_id = $3 and second_agency_id = $4
            and (settled_at is null or (first_on = $5 and second_on = $6)) limit 1";
    NOTE = "insert into talking_point (id, person_id, kind, first_agency_id, second_agency_id,
            first_on, second_on, found_at, settled_at, settled_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null, null, 1) on conflict do nothing";
    // Both take part in the case, and the reader is of one of them.
    POINTS = "select t.id, t.kind, a.name, t.first_on, b.name, t.second_on, t.found_at,
            t.settled_at, coalesce(s.name, ''), t.version, t.first_agency_id, t.second_agency_id
        from shared_case c join talking_point t on t.person_id = c.person_id
        join agency a on a.id = t.first_agency_id join agency b on b.id = t.second_agency_id
        join case_agency x on x.case_id = c.id and x.agency_id = t.first_agency_id
        join case_agency y on y.case_id = c.id and y.agency_id = t.second_agency_id
        left join staff s on s.id = t.settled_by
        where c.id = $1 and (t.first_agency_id = $2 or t.second_agency_id = $2)
        order by coalesce(t.settled_at, 0), t.found_at, t.id limit 100";
    SETTLE = "update talking_point set settled_at = $4, settled_by = $5, version = version + 1
        where id = $1 and version = $2 and settled_at is null
            and person_id = (select person_id from shared_case where id = $3)
            and (first_agency_id = $6 or second_agency_id = $6)";
}

/// What agencies hold about a person in the record, by question.
async fn statements(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    today: Date,
) -> Result<Vec<Statement>, DbError> {
    let key = Key::look_up(link, proof, person).await?;
    let rows = link.rows(proof.opens(&HELD), args![person, today]).await?;
    let read = |mut row: Row| {
        Ok(Statement {
            agency: row.get(0)?,
            kind: row.get(1)?,
            value: key.open(FACT_BODY, row.get(2)?)?,
            on: row.get(3)?,
        })
    };
    // The latest first from the database; of one day the latest received counts.
    rows.into_iter().rev().map(read).collect()
}

/// Whether a kind of fact is compared at all. What is kept apart never is, and what is treated
/// stays where it is treated: there even that there are two answers tells something.
fn compared(kind: &str) -> Option<FactKind> {
    let apart = [Category::Health, Category::Subst, Category::Child, Category::Origin];
    FactKind::parse(kind)
        .filter(|kind| kind.may_cross(Purpose::Coordination) && !apart.contains(&kind.category()))
}

/// Whether it may be pointed out to the one who asks that another agency's answer of a day differs
/// from their own agency's: only where the walls would let that answer through to them now
/// (REQ-INFO-01, REQ-REF-14). Everything else is no. Gives back what crosses when it is.
///
/// # Errors
/// When the database does not answer.
pub async fn may_point_out(
    desk: &Desk,
    link: &mut Link,
    standing: &Standing,
    kind: &str,
    (other, on): (AgencyId, Date),
) -> Result<Option<Crossed>, DbError> {
    let Some(kind) = compared(kind) else { return Ok(None) };
    let Some(giver) = walls::giver_of(link, other, desk.actor().office).await? else {
        return Ok(None);
    };
    let held = Held { received: Some(on), ..Held::default() };
    let category = kind.category();
    Ok(match standing.judge(&giver, Purpose::Coordination, category, held) {
        Some(Verdict::Permit(ground)) => {
            Some(Crossed { giver: giver.id, category, ground, rows: 1 })
        }
        Some(Verdict::Deny(_)) | None => None,
    })
}

/// Looks for differences in what agencies hold about a person, and notes those that are new.
/// Nobody sees the answers by it. Gives back how many were new.
///
/// # Errors
/// When the database refuses.
pub async fn look(
    tx: &mut Tx,
    proof: &dyn Proof,
    person: PersonId,
    (now, today): (Timestamp, Date),
) -> Result<u32, Fault> {
    let held = statements(tx, proof, person, today).await?;
    let mut new = 0;
    for one in differences(&held).iter().filter(|one| compared(&one.kind).is_some()) {
        let (kind, first, second) = (&one.kind, one.first, one.second);
        let there = args![person, kind, first, second, one.first_on, one.second_on];
        if tx.row(proof.opens(&THERE), there).await?.is_none() {
            let id = crate::app::new_id();
            let args = args![id, person, kind, first, second, one.first_on, one.second_on, now];
            tx.run(proof.opens(&NOTE), args).await?;
            new += 1;
        }
    }
    Ok(new)
}

/// Something to talk about. It names the question and who answered, never the answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PointLine {
    /// Its identifier.
    pub id: String,
    /// The question: the code of a kind of fact.
    pub kind: String,
    /// The one agency.
    pub first: String,
    /// When its answer is from.
    pub first_on: String,
    /// The other agency.
    pub second: String,
    /// When its answer is from.
    pub second_on: String,
    /// When it was found, in microseconds.
    pub found_at: i64,
    /// When it was talked about.
    pub settled_at: Option<i64>,
    /// Who noted that.
    pub settled_by: String,
    /// Its version.
    pub version: i64,
}

/// The points of the permit's case in which the reader's agency has a part and that the walls let
/// the reader know of: open ones first.
pub(super) async fn points(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<PointLine>, Fault> {
    let rows = link.rows(permit.opens(&POINTS), args![permit.case()?, permit.agency()]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let standing = match Standing::of(desk, link, permit).await {
        Ok(standing) => standing,
        // No pack holds here today: nothing crosses.
        Err(Fault::Denied) => return Ok(Vec::new()),
        Err(fault) => return Err(fault),
    };
    let mut seen = Vec::new();
    let mut crossed = Vec::new();
    for mut row in rows {
        let id: Uuid = row.get(0)?;
        let (first_on, second_on): (Date, Date) = (row.get(3)?, row.get(5)?);
        let (first, second): (AgencyId, AgencyId) = (row.get(10)?, row.get(11)?);
        let other =
            if Some(first) == permit.agency() { (second, second_on) } else { (first, first_on) };
        let line = PointLine {
            id: id.to_string(),
            kind: row.get(1)?,
            first: row.get(2)?,
            first_on: first_on.to_string(),
            second: row.get(4)?,
            second_on: second_on.to_string(),
            found_at: row.get(6)?,
            settled_at: row.get(7)?,
            settled_by: row.get(8)?,
            version: row.get(9)?,
        };
        if let Some(one) = may_point_out(desk, link, &standing, &line.kind, other).await? {
            one.add(&mut crossed);
            seen.push(line);
        }
    }
    // That the other agency has answered otherwise has crossed (REQ-INFO-04).
    walls::crossed(desk, permit, &standing, Purpose::Coordination, &crossed);
    Ok(seen)
}

/// How many points of the permit's case are open for the reader.
///
/// # Errors
/// When the database does not answer.
pub async fn open_points(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<i64, Fault> {
    let points = points(desk, link, permit).await?;
    let open = points.iter().filter(|it| it.settled_at.is_none()).count();
    Ok(i64::try_from(open).unwrap_or(i64::MAX))
}

/// Notes that a point of the permit's case was talked about.
///
/// # Errors
/// A conflict when it was noted meanwhile, or is not there for the reader's agency.
pub(super) async fn settle(
    tx: &mut Tx,
    permit: &Permit,
    (point, version): (Uuid, i64),
    by: StaffId,
    agency: AgencyId,
    now: Timestamp,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.action(), Action::PlanCase);
    tx.run_one(permit.opens(&SETTLE), args![point, version, permit.case()?, now, by, agency])
        .await?;
    Ok(())
}
