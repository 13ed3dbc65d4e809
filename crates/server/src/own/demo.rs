//! Residents for the demonstration: somebody with an open case, somebody whose
//! address is protected, a child of 14, and the child's guardian. They join the
//! made-up city after it was filled.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use crate::app::id_of;
use crate::args;
use crate::db::{Db, DbError, Link, Personal, Plain};
use crate::keys::{
    CASE_PLACE, CASE_SUMMARY, CASE_WHAT, Key, PERSON_ADDRESS, PERSON_BORN, PERSON_FAMILY,
    PERSON_GIVEN, REPRESENTATION_SOURCE, Vault,
};
use crate::policy::{Cause, Warrant};

/// The key in `installation` under which sign-in finds them.
const KEY: &str = "residents";

static PERSON: Personal = Personal::new(
    "own::demo::PERSON",
    "insert into person (id, given_name, family_name, born_on, language, phone, email, address,
        postcode, basic_unit, protection, source, received_on, version)
    values ($1, $2, $3, $4, 'nb', '', '', $5, '', null, 0, 'person', $6, 1)",
);
static KNOWN: Personal = Personal::new(
    "own::demo::KNOWN",
    "insert into person_agency (person_id, agency_id, since)
    select $1, agency_id, $3 from shared_case where id = $2",
);
// The child's case lies with the same two people as the first resident's.
static CASE: Personal = Personal::new(
    "own::demo::CASE",
    "insert into shared_case (id, person_id, summary, responsible_id, deputy_id, agency_id,
        unit_id, on_duty, step_what, step_owner_id, step_on, step_place, opened_at, closed_at,
        close_reason, handovers, shuttles, forced_changes, last_resort, version)
    select $1, $2, $6, responsible_id, deputy_id, agency_id, unit_id, true,
        $7, responsible_id, $3, $8, $4, null, null, 0, 0, 0, false, 1
    from shared_case where id = $5",
);
static CASE_AGENCY: Personal = Personal::new(
    "own::demo::CASE_AGENCY",
    "insert into case_agency (case_id, agency_id, since)
    select id, agency_id, opened_at from shared_case where id = $1",
);
static RIGHT: Personal = Personal::new(
    "own::demo::RIGHT",
    "insert into representation (id, person_id, representative_person_id, kind, categories,
        valid_from, valid_until, recorded_by, source, confirmed_at)
    values ($1, $2, $3, 'guardian', 'id case emp ben housing family', $4, null, null,
        $5, 0)",
);
static THERE: Plain = Plain::new("own::demo::THERE", "select 1 from installation where key = $1");
static NOTE: Plain = Plain::new(
    "own::demo::NOTE",
    "insert into installation (key, value) values ($1, $2) on conflict (key) do nothing",
);

/// A resident of the city whose open case has a story.
static OPEN: Personal = Personal::new(
    "own::demo::OPEN",
    "select p.id, p.given_name, p.family_name, c.id from shared_case c
    join person p on p.id = c.person_id
    where c.closed_at is null and p.guard = 0 and p.merged_into is null
    order by c.handovers desc, c.id limit 1",
);
/// One whose address is protected.
static PROTECTED: Personal = Personal::new(
    "own::demo::PROTECTED",
    "select p.id, p.given_name, p.family_name from person p
    where p.guard > 0 and p.merged_into is null
    order by p.guard, p.id limit 1",
);

async fn found(
    link: &mut Link,
    warrant: &Warrant,
    sql: &'static Personal,
) -> Result<Option<(Uuid, String, Uuid)>, DbError> {
    let Some(mut row) = link.rows(warrant.opens(sql), &[]).await?.into_iter().next() else {
        return Ok(None);
    };
    let id: Uuid = row.get(0)?;
    let key = Key::look_up(link, warrant, id).await?;
    let given = key.open(PERSON_GIVEN, row.get(1)?)?;
    let family = key.open(PERSON_FAMILY, row.get(2)?)?;
    // Only the first of the two statements gives a case.
    let case: Uuid = row.get(3).unwrap_or_default();
    Ok(Some((id, format!("{given} {family}"), case)))
}

/// Brings the residents in, once. A city without an open case gets none.
///
/// # Errors
/// When the database refuses.
pub async fn bring_in(db: &Db, vault: &Vault, now: Timestamp, today: Date) -> Result<(), DbError> {
    let warrant = Warrant::new(Cause::Population, vault);
    let mut tx = db.begin().await?;
    if !tx.rows(&THERE, args![KEY]).await?.is_empty() {
        return Ok(());
    }
    let Some((open, name, case)) = found(&mut tx, &warrant, &OPEN).await? else { return Ok(()) };
    let mut list = vec![(open, name, "open")];
    if let Some((id, name, _)) = found(&mut tx, &warrant, &PROTECTED).await? {
        list.push((id, name, "protected"));
    }
    let day = |years: i64| today.checked_sub(years.years()).unwrap_or(today).to_string();
    let since = day(1);
    for (code, given, years, kind) in
        [("minor", "Jonas", 14, "minor"), ("guardian", "Marit", 47, "guardian")]
    {
        let id = id_of("resident", code);
        let key = Key::make(&mut tx, &warrant, id).await?;
        let args = args![
            id,
            key.seal(PERSON_GIVEN, given)?,
            key.seal(PERSON_FAMILY, "Solhaug")?,
            key.seal(PERSON_BORN, &day(years))?,
            key.seal(PERSON_ADDRESS, "Lyngveien 8")?,
            &since
        ];
        tx.run_one(warrant.opens(&PERSON), args).await?;
        tx.run_one(warrant.opens(&KNOWN), args![id, case, &since]).await?;
        list.push((id, format!("{given} Solhaug"), kind));
    }
    let (child, guardian) = (id_of("resident", "minor"), id_of("resident", "guardian"));
    let own_case = id_of("case", "minor");
    let step = today.checked_add(7.days()).unwrap_or(today);
    let key = Key::look_up(&mut tx, &warrant, child).await?;
    let args = args![
        own_case,
        child,
        step,
        now,
        case,
        key.seal(CASE_SUMMARY, "Skole og bosted")?,
        key.seal(CASE_WHAT, "Samtale om skole og hjem")?,
        key.seal(CASE_PLACE, "Rom 2")?
    ];
    tx.run_one(warrant.opens(&CASE), args).await?;
    tx.run_one(warrant.opens(&CASE_AGENCY), args![own_case]).await?;
    let source = key.seal(REPRESENTATION_SOURCE, "guardianship register")?;
    let args = args![id_of("right", "minor"), child, guardian, &since, source];
    tx.run_one(warrant.opens(&RIGHT), args).await?;
    let noted: Vec<_> = list
        .into_iter()
        .map(|(id, name, kind)| serde_json::json!({ "id": id, "name": name, "kind": kind }))
        .collect();
    let noted = serde_json::Value::from(noted).to_string();
    tx.run_one(&NOTE, args![KEY, noted]).await?;
    tx.commit().await
}
