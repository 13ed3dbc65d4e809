-- Agreements between the agencies, whom the cooperation depends on, and hand-overs in bulk. All of
-- it is about the organisation; the only things here about people who are served are the order of a
-- hand-over, the team of a case, and follow-up tasks of a case.

-- Days on which somebody is not there. Without a last day they have left. Why is nobody's business.
create table absence (
    id uuid not null primary key,
    staff_id uuid not null references staff (id),
    first_day text not null,
    last_day text,
    noted_by uuid not null references staff (id),
    noted_at bigint not null,
    withdrawn_at bigint,
    constraint absence_days check (last_day is null or last_day >= first_day)
);
create index absence_of on absence (staff_id, first_day) where withdrawn_at is null;
create index absence_begins on absence (first_day, staff_id) where withdrawn_at is null;

-- Who steps in for somebody in everything that is not a case: a case names its own deputy.
create table staff_deputy (
    staff_id uuid not null primary key references staff (id),
    deputy_id uuid not null references staff (id),
    since text not null,
    constraint staff_deputy_two check (staff_id <> deputy_id)
);
create index staff_deputy_of on staff_deputy (deputy_id);

-- Who knows what, over all agencies (REQ-KNOW-17). The words are folded, in every language.
create table competence (
    id uuid not null primary key,
    staff_id uuid not null references staff (id),
    subject text,
    area text not null,
    since text not null,
    constraint competence_area check (area <> '')
);
create unique index competence_once on competence (staff_id, area);
create table competence_word (
    word text collate "C" not null,
    competence_id uuid not null references competence (id),
    primary key (word, competence_id)
);
create index competence_words on competence_word (competence_id);

-- An order to hand over everything of a worker, or of a unit whose office closes. What it asks for
-- are ordinary hand-overs, which name the order: each moves when its receiver says yes.
create table office_closing (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    into_office_id uuid not null references office (id),
    kind text not null,
    ordered_by uuid not null references staff (id),
    ordered_at bigint not null,
    done_at bigint,
    constraint office_closing_kind check (kind in ('merge', 'close')),
    constraint office_closing_two check (office_id <> into_office_id)
);
create unique index office_closing_one on office_closing (office_id) where done_at is null;

create table handover_order (
    id uuid not null primary key,
    from_staff_id uuid references staff (id),
    from_unit_id uuid references unit (id),
    to_unit_id uuid not null references unit (id),
    closing_id uuid references office_closing (id),
    note text not null,
    deadline text not null,
    ordered_by uuid not null references staff (id),
    ordered_at bigint not null,
    worked_at bigint,
    constraint handover_order_from check ((from_staff_id is null) <> (from_unit_id is null)),
    constraint handover_order_closing check (from_unit_id is null or closing_id is not null)
);
create index handover_order_open on handover_order (ordered_at) where worked_at is null;
create index handover_order_by on handover_order (ordered_by, ordered_at);
create index handover_order_from on handover_order (from_staff_id, ordered_at);
create index handover_order_closing on handover_order (closing_id);

create table handover_order_receiver (
    order_id uuid not null references handover_order (id),
    staff_id uuid not null references staff (id),
    primary key (order_id, staff_id)
);
create index handover_order_receives on handover_order_receiver (staff_id);

alter table handover add column order_id uuid references handover_order (id);
create index handover_ordered on handover (order_id, state) where order_id is not null;

-- A standing team of two or more agencies. Its cases name it; each keeps its own responsible worker.
create table project_team (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    name text not null,
    first_day text not null,
    last_day text,
    constraint project_team_name check (name <> '')
);
create index project_team_office on project_team (office_id);
create table team_member (
    team_id uuid not null references project_team (id),
    staff_id uuid not null references staff (id),
    first_day text not null,
    last_day text,
    primary key (team_id, staff_id, first_day),
    constraint team_member_days check (last_day is null or last_day >= first_day)
);
create index team_member_of on team_member (staff_id);
alter table shared_case add column team_id uuid references project_team (id);
create index case_team on shared_case (team_id, id) where team_id is not null and closed_at is null;

