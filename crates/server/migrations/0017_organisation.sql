-- The organisation as data: municipalities and efforts, what each building offers, calendars,
-- premises, governing bodies, trials and roll-out, mergers.

-- A unit that carries out what a decision office decided, and decides nothing (REQ-ORG-19).
alter table unit add column delivers boolean not null default false;

-- How many people a change of boundaries concerns.
create index person_place on person (basic_unit);

-- Joint efforts of one municipality or several (REQ-ORG-28, REQ-ORG-29, REQ-ORG-30).
create table effort (
    id uuid not null primary key,
    code text not null,
    name text not null
);
create unique index effort_code on effort (code);

create table municipality (
    number text not null primary key,
    name text not null,
    county text not null,
    entry_year bigint not null,
    effort_id uuid not null references effort (id),
    grouping_note text not null,
    number_later text not null,
    verified boolean not null,
    employment_district text not null,
    inhabitants bigint not null
);
create index municipality_effort on municipality (effort_id);

-- Places in measures and their cost in whole kroner or kronor, by municipality and year.
create table measure_places (
    municipality text not null references municipality (number),
    year bigint not null,
    places bigint not null,
    cost bigint not null,
    primary key (municipality, year),
    constraint measure_places_sign check (places >= 0 and cost >= 0)
);

-- Days on which an office does not keep its weekly hours. Closed without hours.
create table special_day (
    office_id uuid not null references office (id),
    day text not null,
    opens text not null,
    closes text not null,
    note text not null,
    primary key (office_id, day, opens),
    constraint special_day_hours check ((opens = '' and closes = '') or (opens <> '' and opens < closes))
);

-- Hours of a unit in an office where its agency has none, or at a distance (REQ-ORG-16).
create table visiting_hours (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    unit_id uuid not null references unit (id),
    weekday bigint not null,
    opens text not null,
    closes text not null,
    remote boolean not null,
    valid_from text not null,
    valid_until text,
    constraint visiting_weekday check (weekday between 1 and 7),
    constraint visiting_order check (opens < closes),
    constraint visiting_period check (valid_until is null or valid_from < valid_until)
);
create index visiting_office on visiting_hours (office_id, weekday);
create index visiting_unit on visiting_hours (unit_id);

-- What is offered in which building, by whom, decided where (REQ-ORG-17, REQ-ORG-18), inside the
-- joint operation or outside it (REQ-ORG-34). A change ends a line and begins another.
create table inventory_line (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    service text not null,
    unit_id uuid not null references unit (id),
    decided_by uuid references unit (id),
    inside boolean not null,
    partner text not null,
    address text not null,
    route text not null,
    terms text not null,
    agreement text not null,
    valid_from text not null,
    valid_until text,
    constraint inventory_period check (valid_until is null or valid_from < valid_until),
    -- What lies outside the joint operation says with whom and how.
    constraint inventory_outside check (inside or (partner <> '' and route <> ''))
);
create index inventory_office on inventory_line (office_id, service);
create index inventory_unit on inventory_line (unit_id);

-- What sort of office it is, and its main aim (REQ-ORG-44).
create table office_kind (
    office_id uuid not null references office (id),
    valid_from text not null,
    kind text not null,
    aim text not null,
    primary key (office_id, valid_from),
    constraint office_kind_kind check (kind in ('joint', 'public_service', 'state_only',
        'citizens_information')),
    constraint office_kind_aim check (aim in ('work', 'access', 'information'))
);

-- A unit that is to move. Acceptable only when nobody ends worse off (REQ-ORG-16).
create table relocation (
    id uuid not null primary key,
    unit_id uuid not null references unit (id),
    to_office_id uuid not null references office (id),
    on_day text not null,
    hours_stay boolean not null,
    state text not null,
    made_by uuid not null references staff (id),
    at bigint not null,
    version bigint not null,
    constraint relocation_state check (state in ('draft', 'acceptable'))
);
create index relocation_unit on relocation (unit_id);

-- What one unit has to do for another: decide an application that was guided elsewhere, or carry
-- out what was decided (REQ-ORG-18, REQ-ORG-19, REQ-ORG-47).
create table unit_task (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    kind text not null,
    service text not null,
    from_unit_id uuid not null references unit (id),
    unit_id uuid not null references unit (id),
    sent_by uuid not null references staff (id),
    sent_at bigint not null,
    what text not null,
    address text not null,
    route text not null,
    state text not null,
    result text not null,
    changed_by uuid not null references staff (id),
    changed_at bigint not null,
    version bigint not null,
    constraint unit_task_kind check (kind in ('decide', 'deliver')),
    constraint unit_task_state check (state in ('sent', 'started', 'done')),
    constraint unit_task_done check (state <> 'done' or result <> '')
);
create index unit_task_person on unit_task (person_id, sent_at);
create index unit_task_unit on unit_task (unit_id, sent_at) where state <> 'done';
create index unit_task_from on unit_task (from_unit_id, sent_at);

