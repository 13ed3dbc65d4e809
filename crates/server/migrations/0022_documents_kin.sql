-- Documents about a person, and family ties between persons.

-- A file with its owner, kind of information, source, day of receipt and keep-time, like a
-- fact or a note. Name and source are sealed under the person's key.
create table document (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    agency_id uuid not null references agency (id),
    kind text not null,
    category text not null,
    internal boolean not null,
    file_name text not null,
    media text not null,
    size bigint not null,
    source text not null,
    received_on text not null,
    kept_until text not null,
    office_lock uuid references office (id),
    noted_at bigint not null,
    noted_by uuid references staff (id),
    -- The person, or who acts for them, where no worker wrote it.
    given_by uuid references person (id),
    ended_at bigint,
    constraint document_media check (
        media in ('application/pdf', 'image/jpeg', 'image/png', 'text/plain')
    ),
    constraint document_size check (size > 0 and size <= 3145728),
    constraint document_writer check (noted_by is not null or given_by is not null),
    -- What the person gave is no agency's internal paper.
    constraint document_internal check (given_by is null or not internal)
);
create index document_person on document (person_id, agency_id);
create index document_kept on document (kept_until);
create index document_given on document (given_by);

-- The content in sealed parts, so that no row is large.
create table document_part (
    document_id uuid not null references document (id),
    n bigint not null,
    body text not null,
    primary key (document_id, n)
);

-- A question may point at a document.
alter table correction add column document_id uuid references document (id);
create index correction_document on correction (document_id);

-- More kinds of family tie, and its source from a closed list. Nothing has written the
-- table before.
drop table kin;
create table kin (
    id uuid not null primary key,
    person_id uuid not null references person (id),
    other_id uuid not null references person (id),
    kind text not null,
    agency_id uuid not null references agency (id),
    source text not null,
    received_on text not null,
    noted_at bigint not null,
    noted_by uuid not null references staff (id),
    ended_at bigint,
    ended_by uuid references staff (id),
    version bigint not null,
    constraint kin_kind check (
        kind in ('parent_of', 'partner', 'former_partner', 'sibling', 'common_child')
    ),
    constraint kin_source check (source in ('person', 'other', 'register', 'paper')),
    constraint kin_two check (person_id <> other_id),
    constraint kin_end check ((ended_at is null) = (ended_by is null))
);
create index kin_person on kin (person_id);
create index kin_other on kin (other_id);
-- One tie of a kind between two persons at a time.
create unique index kin_once on kin (person_id, other_id, kind) where ended_at is null;
