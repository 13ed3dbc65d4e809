//! Taking a consent back: weighed and shown first, then done, by the same rules for the worker's
//! page and for the person's own (REQ-INFO-03).

use std::collections::{BTreeMap, BTreeSet};

use onedoor_domain::consent::{Agreement, Cut, EndFault, Stopped, Terms, Withdrawal, stopped};
use onedoor_domain::ids::{AgencyId, ConsentId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::acts::{Act, Hand, read_agencies, read_categories, seal, tell};
use super::providers;
use super::receipts::{self, Held};
use super::shown::{LostLine, code_list};
use super::store::{self, Stored};
use crate::app::new_id;
use crate::db::{Link, Tx};
use crate::policy::Permit;
use crate::walls::crossing;
use crate::web::validate::Faults;
use crate::web::{Fault, FieldFault};

/// Those of the ways in which a worker hears of it.
pub const HEARD: [&str; 3] = ["counter", "letter", "phone"];

/// What is taken back, as it is typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct WithdrawForm {
    /// `all`, or `part`.
    #[serde(default)]
    pub scope: String,
    /// The kinds of information that are taken back, for every receiver.
    #[serde(default)]
    pub category: Vec<String>,
    /// The receivers that may be told no more, of any kind.
    #[serde(default)]
    pub to: Vec<String>,
    /// How the person said so: `counter`, `letter` or `phone`.
    #[serde(default)]
    pub how: String,
    /// The version that was shown.
    #[serde(default)]
    pub version: String,
    /// What the preview answered: that the consequences were seen.
    #[serde(default)]
    pub seen: String,
}

/// A withdrawal with all that follows from it. Nothing is done yet.
pub struct Weighed {
    /// The consent as it stands.
    pub stored: Stored,
    /// What it becomes.
    pub withdrawal: Withdrawal,
    /// What stops.
    pub stops: Vec<Stopped>,
    /// What each receiver holds already.
    pub held: BTreeMap<AgencyId, Held>,
    /// Proof of having seen this.
    pub seen: String,
    how: String,
}

impl Weighed {
    /// The name of one of its agencies.
    #[must_use]
    pub fn name_of(&self, id: &AgencyId) -> String {
        let mut all = self.stored.from.iter().chain(&self.stored.to);
        all.find(|party| party.id == *id).map(|party| party.name.clone()).unwrap_or_default()
    }

    /// What each receiver loses.
    pub(crate) fn lost(&self) -> Vec<LostLine> {
        let lost = self.withdrawal.lost.iter();
        lost.map(|(id, gone)| LostLine { agency: self.name_of(id), categories: code_list(*gone) })
            .collect()
    }

    /// What the journal keeps of it.
    #[must_use]
    pub fn detail(&self) -> Value {
        json!({
            "consent": self.stored.agreement.id.to_string(),
            "rest": self.withdrawal.remains.as_ref().map(|rest| rest.id.to_string()),
            "told": self.held.len(),
        })
    }

    /// Whether the one who confirms has seen just this: what was shown is what is there.
    ///
    /// # Errors
    /// A conflict when the consent has changed since; a fault on `seen` when something else
    /// was shown, or nothing.
    pub fn was_seen(&self, form: &WithdrawForm) -> Result<Result<(), Vec<FieldFault>>, Fault> {
        let shown: Option<i64> = form.version.trim().parse().ok();
        if shown.is_some_and(|shown| shown != self.stored.version) {
            return Err(Fault::conflict("stale"));
        }
        if form.seen.trim() != self.seen {
            return Ok(Err(vec![FieldFault::new("seen", "consent-consequences")]));
        }
        Ok(Ok(()))
    }
}

