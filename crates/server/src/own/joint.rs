//! One's own joint plan: all of it, whoever does what; with a word of one's own about it
//! (REQ-PLAN-01, REQ-PLAN-02, REQ-PLAN-12, REQ-PLAN-13).

use std::collections::BTreeSet;

use axum::response::IntoResponse;
use http::header;
use onedoor_domain::ids::{PlanId, PlanItemId};
use onedoor_domain::plan::label::Field;
use onedoor_domain::plan::{Owner, Part, PlanState};
use onedoor_domain::secrecy::own::Matter;
use onedoor_domain::secrecy::{Action, Purpose};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::Pass;
use super::pass::{pass, quiet};
use crate::app::App;
use crate::assessment::views;
use crate::db::Link;
use crate::office::store as offices;
use crate::plan::items::{self, StoredItem};
use crate::plan::store::{self, NewEvent};
use crate::plan::view::{self, BreachCount, ClashLine, ItemLine, Seen, StageLine};
use crate::plan::{EventLine, event_lines, paper};
use crate::policy::{Cause, Proof, Warrant};
use crate::walls;
use crate::web::{Fault, Input, Own, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<SayForm, _, _>(
            "/my/plan/say",
            "Says yes or no to one's own plan, or something about it",
            say,
        )
        .act::<TaskForm, _, _>("/my/plan/tasks", "Says that one's own task is done", task)
        .only_page("GET", "/my/plan/pdf", crate::web::Door::Own, pdf)
}

/// A text of one's own plan.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct OwnText {
    pub(crate) field: String,
    pub(crate) body: String,
}

/// One's own joint plan.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct OwnPlan {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) state: String,
    pub(crate) coordinator: String,
    pub(crate) unit: String,
    pub(crate) agency: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) revise_on: String,
    /// Whether the day on which it was to be looked at has passed.
    pub(crate) overdue: bool,
    pub(crate) agreed_on: String,
    pub(crate) texts: Vec<OwnText>,
    /// What others do.
    pub(crate) items: Vec<ItemLine>,
    /// What one does oneself.
    pub(crate) tasks: Vec<ItemLine>,
    pub(crate) stages: Vec<StageLine>,
    pub(crate) clashes: Vec<ClashLine>,
    pub(crate) breaches: Vec<BreachCount>,
    pub(crate) said: Vec<EventLine>,
}

/// What of a file may be about anything is for who sees all of it, surely signed in.
fn shows(pass: &Pass) -> bool {
    pass.is_sure() && pass.sees_all() && pass.sight().shows(Matter::Case)
}

/// The current plans of the file, with all that is in them.
async fn current(app: &App, link: &mut Link, pass: &Pass) -> Result<Vec<Seen>, Fault> {
    let mut all = Vec::new();
    if !shows(pass) {
        return Ok(all);
    }
    for record in store::records(link, pass.permit(), pass.person()).await? {
        // Records that were joined to the person's belong to the file.
        let joined = Warrant::naming(Cause::Joined, pass.permit().vault(), record.0);
        for stored in store::plans(link, &joined, record).await? {
            if stored.plan.state.is_current() {
                all.push(view::whole(app, link, &joined, stored).await?);
            }
        }
    }
    Ok(all)
}

fn line(seen: &Seen, own: &Own) -> OwnPlan {
    let (stored, plan) = (&seen.stored, &seen.stored.plan);
    let (tasks, items) =
        seen.item_lines(None, own.today()).into_iter().partition(|one| one.owner == "person");
    let texts = Field::ALL.iter().filter(|field| !seen.text(**field).is_empty());
    OwnPlan {
        id: stored.id.to_string(),
        label: plan.label.as_str().to_owned(),
        state: plan.state.as_str().to_owned(),
        coordinator: stored.coordinator_name.clone(),
        unit: stored.unit_name.clone(),
        agency: stored.agency_name.clone(),
        from: plan.from.to_string(),
        until: plan.until.to_string(),
        revise_on: plan.revise_on.to_string(),
        overdue: plan.is_overdue(own.today()),
        agreed_on: plan.agreed_on.map(|day| day.to_string()).unwrap_or_default(),
        texts: texts
            .map(|field| OwnText {
                field: field.as_str().to_owned(),
                body: seen.text(*field).to_owned(),
            })
            .collect(),
        items,
        tasks,
        stages: seen.stage_lines().0,
        clashes: seen.clash_lines(),
        breaches: seen.breach_counts(own.today()),
        said: event_lines(seen).into_iter().filter(|one| one.by_person).take(20).collect(),
    }
}

/// The current plans as the page shows them.
pub(super) async fn lines(own: &Own, link: &mut Link, pass: &Pass) -> Result<Vec<OwnPlan>, Fault> {
    Ok(current(own.app(), link, pass).await?.iter().map(|seen| line(seen, own)).collect())
}

