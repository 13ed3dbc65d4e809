//! Everything about a person as a file: JSON for another system, PDF to read
//! (GDPR art. 15 and 20). It holds what the one who asks may see, and says when
//! that is less than everything. Staff are named as on the pages; no other
//! person is.

use std::collections::BTreeMap;

use axum::response::IntoResponse;
use http::header;
use jiff::Timestamp;
use onedoor_domain::person::{IdentityKind, IdentityNumber};
use onedoor_domain::secrecy::own::Matter;
use onedoor_domain::secrecy::{Action, Categories};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Pass;
use super::log::{self, LogLine, Wanted};
use super::paper;
use super::pass::{pass, quiet};
use super::store::Keys;
use crate::args;
use crate::consent::store as consents;
use crate::db::{DbError, Link, Personal, Value};
use crate::keys::{COLUMNS, Column};
use crate::web::{Own, Reply, Routes};

/// The name and version of the file's form; it changes when a field changes its
/// meaning or goes away, not when one is added.
pub const SCHEMA: &str = "onedoor.person-export/1";

/// One table of the export.
pub struct Table {
    /// The table whose rows about the person it holds.
    pub name: &'static str,
    /// What its rows are about; none where they may be about anything, so that only
    /// who sees the whole file gets them.
    matter: Option<Matter>,
    /// The name in the file, and the column that it comes from.
    columns: &'static [(&'static str, &'static str)],
    sql: &'static Personal,
}

macro_rules! exports {
    ($($id:ident $name:literal of $owner:literal $matter:expr, [$($column:literal = $from:literal,)*] $rest:literal;)*) => {
        crate::sql! {
            $($id = concat!("select ", $($from, ", ",)* $owner, " ", $rest, " limit 5000");)*
        }

        /// Every table that the export reads.
        pub static TABLES: &[Table] = &[$(Table {
            name: $name,
            matter: $matter,
            columns: &[$(($column, $from)),*],
            sql: &$id,
        }),*];
    };
}

