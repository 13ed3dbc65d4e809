-- What a plan of every statement showed to be read whole. Each index is for the statements named.

-- Who goes off duty: the key (id, on_duty) of staff is asked of every case, and the lists' indexes
-- hold open cases only, which the database does not know to be the same as those with `on_duty`.
create index case_duty_responsible on shared_case (responsible_id, on_duty)
    where on_duty is not null;
create index case_duty_deputy on shared_case (deputy_id, on_duty) where on_duty is not null;
create index case_duty_step_owner on shared_case (step_owner_id, on_duty)
    where on_duty is not null;

-- Withdrawals of one consent, and what is deleted with it.
create index consent_notice_consent on consent_notice (consent_id);

-- One person's file and its erasure.
create index sending_of on sending (person_id);
create index sending_appointment on sending (appointment_id) where appointment_id is not null;
create index outbox_person on outbox (person_id);
create index outbox_subject on outbox (subject_id);
create index session_actor on session (actor_id);
create index session_acts_for on session (acts_for);

-- The nightly keeping.
create index exchange_fact_run on exchange_fact (run_id);
create index sign_in_attempt_expiry on sign_in_attempt (expires_at);
create index outbox_over on outbox ((coalesce(sent_at, created_at)));
create index watch_case_settled on watch_case (outcome_at);
create index legal_hold_until on legal_hold (lifted_at, until_day);
create index erasure_over on erasure ((coalesce(done_at, decided_at, asked_at)));

-- The privacy owner's lists, in their order.
create index watch_case_listed on watch_case
    ((case when outcome is null then 0 else 1 end), made_at desc, id);
create index legal_hold_listed on legal_hold (set_at desc);
create index erasure_listed on erasure (asked_at desc, id);
create index journal_delay_until on journal_delay (until);
create index journal_delay_asked on journal_delay (asked_until);

-- What waits for one worker.
create index handover_to_staff on handover (to_staff_id) where state = 'asked';

-- Who is away on a day, among all who ever were.
create index absence_ends on absence (last_day, first_day, staff_id) where withdrawn_at is null;
