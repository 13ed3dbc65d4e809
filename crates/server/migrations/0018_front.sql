-- Coming in and serving: the catalogue of services and what was promised, booked times and what
-- became of them, contacts without a name, the whole situation taken in once, and what a reception
-- promises everybody.

-- A service of the catalogue. A change makes a new version; the one before stays (REQ-FRONT-21).
create table service (
    code text not null,
    version bigint not null,
    kind text not null,
    agency_kind text not null,
    needs text not null,
    subject text not null,
    concepts text not null,
    availability text not null,
    wait_days bigint not null,
    changed_by uuid references staff (id),
    changed_at bigint not null,
    replaced_at bigint,
    primary key (code, version),
    constraint service_kind check (kind in
        ('child_care', 'family', 'health', 'housing', 'money', 'guidance', 'work')),
    constraint service_agency check (agency_kind in ('employment', 'insurance', 'social')),
    constraint service_available check (availability in ('open', 'waiting', 'closed')),
    constraint service_wait check (wait_days >= 0)
);
create unique index service_current on service (code) where replaced_at is null;

create table service_text (
    code text not null,
    version bigint not null,
    language text not null,
    name text not null,
    about text not null,
    conditions text not null,
    primary key (code, version, language),
    foreign key (code, version) references service (code, version),
    constraint service_text_name check (name <> '')
);

-- What a decision gave, so that it can be laid beside what was promised.
alter table ruling add column result text;

create table promise (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    visit_id uuid not null references visit (id),
    service_code text not null,
    service_version bigint not null,
    text text not null,
    staff_id uuid not null references staff (id),
    agency_id uuid not null references agency (id),
    office_id uuid not null references office (id),
    at bigint not null,
    state text not null,
    result text,
    settled_at bigint,
    version bigint not null,
    foreign key (service_code, service_version) references service (code, version),
    constraint promise_state check (state in ('open', 'kept', 'unmet')),
    constraint promise_settled check ((state = 'open') = (settled_at is null))
);
create index promise_person on promise (person_id, at);
create index promise_office on promise (office_id, at);
create index promise_visit on promise (visit_id);

-- A booked time and what became of it (REQ-REF-15). A time with colleagues has its appointment;
-- one at the reception has a place of the office instead.
create table booking (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    starts_at bigint not null,
    ends_at bigint not null,
    place_no bigint,
    person_id uuid references person (id),
    spoken_name text not null,
    phone text not null,
    needs text not null,
    language text not null,
    access text not null,
    meet_by text not null,
    booked_by text not null,
    agency_id uuid references agency (id),
    visit_id uuid references visit (id),
    appointment_id uuid references appointment (id),
    made_by uuid references staff (id),
    made_at bigint not null,
    state text not null,
    settled_at bigint,
    confirmed_at bigint,
    moved_to uuid references booking (id),
    version bigint not null,
    constraint booking_order check (starts_at < ends_at),
    constraint booking_state check (state in ('booked', 'came', 'absent', 'moved', 'cancelled')),
    constraint booking_settled check ((state = 'booked') = (settled_at is null)),
    constraint booking_moved check (moved_to is null or state = 'moved'),
    constraint booking_meet check (meet_by in ('office', 'phone', 'video')),
    constraint booking_how check (booked_by in ('net', 'phone', 'desk', 'agency', 'meeting'))
);
create unique index booking_place on booking (office_id, starts_at, place_no)
    where state = 'booked' and place_no is not null;
create index booking_office on booking (office_id, starts_at);
create index booking_person on booking (person_id, starts_at);
create index booking_due on booking (ends_at) where state = 'booked';
create index booking_visit on booking (visit_id);
create index booking_appointment on booking (appointment_id);
create index booking_next on booking (moved_to);

insert into booking (id, office_id, starts_at, ends_at, place_no, person_id, spoken_name, phone,
    needs, language, access, meet_by, booked_by, agency_id, visit_id, appointment_id, made_by,
    made_at, state, settled_at, confirmed_at, moved_to, version)
select a.id, a.office_id, a.starts_at, a.ends_at, null, a.person_id, '', '', '[]', 'nb', '',
    'office', 'meeting', null, null, a.id, null, a.starts_at, 'booked', null, null, null, 1
