//! Erasing in the database: what stands in the way, and taking out everything about a record.

use jiff::civil::Date;
use uuid::Uuid;

use super::held::held;
use super::store::{APPOINTMENT_WORK, FOLLOW_WORK, MEETING_WORK, delete_visit, each};
use super::visits::BOOKING_WORK;
use crate::db::{Asked, DbError, Link, Listed, Tx};
use crate::policy::Permit;
use crate::{args, listed};

crate::sql! {
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
    BOOKINGS_OF_PERSON = "select id from booking where person_id = $1";
    MEETINGS_OF_PERSON = "select id from meeting where person_id = $1";
    FOLLOWED_OF = "select id from follow_up where person_id = $1";
    MEETING_WISHES_OF = "delete from meeting_wish where person_id = $1";
    // Everything that is about one record, in the order in which it refers to other things.
    FEEDBACK_OF = "delete from feedback where person_id = $1";
    SENDINGS_OF = "delete from sending where person_id = $1";
    WORK_FOCUS_OF = "delete from work_focus where person_id = $1";
    FREE_ANSWERS_OF = "update assessment_answer set reused_from = null where person_id = $1";
    MAPPED_ANSWERS_OF = "delete from assessment_answer where person_id = $1";
    STATEMENTS_OF = "delete from assessment_part where person_id = $1";
    FREE_ASSESSMENTS_OF = "update assessment set doubles_id = null where person_id = $1";
    ASSESSMENTS_OF = "delete from assessment where person_id = $1";
    JUDGEMENTS_OF = "delete from judgement where person_id = $1";
    ATTEMPTS_OF = "delete from attempt where person_id = $1";
    VIEWS_OF = "delete from agency_view where person_id = $1";
    MEASURE_PARTS_OF = "delete from measure_part where person_id = $1";
    TRIAL_PARTS_OF = "delete from trial_part where person_id = $1";
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
    FREE_DOCUMENTS_OF = "update correction set document_id = null where document_id in (
        select id from document where person_id = $1)";
    PARTS_OF_DOCUMENTS_OF = "delete from document_part where document_id in (
        select id from document where person_id = $1)";
    DOCUMENTS_OF = "delete from document where person_id = $1";
    // What somebody said for another stays in the other's plan.
    FREE_EVENTS_OF = "update plan_event set by_person_id = null
        where by_person_id = $1 and person_id <> $1";
    PLAN_EVENTS_OF = "delete from plan_event where person_id = $1";
    BREACHES_OF = "delete from plan_breach where person_id = $1";
    AFTER_OF = "delete from plan_item_after where person_id = $1";
    WISHES_OF = "delete from plan_wish where person_id = $1";
    PLAN_TEXTS_OF = "delete from plan_text where person_id = $1";
    ITEMS_OF = "delete from plan_item where person_id = $1";
    PLANS_OF = "delete from plan where person_id = $1";
    REQUESTS_OF = "delete from plan_request where person_id = $1";
    NEEDS_OF = "delete from need where person_id = $1";
    CORRECTIONS_OF = "delete from correction where person_id = $1";
    REPRESENTATIONS_OF = "delete from representation
        where person_id = $1 or representative_person_id = $1";
    EXCHANGED_OF = "delete from exchange_fact where person_id = $1";
    POINTS_OF = "delete from talking_point where person_id = $1";
    TASKS_OF = "delete from unit_task where person_id = $1";
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

/// Hold, open case, open visit, archive: what stands in the way.
pub(super) async fn in_the_way(
    link: &mut Link,
    permit: &Permit,
    person: Uuid,
    today: Date,
) -> Result<[bool; 5], DbError> {
    Ok([
        link.row(permit.opens(&IS_JOINED), args![person]).await?.is_some(),
        link.row(permit.opens(&HAS_HOLD), args![person, today]).await?.is_some(),
        link.row(permit.opens(&HAS_OPEN_CASE), args![person]).await?.is_some(),
        link.row(permit.opens(&HAS_OPEN_VISIT), args![person]).await?.is_some(),
        link.row(permit.opens(&HAS_ARCHIVE), args![person]).await?.is_some(),
    ])
}

