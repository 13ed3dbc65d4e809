//! What goes with a visit and with a booked time, in the order in which it refers to each other.

use crate::db::Listed;
use crate::listed;

crate::sql! {
    PROMISES_OF_VISIT = "delete from promise where visit_id = $1";
    MARKS_OF_VISIT = "delete from visit_mark where visit_id = $1";
    PROPOSALS_OF_VISIT = "delete from proposed_item where visit_id = $1";
    SITUATION_OF_VISIT = "delete from situation where visit_id = $1";
    PARTS_OF_VISIT = "delete from clarification_part where visit_id = $1";
    CLARIFICATION_OF_VISIT = "delete from clarification where visit_id = $1";
    ESCALATIONS_OF_VISIT = "delete from escalation where visit_id = $1";
    FREE_BOOKING_OF_VISIT = "update booking set visit_id = null where visit_id = $1";
    FREE_NEXT = "update booking set moved_to = null where moved_to = $1";
    BOOKING = "delete from booking where id = $1";
    FREE_RULING_OF_VISIT = "update ruling set visit_id = null where visit_id = $1";
    FEEDBACK_OF_VISIT = "delete from feedback where sending_id in (
        select id from sending where visit_id = $1)";
    SENDING_OF_VISIT = "delete from sending where visit_id = $1";
    TALK_OF_VISIT = "delete from talk where visit_id = $1";
    // What was said while nobody knew who it was lies under a key of its own.
    KEY_OF = "delete from subject_key where subject_id = $1";
    ROUTES_OF_VISIT = "delete from route where visit_id = $1";
    AGENCIES_OF_VISIT = "delete from visit_agency where visit_id = $1";
    EVENTS_OF_VISIT = "delete from visit_event where visit_id = $1";
    VISIT = "delete from visit where id = $1";
}

pub(super) static VISIT_WORK: &[Listed] = listed![
    FREE_RULING_OF_VISIT,
    PROMISES_OF_VISIT,
    MARKS_OF_VISIT,
    PROPOSALS_OF_VISIT,
    SITUATION_OF_VISIT,
    PARTS_OF_VISIT,
    CLARIFICATION_OF_VISIT,
    ESCALATIONS_OF_VISIT,
    FREE_BOOKING_OF_VISIT,
    FEEDBACK_OF_VISIT,
    SENDING_OF_VISIT,
    TALK_OF_VISIT,
    ROUTES_OF_VISIT,
    AGENCIES_OF_VISIT,
    EVENTS_OF_VISIT,
    KEY_OF,
    VISIT,
];

/// Booked times go before the visits and appointments that they refer to.
pub(super) static BOOKING_WORK: &[Listed] = listed![FREE_NEXT, KEY_OF, BOOKING];
