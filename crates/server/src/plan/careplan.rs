//! The plan as an HL7 FHIR R4 `CarePlan`, for another system. It holds what the one who asks may
//! see, and no more.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::IntoResponse;
use http::header;
use onedoor_domain::ids::PersonId;
use onedoor_domain::plan::item::ItemState;
use onedoor_domain::plan::label::Field;
use onedoor_domain::plan::{Owner, PlanState};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::items::StoredItem;
use super::pages;
use super::view::Seen;
use crate::policy::Subject;
use crate::walls::Standing;
use crate::web::{Desk, Fault, Reply, Routes};
use crate::words::Words;

pub(super) fn routes() -> Routes {
    Routes::default().see::<CarePlan, _, _>(
        "/persons/{id}/plan/careplan",
        "The plan as a FHIR R4 CarePlan",
        careplan,
    )
}

/// A FHIR R4 `CarePlan`; see <https://hl7.org/fhir/R4/careplan.html>.
#[derive(Serialize, ToSchema)]
pub(crate) struct CarePlan {
    /// Always `CarePlan`.
    #[serde(rename = "resourceType")]
    pub(crate) resource_type: String,
    /// Everything else, as FHIR has it.
    #[serde(flatten)]
    pub(crate) rest: BTreeMap<String, Value>,
}

fn status(state: PlanState) -> &'static str {
    match state {
        PlanState::Draft => "draft",
        PlanState::Active => "active",
        PlanState::Paused => "on-hold",
        PlanState::Ended => "completed",
    }
}

fn activity_status(state: ItemState) -> &'static str {
    match state {
        ItemState::Open => "not-started",
        ItemState::Accepted => "scheduled",
        ItemState::Started => "in-progress",
        ItemState::Done => "completed",
        ItemState::Withdrawn => "cancelled",
        ItemState::Unmet => "stopped",
    }
}

fn performer(one: &StoredItem, w: Words) -> String {
    match one.item.owner {
        Owner::Agency { .. } => format!("{}, {}", one.unit_name, one.agency_name),
        Owner::Person { .. } => w.t("item-owner-person").into_owned(),
        Owner::Partner { partner, .. } => w.of("item-partner", partner.as_str()).into_owned(),
    }
}

fn activity(one: &StoredItem, w: Words) -> Value {
    let mut detail = json!({
        "status": activity_status(one.item.state),
        "doNotPerform": false,
        "code": { "text": w.of("needed", one.kind.as_str()) },
        "description": one.what,
        "performer": [{ "display": performer(one, w) }],
    });
    let mut period = serde_json::Map::new();
    if let Some(from) = one.item.started_on.or(one.item.starts) {
        period.insert("start".into(), json!(from.to_string()));
    }
    if let Some(until) = one.item.ended_on.or(one.item.due) {
        period.insert("end".into(), json!(until.to_string()));
    }
    if let Some(detail) = detail.as_object_mut() {
        if !period.is_empty() {
            detail.insert("scheduledPeriod".into(), Value::Object(period));
        }
        if !one.place.is_empty() {
            detail.insert("location".into(), json!({ "display": one.place }));
        }
        if !one.reason.is_empty() {
            detail.insert("statusReason".into(), json!({ "text": one.reason }));
        }
    }
    json!({ "detail": detail })
}

/// The resource. The person is named by the identifier of their record alone.
#[must_use]
pub fn resource(seen: &Seen, w: Words) -> Value {
    let plan = &seen.stored.plan;
    let goal = seen.text(Field::Goal);
    let subject = json!({ "reference": format!("Patient/{}", seen.stored.person) });
    let mut resource = json!({
        "resourceType": "CarePlan",
        "id": seen.stored.id.to_string(),
        "meta": { "versionId": seen.stored.version.to_string() },
        "language": w.language().as_str(),
        "status": status(plan.state),
        "intent": "plan",
        "category": [{ "text": w.of("plan-label", plan.label.as_str()) }],
        "title": w.of("plan-label", plan.label.as_str()),
        "subject": subject,
        "period": { "start": plan.from.to_string(), "end": plan.until.to_string() },
        "author": {
            "display": format!("{}, {}", seen.stored.coordinator_name, seen.stored.agency_name),
        },
        "activity": seen.items.iter().map(|one| activity(one, w)).collect::<Vec<_>>(),
    });
    if let Some(all) = resource.as_object_mut() {
        if !goal.is_empty() {
            // A goal must be contained to go along; FHIR wants it referred to by a local name.
            let contained = json!([{
                "resourceType": "Goal", "id": "goal", "lifecycleStatus": "active",
                "description": { "text": goal }, "subject": subject,
            }]);
            all.insert("contained".into(), contained);
            all.insert("goal".into(), json!([{ "reference": "#goal" }]));
        }
        if !seen.text(Field::Summary).is_empty() {
            all.insert("description".into(), json!(seen.text(Field::Summary)));
        }
        if all.get("activity").is_some_and(|it| it.as_array().is_some_and(Vec::is_empty)) {
            // An empty list is no FHIR.
            all.remove("activity");
        }
    }
    resource
}

async fn careplan(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadPlan, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?.ok_or(Fault::Hidden)?;
    desk.commit(tx).await?;
    let mut rest: BTreeMap<String, Value> = match resource(&seen, desk.words()) {
        Value::Object(all) => all.into_iter().collect(),
        _ => BTreeMap::new(),
    };
    rest.remove("resourceType");
    let plan = CarePlan { resource_type: "CarePlan".into(), rest };
    let body = serde_json::to_string(&plan).map_err(|error| Fault::Defect(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/fhir+json")], body).into_response())
}
