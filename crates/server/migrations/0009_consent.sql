-- Published notices, consents, disclosures, what receivers were told of withdrawals, candidate
-- lists, and the register of information flows.

-- What people are told before they consent, one version after another. A published version is
-- never changed: `digest` seals its texts, and a consent names the version that was read.
create table notice (
    id uuid not null primary key,
    purpose text not null,
    number bigint not null,
    state text not null,
    digest text,
    drafted_at bigint not null,
    drafted_by uuid references staff (id),
    published_at bigint,
    published_by uuid references staff (id),
    version bigint not null,
    constraint notice_purpose check (
        purpose in ('coordination', 'benefit_decision', 'safety', 'statistics')
    ),
    constraint notice_state check (state in ('draft', 'published')),
    constraint notice_sealed check (
        (state = 'published') = (published_at is not null)
        and (state = 'published') = (digest is not null)
    )
);
create unique index notice_number on notice (purpose, number);
create unique index notice_one_draft on notice (purpose) where state = 'draft';

create table notice_text (
    notice_id uuid not null references notice (id),
    language text not null,
    title text not null,
    body text not null,
    primary key (notice_id, language),
    constraint notice_text_language check (language in ('nb', 'nn', 'sv', 'en'))
);

-- One consent: from whom to whom, which categories, for one purpose, for how long, and how it was
-- given. It ends once and nothing opens it again: by its date, withdrawn, or replaced.
create table consent (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    purpose text not null,
    categories text not null,
    given_by text not null,
    giver_name text not null,
    giver_authority text not null,
    second_giver text not null,
    shared_custody boolean not null,
    child_view text not null,
    form text not null,
    recorded_by uuid references staff (id),
    recorded_agency_id uuid references agency (id),
    heard_by uuid references staff (id),
    given_at bigint not null,
    recorded_at bigint not null,
    valid_until text not null,
    notice_id uuid not null references notice (id),
    language text not null,
    interpreter text not null,
    capacity_note text not null,
    doubtful boolean not null,
    replaces_id uuid references consent (id),
    ended_at bigint,
    end_kind text,
    end_how text,
    ended_by uuid references staff (id),
    told_at bigint,
    version bigint not null,
    constraint consent_purpose check (
        purpose in ('coordination', 'benefit_decision', 'safety', 'statistics')
    ),
    constraint consent_categories check (categories <> ''),
    constraint consent_given_by check (given_by in ('self', 'guardian', 'proxy')),
    constraint consent_giver check (given_by = 'self' or giver_name <> ''),
    constraint consent_form check (form in ('written', 'oral', 'digital')),
    -- By word only with somebody beside the recorder who heard it.
    constraint consent_heard check (
        form <> 'oral' or (heard_by is not null and recorded_by is not null
            and heard_by <> recorded_by)
    ),
    constraint consent_recorded check (form = 'digital' or recorded_by is not null),
    constraint consent_end check (
        (ended_at is null and end_kind is null)
        or (ended_at is not null and coalesce(end_kind, '') in ('withdrawn', 'replaced'))
    )
);
create index consent_person on consent (person_id, given_at);
create index consent_open on consent (person_id, valid_until) where ended_at is null;
create index consent_replaces on consent (replaces_id);
create index consent_notice_version on consent (notice_id);

create table consent_party (
    consent_id uuid not null references consent (id),
    side text not null,
    agency_id uuid not null references agency (id),
    primary key (consent_id, side, agency_id),
    constraint consent_party_side check (side in ('from', 'to'))
);
create index consent_party_agency on consent_party (agency_id);

-- Who holds something from whom, and on what ground it was given. Never the content.
create table disclosure (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    from_agency_id uuid not null references agency (id),
    to_agency_id uuid not null references agency (id),
    categories text not null,
    purpose text not null,
    ground text not null,
    rule text not null,
    pack text not null,
    consent_id uuid references consent (id),
    necessity_id uuid,
    what text not null,
    form text not null,
    at bigint not null,
    by_staff_id uuid references staff (id),
    to_staff_id uuid references staff (id),
    constraint disclosure_form check (form in ('view', 'message', 'list', 'export')),
    constraint disclosure_ground check (ground <> '' and categories <> ''),
    constraint disclosure_between check (from_agency_id <> to_agency_id)
);
create index disclosure_person on disclosure (person_id, at);
create index disclosure_consent on disclosure (consent_id, to_agency_id);
create index disclosure_receiver on disclosure (to_agency_id, at);

-- A receiver who holds something under a consent that was taken back is told, and answers.
create table consent_notice (
    id uuid not null primary key,
    consent_id uuid not null references consent (id),
    person_id uuid not null references person (id),
    to_agency_id uuid not null references agency (id),
    categories text not null,
    held bigint not null,
    told_at bigint not null,
    due_on text not null,
    answered_at bigint,
    answered_by uuid references staff (id),
    answer text,
    reason text,
    version bigint not null,
    constraint consent_notice_answer check (
        (answered_at is null and answer is null)
        or (answered_at is not null and answered_by is not null
            and coalesce(answer, '') in ('kept_by_law', 'deleted', 'returned'))
    ),
    constraint consent_notice_kept check (
        coalesce(answer, '') <> 'kept_by_law' or coalesce(reason, '') <> ''
    )
);
create unique index consent_notice_once on consent_notice (consent_id, to_agency_id);
create index consent_notice_open on consent_notice (to_agency_id, due_on)
    where answered_at is null;
create index consent_notice_due on consent_notice (due_on) where answered_at is null;
create index consent_notice_person on consent_notice (person_id);

-- A list of candidates that one agency handed another: only those with a ground are on it.
create table candidate_list (
    id uuid not null primary key,
    from_agency_id uuid not null references agency (id),
    to_agency_id uuid not null references agency (id),
    title text not null,
    handed_at bigint not null,
    handed_by uuid not null references staff (id),
    left_out bigint not null,
    constraint candidate_list_between check (from_agency_id <> to_agency_id)
);
create index candidate_list_from on candidate_list (from_agency_id, handed_at);
create index candidate_list_to on candidate_list (to_agency_id, handed_at);

create table candidate (
    list_id uuid not null references candidate_list (id),
    person_id uuid not null references person (id),
    consent_id uuid not null references consent (id),
    primary key (list_id, person_id)
);
create index candidate_person on candidate (person_id);

-- Every flow of information with its ground. What is not clarified is blocked, and its questions
-- stand on a list.
create table information_flow (
    id uuid not null primary key,
    kind text not null,
    from_agency_id uuid not null references agency (id),
    to_agency_id uuid not null references agency (id),
    purpose text not null,
    ground text not null,
    question_privacy text not null,
    question_secrecy text not null,
    question_it text not null,
    clarified boolean not null,
    changed_at bigint not null,
    changed_by uuid references staff (id),
    version bigint not null,
    constraint information_flow_kind check (kind in ('view', 'message', 'list', 'export')),
    constraint information_flow_between check (from_agency_id <> to_agency_id),
    constraint information_flow_ground check (not clarified or ground <> ''),
    constraint information_flow_answered check (
        not clarified
        or (question_privacy = '' and question_secrecy = '' and question_it = '')
    )
);
create unique index information_flow_once
    on information_flow (kind, from_agency_id, to_agency_id, purpose);

-- Figures that a site may set: the smallest count that is shown.
create table consent_setting (
    name text not null primary key,
    number bigint not null
);