exports! {
    PERSON "person" of "p.id" Some(Matter::Identity), [
        "id" = "p.id", "given_name" = "p.given_name", "family_name" = "p.family_name",
        "born_on" = "p.born_on", "language" = "p.language", "phone" = "p.phone",
        "email" = "p.email", "address" = "p.address", "postcode" = "p.postcode",
        "area" = "p.basic_unit", "protection" = "p.protection", "residence" = "p.residence",
        "died_on" = "p.died_on", "source" = "p.source",
        "received_on" = "p.received_on", "version" = "p.version",
    ] "from person p where p.id = $1 or p.merged_into = $1";
    NUMBER "person_identifier" of "i.person_id" Some(Matter::Identity), [
        "number" = "i.sealed", "kind" = "i.kind",
    ] "from person_identifier i where not i.held and i.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    KNOWN "person_agency" of "k.person_id" None, [
        "agency" = "a.name", "since" = "k.since", "phone" = "k.phone", "email" = "k.email",
        "address" = "k.address", "postcode" = "k.postcode",
    ] "from person_agency k join agency a on a.id = k.agency_id where k.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    REPRESENTATION "representation" of "r.person_id" None, [
        "kind" = "r.kind", "covers" = "r.categories", "valid_from" = "r.valid_from",
        "valid_until" = "r.valid_until", "source" = "r.source",
        "confirmed_at" = "r.confirmed_at",
    ] "from representation r where r.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    CASES "shared_case" of "c.person_id" Some(Matter::Case), [
        "id" = "c.id", "summary" = "c.summary", "agency" = "a.name", "unit" = "u.name",
        "step_what" = "c.step_what", "step_on" = "c.step_on", "step_place" = "c.step_place",
        "opened_at" = "c.opened_at", "closed_at" = "c.closed_at",
        "close_reason" = "c.close_reason", "handovers" = "c.handovers",
        "shuttles" = "c.shuttles",
    ] "from shared_case c join agency a on a.id = c.agency_id join unit u on u.id = c.unit_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)";
    CASE_AGENCIES "case_agency" of "c.person_id" Some(Matter::Case), [
        "case" = "g.case_id", "agency" = "a.name", "since_at" = "g.since",
    ] "from case_agency g join agency a on a.id = g.agency_id
        join shared_case c on c.id = g.case_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)";
    CASE_EVENTS "case_event" of "c.person_id" None, [
        "case" = "e.case_id", "n" = "e.n", "at" = "e.at", "kind" = "e.kind",
    ] "from case_event e join shared_case c on c.id = e.case_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)";
    HANDOVERS "handover" of "c.person_id" None, [
        "case" = "h.case_id", "from" = "f.name", "to" = "t.name", "reason" = "h.reason",
        "need" = "h.need", "asked_at" = "h.asked_at", "deadline" = "h.deadline",
        "state" = "h.state", "answered_at" = "h.answered_at",
        "answer_reason" = "h.answer_reason", "alternative" = "h.alternative",
    ] "from handover h join shared_case c on c.id = h.case_id
        join agency f on f.id = h.from_agency_id join agency t on t.id = h.to_agency_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)";
    REFERRALS "referral" of "c.person_id" None, [
        "case" = "r.case_id", "from" = "f.name", "receiver" = "r.receiver",
        "to" = "coalesce(t.name, v.name, '')", "to_name" = "r.to_name", "wish" = "r.wish",
        "reason" = "r.reason", "need" = "r.need", "conditions" = "r.conditions",
        "agreed_on" = "r.agreed_on", "sent_on" = "r.sent_on", "deadline" = "r.deadline",
        "state" = "r.state", "answered_on" = "r.answered_on",
        "return_reason" = "r.return_reason", "answer" = "r.answer", "instead" = "r.instead",
        "said_by" = "r.said_by", "came" = "r.came", "came_on" = "r.came_on",
        "decided_on" = "r.decided_on", "decision" = "r.decision",
    ] "from referral r join shared_case c on c.id = r.case_id
        join agency f on f.id = r.from_agency_id left join agency t on t.id = r.to_agency_id
        left join provider v on v.id = r.provider_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)";
    JOINT_DECISIONS "joint_decision" of "c.person_id" Some(Matter::Case), [
        "case" = "d.case_id", "shuttles" = "d.shuttles", "made_at" = "d.made_at",
        "call_by" = "d.call_by",
    ] "from joint_decision d join shared_case c on c.id = d.case_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)";
    FOLLOW_TASKS "follow_task" of "c.person_id" Some(Matter::Case), [
        "case" = "t.case_id", "task" = "t.task", "due_on" = "t.due_on", "done_on" = "t.done_on",
    ] "from follow_task t join shared_case c on c.id = t.case_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)";
    APPOINTMENTS "appointment" of "a.person_id" Some(Matter::Case), [
        "office" = "o.name", "place" = "a.place", "starts_at" = "a.starts_at",
        "ends_at" = "a.ends_at", "subject" = "a.subject",
    ] "from appointment a join office o on o.id = a.office_id where a.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    VISITS "visit" of "v.person_id" None, [
        "id" = "v.id", "office" = "o.name", "day" = "v.day", "ticket" = "v.ticket",
        "spoken_name" = "v.spoken_name", "language" = "v.language", "needs" = "v.needs",
        "account" = "v.account", "mode" = "v.mode", "track" = "v.track",
        "first_track" = "v.first_track", "track_reason" = "v.track_reason",
        "state" = "v.state", "arrived_at" = "v.arrived_at", "called_at" = "v.called_at",
        "closed_at" = "v.closed_at", "outcome" = "v.outcome", "answer" = "v.answer",
        "step_what" = "v.step_what", "step_on" = "v.step_on", "step_place" = "v.step_place",
        "meeting_declined" = "v.meeting_declined", "told_again" = "v.told_again",
    ] "from visit v join office o on o.id = v.office_id where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    VISIT_AGENCIES "visit_agency" of "v.person_id" None, [
        "visit" = "g.visit_id", "agency" = "a.name",
    ] "from visit_agency g join agency a on a.id = g.agency_id join visit v on v.id = g.visit_id
        where v.person_id in (select id from person where id = $1 or merged_into = $1)";
    VISIT_EVENTS "visit_event" of "v.person_id" None, [
        "visit" = "e.visit_id", "n" = "e.n", "at" = "e.at", "kind" = "e.kind",
    ] "from visit_event e join visit v on v.id = e.visit_id
        where v.person_id in (select id from person where id = $1 or merged_into = $1)";
    ROUTES "route" of "v.person_id" None, [
        "visit" = "r.visit_id", "agency" = "a.name", "subject" = "r.subject",
        "unit" = "u.name", "at" = "r.at",
    ] "from route r join visit v on v.id = r.visit_id join agency a on a.id = r.agency_id
        join unit u on u.id = r.unit_id
        where v.person_id in (select id from person where id = $1 or merged_into = $1)";
    RULINGS "ruling" of "r.person_id" None, [
        "id" = "r.id", "subject" = "r.subject", "kind" = "r.kind", "text" = "r.text",
        "unit" = "u.name", "agency" = "a.name", "at" = "r.at",
    ] "from ruling r join unit u on u.id = r.unit_id join agency a on a.id = r.agency_id
        where r.person_id in (select id from person where id = $1 or merged_into = $1)";
    MESSAGES "outbox" of "coalesce(m.subject_id, m.person_id)" None, [
        "channel" = "m.channel", "recipient" = "m.recipient", "language" = "m.language",
        "body" = "m.body", "created_at" = "m.created_at", "sent_at" = "m.sent_at",
    ] "from outbox m where m.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    QUESTIONS "correction" of "c.person_id" None, [
        "id" = "c.id", "agency" = "a.name", "kind" = "c.kind", "about" = "c.about",
        "field" = "c.field", "text" = "c.text", "asked_on" = "c.asked_on", "due" = "c.due",
        "extended_reason" = "c.extended_reason", "state" = "c.state",
        "verdict" = "c.verdict", "reason" = "c.reason", "answered_on" = "c.answered_on",
    ] "from correction c join agency a on a.id = c.agency_id where c.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    FACTS "fact" of "f.person_id" None, [
        "id" = "f.id", "agency" = "a.name", "kind" = "f.kind", "category" = "f.category",
        "body" = "f.body", "source" = "f.source", "received_on" = "f.received_on",
        "kept_until" = "f.kept_until", "noted_at" = "f.noted_at", "ended_at" = "f.ended_at",
    ] "from fact f join agency a on a.id = f.agency_id where f.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    // An internal note is given on request, when its agency has looked at it.
    NOTES "note" of "n.person_id" None, [
        "id" = "n.id", "agency" = "a.name", "category" = "n.category",
        "grade" = "n.grade", "body" = "n.body",
        "source" = "n.source", "received_on" = "n.received_on", "kept_until" = "n.kept_until",
        "corrects" = "n.corrects", "noted_at" = "n.noted_at",
    ] "from note n join agency a on a.id = n.agency_id where not n.internal and n.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    // The files themselves are fetched from the page of documents, by the identifier.
    DOCUMENTS "document" of "d.person_id" None, [
        "id" = "d.id", "agency" = "a.name", "kind" = "d.kind", "category" = "d.category",
        "name" = "d.file_name", "media" = "d.media", "size" = "d.size", "source" = "d.source",
        "received_on" = "d.received_on", "kept_until" = "d.kept_until",
        "noted_at" = "d.noted_at", "ended_at" = "d.ended_at",
    ] "from document d join agency a on a.id = d.agency_id where not d.internal
        and d.person_id in (select id from person where id = $1 or merged_into = $1)";
    ASSESSMENTS "assessment" of "m.person_id" None, [
        "id" = "m.id", "agency" = "a.name", "instrument" = "i.code", "version" = "i.version",
        "shared" = "m.shared", "round" = "m.round", "after" = "m.after_kind",
        "contact_on" = "m.contact_on", "began_on" = "m.began_on", "needed" = "m.needed",
        "region" = "m.region", "schooling" = "m.schooling", "trade" = "m.trade",
        "target_group" = "m.target_group", "work" = "m.work", "state" = "m.state",
        "completed_on" = "m.completed_on", "minutes" = "m.minutes", "flag" = "m.flag",
        "points" = "m.points", "flagged_on" = "m.flagged_on", "outcome" = "m.outcome",
        "kept_until" = "m.kept_until",
    ] "from assessment m join agency a on a.id = m.agency_id
        join instrument i on i.id = m.instrument_id where m.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    ANSWERS "assessment_answer" of "w.person_id" None, [
        "id" = "w.id", "assessment" = "w.assessment_id", "agency" = "a.name", "item" = "w.item",
        "side" = "w.side", "dimension" = "w.dimension", "given" = "w.given",
        "source" = "w.source", "received_on" = "w.received_on", "noted_at" = "w.noted_at",
        "replaced_at" = "w.replaced_at", "kept_until" = "w.kept_until",
    ] "from assessment_answer w join agency a on a.id = w.agency_id where w.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    STATEMENTS_MADE "assessment_part" of "w.person_id" None, [
        "assessment" = "w.assessment_id", "agency" = "a.name", "competence" = "w.competence",
        "body" = "w.body", "given_on" = "w.given_on", "kept_until" = "w.kept_until",
    ] "from assessment_part w join agency a on a.id = w.agency_id where w.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    JUDGEMENTS "judgement" of "j.person_id" None, [
        "id" = "j.id", "agency" = "a.name", "kind" = "j.kind", "track" = "j.track",
        "detail" = "j.detail", "review_on" = "j.review_on", "state" = "j.state",
        "made_on" = "j.made_on", "second_at" = "j.second_at",
        "second_reason" = "j.second_reason", "ended_on" = "j.ended_on",
        "outcome" = "j.outcome", "kept_until" = "j.kept_until",
    ] "from judgement j join agency a on a.id = j.agency_id where j.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    ATTEMPTS "attempt" of "t.person_id" None, [
        "agency" = "a.name", "kind" = "t.kind", "began_on" = "t.began_on",
        "ended_on" = "t.ended_on", "ending" = "t.ending", "reason" = "t.reason",
        "noted_at" = "t.noted_at", "kept_until" = "t.kept_until",
    ] "from attempt t join agency a on a.id = t.agency_id where t.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    VIEWS "agency_view" of "v.person_id" None, [
        "agency" = "a.name", "kind" = "v.kind", "body" = "v.body", "solution" = "v.solution",
        "written_at" = "v.written_at", "replaced_at" = "v.replaced_at",
        "kept_until" = "v.kept_until",
    ] "from agency_view v join agency a on a.id = v.agency_id where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    NEEDS "need" of "n.person_id" None, [
        "id" = "n.id", "kind" = "n.kind", "category" = "n.category", "said_by" = "n.said_by",
        "person_rank" = "n.person_rank", "worker_rank" = "n.worker_rank", "agency" = "a.name",
        "unit" = "u.name", "body" = "n.body", "source" = "n.source", "noted_on" = "n.noted_on",
        "state" = "n.state", "reason" = "n.reason", "settled_on" = "n.settled_on",
        "kept_until" = "n.kept_until",
    ] "from need n join agency a on a.id = n.agency_id join unit u on u.id = n.unit_id
        where n.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLANS "plan" of "p.person_id" None, [
        "id" = "p.id", "label" = "p.label", "state" = "p.state", "agency" = "a.name",
        "unit" = "u.name", "period_from" = "p.period_from", "period_until" = "p.period_until",
        "revise_on" = "p.revise_on", "agreed_on" = "p.agreed_on",
        "agreed_how" = "p.agreed_how", "scheme" = "p.scheme", "end_reason" = "p.end_reason",
        "ended_on" = "p.ended_on", "kept_until" = "p.kept_until",
    ] "from plan p join agency a on a.id = p.agency_id join unit u on u.id = p.unit_id
        where p.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLAN_TEXTS "plan_text" of "t.person_id" None, [
        "plan" = "t.plan_id", "field" = "t.field", "n" = "t.n", "body" = "t.body",
        "written_at" = "t.at",
    ] "from plan_text t
        where t.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLAN_ITEMS "plan_item" of "i.person_id" None, [
        "id" = "i.id", "plan" = "i.plan_id", "n" = "i.n", "kind" = "i.kind",
        "category" = "i.category", "stage" = "i.stage", "owner" = "i.owner",
        "partner" = "i.partner", "agency" = "a.name", "what" = "i.what",
        "starts_on" = "i.starts_on", "due_on" = "i.due_on", "state" = "i.state",
        "accepted_on" = "i.accepted_on", "started_on" = "i.started_on",
        "ended_on" = "i.ended_on", "end_reason" = "i.end_reason",
        "evaluation" = "i.evaluation", "evaluation_text" = "i.evaluation_text",
        "place" = "i.place",
    ] "from plan_item i join agency a on a.id = i.agency_id
        where i.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLAN_AFTER "plan_item_after" of "w.person_id" None, [
        "item" = "w.item_id", "after" = "w.after_id",
    ] "from plan_item_after w
        where w.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLAN_BREACHES "plan_breach" of "b.person_id" None, [
        "item" = "b.item_id", "agency" = "a.name", "kind" = "b.kind", "due_on" = "b.due_on",
        "noted_on" = "b.noted_on",
    ] "from plan_breach b join agency a on a.id = b.agency_id
        where b.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLAN_EVENTS "plan_event" of "e.person_id" None, [
        "plan" = "e.plan_id", "n" = "e.n", "item" = "e.item_id", "kind" = "e.kind",
        "detail" = "e.detail", "at" = "e.at",
    ] "from plan_event e
        where e.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLAN_WISHES "plan_wish" of "w.person_id" None, [
        "id" = "w.id", "plan" = "w.plan_id", "kind" = "w.kind", "body" = "w.body",
        "state" = "w.state", "reason" = "w.reason", "agency" = "a.name",
        "said_on" = "w.said_on", "answered_on" = "w.answered_on",
    ] "from plan_wish w join agency a on a.id = w.agency_id
        where w.person_id in (select id from person where id = $1 or merged_into = $1)";
    PLAN_REQUESTS "plan_request" of "r.person_id" None, [
        "id" = "r.id", "agency" = "a.name", "label" = "r.label", "asked_by" = "r.asked_by",
        "asked_on" = "r.asked_on", "state" = "r.state", "reason" = "r.reason",
        "body" = "r.body", "answered_on" = "r.answered_on", "kept_until" = "r.kept_until",
    ] "from plan_request r join agency a on a.id = r.agency_id
        where r.person_id in (select id from person where id = $1 or merged_into = $1)";
    OUTSIDE_FACTS "exchange_fact" of "x.person_id" None, [
        "agency" = "a.name", "key" = "x.sealed", "received_at" = "x.received_at",
    ] "from exchange_fact x join agency a on a.id = x.agency_id where x.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    GROUNDS "claim" of "c.person_id" None, [
        "id" = "c.id", "from" = "f.name", "to" = "t.name", "purpose" = "c.purpose",
        "conditions" = "c.conditions", "categories" = "c.categories", "reason" = "c.reason",
        "made_at" = "c.made_at", "valid_until" = "c.valid_until", "state" = "c.state",
        "answer" = "c.answer", "answered_at" = "c.answered_at",
    ] "from claim c join agency f on f.id = c.from_agency_id
        join agency t on t.id = c.to_agency_id where c.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    CONSENTS "consent" of "c.person_id" None, [
        "id" = "c.id", "purpose" = "c.purpose", "categories" = "c.categories",
        "given_by" = "c.given_by", "giver_name" = "c.giver_name",
        "giver_authority" = "c.giver_authority", "second_giver" = "c.second_giver",
        "shared_custody" = "c.shared_custody", "child_view" = "c.child_view",
        "form" = "c.form", "given_at" = "c.given_at", "recorded_at" = "c.recorded_at",
        "valid_until" = "c.valid_until", "language" = "c.language",
        "interpreter" = "c.interpreter", "capacity_note" = "c.capacity_note",
        "doubtful" = "c.doubtful", "replaces" = "c.replaces_id", "ended_at" = "c.ended_at",
        "end_kind" = "c.end_kind", "end_how" = "c.end_how",
    ] "from consent c where c.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    CONSENT_PARTIES "consent_party" of "c.person_id" None, [
        "consent" = "y.consent_id", "side" = "y.side", "agency" = "a.name",
    ] "from consent_party y join consent c on c.id = y.consent_id
        join agency a on a.id = y.agency_id where c.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    CONSENT_PROVIDERS "consent_provider" of "c.person_id" None, [
        "consent" = "y.consent_id", "provider" = "v.name",
    ] "from consent_provider y join consent c on c.id = y.consent_id
        join provider v on v.id = y.provider_id where c.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    CONSENT_NOTICES "consent_notice" of "n.person_id" None, [
        "consent" = "n.consent_id", "to" = "a.name", "provider" = "v.name", "categories" = "n.categories",
        "held" = "n.held", "told_at" = "n.told_at", "due_on" = "n.due_on",
        "answered_at" = "n.answered_at", "answer" = "n.answer", "reason" = "n.reason",
    ] "from consent_notice n join agency a on a.id = n.to_agency_id
        left join provider v on v.id = n.provider_id where n.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    DISCLOSURES "disclosure" of "d.person_id" None, [
        "id" = "d.id", "from" = "f.name", "to" = "t.name", "categories" = "d.categories",
        "purpose" = "d.purpose", "ground" = "d.ground", "rule" = "d.rule", "pack" = "d.pack",
        "consent" = "d.consent_id", "form" = "d.form", "at" = "d.at",
    ] "from disclosure d join agency f on f.id = d.from_agency_id
        join agency t on t.id = d.to_agency_id where d.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    HANDED "handing" of "h.person_id" None, [
        "id" = "h.id", "act" = "h.act_id", "from" = "a.name", "to" = "v.name",
        "category" = "h.category", "purpose" = "h.purpose", "conditions" = "h.conditions",
        "ground" = "h.ground", "rule" = "h.rule", "pack" = "h.pack",
        "consent" = "h.consent_id", "body" = "h.body", "at" = "h.at",
    ] "from handing h join agency a on a.id = h.agency_id
        join provider v on v.id = h.provider_id where h.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    // What the list is called may tell of others on it.
    LISTED "candidate" of "c.person_id" None, [
        "from" = "f.name", "to" = "t.name", "handed_at" = "l.handed_at",
        "consent" = "c.consent_id",
    ] "from candidate c join candidate_list l on l.id = c.list_id
        join agency f on f.id = l.from_agency_id join agency t on t.id = l.to_agency_id
        where c.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    // Before the day on which the person is told, the row is not there.
    ACCESSES "single_access" of "s.person_id" None, [
        "agency" = "a.name", "reason" = "s.reason", "granted_at" = "s.granted_at",
        "valid_until" = "s.valid_until", "verdict" = "s.verdict", "tell_from" = "s.tell_from",
    ] "from single_access s join agency a on a.id = s.agency_id where s.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    TALKS "talk" of "v.person_id" None, [
        "visit" = "t.visit_id", "office" = "o.name", "day" = "t.day", "content" = "t.content",
        "needs_closed" = "t.needs_closed", "room_used" = "t.room_used", "at" = "t.at",
    ] "from talk t join visit v on v.id = t.visit_id join office o on o.id = t.office_id
        where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    SENDINGS "sending" of "s.person_id" None, [
        "from" = "f.name", "to" = "t.name", "office" = "o.name", "sent_at" = "s.sent_at",
        "due_at" = "s.due_at", "state" = "s.state",
    ] "from sending s join agency f on f.id = s.from_agency_id
        join agency t on t.id = s.to_agency_id join office o on o.id = s.to_office_id
        where s.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    FEEDBACK "feedback" of "b.person_id" None, [
        "told" = "b.told", "at" = "b.at", "seen_at" = "b.seen_at",
    ] "from feedback b where b.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    MEETINGS "meeting" of "m.person_id" Some(Matter::Case), [
        "id" = "m.id", "kind" = "m.kind", "office" = "o.name", "meet_by" = "m.meet_by",
        "starts_at" = "m.starts_at", "ends_at" = "m.ends_at", "consequence" = "m.consequence",
        "towards" = "m.towards", "state" = "m.state", "answer" = "m.answer",
        "called_at" = "m.called_at",
    ] "from meeting m join office o on o.id = m.office_id where m.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    PARTIES "meeting_party" of "m.person_id" Some(Matter::Case), [
        "meeting" = "x.meeting_id", "kind" = "x.kind", "agency" = "a.name",
        "provider" = "v.name", "attendance" = "x.attendance",
    ] "from meeting m join meeting_party x on x.meeting_id = m.id
        left join agency a on a.id = x.agency_id left join provider v on v.id = x.provider_id
        where m.person_id in (select id from person where id = $1 or merged_into = $1)";
    // One conversation: the person has the whole of what is written.
    MEETING_LINES "meeting_line" of "m.person_id" None, [
        "id" = "l.id", "meeting" = "l.meeting_id", "kind" = "l.kind", "agency" = "a.name",
        "category" = "l.category", "body" = "l.body", "topic" = "l.topic_id",
        "after" = "l.after_id", "due_on" = "l.due_on", "owner" = "l.owner",
        "owner_agency" = "w.name", "state" = "l.state", "written_at" = "l.written_at",
    ] "from meeting m join meeting_line l on l.meeting_id = m.id
        left join agency a on a.id = l.agency_id left join agency w on w.id = l.owner_agency_id
        where m.person_id in (select id from person where id = $1 or merged_into = $1)";
    MEETING_TOPICS "meeting_topic" of "m.person_id" Some(Matter::Case), [
        "meeting" = "t.meeting_id", "topic" = "t.topic",
    ] "from meeting m join meeting_topic t on t.meeting_id = m.id
        where m.person_id in (select id from person where id = $1 or merged_into = $1)";
    MEETING_WISHES "meeting_wish" of "m.person_id" Some(Matter::Case), [
        "not_on" = "m.not_on", "part" = "m.part", "meet_by" = "m.meet_by", "at" = "m.at",
    ] "from meeting_wish m where m.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    FOLLOWED "follow_up" of "u.person_id" Some(Matter::Case), [
        "id" = "u.id", "agency" = "a.name", "contact" = "s.name", "stage" = "u.stage",
        "intake" = "u.intake", "towards" = "u.towards", "measure_until" = "u.measure_until",
        "last_contact_on" = "u.last_contact_on", "due_on" = "u.due_on",
        "opened_on" = "u.opened_on", "closed_on" = "u.closed_on", "outcome" = "u.outcome",
    ] "from follow_up u join agency a on a.id = u.agency_id join staff s on s.id = u.contact_id
        where u.person_id in (select id from person where id = $1 or merged_into = $1)";
    FOLLOW_LEADS "follow_lead" of "u.person_id" Some(Matter::Case), [
        "follow_up" = "l.follow_up_id", "area" = "l.area", "unit" = "n.name",
        "provider" = "v.name", "since_at" = "l.since",
    ] "from follow_up u join follow_lead l on l.follow_up_id = u.id
        left join unit n on n.id = l.unit_id left join provider v on v.id = l.provider_id
        where u.person_id in (select id from person where id = $1 or merged_into = $1)";
    FOLLOW_CONTACTS "follow_contact" of "u.person_id" Some(Matter::Case), [
        "follow_up" = "c.follow_up_id", "on" = "c.on_day", "way" = "c.way",
        "minutes" = "c.minutes", "missed" = "c.missed",
    ] "from follow_up u join follow_contact c on c.follow_up_id = u.id
        where u.person_id in (select id from person where id = $1 or merged_into = $1)";
    OUTPATIENT_VISITS "outpatient_visit" of "u.person_id" None, [
        "follow_up" = "v.follow_up_id", "agency" = "a.name", "on" = "v.on_day",
        "outcome" = "v.outcome",
    ] "from follow_up u join outpatient_visit v on v.follow_up_id = u.id
        join agency a on a.id = v.agency_id
        where u.person_id in (select id from person where id = $1 or merged_into = $1)";
    CONTACT_TASKS "contact_task" of "u.person_id" Some(Matter::Case), [
        "follow_up" = "t.follow_up_id", "due_on" = "t.due_on", "done_on" = "t.done_on",
    ] "from follow_up u join contact_task t on t.follow_up_id = u.id
        where u.person_id in (select id from person where id = $1 or merged_into = $1)";
    TALKING "talking_point" of "q.person_id" None, [
        "kind" = "q.kind", "first" = "f.name", "second" = "s.name", "first_on" = "q.first_on",
        "second_on" = "q.second_on", "found_at" = "q.found_at", "settled_at" = "q.settled_at",
    ] "from talking_point q join agency f on f.id = q.first_agency_id
        join agency s on s.id = q.second_agency_id where q.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    BOOKINGS "booking" of "b.person_id" Some(Matter::Case), [
        "office" = "o.name", "starts_at" = "b.starts_at", "ends_at" = "b.ends_at",
        "spoken_name" = "b.spoken_name", "phone" = "b.phone", "needs" = "b.needs",
        "language" = "b.language", "access" = "b.access", "meet_by" = "b.meet_by",
        "booked_by" = "b.booked_by", "made_at" = "b.made_at", "state" = "b.state",
    ] "from booking b join office o on o.id = b.office_id where b.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    VISIT_MARKS "visit_mark" of "v.person_id" None, [
        "visit" = "m.visit_id", "kind" = "m.kind", "code" = "m.code", "at" = "m.at",
    ] "from visit_mark m join visit v on v.id = m.visit_id where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    SITUATIONS "situation" of "v.person_id" None, [
        "visit" = "s.visit_id", "body" = "s.body", "taken_at" = "s.taken_at",
    ] "from situation s join visit v on v.id = s.visit_id where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    PROPOSALS "proposed_item" of "v.person_id" None, [
        "visit" = "p.visit_id", "service" = "p.service_code", "state" = "p.state",
        "changed_at" = "p.changed_at",
    ] "from proposed_item p join visit v on v.id = p.visit_id where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    CLARIFICATIONS "clarification" of "v.person_id" None, [
        "visit" = "c.visit_id", "began_on" = "c.began_on", "complete_on" = "c.complete_on",
    ] "from clarification c join visit v on v.id = c.visit_id where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    CLARIFICATION_PARTS "clarification_part" of "v.person_id" None, [
        "visit" = "c.visit_id", "agency" = "a.name", "done_on" = "c.done_on",
    ] "from clarification_part c join visit v on v.id = c.visit_id
        join agency a on a.id = c.agency_id where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    ESCALATIONS "escalation" of "v.person_id" None, [
        "visit" = "e.visit_id", "subject" = "e.subject", "unit" = "u.name", "at" = "e.at",
        "returned_at" = "e.returned_at", "return_reason" = "e.return_reason",
        "decided_at" = "e.decided_at",
    ] "from escalation e join visit v on v.id = e.visit_id join unit u on u.id = e.unit_id
        where v.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    PROMISES "promise" of "p.person_id" None, [
        "visit" = "p.visit_id", "service" = "p.service_code", "text" = "p.text",
        "agency" = "a.name", "at" = "p.at", "state" = "p.state", "result" = "p.result",
        "settled_at" = "p.settled_at",
    ] "from promise p join agency a on a.id = p.agency_id where p.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    WORK_FOCUS "work_focus" of "f.person_id" None, [
        "reason" = "f.reason", "text" = "f.text", "agency" = "a.name", "at" = "f.at",
    ] "from work_focus f join agency a on a.id = f.agency_id where f.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    TRIAL_PARTS "trial_part" of "x.person_id" None, [
        "trial" = "t.name", "trial_group" = "x.trial_group", "effort" = "e.name",
        "effort_group" = "x.effort_group", "running" = "x.running", "from_day" = "x.from_day",
        "until_day" = "x.until_day", "reached" = "x.reached", "agency" = "a.name",
        "noted_at" = "x.noted_at",
    ] "from trial_part x join agency a on a.id = x.agency_id left join trial t on t.id = x.trial_id
        left join effort e on e.id = x.effort_id where x.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    MEASURE_PARTS "measure_part" of "x.person_id" None, [
        "measure" = "x.measure", "municipality" = "x.municipality", "from_day" = "x.from_day",
        "until_day" = "x.until_day", "day_cost" = "x.day_cost", "payer" = "y.name",
        "agency" = "a.name", "noted_at" = "x.noted_at",
    ] "from measure_part x join agency a on a.id = x.agency_id
        join principal y on y.id = x.payer_id where x.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    TRIAL_MEETINGS "trial_meeting" of "a.person_id" None, [
        "starts_at" = "a.starts_at", "trial" = "t.name", "effort" = "e.name",
        "running" = "m.running", "noted_at" = "m.noted_at",
    ] "from appointment a join trial_meeting m on m.appointment_id = a.id
        left join trial t on t.id = m.trial_id left join effort e on e.id = m.effort_id
        where a.person_id in (select id from person where id = $1 or merged_into = $1)";
    TASKS "unit_task" of "t.person_id" None, [
        "kind" = "t.kind", "service" = "t.service", "from" = "f.name", "to" = "u.name",
        "sent_at" = "t.sent_at", "what" = "t.what", "state" = "t.state", "result" = "t.result",
    ] "from unit_task t join unit f on f.id = t.from_unit_id join unit u on u.id = t.unit_id
        where t.person_id in (select id from person where id = $1 or merged_into = $1)";
    HOLDS "legal_hold" of "h.person_id" None, [
        "reason" = "h.reason", "set_at" = "h.set_at", "from_day" = "h.from_day",
        "until_day" = "h.until_day", "lifted_at" = "h.lifted_at",
        "lift_reason" = "h.lift_reason",
    ] "from legal_hold h where h.person_id in
        (select id from person where id = $1 or merged_into = $1)";
    ERASURES "erasure" of "e.person_id" None, [
        "state" = "e.state", "asked_at" = "e.asked_at", "reason" = "e.reason",
        "decided_at" = "e.decided_at", "decision_reason" = "e.decision_reason",
        "done_at" = "e.done_at",
    ] "from erasure e where e.person_id in
        (select id from person where id = $1 or merged_into = $1)";
}

