-- A choice of the law that goes beyond the default of the place and time waits here for a second
-- person. Nothing of it holds before; the schema knows no word of the same person twice.
create table policy_proposal (
    id uuid not null primary key,
    office_id uuid references office (id),
    code text not null,
    version bigint not null,
    digest text not null,
    settings text not null,
    valid_from text not null,
    reason text not null,
    proposed_at bigint not null,
    proposed_by uuid references staff (id),
    state text not null,
    answered_at bigint,
    answered_by uuid references staff (id),
    choice_id uuid references policy_choice (id),
    constraint policy_proposal_state check (state in ('waiting', 'confirmed', 'refused')),
    constraint policy_proposal_two check (state <> 'confirmed' or (answered_by is not null
        and choice_id is not null and (proposed_by is null or proposed_by <> answered_by)))
);
create index policy_proposal_state on policy_proposal (state, proposed_at);
create index policy_proposal_choice on policy_proposal (choice_id);
