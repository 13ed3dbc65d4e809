//! Which columns are sealed.

/// A sealed column. Its name is bound into every value, so that a value moved
/// to another column, or to another person, does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub name: &'static str,
    about: &'static str,
}

impl Column {
    pub(super) fn about(self) -> &'static [u8] {
        self.about.as_bytes()
    }
}

macro_rules! columns {
    ($($constant:ident = $table:literal . $name:literal;)*) => {
        $(
            #[doc = concat!("`", $table, ".", $name, "`.")]
            pub const $constant: Column =
                Column { table: $table, name: $name, about: concat!($table, ".", $name) };
        )*
        /// Every sealed column of the schema.
        pub static COLUMNS: &[Column] = &[$($constant),*];
    };
}

columns! {
    PERSON_GIVEN = "person"."given_name";
    PERSON_FAMILY = "person"."family_name";
    PERSON_BORN = "person"."born_on";
    PERSON_PHONE = "person"."phone";
    PERSON_EMAIL = "person"."email";
    PERSON_ADDRESS = "person"."address";
    PERSON_POSTCODE = "person"."postcode";
    OWN_PHONE = "person_agency"."phone";
    OWN_EMAIL = "person_agency"."email";
    OWN_ADDRESS = "person_agency"."address";
    OWN_POSTCODE = "person_agency"."postcode";
    NUMBER = "person_identifier"."sealed";
    CASE_SUMMARY = "shared_case"."summary";
    CASE_WHAT = "shared_case"."step_what";
    CASE_PLACE = "shared_case"."step_place";
    CASE_EVENT = "case_event"."detail";
    HANDOVER_NEED = "handover"."need";
    HANDOVER_REASON = "handover"."answer_reason";
    HANDOVER_ALTERNATIVE = "handover"."alternative";
    REFERRAL_TO = "referral"."to_name";
    REFERRAL_NEED = "referral"."need";
    REFERRAL_CONDITIONS = "referral"."conditions";
    REFERRAL_ANSWER = "referral"."answer";
    REFERRAL_INSTEAD = "referral"."instead";
    REFERRAL_SAID = "referral"."said_by";
    REFERRAL_DECISION = "referral"."decision";
    RULING_TEXT = "ruling"."text";
    TASK_WHAT = "unit_task"."what";
    TASK_RESULT = "unit_task"."result";
    VISIT_NAME = "visit"."spoken_name";
    VISIT_ACCOUNT = "visit"."account";
    VISIT_REASON = "visit"."track_reason";
    VISIT_ANSWER = "visit"."answer";
    VISIT_WHAT = "visit"."step_what";
    VISIT_PLACE = "visit"."step_place";
    VISIT_DECLINED = "visit"."meeting_declined";
    APPOINTMENT_PLACE = "appointment"."place";
    PROMISE_TEXT = "promise"."text";
    BOOKING_NAME = "booking"."spoken_name";
    BOOKING_PHONE = "booking"."phone";
    SITUATION_BODY = "situation"."body";
    WORK_TEXT = "work_focus"."text";
    REACTION_TEXT = "reaction"."text";
    FACT_BODY = "fact"."body";
    FACT_SOURCE = "fact"."source";
    NOTE_BODY = "note"."body";
    NOTE_SOURCE = "note"."source";
    NEED_BODY = "need"."body";
    NEED_REASON = "need"."reason";
    ASSESSMENT_WORK = "assessment"."work";
    ANSWER_GIVEN = "assessment_answer"."given";
    ANSWER_SOURCE = "assessment_answer"."source";
    PART_BODY = "assessment_part"."body";
    JUDGEMENT_DETAIL = "judgement"."detail";
    JUDGEMENT_SECOND = "judgement"."second_reason";
    ATTEMPT_REASON = "attempt"."reason";
    VIEW_BODY = "agency_view"."body";
    VIEW_SOLUTION = "agency_view"."solution";
    PLAN_SCHEME = "plan"."scheme";
    PLAN_END = "plan"."end_reason";
    PLAN_BODY = "plan_text"."body";
    PLAN_DETAIL = "plan_event"."detail";
    ITEM_WHAT = "plan_item"."what";
    ITEM_END = "plan_item"."end_reason";
    ITEM_EVALUATION = "plan_item"."evaluation_text";
    ITEM_PLACE = "plan_item"."place";
    WISH_BODY = "plan_wish"."body";
    WISH_REASON = "plan_wish"."reason";
    REQUEST_BODY = "plan_request"."body";
    DOCUMENT_NAME = "document"."file_name";
    DOCUMENT_SOURCE = "document"."source";
    DOCUMENT_BODY = "document_part"."body";
    CLAIM_REASON = "claim"."reason";
    CLAIM_ANSWER = "claim"."answer";
    ACCESS_REASON = "single_access"."reason";
    OUTBOX_RECIPIENT = "outbox"."recipient";
    OUTBOX_BODY = "outbox"."body";
    CORRECTION_TEXT = "correction"."text";
    CORRECTION_LONGER = "correction"."extended_reason";
    CORRECTION_REASON = "correction"."reason";
    REPRESENTATION_SOURCE = "representation"."source";
    HOLD_REASON = "legal_hold"."reason";
    HOLD_LIFTED = "legal_hold"."lift_reason";
    ERASURE_REASON = "erasure"."reason";
    ERASURE_DECISION = "erasure"."decision_reason";
    CONSENT_GIVER = "consent"."giver_name";
    CONSENT_AUTHORITY = "consent"."giver_authority";
    CONSENT_SECOND = "consent"."second_giver";
    CONSENT_CHILD = "consent"."child_view";
    CONSENT_INTERPRETER = "consent"."interpreter";
    CONSENT_CAPACITY = "consent"."capacity_note";
    RECEIPT_REASON = "consent_notice"."reason";
    HANDING_BODY = "handing"."body";
    MEETING_LINE = "meeting_line"."body";
    OUTPATIENT = "outpatient_visit"."outcome";
    LIST_TITLE = "candidate_list"."title";
    EXCHANGE_KEY = "exchange_row"."key";
    FILED_KEY = "exchange_fact"."sealed";
}
