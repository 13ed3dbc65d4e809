-- Whose file tells a district. Its office may lie in another municipality after a closing; the
-- district is the municipality's all the same (REQ-ORG-14).
alter table district add column municipality text not null default '';
update district set municipality = coalesce(
    (select min(m.municipality) from boundary b join basic_unit m on m.code = b.basic_unit
        where b.district_id = district.id),
    (select o.municipality from office o where o.id = district.office_id), '');
create index district_municipality on district (municipality, code);
