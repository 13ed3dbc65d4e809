//! What time does to cases by itself: hand-overs expire, and what nobody wants
//! falls to the municipality. Each case is its own transaction, so that several
//! servers may do this at once and a fault in one case stops no other.

use onedoor_domain::case::{Answer, CaseFault};
use onedoor_domain::ids::CaseId;
use onedoor_domain::secrecy::{Action, Ground};
use serde_json::json;

use super::store::{self, Stored, Unattended};
use crate::app::App;
use crate::db::Tx;
use crate::journal::{Entry, SubjectKind};
use crate::office::store as offices;
use crate::policy::{Cause, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Hand-overs that expired to the joint manager.
    pub expired: u32,
    /// Cases that fell to the municipality (REQ-REF-08).
    pub last_resort: u32,
}

/// One round over everything that is due.
///
/// # Errors
/// When the database does not answer. A single case's fault is logged.
pub async fn round(app: &App) -> Result<Round, Fault> {
    let today = app.today();
    let warrant = Warrant::new(Cause::Deadline, &app.vault);
    let mut done = Round::default();
    let due = {
        let mut conn = app.db.read().await?;
        Unattended::due(&mut conn, &warrant, today).await?
    };
    for id in due {
        match expire(app, &warrant, id).await {
            Ok(true) => done.expired += 1,
            Ok(false) | Err(Fault::Conflict(..)) => {}
            Err(fault) => tracing::error!(?fault, "a hand-over could not expire"),
        }
    }
    // Page by page, so that a case for which nobody is found keeps no other from its turn.
    let mut after = CaseId(uuid::Uuid::nil());
    loop {
        let unwanted = {
            let mut conn = app.db.read().await?;
            Unattended::unwanted(&mut conn, &warrant, (today, after)).await?
        };
        let Some(last) = unwanted.last().copied() else { return Ok(done) };
        after = last;
        for id in unwanted {
            match fall(app, &warrant, id).await {
                Ok(true) => done.last_resort += 1,
                Ok(false) | Err(Fault::Conflict(..)) => {}
                Err(fault) => tracing::error!(?fault, "a case could not fall to the municipality"),
            }
        }
    }
}

/// Notes what was done to a case by itself, and by what.
pub(super) async fn journal(
    app: &App,
    tx: &mut Tx,
    action: Action,
    stored: &Stored,
    by: &str,
) -> Result<(), Fault> {
    let entry = Entry {
        action,
        ground: Some(Ground::Duty),
        subject: (SubjectKind::Case, Some(stored.case.id.0)),
        persons: vec![stored.case.person.0],
        detail: json!({ "by": by }),
    };
    app.journal.append(tx, &Actor::system(), app.now(), &[entry]).await?;
    Ok(())
}

async fn expire(app: &App, warrant: &Warrant, id: CaseId) -> Result<bool, Fault> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(stored) = Unattended::load(&mut tx, warrant, id).await? else { return Ok(false) };
    let Some(asked) = stored.case.asked.clone() else { return Ok(false) };
    let manager = offices::office(&mut tx, stored.office).await?.and_then(|(.., m)| m);
    let Ok(case) = stored.case.clone().expire(app.today()) else { return Ok(false) };
    // Without a joint manager the responsible worker keeps the question: the
    // person never gets it.
    let manager = manager.or(Some(case.responsible.id));
    let id = asked.ask.id;
    store::answer(&mut tx, warrant, id, &Answer::Expired, None, manager, now).await?;
    Unattended::save(&mut tx, warrant, &case, stored.version, now).await?;
    let detail = json!({ "to_unit": asked.ask.to_unit.to_string() });
    Unattended::event(&mut tx, warrant, &case, "handover_expired", &detail, now).await?;
    journal(app, &mut tx, Action::AskHandover, &stored, "deadline").await?;
    tx.commit().await?;
    Ok(true)
}

async fn fall(app: &App, warrant: &Warrant, id: CaseId) -> Result<bool, Fault> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(stored) = Unattended::load(&mut tx, warrant, id).await? else { return Ok(false) };
    if !Unattended::all_refused(&mut tx, warrant, &stored, app.today()).await? {
        return Ok(false);
    }
    let holder = offices::last_resort(&mut tx, stored.office, app.today()).await?;
    let Some(holder) = holder else {
        let (case, office) = (id.0, stored.office.0);
        tracing::warn!(%case, %office, "nobody on duty owns what nobody accepts at this office");
        return Ok(false);
    };
    let Some(holder) = offices::worker(&mut tx, holder).await? else { return Ok(false) };
    let former = stored.case.responsible;
    let deputy = if holder.worker.id == former.id { stored.case.deputy } else { former };
    let fallen = match stored.case.clone().fall_to_municipality(holder.worker, deputy, true) {
        Ok(fallen) => fallen,
        Err(CaseFault::NotOnDuty) => {
            let (case, office) = (id.0, stored.office.0);
            tracing::warn!(%case, %office, "who owns what nobody accepts here is not on duty");
            return Ok(false);
        }
        Err(fault) => return Err(Fault::conflict(fault.code())),
    };
    Unattended::save(&mut tx, warrant, &fallen, stored.version, now).await?;
    Unattended::settle(&mut tx, warrant, id).await?;
    let (person, agency) = (fallen.person, fallen.responsible.agency);
    let today = app.today();
    crate::person::store::make_known_by_law(&mut tx, warrant, person, agency, today).await?;
    Unattended::event(&mut tx, warrant, &fallen, "last_resort", &json!({}), now).await?;
    journal(app, &mut tx, Action::SettleHandover, &stored, "deadline").await?;
    tx.commit().await?;
    Ok(true)
}
