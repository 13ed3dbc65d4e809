-- The walls: what stands before everything else about a person, ties between staff
-- and persons, policy packs and their choice, recorded grounds, facts and notes with
-- owner and category, and single access.

-- Bits of `onedoor_domain::person::Guard`: address protection of every kind, and
-- shielding. A person is there for a worker when no bit is set that the worker
-- is not marked for; one comparison serves every list.
alter table person add column guard bigint not null default 0;
update person set guard = case protection when 1 then 1 when 2 then 2 else 0 end;
alter table person add column residence text not null default 'here';
alter table person add column died_on text;

-- What a worker is marked for besides the clearance: `national`, `shielded`,
-- `abroad`, `unknown_residence`. Those who are there keep the sight they had
-- until the next office file says otherwise.
alter table staff add column marks text not null default '';
update staff set marks = 'national';

-- Ties that bar a worker from a person: oneself, family, guardianship. `bits` is
-- the tie as an overlay of the policy pack.
create table staff_tie (
    staff_id uuid not null references staff (id),
    person_id uuid not null references person (id),
    kind text not null,
    bits bigint not null,
    source text not null,
    noted_at bigint not null,
    noted_by uuid references staff (id),
    ended_at bigint,
    primary key (staff_id, person_id, kind)
);
create index staff_tie_person on staff_tie (person_id);

-- The same by the blind index of a number, so that a tie to somebody who is not
-- registered yet holds from the day that they are. Nothing shows which it is.
create table staff_tie_number (
    staff_id uuid not null references staff (id),
    number text not null,
    kind text not null,
    bits bigint not null,
    source text not null,
    noted_at bigint not null,
    primary key (staff_id, number, kind)
);
create index staff_tie_number_number on staff_tie_number (number);

-- Family of persons. Who may read the one may not therefore read the other
-- (REQ-INFO-17).
create table kin (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    other_id uuid not null references person (id),
    kind text not null,
    agency_id uuid not null references agency (id),
    source text not null,
    received_on text not null,
    noted_at bigint not null,
    noted_by uuid not null references staff (id),
    ended_at bigint,
    constraint kin_kind check (kind in ('parent_of', 'partner', 'sibling', 'guardian_of')),
    constraint kin_two check (person_id <> other_id)
);
create index kin_person on kin (person_id);
create index kin_other on kin (other_id);

-- Every pack that this installation has used or may use. The text of one that was
-- used is never changed; a new version is a new row.
create table policy_pack (
    code text not null,
    version bigint not null,
    country text not null,
    valid_from text not null,
    valid_until text,
    body text not null,
    digest text not null,
    loaded_at bigint not null,
    used_at bigint,
    primary key (code, version)
);

-- Which pack holds where and from when, with the site's own narrower settings.
-- Without a row for an office the row for all holds; without that, the country's.
create table policy_choice (
    id uuid not null primary key,
    office_id uuid references office (id),
    code text not null,
    version bigint not null,
    settings text not null,
    valid_from text not null,
    valid_until text,
    reason text not null,
    chosen_at bigint not null,
    chosen_by uuid references staff (id)
);

-- A ground that a worker recorded. What a condition of a rule opens, the receiver may
-- record. What needs a necessity or harm test, the giver decides: asked for by the
-- receiver, or told on own initiative. It is never more than the pack lets it be.
create table claim (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    from_agency_id uuid not null references agency (id),
    to_agency_id uuid not null references agency (id),
    purpose text not null,
    conditions text not null,
    categories bigint not null,
    reason text not null,
    made_at bigint not null,
    made_by uuid not null references staff (id),
    valid_until text not null,
    state text not null,
    answer text,
    answered_at bigint,
    answered_by uuid references staff (id),
    constraint claim_two check (from_agency_id <> to_agency_id),
    constraint claim_reason check (reason <> ''),
    constraint claim_state check (state in ('asked', 'held', 'refused', 'ended')),
    constraint claim_answer check (
        state <> 'refused' or (coalesce(answer, '') <> '' and answered_by is not null)
    )
);
create index claim_asked on claim (from_agency_id, made_at) where state = 'asked';
create index claim_person on claim (person_id, valid_until);

-- A fact about a person: who owns it, what it tells of, where it comes from, when it
-- was received, how long it is kept. A changed fact is a new row; nothing is written over.
create table fact (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    kind text not null,
    category text not null,
    body text not null,
    source text not null,
    received_on text not null,
    kept_until text not null,
    office_lock uuid references office (id),
    reused_from uuid references fact (id),
    noted_at bigint not null,
    noted_by uuid references staff (id),
    replaced_by uuid references fact (id),
    ended_at bigint
);
create index fact_person on fact (person_id, agency_id) where ended_at is null;
create index fact_kept on fact (kept_until);

-- A note: its writer chose the category; an internal one never leaves the agency.
-- The writer cannot take it back, only correct it by another.
create table note (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    category text not null,
    internal boolean not null,
    body text not null,
    source text not null,
    received_on text not null,
    kept_until text not null,
    office_lock uuid references office (id),
    corrects uuid references note (id),
    noted_at bigint not null,
    noted_by uuid not null references staff (id)
);
create index note_person on note (person_id, noted_at);
create index note_kept on note (kept_until);

-- Single access (break-glass) over soft overlays only: reason, end, a second person.
create table single_access (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    staff_id uuid not null references staff (id),
    agency_id uuid not null references agency (id),
    office_id uuid references office (id),
    reason text not null,
    granted_at bigint not null,
    valid_until text not null,
    confirm_by bigint not null,
    confirmed_by uuid references staff (id),
    confirmed_at bigint,
    verdict text,
    tell_from text not null,
    version bigint not null,
    constraint single_access_verdict check (coalesce(verdict, 'confirmed') in ('confirmed', 'refused')),
    constraint single_access_two check (coalesce(confirmed_by, person_id) <> staff_id)
);
create index single_access_worker on single_access (staff_id, person_id, valid_until);
create index single_access_open on single_access (confirm_by) where verdict is null;
create index single_access_person on single_access (person_id);
