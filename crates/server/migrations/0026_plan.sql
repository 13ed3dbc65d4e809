-- Needs, and the joint plan about them.

-- What a person needs, whatever there is. It has exactly one owner. Its words are sealed under the
-- person's key. `apart_id` is set where its agency may not know that the same need stands already.
create table need (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    kind text not null,
    category text not null,
    said_by text not null,
    person_rank bigint,
    worker_rank bigint,
    agency_id uuid not null references agency (id),
    unit_id uuid not null references unit (id),
    body text not null,
    source text not null,
    source_id uuid,
    noted_on text not null,
    noted_at bigint not null,
    noted_by uuid references staff (id),
    state text not null,
    reason text not null,
    settled_on text,
    apart_id uuid references agency (id),
    kept_until text not null,
    version bigint not null,
    constraint need_said check (said_by in ('person', 'worker')),
    constraint need_ranks check (
        coalesce(person_rank, 1) between 1 and 9 and coalesce(worker_rank, 1) between 1 and 9
    ),
    constraint need_source check (source in ('assessment', 'entry', 'meeting', 'plan')),
    constraint need_state check (state in ('open', 'met', 'partly_met', 'unmet', 'withdrawn')),
    constraint need_settled check ((settled_on is not null) = (state in ('met', 'withdrawn')))
);
create index need_person on need (person_id);
create index need_owner on need (unit_id, state);
create index need_kept on need (kept_until);
-- No need has two owners: it stands once.
create unique index need_once on need (person_id, kind)
    where state in ('open', 'partly_met', 'unmet') and apart_id is null;
create unique index need_apart on need (person_id, kind, apart_id)
    where state in ('open', 'partly_met', 'unmet') and apart_id is not null;
