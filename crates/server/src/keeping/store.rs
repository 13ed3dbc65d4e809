//! Statements of the nightly keeping, of holds and of erasures.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Sql, Tx};

crate::sql! {
    SESSIONS = "delete from session where secret_hash in (
        select secret_hash from session where expires_at < $1 limit $2)";
    ATTEMPTS = "delete from sign_in_attempt where state_hash in (
        select state_hash from sign_in_attempt where expires_at < $1 limit $2)";
    IDEMPOTENCY = "delete from idempotency where (actor_id, key) in (
        select actor_id, key from idempotency where created_at < $1 limit $2)";
    TOKENS = "delete from token where id in (
        select id from token where coalesce(revoked_at, expires_at) < $1 limit $2)";
    OUTBOX = "delete from outbox where id in (
        select o.id from outbox o where coalesce(o.sent_at, o.created_at) < $1
            and not exists (select 1 from legal_hold h where h.person_id = o.person_id
                and h.lifted_at is null and h.from_day <= $3
                and coalesce(h.until_day, $3) >= $3)
        limit $2)";
    OUTBOX_HELD = "select count(*) from outbox o
        where coalesce(o.sent_at, o.created_at) < $1
            and exists (select 1 from legal_hold h where h.person_id = o.person_id
                and h.lifted_at is null and h.from_day <= $2
                and coalesce(h.until_day, $2) >= $2)";
    WATCH_CASES = "delete from watch_case where id in (
        select id from watch_case where outcome_at < $1 limit $2)";
    WATCH_DAYS = "delete from watch_day where day in (
        select day from watch_day where searched_at < $1 limit $2)";
    MEASURES_OVER = "delete from watch_measure where (actor_id, measure, day) in (
        select actor_id, measure, day from watch_measure where day <= $1 limit $2)";
    HOLDS_OVER = "delete from legal_hold where id in (
        select id from legal_hold where lifted_at < $1
            or (lifted_at is null and until_day < $3) limit $2)";
    ERASURES_OVER = "delete from erasure where id in (
        select id from erasure where state in ('done', 'refused', 'withdrawn')
            and coalesce(done_at, decided_at, asked_at) < $1 limit $2)";
    COUNTS_OVER = "delete from keeping_count where day in (
        select day from keeping_run where started_at < $1)";
    RUNS_OVER = "delete from keeping_run where day in (
        select day from keeping_run where started_at < $1 limit $2)";

    DUE_VISITS = "select v.id, v.person_id, exists (select 1 from legal_hold h
                where h.person_id = v.person_id and h.lifted_at is null and h.from_day <= $4
                    and coalesce(h.until_day, $4) >= $4)
        from visit v where v.id > $1 and v.closed_at < $2 and v.case_id is null
        order by v.id limit $3";
    DUE_APPOINTMENTS = "select a.id, a.person_id, exists (select 1 from legal_hold h
                where h.person_id = a.person_id and h.lifted_at is null and h.from_day <= $4
                    and coalesce(h.until_day, $4) >= $4)
        from appointment a where a.id > $1 and a.ends_at < $2
            and not exists (select 1 from visit v where v.appointment_id = a.id)
        order by a.id limit $3";
    DUE_CASES = "select c.id, c.person_id, exists (select 1 from legal_hold h
                where h.person_id = c.person_id and h.lifted_at is null and h.from_day <= $4
                    and coalesce(h.until_day, $4) >= $4),
            c.closed_at, (select max(e.at) from case_event e where e.case_id = c.id), p.born_on
        from shared_case c join person p on p.id = c.person_id
        where c.id > $1 and c.closed_at < $2
            and not exists (select 1 from kept_lock k where k.kind = 'case' and k.id = c.id)
        order by c.id limit $3";
    CASE_KINDS = "select distinct a.kind from case_agency c join agency a on a.id = c.agency_id
        where c.case_id = $1";
    LOCK = "insert into kept_lock (kind, id, locked_on) values ($1, $2, $3) on conflict do nothing";

    FREE_RULING_OF_VISIT = "update ruling set visit_id = null where visit_id = $1";
    ROUTES_OF_VISIT = "delete from route where visit_id = $1";
    AGENCIES_OF_VISIT = "delete from visit_agency where visit_id = $1";
    EVENTS_OF_VISIT = "delete from visit_event where visit_id = $1";
    VISIT = "delete from visit where id = $1";
    SLOTS_OF_APPOINTMENT = "delete from calendar_slot where appointment_id = $1";
    APPOINTMENT = "delete from appointment where id = $1";
    VISITS_OF_CASE = "select id from visit where case_id = $1";
    FREE_RULING_OF_CASE = "update ruling set case_id = null where case_id = $1";
    HANDOVERS_OF_CASE = "delete from handover where case_id = $1";
    EVENTS_OF_CASE = "delete from case_event where case_id = $1";
    AGENCIES_OF_CASE = "delete from case_agency where case_id = $1";
    CASE = "delete from shared_case where id = $1";

    FIRST_VISIT = "select min(closed_at) from visit where case_id is null";
    FIRST_CASE = "select min(closed_at) from shared_case c where not exists (
        select 1 from kept_lock k where k.kind = 'case' and k.id = c.id)";
    FIRST_MESSAGE = "select min(coalesce(sent_at, created_at)) from outbox";

    CLAIM_RUN = "insert into keeping_run (day, started_at, leased_until)
        values ($1, $2, $3) on conflict (day) do update set leased_until = $3
        where keeping_run.ended_at is null and keeping_run.leased_until < $2";
    END_RUN = "update keeping_run set ended_at = $2 where day = $1";
    KEEP_COUNT = "insert into keeping_count
            (day, class, deleted, locked, held, stuck, next_due)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (day, class) do update set deleted = keeping_count.deleted + $3,
            locked = keeping_count.locked + $4, held = $5, stuck = $6, next_due = $7";
    RUNS = "select r.day, r.started_at, r.ended_at, c.class, c.deleted, c.locked, c.held, c.stuck,
            c.next_due
        from keeping_run r left join keeping_count c on c.day = r.day
        where r.day >= $1 order by r.day desc, c.class limit 1000";

    HOLDS = "select h.id, h.person_id, h.reason, s.name, h.set_at, h.from_day, h.until_day,
            h.lifted_at, h.lift_reason, h.version
        from legal_hold h join staff s on s.id = h.set_by
        order by h.set_at desc limit 500";
    HOLD = "select h.person_id, h.lifted_at from legal_hold h where h.id = $1";
    SET_HOLD = "insert into legal_hold
            (id, person_id, reason, set_by, set_at, from_day, until_day, version)
        values ($1, $2, $3, $4, $5, $6, $7, 1)";
    LIFT_HOLD = "update legal_hold set lifted_by = $3, lifted_at = $4, lift_reason = $5,
            version = version + 1
        where id = $1 and version = $2 and lifted_at is null";
    ANY_HOLD = "select count(*) from legal_hold where lifted_at is null and from_day <= $1
        and coalesce(until_day, $1) >= $1";
    IS_PERSON = "select 1 from person where id = $1";

    ERASURES = "select e.id, e.person_id, e.state, s.name, e.asked_at, e.reason,
            e.decision_reason, e.done_at, e.version, e.decided_by, e.confirmed_by
        from erasure e join staff s on s.id = e.asked_by
        order by e.asked_at desc, e.id limit 500";
    ERASURE = "select e.id, e.person_id, e.state, s.name, e.asked_at, e.reason,
            e.decision_reason, e.done_at, e.version, e.decided_by, e.confirmed_by
        from erasure e join staff s on s.id = e.asked_by where e.id = $1";
    ASK = "insert into erasure (id, person_id, state, asked_by, asked_at, reason, version)
        values ($1, $2, 'asked', $3, $4, $5, 1)";
    DECIDE = "update erasure set state = $3, decided_by = $4, decided_at = $5,
            decision_reason = $6, version = version + 1
        where id = $1 and version = $2 and state = 'asked'";
    CARRY_OUT = "update erasure set state = 'done', confirmed_by = $3, confirmed_at = $4,
            done_at = $4, version = version + 1
        where id = $1 and version = $2 and state = 'approved'";
    WITHDRAW = "update erasure set state = 'withdrawn', version = version + 1
        where id = $1 and version = $2 and state in ('asked', 'approved')";

    HAS_HOLD = "select 1 from legal_hold h join person p on p.id = h.person_id
        where (p.id = $1 or p.merged_into = $1) and h.lifted_at is null and h.from_day <= $2
            and coalesce(h.until_day, $2) >= $2 limit 1";
    HAS_OPEN_CASE = "select 1 from shared_case c join person p on p.id = c.person_id
        where (p.id = $1 or p.merged_into = $1) and c.closed_at is null limit 1";
    HAS_OPEN_VISIT = "select 1 from visit v join person p on p.id = v.person_id
        where (p.id = $1 or p.merged_into = $1) and v.state <> 'closed' limit 1";
    HAS_ARCHIVE = "select 1 from person p where (p.id = $1 or p.merged_into = $1) and (
            exists (select 1 from shared_case c where c.person_id = p.id
                and c.closed_at is not null)
            or exists (select 1 from ruling r where r.person_id = p.id)) limit 1";
    RECORDS = "select id from person where id = $1 or merged_into = $1";
    VISITS_OF_PERSON = "select id from visit where person_id = $1";
    APPOINTMENTS_OF_PERSON = "select id from appointment where person_id = $1";
    NAMES_OF = "delete from person_name where person_id = $1";
    NUMBERS_OF = "delete from person_identifier where person_id = $1";
    AGENCIES_OF = "delete from person_agency where person_id = $1";
    MESSAGES_OF = "delete from outbox where person_id = $1";
    // The identifier stays: the journal refers to it. The protection stays too.
    BLANK = "update person set given_name = '', family_name = '', born_on = null, phone = '',
            email = '', address = '', postcode = '', basic_unit = null, source = '',
            contact_agency_id = null, version = version + 1
        where id = $1";
}

