//! Needs in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, NeedId, StaffId, UnitId};
use onedoor_domain::need::{Need, NeedKind, NeedSource, NeedState, SaidBy};
use onedoor_domain::person::Country;
use onedoor_domain::record::kept_until;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, NEED_BODY, NEED_REASON};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    OF_PERSON = "select n.id, n.kind, n.said_by, n.person_rank, n.worker_rank, n.agency_id,
            n.unit_id, n.body, n.source, n.noted_on, n.state, n.reason, n.apart_id, n.version,
            a.name, u.name, coalesce(s.name, '')
        from need n join agency a on a.id = n.agency_id join unit u on u.id = n.unit_id
        left join staff s on s.id = n.noted_by
        where n.person_id = $1 order by n.noted_at, n.id limit 200";
    INSERT = "insert into need (id, person_id, kind, category, said_by, person_rank, worker_rank,
            agency_id, unit_id, body, source, source_id, noted_on, noted_at, noted_by, state,
            reason, settled_on, apart_id, kept_until, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'open', $16,
            null, $17, $18, 1)";
    SAVE = "update need set state = $4, reason = $5, unit_id = $6, agency_id = $7,
            person_rank = $8, worker_rank = $9, settled_on = $10, kept_until = $11,
            version = version + 1
        where id = $1 and version = $2 and person_id = $3";
}

/// A need as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Identifier.
    pub id: NeedId,
    /// The need with its owner and state.
    pub need: Need,
    /// Who said it.
    pub said_by: SaidBy,
    /// In what words; may be empty.
    pub words: String,
    /// Where it was found.
    pub source: NeedSource,
    /// On which day.
    pub on: Date,
    /// The agency that has it apart, as it may not know of another's.
    pub apart: Option<AgencyId>,
    /// Its version.
    pub version: i64,
    /// The owner's agency by name.
    pub agency_name: String,
    /// The owner by name.
    pub unit_name: String,
    /// Who wrote it down; empty where no worker did.
    pub by: String,
}

fn unknown(what: &str) -> DbError {
    DbError::Other(format!("a need with an unknown {what}"))
}

fn kept(mut row: Row, key: &Key) -> Result<Kept, DbError> {
    let (kind, said): (String, String) = (row.get(1)?, row.get(2)?);
    let (source, state): (String, String) = (row.get(8)?, row.get(10)?);
    let need = Need {
        kind: NeedKind::parse(&kind).ok_or_else(|| unknown("kind"))?,
        person_rank: row.get(3)?,
        worker_rank: row.get(4)?,
        agency: row.get(5)?,
        unit: row.get(6)?,
        state: NeedState::parse(&state).ok_or_else(|| unknown("state"))?,
        reason: key.open(NEED_REASON, row.get(11)?)?,
    };
    Ok(Kept {
        id: row.get(0)?,
        need,
        said_by: SaidBy::parse(&said).ok_or_else(|| unknown("speaker"))?,
        words: key.open(NEED_BODY, row.get(7)?)?,
        source: NeedSource::parse(&source).ok_or_else(|| unknown("source"))?,
        on: row.get(9)?,
        apart: row.get(12)?,
        version: row.get(13)?,
        agency_name: row.get(14)?,
        unit_name: row.get(15)?,
        by: row.get(16)?,
    })
}

/// Every need of the permit's person. The caller lets through what the walls let through.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(link: &mut Link, permit: &Permit) -> Result<Vec<Kept>, Fault> {
    let person = permit.the_person()?;
    let rows = link.rows(permit.opens(&OF_PERSON), args![person]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, permit, person).await?;
    Ok(rows.into_iter().map(|row| kept(row, &key)).collect::<Result<_, _>>()?)
}

/// A need to be kept.
pub struct NewNeed<'a> {
    /// What is needed.
    pub kind: NeedKind,
    /// Who said it.
    pub said_by: SaidBy,
    /// How pressing it is to the person, 1 to 9.
    pub person_rank: Option<i64>,
    /// How pressing it is in the worker's eyes, 1 to 9.
    pub worker_rank: Option<i64>,
    /// The unit that answers for it.
    pub unit: UnitId,
    /// The unit's agency.
    pub agency: AgencyId,
    /// In the person's or the worker's words; may be empty.
    pub words: &'a str,
    /// Where it was found.
    pub source: NeedSource,
    /// The assessment, meeting or plan that it was found in.
    pub source_id: Option<Uuid>,
    /// On which day.
    pub on: Date,
    /// Who writes it down; none where the person does.
    pub by: Option<StaffId>,
}

/// Keeps a need of the permit's person.
///
/// # Errors
/// A conflict when the same need was kept at the same time.
pub(super) async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewNeed<'_>,
    (apart, now, country): (Option<AgencyId>, Timestamp, Country),
) -> Result<NeedId, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = NeedId(crate::app::new_id());
    let category = new.kind.category();
    let args = args![
        id,
        person,
        new.kind.as_str(),
        category.as_str(),
        new.said_by.as_str(),
        new.person_rank,
        new.worker_rank,
        new.agency,
        new.unit,
        key.seal(NEED_BODY, new.words)?,
        new.source.as_str(),
        new.source_id,
        new.on,
        now,
        new.by,
        key.seal(NEED_REASON, "")?,
        apart,
        kept_until(category, country, new.on),
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    Ok(id)
}

/// Writes what a need has become.
///
/// # Errors
/// A conflict when somebody came first.
pub(super) async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version, today): (NeedId, i64, Date),
    need: &Need,
    country: Country,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let settled = (!need.state.stands()).then_some(today);
    let args = args![
        id,
        version,
        person,
        need.state.as_str(),
        key.seal(NEED_REASON, &need.reason)?,
        need.unit,
        need.agency,
        need.person_rank,
        need.worker_rank,
        settled,
        kept_until(need.kind.category(), country, today),
    ];
    tx.run_one(permit.opens(&SAVE), args).await?;
    Ok(())
}