from appointment a;

-- What was noted of a visit beside its outcome, as codes of closed lists: the event of life, guidance
-- given, services offered, needs of access, and that somebody was told to go and ask elsewhere.
create table visit_mark (
    visit_id uuid not null references visit (id),
    kind text not null,
    code text not null,
    office_id uuid not null references office (id),
    day text not null,
    staff_id uuid references staff (id),
    at bigint not null,
    primary key (visit_id, kind, code),
    constraint visit_mark_kind check (kind in ('event', 'guidance', 'offer', 'access', 'go_ask'))
);
create index visit_mark_office on visit_mark (office_id, day, kind);

-- A contact of nobody: there is no column for who it was, and none for free text (REQ-FRONT-23).
create table anonymous_contact (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    day text not null,
    kind text not null,
    channel text not null,
    needs text not null,
    guidance text not null,
    constraint anonymous_contact_kind check (kind in ('information', 'advice')),
    constraint anonymous_contact_channel check (channel in ('desk', 'phone', 'net'))
);
create index anonymous_contact_office on anonymous_contact (office_id, day);

-- A question between colleagues about no named person (REQ-FRONT-26).
create table consultation (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    asked_by uuid not null references staff (id),
    to_agency_id uuid not null references agency (id),
    question text not null,
    asked_at bigint not null,
    outcome text,
    unit_id uuid references unit (id),
    answer text not null,
    answered_by uuid references staff (id),
    answered_at bigint,
    version bigint not null,
    constraint consultation_outcome check (
        (outcome is null and answered_at is null and answered_by is null)
        or (coalesce(outcome, '') in ('not_a_case', 'case_for', 'urgent')
            and answered_at is not null and answered_by is not null)
    ),
    constraint consultation_unit check (coalesce(outcome, '') <> 'case_for' or unit_id is not null)
);
create index consultation_waiting on consultation (to_agency_id, asked_at) where outcome is null;
create index consultation_office on consultation (office_id, asked_at);
create index consultation_asker on consultation (asked_by, asked_at);

-- Hours of an agency in another agency's reception, or at a distance (REQ-FRONT-25).
create table visiting (
    id uuid not null primary key,
    agency_id uuid not null references agency (id),
    office_id uuid not null references office (id),
    municipality text not null,
    kind text not null,
    weekday bigint not null,
    opens text not null,
    closes text not null,
    valid_from text not null,
    valid_until text,
    added_by uuid not null references staff (id),
    constraint visiting_kind check (kind in ('visiting', 'remote')),
    constraint visiting_weekday check (weekday between 1 and 7),
    constraint visiting_order check (opens < closes)
);
create index visiting_municipality on visiting (municipality, weekday);

-- The whole situation, taken in once (REQ-FRONT-27). What was told is one sealed text.
create table situation (
    visit_id uuid not null primary key references visit (id),
    body text not null,
    taken_by uuid not null references staff (id),
    taken_at bigint not null,
    version bigint not null
);

create table proposed_item (
    visit_id uuid not null references visit (id),
    service_code text not null,
    service_version bigint not null,
    place bigint not null,
    state text not null,
    changed_by uuid references staff (id),
    changed_at bigint not null,
    version bigint not null,
    primary key (visit_id, service_code),
    foreign key (service_code, service_version) references service (code, version),
    constraint proposed_item_state check (state in ('open', 'wanted', 'declined', 'started'))
);

-- A whole clarification needs the part of every agency concerned (REQ-FRONT-13).
create table clarification (
    visit_id uuid not null primary key references visit (id),
    office_id uuid not null references office (id),
    began_on text not null,
    complete_on text,
    version bigint not null
);
create index clarification_office on clarification (office_id, began_on);

create table clarification_part (
    visit_id uuid not null references clarification (visit_id),
    agency_id uuid not null references agency (id),
    done_on text,
    done_by uuid references staff (id),
    primary key (visit_id, agency_id),
    constraint clarification_part_done check ((done_on is null) = (done_by is null))
);

