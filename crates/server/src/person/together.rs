//! Records that were joined are one person: what hides the one hides the others, or whoever may not
//! see the person would go on reading the record that they came from (ADR 0007, REQ-INFO-08).

use onedoor_domain::ids::PersonId;
use onedoor_domain::person::Guard;

use crate::args;
use crate::db::{DbError, Tx};
use crate::policy::Proof;

/// The person `$1` with every record that was joined to theirs, and that theirs was joined to.
macro_rules! whole {
    ($then:literal) => {
        concat!(
            "with recursive up (id, merged_into) as (
                select id, merged_into from person where id = $1
                union select p.id, p.merged_into from person p join up on p.id = up.merged_into),
            whole (id) as (
                select id from up where merged_into is null
                union select p.id from person p join whole on p.merged_into = whole.id) ",
            $then
        )
    };
}

crate::sql! {
    GUARD = whole!("update person set guard = $2, protection = $3, version = version + 1
        where id in (select id from whole) and guard <> $2");
    TIES = whole!("insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at,
            noted_by, ended_at)
        select t.staff_id, w.id, t.kind, t.bits, t.source, t.noted_at, t.noted_by, null
        from staff_tie t join whole m on m.id = t.person_id cross join whole w
        where t.ended_at is null
        on conflict (staff_id, person_id, kind) do nothing");
    TIES_ANEW = whole!("update staff_tie set ended_at = null
        where ended_at is not null and person_id in (select id from whole)
            and exists (select 1 from staff_tie o where o.staff_id = staff_tie.staff_id
                and o.kind = staff_tie.kind and o.ended_at is null
                and o.person_id in (select id from whole))");
}

/// Lays the same protection over all records of a person.
///
/// # Errors
/// When the database does not answer.
pub async fn guard(
    tx: &mut Tx,
    _: &dyn Proof,
    person: PersonId,
    guard: Guard,
) -> Result<(), DbError> {
    tx.run(&GUARD, args![person, guard.as_i64(), guard.level().as_i64()]).await?;
    Ok(())
}

/// Lays the ties to any record of a person over all of them.
///
/// # Errors
/// When the database does not answer.
pub async fn ties(tx: &mut Tx, _: &dyn Proof, person: PersonId) -> Result<(), DbError> {
    tx.run(&TIES, args![person]).await?;
    tx.run(&TIES_ANEW, args![person]).await?;
    Ok(())
}
