-- Visits: who came, what they need, where they were sent, how it ended.

create table ticket_counter (
    office_id uuid not null references office (id),
    day text not null,
    last bigint not null,
    primary key (office_id, day)
);

-- A check that comes out as null passes, so what may be null is compared through
-- `coalesce`.
create table visit (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    day text not null,
    ticket bigint not null,
    person_id uuid references person (id),
    spoken_name text not null,
    language text not null,
    needs text not null,
    account text not null,
    mode text not null,
    track text not null,
    first_track text not null,
    track_reason text not null,
    state text not null,
    arrived_at bigint not null,
    called_at bigint,
    closed_at bigint,
    server_id uuid references staff (id),
    outcome text,
    answer text,
    step_what text,
    step_unit_id uuid references unit (id),
    step_owner_id uuid references staff (id),
    step_on text,
    step_place text,
    case_id uuid references shared_case (id),
    appointment_id uuid references appointment (id),
    meeting_declined text,
    adviser_needed boolean not null,
    told_again bigint not null,
    changed_at bigint not null,
    version bigint not null,
    constraint visit_mode check (mode in ('self_service', 'host', 'desk', 'common_area')),
    constraint visit_track check (track in ('desk', 'common_area', 'joint_meeting')),
    constraint visit_state check (state in ('waiting', 'serving', 'closed')),
    -- Nobody leaves without an outcome or a next step (REQ-FRONT-09).
    constraint visit_outcome check (
        state <> 'closed' or coalesce(outcome, '') in ('clarified', 'informed', 'left')
        or (coalesce(outcome, '') in ('next_step', 'outside', 'case', 'meeting')
            and coalesce(step_what, '') <> '' and step_unit_id is not null
            and step_owner_id is not null and step_on is not null
            and coalesce(step_place, '') <> '')
    ),
    -- A composed need ends in a meeting, or in the person's recorded no (REQ-FRONT-08).
    constraint visit_meeting check (
        state <> 'closed' or coalesce(outcome, '') = 'left' or track <> 'joint_meeting'
        or appointment_id is not null or coalesce(meeting_declined, '') <> ''
    ),
    constraint visit_served check (state <> 'serving' or server_id is not null),
    constraint visit_closed check ((state = 'closed') = (closed_at is not null))
);
create unique index visit_ticket on visit (office_id, day, ticket);
create index visit_queue on visit (office_id, arrived_at) where state <> 'closed';
create index visit_day on visit (office_id, day, closed_at);
create index visit_person on visit (person_id, arrived_at);
create index visit_changed on visit (changed_at);
create index visit_server on visit (server_id, arrived_at) where state = 'serving';

-- The agencies that a visit concerns, and whether they took part on the spot.
create table visit_agency (
    visit_id uuid not null references visit (id),
    agency_id uuid not null references agency (id),
    took_part boolean not null,
    primary key (visit_id, agency_id)
);

create table visit_event (
    visit_id uuid not null references visit (id),
    n bigint not null,
    at bigint not null,
    kind text not null,
    actor_id uuid,
    detail text not null,
    primary key (visit_id, n)
);

-- Where a decision belongs: the competent unit of the home district, and why.
create table route (
    visit_id uuid not null references visit (id),
    agency_id uuid not null references agency (id),
    subject text not null,
    unit_id uuid not null references unit (id),
    district_id uuid not null references district (id),
    away boolean not null,
    at bigint not null,
    primary key (visit_id, agency_id, subject)
);
create index route_unit on route (unit_id, at);

-- Formal decisions and guidance given, each by the unit that did it (REQ-ORG-01, REQ-ORG-03).
create table ruling (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    visit_id uuid references visit (id),
    case_id uuid references shared_case (id),
    subject text not null,
    kind text not null,
    text text not null,
    staff_id uuid not null references staff (id),
    unit_id uuid not null references unit (id),
    agency_id uuid not null references agency (id),
    principal_id uuid not null references principal (id),
    at bigint not null,
    constraint ruling_kind check (kind in ('decision', 'guidance'))
);
create index ruling_person on ruling (person_id, at);
