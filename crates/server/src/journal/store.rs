//! The journal's tables.

use uuid::Uuid;

use super::chain::Line;
use crate::args;
use crate::db::{DbError, Link, Row, Sql, Tx, Value};

crate::sql! {
    // One writer, one lane; with several transactions at once each takes a
    // lane that no other holds, so that nobody queues for the chain.
    CLAIM_LANE = "select lane, seq, head from journal_lane order by lane limit 1",
        postgres: "select lane, seq, head from journal_lane order by random() limit 1
            for update skip locked";
    WAIT_FOR_LANE = "select lane, seq, head from journal_lane where lane = 0",
        postgres: "select lane, seq, head from journal_lane where lane = 0 for update";
    INSERT = "insert into journal (lane, seq, at, actor_kind, actor_id, role, agency_id, unit_id,
            act, purpose, ground, subject_kind, subject_id, persons, detail, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    INSERT_PERSON = "insert into journal_person (person_id, lane, seq) values ($1, $2, $3)
        on conflict do nothing";
    SAVE_LANE = "update journal_lane set seq = $2, head = $3, seal = $4 where lane = $1";
    MAKE_LANE = "insert into journal_lane (lane, seq, head, seal) values ($1, 0, $2, $3)
        on conflict do nothing";
    LANES = "select lane, seq, head, seal from journal_lane order by lane";
    PAGE = "select lane, seq, at, actor_kind, actor_id, role, agency_id, unit_id,
            act, purpose, ground, subject_kind, subject_id, persons, detail, hash
        from journal where lane = $1 and seq > $2 order by seq limit $3";
    PERSONS_OF = "select seq, person_id from journal_person
        where lane = $1 and seq > $2 and seq <= $3";
    STRAY = "select count(*) from journal
        where not exists (select 1 from journal_lane l where l.lane = journal.lane)";
    KEEP_COUNT = "insert into installation (key, value) values ('journal', $1)
        on conflict (key) do nothing";
    COUNT = "select value from installation where key = 'journal'";
    LATEST = "select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role, j.act,
            j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal j left join staff s on s.id = j.actor_id
        where j.at <= $1 and case when j.at = $1
            then j.lane < $2 or (j.lane = $2 and j.seq < $3) else 1 = 1 end
        order by j.at desc, j.lane desc, j.seq desc limit $4";
    ABOUT = "select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role, j.act,
            j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        left join staff s on s.id = j.actor_id
        where p.person_id = $1 and j.at <= $2 and case when j.at = $2
            then j.lane < $3 or (j.lane = $3 and j.seq < $4) else 1 = 1 end
        order by j.at desc, j.lane desc, j.seq desc limit $5";
    // A ground is looked up again in what it stands on. A list is read by duty, but
    // each person in it must be there through one of the real grounds.
    WITHOUT_GROUND = "select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role,
            j.act, j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        left join staff s on s.id = j.actor_id
        where j.at >= $1 and j.at < $2 and j.ground <> 'denied' and not (
            (j.ground in ('own_agency', 'duty') and (
                exists (select 1 from person_agency a
                    where a.person_id = p.person_id and a.agency_id = j.agency_id)
                or exists (select 1 from shared_case c
                    where c.person_id = p.person_id and c.agency_id = j.agency_id)
                or exists (select 1 from shared_case c join case_agency a on a.case_id = c.id
                    where c.person_id = p.person_id and a.agency_id = j.agency_id)))
            or (j.ground in ('reception', 'duty') and exists (
                    select 1 from visit v left join unit u on u.id = j.unit_id
                    where v.person_id = p.person_id
                        and (v.office_id = u.office_id or j.unit_id is null)
                        and v.arrived_at <= j.at
                        and (v.closed_at is null or v.closed_at > j.at - 86400000000)))
            or (j.ground = 'duty' and exists (select 1 from disclosure d
                where d.person_id = p.person_id and d.to_agency_id = j.agency_id
                    and d.at <= j.at))
            or j.actor_kind = 'system'
            or (j.ground in ('takes_part', 'joint_management', 'duty') and exists (
                select 1 from shared_case c where c.person_id = p.person_id and (
                    c.responsible_id = j.actor_id or c.deputy_id = j.actor_id
                    or c.step_owner_id = j.actor_id
                    or exists (select 1 from case_event e
                        where e.case_id = c.id and e.actor_id = j.actor_id)
                    or exists (select 1 from handover h where h.case_id = c.id and (
                        h.asked_by = j.actor_id or h.to_staff_id = j.actor_id
                        or h.to_unit_id = j.unit_id or h.manager_id = j.actor_id))
                    or exists (select 1 from unit u join office o on o.id = u.office_id
                        where u.id = c.unit_id and o.manager_id = j.actor_id))))
        )
        order by j.at desc limit $3";
}

/// A lane with its head.
pub(super) struct Lane {
    pub(super) number: i64,
    pub(super) seq: i64,
    pub(super) head: Vec<u8>,
}

fn lane(mut row: Row) -> Result<Lane, DbError> {
    Ok(Lane { number: row.get(0)?, seq: row.get(1)?, head: row.get(2)? })
}

pub(super) async fn claim_lane(tx: &mut Tx) -> Result<Lane, DbError> {
    if let Some(row) = tx.row(&CLAIM_LANE, &[]).await? {
        return lane(row);
    }
    let row = tx.row(&WAIT_FOR_LANE, &[]).await?;
    lane(row.ok_or_else(|| DbError::Other("the journal has no lane: run `migrate`".into()))?)
}

