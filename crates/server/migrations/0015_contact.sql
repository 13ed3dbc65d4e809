-- What somebody told one agency of how to reach them, where another agency's is the registered way:
-- neither reads the other's, nor that it is there.
alter table person_agency add column phone text;
alter table person_agency add column email text;
alter table person_agency add column address text;
alter table person_agency add column postcode text;
