//! Persons in the database.
//!
//! Reading needs a [`Permit`] for the person, or goes through a statement that
//! holds the wall itself: a search returns only whom the searcher may know of.
//! Names, numbers and addresses are sealed, and only the permit opens them.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::person::{Guard, IdentityKind, IdentityNumber, NameQuery, search_keys};
use onedoor_domain::secrecy::{Action, Group};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx, Value};
use crate::keys::{
    Key, NUMBER, OWN_ADDRESS, OWN_EMAIL, OWN_PHONE, OWN_POSTCODE, PERSON_ADDRESS, PERSON_BORN,
    PERSON_EMAIL, PERSON_FAMILY, PERSON_GIVEN, PERSON_PHONE, PERSON_POSTCODE, RULING_TEXT, Sealed,
};
use crate::policy::{Cause, Permit, Proof, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;

use super::together;

/// Part of a statement: nothing bars the worker from the person `p`, whom they reach through
/// a case or a visit of their own. The same that the walls say of one person, so that lists,
/// counts and searches leave out whoever is not there for the worker.
macro_rules! unbarred {
    ($lacks:literal, $me:literal) => {
        concat!(
            "(p.guard & ",
            $lacks,
            ") = 0 and not exists (select 1 from staff_tie t where t.person_id = p.id
                and t.staff_id = ",
            $me,
            " and t.ended_at is null)"
        )
    };
}

/// As [`unbarred`], for those whom the worker reaches only because the agency knows them:
/// the soft overlays too. `$from` is the first of seven arguments of [`soft`].
macro_rules! within_reach {
    ($lacks:literal, $me:literal, $national:literal, $abroad:literal, $unknown:literal,
        $died:literal, $office:literal, $today:literal) => {
        concat!(
            unbarred!($lacks, $me),
            " and (",
            $abroad,
            " or p.residence <> 'abroad') and (",
            $unknown,
            " or p.residence <> 'unknown') and (p.died_on is null or p.died_on >= ",
            $died,
            ") and (",
            $national,
            " or p.basic_unit is null
                or exists (select 1 from boundary b join district d on d.id = b.district_id
                    where b.basic_unit = p.basic_unit and d.office_id = ",
            $office,
            " and b.valid_from <= ",
            $today,
            " and (b.valid_until is null or b.valid_until > ",
            $today,
            "))
                or exists (select 1 from visit v2 where v2.person_id = p.id
                    and v2.office_id = ",
            $office,
            " and v2.server_id <> ",
            $me,
            ")
                or exists (select 1 from shared_case c2 join unit u2 on u2.id = c2.unit_id
                    where c2.person_id = p.id and u2.office_id = ",
            $office,
            "))"
        )
    };
}

crate::sql! {
    // The searcher's own agency: an index that holds nobody else's persons. One
    // lower bound, as a `case`: of two, the planner may take the wider one.
    SEARCH_OWN = concat!("select p.id, p.given_name, p.family_name, p.born_on, n.key, k.wrapped
        from person_name n join person p on p.id = n.person_id
        left join subject_key k on k.subject_id = p.id
        where n.agency_id = $1 and n.key >= $2 and n.key < $3
            and case when n.key = $2 then n.person_id > $4 else 1 = 1 end
            and ", within_reach!("$5", "$7", "$8", "$9", "$10", "$11", "$12", "$13"), " and p.merged_into is null
        order by n.key, n.person_id limit $6");
    NEAR_OWN = concat!("select p.id, p.given_name, p.family_name, p.born_on, n.key, k.wrapped
        from person_name n join person p on p.id = n.person_id
        left join subject_key k on k.subject_id = p.id
        where n.agency_id = $1 and n.key >= $2 and n.key < $3
            and ", within_reach!("$4", "$6", "$7", "$8", "$9", "$10", "$11", "$12"), " and p.merged_into is null
        order by n.key, n.person_id limit $5");
    // The cases that the searcher takes part in, whichever agency carries them:
    // it has name keys, so only who begins right need be opened.
    SEARCH_CASES = concat!("select p.id, p.given_name, p.family_name, p.born_on, '', k.wrapped from (
            select person_id from shared_case where responsible_id = $1 and closed_at is null
            union select person_id from shared_case where deputy_id = $1 and closed_at is null
            union select person_id from shared_case where step_owner_id = $1 and closed_at is null
            union select c.person_id from handover h join shared_case c on c.id = h.case_id
                where h.to_unit_id = $2 and h.state = 'asked'
                    and (h.to_staff_id is null or h.to_staff_id = $1)
        ) t join person p on p.id = t.person_id
        left join subject_key k on k.subject_id = p.id
        where ", unbarred!("$3", "$1"), " and p.merged_into is null
            and exists (select 1 from person_name n where n.person_id = t.person_id
                and n.key >= $4 and n.key < $5) limit 1000");
    // Those who are being received at the searcher's office.
    SEARCH_VISITS = concat!("select p.id, p.given_name, p.family_name, p.born_on, '', k.wrapped
        from visit v join person p on p.id = v.person_id
        left join subject_key k on k.subject_id = p.id
        where v.office_id = $1 and v.state <> 'closed'
            and ", unbarred!("$2", "$3"), " and p.merged_into is null limit 1000");
    BY_NUMBER = concat!("select p.id, p.given_name, p.family_name, p.born_on, '', k.wrapped
        from (select person_id from person_identifier where number = $1 and not held
            union all select person_id from person_identifier where number = $1 and held) i
        join person g on g.id = i.person_id
        join person p on p.id = coalesce(g.merged_into, g.id)
        left join subject_key k on k.subject_id = p.id
        where ", unbarred!("$2", "$6"), " and (
            (exists (select 1 from person_agency a
                where a.person_id = p.id and a.agency_id = $3) and ", within_reach!("$2", "$6", "$8", "$9", "$10", "$11", "$4", "$5"), ")
            or exists (select 1 from visit v where v.person_id = p.id and v.office_id = $4
                and (v.state <> 'closed' or v.day = $5))
            or exists (select 1 from shared_case c left join handover h
                    on h.case_id = c.id and h.state = 'asked'
                where c.person_id = p.id and c.closed_at is null and (
                    c.responsible_id = $6 or c.deputy_id = $6 or c.step_owner_id = $6
                    or h.to_staff_id = $6
                    or (h.to_staff_id is null and h.to_unit_id = $7)))) limit 5");
    WHO_HAS = "select i.person_id, p.guard from person_identifier i
        join person p on p.id = i.person_id where i.number = $1 and not i.held";
    WHO_HOLDS = "select i.person_id from person_identifier i
        join person p on p.id = i.person_id
        where i.number = $1 and i.held and (p.guard & $2) = 0 and p.merged_into is null
        order by i.person_id limit 1";
    NUMBERS = "select sealed, kind from person_identifier
        where person_id = $1 order by kind, number";
    // The numbers of a page of a list, in one go.
    NUMBERS_ON_PAGE = "select person_id, sealed, kind from person_identifier
        where person_id in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            $17, $18, $19, $20)
        order by person_id, kind, number";
    READ = "select p.given_name, p.family_name, p.born_on, p.language, p.phone, p.email, p.address,
            p.postcode, p.basic_unit, p.guard, p.source, p.received_on, p.merged_into,
            p.version, p.contact_agency_id, k.wrapped, p.residence, p.died_on
        from person p left join subject_key k on k.subject_id = p.id where p.id = $1";
    INSERT = "insert into person (id, given_name, family_name, born_on, language, phone, email,
            address, postcode, basic_unit, protection, source, received_on, merged_into, version,
            contact_agency_id, guard, residence, died_on)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null, 1, $14, $15, $16,
            $17)";
    UPDATE = "update person set given_name = $3, family_name = $4, language = $5, phone = $6,
            email = $7, address = $8, postcode = $9, basic_unit = $10, protection = $11,
            source = $12, received_on = $13, contact_agency_id = $14, guard = $15, residence = $16,
            died_on = $17, version = version + 1
        where id = $1 and version = $2";
    INSERT_NUMBER = "insert into person_identifier (person_id, number, kind, held, sealed)
        values ($1, $2, $3, $4, $5) on conflict (person_id, number) do nothing";
    KNOWN_TO = "insert into person_agency (person_id, agency_id, since) values ($1, $2, $3)
        on conflict do nothing";
    AGENCIES_OF = "select agency_id from person_agency where person_id = $1";
    OWN_CONTACT = "update person_agency set phone = $3, email = $4, address = $5, postcode = $6
        where person_id = $1 and agency_id = $2";
    READ_OWN_CONTACT = "select phone, email, address, postcode from person_agency
        where person_id = $1 and agency_id = $2";
    SINCE = "select since from person_agency where person_id = $1 and agency_id = $2";
    NAME_KEY = "insert into person_name (agency_id, key, person_id) values ($1, $2, $3)
        on conflict do nothing";
    CLEAR_NAME_KEYS = "delete from person_name where person_id = $1";
    // Ties that were noted before the person was registered.
    TIES_OF_NUMBER = "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at,
            noted_by, ended_at)
        select staff_id, $2, kind, bits, source, noted_at, staff_id, null from staff_tie_number
        where number = $1 on conflict (staff_id, person_id, kind) do nothing";
    IS_TIED = "select 1 from staff_tie
        where staff_id = $1 and person_id = $2 and ended_at is null limit 1";
    TIED_TO = "select person_id from staff_tie where staff_id = $1 and ended_at is null";
    JOIN = "update person set merged_into = $2, version = version + 1
        where id = $1 and merged_into is null";
    PART = "update person set merged_into = null, version = version + 1
        where id = $1 and merged_into = $2";
    // Those whom the open case depends on must be able to see the person.
    UNCLEARED = "select 1 from shared_case c join staff s
            on s.id in (c.responsible_id, c.deputy_id, c.step_owner_id)
        where c.person_id = $1 and c.closed_at is null and (
            ($2 >= 1 and s.clearance = 'none')
            or ($2 >= 2 and s.clearance <> 'strictly_confidential')
            or ($3 and s.marks not like '%shielded%')) limit 1";
    LANGUAGE = "select language from person where id = $1";
    JOINED = concat!("select p.id, p.given_name, p.family_name, p.born_on, '', k.wrapped
        from person p left join subject_key k on k.subject_id = p.id
        where p.merged_into = $1 and ", unbarred!("$2", "$3"), " order by p.id limit 20");
    HAS_OPEN_CASE = "select 1 from shared_case where person_id = $1 and closed_at is null";
    RULE = "insert into ruling (id, person_id, visit_id, case_id, subject, kind, text, staff_id,
            unit_id, agency_id, principal_id, at, result)
        values ($1, $2, null, null, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    RULINGS = "select r.subject, r.kind, r.text, s.name, u.name, a.name, p.name, r.at, k.wrapped
        from ruling r left join subject_key k on k.subject_id = r.person_id
        join staff s on s.id = r.staff_id join unit u on u.id = r.unit_id
        join agency a on a.id = r.agency_id join principal p on p.id = r.principal_id
        where r.person_id = $1 and r.agency_id = $2 order by r.at desc limit 50";
    // The same visits that one by one may be opened here, and those at other offices that
    // concerned the agency.
    VISITS = "select v.id, v.day, v.needs, v.outcome, o.name from visit v
        join office o on o.id = v.office_id
        where v.person_id = $1 and (
            exists (select 1 from visit_agency a where a.visit_id = v.id and a.agency_id = $2)
            or (v.office_id = $3 and (v.state <> 'closed'
                or exists (select 1 from staff m join unit n on n.id = m.unit_id
                    where m.id = v.server_id and n.agency_id = $2))))
            and not exists (select 1 from kept_lock k where k.kind = 'case' and k.id = v.case_id)
        order by v.arrived_at desc limit 20";
    OPEN_CASE = "select id from shared_case where person_id = $1 and closed_at is null";
}

/// A person in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonLine {
    /// Identifier.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Birth date as ISO text, if known.
    pub born_on: Option<String>,
    /// The number, masked; empty when there is none.
    pub number: String,
}

/// A found person with the place in the list where the next page begins.
pub struct Hit {
    /// The identifier.
    pub id: PersonId,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    born_on: Option<Sealed>,
    at: String,
    key: Key,
    /// Found only through a case that the searcher has a part in.
    through_case: bool,
}

impl Hit {
    /// Whether only a part in a case led to the person: that may rest on a wall.
    #[must_use]
    pub fn is_through_case(&self) -> bool {
        self.through_case
    }

    fn line(self, number: String) -> Result<PersonLine, DbError> {
        Ok(PersonLine {
            id: self.id.to_string(),
            name: format!("{} {}", self.given, self.family).trim().to_owned(),
            born_on: self.key.open_some(PERSON_BORN, self.born_on)?,
            number,
        })
    }
}

fn hit(proof: &dyn Proof, mut row: Row) -> Result<Hit, DbError> {
    let id: PersonId = row.get(0)?;
    let key = Key::of(proof, id, row.get(5)?)?;
    Ok(Hit {
        id,
        given: key.open(PERSON_GIVEN, row.get(1)?)?,
        family: key.open(PERSON_FAMILY, row.get(2)?)?,
        born_on: row.get(3)?,
        at: row.get(4)?,
        key,
        through_case: false,
    })
}

/// Where a list goes on: the last key and identifier shown.
#[derive(Clone, Debug, Default)]
pub struct After {
    /// The key.
    pub key: String,
    /// The identifier.
    pub id: Uuid,
}

/// A page of a search.
pub struct Found {
    /// Who was found.
    pub hits: Vec<Hit>,
    /// Where the next page begins, if there is one.
    pub next: Option<After>,
    /// Whether names that are only near were taken in.
    pub near: bool,
}

/// Rows of the index on one page; a person with three names has several.
pub const PAGE: usize = 20;
/// How many names a search for near spellings reads at most.
const NEAR: i64 = 3000;

/// How far a worker's marks let them reach among those whom the agency knows.
struct Reach {
    national: bool,
    abroad: bool,
    unknown: bool,
    /// Whoever died before this day is long dead.
    died_from: Date,
}

impl Reach {
    fn of(actor: &Actor, today: Date) -> Self {
        let groups = actor.groups();
        Self {
            national: groups.has(Group::National),
            abroad: groups.has(Group::Abroad),
            unknown: groups.has(Group::UnknownResidence),
            died_from: today.checked_sub(12.months()).unwrap_or(today),
        }
    }
}

/// Searches by name, in what the searcher may know of: the own agency's
/// persons, the cases they take part in, and those received at their office.
/// What the walls say of the cases, [`super::search`] asks.
///
/// # Errors
/// When the database does not answer.
pub async fn search(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    query: &NameQuery,
    after: Option<After>,
    today: Date,
) -> Result<Found, DbError> {
    debug_assert_eq!(permit.action(), Action::SearchPerson);
    let level = actor.lacks();
    let first_page = after.is_none();
    let after = after.unwrap_or_default();
    let (from, until) = permit.vault().names_from(&query.beginning());
    let from = from.max(after.key);
    let limit = i64::try_from(PAGE).unwrap_or(20);
    let reach = Reach::of(actor, today);
    let args = args![
        actor.agency,
        &from,
        &until,
        after.id,
        level,
        limit,
        actor.id,
        reach.national,
        reach.abroad,
        reach.unknown,
        reach.died_from,
        actor.office,
        today,
    ];
    let mut hits: Vec<Hit> = Vec::new();
    let rows = link.rows(&SEARCH_OWN, args).await?;
    let full = rows.len() == PAGE;
    let mut last = None;
    for row in rows {
        let found = hit(permit, row)?;
        last = Some(After { key: found.at.clone(), id: found.id.0 });
        if query.matches(&found.given, &found.family) && !hits.iter().any(|h| h.id == found.id) {
            hits.push(found);
        }
    }
    if first_page {
        let range = permit.vault().names_from(&query.beginning());
        let (cases, visits) = beside(link, actor, &range).await?;
        let through = cases.into_iter().map(|row| (row, true));
        for (row, through_case) in visits.into_iter().map(|row| (row, false)).chain(through) {
            let found = Hit { through_case, ..hit(permit, row)? };
            if query.matches(&found.given, &found.family) && !hits.iter().any(|h| h.id == found.id)
            {
                hits.push(found);
            }
        }
        if hits.is_empty() {
            let hits = near(link, permit, actor, query, today).await?;
            return Ok(Found { hits, next: None, near: true });
        }
    }
    Ok(Found { hits, next: last.filter(|_| full), near: false })
}

async fn beside(
    link: &mut Link,
    actor: &Actor,
    (from, until): &(String, String),
) -> Result<(Vec<Row>, Vec<Row>), DbError> {
    let level = actor.lacks();
    let args = args![actor.id, actor.unit, level, from, until];
    let cases = link.rows(&SEARCH_CASES, args).await?;
    let visits = link.rows(&SEARCH_VISITS, args![actor.office, level, actor.id]).await?;
    Ok((cases, visits))
}

async fn near(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    query: &NameQuery,
    today: Date,
) -> Result<Vec<Hit>, DbError> {
    let reach = Reach::of(actor, today);
    let level = actor.lacks();
    let mut hits: Vec<Hit> = Vec::new();
    for beginning in query.near_beginnings() {
        let (from, until) = permit.vault().names_from(&beginning);
        let args = args![
            actor.agency,
            from,
            until,
            level,
            NEAR,
            actor.id,
            reach.national,
            reach.abroad,
            reach.unknown,
            reach.died_from,
            actor.office,
            today,
        ];
        for row in link.rows(&NEAR_OWN, args).await? {
            let found = hit(permit, row)?;
            if query.near(&found.given, &found.family) && !hits.iter().any(|h| h.id == found.id) {
                hits.push(found);
            }
            if hits.len() == PAGE {
                return Ok(hits);
            }
        }
    }
    hits.sort_by_key(|found| found.id);
    Ok(hits)
}

/// Searches by number. Whoever may not be known of is not found. What the walls
/// say of cases, [`super::by_number`] asks.
///
/// # Errors
/// When the database does not answer.
pub async fn by_number(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    number: &IdentityNumber,
    today: Date,
) -> Result<Vec<Hit>, DbError> {
    debug_assert_eq!(permit.action(), Action::SearchPerson);
    let reach = Reach::of(actor, today);
    let args = args![
        permit.vault().number(number),
        actor.lacks(),
        actor.agency,
        actor.office,
        today,
        actor.id,
        actor.unit,
        reach.national,
        reach.abroad,
        reach.unknown,
        reach.died_from,
    ];
    let mut hits = Vec::new();
    for row in link.rows(&BY_NUMBER, args).await? {
        let found = hit(permit, row)?;
        let own = link.row(&SINCE, args![found.id, actor.agency]).await?.is_some();
        hits.push(Hit { through_case: !own, ..found });
    }
    Ok(hits)
}

/// The lines of a list, with masked numbers.
///
/// # Errors
/// When the database does not answer.
pub async fn lines(
    link: &mut Link,
    permit: &Permit,
    hits: Vec<Hit>,
) -> Result<Vec<PersonLine>, DbError> {
    debug_assert_eq!(permit.action(), Action::SearchPerson);
    let mut lines = Vec::with_capacity(hits.len());
    let mut hits = hits.into_iter().peekable();
    while hits.peek().is_some() {
        let page: Vec<Hit> = hits.by_ref().take(PAGE).collect();
        let mut ids: Vec<Value> = page.iter().map(|hit| Value::from(hit.id)).collect();
        ids.resize(PAGE, Value::from(Uuid::nil()));
        let mut numbers: HashMap<PersonId, Vec<(Sealed, String)>> = HashMap::new();
        for mut row in link.rows(&NUMBERS_ON_PAGE, &ids).await? {
            numbers.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        for hit in page {
            let number = masks(&hit.key, numbers.remove(&hit.id).unwrap_or_default())?;
            lines.push(hit.line(number)?);
        }
    }
    Ok(lines)
}

async fn masked(link: &mut Link, key: &Key, person: PersonId) -> Result<String, DbError> {
    let mut numbers = Vec::new();
    for mut row in link.rows(&NUMBERS, args![person]).await? {
        numbers.push((row.get(0)?, row.get(1)?));
    }
    masks(key, numbers)
}

fn masks(key: &Key, numbers: Vec<(Sealed, String)>) -> Result<String, DbError> {
    let mut masked = Vec::with_capacity(numbers.len());
    for (number, kind) in numbers {
        let number = key.open(NUMBER, number)?;
        let number = IdentityKind::parse(&kind)
            .and_then(|kind| IdentityNumber::from_stored(kind, &number).ok());
        masked.push(number.map_or_else(|| "***".to_owned(), |number| number.masked()));
    }
    Ok(masked.join(", "))
}

/// What is registered about a person.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Identifier.
    pub id: PersonId,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date as ISO text.
    pub born_on: Option<String>,
    /// The number, masked.
    pub number: String,
    /// Language.
    pub language: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Street address.
    pub address: String,
    /// Postal code and place.
    pub postcode: String,
    /// Basic statistical unit of the address.
    pub basic_unit: Option<String>,
    /// What hides the person from workers who are not marked for it.
    pub guard: Guard,
    /// `here`, `abroad` or `unknown`.
    pub residence: String,
    /// The day of death, as ISO text.
    pub died_on: Option<String>,
    /// Who said it.
    pub source: String,
    /// When it was received.
    pub received_on: String,
    /// The person this one was joined to.
    pub merged_into: Option<PersonId>,
    /// Its version.
    pub version: i64,
    /// The agency that wrote telephone, e-mail and address; none when they come
    /// from the register or the counter.
    pub contact_agency: Option<AgencyId>,
}

impl Identity {
    /// Whether telephone, e-mail and address are somebody else's to show: another
    /// agency wrote them, and the reader has no part in the shared case.
    fn hides_contact(&self, permit: &Permit) -> bool {
        self.contact_agency.is_some()
            && self.contact_agency != permit.agency()
            && permit.ground() != onedoor_domain::secrecy::Ground::TakesPart
    }

    /// Whether there is a telephone, e-mail or address.
    #[must_use]
    pub fn has_contact(&self) -> bool {
        [&self.phone, &self.email, &self.address, &self.postcode].iter().any(|f| !f.is_empty())
    }

    /// Given and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family).trim().to_owned()
    }
}

/// Reads the person that the permit is about.
///
/// # Errors
/// [`Fault::Hidden`] when the permit concerns nobody.
pub async fn read(link: &mut Link, permit: &Permit) -> Result<Identity, Fault> {
    let found = read_one(link, permit, permit.the_person()?).await?;
    let (mut identity, key) = found.ok_or(Fault::Hidden)?;
    if identity.hides_contact(permit) {
        let args = args![identity.id, permit.agency()];
        let mut own = link.row(&READ_OWN_CONTACT, args).await?;
        let columns = [OWN_PHONE, OWN_EMAIL, OWN_ADDRESS, OWN_POSTCODE];
        let fields = [
            &mut identity.phone,
            &mut identity.email,
            &mut identity.address,
            &mut identity.postcode,
        ];
        for (at, (field, column)) in fields.into_iter().zip(columns).enumerate() {
            let sealed = own.as_mut().map(|row| row.get(at)).transpose()?.flatten();
            *field = key.open_some(column, sealed)?.unwrap_or_default();
        }
    }
    Ok(identity)
}

async fn read_one(
    link: &mut Link,
    proof: &dyn Proof,
    id: PersonId,
) -> Result<Option<(Identity, Key)>, DbError> {
    let Some(mut row) = link.row(&READ, args![id]).await? else { return Ok(None) };
    let key = Key::of(proof, id, row.get(15)?)?;
    // A bit that is not known hides from everybody.
    let guard = Guard::from_i64(row.get(9)?);
    let number = masked(link, &key, id).await?;
    let identity = Identity {
        id,
        given: key.open(PERSON_GIVEN, row.get(0)?)?,
        family: key.open(PERSON_FAMILY, row.get(1)?)?,
        born_on: key.open_some(PERSON_BORN, row.get(2)?)?,
        number,
        language: row.get(3)?,
        phone: key.open(PERSON_PHONE, row.get(4)?)?,
        email: key.open(PERSON_EMAIL, row.get(5)?)?,
        address: key.open(PERSON_ADDRESS, row.get(6)?)?,
        postcode: key.open(PERSON_POSTCODE, row.get(7)?)?,
        basic_unit: row.get(8)?,
        guard,
        residence: row.get(16)?,
        died_on: row.get(17)?,
        source: row.get(10)?,
        received_on: row.get(11)?,
        merged_into: row.get(12)?,
        version: row.get(13)?,
        contact_agency: row.get(14)?,
    };
    Ok(Some((identity, key)))
}

/// A person to be registered, checked.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date.
    pub born_on: Option<Date>,
    /// Number, if the person has one.
    pub number: Option<IdentityNumber>,
    /// Language code.
    pub language: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Street address.
    pub address: String,
    /// Postal code and place.
    pub postcode: String,
    /// Basic statistical unit.
    pub basic_unit: Option<String>,
    /// What hides the person from workers who are not marked for it.
    pub guard: Guard,
    /// `here`, `abroad` or `unknown`.
    pub residence: &'static str,
    /// The day of death.
    pub died_on: Option<Date>,
    /// Who said it.
    pub source: String,
}

/// Registers a person, or recognises who is already there (REQ-INFO-08).
///
/// A number with a name that fits leads to the person it belongs to, who becomes
/// known to the agency too. When the name does not fit, or the person is
/// protected beyond the worker's clearance, the worker gets a record like any
/// other, with the number held beside it: nothing shows that anybody was there
/// before.
///
/// # Errors
/// When the database refuses.
pub async fn register(
    tx: &mut Tx,
    permit: &Permit,
    actor: &Actor,
    new: &NewPerson,
    today: Date,
) -> Result<PersonId, Fault> {
    debug_assert!(matches!(permit.action(), Action::RegisterPerson | Action::CheckIn));
    // Whoever only comes in is not thereby a client of the host's own agency.
    let agency = actor.agency.filter(|_| permit.action() == Action::RegisterPerson);
    let mut held = false;
    if let Some(number) = &new.number {
        match recognise(tx, permit, actor, number, new).await? {
            Recognised::Known(known) => {
                become_known(tx, permit, &known, agency, today).await?;
                return Ok(known.id);
            }
            Recognised::Held => held = true,
            Recognised::Nobody => {}
        }
    }
    let id = PersonId(crate::app::new_id());
    let born_on = new.born_on.or_else(|| new.number.as_ref().and_then(IdentityNumber::born_on));
    let key = Key::make(tx, permit, id).await?;
    let args = args![
        id,
        key.seal(PERSON_GIVEN, &new.given)?,
        key.seal(PERSON_FAMILY, &new.family)?,
        born_on.map(|day| key.seal(PERSON_BORN, &day.to_string())).transpose()?,
        &new.language,
        key.seal(PERSON_PHONE, &new.phone)?,
        key.seal(PERSON_EMAIL, &new.email)?,
        key.seal(PERSON_ADDRESS, &new.address)?,
        key.seal(PERSON_POSTCODE, &new.postcode)?,
        new.basic_unit.clone(),
        new.guard.level().as_i64(),
        &new.source,
        today,
        agency,
        new.guard.as_i64(),
        new.residence,
        new.died_on,
    ];
    tx.run_one(&INSERT, args).await?;
    if let Some(number) = &new.number {
        let (blind, sealed) =
            (permit.vault().number(number), key.seal(NUMBER, number.canonical())?);
        let args = args![id, blind, number.kind().as_str(), held, sealed];
        tx.run_one(&INSERT_NUMBER, args).await?;
        // Whoever it is: a record beside is no way round a tie.
        tx.run(&TIES_OF_NUMBER, args![permit.vault().number(number), id]).await?;
    }
    name_keys(tx, permit, id, (&new.given, &new.family), agency, today).await?;
    Ok(id)
}

/// What a number that somebody gave leads to.
enum Recognised {
    /// A person whom the worker may come to know.
    Known(Box<Identity>),
    /// Somebody whom the worker may not know of: the number is held aside.
    Held,
    /// Nobody yet.
    Nobody,
}

/// A number alone opens nobody: the name must be near the registered one too,
/// unless the worker's agency knows the person already. What does not fit, and
/// who is protected, end in the same record beside, always the same one, so
/// that asking twice tells nothing.
async fn recognise(
    tx: &mut Tx,
    permit: &Permit,
    actor: &Actor,
    number: &IdentityNumber,
    new: &NewPerson,
) -> Result<Recognised, Fault> {
    let blind = permit.vault().number(number);
    let Some(mut row) = tx.row(&WHO_HAS, args![&blind]).await? else {
        return Ok(Recognised::Nobody);
    };
    let (mut known, _) = read_one(tx, permit, row.get(0)?).await?.ok_or(Fault::Hidden)?;
    for _ in 0..5 {
        let Some(into) = known.merged_into else { break };
        (known, _) = read_one(tx, permit, into).await?.ok_or(Fault::Hidden)?;
    }
    let own = tx.row(&SINCE, args![known.id, actor.agency]).await?.is_some();
    let query = NameQuery::parse(&format!("{} {}", new.given, new.family));
    let fits = query.is_ok_and(|query| query.near(&known.given, &known.family));
    let tied = tx.row(&IS_TIED, args![actor.id, known.id]).await?.is_some();
    if known.guard.is_open_to(actor.lacks()) && !tied && (own || fits) {
        return Ok(Recognised::Known(Box::new(known)));
    }
    let held = tx.row(&WHO_HOLDS, args![&blind, actor.lacks()]).await?;
    match held {
        Some(mut row) => {
            let (beside, _) = read_one(tx, permit, row.get(0)?).await?.ok_or(Fault::Hidden)?;
            Ok(Recognised::Known(Box::new(beside)))
        }
        None => Ok(Recognised::Held),
    }
}

async fn become_known(
    tx: &mut Tx,
    proof: &dyn Proof,
    known: &Identity,
    agency: Option<AgencyId>,
    today: Date,
) -> Result<(), DbError> {
    name_keys(tx, proof, known.id, (&known.given, &known.family), agency, today).await
}

async fn name_keys(
    tx: &mut Tx,
    proof: &dyn Proof,
    person: PersonId,
    (given, family): (&str, &str),
    agency: Option<AgencyId>,
    today: Date,
) -> Result<(), DbError> {
    let Some(agency) = agency else { return Ok(()) };
    tx.run(&KNOWN_TO, args![person, agency, today]).await?;
    for key in search_keys(given, family) {
        tx.run(&NAME_KEY, args![agency, proof.vault().name(&key), person]).await?;
    }
    Ok(())
}

/// The language of somebody who is being checked in.
///
/// # Errors
/// When the database does not answer.
pub async fn language(
    link: &mut Link,
    permit: &Permit,
    person: PersonId,
) -> Result<Option<String>, DbError> {
    debug_assert_eq!(permit.action(), Action::CheckIn);
    link.row(&LANGUAGE, args![person]).await?.map(|mut row| row.get(0)).transpose()
}

/// Makes the permit's person known to an agency: it begins to help.
///
/// # Errors
/// When the database refuses.
pub async fn make_known(
    tx: &mut Tx,
    permit: &Permit,
    agency: AgencyId,
    today: Date,
) -> Result<(), Fault> {
    let identity = read(tx, permit).await?;
    become_known(tx, permit, &identity, Some(agency), today).await?;
    Ok(())
}

/// As [`make_known`], where the law and not a worker brings an agency in: the
/// last resort. Only the deadlines use it.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn make_known_by_law(
    tx: &mut Tx,
    warrant: &Warrant,
    person: PersonId,
    agency: AgencyId,
    today: Date,
) -> Result<(), Fault> {
    let (identity, _) = read_one(tx, warrant, person).await?.ok_or(Fault::Hidden)?;
    become_known(tx, warrant, &identity, Some(agency), today).await?;
    Ok(())
}

/// Saves what was changed, unless somebody else came first.
///
/// # Errors
/// A conflict when the version has moved on.
pub async fn save(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewPerson,
    version: i64,
    today: Date,
) -> Result<(), Fault> {
    let id = permit.the_person()?;
    let (before, key) = read_one(tx, permit, id).await?.ok_or(Fault::Hidden)?;
    let shields = new.guard.has(Guard::SHIELDED);
    if tx.row(&UNCLEARED, args![id, new.guard.level().as_i64(), shields]).await?.is_some() {
        return Err(Fault::field("protection", "protection-case"));
    }
    // What the writer cannot see stays as it is, and another agency's. What they type is kept for
    // their own agency, and shown to it alone, as if the other were not there.
    let hidden = before.hides_contact(permit);
    if hidden {
        let own = |column, text: &str| key.seal(column, text);
        let args = args![
            id,
            permit.agency(),
            own(OWN_PHONE, &new.phone)?,
            own(OWN_EMAIL, &new.email)?,
            own(OWN_ADDRESS, &new.address)?,
            own(OWN_POSTCODE, &new.postcode)?,
        ];
        tx.run(&OWN_CONTACT, args).await?;
    }
    let kept = |new: &str, old: &str| if hidden { old.to_owned() } else { new.to_owned() };
    let owner = if hidden { before.contact_agency } else { permit.agency() };
    let args = args![
        id,
        version,
        key.seal(PERSON_GIVEN, &new.given)?,
        key.seal(PERSON_FAMILY, &new.family)?,
        &new.language,
        key.seal(PERSON_PHONE, &kept(&new.phone, &before.phone))?,
        key.seal(PERSON_EMAIL, &kept(&new.email, &before.email))?,
        key.seal(PERSON_ADDRESS, &kept(&new.address, &before.address))?,
        key.seal(PERSON_POSTCODE, &kept(&new.postcode, &before.postcode))?,
        new.basic_unit.clone(),
        new.guard.level().as_i64(),
        &new.source,
        today,
        owner,
        new.guard.as_i64(),
        new.residence,
        new.died_on,
    ];
    tx.run_one(&UPDATE, args).await?;
    together::guard(tx, permit, id, new.guard).await?;
    tx.run(&CLEAR_NAME_KEYS, args![id]).await?;
    for mut row in tx.rows(&AGENCIES_OF, args![id]).await? {
        let agency: AgencyId = row.get(0)?;
        for key in search_keys(&new.given, &new.family) {
            tx.run(&NAME_KEY, args![agency, permit.vault().name(&key), id]).await?;
        }
    }
    Ok(())
}

/// Since when the actor's agency knows the permit's person.
///
/// # Errors
/// When the database does not answer.
pub async fn since(
    link: &mut Link,
    permit: &Permit,
    agency: Option<AgencyId>,
) -> Result<Option<String>, Fault> {
    let row = link.row(&SINCE, args![permit.the_person()?, agency]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?)
}

/// Joins `permit`'s person to `into`'s: one person, one matter (REQ-INFO-08).
///
/// # Errors
/// A conflict when both have an open case, or one is joined already.
pub async fn join(tx: &mut Tx, permit: &Permit, into: &Permit) -> Result<(), Fault> {
    let (from, to) = (permit.the_person()?, into.the_person()?);
    if from == to {
        return Err(Fault::conflict("person-itself"));
    }
    let (kept, _) = read_one(tx, into, to).await?.ok_or(Fault::conflict("person-joined"))?;
    if kept.merged_into.is_some() {
        return Err(Fault::conflict("person-joined"));
    }
    if tx.row(&HAS_OPEN_CASE, args![from]).await?.is_some() {
        return Err(Fault::conflict("person-open-case"));
    }
    tx.run_one(&JOIN, args![from, to]).await?;
    if let Some((joined, _)) = read_one(tx, permit, from).await? {
        // Two records of one person: the stricter protection holds for both.
        let guard = kept.guard.and(joined.guard);
        let shields = guard.has(Guard::SHIELDED);
        let level = guard.level().as_i64();
        if tx.row(&UNCLEARED, args![to, level, shields]).await?.is_some() {
            return Err(Fault::field("other", "protection-case"));
        }
        together::guard(tx, into, to, guard).await?;
        together::ties(tx, into, to).await?;
    }
    for mut row in tx.rows(&AGENCIES_OF, args![from]).await? {
        let agency: AgencyId = row.get(0)?;
        let since: Date = tx
            .row(&SINCE, args![from, agency])
            .await?
            .map(|mut row| row.get(0))
            .transpose()?
            .ok_or(Fault::Hidden)?;
        become_known(tx, into, &kept, Some(agency), since).await?;
    }
    Ok(())
}

/// Parts two records that were joined; everything each had is still its own.
///
/// # Errors
/// A conflict when they are not joined.
pub async fn part(tx: &mut Tx, permit: &Permit, from: &Permit) -> Result<(), Fault> {
    tx.run_one(&PART, args![permit.the_person()?, from.the_person()?]).await?;
    Ok(())
}

/// Records that were joined to the permit's person.
///
/// # Errors
/// When the database does not answer.
pub async fn joined(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<PersonLine>, Fault> {
    let mut lines = Vec::new();
    let warrant = Warrant::new(Cause::Joined, permit.vault());
    for row in link.rows(&JOINED, args![permit.the_person()?, actor.lacks(), actor.id]).await? {
        let found = hit(&warrant, row)?;
        let number = masked(link, &found.key, found.id).await?;
        lines.push(found.line(number)?);
    }
    Ok(lines)
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
    let rows = link.rows(&RULINGS, args![person, agency]).await?;
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
    tx.run_one(&RULE, args).await?;
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
/// and those that are open at the actor's office (REQ-INFO-01).
///
/// # Errors
/// When the database does not answer.
pub async fn visits(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<VisitLine>, Fault> {
    let args = args![permit.the_person()?, actor.agency, actor.office];
    let rows = link.rows(&VISITS, args).await?;
    let read = |mut row: Row| -> Result<VisitLine, DbError> {
        let id: Uuid = row.get(0)?;
        let needs: String = row.get(2)?;
        Ok(VisitLine {
            id: id.to_string(),
            day: row.get(1)?,
            needs: serde_json::from_str(&needs).unwrap_or_default(),
            outcome: row.get(3)?,
            office: row.get(4)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// The open case of the permit's person, whoever may see it.
///
/// # Errors
/// When the database does not answer.
pub async fn open_case(
    link: &mut Link,
    permit: &Permit,
) -> Result<Option<onedoor_domain::ids::CaseId>, Fault> {
    let row = link.row(&OPEN_CASE, args![permit.the_person()?]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?)
}
