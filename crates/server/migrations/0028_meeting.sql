-- Meetings that people are invited to, what is written of them, meetings of agencies in a rhythm,
-- requests for meetings, groups that solve something together; and following people up: who
-- leads what, contacts, and tasks to reach somebody.

-- A rhythm of meetings between agencies at a place.
create table meeting_series (
    id uuid not null primary key,
    name text not null,
    municipality text not null,
    office_id uuid not null references office (id),
    months bigint not null,
    first_on text not null,
    ended_on text,
    made_by uuid not null references staff (id),
    made_at bigint not null,
    version bigint not null,
    constraint meeting_series_name check (name <> ''),
    constraint meeting_series_months check (months between 1 and 12)
);
create index meeting_series_place on meeting_series (municipality, id);
create table meeting_series_agency (
    series_id uuid not null references meeting_series (id),
    agency_id uuid not null references agency (id),
    primary key (series_id, agency_id)
);
create index meeting_series_of on meeting_series_agency (agency_id);

-- A group of several competences for one target group.
create table problem_group (
    id uuid not null primary key,
    name text not null,
    target text not null,
    office_id uuid not null references office (id),
    made_by uuid not null references staff (id),
    made_at bigint not null,
    ended_on text,
    constraint problem_group_name check (name <> '' and target <> '')
);
create index problem_group_office on problem_group (office_id);
create table problem_group_member (
    group_id uuid not null references problem_group (id),
    staff_id uuid not null references staff (id),
    since bigint not null,
    primary key (group_id, staff_id)
);
create index problem_group_of on problem_group_member (staff_id);

-- A meeting. With a person it stands in everybody's calendar as an appointment; the appointment
-- goes before the meeting does, so it is no reference.
create table meeting (
    id uuid not null primary key,
    kind text not null,
    person_id uuid references person (id),
    series_id uuid references meeting_series (id),
    group_id uuid references problem_group (id),
    appointment_id uuid,
    office_id uuid not null references office (id),
    premises_agency_id uuid references agency (id),
    room_id uuid references room (id),
    room_booking_id uuid,
    meet_by text not null,
    starts_at bigint not null,
    ends_at bigint not null,
    consequence text not null,
    towards text not null,
    state text not null,
    sequence bigint not null,
    answer text not null,
    called_by uuid not null references staff (id),
    called_at bigint not null,
    settled_at bigint,
    version bigint not null,
    constraint meeting_order check (starts_at < ends_at),
    constraint meeting_kind check (kind in (
        'three_way', 'joint', 'next_stage', 'problem_group', 'inter_agency'
    )),
    constraint meeting_about check ((kind = 'inter_agency') = (person_id is null)),
    constraint meeting_series_kind check (series_id is null or kind = 'inter_agency'),
    constraint meeting_group_kind check ((group_id is not null) = (kind = 'problem_group')),
    constraint meeting_way check (meet_by in ('office', 'phone', 'video')),
    constraint meeting_consequence check (consequence in (
        'nothing', 'new_time', 'decided_without', 'money_stopped', 'place_lost'
    )),
    constraint meeting_towards check (towards in ('work', 'benefit', 'rehabilitation')),
    constraint meeting_state check (state in ('called', 'held', 'cancelled')),
    constraint meeting_settled check ((state = 'called') = (settled_at is null)),
    constraint meeting_answer check (answer in ('', 'yes', 'no', 'other_time'))
);
create index meeting_person on meeting (person_id, starts_at) where person_id is not null;
create index meeting_of_series on meeting (series_id, starts_at) where series_id is not null;
create index meeting_office on meeting (office_id, starts_at);
create index meeting_appointment on meeting (appointment_id) where appointment_id is not null;
create index meeting_group on meeting (group_id, starts_at) where group_id is not null;

