-- A note about health or substance use says whether it is clinical or tells only what the person can
-- do or needs (REQ-INFO-12). Those from before are taken for clinical: they stay where they are.
alter table note add column grade text not null default 'clinical'
    constraint note_grade check (grade in ('ordinary', 'functional', 'clinical'));
update note set grade = 'ordinary' where category not in ('health', 'subst');

-- What an agency had asked when a month began, and who else had: facts that have ended since
-- among them (REQ-INFO-07).
create index fact_agency on fact (agency_id, noted_at);
create index fact_whose on fact (person_id, kind);

-- What a list is called and what a sender calls a row of a file may name somebody: from now on both
-- are sealed. What lies plain from before cannot be sealed here, and goes. A list keeps its day and
-- its agencies, a row its number in the file.
update candidate_list set title = '';
update exchange_row set key = '';
