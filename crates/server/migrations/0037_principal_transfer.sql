-- The responsibility for an agency goes from one principal to another by an act of its own, on a
-- day (REQ-ORG-02). `agency.principal_id` is whoever answers today; here stands who did before.
create table principal_transfer (
    id uuid not null primary key,
    agency_id uuid not null references agency (id),
    before_id uuid not null references principal (id),
    principal_id uuid not null references principal (id),
    on_day text not null,
    -- What it rests on: the law or the decision.
    ground text not null,
    decided_by uuid not null references staff (id),
    decided_at bigint not null,
    constraint principal_transfer_other check (before_id <> principal_id)
);
create unique index principal_transfer_day on principal_transfer (agency_id, on_day);
