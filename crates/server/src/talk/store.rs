//! Marks of talks in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::reception::{Talk, TalkReason};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::{open_to, told_here};
use crate::web::Fault;

crate::sql! {
    READ = "select t.content, t.needs_closed, t.room_used, t.reason, s.name, t.at, t.version
        from talk t join staff s on s.id = t.marked_by where t.visit_id = $1";
    MARK = "insert into talk (visit_id, office_id, day, content, needs_closed, room_used, reason,
            marked_by, at, version)
        select v.id, v.office_id, v.day, $2, $3, $4, $5, $6, $7, 1 from visit v where v.id = $1";
    MARK_AGAIN = "update talk set content = $3, needs_closed = $4, room_used = $5, reason = $6,
            marked_by = $7, at = $8, version = version + 1
        where visit_id = $1 and version = $2";
    COUNTS = concat!("select t.content, count(*), sum(case when t.room_used then 1 else 0 end)
        from talk t join visit v on v.id = t.visit_id left join person p on p.id = v.person_id
        where t.office_id = $1 and t.day >= $2 and t.day < $3 and t.needs_closed
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
        group by t.content order by t.content");
    UNMARKED = concat!("select count(*) from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day < $3 and v.closed_at is not null
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
            and not exists (select 1 from talk t where t.visit_id = v.id)");
    OVERHEARD = concat!("select t.visit_id, t.day, v.ticket, t.content, t.reason, s.name, v.person_id
        from talk t join visit v on v.id = t.visit_id join staff s on s.id = t.marked_by
        left join person p on p.id = v.person_id
        where t.office_id = $1 and t.day >= $2 and t.day < $3
            and t.needs_closed and not t.room_used and ", open_to!("$4", "$5"), " and ",
            told_here!("$6", "$5", "$7"), "
        order by t.day desc, v.ticket desc limit 200");
}

/// A mark as it is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Mark {
    /// What the talk was about.
    pub content: String,
    /// Whether it needed a closed room.
    pub needs_closed: bool,
    /// Whether it had one.
    pub room_used: bool,
    /// Why not.
    pub reason: String,
    /// Who marked it.
    pub staff: String,
    /// When, in microseconds.
    pub at: i64,
    /// Its version.
    pub version: i64,
}

/// The mark of the permit's visit, if there is one.
pub(super) async fn read(link: &mut Link, permit: &Permit) -> Result<Option<Mark>, Fault> {
    let row = link.row(permit.opens(&READ), args![permit.visit()?]).await?;
    let read = |mut row: Row| -> Result<Mark, DbError> {
        Ok(Mark {
            content: row.get(0)?,
            needs_closed: row.get(1)?,
            room_used: row.get(2)?,
            reason: row.get(3)?,
            staff: row.get(4)?,
            at: row.get(5)?,
            version: row.get(6)?,
        })
    };
    Ok(row.map(read).transpose()?)
}

/// Marks the talk of the permit's visit. `version` is the mark that was shown, 0 for none.
///
/// # Errors
/// A conflict when somebody has marked it meanwhile.
pub(super) async fn mark(
    tx: &mut Tx,
    permit: &Permit,
    talk: Talk,
    version: i64,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.action(), Action::MarkTalk);
    let visit = permit.visit()?;
    let (content, reason) = (talk.content.as_str(), talk.reason.map_or("", TalkReason::as_str));
    let (closed, used) = (talk.needs_closed, talk.room_used);
    if version > 0 {
        let args = args![visit, version, content, closed, used, reason, by, now];
        tx.run_one(permit.opens(&MARK_AGAIN), args).await?;
    } else if tx.row(permit.opens(&READ), args![visit]).await?.is_some() {
        return Err(Fault::conflict("stale"));
    } else {
        tx.run_one(permit.opens(&MARK), args![visit, content, closed, used, reason, by, now])
            .await?;
    }
    Ok(())
}

/// An office and days, the last one outside, as one worker sees them: who is hidden from
/// the rows is hidden from the counts (REQ-INFO-08), and so is whoever comes to another authority
/// that the worker is not told of, where the counts are exact (REQ-INFO-01).
pub(super) struct Span<'a> {
    pub(super) office: OfficeId,
    pub(super) from: Date,
    pub(super) until: Date,
    pub(super) reader: &'a Actor,
    /// The kinds of agency whose visitors are left out: `Counter::closed` where counts are
    /// exact, none where they come in steps.
    pub(super) closed: i64,
}

impl Span<'_> {
    fn args(&self) -> Vec<crate::db::Value> {
        let Self { office, from, until, reader, closed } = self;
        args![*office, *from, *until, reader.lacks(), reader.id, reader.agency, *closed].to_vec()
    }
}

/// Talks that needed a closed room, by content.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ContentLine {
    /// What they were about.
    pub content: String,
    /// How many needed a closed room; none where they are too few to be told.
    pub needed: Option<i64>,
    /// How many of them had none; none where they are too few to be told.
    pub overheard: Option<i64>,
}

/// Counts talks that needed a closed room.
pub(super) async fn counts(
    link: &mut Link,
    permit: &Permit,
    span: &Span<'_>,
) -> Result<Vec<ContentLine>, DbError> {
    let read = |mut row: Row| {
        let (needed, used): (i64, Option<i64>) = (row.get(1)?, row.get(2)?);
        let overheard = needed - used.unwrap_or_default();
        Ok(ContentLine { content: row.get(0)?, needed: Some(needed), overheard: Some(overheard) })
    };
    let rows = link.rows(permit.opens(&COUNTS), &span.args()).await?;
    rows.into_iter().map(read).collect()
}

/// Ended visits whose talk nobody has marked.
pub(super) async fn unmarked(
    link: &mut Link,
    permit: &Permit,
    span: &Span<'_>,
) -> Result<i64, DbError> {
    match link.row(permit.opens(&UNMARKED), &span.args()).await? {
        Some(mut row) => row.get(0),
        None => Ok(0),
    }
}

/// A talk that others could hear. It names no visitor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TalkLine {
    /// The visit.
    pub visit: String,
    /// The day.
    pub day: String,
    /// The ticket.
    pub ticket: i64,
    /// What it was about.
    pub content: String,
    /// Why it had no closed room.
    pub reason: String,
    /// Who marked it.
    pub staff: String,
    /// Whose visit it was, for the journal.
    #[serde(skip)]
    pub person: Option<Uuid>,
}

/// Talks that others could hear, for one who may see the queue of the office.
pub(super) async fn overheard(
    link: &mut Link,
    permit: &Permit,
    span: &Span<'_>,
) -> Result<Vec<TalkLine>, DbError> {
    debug_assert_eq!(permit.action(), Action::ReadQueue);
    let read = |mut row: Row| {
        let visit: Uuid = row.get(0)?;
        Ok(TalkLine {
            visit: visit.to_string(),
            day: row.get(1)?,
            ticket: row.get(2)?,
            content: row.get(3)?,
            reason: row.get(4)?,
            staff: row.get(5)?,
            person: row.get(6)?,
        })
    };
    let rows = link.rows(permit.opens(&OVERHEARD), &span.args()).await?;
    rows.into_iter().map(read).collect()
}
