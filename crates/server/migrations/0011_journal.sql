-- The journal grown up: sending it on, checkpoints for outsiders, keep-times that
-- run, legal hold, erasure, and unusual use as cases to look at.

-- How far each lane has been sent to the site's security log, and which server
-- is sending just now.
create table siem_cursor (
    lane bigint not null primary key,
    seq bigint not null,
    leased_until bigint not null
);

-- A signed statement of what the journal held. The body is the text that was
-- signed, as it was handed to outsiders.
create table checkpoint (
    n bigint not null primary key,
    day text not null,
    made_at bigint not null,
    body text not null,
    signature bytea not null
);
create unique index checkpoint_day on checkpoint (day);

-- Where a lane begins after old rows were removed: the last removed row.
create table journal_anchor (
    lane bigint not null primary key,
    seq bigint not null,
    head bytea not null,
    seal bytea not null,
    cut_on text not null
);

-- Nothing about this person is deleted or locked while a hold is in force.
create table legal_hold (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    reason text not null,
    set_by uuid not null references staff (id),
    set_at bigint not null,
    from_day text not null,
    until_day text,
    lifted_by uuid references staff (id),
    lifted_at bigint,
    lift_reason text,
    version bigint not null,
    constraint hold_reason check (reason <> ''),
    constraint hold_days check (until_day is null or until_day >= from_day),
    constraint hold_lifted check (
        (lifted_at is null and lifted_by is null and lift_reason is null)
        or (lifted_at is not null and lifted_by is not null and coalesce(lift_reason, '') <> '')
    )
);
create index legal_hold_person on legal_hold (person_id);

-- What the law wants kept and out of use: closed and locked, not deleted.
create table kept_lock (
    kind text not null,
    id uuid not null,
    locked_on text not null,
    primary key (kind, id)
);

-- One night's keeping: what was due, what was done.
create table keeping_run (
    day text not null primary key,
    started_at bigint not null,
    leased_until bigint not null,
    ended_at bigint
);

create table keeping_count (
    day text not null references keeping_run (day),
    class text not null,
    deleted bigint not null,
    locked bigint not null,
    held bigint not null,
    stuck bigint not null,
    next_due text,
    primary key (day, class)
);

-- A request to erase a person, and the way it went.
create table erasure (
    id uuid not null primary key,
    person_id uuid not null,
    state text not null,
    asked_by uuid not null references staff (id),
    asked_at bigint not null,
    reason text not null,
    decided_by uuid references staff (id),
    decided_at bigint,
    decision_reason text,
    confirmed_by uuid references staff (id),
    confirmed_at bigint,
    done_at bigint,
    version bigint not null,
    constraint erasure_state check (
        state in ('asked', 'approved', 'refused', 'confirmed', 'done', 'withdrawn')
    ),
    constraint erasure_reason check (reason <> ''),
    constraint erasure_decided check (
        state in ('asked', 'withdrawn')
        or (decided_by is not null and coalesce(decision_reason, '') <> '')
    ),
    constraint erasure_two_people check (
        state not in ('confirmed', 'done')
        or (confirmed_by is not null and confirmed_by <> decided_by)
    ),
    constraint erasure_done check ((state = 'done') = (done_at is not null))
);
create unique index erasure_one_open on erasure (person_id)
    where state in ('asked', 'approved', 'confirmed');

-- Unusual use: somebody's day that differs from their own past and their peers.
-- A case to look at, never a sanction.
create table watch_case (
    id uuid not null primary key,
    actor_id uuid not null,
    day text not null,
    measure text not null,
    seen bigint not null,
    expected bigint not null,
    bound bigint not null,
    basis text not null,
    made_at bigint not null,
    outcome text,
    outcome_reason text,
    outcome_by uuid references staff (id),
    outcome_at bigint,
    version bigint not null,
    constraint watch_outcome check (
        (outcome is null and outcome_at is null)
        or (outcome in ('explained', 'followed_up') and coalesce(outcome_reason, '') <> ''
            and outcome_by is not null and outcome_at is not null)
    )
);
create unique index watch_once on watch_case (actor_id, day, measure);
create index watch_open on watch_case (made_at) where outcome is null;

-- What was counted of a worker's day: counts alone, to hold later days against.
create table watch_measure (
    actor_id uuid not null,
    day text not null,
    measure text not null,
    value bigint not null,
    primary key (actor_id, measure, day)
);

-- The days that were searched for unusual use, so that each is searched once.
create table watch_day (
    day text not null primary key,
    searched_at bigint not null
);

-- The day on which a token was last used: noted once a day.
alter table token add column used_on text;

-- The way back from an appointment, a case or a visit to what refers to it, for
-- the nightly keeping.
create index visit_appointment on visit (appointment_id) where appointment_id is not null;
create index visit_case on visit (case_id) where case_id is not null;
create index ruling_visit on ruling (visit_id) where visit_id is not null;
create index ruling_case on ruling (case_id) where case_id is not null;