-- That work is no aim for somebody now, and why (REQ-FRONT-16). It bars nothing.
create table work_focus (
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    reason text not null,
    text text not null,
    staff_id uuid not null references staff (id),
    at bigint not null,
    version bigint not null,
    primary key (person_id, agency_id),
    constraint work_focus_reason check (
        reason in ('', 'health', 'care', 'age', 'occupied', 'other_first')
    )
);

-- What front staff may decide alone, and what they sent on (REQ-FRONT-10).
create table front_matter (
    subject text not null,
    valid_from text not null,
    valid_until text,
    changed_by uuid references staff (id),
    primary key (subject, valid_from)
);

create table escalation (
    visit_id uuid not null references visit (id),
    subject text not null,
    office_id uuid not null references office (id),
    unit_id uuid not null references unit (id),
    staff_id uuid not null references staff (id),
    at bigint not null,
    returned_at bigint,
    returned_by uuid references staff (id),
    return_reason text,
    primary key (visit_id, subject),
    constraint escalation_returned check (
        (returned_at is null and returned_by is null and return_reason is null)
        or (returned_at is not null and returned_by is not null
            and coalesce(return_reason, '') in ('decide_there', 'incomplete', 'other_unit'))
    )
);
create index escalation_office on escalation (office_id, at);
create index escalation_unit on escalation (unit_id, at) where returned_at is null;

-- The template of all receptions, and what single ones have registered as their own (REQ-FRONT-17).
create table template_item (
    code text not null primary key,
    kind text not null,
    place bigint not null,
    changed_by uuid references staff (id),
    changed_at bigint not null,
    version bigint not null,
    constraint template_item_kind check (kind in ('area', 'sign', 'menu', 'wording'))
);

create table template_text (
    code text not null references template_item (code),
    language text not null,
    text text not null,
    primary key (code, language),
    constraint template_text_filled check (text <> '')
);

create table deviation (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    code text not null references template_item (code),
    reason text not null,
    registered_by uuid not null references staff (id),
    registered_at bigint not null,
    ended_at bigint,
    constraint deviation_reason check (reason <> '')
);
create unique index deviation_one on deviation (office_id, code) where ended_at is null;

create table deviation_text (
    deviation_id uuid not null references deviation (id),
    language text not null,
    text text not null,
    primary key (deviation_id, language),
    constraint deviation_text_filled check (text <> '')
);

-- A standard with a limit; between agencies it is a service agreement (REQ-FRONT-18).
create table standard (
    code text not null primary key,
    measured text not null,
    minutes bigint not null,
    share bigint not null,
    provider text not null,
    receiver text not null,
    valid_from text not null,
    valid_until text,
    changed_by uuid references staff (id),
    version bigint not null,
    constraint standard_measured check (measured in ('waiting', 'reply', 'closing')),
    constraint standard_share check (share between 1 and 100),
    constraint standard_minutes check (minutes > 0)
);

create table standard_text (
    code text not null references standard (code),
    language text not null,
    name text not null,
    primary key (code, language)
);

-- How it was before coordination began (REQ-FRONT-11).
create table baseline (
    office_id uuid not null references office (id),
    measure text not null,
    grouping text not null,
    value bigint not null,
    counted bigint not null,
    from_day text not null,
    until_day text not null,
    fixed_by uuid not null references staff (id),
    fixed_at bigint not null,
    primary key (office_id, measure, grouping),
    constraint baseline_measure check (measure in ('waiting', 'handling')),
    constraint baseline_group check (grouping in ('single', 'several'))
);

-- What visitors answer on the way out. Nobody's name belongs to it (REQ-FRONT-19).
create table way_out (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    day text not null,
    in_time boolean not null,
    travel_minutes bigint not null,
    solved text not null,
    constraint way_out_solved check (solved in ('yes', 'partly', 'no')),
    constraint way_out_travel check (travel_minutes between 0 and 600)
);
create index way_out_office on way_out (office_id, day);

-- What people feel about the aims that a reception shows; for the user council (REQ-MISC-17).
create table reaction (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    day text not null,
    kind text not null,
    text text not null,
    at bigint not null,
    council_on text,
    taken_by uuid references staff (id),
    constraint reaction_kind check (kind in ('left_out', 'fits', 'other')),
    constraint reaction_taken check ((council_on is null) = (taken_by is null))
);
create index reaction_at on reaction (at);
create index reaction_open on reaction (at) where council_on is null;

