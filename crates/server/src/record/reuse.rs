//! Taking over what another agency has asked, instead of asking again (REQ-INFO-07).

use axum::extract::Path;
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::record::kept_until;
use onedoor_domain::secrecy::{Action, Purpose, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, NewFact, Reused};
use crate::policy::{NOBODY, Subject};
use crate::walls::{self, Crossed, Held, Standing};
use crate::web::{Desk, Fault, Input, Reply};

/// For which purpose a fact was seen.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ReuseForm {
    /// The purpose of the view it was seen in.
    #[serde(default)]
    pub(crate) purpose: String,
}

/// REQ-INFO-07: what another agency has asked and may show is taken over with its source
/// and date instead of being asked again. The copy is kept no longer than the original is
/// (domain.md B-5), stays locked to the office that the original is locked to, crosses no
/// wall that the first owner's would not, and ends with the consent it crossed under
/// (REQ-INFO-03). That it crossed is noted with its rule (REQ-INFO-04). A copy is not copied.
pub(super) async fn reuse(
    desk: Desk,
    Path((id, fact)): Path<(PersonId, Uuid)>,
    Input(form): Input<ReuseForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteRecord, Subject::Person(id)).await?;
    let purpose = Purpose::parse(&form.purpose).unwrap_or(Purpose::Coordination);
    let found = store::fact(&mut tx, &permit, fact, desk.today()).await;
    let found = Fault::hidden_is_none(found)?;
    // What is not there is judged as far as what is hidden, so that it costs the same.
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let agency = found.as_ref().map_or(AgencyId(NOBODY), |fact| fact.agency);
    let giver = walls::giver_of(&mut tx, agency, desk.actor().office).await?;
    let giver = giver.filter(|giver| giver.id != worker.agency);
    let (Some(found), Some(giver)) = (found, giver) else { return Err(Fault::Hidden) };
    let category = found.kind.category();
    let held = Held {
        internal: false,
        locked: found.lock.is_some_and(|lock| Some(lock) != desk.actor().office),
        received: Some(found.received),
    };
    let verdict = standing.judge(&giver, purpose, category, held);
    let Some(Verdict::Permit(ground)) = verdict else { return Err(Fault::Hidden) };
    if !found.kind.may_cross(purpose) || found.first.is_some() {
        return Err(Fault::Hidden);
    }
    let here = kept_until(category, desk.app().country, found.received);
    let new = NewFact {
        agency: worker.agency,
        kind: found.kind,
        text: &found.text,
        source: &found.source,
        received: found.received,
        kept_until: here.min(found.kept_until),
        lock: found.lock,
        office: desk.actor().office,
        reused_from: Some(Reused { fact, first: giver.id, consent: ground.consent }),
        by: Some(worker.id),
    };
    store::keep_fact(&mut tx, &permit, &new, desk.now()).await?;
    let crossed = Crossed { giver: giver.id, category, ground, rows: 1 };
    walls::taken_over(&desk, &permit, &standing, purpose, (crossed, fact));
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/joint"), "fact-reused")
}
