//! Agreements with measure providers and what was handed over, in the database.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, ConsentId, PersonId, ProviderId, StaffId};
use onedoor_domain::secrecy::{Categories, Category, Purpose};
use uuid::Uuid;

use crate::args;
use crate::consent::store::{codes, read_codes};
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{HANDING_BODY, Key};
use crate::policy::Permit;
use crate::walls;
use crate::web::Fault;

crate::sql! {
    OF_AGENCY = "select v.id, v.agency_id, a.name, v.name, v.email, v.reference, v.categories,
            v.valid_from, v.valid_until, v.ended_on, v.version
        from provider v join agency a on a.id = v.agency_id
        where v.agency_id = $1 order by v.valid_until desc, v.name, v.id limit 300";
    ALL = "select v.id, v.agency_id, a.name, v.name, v.email, v.reference, v.categories,
            v.valid_from, v.valid_until, v.ended_on, v.version
        from provider v join agency a on a.id = v.agency_id
        order by v.valid_until desc, v.name, v.id limit 300";
    INSERT = "insert into provider (id, agency_id, name, email, reference, categories,
            valid_from, valid_until, made_at, made_by, ended_on, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, 1)";
    END = "update provider set ended_on = $4, version = version + 1
        where id = $1 and agency_id = $2 and version = $3 and ended_on is null";
    HAND = "insert into handing (id, act_id, person_id, provider_id, agency_id, category, purpose,
            conditions, ground, rule, pack, consent_id, body, at, by_staff_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    ACTS = "select distinct h.act_id, v.name, h.at from handing h
        join provider v on v.id = h.provider_id
        where h.person_id = $1 and h.agency_id = $2 order by h.at desc, h.act_id limit 100";
    ONE_ACT = "select h.category, h.rule, h.ground, h.consent_id, h.body, h.person_id, h.at,
            v.name, v.reference, coalesce(s.name, ''), h.purpose, h.pack
        from handing h join provider v on v.id = h.provider_id
        left join staff s on s.id = h.by_staff_id
        where h.act_id = $1 and h.person_id = $2 and h.agency_id = $3 order by h.id";
}

/// A provider under one agency's agreement.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Identifier.
    pub id: ProviderId,
    /// Whose agreement it is.
    pub agency: AgencyId,
    /// The agency's name.
    pub agency_name: String,
    /// The provider's name.
    pub name: String,
    /// Where it is told that a consent was taken back.
    pub email: String,
    /// The agreement's number.
    pub reference: String,
    /// What the agreement lists.
    pub listed: Categories,
    /// The agreement's first day.
    pub from: Date,
    /// The agreement's last day.
    pub until: Date,
    /// The day on which it was ended early.
    pub ended: Option<Date>,
    /// Its version.
    pub version: i64,
}

impl Provider {
    /// Whether the agreement holds on a day.
    #[must_use]
    pub fn holds(&self, today: Date) -> bool {
        self.from <= today && today <= self.until && self.ended.is_none()
    }
}

fn provider(mut row: Row) -> Result<Provider, DbError> {
    let listed: String = row.get(6)?;
    Ok(Provider {
        id: row.get(0)?,
        agency: row.get(1)?,
        agency_name: row.get(2)?,
        name: row.get(3)?,
        email: row.get(4)?,
        reference: row.get(5)?,
        listed: read_codes(&listed),
        from: row.get(7)?,
        until: row.get(8)?,
        ended: row.get(9)?,
        version: row.get(10)?,
    })
}

/// The agreements of one agency, or of all where none is named.
///
/// # Errors
/// When the database does not answer.
pub async fn providers(
    link: &mut Link,
    agency: Option<AgencyId>,
) -> Result<Vec<Provider>, DbError> {
    let rows = match agency {
        Some(agency) => link.rows(&OF_AGENCY, args![agency]).await?,
        None => link.rows(&ALL, &[]).await?,
    };
    rows.into_iter().map(provider).collect()
}

