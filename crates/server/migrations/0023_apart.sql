-- Every record of a person is one step from the one that is kept (REQ-INFO-08): chains that were
-- made before lead there now.
update person set merged_into = (
        with recursive up (id, merged_into) as (
            select f.id, f.merged_into from person f where f.id = person.merged_into
            union select n.id, n.merged_into from person n join up on n.id = up.merged_into)
        select up.id from up where up.merged_into is null)
    where merged_into in (select j.id from person j where j.merged_into is not null);

-- What a sender calls a fact may name somebody: a keyed hash of it finds it again, and the name
-- itself lies sealed. What lies plain from before is sealed by the program before it serves.
alter table exchange_fact add column sealed text;
create index exchange_fact_plain on exchange_fact (id) where sealed is null;

-- Where the law keeps the agencies of one house apart, one that may not learn of another's open
-- case has a case of its own beside it (REQ-INFO-01): one for each agency, and one for the house.
alter table shared_case add column apart_id uuid references agency (id);
drop index case_one_open;
create unique index case_one_open on shared_case (person_id)
    where closed_at is null and apart_id is null;
create unique index case_one_apart on shared_case (person_id, apart_id)
    where closed_at is null and apart_id is not null;
