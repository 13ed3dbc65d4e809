-- Booked times: the joint meeting that a composed need leads to.

create table appointment (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    office_id uuid not null references office (id),
    place text not null,
    starts_at bigint not null,
    ends_at bigint not null,
    subject text not null,
    constraint appointment_order check (starts_at < ends_at)
);
create index appointment_person on appointment (person_id, starts_at);

-- One row per quarter of an hour and worker: two bookings of the same quarter
-- cannot both be stored, whoever comes second.
create table calendar_slot (
    staff_id uuid not null references staff (id),
    starts_at bigint not null,
    appointment_id uuid not null references appointment (id),
    primary key (staff_id, starts_at)
);
create index calendar_appointment on calendar_slot (appointment_id);