-- What could be better in a step of the front line (REQ-FRONT-30).
create table improvement (
    id uuid not null primary key,
    step text not null,
    office_id uuid not null references office (id),
    text text not null,
    added_by uuid not null references staff (id),
    added_at bigint not null,
    done_at bigint,
    done_by uuid references staff (id)
);
create index improvement_step on improvement (step, added_at);

-- The register of contacts in the centre, and which of them receives which report (REQ-MISC-13).
create table report_body (
    id uuid not null primary key,
    name text not null,
    kind text not null,
    address text not null,
    added_by uuid references staff (id),
    added_on text not null,
    ended_on text,
    constraint report_body_name check (name <> ''),
    constraint report_body_kind check (kind in (
        'association', 'directorate', 'ministry', 'county', 'municipality', 'users'))
);

create table report_recipient (
    body_id uuid not null references report_body (id),
    report text not null,
    role text not null,
    primary key (body_id, report),
    constraint report_recipient_report check (report in (
        'office', 'coming', 'standards', 'access', 'guard', 'process', 'offer', 'agreements',
        'activity', 'answers', 'contacts', 'efforts')),
    constraint report_recipient_role check (role in ('steers', 'supervises', 'counts', 'informed'))
);
create index report_recipient_report on report_recipient (report);

-- Who turned out to belong elsewhere, by the month of the answer (REQ-REF-11).
create index handover_taken on handover (answered_at) where state = 'accepted';

-- The standards, matters, template and catalogue that every installation begins with.
insert into service (code, version, kind, agency_kind, needs, subject, concepts, availability,
    wait_days, changed_by, changed_at, replaced_at) values
    ('child-care', 1, 'child_care', 'social', '["family"]', '',
        'child_welfare child_benefit lone_parent', 'open', 0, null, 0, null),
    ('family-help', 1, 'family', 'social', '["family"]', '',
        'child_welfare lone_parent household', 'open', 0, null, 0, null),
    ('family-benefit', 1, 'money', 'insurance', '["family"]', 'family_benefit',
        'child_benefit lone_parent', 'open', 0, null, 0, null),
    ('work-ability', 1, 'health', 'insurance', '["illness","disability"]', 'work_assessment_allowance',
        '', 'waiting', 21, null, 0, null),
    ('sickness-benefit', 1, 'money', 'insurance', '["illness"]', 'sickness_benefit',
        '', 'open', 0, null, 0, null),
    ('disability-support', 1, 'health', 'insurance', '["disability"]', 'disability_benefit',
        '', 'open', 0, null, 0, null),
    ('home-search', 1, 'housing', 'social', '["housing"]', 'housing',
        '', 'open', 0, null, 0, null),
    ('social-assistance', 1, 'money', 'social', '["income","housing"]', 'social_assistance',
        'social_assistance', 'open', 0, null, 0, null),
    ('debt-advice', 1, 'money', 'social', '["debt"]', 'debt_counselling',
        'debt_counselling debt_settlement', 'open', 0, null, 0, null),
    ('letter-help', 1, 'guidance', 'social', '["letter","other"]', '',
        '', 'open', 0, null, 0, null),
    ('unemployment-benefit', 1, 'money', 'employment', '["work","income"]', 'unemployment_benefit',
        'unemployment_benefit', 'open', 0, null, 0, null),
    ('job-search', 1, 'work', 'employment', '["work"]', 'measure',
        'activity activity_plan employer', 'open', 0, null, 0, null),
    ('training-course', 1, 'work', 'employment', '["training"]', 'measure',
        'measure', 'waiting', 21, null, 0, null),
    ('work-practice', 1, 'work', 'employment', '["work","training"]', 'measure',
        'measure place supported_employment', 'open', 0, null, 0, null);
