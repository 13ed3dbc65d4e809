-- The person's own page: who may act for whom, lines of the log that wait, names of staff that
-- the law lets us leave out, and what persons ask about their own files.

-- How sure the provider was of a resident, and for whom a representative acts just now.
alter table session add column level text;
alter table session add column acts_for uuid;

-- A recorded right to act for somebody. Kinship alone is no row here. `categories` lists the codes
-- of what it covers, with blanks between.
create table representation (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    representative_person_id uuid not null references person (id),
    kind text not null,
    categories text not null,
    valid_from text not null,
    valid_until text,
    recorded_by uuid references staff (id),
    source text not null,
    constraint representation_kind check (kind in ('guardian', 'proxy', 'parent')),
    constraint representation_other check (person_id <> representative_person_id),
    constraint representation_source check (source <> ''),
    constraint representation_order check (valid_until is null or valid_from < valid_until)
);
create index representation_of on representation (person_id);
create index representation_by on representation (representative_person_id);

-- Staff whose name residents do not read, because of a threat.
create table name_hidden (
    staff_id uuid not null primary key references staff (id),
    basis text not null,
    since text not null
);

-- A line of the journal that the person reads later, and on what basis.
create table journal_delay (
    lane bigint not null,
    seq bigint not null,
    until bigint not null,
    basis text not null,
    set_by uuid not null references staff (id),
    set_at bigint not null,
    primary key (lane, seq),
    constraint journal_delay_basis check (basis in ('investigation', 'safety', 'other_law'))
);

-- What a person asks about their own file (GDPR art. 16, 18, 21), and the answer.
create table correction (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    asked_by uuid not null references person (id),
    agency_id uuid not null references agency (id),
    kind text not null,
    about text not null,
    field text,
    lane bigint,
    seq bigint,
    text text not null,
    person_version bigint not null,
    asked_at bigint not null,
    asked_on text not null,
    due text not null,
    extended_reason text,
    state text not null,
    verdict text,
    reason text,
    answered_at bigint,
    answered_on text,
    answered_by uuid references staff (id),
    version bigint not null,
    constraint correction_kind check (kind in ('correction', 'restriction', 'objection')),
    constraint correction_about check (
        (about = 'field' and field is not null and lane is null)
        or (about = 'line' and field is null and lane is not null and seq is not null)
        or (about = 'other' and field is null and lane is null)
    ),
    constraint correction_state check (state in ('asked', 'withdrawn', 'answered')),
    -- An answer says what and why, and who gave it.
    constraint correction_answer check (
        (state = 'answered' and coalesce(verdict, '') in ('corrected', 'partly', 'refused')
            and coalesce(reason, '') <> '' and answered_at is not null
            and answered_on is not null and answered_by is not null)
        or (state <> 'answered' and verdict is null and reason is null and answered_by is null)
    )
);
create index correction_person on correction (person_id, asked_at);
create index correction_agency on correction (agency_id, due) where state = 'asked';
create index correction_due on correction (due) where state = 'asked';
