//! Agreements and their versions in the database.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::{Clause, Kind, Version, in_force, missing};
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
use onedoor_domain::network::Service;
use onedoor_domain::office::Period;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Proof;

crate::sql! {
    VERSIONS = "select g.id, g.municipality, g.office_id, coalesce(o.name, ''), v.n, v.kind,
            v.title, v.signed_on, v.valid_from, v.valid_until, v.review_on, v.purposes, v.clauses,
            v.elements, v.remit, coalesce(s.name, ''), v.written_at
        from agreement g join agreement_version v on v.agreement_id = g.id
        left join office o on o.id = g.office_id left join staff s on s.id = v.written_by
        where g.municipality = $1 order by g.made_at, g.id, v.n limit 2000";
    VERSIONS_OF = "select g.id, g.municipality, g.office_id, coalesce(o.name, ''), v.n, v.kind,
            v.title, v.signed_on, v.valid_from, v.valid_until, v.review_on, v.purposes, v.clauses,
            v.elements, v.remit, coalesce(s.name, ''), v.written_at
        from agreement g join agreement_version v on v.agreement_id = g.id
        left join office o on o.id = g.office_id left join staff s on s.id = v.written_by
        where g.id = $1 order by v.n limit 500";
    STARTED = "select g.municipality, min(v.valid_from) from agreement g
        join agreement_version v on v.agreement_id = g.id
        where v.kind = 'new_effort' and g.municipality > $1
        group by g.municipality order by g.municipality limit $2";
    PARTIES = "select p.agency_id, a.name from agreement_party p join agency a on a.id = p.agency_id
        where p.agreement_id = $1 order by a.kind, a.name limit 100";
    ADD = "insert into agreement (id, municipality, office_id, made_by, made_at)
        values ($1, $2, $3, $4, $5) on conflict (id) do nothing";
    ADD_PARTY = "insert into agreement_party (agreement_id, agency_id) values ($1, $2)
        on conflict do nothing";
    PARTY_IDS = "select agency_id from agreement_party where agreement_id = $1 limit 500";
    CLEAR_PARTIES = "delete from agreement_party where agreement_id = $1";
    ADD_VERSION = "insert into agreement_version (agreement_id, n, kind, title, signed_on,
            valid_from, valid_until, review_on, purposes, clauses, elements, remit, written_by,
            written_at)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        from agreement_version where agreement_id = $1";
    SERVICES = "select distinct o.name, i.service, i.office_id from inventory_line i
        join office o on o.id = i.office_id where i.agreement_id = $1
        order by o.name, i.service limit 500";
}

/// What a version says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) kind: Kind,
    pub(crate) title: String,
    pub(crate) signed_on: Date,
    pub(crate) valid: Period,
    pub(crate) review_on: Option<Date>,
    /// One a line.
    pub(crate) purposes: String,
    pub(crate) clauses: BTreeSet<Clause>,
    pub(crate) elements: BTreeSet<String>,
    pub(crate) remit: BTreeSet<Service>,
}

/// A version as it is read.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) agreement: Uuid,
    pub(crate) municipality: String,
    pub(crate) office: Option<OfficeId>,
    pub(crate) office_name: String,
    pub(crate) n: i64,
    pub(crate) terms: Terms,
    pub(crate) by: String,
    pub(crate) at: i64,
}

impl Written {
    /// As far as time is concerned.
    pub(crate) fn version(&self) -> Version {
        Version { n: self.n, valid: self.terms.valid }
    }

    /// Codes of the clauses that it lacks (REQ-ORG-05).
    pub(crate) fn missing(&self) -> Vec<String> {
        missing(&self.terms.clauses).into_iter().map(|it| it.as_str().to_owned()).collect()
    }
}

fn words<T: Ord>(text: &str, parse: fn(&str) -> Option<T>) -> BTreeSet<T> {
    text.split_whitespace().filter_map(parse).collect()
}

fn written(mut row: Row) -> Result<Written, DbError> {
    let kind: String = row.get(5)?;
    let (clauses, elements, remit): (String, String, String) =
        (row.get(12)?, row.get(13)?, row.get(14)?);
    let terms = Terms {
        kind: Kind::parse(&kind)
            .ok_or_else(|| DbError::Other(format!("`{kind}` is no kind of agreement")))?,
        title: row.get(6)?,
        signed_on: row.get(7)?,
        valid: Period { from: row.get(8)?, until: row.get(9)? },
        review_on: row.get(10)?,
        purposes: row.get(11)?,
        clauses: words(&clauses, Clause::parse),
        elements: elements.split_whitespace().map(str::to_owned).collect(),
        remit: words(&remit, Service::parse),
    };
    Ok(Written {
        agreement: row.get(0)?,
        municipality: row.get(1)?,
        office: row.get(2)?,
        office_name: row.get(3)?,
        n: row.get(4)?,
        terms,
        by: row.get(15)?,
        at: row.get(16)?,
    })
}

