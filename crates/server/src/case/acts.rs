//! Opening a case, wherever a person comes in: the same act for the counter
//! and for the person's page.

use jiff::civil::Date;
use onedoor_domain::case::{NextStep, OpenCase};
use onedoor_domain::ids::{CaseId, StaffId};
use onedoor_domain::text;
use serde_json::json;

use super::store;
use crate::db::Tx;
use crate::office::store as offices;
use crate::policy::Permit;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault};

/// What opens a case, checked field by field.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What it is about.
    pub summary: String,
    /// The responsible worker.
    pub responsible: StaffId,
    /// The deputy.
    pub deputy: StaffId,
    /// What happens next.
    pub what: String,
    /// When.
    pub on: Date,
    /// Where.
    pub place: String,
}

/// Opens a case for the permit's person, or finds the one that is open: any
/// contact at any door leads to the same case (REQ-FRONT-01). Of a case that
/// is found the three stay; the contact joins its history and the caller's
/// agency takes part from now on.
///
/// Returns nothing, with the faults noted, when the opening does not hold.
///
/// # Errors
/// When the database refuses.
pub async fn open_case(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    opening: &Opening,
    faults: &mut Faults,
) -> Result<Option<(CaseId, bool)>, Fault> {
    let person = permit.the_person()?;
    let me = desk.worker()?;
    if let Some(id) = store::open_of(tx, person).await? {
        let text = text::optional(&opening.summary, text::PARAGRAPH).unwrap_or_default();
        let detail = json!({ "what": text });
        store::add_agency(tx, id, me.agency, desk.now()).await?;
        store::event(tx, id, "contact", desk.actor().id, &detail, desk.now()).await?;
        return Ok(Some((id, false)));
    }
    let summary = faults
        .take("summary", text::required(&opening.summary, text::PARAGRAPH), |e| e.code().into());
    let responsible = offices::worker(tx, opening.responsible).await?;
    let deputy = offices::worker(tx, opening.deputy).await?;
    if responsible.is_none() {
        faults.add("responsible", "choose");
    }
    if deputy.is_none() {
        faults.add("deputy", "choose");
    }
    let step =
        NextStep::new(&opening.what, opening.responsible, opening.on, &opening.place, desk.today());
    let step = match step {
        Ok(step) => Some(step),
        Err(fault) => {
            let (field, code) = fault.field_and_code();
            faults.add(&format!("step_{field}"), code);
            None
        }
    };
    let (Some(summary), Some(responsible), Some(deputy), Some(step)) =
        (summary, responsible, deputy, step)
    else {
        return Ok(None);
    };
    let id = CaseId(crate::app::new_id());
    let opened = OpenCase::open(id, person, responsible.worker, deputy.worker, step);
    let case = match opened {
        Ok(case) => case,
        Err(fault) => {
            faults.add("deputy", fault.code());
            return Ok(None);
        }
    };
    store::insert(tx, permit, &case, &summary, desk.now()).await?;
    store::add_agency(tx, id, me.agency, desk.now()).await?;
    crate::person::store::make_known(tx, permit, responsible.worker.agency, desk.today()).await?;
    store::event(tx, id, "opened", desk.actor().id, &json!({}), desk.now()).await?;
    let detail = json!({ "what": case.step.what, "on": case.step.on.to_string() });
    store::event(tx, id, "step", desk.actor().id, &detail, desk.now()).await?;
    Ok(Some((id, true)))
}
