-- The search looks through the cases that the searcher has a part in: the index alone tells whose.
drop index case_responsible;
drop index case_deputy;
drop index case_step_owner;
create index case_responsible on shared_case (responsible_id, step_on, id, person_id, closed_at)
    where closed_at is null;
create index case_deputy on shared_case (deputy_id, step_on, id, person_id, closed_at)
    where closed_at is null;
create index case_step_owner on shared_case (step_owner_id, step_on, id, person_id, closed_at)
    where closed_at is null;