-- Who was invited: staff of an agency, a provider, or the person. Minutes is the time that
-- somebody of the staff used, with getting ready.
create table meeting_party (
    id uuid not null primary key,
    meeting_id uuid not null references meeting (id),
    kind text not null,
    staff_id uuid references staff (id),
    agency_id uuid references agency (id),
    provider_id uuid references provider (id),
    attendance text not null,
    minutes bigint not null,
    constraint meeting_party_kind check (kind in ('person', 'staff', 'provider')),
    constraint meeting_party_who check (
        (kind = 'staff') = (staff_id is not null) and (kind = 'provider') = (provider_id is not null)
            and (kind = 'staff') = (agency_id is not null)
    ),
    constraint meeting_party_came check (
        attendance in ('', 'came', 'absent', 'notified', 'found_work')
    ),
    constraint meeting_party_minutes check (minutes between 0 and 1440)
);
create index meeting_party_meeting on meeting_party (meeting_id);
create unique index meeting_party_staff on meeting_party (staff_id, meeting_id)
    where staff_id is not null;

-- What is written. Every line has its owner and what it tells of: the walls make each party's
-- copy of it. A line without an agency is the person's own.
create table meeting_line (
    id uuid not null primary key,
    meeting_id uuid not null references meeting (id),
    kind text not null,
    agency_id uuid references agency (id),
    provider_id uuid references provider (id),
    category text not null,
    grade text not null,
    body text not null,
    topic_id uuid references meeting_line (id),
    after_id uuid references meeting_line (id),
    due_on text,
    owner text not null,
    owner_agency_id uuid references agency (id),
    state text not null,
    plan_item_id uuid,
    written_by uuid references staff (id),
    written_at bigint not null,
    version bigint not null,
    constraint meeting_line_kind check (kind in (
        'topic', 'minutes', 'agreement', 'view', 'disagreement', 'companion', 'absence'
    )),
    constraint meeting_line_owner check (owner in ('', 'person', 'agency')),
    constraint meeting_line_agreement check (
        (kind = 'agreement') = (due_on is not null) and (kind = 'agreement') = (owner <> '')
            and (owner = 'agency') = (owner_agency_id is not null)
            and (kind = 'agreement') = (state <> '')
    ),
    constraint meeting_line_state check (state in ('', 'open', 'planned', 'done', 'dropped')),
    constraint meeting_line_after check (after_id is null or after_id <> id)
);
create index meeting_line_meeting on meeting_line (meeting_id, written_at);
create index meeting_line_topic on meeting_line (topic_id) where topic_id is not null;
create index meeting_line_after on meeting_line (after_id) where after_id is not null;

-- What the agencies talked about: codes.
create table meeting_topic (
    meeting_id uuid not null references meeting (id),
    topic text not null,
    primary key (meeting_id, topic)
);

-- Quarters that somebody of the staff has taken by a meeting about nobody, or by what their own
-- calendar program says.
create table staff_busy (
    staff_id uuid not null references staff (id),
    starts_at bigint not null,
    meeting_id uuid references meeting (id),
    uid text not null,
    primary key (staff_id, starts_at)
);
create index staff_busy_past on staff_busy (starts_at);
create index staff_busy_meeting on staff_busy (meeting_id) where meeting_id is not null;

-- What suits the person.
create table meeting_wish (
    person_id uuid not null primary key references person (id),
    not_on bigint not null,
    part text not null,
    meet_by text not null,
    at bigint not null
);

-- A request to another agency for a meeting about cooperation; about no person.
create table meeting_request (
    id uuid not null primary key,
    topic text not null,
    about text not null,
    from_agency_id uuid not null references agency (id),
    from_office_id uuid not null references office (id),
    to_agency_id uuid not null references agency (id),
    to_office_id uuid not null references office (id),
    asked_by uuid not null references staff (id),
    asked_at bigint not null,
    answer_by text not null,
    state text not null,
    escalated_on text,
    answered_by uuid references staff (id),
    answered_at bigint,
    answer text not null,
    version bigint not null,
    constraint meeting_request_two check (from_agency_id <> to_agency_id),
    constraint meeting_request_state check (
        state in ('asked', 'escalated', 'accepted', 'declined', 'withdrawn')
    ),
    constraint meeting_request_answered check (
        (state in ('asked', 'escalated')) = (answered_at is null)
    )
);
create index meeting_request_due on meeting_request (answer_by) where state = 'asked';
create index meeting_request_to on meeting_request (to_office_id, asked_at);
create index meeting_request_from on meeting_request (from_office_id, asked_at);

