//! What time does to referrals by itself: those that nobody answered go to the joint manager, and
//! who was sent back and forth twice gets a joint decision meeting (REQ-REF-02, REQ-REF-03).

use onedoor_domain::ids::{CaseId, PersonId};
use onedoor_domain::refer::{Act, Referral, State, Wish};
use onedoor_domain::secrecy::{Action, Ground};
use serde_json::json;

use super::decisions;
use super::store::{self, Due};
use crate::app::App;
use crate::case::history::add_event;
use crate::db::Tx;
use crate::journal::{Entry, SubjectKind};
use crate::policy::{Cause, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Referrals that went to the joint manager.
    pub expired: u32,
    /// Joint decisions that were asked for.
    pub decisions: u32,
}

/// One round over everything that is due. Done twice it is done once; of several servers one does
/// each.
///
/// # Errors
/// When the database does not answer. A single case's fault is logged.
pub async fn round(app: &App) -> Result<Round, Fault> {
    let warrant = Warrant::new(Cause::Deadline, &app.vault);
    let (due, shuttled) = {
        let mut conn = app.db.read().await?;
        let due = store::due(&mut conn, &warrant, app.today()).await?;
        (due, decisions::shuttled(&mut conn, &warrant).await?)
    };
    let mut done = Round::default();
    for one in due {
        match expire(app, &warrant, &one).await {
            Ok(true) => done.expired += 1,
            Ok(false) | Err(Fault::Conflict(..)) => {}
            Err(fault) => tracing::error!(?fault, "a referral could not expire"),
        }
    }
    for one in shuttled {
        match decisions::make(app, &warrant, &one).await {
            Ok(true) => done.decisions += 1,
            Ok(false) | Err(Fault::Conflict(..)) => {}
            Err(fault) => tracing::error!(?fault, "no joint decision could be asked for"),
        }
    }
    Ok(done)
}

/// Notes in the journal and in the history of the case what was done by itself.
pub(super) async fn note(
    app: &App,
    tx: &mut Tx,
    warrant: &Warrant,
    (case, person): (CaseId, PersonId),
    (action, kind): (Action, &str),
) -> Result<(), Fault> {
    add_event(tx, warrant, (case, person), kind, None, &json!({}), app.now()).await?;
    let entry = Entry {
        action,
        ground: Some(Ground::Duty),
        subject: (SubjectKind::Case, Some(case.0)),
        persons: vec![person.0],
        detail: json!({ "by": "deadline" }),
    };
    app.journal.append(tx, &Actor::system(), app.now(), &[entry]).await?;
    Ok(())
}

async fn expire(app: &App, warrant: &Warrant, due: &Due) -> Result<bool, Fault> {
    let rule = Referral {
        sender: (),
        to: None,
        wish: Wish::Part,
        state: State::Sent,
        deadline: due.deadline,
    };
    let after = rule.go(Act::Day(app.today())).map(|it| it.state);
    if after != Ok(State::Expired) {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    if store::expire(&mut tx, warrant, due, app.today()).await? == 0 {
        return Ok(false);
    }
    let whose = (due.case, due.person);
    note(app, &mut tx, warrant, whose, (Action::Refer, "referral_expired")).await?;
    tx.commit().await?;
    Ok(true)
}
