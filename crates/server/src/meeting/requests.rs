//! Requests for meetings, in the database, and the round that escalates them (REQ-MEET-05).

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
use onedoor_domain::meeting::{RequestAct, RequestState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

macro_rules! request {
    ($rest:literal) => {
        concat!(
            "select q.id, q.topic, q.about, f.name, t.name, g.name, q.asked_at, q.answer_by,
                q.state, q.escalated_on, q.answer, q.answered_at, q.version, q.from_agency_id,
                q.to_agency_id, q.from_office_id, q.to_office_id, coalesce(s.name, '')
            from meeting_request q join agency f on f.id = q.from_agency_id
            join agency t on t.id = q.to_agency_id join office g on g.id = q.to_office_id
            left join staff s on s.id = q.asked_by ",
            $rest
        )
    };
}

crate::sql! {
    OF_OFFICE = request!("where q.from_office_id = $1 or q.to_office_id = $1
        order by q.asked_at desc, q.id limit 200");
    ONE = request!("where q.id = $1");
    ADD = "insert into meeting_request (id, topic, about, from_agency_id, from_office_id,
            to_agency_id, to_office_id, asked_by, asked_at, answer_by, state, escalated_on,
            answered_by, answered_at, answer, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'asked', null, null, null, '', 1)";
    ANSWER = "update meeting_request set state = $3, answered_by = $4, answered_at = $5,
            answer = $6, version = version + 1
        where id = $1 and version = $2 and state in ('asked', 'escalated')";
    DUE = "select id, answer_by, version from meeting_request
        where state = 'asked' and answer_by < $1 order by answer_by, id limit 500";
    ESCALATE = "update meeting_request set state = 'escalated', escalated_on = $3,
            version = version + 1
        where id = $1 and version = $2 and state = 'asked'";
    PAST = "delete from staff_busy where starts_at < $1";
    // For each agency that was asked: how many requests, and how many of them passed their day.
    COUNTS = "select a.name, count(*),
            cast(coalesce(sum(case when q.escalated_on is null then 0 else 1 end), 0) as bigint),
            cast(coalesce(sum(case when q.state = 'escalated' then 1 else 0 end), 0) as bigint)
        from office o join meeting_request q on q.to_office_id = o.id and q.asked_at >= $2
        join agency a on a.id = q.to_agency_id
        where o.municipality = $1 group by a.name order by a.name limit 100";
}

/// A request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestLine {
    pub(crate) id: String,
    pub(crate) topic: String,
    pub(crate) about: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) to_office: String,
    pub(crate) asked_at: i64,
    pub(crate) asked_by: String,
    pub(crate) answer_by: String,
    pub(crate) state: String,
    pub(crate) escalated_on: Option<String>,
    pub(crate) answer: String,
    pub(crate) answered_at: Option<i64>,
    pub(crate) version: i64,
    /// Whether the reader may answer for the one who was asked.
    pub(crate) may_answer: bool,
    /// Whether the reader may take it back.
    pub(crate) may_withdraw: bool,
    #[serde(skip)]
    pub(crate) from_is: (Option<AgencyId>, Option<OfficeId>),
    #[serde(skip)]
    pub(crate) to_is: (Option<AgencyId>, Option<OfficeId>),
}

impl RequestLine {
    /// Its state; a code that nobody knows counts as over.
    pub(super) fn is(&self) -> RequestState {
        RequestState::parse(&self.state).unwrap_or(RequestState::Withdrawn)
    }
}

fn request(mut row: Row) -> Result<RequestLine, DbError> {
    let id: Uuid = row.get(0)?;
    Ok(RequestLine {
        id: id.to_string(),
        topic: row.get(1)?,
        about: row.get(2)?,
        from: row.get(3)?,
        to: row.get(4)?,
        to_office: row.get(5)?,
        asked_at: row.get(6)?,
        answer_by: row.get(7)?,
        state: row.get(8)?,
        escalated_on: row.get(9)?,
        answer: row.get(10)?,
        answered_at: row.get(11)?,
        version: row.get(12)?,
        from_is: (row.get(13)?, row.get(15)?),
        to_is: (row.get(14)?, row.get(16)?),
        asked_by: row.get(17)?,
        may_answer: false,
        may_withdraw: false,
    })
}

/// The requests from and to an office, the latest first. Both managements see them.
pub(super) async fn of_office(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
) -> Result<Vec<RequestLine>, DbError> {
    link.rows(&OF_OFFICE, args![office]).await?.into_iter().map(request).collect()
}

/// A request.
pub(super) async fn one(link: &mut Link, _: &Permit, id: Uuid) -> Result<RequestLine, Fault> {
    let row = link.row(&ONE, args![id]).await?.ok_or(Fault::Hidden)?;
    Ok(request(row)?)
}

/// A request to be sent.
pub(super) struct NewRequest<'a> {
    pub(super) topic: &'a str,
    pub(super) about: &'a str,
    pub(super) from: (AgencyId, OfficeId),
    pub(super) to: (AgencyId, OfficeId),
    pub(super) by: StaffId,
    pub(super) answer_by: Date,
}

/// Sends a request.
pub(super) async fn add(
    tx: &mut Tx,
    _: &Permit,
    new: &NewRequest<'_>,
    now: Timestamp,
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    let args = args![
        id,
        new.topic,
        new.about,
        new.from.0,
        new.from.1,
        new.to.0,
        new.to.1,
        new.by,
        now,
        new.answer_by,
    ];
    tx.run_one(&ADD, args).await?;
    Ok(id)
}

/// Answers a request, or takes it back.
///
/// # Errors
/// A conflict when somebody has answered meanwhile.
pub(super) async fn answer(
    tx: &mut Tx,
    _: &Permit,
    (id, version): (Uuid, i64),
    (state, text): (RequestState, &str),
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    tx.run_one(&ANSWER, args![id, version, state.as_str(), by, now, text]).await
}

/// How many requests each agency at a place was asked, how many passed their day, and how many
/// still lie there.
pub(super) async fn counts(
    link: &mut Link,
    _: &Permit,
    municipality: &str,
    since: Timestamp,
) -> Result<Vec<(String, i64, i64, i64)>, DbError> {
    let rows = link.rows(&COUNTS, args![municipality, since]).await?;
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    rows.into_iter().map(read).collect()
}

/// Brings to the management of both agencies what nobody answered until its day, and forgets when
/// staff were busy before yesterday. Done twice it is done once; of several servers one does each.
///
/// # Errors
/// When the database does not answer.
pub async fn round(app: &App) -> Result<u64, Fault> {
    let today = app.today();
    let mut tx = app.db.begin().await?;
    let day = app.now().as_microsecond() - 24 * 3600 * 1_000_000;
    tx.run(&PAST, args![day]).await?;
    let mut done = 0;
    for mut row in tx.rows(&DUE, args![today]).await? {
        let (id, by, version): (Uuid, Date, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if RequestState::Asked.go(by, RequestAct::Day(today)) == Ok(RequestState::Escalated) {
            done += tx.run(&ESCALATE, args![id, version, today]).await?;
        }
    }
    tx.commit().await?;
    Ok(done)
}
