//! Who carries a case and may no longer see its person: protection was raised, records were joined,
//! a tie was noted, or a clearance was taken away. Whoever did that is told nothing of a case, and
//! those who may not see the person lose sight of it at once, by the walls. This round finds the
//! case soon after: somebody who may see the person steps in and is asked to take over
//! (REQ-REF-01, REQ-INFO-01, REQ-INFO-08). Until they say yes the responsible worker stays.
//!
//! It looks at how things stand and not at what was done, so it misses nothing and can be repeated.

use jiff::ToSpan;
use onedoor_domain::case::{Answer, Ask, CaseFault, HandoverReason, InSight, OpenCase, Worker};
use onedoor_domain::ids::{CaseId, HandoverId};
use onedoor_domain::secrecy::Action;
use serde_json::json;

use super::history::add_event;
use super::store::{self, Stored, Unattended};
use super::{deadlines, hidden};
use crate::app::App;
use crate::db::Tx;
use crate::policy::{Cause, Warrant};
use crate::web::Fault;

/// Days to answer: the person has nobody meanwhile but the deputy.
const ANSWER: i32 = 3;

/// One round: gives how many cases were seen to. Each is its own transaction.
///
/// # Errors
/// When the database does not answer. A single case's fault is logged.
pub async fn round(app: &App) -> Result<u32, Fault> {
    let warrant = Warrant::new(Cause::Sight, &app.vault);
    let found = {
        let mut conn = app.db.read().await?;
        hidden::out_of_sight(&mut conn, &warrant).await?
    };
    let mut done = 0;
    for id in found {
        match see_to(app, &warrant, id).await {
            Ok(true) => done += 1,
            Ok(false) | Err(Fault::Conflict(..)) => {}
            Err(fault) => tracing::error!(?fault, "a case out of sight could not be seen to"),
        }
    }
    Ok(done)
}

/// Whether there is something to be done about a case: nothing is held up where there is not.
async fn is_due(app: &App, warrant: &Warrant, id: CaseId) -> Result<bool, Fault> {
    let mut conn = app.db.read().await?;
    let Some(stored) = Unattended::load(&mut conn, warrant, id).await? else { return Ok(false) };
    Ok(hidden::mended(app, &mut conn, warrant, &stored).await?.is_some())
}

async fn see_to(app: &App, warrant: &Warrant, id: CaseId) -> Result<bool, Fault> {
    if !is_due(app, warrant, id).await? {
        return Ok(false);
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(stored) = Unattended::load(&mut tx, warrant, id).await? else { return Ok(false) };
    if stored.closed.is_some() {
        return Ok(false);
    }
    let Some(done) = hidden::mended(app, &mut tx, warrant, &stored).await? else {
        return Ok(false);
    };
    let subject = (id, done.case.person);
    if let Some(asked) = &done.taken_back {
        let asked = asked.ask.id;
        store::answer(&mut tx, warrant, asked, &Answer::Withdrawn, None, None, now).await?;
        let nothing = json!({});
        add_event(&mut tx, warrant, subject, "handover_withdrawn", None, &nothing, now).await?;
    }
    let case = match done.ask {
        Some(to) => ask(app, &mut tx, warrant, &stored, (&done, to)).await?,
        None => done.case.clone(),
    };
    store::save_case(&mut tx, warrant, &case, stored.version, now).await?;
    if done.deputy {
        add_event(&mut tx, warrant, subject, "deputy", None, &json!({}), now).await?;
    }
    if done.step {
        let detail = json!({ "what": case.step.what, "on": case.step.on.to_string() });
        add_event(&mut tx, warrant, subject, "step", None, &detail, now).await?;
    }
    deadlines::journal(app, &mut tx, Action::AskHandover, &stored, "sight").await?;
    tx.commit().await?;
    Ok(true)
}

/// Asks somebody to take over, in the name of whoever is responsible and stays so meanwhile.
async fn ask(
    app: &App,
    tx: &mut Tx,
    warrant: &Warrant,
    stored: &Stored,
    (done, to): (&InSight, Worker),
) -> Result<OpenCase, Fault> {
    let today = app.today();
    let ask = Ask {
        id: HandoverId(crate::app::new_id()),
        by: stored.case.responsible.id,
        to_agency: to.agency,
        to_unit: to.unit,
        to_staff: Some(to.id),
        reason: HandoverReason::WorkerLeaves,
        need: stored.summary.clone(),
        deadline: today.checked_add(ANSWER.days()).unwrap_or(today),
    };
    let id = stored.case.id;
    let refused = |fault: CaseFault| Fault::conflict(fault.code());
    let case = done.case.clone().ask(ask, false).map_err(refused)?;
    let subject = (id, case.person);
    // Asking somebody else is the decision on what stood open.
    Unattended::settle(tx, warrant, id).await?;
    if let Some(asked) = &case.asked {
        store::add_handover(tx, warrant, subject, asked, None, app.now()).await?;
    }
    let detail = json!({ "to_unit": to.unit.to_string(), "reason": "worker_leaves" });
    add_event(tx, warrant, subject, "handover_asked", None, &detail, app.now()).await?;
    Ok(case)
}
