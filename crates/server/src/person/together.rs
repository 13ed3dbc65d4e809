//! Records that were joined are one person: what hides the one hides the others, or whoever may not
//! see the person would go on reading the record that they came from (ADR 0007, REQ-INFO-08).

use onedoor_domain::ids::PersonId;
use onedoor_domain::person::Guard;

use crate::args;
use crate::db::{DbError, Tx};
use crate::policy::Proof;
use crate::web::Fault;

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
        from whole m cross join staff_tie t cross join whole w
        where t.person_id = m.id and t.ended_at is null
        on conflict (staff_id, person_id, kind) do nothing");
    TIES_ANEW = whole!("update staff_tie set ended_at = null
        where ended_at is not null and person_id in (select id from whole)
            and exists (select 1 from staff_tie o where o.staff_id = staff_tie.staff_id
                and o.kind = staff_tie.kind and o.ended_at is null
                and o.person_id in (select id from whole))");
    // Holds the record that is kept until the transaction ends, whichever of a person's is named.
    KEEP_WHOLE_STILL = "update person set version = version
        where id = (select coalesce(n.merged_into, n.id) from person n where n.id = $1)";
    IS_ERASED = "select 1 from erasure where state = 'done' and person_id in (
            select coalesce(n.merged_into, n.id) from person n where n.id = $1) limit 1";
}

/// Lays the same protection over all records of a person.
///
/// # Errors
/// When the database does not answer.
pub async fn guard(
    tx: &mut Tx,
    proof: &dyn Proof,
    person: PersonId,
    guard: Guard,
) -> Result<(), DbError> {
    tx.run(proof.opens(&GUARD), args![person, guard.as_i64(), guard.level().as_i64()]).await?;
    Ok(())
}

/// Lays the ties to any record of a person over all of them.
///
/// # Errors
/// When the database does not answer.
pub async fn ties(tx: &mut Tx, proof: &dyn Proof, person: PersonId) -> Result<(), DbError> {
    tx.run(proof.opens(&TIES), args![person]).await?;
    tx.run(proof.opens(&TIES_ANEW), args![person]).await?;
    Ok(())
}

/// Waits for whoever holds a person still, and holds them until the transaction ends.
///
/// # Errors
/// When the database does not answer.
pub async fn wait_for(tx: &mut Tx, proof: &dyn Proof, person: PersonId) -> Result<(), DbError> {
    tx.run(proof.opens(&KEEP_WHOLE_STILL), args![person]).await?;
    Ok(())
}

/// Holds a person as they are until the transaction ends: what would keep their data and what
/// would delete it do not pass each other. Whoever begins a hold, a case or a visit calls it
/// first, and so does whoever deletes, before asking what stands in the way (REQ-INFO-18).
///
/// # Errors
/// [`Fault::Hidden`] when the person has been erased meanwhile.
pub async fn keep_still(tx: &mut Tx, proof: &dyn Proof, person: PersonId) -> Result<(), Fault> {
    wait_for(tx, proof, person).await?;
    match tx.row(proof.opens(&IS_ERASED), args![person]).await? {
        Some(_) => Err(Fault::Hidden),
        None => Ok(()),
    }
}