insert into service_text (code, version, language, name, about, conditions) values
    ('child-care', 1, 'nb', 'Barnepass mens du jobber eller lærer',
        'Vi finner plass i barnehage eller SFO og hjelper med søknaden.',
        'Du har barn hjemme og skal i arbeid, kurs eller tiltak.'),
    ('child-care', 1, 'nn', 'Barnepass medan du jobbar eller lærer',
        'Vi finn plass i barnehage eller SFO og hjelper med søknaden.',
        'Du har barn heime og skal i arbeid, kurs eller tiltak.'),
    ('child-care', 1, 'sv', 'Barnomsorg medan du arbetar eller lär dig',
        'Vi hittar plats på förskola eller fritids och hjälper till med ansökan.',
        'Du har barn hemma och ska börja arbeta, gå kurs eller delta i en insats.'),
    ('child-care', 1, 'en', 'Child care while you work or learn',
        'We find a place in nursery or after-school care and help with the application.',
        'You have children at home and are to begin work, a course or a measure.'),
    ('family-help', 1, 'nb', 'Hjelp i hjemmet og familien',
        'En familieveileder kommer hjem og avlaster i hverdagen.',
        'Du har barn hjemme og trenger støtte.'),
    ('family-help', 1, 'nn', 'Hjelp i heimen og familien',
        'Ein familierettleiar kjem heim og avlastar i kvardagen.',
        'Du har barn heime og treng støtte.'),
    ('family-help', 1, 'sv', 'Hjälp i hemmet och familjen',
        'En familjehandledare kommer hem och avlastar i vardagen.',
        'Du har barn hemma och behöver stöd.'),
    ('family-help', 1, 'en', 'Help at home and in the family',
        'A family adviser comes to your home and eases everyday life.',
        'You have children at home and need support.'),
    ('family-benefit', 1, 'nb', 'Stønad til familien',
        'Penger når du venter barn, har små barn eller er alene med barn.',
        'Avhenger av barnas alder og omsorgen.'),
    ('family-benefit', 1, 'nn', 'Stønad til familien',
        'Pengar når du ventar barn, har små barn eller er åleine med barn.',
        'Avheng av alderen til barna og omsorga.'),
    ('family-benefit', 1, 'sv', 'Stöd till familjen',
        'Pengar när du väntar barn, har små barn eller är ensam med barn.',
        'Beror på barnens ålder och omsorgen.'),
    ('family-benefit', 1, 'en', 'Benefit for the family',
        'Money when you expect a child, have small children or are alone with children.',
        'Depends on the age of the children and the care.'),
    ('work-ability', 1, 'nb', 'Avklaring av hva du kan arbeide med',
        'Vi ser sammen med legen på hva du kan gjøre nå og senere.',
        'Du er syk eller kan ikke arbeide som før.'),
    ('work-ability', 1, 'nn', 'Avklaring av kva du kan arbeide med',
        'Vi ser saman med legen på kva du kan gjere no og seinare.',
        'Du er sjuk eller kan ikkje arbeide som før.'),
    ('work-ability', 1, 'sv', 'Klarläggande av vad du kan arbeta med',
        'Vi ser tillsammans med läkaren på vad du kan göra nu och senare.',
        'Du är sjuk eller kan inte arbeta som förut.'),
    ('work-ability', 1, 'en', 'Finding out what you can work with',
        'Together with the doctor we look at what you can do now and later.',
        'You are ill or cannot work as before.'),
    ('sickness-benefit', 1, 'nb', 'Sykepenger',
        'Penger i stedet for lønn mens du er syk.',
        'Du har hatt arbeid og har legeerklæring.'),
    ('sickness-benefit', 1, 'nn', 'Sjukepengar',
        'Pengar i staden for løn medan du er sjuk.',
        'Du har hatt arbeid og har legeerklæring.'),
    ('sickness-benefit', 1, 'sv', 'Sjukpenning',
        'Pengar i stället för lön medan du är sjuk.',
        'Du har haft arbete och har läkarintyg.'),
    ('sickness-benefit', 1, 'en', 'Sickness benefit',
        'Money instead of pay while you are ill.',
        'You have had work and have a doctor’s statement.'),
    ('disability-support', 1, 'nb', 'Støtte ved nedsatt funksjonsevne',
        'Hjelpemidler og stønad i hverdagen.',
        'Nedsettelsen er varig.'),
    ('disability-support', 1, 'nn', 'Støtte ved nedsett funksjonsevne',
        'Hjelpemiddel og stønad i kvardagen.',
        'Nedsettinga er varig.'),
    ('disability-support', 1, 'sv', 'Stöd vid funktionsnedsättning',
        'Hjälpmedel och stöd i vardagen.',
        'Nedsättningen är varaktig.'),
    ('disability-support', 1, 'en', 'Support with a disability',
        'Aids and benefit in everyday life.',
        'The disability is lasting.'),
    ('home-search', 1, 'nb', 'Hjelp til å finne bolig',
        'Vi leter sammen, også etter et midlertidig sted.',
        'Du har ikke bolig eller er i ferd med å miste den.'),
    ('home-search', 1, 'nn', 'Hjelp til å finne bustad',
        'Vi leitar saman, også etter ein mellombels stad.',
        'Du har ikkje bustad eller er i ferd med å miste han.'),
    ('home-search', 1, 'sv', 'Hjälp att hitta bostad',
        'Vi letar tillsammans, också efter ett tillfälligt boende.',
        'Du har ingen bostad eller håller på att förlora den.'),
    ('home-search', 1, 'en', 'Help to find a home',
        'We look together, also for somewhere to stay meanwhile.',
        'You have no home or are about to lose it.'),
    ('social-assistance', 1, 'nb', 'Økonomisk sosialhjelp',
        'Penger til det nødvendigste når ingenting annet dekker det.',
        'Du har brukt andre muligheter du har rett til.'),
    ('social-assistance', 1, 'nn', 'Økonomisk sosialhjelp',
        'Pengar til det mest naudsynte når ikkje noko anna dekkjer det.',
        'Du har brukt andre høve du har rett til.'),
    ('social-assistance', 1, 'sv', 'Ekonomiskt bistånd',
        'Pengar till det nödvändigaste när inget annat räcker.',
        'Du har använt andra möjligheter som du har rätt till.'),
    ('social-assistance', 1, 'en', 'Social assistance',
        'Money for what is most needed when nothing else covers it.',
        'You have used other possibilities that are yours by right.'),
    ('debt-advice', 1, 'nb', 'Gjeldsrådgivning',
        'Vi lager en oversikt og snakker med dem du skylder penger.',
        'Alle kan få råd.'),
    ('debt-advice', 1, 'nn', 'Gjeldsrådgjeving',
        'Vi lagar ei oversikt og snakkar med dei du skuldar pengar.',
        'Alle kan få råd.'),
    ('debt-advice', 1, 'sv', 'Budget- och skuldrådgivning',
        'Vi gör en översikt och talar med dem du är skyldig pengar.',
        'Alla kan få råd.'),
    ('debt-advice', 1, 'en', 'Debt advice',
        'We make an overview and talk to those whom you owe money.',
        'Anybody can get advice.'),
    ('letter-help', 1, 'nb', 'Hjelp med brev og skjema',
        'Vi leser brevet sammen og svarer om du vil.',
        'Alle.'),
    ('letter-help', 1, 'nn', 'Hjelp med brev og skjema',
        'Vi les brevet saman og svarar om du vil.',
        'Alle.'),
    ('letter-help', 1, 'sv', 'Hjälp med brev och blanketter',
        'Vi läser brevet tillsammans och svarar om du vill.',
        'Alla.'),
    ('letter-help', 1, 'en', 'Help with letters and forms',
        'We read the letter together and answer if you like.',
        'Anybody.'),
    ('unemployment-benefit', 1, 'nb', 'Dagpenger',
        'Penger mens du søker arbeid.',
        'Du har hatt inntekt og melder deg som arbeidssøker.'),
    ('unemployment-benefit', 1, 'nn', 'Dagpengar',
        'Pengar medan du søkjer arbeid.',
        'Du har hatt inntekt og melder deg som arbeidssøkjar.'),
    ('unemployment-benefit', 1, 'sv', 'Arbetslöshetsersättning',
        'Pengar medan du söker arbete.',
        'Du har haft inkomst och är anmäld som arbetssökande.'),
    ('unemployment-benefit', 1, 'en', 'Unemployment benefit',
        'Money while you look for work.',
        'You have had income and are registered as looking for work.'),
    ('job-search', 1, 'nb', 'Jobbsøking med veileder',
        'Vi finner stillinger, skriver søknad og øver til intervju.',
        'Du vil i arbeid eller aktivitet.'),
    ('job-search', 1, 'nn', 'Jobbsøking med rettleiar',
        'Vi finn stillingar, skriv søknad og øver til intervju.',
        'Du vil i arbeid eller aktivitet.'),
    ('job-search', 1, 'sv', 'Jobbsökning med handledare',
        'Vi hittar jobb, skriver ansökan och övar inför intervju.',
        'Du vill arbeta eller vara i aktivitet.'),
    ('job-search', 1, 'en', 'Looking for work with an adviser',
        'We find jobs, write the application and practise for the interview.',
        'You want work or activity.'),
    ('training-course', 1, 'nb', 'Kurs og opplæring',
        'Et kurs som fører mot arbeid.',
        'Du mangler kunnskap som arbeidslivet spør etter.'),
    ('training-course', 1, 'nn', 'Kurs og opplæring',
        'Eit kurs som fører mot arbeid.',
        'Du manglar kunnskap som arbeidslivet spør etter.'),
    ('training-course', 1, 'sv', 'Kurs och utbildning',
        'En kurs som leder mot arbete.',
        'Du saknar kunskap som arbetslivet frågar efter.'),
    ('training-course', 1, 'en', 'Course and training',
        'A course that leads towards work.',
        'You lack knowledge that working life asks for.'),
    ('work-practice', 1, 'nb', 'Praksisplass med oppfølging',
        'Du prøver en arbeidsplass, og noen følger deg opp der.',
        'Du trenger å prøve eller komme i gang igjen.'),
    ('work-practice', 1, 'nn', 'Praksisplass med oppfølging',
        'Du prøver ein arbeidsplass, og nokon følgjer deg opp der.',
        'Du treng å prøve eller kome i gang att.'),
    ('work-practice', 1, 'sv', 'Praktikplats med stöd',
        'Du prövar en arbetsplats, och någon stöttar dig där.',
        'Du behöver pröva eller komma igång igen.'),
    ('work-practice', 1, 'en', 'Work practice with follow-up',
        'You try a workplace, and somebody supports you there.',
        'You need to try, or to get going again.');
