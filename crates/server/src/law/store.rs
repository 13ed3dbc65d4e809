//! What units may cite, and what decisions have cited.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, StaffId, UnitId};
use onedoor_domain::office::{ActFault, AgencyKind, Catalogue, Subject};
use onedoor_domain::person::{Country, Language};
use serde::Serialize;
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::office::store::Choice;
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    POWERS = "select a.kind, coalesce(m.subject, '') from unit u
        join agency a on a.id = u.agency_id
        left join mandate m on m.unit_id = u.id and m.valid_from <= $2
            and (m.valid_until is null or m.valid_until > $2)
        where u.id = $1 order by m.subject limit 100";
    CITE = "update ruling set act = $5, section = $6
        where person_id = $1 and staff_id = $2 and at = $3 and subject = $4
            and kind = 'decision' and act is null";
    CITED = "select at, subject, act, coalesce(section, '') from ruling
        where person_id = $1 and agency_id = $2 and act is not null
        order by at desc limit 50";
}

/// What a unit is, as far as acts ask: its agency's kind and its mandates on a day.
pub struct Powers {
    /// The kind of its agency.
    pub agency: AgencyKind,
    /// What it may decide on.
    pub mandates: Vec<Subject>,
}

/// What a unit is on a day; nothing for a unit that is not there.
///
/// # Errors
/// When the database does not answer.
pub async fn powers(link: &mut Link, unit: UnitId, on: Date) -> Result<Option<Powers>, DbError> {
    let mut powers: Option<Powers> = None;
    for mut row in link.rows(&POWERS, args![unit, on]).await? {
        let (agency, subject): (String, String) = (row.get(0)?, row.get(1)?);
        let Some(agency) = AgencyKind::parse(&agency) else { continue };
        let powers = powers.get_or_insert(Powers { agency, mandates: Vec::new() });
        powers.mandates.extend(Subject::parse(&subject));
    }
    Ok(powers)
}

/// The acts that a unit may cite on a day, to choose from.
///
/// # Errors
/// When the database does not answer.
pub async fn choices(
    link: &mut Link,
    country: Country,
    unit: Option<UnitId>,
    on: Date,
    language: Language,
) -> Result<Vec<Choice>, DbError> {
    let Some(unit) = unit else { return Ok(Vec::new()) };
    let Some(powers) = powers(link, unit, on).await? else { return Ok(Vec::new()) };
    let acts = Catalogue::of(country).acts.iter();
    Ok(acts
        .filter(|act| act.is_for(powers.agency, &powers.mandates, on))
        .map(|act| Choice { id: act.code.clone(), name: act.short.of(language).to_owned() })
        .collect())
}

/// Whether a unit's decision on a subject may stand on an act that day (REQ-ORG-20).
///
/// # Errors
/// When the database does not answer; inside, why it may not.
pub async fn may_cite(
    link: &mut Link,
    country: Country,
    unit: UnitId,
    act: &str,
    subject: Subject,
    on: Date,
) -> Result<Result<(), ActFault>, DbError> {
    let Some(powers) = powers(link, unit, on).await? else { return Ok(Err(ActFault::NotYours)) };
    let catalogue = Catalogue::of(country);
    let cited = catalogue.may_cite(act, powers.agency, &powers.mandates, subject, on);
    Ok(cited.map(|_| ()))
}

/// Which decision it is that cites an act.
pub struct Decided<'a> {
    /// Who decided.
    pub by: StaffId,
    /// The subject's code.
    pub subject: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Writes the act under a decision about the permit's person that was recorded in the same
/// transaction. What a decision cites is written once and not changed.
///
/// # Errors
/// When there is no such decision without an act.
pub async fn cite(
    tx: &mut Tx,
    permit: &Permit,
    decided: Decided<'_>,
    act: &str,
    section: &str,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.action(), onedoor_domain::secrecy::Action::Decide);
    let Decided { by, subject, at } = decided;
    let args = args![permit.the_person()?, by, at, subject, act, section];
    tx.run_one(permit.opens(&CITE), args).await?;
    Ok(())
}

/// What a decision cites.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Citation {
    /// When it was decided, in microseconds.
    pub at: i64,
    /// The subject.
    pub subject: String,
    /// The act's code.
    pub act: String,
    /// What people call the act.
    pub short: String,
    /// The section.
    pub section: String,
}

/// What the decisions of the reader's own agency about the permit's person cite.
///
/// # Errors
/// When the database does not answer.
pub async fn citations(
    link: &mut Link,
    permit: &Permit,
    agency: Option<AgencyId>,
    country: Country,
    language: Language,
) -> Result<Vec<Citation>, Fault> {
    let catalogue = Catalogue::of(country);
    let mut list = Vec::new();
    for mut row in link.rows(permit.opens(&CITED), args![permit.the_person()?, agency]).await? {
        let act: String = row.get(2)?;
        // An act that a later catalogue no longer lists keeps its code.
        let short = catalogue.act(&act).map_or(act.as_str(), |it| it.short.of(language)).to_owned();
        list.push(Citation {
            at: row.get(0)?,
            subject: row.get(1)?,
            short,
            act,
            section: row.get(3)?,
        });
    }
    Ok(list)
}
