//! Measure providers as receivers of a consent: which may be named, what they hold, and
//! how they are told that a consent was taken back. A provider has no desk in the house:
//! the agency that handed it something answers for it (REQ-INFO-02, REQ-INFO-03).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, ConsentId, OfficeId, ProviderId, WithdrawalNoticeId};
use onedoor_domain::person::{Country, Language};
use uuid::Uuid;

use super::receipts::Held;
use super::store::codes;
use crate::app::{App, new_id};
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::message::{self, Message};
use crate::office::store::Choice;
use crate::policy::Permit;
use crate::web::Fault;
use crate::words::Words;

crate::sql! {
    // Those of the agencies of the city around an office.
    NEAR = "select v.id, v.name, a.name from provider v join agency a on a.id = v.agency_id
        where v.ended_on is null and v.valid_from <= $2 and v.valid_until >= $2
            and exists (select 1 from unit u join office o on o.id = u.office_id
                where u.agency_id = v.agency_id
                    and o.municipality = (select municipality from office where id = $1))
        order by v.name, a.name limit 200";
    ONE = "select agency_id, name, email from provider where id = $1";
    // The offices where the person is at home: where their case is carried, and where they
    // have been received.
    OFFICES_OF = "select u.office_id from shared_case c join unit u on u.id = c.unit_id
            where c.person_id in (select id from person where id = $1 or merged_into = $1)
        union
        select v.office_id from visit v
            where v.person_id in (select id from person where id = $1 or merged_into = $1)";
    // Offices where an agency that knows the person has a unit: for whom nobody carries a
    // case and who never came in.
    OFFICES_KNOWING = "select distinct u.office_id from person_agency k
        join unit u on u.agency_id = k.agency_id
        where k.person_id in (select id from person where id = $1 or merged_into = $1)";
    REFERENCES = "with recursive chain (id) as (
            select c.id from consent c where c.id = $1
            union select c.replaces_id from consent c join chain on chain.id = c.id
                where c.replaces_id is not null)
        select distinct h.act_id from chain cross join handing h
        where h.consent_id = chain.id and h.provider_id = $2";
    INSERT_TOLD = "insert into consent_notice (id, consent_id, person_id, to_agency_id,
            provider_id, categories, held, told_at, due_on, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
}

fn choices(rows: Vec<crate::db::Row>) -> Result<Vec<Choice>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            let id: ProviderId = row.get(0)?;
            let (name, agency): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Choice { id: id.to_string(), name: format!("{name} ({agency})") })
        })
        .collect()
}

/// The providers that a consent may name as receivers: those under an agreement in force
/// with an agency of the city around an office. Each is named with its agency.
///
/// # Errors
/// When the database does not answer.
pub async fn near(
    link: &mut Link,
    office: Option<OfficeId>,
    today: Date,
) -> Result<Vec<Choice>, DbError> {
    let Some(office) = office else { return Ok(Vec::new()) };
    choices(link.rows(&NEAR, args![office, today]).await?)
}

/// The offices whose agencies and providers could be party to a consent of the permit's
/// person: where their case is carried and where they were received; else those of the
/// agencies that know them.
///
/// # Errors
/// When the database does not answer.
pub async fn offices_of(link: &mut Link, permit: &Permit) -> Result<Vec<OfficeId>, Fault> {
    let person = permit.the_person()?;
    let mut rows = link.rows(permit.opens(&OFFICES_OF), args![person]).await?;
    if rows.is_empty() {
        rows = link.rows(permit.opens(&OFFICES_KNOWING), args![person]).await?;
    }
    Ok(rows.into_iter().map(|mut row| row.get(0)).collect::<Result<_, _>>()?)
}

/// How a paper that was handed over is named: the end of its identifier.
#[must_use]
pub fn reference(act: Uuid) -> String {
    let text = act.simple().to_string();
    text.chars().skip(text.len().saturating_sub(10)).collect()
}

/// The providers among receivers.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn among(
    link: &mut Link,
    ids: impl Iterator<Item = AgencyId>,
) -> Result<BTreeSet<AgencyId>, DbError> {
    let mut found = BTreeSet::new();
    for id in ids {
        if link.row(&ONE, args![id]).await?.is_some() {
            found.insert(id);
        }
    }
    Ok(found)
}

/// Tells every provider among those who hold something that the consent has ended: by a
/// message that names the papers by their references and nobody by name, and as something
/// for the agency that handed them over to answer. Returns the receivers that are agencies.
///
/// # Errors
/// When the database refuses.
pub(super) async fn tell(
    app: &App,
    tx: &mut Tx,
    permit: &Permit,
    consent: ConsentId,
    held: &BTreeMap<AgencyId, Held>,
    (now, due_on): (Timestamp, Date),
) -> Result<BTreeMap<AgencyId, Held>, Fault> {
    let person = permit.the_person()?;
    let mut agencies = BTreeMap::new();
    for (id, one) in held {
        let Some(mut row) = tx.row(&ONE, args![*id]).await? else {
            agencies.insert(*id, one.clone());
            continue;
        };
        let agency: AgencyId = row.get(0)?;
        let (name, email): (String, String) = (row.get(1)?, row.get(2)?);
        let notice = WithdrawalNoticeId(new_id());
        let categories = codes(one.categories);
        let args = args![notice, consent, person, agency, *id, categories, one.times, now, due_on];
        tx.run(permit.opens(&INSERT_TOLD), args).await?;
        let mut references = Vec::new();
        for mut row in tx.rows(permit.opens(&REFERENCES), args![consent, *id]).await? {
            references.push(reference(row.get(0)?));
        }
        // The language of the country's offices: nobody asked a provider for its own.
        let language = if app.country == Country::Se { Language::Sv } else { Language::Nb };
        let words = Words::new(language);
        let body = format!(
            "{} {}",
            words.with2("provider-told", name, references.join(", ")),
            words.with("provider-told-due", words.iso(&due_on.to_string())),
        );
        let message = Message {
            channel: "email",
            recipient: email,
            language: language.as_str().to_owned(),
            body,
        };
        message::send(tx, permit, &message, now).await?;
    }
    Ok(agencies)
}
