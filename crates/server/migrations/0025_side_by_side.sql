-- Two frameworks that run side by side (REQ-ORG-40): in which trial and which effort somebody takes
-- part, and to which of them a meeting belongs.

-- Where a row is in both, it says whether they are run as one or beside one another.
create table trial_part (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    trial_id uuid references trial (id),
    trial_group text,
    effort_id uuid references effort (id),
    effort_group text,
    running text,
    from_day text not null,
    until_day text,
    reached text,
    noted_by uuid not null references staff (id),
    noted_at bigint not null,
    constraint trial_part_somewhere check (trial_id is not null or effort_id is not null),
    constraint trial_part_trial check ((trial_id is null) = (trial_group is null)),
    constraint trial_part_effort check ((effort_id is null) = (effort_group is null)),
    constraint trial_part_running check (
        (running is not null) = (trial_id is not null and effort_id is not null)
    ),
    constraint trial_part_running_is check (
        running is null or running in ('integrated', 'parallel')
    ),
    constraint trial_part_period check (until_day is null or from_day <= until_day),
    constraint trial_part_reached check ((until_day is null) = (reached is null)),
    constraint trial_part_reached_is check (
        reached is null or reached in ('work', 'education', 'nothing')
    )
);
create index trial_part_person on trial_part (person_id, from_day);
create index trial_part_trial on trial_part (trial_id, id);
create index trial_part_effort on trial_part (effort_id, id);
-- An agency has nobody twice in the same framework at one time.
create unique index trial_part_one_trial on trial_part (person_id, agency_id, trial_id)
    where until_day is null and trial_id is not null;
create unique index trial_part_one_effort on trial_part (person_id, agency_id, effort_id)
    where until_day is null and effort_id is not null;

create table trial_meeting (
    appointment_id uuid not null primary key references appointment (id),
    trial_id uuid references trial (id),
    effort_id uuid references effort (id),
    running text,
    noted_by uuid not null references staff (id),
    noted_at bigint not null,
    constraint trial_meeting_somewhere check (trial_id is not null or effort_id is not null),
    constraint trial_meeting_running check (
        (running is not null) = (trial_id is not null and effort_id is not null)
    ),
    constraint trial_meeting_running_is check (
        running is null or running in ('integrated', 'parallel')
    )
);
create index trial_meeting_trial on trial_meeting (trial_id, appointment_id);
create index trial_meeting_effort on trial_meeting (effort_id, appointment_id);

-- Those over whom something lies are few, and are looked for in every round: whoever carries their
-- case may no longer see them (REQ-REF-01, REQ-INFO-01).
create index person_guarded on person (id) where guard <> 0;
