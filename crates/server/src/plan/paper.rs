//! The plan on paper, to take home: in the person's language, tagged so that it can be read aloud.

use axum::extract::Path;
use axum::response::IntoResponse;
use http::header;
use jiff::Timestamp;
use onedoor_domain::ids::PersonId;
use onedoor_domain::plan::Owner;
use onedoor_domain::plan::label::Field;
use onedoor_domain::secrecy::Action;
use serde_json::{Value, json};

use super::items::StoredItem;
use super::pages;
use super::view::Seen;
use crate::letter;
use crate::person::store as persons;
use crate::policy::Subject;
use crate::walls::Standing;
use crate::web::{Desk, Door, Fault, Reply, Routes};
use crate::words::Words;

pub(super) fn routes() -> Routes {
    Routes::default().only_page("GET", "/persons/{id}/plan/pdf", Door::SignedIn, pdf)
}

fn who(one: &StoredItem, w: Words) -> String {
    match one.item.owner {
        Owner::Agency { .. } if one.worker_name.is_empty() => {
            format!("{}, {}", one.unit_name, one.agency_name)
        }
        Owner::Agency { .. } => {
            format!("{}, {}, {}", one.worker_name, one.unit_name, one.agency_name)
        }
        Owner::Person { .. } => w.t("item-owner-person").into_owned(),
        Owner::Partner { partner, .. } => w.of("item-partner", partner.as_str()).into_owned(),
    }
}

fn item(one: &StoredItem, w: Words, lines: &[super::view::ItemLine]) -> Value {
    let mut pairs = vec![
        (w.t("item-who").into_owned(), who(one, w)),
        (w.t("item-state").into_owned(), w.of("item-is", one.item.state.as_str()).into_owned()),
    ];
    let mut day = |key: &str, day: Option<jiff::civil::Date>| {
        if let Some(day) = day {
            pairs.push((w.t(key).into_owned(), w.iso(&day.to_string())));
        }
    };
    day("item-starts", one.item.starts);
    day("item-due", one.item.due);
    let line = lines.iter().find(|line| line.id == one.id.to_string());
    if let Some(line) = line.filter(|line| !line.hours.is_empty()) {
        let days: Vec<_> = line.days.iter().map(|day| w.of("weekday", day)).collect();
        pairs.push((w.t("item-hours").into_owned(), format!("{} {}", days.join(", "), line.hours)));
    }
    if !one.place.is_empty() {
        pairs.push((w.t("item-place").into_owned(), one.place.clone()));
    }
    json!({ "title": format!("{}. {}", one.n, one.what), "pairs": pairs })
}

/// What stands on the paper.
#[must_use]
pub fn data(seen: &Seen, w: Words, made: &str) -> Value {
    let plan = &seen.stored.plan;
    let mut head = vec![
        (w.t("plan-coordinator").into_owned(), seen.stored.coordinator_name.clone()),
        (w.t("plan-deputy").into_owned(), seen.stored.deputy_name.clone()),
        (
            w.t("plan-unit").into_owned(),
            format!("{}, {}", seen.stored.unit_name, seen.stored.agency_name),
        ),
        (
            w.t("plan-period").into_owned(),
            format!("{} – {}", w.iso(&plan.from.to_string()), w.iso(&plan.until.to_string())),
        ),
        (w.t("plan-revise-on").into_owned(), w.iso(&plan.revise_on.to_string())),
        (w.t("plan-state").into_owned(), w.of("plan-is", plan.state.as_str()).into_owned()),
    ];
    if let Some(day) = plan.agreed_on {
        head.push((w.t("plan-agreed-on").into_owned(), w.iso(&day.to_string())));
    }
    let texts: Vec<Value> = [
        Field::Summary,
        Field::Goal,
        Field::Resources,
        Field::Contributions,
        Field::How,
        Field::Cooperation,
        Field::Crisis,
    ]
    .into_iter()
    .filter(|field| !seen.text(*field).is_empty())
    .map(|field| json!({ "title": w.of("plan-text", field.as_str()), "body": seen.text(field) }))
    .collect();
    let lines = seen.item_lines(None, plan.from);
    let (own, others): (Vec<&StoredItem>, Vec<&StoredItem>) =
        seen.items.iter().partition(|one| matches!(one.item.owner, Owner::Person { .. }));
    let of = |all: Vec<&StoredItem>| -> Vec<Value> {
        all.into_iter().map(|one| item(one, w, &lines)).collect()
    };
    json!({
        "lang": w.language().as_str(),
        "title": w.of("plan-label", plan.label.as_str()),
        "made": made,
        "page": w.t("export-page"),
        "empty": w.t("plan-items-none"),
        "head": head,
        "texts": texts,
        "items_title": w.t("plan-items"),
        "items": of(others),
        "own_title": w.t("plan-own-tasks"),
        "own": of(own),
    })
}

/// Sets the paper. It takes some milliseconds of one processor.
///
/// # Errors
/// When the template has a fault: a defect.
pub async fn set(data: Value, now: Timestamp) -> Result<Vec<u8>, Fault> {
    let template = include_str!("pages/plan.typ");
    let set = tokio::task::spawn_blocking(move || letter::pdf(template, data, now)).await;
    set.map_err(|error| Fault::Defect(error.to_string()))?
        .map_err(|fault| Fault::Defect(fault.to_string()))
}

async fn pdf(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadPlan, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?.ok_or(Fault::Hidden)?;
    let identity = persons::read(&mut tx, &permit).await?;
    // The person takes it home: in their language, whatever the worker reads.
    let w = Words::new(identity.language.parse().unwrap_or_default());
    let made = w.with2("plan-made-for", identity.name(), w.when(desk.now(), &desk.app().zone));
    desk.commit(tx).await?;
    let file = set(data(&seen, w, &made), desk.now()).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"plan.pdf\""),
    ];
    Ok((headers, file).into_response())
}
