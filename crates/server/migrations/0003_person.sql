-- Persons, their numbers, which agencies know them, and the keys they are found by.

create table person (
    id uuid not null primary key,
    given_name text not null,
    family_name text not null,
    born_on text,
    language text not null,
    phone text not null,
    email text not null,
    address text not null,
    postcode text not null,
    basic_unit text references basic_unit (code),
    protection bigint not null,
    source text not null,
    received_on text not null,
    merged_into uuid references person (id),
    contact_agency_id uuid references agency (id),
    version bigint not null,
    constraint person_protection check (protection between 0 and 2),
    constraint person_language check (language in ('nb', 'nn', 'sv', 'en')),
    constraint person_not_itself check (merged_into is null or merged_into <> id)
);
create index person_merged on person (merged_into);

-- A held number is one that somebody gave at a counter and that belongs to a
-- person whom the worker may not know of: kept beside, unseen, until a cleared
-- worker joins the two.
create table person_identifier (
    person_id uuid not null references person (id),
    number text not null,
    kind text not null,
    held boolean not null,
    primary key (person_id, number)
);
create index person_number_held on person_identifier (number) where held;
create unique index person_number_once on person_identifier (number) where not held;

create table person_agency (
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    since text not null,
    primary key (person_id, agency_id)
);

-- Names folded for search, per agency that knows the person: a search reads
-- only what the searcher's agency may know, instead of filtering afterwards.
create table person_name (
    agency_id uuid not null references agency (id),
    key text collate "C" not null,
    person_id uuid not null references person (id),
    primary key (agency_id, key, person_id)
);
create index person_name_person on person_name (person_id);
