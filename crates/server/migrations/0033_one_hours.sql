-- Hours of a unit in the reception of another agency, or at a distance, and whose inhabitants they
-- are for (REQ-FRONT-25, REQ-ORG-16). Until now there were two lists, and "nobody is in two places
-- at once" knew one of them.
create table hours_beside (
    id uuid not null primary key,
    office_id uuid not null references office (id),
    agency_id uuid not null references agency (id),
    -- None for what was once written down for an agency as a whole.
    unit_id uuid references unit (id),
    municipality text not null,
    weekday bigint not null,
    opens text not null,
    closes text not null,
    remote boolean not null,
    valid_from text not null,
    valid_until text,
    -- None where nobody wrote down who said it.
    added_by uuid references staff (id),
    constraint hours_beside_weekday check (weekday between 1 and 7),
    constraint hours_beside_order check (opens < closes),
    constraint hours_beside_period check (valid_until is null or valid_from < valid_until)
);
insert into hours_beside (id, office_id, agency_id, unit_id, municipality, weekday, opens, closes,
        remote, valid_from, valid_until, added_by)
    select v.id, v.office_id, u.agency_id, v.unit_id, o.municipality, v.weekday, v.opens, v.closes,
        v.remote, v.valid_from, v.valid_until, null
    from visiting_hours v join unit u on u.id = v.unit_id join office o on o.id = v.office_id;
-- What ended before it began was a mistake, and never held.
insert into hours_beside (id, office_id, agency_id, unit_id, municipality, weekday, opens, closes,
        remote, valid_from, valid_until, added_by)
    select id, office_id, agency_id, null, municipality, weekday, opens, closes, kind = 'remote',
        valid_from, valid_until, added_by
    from visiting where valid_until is null or valid_until > valid_from;
drop table visiting;
drop table visiting_hours;
alter table hours_beside rename to visiting_hours;
create index visiting_place on visiting_hours (municipality, weekday);
create index visiting_office on visiting_hours (office_id, weekday);
create index visiting_unit on visiting_hours (unit_id);
