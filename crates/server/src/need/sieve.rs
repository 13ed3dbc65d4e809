//! Things of several agencies about one person, each let through by the walls or not. What is
//! not let through is neither shown nor counted; what is, is noted as a disclosure.

use std::collections::BTreeMap;

use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::{Category, Purpose, Verdict};

use crate::db::Link;
use crate::policy::Permit;
use crate::walls::{self, Crossed, Giver, Held, Standing};
use crate::web::{Desk, Fault};

/// The walls before one worker and one person, for things of several agencies at once.
pub struct Sieve<'s> {
    standing: &'s Standing,
    givers: BTreeMap<AgencyId, Option<Giver>>,
    crossed: Vec<Crossed>,
}

impl<'s> Sieve<'s> {
    /// Before anything has crossed.
    #[must_use]
    pub fn new(standing: &'s Standing) -> Self {
        Self { standing, givers: BTreeMap::new(), crossed: Vec::new() }
    }

    /// The agency of the one who asks.
    #[must_use]
    pub fn receiver(&self) -> AgencyId {
        self.standing.receiver()
    }

    /// Whether a thing of `owner` that tells of `category` may be seen, for coordination
    /// (REQ-INFO-01). What may be seen of another agency is remembered for [`Sieve::tell`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lets(
        &mut self,
        link: &mut Link,
        owner: AgencyId,
        category: Category,
        held: Held,
    ) -> Result<bool, Fault> {
        if !self.givers.contains_key(&owner) {
            let giver = walls::giver_of(link, owner, self.standing.office()).await?;
            self.givers.insert(owner, giver);
        }
        let Some(Some(giver)) = self.givers.get(&owner) else { return Ok(false) };
        let verdict = self.standing.judge(giver, Purpose::Coordination, category, held);
        let Some(Verdict::Permit(ground)) = verdict else { return Ok(false) };
        if owner != self.standing.receiver() {
            Crossed { giver: owner, category, ground, rows: 1 }.add(&mut self.crossed);
        }
        Ok(true)
    }

    /// Notes what crossed: it stands in the journal and in the register of who holds what before
    /// the answer leaves.
    pub fn tell(self, desk: &Desk, permit: &Permit) {
        let Self { standing, crossed, .. } = self;
        walls::crossed(desk, permit, standing, Purpose::Coordination, &crossed);
    }
}