-- Cooperation agreements. What one says stands in its versions; none is ever changed.
create table agreement (
    id uuid not null primary key,
    municipality text not null,
    office_id uuid references office (id),
    made_by uuid references staff (id),
    made_at bigint not null
);
create index agreement_place on agreement (municipality);
create index agreement_office on agreement (office_id);
create table agreement_party (
    agreement_id uuid not null references agreement (id),
    agency_id uuid not null references agency (id),
    primary key (agreement_id, agency_id)
);
create table agreement_version (
    agreement_id uuid not null references agreement (id),
    n bigint not null,
    kind text not null,
    title text not null,
    signed_on text not null,
    valid_from text not null,
    valid_until text,
    review_on text,
    purposes text not null,
    clauses text not null,
    elements text not null,
    remit text not null,
    written_by uuid references staff (id),
    written_at bigint not null,
    primary key (agreement_id, n),
    constraint agreement_kind check (
        kind in ('letter_of_intent', 'old_general', 'new_effort', 'renewed')
    ),
    constraint agreement_days check (valid_until is null or valid_until > valid_from)
);

-- Whether there is a written agreement, as each party says by itself (REQ-ORG-07).
create table agreement_answer (
    id uuid not null primary key,
    municipality text not null,
    agency_id uuid not null references agency (id),
    answer text not null,
    staff_id uuid references staff (id),
    at bigint not null,
    replaced_at bigint,
    constraint agreement_answer_is check (answer in ('yes', 'no', 'unknown'))
);
create unique index agreement_answer_one on agreement_answer (municipality, agency_id)
    where replaced_at is null;

-- The framework between centre and local, and what it demands at least.
create table framework (
    id uuid not null primary key,
    code text not null,
    title text not null,
    valid_from text not null,
    valid_until text,
    remit text not null
);
create unique index framework_code on framework (code);
create table framework_element (
    framework_id uuid not null references framework (id),
    code text not null,
    part text not null,
    text text not null,
    primary key (framework_id, code),
    constraint framework_part check (
        part in ('minimum', 'condition', 'economy', 'training', 'evaluation')
    )
);

-- A service above the minimum stands on an agreement, always (REQ-ORG-26).
create table local_service (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    service text not null,
    agreement_id uuid not null references agreement (id),
    added_by uuid references staff (id),
    added_at bigint not null
);
create unique index local_service_once on local_service (office_id, service, agreement_id);

create table contact_person (
    id uuid not null primary key,
    municipality text not null,
    agency_id uuid not null references agency (id),
    staff_id uuid not null references staff (id),
    deputy_id uuid references staff (id),
    first_day text not null,
    last_day text,
    named_by uuid references staff (id),
    named_at bigint not null,
    constraint contact_two check (deputy_id is null or deputy_id <> staff_id)
);
create unique index contact_one on contact_person (municipality, agency_id) where last_day is null;
create index contact_staff on contact_person (staff_id) where last_day is null;
create index contact_deputy on contact_person (deputy_id) where last_day is null;

-- Posts set aside, in hundredths, from a day on.
create table staff_share (
    municipality text not null,
    agency_id uuid not null references agency (id),
    first_day text not null,
    hundredths bigint not null,
    noted_by uuid references staff (id),
    noted_at bigint not null,
    primary key (municipality, agency_id, first_day),
    constraint staff_share_size check (hundredths between 0 and 100000)
);

-- How long two agencies have worked together at a place.
create table cooperation (
    municipality text not null,
    first_agency_id uuid not null references agency (id),
    second_agency_id uuid not null references agency (id),
    since text not null,
    noted_by uuid references staff (id),
    noted_at bigint not null,
    primary key (municipality, first_agency_id, second_agency_id),
    constraint cooperation_two check (first_agency_id <> second_agency_id)
);

-- Joint circulars, goals and routines with versions, and the workflows that cite them.
create table joint_document (
    id uuid not null primary key,
    code text not null,
    kind text not null,
    title text not null,
    constraint joint_document_kind check (kind in ('circular', 'goal', 'routine'))
);
create unique index joint_document_code on joint_document (code);
create table joint_document_version (
    document_id uuid not null references joint_document (id),
    n bigint not null,
    valid_from text not null,
    text text not null,
    written_by uuid references staff (id),
    written_at bigint not null,
    primary key (document_id, n)
);
create table joint_document_follower (
    document_id uuid not null references joint_document (id),
    agency_id uuid not null references agency (id),
    primary key (document_id, agency_id)
);
create table workflow (
    id uuid not null primary key,
    code text not null,
    name text not null,
    document_id uuid not null references joint_document (id),
    n bigint not null,
    cited_by uuid references staff (id),
    cited_at bigint not null,
    foreign key (document_id, n) references joint_document_version (document_id, n)
);
create unique index workflow_code on workflow (code);
create index workflow_document on workflow (document_id, n);

