//! Whether one agency may tell another something about a person.

use onedoor_domain::ids::{AgencyId, ConsentId, NecessityId};
use onedoor_domain::secrecy::{Category, Ground, Purpose, Remedy, Verdict, WallGround};

use super::standing::{Held, Standing, giver_of};
use crate::db::Link;
use crate::policy::Permit;
use crate::web::{Desk, Fault};

/// How the walls answer before the one who asks tells another agency something.
pub enum Telling {
    /// It is the same agency: nothing crosses.
    Own,
    /// It may be told, by this rule of this pack.
    May {
        /// What the ground is called in the journal.
        ground: Ground,
        /// The pack's code.
        pack: String,
        /// The rule's code.
        rule: String,
        /// The consent it stands on.
        consent: Option<ConsentId>,
        /// The necessity it stands on.
        necessity: Option<NecessityId>,
    },
    /// It may not; the code of the fault says what would open it.
    MayNot(&'static str),
}

/// Asks whether an agency may, by the one who acts, tell another one kind of information about the
/// permit's person, for coordination (REQ-INFO-01, REQ-INFO-05).
///
/// # Errors
/// When the database does not answer.
pub async fn telling(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (mine, to): (AgencyId, AgencyId),
    category: Category,
) -> Result<Telling, Fault> {
    let actor = desk.actor();
    if mine == to {
        return Ok(Telling::Own);
    }
    let standing = Standing::of(desk, link, permit).await?;
    let me = giver_of(link, mine, actor.office).await?;
    let other = giver_of(link, to, actor.office).await?;
    let (Some(mut me), Some(other)) = (me, other) else {
        return Ok(Telling::MayNot("wall-nothing"));
    };
    // Whether the two share a joint office is asked of the one who would receive.
    me.here = other.here;
    let before = standing.before(other.id, other.kind);
    let verdict = before.judge(&me, Purpose::Coordination, category, Held::default());
    Ok(match verdict {
        Some(Verdict::Permit(ground)) => Telling::May {
            ground: journal_ground(&ground),
            pack: before.pack().code().to_owned(),
            rule: ground.rule.map(|id| before.pack().rule_code(id).to_owned()).unwrap_or_default(),
            consent: ground.consent,
            necessity: ground.necessity,
        },
        Some(Verdict::Deny(refusal)) => Telling::MayNot(match refusal.remedy {
            Remedy::Consent { .. } => "wall-consent",
            Remedy::Necessity { .. } => "wall-necessity",
            Remedy::SingleAccess | Remedy::Nothing => "wall-nothing",
        }),
        None => Telling::MayNot("wall-nothing"),
    })
}

/// The ground that the journal names for what crossed.
#[must_use]
pub fn journal_ground(ground: &WallGround) -> Ground {
    if ground.consent.is_some() {
        Ground::Consent
    } else if ground.necessity.is_some() {
        Ground::Necessity
    } else if ground.rule.is_none() {
        Ground::OwnAgency
    } else {
        Ground::Law
    }
}