insert into front_matter (subject, valid_from, valid_until, changed_by) values
    ('unemployment_benefit', '2004-01-01', null, null),
    ('sickness_benefit', '2004-01-01', null, null),
    ('family_benefit', '2004-01-01', null, null),
    ('transitional_benefit', '2004-01-01', null, null),
    ('measure', '2004-01-01', null, null),
    ('social_assistance', '2004-01-01', null, null),
    ('debt_counselling', '2004-01-01', null, null),
    ('support_needs', '2004-01-01', null, null);
insert into template_item (code, kind, place, changed_by, changed_at, version) values
    ('area-arrival', 'area', 1, null, 0, 1),
    ('area-self-service', 'area', 2, null, 0, 1),
    ('area-common', 'area', 3, null, 0, 1),
    ('area-quiet', 'area', 4, null, 0, 1),
    ('sign-door', 'sign', 1, null, 0, 1),
    ('sign-private', 'sign', 2, null, 0, 1),
    ('menu-need', 'menu', 1, null, 0, 1),
    ('menu-book', 'menu', 2, null, 0, 1),
    ('wording-welcome', 'wording', 1, null, 0, 1),
    ('wording-aim', 'wording', 2, null, 0, 1);
insert into template_text (code, language, text) values
    ('area-arrival', 'nb',
        'Ankomst og kølapp'),
    ('area-arrival', 'nn',
        'Framkome og kølapp'),
    ('area-arrival', 'sv',
        'Ankomst och nummerlapp'),
    ('area-arrival', 'en',
        'Arrival and ticket'),
    ('area-self-service', 'nb',
        'Egenaktivitet med vert'),
    ('area-self-service', 'nn',
        'Eigenaktivitet med vert'),
    ('area-self-service', 'sv',
        'Självservice med värd'),
    ('area-self-service', 'en',
        'Self-service with a host'),
    ('area-common', 'nb',
        'Felles område'),
    ('area-common', 'nn',
        'Felles område'),
    ('area-common', 'sv',
        'Gemensamt område'),
    ('area-common', 'en',
        'Common area'),
    ('area-quiet', 'nb',
        'Stille rom'),
    ('area-quiet', 'nn',
        'Stille rom'),
    ('area-quiet', 'sv',
        'Tyst rum'),
    ('area-quiet', 'en',
        'Quiet room'),
    ('sign-door', 'nb',
        'Én dør inn'),
    ('sign-door', 'nn',
        'Éi dør inn'),
    ('sign-door', 'sv',
        'En dörr in'),
    ('sign-door', 'en',
        'One door in'),
    ('sign-private', 'nb',
        'Her kan du snakke i fred'),
    ('sign-private', 'nn',
        'Her kan du snakke i fred'),
    ('sign-private', 'sv',
        'Här kan du prata ostört'),
    ('sign-private', 'en',
        'Here you can talk in private'),
    ('menu-need', 'nb',
        'Hva trenger du hjelp med?'),
    ('menu-need', 'nn',
        'Kva treng du hjelp med?'),
    ('menu-need', 'sv',
        'Vad behöver du hjälp med?'),
    ('menu-need', 'en',
        'What do you need help with?'),
    ('menu-book', 'nb',
        'Bestill time'),
    ('menu-book', 'nn',
        'Bestill time'),
    ('menu-book', 'sv',
        'Boka tid'),
    ('menu-book', 'en',
        'Book a time'),
    ('wording-welcome', 'nb',
        'Velkommen. Vi hjelper deg videre, uansett hva det gjelder.'),
    ('wording-welcome', 'nn',
        'Velkomen. Vi hjelper deg vidare, same kva det gjeld.'),
    ('wording-welcome', 'sv',
        'Välkommen. Vi hjälper dig vidare, vad det än gäller.'),
    ('wording-welcome', 'en',
        'Welcome. We help you on, whatever it is about.'),
    ('wording-aim', 'nb',
        'Målet vårt er arbeid eller aktivitet for den som kan, og trygghet for den som ikke kan nå.'),
    ('wording-aim', 'nn',
        'Målet vårt er arbeid eller aktivitet for den som kan, og tryggleik for den som ikkje kan no.'),
    ('wording-aim', 'sv',
        'Vårt mål är arbete eller aktivitet för den som kan och trygghet för den som inte kan nu.'),
    ('wording-aim', 'en',
        'Our aim is work or activity for those who can, and safety for those who cannot now.');
