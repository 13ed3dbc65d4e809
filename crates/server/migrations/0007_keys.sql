-- Encryption at rest for each person: whoever holds the file of the database
-- without the keyring reads no name, number, address or account.

-- The secrets of the keyring under which keys of persons are wrapped now. A
-- generation can be taken away only when nothing rests on it, and nothing can
-- be put under one that is gone: so no key is lost while secrets change.
create table key_slot (
    slot bigint not null,
    generation bigint not null,
    primary key (slot, generation)
);

-- The key of a person, or of a visit of somebody unknown. Without its row all
-- that is sealed under it is unreadable for ever: that is what erasing means.
create table subject_key (
    subject_id uuid not null primary key,
    slot bigint not null,
    generation bigint not null,
    wrapped bytea not null,
    foreign key (slot, generation) references key_slot (slot, generation)
);
create index subject_key_slot on subject_key (slot, generation);

-- `number` becomes a keyed hash to be found by; this is the number, sealed.
alter table person_identifier add column sealed text not null default '';
-- Under whose key a message is sealed: the person's, or the visit's.
alter table outbox add column subject_id uuid;
