//! Agreements and their versions in the database.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::{Clause, Kind, Service, Version, in_force, missing};
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
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
    ADD_VERSION = "insert into agreement_version (agreement_id, n, kind, title, signed_on,
            valid_from, valid_until, review_on, purposes, clauses, elements, remit, written_by,
            written_at)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        from agreement_version where agreement_id = $1";
    SERVICES = "select x.id, o.name, x.service, x.agreement_id from local_service x
        join office o on o.id = x.office_id where x.agreement_id = $1
        order by o.name, x.service limit 500";
    INVENTORY = "select o.name, x.service, x.agreement_id, v.title, min(v.valid_from)
        from local_service x join office o on o.id = x.office_id
        join agreement_version v on v.agreement_id = x.agreement_id
        where v.valid_from <= $1 and (v.valid_until is null or v.valid_until > $1)
            and o.municipality = $2
            and v.n = (select max(w.n) from agreement_version w
                where w.agreement_id = x.agreement_id and w.valid_from <= $1
                    and (w.valid_until is null or w.valid_until > $1))
        group by o.name, x.service, x.agreement_id, v.title
        order by o.name, x.service limit 1000";
    ADD_SERVICE = "insert into local_service (id, office_id, service, agreement_id, added_by,
            added_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
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
                office: row.get(1)?,
                service: row.get(2)?,
                agreement: id.to_string(),
                title: String::new(),
                from: String::new(),
            })
        })
        .collect()
}

/// The services beyond the least that the offices of a municipality give on a day: those whose
/// agreement holds (REQ-ORG-26).
pub(super) async fn inventory(
    link: &mut Link,
    _: &dyn Proof,
    municipality: &str,
    on: Date,
) -> Result<Vec<ServiceLine>, DbError> {
    let rows = link.rows(&INVENTORY, args![on, municipality]).await?;
    rows.into_iter()
        .map(|mut row| {
            let agreement: Uuid = row.get(2)?;
            Ok(ServiceLine {
                office: row.get(0)?,
                service: row.get(1)?,
                agreement: agreement.to_string(),
                title: row.get(3)?,
                from: row.get(4)?,
            })
        })
        .collect()
}

/// Lets an office give a service, on an agreement.
pub(crate) async fn add_service(
    tx: &mut Tx,
    _: &dyn Proof,
    (office, service, agreement): (OfficeId, Service, Uuid),
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let args = args![crate::app::new_id(), office, service.as_str(), agreement, by, now];
    tx.run(&ADD_SERVICE, args).await.map(|_| ())
}
