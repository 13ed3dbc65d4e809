-- The one shared case, its three (responsible, deputy, next step), and hand-overs.

-- A case that is open cannot be stored without its three. `on_duty` is true
-- while it is open and null when it is closed, so the keys below demand workers
-- who are on duty for exactly as long as somebody depends on them.
create table shared_case (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    summary text not null,
    responsible_id uuid not null,
    deputy_id uuid not null,
    agency_id uuid not null references agency (id),
    unit_id uuid not null references unit (id),
    on_duty boolean,
    step_what text,
    step_owner_id uuid,
    step_on text,
    step_place text,
    opened_at bigint not null,
    closed_at bigint,
    close_reason text,
    handovers bigint not null,
    shuttles bigint not null,
    forced_changes bigint not null,
    last_resort boolean not null,
    version bigint not null,
    constraint case_two_people check (responsible_id <> deputy_id),
    constraint case_three check (
        (closed_at is null and on_duty is not null and on_duty and coalesce(step_what, '') <> ''
            and step_owner_id is not null and step_on is not null
            and coalesce(step_place, '') <> '' and close_reason is null)
        or (closed_at is not null and on_duty is null and close_reason is not null)
    ),
    foreign key (responsible_id, on_duty) references staff (id, on_duty),
    foreign key (deputy_id, on_duty) references staff (id, on_duty),
    foreign key (step_owner_id, on_duty) references staff (id, on_duty)
);
create unique index case_one_open on shared_case (person_id) where closed_at is null;
create index case_person on shared_case (person_id);
create index case_responsible on shared_case (responsible_id, step_on, id) where closed_at is null;
create index case_deputy on shared_case (deputy_id, step_on, id) where closed_at is null;
create index case_step_owner on shared_case (step_owner_id, step_on, id) where closed_at is null;
create index case_unit on shared_case (unit_id) where closed_at is null;

-- Agencies with a part in the case; the responsible worker's is always among them.
create table case_agency (
    case_id uuid not null references shared_case (id),
    agency_id uuid not null references agency (id),
    since bigint not null,
    primary key (case_id, agency_id)
);

-- What happened, in order: the history that a reader of the case sees.
create table case_event (
    case_id uuid not null references shared_case (id),
    n bigint not null,
    at bigint not null,
    kind text not null,
    actor_id uuid,
    detail text not null,
    primary key (case_id, n)
);

create table handover (
    id uuid not null primary key,
    case_id uuid not null references shared_case (id),
    asked_by uuid not null references staff (id),
    from_agency_id uuid not null references agency (id),
    to_agency_id uuid not null references agency (id),
    to_unit_id uuid not null references unit (id),
    to_staff_id uuid references staff (id),
    reason text not null,
    need text not null,
    asked_at bigint not null,
    deadline text not null,
    state text not null,
    answered_at bigint,
    answered_by uuid references staff (id),
    answer_reason text,
    alternative text,
    manager_id uuid references staff (id),
    version bigint not null,
    constraint handover_state check (
        state in ('asked', 'accepted', 'refused', 'expired', 'withdrawn', 'settled')
    ),
    constraint handover_reason check (reason <> ''),
    constraint handover_refusal check (
        state <> 'refused'
            or (coalesce(answer_reason, '') <> '' and coalesce(alternative, '') <> '')
    ),
    constraint handover_expiry check (state <> 'expired' or manager_id is not null),
    constraint handover_answer check ((state = 'asked') = (answered_at is null))
);
create unique index handover_one_asked on handover (case_id) where state = 'asked';
create index handover_case on handover (case_id, asked_at);
create index handover_unit on handover (to_unit_id, deadline) where state = 'asked';
create index handover_due on handover (deadline) where state = 'asked';
create index handover_manager on handover (manager_id) where state in ('expired', 'refused');
create index handover_asker on handover (asked_by, asked_at);
create index handover_question on handover (deadline) where state in ('refused', 'expired');