insert into standard (code, measured, minutes, share, provider, receiver, valid_from, valid_until,
    changed_by, version) values
    ('waiting-15', 'waiting', 15, 80, '', '', '2004-01-01', null, null, 1),
    ('reply-30', 'reply', 30, 75, '', '', '2004-01-01', null, null, 1),
    ('closing-60', 'closing', 60, 90, '', '', '2004-01-01', null, null, 1),
    ('agreement-social-work', 'closing', 90, 70, 'social', 'employment', '2004-01-01', null, null, 1);
insert into standard_text (code, language, name) values
    ('waiting-15', 'nb', 'Kalt inn innen 15 minutter'),
    ('waiting-15', 'nn', 'Kalla inn innan 15 minutt'),
    ('waiting-15', 'sv', 'Inkallad inom 15 minuter'),
    ('waiting-15', 'en', 'Called in within 15 minutes'),
    ('reply-30', 'nb', 'Svar innen 30 minutter'),
    ('reply-30', 'nn', 'Svar innan 30 minutt'),
    ('reply-30', 'sv', 'Svar inom 30 minuter'),
    ('reply-30', 'en', 'An answer within 30 minutes'),
    ('closing-60', 'nb', 'Ferdig innen en time'),
    ('closing-60', 'nn', 'Ferdig innan ein time'),
    ('closing-60', 'sv', 'Klart inom en timme'),
    ('closing-60', 'en', 'Done within an hour'),
    ('agreement-social-work', 'nb', 'Sosialtjenesten stiller i felles avklaring innen 90 minutter'),
    ('agreement-social-work', 'nn', 'Sosialtenesta stiller i felles avklaring innan 90 minutt'),
    ('agreement-social-work', 'sv', 'Socialtjänsten deltar i gemensam bedömning inom 90 minuter'),
    ('agreement-social-work', 'en', 'Social services join a common clarification within 90 minutes');