/// What is written freely in a table of one matter: it may be about anything, so that only who
/// sees the whole file gets it (REQ-INFO-16).
pub static FREELY_TOLD: &[(&str, &str)] = &[
    ("shared_case", "summary"),
    ("shared_case", "step_what"),
    ("shared_case", "close_reason"),
    ("appointment", "subject"),
];

/// Tables with personal data that the export does not read as such, each with
/// its reason. A test holds the list against the data classes.
pub static NOT_EXPORTED: &[(&str, &str)] = &[
    ("journal", "comes as `log`, in the form of the page of who looked"),
    ("journal_person", "comes as `log`"),
    ("person_name", "keys for search, made from the name alone"),
    ("staff", "who works at the agencies, not who is served"),
    ("calendar_slot", "the calendars of staff; the person's times are in `appointment`"),
    ("subject_key", "the wrapped key that opens the person's texts, which are in the file opened"),
    ("staff_tie", "tells of a worker's family; the log says when it barred one"),
    ("staff_tie_number", "tells of a worker's family, by a number nobody can read back"),
    ("kin", "is about two persons: given on request, when the other one has been thought of"),
    ("document_part", "the files come one by one from /my/documents, named in `document`"),
    ("kept_lock", "says only that a case is kept out of use; the case itself is in `shared_case`"),
    ("candidate_list", "comes with `candidate`, for the lists that the person is on"),
    ("reaction", "what visitors feel about the aims shown, without anybody's name"),
    ("exchange_row", "what became of a row of a file, by the sender's name for it; of no person"),
    ("watch_case", "how a member of staff used the system"),
    ("watch_measure", "how a member of staff used the system"),
    ("session", "is gone when the person signs out"),
];

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ExportPage, _, _>("/my/export", "What can be taken out", about)
        .see::<Export, _, _>("/my/export/data", "Everything about oneself", data)
        .only_page("GET", "/my/export/pdf", crate::web::Door::Own, paper::paper)
}

