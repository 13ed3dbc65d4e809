-- Instruments and their approval, assessments with their answers, judgements, and what was tried.

-- A version of an instrument is never changed; it can be withdrawn, and what was answered in it
-- stays. `body` holds its items as JSON.
create table instrument (
    id uuid not null primary key,
    code text not null,
    version text not null,
    body text not null,
    origin text not null,
    loaded_by uuid references staff (id),
    loaded_at bigint not null,
    withdrawn_at bigint,
    withdrawn_by uuid references staff (id),
    withdrawn_reason text not null,
    constraint instrument_once unique (code, version),
    constraint instrument_origin check (origin in ('shipped', 'file', 'questionnaire')),
    constraint instrument_withdrawal check (
        (withdrawn_at is null) = (withdrawn_by is null)
        and (withdrawn_at is null) = (withdrawn_reason = '')
    )
);

create table instrument_approval (
    instrument_id uuid not null references instrument (id),
    agency_id uuid not null references agency (id),
    approved_by uuid not null references staff (id),
    approved_at bigint not null,
    primary key (instrument_id, agency_id)
);

-- `work` holds the occupations that are thought of, sealed. `doubles_id` is the assessment of the
-- same person that another assessor made beside this one.
create table assessment (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    office_id uuid not null references office (id),
    instrument_id uuid not null references instrument (id),
    shared boolean not null,
    round bigint not null,
    doubles_id uuid references assessment (id),
    after_kind text not null,
    contact_on text not null,
    began_on text not null,
    began_at bigint not null,
    began_by uuid not null references staff (id),
    needed text not null,
    region text not null,
    schooling text not null,
    trade boolean not null,
    target_group text not null,
    work text,
    state text not null,
    completed_on text,
    minutes bigint,
    flag boolean,
    points bigint,
    risk_version text not null,
    flagged_on text,
    outcome text not null,
    outcome_on text,
    kept_until text not null,
    version bigint not null,
    constraint assessment_state check (state in ('open', 'completed', 'stopped')),
    constraint assessment_completed check ((completed_on is not null) = (state = 'completed')),
    constraint assessment_minutes check (coalesce(minutes, 1) between 1 and 6000),
    constraint assessment_round check (round >= 1),
    constraint assessment_flag check (
        (flag is null) = (points is null) and (flag is null) = (flagged_on is null)
    ),
    constraint assessment_outcome check (
        outcome in ('', 'long', 'work') and (outcome = '') = (outcome_on is null)
    )
);
create index assessment_person on assessment (person_id, began_at);
create index assessment_office on assessment (office_id, began_on);
create index assessment_doubles on assessment (doubles_id);
create index assessment_kept on assessment (kept_until);

-- What was answered, sealed, with who said it. An answer that was taken over from another agency
-- stays bound to it, as a fact does.
create table assessment_answer (
    id uuid not null primary key,
    assessment_id uuid not null references assessment (id),
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    item text not null,
    side text not null,
    dimension text not null,
    given text not null,
    source text not null,
    received_on text not null,
    noted_at bigint not null,
    noted_by uuid references staff (id),
    reused_from uuid references assessment_answer (id),
    first_agency_id uuid references agency (id),
    consent_id uuid,
    replaced_at bigint,
    kept_until text not null,
    constraint assessment_answer_side check (side in ('person', 'worker'))
);
create unique index assessment_answer_now on assessment_answer
    (assessment_id, item, side, agency_id) where replaced_at is null;
create index assessment_answer_of on assessment_answer (assessment_id);
create index assessment_answer_person on assessment_answer (person_id, noted_at);
create index assessment_answer_reused on assessment_answer (reused_from)
    where reused_from is not null;
create index assessment_answer_saved on assessment_answer (agency_id, noted_at)
    where reused_from is not null;
create index assessment_answer_kept on assessment_answer (kept_until);

