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