/// Weighs a withdrawal: what stops, who holds something already, what is left.
///
/// Returns nothing, with the faults noted, when it does not hold.
///
/// # Errors
/// [`Fault::Hidden`] when the consent is not there; a conflict when it has ended.
pub async fn weigh(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    id: ConsentId,
    form: &WithdrawForm,
    faults: &mut Faults,
) -> Result<Option<Weighed>, Fault> {
    let stored = store::read(link, permit, act.hand.viewer(), id, act.zone()).await?;
    let how = match act.hand {
        Hand::Person => "own_page".to_owned(),
        Hand::Worker(_) => {
            if !HEARD.contains(&form.how.trim()) {
                faults.add("how", "choose");
            }
            form.how.trim().to_owned()
        }
    };
    let own: BTreeMap<AgencyId, String> =
        stored.to.iter().map(|party| (party.id, party.name.clone())).collect();
    let cut = match form.scope.trim() {
        "all" => Cut { all: true, ..Cut::default() },
        "part" => Cut {
            all: false,
            categories: read_categories(&form.category, faults),
            to: read_agencies("to", &form.to, &own, faults),
        },
        _ => {
            faults.add("scope", "choose");
            return Ok(None);
        }
    };
    if !faults.is_empty() {
        return Ok(None);
    }
    let rest = ConsentId(new_id());
    let withdrawal = match stored.agreement.clone().withdraw(&cut, rest, act.now, act.today()) {
        Ok(withdrawal) => withdrawal,
        Err(EndFault::Ended) => return Err(Fault::conflict("consent-ended")),
        Err(fault) => {
            faults.add("scope", fault.code());
            return Ok(None);
        }
    };
    let stops = stops(act, link, permit, &stored.agreement, &withdrawal).await?;
    let held = receipts::held(link, permit, id, &withdrawal.lost).await?;
    let seen = seal_withdrawal(&withdrawal, &held, stored.version);
    Ok(Some(Weighed { stored, withdrawal, stops, held, seen, how }))
}

/// As [`weigh`], for the one who takes it back now: whoever is told something on this consent at
/// the same moment has either been told before, and is found, or is told nothing (REQ-INFO-03).
///
/// # Errors
/// As [`weigh`].
pub async fn weigh_now(
    act: &Act<'_>,
    tx: &mut Tx,
    permit: &Permit,
    id: ConsentId,
    form: &WithdrawForm,
    faults: &mut Faults,
) -> Result<Option<Weighed>, Fault> {
    crossing::wait_for(tx, permit, id).await?;
    weigh(act, tx, permit, id, form, faults).await
}

/// What stood before and does not stand after, between the agencies of this consent.
async fn stops(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    agreement: &Agreement,
    withdrawal: &Withdrawal,
) -> Result<Vec<Stopped>, Fault> {
    let all = store::terms_in_force(link, permit, act.today(), act.zone()).await?;
    let before: Vec<Terms> = all.iter().map(|(_, terms)| terms.clone()).collect();
    let mut after: Vec<Terms> =
        all.into_iter().filter(|(id, _)| *id != agreement.id).map(|(_, terms)| terms).collect();
    after.extend(withdrawal.remains.iter().map(|rest| rest.terms.clone()));
    // What two agencies do together; a provider does none of it.
    let providers = providers::among(link, agreement.terms.to.iter().copied()).await?;
    let pairs: BTreeSet<_> =
        agreement.terms.pairs().filter(|(_, to)| !providers.contains(to)).collect();
    let mut list = stopped(&before, &after, act.today());
    list.retain(|one| pairs.contains(&(one.from, one.to)));
    Ok(list)
}

fn seal_withdrawal(
    withdrawal: &Withdrawal,
    held: &BTreeMap<AgencyId, Held>,
    version: i64,
) -> String {
    let lost: Vec<String> = withdrawal
        .lost
        .iter()
        .map(|(agency, gone)| format!("{agency} {}", store::codes(*gone)))
        .collect();
    let held: Vec<String> =
        held.iter().map(|(agency, one)| format!("{agency} {}", one.times)).collect();
    seal(&[
        &withdrawal.ended.id.to_string(),
        &version.to_string(),
        &lost.join(","),
        &held.join(","),
    ])
}

/// Does what was weighed and seen: the consent ends at once, what is left goes on
/// as a narrower one, and every receiver who holds something is told. Returns the
/// consent to look at now.
///
/// # Errors
/// A conflict when another change came first.
pub async fn withdraw(
    act: &Act<'_>,
    tx: &mut Tx,
    permit: &Permit,
    weighed: &Weighed,
) -> Result<ConsentId, Fault> {
    let withdrawal = &weighed.withdrawal;
    let ended = &withdrawal.ended;
    store::end(tx, permit, ended, weighed.stored.version, &weighed.how, act.hand.staff()).await?;
    if let Some(rest) = &withdrawal.remains {
        store::insert_rest(tx, permit, ended.id, rest, act.now).await?;
    }
    let next = withdrawal.remains.as_ref().map(|rest| (rest.id, &rest.terms));
    store::end_copies(tx, permit, ended.id, next, act.now).await?;
    tell(act, tx, permit, ended.id, &weighed.held).await?;
    Ok(withdrawal.remains.as_ref().map_or(ended.id, |rest| rest.id))
}
