-- Principals, agencies, offices, units, districts with dated boundaries, staff.

create table principal (
    id uuid not null primary key,
    code text not null,
    name text not null,
    kind text not null,
    constraint principal_kind check (kind in ('state', 'municipality'))
);
create unique index principal_code on principal (code);

create table agency (
    id uuid not null primary key,
    code text not null,
    name text not null,
    kind text not null,
    principal_id uuid not null references principal (id),
    constraint agency_kind check (kind in ('employment', 'insurance', 'social'))
);
create unique index agency_code on agency (code);

create table office (
    id uuid not null primary key,
    code text not null,
    name text not null,
    address text not null,
    postcode text not null,
    phone text not null,
    municipality text not null,
    manager_id uuid
);
create unique index office_code on office (code);
create index office_municipality on office (municipality);

create table opening (
    office_id uuid not null references office (id),
    weekday bigint not null,
    opens text not null,
    closes text not null,
    primary key (office_id, weekday, opens),
    constraint opening_weekday check (weekday between 1 and 7),
    constraint opening_order check (opens < closes)
);

create table unit (
    id uuid not null primary key,
    code text not null,
    name text not null,
    agency_id uuid not null references agency (id),
    office_id uuid not null references office (id),
    kind text not null,
    last_resort_id uuid,
    valid_from text not null,
    valid_until text,
    constraint unit_kind check (kind in ('front_office', 'back_office'))
);
create unique index unit_code on unit (code);
create index unit_office on unit (office_id);

create table mandate (
    unit_id uuid not null references unit (id),
    subject text not null,
    valid_from text not null,
    valid_until text,
    primary key (unit_id, subject, valid_from)
);

create table basic_unit (
    code text not null primary key,
    name text not null,
    municipality text not null,
    inhabitants bigint not null
);
create index basic_unit_municipality on basic_unit (municipality, name);

create table district (
    id uuid not null primary key,
    code text not null,
    name text not null,
    office_id uuid not null references office (id)
);
create unique index district_code on district (code);

-- For each agency, from a date: the district of a basic unit (REQ-ORG-14).
create table boundary (
    agency_id uuid not null references agency (id),
    basic_unit text not null references basic_unit (code),
    valid_from text not null,
    valid_until text,
    district_id uuid not null references district (id),
    primary key (agency_id, basic_unit, valid_from)
);
create index boundary_place on boundary (basic_unit);

-- The units that serve a district for an agency. The first takes what has no
-- settled subject; a subject goes to the one that holds its mandate.
create table district_unit (
    agency_id uuid not null references agency (id),
    district_id uuid not null references district (id),
    valid_from text not null,
    valid_until text,
    place bigint not null,
    unit_id uuid not null references unit (id),
    primary key (agency_id, district_id, valid_from, place)
);

-- `on_duty` is part of a key so that a case can demand a worker who is there.
create table staff (
    id uuid not null primary key,
    code text not null,
    name text not null,
    email text not null,
    subject text,
    unit_id uuid not null references unit (id),
    role text not null,
    clearance text not null,
    on_duty boolean not null,
    constraint staff_role check (role in (
        'host', 'front_worker', 'caseworker', 'joint_manager', 'administrator', 'privacy_owner'
    )),
    constraint staff_clearance check (clearance in ('none', 'confidential', 'strictly_confidential'))
);
create unique index staff_code on staff (code);
create unique index staff_email on staff (email);
create unique index staff_subject on staff (subject);
create unique index staff_duty on staff (id, on_duty);
create index staff_unit on staff (unit_id);
