//! Statements of the nightly keeping.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::held::held;
use super::visits::{BOOKING_WORK, VISIT_WORK};
use crate::db::{DbError, Link, Listed, Personal, Row, Tx};
use crate::keys::{Key, PERSON_BORN};
use crate::policy::{Proof, Warrant};
use crate::{args, listed};

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

    DUE_MEETINGS = concat!("select m.id, m.person_id, ", held!("m.person_id"), "
        from meeting m where m.id > $1 and m.ends_at < $2 and m.person_id is not null
        order by m.id limit $3");
    DUE_COUNCILS = "select m.id, m.id, 0 = 1 from meeting m
        where m.id > $1 and m.ends_at < $2 and m.person_id is null and $4 <> ''
        order by m.id limit $3";
    DUE_WISHES = concat!("select w.person_id, w.person_id, ", held!("w.person_id"), "
        from meeting_wish w where w.person_id > $1 and w.at < $2 order by w.person_id limit $3");
    DUE_FOLLOWED = concat!("select f.id, f.person_id, ", held!("f.person_id"), "
        from follow_up f where f.id > $1 and f.closed_on < $2 order by f.id limit $3");
    LEADS_OF_FOLLOWED = "delete from follow_lead where follow_up_id = $1";
    CONTACTS_OF_FOLLOWED = "delete from follow_contact where follow_up_id = $1";
    TREATED_OF_FOLLOWED = "delete from outpatient_visit where follow_up_id = $1";
    TASKS_OF_FOLLOWED = "delete from contact_task where follow_up_id = $1";
    FOLLOWED = "delete from follow_up where id = $1";
    UNTIE_LINES = "update meeting_line set topic_id = null, after_id = null
        where meeting_id = $1";
    LINES_OF_MEETING = "delete from meeting_line where meeting_id = $1";
    PARTIES_OF_MEETING = "delete from meeting_party where meeting_id = $1";
    TOPICS_OF_MEETING = "delete from meeting_topic where meeting_id = $1";
    BUSY_OF_MEETING = "delete from staff_busy where meeting_id = $1";
    MEETING = "delete from meeting where id = $1";
    WISH = "delete from meeting_wish where person_id = $1";
    DUE_BOOKINGS = concat!("select b.id, b.person_id, ", held!("b.person_id"), "
        from booking b where b.id > $1 and b.ends_at < $2 order by b.id limit $3");
    DUE_REACTIONS = "select r.id, r.id, 0 = 1 from reaction r
        where r.id > $1 and r.at < $2 and $4 <> '' order by r.id limit $3";
    REACTION = "delete from reaction where id = $1";
    KEY_OF = "delete from subject_key where subject_id = $1";
    SLOTS_OF_APPOINTMENT = "delete from calendar_slot where appointment_id = $1";
    TRIAL_MEETING = "delete from trial_meeting where appointment_id = $1";
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
    TASKS_OF_CASE = "delete from follow_task where case_id = $1";
    REFERRALS_OF_CASE = "delete from referral where case_id = $1";
    DECISIONS_OF_CASE = "delete from joint_decision where case_id = $1";
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
    DUE_DOCUMENTS = concat!("select d.id, d.person_id, ", held!("d.person_id"), "
        from document d where d.id > $1 and d.kept_until < $2 order by d.id limit $3");
    FREE_DOCUMENT = "update correction set document_id = null where document_id = $1";
    PARTS_OF_DOCUMENT = "delete from document_part where document_id = $1";
    DOCUMENT = "delete from document where id = $1";
    DUE_NEEDS = concat!("select n.id, n.person_id, ", held!("n.person_id"), "
        from need n where n.id > $1 and n.kept_until < $2 order by n.id limit $3");
    FREE_NEED = "update plan_item set need_id = null where need_id = $1";
    NEED = "delete from need where id = $1";
    DUE_PLANS = concat!("select p.id, p.person_id, ", held!("p.person_id"), "
        from plan p where p.id > $1 and p.kept_until < $2 order by p.id limit $3");
    EVENTS_OF_PLAN = "delete from plan_event where plan_id = $1";
    BREACHES_OF_PLAN = "delete from plan_breach where plan_id = $1";
    AFTER_OF_PLAN = "delete from plan_item_after where plan_id = $1";
    WISHES_OF_PLAN = "delete from plan_wish where plan_id = $1";
    TEXTS_OF_PLAN = "delete from plan_text where plan_id = $1";
    ITEMS_OF_PLAN = "delete from plan_item where plan_id = $1";
    PLAN = "delete from plan where id = $1";
    DUE_REQUESTS = concat!("select r.id, r.person_id, ", held!("r.person_id"), "
        from plan_request r where r.id > $1 and r.kept_until < $2 order by r.id limit $3");
    REQUEST = "delete from plan_request where id = $1";
    DUE_ANSWERS = concat!("select w.id, w.person_id, ", held!("w.person_id"), "
        from assessment_answer w where w.id > $1 and w.kept_until < $2 order by w.id limit $3");
    FREE_ANSWER = "update assessment_answer set reused_from = null where reused_from = $1";
    MAPPED_ANSWER = "delete from assessment_answer where id = $1";
    DUE_STATEMENTS = concat!("select w.id, w.person_id, ", held!("w.person_id"), "
        from assessment_part w where w.id > $1 and w.kept_until < $2 order by w.id limit $3");
    STATEMENT = "delete from assessment_part where id = $1";
    DUE_ASSESSMENTS = concat!("select m.id, m.person_id, ", held!("m.person_id"), "
        from assessment m where m.id > $1 and m.kept_until < $2 order by m.id limit $3");
    FREE_DOUBLES = "update assessment set doubles_id = null where doubles_id = $1";
    FREE_ANSWERS_OF = "update assessment_answer set reused_from = null where reused_from in (
        select w.id from assessment_answer w where w.assessment_id = $1)";
    ANSWERS_OF_ASSESSMENT = "delete from assessment_answer where assessment_id = $1";
    PARTS_OF_ASSESSMENT = "delete from assessment_part where assessment_id = $1";
    ASSESSMENT = "delete from assessment where id = $1";
    DUE_JUDGEMENTS = concat!("select j.id, j.person_id, ", held!("j.person_id"), "
        from judgement j where j.id > $1 and j.kept_until < $2 order by j.id limit $3");
    JUDGEMENT = "delete from judgement where id = $1";
    DUE_ATTEMPTS = concat!("select t.id, t.person_id, ", held!("t.person_id"), "
        from attempt t where t.id > $1 and t.kept_until < $2 order by t.id limit $3");
    ATTEMPT = "delete from attempt where id = $1";
    DUE_VIEWS = concat!("select v.id, v.person_id, ", held!("v.person_id"), "
        from agency_view v where v.id > $1 and v.kept_until < $2 order by v.id limit $3");
    AGENCY_VIEW = "delete from agency_view where id = $1";
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
}

/// What is deleted in one statement, class by class; each takes an instant and a
/// limit.
pub(super) static PLAIN: &[(&str, Listed)] = &[
    ("session", SESSIONS.listed()),
    ("sign_in_attempt", ATTEMPTS.listed()),
    ("idempotency", IDEMPOTENCY.listed()),
    ("token", TOKENS.listed()),
    ("watch", WATCH_CASES.listed()),
    ("watch", WATCH_DAYS.listed()),
    ("erasure", ERASURES_OVER.listed()),
    ("keeping", RUNS_OVER.listed()),
];

/// Deletes one batch; returns how many.
pub(super) async fn plain(
    tx: &mut Tx,
    warrant: &Warrant,
    sql: Listed,
    before: Timestamp,
    limit: i64,
) -> Result<i64, DbError> {
    if sql.name() == RUNS_OVER.listed().name() {
        tx.run(&COUNTS_OVER, args![before]).await?;
    }
    Ok(count(tx.run(warrant.opens_listed(sql), args![before, limit]).await?))
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Deletes a batch of messages of persons who are not held.
pub(super) async fn messages(
    tx: &mut Tx,
    warrant: &Warrant,
    before: Timestamp,
    today: Date,
    limit: i64,
) -> Result<i64, DbError> {
    Ok(count(tx.run(warrant.opens(&OUTBOX), args![before, limit, today]).await?))
}

/// Messages that a hold keeps.
pub(super) async fn messages_held(
    link: &mut Link,
    warrant: &Warrant,
    before: Timestamp,
    today: Date,
) -> Result<i64, DbError> {
    link.row(warrant.opens(&OUTBOX_HELD), args![before, today])
        .await?
        .map_or(Ok(0), |mut row| row.get(0))
}

/// Deletes a batch of counts of days long ago.
pub(super) async fn measures_over(
    tx: &mut Tx,
    warrant: &Warrant,
    day: Date,
    limit: i64,
) -> Result<i64, DbError> {
    Ok(count(tx.run(warrant.opens(&MEASURES_OVER), args![day, limit]).await?))
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
    warrant: &Warrant,
    before: Timestamp,
    day: Date,
    limit: i64,
) -> Result<i64, DbError> {
    Ok(count(tx.run(warrant.opens(&HOLDS_OVER), args![before, limit, day]).await?))
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
    due: &'static Personal,
    work: &'static [Listed],
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
pub(super) static FOLLOW_WORK: &[Listed] = listed![
    LEADS_OF_FOLLOWED,
    CONTACTS_OF_FOLLOWED,
    TREATED_OF_FOLLOWED,
    TASKS_OF_FOLLOWED,
    FOLLOWED,
];
pub(super) static MEETING_WORK: &[Listed] = listed![
    UNTIE_LINES,
    LINES_OF_MEETING,
    PARTIES_OF_MEETING,
    TOPICS_OF_MEETING,
    BUSY_OF_MEETING,
    MEETING,
];
pub(super) static APPOINTMENT_WORK: &[Listed] =
    listed![SLOTS_OF_APPOINTMENT, TRIAL_MEETING, APPOINTMENT];
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
    Things { class: "follow", by_day: true, personal: true, due: &DUE_FOLLOWED, work: FOLLOW_WORK },
    Things {
        class: "meeting",
        by_day: false,
        personal: true,
        due: &DUE_MEETINGS,
        work: MEETING_WORK,
    },
    Things {
        class: "meeting",
        by_day: false,
        personal: false,
        due: &DUE_COUNCILS,
        work: MEETING_WORK,
    },
    Things {
        class: "meeting",
        by_day: false,
        personal: true,
        due: &DUE_WISHES,
        work: listed![WISH],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_FACTS,
        work: listed![FREE_FACT, FREE_REPLACED, FACT],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_NOTES,
        work: listed![FREE_NOTE, NOTE],
    },
    Things {
        class: "reaction",
        by_day: false,
        personal: false,
        due: &DUE_REACTIONS,
        work: listed![KEY_OF, REACTION],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_DOCUMENTS,
        work: listed![FREE_DOCUMENT, PARTS_OF_DOCUMENT, DOCUMENT],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_PLANS,
        work: listed![
            EVENTS_OF_PLAN,
            BREACHES_OF_PLAN,
            AFTER_OF_PLAN,
            WISHES_OF_PLAN,
            TEXTS_OF_PLAN,
            ITEMS_OF_PLAN,
            PLAN,
        ],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_REQUESTS,
        work: listed![REQUEST],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_NEEDS,
        work: listed![FREE_NEED, NEED],
    },
    Things {
        class: "ground",
        by_day: true,
        personal: true,
        due: &DUE_CLAIMS,
        work: listed![CLAIM],
    },
    Things {
        class: "ground",
        by_day: true,
        personal: true,
        due: &DUE_SINGLE,
        work: listed![SINGLE],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_ANSWERS,
        work: listed![FREE_ANSWER, MAPPED_ANSWER],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_STATEMENTS,
        work: listed![STATEMENT],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_ASSESSMENTS,
        work: listed![
            FREE_DOUBLES,
            FREE_ANSWERS_OF,
            ANSWERS_OF_ASSESSMENT,
            PARTS_OF_ASSESSMENT,
            ASSESSMENT,
        ],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_JUDGEMENTS,
        work: listed![JUDGEMENT],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_ATTEMPTS,
        work: listed![ATTEMPT],
    },
    Things {
        class: "record",
        by_day: true,
        personal: true,
        due: &DUE_VIEWS,
        work: listed![AGENCY_VIEW],
    },
    Things {
        class: "disclosure",
        by_day: false,
        personal: true,
        due: &DUE_DISCLOSURES,
        work: listed![DISCLOSURE],
    },
    Things {
        class: "disclosure",
        by_day: false,
        personal: true,
        due: &DUE_HANDINGS,
        work: listed![HANDING],
    },
    Things {
        class: "list",
        by_day: false,
        personal: false,
        due: &DUE_LISTS,
        work: listed![NAMES_OF_LIST, KEY_OF, LIST],
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
        work: listed![CORRECTION],
    },
    Things {
        class: "representation",
        by_day: true,
        personal: true,
        due: &DUE_REPRESENTATIONS,
        work: listed![REPRESENTATION],
    },
    Things {
        class: "exchange",
        by_day: false,
        personal: false,
        due: &DUE_RUNS,
        work: listed![FACTS_OF_RUN, ROWS_OF_RUN, KEY_OF, RUN],
    },
];
static CONSENT_WORK: &[Listed] =
    listed![FREE_CONSENT, TOLD_OF_CONSENT, PARTIES_OF_CONSENT, PROVIDERS_OF_CONSENT, CONSENT,];

pub(super) async fn due_things(
    link: &mut Link,
    warrant: &Warrant,
    things: &Things,
    after: Uuid,
    until: Until,
    limit: i64,
    today: Date,
) -> Result<Vec<Due>, DbError> {
    let due_things = warrant.opens(things.due);
    let rows = match until {
        Until::Instant(before) => link.rows(due_things, args![after, before, limit, today]).await?,
        Until::Day(day) => link.rows(due_things, args![after, day, limit, today]).await?,
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
    warrant: &Warrant,
    things: &Things,
    id: Uuid,
) -> Result<(), DbError> {
    each(tx, warrant, things.work, id).await
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
    for row in link.rows(warrant.opens(&DUE_CASES), args![after, before, limit, today]).await? {
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
        for mut kind in link.rows(warrant.opens(&CASE_KINDS), args![due.id]).await? {
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
    warrant: &Warrant,
    kind: &str,
    id: Uuid,
    day: Date,
) -> Result<(), DbError> {
    tx.run(warrant.opens(&LOCK), args![kind, id, day]).await.map(|_| ())
}

pub(super) async fn each(
    tx: &mut Tx,
    proof: &dyn Proof,
    work: &[Listed],
    id: Uuid,
) -> Result<(), DbError> {
    for sql in work {
        tx.run(proof.opens_listed(*sql), args![id]).await?;
    }
    Ok(())
}

pub(super) async fn delete_visit(tx: &mut Tx, proof: &dyn Proof, id: Uuid) -> Result<(), DbError> {
    each(tx, proof, VISIT_WORK, id).await
}

/// A case goes with the visits that led to it; decisions stay, without it.
pub(super) async fn delete_case(tx: &mut Tx, warrant: &Warrant, id: Uuid) -> Result<(), DbError> {
    for mut row in tx.rows(warrant.opens(&VISITS_OF_CASE), args![id]).await? {
        delete_visit(tx, warrant, row.get(0)?).await?;
    }
    let work = [
        FREE_RULING_OF_CASE.listed(),
        POINTS_OF_CASE.listed(),
        KIN_OF_CASE.listed(),
        TASKS_OF_CASE.listed(),
        REFERRALS_OF_CASE.listed(),
        DECISIONS_OF_CASE.listed(),
        HANDOVERS_OF_CASE.listed(),
        EVENTS_OF_CASE.listed(),
        AGENCIES_OF_CASE.listed(),
        CASE.listed(),
    ];
    each(tx, warrant, &work, id).await
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
    warrant: &Warrant,
    what: First,
) -> Result<Option<Timestamp>, DbError> {
    let sql = match what {
        First::Visit => &FIRST_VISIT,
        First::Case => &FIRST_CASE,
        First::Message => &FIRST_MESSAGE,
    };
    link.row(warrant.opens(sql), &[]).await?.map_or(Ok(None), |mut row| row.get(0))
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