/// What is deleted in one statement, class by class; each takes an instant and a
/// limit.
pub(super) static PLAIN: &[(&str, &Sql)] = &[
    ("session", &SESSIONS),
    ("sign_in_attempt", &ATTEMPTS),
    ("idempotency", &IDEMPOTENCY),
    ("token", &TOKENS),
    ("watch", &WATCH_CASES),
    ("watch", &WATCH_DAYS),
    ("erasure", &ERASURES_OVER),
    ("keeping", &RUNS_OVER),
];

/// Deletes one batch; returns how many.
pub(super) async fn plain(
    tx: &mut Tx,
    sql: &'static Sql,
    before: Timestamp,
    limit: i64,
) -> Result<i64, DbError> {
    if std::ptr::eq(sql, &RUNS_OVER) {
        tx.run(&COUNTS_OVER, args![before]).await?;
    }
    Ok(count(tx.run(sql, args![before, limit]).await?))
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Deletes a batch of messages of persons who are not held.
pub(super) async fn messages(
    tx: &mut Tx,
    before: Timestamp,
    today: Date,
    limit: i64,
) -> Result<i64, DbError> {
    Ok(count(tx.run(&OUTBOX, args![before, limit, today]).await?))
}

/// Messages that a hold keeps.
pub(super) async fn messages_held(
    link: &mut Link,
    before: Timestamp,
    today: Date,
) -> Result<i64, DbError> {
    link.row(&OUTBOX_HELD, args![before, today]).await?.map_or(Ok(0), |mut row| row.get(0))
}

/// Deletes a batch of counts of days long ago.
pub(super) async fn measures_over(tx: &mut Tx, day: Date, limit: i64) -> Result<i64, DbError> {
    Ok(count(tx.run(&MEASURES_OVER, args![day, limit]).await?))
}

/// Deletes a batch of holds that ended long ago.
pub(super) async fn holds_over(
    tx: &mut Tx,
    before: Timestamp,
    day: Date,
    limit: i64,
) -> Result<i64, DbError> {
    Ok(count(tx.run(&HOLDS_OVER, args![before, limit, day]).await?))
}

/// Something of one person that is due.
pub(super) struct Due {
    pub(super) id: Uuid,
    pub(super) person: Option<Uuid>,
    pub(super) held: bool,
}

fn due(mut row: Row) -> Result<(Due, Row), DbError> {
    let due = Due { id: row.get(0)?, person: row.get(1)?, held: row.get(2)? };
    Ok((due, row))
}

/// Which list of due things.
#[derive(Clone, Copy)]
pub(super) enum List {
    Visits,
    Appointments,
}

pub(super) async fn due_things(
    link: &mut Link,
    list: List,
    after: Uuid,
    before: Timestamp,
    limit: i64,
    today: Date,
) -> Result<Vec<Due>, DbError> {
    let sql = match list {
        List::Visits => &DUE_VISITS,
        List::Appointments => &DUE_APPOINTMENTS,
    };
    let rows = link.rows(sql, args![after, before, limit, today]).await?;
    rows.into_iter().map(|row| due(row).map(|(due, _)| due)).collect()
}

/// A closed case, with what its time may count from.
pub(super) struct DueCase {
    pub(super) due: Due,
    pub(super) closed_at: Timestamp,
    pub(super) last_note: Option<Timestamp>,
    pub(super) born: Option<Date>,
    pub(super) kinds: Vec<String>,
}

pub(super) async fn due_cases(
    link: &mut Link,
    after: Uuid,
    before: Timestamp,
    limit: i64,
    today: Date,
) -> Result<Vec<DueCase>, DbError> {
    let mut cases = Vec::new();
    for row in link.rows(&DUE_CASES, args![after, before, limit, today]).await? {
        let (due, mut row) = due(row)?;
        let born: Option<String> = row.get(5)?;
        let mut kinds = Vec::new();
        for mut kind in link.rows(&CASE_KINDS, args![due.id]).await? {
            kinds.push(kind.get(0)?);
        }
        cases.push(DueCase {
            closed_at: row.get(3)?,
            last_note: row.get(4)?,
            // Sealed or missing, it is not known.
            born: born.and_then(|text| text.parse().ok()),
            kinds,
            due,
        });
    }
    Ok(cases)
}

pub(super) async fn lock(tx: &mut Tx, kind: &str, id: Uuid, day: Date) -> Result<(), DbError> {
    tx.run(&LOCK, args![kind, id, day]).await.map(|_| ())
}

async fn each(tx: &mut Tx, work: &[&'static Sql], id: Uuid) -> Result<(), DbError> {
    for sql in work {
        tx.run(sql, args![id]).await?;
    }
    Ok(())
}

pub(super) async fn delete_visit(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    let work =
        [&FREE_RULING_OF_VISIT, &ROUTES_OF_VISIT, &AGENCIES_OF_VISIT, &EVENTS_OF_VISIT, &VISIT];
    each(tx, &work, id).await
}

pub(super) async fn delete_appointment(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    each(tx, &[&SLOTS_OF_APPOINTMENT, &APPOINTMENT], id).await
}

/// A case goes with the visits that led to it; decisions stay, without it.
pub(super) async fn delete_case(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    for mut row in tx.rows(&VISITS_OF_CASE, args![id]).await? {
        delete_visit(tx, row.get(0)?).await?;
    }
    let work =
        [&FREE_RULING_OF_CASE, &HANDOVERS_OF_CASE, &EVENTS_OF_CASE, &AGENCIES_OF_CASE, &CASE];
    each(tx, &work, id).await
}

/// What was first of what is still there.
#[derive(Clone, Copy)]
pub(super) enum First {
    Visit,
    Case,
    Message,
}

pub(super) async fn first(link: &mut Link, what: First) -> Result<Option<Timestamp>, DbError> {
    let sql = match what {
        First::Visit => &FIRST_VISIT,
        First::Case => &FIRST_CASE,
        First::Message => &FIRST_MESSAGE,
    };
    link.row(sql, &[]).await?.map_or(Ok(None), |mut row| row.get(0))
}

/// Takes the night's run, unless it is done or another server is at it.
pub(super) async fn claim_run(
    tx: &mut Tx,
    day: Date,
    now: Timestamp,
    until: i64,
) -> Result<bool, DbError> {
    Ok(tx.run(&CLAIM_RUN, args![day, now, until]).await? == 1)
}

pub(super) async fn end_run(tx: &mut Tx, day: Date, now: Timestamp) -> Result<(), DbError> {
    tx.run(&END_RUN, args![day, now]).await.map(|_| ())
}

/// What a night did to one class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The class, as in `keeping.toml`.
    pub class: String,
    /// How many were deleted.
    pub deleted: i64,
    /// How many were locked.
    pub locked: i64,
    /// How many a hold keeps.
    pub held: i64,
    /// How many something else still refers to.
    pub stuck: i64,
    /// When the next one is due.
    pub next_due: Option<Date>,
}

pub(super) async fn keep_count(tx: &mut Tx, day: Date, count: &Count) -> Result<(), DbError> {
    let args = args![
        day,
        &count.class,
        count.deleted,
        count.locked,
        count.held,
        count.stuck,
        count.next_due,
    ];
    tx.run(&KEEP_COUNT, args).await.map(|_| ())
}

pub(super) async fn runs(link: &mut Link, since: Date) -> Result<Vec<Row>, DbError> {
    link.rows(&RUNS, args![since]).await
}

pub(super) async fn holds(link: &mut Link) -> Result<Vec<Row>, DbError> {
    link.rows(&HOLDS, &[]).await
}

/// Whose data a hold keeps, and since when it is lifted.
pub(super) async fn hold(
    link: &mut Link,
    id: Uuid,
) -> Result<Option<(Uuid, Option<Timestamp>)>, DbError> {
    let row = link.row(&HOLD, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// A hold to be set.
pub(super) struct NewHold {
    pub(super) person: Uuid,
    pub(super) reason: String,
    pub(super) from: Date,
    pub(super) until: Option<Date>,
}

pub(super) async fn set_hold(
    tx: &mut Tx,
    hold: &NewHold,
    by: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    let id = crate::app::new_id();
    let args = args![id, hold.person, &hold.reason, by, now, hold.from, hold.until];
    tx.run_one(&SET_HOLD, args).await
}

pub(super) async fn lift_hold(
    tx: &mut Tx,
    (id, version): (Uuid, i64),
    reason: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(&LIFT_HOLD, args![id, version, by, now, reason]).await
}

pub(super) async fn any_hold(link: &mut Link, today: Date) -> Result<i64, DbError> {
    link.row(&ANY_HOLD, args![today]).await?.map_or(Ok(0), |mut row| row.get(0))
}

pub(super) async fn is_person(link: &mut Link, id: Uuid) -> Result<bool, DbError> {
    Ok(link.row(&IS_PERSON, args![id]).await?.is_some())
}

/// A request for erasure as it is stored.
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) state: String,
    pub(super) asked_by: String,
    pub(super) asked_at: i64,
    pub(super) reason: String,
    pub(super) decision: Option<String>,
    pub(super) done_at: Option<i64>,
    pub(super) version: i64,
    pub(super) decided_by: Option<Uuid>,
    pub(super) confirmed_by: Option<Uuid>,
}

fn stored(mut row: Row) -> Result<Stored, DbError> {
    Ok(Stored {
        id: row.get(0)?,
        person: row.get(1)?,
        state: row.get(2)?,
        asked_by: row.get(3)?,
        asked_at: row.get(4)?,
        reason: row.get(5)?,
        decision: row.get(6)?,
        done_at: row.get(7)?,
        version: row.get(8)?,
        decided_by: row.get(9)?,
        confirmed_by: row.get(10)?,
    })
}

pub(super) async fn erasures(link: &mut Link) -> Result<Vec<Stored>, DbError> {
    link.rows(&ERASURES, &[]).await?.into_iter().map(stored).collect()
}

pub(super) async fn erasure(link: &mut Link, id: Uuid) -> Result<Option<Stored>, DbError> {
    link.row(&ERASURE, args![id]).await?.map(stored).transpose()
}

pub(super) async fn ask(
    tx: &mut Tx,
    id: Uuid,
    person: Uuid,
    by: Uuid,
    now: Timestamp,
    reason: &str,
) -> Result<(), DbError> {
    tx.run_one(&ASK, args![id, person, by, now, reason]).await
}

pub(super) async fn decide(
    tx: &mut Tx,
    (id, version): (Uuid, i64),
    state: &str,
    by: Uuid,
    now: Timestamp,
    reason: &str,
) -> Result<(), DbError> {
    tx.run_one(&DECIDE, args![id, version, state, by, now, reason]).await
}

pub(super) async fn carry_out(
    tx: &mut Tx,
    (id, version): (Uuid, i64),
    second: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(&CARRY_OUT, args![id, version, second, now]).await
}

pub(super) async fn withdraw(tx: &mut Tx, (id, version): (Uuid, i64)) -> Result<(), DbError> {
    tx.run_one(&WITHDRAW, args![id, version]).await
}

/// Hold, open case, open visit, archive: what stands in the way.
pub(super) async fn in_the_way(
    link: &mut Link,
    person: Uuid,
    today: Date,
) -> Result<[bool; 4], DbError> {
    Ok([
        link.row(&HAS_HOLD, args![person, today]).await?.is_some(),
        link.row(&HAS_OPEN_CASE, args![person]).await?.is_some(),
        link.row(&HAS_OPEN_VISIT, args![person]).await?.is_some(),
        link.row(&HAS_ARCHIVE, args![person]).await?.is_some(),
    ])
}

async fn ids(tx: &mut Tx, sql: &'static Sql, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    tx.rows(sql, args![id]).await?.into_iter().map(|mut row| row.get(0)).collect()
}

/// The records of a person: theirs, and those that were joined to it.
pub(super) async fn records(tx: &mut Tx, person: Uuid) -> Result<Vec<Uuid>, DbError> {
    ids(tx, &RECORDS, person).await
}

/// Takes everything out of one record that is stored in plain text.
pub(super) async fn empty(tx: &mut Tx, record: Uuid) -> Result<(), DbError> {
    for visit in ids(tx, &VISITS_OF_PERSON, record).await? {
        delete_visit(tx, visit).await?;
    }
    for appointment in ids(tx, &APPOINTMENTS_OF_PERSON, record).await? {
        delete_appointment(tx, appointment).await?;
    }
    let work = [&NAMES_OF, &NUMBERS_OF, &AGENCIES_OF, &MESSAGES_OF, &BLANK];
    each(tx, &work, record).await
}
