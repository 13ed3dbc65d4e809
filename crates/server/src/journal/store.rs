//! The journal's tables.

use uuid::Uuid;

use super::WITNESS;
use super::chain::Line;
use super::checkpoint::Signed;
use crate::args;
use crate::db::{Asked, DbError, Link, Row, Tx, Value};
use crate::sign_in::Actor;
use crate::walls::unbarred_row;

/// Part of a statement: the instant at which the day of a text column begins, counted the
/// same way by both engines. Days at the offices begin up to two hours earlier than this.
macro_rules! begins {
    ($day:literal) => {
        concat!(
            "(86400000000 * (365 * ", begins!(@year $day), " + ", begins!(@year $day), " / 4 - ",
            begins!(@year $day), " / 100 + ", begins!(@year $day), " / 400
                + (153 * (cast(substr(", $day, ", 6, 2) as bigint) + case
                    when cast(substr(", $day, ", 6, 2) as bigint) > 2 then -3 else 9 end) + 2) / 5
                + cast(substr(", $day, ", 9, 2) as bigint) - 719469))"
        )
    };
    // The year that begins in March.
    (@year $day:literal) => {
        concat!(
            "(cast(substr(", $day, ", 1, 4) as bigint) - case
                when cast(substr(", $day, ", 6, 2) as bigint) <= 2 then 1 else 0 end)"
        )
    };
}

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
    // For nobody it runs all the same and writes nothing: whoever tries what is not there waits for
    // as many statements as whoever tries what is hidden (REQ-INFO-08).
    INSERT_PERSON = "insert into journal_person (person_id, lane, seq)
            select $1, $2, $3 where $1 is not null on conflict do nothing",
        postgres: "insert into journal_person (person_id, lane, seq)
            select cast($1 as uuid), cast($2 as bigint), cast($3 as bigint)
            where cast($1 as uuid) is not null on conflict do nothing";
    SAVE_LANE = "update journal_lane set seq = $2, head = $3, seal = $4 where lane = $1";
    MAKE_LANE = "insert into journal_lane (lane, seq, head, seal) values ($1, 0, $2, $3)
        on conflict do nothing";
    LANES = "select lane, seq, head, seal from journal_lane order by lane";
    PAGE = "select lane, seq, at, actor_kind, actor_id, role, agency_id, unit_id,
            act, purpose, ground, subject_kind, subject_id, persons, detail, hash
        from journal where lane = $1 and seq > $2 order by seq limit $3";
    PERSONS_OF = "select seq, person_id from journal_person
        where lane = $1 and seq > $2 and seq <= $3";
    // Lanes with rows that were not sent yet.
    UNSENT = "select l.lane from journal_lane l left join siem_cursor c on c.lane = l.lane
        where l.seq > coalesce(c.seq, 0) order by l.lane";
    NEW_CURSOR = "insert into siem_cursor (lane, seq, leased_until) values ($1, 0, 0)
        on conflict do nothing";
    LEASE_CURSOR = "update siem_cursor set leased_until = $3
        where lane = $1 and leased_until < $2 returning seq";
    MOVE_CURSOR = "update siem_cursor set seq = $2, leased_until = 0 where lane = $1 and seq <= $2";
    SENT_UNTIL = "select lane, seq from siem_cursor";
    PAGE_TO_SEND = "select lane, seq, at, actor_kind, actor_id, role, agency_id, unit_id,
            act, purpose, ground, subject_kind, subject_id, persons, detail,
            exists (select 1 from journal_person x join person p on p.id = x.person_id
                where x.lane = journal.lane and x.seq = journal.seq and (p.protection > 0 or p.guard <> 0))
        from journal where lane = $1 and seq > $2 order by seq limit $3";
    LAST_CHECKPOINT = "select body, signature from checkpoint order by n desc limit 1";
    CHECKPOINT = "select body, signature from checkpoint where n = $1";
    // One a day: ten years are some thousands.
    CHECKPOINTS = "select body, signature, n from checkpoint order by n limit 100000";
    KEEP_CHECKPOINT = "insert into checkpoint (n, day, made_at, body, signature)
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    HASH_OF = "select hash from journal where lane = $1 and seq = $2";
    ANCHORS = "select lane, seq, head, seal from journal_anchor order by lane";
    SET_ANCHOR = "insert into journal_anchor (lane, seq, head, seal, cut_on)
        values ($1, $2, $3, $4, $5)
        on conflict (lane) do update set seq = $2, head = $3, seal = $4, cut_on = $5";
    REMOVE_PERSONS = "delete from journal_person where lane = $1 and seq <= $2";
    REMOVE_ROWS = "delete from journal where lane = $1 and seq <= $2";
    STRAY = "select count(*) from journal
        where not exists (select 1 from journal_lane l where l.lane = journal.lane)";
    KEEP_COUNT = "insert into installation (key, value) values ('journal', $1)
        on conflict (key) do nothing";
    COUNT = "select value from installation where key = 'journal'";
    // Rows about the reader's own and their family, and about whom they are not cleared for, are
    // for another to audit.
    LATEST = concat!("select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role, j.act,
            j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal j left join staff s on s.id = j.actor_id
        where j.at <= $1 and case when j.at = $1
            then j.lane < $2 or (j.lane = $2 and j.seq < $3) else 1 = 1 end
            and ", unbarred_row!("j.lane", "j.seq", "$6", "$5"), "
        order by j.at desc, j.lane desc, j.seq desc limit $4");
    ABOUT = "select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role, j.act,
            j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        left join staff s on s.id = j.actor_id
        where p.person_id = $1 and j.at <= $2 and case when j.at = $2
            then j.lane < $3 or (j.lane = $3 and j.seq < $4) else 1 = 1 end
        order by j.at desc, j.lane desc, j.seq desc limit $5";
    // For the privacy owner, over all agencies.
    SPREAD = "select count(distinct j.actor_id), count(distinct j.agency_id)
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        where p.person_id in (select id from person where id = $1 or merged_into = $1)
            and j.actor_kind in ('staff', 'client') and j.ground <> 'denied'";
    BY_ACTOR = concat!("select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role, j.act,
            j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal j left join staff s on s.id = j.actor_id
        where j.actor_id = $1 and j.at >= $2 and j.at < $3
            and ", unbarred_row!("j.lane", "j.seq", "$5", "$6"), "
        order by j.at desc limit $4");
    ABOUT_BETWEEN = concat!("select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role, j.act,
            j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        left join staff s on s.id = j.actor_id
        where p.person_id = $1 and j.at >= $2 and j.at < $3
            and ", unbarred_row!("j.lane", "j.seq", "$5", "$6"), "
        order by j.at desc, j.lane, j.seq limit $4");
    // A ground is looked up again in what it stands on, as it was when the access was: what came
    // afterwards is none. A list is read by duty, but each person in it must be there through one
    // of the real grounds.
    WITHOUT_GROUND = concat!("select j.lane, j.seq, j.at, j.actor_kind, coalesce(s.name, ''), j.role,
            j.act, j.purpose, j.ground, j.subject_kind, j.subject_id, j.persons
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        left join staff s on s.id = j.actor_id
        where j.at >= $1 and j.at <= $2 and case when j.at = $2
                then j.lane < $4 or (j.lane = $4 and j.seq < $5) else 1 = 1 end
            and j.ground <> 'denied' and not (
            (j.ground in ('own_agency', 'duty') and (
                exists (select 1 from person_agency a
                    where a.person_id = p.person_id and a.agency_id = j.agency_id
                        and ", begins!("a.since"), " - 7200000000 <= j.at)
                or exists (select 1 from shared_case c
                    where c.person_id = p.person_id and c.agency_id = j.agency_id
                        and c.opened_at <= j.at)
                or exists (select 1 from shared_case c join case_agency a on a.case_id = c.id
                    where c.person_id = p.person_id and a.agency_id = j.agency_id
                        and a.since <= j.at)))
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
            or (j.actor_kind = 'person' and (j.actor_id = p.person_id
                or exists (select 1 from person m
                    where m.id = p.person_id and m.merged_into = j.actor_id)
                or exists (select 1 from representation r join person m on m.id = p.person_id
                    where (r.person_id = m.id or r.person_id = m.merged_into)
                        and r.representative_person_id = j.actor_id
                        and coalesce(r.confirmed_at, j.at + 1) <= j.at
                        -- The day itself is no day of the right any more (`policy.rs`), but one that
                        -- was ended by hand says the day on which it was used until then.
                        and ", begins!("r.valid_from"), " - 7200000000 <= j.at
                        -- The day on which it was ended by hand has hours on which it held.
                        and (r.valid_until is null
                            or ", begins!("r.valid_until"), " + 86400000000 > j.at))))
            -- What crossed by a rule of the pack was noted when it first did.
            or (j.ground = 'law' and exists (select 1 from disclosure d
                where d.person_id = p.person_id and d.ground = 'law' and d.at <= j.at
                    and (d.to_agency_id = j.agency_id or d.from_agency_id = j.agency_id)))
            -- A consent that was in force then: given before, and not yet taken back.
            or (j.ground = 'consent' and exists (
                select 1 from consent c join consent_party g on g.consent_id = c.id
                where (c.person_id = p.person_id or c.person_id in (
                        select m.id from person m where m.merged_into = p.person_id))
                    and g.agency_id = j.agency_id and c.given_at <= j.at
                    and (c.ended_at is null or c.ended_at > j.at)
                    and ", begins!("c.valid_until"), " + 86400000000 > j.at))
            -- A necessity that the giver answered for, and that had not ended.
            or (j.ground = 'necessity' and exists (select 1 from claim n
                where (n.person_id = p.person_id or n.person_id in (
                        select m.id from person m where m.merged_into = p.person_id))
                    and (n.to_agency_id = j.agency_id or n.from_agency_id = j.agency_id)
                    and n.made_at <= j.at
                    and ((n.state = 'held' and coalesce(n.answered_at, n.made_at) <= j.at)
                        or (n.state = 'ended' and n.answered_at > j.at))
                    and ", begins!("n.valid_until"), " + 86400000000 > j.at))
            -- The worker's own single access, not refused by then.
            or (j.ground = 'single_access' and exists (select 1 from single_access x
                where x.person_id = p.person_id and x.granted_at <= j.at
                    and ((x.staff_id = j.actor_id
                            and (x.verdict = 'confirmed' or x.confirmed_at > j.at
                                or (x.verdict is null and x.confirm_by >= j.at))
                            -- One that was ended by hand says the day before.
                            and ", begins!("x.valid_until"), " + 172800000000 > j.at)
                        or (x.staff_id = j.actor_id and j.act = 'access.take')
                        -- Colleagues who may answer for it see its reason.
                        or (j.act = 'access.confirm' and x.agency_id = j.agency_id))))
            -- Who reviews, keeps or erases stands on that duty, not on a relation.
            or (j.ground = 'duty' and j.purpose in ('audit', 'keeping')
                and j.role in ('privacy_owner', 'joint_manager'))
            or (j.ground = 'duty' and j.act = 'message.read_outbox'
                and j.role = 'administrator')
            -- What an access stood on is erased with the person.
            or exists (select 1 from erasure e
                where e.person_id = p.person_id and e.state = 'done')
            -- Each further ground is looked up here, in what it stands on; one that
            -- is not looked up is listed.
            or (j.ground in ('takes_part', 'joint_management', 'duty') and exists (
                select 1 from shared_case c where c.person_id = p.person_id
                    and c.opened_at <= j.at and (
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
        group by j.lane, j.seq, j.at, j.actor_kind, s.name, j.role, j.act, j.purpose, j.ground,
            j.subject_kind, j.subject_id, j.persons
        order by j.at desc, j.lane desc, j.seq desc limit $3");
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
pub(super) type Work = Vec<(&'static Asked, Vec<Value>)>;

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
    work.push((WITNESS.opens(&INSERT), args.to_vec()));
}

pub(super) fn insert_person(person: Option<Uuid>, lane: i64, seq: i64, work: &mut Work) {
    work.push((WITNESS.opens(&INSERT_PERSON), args![person, lane, seq].to_vec()));
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
    let rows = link.rows(WITNESS.opens(&PAGE), args![lane, after, limit]).await?;
    rows.into_iter()
        .map(|mut row| {
            let line = read_line(&mut row)?;
            Ok((line, row.get(15)?))
        })
        .collect()
}

/// Reads the first fifteen columns of a row of the journal.
fn read_line(row: &mut Row) -> Result<Line, DbError> {
    Ok(Line {
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
    })
}

/// Lanes with rows that the security log has not got.
pub(super) async fn unsent(link: &mut Link) -> Result<Vec<i64>, DbError> {
    let rows = link.rows(&UNSENT, &[]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// Takes a lane for sending, unless another server has it: how far it was sent.
pub(super) async fn lease_cursor(
    tx: &mut Tx,
    lane: i64,
    now: i64,
    until: i64,
) -> Result<Option<i64>, DbError> {
    tx.run(&NEW_CURSOR, args![lane]).await?;
    tx.row(&LEASE_CURSOR, args![lane, now, until]).await?.map(|mut row| row.get(0)).transpose()
}

/// Says how far a lane was sent, and lets it go.
pub(super) async fn move_cursor(tx: &mut Tx, lane: i64, seq: i64) -> Result<(), DbError> {
    tx.run(&MOVE_CURSOR, args![lane, seq]).await.map(|_| ())
}

/// How far each lane was sent.
pub(super) async fn sent_until(link: &mut Link) -> Result<Vec<(i64, i64)>, DbError> {
    let rows = link.rows(&SENT_UNTIL, &[]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Rows of a lane after `after`, with whether one of their persons is guarded.
pub(super) async fn page_to_send(
    link: &mut Link,
    lane: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(Line, bool)>, DbError> {
    let rows = link.rows(WITNESS.opens(&PAGE_TO_SEND), args![lane, after, limit]).await?;
    rows.into_iter()
        .map(|mut row| {
            let line = read_line(&mut row)?;
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
    let rows = link.rows(WITNESS.opens(&PERSONS_OF), args![lane, after, until]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn signed(row: Option<Row>) -> Result<Option<Signed>, DbError> {
    let Some(mut row) = row else { return Ok(None) };
    let (body, signature): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
    let text = format!("{body}signature {}\n", crate::app::hex(&signature));
    // What cannot be read was changed: it is none of ours.
    Ok(Signed::read_all(&text).ok().and_then(|all| all.into_iter().next()))
}

/// The latest checkpoint.
pub(super) async fn last_checkpoint(link: &mut Link) -> Result<Option<Signed>, DbError> {
    signed(link.row(&LAST_CHECKPOINT, &[]).await?)
}

/// One checkpoint by its number.
pub(super) async fn checkpoint(link: &mut Link, n: i64) -> Result<Option<Signed>, DbError> {
    signed(link.row(&CHECKPOINT, args![n]).await?)
}

/// Every checkpoint in order, and the numbers of those that cannot be read.
pub(super) async fn checkpoints(link: &mut Link) -> Result<(Vec<Signed>, Vec<i64>), DbError> {
    let (mut all, mut unreadable) = (Vec::new(), Vec::new());
    for mut row in link.rows(&CHECKPOINTS, &[]).await? {
        let n = row.get(2)?;
        match signed(Some(row))?.filter(|signed| signed.checkpoint.n == n) {
            Some(signed) => all.push(signed),
            None => unreadable.push(n),
        }
    }
    Ok((all, unreadable))
}

/// Keeps a checkpoint, unless one of its number or day is there.
pub(super) async fn keep_checkpoint(tx: &mut Tx, signed: &Signed) -> Result<bool, DbError> {
    let one = &signed.checkpoint;
    let args = args![one.n, one.day, one.made_at, signed.body(), signed.signature.to_vec()];
    Ok(tx.run(&KEEP_CHECKPOINT, args).await? == 1)
}

/// The stored hash of a row.
pub(super) async fn hash_of(
    link: &mut Link,
    lane: i64,
    seq: i64,
) -> Result<Option<Vec<u8>>, DbError> {
    link.row(WITNESS.opens(&HASH_OF), args![lane, seq]).await?.map(|mut row| row.get(0)).transpose()
}

/// Where a lane begins after old rows were removed.
pub(super) struct Anchor {
    pub(super) lane: i64,
    pub(super) seq: i64,
    pub(super) head: Vec<u8>,
    pub(super) seal: Vec<u8>,
}

/// Every anchor.
pub(super) async fn anchors(link: &mut Link) -> Result<Vec<Anchor>, DbError> {
    let rows = link.rows(&ANCHORS, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let (lane, seq) = (row.get(0)?, row.get(1)?);
            Ok(Anchor { lane, seq, head: row.get(2)?, seal: row.get(3)? })
        })
        .collect()
}

/// Lets a lane begin after this row.
pub(super) async fn set_anchor(
    tx: &mut Tx,
    (lane, seq): (i64, i64),
    head: &[u8],
    seal: &[u8],
    today: jiff::civil::Date,
) -> Result<(), DbError> {
    let args = args![lane, seq, head.to_vec(), seal.to_vec(), today];
    tx.run(&SET_ANCHOR, args).await.map(|_| ())
}

/// Removes the rows of a lane up to this one.
pub(super) async fn remove_until(tx: &mut Tx, lane: i64, seq: i64) -> Result<i64, DbError> {
    tx.run(WITNESS.opens(&REMOVE_PERSONS), args![lane, seq]).await?;
    Ok(i64::try_from(tx.run(WITNESS.opens(&REMOVE_ROWS), args![lane, seq]).await?)
        .unwrap_or(i64::MAX))
}

/// Rows in lanes that are not there.
pub(super) async fn stray(link: &mut Link) -> Result<i64, DbError> {
    link.row(WITNESS.opens(&STRAY), &[]).await?.map_or(Ok(0), |mut row| row.get(0))
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

/// The latest rows before a row, without those about somebody whom the reader is tied to or not
/// cleared for (REQ-INFO-15).
pub(super) async fn latest(
    link: &mut Link,
    reader: &Actor,
    before: Before,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let args = args![before.at, before.lane, before.seq, limit, reader.id, reader.lacks()];
    seen(link.rows(WITNESS.opens(&LATEST), args).await?)
}

/// How many of the staff, and how many agencies, have seen something about one person
/// (REQ-INFO-06): for the privacy owner.
pub(super) async fn spread(link: &mut Link, person: Uuid) -> Result<(i64, i64), DbError> {
    match link.row(WITNESS.opens(&SPREAD), args![person]).await? {
        Some(mut row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, 0)),
    }
}

/// The latest rows about one person.
pub(super) async fn about(
    link: &mut Link,
    person: Uuid,
    before: Before,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let args = args![person, before.at, before.lane, before.seq, limit];
    seen(link.rows(WITNESS.opens(&ABOUT), args).await?)
}

/// Accesses whose ground does not hold (REQ-INFO-19): there must be none.
pub(super) async fn without_ground(
    link: &mut Link,
    from: i64,
    before: Before,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let args = args![from, before.at, limit, before.lane, before.seq];
    seen(link.rows(WITNESS.opens(&WITHOUT_GROUND), args).await?)
}

/// What one actor did between two instants, the latest first, without rows about somebody whom
/// the reader is tied to or not cleared for.
pub(super) async fn by_actor(
    link: &mut Link,
    reader: &Actor,
    actor: Uuid,
    (from, until): (i64, i64),
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let args = args![actor, from, until, limit, reader.lacks(), reader.id];
    seen(link.rows(WITNESS.opens(&BY_ACTOR), args).await?)
}

/// What was done with one person between two instants, the latest first, as [`by_actor`].
pub(super) async fn about_person(
    link: &mut Link,
    reader: &Actor,
    person: Uuid,
    (from, until): (i64, i64),
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let args = args![person, from, until, limit, reader.lacks(), reader.id];
    seen(link.rows(WITNESS.opens(&ABOUT_BETWEEN), args).await?)
}