/// A word of one's own.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SayForm {
    /// The plan.
    #[serde(default)]
    pub(crate) plan: String,
    /// `agreed`, `disagreed` or `commented`.
    #[serde(default)]
    pub(crate) word: String,
    /// In one's own words; a no and a comment have some.
    #[serde(default)]
    pub(crate) text: String,
}

/// What of the law's list is missing.
async fn missing(own: &Own, link: &mut Link, pass: &Pass, seen: &Seen) -> Result<Vec<Part>, Fault> {
    let consents = walls::consents(link, pass.permit(), seen.stored.person, own.today()).await?;
    let consent = consents.iter().any(|one| one.purpose == Purpose::Coordination);
    let agencies = offices::agencies(link).await?;
    let municipal: BTreeSet<_> =
        agencies.into_iter().filter(|one| one.kind == "social").map(|one| one.id).collect();
    Ok(seen.stored.plan.label.missing(&seen.parts(consent, &municipal)))
}

/// A yes is kept in any case; a plan that has all that the law asks for holds from then.
async fn say(own: Own, Input(form): Input<SayForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    let id: PlanId = form.plan.trim().parse().map_err(|_| Fault::Hidden)?;
    let seen =
        current(own.app(), &mut tx, &pass).await?.into_iter().find(|one| one.stored.id == id);
    let seen = seen.ok_or(Fault::Hidden)?;
    let word = match form.word.trim() {
        word @ ("agreed" | "disagreed" | "commented") => word,
        _ => return Err(Fault::field("word", "choose")),
    };
    let words = match word {
        "agreed" => text::optional(&form.text, text::PARAGRAPH),
        _ => text::required(&form.text, text::PARAGRAPH),
    };
    let words = words.map_err(|fault| Fault::field("text", fault.code()))?;
    let proof = Warrant::naming(Cause::Joined, pass.permit().vault(), seen.stored.person.0);
    let event = NewEvent {
        item: None,
        kind: word,
        detail: &words,
        by: None,
        by_person: Some(pass.looker()),
    };
    let of = (seen.stored.id, seen.stored.person);
    store::happened(&mut tx, &proof, of, &event, own.now()).await?;
    // REQ-MAP-24: not before the agencies have an agreed summary, or a disagreement on record.
    let settled = views::settled(&mut tx, pass.permit(), own.today()).await.is_ok();
    if word == "agreed" && settled && seen.stored.plan.state == PlanState::Draft {
        let missing = missing(&own, &mut tx, &pass, &seen).await?;
        let mut stored = seen.stored.clone();
        if let Ok(plan) = stored.plan.clone().agree(&missing, own.today()) {
            stored.plan = plan;
            stored.agreed_how = "page".into();
            store::save(&mut tx, &proof, &stored, own.today()).await?;
        }
    }
    own.note(pass.entry(Action::AnswerOwnPlan, json!({ "word": word })));
    own.commit(tx).await?;
    own.done("/my/plan", "plan-said")
}

/// One's own task.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TaskForm {
    /// The task.
    #[serde(default)]
    pub(crate) item: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn task(own: Own, Input(form): Input<TaskForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    let id: PlanItemId = form.item.trim().parse().map_err(|_| Fault::Hidden)?;
    let all = current(own.app(), &mut tx, &pass).await?;
    let found = all.iter().find_map(|seen| Some((seen, mine(seen, id)?)));
    let (seen, one) = found.ok_or(Fault::Hidden)?;
    if form.version.trim().parse::<i64>() != Ok(one.version) {
        return Err(Fault::conflict("stale"));
    }
    let done = one.item.clone().finish(own.today());
    let done = done.map_err(|fault| Fault::field("item", fault.code()))?;
    let proof = Warrant::naming(Cause::Joined, pass.permit().vault(), seen.stored.person.0);
    let next = StoredItem { item: done.item, ..one.clone() };
    items::save(&mut tx, &proof, &seen.stored, &next, (None, own.today())).await?;
    let event = NewEvent {
        item: Some(id),
        kind: "item_finish",
        detail: "",
        by: None,
        by_person: Some(pass.looker()),
    };
    let of = (seen.stored.id, seen.stored.person);
    store::happened(&mut tx, &proof, of, &event, own.now()).await?;
    own.note(pass.entry(Action::AnswerOwnPlan, json!({ "item": id.to_string() })));
    own.commit(tx).await?;
    own.done("/my/plan", "own-task-done")
}

fn mine(seen: &Seen, id: PlanItemId) -> Option<&StoredItem> {
    let own = |one: &&StoredItem| matches!(one.item.owner, Owner::Person { .. });
    seen.items.iter().filter(own).find(|one| one.id == id)
}

/// One's own plan on paper.
async fn pdf(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    let seen =
        current(own.app(), &mut conn, &pass).await?.into_iter().next().ok_or(Fault::Hidden)?;
    let w = own.words();
    let made = w.with("export-made", w.when(own.now(), &own.app().zone));
    let file = paper::set(paper::data(&seen, w, &made), own.now()).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"plan.pdf\""),
    ];
    Ok((headers, file).into_response())
}
