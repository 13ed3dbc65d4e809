//! What has been with a person, in the database: decisions and guidance, visits, the open case.

use onedoor_domain::ids::{AgencyId, CaseId};
use onedoor_domain::reception::Need;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, RULING_TEXT};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::told_here;
use crate::web::Fault;

crate::sql! {
    RULE = "insert into ruling (id, person_id, visit_id, case_id, subject, kind, text, staff_id,
            unit_id, agency_id, principal_id, at, result)
        values ($1, $2, null, null, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    // What was sent on to the unit in that subject is decided now (REQ-FRONT-10).
    DECIDED = "update escalation set decided_at = $4 where unit_id = $2 and subject = $3
            and returned_at is null and decided_at is null and exists (select 1 from visit v
                where v.id = escalation.visit_id and v.person_id in (select id from person
                    where id = $1 or merged_into = $1))";
    RULINGS = "select r.subject, r.kind, r.text, s.name, u.name, a.name, p.name, r.at, k.wrapped
        from ruling r left join subject_key k on k.subject_id = r.person_id
        join staff s on s.id = r.staff_id join unit u on u.id = r.unit_id
        join agency a on a.id = r.agency_id join principal p on p.id = r.principal_id
        where r.person_id = $1 and r.agency_id = $2 order by r.at desc limit 50";
    // The same visits that one by one may be opened here, and those at other offices that
    // concerned the agency.
    VISITS = concat!("select v.id, v.day, v.needs, v.outcome, o.name, ",
            told_here!("$2", "$4", "7"), " from visit v
        join office o on o.id = v.office_id
        where v.person_id = $1 and (
            exists (select 1 from visit_agency a where a.visit_id = v.id and a.agency_id = $2)
            or (v.office_id = $3 and ", told_here!("$2", "$4", "$5"), " and (v.state <> 'closed'
                or exists (select 1 from staff m join unit n on n.id = m.unit_id
                    where m.id = v.server_id and n.agency_id = $2))))
            and not exists (select 1 from kept_lock k where k.kind = 'case' and k.id = v.case_id)
        order by v.arrived_at desc limit 20");
    OPEN_CASES = "select id, agency_id from shared_case
        where person_id in (select id from person where id = $1 or merged_into = $1)
            and closed_at is null
        order by opened_at, id limit 20";
}

/// A decision or guidance, with the unit that did it (REQ-ORG-01).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RulingLine {
    /// The subject.
    pub subject: String,
    /// `decision` or `guidance`.
    pub kind: String,
    /// What was decided or said.
    pub text: String,
    /// By whom.
    pub staff: String,
    /// Of which unit.
    pub unit: String,
    /// Of which agency.
    pub agency: String,
    /// Whose agency it is.
    pub principal: String,
    /// When, in microseconds.
    pub at: i64,
}

/// The rulings of the actor's own agency about the permit's person.
///
/// # Errors
/// When the database does not answer.
pub async fn rulings(
    link: &mut Link,
    permit: &Permit,
    agency: Option<AgencyId>,
) -> Result<Vec<RulingLine>, Fault> {
    let person = permit.the_person()?;
    let rows = link.rows(permit.opens(&RULINGS), args![person, agency]).await?;
    let read = |mut row: Row| -> Result<RulingLine, DbError> {
        let key = Key::of(permit, person, row.get(8)?)?;
        Ok(RulingLine {
            subject: row.get(0)?,
            kind: row.get(1)?,
            text: key.open(RULING_TEXT, row.get(2)?)?,
            staff: row.get(3)?,
            unit: row.get(4)?,
            agency: row.get(5)?,
            principal: row.get(6)?,
            at: row.get(7)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// A ruling to be kept.
pub struct NewRuling<'a> {
    /// The subject's code.
    pub subject: &'a str,
    /// `decision` or `guidance`.
    pub kind: &'a str,
    /// The text.
    pub text: &'a str,
    /// What a decision gave, where it is laid beside what was promised (REQ-FRONT-21).
    pub result: Option<&'a str>,
    /// Who rules.
    pub by: onedoor_domain::case::Worker,
    /// Whose agency's principal answers.
    pub principal: Uuid,
}

/// Keeps a ruling about the permit's person.
///
/// # Errors
/// When the database refuses.
pub async fn rule(
    tx: &mut Tx,
    permit: &Permit,
    ruling: NewRuling<'_>,
    now: jiff::Timestamp,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let args = args![
        crate::app::new_id(),
        person,
        ruling.subject,
        ruling.kind,
        key.seal(RULING_TEXT, ruling.text)?,
        ruling.by.id,
        ruling.by.unit,
        ruling.by.agency,
        ruling.principal,
        now,
        ruling.result,
    ];
    tx.run_one(permit.opens(&RULE), args).await?;
    if ruling.kind == "decision" {
        tx.run(permit.opens(&DECIDED), args![person, ruling.by.unit, ruling.subject, now]).await?;
    }
    Ok(())
}

/// A visit in a person's page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitLine {
    /// The visit.
    pub id: String,
    /// The day.
    pub day: String,
    /// What was needed.
    pub needs: Vec<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Where.
    pub office: String,
}

/// The visits of the permit's person that concern the actor's agency or were served by it,
/// and those that are open at the actor's office, as far as the walls let cross
/// (REQ-INFO-01).
///
/// # Errors
/// When the database does not answer.
pub async fn visits(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<VisitLine>, Fault> {
    let counter = permit.counter();
    let args = args![permit.the_person()?, actor.agency, actor.office, actor.id, counter.closed()];
    let rows = link.rows(permit.opens(&VISITS), args).await?;
    let read = |mut row: Row| -> Result<VisitLine, DbError> {
        let id: Uuid = row.get(0)?;
        let (needs, own): (String, bool) = (row.get(2)?, row.get(5)?);
        let needs: Vec<String> = serde_json::from_str(&needs).unwrap_or_default();
        let told = |code: &String| Need::parse(code).is_some_and(|need| counter.tells(own, need));
        Ok(VisitLine {
            id: id.to_string(),
            day: row.get(1)?,
            needs: needs.into_iter().filter(told).collect(),
            outcome: row.get(3)?,
            office: row.get(4)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// The open cases of the permit's person and who carries them, whoever may know of them.
///
/// # Errors
/// When the database does not answer.
pub async fn open_cases(
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<(CaseId, AgencyId)>, Fault> {
    let rows = link.rows(permit.opens(&OPEN_CASES), args![permit.the_person()?]).await?;
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?));
    Ok(rows.into_iter().map(read).collect::<Result<_, DbError>>()?)
}