/// The page that offers the files.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportPage {
    pub(crate) bounds: Vec<String>,
}

crate::page!(ExportPage, "own/pages/export.html");

pub(super) fn bounds(pass: &Pass) -> Vec<String> {
    pass.sight().bounds.iter().map(|bound| bound.as_str().to_owned()).collect()
}

async fn about(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    own.show(&ExportPage { bounds: bounds(&pass) })
}

/// The rows of one table about the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportTable {
    pub(crate) name: String,
    /// Each row by column; every value as text, instants and days as ISO 8601.
    pub(crate) rows: Vec<BTreeMap<String, Option<String>>>,
}

/// Everything about a person, as a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct Export {
    /// The name and version of this form.
    pub(crate) schema: String,
    pub(crate) made_at: String,
    pub(crate) person: String,
    /// Why it is less than everything: `assurance`, `age`, `mandate`.
    pub(crate) withheld: Vec<String>,
    pub(crate) tables: Vec<ExportTable>,
    /// Who looked, the latest first.
    pub(crate) log: Vec<LogLine>,
}

/// A value as text, the same from both engines.
fn text(column: &str, value: Value, pass: &Pass) -> Option<String> {
    let hidden = pass.is_protected() && matches!(column, "address" | "postcode" | "area");
    match value {
        _ if hidden => None,
        Value::Null => None,
        Value::Int(n) if column == "at" || column.ends_with("_at") => {
            Timestamp::from_microsecond(n).ok().map(|at| at.to_string())
        }
        // Kinds of information are bits in some tables and codes in others.
        Value::Int(n) if column == "categories" => Categories::from_i64(n).map(consents::codes),
        Value::Int(n) => Some(n.to_string()),
        Value::Text(text) => Some(text),
        Value::Bytes(bytes) => Uuid::from_slice(&bytes).ok().map(|id| id.to_string()),
        Value::Id(id) => Some(id.to_string()),
        Value::Flag(yes) => Some(i64::from(yes).to_string()),
    }
}