-- Which agency does which follow-up task at a place, from a day on (REQ-ORG-45).
create table task_division (
    municipality text not null,
    task text not null,
    first_day text not null,
    agency_id uuid not null references agency (id),
    noted_by uuid references staff (id),
    noted_at bigint not null,
    primary key (municipality, task, first_day)
);
create table follow_task (
    id uuid not null primary key,
    case_id uuid not null references shared_case (id),
    task text not null,
    due_on text not null,
    done_on text,
    noted_by uuid not null references staff (id),
    noted_at bigint not null
);
create index follow_task_case on follow_task (case_id, due_on, id);
create index follow_task_open on follow_task (task, due_on) where done_on is null;

-- What must be common and what may be local, decision by decision (REQ-ORG-22).
create table topic_decision (
    topic text not null,
    n bigint not null,
    name text not null,
    scope text not null,
    value text not null,
    decided_on text not null,
    session text not null,
    noted_by uuid references staff (id),
    noted_at bigint not null,
    primary key (topic, n),
    constraint topic_scope check (scope in ('common', 'local')),
    constraint topic_session check (session <> '')
);
create table local_setting (
    id uuid not null primary key,
    topic text not null,
    office_id uuid not null references office (id),
    value text not null,
    noted_by uuid references staff (id),
    noted_at bigint not null,
    ended_at bigint
);
create unique index local_setting_one on local_setting (topic, office_id) where ended_at is null;

-- Trials and coordinations: approved and supported by the centre, or of local initiative.
create table joint_effort (
    id uuid not null primary key,
    code text not null,
    name text not null,
    municipality text not null,
    standing text not null,
    first_day text not null,
    last_day text,
    constraint joint_effort_standing check (standing in ('central', 'local'))
);
create unique index joint_effort_code on joint_effort (code);
create unique index joint_effort_standing on joint_effort (id, standing);
-- The key demands that what is booked on central funds belongs to a central effort.
create table effort_booking (
    id uuid not null primary key,
    effort_id uuid not null references joint_effort (id),
    standing text,
    fund text not null,
    ore bigint not null,
    booked_by uuid not null references staff (id),
    booked_at bigint not null,
    constraint effort_booking_fund check (
        (fund = 'own' and standing is null)
            or (fund = 'central' and coalesce(standing, '') = 'central')
    ),
    constraint effort_booking_sum check (ore > 0),
    foreign key (effort_id, standing) references joint_effort (id, standing)
);
create index effort_booking_effort on effort_booking (effort_id, booked_at);

-- How an office is led: one contact for each person, or a coordinator above the caseworkers.
create table office_structure (
    office_id uuid not null references office (id),
    first_day text not null,
    structure text not null,
    coordinator_id uuid references staff (id),
    deputy_id uuid references staff (id),
    noted_by uuid references staff (id),
    noted_at bigint not null,
    primary key (office_id, first_day),
    constraint office_structure_is check (structure in ('single_contact', 'coordinator')),
    constraint office_structure_who check (
        structure = 'single_contact' or (coordinator_id is not null and deputy_id is not null
            and coordinator_id <> deputy_id)
    )
);

create table manager_term (
    office_id uuid not null references office (id),
    first_day text not null,
    n bigint not null,
    staff_id uuid not null references staff (id),
    named_by uuid not null references staff (id),
    named_at bigint not null,
    primary key (office_id, n)
);

-- Where the joint manager has somebody work. It changes no employer and gives no mandate.
create table allocation (
    id uuid not null primary key,
    staff_id uuid not null references staff (id),
    unit_id uuid not null references unit (id),
    work text not null,
    first_day text not null,
    last_day text,
    allocated_by uuid not null references staff (id),
    allocated_at bigint not null,
    constraint allocation_days check (last_day is null or last_day >= first_day),
    constraint allocation_work check (work <> '')
);
create index allocation_staff on allocation (staff_id, first_day);
create index allocation_unit on allocation (unit_id, first_day);

-- Joint activity is counted by office and period.
create index appointment_office on appointment (office_id, starts_at);
create index case_unit_opened on shared_case (unit_id, opened_at);
