-- Small pieces around the walls: which act a decision stands on, how offices read a rule, files
-- between agencies' systems, talks in private, feedback to a sender, differences to talk about.

-- The act of the catalogue that a decision cites, and the place in it (REQ-ORG-20). Rulings from
-- before the catalogue, and guidance, cite none.
alter table ruling add column act text;
alter table ruling add column section text;

-- A rule whose practice differs, with its wording and where it is published (REQ-KNOW-05).
create table law_rule (
    id uuid not null primary key,
    act text not null,
    section text not null,
    topic text not null,
    wording text not null,
    link text not null,
    added_by uuid not null references staff (id),
    added_at bigint not null,
    constraint law_rule_wording check (wording <> '' and topic <> '')
);
create unique index law_rule_once on law_rule (act, section, topic);

-- How an office reads it. A new reading replaces the one before, which stays as history.
create table reading (
    id uuid not null primary key,
    rule_id uuid not null references law_rule (id),
    office_id uuid not null references office (id),
    practice text not null,
    example text not null,
    since text not null,
    written_by uuid not null references staff (id),
    written_at bigint not null,
    replaced_at bigint,
    constraint reading_practice check (practice <> '')
);
create unique index reading_one on reading (rule_id, office_id) where replaced_at is null;
create index reading_history on reading (rule_id, office_id, written_at);

-- A file in or out, with its count of rows (REQ-INFO-18): sent is what the file says of itself.
create table exchange_run (
    id uuid not null primary key,
    agency_id uuid not null references agency (id),
    direction text not null,
    staff_id uuid not null references staff (id),
    at bigint not null,
    fault text,
    sent bigint not null,
    received bigint not null,
    accepted bigint not null,
    repeated bigint not null,
    rejected bigint not null,
    constraint exchange_run_direction check (direction in ('in', 'out')),
    -- Every row that came has one fate, and a refused file has taken nothing.
    constraint exchange_run_sum check (received = accepted + repeated + rejected),
    constraint exchange_run_refused check (fault is null or accepted = 0)
);
create index exchange_run_agency on exchange_run (agency_id, at);

-- The rows of a run by their number. What they say of a person is not kept here.
create table exchange_row (
    run_id uuid not null references exchange_run (id),
    n bigint not null,
    key text not null,
    fate text not null,
    fault text,
    primary key (run_id, n),
    constraint exchange_row_fate check (fate in ('accepted', 'repeated', 'rejected')),
    constraint exchange_row_fault check ((fate = 'rejected') = (fault is not null))
);

-- Facts from an agency's own system. The key is the sender's own, so that a second sending of
-- the same row is seen to be the same.
create table exchange_fact (
    id uuid not null primary key,
    agency_id uuid not null references agency (id),
    key text not null,
    person_id uuid not null references person (id),
    kind text not null,
    category text not null,
    value text not null,
    known_on text not null,
    run_id uuid not null references exchange_run (id),
    received_at bigint not null
);
create unique index exchange_fact_key on exchange_fact (agency_id, key);
create index exchange_fact_person on exchange_fact (person_id, kind);

-- Whether a talk needed a closed room and whether it had one (REQ-INFO-20).
create table talk (
    visit_id uuid not null primary key references visit (id),
    office_id uuid not null references office (id),
    day text not null,
    content text not null,
    needs_closed boolean not null,
    room_used boolean not null,
    reason text not null,
    marked_by uuid not null references staff (id),
    at bigint not null,
    version bigint not null,
    constraint talk_content check (content in ('ordinary', 'health', 'substance', 'family', 'debt')),
    constraint talk_apart check (content = 'ordinary' or needs_closed),
    constraint talk_reason check (reason in ('', 'no_room', 'wished', 'unexpected', 'other')),
    -- A talk that needed a door and had none says why.
    constraint talk_overheard check (room_used or not needs_closed or reason <> '')
);
create index talk_office on talk (office_id, day);

-- A person sent from one agency to another, until it is known whether they came (REQ-INFO-11).
create table sending (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    visit_id uuid not null references visit (id),
    appointment_id uuid references appointment (id),
    from_staff_id uuid not null references staff (id),
    from_agency_id uuid not null references agency (id),
    to_agency_id uuid not null references agency (id),
    to_unit_id uuid not null references unit (id),
    to_office_id uuid not null references office (id),
    sent_at bigint not null,
    due_at bigint not null,
    state text not null,
    constraint sending_state check (state in ('waiting', 'told'))
);
create unique index sending_visit on sending (visit_id);
create index sending_person on sending (person_id) where state = 'waiting';
create index sending_due on sending (due_at) where state = 'waiting';

-- What the sender is told. `no_answer` says nothing about whether the person came.
create table feedback (
    sending_id uuid not null primary key references sending (id),
    staff_id uuid not null references staff (id),
    person_id uuid not null references person (id),
    told text not null,
    at bigint not null,
    seen_at bigint,
    constraint feedback_told check (told in ('came', 'absent', 'no_answer'))
);
create index feedback_new on feedback (staff_id, at) where seen_at is null;
create index feedback_person on feedback (person_id);

-- Up to when visits have been looked through for sendings.
create table sending_mark (
    id bigint not null primary key,
    looked_until bigint not null
);
insert into sending_mark (id, looked_until) values (1, 0);

-- Two agencies hold different answers to the same question: something to talk about, and no more
-- (REQ-REF-14). It names the question and who answered, never the answers.
create table talking_point (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    kind text not null,
    first_agency_id uuid not null references agency (id),
    second_agency_id uuid not null references agency (id),
    first_on text not null,
    second_on text not null,
    found_at bigint not null,
    settled_at bigint,
    settled_by uuid references staff (id),
    version bigint not null,
    constraint talking_point_two check (first_agency_id <> second_agency_id),
    constraint talking_point_settled check ((settled_at is null) = (settled_by is null))
);
create index talking_point_person on talking_point (person_id);
create unique index talking_point_open on talking_point
    (person_id, kind, first_agency_id, second_agency_id) where settled_at is null;
