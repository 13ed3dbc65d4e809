-- Measure providers: what the agreement with each lists, what was handed to them, consents that
-- name them, and how they are told that a consent was taken back.

-- A provider under one agency's agreement. Only what the agreement lists may be handed over, and
-- only as far as the policy pack lets it. A changed agreement is a new row.
create table provider (
    id uuid not null primary key,
    agency_id uuid not null references agency (id),
    name text not null,
    email text not null,
    reference text not null,
    categories text not null,
    valid_from text not null,
    valid_until text not null,
    made_at bigint not null,
    made_by uuid not null references staff (id),
    ended_on text,
    version bigint not null,
    constraint provider_agreed check (
        name <> '' and email <> '' and reference <> '' and categories <> ''
    ),
    constraint provider_order check (valid_from <= valid_until)
);
create index provider_agency on provider (agency_id, valid_until);

-- The providers that a consent names as receivers, beside its agencies.
create table consent_provider (
    consent_id uuid not null references consent (id),
    provider_id uuid not null references provider (id),
    primary key (consent_id, provider_id)
);

-- What a provider was handed, one row for each kind of information, with its ground. Those that
-- were handed over together share `act_id`, whose end is the reference on the paper.
create table handing (
    id uuid not null primary key,
    act_id uuid not null,
    person_id uuid not null references person (id),
    provider_id uuid not null references provider (id),
    agency_id uuid not null references agency (id),
    category text not null,
    purpose text not null,
    conditions text not null,
    ground text not null,
    rule text not null,
    pack text not null,
    consent_id uuid references consent (id),
    body text not null,
    at bigint not null,
    by_staff_id uuid not null references staff (id),
    constraint handing_body check (body <> ''),
    constraint handing_ground check (ground <> '' and rule <> '')
);
create index handing_person on handing (person_id, at);
create index handing_act on handing (act_id);
create index handing_consent on handing (consent_id, provider_id) where consent_id is not null;
create index handing_at on handing (at);

-- A provider has no desk in the house: the agency that handed it something answers for it, and
-- has told it by message.
alter table consent_notice add column provider_id uuid references provider (id);
drop index consent_notice_once;
create unique index consent_notice_once on consent_notice (consent_id, to_agency_id)
    where provider_id is null;
create unique index consent_notice_provider on consent_notice (consent_id, provider_id)
    where provider_id is not null;

-- What refers to a fact, a note or a consent, so that taking one away reads no table whole.
create index fact_reused on fact (reused_from) where reused_from is not null;
create index fact_replaced on fact (replaced_by) where replaced_by is not null;
create index note_corrects on note (corrects) where corrects is not null;
create index candidate_consent on candidate (consent_id);

-- Since when somebody is off duty, so that their address at work goes in time. The nightly keeping
-- writes it; who comes back has none.
alter table staff add column left_on text;

-- A case of unusual use is about a worker, or about a person whom workers of several offices looked
-- at on one day.
drop index watch_once;
drop index watch_open;
alter table watch_case rename to watch_case_before;
create table watch_case (
    id uuid not null primary key,
    actor_id uuid,
    person_id uuid references person (id),
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
    constraint watch_about check ((actor_id is null) <> (person_id is null)),
    constraint watch_settled check (
        (outcome is null and outcome_at is null)
        or (outcome in ('explained', 'followed_up') and coalesce(outcome_reason, '') <> ''
            and outcome_by is not null and outcome_at is not null)
    )
);
insert into watch_case (id, actor_id, person_id, day, measure, seen, expected, bound, basis, made_at,
        outcome, outcome_reason, outcome_by, outcome_at, version)
    select id, actor_id, null, day, measure, seen, expected, bound, basis, made_at,
        outcome, outcome_reason, outcome_by, outcome_at, version
    from watch_case_before;
drop table watch_case_before;
create unique index watch_once on watch_case (actor_id, day, measure) where actor_id is not null;
create unique index watch_once_person on watch_case (person_id, day, measure)
    where person_id is not null;
create index watch_open on watch_case (made_at) where outcome is null;
