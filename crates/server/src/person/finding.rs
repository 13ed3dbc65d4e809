//! Finding persons in the database: each statement holds the wall itself, so that a search
//! returns only whom the searcher may know of.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::PersonId;
use onedoor_domain::person::{IdentityKind, IdentityNumber, NameQuery};
use onedoor_domain::secrecy::{Action, Group};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Value};
use crate::keys::{Key, NUMBER, PERSON_BORN, PERSON_FAMILY, PERSON_GIVEN, Sealed};
use crate::policy::{Cause, Permit, Proof, Warrant};
use crate::sign_in::Actor;
use crate::walls::{told_here, unbarred};
use crate::web::Fault;

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
    // The cases that the searcher takes part in, whichever agency carries them: it has name keys,
    // so only who begins right need be opened. `cross join` is for SQLite, which keeps its order:
    // names are looked at before persons, since nearly all of these have another name.
    SEARCH_CASES = concat!("select p.id, p.given_name, p.family_name, p.born_on, '', k.wrapped from (
            select distinct t.person_id from (
                select person_id from shared_case where responsible_id = $1 and closed_at is null
                union select person_id from shared_case where deputy_id = $1 and closed_at is null
                union select person_id from shared_case
                    where step_owner_id = $1 and closed_at is null
                union select c.person_id from handover h join shared_case c on c.id = h.case_id
                    where h.to_unit_id = $2 and h.state = 'asked'
                        and (h.to_staff_id is null or h.to_staff_id = $1)
            ) t cross join person_name n
            where n.person_id = t.person_id and n.key >= $4 and n.key < $5
        ) m cross join person p
        left join subject_key k on k.subject_id = p.id
        where p.id = m.person_id and ", unbarred!("$3", "$1"), " and p.merged_into is null
        limit 1000");
    // Those who are being received at the searcher's office.
    SEARCH_VISITS = concat!("select p.id, p.given_name, p.family_name, p.born_on, '', k.wrapped
        from visit v join person p on p.id = v.person_id
        left join subject_key k on k.subject_id = p.id
        where v.office_id = $1 and v.state <> 'closed'
            and ", unbarred!("$2", "$3"), " and ", told_here!("$4", "$3", "$5"), "
            and p.merged_into is null limit 1000");
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
                and (v.state <> 'closed' or v.day = $5)
                and ", told_here!("$3", "$6", "$12"), ")
            or exists (select 1 from shared_case c left join handover h
                    on h.case_id = c.id and h.state = 'asked'
                where c.person_id = p.id and c.closed_at is null and (
                    c.responsible_id = $6 or c.deputy_id = $6 or c.step_owner_id = $6
                    or h.to_staff_id = $6
                    or (h.to_staff_id is null and h.to_unit_id = $7)))) limit 5");
    IS_KNOWN = "select 1 from person_agency where person_id = $1 and agency_id = $2";
    WITH_NUMBER = "select coalesce(p.merged_into, p.id) from person_identifier i
        join person p on p.id = i.person_id where i.number = $1 and not i.held limit 1";
    NUMBERS = "select sealed, kind from person_identifier
        where person_id = $1 order by kind, number";
    // The numbers of a page of a list, in one go.
    NUMBERS_ON_PAGE = "select person_id, sealed, kind from person_identifier
        where person_id in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            $17, $18, $19, $20)
        order by person_id, kind, number";
    JOINED = concat!("select p.id, p.given_name, p.family_name, p.born_on, '', k.wrapped
        from person p left join subject_key k on k.subject_id = p.id
        where p.merged_into = $1 and ", unbarred!("$2", "$3"), " order by p.id limit 20");
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
    let rows = link.rows(permit.opens(&SEARCH_OWN), args).await?;
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
        let (cases, visits) = beside(link, permit, actor, &range).await?;
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
    permit: &Permit,
    actor: &Actor,
    (from, until): &(String, String),
) -> Result<(Vec<Row>, Vec<Row>), DbError> {
    let level = actor.lacks();
    let args = args![actor.id, actor.unit, level, from, until];
    let cases = link.rows(permit.opens(&SEARCH_CASES), args).await?;
    let closed = permit.counter().closed();
    let args = args![actor.office, level, actor.id, actor.agency, closed];
    let visits = link.rows(permit.opens(&SEARCH_VISITS), args).await?;
    Ok((cases, visits))
}

pub(super) async fn near(
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
        for row in link.rows(permit.opens(&NEAR_OWN), args).await? {
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
        permit.counter().closed(),
    ];
    let mut hits = Vec::new();
    for row in link.rows(permit.opens(&BY_NUMBER), args).await? {
        let found = hit(permit, row)?;
        let own = link.row(permit.opens(&IS_KNOWN), args![found.id, actor.agency]).await?.is_some();
        hits.push(Hit { through_case: !own, ..found });
    }
    Ok(hits)
}

/// Whoever has a number. The caller asks for a permit before anything of them is said.
///
/// # Errors
/// When the database does not answer.
pub async fn with_number(
    link: &mut Link,
    permit: &Permit,
    number: &IdentityNumber,
) -> Result<Option<PersonId>, DbError> {
    let row = link.row(permit.opens(&WITH_NUMBER), args![permit.vault().number(number)]).await?;
    row.map(|mut row| row.get(0)).transpose()
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
        for mut row in link.rows(permit.opens(&NUMBERS_ON_PAGE), &ids).await? {
            numbers.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        for hit in page {
            let number = masks(&hit.key, numbers.remove(&hit.id).unwrap_or_default())?;
            lines.push(hit.line(number)?);
        }
    }
    Ok(lines)
}

pub(super) async fn masked(
    link: &mut Link,
    proof: &dyn Proof,
    key: &Key,
    person: PersonId,
) -> Result<String, DbError> {
    let mut numbers = Vec::new();
    for mut row in link.rows(proof.opens(&NUMBERS), args![person]).await? {
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
    for row in link
        .rows(permit.opens(&JOINED), args![permit.the_person()?, actor.lacks(), actor.id])
        .await?
    {
        let found = hit(&warrant, row)?;
        let number = masked(link, &warrant, &found.key, found.id).await?;
        lines.push(found.line(number)?);
    }
    Ok(lines)
}
