//! Statements of the nightly keeping, of holds and of erasures.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Sql, Tx};
use crate::keys::{ERASURE_DECISION, ERASURE_REASON, HOLD_LIFTED, HOLD_REASON, Key, PERSON_BORN};
use crate::policy::{Permit, Warrant};
use crate::sign_in::Actor;

/// Whether a hold keeps a person's things on a day. Records that were joined are one person:
/// a hold on one of them keeps what hangs on the others.
macro_rules! held {
    ($person:literal) => {
        held!($person, "$4")
    };
    ($person:literal, $day:literal) => {
        concat!(
            "exists (select 1 from legal_hold h where h.person_id in (
                    select same.id from person same
                    where same.id = (select coalesce(own.merged_into, own.id)
                            from person own where own.id = ",
            $person,
            ")
                        or same.merged_into = (select coalesce(own.merged_into, own.id)
                            from person own where own.id = ",
            $person,
            "))
                and h.lifted_at is null and h.from_day <= ",
            $day,
            "
                and coalesce(h.until_day, ",
            $day,
            ") >= ",
            $day,
            ")"
        )
    };
}

crate::sql! {
    SESSIONS = "delete from session where secret_hash in (
        select secret_hash from session where expires_at < $1 limit $2)";
    ATTEMPTS = "delete from sign_in_attempt where state_hash in (
        select state_hash from sign_in_attempt where expires_at < $1 limit $2)";
    IDEMPOTENCY = "delete from idempotency where (actor_id, key) in (
        select actor_id, key from idempotency where created_at < $1 limit $2)";
    TOKENS = "delete from token where id in (
        select id from token where coalesce(revoked_at, expires_at) < $1 limit $2)";
    OUTBOX = concat!("delete from outbox where id in (
        select o.id from outbox o where coalesce(o.sent_at, o.created_at) < $1
            and not ", held!("o.person_id", "$3"), "
        limit $2)");
    OUTBOX_HELD = concat!("select count(*) from outbox o
        where coalesce(o.sent_at, o.created_at) < $1 and ", held!("o.person_id", "$2"));
    WATCH_CASES = "delete from watch_case where id in (
        select id from watch_case where outcome_at < $1 limit $2)";
    WATCH_DAYS = "delete from watch_day where day in (
        select day from watch_day where searched_at < $1 limit $2)";
    MEASURES_OVER = "delete from watch_measure where (actor_id, measure, day) in (
        select actor_id, measure, day from watch_measure where day <= $1 limit $2)";
    STAFF_LEFT = "update staff set left_on = $1 where not on_duty and left_on is null";
    STAFF_BACK = "update staff set left_on = null where on_duty and left_on is not null";
    // An address that no mail reaches, and by which nobody signs in.
    STAFF_OVER = "update staff set email = 'left:' || code, subject = null
        where left_on <= $1 and not on_duty
            and (email <> 'left:' || code or subject is not null)";
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

    DUE_VISITS = concat!("select v.id, v.person_id, ", held!("v.person_id"), "
        from visit v where v.id > $1 and v.closed_at < $2 and v.case_id is null
        order by v.id limit $3");
    DUE_APPOINTMENTS = concat!("select a.id, a.person_id, ", held!("a.person_id"), "
        from appointment a where a.id > $1 and a.ends_at < $2
            and not exists (select 1 from visit v where v.appointment_id = a.id)
        order by a.id limit $3");
    DUE_CASES = concat!("select c.id, c.person_id, ", held!("c.person_id"), ",
            c.closed_at, (select max(e.at) from case_event e where e.case_id = c.id), p.born_on,
            k.wrapped
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        where c.id > $1 and c.closed_at < $2
            and not exists (select 1 from kept_lock k where k.kind = 'case' and k.id = c.id)
        order by c.id limit $3");
    CASE_KINDS = "select distinct a.kind from case_agency c join agency a on a.id = c.agency_id
        where c.case_id = $1";
    LOCK = "insert into kept_lock (kind, id, locked_on) values ($1, $2, $3) on conflict do nothing";

    PROMISES_OF_VISIT = "delete from promise where visit_id = $1";
    MARKS_OF_VISIT = "delete from visit_mark where visit_id = $1";
    PROPOSALS_OF_VISIT = "delete from proposal where visit_id = $1";
    SITUATION_OF_VISIT = "delete from situation where visit_id = $1";
    PARTS_OF_VISIT = "delete from clarification_part where visit_id = $1";
    CLARIFICATION_OF_VISIT = "delete from clarification where visit_id = $1";
    ESCALATIONS_OF_VISIT = "delete from escalation where visit_id = $1";
    FREE_BOOKING_OF_VISIT = "update booking set visit_id = null where visit_id = $1";
    DUE_BOOKINGS = "select b.id, b.person_id, exists (select 1 from legal_hold h
                where h.person_id = b.person_id and h.lifted_at is null and h.from_day <= $4
                    and coalesce(h.until_day, $4) >= $4)
        from booking b where b.id > $1 and b.ends_at < $2 order by b.id limit $3";
    KEY_OF_BOOKING = "delete from subject_key where subject_id = $1";
    FREE_NEXT = "update booking set moved_to = null where moved_to = $1";
    BOOKING = "delete from booking where id = $1";
    BOOKINGS_OF_PERSON = "select id from booking where person_id = $1";
    WORK_FOCUS_OF = "delete from work_focus where person_id = $1";
    DUE_REACTIONS = "select r.id, r.id, 0 = 1 from reaction r
        where r.id > $1 and r.at < $2 and $4 <> '' order by r.id limit $3";
    KEY_OF_REACTION = "delete from subject_key where subject_id = $1";
    REACTION = "delete from reaction where id = $1";
    FREE_RULING_OF_VISIT = "update ruling set visit_id = null where visit_id = $1";
    FEEDBACK_OF_VISIT = "delete from feedback where sending_id in (
        select id from sending where visit_id = $1)";
    SENDING_OF_VISIT = "delete from sending where visit_id = $1";
    TALK_OF_VISIT = "delete from talk where visit_id = $1";
    KEY_OF = "delete from subject_key where subject_id = $1";
    ROUTES_OF_VISIT = "delete from route where visit_id = $1";
    AGENCIES_OF_VISIT = "delete from visit_agency where visit_id = $1";
    EVENTS_OF_VISIT = "delete from visit_event where visit_id = $1";
    VISIT = "delete from visit where id = $1";
    SLOTS_OF_APPOINTMENT = "delete from calendar_slot where appointment_id = $1";
    APPOINTMENT = "delete from appointment where id = $1";
    VISITS_OF_CASE = "select id from visit where case_id = $1";
    FREE_RULING_OF_CASE = "update ruling set case_id = null where case_id = $1";
    // What is about the person's cases alone goes with the last of them.
    POINTS_OF_CASE = "delete from talking_point where person_id = (
            select c.person_id from shared_case c where c.id = $1)
        and not exists (select 1 from shared_case o where o.id <> $1
            and o.person_id = talking_point.person_id)";
    KIN_OF_CASE = "delete from kin where person_id = (
            select c.person_id from shared_case c where c.id = $1)
        and not exists (select 1 from shared_case o where o.id <> $1
            and o.person_id = kin.person_id)";
    HANDOVERS_OF_CASE = "delete from handover where case_id = $1";
    EVENTS_OF_CASE = "delete from case_event where case_id = $1";
    AGENCIES_OF_CASE = "delete from case_agency where case_id = $1";
    CASE = "delete from shared_case where id = $1";

    DUE_FACTS = concat!("select f.id, f.person_id, ", held!("f.person_id"), "
        from fact f where f.id > $1 and f.kept_until < $2 order by f.id limit $3");
    FREE_FACT = "update fact set reused_from = null where reused_from = $1";
    FREE_REPLACED = "update fact set replaced_by = null where replaced_by = $1";
    FACT = "delete from fact where id = $1";
    DUE_NOTES = concat!("select n.id, n.person_id, ", held!("n.person_id"), "
        from note n where n.id > $1 and n.kept_until < $2 order by n.id limit $3");
    FREE_NOTE = "update note set corrects = null where corrects = $1";
    NOTE = "delete from note where id = $1";
    DUE_CLAIMS = concat!("select c.id, c.person_id, ", held!("c.person_id"), "
        from claim c where c.id > $1 and c.valid_until <= $2 order by c.id limit $3");
    CLAIM = "delete from claim where id = $1";
    DUE_SINGLE = concat!("select s.id, s.person_id, ", held!("s.person_id"), "
        from single_access s where s.id > $1 and s.valid_until <= $2 order by s.id limit $3");
    SINGLE = "delete from single_access where id = $1";
    DUE_DISCLOSURES = concat!("select d.id, d.person_id, ", held!("d.person_id"), "
        from disclosure d where d.id > $1 and d.at < $2 order by d.id limit $3");
    DISCLOSURE = "delete from disclosure where id = $1";
    DUE_HANDINGS = concat!("select d.id, d.person_id, ", held!("d.person_id"), "
        from handing d where d.id > $1 and d.at < $2 order by d.id limit $3");
    HANDING = "delete from handing where id = $1";
    // A list is held as long as one of those on it.
    DUE_LISTS = concat!("select l.id, l.id, exists (select 1 from candidate c
            where c.list_id = l.id and ", held!("c.person_id"), ")
        from candidate_list l where l.id > $1 and l.handed_at < $2 order by l.id limit $3");
    NAMES_OF_LIST = "delete from candidate where list_id = $1";
    LIST = "delete from candidate_list where id = $1";
    DUE_ENDED = concat!("select c.id, c.person_id, ", held!("c.person_id"), "
        from consent c where c.id > $1 and c.ended_at < $2 order by c.id limit $3");
    DUE_RUN_OUT = concat!("select c.id, c.person_id, ", held!("c.person_id"), "
        from consent c where c.id > $1 and c.ended_at is null and c.valid_until <= $2
        order by c.id limit $3");
    FREE_CONSENT = "update consent set replaces_id = null where replaces_id = $1";
    TOLD_OF_CONSENT = "delete from consent_notice where consent_id = $1";
    PARTIES_OF_CONSENT = "delete from consent_party where consent_id = $1";
    PROVIDERS_OF_CONSENT = "delete from consent_provider where consent_id = $1";
    CONSENT = "delete from consent where id = $1";
    DUE_CORRECTIONS = concat!("select c.id, c.person_id, ", held!("c.person_id"), "
        from correction c where c.id > $1 and c.state <> 'asked'
            and coalesce(c.answered_at, c.asked_at) < $2 order by c.id limit $3");
    CORRECTION = "delete from correction where id = $1";
    DUE_REPRESENTATIONS = concat!("select r.id, r.person_id, ", held!("r.person_id"), "
        from representation r where r.id > $1 and r.valid_until <= $2 order by r.id limit $3");
    REPRESENTATION = "delete from representation where id = $1";
    DUE_RUNS = concat!("select r.id, r.id, exists (select 1 from exchange_fact f
            where f.run_id = r.id and ", held!("f.person_id"), ")
        from exchange_run r where r.id > $1 and r.at < $2 order by r.id limit $3");
    FACTS_OF_RUN = "delete from exchange_fact where run_id = $1";
    ROWS_OF_RUN = "delete from exchange_row where run_id = $1";
    RUN = "delete from exchange_run where id = $1";

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
            h.lifted_at, h.lift_reason, h.version, k.wrapped
        from legal_hold h join staff s on s.id = h.set_by join person p on p.id = h.person_id
        left join subject_key k on k.subject_id = h.person_id
        where (p.guard & $1) = 0 and not exists (select 1 from staff_tie t
            where t.person_id = p.id and t.staff_id = $2 and t.ended_at is null)
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
            e.decision_reason, e.done_at, e.version, e.decided_by, e.confirmed_by, k.wrapped
        from erasure e join staff s on s.id = e.asked_by join person p on p.id = e.person_id
        left join subject_key k on k.subject_id = e.person_id
        where (p.guard & $1) = 0 and not exists (select 1 from staff_tie t
            where t.person_id = p.id and t.staff_id = $2 and t.ended_at is null)
        order by e.asked_at desc, e.id limit 500";
    ERASURE = "select e.id, e.person_id, e.state, s.name, e.asked_at, e.reason,
            e.decision_reason, e.done_at, e.version, e.decided_by, e.confirmed_by, k.wrapped
        from erasure e join staff s on s.id = e.asked_by
        left join subject_key k on k.subject_id = e.person_id where e.id = $1";
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

    HAS_HOLD = concat!("select 1 from person p where p.id = $1 and ", held!("p.id", "$2"));
    // Who was joined to somebody is erased with them and not alone: what keeps the one, keeps
    // the other.
    IS_JOINED = "select 1 from person where id = $1 and merged_into is not null";
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
    // Everything that is about one record, in the order in which it refers to other things.
    FEEDBACK_OF = "delete from feedback where person_id = $1";
    SENDINGS_OF = "delete from sending where person_id = $1";
    CANDIDATES_OF = "delete from candidate where person_id = $1";
    RECEIPTS_OF = "delete from consent_notice where person_id = $1";
    DISCLOSURES_OF = "delete from disclosure where person_id = $1";
    HANDINGS_OF = "delete from handing where person_id = $1";
    PROVIDERS_OF = "delete from consent_provider where consent_id in (
        select id from consent where person_id = $1)";
    PARTIES_OF = "delete from consent_party where consent_id in (
        select id from consent where person_id = $1)";
    FREE_CONSENTS_OF = "update consent set replaces_id = null where person_id = $1";
    CONSENTS_OF = "delete from consent where person_id = $1";
    CLAIMS_OF = "delete from claim where person_id = $1";
    WATCHED_OF = "delete from watch_case where person_id = $1";
    SINGLE_OF = "delete from single_access where person_id = $1";
    FREE_FACTS_OF = "update fact set reused_from = null, replaced_by = null where person_id = $1";
    FACTS_OF = "delete from fact where person_id = $1";
    FREE_NOTES_OF = "update note set corrects = null where person_id = $1";
    NOTES_OF = "delete from note where person_id = $1";
    CORRECTIONS_OF = "delete from correction where person_id = $1";
    REPRESENTATIONS_OF = "delete from representation
        where person_id = $1 or representative_person_id = $1";
    EXCHANGED_OF = "delete from exchange_fact where person_id = $1";
    POINTS_OF = "delete from talking_point where person_id = $1";
    KIN_OF = "delete from kin where person_id = $1 or other_id = $1";
    TIES_OF = "delete from staff_tie where person_id = $1";
    // The tie by number too: with the number goes what would find it.
    TIES_BY_NUMBER_OF = "delete from staff_tie_number where number in (
        select number from person_identifier where person_id = $1)";
    SESSIONS_OF = "delete from session
        where acts_for = $1 or (actor_kind = 'person' and actor_id = $1)";
    CALLS_OF = "delete from idempotency where actor_id = $1";
    NAMES_OF = "delete from person_name where person_id = $1";
    NUMBERS_OF = "delete from person_identifier where person_id = $1";
    AGENCIES_OF = "delete from person_agency where person_id = $1";
    MESSAGES_OF = "delete from outbox where person_id = $1 or subject_id = $1
        or subject_id in (select v.id from visit v where v.person_id = $1)";
    // The identifier stays: the journal refers to it. The protection stays too.
    BLANK = "update person set given_name = '', family_name = '', born_on = null, phone = '',
            email = '', address = '', postcode = '', basic_unit = null, source = '',
            contact_agency_id = null, residence = 'here', died_on = null, version = version + 1
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
    _: &Warrant,
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
    _: &Warrant,
    before: Timestamp,
    today: Date,
    limit: i64,
) -> Result<i64, DbError> {
    Ok(count(tx.run(&OUTBOX, args![before, limit, today]).await?))
}

/// Messages that a hold keeps.
pub(super) async fn messages_held(
    link: &mut Link,
    _: &Warrant,
    before: Timestamp,
    today: Date,
) -> Result<i64, DbError> {
    link.row(&OUTBOX_HELD, args![before, today]).await?.map_or(Ok(0), |mut row| row.get(0))
}

/// Deletes a batch of counts of days long ago.
pub(super) async fn measures_over(
    tx: &mut Tx,
    _: &Warrant,
    day: Date,
    limit: i64,
) -> Result<i64, DbError> {
    Ok(count(tx.run(&MEASURES_OVER, args![day, limit]).await?))
}

/// Takes the addresses of staff who have been off duty since `day` or before, and notes who
/// went off duty today and who came back.
pub(super) async fn staff_over(
    tx: &mut Tx,
    _: &Warrant,
    today: Date,
    day: Date,
) -> Result<i64, DbError> {
    tx.run(&STAFF_BACK, &[]).await?;
    tx.run(&STAFF_LEFT, args![today]).await?;
    Ok(count(tx.run(&STAFF_OVER, args![day]).await?))
}

/// Deletes a batch of holds that ended long ago.
pub(super) async fn holds_over(
    tx: &mut Tx,
    _: &Warrant,
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

/// What a due thing is compared with.
#[derive(Clone, Copy)]
pub(super) enum Until {
    /// An instant: what happened before it is due.
    Instant(Timestamp),
    /// A day: what ended by it is due.
    Day(Date),
}

/// Things that go one by one, each seen by its person in their own log.
pub(super) struct Things {
    /// The class of `keeping.toml`.
    pub(super) class: &'static str,
    /// Whether their time counts from a day and not from an instant.
    pub(super) by_day: bool,
    /// Whether each is about one person.
    personal: bool,
    due: &'static Sql,
    work: &'static [&'static Sql],
}

pub(super) static VISITS: Things =
    Things { class: "visit", by_day: false, personal: true, due: &DUE_VISITS, work: VISIT_WORK };
pub(super) static APPOINTMENTS: Things = Things {
    class: "appointment",
    by_day: false,
    personal: true,
    due: &DUE_APPOINTMENTS,
    work: APPOINTMENT_WORK,
};
static VISIT_WORK: &[&Sql] = &[
    &FREE_RULING_OF_VISIT,
    &PROMISES_OF_VISIT,
    &MARKS_OF_VISIT,
    &PROPOSALS_OF_VISIT,
    &SITUATION_OF_VISIT,
    &PARTS_OF_VISIT,
    &CLARIFICATION_OF_VISIT,
    &ESCALATIONS_OF_VISIT,
    &FREE_BOOKING_OF_VISIT,
    &FEEDBACK_OF_VISIT,
    &SENDING_OF_VISIT,
    &TALK_OF_VISIT,
    &ROUTES_OF_VISIT,
    &AGENCIES_OF_VISIT,
    &EVENTS_OF_VISIT,
    &KEY_OF,
    &VISIT,
];
static APPOINTMENT_WORK: &[&Sql] = &[&SLOTS_OF_APPOINTMENT, &APPOINTMENT];
static BOOKING_WORK: &[&Sql] = &[&FREE_NEXT, &KEY_OF_BOOKING, &BOOKING];
/// Booked times go before the visits and appointments that they refer to.
pub(super) static BOOKINGS: Things = Things {
    class: "booking",
    by_day: false,
    personal: true,
    due: &DUE_BOOKINGS,
    work: BOOKING_WORK,
};

/// The others, in the order in which they refer to each other.
pub(super) static THINGS: &[Things] = &[
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_FACTS,
        work: &[&FREE_FACT, &FREE_REPLACED, &FACT],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_NOTES,
        work: &[&FREE_NOTE, &NOTE],
    },
    Things {
        class: "reaction",
        by_day: false,
        personal: false,
        due: &DUE_REACTIONS,
        work: &[&KEY_OF_REACTION, &REACTION],
    },
    Things { class: "ground", by_day: true, personal: true, due: &DUE_CLAIMS, work: &[&CLAIM] },
    Things { class: "ground", by_day: true, personal: true, due: &DUE_SINGLE, work: &[&SINGLE] },
    Things {
        class: "disclosure",
        by_day: false,
        personal: true,
        due: &DUE_DISCLOSURES,
        work: &[&DISCLOSURE],
    },
    Things {
        class: "disclosure",
        by_day: false,
        personal: true,
        due: &DUE_HANDINGS,
        work: &[&HANDING],
    },
    Things {
        class: "list",
        by_day: false,
        personal: false,
        due: &DUE_LISTS,
        work: &[&NAMES_OF_LIST, &KEY_OF, &LIST],
    },
    Things { class: "consent", by_day: false, personal: true, due: &DUE_ENDED, work: CONSENT_WORK },
    Things {
        class: "consent",
        by_day: true,
        personal: true,
        due: &DUE_RUN_OUT,
        work: CONSENT_WORK,
    },
    Things {
        class: "correction",
        by_day: false,
        personal: true,
        due: &DUE_CORRECTIONS,
        work: &[&CORRECTION],
    },
    Things {
        class: "representation",
        by_day: true,
        personal: true,
        due: &DUE_REPRESENTATIONS,
        work: &[&REPRESENTATION],
    },
    Things {
        class: "exchange",
        by_day: false,
        personal: false,
        due: &DUE_RUNS,
        work: &[&FACTS_OF_RUN, &ROWS_OF_RUN, &KEY_OF, &RUN],
    },
];
static CONSENT_WORK: &[&Sql] =
    &[&FREE_CONSENT, &TOLD_OF_CONSENT, &PARTIES_OF_CONSENT, &PROVIDERS_OF_CONSENT, &CONSENT];

pub(super) async fn due_things(
    link: &mut Link,
    _: &Warrant,
    things: &Things,
    after: Uuid,
    until: Until,
    limit: i64,
    today: Date,
) -> Result<Vec<Due>, DbError> {
    let rows = match until {
        Until::Instant(before) => link.rows(things.due, args![after, before, limit, today]).await?,
        Until::Day(day) => link.rows(things.due, args![after, day, limit, today]).await?,
    };
    rows.into_iter()
        .map(|row| {
            let (mut due, _) = due(row)?;
            if !things.personal {
                due.person = None;
            }
            Ok(due)
        })
        .collect()
}

/// Deletes one of them, with what hangs on it.
pub(super) async fn delete_thing(
    tx: &mut Tx,
    _: &Warrant,
    things: &Things,
    id: Uuid,
) -> Result<(), DbError> {
    each(tx, things.work, id).await
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
    warrant: &Warrant,
    after: Uuid,
    before: Timestamp,
    limit: i64,
    today: Date,
) -> Result<Vec<DueCase>, DbError> {
    let mut cases = Vec::new();
    for row in link.rows(&DUE_CASES, args![after, before, limit, today]).await? {
        let (due, mut row) = due(row)?;
        // Sweden keeps some years of birth for research: the rule needs the day.
        let born = match due.person {
            Some(person) => {
                let key = Key::of(warrant, person, row.get(6)?)?;
                key.open_some(PERSON_BORN, row.get(5)?)?
            }
            None => None,
        };
        let mut kinds = Vec::new();
        for mut kind in link.rows(&CASE_KINDS, args![due.id]).await? {
            kinds.push(kind.get(0)?);
        }
        cases.push(DueCase {
            closed_at: row.get(3)?,
            last_note: row.get(4)?,
            born: born.and_then(|text| text.parse().ok()),
            kinds,
            due,
        });
    }
    Ok(cases)
}

pub(super) async fn lock(
    tx: &mut Tx,
    _: &Warrant,
    kind: &str,
    id: Uuid,
    day: Date,
) -> Result<(), DbError> {
    tx.run(&LOCK, args![kind, id, day]).await.map(|_| ())
}

async fn each(tx: &mut Tx, work: &[&'static Sql], id: Uuid) -> Result<(), DbError> {
    for sql in work {
        tx.run(sql, args![id]).await?;
    }
    Ok(())
}

async fn delete_visit(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    each(tx, VISIT_WORK, id).await
}

/// A case goes with the visits that led to it; decisions stay, without it.
pub(super) async fn delete_case(tx: &mut Tx, _: &Warrant, id: Uuid) -> Result<(), DbError> {
    for mut row in tx.rows(&VISITS_OF_CASE, args![id]).await? {
        delete_visit(tx, row.get(0)?).await?;
    }
    let work = [
        &FREE_RULING_OF_CASE,
        &POINTS_OF_CASE,
        &KIN_OF_CASE,
        &HANDOVERS_OF_CASE,
        &EVENTS_OF_CASE,
        &AGENCIES_OF_CASE,
        &CASE,
    ];
    each(tx, &work, id).await
}

/// What was first of what is still there.
#[derive(Clone, Copy)]
pub(super) enum First {
    Visit,
    Case,
    Message,
}

pub(super) async fn first(
    link: &mut Link,
    _: &Warrant,
    what: First,
) -> Result<Option<Timestamp>, DbError> {
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

/// A hold as it is stored.
pub(super) struct StoredHold {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) reason: String,
    pub(super) set_by: String,
    pub(super) set_at: i64,
    pub(super) from: String,
    pub(super) until: Option<String>,
    pub(super) lifted_at: Option<i64>,
    pub(super) lift_reason: Option<String>,
    pub(super) version: i64,
}

pub(super) async fn holds(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<StoredHold>, DbError> {
    let read = |mut row: Row| -> Result<StoredHold, DbError> {
        let person: Uuid = row.get(1)?;
        let key = Key::of(permit, person, row.get(10)?)?;
        Ok(StoredHold {
            id: row.get(0)?,
            person,
            reason: key.open(HOLD_REASON, row.get(2)?)?,
            set_by: row.get(3)?,
            set_at: row.get(4)?,
            from: row.get(5)?,
            until: row.get(6)?,
            lifted_at: row.get(7)?,
            lift_reason: key.open_some(HOLD_LIFTED, row.get(8)?)?,
            version: row.get(9)?,
        })
    };
    link.rows(&HOLDS, args![actor.lacks(), actor.id]).await?.into_iter().map(read).collect()
}

/// Whose data a hold keeps, and since when it is lifted.
pub(super) async fn hold(
    link: &mut Link,
    _: &Permit,
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
    permit: &Permit,
    hold: &NewHold,
    by: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    let id = crate::app::new_id();
    let key = Key::look_up(tx, permit, hold.person).await?;
    let reason = key.seal(HOLD_REASON, &hold.reason)?;
    let args = args![id, hold.person, reason, by, now, hold.from, hold.until];
    tx.run_one(&SET_HOLD, args).await
}

pub(super) async fn lift_hold(
    tx: &mut Tx,
    permit: &Permit,
    person: Uuid,
    (id, version): (Uuid, i64),
    reason: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    let key = Key::look_up(tx, permit, person).await?;
    let reason = key.seal(HOLD_LIFTED, reason)?;
    tx.run_one(&LIFT_HOLD, args![id, version, by, now, reason]).await
}

pub(super) async fn any_hold(link: &mut Link, _: &Warrant, today: Date) -> Result<i64, DbError> {
    link.row(&ANY_HOLD, args![today]).await?.map_or(Ok(0), |mut row| row.get(0))
}

pub(super) async fn is_person(link: &mut Link, _: &Permit, id: Uuid) -> Result<bool, DbError> {
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

fn stored(permit: &Permit, mut row: Row) -> Result<Stored, DbError> {
    let person: Uuid = row.get(1)?;
    // Of somebody who is erased nothing is read any more, not even why.
    let key = Key::of(permit, person, row.get(11)?)?;
    Ok(Stored {
        id: row.get(0)?,
        person,
        state: row.get(2)?,
        asked_by: row.get(3)?,
        asked_at: row.get(4)?,
        reason: key.open(ERASURE_REASON, row.get(5)?)?,
        decision: key.open_some(ERASURE_DECISION, row.get(6)?)?,
        done_at: row.get(7)?,
        version: row.get(8)?,
        decided_by: row.get(9)?,
        confirmed_by: row.get(10)?,
    })
}

/// Requests, without those about somebody whom the reader is tied to or not cleared for.
pub(super) async fn erasures(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<Stored>, DbError> {
    link.rows(&ERASURES, args![actor.lacks(), actor.id])
        .await?
        .into_iter()
        .map(|row| stored(permit, row))
        .collect()
}

pub(super) async fn erasure(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Option<Stored>, DbError> {
    link.row(&ERASURE, args![id]).await?.map(|row| stored(permit, row)).transpose()
}

pub(super) async fn ask(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    person: Uuid,
    by: Uuid,
    now: Timestamp,
    reason: &str,
) -> Result<(), DbError> {
    let key = Key::look_up(tx, permit, person).await?;
    let reason = key.seal(ERASURE_REASON, reason)?;
    tx.run_one(&ASK, args![id, person, by, now, reason]).await
}

pub(super) async fn decide(
    tx: &mut Tx,
    permit: &Permit,
    person: Uuid,
    (id, version): (Uuid, i64),
    (state, reason): (&str, &str),
    (by, now): (Uuid, Timestamp),
) -> Result<(), DbError> {
    let key = Key::look_up(tx, permit, person).await?;
    let reason = key.seal(ERASURE_DECISION, reason)?;
    tx.run_one(&DECIDE, args![id, version, state, by, now, reason]).await
}

pub(super) async fn carry_out(
    tx: &mut Tx,
    _: &Permit,
    (id, version): (Uuid, i64),
    second: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(&CARRY_OUT, args![id, version, second, now]).await
}

pub(super) async fn withdraw(
    tx: &mut Tx,
    _: &Permit,
    (id, version): (Uuid, i64),
) -> Result<(), DbError> {
    tx.run_one(&WITHDRAW, args![id, version]).await
}

/// Hold, open case, open visit, archive: what stands in the way.
pub(super) async fn in_the_way(
    link: &mut Link,
    _: &Permit,
    person: Uuid,
    today: Date,
) -> Result<[bool; 5], DbError> {
    Ok([
        link.row(&IS_JOINED, args![person]).await?.is_some(),
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
pub(super) async fn records(tx: &mut Tx, _: &Permit, person: Uuid) -> Result<Vec<Uuid>, DbError> {
    ids(tx, &RECORDS, person).await
}

/// What refers to a record, in the order in which it can go.
static OF_RECORD: &[&Sql] = &[
    &FEEDBACK_OF,
    &SENDINGS_OF,
    // Before the visits, under whose keys some of them are sealed.
    &MESSAGES_OF,
];
static OF_RECORD_TOO: &[&Sql] = &[
    &WORK_FOCUS_OF,
    &CANDIDATES_OF,
    &RECEIPTS_OF,
    &DISCLOSURES_OF,
    &HANDINGS_OF,
    &PARTIES_OF,
    &PROVIDERS_OF,
    &FREE_CONSENTS_OF,
    &CONSENTS_OF,
    &CLAIMS_OF,
    &SINGLE_OF,
    &WATCHED_OF,
    &FREE_FACTS_OF,
    &FACTS_OF,
    &FREE_NOTES_OF,
    &NOTES_OF,
    &CORRECTIONS_OF,
    &REPRESENTATIONS_OF,
    &EXCHANGED_OF,
    &POINTS_OF,
    &KIN_OF,
    &TIES_OF,
    &TIES_BY_NUMBER_OF,
    &SESSIONS_OF,
    &CALLS_OF,
    &NAMES_OF,
    &NUMBERS_OF,
    &AGENCIES_OF,
    &BLANK,
];

/// Takes out everything that is about one record, and leaves its identifier.
pub(super) async fn empty(tx: &mut Tx, _permit: &Permit, record: Uuid) -> Result<(), DbError> {
    each(tx, OF_RECORD, record).await?;
    for booking in ids(tx, &BOOKINGS_OF_PERSON, record).await? {
        each(tx, BOOKING_WORK, booking).await?;
    }
    for visit in ids(tx, &VISITS_OF_PERSON, record).await? {
        delete_visit(tx, visit).await?;
    }
    for appointment in ids(tx, &APPOINTMENTS_OF_PERSON, record).await? {
        each(tx, APPOINTMENT_WORK, appointment).await?;
    }
    each(tx, OF_RECORD_TOO, record).await
}