async fn ids(tx: &mut Tx, sql: &Asked, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    tx.rows(sql, args![id]).await?.into_iter().map(|mut row| row.get(0)).collect()
}

/// The records of a person: theirs, and those that were joined to it.
pub(super) async fn records(
    tx: &mut Tx,
    permit: &Permit,
    person: Uuid,
) -> Result<Vec<Uuid>, DbError> {
    ids(tx, permit.opens(&RECORDS), person).await
}

/// What refers to a record, in the order in which it can go.
static OF_RECORD: &[Listed] = listed![
    FEEDBACK_OF,
    SENDINGS_OF,
    // Before the visits, under whose keys some of them are sealed.
    MESSAGES_OF,
];
static OF_RECORD_TOO: &[Listed] = listed![
    WORK_FOCUS_OF,
    MEETING_WISHES_OF,
    FREE_ANSWERS_OF,
    MAPPED_ANSWERS_OF,
    STATEMENTS_OF,
    FREE_ASSESSMENTS_OF,
    ASSESSMENTS_OF,
    JUDGEMENTS_OF,
    ATTEMPTS_OF,
    VIEWS_OF,
    MEASURE_PARTS_OF,
    TRIAL_PARTS_OF,
    CANDIDATES_OF,
    RECEIPTS_OF,
    DISCLOSURES_OF,
    HANDINGS_OF,
    PARTIES_OF,
    PROVIDERS_OF,
    FREE_CONSENTS_OF,
    CONSENTS_OF,
    CLAIMS_OF,
    SINGLE_OF,
    WATCHED_OF,
    FREE_FACTS_OF,
    FACTS_OF,
    FREE_NOTES_OF,
    NOTES_OF,
    FREE_DOCUMENTS_OF,
    PARTS_OF_DOCUMENTS_OF,
    DOCUMENTS_OF,
    FREE_EVENTS_OF,
    PLAN_EVENTS_OF,
    BREACHES_OF,
    AFTER_OF,
    WISHES_OF,
    PLAN_TEXTS_OF,
    ITEMS_OF,
    PLANS_OF,
    REQUESTS_OF,
    NEEDS_OF,
    CORRECTIONS_OF,
    REPRESENTATIONS_OF,
    EXCHANGED_OF,
    POINTS_OF,
    TASKS_OF,
    KIN_OF,
    TIES_OF,
    TIES_BY_NUMBER_OF,
    SESSIONS_OF,
    CALLS_OF,
    NAMES_OF,
    NUMBERS_OF,
    AGENCIES_OF,
    BLANK,
];

/// Takes out everything that is about one record, and leaves its identifier.
pub(super) async fn empty(tx: &mut Tx, permit: &Permit, record: Uuid) -> Result<(), DbError> {
    each(tx, permit, OF_RECORD, record).await?;
    for followed in ids(tx, permit.opens(&FOLLOWED_OF), record).await? {
        each(tx, permit, FOLLOW_WORK, followed).await?;
    }
    for meeting in ids(tx, permit.opens(&MEETINGS_OF_PERSON), record).await? {
        each(tx, permit, MEETING_WORK, meeting).await?;
    }
    // Booked times refer to visits and appointments.
    for booking in ids(tx, permit.opens(&BOOKINGS_OF_PERSON), record).await? {
        each(tx, permit, BOOKING_WORK, booking).await?;
    }
    for visit in ids(tx, permit.opens(&VISITS_OF_PERSON), record).await? {
        delete_visit(tx, permit, visit).await?;
    }
    for appointment in ids(tx, permit.opens(&APPOINTMENTS_OF_PERSON), record).await? {
        each(tx, permit, APPOINTMENT_WORK, appointment).await?;
    }
    each(tx, permit, OF_RECORD_TOO, record).await
}
