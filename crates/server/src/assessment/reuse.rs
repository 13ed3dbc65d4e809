//! Taking over what was answered elsewhere, instead of asking again (REQ-MAP-13, REQ-INFO-07).

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::assessment::{Instrument, Side};
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::{Action, Purpose, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::instruments;
use super::pages::{Seen, seen};
use super::store::{self, Assessment, Kept, NewAnswer, Taken};
use crate::db::Tx;
use crate::policy::{Permit, Subject};
use crate::walls::{self, Held, Standing};
use crate::web::{Desk, Fault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().act::<TakeOverForm, _, _>(
        "/persons/{id}/assessments/{assessment}/reuse",
        "Takes over what was answered elsewhere, through the walls",
        take_over,
    )
}

/// An answer that is there already.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfferLine {
    /// The answer.
    pub(crate) answer: String,
    pub(crate) item: String,
    pub(crate) text: String,
    /// `person` or `worker`.
    pub(crate) side: String,
    pub(crate) step: u8,
    pub(crate) anchor: String,
    /// Who asked.
    pub(crate) agency: String,
    /// When it was said.
    pub(crate) on: String,
}

/// What the person or a worker of another agency answered to the same item of the same instrument,
/// so recently that it need not be asked again; where this assessment has an answer, nothing is
/// offered. A copy of another agency's is not copied.
fn offered<'s>(
    one: &Assessment,
    instrument: &Instrument,
    seen: &'s Seen,
    desk: &Desk,
) -> Vec<&'s Kept> {
    let oldest = desk.today().checked_sub(instrument.repeat_days.days()).unwrap_or(desk.today());
    let mine = desk.actor().agency;
    let mut all = Vec::new();
    for item in instrument.items.iter().filter(|item| !item.dimension.is_apart()) {
        for side in Side::ALL.iter().filter(|side| item.asked().asks(**side)) {
            let same = |kept: &&Kept| kept.answer.item == item.code && kept.answer.side == *side;
            if seen.answers.iter().filter(same).any(|kept| kept.assessment == one.id) {
                continue;
            }
            let newest = seen.answers.iter().filter(same).rfind(|kept| {
                kept.instrument == instrument.code
                    // Two assessors beside each other do not see what the other found.
                    && Some(kept.assessment) != one.doubles
                    && kept.answer.on >= oldest
                    && kept.answer.given.step().is_some()
                    && (Some(kept.agency) == mine || !kept.reused)
            });
            all.extend(newest);
        }
    }
    all
}

/// What is offered for an open assessment.
pub(super) async fn offers(
    desk: &Desk,
    _: &mut Tx,
    _: &Permit,
    (one, instrument, seen): (&Assessment, &Instrument, &Seen),
) -> Result<Vec<OfferLine>, Fault> {
    let language = desk.words().language();
    let lines = offered(one, instrument, seen, desk).into_iter().filter_map(|kept| {
        let item = instrument.item(&kept.answer.item)?;
        let step = kept.answer.given.step()?;
        Some(OfferLine {
            answer: kept.id.to_string(),
            item: item.code.clone(),
            text: item.text.of(language).to_owned(),
            side: kept.answer.side.as_str().to_owned(),
            step,
            anchor: item.anchor(step, language).to_owned(),
            agency: kept.agency_name.clone(),
            on: kept.answer.on.to_string(),
        })
    });
    Ok(lines.collect())
}

/// Which answers are taken over.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TakeOverForm {
    /// The answers; none for all that are offered.
    #[serde(default)]
    pub(crate) answer: Vec<String>,
}

/// REQ-MAP-13: what another agency has asked and may show is taken over with its source and day. The
/// copy crosses no further than from who asked first and ends with the consent that it crossed
/// under; each one is noted, and counts as an entry saved.
async fn take_over(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<TakeOverForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let seen = seen(&desk, &mut tx, &permit).await?;
    let head = seen.one(one)?;
    let (version, instrument) = instruments::one(&mut tx, head.instrument).await?;
    let ours = head.shared || head.agency == worker.agency;
    if !head.is_open() || !ours {
        return Err(Fault::conflict("assessment-closed"));
    }
    if version.withdrawn.is_some() {
        return Err(Fault::conflict("instrument-withdrawn"));
    }
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let chosen = |kept: &&Kept| {
        form.answer.is_empty() || form.answer.iter().any(|it| *it == kept.id.to_string())
    };
    let mut taken = 0;
    for kept in offered(head, &instrument, &seen, &desk).into_iter().filter(chosen) {
        let own = kept.agency == worker.agency;
        let category = kept.dimension.category();
        let mut consent = None;
        if !own {
            let held = Held { received: Some(kept.answer.on), ..Held::default() };
            let giver = walls::giver_of(&mut tx, kept.agency, standing.office()).await?;
            let giver = giver.ok_or(Fault::Hidden)?;
            let verdict = standing.judge(&giver, Purpose::Coordination, category, held);
            let Some(Verdict::Permit(ground)) = verdict else { return Err(Fault::Hidden) };
            consent = ground.consent;
            let crossed = walls::Crossed { giver: giver.id, category, ground, rows: 1 };
            let what = (crossed, kept.id);
            walls::taken_over(&desk, &permit, &standing, Purpose::Coordination, what);
        }
        let new = NewAnswer {
            assessment: one,
            agency: worker.agency,
            dimension: kept.dimension,
            item: &kept.answer.item,
            side: kept.answer.side,
            given: kept.answer.given,
            source: &kept.source,
            on: kept.answer.on,
            by: Some(worker.id),
            taken: Some(Taken {
                answer: kept.id,
                first: kept.first.unwrap_or(kept.agency),
                consent,
            }),
        };
        store::keep(&mut tx, &permit, id, &new, (desk.now(), desk.app().country)).await?;
        taken += 1;
    }
    if taken == 0 {
        return Err(Fault::conflict("answers-gone"));
    }
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{one}"), "answers-taken-over")
}
