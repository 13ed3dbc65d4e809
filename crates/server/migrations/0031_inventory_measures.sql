-- One inventory: what an office offers beyond the minimum stands on a version of an agreement that
-- has it in its remit (REQ-ORG-26). Until now there were two lists, with two lists of codes.

-- The codes of services are those of the inventory.
update agreement_version set remit = trim(replace(replace(replace(replace(replace(replace(replace(
    replace(' ' || remit || ' ',
    ' employment ', ' job_centre measures '),
    ' benefits ', ' health_refunds attendance_benefit sickness_disability family_pension car_support '),
    ' social-assistance ', ' economic_assistance newcomers '),
    ' debt-advice ', ' debt_counselling '),
    ' child-welfare ', ' child_family child_follow_up '),
    ' addiction-care ', ' addiction_care '),
    ' county-tasks ', ' county_tasks '),
    ' municipal-tasks ', ' municipal_tasks '));
update framework set remit = trim(replace(replace(replace(replace(replace(replace(replace(
    replace(' ' || remit || ' ',
    ' employment ', ' job_centre measures '),
    ' benefits ', ' health_refunds attendance_benefit sickness_disability family_pension car_support '),
    ' social-assistance ', ' economic_assistance newcomers '),
    ' debt-advice ', ' debt_counselling '),
    ' child-welfare ', ' child_family child_follow_up '),
    ' addiction-care ', ' addiction_care '),
    ' county-tasks ', ' county_tasks '),
    ' municipal-tasks ', ' municipal_tasks '));

alter table inventory_line add column agreement_id uuid references agreement (id);
create index inventory_agreement on inventory_line (agreement_id) where agreement_id is not null;

-- A line that named its agreement in words alone gets an agreement of that name, from the line's
-- first day. It has none of the clauses, so the pages tell that it is incomplete.
insert into agreement (id, municipality, office_id, made_by, made_at)
    select i.id, o.municipality, i.office_id, null, 0
    from inventory_line i join office o on o.id = i.office_id
    where i.service in ('psychiatry', 'addiction_care', 'tax', 'citizens_information');
insert into agreement_version (agreement_id, n, kind, title, signed_on, valid_from, valid_until,
        review_on, purposes, clauses, elements, remit, written_by, written_at)
    select i.id, 1, 'old_general', case when i.agreement = '' then i.service else i.agreement end,
        i.valid_from, i.valid_from, i.valid_until, null, '', '', '', i.service, null, 0
    from inventory_line i
    where i.service in ('psychiatry', 'addiction_care', 'tax', 'citizens_information');
insert into agreement_party (agreement_id, agency_id)
    select i.id, u.agency_id from inventory_line i join unit u on u.id = i.unit_id
    where i.service in ('psychiatry', 'addiction_care', 'tax', 'citizens_information');
update inventory_line set agreement_id = id
    where service in ('psychiatry', 'addiction_care', 'tax', 'citizens_information');
alter table inventory_line drop column agreement;

-- The other list had no unit: it is one of the parties at the office, the municipality's first.
insert into inventory_line (id, office_id, service, unit_id, decided_by, inside, partner, address,
        route, terms, valid_from, valid_until, agreement_id)
    select x.id, x.office_id,
        case x.service when 'addiction-care' then 'addiction_care'
            when 'child-welfare' then 'child_family' when 'county-tasks' then 'county_tasks'
            when 'municipal-tasks' then 'municipal_tasks' else x.service end,
        u.id, null, 1 = 1, '', '', '', '',
        (select min(v.valid_from) from agreement_version v where v.agreement_id = x.agreement_id),
        null, x.agreement_id
    from local_service x join unit u on u.office_id = x.office_id
    where u.id = (
        select c.id from unit c join agency a on a.id = c.agency_id
        left join agreement_party p on p.agreement_id = x.agreement_id and p.agency_id = c.agency_id
        where c.office_id = x.office_id
        order by case when c.valid_until is null then 0 else 1 end,
            case when p.agency_id is null then 1 else 0 end,
            case when a.kind = 'social' then 0 else 1 end,
            case when c.kind = 'back_office' then 0 else 1 end, c.code
        limit 1)
    and exists (select 1 from agreement_version v where v.agreement_id = x.agreement_id);
drop table local_service;

-- Who takes part in a labour-market measure, by which decision, on which days, and who pays
-- (REQ-ORG-41). Who pays is kept as it was on the first day: a trial that makes the municipality
-- principal changes what begins from then on.
create table measure_part (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    -- None when the archive has taken the decision.
    ruling_id uuid references ruling (id),
    payer_id uuid not null references principal (id),
    municipality text not null,
    measure text not null,
    from_day text not null,
    until_day text,
    day_cost bigint not null,
    noted_by uuid not null references staff (id),
    noted_at bigint not null,
    constraint measure_part_measure check (
        measure in ('course', 'work_practice', 'wage_subsidy', 'sheltered')
    ),
    constraint measure_part_period check (until_day is null or from_day <= until_day),
    constraint measure_part_cost check (day_cost >= 0)
);
create index measure_part_person on measure_part (person_id, from_day);
create index measure_part_ruling on measure_part (ruling_id);
create index measure_part_days on measure_part (from_day);
-- Nobody begins twice by the same decision at one time.
create unique index measure_part_one on measure_part (ruling_id) where until_day is null;