impl Table {
    /// The sealed column that a value comes from, if it is one.
    fn sealed(&self, from: &str) -> Option<Column> {
        let name = from.rsplit('.').next().unwrap_or(from);
        COLUMNS.iter().find(|it| it.table == self.name && it.name == name).copied()
    }

    async fn read(
        &self,
        link: &mut Link,
        pass: &Pass,
        keys: &Keys,
    ) -> Result<Vec<BTreeMap<String, Option<String>>>, DbError> {
        let mut rows = Vec::new();
        for mut row in link.rows(pass.opens(self.sql), args![pass.person()]).await? {
            let owner: Uuid = row.get(self.columns.len())?;
            let mut read = BTreeMap::new();
            for (at, (column, from)) in self.columns.iter().enumerate() {
                if !pass.sees_all() && FREELY_TOLD.contains(&(self.name, *column)) {
                    continue;
                }
                let value = match self.sealed(from) {
                    Some(sealed) => {
                        let text = keys.open(link, pass, owner, (sealed, row.get(at)?)).await?;
                        text.map_or(Value::Null, Value::Text)
                    }
                    None => row.get(at)?,
                };
                read.insert((*column).to_owned(), text(column, value, pass));
            }
            rows.push(read);
        }
        Ok(rows)
    }
}

async fn tables(own: &Own, link: &mut Link, pass: &Pass) -> Result<Vec<ExportTable>, DbError> {
    let today = own.today().to_string();
    let keys = Keys::of(link, pass).await?;
    let mut all = Vec::new();
    for table in TABLES {
        let covered = match table.matter {
            Some(matter) => pass.sight().shows(matter),
            None => pass.sees_all(),
        };
        if !covered {
            continue;
        }
        let mut rows = table.read(link, pass, &keys).await?;
        // What the person is told later is not there before.
        rows.retain(|row| {
            let tell = row.get("tell_from").and_then(Option::as_deref);
            tell.is_none_or(|from| from <= today.as_str())
        });
        if table.name == "disclosure" {
            let untold = log::untold(link, pass, own).await?;
            let named = |row: &BTreeMap<_, Option<String>>| row.get("id")?.as_ref()?.parse().ok();
            rows.retain(|row| named(row).is_some_and(|id: Uuid| !untold.contains(&id)));
        }
        if table.name == "person_identifier" {
            rows.iter_mut().for_each(mask);
        }
        all.push(ExportTable { name: table.name.to_owned(), rows });
    }
    Ok(all)
}

