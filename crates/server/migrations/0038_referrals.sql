-- Referrals: one unit asks another, a provider, health or school to take a case over or to do a part
-- of it; and the decision that agencies owe together when somebody was sent back and forth.

-- Nothing moves by a referral until its receiver has accepted. Receivers outside the house sign in
-- nowhere: `said_by` is who of them answered, as the sender wrote it down.
create table referral (
    id uuid not null primary key,
    case_id uuid not null references shared_case (id),
    office_id uuid not null references office (id),
    from_agency_id uuid not null references agency (id),
    from_unit_id uuid not null references unit (id),
    sent_by uuid not null references staff (id),
    receiver text not null,
    to_agency_id uuid references agency (id),
    to_unit_id uuid references unit (id),
    provider_id uuid references provider (id),
    to_name text not null,
    wish text not null,
    reason text not null,
    need_kind text not null,
    need text not null,
    conditions text not null,
    ground text not null,
    rule text not null,
    agreed_on text,
    sent_on text not null,
    sent_at bigint not null,
    deadline text not null,
    state text not null,
    received_on text,
    answered_on text,
    answered_by uuid references staff (id),
    return_reason text not null,
    answer text not null,
    instead text not null,
    said_by text not null,
    manager_id uuid references staff (id),
    came text not null,
    came_on text,
    decided_on text,
    decision text not null,
    version bigint not null,
    constraint referral_receiver check (
        (receiver = 'unit' and to_unit_id is not null and to_agency_id is not null
            and provider_id is null)
        or (receiver = 'provider' and provider_id is not null and to_unit_id is null)
        or (receiver in ('health', 'school') and to_name <> '' and to_unit_id is null
            and provider_id is null)
    ),
    constraint referral_wish check (
        wish in ('take_over', 'part') and (wish = 'part' or receiver = 'unit')
    ),
    constraint referral_need check (need <> '' and reason <> ''),
    constraint referral_state check (
        state in ('sent', 'received', 'accepted', 'returned', 'expired', 'withdrawn', 'settled')
    ),
    constraint referral_answered check (
        (state in ('sent', 'received')) = (answered_on is null)
    ),
    constraint referral_returned check (
        state <> 'returned' or (return_reason <> '' and answer <> '' and instead <> '')
    ),
    constraint referral_expired check (state <> 'expired' or manager_id is not null),
    constraint referral_came check (
        came in ('', 'came', 'not_come', 'moved') and (came = '') = (came_on is null)
    )
);
create index referral_case on referral (case_id, sent_at);
create index referral_to_unit on referral (to_unit_id, deadline)
    where state in ('sent', 'received');
create index referral_due on referral (deadline) where state in ('sent', 'received');
create index referral_manager on referral (manager_id, deadline)
    where state in ('expired', 'returned');
create index referral_ours on referral (office_id, from_agency_id, sent_on);

-- Once for each time that the count of shuttles reached the alarm: who is to meet, and by when.
create table joint_decision (
    id uuid not null primary key,
    case_id uuid not null references shared_case (id),
    shuttles bigint not null,
    office_id uuid not null references office (id),
    holder_id uuid not null references staff (id),
    sender_id uuid references staff (id),
    manager_id uuid references staff (id),
    made_at bigint not null,
    call_by text not null,
    meeting_id uuid,
    why_none text not null,
    constraint joint_decision_meeting check ((meeting_id is null) = (why_none <> ''))
);
create unique index joint_decision_once on joint_decision (case_id, shuttles);
create index joint_decision_office on joint_decision (office_id, call_by);
create index case_shuttling on shared_case (shuttles, id)
    where closed_at is null and shuttles >= 2;