-- Leases, rooms and their bookings, area (REQ-ORG-36, REQ-ORG-37).
create table lease (
    id uuid not null primary key,
    agency_id uuid not null references agency (id),
    office_id uuid references office (id),
    address text not null,
    signed_on text not null,
    starts_on text not null,
    expires_on text not null,
    notice_on text,
    break_on text,
    yearly_cost bigint not null,
    within_budget text not null,
    added_by uuid not null references staff (id),
    added_at bigint not null,
    constraint lease_period check (starts_on < expires_on),
    constraint lease_cost check (yearly_cost >= 0)
);
create index lease_agency on lease (agency_id, expires_on);

create table room (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    name text not null,
    seats bigint not null,
    closed_room boolean not null,
    constraint room_seats check (seats > 0)
);
create unique index room_name on room (office_id, name);

create table room_booking (
    id uuid not null primary key,
    room_id uuid not null references room (id),
    agency_id uuid not null references agency (id),
    staff_id uuid not null references staff (id),
    starts_at bigint not null,
    ends_at bigint not null,
    cancelled_at bigint,
    constraint room_booking_order check (starts_at < ends_at)
);
create index room_booking_day on room_booking (room_id, starts_at);

-- One row per quarter of an hour: two bookings of one quarter cannot both be stored.
create table room_slot (
    room_id uuid not null references room (id),
    starts_at bigint not null,
    booking_id uuid not null references room_booking (id),
    primary key (room_id, starts_at)
);
create index room_slot_booking on room_slot (booking_id);

create table area_figure (
    office_id uuid not null references office (id),
    agency_id uuid not null references agency (id),
    phase text not null,
    square_metres bigint not null,
    staff bigint not null,
    yearly_cost bigint not null,
    open_plan boolean not null,
    primary key (office_id, agency_id, phase),
    constraint area_phase check (phase in ('before', 'after')),
    constraint area_sign check (square_metres > 0 and staff > 0 and yearly_cost >= 0)
);

-- Who sits together, from the joint tasks they have (REQ-ORG-35).
create table seat_plan (
    office_id uuid not null references office (id),
    unit_id uuid not null references unit (id),
    seats bigint not null,
    joint_tasks text not null,
    primary key (office_id, unit_id),
    constraint seat_plan_seats check (seats > 0)
);

-- Bodies that govern, their members and terms (REQ-ORG-21, REQ-ORG-24).
create table body (
    id uuid not null primary key,
    name text not null,
    kind text not null,
    valid_from text not null,
    valid_until text,
    constraint body_kind check (kind in ('steering', 'project', 'joint'))
);

create table body_member (
    body_id uuid not null references body (id),
    staff_id uuid not null references staff (id),
    seat text not null,
    valid_from text not null,
    valid_until text,
    primary key (body_id, staff_id, valid_from)
);
create index body_member_staff on body_member (staff_id);

-- A proposal of a project group or a local leader, until a steering group has decided.
create table proposal (
    id uuid not null primary key,
    body_id uuid not null references body (id),
    title text not null,
    text text not null,
    proposed_by uuid not null references staff (id),
    proposed_as text not null,
    proposed_at bigint not null,
    state text not null,
    decided_by uuid references staff (id),
    decided_at bigint,
    effect_from text,
    version bigint not null,
    constraint proposal_state check (state in ('proposal', 'decided', 'rejected')),
    constraint proposal_as check (proposed_as in ('project_group', 'local_leader', 'steering_group')),
    constraint proposal_decided check ((state = 'proposal') = (decided_by is null)
        and (state = 'proposal') = (decided_at is null)
        and (state <> 'decided' or effect_from is not null))
);
create index proposal_body on proposal (body_id, proposed_at);

-- What a joint body may decide, agreed centrally.
create table remit (
    id uuid not null primary key,
    body_id uuid not null references body (id),
    topic text not null,
    valid_from text not null,
    valid_until text
);
create index remit_body on remit (body_id);

