//! What a person needs, whatever there is: kept with its one owner, seen through the walls
//! (REQ-PLAN-08).
//!
//! Other slices keep needs through [`note`] and read them through [`seen`]; what is planned about
//! them is theirs.

mod pages;
pub mod sieve;
pub mod store;

use onedoor_domain::need::{Need, rank};

use crate::db::{Link, Tx};
use crate::policy::Permit;
use crate::walls::{Held, Standing};
use crate::web::{Desk, Fault};

pub use pages::routes;
pub(crate) use pages::units;
pub use sieve::Sieve;
pub use store::{Kept, NewNeed};

/// What came of saying a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is new.
    New(onedoor_domain::ids::NeedId),
    /// It stood already; a rank that was missing was added.
    Found(onedoor_domain::ids::NeedId),
}

impl Noted {
    /// The need, new or found.
    #[must_use]
    pub fn id(self) -> onedoor_domain::ids::NeedId {
        match self {
            Self::New(id) | Self::Found(id) => id,
        }
    }
}

/// Keeps a need of the permit's person. One that stands already and that the one who asks may see
/// is found, and has the same owner as before: no need has two. One that they may not see is not
/// betrayed: theirs is kept apart beside it (REQ-INFO-01).
///
/// # Errors
/// A field fault on `person_rank` or `worker_rank` when it is not from 1 to 9.
pub async fn note(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
    new: &NewNeed<'_>,
) -> Result<Noted, Fault> {
    rank(new.person_rank).map_err(|fault| Fault::field("person_rank", fault.code()))?;
    rank(new.worker_rank).map_err(|fault| Fault::field("worker_rank", fault.code()))?;
    let mut sieve = Sieve::new(standing);
    let mut hidden = false;
    for one in store::of_person(tx, permit).await? {
        if one.need.kind != new.kind || !one.need.state.stands() {
            continue;
        }
        let held = Held { received: Some(one.on), ..Held::default() };
        let category = one.need.kind.category();
        let mine = one.apart == Some(standing.receiver());
        if mine || sieve.lets(tx, one.need.agency, category, held).await? {
            let again = one.need.clone().said_again(new.person_rank, new.worker_rank);
            if again != one.need {
                let stamp = (one.id, one.version, desk.today());
                store::save(tx, permit, stamp, &again, desk.app().country).await?;
            }
            sieve.tell(desk, permit);
            return Ok(Noted::Found(one.id));
        }
        hidden = true;
    }
    let apart = hidden.then(|| standing.receiver());
    let stamp = (apart, desk.now(), desk.app().country);
    let id = store::insert(tx, permit, new, stamp).await?;
    Ok(Noted::New(id))
}

/// The needs of the permit's person that the walls let through to the one who asks. What crosses is
/// noted as a disclosure in this transaction: end it with a commit.
///
/// # Errors
/// When the database does not answer.
pub async fn seen(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
) -> Result<Vec<Kept>, Fault> {
    let mut sieve = Sieve::new(standing);
    let all = through(tx, permit, &mut sieve).await?;
    sieve.tell(desk, permit);
    Ok(all)
}

/// The same with a sieve of the caller's, who tells what crossed.
///
/// # Errors
/// When the database does not answer.
pub async fn through(
    link: &mut Link,
    permit: &Permit,
    sieve: &mut Sieve<'_>,
) -> Result<Vec<Kept>, Fault> {
    let mut all = Vec::new();
    for one in store::of_person(link, permit).await? {
        let held = Held { received: Some(one.on), ..Held::default() };
        if sieve.lets(link, one.need.agency, one.need.kind.category(), held).await? {
            all.push(one);
        }
    }
    Ok(all)
}

/// Changes a need as a rule of the domain says. Its owner's own agency does it.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there or not seen, a conflict when another agency owns it or
/// somebody came first, a field fault where the rule refuses.
pub async fn change(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (id, version, field): (onedoor_domain::ids::NeedId, i64, &str),
    act: impl FnOnce(Need) -> Result<Need, onedoor_domain::need::NeedFault>,
) -> Result<(), Fault> {
    let standing = Standing::of(desk, tx, permit).await?;
    let mut sieve = Sieve::new(&standing);
    let found = through(tx, permit, &mut sieve).await?.into_iter().find(|one| one.id == id);
    let found = found.ok_or(Fault::Hidden)?;
    if found.need.agency != standing.receiver() {
        return Err(Fault::conflict("need-not-yours"));
    }
    if found.version != version {
        return Err(Fault::conflict("stale"));
    }
    let next = act(found.need).map_err(|fault| Fault::field(field, fault.code()))?;
    store::save(tx, permit, (id, version, desk.today()), &next, desk.app().country).await
}
