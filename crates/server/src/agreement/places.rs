//! Municipalities and what each agency has there: contact persons, posts, its own answer, and how
//! long it has worked with the others.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::Answer;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::office::store::Choice;
use crate::policy::Proof;

crate::sql! {
    OFFICES = "select municipality, id, name from office where ended_on is null
        order by municipality, name limit 3000";
    OF_OFFICE = "select municipality from office where id = $1";
    // Which agencies there are in a municipality: those with a unit at one of its offices.
    PRESENT = "select distinct o.municipality, a.kind, a.id, a.name from office o
        join unit u on u.office_id = o.id join agency a on a.id = u.agency_id
        where o.municipality > $1 and o.municipality in (select distinct municipality from office
                where municipality > $1 order by municipality limit $2)
            and (u.valid_until is null or u.valid_until > $3)
        order by o.municipality, a.kind, a.name";
    // Who has gone off duty is contact person of nothing (REQ-ORG-08).
    CONTACTS = "select p.id, p.municipality, p.agency_id, s.name, o.name, coalesce(d.name, ''),
            p.first_day, s.id, p.deputy_id
        from contact_person p join staff s on s.id = p.staff_id and s.on_duty
        join unit u on u.id = s.unit_id join office o on o.id = u.office_id
        left join staff d on d.id = p.deputy_id and d.on_duty
        where p.municipality > $1 and p.last_day is null
        order by p.municipality limit 2000";
    NAME_CONTACT = "insert into contact_person (id, municipality, agency_id, staff_id, deputy_id,
            first_day, last_day, named_by, named_at) values ($1, $2, $3, $4, $5, $6, null, $7, $8)";
    END_CONTACT = "update contact_person set last_day = $3
        where municipality = $1 and agency_id = $2 and last_day is null";
    CONTACT = "select municipality, agency_id from contact_person where id = $1
        and last_day is null";
    SHARES = "select municipality, agency_id, first_day, hundredths from staff_share
        where municipality > $1 order by municipality, agency_id, first_day limit 10000";
    SET_SHARE = "insert into staff_share (municipality, agency_id, first_day, hundredths, noted_by,
            noted_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (municipality, agency_id, first_day) do update
            set hundredths = excluded.hundredths, noted_by = excluded.noted_by,
                noted_at = excluded.noted_at";
    PAST = "select c.municipality, c.first_agency_id, c.second_agency_id, a.name, b.name, c.since
        from cooperation c join agency a on a.id = c.first_agency_id
        join agency b on b.id = c.second_agency_id
        where c.municipality > $1 order by c.municipality, c.since limit 5000";
    SET_PAST = "insert into cooperation (municipality, first_agency_id, second_agency_id, since,
            noted_by, noted_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (municipality, first_agency_id, second_agency_id) do update
            set since = excluded.since, noted_by = excluded.noted_by,
                noted_at = excluded.noted_at";
    ANSWERS = "select municipality, agency_id, answer, at from agreement_answer
        where municipality > $1 and replaced_at is null order by municipality limit 5000";
    REPLACE_ANSWER = "update agreement_answer set replaced_at = $3
        where municipality = $1 and agency_id = $2 and replaced_at is null";
    ADD_ANSWER = "insert into agreement_answer (id, municipality, agency_id, answer, staff_id, at,
            replaced_at) values ($1, $2, $3, $4, $5, $6, null)";
}

/// The municipalities with an office that there is, each named by its number and offices.
pub(crate) async fn places(link: &mut Link, _: &dyn Proof) -> Result<Vec<Choice>, DbError> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mut row in link.rows(&OFFICES, &[]).await? {
        let (municipality, name): (String, String) = (row.get(0)?, row.get(2)?);
        names.entry(municipality).or_default().push(name);
    }
    let named = |(id, mut offices): (String, Vec<String>)| {
        let more = offices.len() > 4;
        offices.truncate(4);
        let dots = if more { ", …" } else { "" };
        Choice { name: format!("{id} ({}{dots})", offices.join(", ")), id }
    };
    Ok(names.into_iter().map(named).collect())
}

/// The offices of a municipality.
pub(crate) async fn offices_of(
    link: &mut Link,
    _: &dyn Proof,
    municipality: &str,
) -> Result<Vec<(OfficeId, String)>, DbError> {
    let mut all = Vec::new();
    for mut row in link.rows(&OFFICES, &[]).await? {
        let place: String = row.get(0)?;
        if place == municipality {
            all.push((row.get(1)?, row.get(2)?));
        }
    }
    Ok(all)
}

/// The municipality of an office.
pub(crate) async fn municipality_of(
    link: &mut Link,
    _: &dyn Proof,
    office: OfficeId,
) -> Result<Option<String>, DbError> {
    link.row(&OF_OFFICE, args![office]).await?.map(|mut row| row.get(0)).transpose()
}

/// An agency at a municipality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Present {
    pub(crate) municipality: String,
    pub(crate) kind: String,
    pub(crate) agency: AgencyId,
    pub(crate) name: String,
}

/// The agencies of the next municipalities after one.
pub(crate) async fn present(
    link: &mut Link,
    _: &dyn Proof,
    after: &str,
    (limit, today): (i64, Date),
) -> Result<Vec<Present>, DbError> {
    let read = |mut row: Row| {
        Ok(Present {
            municipality: row.get(0)?,
            kind: row.get(1)?,
            agency: row.get(2)?,
            name: row.get(3)?,
        })
    };
    link.rows(&PRESENT, args![after, limit, today]).await?.into_iter().map(read).collect()
}