create table agenda_item (
    id uuid not null primary key,
    body_id uuid not null references body (id),
    meets_on text not null,
    title text not null,
    -- The contradiction of goals that it came from; empty when somebody wrote it.
    origin text not null,
    ending text not null,
    remit_id uuid references remit (id),
    minutes text not null,
    added_at bigint not null,
    version bigint not null,
    constraint agenda_ending check (ending in ('open', 'information', 'decision')),
    -- A decision names the place of the remit that it stands on.
    constraint agenda_decided check (ending <> 'decision' or remit_id is not null)
);
create index agenda_body on agenda_item (body_id, meets_on);
create unique index agenda_origin on agenda_item (body_id, origin) where origin <> '';

-- Steering goals of a year, agency by agency (REQ-ORG-50).
create table steering_goal (
    id uuid not null primary key,
    agency_id uuid not null references agency (id),
    year bigint not null,
    target_group text not null,
    lever text not null,
    direction text not null,
    text text not null,
    asks_cooperation boolean not null,
    added_at bigint not null,
    constraint steering_goal_direction check (direction in ('more', 'less', 'same'))
);
create index steering_goal_year on steering_goal (year, agency_id);

-- Trials and their phases (REQ-ORG-31), and who is principal for measures (REQ-ORG-41).
create table trial (
    id uuid not null primary key,
    code text not null,
    name text not null,
    starts_on text not null,
    planned_end text,
    funder text not null,
    legal_frame text not null,
    framework text not null,
    measures_principal text not null,
    constraint trial_principal check (measures_principal in ('state', 'municipality')),
    constraint trial_period check (planned_end is null or starts_on < planned_end)
);
create unique index trial_code on trial (code);

create table trial_phase (
    trial_id uuid not null references trial (id),
    phase text not null,
    starts_on text not null,
    primary key (trial_id, phase),
    constraint trial_phase_phase check (phase in ('planning', 'front_line', 'back_office', 'running'))
);

create table trial_place (
    trial_id uuid not null references trial (id),
    municipality text not null references municipality (number),
    primary key (trial_id, municipality)
);
create index trial_place_municipality on trial_place (municipality);

-- The planned day on which an office meets the minimum (REQ-ORG-32); the latest row holds.
create table rollout_date (
    office_id uuid not null references office (id),
    set_at bigint not null,
    planned_on text not null,
    set_by uuid references staff (id),
    primary key (office_id, set_at)
);

-- Moving in and opening, lessons, open questions (REQ-ORG-38, REQ-MISC-07).
create table office_start (
    office_id uuid not null primary key references office (id),
    moves_in_on text,
    opens_on text not null
);

create table lesson (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    text text not null,
    written_by uuid not null references staff (id),
    written_at bigint not null,
    closed_at bigint
);
create index lesson_office on lesson (office_id);

create table lesson_done (
    lesson_id uuid not null references lesson (id),
    office_id uuid not null references office (id),
    done_by uuid not null references staff (id),
    done_at bigint not null,
    primary key (lesson_id, office_id)
);

create table open_question (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    text text not null,
    owner_id uuid not null references staff (id),
    due_on text not null,
    answer text not null,
    settled_at bigint,
    version bigint not null,
    constraint open_question_settled check ((settled_at is null) = (answer = ''))
);
create index open_question_office on open_question (office_id, due_on);

-- How an effort is anchored, agency by agency (REQ-ORG-39).
create table anchoring (
    effort_id uuid not null references effort (id),
    agency_id uuid not null references agency (id),
    priority bigint not null,
    owner text not null,
    council_on text,
    middle_managers text not null,
    noted_by uuid not null references staff (id),
    noted_at bigint not null,
    primary key (effort_id, agency_id),
    constraint anchoring_priority check (priority between 1 and 5),
    constraint anchoring_middle check (middle_managers in ('for', 'mixed', 'against', 'unknown'))
);

-- Units that became one, from a day on (REQ-MISC-02). What was before stays under the old one.
create table merger (
    old_unit_id uuid not null primary key references unit (id),
    new_unit_id uuid not null references unit (id),
    on_day text not null,
    made_by uuid not null references staff (id),
    at bigint not null,
    -- When staff and open matters went along; on the day.
    carried_at bigint,
    constraint merger_two check (old_unit_id <> new_unit_id)
);
create index merger_new on merger (new_unit_id);
create index merger_waiting on merger (on_day) where carried_at is null;
create index ruling_unit on ruling (unit_id, at);