/// An agreement to be kept.
pub struct NewProvider {
    /// The provider's name.
    pub name: String,
    /// Its e-mail address.
    pub email: String,
    /// The agreement's number.
    pub reference: String,
    /// What it lists.
    pub listed: Categories,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// Keeps an agreement of an agency.
///
/// # Errors
/// When the database refuses.
pub async fn agree(
    tx: &mut Tx,
    agency: AgencyId,
    new: &NewProvider,
    by: StaffId,
    now: Timestamp,
) -> Result<ProviderId, DbError> {
    let id = ProviderId(crate::app::new_id());
    let listed = codes(new.listed);
    let args = args![
        id,
        agency,
        &new.name,
        &new.email,
        &new.reference,
        listed,
        new.from,
        new.until,
        now,
        by,
    ];
    tx.run_one(&INSERT, args).await?;
    Ok(id)
}

/// Ends an agreement early: from now nothing is handed over under it.
///
/// # Errors
/// A conflict when another change came first, or it is another agency's.
pub async fn end(
    tx: &mut Tx,
    agency: AgencyId,
    (id, version): (ProviderId, i64),
    today: Date,
) -> Result<(), DbError> {
    tx.run_one(&END, args![id, agency, version, today]).await
}

/// One kind of information that is handed over, with its ground.
pub struct Part {
    /// The kind.
    pub category: Category,
    /// The ground's code.
    pub ground: &'static str,
    /// The rule of the pack.
    pub rule: String,
    /// The consent that it stands on.
    pub consent: Option<ConsentId>,
    /// The words that are handed over.
    pub body: String,
}

/// What is handed over at once.
pub struct Handing<'a> {
    /// To whom.
    pub provider: ProviderId,
    /// By which agency.
    pub agency: AgencyId,
    /// What for.
    pub purpose: Purpose,
    /// The conditions that the giver says hold: codes.
    pub conditions: &'a str,
    /// The pack that let it through.
    pub pack: &'a str,
    /// The parts.
    pub parts: &'a [Part],
    /// Who hands it over.
    pub by: StaffId,
}

/// Keeps what was handed over about the permit's person, its words sealed.
///
/// # Errors
/// When the database refuses, and a conflict when a consent that a part stands on has ended.
pub async fn hand(
    tx: &mut Tx,
    permit: &Permit,
    it: &Handing<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let act = crate::app::new_id();
    let consents: BTreeSet<ConsentId> = it.parts.iter().filter_map(|part| part.consent).collect();
    for consent in consents {
        walls::keep_still(tx, permit, consent).await?;
    }
    for part in it.parts {
        let args = args![
            crate::app::new_id(),
            act,
            person,
            it.provider,
            it.agency,
            part.category.as_str(),
            it.purpose.as_str(),
            it.conditions,
            part.ground,
            &part.rule,
            it.pack,
            part.consent,
            key.seal(HANDING_BODY, &part.body)?,
            now,
            it.by,
        ];
        tx.run_one(permit.opens(&HAND), args).await?;
    }
    Ok(act)
}

/// That something was handed over: the act, to whom, when.
pub type Act = (Uuid, String, Timestamp);

/// What the permit's agency has handed over about its person, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn acts(link: &mut Link, permit: &Permit, agency: AgencyId) -> Result<Vec<Act>, Fault> {
    let rows = link.rows(permit.opens(&ACTS), args![permit.the_person()?, agency]).await?;
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    Ok(rows.into_iter().map(read).collect::<Result<Vec<_>, DbError>>()?)
}

/// One part of what was handed over, as it is read again.
pub struct Handed {
    /// The kind.
    pub category: String,
    /// The rule.
    pub rule: String,
    /// The ground's code.
    pub ground: String,
    /// The consent.
    pub consent: Option<ConsentId>,
    /// The words.
    pub body: String,
}

/// What was handed over at once.
pub struct Paper {
    /// To whom.
    pub provider: String,
    /// Under which agreement.
    pub agreement: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// What for.
    pub purpose: String,
    /// The pack.
    pub pack: String,
    /// The parts.
    pub parts: Vec<Handed>,
}

/// What the agency handed over in one act about the permit's person.
///
/// # Errors
/// [`Fault::Hidden`] when there is no such act, or it is another's.
pub async fn paper(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
    act: Uuid,
) -> Result<Paper, Fault> {
    let person: PersonId = permit.the_person()?;
    let rows = link.rows(permit.opens(&ONE_ACT), args![act, person, agency]).await?;
    let key = Key::look_up(link, permit, person).await?;
    let mut paper: Option<Paper> = None;
    for mut row in rows {
        let part = Handed {
            category: row.get(0)?,
            rule: row.get(1)?,
            ground: row.get(2)?,
            consent: row.get(3)?,
            body: key.open(HANDING_BODY, row.get(4)?)?,
        };
        match &mut paper {
            Some(paper) => paper.parts.push(part),
            None => {
                paper = Some(Paper {
                    at: row.get(6)?,
                    provider: row.get(7)?,
                    agreement: row.get(8)?,
                    by: row.get(9)?,
                    purpose: row.get(10)?,
                    pack: row.get(11)?,
                    parts: vec![part],
                });
            }
        }
    }
    paper.ok_or(Fault::Hidden)
}