/// A contact person.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) id: Uuid,
    pub(crate) municipality: String,
    pub(crate) agency: AgencyId,
    pub(crate) name: String,
    pub(crate) office: String,
    pub(crate) deputy: String,
    pub(crate) since: String,
    pub(crate) staff: StaffId,
    pub(crate) deputy_id: Option<StaffId>,
}

/// The contact persons of the municipalities after one.
pub(crate) async fn contacts(
    link: &mut Link,
    _: &dyn Proof,
    after: &str,
) -> Result<Vec<Contact>, DbError> {
    let read = |mut row: Row| {
        Ok(Contact {
            id: row.get(0)?,
            municipality: row.get(1)?,
            agency: row.get(2)?,
            name: row.get(3)?,
            office: row.get(4)?,
            deputy: row.get(5)?,
            since: row.get(6)?,
            staff: row.get(7)?,
            deputy_id: row.get(8)?,
        })
    };
    link.rows(&CONTACTS, args![after]).await?.into_iter().map(read).collect()
}

/// Names a contact person in the place of whoever was it.
pub(crate) async fn name_contact(
    tx: &mut Tx,
    _: &dyn Proof,
    (municipality, agency): (&str, AgencyId),
    (staff, deputy): (StaffId, Option<StaffId>),
    (first, by, now): (Date, StaffId, Timestamp),
) -> Result<(), DbError> {
    tx.run(&END_CONTACT, args![municipality, agency, first]).await?;
    let id = crate::app::new_id();
    let args = args![id, municipality, agency, staff, deputy, first, by, now];
    tx.run_one(&NAME_CONTACT, args).await
}

/// Where somebody is contact person.
pub(super) async fn contact(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Option<(String, AgencyId)>, DbError> {
    let row = link.row(&CONTACT, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Leaves an agency without a contact person at a municipality.
pub(super) async fn end_contact(
    tx: &mut Tx,
    _: &dyn Proof,
    (municipality, agency): (&str, AgencyId),
    today: Date,
) -> Result<(), DbError> {
    tx.run_one(&END_CONTACT, args![municipality, agency, today]).await
}

/// Posts set aside from a day on, in hundredths.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) municipality: String,
    pub(crate) agency: AgencyId,
    pub(crate) from: Date,
    pub(crate) hundredths: i64,
}

/// The posts that agencies set aside in the municipalities after one.
pub(crate) async fn shares(
    link: &mut Link,
    _: &dyn Proof,
    after: &str,
) -> Result<Vec<Share>, DbError> {
    let read = |mut row: Row| {
        Ok(Share {
            municipality: row.get(0)?,
            agency: row.get(1)?,
            from: row.get(2)?,
            hundredths: row.get(3)?,
        })
    };
    link.rows(&SHARES, args![after]).await?.into_iter().map(read).collect()
}

/// Notes posts set aside.
pub(crate) async fn set_share(
    tx: &mut Tx,
    _: &dyn Proof,
    (municipality, agency): (&str, AgencyId),
    (from, hundredths): (Date, i64),
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let args = args![municipality, agency, from, hundredths, by, now];
    tx.run(&SET_SHARE, args).await.map(|_| ())
}

/// How long two agencies have worked together at a place (REQ-ORG-49).
#[derive(Clone, Debug)]
pub(crate) struct Past {
    pub(crate) municipality: String,
    pub(crate) agencies: (AgencyId, AgencyId),
    pub(crate) names: (String, String),
    pub(crate) since: Date,
}

/// Cooperation before, in the municipalities after one.
pub(crate) async fn past(
    link: &mut Link,
    _: &dyn Proof,
    after: &str,
) -> Result<Vec<Past>, DbError> {
    let read = |mut row: Row| {
        Ok(Past {
            municipality: row.get(0)?,
            agencies: (row.get(1)?, row.get(2)?),
            names: (row.get(3)?, row.get(4)?),
            since: row.get(5)?,
        })
    };
    link.rows(&PAST, args![after]).await?.into_iter().map(read).collect()
}

/// Notes since when two agencies have worked together.
pub(crate) async fn set_past(
    tx: &mut Tx,
    _: &dyn Proof,
    (municipality, one, other): (&str, AgencyId, AgencyId),
    since: Date,
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    let args = args![municipality, first, second, since, by, now];
    tx.run(&SET_PAST, args).await.map(|_| ())
}

/// What the parties say of whether an agreement exists, in the municipalities after one.
pub(super) async fn answers(
    link: &mut Link,
    _: &dyn Proof,
    after: &str,
) -> Result<Vec<(String, AgencyId, Answer)>, DbError> {
    let mut all = Vec::new();
    for mut row in link.rows(&ANSWERS, args![after]).await? {
        let answer: String = row.get(2)?;
        if let Some(answer) = Answer::parse(&answer) {
            all.push((row.get(0)?, row.get(1)?, answer));
        }
    }
    Ok(all)
}

/// Writes a party's own answer in the place of the one before, which stays as history.
pub(crate) async fn answer(
    tx: &mut Tx,
    _: &dyn Proof,
    (municipality, agency): (&str, AgencyId),
    answer: Answer,
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    tx.run(&REPLACE_ANSWER, args![municipality, agency, now]).await?;
    let id = crate::app::new_id();
    tx.run_one(&ADD_ANSWER, args![id, municipality, agency, answer.as_str(), by, now]).await
}
