-- What one worker alone could open for somebody, or close before somebody.

-- A right to act for a person opens nothing until a second worker, of another unit, has seen
-- what it stands on. What no worker recorded came with the installation and stands as it is.
alter table representation add column confirmed_by uuid references staff (id)
    constraint representation_two check (
        confirmed_by is null or recorded_by is null or confirmed_by <> recorded_by
    );
alter table representation add column confirmed_at bigint;
update representation set confirmed_at = 0 where recorded_by is null;

-- A fact that was taken over stays bound to the agency that asked first and to the consent that
-- it crossed under: it goes no further than from there, and ends with that consent.
alter table fact add column first_agency_id uuid references agency (id);
alter table fact add column consent_id uuid;
create index fact_consent on fact (consent_id) where consent_id is not null;
update fact set first_agency_id = (select o.agency_id from fact o where o.id = fact.reused_from)
    where reused_from is not null;
update fact set consent_id = (select d.consent_id from disclosure d
        where d.person_id = fact.person_id and d.from_agency_id = fact.first_agency_id
            and d.to_agency_id = fact.agency_id and d.categories = fact.category
            and d.at <= fact.noted_at
        order by d.at desc limit 1)
    where first_agency_id is not null;

-- A line of the log waits when two have said so. `until` is what holds; what one of them asks for
-- stands in `asked_until` and holds nothing back before somebody else has confirmed it.
alter table journal_delay add column asked_until bigint;
alter table journal_delay add column confirmed_by uuid references staff (id)
    constraint journal_delay_two check (confirmed_by is null or confirmed_by <> set_by);
alter table journal_delay add column confirmed_at bigint;