/// The agreements of a municipality, each with its versions.
pub(crate) async fn of_place(
    link: &mut Link,
    _: &dyn Proof,
    municipality: &str,
) -> Result<Vec<Vec<Written>>, DbError> {
    let mut all: Vec<Vec<Written>> = Vec::new();
    for row in link.rows(&VERSIONS, args![municipality]).await? {
        let one = written(row)?;
        match all.last_mut().filter(|it| it.first().map(|v| v.agreement) == Some(one.agreement)) {
            Some(versions) => versions.push(one),
            None => all.push(vec![one]),
        }
    }
    Ok(all)
}

/// The versions of one agreement.
pub(crate) async fn versions(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Vec<Written>, DbError> {
    link.rows(&VERSIONS_OF, args![id]).await?.into_iter().map(written).collect()
}

/// The version that holds on a day, if one does.
pub(crate) fn holding(versions: &[Written], on: Date) -> Option<&Written> {
    let times: Vec<Version> = versions.iter().map(Written::version).collect();
    let n = in_force(&times, on)?;
    versions.iter().find(|it| it.n == n)
}

/// An agency that is party to something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartyLine {
    /// The agency.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The parties of an agreement.
pub(super) async fn parties(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Vec<PartyLine>, DbError> {
    let rows = link.rows(&PARTIES, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(PartyLine { id: id.to_string(), name: row.get(1)? })
        })
        .collect()
}

/// Stores an agreement without a version yet.
pub(crate) async fn add(
    tx: &mut Tx,
    _: &dyn Proof,
    (id, municipality, office): (Uuid, &str, Option<OfficeId>),
    parties: &[AgencyId],
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    tx.run(&ADD, args![id, municipality, office, by, now]).await?;
    for agency in parties {
        tx.run(&ADD_PARTY, args![id, *agency]).await?;
    }
    Ok(())
}

/// The identifiers of the parties of an agreement.
pub(crate) async fn party_ids(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<BTreeSet<AgencyId>, DbError> {
    link.rows(&PARTY_IDS, args![id]).await?.into_iter().map(|mut row| row.get(0)).collect()
}

/// Gives an agreement other parties.
pub(crate) async fn set_parties(
    tx: &mut Tx,
    _: &dyn Proof,
    id: Uuid,
    parties: &[AgencyId],
) -> Result<(), DbError> {
    tx.run(&CLEAR_PARTIES, args![id]).await?;
    for agency in parties {
        tx.run(&ADD_PARTY, args![id, *agency]).await?;
    }
    Ok(())
}

/// Writes the next version; those before stay as they are.
pub(crate) async fn add_version(
    tx: &mut Tx,
    _: &dyn Proof,
    id: Uuid,
    terms: &Terms,
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let join = |words: Vec<&str>| words.join(" ");
    let args = args![
        id,
        terms.kind.as_str(),
        &terms.title,
        terms.signed_on,
        terms.valid.from,
        terms.valid.until,
        terms.review_on,
        &terms.purposes,
        join(terms.clauses.iter().map(|it| it.as_str()).collect()),
        join(terms.elements.iter().map(String::as_str).collect()),
        join(terms.remit.iter().map(|it| it.as_str()).collect()),
        by,
        now,
    ];
    tx.run_one(&ADD_VERSION, args).await
}

/// When the new effort began, municipality by municipality after one.
pub(super) async fn started(
    link: &mut Link,
    _: &dyn Proof,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Date)>, DbError> {
    let rows = link.rows(&STARTED, args![after, limit]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A service that an office gives beyond the least.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ServiceLine {
    /// The office.
    pub office: String,
    /// The service.
    pub service: String,
    /// The agreement that it stands on.
    pub agreement: String,
    /// The agreement's title; empty on its own page.
    pub title: String,
    /// From when, as ISO text; empty on the agreement's page.
    pub from: String,
    /// The office's identifier; what it offers stands on its own page.
    pub office_id: String,
}

/// The services that stand on an agreement.
pub(super) async fn services(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Vec<ServiceLine>, DbError> {
    let rows = link.rows(&SERVICES, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ServiceLine {
                office: row.get(0)?,
                service: row.get(1)?,
                agreement: id.to_string(),
                title: String::new(),
                from: String::new(),
                office_id: row.get::<Uuid>(2)?.to_string(),
            })
        })
        .collect()
}

/// The services beyond the least that the offices of a municipality give on a day: those whose
/// agreement in force has them in its remit (REQ-ORG-26).
pub(super) async fn inventory(
    link: &mut Link,
    _: &dyn Proof,
    municipality: &str,
    on: Date,
) -> Result<Vec<ServiceLine>, DbError> {
    let all = crate::network::standing(link, municipality, on).await?.into_iter();
    let lines = all.map(|it| ServiceLine {
        office: it.office_name,
        service: it.service,
        agreement: it.agreement.to_string(),
        title: it.title,
        from: it.from.to_string(),
        office_id: it.office.to_string(),
    });
    Ok(lines.collect())
}
