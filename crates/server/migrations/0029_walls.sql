-- Of a kind of fact one holds at a time: for an agency, and for each office that keeps one to
-- itself. What was doubled by two at once ends with the later one.
update fact set ended_at = noted_at where ended_at is null and exists (
    select 1 from fact later
    where later.person_id = fact.person_id and later.agency_id = fact.agency_id
        and later.kind = fact.kind and later.ended_at is null
        and (later.office_lock = fact.office_lock
            or (later.office_lock is null and fact.office_lock is null))
        and (later.noted_at > fact.noted_at
            or (later.noted_at = fact.noted_at and later.id > fact.id)));
create unique index fact_holds on fact (person_id, agency_id, kind)
    where ended_at is null and office_lock is null;
create unique index fact_holds_locked on fact (person_id, agency_id, kind, office_lock)
    where ended_at is null and office_lock is not null;

-- The persons of one agency, as they were when a month began.
create index person_agency_since on person_agency (agency_id, since);

-- Whose request for erasure was carried out.
create index erasure_person on erasure (person_id, state);

-- Messages that have not left, for a site that sends them.
create index outbox_unsent on outbox (id) where sent_at is null;

-- Who loaded a pack on a page: whoever did does not choose it.
alter table policy_pack add column loaded_by uuid references staff (id);
