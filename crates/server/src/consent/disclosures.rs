//! What one agency learned from another, in the database (REQ-INFO-04, REQ-INFO-16).

use jiff::Timestamp;
use onedoor_domain::ids::ConsentId;
use onedoor_domain::secrecy::Categories;

use super::store::{Viewer, read_codes};
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::walls::crossing::{self, Crossing};
use crate::web::Fault;

pub use crate::walls::{Disclosure, Passed};

crate::sql! {
    DISCLOSURES = "select d.id, f.name, t.name, d.categories, d.purpose, d.ground, d.rule, d.pack,
            d.form, d.at, coalesce(b.name, ''), coalesce(s.name, ''), d.consent_id, d.what
        from disclosure d join agency f on f.id = d.from_agency_id
        join agency t on t.id = d.to_agency_id
        left join staff b on b.id = d.by_staff_id left join staff s on s.id = d.to_staff_id
        where d.person_id in (select id from person where id = $1 or merged_into = $1)
            and ($3 or d.from_agency_id = $2 or d.to_agency_id = $2)
        order by d.at desc, d.id desc limit 200";
    // What was handed to measure providers, as far as an agency has a part in it.
    HANDED = "select h.id, f.name, v.name, h.category, h.purpose, h.ground, h.rule, h.pack, 'handed',
            h.at, coalesce(b.name, ''), '', h.consent_id
        from handing h join agency f on f.id = h.agency_id
        join provider v on v.id = h.provider_id left join staff b on b.id = h.by_staff_id
        where h.person_id in (select id from person where id = $1 or merged_into = $1)
            and ($3 or h.agency_id = $2)
        order by h.at desc, h.id desc limit 200";
}

/// Notes that something about the permit's person was passed on.
///
/// # Errors
/// When the database refuses, and a conflict when the consent that it stands on has ended.
pub async fn disclose(
    tx: &mut Tx,
    permit: &Permit,
    one: &Disclosure,
    now: Timestamp,
) -> Result<(), Fault> {
    let crossing = Crossing::each(permit.the_person()?, one.clone());
    Ok(crossing::write(tx, permit, &[crossing], now).await?)
}

/// A disclosure in a list.
#[derive(Clone, Debug)]
pub struct Disclosed {
    /// Its identifier.
    pub id: uuid::Uuid,
    /// Who told.
    pub from: String,
    /// Who was told.
    pub to: String,
    /// Which kinds of information.
    pub categories: Categories,
    /// What for.
    pub purpose: String,
    /// The ground's code.
    pub ground: String,
    /// The rule.
    pub rule: String,
    /// The pack.
    pub pack: String,
    /// In which form.
    pub form: String,
    /// When.
    pub at: Timestamp,
    /// The worker who told.
    pub by: String,
    /// The worker who was told.
    pub to_staff: String,
    /// The consent it stood on.
    pub consent: Option<ConsentId>,
}

/// What was passed on about the permit's person, as far as this viewer has a part
/// in it, newest first (REQ-INFO-16).
///
/// # Errors
/// When the database does not answer.
pub async fn disclosures(
    link: &mut Link,
    permit: &Permit,
    viewer: Viewer,
) -> Result<Vec<Disclosed>, Fault> {
    let (agency, all) = viewer.args();
    let person = permit.the_person()?;
    let mut rows = link.rows(permit.opens(&DISCLOSURES), args![person, agency, all]).await?;
    rows.extend(link.rows(permit.opens(&HANDED), args![person, agency, all]).await?);
    let read = |mut row: Row| -> Result<Disclosed, DbError> {
        let categories: String = row.get(3)?;
        Ok(Disclosed {
            id: row.get(0)?,
            from: row.get(1)?,
            to: row.get(2)?,
            categories: read_codes(&categories),
            purpose: row.get(4)?,
            ground: row.get(5)?,
            rule: row.get(6)?,
            pack: row.get(7)?,
            form: row.get(8)?,
            at: row.get(9)?,
            by: row.get(10)?,
            to_staff: row.get(11)?,
            consent: row.get(12)?,
        })
    };
    let mut all = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(all)
}
