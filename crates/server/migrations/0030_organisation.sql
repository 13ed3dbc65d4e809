-- What is counted of people by municipality once a month is over. `counted` says that it was.
create table place_count (
    month text not null,
    what text not null,
    municipality text not null,
    number bigint not null,
    primary key (month, what, municipality)
);

-- A decision that came back may be sent on again, and one that was made no longer lies there: at most
-- one of a visit in a subject is open (REQ-FRONT-10).
create table escalation_again (
    visit_id uuid not null references visit (id),
    subject text not null,
    office_id uuid not null references office (id),
    unit_id uuid not null references unit (id),
    staff_id uuid not null references staff (id),
    at bigint not null,
    returned_at bigint,
    returned_by uuid references staff (id),
    return_reason text,
    decided_at bigint,
    primary key (visit_id, subject, at),
    constraint escalation_ended check (
        (returned_at is null and returned_by is null and return_reason is null)
        or (returned_at is not null and returned_by is not null and decided_at is null
            and coalesce(return_reason, '') in ('decide_there', 'incomplete', 'other_unit'))
    )
);
insert into escalation_again (visit_id, subject, office_id, unit_id, staff_id, at, returned_at,
        returned_by, return_reason, decided_at)
    select visit_id, subject, office_id, unit_id, staff_id, at, returned_at, returned_by,
        return_reason, null from escalation;
drop table escalation;
alter table escalation_again rename to escalation;
create index escalation_office on escalation (office_id, at);
create index escalation_unit on escalation (unit_id, at, visit_id)
    where returned_at is null and decided_at is null;
create unique index escalation_open on escalation (visit_id, subject)
    where returned_at is null and decided_at is null;

-- The day on which an office was closed or became another. It stays, because history refers to it.
alter table office add column ended_on text;
-- Of those that went before, the day was not kept apart: the first stands for it.
update office set ended_on = '1970-01-01'
    where exists (select 1 from office_closing x where x.office_id = office.id
            and x.done_at is not null)
        and not exists (select 1 from unit u where u.office_id = office.id
            and u.valid_until is null);

-- When agencies could be reached at the offices of a municipality until a day on which an import, a
-- merger or a closing changed it (REQ-FRONT-25).
create table access_kept (
    municipality text not null,
    until_day text not null,
    primary key (municipality, until_day)
);
create table access_was (
    municipality text not null,
    until_day text not null,
    agency_id uuid not null references agency (id),
    weekday bigint not null,
    opens text not null,
    closes text not null,
    primary key (municipality, until_day, agency_id, weekday, opens, closes)
);
