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

-- The one joint plan of a person. The agency is that of who coordinates. `apart_id` is set where
-- that agency may not know that there is a plan already.
create table plan (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    label text not null,
    state text not null,
    agency_id uuid not null references agency (id),
    unit_id uuid not null references unit (id),
    coordinator_id uuid not null references staff (id),
    deputy_id uuid not null references staff (id),
    asked_id uuid references staff (id),
    period_from text not null,
    period_until text not null,
    revise_on text not null,
    agreed_on text,
    agreed_how text not null,
    scheme text not null,
    end_reason text not null,
    apart_id uuid references agency (id),
    made_at bigint not null,
    made_by uuid not null references staff (id),
    ended_on text,
    kept_until text not null,
    version bigint not null,
    constraint plan_label check (label in ('individual', 'action', 'activity', 'sip')),
    constraint plan_state check (state in ('draft', 'active', 'paused', 'ended')),
    constraint plan_two check (coordinator_id <> deputy_id),
    constraint plan_period check (period_from <= period_until),
    constraint plan_end check ((ended_on is not null) = (state = 'ended'))
);
create index plan_person on plan (person_id);
create index plan_coordinator on plan (coordinator_id, state);
create index plan_unit on plan (unit_id, state);
create index plan_asked on plan (asked_id) where asked_id is not null;
create index plan_kept on plan (kept_until);
-- Nobody has two current plans.
create unique index plan_current on plan (person_id) where state <> 'ended' and apart_id is null;
create unique index plan_apart on plan (person_id, apart_id)
    where state <> 'ended' and apart_id is not null;

-- Every version of every text of a plan: what was written is never written over.
create table plan_text (
    plan_id uuid not null references plan (id),
    person_id uuid not null references person (id),
    field text not null,
    n bigint not null,
    body text not null,
    at bigint not null,
    staff_id uuid not null references staff (id),
    primary key (plan_id, field, n)
);
create index plan_text_person on plan_text (person_id);

-- Who does what until when. The agency is the owner's; for the person's own task and for somebody
-- outside it is the agency that keeps track.
create table plan_item (
    id uuid not null primary key,
    plan_id uuid not null references plan (id),
    person_id uuid not null references person (id),
    n bigint not null,
    need_id uuid references need (id),
    kind text not null,
    category text not null,
    stage text not null,
    phase text not null,
    owner text not null,
    partner text not null,
    agency_id uuid not null references agency (id),
    unit_id uuid references unit (id),
    staff_id uuid references staff (id),
    asked_agency_id uuid references agency (id),
    asked_unit_id uuid references unit (id),
    asked_staff_id uuid references staff (id),
    service_code text not null,
    what text not null,
    starts_on text,
    due_on text,
    state text not null,
    accepted_on text,
    accepted_by uuid references staff (id),
    confirmed_by uuid references staff (id),
    started_on text,
    ended_on text,
    end_reason text not null,
    evaluation text not null,
    evaluation_text text not null,
    evaluated_on text,
    unevaluated bigint not null,
    minutes bigint not null,
    money bigint not null,
    duty text not null,
    days bigint not null,
    from_minute bigint not null,
    until_minute bigint not null,
    travel bigint not null,
    place text not null,
    source text not null,
    source_id uuid,
    made_at bigint not null,
    made_by uuid references staff (id),
    version bigint not null,
    constraint plan_item_owner check (
        (owner = 'agency' and unit_id is not null and partner = '')
        or (owner = 'person' and unit_id is null and partner = '')
        or (owner = 'partner' and unit_id is null and partner <> '')
    ),
    constraint plan_item_state check (
        state in ('open', 'accepted', 'started', 'done', 'withdrawn', 'unmet')
    ),
    -- A promise has a day, and somebody who gave it.
    constraint plan_item_promise check (
        owner = 'person' or state not in ('accepted', 'started')
        or (due_on is not null and accepted_on is not null and accepted_by is not null)
    ),
    constraint plan_item_end check (
        (ended_on is not null) = (state in ('done', 'withdrawn', 'unmet'))
    ),
    constraint plan_item_load check (minutes >= 0 and money >= 0)
);
create unique index plan_item_place on plan_item (plan_id, n);
create index plan_item_person on plan_item (person_id);
create index plan_item_need on plan_item (need_id) where need_id is not null;
create index plan_item_unit on plan_item (unit_id, state, due_on);
create index plan_item_agency on plan_item (agency_id, state, due_on);
create index plan_item_service on plan_item (service_code, state) where service_code <> '';