/// Statements to be run together.
pub(super) type Work = Vec<(&'static Sql, Vec<Value>)>;

pub(super) fn insert(line: &Line, hash: &[u8], work: &mut Work) {
    let args = args![
        line.lane,
        line.seq,
        line.at,
        &line.actor_kind,
        line.actor_id,
        &line.role,
        line.agency_id,
        line.unit_id,
        &line.act,
        &line.purpose,
        &line.ground,
        &line.subject_kind,
        line.subject_id,
        &line.persons,
        &line.detail,
        hash.to_vec(),
    ];
    work.push((&INSERT, args.to_vec()));
}

pub(super) fn insert_person(person: Uuid, lane: i64, seq: i64, work: &mut Work) {
    work.push((&INSERT_PERSON, args![person, lane, seq].to_vec()));
}

pub(super) fn save_lane(lane: &Lane, seal: &[u8], work: &mut Work) {
    let args = args![lane.number, lane.seq, lane.head.clone(), seal.to_vec()];
    work.push((&SAVE_LANE, args.to_vec()));
}

pub(super) async fn make_lane(
    tx: &mut Tx,
    lane: i64,
    head: &[u8],
    seal: &[u8],
) -> Result<(), DbError> {
    tx.run(&MAKE_LANE, args![lane, head.to_vec(), seal.to_vec()]).await.map(|_| ())
}

/// Every lane with its seal.
pub(super) async fn lanes(link: &mut Link) -> Result<Vec<(Lane, Vec<u8>)>, DbError> {
    let rows = link.rows(&LANES, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let seal = row.get(3)?;
            Ok((lane(row)?, seal))
        })
        .collect()
}

/// Rows of a lane after `seq`, with their stored hashes.
pub(super) async fn page(
    link: &mut Link,
    lane: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(Line, Vec<u8>)>, DbError> {
    let rows = link.rows(&PAGE, args![lane, after, limit]).await?;
    rows.into_iter()
        .map(|mut row| {
            let line = Line {
                lane: row.get(0)?,
                seq: row.get(1)?,
                at: row.get(2)?,
                actor_kind: row.get(3)?,
                actor_id: row.get(4)?,
                role: row.get(5)?,
                agency_id: row.get(6)?,
                unit_id: row.get(7)?,
                act: row.get(8)?,
                purpose: row.get(9)?,
                ground: row.get(10)?,
                subject_kind: row.get(11)?,
                subject_id: row.get(12)?,
                persons: row.get(13)?,
                detail: row.get(14)?,
            };
            Ok((line, row.get(15)?))
        })
        .collect()
}

/// Whom the index names for the rows of a lane after `after` up to `until`.
pub(super) async fn persons_of(
    link: &mut Link,
    lane: i64,
    after: i64,
    until: i64,
) -> Result<Vec<(i64, Uuid)>, DbError> {
    let rows = link.rows(&PERSONS_OF, args![lane, after, until]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Rows in lanes that are not there.
pub(super) async fn stray(link: &mut Link) -> Result<i64, DbError> {
    link.row(&STRAY, &[]).await?.map_or(Ok(0), |mut row| row.get(0))
}

/// Keeps how many lanes there are, sealed.
pub(super) async fn keep_count(tx: &mut Tx, sealed: &str) -> Result<(), DbError> {
    tx.run(&KEEP_COUNT, args![sealed]).await.map(|_| ())
}

/// How many lanes there are, sealed.
pub(super) async fn count(link: &mut Link) -> Result<Option<String>, DbError> {
    link.row(&COUNT, &[]).await?.map(|mut row| row.get(0)).transpose()
}

/// A row of the journal as the privacy owner reads it.
pub(super) struct Seen {
    pub(super) lane: i64,
    pub(super) seq: i64,
    pub(super) at: jiff::Timestamp,
    pub(super) actor_kind: String,
    pub(super) actor: String,
    pub(super) role: String,
    pub(super) act: String,
    pub(super) purpose: String,
    pub(super) ground: String,
    pub(super) subject_kind: String,
    pub(super) subject_id: Option<Uuid>,
    pub(super) persons: String,
}

fn seen(rows: Vec<Row>) -> Result<Vec<Seen>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            Ok(Seen {
                lane: row.get(0)?,
                seq: row.get(1)?,
                at: row.get(2)?,
                actor_kind: row.get(3)?,
                actor: row.get(4)?,
                role: row.get(5)?,
                act: row.get(6)?,
                purpose: row.get(7)?,
                ground: row.get(8)?,
                subject_kind: row.get(9)?,
                subject_id: row.get(10)?,
                persons: row.get(11)?,
            })
        })
        .collect()
}

/// Where a page of the journal begins: before this row.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub(super) at: i64,
    pub(super) lane: i64,
    pub(super) seq: i64,
}

/// The latest rows before a row.
pub(super) async fn latest(
    link: &mut Link,
    before: Before,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let args = args![before.at, before.lane, before.seq, limit];
    seen(link.rows(&LATEST, args).await?)
}

/// The latest rows about one person.
pub(super) async fn about(
    link: &mut Link,
    person: Uuid,
    before: Before,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let args = args![person, before.at, before.lane, before.seq, limit];
    seen(link.rows(&ABOUT, args).await?)
}

/// Accesses whose ground does not hold (REQ-INFO-19): there must be none.
pub(super) async fn without_ground(
    link: &mut Link,
    from: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    seen(link.rows(&WITHOUT_GROUND, args![from, until, limit]).await?)
}
