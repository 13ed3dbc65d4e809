-- The kernel's own tables: the journal, sign-in, and what makes calls repeatable.

-- A lane is one chain of the journal. SQLite has one writer and one lane;
-- PostgreSQL has several, so that transactions do not queue for one chain.
create table journal_lane (
    lane bigint not null primary key,
    seq bigint not null,
    head bytea not null,
    seal bytea not null
);

create table journal (
    lane bigint not null,
    seq bigint not null,
    at bigint not null,
    actor_kind text not null,
    actor_id uuid,
    role text not null,
    agency_id uuid,
    unit_id uuid,
    act text not null,
    purpose text not null,
    ground text not null,
    subject_kind text not null,
    subject_id uuid,
    persons text not null,
    detail text not null,
    hash bytea not null,
    primary key (lane, seq)
);
create index journal_at on journal (at);
create index journal_actor on journal (actor_id, at);

-- Whose data a journal row is about: the way from a person to who looked.
create table journal_person (
    person_id uuid not null,
    lane bigint not null,
    seq bigint not null,
    primary key (person_id, lane, seq)
);
-- The way back, for the check that none was taken out or put in.
create index journal_person_row on journal_person (lane, seq);

create table session (
    secret_hash bytea not null primary key,
    actor_kind text not null,
    actor_id uuid not null,
    token_id uuid,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_expiry on session (expires_at);

-- What a sign-in at the identity provider must come back with.
create table sign_in_attempt (
    state_hash bytea not null primary key,
    nonce text not null,
    verifier text not null,
    next text not null,
    expires_at bigint not null
);

create table token (
    id uuid not null primary key,
    name text not null,
    secret_hash bytea not null,
    kind text not null,
    staff_id uuid,
    office_id uuid,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    constraint token_kind check (kind in ('client', 'kiosk')),
    constraint token_bearer check (
        (kind = 'client' and staff_id is not null) or (kind = 'kiosk' and office_id is not null)
    )
);
create unique index token_secret on token (secret_hash);
create unique index token_name on token (name);

-- The answer that a creating call was given, so that a repeat gets the same.
create table idempotency (
    actor_id uuid not null,
    key text not null,
    act text not null,
    fingerprint bytea not null,
    location text not null,
    created_at bigint not null,
    primary key (actor_id, key)
);
create index idempotency_age on idempotency (created_at);

create table outbox (
    id uuid not null primary key,
    channel text not null,
    recipient text not null,
    language text not null,
    body text not null,
    person_id uuid,
    created_at bigint not null,
    sent_at bigint
);

-- Facts about this installation: what it was set up as, and when.
create table installation (
    key text not null primary key,
    value text not null
);