/// The person knows the number; a file that lies about need not tell it.
fn mask(row: &mut BTreeMap<String, Option<String>>) {
    let kind = row.get("kind").cloned().flatten().and_then(|kind| IdentityKind::parse(&kind));
    let number = row.get("number").cloned().flatten().unwrap_or_default();
    let read = kind.and_then(|kind| IdentityNumber::from_stored(kind, &number).ok());
    row.insert("number".into(), read.map(|number| number.masked()));
}

/// The most lines of the log in a file.
const LINES: usize = 20_000;

pub(super) async fn lines(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
) -> Result<Vec<LogLine>, DbError> {
    if !log::shows(pass) {
        return Ok(Vec::new());
    }
    let wanted = Wanted { before: log::LATEST, agency: None, own: true, limit: LINES };
    log::lines(link, pass, &wanted, own).await
}

pub(super) fn named(own: &Own, end: &str) -> String {
    format!("attachment; filename=\"onedoor-{}.{end}\"", own.today())
}

async fn data(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = quiet(&own, &mut conn).await?;
    let export = Export {
        schema: SCHEMA.into(),
        made_at: own.now().to_string(),
        person: pass.person().to_string(),
        withheld: bounds(&pass),
        tables: tables(&own, &mut conn, &pass).await?,
        log: lines(&own, &mut conn, &pass).await?,
    };
    own.note(pass.entry(Action::ExportOwn, json!({ "form": "json" })));
    let disposition = named(&own, "json");
    Ok(([(header::CONTENT_DISPOSITION, disposition)], axum::Json(export)).into_response())
}