-- Somebody who is followed up: at which stage, whom to turn to, and by when they are met next.
create table follow_up (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    office_id uuid not null references office (id),
    agency_id uuid not null references agency (id),
    contact_id uuid not null references staff (id),
    provider_id uuid references provider (id),
    stage text not null,
    intake text not null,
    towards text not null,
    measure_until text,
    last_contact_on text,
    due_on text not null,
    opened_on text not null,
    closed_on text,
    outcome text not null,
    version bigint not null,
    constraint follow_up_stage check (stage in ('intake', 'measure', 'practice', 'job')),
    constraint follow_up_intake check (intake in ('target_group', 'outside', 'at_risk')),
    constraint follow_up_towards check (towards in ('work', 'benefit', 'rehabilitation')),
    constraint follow_up_closed check ((closed_on is null) = (outcome = ''))
);
create unique index follow_up_open on follow_up (person_id, agency_id) where closed_on is null;
create index follow_up_person on follow_up (person_id);
create index follow_up_due on follow_up (office_id, agency_id, due_on) where closed_on is null;
create index follow_up_contact on follow_up (contact_id) where closed_on is null;
create index follow_up_ending on follow_up (office_id, agency_id, measure_until)
    where closed_on is null and measure_until is not null;

-- One row for each area: the schema itself gives it one lead and never two.
create table follow_lead (
    follow_up_id uuid not null references follow_up (id),
    area text not null,
    unit_id uuid references unit (id),
    provider_id uuid references provider (id),
    asked_unit_id uuid references unit (id),
    asked_at bigint,
    since bigint not null,
    version bigint not null,
    primary key (follow_up_id, area),
    constraint follow_lead_one check ((unit_id is null) <> (provider_id is null)),
    constraint follow_lead_area check (area in (
        'economy', 'health', 'social', 'measure', 'course', 'practice', 'job', 'employers'
    ))
);
create index follow_lead_unit on follow_lead (unit_id) where unit_id is not null;
create index follow_lead_asked on follow_lead (asked_unit_id) where asked_unit_id is not null;

-- A contact, or time at the desk; or follow-up at a workplace that did not happen, and why.
create table follow_contact (
    id uuid not null primary key,
    follow_up_id uuid not null references follow_up (id),
    on_day text not null,
    way text not null,
    minutes bigint not null,
    missed text not null,
    noted_by uuid not null references staff (id),
    noted_at bigint not null,
    constraint follow_contact_way check (way in ('workplace', 'office', 'home', 'phone', 'desk')),
    constraint follow_contact_minutes check (minutes between 0 and 1440),
    constraint follow_contact_missed check (
        missed in ('', 'desk_work', 'competence', 'other') and (missed = '' or way = 'workplace')
    )
);
create index follow_contact_of on follow_contact (follow_up_id, on_day);
create index follow_contact_by on follow_contact (noted_by, on_day);

-- An appointment for treatment outside hospital, and whether it was kept: of the agency alone that
-- notes it.
create table outpatient_visit (
    id uuid not null primary key,
    follow_up_id uuid not null references follow_up (id),
    agency_id uuid not null references agency (id),
    on_day text not null,
    outcome text not null,
    noted_by uuid not null references staff (id),
    noted_at bigint not null
);
create index outpatient_visit_of on outpatient_visit (follow_up_id, on_day);

-- Somebody is to be reached. Why is not told here.
create table contact_task (
    id uuid not null primary key,
    follow_up_id uuid not null references follow_up (id),
    staff_id uuid not null references staff (id),
    due_on text not null,
    made_at bigint not null,
    done_on text
);
create index contact_task_of on contact_task (follow_up_id);
create index contact_task_open on contact_task (staff_id, due_on) where done_on is null;

-- Who leads an area by default at a place, from a day on. Rows are only added.
create table lead_rule (
    municipality text not null,
    area text not null,
    first_day text not null,
    variant text not null,
    noted_by uuid not null references staff (id),
    noted_at bigint not null,
    primary key (municipality, area, first_day),
    constraint lead_rule_variant check (variant in ('employment', 'provider', 'social', 'shared'))
);

-- An office that follows up everybody, of any age and need.
create table follow_everybody (
    office_id uuid not null primary key references office (id),
    since text not null,
    noted_by uuid not null references staff (id)
);