-- An item that waits for another.
create table plan_item_after (
    item_id uuid not null references plan_item (id),
    after_id uuid not null references plan_item (id),
    plan_id uuid not null references plan (id),
    person_id uuid not null references person (id),
    primary key (item_id, after_id),
    constraint plan_item_after_two check (item_id <> after_id)
);
create index plan_item_after_plan on plan_item_after (plan_id);
create index plan_item_after_person on plan_item_after (person_id);
create index plan_item_after_before on plan_item_after (after_id);

-- Promises that were broken and are late no more: done late, given up, or moved. What is late now
-- is read from the items.
create table plan_breach (
    id uuid not null primary key,
    plan_id uuid not null references plan (id),
    person_id uuid not null references person (id),
    item_id uuid not null references plan_item (id),
    agency_id uuid not null references agency (id),
    unit_id uuid not null references unit (id),
    kind text not null,
    due_on text not null,
    noted_on text not null,
    constraint plan_breach_kind check (kind in ('late', 'not_done', 'withdrawn'))
);
create index plan_breach_plan on plan_breach (plan_id);
create index plan_breach_person on plan_breach (person_id);
create index plan_breach_unit on plan_breach (unit_id, noted_on);
create index plan_breach_item on plan_breach (item_id);

-- Who did what, and when: staff, or the person on their own page.
create table plan_event (
    plan_id uuid not null references plan (id),
    n bigint not null,
    person_id uuid not null references person (id),
    item_id uuid references plan_item (id),
    kind text not null,
    detail text not null,
    at bigint not null,
    staff_id uuid references staff (id),
    by_person_id uuid references person (id),
    primary key (plan_id, n),
    -- Neither where the program did it.
    constraint plan_event_by check (staff_id is null or by_person_id is null)
);
create index plan_event_person on plan_event (person_id);
create index plan_event_item on plan_event (item_id) where item_id is not null;
create index plan_event_by on plan_event (by_person_id) where by_person_id is not null;

-- What the person wants, and whether they got it. `office_id` is where it was said.
create table plan_wish (
    id uuid not null primary key,
    plan_id uuid not null references plan (id),
    person_id uuid not null references person (id),
    kind text not null,
    body text not null,
    state text not null,
    reason text not null,
    agency_id uuid not null references agency (id),
    office_id uuid not null references office (id),
    reasoned boolean not null,
    said_on text not null,
    answered_on text,
    version bigint not null,
    constraint plan_wish_state check (state in ('open', 'met', 'partly_met', 'not_met'))
);
create index plan_wish_plan on plan_wish (plan_id);
create index plan_wish_person on plan_wish (person_id);
create index plan_wish_office on plan_wish (office_id, state);

-- The way to a plan: asked, and approved or refused with a reason.
create table plan_request (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    office_id uuid not null references office (id),
    label text not null,
    asked_by text not null,
    asked_on text not null,
    state text not null,
    reason text not null,
    body text not null,
    answered_on text,
    kept_until text not null,
    noted_by uuid not null references staff (id),
    version bigint not null,
    constraint plan_request_state check (state in ('asked', 'approved', 'refused', 'withdrawn')),
    constraint plan_request_reason check ((state = 'refused') = (reason <> '')),
    constraint plan_request_answer check ((answered_on is null) = (state = 'asked'))
);
create index plan_request_person on plan_request (person_id);
create index plan_request_office on plan_request (office_id, state);
create index plan_request_kept on plan_request (kept_until);

-- What a unit has said that it can take on in a month.
create table unit_capacity (
    unit_id uuid not null primary key references unit (id),
    minutes bigint not null,
    money bigint not null,
    set_at bigint not null,
    set_by uuid not null references staff (id),
    version bigint not null,
    constraint unit_capacity_bounds check (minutes >= 0 and money >= 0)
);