-- What a profession says that an assessment needs.
create table assessment_part (
    id uuid not null primary key,
    assessment_id uuid not null references assessment (id),
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    competence text not null,
    body text not null,
    given_on text not null,
    given_at bigint not null,
    given_by uuid not null references staff (id),
    kept_until text not null,
    constraint assessment_part_competence check (
        competence in ('social_work', 'guidance', 'medical', 'insurance')
    )
);
create unique index assessment_part_once on assessment_part (assessment_id, competence);
create index assessment_part_person on assessment_part (person_id);
create index assessment_part_kept on assessment_part (kept_until);

-- Judgements: what one proposed and another confirmed. `detail` holds reasons, what would alter
-- it, what is offered and the degree, sealed.
create table judgement (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    office_id uuid not null references office (id),
    kind text not null,
    track text not null,
    detail text not null,
    review_on text not null,
    state text not null,
    made_on text not null,
    made_at bigint not null,
    made_by uuid not null references staff (id),
    second_at bigint,
    second_by uuid references staff (id),
    second_reason text,
    ended_on text,
    outcome text not null,
    outcome_on text,
    kept_until text not null,
    version bigint not null,
    constraint judgement_kind check (kind in ('track', 'not_job_seeker', 'work_ability')),
    constraint judgement_track check (
        track in ('', 'work', 'activity', 'benefit') and (track <> '') = (kind = 'track')
    ),
    constraint judgement_state check (state in ('proposed', 'held', 'refused', 'ended')),
    -- Nobody judges alone.
    constraint judgement_second check (
        (state not in ('held', 'refused') or second_by is not null)
        and coalesce(second_by <> made_by, 1 = 1)
    ),
    constraint judgement_outcome check (
        outcome in ('', 'work', 'activity', 'none') and (outcome = '') = (outcome_on is null)
    )
);
create index judgement_person on judgement (person_id, made_at);
create index judgement_office on judgement (office_id, made_on);
create unique index judgement_held on judgement (person_id, agency_id, kind)
    where state = 'held';
create unique index judgement_proposed on judgement (person_id, agency_id, kind)
    where state = 'proposed';
create index judgement_kept on judgement (kept_until);

-- Measures that were tried.
create table attempt (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    kind text not null,
    began_on text not null,
    ended_on text,
    ending text not null,
    reason text not null,
    noted_at bigint not null,
    noted_by uuid not null references staff (id),
    kept_until text not null,
    constraint attempt_ending check (
        ending in ('completed', 'work', 'dropped_out', 'stopped', 'running')
        and (ending = 'running') = (ended_on is null)
    )
);
create index attempt_person on attempt (person_id, began_on);
create index attempt_kept on attempt (kept_until);

-- How an agency sees the person and what it proposes; and the summary that all agree on, or the
-- disagreement.
create table agency_view (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    kind text not null,
    body text not null,
    solution text not null,
    written_at bigint not null,
    written_by uuid not null references staff (id),
    replaced_at bigint,
    kept_until text not null,
    constraint agency_view_kind check (kind in ('view', 'agreed', 'disagreement'))
);
create index agency_view_person on agency_view (person_id, written_at);
create index agency_view_kept on agency_view (kept_until);

-- How much a region asks for an occupation, from 1 (nobody) to 5.
create table labour_demand (
    region text not null,
    occupation text not null,
    name text not null,
    level bigint not null,
    from_on text not null,
    source text not null,
    noted_at bigint not null,
    noted_by uuid not null references staff (id),
    primary key (region, occupation, from_on),
    constraint labour_demand_level check (level between 1 and 5)
);

-- How often two assessors gave these two steps: of nobody in particular, month by month.
create table assessor_agreement (
    instrument_id uuid not null references instrument (id),
    office_id uuid not null references office (id),
    month text not null,
    first bigint not null,
    second bigint not null,
    pairs bigint not null,
    primary key (instrument_id, office_id, month, first, second)
);
create index assessor_agreement_office on assessor_agreement (office_id, month);
