//! What the catalogue no longer has: items on it turn into unmet needs, and the needs remain
//! (REQ-PLAN-08). It is done round after round, some items at a time, each in its own transaction,
//! so that several servers may do it at once.

use onedoor_domain::person::{Country, Language};
use onedoor_domain::plan::{ItemState, Owner};
use onedoor_domain::secrecy::{Action, Ground};
use serde_json::json;

use super::items::{self, Gone};
use super::store::{self, NewEvent};
use crate::app::App;
use crate::journal::{Entry, SubjectKind};
use crate::policy::{Cause, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;
use crate::words::Words;

/// How many items one round takes.
const ROUND: i64 = 200;

/// One round. Gives back how many items turned into unmet needs.
///
/// # Errors
/// When the database does not answer.
pub async fn round(app: &App) -> Result<u32, Fault> {
    let warrant = Warrant::new(Cause::Supply, &app.vault);
    let found = {
        let mut conn = app.db.read().await?;
        items::gone(&mut conn, &warrant, ROUND).await?
    };
    let mut turned = 0;
    for gone in found {
        let warrant = Warrant::naming(Cause::Supply, &app.vault, gone.person.0);
        match turn(app, &warrant, &gone).await {
            Ok(true) => turned += 1,
            Ok(false) | Err(Fault::Conflict(..)) => {}
            Err(fault) => tracing::error!(?fault, "an item of a plan could not be taken out"),
        }
    }
    Ok(turned)
}

async fn turn(app: &App, warrant: &Warrant, gone: &Gone) -> Result<bool, Fault> {
    let (today, now) = (app.today(), app.now());
    let mut tx = app.db.begin().await?;
    let all = store::plans(&mut tx, warrant, gone.person).await?;
    let Some(stored) = all.into_iter().find(|one| one.id == gone.plan) else { return Ok(false) };
    let of = items::of_plan(&mut tx, warrant, &stored).await?;
    let Some(mut one) = of.into_iter().find(|one| one.id == gone.item) else { return Ok(false) };
    // In the language of the country: staff and the person may read another one.
    let language = match app.country {
        Country::No => Language::Nb,
        Country::Se => Language::Sv,
    };
    let why = Words::new(language).t("plan-service-gone").into_owned();
    let Ok(acted) = one.item.clone().lack(&why, today) else { return Ok(false) };
    if let (Some((kind, agency)), Owner::Agency { unit, .. }, Some(due)) =
        (acted.breach, one.item.owner, one.item.due)
    {
        let of = (one.id, unit, due);
        items::note_breach(&mut tx, warrant, &stored, of, (kind, agency), today).await?;
    }
    one.item = acted.item;
    one.reason.clone_from(&why);
    debug_assert_eq!(one.item.state, ItemState::Unmet);
    items::save(&mut tx, warrant, &stored, &one, (None, today)).await?;
    if let Some(need) = gone.need {
        items::lack_need(&mut tx, warrant, (gone.person, need), &why).await?;
    }
    let event = NewEvent {
        item: Some(gone.item),
        kind: "item_gone",
        detail: &one.service,
        by: None,
        by_person: None,
    };
    store::happened(&mut tx, warrant, (gone.plan, gone.person), &event, now).await?;
    let entry = Entry {
        action: Action::AnswerPlan,
        ground: Some(Ground::Duty),
        subject: (SubjectKind::Person, Some(gone.person.0)),
        persons: vec![gone.person.0],
        detail: json!({ "by": "catalogue", "item": gone.item.to_string() }),
    };
    app.journal.append(&mut tx, &Actor::system(), now, &[entry]).await?;
    tx.commit().await?;
    Ok(true)
}
