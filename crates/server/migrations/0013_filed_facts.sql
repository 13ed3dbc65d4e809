-- Facts that came by file are facts of the record. What stays beside them is the sender's own key of
-- each, so that a file can be sent again; a row has the identifier of its fact.
delete from exchange_fact;
drop index exchange_fact_person;
alter table exchange_fact drop column kind;
alter table exchange_fact drop column category;
alter table exchange_fact drop column value;
alter table exchange_fact drop column known_on;
create index exchange_fact_person on exchange_fact (person_id);

-- An agency's own facts go out as a file, in this order.
create index fact_out on fact (agency_id, id) where ended_at is null;
